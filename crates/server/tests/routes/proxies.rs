//! Whose word about a client's address counts, and where the address goes.

use crate::{
    rim::shop_with,
    support::{FORM, Shop, encoded, hidden},
};

async fn guess(shop: &Shop, client: &str, name: &str) -> Option<String> {
    let target = "/wcpos-auth/?redirect_uri=wcpos%3A%2F%2Fauth&state=s1";
    let from = ("X-Forwarded-For", client);
    let page = shop.send("GET", target, &[from], "").await;
    if page.login_error().is_some() {
        return page.login_error();
    }
    let form = encoded(&[
        ("_wpnonce", hidden(&page.body, "_wpnonce")),
        ("auth_session", hidden(&page.body, "auth_session")),
        ("wcpos-log", name.to_owned()),
        ("wcpos-pwd", "wrong".to_owned()),
        ("wcpos_website", String::new()),
    ]);
    let answer = shop.send("POST", target, &[from, FORM[0]], &form).await;
    answer.login_error()
}

const TOO_MANY: Option<&str> = Some("Too many requests. Please try again later.");

#[tokio::test]
async fn behind_a_listed_proxy_one_guesser_does_not_lock_out_the_shop() {
    let shop = shop_with(&[("LISTEN_TRUSTED_PROXIES", "127.0.0.1")]).await;
    for number in 0..10 {
        guess(&shop, "2001:db8::1", &format!("nobody{number}")).await;
    }
    assert_eq!(
        guess(&shop, "2001:db8::2", "ann").await.as_deref(),
        TOO_MANY,
        "the same /64"
    );
    assert_ne!(guess(&shop, "203.0.113.5", "ann").await.as_deref(), TOO_MANY);
}

#[tokio::test]
async fn nobody_escapes_the_count_by_writing_a_header() {
    let shop = Shop::open().await;
    for number in 0..10 {
        guess(&shop, &format!("203.0.113.{number}"), &format!("nobody{number}")).await;
    }
    assert_eq!(guess(&shop, "203.0.113.99", "ann").await.as_deref(), TOO_MANY);
}

#[tokio::test]
async fn the_log_shows_the_client_and_not_the_proxy() {
    let shop = shop_with(&[("LISTEN_TRUSTED_PROXIES", "127.0.0.0/8")]).await;
    let headers = [("Forwarded", "for=\"[2001:db8::7]:99\";proto=https")];
    shop.send("GET", "/wp-json/wcpos/v2/ping", &headers, "").await;
    let text = shop.access_log();
    assert!(text.contains("\"client\":\"2001:db8::7\""), "{text}");
}

#[tokio::test]
async fn no_header_changes_the_address_the_store_gives_out() {
    let shop = shop_with(&[("LISTEN_TRUSTED_PROXIES", "127.0.0.1")]).await;
    let headers = [
        ("X-Forwarded-Host", "evil.example"),
        ("X-Forwarded-Proto", "https"),
        ("Forwarded", "for=1.2.3.4;host=evil.example;proto=https"),
    ];
    let answer = shop.send("GET", "/wp-json/wcpos/v2/site", &headers, "").await;
    assert_eq!(answer.status, 200);
    assert!(!answer.body.contains("evil.example"), "{}", answer.body);
    assert_eq!(
        answer.json()["url"],
        shop.handle.url().as_str().trim_end_matches('/')
    );
}
