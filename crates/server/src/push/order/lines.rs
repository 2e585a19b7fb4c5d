//! Items, fees and shipping costs of a payload, matched with what the order has.

use evertill_sale::line::net_of;
use rust_decimal::Decimal;
use serde_json::Value;
use uuid::Uuid;

use super::{OrderFacts, Refused, id_of, identity};
use crate::{
    orders::{
        reckon::{setup, take},
        record::{Chosen, Fee, Line, Order, Shipping},
    },
    push::{
        fields::{Fields, set_meta},
        outcome::Refusal,
    },
    store::{Item, Meta, Shop},
};

/// Lines an order may have.
const LINES_MAX: usize = 500;

/// Decimals of a quantity that are kept.
const QUANTITY_DECIMALS_MAX: u32 = 6;

/// Takes over the lists that the payload names. A list that is left out is not touched; a line that is left out
/// of a list that is there is gone, as on a stock store.
pub(super) fn fill(
    order: &mut Order,
    fields: &Fields<'_>,
    facts: &OrderFacts,
    next_id: &mut i64,
) -> Result<(), Refused> {
    if let Some(list) = limited(fields, "line_items")? {
        let before = std::mem::take(&mut order.lines);
        for (index, fields) in list.iter().enumerate() {
            if !fields.is_null("product_id") {
                order.lines.push(line(fields, index, &before, facts, next_id)?);
            }
        }
    }
    if let Some(list) = limited(fields, "fee_lines")? {
        let before = std::mem::take(&mut order.fees);
        for fields in list.iter().filter(|fields| !fields.is_null("name")) {
            order.fees.push(fee(fields, &before, &facts.shop, next_id)?);
        }
    }
    if let Some(list) = limited(fields, "shipping_lines")? {
        let before = std::mem::take(&mut order.shipping_lines);
        for fields in list.iter().filter(|fields| !fields.is_null("method_id")) {
            order.shipping_lines.push(shipping(fields, &before, next_id)?);
        }
    }
    Ok(())
}

fn limited<'a>(fields: &Fields<'a>, key: &str) -> Result<Option<Vec<Fields<'a>>>, Refused> {
    let list = fields.list(key)?;
    if list.as_ref().is_some_and(|list| list.len() > LINES_MAX) {
        let message = format!("{key} must contain at most {LINES_MAX} items.");
        return Err(Box::new(Refusal::invalid(key, "rest_too_many_items", &message)));
    }
    Ok(list)
}

fn line(
    fields: &Fields<'_>,
    index: usize,
    before: &[Line],
    facts: &OrderFacts,
    next_id: &mut i64,
) -> Result<Line, Refused> {
    let meta = fields.meta()?;
    let uuid = identity(&meta);
    let id = fields.whole("id")?;
    let known = before
        .iter()
        .find(|line| Some(line.id) == id || (uuid.is_some() && line.uuid == uuid));
    let quantity = quantity(fields, index, known)?;
    let product_id = fields
        .whole("product_id")?
        .or(known.map(|line| line.product_id))
        .unwrap_or(0);
    let variation_id = fields
        .whole("variation_id")?
        .or(known.map(|line| line.variation_id))
        .unwrap_or(0);
    let item = item(product_id, variation_id, known, facts)?;
    let is_taxable = !is_untaxed(&meta, known) && item.is_none_or(|item| item.is_taxable);
    let tax_class = tax_class(fields, known, item, &facts.shop)?;
    let own_price = || {
        let price = item.and_then(Item::price).unwrap_or_default();
        net_of(&setup(&facts.shop), price, quantity, &tax_class, is_taxable)
    };
    let kept = known.filter(|line| line.quantity == quantity);
    let total = fields.money("total")?;
    let subtotal = fields
        .money("subtotal")?
        .or(total)
        .or(kept.map(|line| line.subtotal))
        .unwrap_or_else(own_price);
    let total = total.or(kept.map(|line| line.total)).unwrap_or(subtotal);
    if subtotal.is_sign_negative() && !subtotal.is_zero() || total.is_sign_negative() && !total.is_zero() {
        let param = format!("line_items[{index}]");
        let message = "A line of a sale cannot take money out of it.";
        return Err(Box::new(Refusal::invalid(&param, "rest_invalid_param", message)));
    }
    let sku = fields.text("sku")?;
    let mut line = Line {
        id: id_of(known.map(|line| line.id), next_id),
        uuid: uuid.or(known.and_then(|line| line.uuid)),
        name: name(fields, known, item)?,
        parent_name: item
            .filter(|item| item.parent_id != 0)
            .map(|item| item.name.clone()),
        product_id,
        variation_id,
        sku: match item {
            Some(item) => item.sku.clone(),
            None => sku.or(known.map(|line| line.sku.clone())).unwrap_or_default(),
        },
        quantity,
        tax_class: tax_class.clone(),
        is_taxable,
        subtotal: six(subtotal),
        subtotal_tax: Decimal::ZERO,
        total: six(total),
        total_tax: Decimal::ZERO,
        taxes: Vec::new(),
        reduced_stock: known.map(|line| line.reduced_stock).unwrap_or_default(),
        chosen: known.map(|line| line.chosen.clone()).unwrap_or_default(),
        meta: known.map(|line| line.meta.clone()).unwrap_or_default(),
    };
    if line.chosen.is_empty() {
        line.chosen = chosen(item, &meta, next_id);
    }
    let owned: Vec<String> = line.chosen.iter().map(|chosen| chosen.key.clone()).collect();
    keep_meta(&mut line.meta, meta, &owned, next_id);
    Ok(line)
}

