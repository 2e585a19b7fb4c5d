//! The wire: from a request to an answer.
//!
//! WordPress has three spellings for one route (`/wp-json/…`, `?rest_route=…`, `_method=…`), answers 401 before
//! 404, and serves pages beside routes. One dispatcher that normalises a request first is shorter and easier to
//! check than three routing tables. `ask` reads requests, `reply` writes answers; the modules named after what
//! they serve hold the handlers.

use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::{
    access_log::AccessLog,
    clock::Clock,
    config::Cidr,
    keys::Keys,
    limits::{Hashing, Limits},
    listen::Places,
    metrics::Metrics,
    oauth::OAuth,
    proxies::Proxies,
    sessions::{Caller, Sessions},
    sign_in::{redirect::RedirectRules, throttle::Throttle},
    store::{Shop, Store, StoreError},
};

mod ask;
mod auth;
mod catalogue;
mod changes;
mod discovery;
mod gate;
mod help;
mod orders;
pub(crate) mod pages;
pub(crate) mod params;
mod people;
mod reply;
mod rim;
mod watch;

pub(crate) use ask::Ask;
pub(crate) use auth::refusal_body;
pub(crate) use reply::Reply;
pub(crate) use rim::{Class, answer};

/// Everything handlers share.
pub(crate) struct App {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) keys: Arc<Keys>,
    pub(crate) sessions: Arc<Sessions>,
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
}

/// What stands between the sockets and the handlers.
pub(crate) struct Rim {
    pub(crate) proxies: Proxies,
    pub(crate) limits: Limits,
    pub(crate) metrics: Metrics,
    /// Who may read the figures.
    pub(crate) watchers: Vec<Cidr>,
    pub(crate) places: Arc<Places>,
}

impl App {
    /// The shop's settings as they are now.
    pub(crate) async fn shop(&self) -> Result<Shop, StoreError> {
        let mut shop = self.store.shop().await?;
        if let Some(name) = &self.shop_name {
            shop.name.clone_from(name);
        }
        Ok(shop)
    }
}

/// The one routing table.
async fn dispatch(app: &App, ask: &Ask) -> (Reply, Option<Caller>) {
    let Some(route) = &ask.route else {
        if let Some(reply) = watch::serve(app, ask).await {
            return (reply, None);
        }
        return (pages::serve(app, ask).await.unwrap_or_else(Reply::trouble), None);
    };
    if ask.method == "OPTIONS" {
        return (discovery::preflight(route), None);
    }
    let segments: Vec<&str> = route.split('/').filter(|part| !part.is_empty()).collect();
    let (version, rest) = match segments.as_slice() {
        [] => {
            return (
                discovery::index(app, ask).await.unwrap_or_else(Reply::trouble),
                None,
            );
        }
        ["wcpos", version @ ("v1" | "v2"), rest @ ..] => (*version, rest),
        _ => return (Reply::no_route(), None),
    };
    match public(app, ask, version, rest).await {
        Ok(Some(reply)) => return (reply.private(), None),
        Ok(None) => {}
        Err(error) => return (Reply::trouble(error).private(), None),
    }
    match gate::admit(app, ask).await {
        Err(error) => (Reply::trouble(error).private(), None),
        Ok(Err(refusal)) => (refusal.private(), None),
        Ok(Ok(caller)) => {
            let reply = protected(app, ask, &caller, rest)
                .await
                .unwrap_or_else(Reply::trouble);
            (reply.enveloped(ask).private(), Some(caller))
        }
    }
}

/// Routes that anybody may ask.
async fn public(app: &App, ask: &Ask, version: &str, rest: &[&str]) -> Result<Option<Reply>, StoreError> {
    let is_get = ask.is_get();
    Ok(Some(match rest {
        [] if is_get => discovery::namespace(app, version),
        ["auth", "test"] if is_get => discovery::auth_test(ask),
        ["auth", "refresh"] if ask.method == "POST" => auth::refresh(app, ask).await?,
        ["auth", "test" | "refresh"] => Reply::no_route(),
        ["site"] if is_get && version == "v2" => discovery::site(app).await?,
        ["ping"] if is_get && version == "v2" => discovery::ping(app),
        ["echo"] if is_get && version == "v2" => discovery::echo(ask),
        _ => return Ok(None),
    }))
}

/// Routes for somebody who may use a till.
async fn protected(app: &App, ask: &Ask, caller: &Caller, rest: &[&str]) -> Result<Reply, StoreError> {
    match (ask.method.as_str(), rest) {
        ("GET", ["auth", "sessions"]) => auth::sessions(app, ask, caller).await,
        ("DELETE", ["auth", "sessions"]) => auth::end_all(app, ask, caller).await,
        ("DELETE", ["auth", "sessions", jti]) => auth::end_one(app, ask, caller, jti).await,
        ("GET", ["auth", "users", "sessions"]) => auth::everybody(app, caller).await,
        ("GET", ["cashier", id]) => people::cashier(app, caller, id).await,
        ("GET", ["cashier", id, "stores", ..]) => people::cashier_stores(app, caller, id, &rest[3..]).await,
        ("GET", ["customers"]) => people::customers(app, ask).await,
        ("GET", ["products"]) => catalogue::products(app, ask).await,
        ("GET", ["products", "categories"]) => catalogue::categories(app, ask).await,
        ("GET", ["products", "tags" | "brands"] | ["coupons"]) => Ok(catalogue::nothing()),
        ("GET", ["variations"]) => catalogue::variations(app, ask).await,
        ("GET", ["resolve", "barcode"]) => catalogue::resolve(app, ask).await,
        ("GET", ["taxes"]) => catalogue::taxes(app, ask).await,
        ("GET", ["taxes", "classes"]) => catalogue::tax_classes(app).await,
        ("GET", ["stores"]) => people::stores(app).await,
        ("GET", ["stores", id]) => people::store(app, id).await,
        ("GET", ["payment-gateways"]) => Ok(catalogue::payment_gateways()),
        ("GET", ["data", "order_statuses"]) => Ok(catalogue::order_statuses(&app.home)),
        ("GET", ["shipping_methods"]) => Ok(catalogue::shipping_methods(&app.home)),
        ("GET", ["settings"]) => Ok(catalogue::settings_index()),
        ("GET" | "POST", ["settings", _]) => Ok(Reply::forbidden()),
        ("GET", ["status"]) => Ok(discovery::status()),
        ("GET", ["changes", "tick"]) => changes::tick(app, ask).await,
        ("GET", ["changes", "sequence-log"]) => changes::log(app, ask).await,
        ("GET", ["changes", "config-fingerprint"]) => changes::fingerprint(app).await,
        ("GET", ["orders"]) => orders::list(app, ask).await,
        ("GET", ["orders", "pull"]) => orders::pull(app, ask).await,
        ("POST", ["push", collection]) => orders::push(app, ask, caller, collection).await,
        _ => Ok(Reply::no_route()),
    }
}
