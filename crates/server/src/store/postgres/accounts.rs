//! Rows of accounts.

use tokio_postgres::Row;
use uuid::Uuid;

use super::{
    audit, changes,
    engine::Db,
    settings,
    text::{key, plain},
};
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

/// Everybody who works in the shop, by username.
pub(super) async fn staff(db: &Db) -> Result<Vec<Account>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM accounts WHERE role <> $1 ORDER BY username_key, id LIMIT {STAFF_MAX}"
    );
    let rows = db.all(&sql, &[&Role::Customer.slug()]).await?;
    rows.iter().map(|row| read(row, 0)).collect()
}

/// Writes an account and its entry in the log, or says what stands against it.
pub(super) async fn save(db: &Db, account: &Account, entry: &AuditEntry) -> Result<Saved, StoreError> {
    for (login, taken) in [
        (&account.username, Saved::NameTaken),
        (&account.email, Saved::EmailTaken),
    ] {
        if let Some(other) = named(db, login).await?
            && other.id != account.id
        {
            return Ok(taken);
        }
    }
    if locks_everybody_out(db, account).await? {
        return Ok(Saved::LastOwner);
    }
    let (mut account, mut entry) = (account.clone(), entry.clone());
    if account.id == 0 {
        account.id = settings::next_number(db, "account").await?;
        settings::numbers_taken(db, "account", account.id + 1).await?;
        entry.subject.id = Some(account.id);
    }
    insert(db, &account).await?;
    db.run(
        "UPDATE accounts SET username = $2, username_key = $3, role = $4, password_hash = $5, disabled_at = $6
         WHERE id = $1",
        &[
            &account.id,
            &plain(&account.username),
            &key(&account.username),
            &account.role.slug(),
            &account.password.as_ref().map(PasswordHash::stored),
            &account.disabled_at,
        ],
    )
    .await?;
    audit::append(db, &entry).await?;
    Ok(Saved::Written(account.id))
}

/// Whether the account is the only owner who can sign in, and would not be one any more.
async fn locks_everybody_out(db: &Db, account: &Account) -> Result<bool, StoreError> {
    let was_owner = by_id(db, account.id)
        .await?
        .is_some_and(|before| before.is_acting_owner());
    if account.is_acting_owner() || !was_owner {
        return Ok(false);
    }
    // Locked, so that two owners who step down at once do not both count on the other.
    let owners = db
        .all(
            "SELECT id FROM accounts WHERE role = $1 AND disabled_at IS NULL AND password_hash IS NOT NULL
             ORDER BY id FOR UPDATE",
            &[&Role::Administrator.slug()],
        )
        .await?;
    let ids: Vec<i64> = owners
        .iter()
        .map(|row| row.try_get(0))
        .collect::<Result<_, _>>()?;
    Ok(ids.iter().all(|id| *id == account.id))
}

/// Replaces a hash that is still the one that was checked.
pub(super) async fn rehash(
    db: &Db,
    id: i64,
    from: &PasswordHash,
    to: &PasswordHash,
) -> Result<bool, StoreError> {
    let replaced = db
        .run(
            "UPDATE accounts SET password_hash = $3 WHERE id = $1 AND password_hash = $2",
            &[&id, &from.stored(), &to.stored()],
        )
        .await?;
    if replaced == 1 {
        changed(db).await?;
    }
    Ok(replaced == 1)
}
