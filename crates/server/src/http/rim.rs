//! The way of every request: named, read within bounds, let in where there is room, answered, written down.

use std::{net::SocketAddr, sync::Arc, time::Instant};

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header, request::Parts},
    response::Response,
};
use futures_util::StreamExt as _;
use http_body_util::BodyExt as _;
use hyper::Request;
use tracing::Instrument as _;
use uuid::Uuid;

use super::{App, Ask, Caller, Reply, dispatch};
use crate::{
    access_log::Line as LogLine,
    limits::{Limits, Taken},
    listen::Line,
    metrics::Refusal,
};

/// Longest body of a request, in bytes. A large order is below 200 KB.
const BODY_BYTES_MAX: usize = 2 * 1024 * 1024;

/// Longest name of a request that is taken over from outside, in bytes.
const NAME_BYTES_MAX: usize = 64;

/// What carries the name of a request, in and out.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What a request is to the store's limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// Keeps somebody signed in.
    Renewal,
    /// Asks how the process is. Always let in: it costs nothing and has to be answered under flood.
    Health,
    /// Everything else.
    Other,
}

impl Class {
    fn of(method: &Method, uri: &Uri) -> Self {
        let is_route = |route: &str| {
            uri.path().trim_end_matches('/').ends_with(route)
                || uri.query().is_some_and(|query| {
                    url::form_urlencoded::parse(query.as_bytes()).any(|(key, value)| {
                        key == "rest_route" && value.trim_end_matches('/').ends_with(route)
                    })
                })
        };
        match uri.path() {
            "/healthz" | "/readyz" | "/metrics" => Self::Health,
            _ if method == Method::POST && (is_route("/auth/refresh") || is_route("/oauth/token")) => {
                Self::Renewal
            }
            _ => Self::Other,
        }
    }
}

