//! The ways a stock store loses or falsifies a sale, by their numbers: none of them works here.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    sales::{BOTTLE, MUG, booked, create, envelope, meta, mugs, orders, push, sale, stock},
    support::Shop,
};

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
        json!([{"product_id": MUG, "quantity": 1e27}]),
        json!([{"product_id": MUG, "quantity": 1, "total": "79228162514264337593543950335"}]),
        json!([{"product_id": MUG, "quantity": 1, "total": "-100.00"}]),
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
