//! The open sale and the parked ones.

use evertill_sale::cart::Cart;
use evertill_sale::record;
use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

use super::goods::to_json;

/// Number of the first sale of a till.
const FIRST_NUMBER: i64 = 1001;

const COLUMNS: &str = "uuid, number, revision, touched, body, changed_at_ms";

/// A sale that is not paid yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OpenCart {
    /// Identity; the sale and the order keep it.
    pub(crate) uuid: Uuid,
    /// Number on this till.
    pub(crate) number: i64,
    /// Counts the changes, so that nobody pays for another sale than the one on their screen.
    pub(crate) revision: i64,
    /// The line that was touched last.
    pub(crate) touched: Option<Uuid>,
    /// What is in it.
    pub(crate) cart: Cart,
    /// When it was changed last, milliseconds since 1970.
    pub(crate) changed_at_ms: i64,
}

/// The open sale; a fresh one, with the next number, where there is none.
pub(crate) fn current(db: &Connection, fresh: Uuid, now_ms: i64) -> rusqlite::Result<OpenCart> {
    let sql = format!("SELECT {COLUMNS} FROM carts WHERE is_current = 1");
    let found = db.prepare_cached(&sql)?.query_row([], from_row).optional()?;
    match found {
        Some(cart) => Ok(cart),
        None => {
            let cart = OpenCart {
                uuid: fresh,
                number: next_number(db)?,
                revision: 0,
                touched: None,
                cart: Cart::default(),
                changed_at_ms: now_ms,
            };
            put(db, &cart, true)?;
            Ok(cart)
        }
    }
}

/// Whether something is in the open sale.
pub(crate) fn is_selling(db: &Connection) -> rusqlite::Result<bool> {
    let sql = format!("SELECT {COLUMNS} FROM carts WHERE is_current = 1");
    let found = db.prepare_cached(&sql)?.query_row([], from_row).optional()?;
    Ok(found.is_some_and(|open| !open.cart.is_empty()))
}

/// Stores a sale as the open or as a parked one.
pub(crate) fn put(db: &Connection, cart: &OpenCart, is_current: bool) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO carts (uuid, number, is_current, revision, touched, body, changed_at_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (uuid) DO UPDATE SET is_current = excluded.is_current, revision = excluded.revision,
           touched = excluded.touched, body = excluded.body, changed_at_ms = excluded.changed_at_ms",
    )?
    .execute(params![
        cart.uuid.to_string(),
        cart.number,
        is_current,
        cart.revision,
        cart.touched.map(|line| line.to_string()),
        to_json(&cart.cart)?,
        cart.changed_at_ms
    ])?;
    Ok(())
}

/// The parked sales, newest first.
pub(crate) fn parked(db: &Connection) -> rusqlite::Result<Vec<OpenCart>> {
    let sql =
        format!("SELECT {COLUMNS} FROM carts WHERE is_current = 0 ORDER BY changed_at_ms DESC, number DESC");
    let mut statement = db.prepare_cached(&sql)?;
    statement.query_map([], from_row)?.collect()
}

/// One parked sale.
pub(crate) fn find_parked(db: &Connection, uuid: Uuid) -> rusqlite::Result<Option<OpenCart>> {
    let sql = format!("SELECT {COLUMNS} FROM carts WHERE is_current = 0 AND uuid = ?1");
    db.prepare_cached(&sql)?
        .query_row([uuid.to_string()], from_row)
        .optional()
}

/// How many sales are parked.
pub(crate) fn count_parked(db: &Connection) -> rusqlite::Result<u32> {
    db.prepare_cached("SELECT COUNT(*) FROM carts WHERE is_current = 0")?
        .query_row([], |row| row.get(0))
}

/// Forgets a sale: it was paid, or nothing was ever in it.
pub(crate) fn remove(db: &Connection, uuid: Uuid) -> rusqlite::Result<()> {
    db.execute("DELETE FROM carts WHERE uuid = ?1", [uuid.to_string()])?;
    Ok(())
}

/// The number that the next sale of this till gets.
pub(crate) fn next_number(db: &Connection) -> rusqlite::Result<i64> {
    db.query_row(
        "SELECT MAX(?1, 1 + COALESCE((SELECT MAX(number) FROM sales), 0), 1 + COALESCE((SELECT MAX(number) FROM carts), 0))",
        [FIRST_NUMBER],
        |row| row.get(0),
    )
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<OpenCart> {
    let body: String = row.get(4)?;
    Ok(OpenCart {
        uuid: uuid_at(row, 0)?,
        number: row.get(1)?,
        revision: row.get(2)?,
        touched: match row.get::<_, Option<String>>(3)? {
            None => None,
            Some(text) => Some(text.parse().map_err(|error| unreadable(3, error))?),
        },
        cart: record::read(&body).map_err(|error| unreadable(4, error))?,
        changed_at_ms: row.get(5)?,
    })
}

/// Reads an identity.
pub(crate) fn uuid_at(row: &Row<'_>, column: usize) -> rusqlite::Result<Uuid> {
    let text: String = row.get(column)?;
    text.parse().map_err(|error| unreadable(column, error))
}

/// A stored value that cannot be read back.
pub(crate) fn unreadable<E: std::error::Error + Send + Sync + 'static>(
    column: usize,
    error: E,
) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, Box::new(error))
}
