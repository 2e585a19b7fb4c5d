//! Every parser of this crate that reads bytes from outside, for tests and the fuzzer.
//!
//! Each function takes any bytes and panics when something that must hold does not.

use std::path::Path;

use axum::{
    body::Bytes,
    http::{HeaderMap, HeaderName, HeaderValue, Request},
};
use evertill_wire::foreign::Exchange;
use serde_json::Value;

use crate::{
    accounts::wordpress,
    clock::parse_utc,
    config::{Cidr, Layers},
    http::{Ask, params},
    keys::file,
    oauth::params::Params,
    office::import::{role_in, table},
    proxies::Proxies,
    push::envelope::{self, Mirrors},
    sign_in::{redirect::RedirectRules, visitor},
    store::{OrderBy, postgres::DatabaseUrl},
};

mod proofs;

pub use proofs::{dpop, tokens};

/// The readers by name.
#[expect(
    clippy::type_complexity,
    reason = "a list of names and functions is no more than that"
)]
pub const READERS: &[(&str, fn(&[u8]))] = &[
    ("accounts", accounts),
    ("config", config),
    ("dpop", dpop),
    ("forwarded", forwarded),
    ("key_file", key_file),
    ("push", push),
    ("redirect", redirect),
    ("request", request),
    ("tokens", tokens),
];

fn header_map(pairs: &[(String, String)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            headers.append(name, value);
        }
    }
    headers
}

/// A request in whichever spelling: what is read of it, by name and in lists.
pub fn request(bytes: &[u8]) {
    let exchange = Exchange::of(bytes);
    let (method, target) = exchange.first.split_once(' ').unwrap_or(("GET", &exchange.first));
    let Ok(request) = Request::builder().method(method).uri(target).body(()) else {
        return;
    };
    let (mut parts, ()) = request.into_parts();
    parts.headers = header_map(&exchange.headers);
    let ask = Ask::read(
        parts,
        Bytes::copy_from_slice(exchange.body),
        ([127, 0, 0, 1], 9).into(),
    );
    assert!(!ask.shown_path().contains('?'), "a query in the log");
    assert!(ask.route.as_ref().is_none_or(|route| route.starts_with('/')));
    let _ = (ask.sent(), ask.is_get(), ask.is_json(), ask.has_dpop_scheme());
    assert!(
        ask.token()
            .is_none_or(|token| !token.expose().contains(char::is_whitespace))
    );
    for name in ["search", "include", "refresh_token", "grant_type", "per_page"] {
        let _ = (ask.param_text(name), ask.query_list(name), ask.query(name));
        let _ = (
            params::whole(&ask, name),
            params::ids(&ask, name),
            params::moment(&ask, name),
        );
    }
    if let Ok(paging) = params::paging(&ask, OrderBy::Date) {
        assert!((1..=100).contains(&paging.window.per_page) && paging.window.page >= 1);
    }
    let _ = ask.form_pairs().map(Params::read);
    let agent = ask.header("user-agent").unwrap_or_default();
    let visitor = visitor::read(
        [127, 0, 0, 1].into(),
        agent,
        ask.query("platform"),
        ask.query("build"),
    );
    assert!(!visitor.user_agent.chars().any(char::is_control));
}

/// Nobody says where he comes from but those the owner has listed.
pub fn forwarded(bytes: &[u8]) {
    let headers = header_map(&Exchange::of(bytes).headers);
    let stranger = [203, 0, 113, 9].into();
    let proxies = Proxies::new(Cidr::loopback().to_vec());
    assert_eq!(proxies.client(stranger, &headers), stranger);
    let client = proxies.client([127, 0, 0, 1].into(), &headers);
    assert_eq!(client, client.to_canonical(), "an IPv4 address in IPv6 clothes");
    let _ = proxies.is_relayed_by_a_stranger(stranger, &headers);
    let _ = String::from_utf8_lossy(bytes).parse::<Cidr>();
}

/// People of a WordPress as a table, with roles as PHP writes them and passwords as WordPress keeps them.
pub fn accounts(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let _ = role_in(&text);
    let _ = wordpress::is_known(text.trim());
    let _ = parse_utc(text.trim());
    let lines = text.lines().count().max(text.matches('\r').count());
    if let Ok(rows) = table::rows(&text) {
        assert!(rows.len() <= lines);
        for row in rows {
            let _ = (role_in(&row.roles), wordpress::is_known(&row.password));
        }
    }
}

/// A configuration file, and the address of a database: read, or refused in words without its password.
pub fn config(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut layers = Layers::default();
    if layers.text(Path::new("evertill-serve.toml"), &text).is_ok() && layers.config().is_ok() {
        for setting in layers.settings() {
            let is_database = setting.key == "database.url";
            assert!(
                !is_database || !setting.value.contains("geheim"),
                "a password is shown"
            );
        }
    }
    if let Ok(url) = text.trim().parse::<DatabaseUrl>() {
        assert!(!format!("{url}").contains(":geheim@"), "a password is shown");
    }
}

/// A key file holds keys or is named for what is wrong with it.
pub fn key_file(bytes: &[u8]) {
    let _ = file::parse(bytes);
}

/// The envelope of a write. What is read is what was sent.
pub fn push(bytes: &[u8]) {
    let exchange = Exchange::of(bytes);
    let Ok(body) = serde_json::from_slice::<Value>(exchange.body) else {
        return;
    };
    let find = |name: &str| {
        exchange
            .headers
            .iter()
            .find(|(found, _)| found == name)
            .map(|(_, value)| value.as_str())
    };
    let mirrors = Mirrors {
        idempotency_key: find("idempotency-key"),
        if_match: find("if-match"),
    };
    if let Ok((envelope, fingerprint)) = envelope::read(&body, "orders", mirrors) {
        assert_eq!(
            body["recordId"].as_str().map(str::to_ascii_lowercase),
            Some(envelope.record_id.to_string())
        );
        let again: Value = serde_json::from_str(&body.to_string()).expect("what was read is written");
        let (_, same) = envelope::read(&again, "orders", mirrors).expect("the same envelope");
        assert_eq!(same, fingerprint, "a repeated write is known again");
    }
}

/// A sign-in returns to this device, to an app, or to where the owner says; never to a stranger's page.
pub fn redirect(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let rules = RedirectRules::new(["https://till.example/back".to_owned()]);
    let Some(redirect) = rules.check(&text) else {
        return;
    };
    let led = redirect.with(&[("state", "s")]);
    let is_here = [
        "http://127.0.0.1",
        "http://localhost",
        "http://[::1]",
        "https://127.0.0.1",
        "https://localhost",
        "https://[::1]",
    ]
    .iter()
    .any(|start| {
        led.strip_prefix(start)
            .is_some_and(|rest| rest.starts_with([':', '/', '?']))
    });
    assert!(
        is_here || led.starts_with("wcpos:") || led.starts_with("https://till.example/back?"),
        "{led}"
    );
    assert!(
        !redirect.form_source().contains([' ', ';', ',']),
        "{}",
        redirect.form_source()
    );
}

#[cfg(test)]
mod tests {
    #[test]
    fn seeds_are_borne() {
        evertill_foreign::replay("server", super::READERS);
    }

    #[test]
    fn disturbed_seeds_are_borne() {
        evertill_foreign::disturb("server", super::READERS);
    }
}
