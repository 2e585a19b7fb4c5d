//! Booking sales: exactly once, at the right total, with nothing lost and nothing invented.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    sales::{GUJI, MUG, UUID_KEY, booked, create, envelope, meta, mugs, orders, push, sale, stock},
    support::{Shop, Till},
};

#[tokio::test]
async fn a_sale_is_booked_with_the_stores_own_totals_and_takes_its_goods_off_the_shelf() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let record = Uuid::new_v4();
    let mut payload = sale(&[mugs(2)]);
    payload["total"] = json!("0.01");
    let reply = booked(&shop, &till, &create(record, &payload)).await;
    let order = &reply["document"];
    assert_eq!(
        (&order["total"], &order["total_tax"]),
        (&json!("28.000000"), &json!("4.670000"))
    );
    assert_eq!(order["status"], "completed");
    assert_eq!(order["created_via"], "woocommerce-pos");
    assert_eq!(meta(order, UUID_KEY), Some(record.to_string().as_str()));
    assert_eq!(meta(order, "_pos_user"), Some(till.user_id.to_string().as_str()));
    assert_eq!(order["line_items"][0]["name"], "Stoneware Mug, Moss");
    assert_eq!(stock(&shop, &till, MUG).await, 6);
    let listed = shop
        .get_as(&till, &format!("orders?include={}", order["id"]))
        .await
        .json();
    assert_eq!(listed[0]["_rxdb_revision"], reply["currentRevision"]);
    assert_eq!(listed[0]["total"], order["total"]);
}

#[tokio::test]
async fn the_same_request_again_is_the_same_sale_also_after_a_restart() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let body = create(Uuid::new_v4(), &sale(&[mugs(1)]));
    let first = push(&shop, &till, &body).await;
    let again = push(&shop, &till, &body).await;
    assert_eq!((first.status, again.status), (201, 201));
    assert_eq!(first.json(), again.json());
    let shop = shop.reopen().await;
    let access = shop.renew(&till.refresh).await.json()["access_token"]
        .as_str()
        .unwrap()
        .to_owned();
    let till = Till { access, ..till };
    let after = push(&shop, &till, &body).await.json();
    assert_eq!(after["currentRevision"], first.json()["currentRevision"]);
    assert_eq!(orders(&shop, &till).await.len(), 1);
    assert_eq!(stock(&shop, &till, MUG).await, 7);
}

#[tokio::test]
async fn a_removed_order_gives_its_goods_back_and_its_mutation_stays_known() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let manager = shop.sign_in("manager").await;
    let record = Uuid::new_v4();
    let body = create(record, &sale(&[mugs(2)]));
    let reply = booked(&shop, &till, &body).await;
    let blind = envelope("delete", record, None, &Value::Null);
    let answer = push(&shop, &manager, &blind).await;
    assert_eq!(
        answer.verdict(),
        (428, "woo_rxdb_sync_precondition_required".into())
    );
    let remove = envelope("delete", record, reply["currentRevision"].as_str(), &Value::Null);
    for _ in 0..2 {
        let answer = push(&shop, &manager, &remove).await;
        assert_eq!((answer.status, answer.json()), (200, json!({})));
    }
    assert_eq!(stock(&shop, &till, MUG).await, 8);
    let again = push(&shop, &till, &body).await;
    assert_eq!(again.verdict(), (410, "woo_rxdb_sync_orphaned_mutation".into()));
    let pulled = shop.get_as(&till, "orders/pull?include_deletes=1").await.json();
    assert_eq!(pulled["deletes"], json!([reply["document"]["id"]]));
}

#[tokio::test]
async fn parallel_creates_of_one_record_make_one_order() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let record = Uuid::new_v4();
    let bodies: Vec<Value> = (0..8).map(|_| create(record, &sale(&[mugs(1)]))).collect();
    let same = create(Uuid::new_v4(), &sale(&[mugs(1)]));
    let all = bodies
        .iter()
        .chain(std::iter::repeat_n(&same, 8))
        .map(|body| push(&shop, &till, body));
    let mut ids = std::collections::BTreeSet::new();
    for answer in futures_util::future::join_all(all).await {
        assert!(matches!(answer.status, 200 | 201), "{}", answer.body);
        ids.insert(answer.json()["document"]["id"].as_i64().unwrap());
    }
    assert_eq!(ids.len(), 2);
    assert_eq!(orders(&shop, &till).await.len(), 2);
    assert_eq!(stock(&shop, &till, MUG).await, 6);
}

