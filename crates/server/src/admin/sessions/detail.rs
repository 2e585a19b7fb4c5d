//! What is known of one session.

use uuid::Uuid;

use super::{
    AuditQuery, AuditRow, Fact, State, Wall, Window, device, ending, endings, ends_at, facts, initials,
    lives, shown, tint,
};
use crate::{
    admin::{Visitor, log},
    http::App,
    store::{Account, Listed, StoreError},
};

/// Entries of the log that are shown beside a session.
const ENTRIES_MAX: u32 = 12;

const DAY_S: i64 = 24 * 60 * 60;

/// The drawer.
pub(super) struct Detail {
    pub(super) id: Uuid,
    /// What the owner calls it, else the person's name.
    pub(super) title: String,
    pub(super) about: String,
    /// What the owner calls it; may be empty.
    pub(super) name: String,
    /// The device, to be read in a button.
    pub(super) what: String,
    pub(super) first_name: String,
    pub(super) initials: String,
    pub(super) tint: u32,
    pub(super) state: State,
    pub(super) more: String,
    pub(super) is_own: bool,
    pub(super) may_end: bool,
    pub(super) facts: Vec<Fact>,
    pub(super) events: Vec<Event>,
}

/// Something that happened to the session.
pub(super) struct Event {
    pub(super) class: &'static str,
    pub(super) icon: &'static str,
    pub(super) when: String,
    pub(super) words: String,
}

/// A session as the lists have it.
pub(super) async fn one(app: &App, id: Uuid) -> Result<Option<Listed>, StoreError> {
    Ok(app.store.recent_sessions(ending::only(id)).await?.pop())
}

pub(super) async fn read(
    app: &App,
    visitor: &Visitor,
    id: Uuid,
    wall: &Wall,
) -> Result<Option<Detail>, StoreError> {
    let Some(listed) = one(app, id).await? else {
        return Ok(None);
    };
    let now = app.clock.seconds();
    let found = [listed];
    let Some(life) = lives(app, &found, now - DAY_S).await?.pop() else {
        return Ok(None);
    };
    let [
        Listed {
            session,
            account,
            name,
        },
    ] = found;
    let standing = life.standing(now, app.sessions.access_life_s(), wall);
    let person = account
        .as_ref()
        .map_or_else(|| "Nobody".to_owned(), Account::display_name);
    let mut facts = facts(&session, &life, wall);
    if standing.state.is_living() && !life.is_office {
        let ends_at = ends_at(&session, app.sessions.limits());
        facts.insert(2, Fact::new("Ends if unused", wall.short(ends_at)));
    }
    if let Some(build) = &session.visitor.device.build {
        facts.push(Fact::new("Build", build.clone()));
    }
    if let Some(account) = &account {
        facts.push(Fact::new("Role", account.role.title()));
    }
    let device = device(&session);
    let (title, about, what) = match name.as_str() {
        "" => (person.clone(), device.clone(), device),
        given => (given.to_owned(), format!("{person}, {device}"), given.to_owned()),
    };
    Ok(Some(Detail {
        id,
        title,
        about,
        name,
        what,
        initials: initials(&person),
        tint: tint(&person),
        first_name: person.split_whitespace().next().unwrap_or_default().to_owned(),
        state: standing.state,
        more: standing.more,
        is_own: id == visitor.session,
        may_end: account.is_none_or(|account| endings::may_govern(visitor, &account)),
        facts,
        events: events(app, id, &life.quarters, session.renewed_at, wall).await?,
    }))
}

async fn events(
    app: &App,
    id: Uuid,
    renewed: &[i64],
    renewed_at: i64,
    wall: &Wall,
) -> Result<Vec<Event>, StoreError> {
    let log = AuditQuery {
        session: Some(shown(id)),
        window: Some(Window {
            page: 1,
            per_page: ENTRIES_MAX,
        }),
        ..AuditQuery::default()
    };
    let since = app.clock.seconds() - DAY_S;
    let renewed = renewed.iter().filter(|at| **at > since).count();
    let mut events = Vec::new();
    if renewed > 0 {
        events.push(Event {
            class: "ok",
            icon: "sync",
            when: wall.short(renewed_at),
            words: match renewed {
                1 => "Renewed in one quarter hour of the last day".to_owned(),
                _ => format!("Renewed in {renewed} quarter hours of the last day"),
            },
        });
    }
    let rows = app.store.audit_log(log).await?.rows;
    events.extend(rows.iter().map(|row| event(row, wall)));
    Ok(events)
}

fn event(row: &AuditRow, wall: &Wall) -> Event {
    let class = log::class(row.entry.kind);
    let icon = match class {
        "ok" => "tick",
        "bad" => "stop",
        "warn" => "warn",
        "off" => "ban",
        _ => "note",
    };
    Event {
        class,
        icon,
        when: wall.short(row.entry.at),
        words: row.entry.sentence.clone(),
    }
}
