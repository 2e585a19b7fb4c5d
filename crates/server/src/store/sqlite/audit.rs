//! Rows of the audit log.

use rusqlite::{Connection, Row, params, types::Value as Sql};

use super::catalogue::Filter;
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

pub(super) fn append(db: &Connection, entry: &AuditEntry) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO audit (at, kind, actor_id, actor, subject_id, subject, session, address, sentence, search)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?
    .execute(params![
        entry.at,
        entry.kind.slug(),
        entry.actor.id,
        entry.actor.name,
        entry.subject.id,
        entry.subject.name,
        entry.session,
        entry.address,
        entry.sentence,
        audit_search(entry),
    ])?;
    Ok(())
}

/// A page of the log, newest first.
pub(super) fn page(db: &Connection, query: &AuditQuery) -> Result<Page<AuditRow>, StoreError> {
    let mut filter = Filter::default();
    if let Some(since) = query.since {
        filter.with("at >= ?", Sql::Integer(since));
    }
    if let Some(until) = query.until {
        filter.with("at < ?", Sql::Integer(until));
    }
    if let Some(who) = query.who {
        filter.with("? IN (actor_id, subject_id)", Sql::Integer(who));
    }
    filter.text("kind", query.kind.map(AuditKind::slug));
    filter.text("session", query.session.as_deref());
    filter.words("search", &query.words);
    if let Some(below) = query.below {
        filter.with("id < ?", Sql::Integer(below));
    }
    let paging = Paging {
        window: query.window.unwrap_or(EVERYTHING),
        by: OrderBy::Id,
        is_ascending: false,
    };
    filter.page(db, "audit", COLUMNS, Some(paging), read)
}

fn read(row: &Row<'_>) -> Result<AuditRow, StoreError> {
    let kind: String = row.get(2)?;
    Ok(AuditRow {
        id: row.get(0)?,
        entry: AuditEntry {
            at: row.get(1)?,
            kind: AuditKind::parse(&kind).ok_or(StoreError::Value("kind of audit entry"))?,
            actor: Party {
                id: row.get(3)?,
                name: row.get(4)?,
            },
            subject: Party {
                id: row.get(5)?,
                name: row.get(6)?,
            },
            session: row.get(7)?,
            address: row.get(8)?,
            sentence: row.get(9)?,
        },
    })
}
