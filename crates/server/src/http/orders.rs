//! Orders: listed, followed, booked; and customers booked the same way.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{App, Ask, Caller, Reply, ask::Sent, params};
use crate::{
    catalogue,
    clock::written,
    fold::words,
    orders::document,
    push::{
        customer::CustomerPush,
        envelope::{self, Mirrors},
        order::OrderPush,
        outcome::{Pushed, Refusal},
    },
    store::{Account, Lane, Order, OrderBy, OrderQuery, Shop, StoreError},
};

/// Documents of one pull.
const PULL_MAX: i64 = 250;

/// Letters of an order's key.
const KEY_LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// `GET orders`.
pub(super) async fn list(app: &App, ask: &Ask) -> Result<Reply, StoreError> {
    let query = match query(ask) {
        Ok(query) => query,
        Err(reply) => return Ok(reply),
    };
    let per_page = query.paging.map_or(1, |paging| paging.window.per_page);
    let page = app.store.orders(query).await?;
    let shop = app.shop().await?;
    let rows: Vec<Value> = page
        .rows
        .iter()
        .map(|order| document::listed(order, &shop, &app.home))
        .collect();
    Ok(Reply::json(rows.into()).counted(page.total, per_page))
}

fn query(ask: &Ask) -> Result<OrderQuery, Reply> {
    let statuses = ask.query_list("status").unwrap_or_default();
    Ok(OrderQuery {
        paging: Some(params::paging(ask, OrderBy::Date)?),
        include: params::ids(ask, "include")?,
        exclude: params::ids(ask, "exclude")?.unwrap_or_default(),
        statuses: statuses
            .into_iter()
            .filter(|status| *status != "any")
            .map(str::to_owned)
            .collect(),
        customer_id: params::whole(ask, "customer")?,
        cashier_id: params::whole(ask, "pos_cashier")?,
        words: words(ask.query("search").unwrap_or_default()),
        after: params::moment(ask, "after")?,
        modified_after: params::moment(ask, "modified_after")?,
    })
}

/// `GET orders/pull`: orders as they are now, in the order of their last change. Unlike on a stock store a page
/// is empty only at the end.
pub(super) async fn pull(app: &App, ask: &Ask) -> Result<Reply, StoreError> {
    let (since, limit) = match (params::whole(ask, "sequence"), params::whole(ask, "limit")) {
        (Ok(since), Ok(limit)) => (since.unwrap_or(0), limit.unwrap_or(50).clamp(1, PULL_MAX)),
        (Err(reply), _) | (_, Err(reply)) => return Ok(reply),
    };
    let shop = app.shop().await?;
    let rows = app.store.changes(Lane::Orders, since, limit as u32).await?;
    let head = app.store.head(Lane::Orders).await?;
    let reached = rows.last().map_or(since, |row| row.sequence);
    let latest: BTreeMap<i64, i64> = rows.iter().map(|row| (row.object_id, row.sequence)).collect();
    let ids: Vec<i64> = latest.keys().copied().collect();
    let orders = match ids.is_empty() {
        true => Vec::new(),
        false => {
            app.store
                .orders(OrderQuery {
                    include: Some(ids.clone()),
                    ..OrderQuery::default()
                })
                .await?
                .rows
        }
    };
    let found: BTreeSet<i64> = orders.iter().map(|order| order.id).collect();
    let deletes: Vec<i64> = ids.into_iter().filter(|id| !found.contains(id)).collect();
    let mut documents: Vec<(i64, Value)> = orders
        .iter()
        .map(|order| {
            let sequence = latest.get(&order.id).copied().unwrap_or(since);
            (sequence, pulled(order, sequence, &shop, &app.home))
        })
        .collect();
    documents.sort_by_key(|(sequence, _)| *sequence);
    let last = documents
        .last()
        .map(|(_, document)| document["sync"]["checkpoint"].clone());
    let mut checkpoint = last.unwrap_or_else(|| {
        json!({"updatedAtGmt": ask.query("updated_at_gmt").unwrap_or_default(),
               "orderId": ask.query("order_id").and_then(|id| id.parse::<i64>().ok()).unwrap_or(0), "revision": ""})
    });
    checkpoint["sequence"] = reached.into();
    let wants_deletes = ask.query("include_deletes") == Some("1");
    Ok(Reply::json(json!({
        "documents": documents.into_iter().map(|(_, document)| document).collect::<Vec<_>>(),
        "deletes": if wants_deletes { json!(deletes) } else { json!([]) },
        "checkpoint": checkpoint, "hasMore": reached < head, "epoch": shop.epoch.to_string(), "head": head,
        "horizon": 0, "metrics": {"duration_ms": 0, "memory_peak_bytes": 0},
    })))
}

