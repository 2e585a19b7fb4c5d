//! The till's own affairs as the doctor asks for them: sales that wait, the catalogue, the printer.
//!
//! The running till and the command line tell the same, so that both show the same rows; the command line only looks,
//! and works beside a running till.

use std::path::Path;
use std::sync::Arc;

use evertill_doctor::{CatalogueState, PrinterState, TillView, UnsentSales};
use evertill_wire::money::CurrencyFormat;
use rusqlite::Connection;

use crate::catalogue::Mark;
use crate::clock;
use crate::db::{FILE, connect_to_look, goods, sales, settings};
use crate::error::TillError;
use crate::shelf;

/// What is counted in the database.
#[derive(Debug, Clone)]
pub(crate) struct Counted {
    pub(crate) unsent: UnsentSales,
    pub(crate) catalogue: CatalogueState,
}

/// Counts.
pub(crate) fn count(db: &Connection, currency: &CurrencyFormat) -> rusqlite::Result<Counted> {
    let now_ms = clock::now_ms();
    let (unsent, parked) = (sales::tally_unsent(db)?, sales::tally_parked(db)?);
    let oldest_ms = sales::unsent(db, 1)?
        .first()
        .map_or(0, |sale| now_ms.saturating_sub(sale.paid_at_ms));
    let mark = settings::find(db, settings::FEED)?.and_then(|text| serde_json::from_str::<Mark>(&text).ok());
    Ok(Counted {
        unsent: UnsentSales {
            count: u64::from(unsent.count),
            sum: match unsent.count {
                0 => String::new(),
                _ => currency.money(unsent.sum),
            },
            oldest_s: u64::try_from(oldest_ms / 1_000).unwrap_or(0),
            parked: u64::from(parked.count),
        },
        catalogue: CatalogueState {
            items: goods::count(db)?,
            of: None,
            age_s: mark.and_then(|mark| u64::try_from((now_ms - mark.swept_at_ms) / 1_000).ok()),
        },
    })
}

/// The printer of a browser, which tells nobody how it is.
pub(crate) fn printer() -> PrinterState {
    PrinterState {
        name: "the browser's printer".into(),
        tells: false,
        problem: None,
    }
}

/// The affairs of a till as they lie in its data directory.
#[derive(Debug)]
struct AsTheyLie(Counted);

impl TillView for AsTheyLie {
    fn unsent(&self) -> Option<UnsentSales> {
        Some(self.0.unsent.clone())
    }

    fn catalogue(&self) -> Option<CatalogueState> {
        Some(self.0.catalogue.clone())
    }

    fn printer(&self) -> Option<PrinterState> {
        Some(printer())
    }
}

/// The affairs of the till of a data directory, for the doctor of the command line; nothing where no till ever ran.
///
/// Writes nothing, and works while the till runs.
///
/// # Errors
/// [`TillError::OpenDatabase`] when there is a database that does not open, [`TillError::Read`] when it does not answer.
pub fn affairs_of(data_dir: &Path) -> Result<Option<Arc<dyn TillView>>, TillError> {
    let path = data_dir.join(FILE);
    if !path.is_file() {
        return Ok(None);
    }
    let db = connect_to_look(&path)?;
    let counted = settings::find(&db, settings::STORE_SETTINGS).and_then(|text| {
        let settings = text
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default();
        count(&db, &shelf::currency(&settings))
    });
    let counted = counted.map_err(|source| TillError::Read {
        question: "look at the till's own affairs",
        source,
    })?;
    Ok(Some(Arc::new(AsTheyLie(counted))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::Db;

    #[tokio::test]
    async fn where_no_till_ever_ran_nothing_is_told_and_nothing_is_made() {
        let home = tempfile::tempdir().unwrap();
        assert!(affairs_of(home.path()).unwrap().is_none());
        assert!(!home.path().join(FILE).exists());
        let db = Db::open(home.path()).unwrap();
        let told = affairs_of(home.path()).unwrap().unwrap();
        assert_eq!(told.unsent(), Some(UnsentSales::default()));
        assert_eq!(told.catalogue(), Some(CatalogueState::default()));
        db.close().await;
    }
}