/// Answers a request on a connection.
pub(crate) async fn answer(app: Arc<App>, line: Arc<Line>, request: Request<Body>) -> Response {
    let began = Instant::now();
    let (parts, body) = request.into_parts();
    let name = name(&parts.headers);
    let client = SocketAddr::new(
        app.rim.proxies.client(line.peer.ip(), &parts.headers),
        line.peer.port(),
    );
    let span = tracing::info_span!("request", id = %name, %client);
    let mut response = respond(&app, &line, parts, body, client, &name, began)
        .instrument(span)
        .await;
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&name) {
        headers.insert(REQUEST_ID, value);
    }
    let is_endless = headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"));
    if is_endless {
        return response
            .map(|body| Body::from_stream(body.into_data_stream().take_until(Box::pin(line.stop()))));
    }
    if line.is_closing() {
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

async fn respond(
    app: &App,
    line: &Line,
    parts: Parts,
    body: Body,
    client: SocketAddr,
    name: &str,
    began: Instant,
) -> Response {
    let class = Class::of(&parts.method, &parts.uri);
    let is_relayed = app
        .rim
        .proxies
        .is_relayed_by_a_stranger(line.peer.ip(), &parts.headers);
    let read = tokio::time::timeout(app.rim.limits.body, read(&app.rim.limits, body)).await;
    let (bytes, fault) = match read {
        Ok(Ok(read)) => (Some(read), None),
        Ok(Err(fault)) => (None, Some(fault)),
        Err(_) => (None, Some(Fault::Slow)),
    };
    let (bytes, _room) = bytes.unwrap_or_default();
    let mut ask = Ask::read(parts, bytes, client);
    ask.is_relayed_by_a_stranger = is_relayed;
    let (reply, caller) = match fault {
        Some(fault) => (fault.reply(app), None),
        None => match enter(&app.rim.limits, class) {
            Ok(_place) => dispatch(app, &ask).await,
            Err(Full) => (busy(app), None),
        },
    };
    note(app, &ask, class, &reply, caller.as_ref(), name, began);
    let is_unread = fault.is_some();
    let mut response = reply.into_response(&ask, &app.rim.standing, app.clock.seconds());
    if is_unread {
        // What is left of the body is not waited for.
        response
            .headers_mut()
            .insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

fn note(
    app: &App,
    ask: &Ask,
    class: Class,
    reply: &Reply,
    caller: Option<&Caller>,
    name: &str,
    began: Instant,
) {
    let status = reply.status().as_u16();
    let took = began.elapsed();
    app.rim.metrics.answered(class, reply, took);
    app.log.write(&LogLine {
        at_ms: app.clock.millis(),
        request: name,
        client: ask.peer.ip(),
        method: &ask.method,
        path: ask.shown_path(),
        status,
        ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        user: caller.map(|caller| caller.account.id),
        session: caller.map(|caller| caller.session.to_string()[..8].to_owned()),
    });
}

/// The name the request brought along where it is one, else a new one.
fn name(headers: &HeaderMap) -> String {
    let brought = headers.get(REQUEST_ID).and_then(|value| value.to_str().ok());
    let is_name = |text: &&str| {
        (8..=NAME_BYTES_MAX).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
    };
    brought
        .filter(is_name)
        .map_or_else(|| Uuid::new_v4().simple().to_string(), str::to_owned)
}

/// There is no room.
struct Full;

/// A place among the requests under way.
fn enter(limits: &Limits, class: Class) -> Result<Option<Taken>, Full> {
    let room = match class {
        Class::Health => return Ok(None),
        Class::Renewal => &limits.renewals,
        Class::Other => &limits.requests,
    };
    room.take(1).map(Some).ok_or(Full)
}

/// What is wrong with a body before anybody has looked into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    Large,
    Slow,
    Crowded,
    Broken,
}

impl Fault {
    fn reply(self, app: &App) -> Reply {
        match self {
            Self::Large => {
                app.rim.metrics.refused(Refusal::TooLarge);
                Reply::error(413, "rest_too_large", "The request is too large.")
            }
            Self::Slow => {
                app.rim.metrics.refused(Refusal::TooSlow);
                Reply::error(408, "evertill_too_slow", "The request did not arrive in time.")
            }
            Self::Broken => Reply::error(400, "evertill_cut_short", "The request did not arrive whole."),
            Self::Crowded => busy(app),
        }
    }
}

/// As much is under way as the store takes on.
fn busy(app: &App) -> Reply {
    app.rim.metrics.refused(Refusal::Busy);
    Reply::busy()
}

/// Reads a body, within its bounds and those of all bodies.
async fn read(limits: &Limits, mut body: Body) -> Result<(Bytes, Vec<Taken>), Fault> {
    let announced = hyper::body::Body::size_hint(&body).exact();
    if announced.is_some_and(|bytes| bytes > BODY_BYTES_MAX as u64) {
        return Err(Fault::Large);
    }
    let mut room = Vec::new();
    let mut whole: Option<Bytes> = None;
    let mut growing: Vec<u8> = Vec::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| Fault::Broken)?.into_data() else {
            continue;
        };
        let before = growing.len() + whole.as_ref().map_or(0, Bytes::len);
        let after = before + data.len();
        if after > BODY_BYTES_MAX {
            return Err(Fault::Large);
        }
        room.push(limits.body(before, after).ok_or(Fault::Crowded)?);
        match (whole.take(), growing.is_empty()) {
            // Most bodies come in one piece, which is not copied.
            (None, true) => whole = Some(data),
            (first, _) => {
                growing.extend_from_slice(&first.unwrap_or_default());
                growing.extend_from_slice(&data);
            }
        }
    }
    Ok((whole.unwrap_or_else(|| growing.into()), room))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(value: &str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert(REQUEST_ID, value.parse().unwrap());
        name(&headers)
    }

    #[test]
    fn a_request_keeps_the_name_it_came_with_where_that_is_one() {
        assert_eq!(named("01HZX-abc_9.z"), "01HZX-abc_9.z");
        for value in [
            "short",
            "has space in it",
            "a\tb\tc\td\te",
            &"x".repeat(65),
            "{\"a\":1}xxx",
        ] {
            assert_ne!(named(value), value);
        }
        assert_eq!(name(&HeaderMap::new()).len(), 32);
    }

    #[test]
    fn a_renewal_is_known_in_each_spelling() {
        let class = |method: Method, uri: &str| Class::of(&method, &uri.parse().unwrap());
        for uri in [
            "/wp-json/wcpos/v2/auth/refresh",
            "/wp-json/wcpos/v1/auth/refresh/",
            "/?rest_route=/wcpos/v2/auth/refresh",
            "/index.php?x=1&rest_route=%2Fwcpos%2Fv2%2Fauth%2Frefresh",
            "/oauth/token",
        ] {
            assert_eq!(class(Method::POST, uri), Class::Renewal, "{uri}");
            assert_eq!(class(Method::GET, uri), Class::Other, "{uri}");
        }
        assert_eq!(class(Method::GET, "/healthz"), Class::Health);
    }
}
