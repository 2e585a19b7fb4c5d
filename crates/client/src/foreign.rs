//! Every parser of this crate that reads bytes from outside, for tests and the fuzzer.
//!
//! Each function takes any bytes and panics when something that must hold does not.

use bytes::Bytes;
use evertill_wire::Password;
use evertill_wire::foreign::Exchange;
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use url::Url;

use crate::address::StoreAddress;
use crate::discovery::{link, root};
use crate::http::Answer;
use crate::keeper::diary::Diary;
use crate::passage::{self, address, headers};
use crate::profile::StoreProfile;
use crate::session_name::SessionName;
use crate::sign_in::callback::Callback;
use crate::sign_in::form::{self, Page};
use crate::sign_in::loopback;

mod kept;

pub use kept::{carried, key_text, parcel, sealed_vault, vault_contents};

/// The readers by name.
#[expect(
    clippy::type_complexity,
    reason = "a list of names and functions is no more than that"
)]
pub const READERS: &[(&str, fn(&[u8]))] = &[
    ("address", address),
    ("callback", callback),
    ("carried", carried),
    ("echo", echo),
    ("journal", journal),
    ("key_text", key_text),
    ("link", link),
    ("loopback", loopback),
    ("parcel", parcel),
    ("profile", profile),
    ("refusal", refusal),
    ("route", route),
    ("sealed_vault", sealed_vault),
    ("sign_in_form", sign_in_form),
    ("site", site),
    ("vault_contents", vault_contents),
];

/// An answer as it comes out of a connection.
fn answer(bytes: &[u8]) -> Answer {
    let exchange = Exchange::of(bytes);
    Answer {
        status: StatusCode::from_u16(exchange.status()).expect("a status between 100 and 599"),
        headers: header_map(&exchange.headers),
        body: Bytes::copy_from_slice(exchange.body),
    }
}

fn header_map(pairs: &[(String, String)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            headers.append(name, value);
        }
    }
    headers
}

/// What a person typed is an address without credentials, and the address that is shown leads to the same store.
pub fn address(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let _ = SessionName::parse(&text);
    let Ok(store) = StoreAddress::parse(&text) else {
        return;
    };
    assert!(store.url().username().is_empty() && store.url().password().is_none());
    assert!(store.url().query().is_none() && store.url().fragment().is_none());
    let is_file_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    assert!(
        store.key().chars().all(is_file_name) && !store.key().starts_with('.'),
        "{}",
        store.key()
    );
    let again = StoreAddress::parse(store.url().as_str()).expect("an address is an address");
    assert_eq!(again.key(), store.key(), "{text}");
    assert_eq!(again.url(), store.url(), "{text}");
}

/// A profile from a file is used as it is: no route leaves its origin.
pub fn profile(bytes: &[u8]) {
    let Ok(profile) = serde_json::from_slice::<StoreProfile>(bytes) else {
        return;
    };
    // An address without a scheme gets one when it is written, and from then on stays as it is.
    let again = |profile: &StoreProfile| {
        let written = serde_json::to_vec(profile).expect("what was read is written");
        serde_json::from_slice::<StoreProfile>(&written).expect("what was written is read")
    };
    let kept = again(&profile);
    assert_eq!(again(&kept), kept);
    let url = profile.route("wc/v3/orders", &[("search", "a b")]);
    assert_eq!(url.origin().ascii_serialization(), profile.origin());
    let _ = profile.serves(&profile.address);
}

/// Any lines are some journal, and a journal that was cut short is one too.
pub fn journal(bytes: &[u8]) {
    let diary = Diary::of_bytes(bytes);
    assert!(diary.journal.entries().count() <= evertill_session::journal::ENTRIES_MAX);
    let _ = diary.counters.time_without_token_seconds();
    for entry in diary.journal.entries() {
        let line = serde_json::to_vec(entry).expect("what was read is written");
        assert_eq!(Diary::of_bytes(&line).journal.entries().next(), Some(entry));
    }
}

/// A form is filled in where it asks, keeps its other fields, and is sent to its own page's origin or not at all.
pub fn sign_in_form(bytes: &[u8]) {
    let _ = form::error_words(bytes);
    let Some(page) = Page::read(bytes) else { return };
    let password = Password::new("a password of nobody");
    if let Ok(fields) = page.fill_in("nobody@shop.example", &password) {
        let secret = fields.iter().filter(|(_, value)| *value == password.expose());
        assert_eq!(secret.count(), 1, "the password goes into one field");
    }
    let at = Url::parse("https://shop.example/wcpos-auth/?state=s").expect("an address");
    if let Ok(target) = page.target(&at) {
        assert_eq!(target.origin(), at.origin());
    }
}

