//! Ending sessions, after a page that says what it means; and naming one.

use askama::Template;
use uuid::Uuid;

use super::device;
use crate::{
    admin::{Visitor, confirm, confirm::Question, endings, frame::Frame, keys::is_owner, page},
    audit::{AuditEntry, AuditKind, Party},
    http::{App, Ask, Reply},
    store::{Account, Listed, RecentQuery, StoreError, Which},
};

/// Longest name of a session, in characters.
const NAME_MAX: usize = 40;

const PATH: &str = "/admin/sessions/end";

/// What the owner knows of a session that a form names.
struct Named {
    listed: Listed,
    /// `Till 3 of Ada Osei`
    what: String,
    person: String,
}

async fn named(app: &App, ask: &Ask) -> Result<Option<Named>, StoreError> {
    let Some(id) = ask.param_text("session").and_then(|id| id.parse::<Uuid>().ok()) else {
        return Ok(None);
    };
    Ok(super::detail::one(app, id).await?.map(|listed| {
        let person = listed
            .account
            .as_ref()
            .map_or_else(|| "nobody".to_owned(), Account::display_name);
        let device = match listed.name.as_str() {
            "" => device(&listed.session),
            name => name.to_owned(),
        };
        Named {
            what: format!("{device} of {person}"),
            person,
            listed,
        }
    }))
}

/// `POST /admin/sessions/end`
pub(in crate::admin) async fn end(app: &App, ask: &Ask, visitor: &Visitor) -> Result<Reply, StoreError> {
    let Some(named) = named(app, ask).await? else {
        return page::missing(app, visitor).await;
    };
    let (session, account) = (&named.listed.session, &named.listed.account);
    if let Some(account) = account
        && !endings::may_govern(visitor, account)
    {
        let words = "Only an owner may end the sessions of an owner or a manager. Nothing was changed.";
        return page::refused(app, visitor, words).await;
    }
    let account_id = session.account_id;
    let word = ask.param_text("which").unwrap_or_default();
    let which = match word.as_str() {
        "others" => Which::AllOf {
            account_id,
            except: Some(session.id),
        },
        "all" => Which::AllOf {
            account_id,
            except: None,
        },
        _ => Which::One {
            account_id,
            id: session.id,
        },
    };
    let note = ask.param_text("reason").unwrap_or_default();
    let back = format!("/admin?session={}", session.id);
    if !confirm::is_sure(ask) {
        let living = app.sessions.living(Some(account_id)).await?;
        let count = living
            .iter()
            .filter(|(one, _)| match which {
                Which::One { id, .. } => one.id == id,
                Which::AllOf { except, .. } | Which::Everybody { except } => Some(one.id) != except,
            })
            .count();
        let question = question(&named, which, count, &note, visitor.session);
        let fields = [
            ("session", session.id.to_string()),
            ("which", word),
            ("reason", note),
        ];
        let question = Question {
            action: PATH,
            fields: fields.map(|(name, value)| (name.to_owned(), value)).into(),
            back,
            ..question
        };
        return confirm::draw(app, visitor, question).await;
    }
    let whom = account.as_ref().map(Party::of).unwrap_or_default();
    endings::end(app, ask, visitor, which, whom, &note).await?;
    Ok(page::see(&back))
}

fn question(named: &Named, which: Which, count: usize, note: &str, visit: Uuid) -> Question<'static> {
    let Named { what, person, .. } = named;
    let is_own_visit = match which {
        Which::One { id, .. } => id == visit,
        Which::AllOf { except, .. } | Which::Everybody { except } => {
            except != Some(visit) && named.listed.session.id == visit
        }
    };
    let sessions = match count {
        1 => "1 session ends".to_owned(),
        _ => format!("{count} sessions end"),
    };
    let (title, gist, button) = match which {
        Which::One { .. } => (
            format!("Sign out {what}?"),
            format!("{what} is signed out at once."),
            format!("Sign out {what}"),
        ),
        Which::AllOf { except: Some(_), .. } | Which::Everybody { .. } => (
            format!("Sign out all others of {person}?"),
            format!("{sessions} at once; {what} goes on."),
            format!("Sign {count} out"),
        ),
        Which::AllOf { except: None, .. } => (
            format!("Sign out all of {person}?"),
            format!("{sessions} at once, {what} among them."),
            format!("Sign {count} out"),
        ),
    };
    let mut more =
        "A till keeps its sales and can sell on for cash; they are sent after the next sign-in.".to_owned();
    match note.trim() {
        "" => more.push_str(" No reason is given."),
        note => more.push_str(&format!(" It is told: “{note}”")),
    }
    if is_own_visit {
        more.push_str(" This is your own visit: you are signed out as well.");
    }
    Question {
        here: "sessions",
        title,
        gist,
        more,
        button,
        ..Question::default()
    }
}

