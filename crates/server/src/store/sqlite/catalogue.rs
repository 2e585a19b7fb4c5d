//! Rows of products, variations, categories and pictures.

use rusqlite::{Connection, OptionalExtension as _, Row, params, types::Value as Sql};
use serde::de::DeserializeOwned;

use super::changes;
use crate::{
    catalogue::revision,
    fold::fold,
    store::{
        Category, Item, ItemQuery, OrderBy, Page, Paging, Picture, StoreError,
        derived::{containing, item_collection, item_search, price_sort},
    },
};

/// Writes an item as it is now, and tells the change feed.
pub(super) fn save(db: &Connection, item: &Item) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO items (id, parent_id, kind, status, title, search, sku, barcode, stock_status, price_sort,
                            menu_order, created_at, modified_at, record)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
         ON CONFLICT (id) DO UPDATE SET
           status = excluded.status, title = excluded.title, search = excluded.search, sku = excluded.sku,
           barcode = excluded.barcode, stock_status = excluded.stock_status, price_sort = excluded.price_sort,
           modified_at = excluded.modified_at, record = excluded.record",
    )?
    .execute(params![
        item.id,
        item.parent_id,
        item.kind.slug(),
        item.status,
        fold(&item.name),
        item_search(item),
        fold(&item.sku),
        item.barcode,
        item.stock_status(),
        price_sort(item),
        item.menu_order,
        item.created_at,
        item.modified_at,
        serde_json::to_string(item)?,
    ])?;
    db.prepare_cached("DELETE FROM item_categories WHERE item_id = ?1")?
        .execute([item.id])?;
    for term in &item.categories {
        db.prepare_cached("INSERT OR IGNORE INTO item_categories (category_id, item_id) VALUES (?1, ?2)")?
            .execute([term.id, item.id])?;
    }
    changes::append(
        db,
        item_collection(item),
        item.id,
        false,
        &revision(item),
        item.modified_at,
    )
}

pub(super) fn by_id(db: &Connection, id: i64) -> Result<Option<Item>, StoreError> {
    let text: Option<String> = db
        .prepare_cached("SELECT record FROM items WHERE id = ?1")?
        .query_row([id], |row| row.get(0))
        .optional()?;
    Ok(text.as_deref().map(serde_json::from_str).transpose()?)
}

pub(super) fn page(db: &Connection, query: &ItemQuery) -> Result<Page<Item>, StoreError> {
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
        filter.any_of("sku", query.skus.iter().cloned().map(Sql::Text));
    }
    if let Some(category) = query.category {
        filter.with(
            "id IN (SELECT item_id FROM item_categories WHERE category_id = ?)",
            Sql::Integer(category),
        );
    }
    if let Some(after) = query.modified_after {
        filter.with("modified_at > ?", Sql::Integer(after));
    }
    filter.page(db, "items", "record", query.paging, recorded)
}

pub(super) fn by_code(db: &Connection, codes: &[String]) -> Result<Vec<Item>, StoreError> {
    for code in codes {
        let mut statement = db.prepare_cached(
            "SELECT record FROM items WHERE status = 'publish' AND (barcode = ?1 OR sku = ?2)
             ORDER BY barcode = ?1 DESC, id LIMIT 20",
        )?;
        let rows = statement.query_map(params![code, fold(code)], |row| row.get::<_, String>(0))?;
        let found: Vec<Item> = rows
            .map(|text| Ok(serde_json::from_str(&text?)?))
            .collect::<Result<_, StoreError>>()?;
        if !found.is_empty() {
            return Ok(found);
        }
    }
    Ok(Vec::new())
}

pub(super) fn categories(db: &Connection) -> Result<Vec<Category>, StoreError> {
    let mut statement = db.prepare_cached("SELECT record FROM categories ORDER BY menu_order, id")?;
    let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
    rows.map(|text| Ok(serde_json::from_str(&text?)?)).collect()
}

pub(super) fn insert_category(db: &Connection, category: &Category) -> Result<(), StoreError> {
    db.prepare_cached("INSERT INTO categories (id, menu_order, record) VALUES (?1, ?2, ?3)")?
        .execute(params![
            category.id,
            category.menu_order,
            serde_json::to_string(category)?
        ])?;
    changes::append(db, "categories", category.id, false, "", 0)
}

