//! Forgetting what can be had again: the catalogue, and who was signed in. Never sales, never open carts.

use rusqlite::Transaction;

use crate::clock;
use crate::db::events::{self, EventRow};
use crate::db::{goods, settings};

/// Kind of the event that something was done to mend the till.
pub(crate) const MENDED: &str = "mended";

/// Forgets the catalogue, its pictures and how far it was read.
pub(crate) fn cache(tx: &Transaction<'_>) -> rusqlite::Result<()> {
    goods::forget_goods(tx)?;
    goods::forget_pictures(tx)?;
    for key in [settings::FEED, settings::STORE_SETTINGS] {
        settings::remove(tx, key)?;
    }
    Ok(())
}

/// Forgets the catalogue and how far it was read; the pictures stay.
pub(crate) fn catalogue(tx: &Transaction<'_>) -> rusqlite::Result<()> {
    goods::forget_goods(tx)?;
    settings::remove(tx, settings::FEED)
}

/// Forgets who was signed in, and which browsers were known.
pub(crate) fn people(tx: &Transaction<'_>) -> rusqlite::Result<()> {
    settings::put(tx, settings::LAST_PERSON, "null")?;
    settings::remove(tx, settings::BROWSER_SECRET)
}

/// Writes down that something was done to mend the till.
pub(crate) fn note(tx: &Transaction<'_>, words: &str) -> rusqlite::Result<()> {
    let event = EventRow {
        at_ms: clock::now_ms(),
        kind: MENDED.to_owned(),
        code: None,
        words: words.to_owned(),
    };
    events::add(tx, None, &event)
}
