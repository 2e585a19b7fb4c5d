//! What a database must do for the store, and nothing about how.
//!
//! [`Store`] is narrow on purpose: each method is one transaction, takes plain values and returns plain values.
//! Decisions inside a transaction (is this sale already booked?) are pure functions that the implementation
//! calls between reading and writing, so that a second database repeats no rule. [`sqlite`] is the embedded one,
//! [`postgres`] the one several nodes share.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Instant,
};

use evertill_issuer::{Counter, Limits};
use evertill_wire::Code;
use uuid::Uuid;

#[cfg(doc)]
use crate::sessions::renewal;
use crate::{
    accounts::PasswordHash,
    audit::{AuditEntry, AuditQuery, AuditRow},
    metrics,
    push::{customer::CustomerPush, order::OrderPush, outcome::Pushed},
    sessions::renewal::{RenewalAsk, Renewed},
};

#[cfg(test)]
mod contract;
mod derived;
mod journal;
pub(crate) mod postgres;
mod query;
mod records;
pub(crate) mod sqlite;

pub(crate) use postgres::is_near;
pub(crate) use query::{
    CustomerQuery, Forgetting, ItemQuery, Listed, Moments, Order, OrderBy, OrderQuery, Page, Paging,
    RecentQuery, SalesHour, SessionState, Window,
};
pub(crate) use records::*;

/// What a database could not do. Always trouble, never a verdict about anybody.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The database refused or failed.
    #[error("the database failed")]
    Database(#[from] rusqlite::Error),
    /// The shared database refused or failed.
    #[error("the database failed")]
    Remote(#[from] tokio_postgres::Error),
    /// The shared database cannot be reached.
    #[error("the database cannot be reached")]
    Unreachable(#[source] Option<tokio_postgres::Error>),
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
            Self::Database(_) | Self::Remote(_) | Self::Record(_) | Self::Value(_) => {
                Code::LOCAL_DATABASE_FAILED
            }
            Self::Unreachable(_) | Self::Panicked | Self::Busy | Self::Closed => Code::SERVICE_UNAVAILABLE,
        }
    }
}

/// An answer on its way.
pub(crate) struct Pending<T> {
    work: Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send>>,
    began: Instant,
}

impl<T> Pending<T> {
    pub(crate) fn new(work: impl Future<Output = Result<T, StoreError>> + Send + 'static) -> Self {
        Self {
            work: Box::pin(work),
            began: Instant::now(),
        }
    }
}

impl<T> Future for Pending<T> {
    type Output = Result<T, StoreError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let result = ready!(self.work.as_mut().poll(context));
        metrics::DATABASE.observe(self.began.elapsed());
        Poll::Ready(result)
    }
}

