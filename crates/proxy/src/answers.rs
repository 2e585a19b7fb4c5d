//! What callers are told when a request is not passed on: problem documents (RFC 9457) with code, cause and next step.

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use evertill_client::{ClientError, Keeper};
use evertill_wire::{Code, Problem};

use crate::door::Refusal;

/// Longest pause a caller is told to make, in seconds; the session may be back at any moment.
const RETRY_AFTER_S_MAX: u64 = 60;

/// The answer to a caller that is not served.
pub(crate) fn refused(refusal: Refusal) -> Response {
    tracing::warn!(?refusal, "turned a request away");
    let (status, detail) = match refusal {
        Refusal::Host => (
            StatusCode::MISDIRECTED_REQUEST,
            "the request names a host that is not this proxy's address",
        ),
        Refusal::Page => (
            StatusCode::FORBIDDEN,
            "the request comes from a page in a browser (Origin or Sec-Fetch-Site)",
        ),
        Refusal::Method => (
            StatusCode::METHOD_NOT_ALLOWED,
            "this method is not passed on, because its answer could show the token",
        ),
        Refusal::NoKey => (
            StatusCode::UNAUTHORIZED,
            "the request shows no key, neither as the first part of its path nor in X-Evertill-Proxy-Key",
        ),
        Refusal::WrongKey => (
            StatusCode::UNAUTHORIZED,
            "the request shows another key than the one this proxy drew when it started",
        ),
    };
    let mut response = document(
        Problem::of(Code::PROXY_CALLER_REFUSED)
            .with_detail(detail)
            .with_status(status.as_u16()),
    );
    let headers = response.headers_mut();
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(
            header::WWW_AUTHENTICATE,
            HeaderValue::from_static("Evertill-Proxy-Key"),
        );
    } else if status == StatusCode::METHOD_NOT_ALLOWED {
        headers.insert(
            header::ALLOW,
            HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"),
        );
    }
    response
}

/// The answer to a request whose body ended too early; most likely nobody reads it any more.
pub(crate) fn broken_off() -> Response {
    document(Problem::of(Code::INVALID_REQUEST_FORMAT).with_detail("the body of the request broke off"))
}

/// The answer to a request that could not be passed on.
pub(crate) fn failed(error: &ClientError, keeper: &Keeper) -> Response {
    let status = status_of(error);
    let mut problem = Problem::of(error.code()).with_status(status.as_u16());
    problem.detail = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        problem.detail = format!("{}: {cause}", problem.detail);
        source = cause.source();
    }
    problem.remedy = remedy(error);
    problem.cause = error.cause().map(|seen| seen.code);
    let mut response = document(problem);
    if let Some(pause_s) = retry_after_s(error, keeper) {
        response.headers_mut().insert(header::RETRY_AFTER, pause_s.into());
    }
    response
}

/// The words about a code, as plain text.
pub(crate) fn explain(code: Code) -> Response {
    let entry = code.entry();
    let text = format!(
        "{code}: {}\n\n{}\n\n{}\n",
        entry.title, entry.meaning, entry.remedy
    );
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

/// Headers of every answer: whatever a store sends, no browser runs, frames, keeps or shares it.
pub(crate) fn protect(headers: &mut HeaderMap) {
    for (name, value) in [
        (
            "content-security-policy",
            "sandbox; default-src 'none'; frame-ancestors 'none'",
        ),
        ("cross-origin-resource-policy", "same-origin"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
    ] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(
            header::CACHE_CONTROL,
            HeaderValue::from_static("private, no-store"),
        );
    }
}

fn status_of(error: &ClientError) -> StatusCode {
    if is_about_the_session(error) {
        StatusCode::SERVICE_UNAVAILABLE
    } else if error.code() == Code::CONNECTION_TIMEOUT {
        StatusCode::GATEWAY_TIMEOUT
    } else if matches!(error, ClientError::NotRepeated { .. }) {
        StatusCode::UNAUTHORIZED
    } else if matches!(error, ClientError::RouteRefused { .. }) {
        StatusCode::BAD_REQUEST
    } else {
        StatusCode::BAD_GATEWAY
    }
}

fn is_about_the_session(error: &ClientError) -> bool {
    matches!(
        error,
        ClientError::NotSignedIn { .. }
            | ClientError::SessionEnded { .. }
            | ClientError::NotResumed { .. }
            | ClientError::NoLivingToken { .. }
            | ClientError::KeeperGone
    )
}

/// Whoever signs in does it in a terminal beside the proxy, which notices by itself.
fn remedy(error: &ClientError) -> String {
    if let ClientError::SessionEnded { store, .. } | ClientError::NotSignedIn { store } = error {
        return format!("Run `evertill login --store {store}`; the proxy goes on by itself.");
    }
    error.remedy()
}

/// A pause makes sense only where things mend by themselves.
fn retry_after_s(error: &ClientError, keeper: &Keeper) -> Option<u64> {
    if matches!(error, ClientError::NoLivingToken { .. }) {
        let next_try_s = keeper.status().renews_in_s.unwrap_or(1);
        return Some(next_try_s.clamp(1, RETRY_AFTER_S_MAX));
    }
    matches!(
        error,
        ClientError::NotRepeated { .. } | ClientError::Unreachable { .. }
    )
    .then_some(1)
}

fn document(problem: Problem) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let text = serde_json::to_string(&problem).unwrap_or_default();
    (status, [(header::CONTENT_TYPE, Problem::CONTENT_TYPE)], text).into_response()
}
