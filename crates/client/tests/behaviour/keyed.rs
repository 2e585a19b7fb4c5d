//! Many sessions in one process.

use std::collections::BTreeSet;

use evertill_client::clock::SystemClock;
use evertill_client::status::StateName;
use evertill_client::stored::stored;
use evertill_client::{Keeper, SessionName, StoreApi};
use evertill_session::Event;
use evertill_wire::Password;

use crate::keeping::{until, until_believed};
use crate::shop::{Device, LIFE, Shop};

async fn signed_in_as(device: &Device, shop: &Shop, name: &str, user: &str) -> Keeper {
    let keeper = device.named(shop, name).await;
    let password = Password::new(format!("{user}-demo"));
    keeper.sign_in(user, &password).await.unwrap();
    keeper
}

fn is_disturbed(keeper: &Keeper) -> bool {
    keeper.history().iter().any(|entry| {
        !matches!(
            entry.event,
            Event::SignedIn { .. }
                | Event::Resumed { .. }
                | Event::Renewed { .. }
                | Event::ClocksDiffer { .. }
        )
    })
}

#[tokio::test]
async fn one_refused_among_three_people_of_two_stores_disturbs_nobody_else() {
    let device = Device::new();
    let (east, west) = (Shop::open().await, Shop::open().await);
    let ann = signed_in_as(&device, &east, "ann", "ann").await;
    let ben = signed_in_as(&device, &east, "ben", "ben").await;
    let cat = signed_in_as(&device, &west, "cat", "cat").await;
    let mut tokens = BTreeSet::new();
    for keeper in [&ann, &ben, &cat] {
        tokens.insert(keeper.access_token().await.unwrap().expose().to_owned());
    }
    assert_eq!(tokens.len(), 3, "everybody has a token of their own");

    let of_ben = ben.status().session.unwrap();
    {
        let mut books = east.books.lock().unwrap();
        books.sessions.retain(|_, session| *session != of_ben);
        books.access.remove(ben.fresh_token().unwrap().expose());
    }
    device.clock.pass(LIFE * 81 / 100);
    until_believed(&ben, &device).await;

    for (keeper, shop) in [(&ann, &east), (&cat, &west)] {
        until(keeper, |status| {
            status.renewals == 1 && status.state == StateName::Active
        })
        .await;
        let answer = StoreApi::new(keeper.clone())
            .get("wc/v3/orders", &[])
            .await
            .unwrap();
        assert_eq!(answer.status, 200);
        let token = keeper.access_token().await.unwrap();
        assert!(shop.books.lock().unwrap().access.contains(token.expose()));
        assert!(!is_disturbed(keeper), "{:?}", keeper.history());
    }
    assert!(ben.access_token().await.is_err());
    assert!(west.log().iter().all(|line| !line.ends_with(" 401")));
    assert_eq!(west.renewals(), 1);
}

#[tokio::test]
async fn two_people_of_one_store_keep_apart_files_and_find_them_again() {
    let (shop, device) = (Shop::open().await, Device::new());
    let usual = device.signed_in(&shop).await;
    let ben = signed_in_as(&device, &shop, "ben", "ben").await;
    let tokens = [
        usual.access_token().await.unwrap(),
        ben.access_token().await.unwrap(),
    ];
    assert_ne!(tokens[0], tokens[1]);
    usual.shutdown().await;
    ben.shutdown().await;

    let listed = stored(&device.home(), &SystemClock::new()).unwrap();
    let names: Vec<&str> = listed.iter().map(|status| status.session_name.as_str()).collect();
    assert_eq!(names, ["", "ben"]);
    let usual = device.keeper(&shop).await;
    let ben = device.named(&shop, "ben").await;
    assert_eq!(usual.access_token().await.unwrap(), tokens[0]);
    assert_eq!(ben.access_token().await.unwrap(), tokens[1]);

    ben.sign_out().await.unwrap();
    assert_eq!(ben.status().state, StateName::SignedOut);
    usual.renew_now().await.unwrap();
    assert_eq!(usual.status().state, StateName::Active);
    assert_eq!(device.keeper(&shop).await.status().state, StateName::Active);
}

#[tokio::test]
async fn a_name_nobody_signed_in_with_holds_no_session() {
    let (shop, device) = (Shop::open().await, Device::new());
    device.signed_in(&shop).await;
    assert_eq!(
        device.named(&shop, "ben").await.status().state,
        StateName::SignedOut
    );
    assert!(SessionName::parse("../ann").is_err());
}
