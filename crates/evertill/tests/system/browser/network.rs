//! What a cashier sees when the way to the store is blocked, cut or half open.

use super::{
    cashier::Cashier,
    journeys::{arrives_once, till_knows},
};
use crate::harness::{api::Owner, proxy::Weather, until, world::World};

const SHORT_LIFE: &str = "10s";

/// Sells through bad weather, and afterwards finds each sale at the store once, without a sign-in or a reload.
async fn sells_through(weather: Weather) {
    let world = World::at_work(SHORT_LIFE).await;
    let owner = world.owner();
    let cashier = Cashier::at(&world).await;
    cashier.adds(2).await;
    world.network.set(weather);
    until("the session to be in trouble", || async {
        (world.till_status()["state"] == "troubled").then_some(())
    })
    .await;
    let first = cashier.takes_cash().await;
    cashier.next().await;
    cashier.adds(1).await;
    let second = cashier.takes_cash().await;
    assert_ne!(world.till_status()["state"], "sign_in_needed");

    world.network.set(Weather::Fine);
    heals(&cashier, &owner, &[first, second]).await;
    cashier.browser.close().await;
}

/// Waits on the page that is open until the till is well again and the store has the sales.
async fn heals(cashier: &Cashier, owner: &Owner, sold: &[String]) {
    cashier.sees_bar("ok").await;
    for uuid in sold {
        arrives_once(owner, uuid).await;
    }
    assert_eq!(owner.orders().await.len(), sold.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_firewall_that_blocks_renewals_stops_no_sale_and_its_repair_is_noticed_without_a_reload() {
    sells_through(Weather::FirewallOnRenewals).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plugin_that_is_switched_off_for_a_while_parks_no_sale() {
    sells_through(Weather::PluginOff).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_that_is_gone_for_a_while_asks_for_no_sign_in() {
    sells_through(Weather::Down).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_lost_its_power_gets_every_sale_made_meanwhile() {
    let mut world = World::at_work("2m").await;
    let cashier = Cashier::at(&world).await;
    world.kill_store();
    let mut sold = Vec::new();
    for count in 1..=2 {
        cashier.adds(count).await;
        sold.push(cashier.takes_cash().await);
        cashier.next().await;
    }
    cashier.browser.reads("#bar .queue", "2 sales to send").await;
    cashier.sees_bar("off").await;
    world.start_store().await;
    let owner = world.owner();
    heals(&cashier, &owner, &sold).await;
    assert_eq!(world.till_status()["state"], "active");
    cashier.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_that_is_lost_after_the_store_booked_the_sale_makes_no_second_order() {
    let world = World::at_work("2m").await;
    let owner = world.owner();
    let cashier = Cashier::at(&world).await;
    world.network.set(Weather::CutOrderReplies);
    cashier.adds(2).await;
    let uuid = cashier.takes_cash().await;
    until("the sale to be sent twice", || async {
        (world.network.count("push/orders") >= 2).then_some(())
    })
    .await;
    world.network.set(Weather::Fine);
    till_knows(&cashier, &world, &uuid).await;
    arrives_once(&owner, &uuid).await;
    assert_eq!(owner.orders().await.len(), 1);
    cashier.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sale_paid_after_the_access_token_ended_is_kept_and_arrives() {
    let world = World::at_work(SHORT_LIFE).await;
    let owner = world.owner();
    let cashier = Cashier::at(&world).await;
    cashier.adds(1).await;
    world.network.set(Weather::FirewallOnRenewals);
    until("the access token to end", || async {
        let left = world.till_status()["access_expires_in_s"].as_i64();
        left.is_none_or(|left| left <= 0).then_some(())
    })
    .await;
    let uuid = cashier.takes_cash().await;
    world.network.set(Weather::Fine);
    heals(&cashier, &owner, &[uuid]).await;
    let refused: Vec<_> = world
        .access_log()
        .await
        .into_iter()
        .filter(|request| request.status == 401)
        .collect();
    assert!(
        refused.is_empty(),
        "no request left with a token past its end: {refused:?}"
    );
    cashier.browser.close().await;
}
