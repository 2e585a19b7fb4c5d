//! The wire: from a request to an answer.
//!
//! WordPress has three spellings for one route (`/wp-json/…`, `?rest_route=…`, `_method=…`), answers 401 before
//! 404, and serves pages beside routes. One dispatcher that normalises a request first is shorter and easier to
//! check than three routing tables. `ask` reads requests, `endpoint` is the table of what there is, `api` describes
//! it in OpenAPI, `reply` writes answers; the modules named after what they serve hold the handlers.

use std::sync::Arc;

use axum::http::header;
use tokio::sync::Semaphore;

use crate::{
    access_log::AccessLog,
    admin,
    clock::Clock,
    config::Cidr,
    hashing::Hashing,
    keys::Keys,
    limits::Limits,
    listen::Places,
    metrics::Metrics,
    oauth::{self, OAuth},
    proxies::Proxies,
    sessions::{Caller, Sessions},
    settings::{InForce, Settings},
    sign_in::{redirect::RedirectRules, throttle::Throttle},
    store::{Forgetting, Shop, Store, StoreError},
};

mod api;
mod ask;
mod auth;
mod catalogue;
mod changes;
mod discovery;
mod endpoint;
mod gate;
mod help;
mod orders;
pub(crate) mod pages;
pub(crate) mod params;
mod people;
mod reply;
mod rim;
mod watch;

use endpoint::{Open, Plain, Segments, Till, Verb};

pub(crate) use api::{Written as ApiDocument, of_store as openapi};
pub(crate) use ask::Ask;
pub(crate) use auth::refusal_body;
pub(crate) use reply::{Reply, Standing};
pub(crate) use rim::{Class, answer};

/// Sessions that are forgotten in one transaction.
const FORGET_AT_ONCE: u32 = 1_000;

/// Everything handlers share.
pub(crate) struct App {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) keys: Arc<Keys>,
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) settings: Arc<Settings>,
    pub(crate) clock: Clock,
    /// Address of the store without a slash at the end.
    pub(crate) home: String,
    /// Name of the shop from the configuration.
    pub(crate) shop_name: Option<String>,
    pub(crate) redirects: RedirectRules,
    pub(crate) throttle: Throttle,
    pub(crate) oauth: OAuth,
    /// Places for open pages of the office that listen for news.
    pub(crate) listeners: Arc<Semaphore>,
    /// The queue before the password check.
    pub(crate) hashing: Hashing,
    pub(crate) log: AccessLog,
    pub(crate) rim: Rim,
    pub(crate) api: ApiDocument,
}

/// What stands between the sockets and the handlers.
pub(crate) struct Rim {
    pub(crate) proxies: Proxies,
    pub(crate) limits: Limits,
    pub(crate) metrics: Metrics,
    /// Who may read the figures.
    pub(crate) watchers: Vec<Cidr>,
    pub(crate) places: Arc<Places>,
    /// Headers that say the same on every answer.
    pub(crate) standing: Standing,
}

impl App {
    /// Lets what changed in the settings be in force.
    pub(crate) fn apply(&self, now: &InForce) {
        self.sessions.live(now.limits, now.access_life_s);
        self.throttle.bear(now.patience);
    }

    /// Forgets sessions that were over long enough, a few at a time, until none is left. They are kept for as long as a
    /// token of theirs could be good.
    pub(crate) async fn forget(&self) -> Result<u64, StoreError> {
        let in_force = self.settings.now();
        let kept_s = in_force.keep_ended_s.max(in_force.limits.idle_s);
        let ended_before = self.clock.seconds() - kept_s;
        let what = Forgetting {
            ended_before,
            renewed_before: ended_before - in_force.limits.idle_s,
            limit: FORGET_AT_ONCE,
        };
        let mut all = 0;
        loop {
            let gone = self.store.forget_sessions(what).await?;
            all += gone;
            if gone < u64::from(FORGET_AT_ONCE) {
                return Ok(all);
            }
        }
    }

    /// The shop's settings as they are now.
    pub(crate) async fn shop(&self) -> Result<Shop, StoreError> {
        let mut shop = self.store.shop().await?;
        if let Some(name) = &self.shop_name {
            shop.name.clone_from(name);
        }
        Ok(shop)
    }
}

