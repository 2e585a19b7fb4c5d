//! The tables, and how an older file becomes a current one.

use std::path::Path;

use rusqlite::Connection;

use super::open_error;
use crate::error::TillError;

/// Steps from an empty file to the current format. Append-only: a released step is never edited.
const STEPS: [&str; 1] = [include_str!("schema/0001.sql")];

/// Checks the file and applies the steps it lacks, all or none.
pub(super) fn bring_up_to_date(path: &Path, db: &mut Connection) -> Result<(), TillError> {
    let failed = |source| open_error(path, source);
    let finding: String = db
        .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        .map_err(failed)?;
    if finding != "ok" {
        return Err(TillError::DatabaseDamaged {
            path: path.to_owned(),
            finding,
        });
    }
    let found: i64 = db
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(failed)?;
    let known = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
    if found > known {
        return Err(TillError::SchemaTooNew { found, known });
    }
    let done = usize::try_from(found).unwrap_or(0);
    let mut apply = || -> rusqlite::Result<()> {
        let open = db.transaction()?;
        for step in &STEPS[done..] {
            open.execute_batch(step)?;
        }
        open.pragma_update(None, "user_version", known)?;
        open.commit()
    };
    apply().map_err(failed)
}
