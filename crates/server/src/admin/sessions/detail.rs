//! What is known of one session.

use super::{
    AuditQuery, AuditRow, State, Wall, Window, device, endings, ends_at, initials, lives, shown, tint,
};
use crate::{
    admin::{Visitor, log},
    http::App,
    store::{Account, StoreError},
};
use uuid::Uuid;

/// Entries of the log that are shown beside a session.
const ENTRIES_MAX: u32 = 12;

/// The drawer.
pub(super) struct Detail {
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) first_name: String,
    pub(super) initials: String,
    pub(super) tint: u32,
    pub(super) device: String,
    pub(super) state: State,
    pub(super) more: String,
    pub(super) is_own: bool,
    pub(super) may_end: bool,
    pub(super) facts: Vec<(&'static str, String)>,
    pub(super) events: Vec<Event>,
}

/// Something that happened to the session.
pub(super) struct Event {
    pub(super) class: &'static str,
    pub(super) icon: &'static str,
    pub(super) when: String,
    pub(super) words: String,
}

pub(super) async fn read(
    app: &App,
    visitor: &Visitor,
    id: Uuid,
    wall: &Wall,
) -> Result<Option<Detail>, StoreError> {
    let Some((session, account)) = app.store.session(id).await? else {
        return Ok(None);
    };
    let now = app.clock.seconds();
    let found = [(session, account)];
    let Some(life) = lives(app, &found, now - 24 * 60 * 60).await?.pop() else {
        return Ok(None);
    };
    let [(session, account)] = found;
    let standing = life.standing(now, app.sessions.access_life_s(), wall);
    let name = account
        .as_ref()
        .map_or_else(|| "Nobody".to_owned(), Account::display_name);
    let log = AuditQuery {
        session: Some(shown(id)),
        window: Some(Window {
            page: 1,
            per_page: ENTRIES_MAX,
        }),
        ..AuditQuery::default()
    };
    let mut events = Vec::new();
    let renewed = life
        .quarters
        .iter()
        .filter(|at| **at > now - 24 * 60 * 60)
        .count();
    if renewed > 0 {
        events.push(Event {
            class: "ok",
            icon: "sync",
            when: wall.short(session.renewed_at),
            words: format!("Renewed in {renewed} quarter hours of the last day"),
        });
    }
    events.extend(
        app.store
            .audit_log(log)
            .await?
            .rows
            .iter()
            .map(|row| event(row, wall)),
    );
    let mut facts = vec![
        ("Signed in", wall.short(session.signed_in_at)),
        ("Last renewed", wall.short(session.renewed_at)),
    ];
    if standing.state.is_living() && !life.is_office {
        facts.push((
            "Ends if unused",
            wall.short(ends_at(&session, app.sessions.limits())),
        ));
    }
    facts.push(("From", session.visitor.ip_address.clone()));
    if let Some(build) = &session.visitor.device.build {
        facts.push(("Build", build.clone()));
    }
    if let Some(account) = &account {
        facts.push(("Role", account.role.title().to_owned()));
    }
    facts.push(("Key", shown(id)));
    let is_own = id == visitor.session;
    Ok(Some(Detail {
        id,
        initials: initials(&name),
        tint: tint(&name),
        first_name: name.split_whitespace().next().unwrap_or_default().to_owned(),
        name,
        device: device(&session),
        state: standing.state,
        more: standing.more,
        is_own,
        may_end: account.is_none_or(|account| endings::may_govern(visitor, &account)),
        facts,
        events,
    }))
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
