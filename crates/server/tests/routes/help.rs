//! The pages that explain the error codes.

use crate::support::Shop;

#[tokio::test]
async fn every_code_has_a_page_that_carries_its_own_policy() {
    let shop = Shop::open().await;
    let answer = shop.get("/error-codes/API02007").await;
    assert_eq!(answer.status, 200);
    assert!(
        answer.body.contains("The till could not renew its session"),
        "{}",
        answer.body
    );
    assert!(
        answer.body.contains("href=\"/error-codes/API02009\""),
        "{}",
        answer.body
    );
    let policy = answer.header("content-security-policy").unwrap();
    assert!(
        policy.starts_with("default-src 'none'; style-src 'self';"),
        "{policy}"
    );
    assert!(!answer.body.contains("<script") && !answer.body.contains(" style="));
    assert_eq!(
        shop.get("/assets/help.css").await.header("content-type"),
        Some("text/css; charset=UTF-8")
    );
}

#[tokio::test]
async fn a_pasted_message_finds_its_code_and_a_code_its_page() {
    let shop = Shop::open().await;
    let found = shop
        .get("/error-codes?q=Refresh%20token%20has%20been%20revoked")
        .await;
    assert_eq!(found.status, 200);
    assert!(found.body.contains("This fits best"), "{}", found.body);
    let moved = shop.get("/error-codes?q=api02008").await;
    assert_eq!(moved.status, 303);
    assert!(
        moved
            .header("location")
            .unwrap()
            .ends_with("/error-codes/API02008")
    );
}

#[tokio::test]
async fn what_is_no_code_leads_to_the_index_and_is_shown_as_text() {
    let shop = Shop::open().await;
    let answer = shop.get("/error-codes/%3Cscript%3E").await;
    assert_eq!(answer.status, 200);
    assert!(!answer.body.contains("<script"), "{}", answer.body);
}

#[tokio::test]
async fn the_language_follows_what_is_asked_for() {
    let shop = Shop::open().await;
    let answer = shop.get("/error-codes/API02007?lang=de").await;
    assert!(
        answer
            .body
            .contains("Die Kasse konnte ihre Sitzung nicht erneuern"),
        "{}",
        answer.body
    );
}
