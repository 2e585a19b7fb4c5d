//! Copies of a store that runs, and the way back.

use evertill_server::{Clock, ServeOptions, backup, check, restore, start};
use evertill_wire::Code;

use crate::support::{OPENED_AT, Shop};

#[tokio::test]
async fn last_nights_copy_signs_nobody_out_and_what_ended_since_stays_ended() {
    let shop = Shop::open().await;
    let (till, ended, owner) = (
        shop.sign_in("cashier").await,
        shop.sign_in("cashier2").await,
        shop.sign_in("owner").await,
    );
    let elsewhere = tempfile::tempdir().unwrap();
    let copy = elsewhere.path().join("night.sqlite3");
    let inventory = backup(shop.home.path(), &copy).unwrap();
    assert_eq!(inventory.sessions, 3);
    assert_eq!(shop.renew(&till.refresh).await.status, 200, "the store goes on");
    let late = shop.sign_in("manager").await;
    shop.delete_as(&owner, &format!("auth/sessions?user_id={}", ended.user_id))
        .await;
    let Shop { handle, clock, home } = shop;
    assert_eq!(
        restore(home.path(), &copy).unwrap_err().code(),
        Code::DATA_DIRECTORY_IN_USE
    );
    handle.shutdown().await;
    restore(home.path(), &copy).unwrap();
    assert!(home.path().join("store.sqlite3.before-restore").exists());
    let handle = start(ServeOptions {
        clock: clock.clone(),
        ..ServeOptions::new(([127, 0, 0, 1], 0).into(), home.path())
    })
    .await
    .unwrap();
    let shop = Shop { handle, clock, home };
    assert_eq!(shop.renew(&till.refresh).await.status, 200);
    assert_eq!(
        shop.renew(&late.refresh).await.status,
        200,
        "signed in after the copy"
    );
    assert_eq!(shop.renew(&ended.refresh).await.status, 401);
}

#[tokio::test]
async fn a_copy_that_is_damaged_or_foreign_changes_nothing() {
    let shop = Shop::open().await;
    let elsewhere = tempfile::tempdir().unwrap();
    let copy = elsewhere.path().join("copy");
    backup(shop.home.path(), &copy).unwrap();
    assert!(
        backup(shop.home.path(), &copy).is_err(),
        "a copy is never written over"
    );
    let other = Shop::open().await;
    let Shop { handle, home, .. } = other;
    handle.shutdown().await;
    let before = std::fs::read(home.path().join("store.sqlite3")).unwrap();
    assert!(restore(home.path(), &copy).is_err(), "other keys");
    let mut bytes = std::fs::read(&copy).unwrap();
    let middle = bytes.len() / 2;
    bytes[4096..middle].fill(7);
    std::fs::write(&copy, bytes).unwrap();
    assert!(restore(shop.home.path().join("new").as_path(), &copy).is_err());
    assert_eq!(std::fs::read(home.path().join("store.sqlite3")).unwrap(), before);
}

#[tokio::test]
async fn a_running_store_can_be_looked_through() {
    let shop = Shop::open().await;
    shop.sign_in("cashier").await;
    let found = check(shop.home.path(), &Clock::standing_at(OPENED_AT)).unwrap();
    assert_eq!(
        (found.accounts, found.sessions, found.orders),
        (found.accounts, 1, 0)
    );
    assert!(
        found.accounts >= 4 && found.items > 0 && found.keys >= 1,
        "{found:?}"
    );
    let empty = tempfile::tempdir().unwrap();
    let error = check(empty.path(), &Clock::standing_at(OPENED_AT)).unwrap_err();
    assert!(matches!(error, evertill_server::ServerError::NoStore { .. }));
}