pub(super) fn picture(db: &Connection, slug: &str) -> Result<Option<Picture>, StoreError> {
    Ok(db
        .prepare_cached("SELECT slug, svg FROM pictures WHERE slug = ?1")?
        .query_row([slug], |row| {
            Ok(Picture {
                slug: row.get(0)?,
                svg: row.get(1)?,
            })
        })
        .optional()?)
}

/// A WHERE clause that grows; values are always bound, never written into it.
#[derive(Default)]
pub(super) struct Filter {
    conditions: Vec<String>,
    values: Vec<Sql>,
}

impl Filter {
    pub(super) fn plain(&mut self, condition: &str) {
        self.conditions.push(condition.to_owned());
    }

    pub(super) fn with(&mut self, condition: &str, value: Sql) {
        self.conditions.push(condition.to_owned());
        self.values.push(value);
    }

    pub(super) fn text(&mut self, column: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.with(&format!("{column} = ?"), Sql::Text(value.to_owned()));
        }
    }

    pub(super) fn any_of(&mut self, column: &str, values: impl Iterator<Item = Sql>) {
        let before = self.values.len();
        self.values.extend(values);
        let places = vec!["?"; self.values.len() - before].join(", ");
        self.conditions.push(format!("{column} IN ({places})"));
    }

    pub(super) fn ids(&mut self, column: &str, include: Option<&[i64]>, exclude: &[i64]) {
        if let Some(include) = include {
            self.any_of(column, include.iter().copied().map(Sql::Integer));
        }
        if !exclude.is_empty() {
            self.any_of(
                &format!("{column} NOT"),
                exclude.iter().copied().map(Sql::Integer),
            );
        }
    }

    pub(super) fn words(&mut self, column: &str, words: &[String]) {
        for word in words {
            self.with(
                &format!("{column} LIKE ? ESCAPE '\\'"),
                Sql::Text(containing(word)),
            );
        }
    }

    /// The conditions, and the values that belong to them.
    pub(super) fn parts(&self) -> (String, impl rusqlite::Params) {
        (
            self.conditions.join(" AND "),
            rusqlite::params_from_iter(self.values.iter()),
        )
    }

    fn clause(&self) -> String {
        match self.conditions.is_empty() {
            true => String::new(),
            false => format!("WHERE {}", self.conditions.join(" AND ")),
        }
    }

    /// Counts all and reads the columns of one page.
    pub(super) fn page<T>(
        &self,
        db: &Connection,
        table: &str,
        columns: &str,
        paging: Option<Paging>,
        read: impl Fn(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Page<T>, StoreError> {
        let clause = self.clause();
        let values = || rusqlite::params_from_iter(self.values.iter());
        let total: i64 = db
            .prepare(&format!("SELECT count(*) FROM {table} {clause}"))?
            .query_row(values(), |row| row.get(0))?;
        let sql = format!(
            "SELECT {columns} FROM {table} {clause} {}",
            ordered(table, paging)
        );
        let mut statement = db.prepare(&sql)?;
        let rows = statement.query_map(values(), |row| Ok(read(row)))?;
        Ok(Page {
            rows: rows.map(|row| row?).collect::<Result<_, _>>()?,
            total: total.unsigned_abs(),
        })
    }
}

/// Reads a record that is the only column.
pub(super) fn recorded<T: DeserializeOwned>(row: &Row<'_>) -> Result<T, StoreError> {
    let text: String = row.get(0)?;
    Ok(serde_json::from_str(&text)?)
}

fn ordered(table: &str, paging: Option<Paging>) -> String {
    let Some(paging) = paging else {
        return "ORDER BY id".to_owned();
    };
    let column = match paging.by {
        OrderBy::Date => "created_at",
        OrderBy::Modified => "modified_at",
        OrderBy::Title if table == "items" => "title",
        OrderBy::Price if table == "items" => "price_sort",
        OrderBy::Menu if table == "items" => "menu_order",
        OrderBy::Id | OrderBy::Title | OrderBy::Price | OrderBy::Menu => "id",
    };
    let direction = if paging.is_ascending { "ASC" } else { "DESC" };
    let window = paging.window;
    let offset = u64::from(window.page.saturating_sub(1)) * u64::from(window.per_page);
    format!(
        "ORDER BY {column} {direction}, id {direction} LIMIT {} OFFSET {offset}",
        window.per_page
    )
}
