//! Writes to orders. [`decide`] is the whole rule book; the database only brings the facts and does the writing.
//!
//! What a stock store gets wrong and this one does not: a refused create leaves nothing behind; a product nobody
//! knows is refused instead of booked without a name; an order that is paid is changed by nobody below a manager;
//! an order has lines and each line a quantity; cash figures are written once.

use std::collections::BTreeMap;

use evertill_wire::rest::push::{Operation, PushEnvelope};
use serde_json::Value;
use uuid::Uuid;

use super::{
    fields::{Fields, set_meta},
    outcome::{Decision, Prior, Refusal, refuse, repeated},
};
use crate::{
    accounts::Role,
    clock::parse_utc,
    orders::{
        reckon::{reckon, take},
        record::{Order, STATUSES, Totals},
    },
    store::{Account, Address, Item, Shop},
};

mod lines;
pub(crate) mod stock;

/// How far in the future a till's clock may be, in seconds.
const AHEAD_MAX_S: i64 = 24 * 60 * 60;

/// Figures of the payment that are written once and never again.
const WRITE_ONCE: [&str; 3] = [
    "_pos_cash_amount_tendered",
    "_pos_cash_change",
    "_pos_card_cashback",
];

/// Entries the store writes itself; what a till sends under these names is dropped.
const OWNED: [&str; 5] = [
    "_pos_user",
    "_pos_user_created",
    "_woocommerce_pos_version",
    "_pos_store",
    evertill_wire::rest::order::UUID_KEY,
];

/// A request to write an order, with everything around it that is not in the database.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct OrderPush {
    pub(crate) envelope: PushEnvelope,
    pub(crate) fingerprint: [u8; 32],
    pub(crate) actor_id: i64,
    pub(crate) actor_role: Role,
    /// Seconds since 1970.
    pub(crate) now: i64,
    /// Key of the order's public page, should it be a new one.
    pub(crate) order_key: String,
}

impl OrderPush {
    /// Numbers of the products and variations the payload names.
    pub(crate) fn items_named(&self) -> Vec<i64> {
        let lines = self
            .envelope
            .payload
            .as_ref()
            .and_then(|payload| payload.get("line_items"));
        let mut ids: Vec<i64> = lines
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .flat_map(|line| [line.get("product_id"), line.get("variation_id")])
            .flatten()
            .filter_map(|id| id.as_i64().or_else(|| id.as_str()?.trim().parse().ok()))
            .filter(|id| *id > 0)
            .collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// The customer the payload names.
    pub(crate) fn customer_named(&self) -> Option<i64> {
        let id = self.envelope.payload.as_ref()?.get("customer_id")?;
        id.as_i64()
            .or_else(|| id.as_str()?.trim().parse().ok())
            .filter(|id| *id > 0)
    }
}

/// What the database knows that bears on the request.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct OrderFacts {
    pub(crate) shop: Shop,
    /// The same mutation, taken earlier.
    pub(crate) prior: Option<Prior>,
    /// The order the request is about.
    pub(crate) order: Option<Order>,
    /// Items named by the request, those that exist.
    pub(crate) items: BTreeMap<i64, Item>,
    /// The customer named by the request, when there is one.
    pub(crate) customer: Option<Account>,
    pub(crate) next_order_id: i64,
    pub(crate) next_item_id: i64,
}

type Refused = Box<Refusal<Order>>;

/// Decides about a request.
pub(crate) fn decide(push: &OrderPush, facts: &OrderFacts) -> Decision<Order> {
    if let Some(prior) = &facts.prior {
        return repeated(prior, &push.fingerprint, facts.order.as_ref());
    }
    match (push.envelope.operation, &facts.order) {
        (Operation::Create, Some(order)) => Decision::Answer {
            status: 200,
            record: Some(order.clone()),
        },
        (Operation::Create, None) => written(201, create(push, facts)),
        (Operation::Update, None) => refuse(404, "woo_rxdb_sync_record_not_found", "No record for recordId."),
        (Operation::Update, Some(order)) => match precondition(push, order) {
            Err(refusal) => Decision::Refuse(refusal),
            Ok(()) => written(200, update(push, facts, order)),
        },
        (Operation::Delete, _) if !push.actor_role.may_manage() => refuse(
            403,
            "woocommerce_rest_cannot_delete",
            "Sorry, you are not allowed to delete this resource.",
        ),
        (Operation::Delete, None) => Decision::Answer {
            status: 200,
            record: None,
        },
        (Operation::Delete, Some(order)) => match precondition(push, order) {
            Err(refusal) => Decision::Refuse(refusal),
            Ok(()) => Decision::Remove {
                record: order.clone(),
            },
        },
    }
}

fn written(status: u16, result: Result<Order, Refused>) -> Decision<Order> {
    match result {
        Ok(record) => Decision::Write { status, record },
        Err(refusal) => Decision::Refuse(refusal),
    }
}

