//! The embedded database and its journal of endings: what the file knows and the database has forgotten.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension as _, params};
use uuid::Uuid;

use super::audit;
use crate::{
    audit::AuditEntry,
    error::ServerError,
    store::{
        StoreError,
        journal::{Journal, Line},
    },
};

/// Name of what the database remembers of the file.
const SETTING: &str = "endings_journal";

/// Opens the journal, or begins one with what the database knows, and tells the database what it does not know.
pub(super) fn open(data_dir: &Path, db: &mut Connection, now: i64) -> Result<Journal, ServerError> {
    if !Journal::is_begun(data_dir) {
        Journal::begin(data_dir, known(db).map_err(ServerError::OpenDatabase)?)?;
    }
    let journal = Journal::open(data_dir)?;
    apply(&journal, db, now).map_err(ServerError::OpenDatabase)?;
    Ok(journal)
}

/// Everything the database knows.
fn known(db: &Connection) -> Result<Vec<Line>, StoreError> {
    let mut statement = db.prepare("SELECT session, ended FROM endings ORDER BY sequence")?;
    let rows = statement.query_map([], |row| {
        Ok((row.get(0).map(Uuid::from_bytes)?, row.get::<_, String>(1)?))
    })?;
    rows.map(|row| {
        let (session, ended) = row?;
        Ok(Line {
            sessions: vec![session],
            ended: serde_json::from_str(&ended)?,
        })
    })
    .collect()
}

/// Tells the database the endings it does not know.
fn apply(journal: &Journal, db: &mut Connection, now: i64) -> Result<(), StoreError> {
    let known: Option<String> = db
        .query_row("SELECT value FROM settings WHERE name = ?1", [SETTING], |row| {
            row.get(0)
        })
        .optional()?;
    let (lines, applied) = journal
        .unknown_to(known.as_deref())
        .map_err(|error| StoreError::Commit(error.to_string()))?;
    let transaction = db.transaction()?;
    let mut told = 0;
    for line in lines {
        told += tell(&transaction, &line)?;
    }
    transaction.execute(
        "INSERT INTO settings (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        params![SETTING, serde_json::to_string(&applied)?],
    )?;
    if told > 0 {
        audit::append(&transaction, &AuditEntry::endings_told(now, told))?;
    }
    transaction.commit()?;
    if told > 0 {
        tracing::warn!(
            sessions = told,
            "the database had forgotten that these sessions ended; they stay ended"
        );
    }
    Ok(())
}

fn tell(db: &Connection, line: &Line) -> Result<usize, StoreError> {
    let ended = serde_json::to_string(&line.ended)?;
    let mut note =
        db.prepare_cached("INSERT INTO endings (session, ended) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?;
    let mut end = db
        .prepare_cached("UPDATE sessions SET ended_at = ?2, ended = ?3 WHERE id = ?1 AND ended_at IS NULL")?;
    let mut told = 0;
    for session in &line.sessions {
        told += note.execute(params![session.as_bytes(), ended])?;
        end.execute(params![session.as_bytes(), line.ended.at, ended])?;
    }
    Ok(told)
}