fn pulled(order: &Order, sequence: i64, shop: &Shop, home: &str) -> Value {
    let revision = order.revision();
    json!({
        "id": order.uuid.to_string(), "payload": document::listed(order, shop, home),
        "sync": {
            "revision": revision, "partial": false, "source": "custom-pull",
            "checkpoint": {
                "updatedAtGmt": written(order.modified_at), "orderId": order.id, "revision": revision,
                "sequence": sequence,
            },
        },
        "local": {"dirty": false, "pendingMutationIds": []},
    })
}

/// `POST push/{collection}`.
pub(super) async fn push(
    app: &App,
    ask: &Ask,
    caller: &Caller,
    collection: &str,
) -> Result<Reply, StoreError> {
    if !ask.is_json() {
        return Ok(Reply::error(
            415,
            "woo_rxdb_sync_json_required",
            "Content-Type must be application/json.",
        ));
    }
    let body = match ask.sent() {
        Sent::Json(body) => body.clone(),
        Sent::BrokenJson => return Ok(Reply::broken_json()),
        Sent::Nothing | Sent::Form(_) => Value::Null,
    };
    if !matches!(collection, "orders" | "customers") {
        return Ok(Reply::error(
            400,
            "woo_rxdb_sync_unknown_collection",
            "Unknown collection.",
        ));
    }
    let mirrors = Mirrors {
        idempotency_key: ask.header("idempotency-key"),
        if_match: ask.header("if-match"),
    };
    let (envelope, fingerprint) = match envelope::read(&body, collection, mirrors) {
        Ok(read) => read,
        Err(refusal) => return Ok(Reply::json_with(refusal.status, refusal.body())),
    };
    let now = app.clock.seconds();
    let shop = app.shop().await?;
    if collection == "customers" {
        let push = CustomerPush {
            envelope,
            fingerprint,
            now,
        };
        let render = |account: &Account| catalogue::customer(account, &app.home);
        let pushed = app.store.push_customer(Box::new(push)).await?;
        return Ok(answer(pushed, render, catalogue::account_revision));
    }
    let push = OrderPush {
        envelope,
        fingerprint,
        actor_id: caller.account.id,
        actor_role: caller.account.role,
        now,
        order_key: order_key(),
    };
    let render = |order: &Order| document::document(order, &shop, &app.home);
    let pushed = app.store.push_order(Box::new(push)).await?;
    Ok(answer(pushed, render, Order::revision))
}

fn answer<T>(pushed: Pushed<T>, render: impl Fn(&T) -> Value, revision: impl Fn(&T) -> String) -> Reply {
    match pushed {
        Pushed::Taken {
            status,
            record: Some(record),
        } => Reply::json_with(
            status,
            json!({"document": render(&record), "currentRevision": revision(&record)}),
        ),
        Pushed::Taken { status, record: None } => Reply::json_with(status, json!({})),
        Pushed::Refused(refusal) => refused(&refusal, render, revision),
    }
}

fn refused<T>(refusal: &Refusal<T>, render: impl Fn(&T) -> Value, revision: impl Fn(&T) -> String) -> Reply {
    let mut body = refusal.body();
    if let Some(current) = &refusal.current {
        body["current"] = render(current);
        body["currentRevision"] = revision(current).into();
    }
    Reply::json_with(refusal.status, body)
}

/// A key nobody guesses: 13 letters of 32, 65 bits.
fn order_key() -> String {
    let random = uuid::Uuid::new_v4().into_bytes();
    let letters = random
        .iter()
        .take(13)
        .map(|byte| char::from(KEY_LETTERS[usize::from(byte % 32)]));
    letters.fold(String::from("wc_order_"), |mut key, letter| {
        key.push(letter);
        key
    })
}