fn quantity(fields: &Fields<'_>, index: usize, known: Option<&Line>) -> Result<Decimal, Refused> {
    let quantity = fields
        .quantity("quantity")?
        .or(known.map(|line| line.quantity))
        .unwrap_or(Decimal::ONE)
        .normalize();
    if quantity <= Decimal::ZERO || quantity.scale() > QUANTITY_DECIMALS_MAX {
        let message = format!("line_items[{index}][quantity] must be greater than 0.");
        return Err(Box::new(Refusal::invalid(
            "line_items",
            "rest_out_of_bounds",
            &message,
        )));
    }
    Ok(quantity)
}

/// The item that is sold; none for a custom line, or for a line booked before its product went.
fn item<'a>(
    product_id: i64,
    variation_id: i64,
    known: Option<&Line>,
    facts: &'a OrderFacts,
) -> Result<Option<&'a Item>, Refused> {
    let wanted = if variation_id != 0 {
        variation_id
    } else {
        product_id
    };
    if wanted == 0 {
        return Ok(None);
    }
    let found = facts.items.get(&wanted);
    let fits = found.is_some_and(|item| variation_id == 0 || item.parent_id == product_id || product_id == 0);
    let was_booked =
        known.is_some_and(|line| line.product_id == product_id && line.variation_id == variation_id);
    match found {
        Some(item) if fits => Ok(Some(item)),
        None if was_booked => Ok(None),
        Some(_) | None => Err(Box::new(Refusal::new(
            400,
            "woocommerce_rest_invalid_product_id",
            format!("Product ID {wanted} is invalid."),
        ))),
    }
}

fn name(fields: &Fields<'_>, known: Option<&Line>, item: Option<&Item>) -> Result<String, Refused> {
    let sent = fields.text("name")?.filter(|name| !name.trim().is_empty());
    match (item, sent, known) {
        (Some(item), _, _) if item.parent_id != 0 => Ok(item.full_name()),
        (_, Some(name), _) => Ok(name),
        (_, None, Some(line)) => Ok(line.name.clone()),
        (Some(item), None, None) => Ok(item.name.clone()),
        (None, None, None) => Err(Box::new(Refusal::new(
            400,
            "woocommerce_rest_required_product_reference",
            "Product ID or SKU is required.",
        ))),
    }
}

fn tax_class(
    fields: &Fields<'_>,
    known: Option<&Line>,
    item: Option<&Item>,
    shop: &Shop,
) -> Result<String, Refused> {
    let class = fields
        .text("tax_class")?
        .or(known.map(|line| line.tax_class.clone()))
        .or(item.map(|item| item.tax_class.clone()))
        .unwrap_or_default();
    known_class(class, shop)
}

fn known_class(class: String, shop: &Shop) -> Result<String, Refused> {
    let class = if class == "standard" { String::new() } else { class };
    if class.is_empty() || shop.tax_classes.iter().any(|known| known.slug == class) {
        return Ok(class);
    }
    Err(Box::new(Refusal::new(
        400,
        "order_item_product_invalid_tax_class",
        "Invalid tax class",
    )))
}

/// A till may say that a line bears no tax; the value is an object, on old tills the same as text.
fn is_untaxed(meta: &[(String, Value)], known: Option<&Line>) -> bool {
    const KEY: &str = "_woocommerce_pos_data";
    let sent = meta.iter().find(|(key, _)| key == KEY).map(|(_, value)| value);
    let kept = known
        .and_then(|line| line.meta.iter().find(|entry| entry.key == KEY))
        .map(|entry| &entry.value);
    let status = |data: &Value| data.get("tax_status").and_then(Value::as_str).map(str::to_owned);
    let found = match sent.or(kept) {
        Some(Value::String(text)) => serde_json::from_str::<Value>(text).ok().as_ref().and_then(status),
        Some(data) => status(data),
        None => None,
    };
    found.as_deref() == Some("none")
}

