//! Requests to one store, with limits, and with what went wrong given a name.
//!
//! No redirect is followed here, no query or header is ever logged, and a token leaves only for the origin it
//! belongs to. Every HTTP answer is an answer, whatever its status; a [`Failure`] means that none came.

use std::fmt;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use evertill_wire::{AccessToken, json};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, StatusCode};
use url::Url;

use crate::address::is_loopback_host;
use crate::error::ClientError;
use crate::profile::TokenPlace;

pub mod failure;

pub use failure::Failure;

/// What the client calls itself. Blank and library names get POST requests banned on some hosts.
pub const USER_AGENT: &str = concat!("Evertill/", env!("CARGO_PKG_VERSION"), " (till)");

/// Longest wait for a connection; a store that is there accepts within a second.
pub const CONNECT_MAX: Duration = Duration::from_secs(5);

/// Longest wait for a whole answer; a loaded stock store was measured at 12 s.
pub const ANSWER_MAX: Duration = Duration::from_secs(30);

/// Longest wait for the answer to a renewal; the next attempt is cheaper than a long wait.
pub const RENEWAL_MAX: Duration = Duration::from_secs(15);

/// Longest answer that is taken in, in bytes.
pub const BODY_BYTES_MAX: usize = json::BODY_BYTES_MAX;

/// How long an idle connection is kept; shorter than the keep-alive of common servers (nginx: 75 s).
const IDLE_MAX: Duration = Duration::from_secs(50);

/// A client for one store, or for many.
#[derive(Debug, Clone)]
pub struct Http {
    outward: reqwest::Client,
    /// A store on this device is never asked through a proxy.
    within_device: reqwest::Client,
}

impl Http {
    /// Sets up a client for the store at this address.
    ///
    /// # Errors
    /// [`ClientError::HttpSetup`] when the system's certificates cannot be loaded.
    pub fn new(store: &Url) -> Result<Self, ClientError> {
        let client = client(is_loopback_host(store))?;
        Ok(Self {
            outward: client.clone(),
            within_device: client,
        })
    }

    /// Sets up a client that many keepers share, whatever their stores: connections, certificates and buffers are then
    /// there once and not once for each session.
    ///
    /// # Errors
    /// As [`Http::new`].
    pub fn for_many() -> Result<Self, ClientError> {
        Ok(Self {
            outward: client(false)?,
            within_device: client(true)?,
        })
    }

    /// Sends a request and takes in the whole answer.
    ///
    /// # Errors
    /// [`ClientError::Unreachable`] when no answer came, [`ClientError::OtherOrigin`] when the request carries a
    /// token and would leave for another origin than the token's.
    pub async fn send(&self, request: Request) -> Result<Answer, ClientError> {
        let mut url = request.url;
        let mut headers = request.headers;
        if let Some(origin) = &request.only_to {
            guard(origin, &url)?;
        }
        if let Some(bearer) = &request.bearer {
            bearer.put_on_guarded(&mut url, &mut headers)?;
        }
        let origin = url.origin().ascii_serialization();
        let client = if is_loopback_host(&url) {
            &self.within_device
        } else {
            &self.outward
        };
        let mut outgoing = client.request(request.method, url).headers(headers);
        if let Some(limit) = request.limit {
            outgoing = outgoing.timeout(limit);
        }
        if let Some(body) = request.body {
            outgoing = outgoing.body(body);
        }
        let failed = |source: Failure| ClientError::Unreachable {
            origin: origin.clone(),
            source,
        };
        let mut response = outgoing
            .send()
            .await
            .map_err(|error| failed(Failure::of(error)))?;
        let status = response.status();
        let headers = std::mem::take(response.headers_mut());
        let mut body = BytesMut::new();
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| failed(Failure::of(error)))?
        {
            if body.len() + chunk.len() > BODY_BYTES_MAX {
                return Err(failed(Failure::too_long()));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer {
            status,
            headers,
            body: body.freeze(),
        })
    }
}

fn client(is_within_device: bool) -> Result<reqwest::Client, ClientError> {
    // A second installation is refused, and the first one serves just as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut headers = HeaderMap::new();
    headers.insert("x-wcpos", HeaderValue::from_static("1"));
    let mut builder = reqwest::Client::builder()
        .user_agent(USER_AGENT)
        .default_headers(headers)
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT_MAX)
        .timeout(ANSWER_MAX)
        .pool_idle_timeout(IDLE_MAX);
    if is_within_device {
        builder = builder.no_proxy();
    }
    builder.build().map_err(ClientError::HttpSetup)
}

/// A request on its way out.
pub struct Request {
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: Option<Bytes>,
    bearer: Option<Bearer>,
    only_to: Option<String>,
    limit: Option<Duration>,
}

impl Request {
    /// A request without a body.
    #[must_use]
    pub fn new(method: Method, url: Url) -> Self {
        Self {
            method,
            url,
            headers: HeaderMap::new(),
            body: None,
            bearer: None,
            only_to: None,
            limit: None,
        }
        .header("accept", "application/json")
    }

    /// A `GET`.
    #[must_use]
    pub fn get(url: Url) -> Self {
        Self::new(Method::GET, url)
    }

