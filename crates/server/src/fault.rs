//! Faults of real sites, played by a store on purpose: for training people and for testing the doctor.
//!
//! What WordPress and its plugins say themselves was recorded from a real one: status, kind of content, the headers that
//! matter, the shape of the body. The pages of firewalls, challenges and networks were not; they are written after what
//! their makers document, as far as the doctor knows them by. A store never plays one unless it is started with its name. Nothing of the store's
//! data is touched: a played answer replaces the store's own, or changes the request before the store sees it.

use std::time::Duration;

use axum::{
    body::{Body, to_bytes},
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

mod answers;

use answers::Played;

/// Largest answer that is changed on its way, in bytes.
const CHANGED_BYTES_MAX: usize = 8 * 1024 * 1024;

/// A fault that can be played.
#[derive(Debug, Clone, Copy)]
pub struct Fault {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it looks like, one line.
    pub what: &'static str,
    /// The code the doctor gives it; empty for what a till copes with by itself.
    pub code: &'static str,
    act: Act,
}

/// How a fault shows.
#[derive(Debug, Clone, Copy)]
enum Act {
    /// Every request is answered so.
    Everywhere(fn() -> Played),
    /// Every request to the REST interface is.
    Interface(fn() -> Played),
    /// Those of visitors without a token are.
    Visitors(fn() -> Played),
    /// Renewals are.
    Renewals(fn() -> Played),
    /// Routes that need a token are; the interface itself is well.
    Protected(fn() -> Played),
    /// The token in the header never arrives.
    HeaderStripped,
    /// Text stands before the JSON of the interface.
    NoiseBefore(&'static str),
    /// Text stands behind it.
    NoiseBehind(&'static str),
    /// `/wp-json/` is the shop's front page; only `?rest_route=` works.
    PlainPermalinks,
    /// The till's plugin is not there; the index of the interface says what is.
    Plugins(fn() -> Played),
    /// The sign-in page is this one.
    SignInPage(fn() -> Played),
    /// Renewals are answered one way and routes that need a token another.
    Both(fn() -> Played, fn() -> Played),
    /// Everything leads to the same place over https.
    ToHttps,
    /// The store says that its sign-in page is at an https address.
    AnnouncesHttps,
    /// The interface takes this long for every answer.
    Slow(Duration),
    /// No request is ever answered.
    Silent,
}

/// Longer than an answer a person does not feel, and short enough that a whole examination still comes to its end.
const SLOW: Duration = Duration::from_millis(1_700);

const fn fault(name: &'static str, code: &'static str, what: &'static str, act: Act) -> Fault {
    Fault {
        name,
        what,
        code,
        act,
    }
}

/// Every fault, in the order of the way from the till to the store.
pub const FAULTS: &[Fault] = &[
    fault(
        "firewall-cloudflare",
        "API04001",
        "Cloudflare wants proof of a human",
        Act::Interface(answers::cloudflare),
    ),
    fault(
        "firewall-wordfence",
        "API04001",
        "Wordfence blocks the REST interface",
        Act::Interface(answers::wordfence),
    ),
    fault(
        "firewall-sucuri",
        "API04001",
        "Sucuri's firewall denies access",
        Act::Interface(answers::sucuri),
    ),
    fault(
        "firewall-modsecurity",
        "API04001",
        "ModSecurity answers 406",
        Act::Interface(answers::modsecurity),
    ),
    fault(
        "firewall-page-as-200",
        "API04001",
        "a robot check arrives as success",
        Act::Interface(answers::siteground),
    ),
    fault(
        "firewall-imunify",
        "API04001",
        "Imunify360 takes the till for a robot",
        Act::Interface(answers::imunify),
    ),
    fault(
        "challenge",
        "API04001",
        "a robot check without a maker's name",
        Act::Interface(answers::challenge),
    ),
    fault(
        "password-prompt",
        "API04001",
        "the web server asks for a password (HTTP Basic)",
        Act::Everywhere(answers::basic),
    ),
    fault(
        "captive-portal",
        "API04001",
        "the network wants its own sign-in first",
        Act::Everywhere(answers::portal),
    ),
    fault(
        "silent",
        "API01001",
        "connections are taken and nothing is answered",
        Act::Silent,
    ),
    fault(
        "slow",
        "API01001",
        "every answer of the interface takes seconds",
        Act::Slow(SLOW),
    ),
    fault(
        "web-server-403",
        "API04001",
        "a rule of nginx forbids the path",
        Act::Interface(answers::nginx_forbids),
    ),
    fault(
        "redirect-https",
        "API06004",
        "everything leads to https, where nothing answers",
        Act::ToHttps,
    ),
    fault(
        "redirect-other-host",
        "API04001",
        "everything leads to another site",
        Act::Everywhere(answers::to_another_site),
    ),
    fault(
        "altered-request",
        "API03002",
        "something drops what renewals carry, 400",
        Act::Renewals(answers::missing_parameter),
    ),
    fault(
        "rate-limit",
        "API03005",
        "the web server counts requests and says 429",
        Act::Interface(answers::rate_limit),
    ),
    fault(
        "too-large",
        "API03004",
        "the web server refuses the size of renewals",
        Act::Renewals(answers::too_large),
    ),
    fault(
        "nobody-behind",
        "API01008",
        "nginx has no PHP behind it, 502",
        Act::Everywhere(answers::bad_gateway),
    ),
    fault(
        "maintenance",
        "API01008",
        "WordPress is in maintenance mode",
        Act::Everywhere(answers::maintenance),
    ),
    fault(
        "database-down",
        "API01008",
        "WordPress cannot reach its database",
        Act::Everywhere(answers::database),
    ),
    fault(
        "php-fatal",
        "API01008",
        "a plugin ends PHP with an error",
        Act::Interface(answers::fatal),
    ),
    fault(
        "php-parse-error",
        "API01008",
        "a file of a plugin is not PHP",
        Act::Interface(answers::parse_error),
    ),
    fault(
        "usermeta-unreadable",
        "API01008",
        "the table of the users' data cannot be read, which looks like a refusal",
        Act::Both(answers::revoked, answers::forbidden),
    ),
    fault(
        "server-clock-behind",
        "API06003",
        "the store's clock is behind, and it takes tokens for issued in the future",
        Act::Renewals(answers::issued_in_the_future),
    ),
    fault(
        "php-notice",
        "API04005",
        "PHP prints a warning before the JSON",
        Act::NoiseBefore(answers::NOTICE),
    ),
    fault(
        "glued-json",
        "API04003",
        "two JSON documents in one answer",
        Act::NoiseBehind(answers::SECOND),
    ),
    fault(
        "plain-permalinks",
        "",
        "the interface lives at ?rest_route= only, which a till copes with",
        Act::PlainPermalinks,
    ),
    fault(
        "rest-disabled",
        "API05004",
        "a plugin switches the REST interface off",
        Act::Interface(answers::rest_disabled),
    ),
    fault(
        "rest-locked",
        "API05004",
        "the REST interface is closed to visitors",
        Act::Visitors(answers::rest_locked),
    ),
    fault(
        "woocommerce-off",
        "API05001",
        "WooCommerce is deactivated, and WCPOS sleeps",
        Act::Plugins(answers::index_of_wordpress),
    ),
    fault(
        "old-wcpos",
        "API05003",
        "WCPOS is of a time before version 1.10",
        Act::Plugins(answers::index_of_old_wcpos),
    ),
    fault(
        "announces-https",
        "API06003",
        "the sign-in page is announced at https on an http site",
        Act::AnnouncesHttps,
    ),
    fault(
        "plugin-off",
        "API05002",
        "the WCPOS plugin is deactivated",
        Act::Interface(answers::no_route),
    ),
    fault(
        "header-stripped",
        "API06003",
        "the Authorization header is removed on the way",
        Act::HeaderStripped,
    ),
    fault(
        "sign-in-locked",
        "API02011",
        "the account is locked after five wrong passwords",
        Act::SignInPage(answers::locked),
    ),
    fault(
        "sign-in-limited",
        "API02011",
        "sign-ins from this address have to pause",
        Act::SignInPage(answers::limited),
    ),
    fault(
        "account-gone",
        "API02004",
        "the account was deleted",
        Act::Renewals(answers::user_gone),
    ),
    fault(
        "no-right",
        "API02005",
        "the account may not use the till",
        Act::Protected(answers::forbidden),
    ),
    fault(
        "revoked-as-200",
        "API02008",
        "renewals are refused with status 200",
        Act::Renewals(answers::revoked),
    ),
    fault(
        "expired-as-200",
        "API02009",
        "renewals are refused as too late, with status 200",
        Act::Renewals(answers::expired),
    ),
    fault(
        "foreign-keys",
        "API02008",
        "the site's keys changed since the sign-in",
        Act::Renewals(answers::signature),
    ),
    fault(
        "half-revoked",
        "API02003",
        "renewals succeed and their tokens are refused",
        Act::Protected(answers::unauthorized),
    ),
];

impl Fault {
    /// The fault of that name.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        FAULTS.iter().find(|fault| fault.name == name).copied()
    }
}

/// Stands before the store and plays the fault.
pub(crate) async fn play<F>(fault: Fault, mut request: Request, next: impl FnOnce(Request) -> F) -> Response
where
    F: Future<Output = Response>,
{
    let place = Place::of(&request);
    match fault.act {
        Act::Everywhere(played) => played().into_response(),
        Act::Interface(played) if place.is_interface => played().into_response(),
        Act::Visitors(played) if place.is_interface && !place.has_token => played().into_response(),
        Act::Renewals(played) if place.is_renewal => played().into_response(),
        Act::Protected(played) if place.is_protected => played().into_response(),
        Act::HeaderStripped => {
            request.headers_mut().remove(header::AUTHORIZATION);
            next(request).await
        }
        Act::NoiseBefore(noise) if place.is_interface => {
            changed(next(request).await, |body| [noise.as_bytes(), body].concat()).await
        }
        Act::NoiseBehind(noise) if place.is_interface => {
            changed(next(request).await, |body| [body, noise.as_bytes()].concat()).await
        }
        Act::PlainPermalinks if place.is_pretty => answers::front().into_response(),
        Act::Plugins(index) if place.is_index => index().into_response(),
        Act::Plugins(_) if place.is_interface => answers::no_route().into_response(),
        Act::SignInPage(played) if place.is_sign_in => played().into_response(),
        Act::Both(played, _) if place.is_renewal => played().into_response(),
        Act::Both(_, played) if place.is_protected => played().into_response(),
        Act::ToHttps => answers::to_https(&place.host).into_response(),
        Act::AnnouncesHttps if place.is_interface => {
            changed(next(request).await, |body| {
                let text = String::from_utf8_lossy(body);
                text.replace("\"authorization\":\"http://", "\"authorization\":\"https://")
                    .into_bytes()
            })
            .await
        }
        Act::Slow(pause) if place.is_interface => {
            tokio::time::sleep(pause).await;
            next(request).await
        }
        Act::Silent => std::future::pending().await,
        Act::Interface(_)
        | Act::Visitors(_)
        | Act::Renewals(_)
        | Act::Protected(_)
        | Act::NoiseBefore(_)
        | Act::NoiseBehind(_)
        | Act::Plugins(_)
        | Act::SignInPage(_)
        | Act::Both(..)
        | Act::AnnouncesHttps
        | Act::Slow(_)
        | Act::PlainPermalinks => next(request).await,
    }
}

/// What a request is about.
struct Place {
    is_interface: bool,
    is_pretty: bool,
    is_renewal: bool,
    is_protected: bool,
    is_index: bool,
    is_sign_in: bool,
    has_token: bool,
    host: String,
}

impl Place {
    fn of(request: &Request) -> Self {
        let (path, query) = (request.uri().path(), request.uri().query().unwrap_or_default());
        let is_pretty = path.starts_with("/wp-json");
        let route = format!("{path}?{}", query.replace("%2F", "/"));
        let open = [
            "/wcpos/v2/site",
            "/wcpos/v2/ping",
            "/wcpos/v2/echo",
            "/auth/test",
            "/auth/refresh",
        ];
        let is_interface = is_pretty || query.contains("rest_route=");
        Self {
            is_interface,
            is_pretty,
            is_renewal: route.contains("/auth/refresh"),
            is_protected: is_interface
                && route.contains("wcpos/")
                && !open.iter().any(|open| route.contains(open)),
            is_index: is_interface
                && (matches!(path, "/wp-json" | "/wp-json/") || query_names_the_index(query)),
            is_sign_in: path.starts_with("/wcpos-auth"),
            host: request
                .headers()
                .get(header::HOST)
                .and_then(|host| host.to_str().ok())
                .unwrap_or_default()
                .to_owned(),
            has_token: request.headers().contains_key(header::AUTHORIZATION)
                || query.contains("authorization="),
        }
    }
}

/// `?rest_route=/` and nothing behind the stroke.
fn query_names_the_index(query: &str) -> bool {
    query
        .replace("%2F", "/")
        .split('&')
        .any(|pair| pair == "rest_route=/")
}

/// An answer whose body is another one; its status and kind stay as they were.
async fn changed(answer: Response, change: impl FnOnce(&[u8]) -> Vec<u8>) -> Response {
    let (mut parts, body) = answer.into_parts();
    let Ok(body) = to_bytes(body, CHANGED_BYTES_MAX).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let body = change(&body);
    parts
        .headers
        .insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
    Response::from_parts(parts, Body::from(body))
}
