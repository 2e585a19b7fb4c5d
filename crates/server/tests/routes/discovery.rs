//! Finding the store.

use crate::support::Shop;

#[tokio::test]
async fn every_page_names_the_interface() {
    let shop = Shop::open().await;
    let home = shop.handle.url();
    for target in ["/", "/nowhere", "/wcpos-auth/", "/wp-json/", "/wp-json/nope"] {
        let answer = shop.send("HEAD", target, &[], "").await;
        let expected = format!("<{home}wp-json/>; rel=\"https://api.w.org/\"");
        assert_eq!(answer.header("link"), Some(expected.as_str()), "{target}");
        assert_eq!(answer.body, "");
    }
}

#[tokio::test]
async fn the_site_payload_has_what_a_client_insists_on() {
    let shop = Shop::open().await;
    let answer = shop.get("/wp-json/wcpos/v2/site?wcpos=1").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("cache-control"), Some("private, no-store"));
    let site = answer.json();
    assert_eq!(site["namespaces"], serde_json::json!(["wcpos/v2", "wc/v3"]));
    let page = site["authentication"]["wcpos"]["endpoints"]["authorization"]
        .as_str()
        .unwrap();
    assert_eq!(page, format!("{}wcpos-auth/", shop.handle.url()));
    assert_eq!(site["evertill"]["version"], env!("CARGO_PKG_VERSION"));
}

#[tokio::test]
async fn every_answer_carries_the_stores_own_time() {
    let shop = Shop::open().await;
    assert_eq!(
        shop.get("/").await.header("date"),
        Some("Mon, 23 Nov 2026 02:56:33 GMT")
    );
    shop.pass(60);
    assert_eq!(
        shop.get("/wp-json/").await.header("date"),
        Some("Mon, 23 Nov 2026 02:57:33 GMT")
    );
}

#[tokio::test]
async fn a_browser_that_asks_first_is_told_what_it_may() {
    let shop = Shop::open().await;
    let answer = shop
        .send(
            "OPTIONS",
            "/wp-json/wcpos/v2/push/orders",
            &[("Origin", "https://app.example")],
            "",
        )
        .await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("access-control-max-age"), Some("7200"));
    let allowed = answer.header("access-control-allow-headers").unwrap();
    for name in [
        "Authorization",
        "X-WCPOS",
        "Idempotency-Key",
        "If-Match",
        "X-WCPOS-Store",
    ] {
        assert!(allowed.contains(name), "{name}");
    }
}
