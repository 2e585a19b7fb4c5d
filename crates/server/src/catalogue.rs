//! Catalogue, customers, taxes and the store itself as they go out: a stock store's keys, types and formats.

use rust_decimal::Decimal;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::{
    clock::written,
    fold::fold,
    html::escape,
    orders::document::{address, number, symbol},
    store::{Account, Category, Item, Kind, PriceRange, Shop, Stock, TaxRate},
};

/// `Dark chocolate` becomes `dark-chocolate`.
pub(crate) fn slug(text: &str) -> String {
    let mut out = String::new();
    for letter in fold(text).chars() {
        if letter.is_alphanumeric() {
            out.push(letter);
        } else if !out.ends_with('-') && !out.is_empty() {
            out.push('-');
        }
    }
    out.trim_end_matches('-').to_owned()
}

/// Names a state of anything that serializes.
fn revision_of(value: &impl serde::Serialize) -> String {
    use std::fmt::Write as _;
    let text = serde_json::to_vec(value).expect("plain structs of texts and numbers always serialize");
    let mut revision = String::from("sha256:");
    for byte in Sha256::digest(text) {
        write!(revision, "{byte:02x}").expect("a String takes any text");
    }
    revision
}

/// Names this state of an item. A stock store names variations by the time of their last change.
pub(crate) fn revision(item: &Item) -> String {
    match item.kind {
        Kind::Variation => written(item.modified_at),
        Kind::Simple | Kind::Variable => revision_of(item),
    }
}

/// Names this state of an account.
pub(crate) fn account_revision(account: &Account) -> String {
    revision_of(&json!([
        account.id,
        account.username,
        account.email,
        account.role.slug(),
        account.person,
        account.modified_at
    ]))
}

/// A price as it is stored: `17.5`, not `17.50`; empty when there is none.
fn price(amount: Option<Decimal>) -> String {
    amount.map_or(String::new(), |amount| amount.normalize().to_string())
}

/// A price as people read it.
fn shown(shop: &Shop, amount: Decimal) -> String {
    format!("{}{:.*}", symbol(&shop.currency), shop.decimals as usize, amount)
}

fn price_html(item: &Item, shop: &Shop) -> String {
    let now = item.price().unwrap_or_default();
    match (&item.range, item.is_on_sale()) {
        (Some(range), _) if range.price.0 != range.price.1 => {
            format!(
                "{} &ndash; {}",
                shown(shop, range.price.0),
                shown(shop, range.price.1)
            )
        }
        (None, true) => {
            let before = item.regular_price.unwrap_or_default();
            format!(
                "<del>{}</del> <ins>{}</ins>",
                shown(shop, before),
                shown(shop, now)
            )
        }
        _ => shown(shop, now),
    }
}

fn stock(item: &Item) -> Value {
    let (is_managed, quantity, low_at, backorders) = match &item.stock {
        Stock::Uncounted => (json!(false), Value::Null, Value::Null, false),
        Stock::OfParent => (json!("parent"), Value::Null, Value::Null, false),
        Stock::Counted {
            quantity,
            low_at,
            backorders,
        } => (
            json!(true),
            number(*quantity),
            low_at.map_or(Value::Null, number),
            *backorders,
        ),
    };
    let status = item.stock_status();
    json!({
        "manage_stock": is_managed, "stock_quantity": quantity, "low_stock_amount": low_at,
        "backorders": if backorders { "notify" } else { "no" }, "backorders_allowed": backorders,
        "backordered": status == "onbackorder", "stock_status": status,
    })
}

fn range_meta(range: &PriceRange) -> Value {
    let pair = |(min, max): (Decimal, Decimal)| json!({"min": price(Some(min)), "max": price(Some(max))});
    json!({
        "price": pair(range.price), "regular_price": pair(range.regular),
        "sale_price": range.sale.map_or(json!({"min": "", "max": ""}), pair),
    })
}

fn item_meta(item: &Item) -> Vec<Value> {
    let mut meta = vec![json!({"key": "_woocommerce_pos_uuid", "value": item.uuid.to_string()})];
    if !item.unit.is_empty() {
        meta.push(json!({"key": "_unit", "value": item.unit}));
    }
    if let Some(range) = &item.range {
        meta.push(json!({"key": "_woocommerce_pos_variable_prices", "value": range_meta(range)}));
    }
    meta
}

fn attributes(item: &Item) -> Vec<Value> {
    if item.kind == Kind::Variation {
        let chosen = item.choices.iter().filter_map(|choice| {
            let option = choice.option.as_ref()?;
            Some(json!({"id": choice.id, "name": choice.name, "slug": choice.slug, "option": option}))
        });
        return chosen.collect();
    }
    let all = item.attributes.iter().enumerate().map(|(position, attribute)| {
        json!({"id": attribute.id, "name": attribute.name, "slug": attribute.slug, "position": position,
               "visible": true, "variation": true, "options": attribute.options})
    });
    all.collect()
}

