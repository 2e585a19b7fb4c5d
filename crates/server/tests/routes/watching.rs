//! What machines ask about the process.

use crate::{rim::shop_with, support::Shop};

/// The value of a line of the figures.
#[track_caller]
pub(crate) fn figure(page: &str, name: &str) -> f64 {
    let line = page
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("no {name} in\n{page}"))
        .parse()
        .unwrap()
}

#[tokio::test]
async fn the_process_and_the_database_are_asked_apart() {
    let shop = Shop::open().await;
    assert_eq!(shop.get("/healthz").await.json()["status"], "ok");
    assert_eq!(shop.get("/readyz").await.json()["status"], "ready");
    let answer = shop.send("DELETE", "/healthz", &[], "").await;
    assert_eq!(answer.status, 405);
    assert_eq!(answer.header("allow"), Some("GET, HEAD"));
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    assert_eq!(answer.json()["type"], "/error-codes/API03006");
}

#[tokio::test]
async fn the_figures_follow_what_happens() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    shop.renew(&till.refresh).await;
    shop.submit("cashier", "wrong").await;
    shop.get("/wp-json/wcpos/v2/products").await;
    shop.delete_as(&till, &format!("auth/sessions?user_id={}", till.user_id))
        .await;
    shop.renew(&till.refresh).await;
    let answer = shop.get("/metrics").await;
    assert_eq!(
        answer.header("content-type"),
        Some("text/plain; version=0.0.4; charset=utf-8")
    );
    let page = answer.body;
    for (name, value) in [
        ("evertill_renewals_total{outcome=\"renewed\"}", 1.0),
        ("evertill_renewals_total{outcome=\"refused\"}", 1.0),
        ("evertill_refusals_total{reason=\"revoked\"}", 1.0),
        ("evertill_refusals_total{reason=\"unauthorized\"}", 1.0),
        ("evertill_sign_ins_total{outcome=\"accepted\"}", 1.0),
        ("evertill_sign_ins_total{outcome=\"refused\"}", 1.0),
        ("evertill_sessions", 0.0),
        ("evertill_database_up", 1.0),
        ("evertill_requests_under_way", 0.0),
    ] {
        assert_eq!(figure(&page, name), value, "{name}");
    }
    assert!(figure(&page, "evertill_connections") >= 1.0);
    assert!(figure(&page, "evertill_database_seconds_count") >= 1.0);
    for secret in [&till.access, &till.refresh, "cashier"] {
        assert!(!page.contains(secret), "{secret} stands in the figures");
    }
}

#[tokio::test]
async fn the_figures_are_for_this_machine_and_those_on_the_list() {
    let shop = Shop::open().await;
    let relayed = [("X-Forwarded-For", "203.0.113.5")];
    let answer = shop.send("GET", "/metrics", &relayed, "").await;
    assert_eq!(answer.status, 403, "a proxy nobody listed speaks for anybody");
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    let proxied = shop_with(&[
        ("LISTEN_TRUSTED_PROXIES", "127.0.0.1"),
        ("METRICS_ALLOW", "198.51.100.0/24"),
    ])
    .await;
    let ask = async |client: &str| {
        let headers = [("X-Forwarded-For", client)];
        proxied.send("GET", "/metrics", &headers, "").await.status
    };
    assert_eq!(ask("198.51.100.9").await, 200);
    assert_eq!(ask("203.0.113.5").await, 403);
    assert_eq!(proxied.get("/metrics").await.status, 403);
}
