//! What every request passes first: is it meant for this till, and does it come from its own pages?
//!
//! A till on 127.0.0.1 is in reach of every page the browser shows. A name that was made to point here is
//! refused by its `Host` (an address literal cannot be rebound), another site's form by its `Origin`, and what
//! is left by the token that only our pages hold.

use std::net::IpAddr;

use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderValue, Method};

/// Why a request was turned away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stranger {
    /// The `Host` is no address of this machine.
    Host,
    /// The form stands on a page of another site.
    Origin,
}

/// Checks where a request was sent to and where it comes from.
///
/// `listens_on` is the address of the till: beside loopback it alone is a host. A till that listens on every address
/// of the machine answers at each of them, given in digits.
pub(crate) fn check(method: &Method, headers: &HeaderMap, listens_on: IpAddr) -> Result<(), Stranger> {
    let host = headers
        .get(HOST)
        .and_then(|host| host.to_str().ok())
        .ok_or(Stranger::Host)?;
    if !is_own(host, listens_on) {
        return Err(Stranger::Host);
    }
    let is_read = *method == Method::GET || *method == Method::HEAD;
    if is_read {
        return Ok(());
    }
    if let Some(origin) = headers.get(ORIGIN) {
        let expected = format!("http://{host}");
        if origin.to_str().ok() != Some(expected.as_str()) {
            return Err(Stranger::Origin);
        }
    }
    match fetch_site(headers) {
        None | Some("same-origin" | "none") => Ok(()),
        Some(_) => Err(Stranger::Origin),
    }
}

/// Whether another site led here; its navigation does not carry our cookie.
pub(crate) fn is_from_elsewhere(headers: &HeaderMap) -> bool {
    matches!(fetch_site(headers), Some("cross-site" | "same-site"))
}

/// The path when it stays on this till, else the start page: `//host` and `/\host` name another one.
pub(crate) fn within_the_till(path: &str) -> &str {
    match path.strip_prefix('/') {
        Some(rest) if !rest.starts_with(['/', '\\']) => path,
        Some(_) | None => "/",
    }
}

fn fetch_site(headers: &HeaderMap) -> Option<&str> {
    headers.get("sec-fetch-site").and_then(|site| site.to_str().ok())
}

fn is_own(host: &str, listens_on: IpAddr) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => match rest.split_once(']') {
            Some((name, port)) if port.is_empty() || is_port(port) => name,
            Some(_) | None => return false,
        },
        None => match host.split_once(':') {
            Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
            Some(_) => return false,
            None => host,
        },
    };
    let is_own =
        |address: IpAddr| address.is_loopback() || address == listens_on || listens_on.is_unspecified();
    name.eq_ignore_ascii_case("localhost") || name.parse().is_ok_and(is_own)
}

fn is_port(text: &str) -> bool {
    text.strip_prefix(':')
        .is_some_and(|port| port.bytes().all(|b| b.is_ascii_digit()))
}

/// Headers that every answer carries. Nothing is loaded from anywhere else, nothing runs inline, nobody frames it.
///
/// `form_targets` are origins a form may end at by a redirect: the store's sign-in page.
pub(crate) fn protect(headers: &mut HeaderMap, form_targets: &str) {
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
         connect-src 'self'; manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'; \
         form-action 'self' {form_targets}"
    );
    let fixed = [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        (
            "permissions-policy",
            "camera=(), microphone=(), geolocation=(), payment=()",
        ),
    ];
    for (name, value) in fixed {
        if !headers.contains_key(name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
    if !headers.contains_key("content-security-policy")
        && let Ok(policy) = HeaderValue::from_str(policy.trim_end())
    {
        headers.insert("content-security-policy", policy);
    }
    if !headers.contains_key("cache-control") {
        headers.insert("cache-control", HeaderValue::from_static("no-store"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(method: Method, pairs: &[(&'static str, &'static str)]) -> Result<(), Stranger> {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, HeaderValue::from_static(value));
        }
        check(&method, &headers, "192.168.1.7".parse().unwrap())
    }

    #[test]
    fn an_address_that_the_till_does_not_listen_on_is_no_host() {
        let at = |host: &'static str, listens_on: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("host", HeaderValue::from_static(host));
            check(&Method::GET, &headers, listens_on.parse().unwrap())
        };
        assert_eq!(at("10.0.0.9:8420", "127.0.0.1"), Err(Stranger::Host));
        assert_eq!(at("10.0.0.9:8420", "192.168.1.7"), Err(Stranger::Host));
        assert_eq!(at("10.0.0.9:8420", "0.0.0.0"), Ok(()));
        assert_eq!(at("evil.example:8420", "0.0.0.0"), Err(Stranger::Host));
    }

    #[test]
    fn a_link_that_leads_elsewhere_leads_to_the_start_page() {
        for path in ["//evil.example/x", "/\\evil.example", "https://evil.example", ""] {
            assert_eq!(within_the_till(path), "/", "{path}");
        }
        assert_eq!(within_the_till("/sale/1?q=a//b"), "/sale/1?q=a//b");
    }

    #[test]
    fn only_addresses_of_this_machine_are_hosts() {
        for host in [
            "127.0.0.1:8420",
            "localhost:8420",
            "[::1]:8420",
            "192.168.1.7",
            "[::1]",
        ] {
            assert_eq!(verdict(Method::GET, &[("host", host)]), Ok(()), "{host}");
        }
        for host in [
            "evil.example:8420",
            "127.0.0.1.evil.example",
            "localhost:x",
            "[::1]x",
            "",
        ] {
            assert_eq!(
                verdict(Method::GET, &[("host", host)]),
                Err(Stranger::Host),
                "{host}"
            );
        }
        assert_eq!(verdict(Method::GET, &[]), Err(Stranger::Host));
    }

    #[test]
    fn a_form_of_another_site_is_turned_away() {
        let host = ("host", "127.0.0.1:8420");
        let own = ("origin", "http://127.0.0.1:8420");
        assert_eq!(verdict(Method::POST, &[host, own]), Ok(()));
        for origin in [
            "http://127.0.0.1:8421",
            "https://127.0.0.1:8420",
            "null",
            "http://evil.example",
        ] {
            assert_eq!(
                verdict(Method::POST, &[host, ("origin", origin)]),
                Err(Stranger::Origin),
                "{origin}"
            );
        }
        assert_eq!(
            verdict(Method::POST, &[host, ("sec-fetch-site", "cross-site")]),
            Err(Stranger::Origin)
        );
    }
}
