//! Rows of sessions.

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use uuid::Uuid;

use super::accounts;
use crate::store::{Account, Ended, Session, StoreError, Which};

const COLUMNS: &str = "sessions.id, sessions.account_id, sessions.created_at, sessions.last_active_at, \
     sessions.expires_at, sessions.counter, sessions.visitor, sessions.ended";

/// Columns before those of the account.
const WIDTH: usize = 8;

fn read(row: &Row<'_>) -> Result<(Session, Option<Account>), StoreError> {
    let id: [u8; 16] = row.get(0)?;
    let counter: i64 = row.get(5)?;
    let visitor: String = row.get(6)?;
    let ended: Option<String> = row.get(7)?;
    let session = Session {
        id: Uuid::from_bytes(id),
        account_id: row.get(1)?,
        created_at: row.get(2)?,
        last_active_at: row.get(3)?,
        expires_at: row.get(4)?,
        counter: counter.unsigned_abs(),
        visitor: serde_json::from_str(&visitor)?,
        ended: ended.as_deref().map(serde_json::from_str).transpose()?,
    };
    let account: Option<i64> = row.get(WIDTH)?;
    let account = account.map(|_| accounts::read(row, WIDTH)).transpose()?;
    Ok((session, account))
}

fn select(condition: &str) -> String {
    format!(
        "SELECT {COLUMNS}, {} FROM sessions LEFT JOIN accounts ON accounts.id = sessions.account_id \
         WHERE {condition} ORDER BY sessions.created_at DESC, sessions.id",
        accounts::COLUMNS
    )
}

pub(super) fn open(db: &Connection, session: &Session) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO sessions (id, account_id, created_at, last_active_at, expires_at, counter, visitor)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        session.id.as_bytes(),
        session.account_id,
        session.created_at,
        session.last_active_at,
        session.expires_at,
        session.counter as i64,
        serde_json::to_string(&session.visitor)?,
    ])?;
    Ok(())
}

pub(super) fn by_id(db: &Connection, id: Uuid) -> Result<Option<(Session, Option<Account>)>, StoreError> {
    db.prepare_cached(&select("sessions.id = ?1"))?
        .query_row([id.as_bytes()], |row| Ok(read(row)))
        .optional()?
        .transpose()
}

pub(super) fn renew(
    db: &Connection,
    id: Uuid,
    last_active_at: i64,
    expires_at: i64,
) -> Result<bool, StoreError> {
    let moved = db
        .prepare_cached(
            "UPDATE sessions SET last_active_at = max(last_active_at, ?2), expires_at = max(expires_at, ?3)
             WHERE id = ?1 AND ended_at IS NULL",
        )?
        .execute(params![id.as_bytes(), last_active_at, expires_at])?;
    Ok(moved == 1)
}

pub(super) fn living(
    db: &Connection,
    account_id: Option<i64>,
    now: i64,
) -> Result<Vec<(Session, Option<Account>)>, StoreError> {
    let condition = "sessions.ended_at IS NULL AND sessions.expires_at > ?2 \
         AND (?1 IS NULL OR sessions.account_id = ?1)";
    let mut statement = db.prepare_cached(&select(condition))?;
    let rows = statement.query_map(params![account_id, now], |row| Ok(read(row)))?;
    rows.map(|row| row?).collect()
}

pub(super) fn end(db: &Connection, which: Which, ended: &Ended) -> Result<usize, StoreError> {
    let (account_id, only, except) = match which {
        Which::One { account_id, id } => (account_id, Some(id), None),
        Which::AllOf { account_id, except } => (account_id, None, except),
    };
    let gone = db
        .prepare_cached(
            "UPDATE sessions SET ended_at = ?4, ended = ?5
             WHERE account_id = ?1 AND ended_at IS NULL AND (?2 IS NULL OR id = ?2) AND (?3 IS NULL OR id <> ?3)",
        )?
        .execute(params![
            account_id,
            only.map(Uuid::into_bytes),
            except.map(Uuid::into_bytes),
            ended.at,
            serde_json::to_string(ended)?,
        ])?;
    Ok(gone)
}