/// The options of a variation; an open one is filled from what the till says.
fn chosen(item: Option<&Item>, meta: &[(String, Value)], next_id: &mut i64) -> Vec<Chosen> {
    let Some(item) = item else {
        return Vec::new();
    };
    item.choices
        .iter()
        .filter_map(|choice| {
            let sent = || {
                meta.iter()
                    .find(|(key, _)| *key == choice.slug || *key == choice.name)
                    .and_then(|(_, value)| value.as_str().map(str::to_owned))
            };
            let option = choice.option.clone().or_else(sent)?;
            Some(Chosen {
                id: take(next_id),
                key: choice.slug.clone(),
                value: crate::catalogue::slug(&option),
                display_key: choice.name.clone(),
                display_value: option,
            })
        })
        .collect()
}

fn fee(fields: &Fields<'_>, before: &[Fee], shop: &Shop, next_id: &mut i64) -> Result<Fee, Refused> {
    let meta = fields.meta()?;
    let uuid = identity(&meta);
    let known = known(fields, before, uuid, |fee| (fee.id, fee.uuid))?;
    let name = fields.text("name")?.or(known.map(|fee| fee.name.clone()));
    let name = name.filter(|name| !name.trim().is_empty()).ok_or_else(|| {
        Box::new(Refusal::new(
            400,
            "woocommerce_rest_invalid_fee_item",
            "Fee name is required.",
        ))
    })?;
    let class = fields
        .text("tax_class")?
        .or(known.map(|fee| fee.tax_class.clone()));
    let is_taxable = match fields.text("tax_status")? {
        Some(status) => status != "none",
        None => known.is_none_or(|fee| fee.is_taxable),
    };
    let mut kept = known.map(|fee| fee.meta.clone()).unwrap_or_default();
    keep_meta(&mut kept, meta, &[], next_id);
    Ok(Fee {
        id: id_of(known.map(|fee| fee.id), next_id),
        uuid: uuid.or(known.and_then(|fee| fee.uuid)),
        name,
        tax_class: known_class(class.unwrap_or_default(), shop)?,
        is_taxable,
        total: six(fields
            .money("total")?
            .or(known.map(|fee| fee.total))
            .unwrap_or_default()),
        total_tax: Decimal::ZERO,
        taxes: Vec::new(),
        meta: kept,
    })
}

fn shipping(fields: &Fields<'_>, before: &[Shipping], next_id: &mut i64) -> Result<Shipping, Refused> {
    let meta = fields.meta()?;
    let uuid = identity(&meta);
    let known = known(fields, before, uuid, |cost| (cost.id, cost.uuid))?;
    let method_id = fields
        .text("method_id")?
        .or(known.map(|cost| cost.method_id.clone()));
    let method_id = method_id.filter(|id| !id.is_empty()).ok_or_else(|| {
        Box::new(Refusal::new(
            400,
            "woocommerce_rest_invalid_shipping_item",
            "Shipping method ID is required.",
        ))
    })?;
    let title = fields
        .text("method_title")?
        .or(known.map(|cost| cost.method_title.clone()));
    let mut kept = known.map(|cost| cost.meta.clone()).unwrap_or_default();
    keep_meta(&mut kept, meta, &[], next_id);
    Ok(Shipping {
        id: id_of(known.map(|cost| cost.id), next_id),
        uuid: uuid.or(known.and_then(|cost| cost.uuid)),
        method_id,
        method_title: title.unwrap_or_default(),
        total: six(fields
            .money("total")?
            .or(known.map(|cost| cost.total))
            .unwrap_or_default()),
        total_tax: Decimal::ZERO,
        taxes: Vec::new(),
        meta: kept,
    })
}

fn known<'a, T>(
    fields: &Fields<'_>,
    before: &'a [T],
    uuid: Option<Uuid>,
    keys: impl Fn(&T) -> (i64, Option<Uuid>),
) -> Result<Option<&'a T>, Refused> {
    let id = fields.whole("id")?;
    Ok(before.iter().find(|part| {
        let (part_id, part_uuid) = keys(part);
        Some(part_id) == id || (uuid.is_some() && part_uuid == uuid)
    }))
}

/// Meta data of a part, without what the store writes there itself.
fn keep_meta(list: &mut Vec<Meta>, sent: Vec<(String, Value)>, owned: &[String], next_id: &mut i64) {
    for (key, value) in sent {
        let is_ours = key == evertill_wire::rest::order::UUID_KEY || key == "_reduced_stock";
        if !is_ours && !owned.contains(&key) {
            set_meta(list, &key, value, next_id);
        }
    }
}

/// Amounts are kept with six decimals, like those of a stock store.
fn six(amount: Decimal) -> Decimal {
    amount.round_dp_with_strategy(6, rust_decimal::RoundingStrategy::MidpointAwayFromZero)
}
