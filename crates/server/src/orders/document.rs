//! An order as it goes out: a stock store's keys, types and formats.

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::record::{Fee, Line, LineTax, Order, Shipping};
use crate::{
    clock::written,
    store::{Address, Meta, Shop},
};

/// Money on the order routes: six decimals, as text.
pub(crate) fn money(amount: Decimal) -> String {
    format!("{amount:.6}")
}

/// A decimal as a JSON number: whole ones without a point. Nothing is computed with it.
pub(crate) fn number(amount: Decimal) -> Value {
    serde_json::from_str(&amount.normalize().to_string()).unwrap_or(Value::Null)
}

/// An address of a customer or an order; only billing has an e-mail address.
pub(crate) fn address(address: &Address, has_email: bool) -> Value {
    let mut value = json!({
        "first_name": address.first_name, "last_name": address.last_name, "company": address.company,
        "address_1": address.address_1, "address_2": address.address_2, "city": address.city,
        "state": address.state, "postcode": address.postcode, "country": address.country,
        "phone": address.phone,
    });
    if has_email {
        value["email"] = address.email.clone().into();
    }
    value
}

/// The document of an order. `home` is the store's address without a slash at the end.
pub(crate) fn document(order: &Order, shop: &Shop, home: &str) -> Value {
    let when = |at: Option<i64>| at.map_or(Value::Null, |at| written(at).into());
    let totals = &order.totals;
    let is_unpaid = matches!(
        order.status.as_str(),
        "pending" | "failed" | "pos-open" | "pos-partial"
    );
    let key = &order.order_key;
    let id = order.id;
    let mut value = json!({
        "id": id, "parent_id": 0, "status": order.status, "currency": order.currency,
        "version": crate::WC_VERSION, "prices_include_tax": order.prices_include_tax,
        "date_created": written(order.created_at), "date_created_gmt": written(order.created_at),
        "date_modified": written(order.modified_at), "date_modified_gmt": written(order.modified_at),
        "date_completed": when(order.completed_at), "date_completed_gmt": when(order.completed_at),
        "date_paid": when(order.paid_at), "date_paid_gmt": when(order.paid_at),
        "discount_total": money(totals.discount_total), "discount_tax": money(totals.discount_tax),
        "shipping_total": money(totals.shipping_total), "shipping_tax": money(totals.shipping_tax),
        "cart_tax": money(totals.cart_tax), "total": money(totals.total), "total_tax": money(totals.total_tax),
        "customer_id": order.customer_id, "order_key": key,
        "billing": address(&order.billing, true), "shipping": address(&order.shipping, false),
        "payment_method": order.payment_method, "payment_method_title": order.payment_method_title,
        "transaction_id": order.transaction_id, "customer_ip_address": "", "customer_user_agent": "",
        "created_via": "woocommerce-pos", "customer_note": order.customer_note, "cart_hash": "",
        "number": id.to_string(),
    });
    let more = json!({
        "meta_data": order_meta(order),
        "line_items": order.lines.iter().map(line).collect::<Vec<_>>(),
        "tax_lines": tax_lines(order),
        "shipping_lines": order.shipping_lines.iter().map(shipping).collect::<Vec<_>>(),
        "fee_lines": order.fees.iter().map(fee).collect::<Vec<_>>(),
        "coupon_lines": [], "refunds": [], "tax_ids": [],
        "payment_url": format!("{home}/checkout/order-pay/{id}/?pay_for_order=true&key={key}"),
        "is_editable": !order.is_final(), "needs_payment": is_unpaid && totals.total > Decimal::ZERO,
        "needs_processing": true, "currency_symbol": symbol(&shop.currency),
        "links": {
            "payment": [{"href": format!("{home}/wcpos-checkout/order-pay/{id}/?pay_for_order=1&key={key}")}],
            "receipt": [{"href": format!("{home}/wcpos-checkout/wcpos-receipt/{id}/?key={key}")}],
        },
    });
    if let (Some(all), Value::Object(more)) = (value.as_object_mut(), more) {
        all.extend(more);
    }
    value
}

fn order_meta(order: &Order) -> Vec<Value> {
    let mut list: Vec<Value> = order.meta.iter().map(|meta| entry(meta, false)).collect();
    let stamp = |offset: i64, key: &str, value: String| json!({"id": order.id * 10 + offset, "key": key, "value": value});
    list.push(stamp(1, "_pos_user", order.cashier_id.to_string()));
    list.push(stamp(2, "_pos_user_created", order.created_by.to_string()));
    list.push(stamp(
        3,
        "_woocommerce_pos_version",
        crate::WCPOS_VERSION.to_owned(),
    ));
    list.extend(identity(Some(order.uuid)));
    list
}

