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

#[tokio::test]
async fn a_preflight_names_the_methods_of_the_route() {
    let shop = Shop::open().await;
    for (route, allow) in [
        ("wcpos/v2/auth/refresh", Some("POST")),
        ("wcpos/v1/auth/sessions", Some("GET, DELETE")),
        ("", Some("GET")),
        ("wcpos/v2/nothing/here", None),
    ] {
        let answer = shop.send("OPTIONS", &format!("/wp-json/{route}"), &[], "").await;
        assert_eq!((answer.status, answer.header("allow")), (200, allow), "{route}");
    }
}

#[tokio::test]
async fn head_is_answered_wherever_get_is() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let bearer = format!("Bearer {}", till.access);
    let headers = [("Authorization", bearer.as_str())];
    for target in [
        "/wp-json/wcpos/v2/products",
        "/wp-json/wcpos/v2/ping",
        "/openapi.json",
        "/api",
        "/healthz",
    ] {
        let answer = shop.send("HEAD", target, &headers, "").await;
        assert_eq!((answer.status, answer.body.as_str()), (200, ""), "{target}");
    }
    let refused = shop.send("HEAD", "/wp-json/wcpos/v2/products", &[], "").await;
    assert_eq!(refused.status, 401);
}

#[tokio::test]
async fn an_address_outside_the_interface_names_the_methods_it_takes() {
    let shop = Shop::open().await;
    for (method, path, allow) in [
        ("POST", "/", "GET, HEAD"),
        ("DELETE", "/wcpos-auth/", "GET, POST, HEAD"),
        ("PUT", "/openapi.json", "GET, HEAD"),
        ("POST", "/error-codes/API02007", "GET, HEAD"),
        ("GET", "/oauth/token", "POST, OPTIONS"),
    ] {
        let answer = shop.send(method, path, &[], "").await;
        assert_eq!(
            (answer.status, answer.header("allow")),
            (405, Some(allow)),
            "{method} {path}"
        );
    }
    assert_eq!(shop.send("POST", "/nothing", &[], "").await.status, 404);
}
