//! The change feed: one row for each thing that moved, oldest first.

use rusqlite::{Connection, params};

use crate::store::{ChangeRow, Lane, StoreError, derived::lane_condition};

pub(super) fn append(
    db: &Connection,
    collection: &str,
    object_id: i64,
    is_deleted: bool,
    revision: &str,
    modified_at: i64,
) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO changes (collection, object_id, is_deleted, revision, modified_at)
         VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![collection, object_id, is_deleted, revision, modified_at])?;
    Ok(())
}

pub(super) fn after(
    db: &Connection,
    lane: Lane,
    since: i64,
    limit: u32,
) -> Result<Vec<ChangeRow>, StoreError> {
    let sql = format!(
        "SELECT sequence, collection, object_id, is_deleted, revision, modified_at FROM changes
         WHERE {} AND sequence > ?1 ORDER BY sequence LIMIT ?2",
        lane_condition(lane)
    );
    let mut statement = db.prepare_cached(&sql)?;
    let rows = statement.query_map(params![since, limit], |row| {
        Ok(ChangeRow {
            sequence: row.get(0)?,
            collection: row.get(1)?,
            object_id: row.get(2)?,
            is_deleted: row.get(3)?,
            revision: row.get(4)?,
            modified_at: row.get(5)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(super) fn head(db: &Connection, lane: Lane) -> Result<i64, StoreError> {
    let sql = format!(
        "SELECT coalesce(max(sequence), 0) FROM changes WHERE {}",
        lane_condition(lane)
    );
    Ok(db.prepare_cached(&sql)?.query_row([], |row| row.get(0))?)
}
