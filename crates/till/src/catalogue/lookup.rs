//! Asking the store for one code.

use std::collections::BTreeSet;
use std::sync::Arc;

use evertill_sale::search::{ItemKey, Scanned};
use evertill_wire::rest::de;
use serde::Deserialize;

use super::{reading, restock};
use crate::db::goods;
use crate::error::TillError;
use crate::till::Till;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Resolved {
    #[serde(rename = "match")]
    found: Option<Match>,
    #[serde(deserialize_with = "de::list")]
    ambiguous: Vec<Match>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Match {
    #[serde(deserialize_with = "de::int")]
    id: i64,
    #[serde(deserialize_with = "de::int")]
    parent_id: i64,
    #[serde(rename = "type", deserialize_with = "de::text")]
    kind: String,
}

impl Match {
    fn is_variation(&self) -> bool {
        self.kind == "variation"
    }
}

/// What carries the code at the store; it is on the shelf afterwards.
pub(super) async fn barcode(till: &Arc<Till>, code: &str) -> Result<Scanned, TillError> {
    let (body, _) = reading::get(&till.session, "wcpos/v2/resolve/barcode", &[("code", code)]).await?;
    let resolved: Resolved = serde_json::from_value(body).unwrap_or_default();
    let Some(found) = resolved.found.filter(|found| found.id != 0) else {
        return Ok(Scanned::Unknown);
    };
    // `ambiguous` names the others only, and of a variation not its product.
    let matches: Vec<Match> = std::iter::once(found).chain(resolved.ambiguous).collect();
    let keys = keys(till, &matches).await?;
    let ids: BTreeSet<i64> = keys.iter().map(|key| key.product_id).collect();
    let products = reading::products(&till.session, &Vec::from_iter(ids)).await?;
    let variations = reading::variations_of(&till.session, &products).await?;
    let is_sold = |key: &ItemKey| products.iter().any(|product| product.id == key.product_id);
    let sold: Vec<ItemKey> = keys.into_iter().filter(is_sold).collect();
    if sold.is_empty() {
        return Ok(Scanned::Unknown);
    }
    till.db
        .write("store a product that was asked for", move |tx| {
            goods::put_products(tx, &products)?;
            goods::put_variations(tx, &variations)
        })
        .await?;
    restock(till).await?;
    Ok(match sold.as_slice() {
        [one] => Scanned::One(*one),
        _ => Scanned::Several(sold),
    })
}

async fn keys(till: &Arc<Till>, matches: &[Match]) -> Result<Vec<ItemKey>, TillError> {
    let orphans: Vec<i64> = matches
        .iter()
        .filter(|found| found.is_variation() && found.parent_id == 0)
        .map(|found| found.id)
        .collect();
    let read = match orphans.is_empty() {
        true => Vec::new(),
        false => reading::variations(&till.session, &orphans).await?,
    };
    let parent_of = |found: &Match| match found.parent_id {
        0 => read
            .iter()
            .find(|one| one.id == found.id)
            .map_or(0, |one| one.parent_id),
        parent => parent,
    };
    let key = |found: &Match| match found.is_variation() {
        true => ItemKey {
            product_id: parent_of(found),
            variation_id: found.id,
        },
        false => ItemKey {
            product_id: found.id,
            variation_id: 0,
        },
    };
    Ok(matches.iter().map(key).collect())
}
