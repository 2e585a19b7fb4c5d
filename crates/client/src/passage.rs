//! Requests of other programs, passed on to a store as they are, with a good token attached.
//!
//! Unlike [`StoreApi`](crate::StoreApi) nothing is read, unpacked or collected here: bodies stream both ways, however
//! long they are. The rules are the same: one repetition after a refused token, no redirect followed, and no token
//! for another origin. A body that was streamed is gone after the first try, so only one that was kept is repeated.

use std::fmt;
use std::io::Read as _;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use evertill_session::{RawAnswer, Unauthorized, answer};
use evertill_wire::Code;
use flate2::read::MultiGzDecoder;
use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Method, Response, StatusCode};
use url::Url;

use crate::address::is_loopback_host;
use crate::error::ClientError;
use crate::http::{CONNECT_MAX, Failure, USER_AGENT};
use crate::keeper::{Keeper, Lease};
use crate::profile::StoreProfile;
use crate::store_api::is_public;

pub(crate) mod address;
pub(crate) mod headers;

/// Longest wait for the head of an answer to a request whose body was kept.
const HEAD_MAX: Duration = Duration::from_secs(60);

/// Longest wait for the head of an answer to a request whose body is streamed: the upload is part of it.
const UPLOAD_MAX: Duration = Duration::from_secs(15 * 60);

/// Longest silence within the body of an answer.
const SILENCE_MAX: Duration = Duration::from_secs(60);

/// Longest body of a 401 that is looked at; the API's own is a few hundred bytes.
const REFUSAL_BYTES_MAX: usize = 64 * 1024;

/// Passes requests on in the name of a keeper's session.
#[derive(Debug, Clone)]
pub struct Passage {
    keeper: Keeper,
    client: reqwest::Client,
}

/// A request of another program.
pub struct Passing {
    /// The method.
    pub method: Method,
    /// The route, percent-encoded as it came: `wc/v3/orders`.
    pub route: String,
    /// The query, percent-encoded as it came. Credentials in it are left out.
    pub query: String,
    /// Every header that came; those of the connection and credentials are left out.
    pub headers: HeaderMap,
    /// The body.
    pub body: PassingBody,
}

/// The body of a request that is passed on.
pub enum PassingBody {
    /// In memory, so that it can be sent again.
    Kept(Bytes),
    /// Comes bit by bit and can be sent once.
    Streamed(reqwest::Body),
}

/// What the store answered.
pub struct Passed {
    /// Status.
    pub status: StatusCode,
    /// Headers, without those of the connection, cookies, permissions for web pages, and anything with the token in it.
    pub headers: HeaderMap,
    body: Source,
}

enum Source {
    Whole(Option<Bytes>),
    Coming(Response),
}

