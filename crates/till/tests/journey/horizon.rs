//! The end that a store sets for a session, announced before it comes.

use std::time::Duration;

use evertill_client::Home;
use evertill_client::StoreAddress;
use evertill_client::clock::{Clock, HandClock};
use evertill_client::vault::{KeyChoice, Vault};
use serde_json::{Value, json};

use crate::doctoring::{desk_at, desk_with_clock};
use crate::support::{Desk, Store};

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(86_400);
const DUE: &str = "Sign-in due in";

/// Makes the session one of a store that ends it thirty days after the sign-in, a week and five minutes from now.
fn set_horizon(home: &tempfile::TempDir, store: &Store, clock: &HandClock) {
    let home = Home::open(home.path()).unwrap();
    let vault = Vault::new(
        &home,
        &StoreAddress::parse(&store.url()).unwrap(),
        KeyChoice::File,
    );
    let lock = vault.try_lock().unwrap().unwrap();
    let mut contents: Value = serde_json::from_slice(&vault.read().unwrap().unwrap()).unwrap();
    let grant = &mut contents["record"]["grant"];
    grant["renewable_for"] = json!(DAY * 30);
    grant["signed_in"]["boot"] = json!("three weeks ago");
    grant["signed_in"]["wall"] = json!(clock.now().wall.before(DAY * 23 - MINUTE * 5));
    vault.write(&lock, contents.to_string().as_bytes()).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_week_before_the_stores_limit_the_bar_asks_for_a_sign_in_and_never_during_a_sale() {
    let store = Store::open().await;
    let (desk, clock) = desk_with_clock(&store).await;
    desk.eventually("the catalogue is there", async || {
        desk.browser.get("/").await.body.contains(" items here")
    })
    .await;
    let Desk { till, home, .. } = desk;
    till.shutdown().await;
    set_horizon(&home, &store, &clock);
    let desk = desk_at(&store, home, clock.clone()).await;
    desk.browser.get("/").await.lacks(DUE);

    // Short of the next renewal, after which the store of this test lets a session slide.
    clock.pass(MINUTE * 6);
    let page = desk.browser.get("/").await;
    page.holds("Sign-in due in 6 days")
        .holds("Any quiet moment will do");
    page.holds("class=\"net\" href=\"/sign-in\"");
    assert_eq!(desk.browser.get("/sign-in").await.status, 200);

    desk.add_some(1).await;
    desk.browser.get("/").await.lacks(DUE);
    desk.browser.get("/sales").await.lacks(DUE);
    let uuid = desk.pay("500").await;
    desk.sent(&uuid).await;
    desk.eventually("the sale is over", async || {
        desk.browser.get("/").await.body.contains(DUE)
    })
    .await;
}
