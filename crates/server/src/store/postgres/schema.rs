//! The shape of the database: brought up to date step by step, never back.
//!
//! Nodes may start together. They queue at the row that holds the version, which every engine has, instead of at a
//! lock only PostgreSQL has.

use tokio_postgres::error::SqlState;

use super::engine::Db;
use crate::store::StoreError;

/// Every migration, oldest first. Only ever append.
const MIGRATIONS: [&str; 2] = [
    include_str!("migrations/0001_store.sql"),
    include_str!("migrations/0002_office.sql"),
];

/// Version of the schema this binary writes.
pub(super) const KNOWN: u32 = MIGRATIONS.len() as u32;

/// Makes the table that holds the version.
pub(super) async fn prepare(db: &Db) -> Result<(), StoreError> {
    // Two nodes that make it at once collide in the catalogue of the database; the second one finds it made.
    db.batch("CREATE TABLE IF NOT EXISTS schema_version (id BIGINT PRIMARY KEY, version BIGINT NOT NULL)")
        .await
        .map_err(collided)?;
    db.batch("INSERT INTO schema_version (id, version) VALUES (1, 0) ON CONFLICT (id) DO NOTHING")
        .await
}

/// The same table is being made elsewhere: worth another try, like a database that is not ready yet.
fn collided(error: StoreError) -> StoreError {
    let is_collision = matches!(&error, StoreError::Remote(source)
        if matches!(source.code(), Some(&SqlState::UNIQUE_VIOLATION | &SqlState::DUPLICATE_TABLE | &SqlState::DUPLICATE_OBJECT)));
    if is_collision {
        StoreError::Unreachable(None)
    } else {
        error
    }
}

/// The version the database has.
pub(super) async fn version(db: &Db) -> Result<u32, StoreError> {
    let row = db
        .first("SELECT version FROM schema_version WHERE id = 1 FOR UPDATE", &[])
        .await?;
    let version: i64 = row
        .ok_or(StoreError::Value("version of the schema"))?
        .try_get(0)?;
    u32::try_from(version).map_err(|_| StoreError::Value("version of the schema"))
}

/// Takes the next step, unless there is none or the database is ahead; says where the database is then.
pub(super) async fn step(db: &Db) -> Result<u32, StoreError> {
    let version = version(db).await?;
    let Some(sql) = MIGRATIONS.get(version as usize) else {
        return Ok(version);
    };
    db.batch(sql).await?;
    let next = i64::from(version) + 1;
    db.run("UPDATE schema_version SET version = $1 WHERE id = 1", &[&next])
        .await?;
    Ok(version + 1)
}