/// A database of a store. Every write is durable when its answer arrives.
pub(crate) trait Store: std::fmt::Debug + Send + Sync + 'static {
    /// Finishes what waits and closes the database. May block.
    fn close(&self);

    /// The shop's settings.
    fn shop(&self) -> Pending<Shop>;
    /// What was chosen in the office for settings: their names and values, by name.
    fn choices(&self) -> Pending<Vec<(String, String)>>;
    /// Keeps a choice, or takes it back, with its entry in the audit log.
    fn choose(&self, name: &'static str, value: Option<String>, entry: AuditEntry) -> Pending<()>;
    /// Fills a store that has no items yet; true when it did.
    fn load(&self, stock: Box<Stocktake>) -> Pending<bool>;

    /// The account with this username or e-mail address, in any case.
    fn account_named(&self, login: &str) -> Pending<Option<Account>>;
    /// The account with this number.
    fn account(&self, id: i64) -> Pending<Option<Account>>;
    /// Accounts, as customers.
    fn customers(&self, query: CustomerQuery) -> Pending<Page<Account>>;

    /// Begins a session; false when one of this key has begun before, whatever became of it.
    fn open_session(&self, session: Session) -> Pending<bool>;
    /// A session with its account, ended or not; the account is none when it is gone.
    fn session(&self, id: Uuid) -> Pending<Option<(Session, Option<Account>)>>;
    /// Renews a session, or says why not: one transaction round [`renewal::decide`], and round [`renewal::adopt`]
    /// where there is no row. None when nothing is known of the session. What `decide` calls lazy may be answered
    /// before it is durable.
    fn renew(&self, ask: RenewalAsk) -> Pending<Option<Renewed>>;
    /// Notes that an access token of this counter arrived ([`evertill_issuer::access_used`]; as lazy as a renewal) and
    /// says whose session it is; none when there is no such session, it has ended, or the account is gone.
    fn access_used(&self, id: Uuid, counter: Counter, now: i64) -> Pending<Option<Account>>;
    /// Sessions that neither ended nor ran out, newest first; of one account or of all.
    fn sessions(&self, of: Living) -> Pending<Vec<(Session, Option<Account>)>>;
    /// How many sessions neither ended nor ran out.
    fn count_sessions(&self, of: Living) -> Pending<u64>;
    /// Ends the chosen living sessions; says which they were. Durable when answered.
    fn end_sessions(&self, which: Which, ended: Ended) -> Pending<Vec<Uuid>>;
    /// Sessions that ended after `mark` on any node, and the mark to ask with next time. Nothing but the mark for
    /// [`Mark::NOW`]. May tell an ending twice, never leaves one out.
    fn ended_since(&self, mark: Mark) -> Pending<(Vec<Uuid>, Mark)>;
    /// Comes when another node may have ended something, and perhaps never: it only hastens the next question.
    fn news(&self) -> Pending<()> {
        Pending::new(std::future::pending())
    }

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

    /// Everybody who works in the shop, by username.
    fn staff(&self) -> Pending<Vec<Account>>;
    /// Writes an account and its entry in the audit log; number 0 makes a new account.
    fn save_account(&self, account: Box<Account>, entry: AuditEntry) -> Pending<Saved>;
    /// Replaces a password's hash by another one of the same password; false when it was changed meanwhile.
    fn rehash(&self, id: i64, from: PasswordHash, to: PasswordHash) -> Pending<bool>;

    /// Sessions that live, or ended lately; newest first.
    fn recent_sessions(&self, query: RecentQuery) -> Pending<Vec<Listed>>;
    /// How many of them stand how, whatever state is asked for and however many are read.
    fn count_states(&self, query: RecentQuery) -> Pending<Vec<(SessionState, u64)>>;
    /// Accounts with living sessions, and how many, by number.
    fn signed_in(&self, of: Living) -> Pending<Vec<(Account, u64)>>;
    /// Gives a session a name of the owner's, with its entry in the audit log; none takes it away.
    fn name_session(&self, id: Uuid, name: Option<String>, entry: AuditEntry) -> Pending<()>;
    /// Sales that arrived since, by account and hour.
    fn sales_by_hour(&self, accounts: Vec<i64>, since: i64) -> Pending<Vec<SalesHour>>;
    /// Forgets sessions that are over, and says how many. Their tokens can never be taken back afterwards.
    fn forget_sessions(&self, what: Forgetting) -> Pending<u64>;
    /// Notes in which quarters of an hour sessions were renewed, and forgets the half days before `keep_from`.
    fn note_activity(&self, rows: Vec<Activity>, keep_from: i64) -> Pending<()>;
    /// When these sessions were renewed, from the half day `since` on.
    fn activity(&self, sessions: Vec<Uuid>, since: i64) -> Pending<Vec<Activity>>;

    /// Adds to the audit log. Nothing in it is ever changed or taken away.
    fn audit(&self, entry: AuditEntry) -> Pending<()>;
    /// A page of the audit log, newest first.
    fn audit_log(&self, query: AuditQuery) -> Pending<Page<AuditRow>>;
}

/// Which living sessions are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Living {
    /// Those of one account, or all.
    pub(crate) account_id: Option<i64>,
    pub(crate) limits: Limits,
    /// Seconds since 1970.
    pub(crate) now: i64,
}

impl Living {
    /// Living sessions were renewed after this, seconds since 1970.
    pub(crate) fn renewed_after(self) -> i64 {
        self.now.saturating_sub(self.limits.idle_s)
    }

    /// Living sessions were opened after this, seconds since 1970.
    pub(crate) fn signed_in_after(self) -> i64 {
        self.limits
            .absolute_s
            .map_or(i64::MIN, |limit| self.now.saturating_sub(limit))
    }
}

/// How far somebody has read the endings and the changes of accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    /// Number of the newest ending that was read.
    pub(crate) ending: i64,
    /// Moves on whenever any account was changed.
    pub(crate) accounts: i64,
}

impl Mark {
    /// Asks only where the newest ending is.
    pub(crate) const NOW: Self = Self {
        ending: i64::MAX,
        accounts: 0,
    };
}

/// Which sessions to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    /// One session of an account.
    One { account_id: i64, id: Uuid },
    /// All of an account, perhaps but one.
    AllOf { account_id: i64, except: Option<Uuid> },
    /// All there are, perhaps but one.
    Everybody { except: Option<Uuid> },
}

/// What came of writing an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Saved {
    /// It is there, under this number.
    Written(i64),
    /// Another account has this username, or has it as its e-mail address.
    NameTaken,
    /// Another account has this e-mail address, or has it as its username.
    EmailTaken,
    /// Nobody could change anything any more: it is the only owner who can sign in.
    LastOwner,
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
