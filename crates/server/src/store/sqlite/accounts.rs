//! Rows of accounts.

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::{audit, changes, settings};
use crate::{
    accounts::{PasswordHash, Role},
    audit::AuditEntry,
    store::{Account, Saved, StoreError, derived::account_search},
};

/// Staff that is listed at most.
const STAFF_MAX: u32 = 1_000;

pub(super) const COLUMNS: &str = "accounts.id, accounts.uuid, accounts.username, accounts.email, accounts.role, \
     accounts.password_hash, accounts.person, accounts.created_at, accounts.modified_at, \
     accounts.disabled_at";

/// Reads an account that starts at column `at`.
pub(super) fn read(row: &Row<'_>, at: usize) -> Result<Account, StoreError> {
    let uuid: String = row.get(at + 1)?;
    let role: String = row.get(at + 4)?;
    let password: Option<String> = row.get(at + 5)?;
    let person: String = row.get(at + 6)?;
    Ok(Account {
        id: row.get(at)?,
        uuid: uuid.parse().map_err(|_| StoreError::Value("account key"))?,
        username: row.get(at + 2)?,
        email: row.get(at + 3)?,
        role: Role::parse(&role).ok_or(StoreError::Value("role"))?,
        password: password.map(PasswordHash::from_stored),
        person: serde_json::from_str(&person)?,
        created_at: row.get(at + 7)?,
        modified_at: row.get(at + 8)?,
        disabled_at: row.get(at + 9)?,
    })
}

pub(super) fn named(db: &Connection, login: &str) -> Result<Option<Account>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM accounts WHERE username = ?1 OR email = ?1 ORDER BY username = ?1 DESC LIMIT 1"
    );
    db.prepare_cached(&sql)?
        .query_row([login], |row| Ok(read(row, 0)))
        .optional()?
        .transpose()
}

pub(super) fn by_id(db: &Connection, id: i64) -> Result<Option<Account>, StoreError> {
    one(db, "accounts.id = ?1", id)
}

pub(super) fn by_uuid(db: &Connection, uuid: &str) -> Result<Option<Account>, StoreError> {
    one(db, "accounts.uuid = ?1", uuid)
}

fn one(db: &Connection, condition: &str, value: impl rusqlite::ToSql) -> Result<Option<Account>, StoreError> {
    db.prepare_cached(&format!("SELECT {COLUMNS} FROM accounts WHERE {condition}"))?
        .query_row([value], |row| Ok(read(row, 0)))
        .optional()?
        .transpose()
}

pub(super) fn insert(db: &Connection, account: &Account) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO accounts
           (id, uuid, username, email, role, password_hash, search, person, created_at, modified_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
         ON CONFLICT (id) DO UPDATE SET
           email = excluded.email, search = excluded.search, person = excluded.person,
           modified_at = excluded.modified_at",
    )?
    .execute(params![
        account.id,
        account.uuid.to_string(),
        account.username,
        account.email,
        account.role.slug(),
        account.password.as_ref().map(PasswordHash::stored),
        account_search(account),
        serde_json::to_string(&account.person)?,
        account.created_at,
        account.modified_at,
    ])?;
    changes::append(db, "customers", account.id, false, "", account.modified_at)
}

/// Everybody who works in the shop, by username.
pub(super) fn staff(db: &Connection) -> Result<Vec<Account>, StoreError> {
    let sql =
        format!("SELECT {COLUMNS} FROM accounts WHERE role <> ?1 ORDER BY username, id LIMIT {STAFF_MAX}");
    let mut statement = db.prepare_cached(&sql)?;
    let rows = statement.query_map([Role::Customer.slug()], |row| Ok(read(row, 0)))?;
    rows.map(|row| row?).collect()
}

/// Writes an account and its entry in the log, or says what stands against it.
pub(super) fn save(
    db: &Connection,
    mut account: Account,
    mut entry: AuditEntry,
) -> Result<Saved, StoreError> {
    for (login, taken) in [
        (&account.username, Saved::NameTaken),
        (&account.email, Saved::EmailTaken),
    ] {
        if let Some(other) = named(db, login)?
            && other.id != account.id
        {
            return Ok(taken);
        }
    }
    if locks_everybody_out(db, &account)? {
        return Ok(Saved::LastOwner);
    }
    if account.id == 0 {
        account.id = settings::next_number(db, "account")?;
        settings::numbers_taken(db, "account", account.id + 1)?;
        entry.subject.id = Some(account.id);
    }
    insert(db, &account)?;
    db.prepare_cached(
        "UPDATE accounts SET username = ?2, role = ?3, password_hash = ?4, disabled_at = ?5 WHERE id = ?1",
    )?
    .execute(params![
        account.id,
        account.username,
        account.role.slug(),
        account.password.as_ref().map(PasswordHash::stored),
        account.disabled_at,
    ])?;
    audit::append(db, &entry)?;
    Ok(Saved::Written(account.id))
}

/// Whether the account is the only owner who can sign in, and would not be one any more.
fn locks_everybody_out(db: &Connection, account: &Account) -> Result<bool, StoreError> {
    let was_owner = by_id(db, account.id)?.is_some_and(|before| before.is_acting_owner());
    if account.is_acting_owner() || !was_owner {
        return Ok(false);
    }
    let others: i64 = db
        .prepare_cached(
            "SELECT count(*) FROM accounts
             WHERE role = ?1 AND disabled_at IS NULL AND password_hash IS NOT NULL AND id <> ?2",
        )?
        .query_row(params![Role::Administrator.slug(), account.id], |row| row.get(0))?;
    Ok(others == 0)
}

/// Replaces a hash that is still the one that was checked.
pub(super) fn rehash(
    db: &Connection,
    id: i64,
    from: &PasswordHash,
    to: &PasswordHash,
) -> Result<bool, StoreError> {
    let changed = db
        .prepare_cached("UPDATE accounts SET password_hash = ?3 WHERE id = ?1 AND password_hash = ?2")?
        .execute(params![id, from.stored(), to.stored()])?;
    Ok(changed == 1)
}
