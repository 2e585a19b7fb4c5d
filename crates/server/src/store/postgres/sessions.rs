//! Rows of sessions, and the transaction that renews one.

use evertill_issuer::{Change, Counter, Ending, Row as Life, Seconds, access_used};
use sha2::{Digest as _, Sha256};
use tokio_postgres::{Row, types::ToSql};
use uuid::Uuid;

use super::{accounts, audit, engine::Db, settings, text::plain};
use crate::{
    audit::{AuditEntry, Party},
    sessions::renewal::{self, Held, RenewalAsk, Renewed, Write},
    store::{Account, Ended, Living, Mark, Session, StoreError, Visitor, Which},
};

pub(super) const COLUMNS: &str = "sessions.id, sessions.account_id, sessions.signed_in_at, sessions.renewed_at, \
     sessions.counter, sessions.seen, sessions.address, agents.agent, sessions.client, sessions.sender_key, \
     sessions.ended";

/// Columns before those of the account.
pub(super) const WIDTH: usize = 11;

pub(super) fn read(row: &Row) -> Result<(Session, Option<Account>), StoreError> {
    let (counter, seen): (i64, i64) = (row.try_get(4)?, row.try_get(5)?);
    let agent: &str = row.try_get(7)?;
    let client: Option<&str> = row.try_get(8)?;
    let ended: Option<&str> = row.try_get(10)?;
    let session = Session {
        id: row.try_get(0)?,
        account_id: row.try_get(1)?,
        signed_in_at: row.try_get(2)?,
        renewed_at: row.try_get(3)?,
        counter: counter.cast_unsigned(),
        seen: seen.cast_unsigned(),
        visitor: Visitor {
            ip_address: row.try_get(6)?,
            ..serde_json::from_str(agent)?
        },
        client: client.map(Into::into),
        sender_key: sender_key(row.try_get(9)?)?,
        ended: ended.map(serde_json::from_str).transpose()?,
    };
    let account: Option<i64> = row.try_get(WIDTH)?;
    let account = account.map(|_| accounts::read(row, WIDTH)).transpose()?;
    Ok((session, account))
}

fn sender_key(bytes: Option<&[u8]>) -> Result<Option<[u8; 32]>, StoreError> {
    bytes
        .map(|bytes| bytes.try_into().map_err(|_| StoreError::Value("key of a sender")))
        .transpose()
}

fn select(condition: &str) -> String {
    format!(
        "SELECT {COLUMNS}, {} FROM sessions JOIN agents ON agents.id = sessions.agent_id \
         LEFT JOIN accounts ON accounts.id = sessions.account_id \
         WHERE {condition} ORDER BY sessions.signed_in_at DESC, sessions.id",
        accounts::COLUMNS
    )
}

/// False when there is one of this key.
pub(super) async fn open(db: &Db, session: &Session) -> Result<bool, StoreError> {
    let (agent_id, agent) = agent(&session.visitor)?;
    db.run(
        "INSERT INTO agents (id, agent) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING",
        &[&agent_id, &agent],
    )
    .await?;
    let opened = db
        .run(
        "INSERT INTO sessions (id, account_id, agent_id, signed_in_at, renewed_at, counter, seen, address, client,
                               sender_key)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (id) DO NOTHING",
        &[
            &session.id,
            &session.account_id,
            &agent_id,
            &session.signed_in_at,
            &session.renewed_at,
            &session.counter.cast_signed(),
            &session.seen.cast_signed(),
            &plain(&session.visitor.ip_address),
            &session.client.as_deref(),
            &session.sender_key.as_ref().map(<[u8; 32]>::as_slice),
        ],
    )
    .await?;
    Ok(opened == 1)
}

/// What many visitors have in common, and its number.
fn agent(visitor: &Visitor) -> Result<(i64, String), StoreError> {
    let mut common = serde_json::to_value(visitor)?;
    if let Some(fields) = common.as_object_mut() {
        fields.remove("ip_address");
    }
    let agent = common.to_string();
    let digest: [u8; 32] = Sha256::digest(agent.as_bytes()).into();
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    Ok((i64::from_be_bytes(first), agent))
}

pub(super) async fn by_id(db: &Db, id: Uuid) -> Result<Option<(Session, Option<Account>)>, StoreError> {
    let row = db.first(&select("sessions.id = $1"), &[&id]).await?;
    row.map(|row| read(&row)).transpose()
}