#[tokio::test]
async fn three_tills_with_fifty_sales_each_book_every_one_once() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let sales: Vec<Value> = (0..150)
        .map(|_| create(Uuid::new_v4(), &sale(&[mugs(1)])))
        .collect();
    for chunk in sales.chunks(30) {
        let twice = chunk.iter().chain(chunk).map(|body| push(&shop, &till, body));
        for answer in futures_util::future::join_all(twice).await {
            assert_eq!(answer.status, 201, "{}", answer.body);
        }
    }
    let total = shop.get_as(&till, "orders?per_page=1").await;
    assert_eq!(total.header("x-wp-total"), Some("150"));
    assert_eq!(stock(&shop, &till, MUG).await, 8 - 150);
}

#[tokio::test]
async fn a_mutation_id_with_another_body_is_refused() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let mut body = create(Uuid::new_v4(), &sale(&[mugs(1)]));
    booked(&shop, &till, &body).await;
    body["payload"]["customer_note"] = json!("other");
    let answer = push(&shop, &till, &body).await;
    assert_eq!(answer.verdict(), (422, "woo_rxdb_sync_bad_mutation_id".into()));
}

#[tokio::test]
async fn a_change_names_the_state_it_is_based_on() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let record = Uuid::new_v4();
    let reply = booked(&shop, &till, &create(record, &sale(&[mugs(1)]))).await;
    let note = json!({"customer_note": "x"});
    let blind = push(&shop, &till, &envelope("update", record, None, &note)).await;
    assert_eq!(blind.verdict(), (428, "woo_rxdb_sync_revision_required".into()));
    assert_eq!(blind.json().get("data"), None);
    let stale = push(&shop, &till, &envelope("update", record, Some("sha256:0"), &note)).await;
    assert_eq!(stale.verdict(), (409, "woo_rxdb_sync_conflict".into()));
    assert_eq!(stale.json()["currentRevision"], reply["currentRevision"]);
    assert_eq!(stale.json()["current"]["id"], reply["document"]["id"]);
}

#[tokio::test]
async fn echoing_the_whole_document_changes_nothing() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let record = Uuid::new_v4();
    let variation = json!({"product_id": 125, "variation_id": 1012, "quantity": 1, "total": "20.000000",
                           "meta_data": [{"key": "_woocommerce_pos_data", "value": {"price": 24}}]});
    let mut payload = sale(&[mugs(2), variation]);
    payload["fee_lines"] = json!([{"name": "Service", "total": "4.166667"}]);
    payload["shipping_lines"] =
        json!([{"method_id": "flat_rate", "method_title": "Delivery", "total": "4.125000"}]);
    let reply = booked(&shop, &till, &create(record, &payload)).await;
    shop.pass(100);
    let base = reply["currentRevision"].as_str().unwrap();
    let echo = booked(
        &shop,
        &till,
        &envelope("update", record, Some(base), &reply["document"]),
    )
    .await;
    assert_eq!(echo["currentRevision"], base);
    assert_eq!(echo["document"], reply["document"]);
}

#[tokio::test]
async fn an_open_cart_is_paid_by_a_change_and_takes_its_goods_once() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let record = Uuid::new_v4();
    let mut cart = sale(&[mugs(2)]);
    cart["status"] = json!("pos-open");
    let reply = booked(&shop, &till, &create(record, &cart)).await;
    assert_eq!(reply["document"]["date_paid"], Value::Null);
    let pay =
        json!({"status": "completed", "meta_data": [{"key": "_pos_cash_amount_tendered", "value": "30"}]});
    let pay = envelope("update", record, reply["currentRevision"].as_str(), &pay);
    let paid = booked(&shop, &till, &pay).await;
    assert_eq!(paid["document"]["status"], "completed");
    assert!(paid["document"]["date_paid"].is_string());
    assert_eq!(meta(&paid["document"], "_pos_cash_amount_tendered"), Some("30"));
    booked(&shop, &till, &pay).await;
    assert_eq!(stock(&shop, &till, MUG).await, 6);
    let line_meta = paid["document"]["line_items"][0]["meta_data"].as_array().unwrap();
    assert!(
        line_meta
            .iter()
            .any(|entry| entry["key"] == "_reduced_stock" && entry["value"] == "2")
    );
}

