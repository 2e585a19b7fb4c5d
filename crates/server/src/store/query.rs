//! Questions to the store, already checked.

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

/// Sessions for the office.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct RecentQuery {
    /// Those that ended after this as well, seconds since 1970.
    pub(crate) ended_after: i64,
    /// Those of one account.
    pub(crate) account_id: Option<i64>,
    /// Folded words that must occur in the person's names and addresses.
    pub(crate) words: Vec<String>,
    /// Most sessions to read.
    pub(crate) limit: u32,
}
