//! Rows of the change feed.
//!
//! Numbers come from a row whose lock is held until the transaction commits, not from a sequence: a number from a
//! sequence could become visible after a higher one, and a reader that has passed the higher one would never see it.

use super::engine::Db;
use crate::store::{ChangeRow, Lane, StoreError, derived::lane_condition};

pub(super) async fn append(
    db: &Db,
    collection: &str,
    object_id: i64,
    is_deleted: bool,
    revision: &str,
    modified_at: i64,
) -> Result<(), StoreError> {
    db.run(
        "WITH taken AS (UPDATE numbers SET next = next + 1 WHERE name = 'change' RETURNING next)
         INSERT INTO changes (sequence, collection, object_id, is_deleted, revision, modified_at)
         SELECT next - 1, $1, $2, $3, $4, $5 FROM taken",
        &[&collection, &object_id, &is_deleted, &revision, &modified_at],
    )
    .await?;
    Ok(())
}

pub(super) async fn after(
    db: &Db,
    (lane, since, limit): &(Lane, i64, u32),
) -> Result<Vec<ChangeRow>, StoreError> {
    let sql = format!(
        "SELECT sequence, collection, object_id, is_deleted, revision, modified_at FROM changes
         WHERE {} AND sequence > $1 ORDER BY sequence LIMIT $2",
        lane_condition(*lane)
    );
    let rows = db.all(&sql, &[since, &i64::from(*limit)]).await?;
    rows.iter()
        .map(|row| {
            Ok(ChangeRow {
                sequence: row.try_get(0)?,
                collection: row.try_get(1)?,
                object_id: row.try_get(2)?,
                is_deleted: row.try_get(3)?,
                revision: row.try_get(4)?,
                modified_at: row.try_get(5)?,
            })
        })
        .collect()
}

pub(super) async fn head(db: &Db, lane: Lane) -> Result<i64, StoreError> {
    let sql = format!(
        "SELECT sequence FROM changes WHERE {} ORDER BY sequence DESC LIMIT 1",
        lane_condition(lane)
    );
    match db.first(&sql, &[]).await? {
        Some(row) => Ok(row.try_get(0)?),
        None => Ok(0),
    }
}
