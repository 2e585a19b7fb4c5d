//! The session as a middleware of `reqwest`.

use async_trait::async_trait;
use bytes::BytesMut;
use evertill_client::Keeper;
use evertill_client::keeper::{Pass, Unauthorized};
use reqwest::{Request, Response, ResponseBuilderExt, StatusCode, redirect};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware, Error, Middleware, Next};

use crate::{LayerError, NotRepeated, REFUSAL_BYTES_MAX};

/// A client whose requests carry the keeper's session. The builder's own redirect policy is replaced by none.
///
/// # Errors
/// What `reqwest` says when TLS cannot be set up.
pub fn client(
    builder: reqwest::ClientBuilder,
    keeper: Keeper,
) -> Result<ClientWithMiddleware, reqwest::Error> {
    Ok(client_builder(builder, keeper)?.build())
}

/// As [`client`], for those who stack further middleware: what is added now runs inside the session, for each sending.
///
/// # Errors
/// As [`client`].
pub fn client_builder(
    builder: reqwest::ClientBuilder,
    keeper: Keeper,
) -> Result<ClientBuilder, reqwest::Error> {
    let client = builder.redirect(redirect::Policy::none()).build()?;
    Ok(ClientBuilder::new(client).with(Session { keeper }))
}

/// Not public: over a client that follows redirects it would let a token go along.
struct Session {
    keeper: Keeper,
}

#[async_trait]
impl Middleware for Session {
    async fn handle(
        &self,
        mut request: Request,
        extensions: &mut http::Extensions,
        next: Next<'_>,
    ) -> Result<Response, Error> {
        let again = request.try_clone();
        let pass = self.keeper.pass().await.map_err(session)?;
        put_on(&pass, &mut request)?;
        let url = request.url().clone();
        let (mut response, word) = looked_at(next.clone().run(request, extensions).await?).await?;
        let Some(word) = word else {
            if response.status().is_success() {
                self.keeper.report_success(&pass, &url, response.headers());
            }
            return Ok(response);
        };
        let Some(mut again) = again else {
            let has_moved_on = self.keeper.report_refused(&pass, word).await.map_err(session)?;
            if has_moved_on || word == Unauthorized::TokenRefused {
                tracing::warn!(store = %self.keeper.store(), "a refused request has a body that cannot be sent again");
                response.extensions_mut().insert(NotRepeated);
            }
            return Ok(response);
        };
        let Some(newer) = self.keeper.newer_pass(&pass, word).await.map_err(session)? else {
            return Ok(response);
        };
        put_on(&newer, &mut again)?;
        let (response, word) = looked_at(next.run(again, extensions).await?).await?;
        if let Some(word) = word {
            self.keeper.report_refused(&newer, word).await.map_err(session)?;
        } else if response.status().is_success() {
            self.keeper.report_success(&newer, &url, response.headers());
        }
        Ok(response)
    }
}

fn put_on(pass: &Pass, request: &mut Request) -> Result<(), Error> {
    let mut url = request.url().clone();
    pass.put_on(&mut url, request.headers_mut()).map_err(session)?;
    *request.url_mut() = url;
    Ok(())
}

/// Takes in a 401 to see whose it is; every other answer passes as it comes.
async fn looked_at(mut response: Response) -> Result<(Response, Option<Unauthorized>), Error> {
    if response.status() != StatusCode::UNAUTHORIZED {
        return Ok((response, None));
    }
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(Error::Reqwest)? {
        if body.len() + chunk.len() > REFUSAL_BYTES_MAX {
            return Err(Error::middleware(LayerError::RefusalTooLong));
        }
        body.extend_from_slice(&chunk);
    }
    let word = Pass::refusal(response.headers(), &body);
    let mut whole = http::Response::builder()
        .status(response.status())
        .version(response.version())
        .url(response.url().clone());
    if let Some(headers) = whole.headers_mut() {
        *headers = std::mem::take(response.headers_mut());
    }
    let whole = whole.body(body.freeze()).map_err(Error::middleware)?;
    Ok((whole.into(), word))
}

fn session(error: evertill_client::ClientError) -> Error {
    Error::middleware(LayerError::Session(error))
}
