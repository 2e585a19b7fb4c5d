//! Booking sales: exactly once, at the right total, with nothing lost and nothing invented.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Answer, Shop, Till};

/// A stoneware mug: 14.00 with 20 % tax in it, 8 on the shelf.
const MUG: i64 = 105;

/// Coffee sold by weight: 32.00 a kilogram, no tax, 4.62 on the shelf.
const GUJI: i64 = 104;

/// Steel bottles: none on the shelf, none may be ordered.
const BOTTLE: i64 = 111;

const UUID_KEY: &str = "_woocommerce_pos_uuid";

fn mugs(quantity: i64) -> Value {
    let net = ["0", "11.666667", "23.333333", "35.000000"][quantity as usize];
    json!({"product_id": MUG, "quantity": quantity, "subtotal": net, "total": net,
           "meta_data": [{"key": UUID_KEY, "value": Uuid::new_v4().to_string()}]})
}

fn sale(lines: &[Value]) -> Value {
    json!({"status": "completed", "currency": "GBP", "payment_method": "pos_cash",
           "payment_method_title": "Cash", "line_items": lines})
}

fn envelope(operation: &str, record: Uuid, base: Option<&str>, payload: &Value) -> Value {
    json!({"mutationId": Uuid::new_v4().to_string(), "operation": operation, "collection": "orders",
           "recordId": record.to_string(), "baseRevision": base, "payload": payload})
}

fn create(record: Uuid, payload: &Value) -> Value {
    envelope("create", record, None, payload)
}

async fn push(shop: &Shop, till: &Till, body: &Value) -> Answer {
    shop.post_as(till, "push/orders", body).await
}

async fn booked(shop: &Shop, till: &Till, body: &Value) -> Value {
    let answer = push(shop, till, body).await;
    assert!(matches!(answer.status, 200 | 201), "{}", answer.body);
    answer.json()
}

async fn orders(shop: &Shop, till: &Till) -> Vec<Value> {
    shop.get_as(till, "orders?per_page=100")
        .await
        .json()
        .as_array()
        .unwrap()
        .clone()
}

async fn stock(shop: &Shop, till: &Till, id: i64) -> Value {
    shop.get_as(till, &format!("products?include={id}")).await.json()[0]["stock_quantity"].clone()
}

fn meta<'a>(document: &'a Value, key: &str) -> Option<&'a str> {
    let list = document["meta_data"].as_array().unwrap();
    list.iter()
        .find(|entry| entry["key"] == key)
        .and_then(|entry| entry["value"].as_str())
}

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
async fn danger_1_a_refused_create_leaves_nothing_that_could_swallow_the_sale() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let record = Uuid::new_v4();
    let mut with_coupon = sale(&[mugs(1)]);
    with_coupon["coupon_lines"] = json!([{"code": "nope"}]);
    let body = create(record, &with_coupon);
    for _ in 0..2 {
        let refused = push(&shop, &till, &body).await;
        assert_eq!(refused.verdict(), (400, "woocommerce_rest_invalid_coupon".into()));
        assert_eq!(refused.json()["data"].get("new_draft_order_id"), None);
    }
    assert_eq!(orders(&shop, &till).await, Vec::<Value>::new());
    let repaired = push(&shop, &till, &create(record, &sale(&[mugs(1)]))).await;
    assert_eq!(repaired.status, 201);
    assert_eq!(repaired.json()["document"]["status"], "completed");
    assert_eq!(repaired.json()["document"]["total"], "14.000000");
}

#[tokio::test]
async fn danger_1_holds_for_every_kind_of_refusal() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let change = |key: &str, value: Value| {
        let mut payload = sale(&[mugs(1)]);
        payload[key] = value;
        payload
    };
    let refused = [
        change("fee_lines", json!([{"total": "1.00"}])),
        change("customer_id", json!(999_999)),
        change(
            "line_items",
            json!([{"product_id": MUG, "quantity": 1, "tax_class": "luxury"}]),
        ),
        change("line_items", json!([{"product_id": 31_337, "quantity": 1}])),
        change("status", json!("eaten")),
        change("currency", json!("XTS")),
        change("date_created_gmt", json!("tomorrow")),
    ];
    for payload in &refused {
        let record = Uuid::new_v4();
        let answer = push(&shop, &till, &create(record, payload)).await;
        assert_eq!(answer.status, 400, "{}", answer.body);
        let repaired = push(&shop, &till, &create(record, &sale(&[mugs(1)]))).await;
        assert_eq!(repaired.status, 201, "after {payload}: {}", repaired.body);
    }
    assert_eq!(orders(&shop, &till).await.len(), refused.len());
}

