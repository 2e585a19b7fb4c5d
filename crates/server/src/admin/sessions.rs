//! The page of sessions: one lane each, a drawer with what is known of the chosen one, and the ways to end them.

use askama::Template;
use axum::http::{HeaderName, header};
use evertill_issuer::{Ending, Limits};
use evertill_wire::Code;
use uuid::Uuid;

use super::{
    Visitor, cell, endings,
    frame::{Frame, initials, tint},
    guard, lane,
    lane::{Drawing, Life, Over, Standing, State},
    page,
    scale::{Scale, Span},
    when::Wall,
};
use crate::{
    activity::{Went, half_day, quarters},
    audit::{AuditKind, AuditQuery, AuditRow, shown},
    clock::written,
    http::{App, Ask, Reply},
    store::{Account, Listed, RecentQuery, Session, StoreError, Window},
};

mod detail;
mod ending;
mod filters;

use detail::Detail;
pub(super) use ending::{ask_everybody, end, end_everybody, rename};
use filters::CAUSES;
pub(super) use filters::Filters;

/// Lanes of a page.
const LANES_MAX: u32 = 100;

/// Sessions in a file, and how many are read at a time for it.
const FILE_MAX: u32 = 100_000;
const READ_AT_ONCE: u32 = 1_000;

/// One session, known and drawn.
pub(super) struct Lane {
    pub(super) id: Uuid,
    pub(super) short: String,
    /// What the owner calls it, else whose it is.
    pub(super) title: String,
    pub(super) about: String,
    pub(super) initials: String,
    pub(super) tint: u32,
    pub(super) state: State,
    pub(super) more: String,
    pub(super) facts: Vec<Fact>,
    pub(super) drawing: Drawing,
    pub(super) is_chosen: bool,
    pub(super) is_own: bool,
}

/// A fact of the card beside a lane, and of the drawer.
pub(super) struct Fact {
    pub(super) name: &'static str,
    pub(super) value: String,
    /// Page that says more.
    pub(super) link: Option<String>,
}

impl Fact {
    fn new(name: &'static str, value: impl Into<String>) -> Self {
        Self {
            name,
            value: value.into(),
            link: None,
        }
    }
}

impl Lane {
    fn new(listed: &Listed, life: &Life, standing: Standing, drawing: Drawing, wall: &Wall) -> Self {
        let session = &listed.session;
        let person = listed
            .account
            .as_ref()
            .map_or_else(|| "Nobody".to_owned(), Account::display_name);
        let (title, about) = match listed.name.as_str() {
            "" => (person.clone(), device(session)),
            name => (name.to_owned(), format!("{person}, {}", device(session))),
        };
        Self {
            id: session.id,
            short: shown(session.id),
            title,
            about,
            initials: initials(&person),
            tint: tint(&person),
            state: standing.state,
            more: standing.more,
            facts: facts(session, life, wall),
            drawing,
            is_chosen: false,
            is_own: false,
        }
    }
}

/// What is known of a session, whoever looks.
fn facts(session: &Session, life: &Life, wall: &Wall) -> Vec<Fact> {
    let mut facts = vec![
        Fact::new("Signed in", wall.short(session.signed_in_at)),
        Fact::new("Last renewed", wall.short(session.renewed_at)),
    ];
    if let Some((at, over)) = &life.over {
        facts.push(Fact::new("Ended", wall.short(*at)));
        match over {
            Over::Ended { by, note } => {
                facts.push(Fact::new("By", by.clone()));
                if !note.is_empty() {
                    facts.push(Fact::new("Reason", note.clone()));
                }
            }
            Over::Theft => facts.push(Fact::new("By", "the store")),
            Over::RanOut => {}
        }
    }
    if let Some(at) = life.refused.last() {
        facts.push(Fact::new("Last refused", format!("about {}", wall.short(*at))));
    }
    if let Some((_, over)) = &life.over {
        let code = match over {
            Over::RanOut => Code::REFRESH_TOKEN_EXPIRED,
            Over::Ended { .. } | Over::Theft => Code::REFRESH_TOKEN_INVALID,
        };
        facts.push(Fact {
            name: "Till is told",
            value: code.to_string(),
            link: Some(format!("/error-codes/{code}")),
        });
    }
    facts.push(Fact::new("From", session.visitor.ip_address.clone()));
    facts.push(Fact::new("Key", shown(session.id)));
    facts
}

/// The numbers on top.
struct Counts {
    signed_in: u64,
    quiet: u64,
    ended: u64,
    /// Thefts and lockouts of the week.
    worries: u64,
}