/// From a request to its endpoint. Which ones there are is in `endpoint`.
async fn dispatch(app: &App, ask: &Ask) -> (Reply, Option<Caller>) {
    let Some(route) = &ask.route else {
        return (outside(app, ask).await.unwrap_or_else(Reply::trouble), None);
    };
    if ask.method == "OPTIONS" {
        return (discovery::preflight(route, &methods(route)), None);
    }
    let Some(segments) = Segments::of_route(route) else {
        return (Reply::no_route(), None);
    };
    let below = match segments.as_slice() {
        [] => {
            let reply = plain(app, ask, Plain::Index).await;
            return (reply.unwrap_or_else(Reply::trouble), None);
        }
        ["wcpos", below @ ..] if matches!(below, ["v1" | "v2", ..]) => below,
        _ => return (Reply::no_route(), None),
    };
    let verb = Verb::of(&ask.method);
    if let Some(endpoint) = verb.and_then(|verb| Open::find(verb, below)) {
        let reply = open(app, ask, endpoint, below).await;
        return (reply.unwrap_or_else(Reply::trouble).private(), None);
    }
    if let [_, "auth", "test" | "refresh"] = below {
        return (Reply::no_route().private(), None);
    }
    match gate::admit(app, ask).await {
        Err(error) => (Reply::trouble(error).private(), None),
        Ok(Err(refusal)) => (refusal.private(), None),
        Ok(Ok(caller)) => {
            let reply = match verb.and_then(|verb| Till::find(verb, below)) {
                Some(endpoint) => till(app, ask, &caller, endpoint, below).await,
                None => Ok(Reply::no_route()),
            };
            let reply = reply.unwrap_or_else(Reply::trouble);
            (reply.enveloped(ask).private(), Some(caller))
        }
    }
}

/// The methods that lead somewhere on a route.
fn methods(route: &str) -> Vec<&'static str> {
    let Some(segments) = Segments::of_route(route) else {
        return Vec::new();
    };
    let verbs = match segments.as_slice() {
        [] => vec![Plain::Index.verb()],
        ["wcpos", below @ ..] if matches!(below, ["v1" | "v2", ..]) => endpoint::verbs_of_route(below),
        _ => Vec::new(),
    };
    verbs.into_iter().map(Verb::name).collect()
}

/// Routes that anybody may ask.
async fn open(app: &App, ask: &Ask, endpoint: Open, below: &[&str]) -> Result<Reply, StoreError> {
    Ok(match endpoint {
        Open::Renew => auth::refresh(app, ask).await?,
        Open::TestAuthorization => discovery::auth_test(ask),
        Open::Namespace => discovery::namespace(app, part(below, 0)),
        Open::Site => discovery::site(app).await?,
        Open::Ping => discovery::ping(app),
        Open::Echo => discovery::echo(ask),
    })
}

/// Routes for somebody who may use a till.
async fn till(
    app: &App,
    ask: &Ask,
    caller: &Caller,
    endpoint: Till,
    below: &[&str],
) -> Result<Reply, StoreError> {
    match endpoint {
        Till::Sessions => auth::sessions(app, ask, caller).await,
        Till::EndSessions => auth::end_all(app, ask, caller).await,
        Till::EndSession => auth::end_one(app, ask, caller, part(below, 3)).await,
        Till::EverybodysSessions => auth::everybody(app, caller).await,
        Till::Cashier => people::cashier(app, caller, part(below, 2)).await,
        Till::CashierStores => people::cashier_stores(app, caller, part(below, 2)).await,
        Till::CashierStore => people::cashier_store(app, caller, part(below, 2), part(below, 4)).await,
        Till::Customers => people::customers(app, ask).await,
        Till::Products => catalogue::products(app, ask).await,
        Till::Categories => catalogue::categories(app, ask).await,
        Till::Tags | Till::Brands | Till::Coupons => Ok(catalogue::nothing()),
        Till::Variations => catalogue::variations(app, ask).await,
        Till::ResolveBarcode => catalogue::resolve(app, ask).await,
        Till::Taxes => catalogue::taxes(app, ask).await,
        Till::TaxClasses => catalogue::tax_classes(app).await,
        Till::Stores => people::stores(app).await,
        Till::Store => people::store(app, part(below, 2)).await,
        Till::PaymentGateways => Ok(catalogue::payment_gateways()),
        Till::OrderStatuses => Ok(catalogue::order_statuses(&app.home)),
        Till::ShippingMethods => Ok(catalogue::shipping_methods(&app.home)),
        Till::Settings => Ok(catalogue::settings_index()),
        Till::SettingsGroup | Till::WriteSettingsGroup => Ok(Reply::forbidden()),
        Till::Status => Ok(discovery::status()),
        Till::Tick => changes::tick(app, ask).await,
        Till::SequenceLog => changes::log(app, ask).await,
        Till::ConfigFingerprint => changes::fingerprint(app).await,
        Till::Orders => orders::list(app, ask).await,
        Till::PullOrders => orders::pull(app, ask).await,
        Till::Push => orders::push(app, ask, caller, part(below, 2)).await,
    }
}

