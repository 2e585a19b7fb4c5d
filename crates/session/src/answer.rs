//! How a store's reply to a renewal becomes a grant, a verdict, or mere trouble.
//!
//! The order of the questions matters, because real stores send refusals as 200, firewalls send pages as 403, and a
//! plugin that is being updated says 404. Only the auth API's own JSON with `error: invalid_grant` is a verdict,
//! whatever its HTTP status; everything that is not a grant and not a verdict is trouble and keeps the grant.

use std::time::Duration;

use evertill_wire::{
    AccessToken, Code, RefreshToken,
    json::{self, Body},
    rest::auth::{EndedSession, OAuthError},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::jwt;

mod layer;
mod pause;
mod signed;
mod unauthorized;

pub use signed::read_signed;
pub use unauthorized::{Unauthorized, unauthorized};

/// An HTTP answer as it arrived.
#[derive(Debug, Clone, Copy)]
pub struct RawAnswer<'a> {
    /// Status.
    pub status: u16,
    /// Header names and values; names in any case.
    pub headers: &'a [(&'a str, &'a str)],
    /// Body.
    pub body: &'a [u8],
}

impl<'a> RawAnswer<'a> {
    /// The first header of that name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&'a str> {
        self.headers
            .iter()
            .find(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| *value)
    }
}

/// What an attempt to renew came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// A new access token.
    Renewed(Renewed),
    /// The store's own auth API said no.
    Refused(Refusal),
    /// Anything else; the grant is kept.
    Trouble(Trouble),
}

/// A new access token and what came with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renewed {
    /// The new access token.
    pub access: AccessToken,
    /// The new refresh token, where the store rotates.
    pub refresh: Option<RefreshToken>,
    /// How long the access token lives from now on.
    pub access_life: Duration,
    /// When the store wants to be asked again.
    pub refresh_in: Option<Duration>,
    /// How long the new refresh token lives, where it says so.
    pub renewable_for: Option<Duration>,
    /// PHP notices or the like were stepped over to read the answer.
    pub was_recovered: bool,
}

/// Why a store refuses a refresh token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// It came to its own end.
    Expired,
    /// The session was ended at the store, or the store lost it.
    Ended,
    /// It was signed by other keys, belongs to another site, or is not a refresh token.
    Foreign,
    /// The account is gone.
    UserGone,
    /// Renewals succeed and every fresh token is refused.
    HalfEnded,
}

impl Reason {
    /// The cause inside `API02007`.
    #[must_use]
    pub fn code(self) -> Code {
        match self {
            Self::Expired => Code::REFRESH_TOKEN_EXPIRED,
            Self::Ended | Self::Foreign => Code::REFRESH_TOKEN_INVALID,
            Self::UserGone => Code::USER_NOT_AUTHORIZED,
            Self::HalfEnded => Code::TOKEN_INVALID,
        }
    }
}

/// A verdict: the store itself refuses the refresh token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// Why.
    pub reason: Reason,
    /// The store's own words.
    pub words: String,
    /// Who ended the session and when, where the store tells.
    pub ended: Option<EndedSession>,
    /// The refusal carries a signature of the store that checks, and is believed at once.
    pub is_signed: bool,
}

impl Refusal {
    /// Whether the store ended the session for two holders of one token.
    #[must_use]
    pub fn is_theft(&self) -> bool {
        self.ended.as_ref().is_some_and(EndedSession::is_theft)
    }
}

/// What kind of thing stood in the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TroubleKind {
    /// No answer came: the network, names, certificates.
    Network,
    /// The store's server failed.
    Server,
    /// The store asked for a pause.
    Pause,
    /// Something between the till and the store answered.
    Blocked,
    /// The store's set-up has to change.
    Configuration,
    /// `/wp-json/` leads to a web page; `?rest_route=` may lead to the store.
    WrongRoute,
    /// This device: its disk, its vault, another process.
    Device,
}

/// A failure that says nothing about the grant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// The cause inside `API02007`.
    pub cause: Code,
    /// What kind of thing it is.
    pub kind: TroubleKind,
    /// What was seen, in words that can be shown; never a secret.
    pub evidence: String,
    /// The pause the store asked for.
    pub retry_after: Option<Duration>,
}

impl Trouble {
    /// Trouble of a kind, with what was seen.
    #[must_use]
    pub fn new(cause: Code, kind: TroubleKind, evidence: impl Into<String>) -> Self {
        Self {
            cause,
            kind,
            evidence: evidence.into(),
            retry_after: None,
        }
    }

    /// No answer came.
    #[must_use]
    pub fn network(cause: Code, evidence: impl Into<String>) -> Self {
        Self::new(cause, TroubleKind::Network, evidence)
    }
}

