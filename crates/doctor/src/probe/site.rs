//! The site: its home page, its REST interface, its sign-in page.

use evertill_client::http::{Http, Request};
use evertill_client::profile::RouteStyle;
use evertill_wire::Code;
use evertill_wire::rest::auth::AuthTest;
use evertill_wire::rest::site::Site;
use reqwest::Method;
use serde_json::Value;
use url::Url;

use super::Outcome;
use super::network::silent;
use crate::context::Context;
use crate::reading::{self, is_wrong_route};
use crate::reply::{Reply, ask};

/// Redirects followed before it is called a circle.
const REDIRECTS_MAX: usize = 5;

/// What is sent instead of a token.
const MADE_UP: &str = "mock.connect.test";

/// Fields asked of the index; the whole one of a stock store was measured at 1.5 MB.
const INDEX_FIELDS: &str = "name,url,home,gmt_offset,timezone_string,namespaces,authentication,uuid,wp_version,\
wc_version,wcpos_version";

/// The home page, and where it leads.
#[derive(Debug, Clone)]
pub(crate) struct Front {
    /// The first answer.
    pub(crate) first: Reply,
    /// The address the site is asked at from now on.
    pub(crate) base: Url,
    /// The address the first answer leads to, when it is another origin.
    pub(crate) leads_to: Option<Url>,
    /// What stands in the way at that address.
    pub(crate) dead_end: Option<(Code, String)>,
    /// The last answer, of the place it ends at.
    pub(crate) last: Reply,
}

/// The till plugin's description of the site, or what came instead.
#[derive(Debug, Clone)]
pub(crate) struct SiteSeen {
    /// The root that answers.
    pub(crate) root: Url,
    /// How routes are put on it.
    pub(crate) style: RouteStyle,
    /// The answer.
    pub(crate) reply: Reply,
    /// What `/wp-json/` said, when `?rest_route=` had to be used.
    pub(crate) wrong_route: Option<Reply>,
    /// What `?rest_route=` said, when something answered instead of the store at `/wp-json/`.
    pub(crate) other_way: Option<Reply>,
    /// The description.
    pub(crate) payload: Option<Site>,
}

impl SiteSeen {
    /// The address of a route.
    pub(crate) fn route(&self, route: &str, query: &[(&str, &str)]) -> Url {
        route_url(&self.root, self.style, route, query)
    }
}

/// The index of the REST interface.
#[derive(Debug, Clone)]
pub(crate) struct IndexSeen {
    pub(crate) reply: Reply,
    pub(crate) site: Option<Site>,
}

/// Which way a made-up token arrives.
#[derive(Debug, Clone)]
pub(crate) struct EchoSeen {
    pub(crate) reply: Reply,
    /// Header and parameter; nothing when the store does not tell.
    pub(crate) arrived: Option<(bool, bool)>,
}

/// The sign-in page.
#[derive(Debug, Clone)]
pub(crate) struct SignInSeen {
    /// As the store announces it.
    pub(crate) announced: Url,
    /// Why it does not answer there.
    pub(crate) dead_end: Option<(Code, String)>,
    /// The page, there or at the store's own address.
    pub(crate) reply: Option<Reply>,
}

fn http_for(url: &Url) -> Result<Http, Outcome<()>> {
    Http::new(url).map_err(|error| Outcome::Silent {
        code: error.code(),
        evidence: error.to_string(),
    })
}

async fn get(url: &Url, accept: &str) -> Outcome<Reply> {
    match http_for(url) {
        Ok(http) => ask(&http, url, Request::get(url.clone()).header("accept", accept)).await,
        Err(Outcome::Silent { code, evidence }) => silent(code, evidence),
        Err(Outcome::Seen(()) | Outcome::NotAsked(_)) => Outcome::NotAsked("site.http"),
    }
}

async fn head(url: &Url) -> Outcome<Reply> {
    match http_for(url) {
        Ok(http) => {
            let request = Request::new(Method::HEAD, url.clone()).header("accept", "*/*");
            ask(&http, url, request).await
        }
        Err(Outcome::Silent { code, evidence }) => silent(code, evidence),
        Err(Outcome::Seen(()) | Outcome::NotAsked(_)) => Outcome::NotAsked("site.http"),
    }
}

/// Knocks at the home page and follows where it leads, as long as it stays the same store.
pub(super) async fn front(context: &Context) -> Outcome<Front> {
    let probes = context.probes();
    let connection = probes.connection(context).await;
    if connection.seen().is_none() {
        return Outcome::NotAsked(connection.missing("network.tcp"));
    }
    let base = probes.base(context).await;
    if base.scheme() == "https" {
        let tls = probes.tls(context).await;
        match tls.seen() {
            Some(seen) if seen.refused.is_none() => {}
            Some(_) | None => return Outcome::NotAsked(tls.missing("network.tls")),
        }
    }
    let first = match knock(base).await {
        Outcome::Seen(reply) => reply,
        Outcome::Silent { code, evidence } => return silent(code, evidence),
        Outcome::NotAsked(why) => return Outcome::NotAsked(why),
    };
    Outcome::Seen(follow(base, first).await)
}

