//! Goods that want a second look: weighed, open in one attribute, or sharing a code.

use crate::support::{Desk, Store};

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
