//! What happened, in the order it happened.

use rusqlite::{Connection, params};
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

/// The events of one sale, oldest first.
pub(crate) fn of_sale(db: &Connection, sale: Uuid) -> rusqlite::Result<Vec<EventRow>> {
    let mut statement =
        db.prepare_cached("SELECT at_ms, kind, code, words FROM events WHERE sale = ?1 ORDER BY id")?;
    let rows = statement.query_map([sale.to_string()], |row| {
        Ok(EventRow {
            at_ms: row.get(0)?,
            kind: row.get(1)?,
            code: row.get(2)?,
            words: row.get(3)?,
        })
    })?;
    rows.collect()
}
