//! Tokens without waiting.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use evertill_client::Keeper;
use evertill_client::keeper::Unauthorized;
use evertill_session::policy;
use evertill_wire::AccessToken;

use crate::keeping::until;
use crate::shop::{Device, LIFE, Mood, Shop};

/// What asking comes to when nobody ever comes back to it.
fn polled_once(keeper: &Keeper) -> Option<AccessToken> {
    let asked = pin!(keeper.access_token());
    match asked.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(token) => token.ok(),
        Poll::Pending => None,
    }
}

#[tokio::test]
async fn a_fresh_token_is_there_at_the_first_look() {
    let (shop, device) = (Shop::open().await, Device::new());
    let keeper = device.signed_in(&shop).await;
    let token = keeper.fresh_token().unwrap();
    assert!(shop.books.lock().unwrap().access.contains(token.expose()));
    assert_eq!(polled_once(&keeper), Some(token.clone()));
    let keeper = std::sync::Arc::new(keeper);
    let elsewhere = std::thread::spawn({
        let keeper = keeper.clone();
        move || keeper.fresh_token()
    });
    assert_eq!(elsewhere.join().unwrap(), Some(token), "no runtime is needed");
}

#[tokio::test]
async fn no_token_is_handed_out_past_its_end_even_before_the_driver_has_noticed() {
    let (shop, device) = (Shop::open().await, Device::new());
    let keeper = device.signed_in(&shop).await;
    shop.set(Mood::Down);
    device.clock.pass(policy::usable(LIFE) - Duration::from_millis(1));
    assert!(keeper.fresh_token().is_some());
    device.clock.pass(Duration::from_millis(1));
    assert_eq!(keeper.fresh_token(), None);
    assert_eq!(polled_once(&keeper), None);
}

#[tokio::test]
async fn a_refused_token_and_one_of_a_session_that_is_over_are_handed_out_no_more() {
    let (shop, device) = (Shop::open().await, Device::new());
    let keeper = device.signed_in(&shop).await;
    let first = keeper.pass().await.unwrap();
    let newer = keeper
        .newer_pass(&first, Unauthorized::TokenRefused)
        .await
        .unwrap();
    assert!(newer.is_some(), "a refused token is replaced");
    assert_eq!(shop.renewals(), 1);
    let late = keeper
        .newer_pass(&first, Unauthorized::TokenRefused)
        .await
        .unwrap();
    assert!(late.is_some(), "what was refused before is not refused again");
    assert_eq!(shop.renewals(), 1);
    keeper.sign_out().await.unwrap();
    assert_eq!(keeper.fresh_token(), None);
}

#[tokio::test]
async fn a_pass_goes_to_its_own_store_and_nowhere_else() {
    let (shop, device) = (Shop::open().await, Device::new());
    let keeper = device.signed_in(&shop).await;
    let pass = keeper.pass().await.unwrap();
    let mut headers = reqwest::header::HeaderMap::new();
    let mut elsewhere = url::Url::parse("http://127.0.0.1:9/wp-json/wc/v3/orders").unwrap();
    assert!(pass.put_on(&mut elsewhere, &mut headers).is_err());
    assert!(headers.is_empty());
    let mut route = keeper.route("wc/v3/orders", &[("page", "2")]).unwrap();
    pass.put_on(&mut route, &mut headers).unwrap();
    assert!(headers["authorization"].is_sensitive());
    assert_eq!(route.query(), Some("page=2"));
}

#[tokio::test]
async fn ten_thousand_tasks_at_expiry_share_one_renewal() {
    let (shop, device) = (Shop::open().await, Device::new());
    let keeper = device.signed_in(&shop).await;
    let first = keeper.access_token().await.unwrap();
    device.clock.pass(LIFE);
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..10_000 {
        let keeper = keeper.clone();
        tasks.spawn(async move { keeper.access_token().await.unwrap() });
    }
    let tokens = tasks.join_all().await;
    assert_eq!(shop.renewals(), 1);
    assert!(tokens.iter().all(|token| *token == tokens[0] && *token != first));
    until(&keeper, |status| status.renewals == 1).await;
}
