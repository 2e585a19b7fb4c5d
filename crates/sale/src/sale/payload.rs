//! A sale as order JSON: amounts are strings with six decimals, net of tax; quantities are numbers.
//!
//! What the store computes or stamps itself (totals, taxes, `created_via`, `_pos_user`) is not sent.

use std::collections::BTreeMap;

use evertill_wire::rest::order::UUID_KEY;
use rust_decimal::Decimal;
use serde_json::{Map, Number, Value, json};
use uuid::Uuid;

use super::{PaidSale, STATUS_PAID, SaleLine};
use crate::{cart::Choice, line::WIRE_DECIMALS, time::Civil};

/// Numbers the store gave to lines, by their identity.
pub(super) type LineIds = BTreeMap<Uuid, i64>;

pub(super) fn order(sale: &PaidSale, line_ids: &LineIds) -> Value {
    let place = &sale.stamp.place;
    let mut order = json!({
        "status": STATUS_PAID,
        "currency": place.currency,
        "customer_id": 0,
        "billing": { "country": place.country },
        "date_created_gmt": format!("{}Z", Civil::at(sale.stamp.at_unix_s, 0).iso()),
        "payment_method": "pos_cash",
        "payment_method_title": "Cash",
        "line_items": sale.lines.iter().map(|line| item(line, line_ids)).collect::<Vec<Value>>(),
        "fee_lines": [],
        "shipping_lines": [],
        "coupon_lines": [],
        "meta_data": order_meta(sale),
    });
    if !sale.note.is_empty() {
        order["customer_note"] = Value::from(sale.note.as_str());
    }
    order
}

fn order_meta(sale: &PaidSale) -> Vec<Value> {
    let stamp = &sale.stamp;
    let tender = &sale.tender;
    let mut entries = vec![
        meta(UUID_KEY, stamp.uuid.to_string()),
        meta("_pos_store", stamp.place.store_id.to_string()),
        meta("_woocommerce_pos_tax_based_on", "base"),
        meta("_pos_cash_amount_tendered", plain(tender.received())),
        meta("_pos_cash_change", plain(tender.change())),
        meta("_pos_rung_by", stamp.rung_up_by.id.to_string()),
        meta("_pos_rung_by_name", stamp.rung_up_by.name.as_str()),
        meta("_pos_till", stamp.place.till.as_str()),
        meta("_pos_receipt_number", stamp.number.as_str()),
    ];
    if !tender.rounding().is_zero() {
        entries.push(meta("_pos_cash_rounding", plain(tender.rounding())));
    }
    entries
}

/// `name` and `tax_class` always go along: a product that is gone from the shop becomes a nameless line otherwise.
fn item(sold: &SaleLine, line_ids: &LineIds) -> Value {
    let SaleLine {
        line,
        subtotal,
        total,
    } = sold;
    let item = &line.item;
    let mut entry = Map::new();
    let mut put = |key: &str, value: Value| {
        entry.insert(key.to_owned(), value);
    };
    if let Some(id) = line_ids.get(&line.uuid) {
        put("id", Value::from(*id));
    }
    put("product_id", Value::from(item.product_id));
    if item.variation_id != 0 {
        put("variation_id", Value::from(item.variation_id));
    }
    if item.is_custom() && !item.sku.is_empty() {
        put("sku", Value::from(item.sku.as_str()));
    }
    put("name", Value::from(item.name.as_str()));
    put("quantity", number(line.quantity));
    put("tax_class", Value::from(item.tax_class.as_str()));
    put("subtotal", Value::from(money(*subtotal)));
    put("total", Value::from(money(*total)));
    put("meta_data", Value::from(item_meta(sold)));
    Value::Object(entry)
}

fn item_meta(sold: &SaleLine) -> Vec<Value> {
    let line = &sold.line;
    let mut entries = vec![
        meta(UUID_KEY, line.uuid.to_string()),
        meta(
            "_woocommerce_pos_data",
            json!({
                "price": number(line.price),
                "regular_price": number(line.item.regular_price),
                "tax_status": if line.item.is_taxable { "taxable" } else { "none" },
            }),
        ),
    ];
    let open = line.item.choices.iter().filter(|choice| choice.is_any);
    entries.extend(open.map(|Choice { key, option, .. }| meta(key, option.as_str())));
    if !line.note.is_empty() {
        entries.push(meta("Note", line.note.as_str()));
    }
    entries
}

fn meta(key: &str, value: impl Into<Value>) -> Value {
    let value: Value = value.into();
    json!({ "key": key, "value": value })
}

/// Six decimals, as every amount on this lane.
fn money(amount: Decimal) -> String {
    format!("{amount:.*}", WIRE_DECIMALS as usize)
}

/// No more decimals than it takes: the store checks cash amounts against a plain pattern.
fn plain(amount: Decimal) -> String {
    amount.normalize().to_string()
}

fn number(amount: Decimal) -> Value {
    plain(amount)
        .parse::<Number>()
        .map_or_else(|_| Value::from(0), Value::Number)
}
