//! Plain http and https of one address: neither password nor token crosses over.

use evertill_client::status::StateName;
use evertill_client::{ClientError, StoreAddress};
use evertill_wire::{Code, Exit, Password};

use crate::shop::{Device, Shop};

#[tokio::test]
async fn an_address_given_as_https_gets_nothing_that_was_made_over_plain_http() {
    let (shop, device) = (Shop::open().await, Device::new());
    device.signed_in(&shop).await.shutdown().await;
    let before = shop.log();

    let keeper = device.keeper_of(&shop.address().with_scheme("https")).await;
    let error = keeper.access_token().await.unwrap_err();
    assert!(matches!(error, ClientError::NotResumed { .. }), "{error}");
    assert_eq!(error.code(), Code::STORE_WANTS_HTTPS);
    assert_eq!(error.exit(), Exit::SignIn);
    assert!(
        error.remedy().contains("login --store https://"),
        "{}",
        error.remedy()
    );

    let refused = keeper
        .sign_in("ann", &Password::new("ann-demo"))
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::STORE_WANTS_HTTPS);
    assert!(refused.remedy().contains(&shop.url), "{}", refused.remedy());
    assert_eq!(keeper.status().state, StateName::SignedOut);
    assert_eq!(keeper.status().store, shop.url.replace("http://", "https://"));
    keeper.shutdown().await;
    assert_eq!(shop.log(), before, "no request may leave over plain http");

    let again = device.keeper(&shop).await;
    assert_eq!(
        again.status().state,
        StateName::Active,
        "the http session is untouched"
    );
    assert!(again.access_token().await.is_ok());
}

#[tokio::test]
async fn what_was_found_over_https_is_not_replaced_by_plain_http() {
    let (shop, device) = (Shop::open().await, Device::new());
    let keeper = device.signed_in(&shop).await;
    let plain = keeper.profile().unwrap();
    keeper.shutdown().await;
    let mut secure = plain.clone();
    secure.address = secure.address.with_scheme("https");
    for url in [&mut secure.rest_root, &mut secure.sign_in_page] {
        url.set_scheme("https").unwrap();
    }
    device.home().save_profile(&secure).unwrap();
    let before = shop.log();

    let upgraded = device.keeper(&shop).await;
    assert_eq!(upgraded.store().url().scheme(), "https");
    assert_eq!(
        upgraded.access_token().await.unwrap_err().code(),
        Code::STORE_WANTS_HTTPS
    );
    let error = upgraded.use_profile(plain).unwrap_err();
    assert!(matches!(error, ClientError::OtherStore { .. }), "{error}");
    assert_eq!(shop.log(), before);
}

#[tokio::test]
async fn an_address_without_a_scheme_finds_a_shop_of_this_device_over_plain_http() {
    let (shop, device) = (Shop::open().await, Device::new());
    let typed = StoreAddress::parse(shop.url.strip_prefix("http://").unwrap()).unwrap();
    let keeper = device.keeper_of(&typed).await;
    keeper.sign_in("ann", &Password::new("ann-demo")).await.unwrap();
    assert_eq!(keeper.status().store, shop.url);
    keeper.shutdown().await;
    let again = device.keeper_of(&typed).await;
    assert!(again.access_token().await.is_ok());
}