impl Passage {
    /// A way to the store of this keeper.
    ///
    /// # Errors
    /// [`ClientError::HttpSetup`] when TLS cannot be set up.
    pub fn new(keeper: Keeper) -> Result<Self, ClientError> {
        // A second installation is refused, and the first one serves just as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut defaults = HeaderMap::new();
        defaults.insert("x-wcpos", HeaderValue::from_static("1"));
        let mut builder = reqwest::Client::builder()
            .user_agent(USER_AGENT)
            .default_headers(defaults)
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_MAX)
            .no_gzip();
        if is_loopback_host(keeper.store().url()) {
            builder = builder.no_proxy();
        }
        let client = builder.build().map_err(ClientError::HttpSetup)?;
        Ok(Self { keeper, client })
    }

    /// The keeper behind it.
    #[must_use]
    pub fn keeper(&self) -> &Keeper {
        &self.keeper
    }

    /// Passes a request on. Waits for a renewal when no token lives.
    ///
    /// # Errors
    /// The errors of [`Keeper::access_token`], [`ClientError::Unreachable`] when no answer came,
    /// [`ClientError::RouteRefused`] for a route that leads out of the API, and [`ClientError::NotRepeated`] when the
    /// token was refused and the body is gone.
    pub async fn send(&self, request: Passing) -> Result<Passed, ClientError> {
        let Passing {
            method,
            route,
            query,
            headers,
            body,
        } = request;
        let lease = self.keeper.lease(None).await?;
        let profile = self.keeper.session_profile()?;
        let outgoing = Outgoing {
            url: address::of(&profile, &route, &query)?,
            headers: headers::outgoing(&headers),
            method,
            is_public: is_public(&route),
        };
        let (body, kept) = match body {
            PassingBody::Kept(bytes) => (reqwest::Body::from(bytes.clone()), Some(bytes)),
            PassingBody::Streamed(body) => (body, None),
        };
        let (word, refused) = match self
            .attempt(&outgoing, body, kept.as_ref(), &profile, &lease)
            .await?
        {
            Answered::Other(passed) => return Ok(passed),
            Answered::Refused(word, passed) => (word, passed),
        };
        if !self.keeper.refused(&lease, word).await? {
            return Ok(refused);
        }
        let Some(kept) = kept else {
            return Err(ClientError::NotRepeated {
                store: self.keeper.store_text(),
            });
        };
        let newer = self.keeper.lease(Some(&lease)).await?;
        let body = reqwest::Body::from(kept.clone());
        match self
            .attempt(&outgoing, body, Some(&kept), &profile, &newer)
            .await?
        {
            Answered::Other(passed) => Ok(passed),
            Answered::Refused(word, passed) => {
                self.keeper.refused(&newer, word).await?;
                Ok(passed)
            }
        }
    }

    /// Sends once; a read whose connection broke is sent again, because nothing can have happened twice.
    async fn attempt(
        &self,
        outgoing: &Outgoing,
        body: reqwest::Body,
        kept: Option<&Bytes>,
        profile: &StoreProfile,
        lease: &Lease,
    ) -> Result<Answered, ClientError> {
        let limit = if kept.is_some() { HEAD_MAX } else { UPLOAD_MAX };
        let first = self.head(outgoing, body, profile, lease, limit).await;
        let response = match (first, kept) {
            (Err(ClientError::Unreachable { source, .. }), Some(kept))
                if source.code() == Code::CONNECTION_RESET && outgoing.is_read() =>
            {
                self.head(outgoing, reqwest::Body::from(kept.clone()), profile, lease, limit)
                    .await?
            }
            (outcome, _) => outcome?,
        };
        let status = response.status();
        let headers = headers::incoming(response.headers(), lease.token.expose());
        if status == StatusCode::UNAUTHORIZED {
            return self.look_at_refusal(response, headers).await;
        }
        self.learn(outgoing, lease, &response);
        Ok(Answered::Other(Passed {
            status,
            headers,
            body: Source::Coming(response),
        }))
    }

    async fn head(
        &self,
        outgoing: &Outgoing,
        body: reqwest::Body,
        profile: &StoreProfile,
        lease: &Lease,
        limit: Duration,
    ) -> Result<Response, ClientError> {
        let mut url = outgoing.url.clone();
        let mut headers = outgoing.headers.clone();
        Keeper::bearer(profile, lease).put_on_guarded(&mut url, &mut headers)?;
        let request = self
            .client
            .request(outgoing.method.clone(), url)
            .headers(headers)
            .body(body);
        let sent = tokio::time::timeout(limit, request.send()).await;
        sent.map_or_else(
            |_| Err(Failure::timed_out(limit)),
            |sent| sent.map_err(Failure::of),
        )
        .map_err(|source| self.unreachable(profile, source))
    }

    /// Tells the API's own refusal of the token from a 401 of somebody else.
    async fn look_at_refusal(
        &self,
        mut response: Response,
        headers: HeaderMap,
    ) -> Result<Answered, ClientError> {
        let status = response.status();
        let mut seen = BytesMut::new();
        loop {
            let chunk = tokio::time::timeout(SILENCE_MAX, response.chunk())
                .await
                .map_or_else(
                    |_| Err(Failure::timed_out(SILENCE_MAX)),
                    |chunk| chunk.map_err(Failure::of),
                )
                .map_err(|source| ClientError::Unreachable {
                    origin: self.keeper.store_text(),
                    source,
                })?;
            let Some(chunk) = chunk else { break };
            if seen.len() + chunk.len() > REFUSAL_BYTES_MAX {
                return Err(ClientError::Unreachable {
                    origin: self.keeper.store_text(),
                    source: Failure::too_long(),
                });
            }
            seen.extend_from_slice(&chunk);
        }
        let word = unauthorized(&headers, &seen);
        let passed = Passed {
            status,
            headers,
            body: Source::Whole(Some(seen.freeze())),
        };
        Ok(match word {
            Some(word) => Answered::Refused(word, passed),
            None => Answered::Other(passed),
        })
    }

    /// An accepted token and a reachable store are news for the engine.
    fn learn(&self, outgoing: &Outgoing, lease: &Lease, response: &Response) {
        if !response.status().is_success() {
            return;
        }
        if self.keeper.is_in_trouble() {
            self.keeper.network_up();
        }
        if !outgoing.is_public && is_json(response.headers()) {
            self.keeper.accepted(lease.serial);
        }
    }

    fn unreachable(&self, profile: &StoreProfile, source: Failure) -> ClientError {
        ClientError::Unreachable {
            origin: profile.origin(),
            source,
        }
    }
}