fn images(item: &Item, home: &str) -> Vec<Value> {
    let picture = item.picture.iter().map(|slug| {
        json!({"id": item.id, "src": format!("{home}/pictures/{slug}.svg"), "name": slug,
               "alt": escape(&item.full_name()), "date_created": written(item.created_at),
               "date_created_gmt": written(item.created_at), "date_modified": written(item.created_at),
               "date_modified_gmt": written(item.created_at)})
    });
    picture.collect()
}

/// A product or a variation, without revision.
pub(crate) fn item(item: &Item, shop: &Shop, home: &str) -> Value {
    let is_variation = item.kind == Kind::Variation;
    let total_sales = match is_variation {
        true => json!(item.total_sales.normalize().to_string()),
        false => number(item.total_sales),
    };
    let mut value = json!({
        "id": item.id, "name": escape(&item.full_name()), "slug": item.slug,
        "permalink": format!("{home}/product/{}/", item.slug),
        "date_created": written(item.created_at), "date_created_gmt": written(item.created_at),
        "date_modified": written(item.modified_at), "date_modified_gmt": written(item.modified_at),
        "type": item.kind.slug(), "status": item.status, "featured": false, "catalog_visibility": "visible",
        "description": "", "short_description": paragraph(&item.description), "sku": item.sku,
        "price": price(item.price()), "regular_price": price(item.regular_price),
        "sale_price": price(item.sale_price), "date_on_sale_from": null, "date_on_sale_from_gmt": null,
        "date_on_sale_to": null, "date_on_sale_to_gmt": null, "on_sale": item.is_on_sale(),
        "purchasable": item.price().is_some(), "total_sales": total_sales, "virtual": false,
        "downloadable": false, "downloads": [], "download_limit": -1, "download_expiry": -1,
        "external_url": "", "button_text": "",
        "tax_status": if item.is_taxable { "taxable" } else { "none" }, "tax_class": item.tax_class,
        "sold_individually": false, "weight": "", "dimensions": {"length": "", "width": "", "height": ""},
        "shipping_required": true, "shipping_taxable": item.is_taxable, "shipping_class": "",
        "shipping_class_id": 0,
    });
    let more = json!({
        "reviews_allowed": false, "average_rating": "0.00", "rating_count": 0, "upsell_ids": [],
        "cross_sell_ids": [], "parent_id": item.parent_id, "purchase_note": "",
        "categories": item.categories.iter().map(|term| {
            json!({"id": term.id, "name": escape(&term.name), "slug": term.slug})
        }).collect::<Vec<_>>(),
        "brands": [], "tags": [], "images": images(item, home), "attributes": attributes(item),
        "default_attributes": [], "variations": item.variations, "grouped_products": [],
        "menu_order": item.menu_order, "price_html": price_html(item, shop), "related_ids": [],
        "meta_data": item_meta(item), "has_options": item.kind == Kind::Variable, "post_password": "",
        "global_unique_id": item.barcode,
        "_links": links(home, "products", item.id),
    });
    merge(&mut value, stock(item));
    merge(&mut value, more);
    value
}

/// A product as the list gives it.
pub(crate) fn listed_item(listed: &Item, shop: &Shop, home: &str) -> Value {
    let mut value = item(listed, shop, home);
    value["_rxdb_revision"] = revision(listed).into();
    value
}

/// A variation with what stands around it on the wire.
pub(crate) fn variation(listed: &Item, shop: &Shop, home: &str) -> Value {
    json!({"id": listed.id, "parent_id": listed.parent_id, "payload": item(listed, shop, home)})
}

fn paragraph(text: &str) -> String {
    match text.is_empty() {
        true => String::new(),
        false => format!("<p>{}</p>\n", escape(text)),
    }
}

fn links(home: &str, collection: &str, id: i64) -> Value {
    json!({
        "self": [{"href": format!("{home}/wp-json/wc/v3/{collection}/{id}")}],
        "collection": [{"href": format!("{home}/wp-json/wc/v3/{collection}")}],
    })
}

fn merge(value: &mut Value, more: Value) {
    if let (Some(all), Value::Object(more)) = (value.as_object_mut(), more) {
        all.extend(more);
    }
}

/// A category.
pub(crate) fn category(category: &Category, home: &str) -> Value {
    json!({
        "id": category.id, "name": escape(&category.name), "slug": category.slug, "parent": category.parent,
        "description": "", "display": "default", "image": null, "menu_order": category.menu_order,
        "count": category.count, "_links": links(home, "products/categories", category.id),
        "_rxdb_revision": revision_of(category),
        "meta_data": [{"key": "_woocommerce_pos_uuid", "value": category.uuid.to_string()}],
    })
}

