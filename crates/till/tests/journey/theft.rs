//! A session that somebody copied: what the cashier reads when the store has noticed.

use std::{
    fs,
    path::Path,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use evertill_client::vault::KeyChoice;
use evertill_client::{Home, Keeper, KeeperOptions, StoreAddress};
use evertill_server::Clock;

use crate::support::{Desk, Store};

/// Everything a till keeps, as a thief takes it along.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

async fn renew(desk: &Desk) {
    let csrf = desk.browser.csrf().await;
    desk.browser.post_with(&csrf, "/session/renew", &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_till_whose_session_was_copied_says_so_and_sells_on() {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let clock = Clock::standing_at(i64::try_from(now.as_secs()).unwrap());
    let store = Store::open_at(clock.clone()).await;
    let desk = Desk::open(&store.url()).await;
    let loot = tempfile::tempdir().unwrap();
    copy(desk.home.path(), loot.path());
    // The till goes on twice; the copy falls behind.
    for renewals in [1, 2] {
        renew(&desk).await;
        desk.eventually("the session is renewed", async || {
            desk.till.keeper().status().renewals >= renewals
        })
        .await;
    }
    clock.advance(Duration::from_secs(600));
    let opened = Home::open(loot.path()).unwrap();
    let address = StoreAddress::parse(&store.url()).unwrap();
    let options = KeeperOptions {
        key: Some(KeyChoice::File),
        ..KeeperOptions::default()
    };
    let thief = Keeper::open(&opened, &address, options).await.unwrap();
    let refused = thief.renew_now().await.unwrap_err();
    let seen = refused.cause().unwrap().evidence.clone();
    assert!(
        seen.starts_with("somebody else used a copy of this session"),
        "{seen}"
    );
    thief.shutdown().await;

    renew(&desk).await;
    desk.eventually("the till knows that a person is needed", async || {
        desk.browser
            .get("/")
            .await
            .body
            .contains("Sign-in needed to send")
    })
    .await;
    let sheet = desk.browser.fragment("/session/sheet").await;
    sheet
        .holds("Somebody else used a copy of this session, so the shop ended it for both at")
        .holds("tell the owner");
    desk.browser
        .get("/session")
        .await
        .holds("Somebody else used a copy of this session; the shop ended it");
    desk.sell(1).await;
}
