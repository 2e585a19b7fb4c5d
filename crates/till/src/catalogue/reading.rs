//! Reading from the store: everything, or what is named.

use std::sync::Arc;

use evertill_wire::Code;
use evertill_wire::rest::catalogue::{Category, Product, StoreSettings, TaxRate, Variation, VariationPage};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Mark, feed, restock};
use crate::clock;
use crate::db::{goods, settings};
use crate::error::TillError;
use crate::session::Session;
use crate::till::Till;

/// Records asked for at once: the most a store gives.
const PAGE: usize = 100;

/// Most pages of one list; a store that names more is not counting right.
const PAGES_MAX: usize = 5_000;

/// Pages between two refills of the shelf; each refill reads everything that is stored so far.
const RESTOCK_EVERY: usize = 10;

/// Reads the whole catalogue; the register sells from the first page on.
pub(super) async fn everything(till: &Arc<Till>) -> Result<(), TillError> {
    // The place in the feed is taken first: what changes during the reading is read again afterwards.
    let mark = feed::head(&till.session).await?;
    frame(till).await?;
    let (mut products_seen, mut variations_seen) = (Vec::new(), Vec::new());
    let mut pages = 1;
    let mut page = 1;
    while page <= pages {
        let (products, found) = product_page(&till.session, page).await?;
        pages = found.clamp(1, PAGES_MAX);
        let variations = variations_of(&till.session, &products).await?;
        products_seen.extend(products.iter().map(|product| product.id));
        variations_seen.extend(variations.iter().map(|variation| variation.id));
        till.db
            .write("store a page of products", move |tx| {
                goods::put_products(tx, &products)?;
                goods::put_variations(tx, &variations)
            })
            .await?;
        if page % RESTOCK_EVERY == 1 {
            restock(till).await?;
        }
        page += 1;
    }
    let stored = Mark {
        swept_at_ms: clock::now_ms(),
        ..mark.unwrap_or_default()
    };
    till.db
        .write("finish the reading of the catalogue", move |tx| {
            goods::keep_only(tx, &products_seen, &variations_seen)?;
            settings::put(tx, settings::FEED, &goods::to_json(&stored)?)
        })
        .await?;
    restock(till).await
}

/// Reads settings, categories and taxes.
pub(super) async fn frame(till: &Arc<Till>) -> Result<(), TillError> {
    let session = &till.session;
    let stores: Vec<Value> = list(session, "wcpos/v2/stores", &[]).await?.0;
    let store = stores.into_iter().next().unwrap_or(Value::Null);
    // Read once here, so that a store that answers nonsense is noticed now and not at the register.
    let parsed: StoreSettings = serde_json::from_value(store.clone()).unwrap_or_default();
    if parsed == StoreSettings::default() {
        return Err(unusable("wcpos/v2/stores", 200, Code::MISSING_RESPONSE_DATA));
    }
    let categories: Vec<Category> = all(session, "wcpos/v2/products/categories").await?;
    let taxes: Vec<TaxRate> = all(session, "wcpos/v2/taxes").await?;
    till.db
        .write("store the shop's settings", move |tx| {
            settings::put(tx, settings::STORE_SETTINGS, &store.to_string())?;
            goods::replace_categories(tx, &categories)?;
            goods::replace_tax_rates(tx, &taxes)
        })
        .await
}

/// Reads named products; those that the store does not give back are gone or not for sale.
pub(super) async fn products(session: &Session, ids: &[i64]) -> Result<Vec<Product>, TillError> {
    let mut found = Vec::new();
    for chunk in ids.chunks(PAGE) {
        let ids = joined(chunk);
        let query = [
            ("include", ids.as_str()),
            ("status", "publish"),
            ("per_page", "100"),
        ];
        found.extend(list::<Product>(session, "wcpos/v2/products", &query).await?.0);
    }
    Ok(found)
}

