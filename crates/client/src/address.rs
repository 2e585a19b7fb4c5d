//! The address of a store as a person types it, and the key under which everything about the store is kept.

use std::fmt;
use std::net::IpAddr;

use sha2::{Digest, Sha256};
use url::{Host, Url};

use crate::error::ClientError;

/// Longest address that is looked at, in bytes; a web address beyond it is a paste gone wrong.
const ADDRESS_BYTES_MAX: usize = 2048;

/// A store's address, normalised: no query, no fragment, no account, path ending in a slash.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct StoreAddress {
    url: Url,
    is_scheme_given: bool,
}

impl StoreAddress {
    /// Reads what a person typed; the scheme may be missing, spaces around it are forgiven, and what people
    /// copy from the address bar (`/wp-admin/`, `/wp-json/…`, `/wp-login.php`) is cut off.
    ///
    /// # Errors
    /// [`ClientError::Address`] when it is not a web address, [`ClientError::NoAddress`] when it is empty.
    pub fn parse(text: &str) -> Result<Self, ClientError> {
        let text = text.trim().trim_matches('"');
        if text.is_empty() {
            return Err(ClientError::NoAddress);
        }
        let wrong = || ClientError::Address {
            given: text.chars().take(80).collect(),
        };
        if text.len() > ADDRESS_BYTES_MAX || text.contains(char::is_whitespace) {
            return Err(wrong());
        }
        let is_scheme_given = text.contains("://");
        let full = if is_scheme_given {
            text.to_owned()
        } else {
            format!("https://{text}")
        };
        let mut url = Url::parse(&full).map_err(|_| wrong())?;
        if !matches!(url.scheme(), "http" | "https") || !has_plausible_host(&url) {
            return Err(wrong());
        }
        url.set_query(None);
        url.set_fragment(None);
        url.set_username("")
            .and_then(|()| url.set_password(None))
            .map_err(|()| wrong())?;
        let path = site_path(url.path());
        url.set_path(&path);
        // What is kept is read again, and letters that need encoding grow.
        if url.as_str().len() > ADDRESS_BYTES_MAX {
            return Err(wrong());
        }
        Ok(Self { url, is_scheme_given })
    }

    /// The address with its scheme; `https` where none was typed.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Whether the person named the scheme.
    #[must_use]
    pub fn is_scheme_given(&self) -> bool {
        self.is_scheme_given
    }

    /// Whether the host is this device or in a private network, where plain `http` is acceptable.
    #[must_use]
    pub fn is_private(&self) -> bool {
        is_private_host(&self.url)
    }

    /// Whether what belongs to this store may travel to `url`: over `https` always, over plain `http` only where the
    /// person typed it, or typed no scheme for a host within reach of nobody else.
    #[must_use]
    pub fn accepts(&self, url: &Url) -> bool {
        url.scheme() == "https" || self.url.scheme() == "http" || (!self.is_scheme_given && self.is_private())
    }

    /// The same address with another scheme.
    #[must_use]
    pub fn with_scheme(&self, scheme: &str) -> Self {
        let mut url = self.url.clone();
        // `http` and `https` are both special schemes, between which the url crate always lets one change.
        let _ = url.set_scheme(scheme);
        Self {
            url,
            is_scheme_given: true,
        }
    }

    /// Name under which files about the store are kept: readable, safe as a file name, the same for `http` and
    /// `https` and with and without `www.`, and different for every other host, port and path.
    #[must_use]
    pub fn key(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        let host = host.strip_prefix("www.").unwrap_or(host);
        let port = self.url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let place = format!("{host}{port}{}", self.url.path());
        let digest = Sha256::digest(place.as_bytes());
        let readable: String = place
            .trim_end_matches('/')
            .chars()
            .map(|c| {
                if c.is_ascii_alphanumeric() || c == '.' || c == '-' {
                    c
                } else {
                    '_'
                }
            })
            .take(64)
            .collect();
        format!(
            "{readable}-{:02x}{:02x}{:02x}{:02x}",
            digest[0], digest[1], digest[2], digest[3]
        )
    }
}

impl fmt::Display for StoreAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.url.as_str().trim_end_matches('/'))
    }
}

impl fmt::Debug for StoreAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoreAddress({self})")
    }
}

impl serde::Serialize for StoreAddress {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for StoreAddress {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// Whether the address names this device or a machine in a private network.
pub(crate) fn is_private_host(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => {
            name == "localhost"
                || !name.contains('.')
                || [".localhost", ".local", ".lan", ".home.arpa", ".internal", ".test"]
                    .iter()
                    .any(|ending| name.ends_with(ending))
        }
        Some(Host::Ipv4(ip)) => ip.is_loopback() || ip.is_private() || ip.is_link_local(),
        Some(Host::Ipv6(ip)) => ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local(),
        None => false,
    }
}

/// Whether requests never leave this device.
pub(crate) fn is_loopback_host(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => IpAddr::V4(ip).is_loopback(),
        Some(Host::Ipv6(ip)) => IpAddr::V6(ip).is_loopback(),
        None => false,
    }
}

