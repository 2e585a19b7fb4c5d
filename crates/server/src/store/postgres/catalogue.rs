//! Rows of products, variations, categories and pictures.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use tokio_postgres::Row;

use super::{
    changes,
    engine::Db,
    filter::{Bind, Filter},
    text::plain,
};
use crate::{
    catalogue::revision,
    fold::fold,
    store::{
        Category, Item, ItemQuery, Page, Picture, StoreError,
        derived::{item_collection, item_search, price_sort},
    },
};

/// Writes an item as it is now, and tells the change feed.
pub(super) async fn save(db: &Db, item: &Item) -> Result<(), StoreError> {
    db.run(
        "INSERT INTO items (id, parent_id, kind, status, title, search, sku, barcode, stock_status, price_sort,
                            menu_order, created_at, modified_at, record)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
         ON CONFLICT (id) DO UPDATE SET
           status = excluded.status, title = excluded.title, search = excluded.search, sku = excluded.sku,
           barcode = excluded.barcode, stock_status = excluded.stock_status, price_sort = excluded.price_sort,
           modified_at = excluded.modified_at, record = excluded.record",
        &[
            &item.id,
            &item.parent_id,
            &item.kind.slug(),
            &plain(&item.status),
            &fold(&item.name).as_bytes(),
            &plain(&item_search(item)),
            &plain(&fold(&item.sku)),
            &plain(&item.barcode),
            &item.stock_status(),
            &price_sort(item),
            &item.menu_order,
            &item.created_at,
            &item.modified_at,
            &serde_json::to_string(item)?,
        ],
    )
    .await?;
    let categories: Vec<i64> = item.categories.iter().map(|term| term.id).collect();
    db.run(
        "DELETE FROM item_categories WHERE item_id = $1 AND category_id <> ALL($2)",
        &[&item.id, &categories],
    )
    .await?;
    db.run(
        "INSERT INTO item_categories (category_id, item_id) SELECT unnest($2::BIGINT[]), $1
         ON CONFLICT (category_id, item_id) DO NOTHING",
        &[&item.id, &categories],
    )
    .await?;
    changes::append(
        db,
        item_collection(item),
        item.id,
        false,
        &revision(item),
        item.modified_at,
    )
    .await
}

/// Those of the items that exist, by number.
pub(super) async fn by_ids(db: &Db, ids: &[i64]) -> Result<BTreeMap<i64, Item>, StoreError> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows = db
        .all("SELECT record FROM items WHERE id = ANY($1)", &[&ids])
        .await?;
    rows.iter()
        .map(|row| recorded::<Item>(row).map(|item| (item.id, item)))
        .collect()
}

pub(super) async fn by_id(db: &Db, id: i64) -> Result<Option<Item>, StoreError> {
    Ok(by_ids(db, &[id]).await?.remove(&id))
}

pub(super) async fn page(db: &Db, query: &ItemQuery) -> Result<Page<Item>, StoreError> {
    let mut filter = Filter::default();
    filter.plain(if query.is_variation {
        "kind = 'variation'"
    } else {
        "kind <> 'variation'"
    });
    filter.ids("id", query.include.as_deref(), &query.exclude);
    filter.text("status", query.status.as_deref());
    filter.text("stock_status", query.stock_status.as_deref());
    filter.words("search", &query.words);
    if !query.skus.is_empty() {
        filter.any_of("sku", &query.skus);
    }
    if let Some(category) = query.category {
        filter.with(
            "id IN (SELECT item_id FROM item_categories WHERE category_id = ?)",
            Bind::Number(category),
        );
    }
    filter.number("modified_at > ?", query.modified_after);
    filter.page(db, "items", "record", query.paging, recorded).await
}

pub(super) async fn by_code(db: &Db, codes: &[String]) -> Result<Vec<Item>, StoreError> {
    for code in codes {
        let rows = db
            .all(
                "SELECT record FROM items WHERE status = 'publish' AND (barcode = $1 OR sku = $2)
                 ORDER BY CASE WHEN barcode = $1 THEN 0 ELSE 1 END, id LIMIT 20",
                &[&plain(code), &plain(&fold(code))],
            )
            .await?;
        if !rows.is_empty() {
            return rows.iter().map(recorded).collect();
        }
    }
    Ok(Vec::new())
}

pub(super) async fn categories(db: &Db) -> Result<Vec<Category>, StoreError> {
    let rows = db
        .all("SELECT record FROM categories ORDER BY menu_order, id", &[])
        .await?;
    rows.iter().map(recorded).collect()
}

pub(super) async fn insert_category(db: &Db, category: &Category) -> Result<(), StoreError> {
    db.run(
        "INSERT INTO categories (id, menu_order, record) VALUES ($1, $2, $3)",
        &[
            &category.id,
            &category.menu_order,
            &serde_json::to_string(category)?,
        ],
    )
    .await?;
    changes::append(db, "categories", category.id, false, "", 0).await
}

pub(super) async fn insert_picture(db: &Db, picture: &Picture) -> Result<(), StoreError> {
    db.run(
        "INSERT INTO pictures (slug, svg) VALUES ($1, $2) ON CONFLICT (slug) DO UPDATE SET svg = excluded.svg",
        &[&plain(&picture.slug), &plain(&picture.svg)],
    )
    .await?;
    Ok(())
}

pub(super) async fn picture(db: &Db, slug: &str) -> Result<Option<Picture>, StoreError> {
    let row = db
        .first("SELECT slug, svg FROM pictures WHERE slug = $1", &[&plain(slug)])
        .await?;
    row.map(|row| {
        Ok(Picture {
            slug: row.try_get(0)?,
            svg: row.try_get(1)?,
        })
    })
    .transpose()
}

/// Reads a record that is the only column.
pub(super) fn recorded<T: DeserializeOwned>(row: &Row) -> Result<T, StoreError> {
    let text: &str = row.try_get(0)?;
    Ok(serde_json::from_str(text)?)
}
