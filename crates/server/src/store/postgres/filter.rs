//! A WHERE clause that grows; values are always bound, never written into it.

use tokio_postgres::{
    Row,
    types::{ToSql, Type},
};

use uuid::Uuid;

use super::{engine::Db, text::plain};
use crate::store::{OrderBy, Page, Paging, StoreError, derived::containing};

/// A value of a condition.
pub(super) enum Bind {
    Number(i64),
    Text(String),
    Key(Uuid),
    Numbers(Vec<i64>),
    Texts(Vec<String>),
}

impl Bind {
    fn typed(&self) -> (&(dyn ToSql + Sync), Type) {
        match self {
            Self::Number(value) => (value, Type::INT8),
            Self::Text(value) => (value, Type::TEXT),
            Self::Key(value) => (value, Type::UUID),
            Self::Numbers(value) => (value, Type::INT8_ARRAY),
            Self::Texts(value) => (value, Type::TEXT_ARRAY),
        }
    }
}

#[derive(Default)]
pub(super) struct Filter {
    conditions: Vec<String>,
    values: Vec<Bind>,
}

impl Filter {
    pub(super) fn plain(&mut self, condition: &str) {
        self.conditions.push(condition.to_owned());
    }

    /// Adds a condition in which `?` stands for the value.
    pub(super) fn with(&mut self, condition: &str, value: Bind) {
        self.values.push(value);
        let place = format!("${}", self.values.len());
        self.conditions.push(condition.replacen('?', &place, 1));
    }

    pub(super) fn number(&mut self, condition: &str, value: Option<i64>) {
        if let Some(value) = value {
            self.with(condition, Bind::Number(value));
        }
    }

    pub(super) fn text(&mut self, column: &str, value: Option<&str>) {
        if let Some(value) = value {
            let value = plain(value).into_owned();
            self.with(&format!("{column} = ?"), Bind::Text(value));
        }
    }

    pub(super) fn any_of(&mut self, column: &str, values: &[String]) {
        let values = values.iter().map(|value| plain(value).into_owned()).collect();
        self.with(&format!("{column} = ANY(?)"), Bind::Texts(values));
    }

    pub(super) fn ids(&mut self, column: &str, include: Option<&[i64]>, exclude: &[i64]) {
        if let Some(include) = include {
            self.with(&format!("{column} = ANY(?)"), Bind::Numbers(include.to_vec()));
        }
        if !exclude.is_empty() {
            self.with(&format!("{column} <> ALL(?)"), Bind::Numbers(exclude.to_vec()));
        }
    }

    pub(super) fn words(&mut self, column: &str, words: &[String]) {
        for word in words {
            let pattern = plain(&containing(word)).into_owned();
            self.with(&format!("{column} LIKE ? ESCAPE '\\'"), Bind::Text(pattern));
        }
    }

    /// Reads the rows of a question that ends in the conditions.
    pub(super) async fn rows(
        &self,
        db: &Db,
        question: impl Fn(&str) -> String,
    ) -> Result<Vec<Row>, StoreError> {
        let values: Vec<_> = self.values.iter().map(Bind::typed).collect();
        db.once(&question(&self.conditions.join(" AND ")), &values).await
    }

    fn clause(&self) -> String {
        match self.conditions.is_empty() {
            true => String::new(),
            false => format!("WHERE {}", self.conditions.join(" AND ")),
        }
    }

    /// Counts all and reads the columns of one page.
    pub(super) async fn page<T>(
        &self,
        db: &Db,
        table: &str,
        columns: &str,
        paging: Option<Paging>,
        read: impl Fn(&Row) -> Result<T, StoreError>,
    ) -> Result<Page<T>, StoreError> {
        let clause = self.clause();
        let values: Vec<_> = self.values.iter().map(Bind::typed).collect();
        let count = format!("SELECT count(*) FROM {table} {clause}");
        let rows = format!(
            "SELECT {columns} FROM {table} {clause} {}",
            ordered(table, paging)
        );
        // Both leave before either is answered: one wait instead of two.
        let (total, rows) = tokio::try_join!(db.once(&count, &values), db.once(&rows, &values))?;
        let total: i64 = match total.first() {
            Some(row) => row.try_get(0)?,
            None => 0,
        };
        Ok(Page {
            rows: rows.iter().map(read).collect::<Result<_, _>>()?,
            total: total.unsigned_abs(),
        })
    }
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