/// Knocks over plain http at a store of https whose secure connection fails: a network that wants its own sign-in first
/// answers there, and can answer nowhere else. Nothing but the host's name is sent.
pub(super) async fn plain(context: &Context) -> Outcome<Reply> {
    let probes = context.probes();
    let base = probes.base(context).await;
    let is_good = probes
        .tls(context)
        .await
        .seen()
        .is_some_and(|seen| seen.refused.is_none());
    if base.scheme() != "https" || is_good || probes.connection(context).await.seen().is_none() {
        return Outcome::NotAsked("");
    }
    let mut url = base.clone();
    if url.set_scheme("http").is_err() {
        return Outcome::NotAsked("");
    }
    get(&url, "*/*").await
}

/// `HEAD`, and `GET` where the host does not know it or its answer has to be read.
async fn knock(url: &Url) -> Outcome<Reply> {
    let reply = head(url).await;
    match reply.seen().map(|reply| reply.status) {
        Some(status) if status >= 400 => get(url, "*/*").await,
        Some(_) | None => reply,
    }
}

async fn follow(base: &Url, first: Reply) -> Front {
    let mut front = Front {
        last: first.clone(),
        first,
        base: base.clone(),
        leads_to: None,
        dead_end: None,
    };
    let mut at = base.clone();
    for _ in 0..REDIRECTS_MAX {
        let Some(target) = reading::redirect_target(&front.last) else {
            return front;
        };
        if target.origin() != at.origin() {
            front.leads_to.get_or_insert_with(|| target.clone());
            if !reading::is_same_store(base, &target) {
                return front;
            }
            front.base = moved(base, &target);
        }
        match knock(&target).await {
            Outcome::Seen(reply) => front.last = reply,
            Outcome::Silent { code, evidence } => {
                front.dead_end = Some((code, evidence));
                return front;
            }
            Outcome::NotAsked(_) => return front,
        }
        at = target;
    }
    front
}

/// The store's address at another origin.
fn moved(base: &Url, target: &Url) -> Url {
    let mut url = target.clone();
    url.set_path(base.path());
    url.set_query(None);
    url.set_fragment(None);
    url
}

/// Puts a route on a REST root.
pub(crate) fn route_url(root: &Url, style: RouteStyle, route: &str, query: &[(&str, &str)]) -> Url {
    let mut url = root.clone();
    match style {
        RouteStyle::Path => {
            url.set_path(&format!("{}/{route}", root.path().trim_end_matches('/')));
            url.set_query(None);
        }
        RouteStyle::Query => url.set_query(Some(&format!("rest_route=/{route}"))),
    }
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    url
}

/// Asks the till plugin what the site is: at `/wp-json/`, and with `?rest_route=` where a web page came.
pub(super) async fn site(context: &Context) -> Outcome<SiteSeen> {
    let front = context.probes().front(context).await;
    let Some(found) = front.seen() else {
        return Outcome::NotAsked(front.missing("site.http"));
    };
    if found.dead_end.is_some() || reading::leads_elsewhere(found) {
        return Outcome::NotAsked("site.redirect");
    }
    let mut pretty = found.base.clone();
    pretty.set_path(&format!("{}wp-json/", found.base.path()));
    let first = match describe(&pretty, RouteStyle::Path).await {
        Outcome::Seen(seen) => seen,
        other @ (Outcome::Silent { .. } | Outcome::NotAsked(_)) => return other,
    };
    if !is_wrong_route(&first.reply) {
        if first.payload.is_some() || !reading::is_blocked(&first.reply) {
            return Outcome::Seen(first);
        }
        let second = describe(&found.base, RouteStyle::Query).await;
        return Outcome::Seen(SiteSeen {
            other_way: second.seen().map(|second| second.reply.clone()),
            ..first
        });
    }
    match describe(&found.base, RouteStyle::Query).await {
        Outcome::Seen(second) if !is_wrong_route(&second.reply) => Outcome::Seen(SiteSeen {
            wrong_route: Some(first.reply),
            ..second
        }),
        Outcome::Seen(_) | Outcome::Silent { .. } | Outcome::NotAsked(_) => Outcome::Seen(first),
    }
}

async fn describe(root: &Url, style: RouteStyle) -> Outcome<SiteSeen> {
    let url = route_url(root, style, "wcpos/v2/site", &[("wcpos", "1")]);
    match get(&url, "application/json").await {
        Outcome::Seen(reply) => Outcome::Seen(SiteSeen {
            root: root.clone(),
            style,
            payload: payload(&reply),
            reply,
            wrong_route: None,
            other_way: None,
        }),
        Outcome::Silent { code, evidence } => silent(code, evidence),
        Outcome::NotAsked(why) => Outcome::NotAsked(why),
    }
}

