//! Sessions that travel to another device.

use std::time::Duration;

use evertill_client::ClientError;
use evertill_client::status::StateName;
use evertill_client::vault::carrying::{Intent, export, import};
use evertill_client::vault::{KeyChoice, inventory};
use evertill_wire::Passphrase;

use crate::keeping::until;
use crate::shop::{Device, Shop};

const KEY: KeyChoice = KeyChoice::File;

fn passphrase() -> Passphrase {
    Passphrase::new("three good words")
}

/// Exports what a device has and returns the parcel.
async fn parcel(device: &Device, intent: Intent) -> Vec<u8> {
    let file = device.dir.path().join(format!("{intent:?}.evertill-sessions"));
    export(&device.home(), KEY, None, intent, &passphrase(), &file)
        .await
        .unwrap();
    std::fs::read(file).unwrap()
}

async fn take_up(device: &Device, parcel: Vec<u8>) -> bool {
    let imported = import(&device.home(), KEY, false, &passphrase(), parcel, &*device.clock)
        .await
        .unwrap();
    imported.sessions[0].is_news
}

#[tokio::test]
async fn a_moved_session_renews_on_the_other_device_and_no_more_on_this_one() {
    let (shop, here, there) = (Shop::open().await, Device::new(), Device::new());
    let keeper = here.signed_in(&shop).await;
    let parcel = parcel(&here, Intent::Move).await;
    until(&keeper, |status| status.state == StateName::SignedOut).await;
    assert!(matches!(
        keeper.access_token().await,
        Err(ClientError::NotSignedIn { .. })
    ));
    assert!(take_up(&there, parcel.clone()).await);
    let arrived = there.keeper(&shop).await;
    assert_eq!(arrived.status().user.unwrap().display_name, "Ann Ö");
    arrived.renew_now().await.unwrap();
    assert_eq!(shop.renewals(), 1);
    assert!(!take_up(&there, parcel).await, "an older copy changes nothing");
    assert!(arrived.access_token().await.is_ok());
}

#[tokio::test]
async fn a_moved_session_is_set_aside_and_explained_and_its_tokens_lie_open_nowhere() {
    let (shop, here) = (Shop::open().await, Device::new());
    let keeper = here.signed_in(&shop).await;
    let token = keeper.access_token().await.unwrap();
    parcel(&here, Intent::Move).await;
    let found = inventory::take(&here.home(), KEY).unwrap();
    assert!(found.sessions.is_empty(), "{found:?}");
    assert_eq!(found.set_aside[0].kind, "moved");
    assert!(
        found.set_aside[0]
            .explanation
            .contains("exported to another device")
    );
    let needle = token.expose().as_bytes();
    assert!(
        !here
            .everything()
            .windows(needle.len())
            .any(|window| window == needle)
    );
}

#[tokio::test]
async fn a_move_that_was_not_wanted_is_taken_back_with_its_own_file() {
    let (shop, here) = (Shop::open().await, Device::new());
    let keeper = here.signed_in(&shop).await;
    let parcel = parcel(&here, Intent::Move).await;
    until(&keeper, |status| status.state == StateName::SignedOut).await;
    assert!(take_up(&here, parcel).await);
    until(&keeper, |status| status.state == StateName::Active).await;
    keeper.renew_now().await.unwrap();
}

#[tokio::test]
async fn a_copy_leaves_the_session_where_it_is() {
    let (shop, here) = (Shop::open().await, Device::new());
    let keeper = here.signed_in(&shop).await;
    parcel(&here, Intent::Copy).await;
    keeper.renew_now().await.unwrap();
    assert!(inventory::take(&here.home(), KEY).unwrap().set_aside.is_empty());
}

#[tokio::test]
async fn another_session_with_the_store_is_replaced_only_on_demand_and_then_ended() {
    let (shop, here, there) = (Shop::open().await, Device::new(), Device::new());
    here.signed_in(&shop).await;
    let parcel = parcel(&here, Intent::Move).await;
    let kept = there.signed_in(&shop).await;
    let refused = import(
        &there.home(),
        KEY,
        false,
        &passphrase(),
        parcel.clone(),
        &*there.clock,
    )
    .await;
    assert!(matches!(refused, Err(ClientError::SessionThere { .. })));
    assert!(kept.access_token().await.is_ok());
    there.clock.pass(Duration::from_secs(60));
    import(&there.home(), KEY, true, &passphrase(), parcel, &*there.clock)
        .await
        .unwrap();
    until(&kept, |_| shop.books.lock().unwrap().sessions.len() == 1).await;
    kept.renew_now().await.unwrap();
}

#[tokio::test]
async fn a_wrong_passphrase_an_existing_file_and_an_empty_vault_change_nothing() {
    let (shop, here, there) = (Shop::open().await, Device::new(), Device::new());
    let file = here.dir.path().join("x.evertill-sessions");
    let nothing = export(&here.home(), KEY, None, Intent::Move, &passphrase(), &file).await;
    assert!(matches!(nothing, Err(ClientError::NothingToExport)));
    let keeper = here.signed_in(&shop).await;
    std::fs::write(&file, b"dear").unwrap();
    let refused = export(&here.home(), KEY, None, Intent::Move, &passphrase(), &file).await;
    assert!(matches!(refused, Err(ClientError::FileNotWritten { .. })));
    assert_eq!(std::fs::read(&file).unwrap(), b"dear");
    assert!(keeper.access_token().await.is_ok());
    let parcel = parcel(&here, Intent::Copy).await;
    let wrong = import(
        &there.home(),
        KEY,
        false,
        &Passphrase::new("three bad words"),
        parcel,
        &*there.clock,
    )
    .await;
    assert!(matches!(wrong, Err(ClientError::ParcelNotOpened)));
    assert!(inventory::take(&there.home(), KEY).unwrap().sessions.is_empty());
}
