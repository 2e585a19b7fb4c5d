//! Asking the store for one code.

use std::sync::Arc;

use evertill_sale::search::{ItemKey, Scanned};
use evertill_wire::rest::de;
use serde::Deserialize;
use serde_json::Value;

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
    ambiguous: Vec<Value>,
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

/// What carries the code at the store; it is on the shelf afterwards.
pub(super) async fn barcode(till: &Arc<Till>, code: &str) -> Result<Scanned, TillError> {
    let (body, _) = reading::get(&till.session, "wcpos/v2/resolve/barcode", &[("code", code)]).await?;
    let resolved: Resolved = serde_json::from_value(body).unwrap_or_default();
    let Some(found) = resolved.found.filter(|found| found.id != 0) else {
        return Ok(Scanned::Unknown);
    };
    let key = match found.kind.as_str() {
        "variation" => ItemKey {
            product_id: found.parent_id,
            variation_id: found.id,
        },
        _ => ItemKey {
            product_id: found.id,
            variation_id: 0,
        },
    };
    // `ambiguous` names the others only.
    if !resolved.ambiguous.is_empty() {
        return Ok(Scanned::Several(vec![key; resolved.ambiguous.len() + 1]));
    }
    let products = reading::products(&till.session, &[key.product_id]).await?;
    if products.is_empty() {
        return Ok(Scanned::Unknown);
    }
    let variations = reading::variations_of(&till.session, &products).await?;
    till.db
        .write("store a product that was asked for", move |tx| {
            goods::put_products(tx, &products)?;
            goods::put_variations(tx, &variations)
        })
        .await?;
    restock(till).await?;
    Ok(Scanned::One(key))
}
