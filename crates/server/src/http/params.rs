//! Parameters of lists: pages, orders, filters.

use super::{Ask, Reply};
use crate::{
    clock::parse_utc,
    store::{OrderBy, Paging, Window},
};

/// Longest page.
const PER_PAGE_MAX: u32 = 100;

/// Rows of a page when nobody says.
const PER_PAGE_DEFAULT: u32 = 10;

/// Ids of one request that are looked at.
const IDS_MAX: usize = 1000;

/// Which page and in which order.
pub(crate) fn paging(ask: &Ask, default: OrderBy) -> Result<Paging, Reply> {
    let per_page = whole(ask, "per_page")?.unwrap_or(i64::from(PER_PAGE_DEFAULT));
    let per_page = u32::try_from(per_page)
        .ok()
        .filter(|count| (1..=PER_PAGE_MAX).contains(count));
    let per_page = per_page.ok_or_else(|| {
        Reply::invalid(
            "per_page",
            "rest_out_of_bounds",
            "per_page must be between 1 (inclusive) and 100 (inclusive)",
        )
    })?;
    let page = whole(ask, "page")?.unwrap_or(1);
    let page = u32::try_from(page)
        .ok()
        .filter(|page| *page >= 1)
        .ok_or_else(|| {
            Reply::invalid(
                "page",
                "rest_out_of_bounds",
                "page must be greater than or equal to 1",
            )
        })?;
    let by = match ask.query("orderby") {
        None => default,
        Some("date") => OrderBy::Date,
        Some("modified") => OrderBy::Modified,
        Some("id" | "include" | "registered_date") => OrderBy::Id,
        Some("title" | "name" | "slug" | "last_name" | "first_name") => OrderBy::Title,
        Some("price") => OrderBy::Price,
        Some("menu_order" | "popularity" | "rating") => OrderBy::Menu,
        Some(other) => {
            let message = format!("orderby is not a known order: {}.", crate::html::escape(other));
            return Err(Reply::invalid("orderby", "rest_not_in_enum", &message));
        }
    };
    let is_ascending = match ask.query("order") {
        None => matches!(by, OrderBy::Title | OrderBy::Menu | OrderBy::Id | OrderBy::Price),
        Some("asc") => true,
        Some("desc") => false,
        Some(_) => {
            return Err(Reply::invalid(
                "order",
                "rest_not_in_enum",
                "order is not one of asc and desc.",
            ));
        }
    };
    Ok(Paging {
        window: Window { page, per_page },
        by,
        is_ascending,
    })
}

/// A whole number.
pub(crate) fn whole(ask: &Ask, name: &str) -> Result<Option<i64>, Reply> {
    match ask.query(name) {
        None => Ok(None),
        Some(text) => text
            .trim()
            .parse()
            .map(Some)
            .map_err(|_| Reply::wrong_type(name, "integer")),
    }
}

/// A list of numbers.
pub(crate) fn ids(ask: &Ask, name: &str) -> Result<Option<Vec<i64>>, Reply> {
    let Some(list) = ask.query_list(name) else {
        return Ok(None);
    };
    let ids: Result<Vec<i64>, _> = list.into_iter().take(IDS_MAX).map(str::parse).collect();
    let ids = ids.map_err(|_| Reply::wrong_type(&format!("{name}[0]"), "integer"))?;
    Ok(Some(ids).filter(|ids| !ids.is_empty()))
}

/// A moment, UTC.
pub(crate) fn moment(ask: &Ask, name: &str) -> Result<Option<i64>, Reply> {
    match ask.query(name) {
        None => Ok(None),
        Some(text) => parse_utc(text)
            .map(Some)
            .ok_or_else(|| Reply::invalid(name, "rest_invalid_date", "Invalid date.")),
    }
}