/// A change must name the state it is based on.
fn precondition(push: &OrderPush, order: &Order) -> Result<(), Refused> {
    let is_delete = push.envelope.operation == Operation::Delete;
    let Some(base) = &push.envelope.base_revision else {
        if is_delete && push.envelope.force == Some(true) {
            return Ok(());
        }
        let (code, verb) = match is_delete {
            true => ("woo_rxdb_sync_precondition_required", "Deleting"),
            false => ("woo_rxdb_sync_revision_required", "Updating"),
        };
        return Err(Box::new(Refusal::new(
            428,
            code,
            format!("{verb} an existing record requires an If-Match / baseRevision precondition."),
        )));
    };
    if *base == order.revision() {
        return Ok(());
    }
    let mut refusal = Refusal::new(409, "woo_rxdb_sync_conflict", "baseRevision is stale.");
    refusal.current = Some(order.clone());
    Err(Box::new(refusal))
}

fn create(push: &OrderPush, facts: &OrderFacts) -> Result<Order, Refused> {
    let payload = push.envelope.payload.as_ref().and_then(Value::as_object);
    let payload = payload.ok_or_else(|| Box::new(Refusal::missing("payload")))?;
    let fields = Fields::top(payload);
    let mut order = blank(push, facts);
    order.created_at = created_at(&fields, push.now)?;
    let mut next_id = facts.next_item_id;
    fill(&mut order, &fields, push, facts, &mut next_id)?;
    if !fields.has("line_items") {
        return Err(no_lines());
    }
    if order.status.is_empty() {
        order.status = "pending".into();
    }
    settle(&mut order, &fields, push)?;
    finish(&mut order, facts, &mut next_id)?;
    Ok(order)
}

fn blank(push: &OrderPush, facts: &OrderFacts) -> Order {
    Order {
        id: facts.next_order_id,
        uuid: push.envelope.record_id,
        status: String::new(),
        order_key: push.order_key.clone(),
        currency: facts.shop.currency.clone(),
        prices_include_tax: facts.shop.prices_include_tax,
        customer_id: 0,
        cashier_id: push.actor_id,
        created_by: push.actor_id,
        billing: Address::default(),
        shipping: Address::default(),
        payment_method: String::new(),
        payment_method_title: String::new(),
        transaction_id: String::new(),
        customer_note: String::new(),
        created_at: push.now,
        modified_at: push.now,
        paid_at: None,
        completed_at: None,
        lines: Vec::new(),
        fees: Vec::new(),
        shipping_lines: Vec::new(),
        tax_lines: Vec::new(),
        totals: Totals::default(),
        meta: Vec::new(),
    }
}

fn update(push: &OrderPush, facts: &OrderFacts, before: &Order) -> Result<Order, Refused> {
    let payload = push.envelope.payload.as_ref().and_then(Value::as_object);
    let payload = payload.ok_or_else(|| Box::new(Refusal::missing("payload")))?;
    let fields = Fields::top(payload);
    let mut order = before.clone();
    let mut next_id = facts.next_item_id;
    fill(&mut order, &fields, push, facts, &mut next_id)?;
    settle(&mut order, &fields, push)?;
    finish(&mut order, facts, &mut next_id)?;
    if before.is_final() && !push.actor_role.may_manage() && money_of(before) != money_of(&order) {
        return Err(Box::new(Refusal::new(
            400,
            "woocommerce_rest_order_not_editable",
            "This order is paid. Only an owner or manager may change it.",
        )));
    }
    if order != *before {
        order.modified_at = push.now;
    }
    Ok(order)
}

/// Everything about an order that is money or goods.
fn money_of(order: &Order) -> Value {
    serde_json::json!([
        order.status,
        order.customer_id,
        order.payment_method,
        order.lines,
        order.fees,
        order.shipping_lines,
        order.totals,
        order.paid_at,
    ])
}

/// Takes over what the payload says.
fn fill(
    order: &mut Order,
    fields: &Fields<'_>,
    push: &OrderPush,
    facts: &OrderFacts,
    next_id: &mut i64,
) -> Result<(), Refused> {
    if let Some(status) = fields.text("status")? {
        if !STATUSES.contains(&status.as_str()) {
            let (last, first) = STATUSES.split_last().unwrap_or((&"", &[]));
            let message = format!("status is not one of {}, and {last}.", first.join(", "));
            return Err(Box::new(Refusal::invalid("status", "rest_not_in_enum", &message)));
        }
        order.status = status;
    }
    if let Some(currency) = fields.text("currency")?
        && currency != order.currency
    {
        let message = format!("currency is not {}.", order.currency);
        return Err(Box::new(Refusal::invalid(
            "currency",
            "rest_not_in_enum",
            &message,
        )));
    }
    if let Some(customer_id) = fields.whole("customer_id")? {
        if customer_id != 0
            && facts
                .customer
                .as_ref()
                .is_none_or(|found| found.id != customer_id)
        {
            return Err(Box::new(Refusal::new(
                400,
                "woocommerce_rest_invalid_customer_id",
                "Customer ID is invalid.",
            )));
        }
        order.customer_id = customer_id;
    }
    fields.address("billing", &mut order.billing)?;
    fields.address("shipping", &mut order.shipping)?;
    for (key, place) in [
        ("payment_method", &mut order.payment_method),
        ("payment_method_title", &mut order.payment_method_title),
        ("transaction_id", &mut order.transaction_id),
        ("customer_note", &mut order.customer_note),
    ] {
        if let Some(text) = fields.text(key)? {
            *place = text;
        }
    }
    if !fields
        .list::<Order>("coupon_lines")?
        .unwrap_or_default()
        .is_empty()
    {
        return Err(unknown_coupon(fields)?);
    }
    lines::fill(order, fields, facts, next_id)?;
    meta(order, fields, push, next_id)
}

