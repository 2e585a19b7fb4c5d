//! Rows of sessions.

use evertill_issuer::{Counter, Row as Life, Seconds};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use uuid::Uuid;

use super::{
    accounts, audit,
    hot::{Loaded, Lost, Unwritten},
    settings,
};
use crate::{
    audit::{AuditEntry, Party},
    sessions::renewal::{self, Held, RenewalAsk},
    store::{Account, Ended, Living, Mark, Session, StoreError, Visitor, Which},
};

pub(super) const COLUMNS: &str = "sessions.id, sessions.account_id, sessions.signed_in_at, sessions.renewed_at, \
     sessions.counter, sessions.seen, sessions.address, agents.agent, sessions.client, sessions.sender_key, \
     sessions.ended";

/// Columns before those of the account.
pub(super) const WIDTH: usize = 11;

pub(super) fn read(row: &Row<'_>) -> Result<(Session, Option<Account>), StoreError> {
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

/// What a renewal needs to know of a session.
pub(super) enum Looked {
    Row(Box<Loaded>),
    UserGone,
    Unknown,
}

/// Looks a session up for a renewal, and makes a row for one whose row was lost.
pub(super) fn look(db: &Connection, ask: &RenewalAsk) -> Result<Looked, StoreError> {
    let id = ask.claims.session;
    let found = db
        .prepare_cached(
            "SELECT account_id, signed_in_at, renewed_at, counter, seen, client, sender_key, ended,
                    EXISTS (SELECT 1 FROM accounts WHERE accounts.id = account_id)
             FROM sessions WHERE id = ?1",
        )?
        .query_row([id.as_bytes()], |row| Ok((read_loaded(row), row.get(8)?)))
        .optional()?;
    if let Some((loaded, has_account)) = found {
        let loaded = loaded?;
        return Ok(match has_account || loaded.ended.is_some() {
            true => Looked::Row(Box::new(loaded)),
            false => Looked::UserGone,
        });
    }
    let Some(origin) = ask.claims.origin else {
        return Ok(Looked::Unknown);
    };
    let created_at: Option<i64> = db
        .prepare_cached("SELECT created_at FROM accounts WHERE id = ?1")?
        .query_row([origin.account_id], |row| row.get(0))
        .optional()?;
    let ended = ending_of(db, id)?;
    // What was forgotten may have ended: nothing from that time is taken back.
    let created_at = match settings::forgotten_before(db)? <= origin.sealed_at {
        true => created_at,
        false => None,
    };
    Ok(match renewal::adopt(ask, created_at) {
        None if ended.is_none() => Looked::Unknown,
        None => Looked::Row(Box::new(Loaded {
            held: Held::of_nothing(origin.account_id),
            ended,
            lost: None,
        })),
        Some(session) => Looked::Row(Box::new(Loaded {
            held: Held::from(&session),
            lost: ended.is_none().then(|| {
                Box::new(Lost {
                    session,
                    taken_back_at: ask.now,
                })
            }),
            ended,
        })),
    })
}

fn read_loaded(row: &Row<'_>) -> Result<Loaded, StoreError> {
    let (counter, seen): (i64, i64) = (row.get(3)?, row.get(4)?);
    let client: Option<String> = row.get(5)?;
    let ended: Option<String> = row.get(7)?;
    let ended: Option<Ended> = ended.as_deref().map(serde_json::from_str).transpose()?;
    Ok(Loaded {
        held: Held {
            row: Life {
                counter: Counter(counter.cast_unsigned()),
                seen: Counter(seen.cast_unsigned()),
                signed_in_at: Seconds(row.get(1)?),
                renewed_at: Seconds(row.get(2)?),
                ending: ended.as_ref().map(|ended| ended.reason),
            },
            account_id: row.get(0)?,
            sender_key: row.get(6)?,
            client: client.map(Into::into),
        },
        ended,
        lost: None,
    })
}

/// Moves living sessions on; one that ended meanwhile stays as it is.
pub(super) fn save(db: &Connection, rows: &[Unwritten]) -> Result<(), StoreError> {
    let mut statement = db.prepare_cached(
        "UPDATE sessions SET counter = ?2, seen = ?3, renewed_at = ?4 WHERE id = ?1 AND ended_at IS NULL",
    )?;
    for Unwritten { id, row, lost } in rows {
        if let Some(lost) = lost {
            let session = &lost.session;
            open(db, session)?;
            if let Some(account) = accounts::by_id(db, session.account_id)? {
                audit::append(
                    db,
                    &AuditEntry::adopted(lost.taken_back_at, Party::of(&account), *id),
                )?;
            }
        }
        statement.execute(params![
            id.as_bytes(),
            row.counter.0.cast_signed(),
            row.seen.0.cast_signed(),
            row.renewed_at.0,
        ])?;
    }
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

pub(super) fn count(db: &Connection, of: Living) -> Result<u64, StoreError> {
    let whose = match of.account_id {
        Some(_) => "account_id = ?1",
        None => "?1 IS NULL",
    };
    let mut statement = db.prepare_cached(&format!(
        "SELECT count(*) FROM sessions
         WHERE {whose} AND ended_at IS NULL AND renewed_at > ?2 AND signed_in_at > ?3"
    ))?;
    let count: i64 = statement.query_row(
        params![of.account_id, of.renewed_after(), of.signed_in_after()],
        |row| row.get(0),
    )?;
    Ok(count.unsigned_abs())
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

/// Notes that a session was ended because two parties held it.
pub(super) fn note_theft(db: &Connection, id: Uuid, account_id: i64, at: i64) -> Result<(), StoreError> {
    match accounts::by_id(db, account_id)? {
        None => Ok(()),
        Some(account) => audit::append(db, &AuditEntry::theft(at, Party::of(&account), id)),
    }
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
