//! Writing an answer: shapes of errors, and the headers every answer of the interface carries.

use std::sync::{Mutex, PoisonError};

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::Response,
};
use evertill_wire::{Code, Problem};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::Ask;
use crate::{clock::http_date, sessions::schedule::Places, store::StoreError};

/// First and last second in which a client may come again when the database is in trouble. Whoever is told so in the
/// same moment is told different seconds: together they would be the next thing the store has to get over.
const RETRY_AFTER_S: (u64, u64) = (3, 12);

/// The same when there is no room for it.
const BUSY_RETRY_AFTER_S: (u64, u64) = (1, 4);

static RETRIES: Places = Places::new();

const JSON: &str = "application/json; charset=UTF-8";

/// Headers of an answer of the interface, besides its own.
const HEADERS_USUAL: usize = 16;

const ALLOW_HEADERS: &str = "Authorization, X-WP-Nonce, Content-Disposition, Content-MD5, Content-Type, X-WCPOS, \
     X-HTTP-Method-Override, Idempotency-Key, If-Match, If-None-Match, X-WCPOS-Idempotency-Key, X-WCPOS-Store";

const EXPOSE_HEADERS: &str = "X-WP-Total, X-WP-TotalPages, Link, X-Server-Load, Server-Timing, \
     X-WCPOS-Memory-Peak, X-WCPOS-Pressure, ETag, Date";

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    status: StatusCode,
    headers: Vec<(HeaderName, String)>,
    body: Content,
    is_private: bool,
}

#[derive(Debug)]
enum Content {
    None,
    Json(Value),
    Bytes {
        media_type: &'static str,
        bytes: Vec<u8>,
    },
    Events(Body),
}

impl Reply {
    fn new(status: u16, body: Content) -> Self {
        Self {
            status: StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            headers: Vec::new(),
            body,
            is_private: false,
        }
    }

    pub(crate) fn json(value: Value) -> Self {
        Self::new(200, Content::Json(value))
    }

    pub(crate) fn json_with(status: u16, value: Value) -> Self {
        Self::new(status, Content::Json(value))
    }

    /// JSON that nobody looks into before it leaves.
    pub(crate) fn written(value: &impl Serialize) -> Result<Self, serde_json::Error> {
        Ok(Self::bytes(JSON, serde_json::to_vec(value)?))
    }

    pub(crate) fn empty(status: u16) -> Self {
        Self::new(status, Content::None)
    }

    pub(crate) fn bytes(media_type: &'static str, bytes: Vec<u8>) -> Self {
        Self::new(200, Content::Bytes { media_type, bytes })
    }

    pub(crate) fn html(status: u16, page: String) -> Self {
        Self::new(
            status,
            Content::Bytes {
                media_type: "text/html; charset=UTF-8",
                bytes: page.into_bytes(),
            },
        )
    }

    /// News that come while they happen.
    pub(crate) fn events(body: Body) -> Self {
        Self::new(200, Content::Events(body))
    }

    /// WordPress' shape of an error.
    pub(crate) fn error(status: u16, code: &str, message: &str) -> Self {
        Self::json_with(
            status,
            json!({"code": code, "message": message, "data": {"status": status}}),
        )
    }

    /// A parameter that is not acceptable.
    pub(crate) fn invalid(param: &str, kind: &str, message: &str) -> Self {
        Self::json_with(
            400,
            json!({
                "code": "rest_invalid_param", "message": format!("Invalid parameter(s): {param}"),
                "data": {
                    "status": 400, "params": {param: message},
                    "details": {param: {"code": kind, "message": message, "data": null}},
                },
            }),
        )
    }

    /// A parameter that is not of the right type.
    pub(crate) fn wrong_type(param: &str, kind: &str) -> Self {
        let message = format!("{param} is not of type {kind}.");
        Self::json_with(
            400,
            json!({
                "code": "rest_invalid_param", "message": format!("Invalid parameter(s): {param}"),
                "data": {
                    "status": 400, "params": {param: message},
                    "details": {param: {
                        "code": "rest_invalid_type", "message": message, "data": {"param": param},
                    }},
                },
            }),
        )
    }

