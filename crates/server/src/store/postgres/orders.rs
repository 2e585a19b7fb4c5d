//! Rows of orders, and the transaction that books one.

use std::collections::BTreeMap;

use evertill_wire::rest::push::{Operation, PushEnvelope};
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::{
    accounts,
    catalogue::{self, recorded},
    changes,
    engine::Db,
    filter::Filter,
    settings,
    text::plain,
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
pub(super) async fn by_hour(
    db: &Db,
    (accounts, since): &(Vec<i64>, i64),
) -> Result<Vec<SalesHour>, StoreError> {
    let rows = db
        .all(
            "SELECT cashier_id, created_at / 3600, count(*) FROM orders
             WHERE cashier_id = ANY($1) AND created_at >= $2 GROUP BY 1, 2 ORDER BY 1, 2",
            &[accounts, since],
        )
        .await?;
    rows.iter()
        .map(|row| {
            let (hour, count): (i64, i64) = (row.try_get(1)?, row.try_get(2)?);
            Ok(SalesHour {
                account_id: row.try_get(0)?,
                at: hour * 3_600,
                count: u32::try_from(count).unwrap_or(u32::MAX),
            })
        })
        .collect()
}

pub(super) async fn page(db: &Db, query: &OrderQuery) -> Result<Page<Order>, StoreError> {
    let mut filter = Filter::default();
    filter.ids("id", query.include.as_deref(), &query.exclude);
    if !query.statuses.is_empty() {
        filter.any_of("status", &query.statuses);
    }
    filter.number("customer_id = ?", query.customer_id);
    filter.number("cashier_id = ?", query.cashier_id);
    filter.words("search", &query.words);
    filter.number("created_at > ?", query.after);
    filter.number("modified_at > ?", query.modified_after);
    filter.page(db, "orders", "record", query.paging, recorded).await
}

async fn one(db: &Db, condition: &str, value: &(dyn ToSql + Sync)) -> Result<Option<Order>, StoreError> {
    let sql = format!("SELECT record FROM orders WHERE {condition}");
    let row = db.first(&sql, &[value]).await?;
    row.map(|row| recorded(&row)).transpose()
}

/// A write that was taken earlier.
pub(super) async fn mutation(db: &Db, id: Uuid) -> Result<Option<Prior>, StoreError> {
    let row = db
        .first(
            "SELECT fingerprint, object_id, status FROM mutations WHERE id = $1",
            &[&id],
        )
        .await?;
    let Some(row) = row else {
        return Ok(None);
    };
    let fingerprint: &[u8] = row.try_get(0)?;
    let status: i64 = row.try_get(2)?;
    let status = u16::try_from(status).map_err(|_| StoreError::Value("status of a write"))?;
    Ok(Some(Prior {
        fingerprint: fingerprint
            .try_into()
            .map_err(|_| StoreError::Value("fingerprint of a write"))?,
        object_id: row.try_get(1)?,
        status,
        is_removal: status == REMOVAL,
    }))
}

/// Remembers that a write was taken.
pub(super) async fn remember(
    db: &Db,
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
    db.run(
        "INSERT INTO mutations (id, fingerprint, collection, record_uuid, object_id, status, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[
            &envelope.mutation_id,
            &fingerprint.as_slice(),
            &plain(&envelope.collection),
            &envelope.record_id,
            &object_id,
            &i64::from(status),
            &now,
        ],
    )
    .await?;
    Ok(())
}

/// Reads what the decision needs, decides, writes: one transaction.
pub(super) async fn push(db: &Db, push: &OrderPush) -> Result<Pushed<Order>, StoreError> {
    let facts = facts(db, push).await?;
    let envelope = &push.envelope;
    match decide(push, &facts) {
        Decision::Refuse(refusal) => Ok(Pushed::Refused(refusal)),
        Decision::Answer { status, record } => {
            if facts.prior.is_none() {
                let object_id = record.as_ref().map_or(0, |order| order.id);
                remember(db, envelope, &push.fingerprint, object_id, status, push.now).await?;
            }
            Ok(Pushed::Taken { status, record })
        }
        Decision::Write { status, mut record } => {
            let moves = stock::moves(facts.order.as_ref(), Some(&mut record));
            move_stock(db, &moves, push.now).await?;
            save(db, &record, facts.order.as_ref()).await?;
            remember(db, envelope, &push.fingerprint, record.id, status, push.now).await?;
            Ok(Pushed::Taken {
                status,
                record: Some(record),
            })
        }
        Decision::Remove { record } => {
            move_stock(db, &stock::moves(Some(&record), None), push.now).await?;
            db.run("DELETE FROM orders WHERE id = $1", &[&record.id]).await?;
            changes::append(db, "orders", record.id, true, "", push.now).await?;
            remember(db, envelope, &push.fingerprint, record.id, 200, push.now).await?;
            Ok(Pushed::Taken {
                status: 200,
                record: None,
            })
        }
    }
}

async fn facts(db: &Db, push: &OrderPush) -> Result<OrderFacts, StoreError> {
    let prior = mutation(db, push.envelope.mutation_id).await?;
    let order = match &prior {
        Some(prior) => one(db, "id = $1", &prior.object_id).await?,
        None => one(db, "uuid = $1", &push.envelope.record_id).await?,
    };
    let mut wanted = push.items_named();
    for line in order.iter().flat_map(|order| &order.lines) {
        wanted.extend([line.product_id, line.variation_id]);
    }
    Ok(OrderFacts {
        shop: settings::shop(db).await?,
        prior,
        order,
        items: catalogue::by_ids(db, &wanted).await?,
        customer: match push.customer_named() {
            Some(id) => accounts::by_id(db, id).await?,
            None => None,
        },
        next_order_id: settings::next_number(db, "order").await?,
        next_item_id: settings::next_number(db, "order_item").await?,
    })
}

async fn move_stock(
    db: &Db,
    moves: &BTreeMap<i64, rust_decimal::Decimal>,
    now: i64,
) -> Result<(), StoreError> {
    for (id, change) in moves {
        let Some(mut item) = catalogue::by_id(db, *id).await? else {
            continue;
        };
        if stock::apply(&mut item, *change, now) {
            catalogue::save(db, &item).await?;
        } else if item.parent_id != 0
            && let Some(mut parent) = catalogue::by_id(db, item.parent_id).await?
            && stock::apply(&mut parent, *change, now)
        {
            catalogue::save(db, &parent).await?;
        }
    }
    Ok(())
}

async fn save(db: &Db, order: &Order, before: Option<&Order>) -> Result<(), StoreError> {
    if before == Some(order) {
        return Ok(());
    }
    db.run(
        "INSERT INTO orders (id, uuid, status, customer_id, cashier_id, search, created_at, modified_at, record)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (id) DO UPDATE SET
           status = excluded.status, customer_id = excluded.customer_id, cashier_id = excluded.cashier_id,
           search = excluded.search, modified_at = excluded.modified_at, record = excluded.record",
        &[
            &order.id,
            &order.uuid,
            &plain(&order.status),
            &order.customer_id,
            &order.cashier_id,
            &plain(&order_search(order)),
            &order.created_at,
            &order.modified_at,
            &serde_json::to_string(order)?,
        ],
    )
    .await?;
    settings::numbers_taken(db, "order", order.id + 1).await?;
    settings::numbers_taken(db, "order_item", highest_part(order) + 1).await?;
    changes::append(
        db,
        "orders",
        order.id,
        false,
        &order.revision(),
        order.modified_at,
    )
    .await
}