/// `POST /admin/sessions/everybody`: all but the visit this comes from, of everybody the visitor governs.
pub(in crate::admin) async fn end_everybody(
    app: &App,
    ask: &Ask,
    visitor: &Visitor,
) -> Result<Reply, StoreError> {
    let note = ask.param_text("reason").unwrap_or_default();
    if is_owner(visitor) {
        let which = Which::Everybody {
            except: Some(visitor.session),
        };
        let everybody = Party {
            id: None,
            name: "everybody".into(),
        };
        endings::end(app, ask, visitor, which, everybody, &note).await?;
        return Ok(page::see("/admin"));
    }
    for (account, _) in governed(app, visitor).await? {
        let which = Which::AllOf {
            account_id: account.id,
            except: Some(visitor.session),
        };
        endings::end(app, ask, visitor, which, Party::of(&account), &note).await?;
    }
    Ok(page::see("/admin"))
}

/// Everybody who is signed in and whom the visitor governs, with how many sessions that is.
async fn governed(app: &App, visitor: &Visitor) -> Result<Vec<(Account, u64)>, StoreError> {
    let mut all = app.sessions.signed_in().await?;
    all.retain(|(account, _)| endings::may_govern(visitor, account));
    Ok(all)
}

#[derive(Template)]
#[template(path = "admin/everybody.html")]
struct EverybodyPage {
    frame: Frame,
    count: u64,
}

/// `GET /admin/sessions/everybody`: what it would mean, before it is done.
pub(in crate::admin) async fn ask_everybody(app: &App, visitor: &Visitor) -> Result<Reply, StoreError> {
    let all: u64 = governed(app, visitor).await?.iter().map(|(_, count)| count).sum();
    let template = EverybodyPage {
        frame: Frame::read(app, visitor, "sessions").await?,
        // The visit itself is one of them.
        count: all.saturating_sub(1),
    };
    Ok(page::drawn(200, &template))
}

/// `POST /admin/sessions/name`: what the owner calls a session.
pub(in crate::admin) async fn rename(app: &App, ask: &Ask, visitor: &Visitor) -> Result<Reply, StoreError> {
    let Some(named) = named(app, ask).await? else {
        return page::missing(app, visitor).await;
    };
    let (session, account) = (&named.listed.session, &named.listed.account);
    if let Some(account) = account
        && !endings::may_govern(visitor, account)
    {
        let words = "Only an owner may name the sessions of an owner or a manager. Nothing was changed.";
        return page::refused(app, visitor, words).await;
    }
    let name: String = ask.param_text("name").unwrap_or_default();
    let name: String = name
        .trim()
        .chars()
        .filter(|letter| !letter.is_control())
        .take(NAME_MAX)
        .collect();
    let by = Party::of(&visitor.account);
    let sentence = match name.as_str() {
        "" => format!("{} took the name from {}", by.name, named.what),
        name => format!("{} called {} {name}", by.name, named.what),
    };
    let entry = AuditEntry::new(app.clock.seconds(), AuditKind::AccountChanged, sentence)
        .by(by)
        .to(account.as_ref().map(Party::of).unwrap_or_default())
        .in_session(session.id)
        .from(ask.peer.ip());
    let name = (!name.is_empty()).then_some(name);
    app.store.name_session(session.id, name, entry).await?;
    Ok(page::see(&format!("/admin?session={}", session.id)))
}

/// The question for one session, whatever became of it and whenever.
pub(super) fn only(id: Uuid) -> RecentQuery {
    RecentQuery {
        ended_after: i64::MIN,
        keys: Some((id, id)),
        limit: 1,
        ..RecentQuery::default()
    }
}