    /// A mandatory parameter that is not there.
    pub(crate) fn missing(param: &str) -> Self {
        Self::json_with(
            400,
            json!({
                "code": "rest_missing_callback_param", "message": format!("Missing parameter(s): {param}"),
                "data": {"status": 400, "params": [param]},
            }),
        )
    }

    /// A body that says it is JSON and is not.
    pub(crate) fn broken_json() -> Self {
        Self::json_with(
            400,
            json!({
                "code": "rest_invalid_json", "message": "Invalid JSON body passed.",
                "data": {"status": 400, "json_error_code": 4, "json_error_message": "Syntax error"},
            }),
        )
    }

    pub(crate) fn no_route() -> Self {
        Self::error(
            404,
            "rest_no_route",
            "No route was found matching the URL and request method.",
        )
    }

    /// Signed in, and not allowed to do that.
    pub(crate) fn forbidden() -> Self {
        Self::error(403, "rest_forbidden", "Sorry, you are not allowed to do that.")
    }

    /// The database is in trouble: never a verdict about anybody.
    pub(crate) fn trouble(error: StoreError) -> Self {
        tracing::error!(code = %error.code(), error = %chain(&error), "the database failed a request");
        let seconds = Self::trouble_lasts_s();
        let mut reply = Self::json_with(
            503,
            json!({
                "code": "evertill_store_trouble",
                "message": "The store cannot reach its database right now. Nothing is lost; try again shortly.",
                "data": {"status": 503, "retry_after_seconds": seconds, "evertill_code": error.code()},
            }),
        );
        reply.headers.push((header::RETRY_AFTER, seconds.to_string()));
        reply
    }

    /// When somebody may come again whom the database failed, in seconds.
    pub(crate) fn trouble_lasts_s() -> u64 {
        RETRIES.between(RETRY_AFTER_S.0, RETRY_AFTER_S.1)
    }

    /// When somebody may come again for whom there was no room, in seconds.
    pub(crate) fn busy_lasts_s() -> u64 {
        RETRIES.between(BUSY_RETRY_AFTER_S.0, BUSY_RETRY_AFTER_S.1)
    }

    /// A problem document (RFC 9457), for routes that no stock client knows.
    pub(crate) fn problem(problem: &Problem) -> Self {
        match serde_json::to_vec(problem) {
            Ok(bytes) => Self::new(
                problem.status,
                Content::Bytes {
                    media_type: Problem::CONTENT_TYPE,
                    bytes,
                },
            ),
            Err(_) => Self::empty(problem.status),
        }
    }

    /// As much is under way as the store takes on.
    pub(crate) fn busy() -> Self {
        let seconds = Self::busy_lasts_s();
        Self::json_with(
            503,
            json!({
                "code": "evertill_busy",
                "message": "The store has as much to do as it takes on. Nothing is lost; try again shortly.",
                "data": {
                    "status": 503, "retry_after_seconds": seconds,
                    "evertill_code": Code::SERVICE_UNAVAILABLE,
                },
            }),
        )
        .with(header::RETRY_AFTER, seconds.to_string())
    }

    /// A text in the body, where it is JSON.
    pub(crate) fn word(&self, name: &str) -> Option<&str> {
        match &self.body {
            Content::Json(value) => value.get(name)?.as_str(),
            Content::None | Content::Bytes { .. } | Content::Events(_) => None,
        }
    }

    /// Why a session ended, where the body tells it.
    pub(crate) fn reason(&self) -> Option<&str> {
        match &self.body {
            Content::Json(value) => value.get("evertill")?.get("reason")?.as_str(),
            Content::None | Content::Bytes { .. } | Content::Events(_) => None,
        }
    }

