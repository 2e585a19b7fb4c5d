//! Questions to the store, already checked.

use evertill_issuer::Ending;
use uuid::Uuid;

use super::{Account, Session};
pub(crate) use crate::orders::record::Order;

/// A page of a longer list.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Page<T> {
    pub(crate) rows: Vec<T>,
    pub(crate) total: u64,
}

/// Which page, from 1, and how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) page: u32,
    pub(crate) per_page: u32,
}

/// Which part of a list, and in which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Paging {
    pub(crate) window: Window,
    pub(crate) by: OrderBy,
    pub(crate) is_ascending: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OrderBy {
    Date,
    Modified,
    Id,
    Title,
    Price,
    Menu,
}

/// Products, or variations.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct ItemQuery {
    pub(crate) is_variation: bool,
    pub(crate) paging: Option<Paging>,
    pub(crate) include: Option<Vec<i64>>,
    pub(crate) exclude: Vec<i64>,
    pub(crate) status: Option<String>,
    /// Folded words, all of which must occur.
    pub(crate) words: Vec<String>,
    /// Folded SKUs, one of which must be it.
    pub(crate) skus: Vec<String>,
    pub(crate) category: Option<i64>,
    pub(crate) stock_status: Option<String>,
    /// Seconds since 1970.
    pub(crate) modified_after: Option<i64>,
}

/// Customers.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct CustomerQuery {
    pub(crate) paging: Option<Paging>,
    pub(crate) include: Option<Vec<i64>>,
    pub(crate) exclude: Vec<i64>,
    pub(crate) words: Vec<String>,
    pub(crate) email: Option<String>,
    pub(crate) role: Option<crate::accounts::Role>,
}

/// Orders.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct OrderQuery {
    pub(crate) paging: Option<Paging>,
    pub(crate) include: Option<Vec<i64>>,
    pub(crate) exclude: Vec<i64>,
    pub(crate) statuses: Vec<String>,
    pub(crate) customer_id: Option<i64>,
    pub(crate) cashier_id: Option<i64>,
    /// Folded words, all of which must occur.
    pub(crate) words: Vec<String>,
    /// Seconds since 1970.
    pub(crate) after: Option<i64>,
    /// Seconds since 1970.
    pub(crate) modified_after: Option<i64>,
}

/// Sessions for the office, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct RecentQuery {
    /// Those that ended after this as well, seconds since 1970.
    pub(crate) ended_after: i64,
    /// Those of one account.
    pub(crate) account_id: Option<i64>,
    /// First and last key that is looked for.
    pub(crate) keys: Option<(Uuid, Uuid)>,
    /// Folded words that must occur in what is known of the person, the device or the session's own name.
    pub(crate) words: Vec<String>,
    /// How they stand.
    pub(crate) state: Option<SessionState>,
    /// Why they ended.
    pub(crate) cause: Option<Ending>,
    pub(crate) at: Moments,
    /// How many are left out, and how many are read at most.
    pub(crate) skip: u32,
    pub(crate) limit: u32,
}

/// The moments that decide how a session stands, seconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Moments {
    /// Sessions that were not renewed after this have run out.
    pub(crate) renewed_after: i64,
    /// Sessions that were not opened after this have run out.
    pub(crate) signed_in_after: i64,
    /// Visits to the office that did not begin after this have run out.
    pub(crate) visit_after: i64,
    /// A till that was not renewed since is quiet.
    pub(crate) heard_since: i64,
}

/// How a session stands, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum SessionState {
    Theft,
    SignedIn,
    Quiet,
    SignedOut,
    RanOut,
}

impl SessionState {
    pub(crate) const ALL: [Self; 5] = [
        Self::SignedIn,
        Self::Quiet,
        Self::SignedOut,
        Self::Theft,
        Self::RanOut,
    ];
}

/// A session as the office lists it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Listed {
    pub(crate) session: Session,
    pub(crate) account: Option<Account>,
    /// What the owner calls it; empty where nobody named it.
    pub(crate) name: String,
}

/// Sales that arrived for an account in one hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SalesHour {
    pub(crate) account_id: i64,
    /// First second of the hour.
    pub(crate) at: i64,
    pub(crate) count: u32,
}

/// What is over and no longer remembered, seconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Forgetting {
    /// Sessions that were ended before this.
    pub(crate) ended_before: i64,
    /// Sessions that were never ended and not renewed since.
    pub(crate) renewed_before: i64,
    /// Most sessions at a time.
    pub(crate) limit: u32,
}
