//! Paid sales and where each of them is on its way to the store.

use evertill_sale::record;
use evertill_sale::sale::PaidSale;
use rusqlite::{Connection, OptionalExtension, Row, params};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::carts::unreadable;
use super::goods::to_json;

const COLUMNS: &str =
    "body, number, paid_at_ms, state, outbox, attempts, order_id, order_number, sent_by, booked_at_ms";

/// Where a sale is, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SaleState {
    /// It will be sent by itself.
    Waiting,
    /// A request with it is on its way.
    Sending,
    /// The store has it, as it was sent.
    Booked,
    /// A person must look at it.
    Parked,
}

impl SaleState {
    fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sending => "sending",
            Self::Booked => "booked",
            Self::Parked => "parked",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        [Self::Waiting, Self::Sending, Self::Booked, Self::Parked]
            .into_iter()
            .find(|state| state.word() == word)
    }
}

/// A paid sale as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SaleRow {
    /// The sale; it never changes.
    pub(crate) sale: PaidSale,
    /// Number on this till.
    pub(crate) number: i64,
    /// When it was paid, milliseconds since 1970.
    pub(crate) paid_at_ms: i64,
    /// Where it is.
    pub(crate) state: SaleState,
    /// The outbox's own record of it, as JSON.
    pub(crate) outbox: String,
    /// How often it was sent.
    pub(crate) attempts: i64,
    /// Number of the order at the store, as the store counts.
    pub(crate) order_id: Option<i64>,
    /// Number of the order as people see it.
    pub(crate) order_number: Option<String>,
    /// Who was signed in when it was sent.
    pub(crate) sent_by: Option<String>,
    /// When the store booked it, milliseconds since 1970.
    pub(crate) booked_at_ms: Option<i64>,
}

/// A number of sales and what they come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Tally {
    /// How many.
    pub(crate) count: u32,
    /// What they come to.
    pub(crate) sum: Decimal,
}

/// How a sale got on; what is `None` stays as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Progress {
    /// Where it is now.
    pub(crate) state: SaleState,
    /// The outbox's own record.
    pub(crate) outbox: String,
    /// Requests begun with this step.
    pub(crate) attempts: i64,
    /// The order, once there is one.
    pub(crate) order: Option<(i64, String)>,
    /// Who was signed in.
    pub(crate) sent_by: Option<String>,
    /// When it was booked.
    pub(crate) booked_at_ms: Option<i64>,
}

/// Keeps a sale that was just paid.
pub(crate) fn insert(
    db: &Connection,
    sale: &PaidSale,
    number: i64,
    paid_at_ms: i64,
    outbox: &str,
) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO sales (uuid, number, body, total, rung_up_by, paid_at_ms, state, outbox)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'waiting', ?7)",
    )?
    .execute(params![
        sale.uuid().to_string(),
        number,
        to_json(sale)?,
        sale.totals().total.to_string(),
        sale.stamp().rung_up_by.name,
        paid_at_ms,
        outbox
    ])?;
    Ok(())
}

/// One sale.
pub(crate) fn find(db: &Connection, uuid: Uuid) -> rusqlite::Result<Option<SaleRow>> {
    let sql = format!("SELECT {COLUMNS} FROM sales WHERE uuid = ?1");
    db.prepare_cached(&sql)?
        .query_row([uuid.to_string()], from_row)
        .optional()
}

/// Whether a sale of that identity was paid.
pub(crate) fn is_paid(db: &Connection, uuid: Uuid) -> rusqlite::Result<bool> {
    db.prepare_cached("SELECT 1 FROM sales WHERE uuid = ?1")?
        .exists([uuid.to_string()])
}

/// Sales that the store does not have yet, oldest first, `limit` at most.
pub(crate) fn unsent(db: &Connection, limit: u32) -> rusqlite::Result<Vec<SaleRow>> {
    let sql =
        format!("SELECT {COLUMNS} FROM sales WHERE state IN ('waiting', 'sending') ORDER BY number LIMIT ?1");
    let mut statement = db.prepare_cached(&sql)?;
    statement.query_map([limit], from_row)?.collect()
}

/// Sales that the store does not have yet, also those a person must look at, oldest first.
pub(crate) fn unsent_all(db: &Connection) -> rusqlite::Result<Vec<SaleRow>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM sales WHERE state IN ('waiting', 'sending', 'parked') ORDER BY number"
    );
    let mut statement = db.prepare_cached(&sql)?;
    statement.query_map([], from_row)?.collect()
}

