//! A host that begins to drop the `Authorization` header, and others who answer 401 before the store does.

use std::time::Duration;

use axum::body::Bytes;
use evertill_client::clock::Clock as _;
use evertill_client::passage::{Passing, PassingBody};
use evertill_client::profile::TokenPlace;
use evertill_client::status::StateName;
use evertill_client::{Keeper, Passage, StoreApi};
use evertill_session::{Event, Place};
use evertill_wire::Code;
use reqwest::Method;
use reqwest::header::HeaderMap;

use crate::shop::{Device, Shop};

fn asking() -> Passing {
    Passing {
        method: Method::GET,
        route: "wc/v3/orders".to_owned(),
        query: String::new(),
        headers: HeaderMap::new(),
        body: PassingBody::Kept(Bytes::new()),
    }
}

fn moves(keeper: &Keeper) -> Vec<Place> {
    keeper
        .history()
        .into_iter()
        .filter_map(|entry| {
            if let Event::PlaceChanged { to } = entry.event {
                Some(to)
            } else {
                None
            }
        })
        .collect()
}

#[tokio::test]
async fn a_header_that_is_stripped_in_mid_life_costs_no_request_and_no_sign_in() {
    let (shop, device) = (Shop::open().await, Device::new());
    let api = StoreApi::new(device.signed_in(&shop).await);
    assert_eq!(api.get("wc/v3/orders", &[]).await.unwrap().status, 200);
    shop.books.lock().unwrap().strips_header = true;
    for _ in 0..8 {
        let answer = api.get("wc/v3/orders", &[]).await.unwrap();
        assert_eq!((answer.status, answer.trouble()), (200, None));
        device.clock.pass(Duration::from_secs(6));
    }
    let status = api.keeper().status();
    assert_eq!((status.state, status.renewals), (StateName::Active, 0));
    assert_eq!(moves(api.keeper()), [Place::Parameter]);
    api.keeper().renew_now().await.unwrap();
    assert_eq!(api.get("wc/v3/orders", &[]).await.unwrap().status, 200);
    api.keeper().shutdown().await;

    let again = StoreApi::new(device.keeper(&shop).await);
    let seen = shop.log().len();
    assert_eq!(again.get("wc/v3/orders", &[]).await.unwrap().status, 200);
    assert_eq!(
        shop.log()[seen..],
        ["GET /wp-json/wc/v3/orders 200"],
        "the next process knows the way"
    );
}

#[tokio::test]
async fn a_session_whose_tokens_are_lost_is_ended_at_the_store_all_the_same() {
    let (shop, device) = (Shop::open().await, Device::new());
    let keeper = device.signed_in(&shop).await;
    shop.books.lock().unwrap().strips_header = true;
    keeper.sign_out().await.unwrap();
    assert!(shop.books.lock().unwrap().sessions.is_empty());
}

#[tokio::test]
async fn the_header_is_used_again_once_it_arrives() {
    let (shop, device) = (Shop::open().await, Device::new());
    let api = StoreApi::new(device.signed_in(&shop).await);
    shop.books.lock().unwrap().strips_header = true;
    api.get("wc/v3/orders", &[]).await.unwrap();
    shop.books.lock().unwrap().strips_header = false;
    device.clock.pass(Duration::from_secs(6 * 3_600));
    let mut changes = api.keeper().watch();
    let mut rounds = 0;
    while moves(api.keeper()) != [Place::Parameter, Place::Header] {
        api.get("wc/v3/orders", &[]).await.unwrap();
        // Whatever the driver does next shows here; a second of the hand's clock lets it look.
        device.clock.pass(Duration::from_secs(1));
        let _ = tokio::time::timeout(Duration::from_millis(50), changes.changed()).await;
        rounds += 1;
        assert!(rounds < 200, "{:?}", moves(api.keeper()));
    }
    let before = shop.books.lock().unwrap().by_address;
    assert_eq!(api.get("wc/v3/orders", &[]).await.unwrap().status, 200);
    assert_eq!(shop.books.lock().unwrap().by_address, before);
}

#[tokio::test]
async fn a_lock_on_the_rest_interface_is_trouble_and_signs_nobody_out() {
    let (shop, device) = (Shop::open().await, Device::new());
    let api = StoreApi::new(device.signed_in(&shop).await);
    {
        let mut books = shop.books.lock().unwrap();
        books.is_locked = true;
        books.access.clear();
    }
    for _ in 0..10 {
        let answer = api.get("wc/v3/orders", &[]).await.unwrap();
        assert_eq!(answer.status, 401);
        assert_eq!(answer.trouble().unwrap().0, Code::WORDPRESS_API_DISABLED);
        device.clock.pass(Duration::from_secs(30));
    }
    assert_eq!(shop.renewals(), 0);
    assert_eq!(api.keeper().status().state, StateName::Active);
    assert!(api.keeper().fresh_token().is_some(), "no token is taken away");
}