    pub(crate) fn with(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Totals of a list, in a stock store's headers.
    pub(crate) fn counted(self, total: u64, per_page: u32) -> Self {
        let pages = total.div_ceil(u64::from(per_page.max(1)));
        self.with(HeaderName::from_static("x-wp-total"), total.to_string())
            .with(HeaderName::from_static("x-wp-totalpages"), pages.to_string())
    }

    /// Marks an answer of the till's own routes: nobody on the way may keep it.
    pub(crate) fn private(mut self) -> Self {
        self.is_private = true;
        self
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    /// Repeats the headers inside the body where a client asks for it.
    pub(crate) fn enveloped(mut self, ask: &Ask) -> Self {
        let is_wanted = ask.query("_wcpos_envelope") == Some("1") && ask.is_get();
        if !is_wanted || self.status != StatusCode::OK {
            return self;
        }
        if let Content::Json(value) = &mut self.body {
            let value = value.take();
            let mut around = Map::new();
            around.insert("v".into(), 1.into());
            for (name, key) in [("x-wp-total", "total"), ("x-wp-totalpages", "total_pages")] {
                if let Some(number) = self.header(name).and_then(|text| text.parse::<u64>().ok()) {
                    around.insert(key.into(), number.into());
                }
            }
            if around.contains_key("total") {
                let page = ask
                    .query("page")
                    .and_then(|text| text.parse::<u32>().ok())
                    .unwrap_or(1);
                around.insert("page".into(), page.into());
            }
            if let Some(tag) = self.header("etag") {
                around.insert("validator".into(), tag.into());
            }
            self.body = Content::Json(json!({"data": value, "_wcpos": around}));
        }
        self
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn into_response(self, ask: &Ask, standing: &Standing, now: i64) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = self.status;
        let (media_type, body) = match self.body {
            Content::None => (None, Body::empty()),
            Content::Json(value) => (Some(JSON), Body::from(value.to_string())),
            Content::Bytes { media_type, bytes } => (Some(media_type), Body::from(bytes)),
            Content::Events(body) => (Some("text/event-stream"), body),
        };
        let headers = response.headers_mut();
        headers.reserve(HEADERS_USUAL + self.headers.len());
        if let Some(media_type) = media_type {
            headers.append(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        }
        headers.append(header::DATE, standing.date(now));
        headers.append(header::LINK, standing.link.clone());
        let mut set = |name: HeaderName, value: &'static str| {
            headers.append(name, HeaderValue::from_static(value));
        };
        set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
        if ask.route.is_some() {
            set(HeaderName::from_static("x-robots-tag"), "noindex");
            set(header::ACCESS_CONTROL_ALLOW_HEADERS, ALLOW_HEADERS);
            set(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSE_HEADERS);
            set(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
            if self.is_private {
                set(header::CACHE_CONTROL, "private, no-store");
                set(header::VARY, "Origin, Authorization, X-WCPOS-Store");
            } else {
                set(header::VARY, "Origin");
            }
        } else if ask.method == "HEAD" {
            set(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
            set(header::ACCESS_CONTROL_EXPOSE_HEADERS, "Link");
        }
        for (name, value) in self.headers {
            if let Ok(value) = HeaderValue::try_from(value) {
                headers.append(name, value);
            }
        }
        if ask.method != "HEAD" {
            *response.body_mut() = body;
        }
        response
    }
}

/// Headers that say the same on every answer, or on every answer of a second.
#[derive(Debug)]
pub(crate) struct Standing {
    link: HeaderValue,
    date: Mutex<(i64, HeaderValue)>,
}

impl Standing {
    /// Of the store with this address.
    pub(crate) fn new(home: &str) -> Self {
        let link = format!("<{home}/wp-json/>; rel=\"https://api.w.org/\"");
        Self {
            link: HeaderValue::try_from(link).unwrap_or(const { HeaderValue::from_static("") }),
            date: Mutex::new((i64::MIN, HeaderValue::from_static(""))),
        }
    }

    fn date(&self, now: i64) -> HeaderValue {
        let mut date = self.date.lock().unwrap_or_else(PoisonError::into_inner);
        if date.0 != now
            && let Ok(value) = HeaderValue::try_from(http_date(now))
        {
            *date = (now, value);
        }
        date.1.clone()
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}
