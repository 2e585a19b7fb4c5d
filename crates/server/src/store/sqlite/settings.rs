//! The shop's settings, and the first stock.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::{accounts, audit, catalogue};
use crate::{
    audit::AuditEntry,
    store::{Shop, Stocktake, StoreError, derived::bare_shop},
};

/// Gives a new store its identity.
pub(super) fn begin(db: &Connection) -> Result<(), StoreError> {
    let known: Option<String> = db
        .query_row("SELECT value FROM settings WHERE name = 'shop'", [], |row| {
            row.get(0)
        })
        .optional()?;
    if known.is_none() {
        save(db, &bare_shop())?;
    }
    Ok(())
}

pub(super) fn shop(db: &Connection) -> Result<Shop, StoreError> {
    let text: String = db.query_row("SELECT value FROM settings WHERE name = 'shop'", [], |row| {
        row.get(0)
    })?;
    Ok(serde_json::from_str(&text)?)
}

fn save(db: &Connection, shop: &Shop) -> Result<(), StoreError> {
    db.execute(
        "INSERT INTO settings (name, value) VALUES ('shop', ?1)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        [serde_json::to_string(shop)?],
    )?;
    Ok(())
}

/// What was chosen in the office, by name.
pub(super) fn choices(db: &Connection) -> Result<Vec<(String, String)>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT substr(name, 8), value FROM settings WHERE name >= 'choice:' AND name < 'choice;' ORDER BY name",
    )?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Keeps a choice or takes it back, and notes it.
pub(super) fn choose(
    db: &Connection,
    name: &str,
    value: Option<&str>,
    entry: &AuditEntry,
) -> Result<(), StoreError> {
    let name = format!("choice:{name}");
    match value {
        Some(value) => db.execute(
            "INSERT INTO settings (name, value) VALUES (?1, ?2)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            [&name, value],
        )?,
        None => db.execute("DELETE FROM settings WHERE name = ?1", [&name])?,
    };
    audit::append(db, entry)
}

/// Sessions from before this moment may have been forgotten; seconds since 1970.
pub(super) fn forgotten_before(db: &Connection) -> Result<i64, StoreError> {
    let text: Option<String> = db
        .prepare_cached("SELECT value FROM settings WHERE name = 'forgotten'")?
        .query_row([], |row| row.get(0))
        .optional()?;
    Ok(text.and_then(|text| text.parse().ok()).unwrap_or(0))
}

/// Moves that moment on, never back.
pub(super) fn forget_before(db: &Connection, at: i64) -> Result<(), StoreError> {
    let at = at.max(forgotten_before(db)?);
    db.execute(
        "INSERT INTO settings (name, value) VALUES ('forgotten', ?1)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        [at.to_string()],
    )?;
    Ok(())
}

/// Loads the first stock, unless there is some.
pub(super) fn load(db: &Connection, stock: &Stocktake) -> Result<bool, StoreError> {
    let is_stocked: bool = db.query_row(
        "SELECT EXISTS (SELECT 1 FROM items) OR EXISTS (SELECT 1 FROM accounts)",
        [],
        |row| row.get(0),
    )?;
    if is_stocked {
        return Ok(false);
    }
    let identity = shop(db)?;
    save(
        db,
        &Shop {
            uuid: identity.uuid,
            epoch: identity.epoch,
            ..stock.shop.clone()
        },
    )?;
    for account in &stock.accounts {
        accounts::insert(db, account)?;
    }
    for category in &stock.categories {
        catalogue::insert_category(db, category)?;
    }
    for item in &stock.items {
        catalogue::save(db, item)?;
    }
    for picture in &stock.pictures {
        db.execute(
            "INSERT OR REPLACE INTO pictures (slug, svg) VALUES (?1, ?2)",
            params![picture.slug, picture.svg],
        )?;
    }
    Ok(true)
}

/// The next free number of a series.
pub(super) fn next_number(db: &Connection, series: &str) -> Result<i64, StoreError> {
    Ok(
        db.query_row("SELECT next FROM numbers WHERE name = ?1", [series], |row| {
            row.get(0)
        })?,
    )
}

/// Says that every number of a series below `next` is taken.
pub(super) fn numbers_taken(db: &Connection, series: &str, next: i64) -> Result<(), StoreError> {
    db.execute(
        "UPDATE numbers SET next = max(next, ?2) WHERE name = ?1",
        params![series, next],
    )?;
    Ok(())
}