struct Outgoing {
    method: Method,
    url: Url,
    headers: HeaderMap,
    is_public: bool,
}

impl Outgoing {
    fn is_read(&self) -> bool {
        self.method == Method::GET || self.method == Method::HEAD
    }
}

enum Answered {
    Refused(Unauthorized, Passed),
    Other(Passed),
}

impl Passed {
    /// The next bytes of the body, as they came over the line; nothing at its end.
    ///
    /// # Errors
    /// [`Failure`] when the body breaks off or falls silent.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Failure> {
        match &mut self.body {
            Source::Whole(bytes) => Ok(bytes.take()),
            Source::Coming(response) => tokio::time::timeout(SILENCE_MAX, response.chunk())
                .await
                .map_or_else(
                    |_| Err(Failure::timed_out(SILENCE_MAX)),
                    |chunk| chunk.map_err(Failure::of),
                ),
        }
    }
}

impl fmt::Debug for Passing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Queries, headers and bodies may carry secrets.
        write!(f, "Passing({} {})", self.method, self.route)
    }
}

impl fmt::Debug for Passed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Passed({})", self.status)
    }
}

/// What a 401 says about the token; nothing when it is not the API's word. One packed as gzip is looked into, and one
/// packed in any other way says nothing.
pub(crate) fn unauthorized(headers: &HeaderMap, body: &[u8]) -> Option<Unauthorized> {
    let packing = headers
        .get("content-encoding")
        .and_then(|value| value.to_str().ok())
        .map(str::to_ascii_lowercase);
    let mut unpacked = Vec::new();
    let body = match packing.as_deref().map(str::trim) {
        None | Some("identity" | "") => body,
        Some("gzip" | "x-gzip") => {
            // A refusal is short; what is left of a longer text is no JSON and says nothing.
            let limit = u64::try_from(REFUSAL_BYTES_MAX).unwrap_or(u64::MAX);
            MultiGzDecoder::new(body)
                .take(limit)
                .read_to_end(&mut unpacked)
                .ok()?;
            &unpacked
        }
        Some(_) => return None,
    };
    answer::unauthorized(&RawAnswer {
        status: StatusCode::UNAUTHORIZED.as_u16(),
        headers: &[],
        body,
    })
}

pub(crate) fn is_json(headers: &HeaderMap) -> bool {
    headers
        .get("content-type")
        .and_then(|value| value.to_str().ok())
        .is_some_and(|kind| kind.to_ascii_lowercase().contains("json"))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn packed(body: &[u8]) -> Vec<u8> {
        let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
        packer.write_all(body).unwrap();
        packer.finish().unwrap()
    }

    fn check(packing: &'static str, body: &[u8], expected: Option<Unauthorized>) {
        let mut headers = HeaderMap::new();
        headers.insert("content-encoding", HeaderValue::from_static(packing));
        headers.insert("content-type", HeaderValue::from_static("application/json"));
        assert_eq!(unauthorized(&headers, body), expected, "{packing}");
    }

    #[test]
    fn a_packed_401_is_looked_into_before_it_counts() {
        let refused = br#"{"code":"woocommerce_pos_rest_unauthorized"}"#;
        check("gzip", &packed(refused), Some(Unauthorized::TokenRefused));
        check("identity", refused, Some(Unauthorized::TokenRefused));
        check(
            "gzip",
            &packed(br#"{"code":"rest_not_logged_in"}"#),
            Some(Unauthorized::Locked),
        );
        check("gzip", &packed(br#"{"message":"not ours"}"#), None);
        check("gzip", refused, None);
        check("br", refused, None);
        let bomb = packed(&vec![b' '; 16 * 1024 * 1024]);
        check("gzip", &bomb, None);
    }
}
