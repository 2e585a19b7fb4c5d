//! The audit log as a page and as a file.

use askama::Template;
use axum::http::{HeaderName, header};

use super::{Visitor, frame::Frame, page, when::Wall};
use crate::{
    AUDIT_CSV_HEAD, AuditLine,
    audit::{AuditKind, AuditQuery, AuditRow},
    fold::words,
    http::{App, Ask, Reply},
    store::{StoreError, Window},
};

/// Entries on a page.
const PER_PAGE: u32 = 50;

/// Entries that are read at a time for the file.
const READ_AT_ONCE: u32 = 1_000;

/// Entries in a file. More than a spreadsheet opens helps nobody, and memory is bounded.
const FILE_MAX: usize = 100_000;

const DAY_S: i64 = 86_400;

/// What is looked for, as it stands in the address.
#[derive(Debug, Clone, Default)]
pub(super) struct Search {
    pub(super) text: String,
    pub(super) kind: String,
    /// First and last day, `2026-11-23`.
    pub(super) since: String,
    pub(super) until: String,
    pub(super) who: String,
    pub(super) page: u32,
}

impl Search {
    fn read(ask: &Ask) -> Self {
        let asked =
            |name: &str| -> String { ask.query(name).unwrap_or_default().chars().take(100).collect() };
        Self {
            text: asked("text"),
            kind: asked("kind"),
            since: asked("since"),
            until: asked("until"),
            who: asked("who"),
            page: asked("page").parse().unwrap_or(1).clamp(1, 1_000_000),
        }
    }

    fn query(&self, wall: &Wall) -> AuditQuery {
        AuditQuery {
            since: wall.day(&self.since),
            until: wall.day(&self.until).map(|day| day + DAY_S),
            who: self.who.parse().ok(),
            kind: AuditKind::parse(&self.kind),
            words: words(&self.text),
            window: Some(Window {
                page: self.page,
                per_page: PER_PAGE,
            }),
            ..AuditQuery::default()
        }
    }

    /// The query of a link to another page of the same search.
    pub(super) fn on_page(&self, page: u32) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in [
            ("text", &self.text),
            ("kind", &self.kind),
            ("since", &self.since),
            ("until", &self.until),
            ("who", &self.who),
        ] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        query.append_pair("page", &page.to_string()).finish()
    }
}

/// A row of the page.
struct Line {
    when: String,
    class: &'static str,
    kind: &'static str,
    sentence: String,
    session: String,
    address: String,
}

#[derive(Template)]
#[template(path = "admin/audit.html")]
struct AuditPage {
    frame: Frame,
    search: Search,
    kinds: [AuditKind; 15],
    lines: Vec<Line>,
    total: u64,
    pages: u32,
}

/// `GET /admin/audit`
pub(super) async fn list(app: &App, ask: &Ask, visitor: &Visitor) -> Result<Reply, StoreError> {
    let search = Search::read(ask);
    let wall = Wall::new(&app.shop().await?.timezone, app.clock.seconds());
    let page = app.store.audit_log(search.query(&wall)).await?;
    let template = AuditPage {
        frame: Frame::read(app, visitor, "audit").await?,
        kinds: AuditKind::ALL,
        pages: u32::try_from(page.total.div_ceil(u64::from(PER_PAGE)))
            .unwrap_or(u32::MAX)
            .max(1),
        total: page.total,
        lines: page.rows.into_iter().map(|row| line(row, &wall)).collect(),
        search,
    };
    Ok(page::drawn(200, &template))
}

fn line(row: AuditRow, wall: &Wall) -> Line {
    Line {
        when: wall.long(row.entry.at),
        class: class(row.entry.kind),
        kind: row.entry.kind.title(),
        sentence: row.entry.sentence,
        session: row.entry.session,
        address: row.entry.address,
    }
}

/// How much a kind of entry asks for a look.
pub(super) fn class(kind: AuditKind) -> &'static str {
    match kind {
        AuditKind::Theft => "bad",
        AuditKind::Lockout | AuditKind::GuessesRefused => "warn",
        AuditKind::SignIn => "ok",
        AuditKind::SignOut | AuditKind::SessionsEnded => "off",
        AuditKind::Adopted
        | AuditKind::PasswordChanged
        | AuditKind::AccountCreated
        | AuditKind::AccountChanged
        | AuditKind::Imported
        | AuditKind::KeysRotated
        | AuditKind::SettingsChanged
        | AuditKind::Backup
        | AuditKind::Restored => "info",
    }
}

/// `GET /admin/audit.csv`: everything the search finds, newest first.
pub(super) async fn file(app: &App, ask: &Ask) -> Result<Reply, StoreError> {
    let wall = Wall::new(&app.shop().await?.timezone, app.clock.seconds());
    let mut query = Search::read(ask).query(&wall);
    query.window = Some(Window {
        page: 1,
        per_page: READ_AT_ONCE,
    });
    let mut text = format!("{AUDIT_CSV_HEAD}\r\n");
    let mut count = 0;
    while count < FILE_MAX {
        let page = app.store.audit_log(query.clone()).await?;
        let is_last = page.rows.len() < READ_AT_ONCE as usize;
        count += page.rows.len();
        query.below = page.rows.last().map(|row| row.id);
        for row in page.rows {
            text.push_str(&AuditLine::from(row).csv());
            text.push_str("\r\n");
        }
        if is_last {
            break;
        }
    }
    Ok(Reply::bytes("text/csv; charset=UTF-8", text.into_bytes())
        .with(header::CACHE_CONTROL, "no-store")
        .with(
            HeaderName::from_static("content-disposition"),
            "attachment; filename=\"audit.csv\"",
        ))
}

/// One field. A spreadsheet takes what begins like a formula for one, whoever typed it; an apostrophe makes it text.
pub(crate) fn cell(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']);
    let guarded = match is_formula {
        true => format!("'{text}"),
        false => text.to_owned(),
    };
    match guarded.contains([',', '"', '\n', '\r', ';', '\t']) || is_formula {
        true => format!("\"{}\"", guarded.replace('"', "\"\"")),
        false => guarded,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_stays_text() {
        for (text, expected) in [
            ("=1+1", "\"'=1+1\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("-2", "\"'-2\""),
            ("+44 117", "\"'+44 117\""),
            ("\tx", "\"'\tx\""),
            ("＝1", "\"'＝1\""),
            ("a,b", "\"a,b\""),
            ("say \"no\"", "\"say \"\"no\"\"\""),
            ("a\nb", "\"a\nb\""),
            ("plain", "plain"),
            ("", ""),
        ] {
            assert_eq!(cell(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_search_keeps_its_words_on_the_next_page() {
        let search = Search {
            text: "a & b".into(),
            kind: "theft".into(),
            ..Search::default()
        };
        assert_eq!(search.on_page(2), "text=a+%26+b&kind=theft&page=2");
    }
}