#[derive(Template)]
#[template(path = "admin/sessions.html")]
struct SessionsPage<'a> {
    frame: Frame,
    filters: &'a Filters,
    /// Whose sessions alone are shown.
    person: Option<String>,
    scale: &'a Scale,
    counts: Counts,
    lanes: Vec<Lane>,
    /// Sessions that fit the filters.
    total: u64,
    pages: u32,
    detail: Option<Detail>,
}

/// `GET /admin`
pub(super) async fn list(app: &App, ask: &Ask, visitor: &Visitor) -> Result<Reply, StoreError> {
    let now = app.clock.seconds();
    let filters = Filters::read(ask);
    let wall = Wall::new(&app.shop().await?.timezone, now);
    let scale = Scale::new(filters.span, &wall, now);
    let chosen = ask.query("session").and_then(|id| id.parse::<Uuid>().ok());
    app.sessions.renewals().flush(app.store.as_ref(), now).await?;
    let query = filters.query_of(app, &wall, LANES_MAX);
    let everything = RecentQuery {
        ended_after: query.ended_after,
        at: query.at,
        ..RecentQuery::default()
    };
    let found = app.store.recent_sessions(query.clone()).await?;
    let fitting = count(&app.store.count_states(query).await?, |state| {
        filters.state.is_none_or(|wanted| wanted == state)
    });
    let states = app.store.count_states(everything).await?;
    let lives = lives(app, &found, filters.span.begins(&wall, now)).await?;
    let quiet_after_s = app.sessions.access_life_s();
    let mut lanes: Vec<Lane> = found
        .iter()
        .zip(&lives)
        .map(|(listed, life)| {
            let drawing = lane::draw(life, &scale, now, quiet_after_s, &wall);
            let standing = life.standing(now, quiet_after_s, &wall);
            Lane {
                is_chosen: chosen == Some(listed.session.id),
                is_own: listed.session.id == visitor.session,
                ..Lane::new(listed, life, standing, drawing, &wall)
            }
        })
        .collect();
    // Those that need a person first, then by name; the order of one day is the order of the next.
    lanes.sort_by(|a, b| (a.state, &a.title, a.id).cmp(&(b.state, &b.title, b.id)));
    let detail = match chosen {
        None => None,
        Some(id) => detail::read(app, visitor, id, &wall).await?,
    };
    if chosen.is_some() && detail.is_none() {
        return page::missing(app, visitor).await;
    }
    let person = match filters.person {
        None => None,
        Some(id) => app.store.account(id).await?.map(|account| account.display_name()),
    };
    let template = SessionsPage {
        frame: Frame::read(app, visitor, "sessions").await?,
        filters: &filters,
        person,
        scale: &scale,
        counts: Counts {
            signed_in: count(&states, |state| state == State::SignedIn),
            quiet: count(&states, |state| state == State::Quiet),
            ended: count(&states, |state| !state.is_living()),
            worries: worries(app, wall.midnight(6)).await?,
        },
        lanes,
        total: fitting,
        pages: pages(fitting),
        detail,
    };
    Ok(page::drawn(200, &template))
}

fn count(states: &[(State, u64)], is_meant: impl Fn(State) -> bool) -> u64 {
    let meant = states.iter().filter(|(state, _)| is_meant(*state));
    meant.map(|(_, count)| count).sum()
}

fn pages(total: u64) -> u32 {
    u32::try_from(total.div_ceil(u64::from(LANES_MAX)))
        .unwrap_or(u32::MAX)
        .max(1)
}

/// What is known of each session, in the same order.
async fn lives(app: &App, found: &[Listed], since: i64) -> Result<Vec<Life>, StoreError> {
    let ids = found.iter().map(|listed| listed.session.id).collect();
    let activity = app.store.activity(ids, half_day(since)).await?;
    let mut people: Vec<i64> = found.iter().map(|listed| listed.session.account_id).collect();
    people.sort_unstable();
    people.dedup();
    let sales = match people.is_empty() {
        true => Vec::new(),
        false => app.store.sales_by_hour(people, since).await?,
    };
    let (limits, now) = (app.sessions.limits(), app.clock.seconds());
    let lives = found.iter().map(|Listed { session, .. }| {
        let over = over(session, limits, now);
        let ended_at = over.as_ref().map_or(now, |(at, _)| *at);
        let rows: Vec<_> = activity.iter().filter(|row| row.session == session.id).collect();
        let all = |went| rows.iter().flat_map(|row| quarters(row, went)).collect();
        Life {
            began_at: session.signed_in_at,
            last_at: session.renewed_at,
            quarters: all(Went::Renewed),
            refused: all(Went::Refused),
            sales: sales
                .iter()
                .filter(|hour| hour.account_id == session.account_id && !is_office(session))
                .filter(|hour| (session.signed_in_at - 3_600..ended_at).contains(&hour.at))
                .map(|hour| (hour.at, hour.count))
                .collect(),
            is_office: is_office(session),
            over,
        }
    });
    Ok(lives.collect())
}

