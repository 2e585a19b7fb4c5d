//! What a database must do for the store, and nothing about how.
//!
//! [`Store`] is narrow on purpose: each method is one transaction, takes plain values and returns plain values.
//! Decisions inside a transaction (is this sale already booked?) are pure functions that the implementation
//! calls between reading and writing, so that a second database repeats no rule. [`sqlite`] is the embedded one.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use evertill_wire::Code;
use uuid::Uuid;

use crate::{
    audit::{AuditEntry, AuditQuery, AuditRow},
    push::{customer::CustomerPush, order::OrderPush, outcome::Pushed},
};

#[cfg(test)]
mod contract;
mod query;
mod records;
pub(crate) mod sqlite;

pub(crate) use query::{CustomerQuery, ItemQuery, Order, OrderBy, OrderQuery, Page, Paging, Window};
pub(crate) use records::*;

/// What a database could not do. Always trouble, never a verdict about anybody.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The database refused or failed.
    #[error("the database failed")]
    Database(#[from] rusqlite::Error),
    /// A transaction did not reach the disk.
    #[error("the transaction could not be committed: {0}")]
    Commit(String),
    /// A stored record does not read back.
    #[error("a stored record is damaged")]
    Record(#[from] serde_json::Error),
    /// A stored value is not one of the known ones.
    #[error("a stored {0} is not known")]
    Value(&'static str),
    /// A piece of work hit a defect; it was undone.
    #[error("a piece of work hit a defect and was undone")]
    Panicked,
    /// More writes wait than the store will get through soon.
    #[error("too many writes wait")]
    Busy,
    /// The store is shutting down.
    #[error("the store is shutting down")]
    Closed,
}

impl StoreError {
    /// The code of the failure.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Database(rusqlite::Error::SqliteFailure(error, _))
                if error.code == rusqlite::ErrorCode::DiskFull =>
            {
                Code::DISK_FULL
            }
            Self::Commit(_) => Code::LOCAL_TRANSACTION_FAILED,
            Self::Database(_) | Self::Record(_) | Self::Value(_) => Code::LOCAL_DATABASE_FAILED,
            Self::Panicked | Self::Busy | Self::Closed => Code::SERVICE_UNAVAILABLE,
        }
    }
}

/// An answer on its way.
pub(crate) struct Pending<T>(Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send>>);

impl<T> Pending<T> {
    pub(crate) fn new(work: impl Future<Output = Result<T, StoreError>> + Send + 'static) -> Self {
        Self(Box::pin(work))
    }
}

impl<T> Future for Pending<T> {
    type Output = Result<T, StoreError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(context)
    }
}

/// A database of a store. Every write is durable when its answer arrives.
pub(crate) trait Store: Send + Sync + 'static {
    /// The shop's settings.
    fn shop(&self) -> Pending<Shop>;
    /// Fills a store that has no items yet; true when it did.
    fn load(&self, stock: Box<Stocktake>) -> Pending<bool>;

    /// The account with this username or e-mail address, in any case.
    fn account_named(&self, login: &str) -> Pending<Option<Account>>;
    /// The account with this number.
    fn account(&self, id: i64) -> Pending<Option<Account>>;
    /// Accounts, as customers.
    fn customers(&self, query: CustomerQuery) -> Pending<Page<Account>>;

    /// Begins a session.
    fn open_session(&self, session: Session) -> Pending<()>;
    /// A session with its account, ended or not; the account is none when it is gone.
    fn session(&self, id: Uuid) -> Pending<Option<(Session, Option<Account>)>>;
    /// Moves a living session on after a renewal; false when it ended meanwhile.
    fn renew_session(&self, id: Uuid, last_active_at: i64, expires_at: i64) -> Pending<bool>;
    /// Sessions that neither ended nor ran out, newest first; of one account or of all.
    fn sessions(&self, account_id: Option<i64>, now: i64) -> Pending<Vec<(Session, Option<Account>)>>;
    /// Ends the chosen living sessions; says how many there were.
    fn end_sessions(&self, which: Which, ended: Ended) -> Pending<usize>;

    /// Products or variations.
    fn items(&self, query: ItemQuery) -> Pending<Page<Item>>;
    /// Items whose barcode or SKU is one of these, best match first.
    fn items_by_code(&self, codes: Vec<String>) -> Pending<Vec<Item>>;
    /// All categories in the shop's order.
    fn categories(&self) -> Pending<Vec<Category>>;
    /// A drawn picture.
    fn picture(&self, slug: &str) -> Pending<Option<Picture>>;

    /// The change feed after `since`: one lane, or all of the catalogue.
    fn changes(&self, lane: Lane, since: i64, limit: u32) -> Pending<Vec<ChangeRow>>;
    /// The newest number of a lane.
    fn head(&self, lane: Lane) -> Pending<i64>;

    /// Orders as they are now.
    fn orders(&self, query: OrderQuery) -> Pending<Page<Order>>;
    /// Books a write to an order, exactly once.
    fn push_order(&self, push: Box<OrderPush>) -> Pending<Pushed<Order>>;
    /// Books a write to a customer, exactly once.
    fn push_customer(&self, push: Box<CustomerPush>) -> Pending<Pushed<Account>>;

    /// Adds to the audit log. Nothing in it is ever changed or taken away.
    fn audit(&self, entry: AuditEntry) -> Pending<()>;
    /// A page of the audit log, newest first.
    fn audit_log(&self, query: AuditQuery) -> Pending<Page<AuditRow>>;
}

/// Which sessions to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    /// One session of an account.
    One { account_id: i64, id: Uuid },
    /// All of an account, perhaps but one.
    AllOf { account_id: i64, except: Option<Uuid> },
}

/// A lane of the change feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lane {
    /// Catalogue, customers and taxes.
    Catalogue,
    /// Products and variations.
    Products,
    /// Tax rates.
    TaxRates,
    /// Orders.
    Orders,
}

/// Everything a new shop starts with.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Stocktake {
    pub(crate) shop: Shop,
    pub(crate) accounts: Vec<Account>,
    pub(crate) categories: Vec<Category>,
    pub(crate) items: Vec<Item>,
    pub(crate) pictures: Vec<Picture>,
}
