//! Single values: the till's name, its browser secret, the catalogue's checkpoint.

use rusqlite::{Connection, OptionalExtension, params};

/// Address of the store this till belongs to.
pub(crate) const STORE: &str = "store";
/// Name of this till.
pub(crate) const TILL_NAME: &str = "till_name";
/// Secret that signs the browser's cookie, hex.
pub(crate) const BROWSER_SECRET: &str = "browser_secret";
/// Set once somebody signed in: the register is reachable from then on.
pub(crate) const SIGNED_IN_ONCE: &str = "signed_in_once";
/// Who was signed in last, as JSON.
pub(crate) const LAST_PERSON: &str = "last_person";
/// The store's own settings as it answered them.
pub(crate) const STORE_SETTINGS: &str = "store_settings";
/// Where the change feed was read up to.
pub(crate) const FEED: &str = "feed";

/// What the doctor found by itself, as JSON, while it holds.
pub(crate) const FOUND: &str = "doctor_found";

/// The value under a key.
pub(crate) fn find(db: &Connection, key: &str) -> rusqlite::Result<Option<String>> {
    db.prepare_cached("SELECT value FROM settings WHERE key = ?1")?
        .query_row([key], |row| row.get(0))
        .optional()
}

/// Takes a value out.
pub(crate) fn remove(db: &Connection, key: &str) -> rusqlite::Result<()> {
    db.execute("DELETE FROM settings WHERE key = ?1", [key])?;
    Ok(())
}

/// Puts a value under a key.
pub(crate) fn put(db: &Connection, key: &str, value: &str) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO settings (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    )?
    .execute(params![key, value])?;
    Ok(())
}
