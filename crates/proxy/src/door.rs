//! Who is served: programs of this device that know the key. Pure; the key and the address come in at the start.
//!
//! A port on 127.0.0.1 is in reach of every page a browser shows and of every account on the device. A name that was
//! made to point here is told by its `Host`, a page by `Origin` and `Sec-Fetch-Site`, another account by the key.

use std::net::SocketAddr;

use axum::http::{HeaderMap, Method, Uri, header};
use evertill_wire::{Code, ProxyKey};
use subtle::ConstantTimeEq;

/// The header that carries the key, where the path does not.
pub(crate) const KEY_HEADER: &str = "x-evertill-proxy-key";

/// Where a code is explained; the only path that needs no key.
const EXPLANATIONS: &str = "/error-codes/";

/// The checks of one proxy.
pub(crate) struct Door {
    hosts: Vec<String>,
    key: ProxyKey,
}

/// What a caller may have.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Admitted {
    /// The words about a code.
    Explain(Code),
    /// A route of the store, with its query.
    Route { route: String, query: String },
}

/// Why a caller is turned away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The `Host` is none of this proxy's.
    Host,
    /// A page of a browser asks.
    Page,
    /// The method is not passed on.
    Method,
    /// No key.
    NoKey,
    /// A key that is not this proxy's.
    WrongKey,
}

impl Door {
    pub(crate) fn new(address: SocketAddr, key: ProxyKey) -> Self {
        let port = address.port();
        let mut hosts = vec![
            address.to_string(),
            format!("127.0.0.1:{port}"),
            format!("localhost:{port}"),
            format!("[::1]:{port}"),
        ];
        if port == 80 {
            // Clients leave out the port that goes without saying.
            hosts.extend(["127.0.0.1", "localhost", "[::1]"].map(str::to_owned));
        }
        Self { hosts, key }
    }

    /// Looks at the head of a request.
    pub(crate) fn admit(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<Admitted, Refusal> {
        self.check_host(uri, headers)?;
        check_page(headers)?;
        let path = uri.path();
        let code = path.strip_prefix(EXPLANATIONS).and_then(Code::find);
        if let (Some(code), &Method::GET) = (code, method) {
            return Ok(Admitted::Explain(code));
        }
        if *method == Method::TRACE || *method == Method::CONNECT {
            return Err(Refusal::Method);
        }
        let path = self.behind_the_key(path, headers)?;
        let query = uri.query().unwrap_or_default();
        Ok(Admitted::Route {
            route: route(path, query),
            query: query.to_owned(),
        })
    }

    fn check_host(&self, uri: &Uri, headers: &HeaderMap) -> Result<(), Refusal> {
        let mut named = headers
            .get_all(header::HOST)
            .iter()
            .map(|host| host.to_str().unwrap_or_default())
            .chain(uri.authority().map(|authority| authority.as_str()))
            .peekable();
        let is_named = named.peek().is_some();
        let is_ours = |host: &str| self.hosts.iter().any(|ours| ours.eq_ignore_ascii_case(host));
        (is_named && named.all(is_ours))
            .then_some(())
            .ok_or(Refusal::Host)
    }

    /// The path without the key, which stands in a header or as the first segment.
    fn behind_the_key<'a>(&self, path: &'a str, headers: &HeaderMap) -> Result<&'a str, Refusal> {
        if let Some(shown) = headers.get(KEY_HEADER) {
            return self
                .is_key(shown.as_bytes())
                .then_some(path)
                .ok_or(Refusal::WrongKey);
        }
        let (first, rest) = path
            .trim_start_matches('/')
            .split_once('/')
            .unwrap_or((path.trim_start_matches('/'), ""));
        if self.is_key(first.as_bytes()) {
            return Ok(rest);
        }
        // Something of a key's length was meant as one.
        Err(if first.len() == self.key.expose().len() {
            Refusal::WrongKey
        } else {
            Refusal::NoKey
        })
    }

    fn is_key(&self, shown: &[u8]) -> bool {
        shown.ct_eq(self.key.expose().as_bytes()).into()
    }
}

/// Programs send neither `Origin` nor `Sec-Fetch-Site`; a person who typed the address sends `none`.
fn check_page(headers: &HeaderMap) -> Result<(), Refusal> {
    let site = headers.get("sec-fetch-site").map(|site| site.as_bytes());
    let is_page = headers.contains_key(header::ORIGIN) || !matches!(site, None | Some(b"none"));
    if is_page { Err(Refusal::Page) } else { Ok(()) }
}