/// Whatever is not a route of the REST interface.
async fn outside(app: &App, ask: &Ask) -> Result<Reply, StoreError> {
    if admin::is_office(&ask.path) {
        return admin::serve(app, ask).await;
    }
    let path = match ask.path.as_str() {
        "/wcpos-auth" => "/wcpos-auth/",
        path => oauth::canonical(app, path),
    };
    let segments = Segments::of_path(path);
    let segments = segments.as_ref().map_or(&[][..], Segments::as_slice);
    match Verb::of(&ask.method).and_then(|verb| Plain::find(verb, segments)) {
        Some(endpoint) => plain(app, ask, endpoint).await,
        None => Ok(misdirected(path, segments, ask)),
    }
}

/// A path that is not served, or not with this method.
fn misdirected(path: &str, segments: &[&str], ask: &Ask) -> Reply {
    let verbs = endpoint::verbs_of_path(segments);
    let mut allow: Vec<&str> = verbs.iter().map(|verb| verb.name()).collect();
    if verbs.contains(&Verb::Get) {
        allow.push("HEAD");
    }
    match (oauth::is_oauth(path), allow.is_empty()) {
        (true, _) => oauth::misdirected(path, ask, allow),
        (false, true) => pages::not_found(),
        (false, false) => watch::wrong_method().with(header::ALLOW, allow.join(", ")),
    }
}

/// Everything outside the till's interface.
async fn plain(app: &App, ask: &Ask, endpoint: Plain) -> Result<Reply, StoreError> {
    const CSS: &str = "text/css; charset=UTF-8";
    Ok(match endpoint {
        Plain::Index => discovery::index(app, ask).await?,
        Plain::Token => oauth::token(app, ask).await,
        Plain::Revoke => oauth::revoke(app, ask).await,
        Plain::Introspect => oauth::introspect(app, ask).await,
        Plain::Authorize | Plain::AuthorizeSignIn => oauth::authorize(app, ask).await?,
        Plain::Metadata => oauth::metadata(app),
        Plain::Keys => oauth::keys(app),
        Plain::Health => watch::health(),
        Plain::Readiness => watch::ready(app).await,
        Plain::Figures => watch::figures(app, ask).await,
        Plain::Document => api::document(app),
        Plain::DocumentPage => api::page(app).await?,
        Plain::Home => pages::home(app).await?,
        Plain::SignInPage | Plain::SignIn => pages::sign_in(app, ask).await?,
        Plain::HelpIndex | Plain::HelpPage => help::serve(&ask.path, ask),
        Plain::Picture => pages::picture(app, ask.path.trim_start_matches("/pictures/")).await?,
        Plain::SignInStyles => pages::asset(CSS, pages::STYLES.as_bytes()),
        Plain::HelpStyles => pages::asset(CSS, help::styles().as_bytes()),
        Plain::DocumentStyles => pages::asset(CSS, api::styles().as_bytes()),
        Plain::Font => pages::asset("font/woff2", pages::FONT),
    })
}

/// A part of a route; the table has made sure that it is there.
fn part<'a>(below: &[&'a str], at: usize) -> &'a str {
    below.get(at).copied().unwrap_or_default()
}