#[tokio::test]
async fn goods_by_weight_and_without_totals_cost_what_the_shelf_says() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let weighed = json!({"product_id": GUJI, "quantity": 0.375});
    let cookies = json!({"product_id": 159, "quantity": 2});
    let reply = booked(&shop, &till, &create(Uuid::new_v4(), &sale(&[weighed, cookies]))).await;
    assert_eq!(reply["document"]["line_items"][0]["total"], "12.000000");
    assert_eq!(reply["document"]["line_items"][0]["quantity"], json!(0.375));
    assert_eq!(
        reply["document"]["line_items"][1]["total"], "6.000000",
        "the sale price, tax taken out"
    );
    assert_eq!(reply["document"]["total"], "19.200000");
    assert_eq!(stock(&shop, &till, GUJI).await, json!(4.245));
}

#[tokio::test]
async fn a_variation_shares_the_stock_of_its_product_where_the_product_counts() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let before = stock(&shop, &till, 180).await.as_i64().unwrap();
    let line = json!({"product_id": 180, "variation_id": 1033, "quantity": 2});
    let reply = booked(&shop, &till, &create(Uuid::new_v4(), &sale(&[line]))).await;
    assert_eq!(stock(&shop, &till, 180).await, before - 2);
    let sold = &reply["document"]["line_items"][0];
    assert_eq!(sold["parent_name"], "Kids’ Tee, Little Bean");
    assert!(
        sold["name"]
            .as_str()
            .unwrap()
            .starts_with("Kids’ Tee, Little Bean - "),
        "{sold}"
    );
}

#[tokio::test]
async fn dates_follow_the_stock_rules() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let mut payload = sale(&[mugs(1)]);
    payload["date_created_gmt"] = json!("2026-11-21T10:15:30Z");
    let record = Uuid::new_v4();
    let reply = booked(&shop, &till, &create(record, &payload)).await;
    assert_eq!(reply["document"]["date_created_gmt"], "2026-11-21T10:15:30");
    assert_eq!(
        reply["document"]["date_paid_gmt"], "2026-11-23T02:56:33",
        "the moment the store learnt of it"
    );
    let later = json!({"date_created_gmt": "2020-01-01T00:00:00"});
    let base = reply["currentRevision"].as_str();
    let changed = booked(&shop, &till, &envelope("update", record, base, &later)).await;
    assert_eq!(changed["document"]["date_created_gmt"], "2026-11-21T10:15:30");
    payload["date_created_gmt"] = json!("2026-11-24T01:56:33");
    assert_eq!(
        push(&shop, &till, &create(Uuid::new_v4(), &payload)).await.status,
        201
    );
    payload["date_created_gmt"] = json!("2026-11-24T03:56:33");
    let answer = push(&shop, &till, &create(Uuid::new_v4(), &payload)).await;
    assert_eq!(
        answer.verdict(),
        (400, "woocommerce_pos_rest_future_date_created_gmt".into())
    );
}

#[tokio::test]
async fn what_the_store_owns_a_till_cannot_write() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let mut payload = sale(&[mugs(1)]);
    payload["created_via"] = json!("rest-api");
    payload["number"] = json!("1");
    payload["prices_include_tax"] = json!(false);
    payload["meta_data"] = json!([
        {"key": "_pos_user", "value": "1"}, {"key": "_pos_user_created", "value": "1"},
        {"key": "_woocommerce_pos_version", "value": "9"}, {"key": "_pos_rung_by", "value": "ada"},
    ]);
    let order = booked(&shop, &till, &create(Uuid::new_v4(), &payload)).await["document"].clone();
    assert_eq!(order["created_via"], "woocommerce-pos");
    assert_eq!(order["number"], order["id"].to_string());
    assert_eq!(order["prices_include_tax"], true);
    assert_eq!(meta(&order, "_pos_user"), Some("3"));
    assert_eq!(meta(&order, "_pos_user_created"), Some("3"));
    assert_eq!(meta(&order, "_woocommerce_pos_version"), Some("1.10.0"));
    assert_eq!(meta(&order, "_pos_rung_by"), Some("ada"));
}

