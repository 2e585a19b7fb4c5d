//! The session as a layer of `tower`, round any client of `http` requests.
//!
//! A layer that follows redirects belongs outside of this one: each of its requests is then looked at, and one to another
//! origin is refused.

use std::error::Error;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use evertill_client::Keeper;
use evertill_client::keeper::{Pass, Unauthorized};
use http_body::Body;
use http_body_util::{BodyExt, Either, Full, Limited};
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use tower_layer::Layer;
use tower_service::Service;
use url::Url;

use crate::{LayerError, NotRepeated, REFUSAL_BYTES_MAX};

/// Longest request body that is held to be sent again, in bytes. A longer one, and one whose length nobody knows before
/// it has passed, goes through as it comes and is not sent again.
pub const REPEATED_BYTES_MAX: u64 = 256 * 1024;

/// What can go wrong on the way: here, in the body of a request, or in the client underneath.
type BoxError = Box<dyn Error + Send + Sync>;

/// Puts the keeper's session under a client.
#[derive(Debug, Clone)]
pub struct SessionLayer {
    keeper: Keeper,
}

impl SessionLayer {
    /// A layer for the session of this keeper.
    #[must_use]
    pub fn new(keeper: Keeper) -> Self {
        Self { keeper }
    }
}

impl<S> Layer<S> for SessionLayer {
    type Service = SessionService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        SessionService {
            keeper: self.keeper.clone(),
            inner,
        }
    }
}

/// A client whose requests carry a session.
#[derive(Debug, Clone)]
pub struct SessionService<S> {
    keeper: Keeper,
    inner: S,
}

impl<S, B, R> Service<http::Request<B>> for SessionService<S>
where
    S: Service<http::Request<Either<Full<Bytes>, B>>, Response = http::Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Into<BoxError>,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
    R: Body<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    type Response = http::Response<Either<R, Full<Bytes>>>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, request: http::Request<B>) -> Self::Future {
        // The service that was found ready is the one to use; its copy takes its place.
        let next = self.inner.clone();
        let inner = mem::replace(&mut self.inner, next);
        let keeper = self.keeper.clone();
        Box::pin(send(keeper, inner, request))
    }
}

async fn send<S, B, R>(
    keeper: Keeper,
    mut inner: S,
    request: http::Request<B>,
) -> Result<http::Response<Either<R, Full<Bytes>>>, BoxError>
where
    S: Service<http::Request<Either<Full<Bytes>, B>>, Response = http::Response<R>>,
    S::Error: Into<BoxError>,
    B: Body<Data = Bytes>,
    B::Error: Into<BoxError>,
    R: Body<Data = Bytes>,
    R::Error: Into<BoxError>,
{
    let (head, body) = request.into_parts();
    let url = Url::parse(&head.uri.to_string()).map_err(|_| LayerError::NoOrigin)?;
    let (first, held) = hold(body).await?;
    let pass = keeper.pass().await.map_err(LayerError::Session)?;
    let outgoing = http::Request::from_parts(carrying(&pass, &head, &url)?, first);
    let answer = inner.call(outgoing).await.map_err(Into::into)?;
    let (mut answer, word) = looked_at(answer).await?;
    let Some(word) = word else {
        if answer.status().is_success() {
            keeper.report_success(&pass, &url, answer.headers());
        }
        return Ok(answer);
    };
    let Some(held) = held else {
        let has_moved_on = keeper.report_refused(&pass, word).await;
        if has_moved_on.map_err(LayerError::Session)? || word == Unauthorized::TokenRefused {
            tracing::warn!(store = %keeper.store(), "a refused request has a body that cannot be sent again");
            answer.extensions_mut().insert(NotRepeated);
        }
        return Ok(answer);
    };
    let newer = keeper.newer_pass(&pass, word).await;
    let Some(newer) = newer.map_err(LayerError::Session)? else {
        return Ok(answer);
    };
    let outgoing = http::Request::from_parts(carrying(&newer, &head, &url)?, Either::Left(Full::new(held)));
    std::future::poll_fn(|context| inner.poll_ready(context))
        .await
        .map_err(Into::into)?;
    let (answer, word) = looked_at(inner.call(outgoing).await.map_err(Into::into)?).await?;
    if let Some(word) = word {
        keeper
            .report_refused(&newer, word)
            .await
            .map_err(LayerError::Session)?;
    } else if answer.status().is_success() {
        keeper.report_success(&newer, &url, answer.headers());
    }
    Ok(answer)
}

/// Holds a body that is short and known to be so; the second value is what it takes to send it again.
async fn hold<B>(body: B) -> Result<(Either<Full<Bytes>, B>, Option<Bytes>), BoxError>
where
    B: Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    if body
        .size_hint()
        .exact()
        .is_none_or(|length| length > REPEATED_BYTES_MAX)
    {
        return Ok((Either::Right(body), None));
    }
    let bytes = body.collect().await.map_err(Into::into)?.to_bytes();
    Ok((Either::Left(Full::new(bytes.clone())), Some(bytes)))
}

/// The head of a request with the token on it.
fn carrying(pass: &Pass, head: &http::request::Parts, url: &Url) -> Result<http::request::Parts, BoxError> {
    let mut head = head.clone();
    let mut url = url.clone();
    pass.put_on(&mut url, &mut head.headers)
        .map_err(LayerError::Session)?;
    head.uri = url.as_str().parse()?;
    Ok(head)
}

/// Takes in a 401 to see whose it is; every other answer passes as it comes.
async fn looked_at<R>(
    answer: http::Response<R>,
) -> Result<(http::Response<Either<R, Full<Bytes>>>, Option<Unauthorized>), BoxError>
where
    R: Body<Data = Bytes>,
    R::Error: Into<BoxError>,
{
    if answer.status() != StatusCode::UNAUTHORIZED {
        return Ok((answer.map(Either::Left), None));
    }
    let (head, body) = answer.into_parts();
    let body = Limited::new(body, REFUSAL_BYTES_MAX)
        .collect()
        .await
        .map_err(too_long_or)?
        .to_bytes();
    let headers: &HeaderMap = &head.headers;
    let word = Pass::refusal(headers, &body);
    Ok((
        http::Response::from_parts(head, Either::Right(Full::new(body))),
        word,
    ))
}

fn too_long_or(error: BoxError) -> BoxError {
    if error.is::<http_body_util::LengthLimitError>() {
        Box::new(LayerError::RefusalTooLong)
    } else {
        error
    }
}