#[tokio::test]
async fn a_lock_that_only_the_header_did_not_get_through_is_gone_round() {
    let (shop, device) = (Shop::open().await, Device::new());
    let api = StoreApi::new(device.signed_in(&shop).await);
    {
        let mut books = shop.books.lock().unwrap();
        books.is_locked = true;
        books.strips_header = true;
    }
    assert_eq!(api.get("wc/v3/orders", &[]).await.unwrap().status, 200);
}

#[tokio::test]
async fn a_half_ended_session_still_ends_after_three_fresh_tokens() {
    let (shop, device) = (Shop::open().await, Device::new());
    let api = StoreApi::new(device.signed_in(&shop).await);
    shop.books.lock().unwrap().is_half_ended = true;
    for _ in 0..6 {
        let _ = api.get("wc/v3/orders", &[]).await;
        device.clock.pass(Duration::from_secs(50));
    }
    let status = api.keeper().status();
    assert_eq!(status.state, StateName::SignInNeeded);
    assert_eq!(status.cause.unwrap().code, Code::TOKEN_INVALID);
    assert!(shop.renewals() <= 3);
    assert_eq!(moves(api.keeper()), []);
}

#[tokio::test]
async fn what_is_passed_on_goes_round_a_stripped_header_too_and_meets_the_other_401s_alike() {
    let (shop, device) = (Shop::open().await, Device::new());
    let passage = Passage::new(device.signed_in(&shop).await).unwrap();
    shop.books.lock().unwrap().strips_header = true;
    for _ in 0..4 {
        assert_eq!(passage.send(asking()).await.unwrap().status, 200);
        device.clock.pass(Duration::from_secs(20));
    }
    assert_eq!(passage.keeper().status().renewals, 0);
    {
        let mut books = shop.books.lock().unwrap();
        books.is_locked = true;
        books.access.clear();
    }
    for _ in 0..4 {
        assert_eq!(passage.send(asking()).await.unwrap().status, 401);
        device.clock.pass(Duration::from_secs(20));
    }
    assert_eq!(
        (shop.renewals(), passage.keeper().status().state),
        (0, StateName::Active)
    );
    {
        let mut books = shop.books.lock().unwrap();
        books.is_locked = false;
        books.is_half_ended = true;
    }
    for _ in 0..6 {
        let _ = passage.send(asking()).await;
        device.clock.pass(Duration::from_secs(50));
    }
    assert_eq!(passage.keeper().status().state, StateName::SignInNeeded);
}

#[tokio::test]
async fn a_person_can_choose_where_tokens_travel_and_it_counts_at_once_and_after_a_restart() {
    let (shop, device) = (Shop::open().await, Device::new());
    let api = StoreApi::new(device.signed_in(&shop).await);
    api.keeper()
        .use_token_place(TokenPlace::BearerParameter)
        .await
        .unwrap();
    let profile = |keeper: &Keeper| keeper.profile().unwrap().token_place;
    assert_eq!(profile(api.keeper()), TokenPlace::BearerParameter);
    shop.books.lock().unwrap().strips_header = true;
    let seen = shop.log().len();
    // The shop knows the bare form only: a refusal, and a look that finds the address to work.
    let _ = api.get("wcpos/v2/site", &[]).await.unwrap();
    assert_eq!(shop.log()[seen..], ["GET /wp-json/wcpos/v2/site 200"]);
    api.keeper().renew_now().await.unwrap();
    assert_eq!(profile(api.keeper()), TokenPlace::BearerParameter);
    api.keeper().shutdown().await;
    assert_eq!(profile(&device.keeper(&shop).await), TokenPlace::BearerParameter);
}

#[tokio::test]
async fn the_stores_clock_is_compared_at_renewals_and_decides_nothing() {
    let (shop, device) = (Shop::open().await, Device::new());
    let keeper = device.signed_in(&shop).await;
    let told = |keeper: &Keeper| {
        let events = keeper.history().into_iter().map(|entry| entry.event);
        events
            .filter(|event| matches!(event, Event::ClocksDiffer { .. }))
            .count()
    };
    keeper.renew_now().await.unwrap();
    // The hand's wall clock stands years from the shop's, which is this machine's.
    let ahead = keeper.profile().unwrap().clock_ahead_s.unwrap();
    assert!(ahead.unsigned_abs() > 60);
    let first = told(&keeper);
    keeper.renew_now().await.unwrap();
    assert_eq!(told(&keeper), first, "what is known is not told again");
    let wall = device.clock.now().wall;
    device.clock.set_wall(wall.after(Duration::from_secs(3_600)));
    keeper.renew_now().await.unwrap();
    assert_eq!(told(&keeper), first + 1);
    assert_eq!(keeper.status().state, StateName::Active);
}
