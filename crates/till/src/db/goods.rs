//! The catalogue as the store gave it, and the pictures.

use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use evertill_wire::rest::catalogue::{Category, Product, TaxRate, Variation};

/// Everything that is stored of the catalogue.
#[derive(Debug, Default)]
pub(crate) struct Goods {
    /// Products, by number.
    pub(crate) products: Vec<Product>,
    /// Variations, by number.
    pub(crate) variations: Vec<Variation>,
    /// Categories, by number.
    pub(crate) categories: Vec<Category>,
    /// Tax rates, by number.
    pub(crate) tax_rates: Vec<TaxRate>,
}

/// A picture as it was fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Picture {
    /// Media type, always of the `image/` family.
    pub(crate) content_type: String,
    /// The file.
    pub(crate) body: Vec<u8>,
}

/// Reads the whole catalogue.
pub(crate) fn load(db: &Connection) -> rusqlite::Result<Goods> {
    Ok(Goods {
        products: bodies(db, "SELECT body FROM products ORDER BY id")?,
        variations: bodies(db, "SELECT body FROM variations ORDER BY id")?,
        categories: bodies(db, "SELECT body FROM categories ORDER BY id")?,
        tax_rates: bodies(db, "SELECT body FROM tax_rates ORDER BY id")?,
    })
}

/// How many products are stored.
pub(crate) fn count(db: &Connection) -> rusqlite::Result<u64> {
    let count: i64 = db.query_row("SELECT COUNT(*) FROM products", [], |row| row.get(0))?;
    Ok(u64::try_from(count).unwrap_or(0))
}

/// Puts products in, new or changed.
pub(crate) fn put_products(db: &Connection, products: &[Product]) -> rusqlite::Result<()> {
    let mut statement = db.prepare_cached(
        "INSERT INTO products (id, body) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET body = excluded.body",
    )?;
    for product in products {
        statement.execute(params![product.id, to_json(product)?])?;
    }
    Ok(())
}

/// Puts variations in, new or changed.
pub(crate) fn put_variations(db: &Connection, variations: &[Variation]) -> rusqlite::Result<()> {
    let mut statement = db.prepare_cached(
        "INSERT INTO variations (id, product_id, body) VALUES (?1, ?2, ?3)
         ON CONFLICT (id) DO UPDATE SET product_id = excluded.product_id, body = excluded.body",
    )?;
    for variation in variations {
        statement.execute(params![variation.id, variation.parent_id, to_json(variation)?])?;
    }
    Ok(())
}

/// Takes products and their variations out.
pub(crate) fn remove_products(db: &Connection, ids: &[i64]) -> rusqlite::Result<()> {
    for id in ids {
        db.execute("DELETE FROM products WHERE id = ?1", [id])?;
        db.execute("DELETE FROM variations WHERE product_id = ?1 OR id = ?1", [id])?;
    }
    Ok(())
}

/// Takes out every product and variation that the store did not name in a full reading.
pub(crate) fn keep_only(db: &Connection, products: &[i64], variations: &[i64]) -> rusqlite::Result<()> {
    for (table, kept) in [("products", products), ("variations", variations)] {
        let kept = serde_json::to_string(kept).map_err(json_error)?;
        db.execute(
            &format!("DELETE FROM {table} WHERE id NOT IN (SELECT value FROM json_each(?1))"),
            [kept],
        )?;
    }
    Ok(())
}

/// Puts the categories of the store in the place of the stored ones.
pub(crate) fn replace_categories(db: &Connection, categories: &[Category]) -> rusqlite::Result<()> {
    let rows = categories.iter().map(|category| (category.id, category));
    replace(db, "categories", rows)
}

/// Puts the tax rates of the store in the place of the stored ones.
pub(crate) fn replace_tax_rates(db: &Connection, rates: &[TaxRate]) -> rusqlite::Result<()> {
    let rows = rates.iter().map(|rate| (rate.id, rate));
    replace(db, "tax_rates", rows)
}

