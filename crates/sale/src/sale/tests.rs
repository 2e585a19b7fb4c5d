//! What a sale puts on the wire.

use serde_json::{Value, json};

use super::*;
use crate::{
    cart::{CartAction, CartRules, Choice, Item},
    record,
    tax::TaxRate,
};

pub(crate) fn amount(text: &str) -> Decimal {
    text.parse().unwrap()
}

pub(crate) fn shop() -> TaxSetup {
    let rate = |id, percent: i64, class: &str, label: &str| TaxRate {
        id,
        percent: percent.into(),
        compound: false,
        priority: 1,
        class: class.into(),
        shipping: true,
        label: label.into(),
    };
    TaxSetup {
        prices_include_tax: true,
        rates: vec![rate(4516, 20, "", "VAT"), rate(4518, 0, "zero-rate", "VAT zero")],
        ..TaxSetup::default()
    }
}

pub(crate) fn stamp(uuid: &str) -> SaleStamp {
    SaleStamp {
        uuid: uuid.parse().unwrap(),
        mutation_id: Uuid::from_u128(7),
        number: "2-2047".into(),
        place: Place {
            store_id: 0,
            currency: "GBP".into(),
            country: "GB".into(),
            till: "Till 2".into(),
        },
        rung_up_by: Cashier {
            id: 3,
            name: "Ada".into(),
        },
        at_unix_s: 1_795_402_603,
    }
}

pub(crate) fn add(line: &str, item: Item, quantity: &str) -> CartAction {
    CartAction::Add {
        line: line.parse().unwrap(),
        item: Box::new(item),
        quantity: amount(quantity),
    }
}

pub(crate) fn product(id: i64, name: &str, price: &str, class: &str) -> Item {
    Item {
        product_id: id,
        ..Item::custom(name, amount(price), class, true)
    }
}

pub(crate) fn cart(actions: Vec<CartAction>) -> Cart {
    let mut cart = Cart::default();
    for action in actions {
        cart.apply(action, &CartRules::default().with_decimal_quantities())
            .unwrap();
    }
    cart
}

pub(crate) fn pay(cart: &Cart, uuid: &str, received: &str) -> PaidSale {
    UnpaidSale::of(cart, &shop())
        .unwrap()
        .pay_cash(amount(received), CashRounding::NONE, stamp(uuid))
        .unwrap()
}

pub(crate) const SALE: &str = "921d2ac6-b67d-4025-bb23-d77363faab79";
pub(crate) const WINE: &str = "d81f45c8-4314-4080-b757-1be7fdae0505";
pub(crate) const COFFEE: &str = "74796de0-05bf-4ddc-bd7b-a00ce8d4c6d6";

/// The sale of the recorded answers under `tests/replies`: two bottles and a bag of coffee for 27.48.
pub(crate) fn wine_and_coffee() -> PaidSale {
    let cart = cart(vec![
        add(WINE, product(5560, "House red 75cl", "9.99", ""), "2"),
        add(
            COFFEE,
            product(5564, "Ground coffee 250g", "7.5", "zero-rate"),
            "1",
        ),
    ]);
    pay(&cart, SALE, "30")
}

fn meta<'a>(holder: &'a Value, key: &str) -> &'a Value {
    let entries = holder["meta_data"].as_array().unwrap();
    let mut found = entries.iter().filter(|entry| entry["key"] == key);
    let entry = found.next().unwrap_or_else(|| panic!("no {key} in {holder}"));
    assert!(found.next().is_none(), "{key} twice");
    &entry["value"]
}

#[test]
fn a_cash_sale_is_sent_completed_with_what_was_given_and_returned() {
    let order = wine_and_coffee().payload();
    assert_eq!(order["status"], "completed");
    assert_eq!(order["payment_method"], "pos_cash");
    assert_eq!(order["date_created_gmt"], "2026-11-23T02:56:43Z");
    assert_eq!(order["billing"], json!({ "country": "GB" }));
    assert_eq!(meta(&order, "_woocommerce_pos_uuid"), SALE);
    assert_eq!(meta(&order, "_pos_store"), "0");
    assert_eq!(meta(&order, "_pos_cash_amount_tendered"), "30");
    assert_eq!(meta(&order, "_pos_cash_change"), "2.52");
    assert_eq!(meta(&order, "_pos_rung_by"), "3");
    assert_eq!(meta(&order, "_woocommerce_pos_tax_based_on"), "base");
}

#[test]
fn what_the_store_stamps_itself_is_not_sent() {
    let order = wine_and_coffee().payload();
    for key in [
        "total",
        "total_tax",
        "created_via",
        "number",
        "tax_lines",
        "set_paid",
    ] {
        assert!(order.get(key).is_none(), "{key}");
    }
    assert!(!order.to_string().contains("_pos_user"));
    assert!(!order.to_string().contains("_pos_cash_rounding"));
}

