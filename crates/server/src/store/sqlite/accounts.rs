//! Rows of accounts.

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::changes;
use crate::{
    accounts::{PasswordHash, Role},
    store::{Account, StoreError, derived::account_search},
};

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
