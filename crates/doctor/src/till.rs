//! What the till tells about itself. The till implements [`TillView`]; the words are made here, so that they are the
//! same on the page and in the terminal.

use std::fmt;

use futures_util::future::{BoxFuture, ready};

/// Sales that have not reached the store.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UnsentSales {
    /// How many wait.
    pub count: u64,
    /// Their sum as it is shown, `12.50 €`; empty when it is not known.
    pub sum: String,
    /// Seconds the oldest one waits.
    pub oldest_s: u64,
    /// How many of them the store refused and a person has to look at.
    pub parked: u64,
}

/// The catalogue on this device.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CatalogueState {
    /// Items here.
    pub items: u64,
    /// Items at the store, when it said so.
    pub of: Option<u64>,
    /// Seconds since it was last compared with the store, when the till knows.
    pub age_s: Option<u64>,
}

/// The receipt printer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrinterState {
    /// Its name.
    pub name: String,
    /// Whether it tells how it is. The printer of a browser does not; only a person can say whether paper came.
    pub tells: bool,
    /// What is wrong with it; nothing when it is ready.
    pub problem: Option<String>,
}

/// The till's own affairs. `None` means that the till has no such thing, and no row is shown for it.
pub trait TillView: Send + Sync + fmt::Debug {
    /// Sales that wait.
    fn unsent(&self) -> Option<UnsentSales>;
    /// The catalogue.
    fn catalogue(&self) -> Option<CatalogueState>;
    /// The printer.
    fn printer(&self) -> Option<PrinterState>;
    /// How many items the store has, where the till can ask it.
    fn items_at_the_store(&self) -> BoxFuture<'_, Option<u64>> {
        Box::pin(ready(None))
    }
}
