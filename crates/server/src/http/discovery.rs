//! What a store says to strangers: that it is there, what it is, and which way tokens can take.

use axum::http::header;
use serde_json::{Value, json};

use super::{App, Ask, Reply};
use crate::{
    oauth,
    store::{Shop, StoreError},
};

/// Namespaces of the REST interface a client looks for.
const NAMESPACES: [&str; 3] = ["wc/v3", "wcpos/v1", "wcpos/v2"];

/// Headers that `echo` reports.
const ECHOED: [&str; 8] = [
    "authorization",
    "content-type",
    "x-wcpos",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "x-wcpos-idempotency-key",
    "x-wcpos-store",
];

fn authentication(app: &App) -> Value {
    json!({"wcpos": {"endpoints": {"authorization": format!("{}/wcpos-auth/", app.home)}}})
}

/// What this store can do that a stock one cannot.
fn evertill(app: &App) -> Value {
    json!({
        "version": env!("CARGO_PKG_VERSION"), "rotation": true,
        "signed_verdicts": app.sessions.verdict_keys(),
        "oauth_metadata": format!("{}{}", app.home, oauth::METADATA),
    })
}

fn gmt_offset(shop: &Shop, now: i64) -> String {
    let zone = jiff::tz::TimeZone::get(&shop.timezone).unwrap_or(jiff::tz::TimeZone::UTC);
    let seconds = jiff::Timestamp::from_second(now).map_or(0, |at| zone.to_offset(at).seconds());
    let hours = rust_decimal::Decimal::from(seconds) / rust_decimal::Decimal::from(3600);
    hours.normalize().to_string()
}

/// `GET wcpos/v2/site`.
pub(super) async fn site(app: &App) -> Result<Reply, StoreError> {
    let shop = app.shop().await?;
    Ok(Reply::json(json!({
        "uuid": shop.uuid.to_string(), "name": shop.name, "description": "", "url": app.home, "home": app.home,
        "gmt_offset": gmt_offset(&shop, app.clock.seconds()), "timezone_string": shop.timezone,
        "site_logo": 0, "site_icon_url": "", "wp_version": crate::WP_VERSION,
        "wcpos_version": crate::WCPOS_VERSION, "use_jwt_as_param": false,
        "namespaces": ["wcpos/v2", "wc/v3"], "authentication": authentication(app),
        "wc_version": crate::WC_VERSION, "evertill": evertill(app),
    }))
    .with(header::ALLOW, "GET"))
}

/// `GET /wp-json/`: the index, with what a till needs where it says that it is one.
pub(super) async fn index(app: &App, ask: &Ask) -> Result<Reply, StoreError> {
    if !ask.is_get() {
        return Ok(Reply::no_route());
    }
    let shop = app.shop().await?;
    let mut value = json!({
        "name": shop.name, "description": "", "url": app.home, "home": app.home,
        "gmt_offset": gmt_offset(&shop, app.clock.seconds()), "timezone_string": shop.timezone,
        "page_for_posts": 0, "page_on_front": 0, "show_on_front": "posts", "namespaces": NAMESPACES,
        "authentication": authentication(app), "site_logo": 0, "site_icon": 0, "site_icon_url": "",
        "_links": {"help": [{"href": "https://developer.wordpress.org/rest-api/"}]},
    });
    let header = ask
        .header("x-wcpos")
        .is_some_and(|value| !matches!(value, "" | "0"));
    if header || ask.query("wcpos") == Some("1") {
        value["uuid"] = shop.uuid.to_string().into();
        value["wp_version"] = crate::WP_VERSION.into();
        value["wc_version"] = crate::WC_VERSION.into();
        value["wcpos_version"] = crate::WCPOS_VERSION.into();
        value["use_jwt_as_param"] = false.into();
        value["evertill"] = evertill(app);
    } else {
        value["routes"] = json!({});
    }
    Ok(Reply::json(value).with(header::ALLOW, "GET"))
}

/// `GET wcpos/v2`: the index of a namespace.
pub(super) fn namespace(app: &App, version: &str) -> Reply {
    let href = format!("{}/wp-json/wcpos/{version}", app.home);
    Reply::json(json!({
        "namespace": format!("wcpos/{version}"), "routes": {}, "_links": {"up": [{"href": href}]},
    }))
    .with(header::ALLOW, "GET")
}

/// `GET wcpos/v2/ping`.
pub(super) fn ping(app: &App) -> Reply {
    Reply::json(json!({"ok": true, "ts": app.clock.seconds(), "v": crate::WCPOS_VERSION, "pressure": "low"}))
}

/// `GET wcpos/v2/echo`: which headers and parameters arrive here, and how long.
pub(super) fn echo(ask: &Ask) -> Reply {
    let mut headers = serde_json::Map::new();
    for name in ECHOED {
        let length = ask.header(name).map_or(0, str::len);
        headers.insert(name.into(), json!({"received": length > 0, "length": length}));
    }
    let has = |name: &str| ask.query(name).is_some_and(|value| !value.is_empty());
    Reply::json(json!({
        "v": 1, "headers": headers,
        "params": {"authorization": has("authorization"), "wcpos": has("wcpos"), "store_id": has("store_id")},
    }))
    .with(header::ALLOW, "GET")
}

/// `GET auth/test`: which way a token arrived. What it says is not looked at.
pub(super) fn auth_test(ask: &Ask) -> Reply {
    let header_length = ask.header("authorization").map_or(0, str::len);
    let param_length = ask.query("authorization").map_or(0, str::len);
    if header_length == 0 && param_length == 0 {
        return Reply::json(json!({"status": "error", "message": "No authorization token detected"}))
            .with(header::ALLOW, "GET");
    }
    let mut value = json!({
        "status": "success", "message": "Authorization token detected successfully",
        "received_header_auth": header_length > 0, "received_param_auth": param_length > 0,
        "auth_method": match (header_length > 0, param_length > 0) {
            (true, true) => "both",
            (true, false) => "header",
            (false, _) => "param",
        },
    });
    if header_length > 0 {
        value["header_length"] = header_length.into();
    }
    if param_length > 0 {
        value["param_length"] = param_length.into();
    }
    Reply::json(value).with(header::ALLOW, "GET")
}

/// `GET wcpos/v2/status`.
pub(super) fn status() -> Reply {
    Reply::json(json!({"healthy": true, "missing_tables": [], "schema_version": "5"}))
}

/// The answer to a browser that asks before it asks: the methods that lead somewhere on this route.
pub(super) fn preflight(route: &str, methods: &[&str]) -> Reply {
    let namespace = route
        .trim_matches('/')
        .splitn(3, '/')
        .take(2)
        .collect::<Vec<_>>()
        .join("/");
    let reply = Reply::json(json!({"namespace": namespace, "methods": methods, "endpoints": []}))
        .with(header::ACCESS_CONTROL_MAX_AGE, "7200")
        .with(
            header::ACCESS_CONTROL_ALLOW_METHODS,
            "OPTIONS, GET, POST, PUT, PATCH, DELETE",
        )
        .private();
    match methods.is_empty() {
        true => reply,
        false => reply.with(header::ALLOW, methods.join(", ")),
    }
}