    /// Sets a header; a value that no header can carry is left out.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            self.headers.insert(name, value);
        }
        self
    }

    /// Gives the request a JSON body.
    #[must_use]
    pub fn json(mut self, value: &serde_json::Value) -> Self {
        self.body = Some(Bytes::from(value.to_string()));
        self.header("content-type", "application/json")
    }

    /// Gives the request a form as its body.
    #[must_use]
    pub fn form(mut self, fields: &[(String, String)]) -> Self {
        let text = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        self.body = Some(Bytes::from(text));
        self.header("content-type", "application/x-www-form-urlencoded")
    }

    /// Sends a token along.
    #[must_use]
    pub fn bearer(mut self, bearer: Option<Bearer>) -> Self {
        self.bearer = bearer;
        self
    }

    /// The request carries a secret in its body and may go to the origin of this address only.
    #[must_use]
    pub fn only_to(mut self, address: &Url) -> Self {
        self.only_to = Some(address.origin().ascii_serialization());
        self
    }

    /// Waits at most this long for the whole answer.
    #[must_use]
    pub fn limit(mut self, limit: Duration) -> Self {
        self.limit = Some(limit);
        self
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Queries, headers and bodies may carry secrets.
        write!(
            f,
            "Request({} {}{})",
            self.method,
            self.url.origin().ascii_serialization(),
            self.url.path()
        )
    }
}

/// An access token, where it may go and how it travels.
#[derive(Debug, Clone)]
pub struct Bearer {
    /// The token.
    pub token: AccessToken,
    /// Header or parameter.
    pub place: TokenPlace,
    /// The one origin it may be sent to.
    pub origin: String,
}

impl Bearer {
    /// Puts the token on a request, if that leaves for the token's origin.
    pub(crate) fn put_on_guarded(&self, url: &mut Url, headers: &mut HeaderMap) -> Result<(), ClientError> {
        guard(&self.origin, url)?;
        self.put_on(url, headers);
        Ok(())
    }

    fn put_on(&self, url: &mut Url, headers: &mut HeaderMap) {
        match self.place.parameter(&self.token) {
            Some(value) => {
                url.query_pairs_mut().append_pair("authorization", &value);
            }
            None => {
                if let Ok(mut value) = HeaderValue::try_from(format!("Bearer {}", self.token.expose())) {
                    value.set_sensitive(true);
                    headers.insert("authorization", value);
                }
            }
        }
    }
}

fn guard(expected: &str, url: &Url) -> Result<(), ClientError> {
    let actual = url.origin().ascii_serialization();
    if actual == expected {
        return Ok(());
    }
    Err(ClientError::OtherOrigin {
        expected: expected.to_owned(),
        actual,
    })
}

/// An HTTP answer, taken in whole.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: Bytes,
}

impl Answer {
    /// The text of a header, empty when it is missing or not text.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// Every text of a header that may stand several times.
    pub fn headers_named(&self, name: &str) -> impl Iterator<Item = &str> {
        self.headers
            .get_all(name)
            .iter()
            .filter_map(|value| value.to_str().ok())
    }

    /// The body, read as tolerantly as can be done without guessing.
    #[must_use]
    pub fn json(&self) -> json::Body {
        json::read(&self.body)
    }

    /// The store's clock, milliseconds since 1970.
    #[must_use]
    pub fn date_ms(&self) -> Option<i64> {
        let date = jiff::fmt::rfc2822::DateTimeParser::new()
            .parse_timestamp(self.header("date"))
            .ok()?;
        Some(date.as_millisecond())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bearer(place: TokenPlace) -> Bearer {
        Bearer {
            token: AccessToken::new("a.b.c"),
            place,
            origin: "https://shop.example".into(),
        }
    }

    #[test]
    fn a_token_travels_where_the_store_can_see_it() {
        for (place, query, header) in [
            (TokenPlace::Header, None, Some("Bearer a.b.c")),
            (TokenPlace::BareParameter, Some("x=1&authorization=a.b.c"), None),
            (
                TokenPlace::BearerParameter,
                Some("x=1&authorization=Bearer+a.b.c"),
                None,
            ),
        ] {
            let mut url = Url::parse("https://shop.example/?x=1").unwrap();
            let mut headers = HeaderMap::new();
            bearer(place).put_on(&mut url, &mut headers);
            assert_eq!(url.query(), query.or(Some("x=1")), "{place:?}");
            assert_eq!(
                headers.get("authorization").map(|value| value.to_str().unwrap()),
                header
            );
        }
    }

    #[tokio::test]
    async fn a_token_never_leaves_for_another_origin() {
        let home = Url::parse("https://shop.example").unwrap();
        let http = Http::new(&home).unwrap();
        for elsewhere in [
            "http://shop.example/",
            "https://shop.example:8443/",
            "https://evil.example/",
        ] {
            let request =
                Request::get(Url::parse(elsewhere).unwrap()).bearer(Some(bearer(TokenPlace::Header)));
            let error = http.send(request).await.unwrap_err();
            assert!(
                matches!(error, ClientError::OtherOrigin { .. }),
                "{elsewhere}: {error}"
            );
        }
    }

    #[test]
    fn neither_a_token_nor_a_body_shows_in_debug_output_of_a_request_with_a_token() {
        let request = Request::get(Url::parse("https://shop.example/").unwrap())
            .bearer(Some(bearer(TokenPlace::BareParameter)));
        assert!(!format!("{request:?}").contains("a.b.c"));
    }
}
