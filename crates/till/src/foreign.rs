//! Every parser of this crate that reads bytes from outside, for tests and the fuzzer.
//!
//! Each function takes any bytes and panics when something that must hold does not.

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use evertill_sale::record;
use evertill_wire::foreign::Exchange;
use rust_decimal::Decimal;

use crate::carry::Load;
use crate::checkout::SaleKey;
use crate::web::browser::BrowserSecret;
use crate::web::{guard, typed};

/// The readers by name.
#[expect(
    clippy::type_complexity,
    reason = "a list of names and functions is no more than that"
)]
pub const READERS: &[(&str, fn(&[u8]))] = &[("carried", carried), ("page", page), ("typed", typed)];

/// What was in a sealed file of sales.
pub fn carried(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let Ok(load) = record::read::<Load>(&text) else {
        return;
    };
    let written = serde_json::to_string(&load).expect("what was read is written");
    assert_eq!(
        record::read::<Load>(&written).ok(),
        Some(load),
        "carrying changes nothing in a sale"
    );
}

/// Numbers as people type them: what is read is what stands there, or nothing.
pub fn typed(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for separator in [".", ","] {
        if let Some(amount) = typed::amount(&text, separator) {
            let digits = |text: &str| -> String {
                let all = text.chars().filter(char::is_ascii_digit);
                all.collect::<String>().trim_matches('0').to_owned()
            };
            assert_eq!(
                digits(&amount.to_string()),
                digits(&text),
                "{text:?} is no {amount}"
            );
        }
    }
    if let Some(quantity) = typed::quantity(&text) {
        assert!(quantity.abs() < Decimal::from_scientific("1e25").unwrap_or(Decimal::MAX));
    }
    let _ = (SaleKey::parse(&text), BrowserSecret::parse(&text));
}

/// A request from a browser: none that changes anything comes from another site, and no link leads off the till.
pub fn page(bytes: &[u8]) {
    let exchange = Exchange::of(bytes);
    let mut headers = HeaderMap::new();
    for (name, value) in &exchange.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            headers.append(name, value);
        }
    }
    let here = [127, 0, 0, 1].into();
    if guard::check(&Method::POST, &headers, here).is_ok() {
        let host = headers
            .get("host")
            .and_then(|host| host.to_str().ok())
            .unwrap_or_default();
        let origin = headers.get("origin").and_then(|origin| origin.to_str().ok());
        assert!(
            origin.is_none_or(|origin| origin == format!("http://{host}")),
            "{origin:?} of {host}"
        );
        assert!(!guard::is_from_elsewhere(&headers));
    }
    let path = guard::within_the_till(&exchange.first);
    assert!(
        path.starts_with('/') && !path.starts_with("//") && !path.starts_with("/\\"),
        "{path}"
    );
    let secret = BrowserSecret::parse(&"07".repeat(32)).expect("a secret");
    assert!(
        secret.recognise(&headers, "till").is_none(),
        "nobody signed the cookie"
    );
}

#[cfg(test)]
mod tests {
    #[test]
    fn seeds_are_borne() {
        evertill_foreign::replay("till", super::READERS);
    }

    #[test]
    fn disturbed_seeds_are_borne() {
        evertill_foreign::disturb("till", super::READERS);
    }
}