#[tokio::test]
async fn danger_2_a_record_born_twice_is_the_first_order_and_says_so_with_200() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let record = Uuid::new_v4();
    let first = push(&shop, &till, &create(record, &sale(&[mugs(1)]))).await;
    let other = push(&shop, &till, &create(record, &sale(&[mugs(3)]))).await;
    assert_eq!((first.status, other.status), (201, 200));
    assert_eq!(
        other.json()["document"]["total"],
        "14.000000",
        "what is booked, for the till to compare"
    );
    assert_eq!(first.json()["currentRevision"], other.json()["currentRevision"]);
    assert_eq!(orders(&shop, &till).await.len(), 1);
    assert_eq!(stock(&shop, &till, MUG).await, 7);
}

#[tokio::test]
async fn danger_3_a_product_nobody_knows_is_refused_not_booked_without_a_name() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let unknown = json!({"product_id": 31_337, "quantity": 1, "subtotal": "5.00", "total": "5.00"});
    let answer = push(&shop, &till, &create(Uuid::new_v4(), &sale(&[unknown]))).await;
    assert_eq!(
        answer.verdict(),
        (400, "woocommerce_rest_invalid_product_id".into())
    );
    let nameless = json!({"product_id": 0, "quantity": 1, "subtotal": "5.00", "total": "5.00"});
    let answer = push(&shop, &till, &create(Uuid::new_v4(), &sale(&[nameless]))).await;
    assert_eq!(
        answer.verdict(),
        (400, "woocommerce_rest_required_product_reference".into())
    );
    let elsewhere = json!({"product_id": MUG, "variation_id": 1012, "quantity": 1});
    let answer = push(&shop, &till, &create(Uuid::new_v4(), &sale(&[elsewhere]))).await;
    assert_eq!(
        answer.verdict(),
        (400, "woocommerce_rest_invalid_product_id".into())
    );
    assert_eq!(orders(&shop, &till).await, Vec::<Value>::new());
}

#[tokio::test]
async fn danger_4_cash_figures_are_written_once() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let record = Uuid::new_v4();
    let cash = |tendered: &str, change: &str| json!([{"key": "_pos_cash_amount_tendered", "value": tendered}, {"key": "_pos_cash_change", "value": change}]);
    let mut payload = sale(&[mugs(1)]);
    payload["meta_data"] = cash("20", "6.00");
    let reply = booked(&shop, &till, &create(record, &payload)).await;
    let base = reply["currentRevision"].as_str().unwrap();
    let again = envelope(
        "update",
        record,
        Some(base),
        &json!({"meta_data": cash("40", "26.00")}),
    );
    let second = booked(&shop, &till, &again).await;
    assert_eq!(meta(&second["document"], "_pos_cash_amount_tendered"), Some("20"));
    assert_eq!(meta(&second["document"], "_pos_cash_change"), Some("6.00"));
    assert_eq!(second["currentRevision"], base, "nothing changed");
    for wrong in ["-5", "1,50", "1e3", "", "."] {
        let mut payload = sale(&[mugs(1)]);
        payload["meta_data"] = cash(wrong, wrong);
        let reply = booked(&shop, &till, &create(Uuid::new_v4(), &payload)).await;
        assert_eq!(meta(&reply["document"], "_pos_cash_change"), None, "{wrong:?}");
    }
}

#[tokio::test]
async fn danger_5_a_line_discount_is_never_thrown_away() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let mut line = mugs(1);
    line["total"] = json!("10.000000");
    let reply = booked(&shop, &till, &create(Uuid::new_v4(), &sale(&[line.clone()]))).await;
    assert_eq!(reply["document"]["total"], "12.000000");
    assert_eq!(reply["document"]["discount_total"], "1.670000");
    // Together with a coupon the discount would have to give way: then nothing is booked at all.
    let mut payload = sale(&[line]);
    payload["coupon_lines"] = json!([{"code": "ten"}]);
    assert_eq!(
        push(&shop, &till, &create(Uuid::new_v4(), &payload)).await.status,
        400
    );
}

