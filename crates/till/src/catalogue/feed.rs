//! The store's change feed: which records to read again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use evertill_wire::rest::de;
use serde::Deserialize;
use serde_json::Value;

use super::{Mark, pictures, reading, restock};
use crate::db::{goods, settings};
use crate::error::TillError;
use crate::session::Session;
use crate::till::Till;

/// Rows of the feed asked for at once.
const ROWS: &str = "1000";

/// Pages of the feed after which reading everything is cheaper.
const PAGES_MAX: usize = 20;

/// Where following the feed led.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Followed {
    /// Everything named was read.
    UpToDate,
    /// The feed does not reach back to where this till was.
    StartOver,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Checkpoint {
    #[serde(deserialize_with = "de::int")]
    since: i64,
    #[serde(deserialize_with = "de::int")]
    head: i64,
    #[serde(deserialize_with = "de::int")]
    horizon: i64,
    #[serde(deserialize_with = "de::text")]
    epoch: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Row {
    #[serde(deserialize_with = "de::int")]
    id: i64,
    #[serde(deserialize_with = "de::fact")]
    deleted: bool,
    #[serde(deserialize_with = "de::text")]
    collection: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Page {
    checkpoint: Checkpoint,
    #[serde(deserialize_with = "de::list")]
    changes: Vec<Row>,
    #[serde(deserialize_with = "de::fact")]
    complete: bool,
    config_fingerprint: Value,
}

/// The newest place of the feed; none where the store has no feed.
pub(super) async fn head(session: &Session) -> Result<Option<Mark>, TillError> {
    let page = match reading::get(session, "wcpos/v2/changes/tick", &[("since", "0")]).await {
        Ok((body, _)) => serde_json::from_value::<Page>(body).unwrap_or_default(),
        Err(TillError::StoreAnswer { status: 404, .. }) => return Ok(None),
        Err(error) => return Err(error),
    };
    Ok(Some(Mark {
        since: page.checkpoint.head,
        fingerprint: fingerprint(&page),
        epoch: page.checkpoint.epoch,
        swept_at_ms: 0,
    }))
}

/// Reads what changed since a mark.
pub(super) async fn follow(till: &Arc<Till>, mark: &Mark) -> Result<Followed, TillError> {
    let Some(now) = head(&till.session).await? else {
        return Ok(Followed::UpToDate);
    };
    if now.epoch != mark.epoch || now.since < mark.since || now.fingerprint != mark.fingerprint {
        return Ok(Followed::StartOver);
    }
    if now.since == mark.since {
        return Ok(Followed::UpToDate);
    }
    let Some((changed, since)) = changes(&till.session, mark).await? else {
        return Ok(Followed::StartOver);
    };
    apply(
        till,
        changed,
        Mark {
            since,
            ..mark.clone()
        },
    )
    .await?;
    Ok(Followed::UpToDate)
}

/// What happened to each record, the last word of each; none when the feed is too long or was cut off.
async fn changes(session: &Session, mark: &Mark) -> Result<Option<(Changed, i64)>, TillError> {
    let mut folded: BTreeMap<(String, i64), bool> = BTreeMap::new();
    let mut since = mark.since;
    for _ in 0..PAGES_MAX {
        let from = since.to_string();
        let query = [("collection", "all"), ("since", from.as_str()), ("limit", ROWS)];
        let (body, _) = reading::get(session, "wcpos/v2/changes/sequence-log", &query).await?;
        let page: Page = serde_json::from_value(body).unwrap_or_default();
        if page.checkpoint.horizon > mark.since || page.checkpoint.epoch != mark.epoch {
            return Ok(None);
        }
        for row in page.changes {
            folded.insert((row.collection, row.id), row.deleted);
        }
        let is_stuck = page.checkpoint.since <= since;
        since = page.checkpoint.since.max(since);
        if page.complete || is_stuck || since >= page.checkpoint.head {
            return Ok(Some((Changed::of(folded), since)));
        }
    }
    Ok(None)
}

#[derive(Debug, Default)]
struct Changed {
    products: BTreeSet<i64>,
    variations: BTreeSet<i64>,
    gone: Vec<i64>,
    has_frame: bool,
}

impl Changed {
    fn of(folded: BTreeMap<(String, i64), bool>) -> Self {
        let mut changed = Self::default();
        for ((collection, id), deleted) in folded {
            match (collection.as_str(), deleted) {
                ("products" | "variations", true) => changed.gone.push(id),
                ("products", false) => {
                    changed.products.insert(id);
                }
                ("variations", false) => {
                    changed.variations.insert(id);
                }
                ("categories" | "tax_rates", _) => changed.has_frame = true,
                _ => {}
            }
        }
        changed
    }
}

async fn apply(till: &Arc<Till>, changed: Changed, mark: Mark) -> Result<(), TillError> {
    let session = &till.session;
    if changed.has_frame {
        reading::frame(till).await?;
    }
    let asked: Vec<i64> = changed.products.iter().copied().collect();
    let products = reading::products(session, &asked).await?;
    let mut variation_ids: BTreeSet<i64> = changed.variations.clone();
    variation_ids.extend(
        products
            .iter()
            .flat_map(|product| product.variations.iter().copied()),
    );
    let variation_ids: Vec<i64> = variation_ids.into_iter().collect();
    let variations = reading::variations(session, &variation_ids).await?;
    let mut gone = changed.gone;
    gone.extend(
        asked
            .iter()
            .filter(|id| !products.iter().any(|product| product.id == **id)),
    );
    gone.extend(
        changed
            .variations
            .iter()
            .filter(|id| !variations.iter().any(|variation| variation.id == **id)),
    );
    till.db
        .write("store what changed in the catalogue", move |tx| {
            goods::remove_products(tx, &gone)?;
            goods::put_products(tx, &products)?;
            goods::put_variations(tx, &variations)?;
            settings::put(tx, settings::FEED, &goods::to_json(&mark)?)
        })
        .await?;
    restock(till).await?;
    pictures::fetch_missing(till).await
}

fn fingerprint(page: &Page) -> String {
    page.config_fingerprint["fingerprints"].to_string()
}
