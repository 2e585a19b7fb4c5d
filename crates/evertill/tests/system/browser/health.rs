//! The health page: the checks as they end, and what a person does about them.

use super::cashier::Cashier;
use crate::harness::{chromium::Browser, proxy::Weather, until, world::World};

/// Waits and ends of the checks on the page.
async fn ticks(browser: &Browser) -> (usize, usize) {
    let waits = browser.count(".ticks li.waits").await;
    (waits, browser.count(".ticks li:not(.waits)").await)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_is_there_at_once_and_each_check_shows_as_it_ends() {
    let mut world = World::at_work("15m").await;
    let cashier = Cashier::at(&world).await;
    // A slow store leaves time to see that the page does not wait for it.
    world.kill_store();
    world
        .start_store_with(&["--fault", "slow", "--i-know-this-is-a-test"])
        .await;
    let browser = &cashier.browser;
    browser.goto(&world.till_url("/health")).await;
    browser.reads("#health h1", "Looking at this till").await;
    browser.ask("window.sameDocument = true").await;
    until("some checks to have ended while others wait", || async {
        let (waits, ended) = ticks(browser).await;
        (waits > 0 && ended > 5).then_some(())
    })
    .await;
    browser.find("#health .hops").await;
    assert_eq!(
        ticks(browser).await,
        (0, 0),
        "the list has given way to what it came to"
    );
    assert_eq!(
        browser.ask("return window.sameDocument === true").await,
        true,
        "the page was not loaded again"
    );
    let health = browser.text("#health").await.expect("the page");
    assert!(health.contains("for its shortest answer"), "{health}");
    assert!(!browser.has("#health[data-stream]").await);
    cashier.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sales_that_wait_are_listed_with_their_sum_and_sent_at_the_press_of_a_button() {
    let world = World::at_work("15m").await;
    let cashier = Cashier::at(&world).await;
    let owner = world.owner();
    world.network.set(Weather::Down);
    cashier.adds(1).await;
    let uuid = cashier.takes_cash().await;
    let browser = &cashier.browser;
    browser.goto(&world.till_url("/health")).await;
    browser.reads("main", "Sales that wait").await;
    browser.find(&format!("a[href='/sale/{uuid}']")).await;
    world.network.set(Weather::Fine);
    browser.press("form[action='/health/send'] button").await;
    browser.arrives("/sales").await;
    super::journeys::arrives_once(&owner, &uuid).await;
    cashier.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_out_of_a_report_is_said_before_it_is_handed_on_and_a_test_receipt_can_be_printed() {
    let world = World::at_work("15m").await;
    let cashier = Cashier::at(&world).await;
    let browser = &cashier.browser;
    browser.goto(&world.till_url("/health")).await;
    browser.find("#health .hops").await;
    let health = browser.text("#health").await.expect("the page");
    assert!(
        health.contains("Taken out before it is handed on: names ("),
        "{health}"
    );
    browser.goto(&world.till_url("/health/test-print")).await;
    browser.reads(".slip", "Nothing was sold").await;
    cashier.browser.close().await;
}