fn identity(uuid: Option<Uuid>) -> Option<Value> {
    uuid.map(|uuid| json!({"key": evertill_wire::rest::order::UUID_KEY, "value": uuid.to_string()}))
}

/// An entry of meta data; on items a stock store adds what it would show.
fn entry(meta: &Meta, is_shown: bool) -> Value {
    let mut value = json!({"id": meta.id, "key": meta.key, "value": meta.value});
    if is_shown {
        value["display_key"] = meta.key.clone().into();
        if let Value::String(text) = &meta.value {
            value["display_value"] = text.clone().into();
        }
    }
    value
}

fn item_meta(meta: &[Meta], uuid: Option<Uuid>) -> Vec<Value> {
    meta.iter()
        .map(|meta| entry(meta, true))
        .chain(identity(uuid))
        .collect()
}

fn line(line: &Line) -> Value {
    let mut meta: Vec<Value> = line
        .chosen
        .iter()
        .map(|chosen| {
            json!({"id": chosen.id, "key": chosen.key, "value": chosen.value,
                   "display_key": chosen.display_key, "display_value": chosen.display_value})
        })
        .collect();
    meta.extend(item_meta(&line.meta, None));
    if !line.reduced_stock.is_zero() {
        let reduced = line.reduced_stock.normalize().to_string();
        meta.push(
            json!({"id": line.id * 10 + 1, "key": "_reduced_stock", "value": reduced,
                         "display_key": "_reduced_stock", "display_value": reduced}),
        );
    }
    meta.extend(identity(line.uuid));
    let price = line
        .total
        .checked_div(line.quantity)
        .unwrap_or_default()
        .round_dp(9);
    json!({
        "id": line.id, "name": line.name, "product_id": line.product_id, "variation_id": line.variation_id,
        "quantity": number(line.quantity), "tax_class": line.tax_class,
        "subtotal": money(line.subtotal), "subtotal_tax": money(line.subtotal_tax),
        "total": money(line.total), "total_tax": money(line.total_tax),
        "taxes": taxes(&line.taxes), "meta_data": meta, "sku": line.sku, "price": number(price),
        "image": {"id": 0, "src": ""}, "parent_name": line.parent_name,
    })
}

fn fee(fee: &Fee) -> Value {
    json!({
        "id": fee.id, "name": fee.name, "tax_class": fee.tax_class,
        "tax_status": if fee.is_taxable { "taxable" } else { "none" }, "amount": "",
        "total": money(fee.total), "total_tax": money(fee.total_tax), "taxes": taxes(&fee.taxes),
        "meta_data": item_meta(&fee.meta, fee.uuid),
    })
}

fn shipping(cost: &Shipping) -> Value {
    json!({
        "id": cost.id, "method_title": cost.method_title, "method_id": cost.method_id, "instance_id": "",
        "total": money(cost.total), "total_tax": money(cost.total_tax), "taxes": taxes(&cost.taxes),
        "tax_status": "taxable", "meta_data": item_meta(&cost.meta, cost.uuid),
    })
}

fn taxes(taxes: &[LineTax]) -> Vec<Value> {
    taxes
        .iter()
        .map(|tax| {
            let subtotal = tax.subtotal.map_or(String::new(), money);
            json!({"id": tax.rate_id, "total": money(tax.total), "subtotal": subtotal})
        })
        .collect()
}

fn tax_lines(order: &Order) -> Vec<Value> {
    order
        .tax_lines
        .iter()
        .map(|line| {
            json!({
                "id": line.id, "rate_code": line.rate_code, "rate_id": line.rate_id, "label": line.label,
                "compound": line.compound, "tax_total": money(line.tax_total),
                "shipping_tax_total": money(line.shipping_tax_total), "rate_percent": number(line.percent),
                "meta_data": [],
            })
        })
        .collect()
}

/// The sign of a currency; its code where none is known.
pub(crate) fn symbol(currency: &str) -> &str {
    match currency {
        "GBP" => "£",
        "EUR" => "€",
        "USD" | "CAD" | "AUD" | "NZD" => "$",
        "JPY" => "¥",
        "CHF" => "CHF",
        other => other,
    }
}

/// The document with its revision, as the listing routes give it.
pub(crate) fn listed(order: &Order, shop: &Shop, home: &str) -> Value {
    let mut value = document(order, shop, home);
    value["_rxdb_revision"] = order.revision().into();
    let mut links = Map::new();
    links.insert(
        "self".into(),
        json!([{"href": format!("{home}/wp-json/wc/v3/orders/{}", order.id)}]),
    );
    links.insert(
        "collection".into(),
        json!([{"href": format!("{home}/wp-json/wc/v3/orders")}]),
    );
    value["_links"] = Value::Object(links);
    value
}
