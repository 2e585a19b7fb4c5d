//! What a person can do about a fault from the till, and what each of these things leaves alone.

use crate::browser::{Browser, Page};
use crate::support::{Desk, Person, Store, sign_in, till_of};

const PASSPHRASE: &str = "three dry walnuts";

#[tokio::test(flavor = "multi_thread")]
async fn each_remedy_says_first_what_happens_and_what_stays_and_is_written_down_after() {
    let store = Store::open().await;
    let desk = Desk::open(&store.url()).await;
    for (slug, button, said) in [
        ("renew", "Renew now", "Renewed the session."),
        ("try-now", "Try now", "Ended the pause"),
        ("transport", "Switch", "The sign-in travels in the address now."),
        ("catalogue", "Rebuild the catalogue", "Set the catalogue aside"),
    ] {
        let path = format!("/mend/{slug}");
        let preview = desk.browser.get(&path).await;
        preview
            .holds(button)
            .holds("What stays")
            .holds("Every sale, sent or not");
        desk.browser.post(&path, &[]).await.leads_to("/health#done");
        desk.browser
            .get("/health")
            .await
            .holds(said)
            .holds("Asked for by");
    }
    assert_eq!(desk.browser.get("/mend/sell-all").await.status, 404);
    let aside = std::fs::read_to_string(desk.home.path().join("catalogue.set-aside.json")).unwrap();
    assert!(aside.contains("Espresso"), "{aside}");
    // The other way still serves, and the catalogue came back.
    desk.eventually("the catalogue is there again", async || {
        let page = desk.browser.get("/").await.body;
        page.contains(" items here") && !page.contains("more are coming")
    })
    .await;
    let uuid = desk.sell(1).await;
    desk.sent(&uuid).await;
}

/// Saves what waits at a till into a file.
async fn exported(desk: &Desk) -> Page {
    desk.browser
        .post(
            "/sales/export",
            &[("passphrase", PASSPHRASE), ("again", PASSPHRASE)],
        )
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn clearing_waits_until_the_sales_are_in_a_file_and_then_ends_the_session_but_keeps_the_sales() {
    let mut store = Store::open().await;
    let desk = Desk::open(&store.url()).await;
    store.stop().await;
    let uuid = desk.sell(2).await;
    for slug in ["clear-cache", "clear-session", "clear-all"] {
        let preview = desk.browser.get(&format!("/mend/{slug}")).await;
        preview
            .holds("1 sale over")
            .holds("PY03003")
            .holds("/sales/carry");
        desk.browser
            .post(&format!("/mend/{slug}"), &[])
            .await
            .holds("1 sale over");
    }
    assert!(!desk.till.keeper().status().needs_person());
    let differs = [("passphrase", PASSPHRASE), ("again", "other words")];
    desk.browser
        .post("/sales/export", &differs)
        .await
        .holds("The two passphrases differ");
    let file = exported(&desk).await;
    assert_eq!(file.headers["content-type"], "application/octet-stream");

    desk.browser
        .post("/mend/clear-all", &[])
        .await
        .leads_to("/health#done");
    desk.browser.get("/health").await.holds("Ended the session here");
    assert!(desk.till.keeper().status().needs_person());
    desk.browser
        .get(&format!("/sale/{uuid}"))
        .await
        .holds("Copied into a sealed file");

    store.start().await;
    sign_in(desk.till.keeper(), "cashier").await;
    desk.sent(&uuid).await;
}

/// Hands a file to a till the way its form does.
async fn import(browser: &Browser, file: &[u8], passphrase: &str) -> Page {
    let csrf = browser.csrf().await;
    let mut body = Vec::new();
    let mut part = |head: &str, content: &[u8]| {
        body.extend_from_slice(b"--walnut\r\nContent-Disposition: form-data; ");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(b"\r\n\r\n");
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    };
    part("name=\"csrf\"", csrf.as_bytes());
    part("name=\"passphrase\"", passphrase.as_bytes());
    part("name=\"file\"; filename=\"a\"", file);
    body.extend_from_slice(b"--walnut--\r\n");
    let url = browser.url("/sales/import");
    let origin = url.origin().ascii_serialization();
    let request = browser.client().post(url).header("Origin", origin);
    let request = request.header("Content-Type", "multipart/form-data; boundary=walnut");
    browser.send(request.body(body)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_till_takes_in_the_file_of_another_and_the_shop_books_each_sale_once() {
    let mut store = Store::open().await;
    let first = Desk::open(&store.url()).await;
    let second = Desk::open(&store.url()).await;
    store.stop().await;
    let uuid = first.sell(2).await;
    let csrf = first.browser.csrf().await;
    let origin = first.browser.url("/").origin().ascii_serialization();
    let fields = [
        ("csrf", csrf.as_str()),
        ("passphrase", PASSPHRASE),
        ("again", PASSPHRASE),
    ];
    let request = first.browser.client().post(first.browser.url("/sales/export"));
    let answer = request
        .header("Origin", origin)
        .header("Cookie", first.browser.cookie())
        .form(&fields)
        .send()
        .await
        .unwrap();
    let file = answer.bytes().await.unwrap();

    let wrong = import(&second.browser, &file, "another walnut").await;
    wrong.holds("SY01011");
    let taken = import(&second.browser, &file, PASSPHRASE).await;
    taken.holds("Took in 1 sale over").holds("0 were here already");
    let again = import(&second.browser, &file, PASSPHRASE).await;
    again.holds("Took in no sales").holds("1 were here already");
    second
        .browser
        .get(&format!("/sale/{uuid}"))
        .await
        .holds("Brought here from Till 1");

    store.start().await;
    second.sent(&uuid).await;
    first.sent(&uuid).await;
    let owner = Person::signed_in(&store.url(), "owner").await;
    assert_eq!(owner.orders_of(&uuid).await.len(), 1);

    let elsewhere = Store::open().await;
    let home = tempfile::tempdir().unwrap();
    let stranger = till_of(&elsewhere.url(), home.path()).await;
    let refused = import(&Browser::at(stranger.url()), &file, PASSPHRASE).await;
    refused.holds("The sales in the file are for");
    stranger.shutdown().await;
}
