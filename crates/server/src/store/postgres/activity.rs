//! Rows of when sessions were renewed.

use uuid::Uuid;

use super::engine::Db;
use crate::store::{Activity, StoreError};

pub(super) async fn note(db: &Db, (rows, keep_from): &(Vec<Activity>, i64)) -> Result<(), StoreError> {
    // In one order everywhere: nodes that note the same sessions wait for each other, and never in a circle.
    let mut rows: Vec<&Activity> = rows.iter().collect();
    rows.sort_by_key(|row| (row.session, row.half_day));
    for row in rows {
        db.run(
            "INSERT INTO activity (session, half_day, quarters, refused) VALUES ($1, $2, $3, $4)
             ON CONFLICT (session, half_day) DO UPDATE SET
               quarters = activity.quarters | excluded.quarters, refused = activity.refused | excluded.refused",
            &[&row.session, &row.half_day, &row.quarters, &row.refused],
        )
        .await?;
    }
    db.run("DELETE FROM activity WHERE half_day < $1", &[keep_from])
        .await?;
    Ok(())
}

pub(super) async fn of(db: &Db, (sessions, since): &(Vec<Uuid>, i64)) -> Result<Vec<Activity>, StoreError> {
    let rows = db
        .all(
            "SELECT session, half_day, quarters, refused FROM activity
             WHERE session = ANY($1) AND half_day >= $2 ORDER BY session, half_day",
            &[sessions, since],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Activity {
                session: row.try_get(0)?,
                half_day: row.try_get(1)?,
                quarters: row.try_get(2)?,
                refused: row.try_get(3)?,
            })
        })
        .collect()
}
