//! What the tests of orders sell, and how.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Answer, Shop, Till};

/// A stoneware mug: 14.00 with 20 % tax in it, 8 on the shelf.
pub(crate) const MUG: i64 = 105;

/// Coffee sold by weight: 32.00 a kilogram, no tax, 4.62 on the shelf.
pub(crate) const GUJI: i64 = 104;

/// Steel bottles: none on the shelf, none may be ordered.
pub(crate) const BOTTLE: i64 = 111;

pub(crate) const UUID_KEY: &str = "_woocommerce_pos_uuid";

pub(crate) fn mugs(quantity: i64) -> Value {
    let net = ["0", "11.666667", "23.333333", "35.000000"][quantity as usize];
    json!({"product_id": MUG, "quantity": quantity, "subtotal": net, "total": net,
           "meta_data": [{"key": UUID_KEY, "value": Uuid::new_v4().to_string()}]})
}

pub(crate) fn sale(lines: &[Value]) -> Value {
    json!({"status": "completed", "currency": "GBP", "payment_method": "pos_cash",
           "payment_method_title": "Cash", "line_items": lines})
}

pub(crate) fn envelope(operation: &str, record: Uuid, base: Option<&str>, payload: &Value) -> Value {
    json!({"mutationId": Uuid::new_v4().to_string(), "operation": operation, "collection": "orders",
           "recordId": record.to_string(), "baseRevision": base, "payload": payload})
}

pub(crate) fn create(record: Uuid, payload: &Value) -> Value {
    envelope("create", record, None, payload)
}

pub(crate) async fn push(shop: &Shop, till: &Till, body: &Value) -> Answer {
    shop.post_as(till, "push/orders", body).await
}

pub(crate) async fn booked(shop: &Shop, till: &Till, body: &Value) -> Value {
    let answer = push(shop, till, body).await;
    assert!(matches!(answer.status, 200 | 201), "{}", answer.body);
    answer.json()
}

pub(crate) async fn orders(shop: &Shop, till: &Till) -> Vec<Value> {
    shop.get_as(till, "orders?per_page=100")
        .await
        .json()
        .as_array()
        .unwrap()
        .clone()
}

pub(crate) async fn stock(shop: &Shop, till: &Till, id: i64) -> Value {
    shop.get_as(till, &format!("products?include={id}")).await.json()[0]["stock_quantity"].clone()
}

pub(crate) fn meta<'a>(document: &'a Value, key: &str) -> Option<&'a str> {
    let list = document["meta_data"].as_array().unwrap();
    list.iter()
        .find(|entry| entry["key"] == key)
        .and_then(|entry| entry["value"].as_str())
}