/// What a browser brings back counts only with the state it was sent away with.
pub fn callback(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let base = Url::parse("http://127.0.0.1:49152/callback").expect("an address");
    let Ok(url) = base.join(&text) else { return };
    if let Ok(read) = Callback::read(&url, "s1") {
        assert!(!read.access_token.is_empty() && !read.refresh_token.is_empty() && !read.uuid.is_empty());
    }
    assert!(Callback::read(&url, "a state that cannot be guessed").is_err() || text.contains("guessed"));
}

/// Whatever reaches the port of a sign-in, the address that comes out of it is the callback's.
pub fn loopback(bytes: &[u8]) {
    let here = Url::parse("http://127.0.0.1:49152/callback").expect("an address");
    let head = String::from_utf8_lossy(bytes);
    let Some(target) = loopback::target_in(&head, "127.0.0.1:49152") else {
        return;
    };
    if let Some(url) = loopback::callback_at(&here, &target) {
        assert!(url.as_str().starts_with(here.as_str()), "{url}");
        let _ = Callback::read(&url, "s1");
    }
}

/// The REST root is a web address, in the header and in the page.
pub fn link(bytes: &[u8]) {
    let _ = link::rest_root(&answer(bytes));
}

/// A site that describes itself, or the sentence that says what came instead.
pub fn site(bytes: &[u8]) {
    let store = StoreAddress::parse("shop.example").expect("an address");
    if let Err(error) = root::read_site(&store, &answer(bytes)) {
        let shown = error.to_string();
        assert!(!shown.chars().any(char::is_control), "{shown:?}");
    }
}

/// Which way a token arrived, as two kinds of stores tell it.
pub fn echo(bytes: &[u8]) {
    let answer = answer(bytes);
    let arrived = answer.with_raw(evertill_session::arrival::read);
    assert!(
        arrived.is_none() || answer.status.is_success(),
        "a refusal tells nothing"
    );
}

/// A route of another program stays below the REST root, without credentials of its own; what goes with it and what
/// comes back holds no token.
pub fn route(bytes: &[u8]) {
    const TOKEN: &str = "aaa.bbb.ccc";
    let exchange = Exchange::of(bytes);
    let (route, query) = exchange.first.split_once('?').unwrap_or((&exchange.first, ""));
    for (root, style) in [
        ("https://shop.example/sub/wp-json/", "path"),
        ("https://shop.example/sub/index.php?rest_route=/", "query"),
    ] {
        let profile: StoreProfile = serde_json::from_value(serde_json::json!({
            "address": "https://shop.example/sub", "rest_root": root, "route_style": style,
            "sign_in_page": "https://shop.example/sub/wcpos-auth/",
        }))
        .expect("a profile");
        let Ok(url) = address::of(&profile, route, query) else {
            continue;
        };
        assert_eq!(url.origin(), profile.rest_root.origin(), "{url}");
        assert!(
            url.path().starts_with(profile.rest_root.path())
                || format!("{}/", url.path()) == profile.rest_root.path(),
            "{url}"
        );
        assert!(
            url.query_pairs()
                .all(|(name, _)| name != "authorization" && name != "consumer_secret"),
            "{url}"
        );
        let routes = url.query_pairs().filter(|(name, _)| name == "rest_route").count();
        assert_eq!(routes, usize::from(style == "query"), "{url}");
    }
    let came = header_map(&exchange.headers);
    let gone = headers::outgoing(&came);
    assert!(
        ["authorization", "cookie", "host", "connection"]
            .iter()
            .all(|name| !gone.contains_key(*name))
    );
    let back = headers::incoming(&came, TOKEN);
    let has_token = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).contains(TOKEN);
    assert!(!back.values().any(has_token) && !back.contains_key("set-cookie"));
}

/// Only JSON, packed or not, refuses a token.
pub fn refusal(bytes: &[u8]) {
    let answer = answer(bytes);
    if passage::unauthorized(&answer.headers, &answer.body).is_some()
        && !answer.headers.contains_key("content-encoding")
    {
        assert!(answer.json().value().is_some());
    }
    let _ = answer.date_ms();
}

#[cfg(test)]
mod tests {
    #[test]
    fn seeds_are_borne() {
        evertill_foreign::replay("client", super::READERS);
    }

    #[test]
    fn disturbed_seeds_are_borne() {
        evertill_foreign::disturb("client", super::READERS);
    }
}
