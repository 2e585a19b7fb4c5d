//! The day's work, from the first sign-in to the power cut.

use super::cashier::Cashier;
use crate::harness::{
    api::{Order, Owner},
    chromium::{Browser, Screen},
    proxy::Weather,
    until,
    world::World,
};

/// Waits until the store has the sale, and makes sure that it has it once.
pub(super) async fn arrives_once(owner: &Owner, uuid: &str) -> Order {
    let found = until("the sale at the store", || async {
        let orders = owner.orders().await;
        orders.iter().any(|order| order.uuid == uuid).then_some(orders)
    })
    .await;
    let mut same: Vec<Order> = found.into_iter().filter(|order| order.uuid == uuid).collect();
    assert_eq!(same.len(), 1, "{same:?}");
    same.remove(0)
}

/// Waits until the till knows that the store has the sale.
pub(super) async fn till_knows(cashier: &Cashier, world: &World, uuid: &str) {
    cashier
        .browser
        .goto(&world.till_url(&format!("/sale/{uuid}")))
        .await;
    until("the till to know that the sale is booked", || async {
        let open = cashier.browser.has("#journey[data-on]").await;
        (!open && cashier.browser.has("#journey").await).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cashier_signs_in_through_the_pages_sells_three_items_for_cash_and_the_order_is_at_the_store() {
    let mut world = World::open("2m").await;
    let owner = world.owner();
    world.start_till().await;
    let cashier = Cashier {
        browser: Browser::open(Screen::Counter).await,
    };
    cashier.browser.goto(&world.till_url("/")).await;
    cashier.browser.arrives("/sign-in").await;
    cashier
        .browser
        .press("form[action='/sign-in/start'] button")
        .await;
    cashier.signs_in_at_the_store("cashier").await;

    cashier.browser.find("button.tile").await;
    cashier.adds(3).await;
    let total = cashier
        .browser
        .text("#pay .amt")
        .await
        .expect("the button names the total");
    let uuid = cashier.takes_cash().await;

    let order = arrives_once(&owner, &uuid).await;
    assert_eq!(order.status, "completed");
    assert_eq!(order.lines, 3);
    let shown = total.trim_start_matches('£');
    assert!(
        order.total.starts_with(shown),
        "the page says {total}, the store {}",
        order.total
    );
    till_knows(&cashier, &world, &uuid).await;
    cashier.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_till_that_lost_its_power_has_the_same_cart_session_and_queue() {
    let mut world = World::at_work("2m").await;
    let owner = world.owner();
    let cashier = Cashier::at(&world).await;
    world.network.set(Weather::Down);
    cashier.adds(2).await;
    let uuid = cashier.takes_cash().await;
    cashier.next().await;
    cashier.adds(3).await;
    let cart = cashier.cart().await;

    world.kill_till();
    world.start_till().await;
    cashier.browser.goto(&world.till_url("/")).await;
    cashier.browser.find("#cart .lines > li").await;
    assert_eq!(cashier.cart().await, cart);
    cashier.browser.reads("#bar .queue", "1 sale to send").await;

    world.network.set(Weather::Fine);
    arrives_once(&owner, &uuid).await;
    assert_eq!(world.till_status()["state"], "active");
    cashier.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_press_on_finish_that_was_repeated_makes_one_sale() {
    let world = World::at_work("2m").await;
    let owner = world.owner();
    let cashier = Cashier::at(&world).await;
    cashier.adds(1).await;
    cashier.browser.press("#pay").await;
    cashier.browser.arrives("/checkout").await;
    cashier.browser.press(".quick a.btn").await;
    cashier
        .browser
        .ask(
            "const form = document.querySelector('form.take');\
             const send = () => fetch(form.action, {method: 'POST', body: new URLSearchParams(new FormData(form))});\
             return Promise.all([send(), send(), send()]).then(answers => answers.length)",
        )
        .await;
    cashier.browser.goto(&world.till_url("/sales")).await;
    cashier.browser.find(".sale-rows li").await;
    assert_eq!(cashier.browser.count(".sale-rows li").await, 1);
    let orders = until("the sale at the store", || async {
        Some(owner.orders().await).filter(|orders| !orders.is_empty())
    })
    .await;
    assert_eq!(orders.len(), 1);
    cashier.browser.close().await;
}
