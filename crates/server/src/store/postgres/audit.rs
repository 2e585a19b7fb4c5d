//! Rows of the audit log.

use tokio_postgres::Row;

use super::{
    engine::Db,
    filter::{Bind, Filter},
    text::plain,
};
use crate::{
    audit::{AuditEntry, AuditKind, AuditQuery, AuditRow, Party},
    store::{OrderBy, Page, Paging, StoreError, Window, derived::audit_search},
};

/// The whole log on one page.
const EVERYTHING: Window = Window {
    page: 1,
    per_page: u32::MAX,
};

const COLUMNS: &str = "id, at, kind, actor_id, actor, subject_id, subject, session, address, sentence";

/// Adds an entry. Numbered like the change feed: whoever reads on from a number misses none.
pub(super) async fn append(db: &Db, entry: &AuditEntry) -> Result<(), StoreError> {
    db.run(
        "WITH taken AS (UPDATE numbers SET next = next + 1 WHERE name = 'audit' RETURNING next)
         INSERT INTO audit (id, at, kind, actor_id, actor, subject_id, subject, session, address, sentence, search)
         SELECT next - 1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10 FROM taken",
        &[
            &entry.at,
            &entry.kind.slug(),
            &entry.actor.id,
            &plain(&entry.actor.name),
            &entry.subject.id,
            &plain(&entry.subject.name),
            &entry.session,
            &entry.address,
            &plain(&entry.sentence),
            &plain(&audit_search(entry)),
        ],
    )
    .await?;
    Ok(())
}

/// A page of the log, newest first.
pub(super) async fn page(db: &Db, query: &AuditQuery) -> Result<Page<AuditRow>, StoreError> {
    let mut filter = Filter::default();
    filter.number("at >= ?", query.since);
    filter.number("at < ?", query.until);
    if let Some(who) = query.who {
        filter.with("? IN (actor_id, subject_id)", Bind::Number(who));
    }
    filter.text("kind", query.kind.map(AuditKind::slug));
    filter.text("session", query.session.as_deref());
    filter.words("search", &query.words);
    filter.number("id < ?", query.below);
    let paging = Paging {
        window: query.window.unwrap_or(EVERYTHING),
        by: OrderBy::Id,
        is_ascending: false,
    };
    filter.page(db, "audit", COLUMNS, Some(paging), read).await
}

fn read(row: &Row) -> Result<AuditRow, StoreError> {
    let kind: &str = row.try_get(2)?;
    Ok(AuditRow {
        id: row.try_get(0)?,
        entry: AuditEntry {
            at: row.try_get(1)?,
            kind: AuditKind::parse(kind).ok_or(StoreError::Value("kind of audit entry"))?,
            actor: Party {
                id: row.try_get(3)?,
                name: row.try_get(4)?,
            },
            subject: Party {
                id: row.try_get(5)?,
                name: row.try_get(6)?,
            },
            session: row.try_get(7)?,
            address: row.try_get(8)?,
            sentence: row.try_get(9)?,
        },
    })
}
