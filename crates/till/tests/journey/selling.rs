//! A working day: ring up, take cash, find the order in the store.

use serde_json::Value;

use crate::support::{Desk, Person, Store};

fn total(order: &Value) -> &str {
    order["total"].as_str().unwrap()
}

/// What the sale's page says was to pay.
async fn charged(desk: &Desk, uuid: &str) -> String {
    let page = desk.browser.get(&format!("/sale/{uuid}/receipt")).await;
    let after = page.body.split("Total").nth(1).unwrap();
    let start = after.find('£').unwrap() + '£'.len_utf8();
    after[start..]
        .chars()
        .take_while(|c| c.is_ascii_digit() || *c == '.')
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn three_items_sold_for_cash_are_one_order_of_the_same_total_in_the_store() {
    let store = Store::open().await;
    let desk = Desk::open(&store.url()).await;
    desk.add_some(3).await;
    let uuid = desk.pay("500").await;
    desk.browser
        .get(&format!("/sale/{uuid}/done"))
        .await
        .holds("received £500.00 in cash");
    desk.sent(&uuid).await;
    let owner = Person::signed_in(&store.url(), "owner").await;
    let orders = owner.orders_of(&uuid).await;
    assert_eq!(orders.len(), 1);
    let order = &orders[0];
    assert_eq!(order["status"], "completed");
    assert_eq!(order["line_items"].as_array().unwrap().len(), 3);
    let charged: rust_decimal::Decimal = charged(&desk, &uuid).await.parse().unwrap();
    assert_eq!(total(order).parse::<rust_decimal::Decimal>().unwrap(), charged);
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_presses_on_pay_make_one_sale() {
    let store = Store::open().await;
    let desk = Desk::open(&store.url()).await;
    desk.add_some(2).await;
    let page = desk.browser.get("/checkout").await;
    let (csrf, key) = (page.field("csrf"), page.field("sale_key"));
    let fields = [("sale_key", key.as_str()), ("received", "")];
    let presses = (0..10).map(|_| desk.browser.post_with(&csrf, "/checkout/cash", &fields));
    let uuid = key.split('_').next().unwrap();
    for page in futures_util::future::join_all(presses).await {
        page.leads_to(&format!("/sale/{uuid}/done"));
    }
    desk.sent(uuid).await;
    let list = desk.browser.get("/sales").await;
    assert_eq!(list.body.matches("Sent · order").count(), 1);
    let owner = Person::signed_in(&store.url(), "owner").await;
    assert_eq!(owner.orders_of(uuid).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn too_little_cash_and_a_sale_changed_elsewhere_are_not_paid() {
    let store = Store::open().await;
    let desk = Desk::open(&store.url()).await;
    desk.add_some(1).await;
    let page = desk.browser.get("/checkout").await;
    let (csrf, key) = (page.field("csrf"), page.field("sale_key"));
    let short = [("sale_key", key.as_str()), ("received", "0.01")];
    let refused = desk.browser.post_with(&csrf, "/checkout/cash", &short).await;
    assert_eq!(refused.status, 200);
    refused.holds("less than there is to pay");
    desk.add_some(2).await;
    let late = [("sale_key", key.as_str()), ("received", "500")];
    let refused = desk.browser.post_with(&csrf, "/checkout/cash", &late).await;
    refused.holds("changed in another window");
    desk.browser.get("/sales").await.lacks("/sale/");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_store_away_for_a_while_costs_no_sale_and_no_sign_in() {
    let mut store = Store::open().await;
    let desk = Desk::open(&store.url()).await;
    store.stop().await;
    let mut sold = Vec::new();
    for _ in 0..3 {
        sold.push(desk.sell(2).await);
    }
    desk.eventually("the bar says offline", async || {
        let page = desk.browser.get("/").await;
        page.body.contains("Offline") && page.body.contains("3 sales to send")
    })
    .await;
    store.start().await;
    for uuid in &sold {
        desk.sent(uuid).await;
    }
    let owner = Person::signed_in(&store.url(), "owner").await;
    for uuid in &sold {
        assert_eq!(owner.orders_of(uuid).await.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_till_that_starts_again_has_the_same_sale_session_and_queue() {
    let mut store = Store::open().await;
    let desk = Desk::open(&store.url()).await;
    store.stop().await;
    let waiting = desk.sell(1).await;
    desk.add_some(3).await;
    let before = desk.browser.get("/checkout").await.field("sale_key");
    let desk = desk.restarted(&store.url()).await;
    let after = desk.browser.get("/checkout").await;
    assert_eq!(after.field("sale_key"), before);
    assert!(
        after.headers.get("set-cookie").is_none(),
        "the browser is still known"
    );
    desk.browser.get("/session").await.holds("Ada Osei");
    store.start().await;
    desk.sent(&waiting).await;
    let owner = Person::signed_in(&store.url(), "owner").await;
    assert_eq!(owner.orders_of(&waiting).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sale_is_parked_resumed_undone_and_emptied_without_a_script() {
    let store = Store::open().await;
    let desk = Desk::open(&store.url()).await;
    desk.add_some(2).await;
    let browser = &desk.browser;
    browser
        .post("/cart/note", &[("note", "table by the window")])
        .await;
    browser.post("/cart/park", &[]).await.leads_to("/");
    browser.get("/").await.lacks("table by the window");
    let parked = browser.get("/cart/parked").await;
    parked.holds("table by the window").holds("Sale 1001");
    let start = parked.body.find("/cart/resume/").unwrap();
    let path: String = parked.body[start..].chars().take_while(|c| *c != '"').collect();
    browser.post(&path, &[]).await.leads_to("/");
    browser
        .get("/")
        .await
        .holds("table by the window")
        .holds("2 lines");
    let cleared = browser.post("/cart/clear", &[]).await;
    cleared.holds("Everything removed");
    browser.post("/cart/undo", &[]).await.leads_to("/");
    browser.get("/").await.holds("2 lines");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scan_rings_up_and_an_unknown_code_offers_a_custom_item() {
    let store = Store::open().await;
    let desk = Desk::open(&store.url()).await;
    let owner = Person::signed_in(&store.url(), "owner").await;
    let products = owner
        .get("wcpos/v2/products", &[("status", "publish"), ("per_page", "100")])
        .await;
    let sellable = |product: &&Value| {
        product["type"] == "simple"
            && product["stock_status"] == "instock"
            && product["global_unique_id"] != ""
    };
    let product = products
        .as_array()
        .unwrap()
        .iter()
        .find(sellable)
        .unwrap()
        .clone();
    let code = product["global_unique_id"].as_str().unwrap();
    desk.browser
        .post("/cart/scan", &[("code", code)])
        .await
        .leads_to("/");
    desk.browser.get("/").await.holds("1 line");
    let unknown = desk
        .browser
        .post("/cart/scan", &[("code", "0000000000017")])
        .await;
    unknown
        .holds("Nobody knows this code")
        .holds("code=0000000000017");
    let fields = [
        ("name", "Gift wrap"),
        ("price", "2,50"),
        ("code", "0000000000017"),
        ("tax_class", ""),
    ];
    desk.browser.post("/cart/custom", &fields).await.leads_to("/");
    desk.browser.get("/").await.holds("Gift wrap").holds("2.50");
    let uuid = desk.pay("").await;
    desk.sent(&uuid).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_print_after_the_first_is_a_copy() {
    let mut store = Store::open().await;
    let desk = Desk::open(&store.url()).await;
    store.stop().await;
    let uuid = desk.sell(1).await;
    let path = format!("/sale/{uuid}/receipt");
    let first = desk.browser.get(&path).await;
    first.lacks("COPY").holds("Not yet registered online");
    let printed = format!("/sale/{uuid}/printed");
    desk.browser.post(&printed, &[]).await.leads_to(&path);
    desk.browser
        .get(&path)
        .await
        .holds("<p class=\"copy-mark\">COPY</p>")
        .holds("<dt>Printed</dt>")
        .holds("Not yet registered online");
    desk.browser
        .get(&format!("/sale/{uuid}"))
        .await
        .lacks("Receipt printed");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_register_finds_by_words_and_serves_the_pictures_itself() {
    let store = Store::open().await;
    let desk = Desk::open(&store.url()).await;
    let page = desk.browser.get("/").await;
    page.lacks(&format!("{}/pictures", store.url()));
    let start = page.body.find("/picture/").unwrap();
    let path: String = page.body[start..].chars().take_while(|c| *c != '"').collect();
    let picture = desk.browser.get(&path).await;
    assert_eq!(
        (picture.status, picture.headers["content-type"].as_bytes()),
        (200, &b"image/svg+xml"[..])
    );
    assert!(
        picture.headers["content-security-policy"]
            .to_str()
            .unwrap()
            .contains("sandbox")
    );
    let found = desk.browser.fragment("/?q=zzzzqqq").await;
    found.holds("goods-list").lacks("class=\"tile\"");
}
