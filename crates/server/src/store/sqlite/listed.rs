//! Sessions as the office lists, counts, names and forgets them.

use rusqlite::{Connection, params, types::Value as Sql};
use uuid::Uuid;

use super::{accounts, audit, catalogue::Filter, sessions, settings};
use crate::{
    audit::AuditEntry,
    fold::fold,
    store::{
        Account, Forgetting, Listed, Living, RecentQuery, SessionState, StoreError,
        derived::{SESSION_SEARCH, SESSION_TABLES, cause_condition, state_condition},
    },
};

fn filter(query: &RecentQuery, state: Option<SessionState>) -> Filter {
    let mut filter = Filter::default();
    filter.with(
        "(sessions.ended_at IS NULL OR sessions.ended_at > ?)",
        Sql::Integer(query.ended_after),
    );
    if let Some(id) = query.account_id {
        filter.with("sessions.account_id = ?", Sql::Integer(id));
    }
    if let Some((first, last)) = query.keys {
        filter.with("sessions.id >= ?", Sql::Blob(first.as_bytes().to_vec()));
        filter.with("sessions.id <= ?", Sql::Blob(last.as_bytes().to_vec()));
    }
    filter.words(SESSION_SEARCH, &query.words);
    if let Some(state) = state {
        filter.plain(&state_condition(state, &query.at));
    }
    if let Some(cause) = query.cause {
        filter.plain(&cause_condition(cause));
    }
    filter
}

/// Sessions that live, or ended lately; newest first.
pub(super) fn recent(db: &Connection, query: &RecentQuery) -> Result<Vec<Listed>, StoreError> {
    let filter = filter(query, query.state);
    let (condition, values) = filter.parts();
    let sql = format!(
        "SELECT {}, {}, coalesce(names.name, '') AS named FROM {SESSION_TABLES} WHERE {condition}
         ORDER BY sessions.signed_in_at DESC, sessions.id LIMIT {} OFFSET {}",
        sessions::COLUMNS,
        accounts::COLUMNS,
        query.limit,
        query.skip
    );
    let mut statement = db.prepare(&sql)?;
    let rows = statement.query_map(values, |row| Ok((sessions::read(row), row.get("named")?)))?;
    rows.map(|row| {
        let (read, name) = row?;
        let (session, account) = read?;
        Ok(Listed {
            session,
            account,
            name,
        })
    })
    .collect()
}

/// How many stand how.
pub(super) fn states(db: &Connection, query: &RecentQuery) -> Result<Vec<(SessionState, u64)>, StoreError> {
    let filter = filter(query, None);
    let (condition, values) = filter.parts();
    let sums: Vec<String> = SessionState::ALL
        .iter()
        .map(|state| format!("count(*) FILTER (WHERE {})", state_condition(*state, &query.at)))
        .collect();
    let sql = format!(
        "SELECT {} FROM {SESSION_TABLES} WHERE {condition}",
        sums.join(", ")
    );
    Ok(db.prepare(&sql)?.query_row(values, |row| {
        let counts = SessionState::ALL.iter().enumerate();
        counts
            .map(|(at, state)| Ok((*state, row.get::<_, i64>(at)?.unsigned_abs())))
            .collect()
    })?)
}

/// Accounts with living sessions, and how many.
pub(super) fn signed_in(db: &Connection, of: Living) -> Result<Vec<(Account, u64)>, StoreError> {
    let sql = format!(
        "SELECT {}, count(*) AS living FROM sessions JOIN accounts ON accounts.id = sessions.account_id
         WHERE sessions.ended_at IS NULL AND sessions.renewed_at > ?1 AND sessions.signed_in_at > ?2
         GROUP BY accounts.id ORDER BY accounts.id",
        accounts::COLUMNS
    );
    let mut statement = db.prepare_cached(&sql)?;
    let rows = statement.query_map([of.renewed_after(), of.signed_in_after()], |row| {
        Ok((
            accounts::read(row, 0),
            row.get::<_, i64>("living")?.unsigned_abs(),
        ))
    })?;
    rows.map(|row| {
        let (account, count) = row?;
        Ok((account?, count))
    })
    .collect()
}

/// Names a session, or takes the name away, and notes it.
pub(super) fn name(
    db: &Connection,
    id: Uuid,
    name: Option<&str>,
    entry: &AuditEntry,
) -> Result<(), StoreError> {
    match name {
        None => db.execute("DELETE FROM names WHERE session = ?1", [id.as_bytes()])?,
        Some(name) => db.execute(
            "INSERT INTO names (session, name, search) VALUES (?1, ?2, ?3)
             ON CONFLICT (session) DO UPDATE SET name = excluded.name, search = excluded.search",
            params![id.as_bytes(), name, fold(name)],
        )?,
    };
    audit::append(db, entry)
}

/// Forgets what is over, its names and its endings.
pub(super) fn forget(db: &Connection, what: Forgetting) -> Result<u64, StoreError> {
    settings::forget_before(db, what.ended_before)?;
    let gone: Vec<[u8; 16]> = db
        .prepare_cached(
            "DELETE FROM sessions WHERE id IN (
               SELECT id FROM sessions
               WHERE ended_at < ?1 OR (ended_at IS NULL AND renewed_at < ?2) LIMIT ?3) RETURNING id",
        )?
        .query_map(
            params![what.ended_before, what.renewed_before, what.limit],
            |row| row.get(0),
        )?
        .collect::<Result<_, _>>()?;
    for table in ["names", "activity"] {
        let mut forget = db.prepare_cached(&format!("DELETE FROM {table} WHERE session = ?1"))?;
        for id in &gone {
            forget.execute([id])?;
        }
    }
    // The newest stays: whoever reads endings in order finds where they are.
    db.prepare_cached(
        "DELETE FROM endings WHERE json_extract(ended, '$.at') < ?1
           AND sequence < (SELECT max(sequence) FROM endings)",
    )?
    .execute([what.ended_before])?;
    Ok(gone.len() as u64)
}
