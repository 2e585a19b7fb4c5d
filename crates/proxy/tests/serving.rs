//! The proxy in front of the store server itself.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::net::SocketAddr;

use evertill_client::vault::KeyChoice;
use evertill_client::{Home, Keeper, KeeperOptions, StoreAddress};
use evertill_proxy::{Proxy, ProxyError, start};
use evertill_server::{ServeOptions, ServerHandle};
use evertill_wire::{Password, Problem};
use reqwest::header::HOST;
use tempfile::TempDir;

const LOOPBACK: ([u8; 4], u16) = ([127, 0, 0, 1], 0);

struct Place {
    dir: TempDir,
    store: ServerHandle,
    client: reqwest::Client,
}

impl Place {
    async fn open() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let options = ServeOptions {
            sample_shop: true,
            access_log: true,
            ..ServeOptions::new(SocketAddr::from(LOOPBACK), dir.path().join("store"))
        };
        let store = evertill_server::start(options).await.unwrap();
        // A second installation is refused, and the first one serves just as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none());
        Self {
            dir,
            store,
            client: client.build().unwrap(),
        }
    }

    async fn keeper(&self) -> Keeper {
        let home = Home::open(self.dir.path().join("till")).unwrap();
        let store = StoreAddress::parse(self.store.url().as_str()).unwrap();
        let options = KeeperOptions {
            key: Some(KeyChoice::File),
            ..KeeperOptions::default()
        };
        Keeper::open(&home, &store, options).await.unwrap()
    }

    async fn proxy(&self) -> Proxy {
        let keeper = self.keeper().await;
        keeper
            .sign_in("owner", &Password::new("owner-demo"))
            .await
            .unwrap();
        start(SocketAddr::from(LOOPBACK), keeper).await.unwrap()
    }

    /// Requests to protected routes that the store has answered so far.
    fn asked(&self) -> usize {
        let log = std::fs::read_to_string(self.dir.path().join("store/access.log")).unwrap();
        log.lines()
            .filter(|line| line.contains("wcpos/v2/products"))
            .count()
    }

    async fn get(&self, url: &str, headers: &[(&str, &str)]) -> reqwest::Response {
        let mut request = self.client.get(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.unwrap()
    }
}

async fn problem(answer: reqwest::Response) -> Problem {
    assert_eq!(answer.headers()["content-type"], Problem::CONTENT_TYPE);
    let problem: Problem = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    assert!(problem.remedy.ends_with('.'), "{problem:?}");
    problem
}

#[tokio::test]
async fn a_program_with_the_key_reads_the_shop_and_never_sees_a_token() {
    let place = Place::open().await;
    let proxy = place.proxy().await;
    let (address, key) = (proxy.address(), proxy.key().expose().to_owned());
    let plain = format!("http://{address}/wp-json/wcpos/v2/products?per_page=2");
    let keyed = format!("http://{address}/{key}/wp-json/wcpos/v2/products?per_page=2");
    for answer in [
        place.get(&plain, &[("X-Evertill-Proxy-Key", &key)]).await,
        place
            .get(&keyed, &[("Authorization", "Basic bm9ib2R5OndoYXRldmVy")])
            .await,
    ] {
        assert_eq!(answer.status(), 200);
        assert!(answer.headers().contains_key("x-wp-total"));
        assert!(!answer.headers().contains_key("access-control-allow-origin"));
        assert!(
            answer.headers()["content-security-policy"]
                .to_str()
                .unwrap()
                .contains("sandbox")
        );
        let headers = format!("{:?}", answer.headers());
        let text = headers + &answer.text().await.unwrap();
        assert!(!text.contains("eyJ"), "{text}");
    }
    proxy.shutdown().await;
}

#[tokio::test]
async fn who_is_not_served_is_told_why_and_the_store_hears_nothing() {
    let place = Place::open().await;
    let proxy = place.proxy().await;
    let (address, key) = (proxy.address(), proxy.key().expose().to_owned());
    let keyed = format!("http://{address}/{key}/wcpos/v2/products");
    let before = place.asked();
    for (url, header, status) in [
        (format!("http://{address}/wcpos/v2/products"), ("x-a", "1"), 401),
        (
            format!("http://{address}/wcpos/v2/products"),
            ("x-evertill-proxy-key", "guess"),
            401,
        ),
        (keyed.clone(), ("origin", "https://evil.example"), 403),
        (keyed.clone(), ("sec-fetch-site", "cross-site"), 403),
        (keyed.clone(), (HOST.as_str(), "evil.example"), 421),
        (
            format!("http://{address}/{key}/..%2f..%2fwc/v3/x"),
            ("x-a", "1"),
            400,
        ),
    ] {
        let answer = place.get(&url, &[header]).await;
        assert_eq!(answer.status(), status, "{header:?}");
        let problem = problem(answer).await;
        assert_eq!(problem.status, status);
        let explained = place.get(&format!("http://{address}{}", problem.kind), &[]).await;
        assert!(explained.text().await.unwrap().starts_with(problem.code.as_str()));
    }
    assert_eq!(place.asked(), before);
    proxy.shutdown().await;
}

#[tokio::test]
async fn without_a_session_or_a_store_the_answer_says_what_to_do() {
    let place = Place::open().await;
    let nobody = start(SocketAddr::from(LOOPBACK), place.keeper().await)
        .await
        .unwrap();
    let url = format!(
        "http://{}/{}/wcpos/v2/products",
        nobody.address(),
        nobody.key().expose()
    );
    let answer = place.get(&url, &[]).await;
    assert_eq!(answer.status(), 503);
    let said = problem(answer).await;
    assert_eq!(said.code.as_str(), "API02010");
    assert!(said.remedy.contains("evertill login --store"), "{}", said.remedy);
    nobody.shutdown().await;

    let proxy = place.proxy().await;
    let url = format!(
        "http://{}/{}/wcpos/v2/products",
        proxy.address(),
        proxy.key().expose()
    );
    place.store.shutdown().await;
    let answer = place.client.get(&url).send().await.unwrap();
    assert_eq!(answer.status(), 502);
    assert_eq!(answer.headers()["retry-after"], "1");
    assert_eq!(problem(answer).await.code.as_str(), "API01002");
    proxy.shutdown().await;
}

#[tokio::test]
async fn an_address_that_other_machines_reach_is_refused() {
    let place = Place::open().await;
    let keeper = place.keeper().await;
    for listen in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
        let refused = start(listen.parse().unwrap(), keeper.clone()).await;
        assert!(matches!(refused, Err(ProxyError::NotLoopback { .. })), "{listen}");
    }
    keeper.shutdown().await;
}
