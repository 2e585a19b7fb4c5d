//! The shop's settings, and the first stock.

use super::{accounts, audit, catalogue, engine::Db};
use crate::{
    audit::AuditEntry,
    store::{Shop, Stocktake, StoreError, derived::bare_shop},
};

/// Gives a new store its identity. Several nodes may start at once: the first one decides.
pub(super) async fn begin(db: &Db) -> Result<(), StoreError> {
    db.run(
        "INSERT INTO settings (name, value) VALUES ('shop', $1) ON CONFLICT (name) DO NOTHING",
        &[&serde_json::to_string(&bare_shop())?],
    )
    .await?;
    Ok(())
}

/// One setting.
pub(super) async fn value(db: &Db, name: &str) -> Result<Option<String>, StoreError> {
    let row = db
        .first("SELECT value FROM settings WHERE name = $1", &[&name])
        .await?;
    row.map(|row| Ok(row.try_get(0)?)).transpose()
}

/// Compares the prints of sealing keys with those the database knows, and adds the new ones when they fit.
pub(super) async fn tie_keys(db: &Db, prints: &[String]) -> Result<bool, StoreError> {
    // Two nodes that start on a new database at once queue here; the second one compares with the first one's.
    db.run(
        "INSERT INTO settings (name, value) VALUES ('keys', $1) ON CONFLICT (name) DO NOTHING",
        &[&serde_json::to_string(prints)?],
    )
    .await?;
    let row = db
        .first("SELECT value FROM settings WHERE name = 'keys' FOR UPDATE", &[])
        .await?;
    let text: String = row.ok_or(StoreError::Value("print of the keys"))?.try_get(0)?;
    let known: Vec<String> = serde_json::from_str(&text)?;
    if known.iter().any(|print| !prints.contains(print)) {
        return Ok(false);
    }
    db.run(
        "UPDATE settings SET value = $1 WHERE name = 'keys'",
        &[&serde_json::to_string(prints)?],
    )
    .await?;
    Ok(true)
}

pub(super) async fn shop(db: &Db) -> Result<Shop, StoreError> {
    let text = value(db, "shop").await?;
    let text = text.ok_or(StoreError::Value("shop"))?;
    Ok(serde_json::from_str(&text)?)
}

/// What was chosen in the office, by name.
pub(super) async fn choices(db: &Db) -> Result<Vec<(String, String)>, StoreError> {
    let rows = db
        .all(
            "SELECT substr(name, 8), value FROM settings WHERE name LIKE 'choice:%' ORDER BY name",
            &[],
        )
        .await?;
    rows.iter()
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
        .collect()
}

/// Keeps a choice or takes it back, and notes it.
pub(super) async fn choose(
    db: &Db,
    (name, value, entry): &(&'static str, Option<String>, AuditEntry),
) -> Result<(), StoreError> {
    let name = format!("choice:{name}");
    match value {
        Some(value) => {
            db.run(
                "INSERT INTO settings (name, value) VALUES ($1, $2)
                 ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                &[&name, value],
            )
            .await?
        }
        None => db.run("DELETE FROM settings WHERE name = $1", &[&name]).await?,
    };
    audit::append(db, entry).await
}

/// Sessions from before this moment may have been forgotten; seconds since 1970.
pub(super) async fn forgotten_before(db: &Db) -> Result<i64, StoreError> {
    let text = value(db, "forgotten").await?;
    Ok(text.and_then(|text| text.parse().ok()).unwrap_or(0))
}

/// Moves that moment on, never back.
pub(super) async fn forget_before(db: &Db, at: i64) -> Result<(), StoreError> {
    let at = at.max(forgotten_before(db).await?);
    db.run(
        "INSERT INTO settings (name, value) VALUES ('forgotten', $1)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        &[&at.to_string()],
    )
    .await?;
    Ok(())
}

/// Loads the first stock, unless there is some.
pub(super) async fn load(db: &Db, stock: &Stocktake) -> Result<bool, StoreError> {
    let stocked =
        "SELECT 1 FROM numbers WHERE EXISTS (SELECT 1 FROM items) OR EXISTS (SELECT 1 FROM accounts)";
    if db.first(stocked, &[]).await?.is_some() {
        return Ok(false);
    }
    let identity = shop(db).await?;
    let new = Shop {
        uuid: identity.uuid,
        epoch: identity.epoch,
        ..stock.shop.clone()
    };
    db.run(
        "UPDATE settings SET value = $1 WHERE name = 'shop'",
        &[&serde_json::to_string(&new)?],
    )
    .await?;
    for account in &stock.accounts {
        accounts::insert(db, account).await?;
    }
    for category in &stock.categories {
        catalogue::insert_category(db, category).await?;
    }
    for item in &stock.items {
        catalogue::save(db, item).await?;
    }
    for picture in &stock.pictures {
        catalogue::insert_picture(db, picture).await?;
    }
    Ok(true)
}

/// The next free number of a series.
pub(super) async fn next_number(db: &Db, series: &str) -> Result<i64, StoreError> {
    let row = db
        .first("SELECT next FROM numbers WHERE name = $1", &[&series])
        .await?;
    Ok(row.ok_or(StoreError::Value("series of numbers"))?.try_get(0)?)
}

/// Says that every number of a series below `next` is taken.
pub(super) async fn numbers_taken(db: &Db, series: &str, next: i64) -> Result<(), StoreError> {
    db.run(
        "UPDATE numbers SET next = greatest(next, $2) WHERE name = $1",
        &[&series, &next],
    )
    .await?;
    Ok(())
}
