//! Where a sign-in may return to. Tokens travel in that address, so a stranger's web page must never be it:
//! apps on this device, this device itself, and what the shop's configuration names to the letter.

use std::collections::BTreeSet;

use url::{Host, Url};

/// Longest address, in bytes.
const BYTES_MAX: usize = 2000;

/// Addresses a sign-in may return to.
#[derive(Debug, Clone, Default)]
pub(crate) struct RedirectRules {
    exact: BTreeSet<String>,
}

/// An address that was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Redirect(Url);

impl RedirectRules {
    pub(crate) fn new(exact: impl IntoIterator<Item = String>) -> Self {
        Self {
            exact: exact.into_iter().collect(),
        }
    }

    /// Checks an address.
    pub(crate) fn check(&self, text: &str) -> Option<Redirect> {
        if text.is_empty()
            || text.len() > BYTES_MAX
            || text.chars().any(|c| c.is_control() || c.is_whitespace())
        {
            return None;
        }
        let url = Url::parse(text).ok()?;
        let is_plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
        let is_allowed = match url.scheme() {
            "wcpos" => true,
            "http" | "https" => is_this_device(&url) || self.exact.contains(text),
            _ => self.exact.contains(text),
        };
        (is_plain && is_allowed).then_some(Redirect(url))
    }
}

fn is_this_device(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback() && address.octets() == [127, 0, 0, 1],
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

impl Redirect {
    /// An address that is a registered client's.
    pub(crate) fn registered(url: Url) -> Self {
        Self(url)
    }

    /// The address with more parameters in its query.
    pub(crate) fn with(&self, more: &[(&str, &str)]) -> String {
        let mut url = self.0.clone();
        url.query_pairs_mut().extend_pairs(more);
        url.into()
    }

    /// What a page must allow its form to lead to. Browsers hold redirects after a form to it as well. A literal
    /// IPv6 address cannot be written there, so it opens the whole scheme.
    pub(crate) fn form_source(&self) -> String {
        let scheme = self.0.scheme();
        match (scheme, self.0.host()) {
            ("http" | "https", Some(Host::Ipv4(_) | Host::Domain(_))) => {
                self.0.origin().ascii_serialization()
            }
            _ => format!("{scheme}:"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> bool {
        RedirectRules::new(["https://till.example/back".to_owned()])
            .check(text)
            .is_some()
    }

    #[test]
    fn apps_and_this_device_are_fine() {
        for text in [
            "wcpos://auth",
            "http://127.0.0.1:8420/sign-in/callback",
            "http://localhost:1234/?a=b",
            "http://[::1]:8420/x",
            "https://till.example/back",
        ] {
            assert!(check(text), "{text}");
        }
    }

    #[test]
    fn nobody_elses_page_ever_gets_tokens() {
        for text in [
            "",
            "javascript:alert(1)",
            "exp://192.168.0.4:8081/--/auth",
            "data:text/html,x",
            "https://evil.example/",
            "https://till.example/back/",
            "https://till.example/back?x=1",
            "http://127.0.0.1.evil.example/",
            "http://127.0.0.1@evil.example/",
            "http://user@127.0.0.1/",
            "http://127.0.0.2/",
            "http://localhost.evil.example/",
            "//127.0.0.1/",
            "http://127.0.0.1/#frag",
            "wcpos://auth\r\nX: y",
            "java\tscript:alert(1)",
        ] {
            assert!(!check(text), "{text}");
        }
    }

    #[test]
    fn parameters_join_those_that_are_there() {
        let redirect = RedirectRules::default()
            .check("http://127.0.0.1:1/cb?a=1")
            .unwrap();
        assert_eq!(
            redirect.with(&[("b", "x y&z")]),
            "http://127.0.0.1:1/cb?a=1&b=x+y%26z"
        );
        let app = RedirectRules::default().check("wcpos://auth").unwrap();
        assert_eq!(app.with(&[("b", "1")]), "wcpos://auth?b=1");
        assert_eq!(app.form_source(), "wcpos:");
        assert_eq!(redirect.form_source(), "http://127.0.0.1:1");
    }
}
