//! Reading a request: route, method and parameters, whichever way they were spelled.

use std::{borrow::Cow, net::SocketAddr, sync::OnceLock};

use axum::{
    body::Bytes,
    http::{HeaderMap, request::Parts},
};
use evertill_wire::AccessToken;
use serde_json::Value;

/// Prefix of the REST interface.
const REST: &str = "/wp-json";

/// A request, normalised.
#[derive(Debug)]
pub(crate) struct Ask {
    /// The method that is meant: `_method` in the query wins over the one on the wire.
    pub(crate) method: String,
    /// Path without query.
    pub(crate) path: String,
    /// REST route with a slash in front; none for a page.
    pub(crate) route: Option<String>,
    query: Vec<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
    /// What the body holds, once somebody has asked.
    sent: OnceLock<Sent>,
    /// Who asks: the other end of the connection, or whom a trusted proxy speaks for.
    pub(crate) peer: SocketAddr,
    /// Whether somebody stands in between whom the owner has not listed.
    pub(crate) is_relayed_by_a_stranger: bool,
}

/// What a body holds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Sent {
    Nothing,
    Json(Value),
    Form(Vec<(String, String)>),
    BrokenJson,
}

impl Ask {
    pub(crate) fn read(parts: Parts, body: Bytes, peer: SocketAddr) -> Self {
        let query = pairs(parts.uri.query().unwrap_or_default().as_bytes());
        let path = parts.uri.path().to_owned();
        let find = |name: &str| {
            query
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.as_str())
        };
        let route = match find("rest_route") {
            Some(route) if path == "/" || path == "/index.php" => {
                Some(format!("/{}", route.trim_matches('/')))
            }
            _ => path
                .strip_prefix(REST)
                .filter(|rest| rest.is_empty() || rest.starts_with('/'))
                .map(|rest| format!("/{}", rest.trim_matches('/'))),
        };
        let method = match find("_method") {
            Some(method) if parts.method == "POST" || method.eq_ignore_ascii_case("HEAD") => {
                method.to_ascii_uppercase()
            }
            _ => overridden(&parts),
        };
        Self {
            method,
            path,
            route,
            query,
            headers: parts.headers,
            body,
            sent: OnceLock::new(),
            peer,
            is_relayed_by_a_stranger: false,
        }
    }

    /// Whether the request only looks.
    pub(crate) fn is_get(&self) -> bool {
        self.method == "GET" || self.method == "HEAD"
    }

    /// Path for the log: never with a query.
    pub(crate) fn shown_path(&self) -> Cow<'_, str> {
        match &self.route {
            Some(route) if !self.path.starts_with(REST) && !route.is_empty() => {
                Cow::Owned(format!("{REST}{}", route.split('?').next().unwrap_or_default()))
            }
            Some(_) | None => Cow::Borrowed(&self.path),
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// A parameter of the query.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// Every parameter of the query, also those that come twice.
    pub(crate) fn query_pairs(&self) -> &[(String, String)] {
        &self.query
    }

    /// Values of a list parameter: `a,b`, `name[]=a&name[]=b` or both.
    pub(crate) fn query_list(&self, name: &str) -> Option<Vec<&str>> {
        let mut found = false;
        let mut list = Vec::new();
        for (key, value) in &self.query {
            let bare = key.split('[').next().unwrap_or_default();
            if bare == name {
                found = true;
                list.extend(value.split(',').map(str::trim).filter(|part| !part.is_empty()));
            }
        }
        found.then_some(list)
    }

    /// The body.
    pub(crate) fn sent(&self) -> &Sent {
        self.sent.get_or_init(|| self.read_sent())
    }

    fn read_sent(&self) -> Sent {
        if self.body.iter().all(u8::is_ascii_whitespace) {
            return Sent::Nothing;
        }
        if self.is_json() {
            return serde_json::from_slice(&self.body).map_or(Sent::BrokenJson, Sent::Json);
        }
        Sent::Form(pairs(&self.body))
    }

    /// The pairs of a body that says it is a form; an empty body is one without fields.
    pub(crate) fn form_pairs(&self) -> Option<Vec<(String, String)>> {
        let kind = self.header("content-type").unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        kind.eq_ignore_ascii_case("application/x-www-form-urlencoded")
            .then(|| pairs(&self.body))
    }

    /// Whether the body says that it is JSON.
    pub(crate) fn is_json(&self) -> bool {
        let kind = self
            .header("content-type")
            .unwrap_or_default()
            .to_ascii_lowercase();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
    }

    /// A parameter of the body or of the query, the body first.
    pub(crate) fn param(&self, name: &str) -> Option<Value> {
        let sent = match self.sent() {
            Sent::Json(Value::Object(fields)) => fields.get(name).cloned(),
            Sent::Form(pairs) => pairs
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.as_str().into()),
            Sent::Json(_) | Sent::Nothing | Sent::BrokenJson => None,
        };
        sent.filter(|value| !value.is_null())
            .or_else(|| self.query(name).map(Value::from))
    }

    /// A parameter as text.
    pub(crate) fn param_text(&self, name: &str) -> Option<String> {
        match self.param(name)? {
            Value::String(text) => Some(text),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(fact) => Some(fact.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        }
    }

    /// Whether the token was sent with the scheme of proofs of possession.
    pub(crate) fn has_dpop_scheme(&self) -> bool {
        self.header("authorization").and_then(dpop).is_some()
    }

    /// The access token: the header where it holds anything, else the query parameter. A header that holds
    /// something else is not made up for by the parameter.
    pub(crate) fn token(&self) -> Option<AccessToken> {
        let header = self.header("authorization").filter(|text| !text.is_empty());
        let text = header.or_else(|| self.query("authorization").filter(|text| !text.is_empty()))?;
        bearer(text).or_else(|| dpop(text)).map(AccessToken::new)
    }
}