/// A name needs a dot, a port or `localhost`: `hello` typed by mistake is not an address.
fn has_plausible_host(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => {
            let is_well_formed = !name.is_empty()
                && name
                    .trim_end_matches('.')
                    .split('.')
                    .all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'))
                && name
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'));
            is_well_formed && (name.contains('.') || name == "localhost" || url.port().is_some())
        }
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => true,
        None => false,
    }
}

/// The part of a path that belongs to the site, ending in a slash.
fn site_path(path: &str) -> String {
    let mut kept = String::from("/");
    for part in path.split('/').filter(|part| !part.is_empty()) {
        if part.starts_with("wp-") || part.ends_with(".php") || part.starts_with("wcpos-") {
            break;
        }
        kept.push_str(part);
        kept.push('/');
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_grows_past_the_limit_when_it_is_written_is_refused_at_once() {
        let long = format!("shop.example/{}", "ä".repeat(ADDRESS_BYTES_MAX / 3));
        assert!(long.len() <= ADDRESS_BYTES_MAX);
        assert!(StoreAddress::parse(&long).is_err());
    }

    #[test]
    fn what_people_type_becomes_one_address() {
        for (typed, expected) in [
            ("shop.example", "https://shop.example"),
            ("  https://shop.example/ ", "https://shop.example"),
            ("http://127.0.0.1:8421", "http://127.0.0.1:8421"),
            ("localhost:8421", "https://localhost:8421"),
            ("shop.example/wp-admin/index.php?x=1", "https://shop.example"),
            ("shop.example/shop/wp-json/wcpos/v2", "https://shop.example/shop"),
            ("https://ann:secret@shop.example", "https://shop.example"),
            ("SHOP.Example", "https://shop.example"),
            ("https://shop.example:443/#a", "https://shop.example"),
            ("münchen.example", "https://xn--mnchen-3ya.example"),
            ("[::1]:8080", "https://[::1]:8080"),
        ] {
            assert_eq!(
                StoreAddress::parse(typed).unwrap().to_string(),
                expected,
                "{typed}"
            );
        }
    }

    #[test]
    fn what_is_no_web_address_is_refused_with_its_code() {
        for typed in [
            "hello",
            "ftp://shop.example",
            "shop example",
            "https://",
            "a..b",
            "file:///etc",
            "-x.example",
        ] {
            let error = StoreAddress::parse(typed).unwrap_err();
            assert_eq!(error.code().as_str(), "API06001", "{typed}");
        }
        assert_eq!(StoreAddress::parse(" ").unwrap_err().code().as_str(), "API06002");
    }

    #[test]
    fn the_key_ignores_the_scheme_and_tells_places_apart() {
        let key = |text: &str| StoreAddress::parse(text).unwrap().key();
        assert_eq!(key("http://shop.example"), key("https://shop.example/"));
        assert_eq!(key("www.shop.example"), key("shop.example"));
        assert_ne!(key("shop.example"), key("shop.example/two"));
        assert_ne!(key("shop.example:8080"), key("shop.example:8081"));
        assert_ne!(key("shop.example/a_b"), key("shop.example/a/b"));
        assert!(
            key("[::1]:80/ö")
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
        );
    }

    #[test]
    fn plain_http_is_accepted_only_where_it_was_typed_or_stays_in_private() {
        for (typed, is_accepted) in [
            ("https://localhost:8421", false),
            ("https://shop.example", false),
            ("shop.example", false),
            ("localhost:8421", true),
            ("http://localhost:8421", true),
            ("http://shop.example", true),
        ] {
            let address = StoreAddress::parse(typed).unwrap();
            let found = |scheme: &str| address.accepts(address.with_scheme(scheme).url());
            assert_eq!(found("http"), is_accepted, "{typed}");
            assert!(found("https"), "{typed}");
        }
    }

    #[test]
    fn private_hosts_are_known() {
        for (text, is_private) in [
            ("localhost:1", true),
            ("192.168.1.4", true),
            ("10.0.0.1", true),
            ("till.local", true),
            ("shop.example", false),
            ("8.8.8.8", false),
            ("[fd00::1]", true),
        ] {
            assert_eq!(
                StoreAddress::parse(text).unwrap().is_private(),
                is_private,
                "{text}"
            );
        }
    }
}