/// Reads the answer to `POST auth/refresh`.
#[must_use]
pub fn read(raw: &RawAnswer<'_>) -> Answer {
    if (300..400).contains(&raw.status) {
        return Answer::Trouble(redirected(raw));
    }
    let body = json::read(raw.body);
    if let Some(answer) = refusal(&body) {
        return answer;
    }
    if body == Body::Glued {
        let evidence = format!(
            "the store sent two answers glued together (status {})",
            raw.status
        );
        return trouble(raw, Code::MALFORMED_JSON_RESPONSE, TroubleKind::Server, evidence);
    }
    match raw.status {
        200..=299 => success(raw, &body),
        429 => trouble(
            raw,
            Code::RATE_LIMIT_EXCEEDED,
            TroubleKind::Pause,
            "the store asked for a pause (status 429)",
        ),
        408 => trouble(
            raw,
            Code::CONNECTION_TIMEOUT,
            TroubleKind::Server,
            "the store gave up waiting (status 408)",
        ),
        500..=599 => Answer::Trouble(server_error(raw, &body)),
        _ => Answer::Trouble(client_error(raw, &body)),
    }
}

/// Names what an answer is when it is not the API's, for ordinary requests as well: nothing for an answer that the
/// API itself gave, whatever its status.
#[must_use]
pub fn not_from_the_api(raw: &RawAnswer<'_>) -> Option<Trouble> {
    if (300..400).contains(&raw.status) {
        return Some(redirected(raw));
    }
    let body = json::read(raw.body);
    match (&body, raw.status) {
        (Body::Clean(value) | Body::Recovered { value, .. }, status) => match wp_code(value) {
            Some("rest_no_route") if status == 404 => Some(client_error(raw, &body)),
            Some(code) if is_rest_lock(code) => Some(client_error(raw, &body)),
            Some("wp_die" | "internal_server_error") if status >= 500 => Some(server_error(raw, &body)),
            _ if status == 429 => Some(too_many(raw)),
            _ => None,
        },
        (Body::Glued | Body::Broken, _) => Some(Trouble::new(
            Code::MALFORMED_JSON_RESPONSE,
            TroubleKind::Server,
            format!("the answer cannot be read (status {})", raw.status),
        )),
        (Body::Html { .. } | Body::Empty | Body::Other, 429) => Some(too_many(raw)),
        (Body::Html { .. } | Body::Empty | Body::Other, 500..=599) => Some(server_error(raw, &body)),
        (Body::Html { .. } | Body::Other, 200..=299) => Some(page(raw, &body)),
        (Body::Empty, 200..=299) => None,
        (Body::Html { .. } | Body::Empty | Body::Other, _) => Some(client_error(raw, &body)),
    }
}

