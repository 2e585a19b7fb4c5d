//! Rows of when sessions were renewed.

use rusqlite::{Connection, params};
use uuid::Uuid;

use crate::store::{Activity, StoreError};

pub(super) fn note(db: &Connection, rows: &[Activity], keep_from: i64) -> Result<(), StoreError> {
    let mut insert = db.prepare_cached(
        "INSERT INTO activity (session, half_day, quarters, refused) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (session, half_day) DO UPDATE SET
           quarters = quarters | excluded.quarters, refused = refused | excluded.refused",
    )?;
    for row in rows {
        insert.execute(params![
            row.session.as_bytes(),
            row.half_day,
            row.quarters,
            row.refused
        ])?;
    }
    db.prepare_cached("DELETE FROM activity WHERE half_day < ?1")?
        .execute([keep_from])?;
    Ok(())
}

pub(super) fn of(db: &Connection, sessions: &[Uuid], since: i64) -> Result<Vec<Activity>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT half_day, quarters, refused FROM activity WHERE session = ?1 AND half_day >= ?2 ORDER BY half_day",
    )?;
    let mut found = Vec::new();
    for session in sessions {
        let rows = statement.query_map(params![session.as_bytes(), since], |row| {
            Ok(Activity {
                session: *session,
                half_day: row.get(0)?,
                quarters: row.get(1)?,
                refused: row.get(2)?,
            })
        })?;
        for row in rows {
            found.push(row?);
        }
    }
    Ok(found)
}
