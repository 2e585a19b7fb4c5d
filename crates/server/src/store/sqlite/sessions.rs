//! Rows of sessions.

use evertill_issuer::{Change, Counter, Ending, Row as Life, Seconds, access_used};
use rusqlite::{Connection, OptionalExtension as _, Row, params, types::Value as Sql};
use uuid::Uuid;

use super::{accounts, audit, catalogue::Filter};
use crate::{
    audit::{AuditEntry, Party},
    sessions::renewal::{self, Held, RenewalAsk, Renewed, Write},
    store::{Account, Ended, Living, Mark, RecentQuery, Session, StoreError, Visitor, Which},
};

const COLUMNS: &str = "sessions.id, sessions.account_id, sessions.signed_in_at, sessions.renewed_at, \
     sessions.counter, sessions.seen, sessions.address, agents.agent, sessions.client, sessions.sender_key, \
     sessions.ended";

/// Columns before those of the account.
const WIDTH: usize = 11;

fn read(row: &Row<'_>) -> Result<(Session, Option<Account>), StoreError> {
    let id: [u8; 16] = row.get(0)?;
    let (counter, seen): (i64, i64) = (row.get(4)?, row.get(5)?);
    let agent: String = row.get(7)?;
    let client: Option<String> = row.get(8)?;
    let ended: Option<String> = row.get(10)?;
    let session = Session {
        id: Uuid::from_bytes(id),
        account_id: row.get(1)?,
        signed_in_at: row.get(2)?,
        renewed_at: row.get(3)?,
        counter: counter.cast_unsigned(),
        seen: seen.cast_unsigned(),
        visitor: Visitor {
            ip_address: row.get(6)?,
            ..serde_json::from_str(&agent)?
        },
        client: client.map(Into::into),
        sender_key: row.get(9)?,
        ended: ended.as_deref().map(serde_json::from_str).transpose()?,
    };
    let account: Option<i64> = row.get(WIDTH)?;
    let account = account.map(|_| accounts::read(row, WIDTH)).transpose()?;
    Ok((session, account))
}

fn select(condition: &str) -> String {
    format!(
        "SELECT {COLUMNS}, {} FROM sessions JOIN agents ON agents.id = sessions.agent_id \
         LEFT JOIN accounts ON accounts.id = sessions.account_id \
         WHERE {condition} ORDER BY sessions.signed_in_at DESC, sessions.id",
        accounts::COLUMNS
    )
}

pub(super) fn open(db: &Connection, session: &Session) -> Result<bool, StoreError> {
    let opened = db.prepare_cached(
        "INSERT INTO sessions (id, account_id, signed_in_at, renewed_at, counter, seen, address, agent_id, client, \
           sender_key)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT (id) DO NOTHING",
    )?
    .execute(params![
        session.id.as_bytes(),
        session.account_id,
        session.signed_in_at,
        session.renewed_at,
        session.counter.cast_signed(),
        session.seen.cast_signed(),
        session.visitor.ip_address,
        agent(db, &session.visitor)?,
        session.client.as_deref(),
        session.sender_key,
    ])?;
    Ok(opened == 1)
}

/// The number of what many visitors have in common.
fn agent(db: &Connection, visitor: &Visitor) -> Result<i64, StoreError> {
    let mut common = serde_json::to_value(visitor)?;
    if let Some(fields) = common.as_object_mut() {
        fields.remove("ip_address");
    }
    let agent = common.to_string();
    let find = |db: &Connection| {
        db.prepare_cached("SELECT id FROM agents WHERE agent = ?1")?
            .query_row([&agent], |row| row.get(0))
            .optional()
    };
    if let Some(id) = find(db)? {
        return Ok(id);
    }
    db.prepare_cached("INSERT INTO agents (agent) VALUES (?1)")?
        .execute([&agent])?;
    Ok(db.last_insert_rowid())
}

pub(super) fn by_id(db: &Connection, id: Uuid) -> Result<Option<(Session, Option<Account>)>, StoreError> {
    db.prepare_cached(&select("sessions.id = ?1"))?
        .query_row([id.as_bytes()], |row| Ok(read(row)))
        .optional()?
        .transpose()
}

/// Renews in the transaction it is called in.
pub(super) fn renew(db: &Connection, ask: &RenewalAsk) -> Result<Option<Renewed>, StoreError> {
    let id = ask.claims.session;
    let (session, account) = match by_id(db, id)? {
        Some(found) => found,
        None => {
            if let Some(ended) = ending_of(db, id)? {
                return Ok(Some(Renewed::Ended(ended)));
            }
            let Some(account_id) = ask.claims.origin.map(|origin| origin.account_id) else {
                return Ok(None);
            };
            let account = accounts::by_id(db, account_id)?;
            let created_at = account.as_ref().map(|account| account.created_at);
            let Some(session) = renewal::adopt(ask, created_at) else {
                return Ok(None);
            };
            open(db, &session)?;
            if let Some(account) = &account {
                audit::append(db, &AuditEntry::adopted(ask.now, Party::of(account), id))?;
            }
            (session, account)
        }
    };
    if let Some(ended) = session.ended {
        return Ok(Some(Renewed::Ended(ended)));
    }
    let (renewed, write) = renewal::decide(&Held::from(&session), account.is_some(), ask);
    match write {
        Write::Nothing => {}
        Write::Lazy(row) => save(db, id, &row)?,
        Write::End(ended) => {
            let which = Which::One {
                account_id: session.account_id,
                id,
            };
            end(db, which, &ended)?;
            if let (Ending::Theft, Some(account)) = (ended.reason, &account) {
                audit::append(db, &AuditEntry::theft(ended.at, Party::of(account), id))?;
            }
        }
    }
    Ok(Some(renewed))
}

