//! Where a request is passed on to: below the REST root, and nowhere else.

use url::{Url, form_urlencoded};

use crate::error::ClientError;
use crate::profile::{RouteStyle, StoreProfile};

/// Parameters in which WordPress, WooCommerce and the till plugin look for credentials, or for another route.
const LEFT_OUT: &[&str] = &[
    "authorization",
    "consumer_key",
    "consumer_secret",
    "rest_route",
    "_wpnonce",
];

/// The address of a route with its query.
///
/// # Errors
/// [`ClientError::RouteRefused`] when the route could lead out of the API.
pub(crate) fn of(profile: &StoreProfile, route: &str, query: &str) -> Result<Url, ClientError> {
    let refused = || ClientError::RouteRefused {
        route: route.chars().take(120).collect(),
    };
    let route = route.trim_start_matches('/');
    // Addresses lose their line breaks and tabs, so that a name with one in it would become another.
    let has_control = route.chars().chain(query.chars()).any(char::is_control);
    if route.split('/').any(climbs) || route.contains(['\\', '?', '#']) || has_control {
        return Err(refused());
    }
    // Inside a query these would end the route or mean something else.
    let written = match profile.route_style {
        RouteStyle::Path => route.to_owned(),
        RouteStyle::Query => route.replace('&', "%26").replace('+', "%2B"),
    };
    let mut url = profile.route(&written, &[]);
    let is_below = url
        .path()
        .starts_with(profile.rest_root.path().trim_end_matches('/'));
    if !is_below || url.origin() != profile.rest_root.origin() {
        return Err(refused());
    }
    let kept: Vec<&str> = query
        .split('&')
        .filter(|pair| !pair.is_empty() && !is_left_out(pair))
        .collect();
    if !kept.is_empty() {
        let before = url.query().map(|query| format!("{query}&")).unwrap_or_default();
        url.set_query(Some(&format!("{before}{}", kept.join("&"))));
    }
    Ok(url)
}

/// Whether a segment leads upwards, also when its dots, or a slash in it, are encoded.
fn climbs(segment: &str) -> bool {
    let decoded = segment
        .to_ascii_lowercase()
        .replace("%2e", ".")
        .replace("%2f", "/")
        .replace("%5c", "/");
    decoded.split('/').any(|part| part == "." || part == "..")
}

/// Names are compared as PHP reads them: leading blanks fall away, dots and blanks become underscores, `[` ends it.
fn is_left_out(pair: &str) -> bool {
    let Some((name, _)) = form_urlencoded::parse(pair.as_bytes()).next() else {
        return false;
    };
    let name = name.trim_start().split('[').next().unwrap_or_default();
    let name = name.to_ascii_lowercase().replace(['.', ' '], "_");
    name.starts_with("oauth_") || LEFT_OUT.contains(&name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(root: &str, style: &str) -> StoreProfile {
        serde_json::from_value(serde_json::json!({
            "address": "https://shop.example", "rest_root": root, "route_style": style,
            "sign_in_page": "https://shop.example/wcpos-auth/",
        }))
        .unwrap()
    }

    #[test]
    fn routes_and_queries_arrive_as_they_came_in_both_styles() {
        let path = profile("https://shop.example/sub/wp-json/", "path");
        let query = profile("https://shop.example/index.php?rest_route=/", "query");
        for (route, parameters, in_path, in_query) in [
            (
                "wc/v3/orders",
                "search=a+b&per_page=5",
                "https://shop.example/sub/wp-json/wc/v3/orders?search=a+b&per_page=5",
                "https://shop.example/index.php?rest_route=/wc/v3/orders&search=a+b&per_page=5",
            ),
            (
                "/x/a%20b",
                "",
                "https://shop.example/sub/wp-json/x/a%20b",
                "https://shop.example/index.php?rest_route=/x/a%20b",
            ),
            (
                "x/a&b",
                "",
                "https://shop.example/sub/wp-json/x/a&b",
                "https://shop.example/index.php?rest_route=/x/a%26b",
            ),
        ] {
            assert_eq!(of(&path, route, parameters).unwrap().as_str(), in_path);
            assert_eq!(of(&query, route, parameters).unwrap().as_str(), in_query);
        }
    }

    #[test]
    fn a_route_that_climbs_out_of_the_api_is_refused() {
        let profile = profile("https://shop.example/wp-json/", "path");
        for route in [
            "../wp-admin/",
            "wc/../../wp-login.php",
            "%2e%2e/wp-admin",
            "wc/%2E%2e/%2e./x",
            "wc/..%2f..%2fwp-admin",
            "wc/.%5c..",
            "..\\wp-admin",
            "wc/./x",
        ] {
            let error = of(&profile, route, "").unwrap_err();
            assert_eq!(error.code().as_str(), "API03003", "{route}");
        }
        assert!(of(&profile, "wc/v3/products/..hidden", "").is_ok());
        assert!(
            of(&profile, "//evil.example/x", "")
                .unwrap()
                .as_str()
                .starts_with("https://shop.example/wp-json/")
        );
    }

    #[test]
    fn other_credentials_and_other_routes_are_left_out_of_the_query() {
        let profile = profile("https://shop.example/wp-json/", "path");
        let query = "a=1&authorization=x&consumer_key=ck&consumer_secret=cs&oauth_signature=s&rest_route=/x\
                     &Authorization[]=y&%20authorization=z&_wpnonce=n&b=2";
        assert_eq!(of(&profile, "x", query).unwrap().query(), Some("a=1&b=2"));
        assert_eq!(of(&profile, "x", "authorization=x").unwrap().query(), None);
        for smuggled in ["authorization\r=x", "rest_\troute=/y", "a=1&\nconsumer_secret=z"] {
            assert!(of(&profile, "x", smuggled).is_err(), "{smuggled:?}");
        }
    }
}
