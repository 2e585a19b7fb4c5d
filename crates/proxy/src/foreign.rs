//! Every parser of this crate that reads bytes from outside, for tests and the fuzzer.
//!
//! Each function takes any bytes and panics when something that must hold does not.

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use evertill_wire::ProxyKey;
use evertill_wire::foreign::Exchange;

use crate::door::{Admitted, Door};

/// The readers by name.
#[expect(
    clippy::type_complexity,
    reason = "a list of names and functions is no more than that"
)]
pub const READERS: &[(&str, fn(&[u8]))] = &[("door", door)];

const KEY: &str = "k3yk3yk3yk3yk3yk3yk3yk3yk3yk3yk3";

/// Nothing gets through the door that does not show the key or asks for more than an explanation, and no page does.
pub fn door(bytes: &[u8]) {
    let exchange = Exchange::of(bytes);
    let (method, target) = exchange.first.split_once(' ').unwrap_or(("GET", &exchange.first));
    let (Ok(method), Ok(uri)) = (Method::from_bytes(method.as_bytes()), target.parse::<Uri>()) else {
        return;
    };
    let mut headers = HeaderMap::new();
    for (name, value) in &exchange.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            headers.append(name, value);
        }
    }
    let door = Door::new(([127, 0, 0, 1], 8421).into(), ProxyKey::new(KEY));
    let admitted = door.admit(&method, &uri, &headers);
    assert!(
        admitted.is_err() || !headers.contains_key("origin"),
        "a page got through"
    );
    if let Ok(Admitted::Route { route, .. }) = admitted {
        let is_shown =
            uri.path().contains(KEY) || headers.get("x-evertill-proxy-key").is_some_and(|key| key == KEY);
        assert!(is_shown, "{route} without the key");
        assert!(method != Method::TRACE && method != Method::CONNECT);
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn seeds_are_borne() {
        evertill_foreign::replay("proxy", super::READERS);
    }

    #[test]
    fn disturbed_seeds_are_borne() {
        evertill_foreign::disturb("proxy", super::READERS);
    }
}
