//! What is known about a store between two visits: where its interface is, how a token travels, what it runs.

use evertill_session::Place;
use evertill_wire::AccessToken;
use evertill_wire::rest::site::EvertillStore;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::address::StoreAddress;

/// How the store's REST routes are addressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RouteStyle {
    /// `/wp-json/wcpos/v2/site`.
    #[default]
    Path,
    /// `/?rest_route=/wcpos/v2/site`, on sites with plain permalinks.
    Query,
}

/// Where the access token travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenPlace {
    /// `Authorization: Bearer …`.
    #[default]
    Header,
    /// `?authorization=…`, where something strips the header.
    BareParameter,
    /// `?authorization=Bearer …`, for stores older than 1.10 where something strips the header.
    BearerParameter,
}

impl TokenPlace {
    /// Header or address, in the words of the session's rules.
    #[must_use]
    pub fn place(self) -> Place {
        match self {
            Self::Header => Place::Header,
            Self::BareParameter | Self::BearerParameter => Place::Parameter,
        }
    }

    /// The form that a store with this version of the till plugin understands; the bare one is from 1.10 on.
    pub(crate) fn of(place: Place, wcpos_version: &str) -> Self {
        match place {
            Place::Header => Self::Header,
            Place::Parameter if takes_bare_parameter(wcpos_version) => Self::BareParameter,
            Place::Parameter => Self::BearerParameter,
        }
    }

    /// The query parameter that carries the token, when it does not travel in the header.
    pub(crate) fn parameter(self, token: &AccessToken) -> Option<String> {
        match self {
            Self::Header => None,
            Self::BareParameter => Some(token.expose().to_owned()),
            Self::BearerParameter => Some(format!("Bearer {}", token.expose())),
        }
    }
}

fn takes_bare_parameter(version: &str) -> bool {
    let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let (major, minor) = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    (major, minor) >= (1, 10)
}

/// A store as discovery found it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreProfile {
    /// The address with the scheme and host that really answered.
    pub address: StoreAddress,
    /// Root of the REST interface.
    pub rest_root: Url,
    /// How routes are put on it.
    #[serde(default)]
    pub route_style: RouteStyle,
    /// Where the access token travels.
    #[serde(default)]
    pub token_place: TokenPlace,
    /// The sign-in page.
    pub sign_in_page: Url,
    /// The store's own key.
    #[serde(default)]
    pub uuid: String,
    /// Name of the shop.
    #[serde(default)]
    pub name: String,
    /// Address the store gives itself; the issuer of its tokens.
    #[serde(default)]
    pub home: String,
    /// IANA name of the shop's time zone, may be empty.
    #[serde(default)]
    pub timezone: String,
    /// Hours from UTC as text, `"0"`, `"5.5"`.
    #[serde(default)]
    pub gmt_offset: String,
    /// Version of WordPress, may be empty.
    #[serde(default)]
    pub wp_version: String,
    /// Version of WooCommerce, may be empty.
    #[serde(default)]
    pub wc_version: String,
    /// Version of the till plugin, may be empty.
    #[serde(default)]
    pub wcpos_version: String,
    /// Address of the shop's icon, may be empty.
    #[serde(default)]
    pub icon: String,
    /// What an Evertill store says about itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evertill: Option<EvertillStore>,
    /// Seconds the store's clock is ahead of this device's wall clock when it was looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_ahead_s: Option<i64>,
    /// When discovery ran, milliseconds since 1970.
    #[serde(default)]
    pub found_at_ms: i64,
}

impl StoreProfile {
    /// The address of a route such as `wcpos/v2/site` or `wc/v3/orders`, with query parameters.
    ///
    /// A leading slash is ignored; a query inside the route is not: pass parameters as `query`.
    #[must_use]
    pub fn route(&self, route: &str, query: &[(&str, &str)]) -> Url {
        route_url(&self.rest_root, self.route_style, route, query)
    }

    /// Whether everything this profile leads to may be reached from the address a person gave.
    #[must_use]
    pub fn serves(&self, given: &StoreAddress) -> bool {
        [self.address.url(), &self.rest_root, &self.sign_in_page]
            .into_iter()
            .all(|url| given.accepts(url))
    }

    /// Scheme, host and port, the only place this store's tokens may go to.
    #[must_use]
    pub fn origin(&self) -> String {
        self.rest_root.origin().ascii_serialization()
    }
}

/// Puts a route on a REST root.
pub(crate) fn route_url(root: &Url, style: RouteStyle, route: &str, query: &[(&str, &str)]) -> Url {
    let route = route.trim_start_matches('/');
    let mut url = root.clone();
    match style {
        RouteStyle::Path => {
            let path = format!("{}/{route}", root.path().trim_end_matches('/'));
            url.set_path(&path);
            url.set_query(None);
        }
        RouteStyle::Query => {
            // Slashes stay readable: some hosts refuse `%2F` in a query.
            url.set_query(Some(&format!("rest_route=/{route}")));
        }
    }
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_are_put_on_both_kinds_of_root() {
        let root = Url::parse("https://shop.example/sub/wp-json/").unwrap();
        let url = route_url(&root, RouteStyle::Path, "/wcpos/v2/site", &[("wcpos", "1")]);
        assert_eq!(
            url.as_str(),
            "https://shop.example/sub/wp-json/wcpos/v2/site?wcpos=1"
        );
        let root = Url::parse("https://shop.example/index.php?rest_route=/").unwrap();
        let url = route_url(&root, RouteStyle::Query, "wcpos/v2/site", &[("search", "a b")]);
        assert_eq!(
            url.as_str(),
            "https://shop.example/index.php?rest_route=/wcpos/v2/site&search=a+b"
        );
    }

    #[test]
    fn a_profile_of_an_older_version_with_fewer_fields_is_read() {
        let text = r#"{"address":"https://shop.example","rest_root":"https://shop.example/wp-json/",
            "sign_in_page":"https://shop.example/wcpos-auth/","later":1}"#;
        let profile: StoreProfile = serde_json::from_str(text).unwrap();
        assert_eq!(profile.route_style, RouteStyle::Path);
        assert_eq!(profile.origin(), "https://shop.example");
        let again: StoreProfile = serde_json::from_str(&serde_json::to_string(&profile).unwrap()).unwrap();
        assert_eq!(again, profile);
    }
}
