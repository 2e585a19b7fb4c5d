//! Rows of accounts.

use tokio_postgres::Row;
use uuid::Uuid;

use super::{
    changes,
    engine::Db,
    text::{key, plain},
};
use crate::{
    accounts::{PasswordHash, Role},
    store::{Account, StoreError, derived::account_search},
};

pub(super) const COLUMNS: &str = "accounts.id, accounts.uuid, accounts.username, accounts.email, accounts.role, \
     accounts.password_hash, accounts.person, accounts.created_at, accounts.modified_at, \
     accounts.disabled_at";

/// Reads an account that starts at column `at`.
pub(super) fn read(row: &Row, at: usize) -> Result<Account, StoreError> {
    let role: &str = row.try_get(at + 4)?;
    let password: Option<String> = row.try_get(at + 5)?;
    let person: &str = row.try_get(at + 6)?;
    Ok(Account {
        id: row.try_get(at)?,
        uuid: row.try_get(at + 1)?,
        username: row.try_get(at + 2)?,
        email: row.try_get(at + 3)?,
        role: Role::parse(role).ok_or(StoreError::Value("role"))?,
        password: password.map(PasswordHash::from_stored),
        person: serde_json::from_str(person)?,
        created_at: row.try_get(at + 7)?,
        modified_at: row.try_get(at + 8)?,
        disabled_at: row.try_get(at + 9)?,
    })
}

pub(super) async fn named(db: &Db, login: &str) -> Result<Option<Account>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM accounts WHERE username_key = $1 OR email_key = $1
         ORDER BY CASE WHEN username_key = $1 THEN 0 ELSE 1 END LIMIT 1"
    );
    let row = db.first(&sql, &[&key(login)]).await?;
    row.map(|row| read(&row, 0)).transpose()
}

pub(super) async fn by_id(db: &Db, id: i64) -> Result<Option<Account>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM accounts WHERE id = $1");
    let row = db.first(&sql, &[&id]).await?;
    row.map(|row| read(&row, 0)).transpose()
}

pub(super) async fn by_uuid(db: &Db, uuid: Uuid) -> Result<Option<Account>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM accounts WHERE uuid = $1");
    let row = db.first(&sql, &[&uuid]).await?;
    row.map(|row| read(&row, 0)).transpose()
}

pub(super) async fn insert(db: &Db, account: &Account) -> Result<(), StoreError> {
    db.run(
        "INSERT INTO accounts (id, uuid, username, username_key, email, email_key, role, password_hash, search,
                               person, created_at, modified_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         ON CONFLICT (id) DO UPDATE SET
           email = excluded.email, email_key = excluded.email_key, search = excluded.search,
           person = excluded.person, modified_at = excluded.modified_at",
        &[
            &account.id,
            &account.uuid,
            &plain(&account.username),
            &key(&account.username),
            &plain(&account.email),
            &key(&account.email),
            &account.role.slug(),
            &account.password.as_ref().map(PasswordHash::stored),
            &plain(&account_search(account)),
            &serde_json::to_string(&account.person)?,
            &account.created_at,
            &account.modified_at,
        ],
    )
    .await?;
    changed(db).await?;
    changes::append(db, "customers", account.id, false, "", account.modified_at).await
}

/// Tells every node that what it remembers of accounts is old.
async fn changed(db: &Db) -> Result<(), StoreError> {
    db.run(
        "UPDATE versions SET value = value + 1 WHERE name = 'accounts'",
        &[],
    )
    .await?;
    Ok(())
}
