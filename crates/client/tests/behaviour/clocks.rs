//! Clocks that are set, and machines that sleep.

use std::time::Duration;

use evertill_client::status::StateName;
use evertill_client::{ClientError, Keeper, StoreApi};
use evertill_session::{Event, WallTime};
use evertill_wire::Code;

use crate::keeping::{until, until_believed};
use crate::shop::{Device, LIFE, Mood, Shop};

const HOUR_MS: i64 = 3_600_000;
const DAY: Duration = Duration::from_secs(86_400);

fn set_wall(device: &Device, by_ms: i64) {
    use evertill_client::clock::Clock;
    let wall = device.clock.now().wall.as_millis();
    device.clock.set_wall(WallTime::from_millis(wall + by_ms));
}

/// Twenty callers at once, each with a request.
async fn everybody_asks(keeper: &Keeper) {
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let api = StoreApi::new(keeper.clone());
        tasks.spawn(async move { api.get("wc/v3/orders", &[]).await.unwrap().status });
    }
    assert!(tasks.join_all().await.iter().all(|status| *status == 200));
}

fn refusals(shop: &Shop) -> usize {
    shop.log().iter().filter(|line| line.ends_with(" 401")).count()
}

#[tokio::test]
async fn a_wall_clock_set_an_hour_forward_or_back_renews_nothing_and_refuses_nobody() {
    for by_ms in [HOUR_MS, -HOUR_MS] {
        let (shop, device) = (Shop::open().await, Device::new());
        let keeper = device.signed_in(&shop).await;
        let token = keeper.access_token().await.unwrap();
        let status = keeper.status();
        set_wall(&device, by_ms);
        everybody_asks(&keeper).await;
        assert_eq!(keeper.access_token().await.unwrap(), token);
        assert_eq!(keeper.status().access_expires_in_s, status.access_expires_in_s);
        assert_eq!(keeper.status().renews_in_s, status.renews_in_s);
        assert_eq!(shop.renewals(), 0);

        device.clock.pass(LIFE * 81 / 100);
        until(&keeper, |status| status.renewals == 1).await;
        set_wall(&device, -2 * by_ms);
        everybody_asks(&keeper).await;
        keeper.shutdown().await;
        // Taken up again in the same run of the machine, with the wall clock still wrong.
        let again = device.keeper(&shop).await;
        everybody_asks(&again).await;
        assert_eq!((shop.renewals(), refusals(&shop)), (1, 0), "set by {by_ms} ms");
    }
}

#[tokio::test]
async fn after_eight_hours_of_sleep_everybody_is_served_by_one_renewal() {
    let (shop, device) = (Shop::open().await, Device::new());
    let keeper = device.signed_in(&shop).await;
    let other = device.keeper(&shop).await;
    device.clock.pass(Duration::from_secs(8 * 3_600));
    everybody_asks(&keeper).await;
    everybody_asks(&other).await;
    assert_eq!((shop.renewals(), refusals(&shop)), (1, 0));
    assert_eq!(keeper.counters().needless_sign_outs_total, 0);
}

#[tokio::test]
async fn waking_where_the_network_is_not_back_yet_makes_no_storm_and_serves_nobody_a_dead_token() {
    let (shop, device) = (Shop::open().await, Device::new());
    let keeper = device.signed_in(&shop).await;
    shop.set(Mood::Down);
    device.clock.pass(Duration::from_secs(8 * 3_600));
    for _ in 0..50 {
        let error = keeper.access_token().await.unwrap_err();
        assert!(matches!(error, ClientError::NoLivingToken { .. }), "{error}");
    }
    let asked = shop.log().iter().filter(|line| line.starts_with("POST ")).count();
    assert!(asked <= 3, "{:?}", shop.log());
    assert_eq!(refusals(&shop), 0);
    shop.set(Mood::Well);
    device.clock.pass(Duration::from_secs(60));
    until(&keeper, |status| status.state == StateName::Active).await;
    everybody_asks(&keeper).await;
}

#[tokio::test]
async fn thirty_days_with_a_stock_store_are_warned_of_seven_days_ahead_and_end_with_their_cause() {
    let (shop, device) = (Shop::open().await, Device::new());
    let keeper = device.signed_in(&shop).await;
    let warned = |keeper: &Keeper| {
        keeper.history().iter().find_map(|entry| {
            if let Event::HorizonNear { in_s } = entry.event {
                Some(in_s)
            } else {
                None
            }
        })
    };
    for day in 1..30_u64 {
        device.clock.pass(DAY);
        until(&keeper, |status| {
            status.renewals >= day && status.state == StateName::Active
        })
        .await;
        let left = keeper.status().horizon_in_s.unwrap();
        assert_eq!(left, (30 - day) * DAY.as_secs());
        match warned(&keeper) {
            None => assert!(day < 23, "no warning on day {day}"),
            Some(in_s) => assert!(day >= 23 && in_s <= 7 * DAY.as_secs(), "warned on day {day}"),
        }
    }
    assert!(warned(&keeper).is_some());
    shop.set(Mood::Expired);
    device.clock.pass(DAY);
    let status = until_believed(&keeper, &device).await;
    assert_eq!(status.code.unwrap(), Code::TOKEN_REFRESH_FAILED);
    assert_eq!(status.cause.unwrap().code, Code::REFRESH_TOKEN_EXPIRED);
    assert_eq!(
        [Code::TOKEN_REFRESH_FAILED, Code::REFRESH_TOKEN_EXPIRED].map(|code| code.as_str()),
        ["API02007", "API02009"]
    );
    let error = keeper.access_token().await.unwrap_err();
    assert_eq!(error.cause().unwrap().code, Code::REFRESH_TOKEN_EXPIRED);
    assert_eq!(keeper.counters().needless_sign_outs_total, 0);
}
