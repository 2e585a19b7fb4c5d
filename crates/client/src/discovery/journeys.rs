//! Whole searches against servers that answer as recorded sites do.

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use evertill_wire::Code;

use super::{CheckName, CheckState, Discovery, discover};
use crate::profile::{RouteStyle, TokenPlace};
use crate::recorded;

/// A site: what it answers to `METHOD /path` (or `METHOD ?rest_route=/path`), everything else being its home page.
#[derive(Clone)]
struct Site(BTreeMap<&'static str, &'static str>);

impl Site {
    fn with(answers: &[(&'static str, &'static str)]) -> Self {
        Self(answers.iter().copied().collect())
    }

    async fn open(self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let own = url.clone();
        let serve = move |request: Request| {
            let response = self.answer(&request, &own);
            async move { response }
        };
        tokio::spawn(async move { axum::serve(listener, Router::new().fallback(serve)).await });
        url
    }

    fn answer(&self, request: &Request, own: &str) -> Response {
        let query = request.uri().query().unwrap_or_default();
        let route = query.split('&').find_map(|pair| pair.strip_prefix("rest_route="));
        let place = match route {
            Some(route) => format!("{} ?rest_route={route}", request.method()),
            None => format!("{} {}", request.method(), request.uri().path()),
        };
        let name = self
            .0
            .get(place.as_str())
            .copied()
            .unwrap_or("discovery-plain-permalinks-wp-json");
        let answer = recorded::named(name);
        let mut headers = answer.headers.clone();
        if let Some(link) = headers.remove("link") {
            let link = link.to_str().unwrap().replace("http://127.0.0.1:8085", own);
            let is_named = self.0.contains_key("HEAD /");
            if is_named {
                headers.insert("link", link.parse().unwrap());
            }
        }
        let body = String::from_utf8(answer.body.to_vec())
            .unwrap()
            .replace("http:\\/\\/127.0.0.1:8085", &own.replace('/', "\\/"));
        (answer.status, headers, body).into_response()
    }
}

fn row(discovery: &Discovery, name: CheckName) -> (CheckState, Option<Code>) {
    let check = discovery.checks.iter().find(|check| check.name == name).unwrap();
    (check.state, check.code)
}

#[tokio::test]
async fn a_stock_store_is_found_by_its_link_and_its_sign_in_page_taken_over_plain_http() {
    let url = Site::with(&[
        ("HEAD /", "discovery-head-home"),
        ("GET /wp-json/wcpos/v2/site", "discovery-wcpos-v2-site"),
        ("GET /wp-json/wcpos/v2/echo", "discovery-wcpos-v3-site"),
        ("GET /wp-json/wcpos/v2/auth/test", "auth-test-v2-both"),
    ])
    .open()
    .await;
    let discovery = discover(&url).await;
    assert_eq!(
        row(&discovery, CheckName::SignInPage),
        (CheckState::Warn, Some(Code::INVALID_SITE_CONFIGURATION))
    );
    assert_eq!(row(&discovery, CheckName::TokenWay).0, CheckState::Ok);
    let profile = discovery.result.unwrap();
    assert_eq!(profile.rest_root.as_str(), format!("{url}/wp-json/"));
    assert_eq!(profile.sign_in_page.as_str(), format!("{url}/wcpos-auth/"));
    assert_eq!(
        (profile.wc_version.as_str(), profile.token_place),
        ("10.0.2", TokenPlace::Header)
    );
}

#[tokio::test]
async fn a_store_without_its_port_in_the_address_bar_is_found_over_http_on_this_device() {
    let url = Site::with(&[
        ("GET /wp-json/wcpos/v2/site", "discovery-wcpos-v2-site"),
        ("GET /wp-json/wcpos/v2/auth/test", "auth-test-v2-header"),
    ])
    .open()
    .await;
    let discovery = discover(url.trim_start_matches("http://")).await;
    assert_eq!(
        row(&discovery, CheckName::Reachable),
        (CheckState::Warn, Some(Code::STORE_WANTS_HTTPS))
    );
    assert_eq!(discovery.result.unwrap().origin(), url);
}

#[tokio::test]
async fn plain_permalinks_are_found_with_and_without_the_link() {
    for home in [Some(("HEAD /", "discovery-plain-permalinks-head-home")), None] {
        let mut answers = vec![
            (
                "GET ?rest_route=/wcpos/v2/site",
                "discovery-plain-permalinks-site",
            ),
            (
                "GET ?rest_route=/wcpos/v2/auth/test",
                "auth-test-v2-header-stripped-param",
            ),
        ];
        answers.extend(home);
        let url = Site::with(&answers).open().await;
        let discovery = discover(&url).await;
        assert_eq!(row(&discovery, CheckName::TokenWay).0, CheckState::Warn);
        let profile = discovery.result.unwrap();
        assert_eq!(
            (profile.route_style, profile.token_place),
            (RouteStyle::Query, TokenPlace::BareParameter)
        );
        assert!(profile.route("wcpos/v2/site", &[]).as_str().starts_with(&url));
    }
}

#[tokio::test]
async fn what_is_missing_is_named_in_the_row_where_it_is_missed() {
    for (answers, name, code) in [
        (vec![], CheckName::Interface, Code::WORDPRESS_API_DISABLED),
        (
            vec![
                ("GET /wp-json/wcpos/v2/site", "discovery-plugin-deactivated-site"),
                ("GET /wp-json/", "discovery-plugin-deactivated-root"),
            ],
            CheckName::Plugin,
            Code::WCPOS_PLUGIN_NOT_FOUND,
        ),
        (
            vec![("GET /wp-json/wcpos/v2/site", "discovery-rest-requires-login")],
            CheckName::Interface,
            Code::WORDPRESS_API_DISABLED,
        ),
        (
            vec![("GET /wp-json/wcpos/v2/site", "discovery-database-down-site")],
            CheckName::Interface,
            Code::WEBSITE_UNAVAILABLE,
        ),
    ] {
        let url = Site::with(&answers).open().await;
        let discovery = discover(&url).await;
        assert_eq!(
            row(&discovery, name),
            (CheckState::Bad, Some(code)),
            "{answers:?}: {:?}",
            discovery.checks
        );
        assert_eq!(discovery.result.unwrap_err().code(), code);
    }
}