/// Takes everything out but the pictures.
pub(crate) fn forget_goods(db: &Connection) -> rusqlite::Result<()> {
    db.execute_batch(
        "DELETE FROM products; DELETE FROM variations; DELETE FROM categories; DELETE FROM tax_rates;",
    )
}

/// Takes the pictures out.
pub(crate) fn forget_pictures(db: &Connection) -> rusqlite::Result<()> {
    db.execute("DELETE FROM pictures", [])?;
    Ok(())
}

/// The stored picture of an address.
pub(crate) fn picture(db: &Connection, src: &str) -> rusqlite::Result<Option<Picture>> {
    db.prepare_cached("SELECT content_type, body FROM pictures WHERE src = ?1")?
        .query_row([src], |row| {
            Ok(Picture {
                content_type: row.get(0)?,
                body: row.get(1)?,
            })
        })
        .optional()
}

/// Stores a picture.
pub(crate) fn put_picture(
    db: &Connection,
    src: &str,
    picture: &Picture,
    now_ms: i64,
) -> rusqlite::Result<()> {
    db.execute(
        "INSERT INTO pictures (src, content_type, body, fetched_at_ms) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (src) DO UPDATE SET content_type = excluded.content_type, body = excluded.body,
           fetched_at_ms = excluded.fetched_at_ms",
        params![src, picture.content_type, picture.body, now_ms],
    )?;
    Ok(())
}

fn replace<'a, T: Serialize + 'a>(
    db: &Connection,
    table: &str,
    rows: impl Iterator<Item = (i64, &'a T)>,
) -> rusqlite::Result<()> {
    db.execute(&format!("DELETE FROM {table}"), [])?;
    let mut statement = db.prepare(&format!(
        "INSERT OR REPLACE INTO {table} (id, body) VALUES (?1, ?2)"
    ))?;
    for (id, row) in rows {
        statement.execute(params![id, to_json(row)?])?;
    }
    Ok(())
}

fn bodies<T: DeserializeOwned>(db: &Connection, sql: &str) -> rusqlite::Result<Vec<T>> {
    let mut statement = db.prepare(sql)?;
    let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
    rows.map(|body| from_json(&body?)).collect()
}

/// Writes a value the way it is stored.
pub(crate) fn to_json<T: Serialize>(value: &T) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(json_error)
}

/// Reads a stored value.
pub(crate) fn from_json<T: DeserializeOwned>(body: &str) -> rusqlite::Result<T> {
    serde_json::from_str(body).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, Box::new(error))
    })
}

fn json_error(error: serde_json::Error) -> rusqlite::Error {
    rusqlite::Error::ToSqlConversionFailure(Box::new(error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::Db;

    fn product(id: i64, name: &str) -> Product {
        Product {
            id,
            name: name.into(),
            ..Product::default()
        }
    }

    #[tokio::test]
    async fn a_full_reading_takes_out_what_the_store_no_longer_names() {
        let home = tempfile::tempdir().unwrap();
        let db = Db::open(home.path()).unwrap();
        let loaded = db
            .write("store products", |tx| {
                put_products(tx, &[product(1, "Mug"), product(2, "Cap")])?;
                put_products(tx, &[product(2, "Red cap")])?;
                keep_only(tx, &[2], &[])?;
                load(tx)
            })
            .await
            .unwrap();
        assert_eq!(loaded.products, vec![product(2, "Red cap")]);
    }

    #[tokio::test]
    async fn a_product_takes_its_variations_along() {
        let home = tempfile::tempdir().unwrap();
        let db = Db::open(home.path()).unwrap();
        let variation = Variation {
            id: 9,
            parent_id: 1,
            ..Variation::default()
        };
        let loaded = db
            .write("store products", move |tx| {
                put_products(tx, &[product(1, "Shirt")])?;
                put_variations(tx, &[variation])?;
                remove_products(tx, &[1])?;
                load(tx)
            })
            .await
            .unwrap();
        assert_eq!((loaded.products.len(), loaded.variations.len()), (0, 0));
    }
}