/// Reads named variations.
pub(super) async fn variations(session: &Session, ids: &[i64]) -> Result<Vec<Variation>, TillError> {
    const ROUTE: &str = "wcpos/v2/variations";
    let mut found = Vec::new();
    for chunk in ids.chunks(PAGE) {
        let ids = joined(chunk);
        let (body, _) = get(session, ROUTE, &[("include", ids.as_str()), ("per_page", "100")]).await?;
        let page: VariationPage =
            serde_json::from_value(body).map_err(|_| unusable(ROUTE, 200, Code::MISSING_RESPONSE_DATA))?;
        found.extend(page.documents.into_iter().map(|document| Variation {
            id: if document.payload.id == 0 {
                document.id
            } else {
                document.payload.id
            },
            parent_id: if document.parent_id == 0 {
                document.payload.parent_id
            } else {
                document.parent_id
            },
            ..document.payload
        }));
    }
    Ok(found)
}

/// The variations of those products that have some.
pub(super) async fn variations_of(
    session: &Session,
    products: &[Product],
) -> Result<Vec<Variation>, TillError> {
    let ids: Vec<i64> = products
        .iter()
        .flat_map(|product| product.variations.iter().copied())
        .collect();
    variations(session, &ids).await
}

async fn product_page(session: &Session, page: usize) -> Result<(Vec<Product>, usize), TillError> {
    let page = page.to_string();
    let query = [
        ("status", "publish"),
        ("per_page", "100"),
        ("page", page.as_str()),
        ("orderby", "id"),
        ("order", "asc"),
    ];
    list(session, "wcpos/v2/products", &query).await
}

/// How many products the store has to read.
pub(super) async fn total(session: &Session) -> Result<u64, TillError> {
    let route = "wcpos/v2/products";
    let query = [("status", "publish"), ("per_page", "1"), ("_fields", "id")];
    let answer = session
        .api()
        .get(route, &query)
        .await
        .map_err(TillError::Session)?;
    let total = answer.header("x-wp-total").parse();
    total.map_err(|_| unusable(route, answer.status, Code::MISSING_RESPONSE_DATA))
}

async fn all<T: DeserializeOwned>(session: &Session, route: &str) -> Result<Vec<T>, TillError> {
    let mut found = Vec::new();
    let mut page = 1;
    loop {
        let number = page.to_string();
        let query = [("per_page", "100"), ("page", number.as_str())];
        let (rows, pages) = list::<T>(session, route, &query).await?;
        found.extend(rows);
        if page >= pages.min(PAGES_MAX) {
            return Ok(found);
        }
        page += 1;
    }
}

async fn list<T: DeserializeOwned>(
    session: &Session,
    route: &str,
    query: &[(&str, &str)],
) -> Result<(Vec<T>, usize), TillError> {
    let (body, pages) = get(session, route, query).await?;
    let Value::Array(rows) = body else {
        return Err(unusable(route, 200, Code::MISSING_RESPONSE_DATA));
    };
    let wanted = rows.len();
    let read: Vec<T> = rows
        .into_iter()
        .filter_map(|row| serde_json::from_value(row).ok())
        .collect();
    if read.len() < wanted {
        tracing::warn!(
            route,
            unreadable = wanted - read.len(),
            "left out records of {route} that cannot be read"
        );
    }
    Ok((read, pages))
}

/// The body of an answer and how many pages the list has.
pub(super) async fn get(
    session: &Session,
    route: &str,
    query: &[(&str, &str)],
) -> Result<(Value, usize), TillError> {
    let answer = session
        .api()
        .get(route, query)
        .await
        .map_err(TillError::Session)?;
    let pages = answer.header("x-wp-totalpages").parse().unwrap_or(1);
    match answer.body.value() {
        Some(value) if (200..300).contains(&answer.status) => Ok((value.clone(), pages)),
        Some(_) | None => {
            let code = answer
                .trouble()
                .map_or(Code::UNEXPECTED_RESPONSE_CODE, |(code, _)| code);
            Err(unusable(route, answer.status, code))
        }
    }
}

fn unusable(route: &str, status: u16, code: Code) -> TillError {
    TillError::StoreAnswer {
        route: route.to_owned(),
        status,
        code,
    }
}

fn joined(ids: &[i64]) -> String {
    ids.iter().map(i64::to_string).collect::<Vec<_>>().join(",")
}
