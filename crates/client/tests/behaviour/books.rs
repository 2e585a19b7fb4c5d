//! What is counted, written down and told to whoever listens.

use std::collections::BTreeMap;
use std::time::Duration;

use evertill_client::SessionName;
use evertill_client::status::StateName;
use evertill_client::stored::past;
use evertill_session::Event;
use evertill_wire::{Code, Password};

use crate::keeping::{until, until_believed};
use crate::shop::{Device, LIFE, Mood, Shop};

#[tokio::test]
async fn counters_tell_renewals_failures_and_time_without_a_token_and_outlive_the_process() {
    let (shop, device) = (Shop::open().await, Device::new());
    let keeper = device.signed_in(&shop).await;
    keeper.renew_now().await.unwrap();
    assert_eq!(keeper.counters().renewals_total, 1);
    assert_eq!(keeper.counters().without_token_ms, 0);

    shop.set(Mood::Down);
    device.clock.pass(LIFE);
    until(&keeper, |status| status.state == StateName::Troubled).await;
    device.clock.pass(Duration::from_secs(90));
    shop.set(Mood::Well);
    until(&keeper, |status| status.state == StateName::Active).await;
    let counters = keeper.counters();
    assert_eq!(counters.renewals_total, 2);
    assert!(counters.renewal_failures_total[&Code::WEBSITE_UNAVAILABLE] >= 1);
    assert_eq!(counters.time_without_token_seconds(), 90);
    assert_eq!(counters.needless_sign_outs_total, 0);
    keeper.shutdown().await;

    let told = past(&device.home(), &shop.address(), &SessionName::default());
    assert_eq!(told.counters, counters, "the journal counts the same");
    assert!(
        told.history
            .iter()
            .any(|entry| matches!(entry.event, Event::Renewed { .. }))
    );
    assert_eq!(device.keeper(&shop).await.counters(), counters);
}

#[tokio::test]
async fn a_verdict_is_a_failure_and_never_a_needless_end() {
    let (shop, device) = (Shop::open().await, Device::new());
    let keeper = device.signed_in(&shop).await;
    let other = device.keeper(&shop).await;
    shop.books.lock().unwrap().revoke_all();
    device.clock.pass(LIFE * 81 / 100);
    until_believed(&keeper, &device).await;
    for keeper in [&keeper, &other] {
        until(keeper, |status| status.state == StateName::SignInNeeded).await;
        assert_eq!(keeper.counters().needless_sign_outs_total, 0);
    }
    let failures: BTreeMap<Code, u64> = past(&device.home(), &shop.address(), &SessionName::default())
        .counters
        .renewal_failures_total;
    assert!(failures[&Code::REFRESH_TOKEN_INVALID] >= 2, "{failures:?}");
    keeper.sign_in("ann", &Password::new("ann-demo")).await.unwrap();
    keeper.sign_out().await.unwrap();
    until(&other, |status| status.state == StateName::SignedOut).await;
    for keeper in [&keeper, &other] {
        assert_eq!(keeper.counters().needless_sign_outs_total, 0);
    }
}