/// Notes that an access token arrived.
pub(super) fn note_access(
    db: &Connection,
    id: Uuid,
    counter: Counter,
    now: i64,
) -> Result<Option<Account>, StoreError> {
    let Some((session, Some(account))) = by_id(db, id)?.filter(|(session, _)| session.ended.is_none()) else {
        return Ok(None);
    };
    match access_used(&session.row(), counter, Seconds(now)) {
        Change::None => {}
        Change::Lazy(row) | Change::Durable(row) => save(db, id, &row)?,
    }
    Ok(Some(account))
}

/// Moves a living session on; one that ended meanwhile stays as it is.
fn save(db: &Connection, id: Uuid, row: &Life) -> Result<(), StoreError> {
    db.prepare_cached(
        "UPDATE sessions SET counter = ?2, seen = ?3, renewed_at = ?4 WHERE id = ?1 AND ended_at IS NULL",
    )?
    .execute(params![
        id.as_bytes(),
        row.counter.0.cast_signed(),
        row.seen.0.cast_signed(),
        row.renewed_at.0,
    ])?;
    Ok(())
}

pub(super) fn living(db: &Connection, of: Living) -> Result<Vec<(Session, Option<Account>)>, StoreError> {
    // Two questions, not one with an OR in it: only then is the index of the account used.
    let whose = match of.account_id {
        Some(_) => "sessions.account_id = ?1",
        None => "?1 IS NULL",
    };
    let condition = format!(
        "{whose} AND sessions.ended_at IS NULL AND sessions.renewed_at > ?2 AND sessions.signed_in_at > ?3"
    );
    let mut statement = db.prepare_cached(&select(&condition))?;
    let rows = statement.query_map(
        params![of.account_id, of.renewed_after(), of.signed_in_after()],
        |row| Ok(read(row)),
    )?;
    rows.map(|row| row?).collect()
}

pub(super) fn end(db: &Connection, which: Which, ended: &Ended) -> Result<Vec<Uuid>, StoreError> {
    let (chosen, account_id, id) = match which {
        Which::One { account_id, id } => ("account_id = ?3 AND id = ?4", account_id, Some(id)),
        Which::AllOf { account_id, except } => ("account_id = ?3 AND id IS NOT ?4", account_id, except),
        Which::Everybody { except } => ("?3 = 0 AND id IS NOT ?4", 0, except),
    };
    let ended_text = serde_json::to_string(ended)?;
    let mut statement = db.prepare_cached(&format!(
        "UPDATE sessions SET ended_at = ?1, ended = ?2 WHERE ended_at IS NULL AND {chosen} RETURNING id"
    ))?;
    let rows = statement.query_map(
        params![ended.at, ended_text, account_id, id.map(Uuid::into_bytes)],
        |row| row.get(0).map(Uuid::from_bytes),
    )?;
    let gone: Vec<Uuid> = rows.collect::<Result<_, _>>()?;
    let mut note =
        db.prepare_cached("INSERT INTO endings (session, ended) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?;
    for id in &gone {
        note.execute(params![id.as_bytes(), ended_text])?;
    }
    Ok(gone)
}

/// How a session ended that may have no row any more.
fn ending_of(db: &Connection, id: Uuid) -> Result<Option<Ended>, StoreError> {
    let text: Option<String> = db
        .prepare_cached("SELECT ended FROM endings WHERE session = ?1")?
        .query_row([id.as_bytes()], |row| row.get(0))
        .optional()?;
    Ok(text.as_deref().map(serde_json::from_str).transpose()?)
}

pub(super) fn ended_since(db: &Connection, mark: Mark) -> Result<(Vec<Uuid>, Mark), StoreError> {
    // The mark first: what is committed between the two questions is told again next time.
    let accounts = db
        .prepare_cached("SELECT value FROM versions WHERE name = 'accounts'")?
        .query_row([], |row| row.get(0))?;
    let newest: i64 = db
        .prepare_cached("SELECT coalesce(max(sequence), 0) FROM endings")?
        .query_row([], |row| row.get(0))?;
    let mut statement = db.prepare_cached("SELECT session FROM endings WHERE sequence > ?1")?;
    let rows = statement.query_map([mark.ending], |row| row.get(0).map(Uuid::from_bytes))?;
    let now = Mark {
        ending: newest,
        accounts,
    };
    Ok((rows.collect::<Result<_, _>>()?, now))
}

/// Sessions that live, or ended lately; newest first.
pub(super) fn recent(
    db: &Connection,
    query: &RecentQuery,
) -> Result<Vec<(Session, Option<Account>)>, StoreError> {
    let mut filter = Filter::default();
    filter.with(
        "(sessions.ended_at IS NULL OR sessions.ended_at > ?)",
        Sql::Integer(query.ended_after),
    );
    if let Some(id) = query.account_id {
        filter.with("sessions.account_id = ?", Sql::Integer(id));
    }
    filter.words("accounts.search", &query.words);
    let (condition, values) = filter.parts();
    let sql = format!("{} LIMIT {}", select(&condition), query.limit);
    let mut statement = db.prepare(&sql)?;
    let rows = statement.query_map(values, |row| Ok(read(row)))?;
    rows.map(|row| row?).collect()
}
