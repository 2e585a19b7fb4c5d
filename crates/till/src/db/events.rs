//! What happened, in the order it happened.

use rusqlite::{Connection, Row, params};
use uuid::Uuid;

/// Kind of the event that a receipt was printed.
pub(crate) const PRINTED: &str = "printed";

/// One thing that happened to a sale or to the till.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EventRow {
    /// When, milliseconds since 1970.
    pub(crate) at_ms: i64,
    /// `paid`, `sending`, `booked`, `waiting`, `parked`, `note`, [`PRINTED`].
    pub(crate) kind: String,
    /// Error code, where there is one.
    pub(crate) code: Option<String>,
    /// A sentence for a person.
    pub(crate) words: String,
}

/// Notes an event of a sale, or of the till itself.
pub(crate) fn add(db: &Connection, sale: Option<Uuid>, event: &EventRow) -> rusqlite::Result<()> {
    db.prepare_cached("INSERT INTO events (at_ms, sale, kind, code, words) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![
            event.at_ms,
            sale.map(|uuid| uuid.to_string()),
            event.kind,
            event.code,
            event.words
        ])?;
    Ok(())
}

/// Whether something of that kind happened to a sale.
pub(crate) fn has(db: &Connection, sale: Uuid, kind: &str) -> rusqlite::Result<bool> {
    db.prepare_cached("SELECT 1 FROM events WHERE sale = ?1 AND kind = ?2")?
        .exists(params![sale.to_string(), kind])
}

/// The newest events of the till itself, newest first.
pub(crate) fn of_till(db: &Connection, limit: u32) -> rusqlite::Result<Vec<EventRow>> {
    let mut statement = db.prepare_cached(
        "SELECT at_ms, kind, code, words FROM events WHERE sale IS NULL ORDER BY id DESC LIMIT ?1",
    )?;
    statement.query_map([limit], from_row)?.collect()
}

/// The events of one sale, oldest first.
pub(crate) fn of_sale(db: &Connection, sale: Uuid) -> rusqlite::Result<Vec<EventRow>> {
    let mut statement =
        db.prepare_cached("SELECT at_ms, kind, code, words FROM events WHERE sale = ?1 ORDER BY id")?;
    statement.query_map([sale.to_string()], from_row)?.collect()
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<EventRow> {
    Ok(EventRow {
        at_ms: row.get(0)?,
        kind: row.get(1)?,
        code: row.get(2)?,
        words: row.get(3)?,
    })
}
