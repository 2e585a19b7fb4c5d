//! Help pages in a running till: what a code means, and what this till knows about it.

use crate::support::{Desk, Person, Store};

/// The live facts of a page, a line each: `Revoked: no sign of it`.
async fn facts(desk: &Desk, code: &str) -> Vec<String> {
    let page = desk.browser.get(&format!("/error-codes/{code}")).await;
    assert_eq!(page.status, 200);
    let list = page.body.split("<dl class=\"kv\">").nth(1).unwrap();
    let list = list.split("</dl>").next().unwrap();
    let texts: Vec<&str> = list
        .split("<bdi>")
        .skip(1)
        .filter_map(|text| text.split("</bdi>").next())
        .collect();
    texts.chunks(2).map(|pair| pair.join(": ")).collect()
}

/// Whether a line has this shape, where `#` stands for one or more digits.
fn has_shape(line: &str, shape: &str) -> bool {
    let mut short = String::new();
    for letter in line.chars() {
        match letter.is_ascii_digit() {
            true if short.ends_with('#') => {}
            true => short.push('#'),
            false => short.push(letter),
        }
    }
    short == shape
}

fn holds(facts: &[String], shapes: &[&str]) {
    for shape in shapes {
        assert!(
            facts.iter().any(|line| has_shape(line, shape)),
            "{shape}\n{facts:#?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_a_failed_renewal_holds_each_cause_as_a_live_fact() {
    let mut store = Store::open().await;
    let desk = Desk::open(&store.url()).await;
    let well = facts(&desk, "API02007").await;
    holds(
        &well,
        &[
            "Refresh token expired: no",
            "Revoked: no sign of it",
            "Access token expired: no, ends in # min",
            "Server: answered in # ms",
            "Network: fine",
        ],
    );
    let page = desk.browser.get("/error-codes/API02007").await;
    for code in ["API02002", "API02008", "API02009"] {
        page.holds(&format!("href=\"/error-codes/{code}\" title="));
    }

    let owner = Person::signed_in(&store.url(), "owner").await;
    owner.end_session(&desk.till).await;
    desk.till.keeper().renew_now().await.unwrap_err();
    holds(
        &facts(&desk, "API02007").await,
        &[
            "Refresh token expired: no",
            "Revoked: yes, by Ann Whitaker at #:#",
            "Server: answered in # ms",
            "Network: fine",
        ],
    );
    store.stop().await;
    let away = facts(&desk, "API02007").await;
    holds(&away, &["Network: The store closed the door on the connection"]);
    assert!(
        away.iter().any(|line| line.starts_with("Server: not reached")),
        "{away:#?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn help_is_there_before_anybody_signed_in() {
    let store = Store::open().await;
    let desk = Desk::new(&store.url()).await;
    let index = desk.browser.get("/error-codes?q=Expired+token").await;
    assert_eq!(index.status, 200);
    assert!(index.body.contains("href=\"/error-codes/API02009\""));
    let page = desk.browser.get("/error-codes/api02010").await;
    assert!(page.body.contains("Nobody is signed in"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_no_code_leads_to_the_search() {
    let store = Store::open().await;
    let desk = Desk::new(&store.url()).await;
    assert_eq!(desk.browser.get("/error-codes/HELLO1").await.status, 303);
}