/// An account as a customer, without revision.
pub(crate) fn customer(account: &Account, home: &str) -> Value {
    let person = &account.person;
    let mut meta: Vec<Value> = person
        .meta
        .iter()
        .map(|meta| json!({"id": meta.id, "key": meta.key, "value": meta.value}))
        .collect();
    meta.push(json!({"key": "_woocommerce_pos_uuid", "value": account.uuid.to_string()}));
    json!({
        "id": account.id, "date_created": written(account.created_at),
        "date_created_gmt": written(account.created_at), "date_modified": written(account.modified_at),
        "date_modified_gmt": written(account.modified_at), "email": account.email,
        "first_name": person.first_name, "last_name": person.last_name, "role": account.role.slug(),
        "username": account.username, "billing": address(&person.billing, true),
        "shipping": address(&person.shipping, false), "is_paying_customer": false, "avatar_url": "",
        "meta_data": meta, "tax_ids": [], "_links": links(home, "customers", account.id),
    })
}

/// A customer as the list gives it.
pub(crate) fn listed_customer(account: &Account, home: &str) -> Value {
    let mut value = customer(account, home);
    value["_rxdb_revision"] = account_revision(account).into();
    value
}

/// A tax rate; this route calls the standard class by its name.
pub(crate) fn tax_rate(rate: &TaxRate, order: usize, home: &str) -> Value {
    json!({
        "id": rate.id, "country": rate.country, "state": "", "postcode": "", "city": "",
        "rate": format!("{:.4}", rate.percent), "name": rate.label, "priority": rate.priority,
        "compound": rate.compound, "shipping": rate.shipping, "order": order,
        "class": if rate.class.is_empty() { "standard" } else { rate.class.as_str() },
        "postcodes": [], "cities": [], "_links": links(home, "taxes", rate.id),
        "_rxdb_revision": revision_of(rate),
    })
}

/// Spellings of a scanned code, as it came first: a UPC is an EAN-13 without its leading zero.
pub(crate) fn code_spellings(code: &str) -> Vec<String> {
    let code = code.trim();
    std::iter::once(code.to_owned())
        .chain(evertill_sale::search::barcode::zero_twin(code))
        .collect()
}

/// The store object: address, money and tax settings.
pub(crate) fn store(shop: &Shop, home: &str) -> Value {
    let place = &shop.address;
    let yes = |fact: bool| if fact { "yes" } else { "no" };
    let shown = if shop.prices_include_tax { "incl" } else { "excl" };
    let tax_ids = match shop.vat_number.is_empty() {
        true => json!([]),
        false => json!([{"type": "gb_vat", "value": shop.vat_number, "country": place.country}]),
    };
    let mut value = json!({
        "id": 0, "name": shop.name, "locale": "en_GB", "timezone": shop.timezone,
        "store_address": place.address_1, "store_address_2": place.address_2, "store_city": place.city,
        "store_postcode": place.postcode, "store_state": place.state, "store_country": place.country,
        "default_country": place.country, "default_customer_address": "base",
        "calc_taxes": yes(!shop.tax_rates.is_empty()), "enable_coupons": "no",
        "calc_discounts_sequentially": "no", "currency": shop.currency, "currency_pos": "left",
        "price_thousand_sep": ",", "price_decimal_sep": ".", "price_num_decimals": shop.decimals,
        "prevent_overselling": false,
    });
    let more = json!({
        "prices_include_tax": yes(shop.prices_include_tax), "tax_based_on": "base",
        "tax_address": {"country": place.country, "state": place.state, "postcode": place.postcode,
                        "city": place.city},
        "shipping_tax_class": "inherit", "tax_round_at_subtotal": yes(shop.round_at_subtotal),
        "tax_display_shop": shown, "tax_display_cart": shown, "price_display_suffix": "",
        "tax_total_display": "itemized", "default_customer": 0, "default_customer_is_cashier": false,
        "url": home, "phone": place.phone, "email": place.email, "opening_hours": [],
        "opening_hours_notes": "", "personal_notes": "", "policies_and_conditions": "",
        "footer_imprint": "", "tax_ids": tax_ids, "meta_data": [], "receipt_i18n": {},
        "_links": {
            "self": [{"href": format!("{home}/wp-json/wcpos/v2/stores/0")}],
            "collection": [{"href": format!("{home}/wp-json/wcpos/v2/stores")}],
        },
    });
    merge(&mut value, more);
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_upc_and_its_ean_are_the_same_article() {
        assert_eq!(code_spellings("012345678905"), ["012345678905", "0012345678905"]);
        assert_eq!(code_spellings("0012345678905"), ["0012345678905", "012345678905"]);
        assert_eq!(code_spellings("5012345600017"), ["5012345600017"]);
        assert_eq!(code_spellings(" SKU-1 "), ["SKU-1"]);
    }

    #[test]
    fn a_slug_is_plain() {
        assert_eq!(slug("Crème brûlée & co."), "creme-brulee-co");
        assert_eq!(slug("Extra Large"), "extra-large");
    }

    #[test]
    fn prices_are_written_as_stored() {
        assert_eq!(price(Some("17.50".parse().unwrap())), "17.5");
        assert_eq!(price(Some("20.00".parse().unwrap())), "20");
        assert_eq!(price(None), "");
    }
}
