//! Goods that want a second look: weighed, open in one attribute, or sharing a code.

use crate::support::{Desk, Person, Store};

/// Loose beans of the sample shop, sold by the kilogram.
const LOOSE_BEANS: &str = "104";

/// The stoneware mug of the sample shop.
const MUG: &str = "105";

/// The address of the line that was touched last.
async fn current_line(desk: &Desk) -> String {
    let page = desk.browser.get("/").await;
    let start = page.body.find("/cart/line/").unwrap();
    page.body[start..].chars().take_while(|c| *c != '"').collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_weighed_is_sold_in_parts_with_its_unit_on_line_and_receipt() {
    let store = Store::open().await;
    let desk = Desk::open(&store.url()).await;
    let browser = &desk.browser;
    browser
        .get("/?q=loose")
        .await
        .holds("<span>a kg</span>")
        .holds("4.62 kg");
    let fields = [("product_id", LOOSE_BEANS), ("quantity", "0.375")];
    browser.post("/cart/add", &fields).await.leads_to("/");
    browser
        .get("/")
        .await
        .holds("0.375<small>kg</small>")
        .holds("£32.00 a kg");
    let sheet = browser.get(&current_line(&desk).await).await;
    sheet
        .holds("Quantity in kg")
        .holds("Price a kg")
        .lacks("title=\"Whole pieces\"");
    let uuid = desk.pay("").await;
    browser
        .get(&format!("/sale/{uuid}/done"))
        .await
        .holds("0.375 kg × Ethiopia Guji, loose beans");
    browser
        .get(&format!("/sale/{uuid}/receipt"))
        .await
        .holds("0.375 kg × 32.00");
    desk.sent(&uuid).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_counted_in_pieces_is_not_sold_in_parts() {
    let store = Store::open().await;
    let desk = Desk::open(&store.url()).await;
    let browser = &desk.browser;
    browser
        .post("/cart/add", &[("product_id", MUG)])
        .await
        .leads_to("/");
    let line = current_line(&desk).await;
    browser.get(&line).await.holds("title=\"Whole pieces\"");
    browser
        .post(&line, &[("quantity", "0.5")])
        .await
        .holds("sold in whole pieces only");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scan_asks_for_what_the_variation_leaves_open_and_the_order_carries_the_answer() {
    let store = Store::open().await;
    let desk = Desk::open(&store.url()).await;
    let browser = &desk.browser;
    // The largest tee comes in any colour.
    let asked = browser.post("/cart/scan", &[("code", "9520417010184")]).await;
    asked
        .holds("choose colour")
        .holds("name=\"attribute_pa_colour\" value=\"Rust\"");
    browser.get("/").await.lacks("1 line");
    let tee = [("product_id", "125"), ("variation_id", "1018")];
    let pink = [&tee[..], &[("attribute_pa_colour", "Pink")]].concat();
    browser.post("/cart/add", &pink).await.holds("choose colour");
    let rust = [&tee[..], &[("attribute_pa_colour", "Rust")]].concat();
    browser.post("/cart/add", &rust).await.leads_to("/");
    browser.get("/").await.holds("Corner Tee \u{2013} XL, Rust");
    let uuid = desk.pay("").await;
    desk.sent(&uuid).await;
    let owner = Person::signed_in(&store.url(), "owner").await;
    let orders = owner.orders_of(&uuid).await;
    let meta = orders[0]["line_items"][0]["meta_data"].as_array().unwrap();
    let said = meta.iter().find(|entry| entry["key"] == "pa_colour").unwrap();
    assert_eq!(said["display_value"], "Rust", "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_several_items_carry_lets_a_person_choose() {
    let store = Store::open().await;
    let desk = Desk::open(&store.url()).await;
    let browser = &desk.browser;
    let asked = browser.post("/cart/scan", &[("code", "9520417001274")]).await;
    asked
        .holds("Which one is it?")
        .holds("2 items carry the code")
        .holds("Sourdough Loaf")
        .holds("£4.60")
        .holds("£2.30");
    browser.get("/").await.lacks("1 line");
    let (product, variation) = (asked.field("product_id"), asked.field("variation_id"));
    let chosen = [("product_id", product.as_str()), ("variation_id", &variation)];
    browser.post("/cart/add", &chosen).await.leads_to("/");
    browser.get("/").await.holds("1 line");
}