fn payload(reply: &Reply) -> Option<Site> {
    let body = reply.json();
    let value = body.value().filter(|_| (200..300).contains(&reply.status))?;
    value
        .get("namespaces")
        .filter(|names| names.is_array() || names.is_object())?;
    serde_json::from_value(value.clone()).ok()
}

/// Asks the index of the interface, when the till plugin gave no description.
pub(super) async fn index(context: &Context) -> Outcome<IndexSeen> {
    let site = context.probes().site(context).await;
    let Some(seen) = site.seen() else {
        return Outcome::NotAsked(site.missing("site.rest"));
    };
    if seen.payload.is_some() || seen.reply.json().value().is_none() {
        return Outcome::NotAsked("site.rest");
    }
    let url = seen.route("", &[("wcpos", "1"), ("_fields", INDEX_FIELDS)]);
    match get(&url, "application/json").await {
        Outcome::Seen(reply) => Outcome::Seen(IndexSeen {
            site: payload(&reply),
            reply,
        }),
        Outcome::Silent { code, evidence } => silent(code, evidence),
        Outcome::NotAsked(why) => Outcome::NotAsked(why),
    }
}

/// Asks the route that is answered before the rest of the site wakes up.
pub(super) async fn ping(context: &Context) -> Outcome<Reply> {
    let site = context.probes().site(context).await;
    match site.seen() {
        Some(seen) if seen.payload.is_some() => {
            get(&seen.route("wcpos/v2/ping", &[]), "application/json").await
        }
        Some(_) => Outcome::NotAsked("plugin.wcpos"),
        None => Outcome::NotAsked(site.missing("site.rest")),
    }
}

/// Sends a made-up token both ways and reads which of them arrived.
pub(super) async fn echo(context: &Context) -> Outcome<EchoSeen> {
    let site = context.probes().site(context).await;
    let Some(seen) = site.seen().filter(|seen| seen.payload.is_some()) else {
        return Outcome::NotAsked(match site.seen() {
            Some(_) => "plugin.wcpos",
            None => site.missing("site.rest"),
        });
    };
    let mut last = None;
    for (route, read) in [
        ("wcpos/v2/echo", read_echo as fn(&Value) -> Option<(bool, bool)>),
        ("wcpos/v2/auth/test", read_auth_test),
    ] {
        let url = seen.route(route, &[("wcpos", "1"), ("authorization", MADE_UP)]);
        let request = Request::get(url.clone()).header("authorization", &format!("Bearer {MADE_UP}"));
        let asked = match http_for(&url) {
            Ok(http) => ask(&http, &url, request).await,
            Err(_) => Outcome::NotAsked("site.http"),
        };
        match asked {
            Outcome::Seen(reply) => {
                let body = reply.json();
                let arrived = body
                    .value()
                    .filter(|_| (200..300).contains(&reply.status))
                    .and_then(read);
                let is_answered = arrived.is_some();
                last = Some(EchoSeen { arrived, reply });
                if is_answered {
                    break;
                }
            }
            Outcome::Silent { code, evidence } => return silent(code, evidence),
            Outcome::NotAsked(why) => return Outcome::NotAsked(why),
        }
    }
    last.map_or(Outcome::NotAsked("plugin.wcpos"), Outcome::Seen)
}

fn read_echo(value: &Value) -> Option<(bool, bool)> {
    if value["v"].as_i64() != Some(1) {
        return None;
    }
    let header = value["headers"]["authorization"]["received"].as_bool()?;
    Some((
        header,
        value["params"]["authorization"].as_bool().unwrap_or(false),
    ))
}

fn read_auth_test(value: &Value) -> Option<(bool, bool)> {
    let test: AuthTest = serde_json::from_value(value.clone()).ok()?;
    matches!(test.status.as_str(), "success" | "error")
        .then_some((test.received_header_auth, test.received_param_auth))
}

/// Opens the sign-in page, without the parameters that would begin a sign-in.
pub(super) async fn sign_in(context: &Context) -> Outcome<SignInSeen> {
    let site = context.probes().site(context).await;
    let Some((seen, payload)) = site.seen().and_then(|seen| Some((seen, seen.payload.as_ref()?))) else {
        return Outcome::NotAsked(match site.seen() {
            Some(_) => "plugin.wcpos",
            None => site.missing("site.rest"),
        });
    };
    let Ok(announced) = Url::parse(&payload.authentication.wcpos.endpoints.authorization) else {
        return Outcome::NotAsked("plugin.wcpos");
    };
    let dead_end = match get(&announced, "text/html").await {
        Outcome::Seen(reply) => {
            return Outcome::Seen(SignInSeen {
                announced,
                dead_end: None,
                reply: Some(reply),
            });
        }
        Outcome::Silent { code, evidence } => Some((code, evidence)),
        Outcome::NotAsked(why) => return Outcome::NotAsked(why),
    };
    let mut here = seen.root.clone();
    here.set_path(announced.path());
    here.set_query(announced.query());
    let reply = get(&here, "text/html").await;
    Outcome::Seen(SignInSeen {
        announced,
        dead_end,
        reply: reply.seen().cloned(),
    })
}
