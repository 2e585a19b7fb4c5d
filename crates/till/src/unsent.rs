//! A look into a till's data directory from outside, for whoever wants to end its session.

use std::path::Path;

use crate::db::{FILE, connect_to_look, sales};
use crate::error::TillError;

/// How many sales of a till's data directory the store does not have yet; none where no till ever ran.
///
/// Writes nothing, and works while the till runs.
///
/// # Errors
/// [`TillError::OpenDatabase`] when there is a database that does not open, [`TillError::Read`] when it does not answer.
pub fn unsent_sales(data_dir: &Path) -> Result<u32, TillError> {
    let path = data_dir.join(FILE);
    if !path.is_file() {
        return Ok(0);
    }
    let connection = connect_to_look(&path)?;
    let tally = sales::tally_unsent(&connection).map_err(|source| TillError::Read {
        question: "count the sales that wait",
        source,
    })?;
    Ok(tally.count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::Db;

    #[tokio::test]
    async fn a_directory_without_a_till_and_a_till_without_sales_hold_nothing_back() {
        let home = tempfile::tempdir().unwrap();
        assert_eq!(unsent_sales(home.path()).unwrap(), 0);
        assert!(!home.path().join(FILE).exists());
        let db = Db::open(home.path()).unwrap();
        assert_eq!(unsent_sales(home.path()).unwrap(), 0);
        db.close().await;
    }
}