/// Names the layer that answered instead of the store, when the answer is a page and gives its maker away.
#[must_use]
pub fn layer_of(raw: &RawAnswer<'_>) -> Option<&'static str> {
    layer::name(raw, &json::read(raw.body))
}

fn too_many(raw: &RawAnswer<'_>) -> Trouble {
    Trouble {
        retry_after: pause::asked_for(raw),
        ..Trouble::new(
            Code::RATE_LIMIT_EXCEEDED,
            TroubleKind::Pause,
            "the store asked for a pause (status 429)",
        )
    }
}

/// The verdict in a body, or the one refusal that is the server's clock and not a verdict.
fn refusal(body: &Body) -> Option<Answer> {
    let value = body.value()?;
    if value.get("access_token").is_some_and(Value::is_string) {
        return None;
    }
    let error = OAuthError::deserialize(value).ok()?;
    if error.error != "invalid_grant" {
        return None;
    }
    let words = shorten(&error.error_description, 200);
    if words.starts_with("Cannot handle token with iat prior to")
        || words.starts_with("Cannot handle token with nbf prior to")
    {
        return Some(Answer::Trouble(Trouble::new(
            Code::INVALID_SITE_CONFIGURATION,
            TroubleKind::Configuration,
            format!("the store's clock is behind: it said \u{201c}{words}\u{201d}"),
        )));
    }
    let reason = error
        .evertill
        .as_ref()
        .and_then(|ended| reason_called(&ended.reason))
        .unwrap_or_else(|| reason_in(&words));
    Some(Answer::Refused(Refusal {
        reason,
        words,
        ended: error.evertill,
        is_signed: false,
    }))
}

/// The reason as our own store names it.
fn reason_called(name: &str) -> Option<Reason> {
    match name {
        "expired" => Some(Reason::Expired),
        "user_gone" => Some(Reason::UserGone),
        "foreign" => Some(Reason::Foreign),
        "revoked" | "theft" => Some(Reason::Ended),
        _ => None,
    }
}

/// A stock store tells its reasons apart only by these untranslated sentences.
fn reason_in(words: &str) -> Reason {
    match words {
        "Expired token" => Reason::Expired,
        "User not found" => Reason::UserGone,
        "Signature verification failed"
        | "The iss do not match with this server"
        | "Invalid token type"
        | "Wrong number of segments"
        | "Syntax error, malformed JSON"
        | "Algorithm not supported"
        | "Incorrect key for this algorithm" => Reason::Foreign,
        _ => Reason::Ended,
    }
}

fn success(raw: &RawAnswer<'_>, body: &Body) -> Answer {
    let value = match body {
        Body::Clean(value) | Body::Recovered { value, .. } => value,
        Body::Broken => {
            let evidence = "the store's answer was cut short";
            return trouble(raw, Code::MALFORMED_JSON_RESPONSE, TroubleKind::Server, evidence);
        }
        Body::Html { .. } | Body::Empty | Body::Other | Body::Glued => {
            return Answer::Trouble(page(raw, body));
        }
    };
    let missing = |what: &str| {
        let evidence = format!("the store's answer has no {what}");
        trouble(raw, Code::MISSING_RESPONSE_DATA, TroubleKind::Server, evidence)
    };
    if value.get("error").and_then(Value::as_str) == Some("invalid_request") {
        let evidence = "the store did not find the refresh token in the request";
        return trouble(
            raw,
            Code::MISSING_REQUIRED_PARAMETERS,
            TroubleKind::Blocked,
            evidence,
        );
    }
    let Some(access) = value
        .get("access_token")
        .and_then(Value::as_str)
        .filter(|token| !token.is_empty())
    else {
        return missing("access token");
    };
    let seconds = |key: &str| {
        value
            .get(key)
            .and_then(jwt::number)
            .and_then(|number| u64::try_from(number).ok())
    };
    let life = seconds("expires_in")
        .filter(|seconds| *seconds > 0)
        .map(Duration::from_secs)
        .or_else(|| jwt::claims(access)?.life());
    let Some(access_life) = life else {
        return missing("lifetime");
    };
    let refresh = value
        .get("refresh_token")
        .and_then(Value::as_str)
        .filter(|token| !token.is_empty());
    Answer::Renewed(Renewed {
        access: AccessToken::new(access),
        refresh: refresh.map(RefreshToken::new),
        access_life,
        refresh_in: seconds("refresh_in")
            .filter(|seconds| *seconds > 0)
            .map(Duration::from_secs),
        renewable_for: refresh.and_then(jwt::claims).and_then(|claims| claims.life()),
        was_recovered: matches!(body, Body::Recovered { .. }),
    })
}

/// A 2xx that is no JSON: a challenge, a captive portal, or the home page of a site with plain permalinks.
fn page(raw: &RawAnswer<'_>, body: &Body) -> Trouble {
    if let Some(layer) = layer::name(raw, body) {
        let evidence = format!("{layer} answered instead of the store (status {})", raw.status);
        return Trouble::new(Code::INVALID_RESPONSE_FORMAT, TroubleKind::Blocked, evidence);
    }
    match body {
        Body::Html { title } => Trouble::new(
            Code::INVALID_RESPONSE_FORMAT,
            TroubleKind::WrongRoute,
            format!("a web page came instead of the store's answer{}", titled(title)),
        ),
        Body::Empty => Trouble::new(
            Code::INVALID_RESPONSE_FORMAT,
            TroubleKind::Blocked,
            "the answer was empty",
        ),
        Body::Clean(_) | Body::Recovered { .. } | Body::Glued | Body::Broken | Body::Other => Trouble::new(
            Code::INVALID_RESPONSE_FORMAT,
            TroubleKind::Blocked,
            "the answer was not the store's",
        ),
    }
}

fn server_error(raw: &RawAnswer<'_>, body: &Body) -> Trouble {
    let (code, kind, evidence) = match layer::name(raw, body) {
        Some(layer) => (
            Code::INVALID_RESPONSE_FORMAT,
            TroubleKind::Blocked,
            format!("{layer} answered instead of the store (status {})", raw.status),
        ),
        None => (
            Code::WEBSITE_UNAVAILABLE,
            TroubleKind::Server,
            what_failed(raw, body),
        ),
    };
    Trouble {
        retry_after: pause::asked_for(raw),
        ..Trouble::new(code, kind, evidence)
    }
}

fn what_failed(raw: &RawAnswer<'_>, body: &Body) -> String {
    let status = raw.status;
    let message = body
        .value()
        .and_then(|value| value.get("message"))
        .and_then(Value::as_str)
        .unwrap_or_default();
    if message.contains("database connection") {
        return format!("the store's database does not answer (status {status})");
    }
    if message.contains("scheduled maintenance") {
        return format!("the store is in maintenance (status {status})");
    }
    match body {
        Body::Html { title } => format!("the store's server failed (status {status}{})", titled(title)),
        Body::Clean(value) | Body::Recovered { value, .. }
            if wp_code(value) == Some("internal_server_error") =>
        {
            format!("PHP failed at the store (status {status})")
        }
        Body::Clean(_) | Body::Recovered { .. } | Body::Glued | Body::Broken | Body::Empty | Body::Other => {
            format!("the store's server failed (status {status})")
        }
    }
}

fn client_error(raw: &RawAnswer<'_>, body: &Body) -> Trouble {
    let status = raw.status;
    if let Some(code) = body.value().and_then(wp_code) {
        return match (status, code) {
            (404, "rest_no_route") => Trouble::new(
                Code::WCPOS_PLUGIN_NOT_FOUND,
                TroubleKind::Configuration,
                "the site answers and its till plugin does not (rest_no_route)",
            ),
            (400, "rest_invalid_json") => Trouble::new(
                Code::INVALID_REQUEST_FORMAT,
                TroubleKind::Blocked,
                "the request arrived damaged",
            ),
            (400, "rest_missing_callback_param") => Trouble::new(
                Code::MISSING_REQUIRED_PARAMETERS,
                TroubleKind::Blocked,
                "the refresh token was lost on the way to the store",
            ),
            (400, "rest_invalid_param") => Trouble::new(
                Code::INVALID_PARAMETER_VALUE,
                TroubleKind::Blocked,
                "the request arrived altered",
            ),
            (401 | 403 | 406, code) => Trouble::new(
                Code::WORDPRESS_API_DISABLED,
                TroubleKind::Configuration,
                format!("the site's REST interface is locked ({})", shorten(code, 60)),
            ),
            (status, code) => Trouble::new(
                Code::UNEXPECTED_RESPONSE_CODE,
                TroubleKind::Server,
                format!("the store answered {status} ({})", shorten(code, 60)),
            ),
        };
    }
    let layer = layer::name(raw, body);
    match (status, layer) {
        (413 | 414 | 431, _) => Trouble::new(
            Code::REQUEST_TOO_LARGE,
            TroubleKind::Blocked,
            format!("the host refused the size (status {status})"),
        ),
        (404, None) => Trouble::new(
            Code::WORDPRESS_API_DISABLED,
            TroubleKind::WrongRoute,
            "there is no WordPress interface at this address (status 404)",
        ),
        (405, None) => Trouble::new(
            Code::UNSUPPORTED_METHOD,
            TroubleKind::Blocked,
            "the host does not take this method (status 405)",
        ),
        (_, Some(layer)) => Trouble::new(
            Code::INVALID_RESPONSE_FORMAT,
            TroubleKind::Blocked,
            format!("{layer} answered instead of the store (status {status})"),
        ),
        (401 | 403 | 406, None) => Trouble::new(
            Code::INVALID_RESPONSE_FORMAT,
            TroubleKind::Blocked,
            format!("a page in front of the store refused the request (status {status})"),
        ),
        (_, None) => Trouble::new(
            Code::UNEXPECTED_RESPONSE_CODE,
            TroubleKind::Server,
            format!("the store answered with status {status}"),
        ),
    }
}

fn redirected(raw: &RawAnswer<'_>) -> Trouble {
    let target = raw.header("location").unwrap_or_default();
    // Only the origin is shown: the rest of an address may carry anything.
    let origin = target.split_once("://").map_or("elsewhere", |(scheme, rest)| {
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        target.get(..scheme.len() + 3 + host.len()).unwrap_or("elsewhere")
    });
    Trouble::new(
        Code::INVALID_RESPONSE_FORMAT,
        TroubleKind::Blocked,
        format!("redirected to {} (status {})", shorten(origin, 80), raw.status),
    )
}

fn trouble(raw: &RawAnswer<'_>, cause: Code, kind: TroubleKind, evidence: impl Into<String>) -> Answer {
    Answer::Trouble(Trouble {
        retry_after: pause::asked_for(raw),
        ..Trouble::new(cause, kind, evidence)
    })
}

fn wp_code(value: &Value) -> Option<&str> {
    value.get("code").and_then(Value::as_str)
}

/// Codes with which sites and plugins close the whole REST interface.
fn is_rest_lock(code: &str) -> bool {
    matches!(
        code,
        "rest_disabled"
            | "rest_not_logged_in"
            | "rest_cannot_access"
            | "rest_login_required"
            | "rest_api_disabled"
            | "disable_rest_api"
    )
}

fn titled(title: &str) -> String {
    if title.is_empty() {
        String::new()
    } else {
        format!(", \u{201c}{}\u{201d}", shorten(title, 60))
    }
}

fn shorten(text: &str, characters: usize) -> String {
    text.chars()
        .filter(|c| !c.is_control())
        .take(characters)
        .collect()
}
