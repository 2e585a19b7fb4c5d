//! What the session does, and what that never does to the sale.

use url::Url;

use crate::support::{Desk, Person, Store, sign_in};

/// Goes through the store's own page as a person would, and comes back to the till.
async fn through_the_stores_page(desk: &Desk, name: &str) {
    let browser = &desk.browser;
    browser.get("/sign-in").await;
    desk.eventually("the checklist is done", async || {
        browser.fragment("/sign-in").await.body.contains("/sign-in/start")
    })
    .await;
    let csrf = browser.fragment("/sign-in").await.field("csrf");
    let begun = browser
        .post_with(&csrf, "/sign-in/start", &[("till_name", "Till 2")])
        .await;
    assert_eq!(begun.status, 303, "{}", begun.body);
    let client = browser.client();
    let form = client.get(&begun.location).send().await.unwrap();
    let page = crate::browser::Page {
        status: form.status().as_u16(),
        location: String::new(),
        headers: form.headers().clone(),
        body: form.text().await.unwrap(),
    };
    let (nonce, session) = (page.field("_wpnonce"), page.field("auth_session"));
    let password = format!("{name}-demo");
    let fields = [
        ("_wpnonce", nonce.as_str()),
        ("auth_session", &session),
        ("wcpos-log", name),
        ("wcpos-pwd", &password),
        ("wcpos_website", ""),
    ];
    let back = client.post(&begun.location).form(&fields).send().await.unwrap();
    let back = back.headers()["location"].to_str().unwrap().to_owned();
    assert!(begun.location.contains("/oauth/authorize?"), "{}", begun.location);
    assert!(back.contains("code=") && !back.contains("token"), "{back}");
    // The browser comes from the store's site: no cookie of the till goes along.
    let left = client.get(back).send().await.unwrap();
    assert_eq!(left.status(), 303, "the address with the code is no page");
    assert_eq!(left.headers()["location"], "/");
    assert_eq!(left.headers()["referrer-policy"], "no-referrer");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_till_looks_at_the_store_and_signs_in_on_its_page() {
    let store = Store::open().await;
    let desk = Desk::new(&store.url()).await;
    desk.browser.get("/").await.leads_to("/sign-in");
    through_the_stores_page(&desk, "cashier").await;
    let session = desk.browser.get("/session").await;
    session.holds("Ada Osei").holds("Till 2");
    desk.sell_when_ready().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_callback_that_nobody_waits_for_signs_nobody_in() {
    let store = Store::open().await;
    let desk = Desk::new(&store.url()).await;
    let forged = "/sign-in/callback?access_token=a.b.c&refresh_token=d.e.f&uuid=x&state=0123";
    desk.browser.get(forged).await.leads_to("/sign-in");
    desk.browser.get("/sign-in").await.holds("API02012");
    desk.browser.get("/").await.leads_to("/sign-in");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ended_by_the_owner_leaves_the_sale_alone_and_another_person_sends_it() {
    let store = Store::open().await;
    let desk = Desk::open(&store.url()).await;
    let owner = Person::signed_in(&store.url(), "owner").await;
    desk.add_some(2).await;
    let before = desk.browser.get("/checkout").await.field("sale_key");
    owner.end_session(&desk.till).await;
    let csrf = desk.browser.csrf().await;
    desk.browser.post_with(&csrf, "/session/renew", &[]).await;
    desk.eventually("the till knows that a person is needed", async || {
        desk.browser
            .get("/")
            .await
            .body
            .contains("Sign-in needed to send")
    })
    .await;
    assert_eq!(desk.browser.get("/checkout").await.field("sale_key"), before);
    let uuid = desk.pay("500").await;
    desk.browser
        .get(&format!("/sale/{uuid}/done"))
        .await
        .holds("Waits for a sign-in");
    let sheet = desk.browser.fragment("/session/sheet").await;
    sheet
        .holds("1 sale")
        .holds("Sign in as Ada")
        .holds("Later, keep selling");
    for word in ["expired token", "401", "nauthori"] {
        sheet.lacks(word);
    }
    assert_eq!(owner.orders_of(&uuid).await.len(), 0);
    through_the_stores_page(&desk, "cashier2").await;
    desk.sent(&uuid).await;
    assert_eq!(owner.orders_of(&uuid).await.len(), 1);
    desk.browser
        .get(&format!("/sale/{uuid}"))
        .await
        .holds("rung up by Ada Osei, sent by Cara Lindqvist");
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_is_refused_while_a_sale_waits_and_the_register_stays_after_it() {
    let mut store = Store::open().await;
    let desk = Desk::open(&store.url()).await;
    store.stop().await;
    let uuid = desk.sell(1).await;
    let refused = desk.browser.post("/session/sign-out", &[]).await;
    assert_eq!(refused.status, 409);
    refused.holds("PY03003").holds("1 sale");
    store.start().await;
    desk.sent(&uuid).await;
    desk.browser
        .post("/session/sign-out", &[])
        .await
        .leads_to("/session");
    let register = desk.browser.get("/").await;
    assert_eq!(register.status, 200);
    register.holds("Signed out");
    let unsent = desk.sell(1).await;
    desk.browser
        .get(&format!("/sale/{unsent}/done"))
        .await
        .holds("Waits for a sign-in");
    sign_in(desk.till.keeper(), "cashier").await;
    desk.sent(&unsent).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_of_a_whole_journey_holds_a_token() {
    let store = Store::open().await;
    let desk = Desk::new(&store.url()).await;
    through_the_stores_page(&desk, "cashier").await;
    let first = desk.till.keeper().access_token().await.unwrap();
    desk.sell_when_ready().await;
    let csrf = desk.browser.csrf().await;
    desk.browser
        .post_with(&csrf, "/session/renew", &[])
        .await
        .leads_to("/session");
    let second = desk.till.keeper().access_token().await.unwrap();
    assert_ne!(first, second);
    for path in [
        "/",
        "/session",
        "/sales",
        "/session/sheet",
        "/sign-in",
        "/cart/parked",
        "/healthz",
        "/nowhere",
    ] {
        desk.browser.get(path).await;
    }
    let seen = desk.browser.seen();
    assert!(seen.contains("Ada Osei"));
    for token in [first, second] {
        for part in token.expose().split('.') {
            assert!(!seen.contains(part), "a part of a token reached the browser");
        }
    }
    assert!(
        !seen.contains("eyJ"),
        "something like a token reached the browser"
    );
}

impl Desk {
    /// Sells one item as soon as the register shows some, and waits for the order.
    async fn sell_when_ready(&self) {
        self.eventually("the register shows products", async || {
            self.browser.get("/").await.body.contains("class=\"tile\"")
        })
        .await;
        let uuid = self.sell(1).await;
        self.sent(&uuid).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_way_to_the_stores_page_is_allowed_by_the_policy_of_the_page() {
    let store = Store::open().await;
    let desk = Desk::new(&store.url()).await;
    let page = desk.browser.get("/sign-in").await;
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    let store = Url::parse(&store.url()).unwrap().origin().ascii_serialization();
    assert!(
        policy.contains(&format!("form-action 'self' {store}")),
        "{policy}"
    );
}