#[test]
fn a_line_carries_net_money_as_text_its_name_its_class_and_its_identity() {
    let order = wine_and_coffee().payload();
    let wine = &order["line_items"][0];
    assert_eq!(
        *wine,
        json!({
            "product_id": 5560,
            "name": "House red 75cl",
            "quantity": 2,
            "tax_class": "",
            "subtotal": "16.650000",
            "total": "16.650000",
            "meta_data": [
                { "key": "_woocommerce_pos_uuid", "value": WINE },
                { "key": "_woocommerce_pos_data",
                  "value": { "price": 9.99, "regular_price": 9.99, "tax_status": "taxable" } },
            ],
        })
    );
    assert_eq!(order["line_items"][1]["tax_class"], "zero-rate");
}

#[test]
fn weights_are_numbers_and_open_choices_notes_and_codes_go_along() {
    let line: Uuid = WINE.parse().unwrap();
    let shirt = Item {
        variation_id: 5595,
        choices: vec![
            Choice {
                key: "pa_size".into(),
                name: "Size".into(),
                option: "S".into(),
                is_any: false,
            },
            Choice {
                key: "pa_colour".into(),
                name: "Colour".into(),
                option: "Navy".into(),
                is_any: true,
            },
        ],
        ..product(5594, "T-shirt", "14.99", "")
    };
    let mug = Item {
        sku: "MISC-1".into(),
        ..Item::custom("Custom mug", amount("10"), "", false)
    };
    let cart = cart(vec![
        add(WINE, shirt, "1"),
        CartAction::SetLineNote {
            line,
            note: "gift".into(),
        },
        add(COFFEE, mug, "0.375"),
        CartAction::SetNote("ring twice".into()),
    ]);
    let order = pay(&cart, SALE, "20").payload();
    let [shirt, mug] = [&order["line_items"][0], &order["line_items"][1]];
    assert_eq!(shirt["variation_id"], 5595);
    assert_eq!(
        (meta(shirt, "pa_colour"), meta(shirt, "Note")),
        (&json!("Navy"), &json!("gift"))
    );
    assert!(!shirt.to_string().contains("pa_size"));
    assert_eq!((&mug["product_id"], &mug["sku"]), (&json!(0), &json!("MISC-1")));
    assert_eq!(mug["quantity"].to_string(), "0.375");
    assert_eq!(meta(mug, "_woocommerce_pos_data")["tax_status"], "none");
    assert_eq!(order["customer_note"], "ring twice");
}

#[test]
fn cash_rounding_is_noted_beside_the_total() {
    let cart = cart(vec![add(WINE, product(1, "Tea", "10.02", "zero-rate"), "1")]);
    let rounding = CashRounding {
        step: amount("0.05"),
        ..CashRounding::NONE
    };
    let sale = UnpaidSale::of(&cart, &shop())
        .unwrap()
        .pay_cash(amount("20"), rounding, stamp(SALE))
        .unwrap();
    let order = sale.payload();
    assert_eq!(meta(&order, "_pos_cash_rounding"), "-0.02");
    assert_eq!(meta(&order, "_pos_cash_change"), "10");
    assert_eq!(sale.totals().total, amount("10.02"));
}

#[test]
fn an_empty_sale_or_too_little_cash_makes_no_payment() {
    assert!(matches!(
        UnpaidSale::of(&Cart::default(), &shop()),
        Err(SaleError::SaleEmpty)
    ));
    let cart = cart(vec![add(WINE, product(1, "Tea", "3", ""), "1")]);
    let unpaid = UnpaidSale::of(&cart, &shop()).unwrap();
    let short = unpaid.pay_cash(amount("2.99"), CashRounding::NONE, stamp(SALE));
    assert!(matches!(short, Err(SaleError::TenderTooLow { .. })));
}

#[test]
fn a_sale_that_was_kept_is_sent_in_the_same_bytes() {
    let sale = wine_and_coffee();
    let kept = serde_json::to_string(&sale).unwrap();
    let read: PaidSale = record::read(&kept).unwrap();
    assert_eq!(read, sale);
    let bytes = |sale: &PaidSale| serde_json::to_vec(&sale.envelope()).unwrap();
    assert_eq!(bytes(&read), bytes(&sale));
    assert!(serde_json::to_value(sale.envelope()).unwrap()["baseRevision"].is_null());
}

#[test]
fn an_update_holds_all_lines_and_the_numbers_the_store_gave_them() {
    let sale = wine_and_coffee();
    let line_ids = [(WINE.parse().unwrap(), 12_089)].into_iter().collect();
    let update = sale.update_envelope(Uuid::from_u128(8), "sha256:ab", &line_ids);
    assert_eq!(update.operation, Operation::Update);
    assert_eq!(update.base_revision.as_deref(), Some("sha256:ab"));
    assert_eq!(update.record_id, sale.uuid());
    let items = update.payload.unwrap()["line_items"].clone();
    assert_eq!(items[0]["id"], 12_089);
    assert!(items[1].get("id").is_none());
    assert_eq!(items.as_array().unwrap().len(), 2);
}
