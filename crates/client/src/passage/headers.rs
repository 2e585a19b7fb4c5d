//! Which headers pass, in each direction.

use reqwest::header::{self, HeaderMap, HeaderName};

/// Headers of one connection (RFC 9110, section 7.6.1), and those a client writes anew for the next one.
const OF_THE_CONNECTION: &[&str] = &[
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-authentication-info",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// What a request carries for this device alone, or would make the store take it for somebody else's.
const OF_THE_CALLER: &[&str] = &[
    "authorization",
    "cookie",
    "expect",
    "forwarded",
    "host",
    "origin",
    "referer",
    "user-agent",
    "via",
    "x-wp-nonce",
];

/// What an answer carries for browsers.
const FOR_BROWSERS: &[&str] = &[
    "clear-site-data",
    "set-cookie",
    "strict-transport-security",
    "www-authenticate",
];

/// What goes to the store of the headers that came in.
pub(crate) fn outgoing(headers: &HeaderMap) -> HeaderMap {
    let mut kept = filtered(headers, |name| {
        !OF_THE_CALLER.contains(&name)
            && !["x-forwarded-", "x-evertill-", "sec-", "access-control-"]
                .iter()
                .any(|start| name.starts_with(start))
    });
    // A refusal has to be looked into, so that no packing is offered that cannot be undone here.
    if let Some(offered) = kept.get_mut(header::ACCEPT_ENCODING) {
        let takes_gzip = offered
            .to_str()
            .is_ok_and(|text| text.to_ascii_lowercase().contains("gzip"));
        *offered = header::HeaderValue::from_static(if takes_gzip { "gzip" } else { "identity" });
    }
    kept
}

/// What goes back of the headers the store sent. A store that was given the token as a parameter repeats it in links
/// and redirects; a header with the token in it loses it.
pub(crate) fn incoming(headers: &HeaderMap, token: &str) -> HeaderMap {
    let mut kept = filtered(headers, |name| {
        !FOR_BROWSERS.contains(&name) && !name.starts_with("access-control-")
    });
    for value in kept.values_mut() {
        let hidden = String::from_utf8_lossy(value.as_bytes());
        if !token.is_empty() && hidden.contains(token) {
            let hidden = hidden.replace(token, "****");
            *value = hidden.parse().unwrap_or(header::HeaderValue::from_static("****"));
        }
    }
    kept
}

fn filtered(headers: &HeaderMap, passes: impl Fn(&str) -> bool) -> HeaderMap {
    let named: Vec<String> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|name| name.trim().to_ascii_lowercase())
        .collect();
    let is_kept = |name: &HeaderName| {
        let name = name.as_str();
        !OF_THE_CONNECTION.contains(&name) && !named.iter().any(|other| other == name) && passes(name)
    };
    headers
        .iter()
        .filter(|(name, _)| is_kept(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    header::HeaderValue::from_static(value),
                )
            })
            .collect()
    }

    #[test]
    fn headers_of_a_connection_end_with_it_also_those_it_names() {
        let came = map(&[
            ("connection", "close, X-Hop"),
            ("x-hop", "1"),
            ("te", "trailers"),
            ("transfer-encoding", "chunked"),
            ("upgrade", "websocket"),
            ("proxy-authorization", "Basic x"),
            ("range", "bytes=0-9"),
            ("accept-encoding", "gzip"),
            ("content-length", "3"),
            ("if-match", "\"a\""),
        ]);
        let expected = map(&[
            ("range", "bytes=0-9"),
            ("accept-encoding", "gzip"),
            ("content-length", "3"),
            ("if-match", "\"a\""),
        ]);
        assert_eq!(outgoing(&came), expected);
        assert_eq!(incoming(&came, "the-token"), expected);
    }

    #[test]
    fn no_credential_and_no_trace_of_the_caller_reaches_the_store() {
        let came = map(&[
            ("authorization", "Basic abc"),
            ("cookie", "a=b"),
            ("x-evertill-proxy-key", "k"),
            ("x-forwarded-for", "10.0.0.1"),
            ("host", "127.0.0.1:1"),
            ("sec-fetch-site", "none"),
            ("user-agent", "curl/8"),
            ("accept", "*/*"),
        ]);
        assert_eq!(outgoing(&came), map(&[("accept", "*/*")]));
    }

    #[test]
    fn no_cookie_no_permission_for_pages_and_no_token_comes_back() {
        let came = map(&[
            ("set-cookie", "a=b"),
            ("access-control-allow-origin", "*"),
            ("www-authenticate", "Bearer"),
            (
                "link",
                "<https://shop.example/x?authorization=aaa.bbb.ccc&page=2>; rel=\"next\"",
            ),
            ("x-wp-total", "7"),
        ]);
        let back = map(&[
            (
                "link",
                "<https://shop.example/x?authorization=****&page=2>; rel=\"next\"",
            ),
            ("x-wp-total", "7"),
        ]);
        assert_eq!(incoming(&came, "aaa.bbb.ccc"), back);
    }
}
