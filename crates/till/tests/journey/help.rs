//! Help pages in a running till: what a code means, and what this till knows about it.

use crate::support::{Desk, Store};

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_a_failed_renewal_shows_how_the_session_stands_now() {
    let store = Store::open().await;
    let desk = Desk::open(&store.url()).await;
    let page = desk.browser.get("/error-codes/API02007").await;
    assert_eq!(page.status, 200);
    for part in [
        "The till could not renew its session",
        "Ended at the store",
        "no sign of it",
        "href=\"/error-codes/API02008\"",
    ] {
        assert!(page.body.contains(part), "{part}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn help_is_there_before_anybody_signed_in() {
    let store = Store::open().await;
    let desk = Desk::new(&store.url()).await;
    let index = desk.browser.get("/error-codes?q=Expired+token").await;
    assert_eq!(index.status, 200);
    assert!(index.body.contains("href=\"/error-codes/API02009\""));
    let page = desk.browser.get("/error-codes/api02010").await;
    assert!(page.body.contains("Nobody is signed in"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_no_code_leads_to_the_search() {
    let store = Store::open().await;
    let desk = Desk::new(&store.url()).await;
    assert_eq!(desk.browser.get("/error-codes/HELLO1").await.status, 303);
}
