//! The change feed: has anything moved, and what.

use axum::http::header;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{App, Ask, Reply, params};
use crate::{
    clock::written,
    store::{ChangeRow, Lane, Shop, StoreError},
};

/// Rows of one answer.
const ROWS_MAX: i64 = 1000;

/// A short name of the settings that change what products and taxes mean.
fn print_of(value: &Value) -> String {
    let digest = Sha256::digest(value.to_string().as_bytes());
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

fn fingerprints(shop: &Shop) -> Value {
    let products = print_of(&json!([
        shop.currency,
        shop.decimals,
        shop.prices_include_tax,
        shop.tax_classes
    ]));
    let taxes = print_of(&json!([shop.tax_rates, shop.round_at_subtotal]));
    json!({
        "fingerprints": {"products": products, "variations": products, "tax_rates": taxes},
        "barcode_fields": {
            "products": ["global_unique_id"], "variations": ["global_unique_id"], "tax_rates": [],
        },
        "meta": {"supported": true},
    })
}

fn tag(head: i64, shop: &Shop) -> String {
    format!(
        "\"{head}:{}\"",
        print_of(&json!([fingerprints(shop), shop.epoch.to_string()]))
    )
}

fn matches(sent: &str, tag: &str) -> bool {
    sent.split(',')
        .map(|one| one.trim().trim_start_matches("W/"))
        .any(|one| one == "*" || one == tag)
}

/// `GET changes/tick`: 304 when the client is at the head and knows the tag.
pub(super) async fn tick(app: &App, ask: &Ask) -> Result<Reply, StoreError> {
    let since = match params::whole(ask, "since") {
        Ok(since) => since.unwrap_or(0),
        Err(reply) => return Ok(reply),
    };
    let shop = app.shop().await?;
    let head = app.store.head(Lane::Catalogue).await?;
    let tag = tag(head, &shop);
    if since == head
        && ask
            .header("if-none-match")
            .is_some_and(|sent| matches(sent, &tag))
    {
        return Ok(Reply::empty(304).with(header::ETAG, tag));
    }
    Ok(Reply::json(json!({
        "checkpoint": checkpoint(since, head, &shop), "changes": [], "complete": true,
        "config_fingerprint": fingerprints(&shop), "meta": {"supported": true},
    }))
    .with(header::ETAG, tag))
}

fn checkpoint(since: i64, head: i64, shop: &Shop) -> Value {
    json!({"since": since, "head": head, "horizon": 0, "epoch": shop.epoch.to_string()})
}

/// `GET changes/sequence-log`.
pub(super) async fn log(app: &App, ask: &Ask) -> Result<Reply, StoreError> {
    let collection = ask.query("collection").unwrap_or("products");
    let lane = match collection {
        "all" => Lane::Catalogue,
        "products" => Lane::Products,
        "tax_rates" => Lane::TaxRates,
        _ => {
            return Ok(Reply::invalid(
                "collection",
                "rest_not_in_enum",
                "collection is not one of all, products, and tax_rates.",
            ));
        }
    };
    let (since, limit) = match (params::whole(ask, "since"), params::whole(ask, "limit")) {
        (Ok(since), Ok(limit)) => (since.unwrap_or(0), limit.unwrap_or(ROWS_MAX).clamp(1, ROWS_MAX)),
        (Err(reply), _) | (_, Err(reply)) => return Ok(reply),
    };
    let shop = app.shop().await?;
    let head = app.store.head(Lane::Catalogue).await?;
    let rows = app.store.changes(lane, since, limit as u32).await?;
    let is_complete = (rows.len() as i64) < limit;
    let reached = match (is_complete, rows.last()) {
        (false, Some(last)) => last.sequence,
        _ => head.max(since),
    };
    let rows: Vec<Value> = rows.iter().map(|row| pointer(row, lane)).collect();
    Ok(Reply::json(json!({
        "collection": collection, "checkpoint": checkpoint(reached, head, &shop), "changes": rows,
        "complete": is_complete, "meta": {"supported": true}, "config_fingerprint": fingerprints(&shop),
    }))
    .with(header::ETAG, tag(head, &shop)))
}

fn pointer(row: &ChangeRow, lane: Lane) -> Value {
    let mut value = json!({
        "sequence": row.sequence, "id": row.object_id, "deleted": u8::from(row.is_deleted),
        "revision": row.revision, "modified_gmt": written(row.modified_at).replace('T', " "),
    });
    if lane == Lane::Catalogue {
        value["collection"] = row.collection.clone().into();
    }
    value
}

/// `GET changes/config-fingerprint`.
pub(super) async fn fingerprint(app: &App) -> Result<Reply, StoreError> {
    Ok(Reply::json(fingerprints(&app.shop().await?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_matches_by_itself_weakly_in_a_list_and_as_a_star() {
        for sent in ["\"1:a\"", "W/\"1:a\"", "\"x\", \"1:a\"", "*"] {
            assert!(matches(sent, "\"1:a\""), "{sent}");
        }
        assert!(!matches("\"2:a\"", "\"1:a\""));
    }
}