fn unknown_coupon(fields: &Fields<'_>) -> Result<Refused, Refused> {
    let coupons = fields.list("coupon_lines")?.unwrap_or_default();
    let code = coupons.first().map_or(Ok(None), |coupon| coupon.text("code"))?;
    let message = format!(
        "Coupon &quot;{}&quot; cannot be applied because it does not exist.",
        crate::html::escape(&code.unwrap_or_default())
    );
    Ok(Box::new(Refusal::new(
        400,
        "woocommerce_rest_invalid_coupon",
        message,
    )))
}

fn meta(order: &mut Order, fields: &Fields<'_>, push: &OrderPush, next_id: &mut i64) -> Result<(), Refused> {
    for (key, value) in fields.meta()? {
        if WRITE_ONCE.contains(&key.as_str()) {
            let is_written = order.meta.iter().any(|entry| entry.key == key);
            if !is_written && is_plain_amount(&value) {
                set_meta(&mut order.meta, &key, value, next_id);
            }
        } else if key == "_pos_store" {
            let is_written = order.meta.iter().any(|entry| entry.key == key);
            if !is_written
                && value
                    .as_str()
                    .is_some_and(|text| text.bytes().all(|byte| byte.is_ascii_digit()))
            {
                set_meta(&mut order.meta, &key, value, next_id);
            }
        } else if key == "_pos_user" {
            if value == Value::String(push.actor_id.to_string()) {
                order.cashier_id = push.actor_id;
            }
        } else if !OWNED.contains(&key.as_str()) {
            set_meta(&mut order.meta, &key, value, next_id);
        }
    }
    Ok(())
}

/// `20` or `20.50`: no sign, no comma, no exponent.
fn is_plain_amount(value: &Value) -> bool {
    let Some(text) = value.as_str() else {
        return false;
    };
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    text.len() <= 20 && is_digits(whole) && is_digits(fraction)
}

fn created_at(fields: &Fields<'_>, now: i64) -> Result<i64, Refused> {
    let Some(text) = fields.text("date_created_gmt")? else {
        return Ok(now);
    };
    let at = parse_utc(&text).ok_or_else(|| {
        Box::new(Refusal::new(
            400,
            "woocommerce_pos_rest_invalid_date_created_gmt",
            "date_created_gmt must be a valid ISO 8601 UTC date.",
        ))
    })?;
    if at > now + AHEAD_MAX_S {
        return Err(Box::new(Refusal::new(
            400,
            "woocommerce_pos_rest_future_date_created_gmt",
            "date_created_gmt cannot be more than 24 hours in the future.",
        )));
    }
    Ok(at)
}

/// Marks when the money came in; the moment the store learnt of it, as on a stock store.
fn settle(order: &mut Order, fields: &Fields<'_>, push: &OrderPush) -> Result<(), Refused> {
    if fields.fact("set_paid")? == Some(true) && !order.is_final() {
        order.status = "completed".into();
    }
    if matches!(order.status.as_str(), "completed" | "processing") {
        order.paid_at.get_or_insert(push.now);
    }
    if order.status == "completed" {
        order.completed_at.get_or_insert(push.now);
    }
    Ok(())
}

fn finish(order: &mut Order, facts: &OrderFacts, next_id: &mut i64) -> Result<(), Refused> {
    if order.lines.is_empty() {
        return Err(no_lines());
    }
    reckon(&facts.shop, order, next_id).map_err(|_| {
        Box::new(Refusal::invalid(
            "line_items",
            "rest_out_of_bounds",
            "line_items holds an amount beyond 10000000000.",
        ))
    })
}

fn no_lines() -> Refused {
    Box::new(Refusal::invalid(
        "line_items",
        "rest_too_few_items",
        "line_items must contain at least 1 item.",
    ))
}

/// A number that is kept when the till echoes it, and new otherwise.
fn id_of(known: Option<i64>, next_id: &mut i64) -> i64 {
    known.unwrap_or_else(|| take(next_id))
}

/// The till's own key of a part, from its meta data.
fn identity(meta: &[(String, Value)]) -> Option<Uuid> {
    meta.iter()
        .find(|(key, _)| key == evertill_wire::rest::order::UUID_KEY)
        .and_then(|(_, value)| value.as_str()?.parse().ok())
}
