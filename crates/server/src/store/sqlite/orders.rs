//! Rows of orders, and the transaction that books one.

use std::collections::BTreeMap;

use evertill_wire::rest::push::{Operation, PushEnvelope};
use rusqlite::{Connection, OptionalExtension as _, params, types::Value as Sql};
use uuid::Uuid;

use super::{
    accounts,
    catalogue::{self, Filter, recorded},
    changes, settings,
};
use crate::{
    push::{
        order::{OrderFacts, OrderPush, decide, stock},
        outcome::{Decision, Prior, Pushed},
    },
    store::{
        Order, OrderQuery, Page, SalesHour, StoreError,
        derived::{REMOVAL, highest_part, order_search},
    },
};

/// Sales that arrived since, by cashier and hour.
pub(super) fn by_hour(db: &Connection, accounts: &[i64], since: i64) -> Result<Vec<SalesHour>, StoreError> {
    let mut filter = Filter::default();
    filter.ids("cashier_id", Some(accounts), &[]);
    filter.with("created_at >= ?", Sql::Integer(since));
    let (condition, values) = filter.parts();
    let sql = format!(
        "SELECT cashier_id, created_at / 3600 AS hour, count(*) FROM orders WHERE {condition}
         GROUP BY cashier_id, hour ORDER BY cashier_id, hour"
    );
    let mut statement = db.prepare(&sql)?;
    let rows = statement.query_map(values, |row| {
        Ok(SalesHour {
            account_id: row.get(0)?,
            at: row.get::<_, i64>(1)? * 3_600,
            count: row.get(2)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(super) fn page(db: &Connection, query: &OrderQuery) -> Result<Page<Order>, StoreError> {
    let mut filter = Filter::default();
    filter.ids("id", query.include.as_deref(), &query.exclude);
    if !query.statuses.is_empty() {
        filter.any_of("status", query.statuses.iter().cloned().map(Sql::Text));
    }
    if let Some(id) = query.customer_id {
        filter.with("customer_id = ?", Sql::Integer(id));
    }
    if let Some(id) = query.cashier_id {
        filter.with("cashier_id = ?", Sql::Integer(id));
    }
    filter.words("search", &query.words);
    if let Some(after) = query.after {
        filter.with("created_at > ?", Sql::Integer(after));
    }
    if let Some(after) = query.modified_after {
        filter.with("modified_at > ?", Sql::Integer(after));
    }
    filter.page(db, "orders", "record", query.paging, recorded)
}

fn one(db: &Connection, condition: &str, value: impl rusqlite::ToSql) -> Result<Option<Order>, StoreError> {
    db.prepare_cached(&format!("SELECT record FROM orders WHERE {condition}"))?
        .query_row([value], |row| Ok(recorded(row)))
        .optional()?
        .transpose()
}

/// A write that was taken earlier.
pub(super) fn mutation(db: &Connection, id: Uuid) -> Result<Option<Prior>, StoreError> {
    Ok(db
        .prepare_cached("SELECT fingerprint, object_id, status FROM mutations WHERE id = ?1")?
        .query_row([id.as_bytes()], |row| {
            let status: u16 = row.get(2)?;
            Ok(Prior {
                fingerprint: row.get(0)?,
                object_id: row.get(1)?,
                status,
                is_removal: status == REMOVAL,
            })
        })
        .optional()?)
}

/// Remembers that a write was taken.
pub(super) fn remember(
    db: &Connection,
    envelope: &PushEnvelope,
    fingerprint: &[u8; 32],
    object_id: i64,
    status: u16,
    now: i64,
) -> Result<(), StoreError> {
    let status = match envelope.operation {
        Operation::Delete => REMOVAL,
        Operation::Create | Operation::Update => status,
    };
    db.prepare_cached(
        "INSERT INTO mutations (id, fingerprint, collection, record_uuid, object_id, status, at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        envelope.mutation_id.as_bytes(),
        fingerprint,
        envelope.collection,
        envelope.record_id.to_string(),
        object_id,
        status,
        now,
    ])?;
    Ok(())
}

/// Reads what the decision needs, decides, writes: one transaction.
pub(super) fn push(db: &Connection, push: &OrderPush) -> Result<Pushed<Order>, StoreError> {
    let facts = facts(db, push)?;
    let envelope = &push.envelope;
    match decide(push, &facts) {
        Decision::Refuse(refusal) => Ok(Pushed::Refused(refusal)),
        Decision::Answer { status, record } => {
            if facts.prior.is_none() {
                let object_id = record.as_ref().map_or(0, |order| order.id);
                remember(db, envelope, &push.fingerprint, object_id, status, push.now)?;
            }
            Ok(Pushed::Taken { status, record })
        }
        Decision::Write { status, mut record } => {
            let moves = stock::moves(facts.order.as_ref(), Some(&mut record));
            move_stock(db, &moves, push.now)?;
            save(db, &record, facts.order.as_ref())?;
            remember(db, envelope, &push.fingerprint, record.id, status, push.now)?;
            Ok(Pushed::Taken {
                status,
                record: Some(record),
            })
        }
        Decision::Remove { record } => {
            move_stock(db, &stock::moves(Some(&record), None), push.now)?;
            db.prepare_cached("DELETE FROM orders WHERE id = ?1")?
                .execute([record.id])?;
            changes::append(db, "orders", record.id, true, "", push.now)?;
            remember(db, envelope, &push.fingerprint, record.id, 200, push.now)?;
            Ok(Pushed::Taken {
                status: 200,
                record: None,
            })
        }
    }
}

fn facts(db: &Connection, push: &OrderPush) -> Result<OrderFacts, StoreError> {
    let prior = mutation(db, push.envelope.mutation_id)?;
    let order = match &prior {
        Some(prior) => one(db, "id = ?1", prior.object_id)?,
        None => one(db, "uuid = ?1", push.envelope.record_id.to_string())?,
    };
    let mut wanted = push.items_named();
    for line in order.iter().flat_map(|order| &order.lines) {
        wanted.extend([line.product_id, line.variation_id]);
    }
    let mut items = BTreeMap::new();
    for id in wanted {
        if id != 0 && !items.contains_key(&id) {
            items.extend(catalogue::by_id(db, id)?.map(|item| (id, item)));
        }
    }
    Ok(OrderFacts {
        shop: settings::shop(db)?,
        prior,
        order,
        items,
        customer: match push.customer_named() {
            Some(id) => accounts::by_id(db, id)?,
            None => None,
        },
        next_order_id: settings::next_number(db, "order")?,
        next_item_id: settings::next_number(db, "order_item")?,
    })
}

fn move_stock(
    db: &Connection,
    moves: &BTreeMap<i64, rust_decimal::Decimal>,
    now: i64,
) -> Result<(), StoreError> {
    for (id, change) in moves {
        let Some(mut item) = catalogue::by_id(db, *id)? else {
            continue;
        };
        if stock::apply(&mut item, *change, now) {
            catalogue::save(db, &item)?;
        } else if item.parent_id != 0
            && let Some(mut parent) = catalogue::by_id(db, item.parent_id)?
            && stock::apply(&mut parent, *change, now)
        {
            catalogue::save(db, &parent)?;
        }
    }
    Ok(())
}

fn save(db: &Connection, order: &Order, before: Option<&Order>) -> Result<(), StoreError> {
    if before == Some(order) {
        return Ok(());
    }
    db.prepare_cached(
        "INSERT INTO orders (id, uuid, status, customer_id, cashier_id, search, created_at, modified_at, record)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
         ON CONFLICT (id) DO UPDATE SET
           status = excluded.status, customer_id = excluded.customer_id, cashier_id = excluded.cashier_id,
           search = excluded.search, modified_at = excluded.modified_at, record = excluded.record",
    )?
    .execute(params![
        order.id,
        order.uuid.to_string(),
        order.status,
        order.customer_id,
        order.cashier_id,
        order_search(order),
        order.created_at,
        order.modified_at,
        serde_json::to_string(order)?,
    ])?;
    settings::numbers_taken(db, "order", order.id + 1)?;
    settings::numbers_taken(db, "order_item", highest_part(order) + 1)?;
    changes::append(
        db,
        "orders",
        order.id,
        false,
        &order.revision(),
        order.modified_at,
    )
}