/// `DPoP x`.
fn dpop(text: &str) -> Option<&str> {
    let (scheme, rest) = text.split_once([' ', '\t'])?;
    scheme
        .eq_ignore_ascii_case("DPoP")
        .then(|| rest.split_whitespace().next())?
}

/// `Bearer x`, or a bare token of three parts.
fn bearer(text: &str) -> Option<&str> {
    if let Some(rest) = text.strip_prefix("Bearer")
        && rest.starts_with([' ', '\t'])
    {
        return rest.split_whitespace().next();
    }
    let is_segment = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'='))
    };
    let parts: Vec<&str> = text.trim().split('.').collect();
    (parts.len() == 3 && parts.into_iter().all(is_segment)).then(|| text.trim())
}

fn overridden(parts: &Parts) -> String {
    let header = parts
        .headers
        .get("x-http-method-override")
        .and_then(|value| value.to_str().ok());
    match header {
        Some(method) if parts.method == "POST" => method.to_ascii_uppercase(),
        _ => parts.method.as_str().to_owned(),
    }
}

fn pairs(bytes: &[u8]) -> Vec<(String, String)> {
    url::form_urlencoded::parse(bytes)
        .map(|(key, value)| (key.into_owned(), value.into_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn ask(method: &str, uri: &str) -> Ask {
        let (parts, ()) = Request::builder()
            .method(method)
            .uri(uri)
            .body(())
            .unwrap()
            .into_parts();
        Ask::read(parts, Bytes::new(), ([127, 0, 0, 1], 1).into())
    }

    #[test]
    fn a_route_has_three_spellings() {
        for uri in [
            "/wp-json/wcpos/v2/ping",
            "/wp-json/wcpos/v2/ping/",
            "/?rest_route=/wcpos/v2/ping",
            "/index.php?rest_route=%2Fwcpos%2Fv2%2Fping&x=1",
        ] {
            assert_eq!(ask("GET", uri).route.as_deref(), Some("/wcpos/v2/ping"), "{uri}");
        }
        assert_eq!(ask("GET", "/wp-json").route.as_deref(), Some("/"));
        assert_eq!(ask("GET", "/?rest_route=/").route.as_deref(), Some("/"));
        assert_eq!(ask("GET", "/wp-jsonx").route, None);
        assert_eq!(ask("GET", "/wcpos-auth?rest_route=/x").route, None);
    }

    #[test]
    fn the_query_may_name_the_method_of_a_post() {
        assert_eq!(ask("POST", "/wp-json/x?_method=DELETE").method, "DELETE");
        assert_eq!(ask("GET", "/wp-json/x?_method=DELETE").method, "GET");
        assert_eq!(ask("HEAD", "/?_method=HEAD").method, "HEAD");
    }

    #[test]
    fn a_token_is_read_by_the_stock_grammar() {
        assert_eq!(bearer("Bearer abc"), Some("abc"));
        assert_eq!(bearer("a.b.c"), Some("a.b.c"));
        assert_eq!(bearer("bearer abc"), None);
        assert_eq!(bearer("Basic abc"), None);
        assert_eq!(
            (dpop("DPoP abc"), dpop("Bearer abc"), dpop("DPoPabc")),
            (Some("abc"), None, None)
        );
        assert_eq!(bearer("Bearer"), None);
        assert_eq!(bearer("a.b"), None);
        let both = ask("GET", "/wp-json/x?authorization=a.b.c");
        assert_eq!(both.token().unwrap().expose(), "a.b.c");
    }

    #[test]
    fn the_log_shows_the_route_and_never_the_query() {
        assert_eq!(
            ask("GET", "/?rest_route=/wcpos/v2/ping&authorization=x").shown_path(),
            "/wp-json/wcpos/v2/ping"
        );
        assert_eq!(
            ask("GET", "/wp-json/a?authorization=x").shown_path(),
            "/wp-json/a"
        );
        assert_eq!(
            ask("GET", "/?rest_route=/a%3Fauthorization%3Dx").shown_path(),
            "/wp-json/a"
        );
    }

    #[test]
    fn lists_come_with_commas_and_with_brackets() {
        let ask = ask("GET", "/wp-json/x?include=1,2&status[]=a&status[]=b");
        assert_eq!(ask.query_list("include").unwrap(), ["1", "2"]);
        assert_eq!(ask.query_list("status").unwrap(), ["a", "b"]);
        assert_eq!(ask.query_list("none"), None);
    }
}