/// Leaves a sale for a person to look at.
pub(crate) fn park(db: &Connection, uuid: Uuid) -> rusqlite::Result<()> {
    db.execute(
        "UPDATE sales SET state = 'parked' WHERE uuid = ?1",
        [uuid.to_string()],
    )?;
    Ok(())
}

/// The newest sales.
pub(crate) fn recent(db: &Connection, limit: u32) -> rusqlite::Result<Vec<SaleRow>> {
    let sql = format!("SELECT {COLUMNS} FROM sales ORDER BY number DESC LIMIT ?1");
    let mut statement = db.prepare_cached(&sql)?;
    statement.query_map([limit], from_row)?.collect()
}

/// Sales that are on this till only.
pub(crate) fn tally_unsent(db: &Connection) -> rusqlite::Result<Tally> {
    tally(
        db,
        "SELECT total FROM sales WHERE state IN ('waiting', 'sending', 'parked') AND ?1 = 0",
        0,
    )
}

/// Sales that a person must look at.
pub(crate) fn tally_parked(db: &Connection) -> rusqlite::Result<Tally> {
    tally(db, "SELECT total FROM sales WHERE state = 'parked' AND ?1 = 0", 0)
}

/// Sales paid since a moment.
pub(crate) fn tally_since(db: &Connection, from_ms: i64) -> rusqlite::Result<Tally> {
    tally(db, "SELECT total FROM sales WHERE paid_at_ms >= ?1", from_ms)
}

/// When the sales since a moment were paid, oldest first.
pub(crate) fn paid_since(db: &Connection, from_ms: i64) -> rusqlite::Result<Vec<i64>> {
    db.prepare_cached("SELECT paid_at_ms FROM sales WHERE paid_at_ms >= ?1 ORDER BY paid_at_ms")?
        .query_map([from_ms], |row| row.get(0))?
        .collect()
}

/// When the store booked a sale last, milliseconds since 1970.
pub(crate) fn last_booked_at_ms(db: &Connection) -> rusqlite::Result<Option<i64>> {
    db.query_row("SELECT MAX(booked_at_ms) FROM sales", [], |row| row.get(0))
}

/// Writes down how a sale got on.
pub(crate) fn advance(db: &Connection, uuid: Uuid, progress: &Progress) -> rusqlite::Result<()> {
    let (order_id, order_number) = match &progress.order {
        Some((id, number)) => (Some(*id), Some(number.as_str())),
        None => (None, None),
    };
    db.prepare_cached(
        "UPDATE sales SET state = ?2, outbox = ?3, attempts = attempts + ?4,
           order_id = COALESCE(?5, order_id), order_number = COALESCE(?6, order_number),
           sent_by = COALESCE(?7, sent_by), booked_at_ms = COALESCE(?8, booked_at_ms)
         WHERE uuid = ?1",
    )?
    .execute(params![
        uuid.to_string(),
        progress.state.word(),
        progress.outbox,
        progress.attempts,
        order_id,
        order_number,
        progress.sent_by,
        progress.booked_at_ms
    ])?;
    Ok(())
}

fn tally(db: &Connection, sql: &str, parameter: i64) -> rusqlite::Result<Tally> {
    let mut statement = db.prepare_cached(sql)?;
    let totals = statement.query_map([parameter], |row| row.get::<_, String>(0))?;
    let mut tally = Tally::default();
    for total in totals {
        let total: Decimal = total?.parse().map_err(|error| unreadable(0, error))?;
        tally.count += 1;
        tally.sum += total;
    }
    Ok(tally)
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<SaleRow> {
    let body: String = row.get(0)?;
    let word: String = row.get(3)?;
    Ok(SaleRow {
        sale: record::read(&body).map_err(|error| unreadable(0, error))?,
        number: row.get(1)?,
        paid_at_ms: row.get(2)?,
        state: SaleState::parse(&word).ok_or(rusqlite::Error::InvalidColumnType(
            3,
            word,
            rusqlite::types::Type::Text,
        ))?,
        outbox: row.get(4)?,
        attempts: row.get(5)?,
        order_id: row.get(6)?,
        order_number: row.get(7)?,
        sent_by: row.get(8)?,
        booked_at_ms: row.get(9)?,
    })
}