/// Renews in the transaction it is called in.
pub(super) async fn renew(db: &Db, ask: &RenewalAsk) -> Result<Option<Renewed>, StoreError> {
    let id = ask.claims.session;
    let (held, has_account) = match locked(db, id).await? {
        Some(Lock::Living(held, has_account)) => (held, has_account),
        Some(Lock::Ended(ended)) => return Ok(Some(Renewed::Ended(ended))),
        None => match adopted(db, ask).await? {
            Adopted::Ended(ended) => return Ok(Some(Renewed::Ended(ended))),
            Adopted::Nothing => return Ok(None),
            Adopted::Session(session) => (Held::from(session.as_ref()), true),
        },
    };
    let (renewed, write) = renewal::decide(&held, has_account, ask);
    match write {
        Write::Nothing => {}
        Write::Lazy(row) => save(db, id, &row).await?,
        Write::End(ended) => {
            let which = Which::One {
                account_id: held.account_id,
                id,
            };
            if ended.reason == Ending::Theft
                && let Some(account) = accounts::by_id(db, held.account_id).await?
            {
                let entry = AuditEntry::theft(ended.at, Party::of(&account), id);
                audit::append(db, &entry).await?;
            }
            end(db, &(which, ended)).await?;
        }
    }
    Ok(Some(renewed))
}

/// A row that nobody else changes until the transaction is over.
enum Lock {
    Living(Held, bool),
    Ended(Ended),
}

async fn locked(db: &Db, id: Uuid) -> Result<Option<Lock>, StoreError> {
    let row = db
        .first(
            "SELECT account_id, signed_in_at, renewed_at, counter, seen, client, sender_key, ended,
                    EXISTS (SELECT 1 FROM accounts WHERE accounts.id = sessions.account_id)
             FROM sessions WHERE id = $1 FOR UPDATE",
            &[&id],
        )
        .await?;
    let Some(row) = row else {
        return Ok(None);
    };
    if let Some(ended) = row.try_get::<_, Option<&str>>(7)? {
        return Ok(Some(Lock::Ended(serde_json::from_str(ended)?)));
    }
    let (counter, seen): (i64, i64) = (row.try_get(3)?, row.try_get(4)?);
    let client: Option<&str> = row.try_get(5)?;
    let held = Held {
        row: Life {
            counter: Counter(counter.cast_unsigned()),
            seen: Counter(seen.cast_unsigned()),
            signed_in_at: Seconds(row.try_get(1)?),
            renewed_at: Seconds(row.try_get(2)?),
            ending: None,
        },
        account_id: row.try_get(0)?,
        sender_key: sender_key(row.try_get(6)?)?,
        client: client.map(Into::into),
    };
    Ok(Some(Lock::Living(held, row.try_get(8)?)))
}

/// What becomes of a token whose session has no row.
enum Adopted {
    Ended(Ended),
    Session(Box<Session>),
    Nothing,
}

async fn adopted(db: &Db, ask: &RenewalAsk) -> Result<Adopted, StoreError> {
    if let Some(ended) = ending_of(db, ask.claims.session).await? {
        return Ok(Adopted::Ended(ended));
    }
    let Some(origin) = ask.claims.origin else {
        return Ok(Adopted::Nothing);
    };
    // What was forgotten may have ended: nothing from that time is taken back.
    if origin.sealed_at < settings::forgotten_before(db).await? {
        return Ok(Adopted::Nothing);
    }
    let account_id = origin.account_id;
    let Some(account) = accounts::by_id(db, account_id).await? else {
        return Ok(Adopted::Nothing);
    };
    let Some(session) = renewal::adopt(ask, Some(account.created_at)) else {
        return Ok(Adopted::Nothing);
    };
    open(db, &session).await?;
    let entry = AuditEntry::adopted(ask.now, Party::of(&account), session.id);
    audit::append(db, &entry).await?;
    Ok(Adopted::Session(Box::new(session)))
}

/// Notes that an access token arrived.
pub(super) async fn note_access(
    db: &Db,
    (id, counter, now): &(Uuid, Counter, i64),
) -> Result<Option<Account>, StoreError> {
    let Some(Lock::Living(held, _)) = locked(db, *id).await? else {
        return Ok(None);
    };
    let account = accounts::by_id(db, held.account_id).await?;
    match access_used(&held.row, *counter, Seconds(*now)) {
        Change::None => {}
        Change::Lazy(row) | Change::Durable(row) => save(db, *id, &row).await?,
    }
    Ok(account)
}

/// Moves a living session on, and with that ends the transaction. Its row is locked.
async fn save(db: &Db, id: Uuid, row: &Life) -> Result<(), StoreError> {
    db.last(
        "UPDATE sessions SET counter = $2, seen = $3, renewed_at = $4 WHERE id = $1 AND ended_at IS NULL",
        &[
            &id,
            &row.counter.0.cast_signed(),
            &row.seen.0.cast_signed(),
            &row.renewed_at.0,
        ],
    )
    .await
}