#[tokio::test]
async fn danger_6_a_paid_sale_is_changed_by_nobody_below_a_manager() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let record = Uuid::new_v4();
    let reply = booked(&shop, &till, &create(record, &sale(&[mugs(2), mugs(1)]))).await;
    let base = reply["currentRevision"].as_str().unwrap().to_owned();
    for payload in [
        json!({"line_items": [mugs(1)]}),
        json!({"status": "pos-open"}),
        json!({"status": "cancelled"}),
        json!({"fee_lines": [{"name": "Extra", "total": "-5.00"}]}),
        json!({"payment_method": "pos_card"}),
    ] {
        let answer = push(&shop, &till, &envelope("update", record, Some(&base), &payload)).await;
        assert_eq!(
            answer.verdict(),
            (400, "woocommerce_rest_order_not_editable".into()),
            "{payload}"
        );
    }
    let note = envelope("update", record, Some(&base), &json!({"customer_note": "No bag"}));
    let noted = booked(&shop, &till, &note).await;
    assert_eq!(
        (&noted["document"]["total"], stock(&shop, &till, MUG).await),
        (&json!("42.000000"), json!(5))
    );

    let manager = shop.sign_in("manager").await;
    let base = noted["currentRevision"].as_str().unwrap();
    let smaller = envelope("update", record, Some(base), &json!({"line_items": [mugs(1)]}));
    let corrected = booked(&shop, &manager, &smaller).await;
    assert_eq!(corrected["document"]["total"], "14.000000");
    assert_eq!(
        stock(&shop, &till, MUG).await,
        7,
        "what was taken back stands on the shelf again"
    );
}

#[tokio::test]
async fn danger_7_lines_stay_when_the_list_is_left_out() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let record = Uuid::new_v4();
    let mut cart = sale(&[mugs(1), mugs(2)]);
    cart["status"] = json!("pos-open");
    let reply = booked(&shop, &till, &create(record, &cart)).await;
    let base = reply["currentRevision"].as_str().unwrap();
    assert_eq!(
        stock(&shop, &till, MUG).await,
        8,
        "an open cart takes nothing off the shelf"
    );
    let note = envelope("update", record, Some(base), &json!({"customer_note": "x"}));
    let noted = booked(&shop, &till, &note).await;
    assert_eq!(noted["document"]["line_items"].as_array().unwrap().len(), 2);
    // A list that is sent is the whole list, as stock clients mean it; an empty one is refused.
    let base = noted["currentRevision"].as_str().unwrap();
    let first = noted["document"]["line_items"][0].clone();
    let shorter = envelope("update", record, Some(base), &json!({"line_items": [first]}));
    let shorter = booked(&shop, &till, &shorter).await;
    assert_eq!(shorter["document"]["line_items"].as_array().unwrap().len(), 1);
    assert_eq!(
        shorter["document"]["line_items"][0]["id"],
        noted["document"]["line_items"][0]["id"]
    );
    let base = shorter["currentRevision"].as_str().unwrap();
    let empty = envelope("update", record, Some(base), &json!({"line_items": []}));
    assert_eq!(push(&shop, &till, &empty).await.status, 400);
}

#[tokio::test]
async fn danger_8_no_lines_and_no_quantity_are_refused() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let line = |quantity: Value| json!({"product_id": MUG, "quantity": quantity, "total": "1.00"});
    let lists = [
        json!([]),
        json!([line(json!(0))]),
        json!([line(json!(-1))]),
        json!([line(json!("2"))]),
        json!([line(json!(1e20))]),
    ];
    for lines in lists {
        let mut payload = sale(&[]);
        payload["line_items"] = lines;
        let answer = push(&shop, &till, &create(Uuid::new_v4(), &payload)).await;
        assert_eq!(answer.verdict(), (400, "rest_invalid_param".into()), "{payload}");
    }
    let mut none = sale(&[]);
    none.as_object_mut().unwrap().remove("line_items");
    assert_eq!(
        push(&shop, &till, &create(Uuid::new_v4(), &none)).await.status,
        400
    );
    assert_eq!(orders(&shop, &till).await, Vec::<Value>::new());
}

#[tokio::test]
async fn danger_8_goods_that_were_handed_over_are_booked_even_when_the_shelf_says_none() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let line = json!({"product_id": BOTTLE, "quantity": 1, "total": "20.000000"});
    assert_eq!(
        push(&shop, &till, &create(Uuid::new_v4(), &sale(&[line])))
            .await
            .status,
        201
    );
    assert_eq!(stock(&shop, &till, BOTTLE).await, -1);
}

#[tokio::test]
async fn danger_9_a_cashier_adds_no_products_and_removes_no_orders() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let product = json!({"mutationId": Uuid::new_v4(), "operation": "create", "collection": "products",
                         "recordId": Uuid::new_v4(), "baseRevision": null, "payload": {"name": "X"}});
    assert_eq!(shop.post_as(&till, "push/products", &product).await.status, 400);
    let record = Uuid::new_v4();
    let reply = booked(&shop, &till, &create(record, &sale(&[mugs(2)]))).await;
    let remove = envelope("delete", record, reply["currentRevision"].as_str(), &Value::Null);
    let answer = push(&shop, &till, &remove).await;
    assert_eq!(answer.verdict(), (403, "woocommerce_rest_cannot_delete".into()));
    assert_eq!(orders(&shop, &till).await.len(), 1);
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