/// The route as WordPress would find it: behind `/wp-json/`, in `?rest_route=`, or bare.
fn route(path: &str, query: &str) -> String {
    let path = path.trim_start_matches('/');
    let path = if path == "wp-json" {
        ""
    } else {
        path.strip_prefix("wp-json/").unwrap_or(path)
    };
    if !path.is_empty() {
        return path.to_owned();
    }
    query
        .split('&')
        .find_map(|pair| pair.strip_prefix("rest_route="))
        .map(|route| route.replace("%2F", "/").replace("%2f", "/"))
        .unwrap_or_default()
        .trim_start_matches('/')
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "0123456789abcdef0123456789abcdef0123456789a";

    fn door() -> Door {
        Door::new("127.0.0.1:8430".parse().unwrap(), ProxyKey::new(KEY))
    }

    fn ask(method: Method, path: &str, headers: &[(&'static str, &str)]) -> Result<Admitted, Refusal> {
        let mut map = HeaderMap::new();
        map.insert("host", "127.0.0.1:8430".parse().unwrap());
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        door().admit(&method, &path.parse().unwrap(), &map)
    }

    fn to(route: &str, query: &str) -> Result<Admitted, Refusal> {
        Ok(Admitted::Route {
            route: route.into(),
            query: query.into(),
        })
    }

    #[test]
    fn the_key_is_taken_from_the_path_or_from_the_header() {
        for (path, headers, expected) in [
            (
                format!("/{KEY}/wp-json/wc/v3/orders?a=1"),
                vec![],
                to("wc/v3/orders", "a=1"),
            ),
            (format!("/{KEY}/wc/v3/orders"), vec![], to("wc/v3/orders", "")),
            (format!("/{KEY}"), vec![], to("", "")),
            (format!("/{KEY}/wp-json"), vec![], to("", "")),
            (
                format!("/{KEY}/?rest_route=%2Fwc/v3&x=1"),
                vec![],
                to("wc/v3", "rest_route=%2Fwc/v3&x=1"),
            ),
            ("/wp-json/wc/v3".into(), vec![(KEY_HEADER, KEY)], to("wc/v3", "")),
            (
                "/wc/v3".into(),
                vec![(KEY_HEADER, "other")],
                Err(Refusal::WrongKey),
            ),
            ("/wc/v3/orders".into(), vec![], Err(Refusal::NoKey)),
            (
                format!("/{}/wc", KEY.replace('0', "1")),
                vec![],
                Err(Refusal::WrongKey),
            ),
            ("/".into(), vec![], Err(Refusal::NoKey)),
        ] {
            assert_eq!(ask(Method::GET, &path, &headers), expected, "{path}");
        }
    }

    #[test]
    fn pages_of_a_browser_are_turned_away_even_with_the_key() {
        let path = format!("/{KEY}/wc/v3/orders");
        for headers in [
            vec![("origin", "https://evil.example")],
            vec![("origin", "null")],
            vec![("origin", "http://127.0.0.1:8430")],
            vec![("sec-fetch-site", "cross-site")],
            vec![("sec-fetch-site", "same-site")],
            vec![("sec-fetch-site", "same-origin")],
        ] {
            for method in [Method::GET, Method::POST, Method::OPTIONS] {
                assert_eq!(ask(method, &path, &headers), Err(Refusal::Page), "{headers:?}");
            }
        }
        assert!(ask(Method::GET, &path, &[("sec-fetch-site", "none")]).is_ok());
    }

    #[test]
    fn another_name_that_leads_here_is_refused() {
        let path = format!("/{KEY}/wc/v3/orders");
        for host in [
            "shop.example",
            "127.0.0.1",
            "127.0.0.1:80",
            "evil.localhost:8430",
            "10.0.0.1:8430",
            "",
        ] {
            assert_eq!(
                ask(Method::GET, &path, &[("host", host)]),
                Err(Refusal::Host),
                "{host}"
            );
        }
        for host in ["localhost:8430", "LOCALHOST:8430", "[::1]:8430"] {
            assert!(ask(Method::GET, &path, &[("host", host)]).is_ok(), "{host}");
        }
        let absolute = format!("http://evil.example/{KEY}/wc/v3/orders");
        assert_eq!(ask(Method::GET, &absolute, &[]), Err(Refusal::Host));
        let none = door().admit(&Method::GET, &path.parse().unwrap(), &HeaderMap::new());
        assert_eq!(none, Err(Refusal::Host));
    }

    #[test]
    fn a_method_that_would_show_the_token_is_not_passed_on() {
        let path = format!("/{KEY}/wc/v3/orders");
        assert_eq!(ask(Method::TRACE, &path, &[]), Err(Refusal::Method));
        assert_eq!(ask(Method::CONNECT, &path, &[]), Err(Refusal::Method));
        assert!(ask(Method::PATCH, &path, &[]).is_ok());
    }

    #[test]
    fn a_code_is_explained_without_the_key() {
        assert_eq!(
            ask(Method::GET, "/error-codes/API02007", &[]),
            Ok(Admitted::Explain(Code::TOKEN_REFRESH_FAILED))
        );
        assert_eq!(ask(Method::GET, "/error-codes/nothing", &[]), Err(Refusal::NoKey));
    }
}