pub(super) async fn living(db: &Db, of: &Living) -> Result<Vec<(Session, Option<Account>)>, StoreError> {
    let (renewed, signed_in) = (of.renewed_after(), of.signed_in_after());
    let alive = "sessions.ended_at IS NULL AND sessions.renewed_at > $1 AND sessions.signed_in_at > $2";
    let rows = match of.account_id {
        None => db.all(&select(alive), &[&renewed, &signed_in]).await?,
        Some(id) => {
            let condition = format!("{alive} AND sessions.account_id = $3");
            db.all(&select(&condition), &[&renewed, &signed_in, &id]).await?
        }
    };
    rows.iter().map(read).collect()
}

pub(super) async fn count(db: &Db, of: &Living) -> Result<u64, StoreError> {
    let row = db
        .all(
            "SELECT count(*) FROM sessions
             WHERE ended_at IS NULL AND renewed_at > $1 AND signed_in_at > $2 AND ($3::BIGINT IS NULL OR account_id = $3)",
            &[&of.renewed_after(), &of.signed_in_after(), &of.account_id],
        )
        .await?;
    let count: i64 = row.first().map_or(Ok(0), |row| row.try_get(0))?;
    Ok(count.unsigned_abs())
}

pub(super) async fn end(db: &Db, (which, ended): &(Which, Ended)) -> Result<Vec<Uuid>, StoreError> {
    let text = serde_json::to_string(ended)?;
    let mut values: Vec<&(dyn ToSql + Sync)> = vec![&ended.at, &text];
    let chosen = match which {
        Which::One { account_id, id } => {
            values.extend([account_id as &(dyn ToSql + Sync), id]);
            "account_id = $3 AND id = $4"
        }
        Which::AllOf { account_id, except } => {
            values.extend([account_id as &(dyn ToSql + Sync), except]);
            "account_id = $3 AND id IS DISTINCT FROM $4"
        }
        Which::Everybody { except } => {
            values.push(except);
            "id IS DISTINCT FROM $3"
        }
    };
    let sql = format!(
        "UPDATE sessions SET ended_at = $1, ended = $2 WHERE ended_at IS NULL AND {chosen} RETURNING id"
    );
    let rows = db.all(&sql, &values).await?;
    let gone: Vec<Uuid> = rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
    if !gone.is_empty() {
        note_endings(db, &gone, &text).await?;
    }
    Ok(gone)
}

/// Numbers endings like the change feed: a node that has read up to a number has missed none below it.
pub(super) async fn note_endings(db: &Db, gone: &[Uuid], ended: &str) -> Result<(), StoreError> {
    let many = i64::try_from(gone.len()).map_err(|_| StoreError::Value("number of sessions"))?;
    let row = db
        .first(
            "UPDATE numbers SET next = next + $1 WHERE name = 'ending' RETURNING next",
            &[&many],
        )
        .await?;
    let next: i64 = row.ok_or(StoreError::Value("series of numbers"))?.try_get(0)?;
    let numbers: Vec<i64> = (next - many..next).collect();
    db.run(
        "INSERT INTO endings (sequence, session, ended)
         SELECT told.sequence, told.session, $3
         FROM unnest($1::BIGINT[], $2::UUID[]) AS told (sequence, session)
         ON CONFLICT (session) DO NOTHING",
        &[&numbers, &gone, &ended],
    )
    .await?;
    Ok(())
}

/// How a session ended that may have no row any more.
async fn ending_of(db: &Db, id: Uuid) -> Result<Option<Ended>, StoreError> {
    let row = db
        .first("SELECT ended FROM endings WHERE session = $1", &[&id])
        .await?;
    let Some(row) = row else {
        return Ok(None);
    };
    Ok(Some(serde_json::from_str(row.try_get(0)?)?))
}

/// What ended since a mark, the mark for the next time, and what the database remembers under the name of a setting.
pub(super) async fn ended_since(
    db: &Db,
    (mark, setting): &(Mark, String),
) -> Result<(Vec<Uuid>, Mark, Option<String>), StoreError> {
    // The mark first: what is committed between the two questions is told again next time.
    let row = db
        .first(
            "SELECT value, (SELECT coalesce(max(sequence), 0) FROM endings),
                    (SELECT value FROM settings WHERE settings.name = $1)
             FROM versions WHERE name = 'accounts'",
            &[setting],
        )
        .await?;
    let row = row.ok_or(StoreError::Value("version of the accounts"))?;
    let now = Mark {
        ending: row.try_get(1)?,
        accounts: row.try_get(0)?,
    };
    let known: Option<String> = row.try_get(2)?;
    if now.ending <= mark.ending {
        return Ok((Vec::new(), now, known));
    }
    let rows = db
        .all("SELECT session FROM endings WHERE sequence > $1", &[&mark.ending])
        .await?;
    let ended = rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
    Ok((ended, now, known))
}
