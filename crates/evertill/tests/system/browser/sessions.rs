//! What a cashier sees when the session ends at the store.

use super::{
    cashier::Cashier,
    journeys::{arrives_once, till_knows},
};
use crate::harness::{
    PATIENCE,
    program::run,
    proxy::Weather,
    until, within,
    world::{World, text},
};

/// Short enough for a scenario, long enough for the till to renew in peace.
const SHORT_LIFE: &str = "10s";

#[tokio::test(flavor = "multi_thread")]
async fn an_access_token_that_would_end_is_renewed_before_and_no_request_is_refused() {
    let world = World::at_work(SHORT_LIFE).await;
    let cashier = Cashier::at(&world).await;
    within(PATIENCE, "three renewals", || async {
        (world.network.count("auth/refresh") >= 3).then_some(())
    })
    .await;
    cashier.sees_bar("ok").await;
    let refused: Vec<_> = world
        .access_log()
        .await
        .into_iter()
        .filter(|request| request.status == 401)
        .collect();
    assert!(refused.is_empty(), "{refused:?}");
    cashier.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_the_owner_ended_leaves_cart_focus_typed_text_and_cash_alone() {
    let world = World::at_work(SHORT_LIFE).await;
    let owner = world.owner();
    let cashier = Cashier::at(&world).await;
    cashier.adds(3).await;
    let cart = cashier.cart().await;
    cashier.browser.type_into("#search", "co").await;

    owner.end_sessions_of("cashier").await;
    cashier.sees_bar("warn").await;

    assert_eq!(cashier.cart().await, cart);
    assert_eq!(
        cashier.browser.ask("return document.activeElement.id").await,
        "search"
    );
    assert_eq!(
        cashier
            .browser
            .ask("return document.querySelector('#search').value")
            .await,
        "co"
    );
    assert!(
        !cashier.browser.has("#sheet .sheet").await,
        "nothing opens by itself"
    );
    let uuid = cashier.takes_cash().await;
    cashier.next().await;
    cashier.browser.reads("#bar .queue", "1 sale to send").await;
    assert_eq!(world.till_status()["state"], "sign_in_needed");

    cashier.signs_in_again("cashier").await;
    arrives_once(&owner, &uuid).await;
    cashier.sees_bar("ok").await;
    cashier.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sales_of_an_ended_session_arrive_once_by_themselves_after_the_next_sign_in() {
    let world = World::at_work(SHORT_LIFE).await;
    let owner = world.owner();
    let cashier = Cashier::at(&world).await;
    owner.end_sessions_of("cashier").await;
    let mut sold = Vec::new();
    for count in 1..=3 {
        cashier.adds(count).await;
        sold.push(cashier.takes_cash().await);
        cashier.next().await;
    }
    cashier.sees_bar("warn").await;
    cashier.signs_in_again("cashier").await;
    for uuid in &sold {
        arrives_once(&owner, uuid).await;
    }
    till_knows(&cashier, &world, &sold[0]).await;
    assert_eq!(owner.orders().await.len(), 3);
    cashier.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_reached_its_end_at_the_store_keeps_selling_and_sends_after_the_next_sign_in() {
    let mut world = World::at_work(SHORT_LIFE).await;
    let cashier = Cashier::at(&world).await;
    cashier.adds(2).await;
    let cart = cashier.cart().await;
    world.age_every_session().await;
    cashier.sees_bar("warn").await;
    assert_eq!(world.till_status()["cause"], "API02009");
    assert_eq!(cashier.cart().await, cart);
    let uuid = cashier.takes_cash().await;
    cashier.next().await;

    cashier.signs_in_again("cashier").await;
    arrives_once(&world.owner(), &uuid).await;
    cashier.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_person_who_signs_in_sends_the_sales_and_changes_nothing_about_them() {
    let world = World::at_work(SHORT_LIFE).await;
    let owner = world.owner();
    let cashier = Cashier::at(&world).await;
    owner.end_sessions_of("cashier").await;
    cashier.adds(2).await;
    let uuid = cashier.takes_cash().await;
    cashier.next().await;
    cashier.sees_bar("warn").await;
    cashier.signs_in_again("cashier2").await;
    let order = arrives_once(&owner, &uuid).await;
    assert_eq!(order.lines, 2);
    cashier.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_session_is_asked_about_a_few_times_and_not_in_a_loop() {
    let world = World::at_work(SHORT_LIFE).await;
    let owner = world.owner();
    let cashier = Cashier::at(&world).await;
    owner.end_sessions_of("cashier").await;
    cashier.sees_bar("warn").await;
    let renewals = world.network.count("auth/refresh");
    for _ in 0..3 {
        cashier.browser.goto(&world.till_url("/sales")).await;
        cashier.browser.goto(&world.till_url("/session")).await;
        cashier.browser.goto(&world.till_url("/")).await;
        cashier.browser.find("button.tile").await;
    }
    assert_eq!(world.network.count("auth/refresh"), renewals);
    cashier.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sheet_says_what_is_safe_why_and_what_to_press() {
    let world = World::at_work(SHORT_LIFE).await;
    let owner = world.owner();
    let cashier = Cashier::at(&world).await;
    owner.end_sessions_of("cashier").await;
    cashier.sees_bar("warn").await;
    cashier.browser.press("#bar.warn .net").await;
    let sheet = cashier
        .browser
        .reads("#sheet .sheet", "Later, keep selling")
        .await;
    assert!(sheet.contains("API02008"), "{sheet}");
    for word in ["token", "401", "nauthori"] {
        assert!(!sheet.to_lowercase().contains(word), "`{word}` in {sheet}");
    }
    cashier.browser.press("#sheet [data-close]").await;
    until("the sheet to close", || async {
        (!cashier.browser.has("#sheet .sheet").await).then_some(())
    })
    .await;
    cashier.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_with_unsent_sales_is_refused_and_keeps_them() {
    let world = World::at_work("2m").await;
    let owner = world.owner();
    let cashier = Cashier::at(&world).await;
    world.network.set(Weather::Down);
    cashier.adds(1).await;
    let uuid = cashier.takes_cash().await;
    cashier.browser.goto(&world.till_url("/session")).await;
    cashier.browser.find("#session").await;
    assert!(
        !cashier
            .browser
            .has("form[action='/session/sign-out'] button:not([disabled])")
            .await,
        "the button is not offered while a sale waits"
    );
    let logout = run(
        &[
            "logout",
            "--data-dir",
            text(&world.till_home()),
            "--store",
            &world.store_url(),
        ],
        "",
    );
    assert_eq!(logout.exit, Some(1));
    assert!(logout.stderr.contains("(PY03003)"), "{}", logout.stderr);

    world.network.set(Weather::Fine);
    arrives_once(&owner, &uuid).await;
    cashier.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_a_failed_renewal_holds_its_causes_as_facts_also_offline() {
    let world = World::at_work(SHORT_LIFE).await;
    let owner = world.owner();
    let cashier = Cashier::at(&world).await;
    within(PATIENCE, "a renewal", || async {
        (world.network.count("auth/refresh") >= 1).then_some(())
    })
    .await;
    let well = facts(&cashier, &world).await;
    for fact in [
        "Refresh token expired: no",
        "Revoked: no sign of it",
        "Server: answered in # ms",
        "Network: fine",
    ] {
        assert!(well.iter().any(|line| line == fact), "`{fact}` in {well:#?}");
    }
    for code in ["API02002", "API02008", "API02009"] {
        let link = format!("main dl.kv a[href='/error-codes/{code}']");
        assert!(cashier.browser.has(&link).await, "{code}");
    }

    owner.end_sessions_of("cashier").await;
    cashier.sees_bar("warn").await;
    let ended = facts(&cashier, &world).await;
    for fact in ["Server: answered in # ms", "Network: fine"] {
        assert!(ended.iter().any(|line| line == fact), "`{fact}` in {ended:#?}");
    }
    assert!(
        ended
            .iter()
            .any(|line| line == "Revoked: yes, by Ann Whitaker at #:#"),
        "{ended:#?}"
    );

    world.network.set(Weather::Down);
    let away = facts(&cashier, &world).await;
    assert!(
        away.iter()
            .any(|line| line == "Revoked: yes, by Ann Whitaker at #:#"),
        "{away:#?}"
    );
    assert!(
        away.iter()
            .any(|line| line.starts_with("Server: not reached; it last answered in # ms at #:#")),
        "{away:#?}"
    );
    let network = away.iter().find(|line| line.starts_with("Network: "));
    assert!(network.is_some_and(|line| line != "Network: fine"), "{away:#?}");
    cashier.browser.close().await;
}

/// The live facts of the page, a line each, with `#` for every number.
async fn facts(cashier: &Cashier, world: &World) -> Vec<String> {
    cashier
        .browser
        .goto(&world.till_url("/error-codes/API02007"))
        .await;
    cashier.browser.reads("main", "Refresh token expired").await;
    let script = "return [...document.querySelectorAll('dl.kv dt bdi')].map((name) => \
         `${name.innerText}: ${name.closest('dt').nextElementSibling.querySelector('bdi').innerText}`.replace(/\\d+/g, '#'))";
    let lines = cashier.browser.ask(script).await;
    let lines = lines.as_array().expect("a list");
    lines
        .iter()
        .filter_map(|line| line.as_str().map(str::to_owned))
        .collect()
}