/// How a session ended, as far as it did.
fn over(session: &Session, limits: Limits, now: i64) -> Option<(i64, Over)> {
    let Some(ended) = &session.ended else {
        let ends_at = ends_at(session, limits);
        return (ends_at <= now).then_some((ends_at, Over::RanOut));
    };
    let over = match ended.reason {
        Ending::Theft => Over::Theft,
        Ending::Expired => Over::RanOut,
        Ending::Revoked | Ending::UserGone => Over::Ended {
            by: ended.by.clone(),
            note: ended.note.clone(),
        },
    };
    Some((ended.at, over))
}

/// When a session ends by itself, seconds since 1970.
fn ends_at(session: &Session, limits: Limits) -> i64 {
    match is_office(session) {
        true => session.signed_in_at + guard::VISIT_S,
        false => session.ends_at(limits),
    }
}

fn is_office(session: &Session) -> bool {
    session.visitor.device.app_type == guard::APP_TYPE
}

/// `Chrome 120 on Windows`.
pub(super) fn device(session: &Session) -> String {
    let device = &session.visitor.device;
    let name = match (is_office(session), device.browser.as_str()) {
        (true, _) => "Office",
        (false, "unknown" | "") => "unknown device",
        (false, name) => name,
    };
    match device.os.as_str() {
        "unknown" | "" => name.to_owned(),
        os => format!("{name}, {os}"),
    }
}

async fn worries(app: &App, since: i64) -> Result<u64, StoreError> {
    let mut sum = 0;
    for kind in [AuditKind::Theft, AuditKind::Lockout] {
        let query = AuditQuery {
            since: Some(since),
            kind: Some(kind),
            window: Some(Window { page: 1, per_page: 1 }),
            ..AuditQuery::default()
        };
        sum += app.store.audit_log(query).await?.total;
    }
    Ok(sum)
}

/// `GET /admin/sessions.csv`: everything the filters find, newest first.
pub(super) async fn file(app: &App, ask: &Ask) -> Result<Reply, StoreError> {
    let now = app.clock.seconds();
    let wall = Wall::new(&app.shop().await?.timezone, now);
    let mut query = Filters::read(ask).query_of(app, &wall, READ_AT_ONCE);
    let quiet_after_s = app.sessions.access_life_s();
    let mut text =
        "key,name,person,device,address,signed_in_utc,renewed_utc,state,ended_utc,by,reason\r\n".to_owned();
    query.skip = 0;
    while query.skip < FILE_MAX {
        let found = app.store.recent_sessions(query.clone()).await?;
        for listed in &found {
            let session = &listed.session;
            let over = over(session, app.sessions.limits(), now);
            let life = Life {
                began_at: session.signed_in_at,
                last_at: session.renewed_at,
                over,
                quarters: Vec::new(),
                refused: Vec::new(),
                sales: Vec::new(),
                is_office: is_office(session),
            };
            let state = life.standing(now, quiet_after_s, &wall).state;
            text.push_str(&line(listed, &life, state));
        }
        query.skip += READ_AT_ONCE;
        if found.len() < READ_AT_ONCE as usize {
            break;
        }
    }
    Ok(Reply::bytes("text/csv; charset=UTF-8", text.into_bytes())
        .with(header::CACHE_CONTROL, "no-store")
        .with(
            HeaderName::from_static("content-disposition"),
            "attachment; filename=\"sessions.csv\"",
        ))
}

fn line(listed: &Listed, life: &Life, state: State) -> String {
    let session = &listed.session;
    let utc = |at: i64| format!("{}Z", written(at));
    let (ended_at, by, note) = match &life.over {
        None => (String::new(), "", ""),
        Some((at, Over::Ended { by, note })) => (utc(*at), by.as_str(), note.as_str()),
        Some((at, Over::Theft | Over::RanOut)) => (utc(*at), "", ""),
    };
    let person = listed.account.as_ref().map(Account::display_name);
    let cells = [
        &shown(session.id),
        listed.name.as_str(),
        person.as_deref().unwrap_or_default(),
        &device(session),
        &session.visitor.ip_address,
        &utc(session.signed_in_at),
        &utc(session.renewed_at),
        state.slug(),
        &ended_at,
        by,
        note,
    ];
    cells.map(cell).join(",") + "\r\n"
}