#[tokio::test]
async fn the_feeds_say_what_a_sale_moved() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let tick = shop.get_as(&till, "changes/tick?since=0").await;
    let head = tick.json()["checkpoint"]["head"].as_i64().unwrap();
    let tag = tick.header("etag").unwrap().to_owned();
    let bearer = format!("Bearer {}", till.access);
    let headers = [
        ("Authorization", bearer.as_str()),
        ("If-None-Match", tag.as_str()),
    ];
    let at_head = format!("/wp-json/wcpos/v2/changes/tick?since={head}");
    let unchanged = shop.send("GET", &at_head, &headers, "").await;
    assert_eq!((unchanged.status, unchanged.body.as_str()), (304, ""));
    let behind = shop
        .send("GET", "/wp-json/wcpos/v2/changes/tick?since=0", &headers, "")
        .await;
    assert_eq!(behind.status, 200);

    let record = Uuid::new_v4();
    let reply = booked(&shop, &till, &create(record, &sale(&[mugs(1)]))).await;
    assert_eq!(shop.send("GET", &at_head, &headers, "").await.status, 200);
    let log = shop
        .get_as(
            &till,
            &format!("changes/sequence-log?collection=all&since={head}"),
        )
        .await
        .json();
    assert_eq!(
        (&log["changes"][0]["collection"], &log["changes"][0]["id"]),
        (&json!("products"), &json!(MUG))
    );
    assert_eq!(
        (log["changes"].as_array().unwrap().len(), &log["complete"]),
        (1, &json!(true))
    );
    let pulled = shop.get_as(&till, "orders/pull?limit=10").await.json();
    assert_eq!(pulled["documents"][0]["id"], record.to_string());
    assert_eq!(
        pulled["documents"][0]["sync"]["revision"],
        reply["currentRevision"]
    );
    let sequence = &pulled["checkpoint"]["sequence"];
    let rest = shop
        .get_as(&till, &format!("orders/pull?limit=10&sequence={sequence}"))
        .await
        .json();
    assert_eq!(
        (&rest["documents"], &rest["hasMore"]),
        (&json!([]), &json!(false))
    );
}

#[tokio::test]
async fn a_customer_is_added_once_and_buys_under_their_number() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let record = Uuid::new_v4();
    let body = json!({"mutationId": Uuid::new_v4(), "operation": "create", "collection": "customers",
                      "recordId": record, "baseRevision": null,
                      "payload": {"email": "nia@example.com", "first_name": "Nia", "last_name": "Núñez"}});
    let first = shop.post_as(&till, "push/customers", &body).await;
    let again = shop.post_as(&till, "push/customers", &body).await;
    assert_eq!((first.status, again.status), (201, 201));
    assert_eq!(first.json(), again.json());
    let found = shop.get_as(&till, "customers?search=nunez").await.json();
    assert_eq!(found[0]["id"], first.json()["document"]["id"]);
    let mut payload = sale(&[mugs(1)]);
    payload["customer_id"] = found[0]["id"].clone();
    let order = booked(&shop, &till, &create(Uuid::new_v4(), &payload)).await;
    assert_eq!(order["document"]["customer_id"], found[0]["id"]);

    let staff = json!({"mutationId": Uuid::new_v4(), "operation": "update", "collection": "customers",
                       "recordId": shop.get_as(&till, "customers?role=administrator").await.json()[0]["meta_data"][0]["value"],
                       "baseRevision": shop.get_as(&till, "customers?role=administrator").await.json()[0]["_rxdb_revision"],
                       "payload": {"email": "mine@example.com"}});
    assert_eq!(
        shop.post_as(&till, "push/customers", &staff).await.status,
        403,
        "an owner is nobody's customer"
    );
}
