//! The page of sessions: one lane each, a drawer with what is known of the chosen one, and the ways to end them.

use askama::Template;
use evertill_issuer::{Ending, Limits};
use uuid::Uuid;

use super::{
    Visitor, endings,
    frame::{Frame, initials, tint},
    guard, lane,
    lane::{Drawing, Life, Over, Standing, State},
    page,
    scale::{Scale, Span},
    when::Wall,
};
use crate::{
    activity::{half_day, quarters},
    audit::{AuditKind, AuditQuery, AuditRow, Party, shown},
    fold::words,
    http::{App, Ask, Reply},
    store::{Account, RecentQuery, Session, StoreError, Which, Window},
};

mod detail;

use detail::Detail;

/// Lanes of a page. A shop with more finds a person by the filter.
const LANES_MAX: u32 = 200;

/// One session, known and drawn.
pub(super) struct Lane {
    pub(super) id: Uuid,
    pub(super) short: String,
    pub(super) name: String,
    pub(super) device: String,
    pub(super) initials: String,
    pub(super) tint: u32,
    pub(super) state: State,
    pub(super) more: String,
    pub(super) drawing: Drawing,
    pub(super) is_chosen: bool,
    pub(super) is_own: bool,
}

impl Lane {
    fn new(session: &Session, account: Option<&Account>, standing: Standing, drawing: Drawing) -> Self {
        let name = account.map_or_else(|| "Nobody".to_owned(), Account::display_name);
        Self {
            id: session.id,
            short: shown(session.id),
            device: device(session),
            initials: initials(&name),
            tint: tint(&name),
            name,
            state: standing.state,
            more: standing.more,
            drawing,
            is_chosen: false,
            is_own: false,
        }
    }
}

/// What the filters say.
#[derive(Debug, Clone)]
pub(super) struct Filters {
    pub(super) text: String,
    pub(super) state: String,
    pub(super) span: Span,
}

impl Filters {
    fn read(ask: &Ask) -> Self {
        let asked = |name: &str| ask.query(name).unwrap_or_default().to_owned();
        Self {
            text: asked("who").chars().take(100).collect(),
            state: asked("state"),
            span: Span::parse(&asked("span")),
        }
    }

    /// The query of a link that keeps them.
    pub(super) fn query(&self) -> String {
        url::form_urlencoded::Serializer::new(String::new())
            .append_pair("who", &self.text)
            .append_pair("state", &self.state)
            .append_pair("span", self.span.slug())
            .finish()
    }
}

/// The numbers on top.
struct Counts {
    signed_in: usize,
    quiet: usize,
    ended: usize,
    /// Thefts and lockouts of the week.
    worries: u64,
}

#[derive(Template)]
#[template(path = "admin/sessions.html")]
struct SessionsPage<'a> {
    frame: Frame,
    filters: &'a Filters,
    states: [State; 5],
    scale: &'a Scale,
    counts: Counts,
    lanes: Vec<Lane>,
    is_cut: bool,
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
    let found = app
        .store
        .recent_sessions(RecentQuery {
            ended_after: wall.midnight(6),
            account_id: None,
            words: words(&filters.text),
            limit: LANES_MAX + 1,
        })
        .await?;
    let is_cut = found.len() > LANES_MAX as usize;
    let lives = lives(app, &found, filters.span.begins(&wall, now)).await?;
    let quiet_after_s = app.sessions.access_life_s();
    let mut lanes: Vec<Lane> = found
        .iter()
        .zip(lives)
        .take(LANES_MAX as usize)
        .map(|((session, account), life)| {
            let drawing = lane::draw(&life, &scale, now, quiet_after_s, &wall);
            Lane {
                is_chosen: chosen == Some(session.id),
                is_own: session.id == visitor.session,
                ..Lane::new(
                    session,
                    account.as_ref(),
                    life.standing(now, quiet_after_s, &wall),
                    drawing,
                )
            }
        })
        .collect();
    let counts = Counts {
        signed_in: lanes.iter().filter(|lane| lane.state == State::SignedIn).count(),
        quiet: lanes.iter().filter(|lane| lane.state == State::Quiet).count(),
        ended: lanes.iter().filter(|lane| !lane.state.is_living()).count(),
        worries: worries(app, wall.midnight(6)).await?,
    };
    lanes.retain(|lane| filters.state.is_empty() || lane.state.slug() == filters.state);
    // Those that need a person first, then by name; the order of one day is the order of the next.
    lanes.sort_by(|a, b| (a.state, &a.name, a.id).cmp(&(b.state, &b.name, b.id)));
    let detail = match chosen {
        None => None,
        Some(id) => detail::read(app, visitor, id, &wall).await?,
    };
    if chosen.is_some() && detail.is_none() {
        return page::missing(app, visitor).await;
    }
    let template = SessionsPage {
        frame: Frame::read(app, visitor, "sessions").await?,
        filters: &filters,
        states: State::ALL,
        scale: &scale,
        counts,
        lanes,
        is_cut,
        detail,
    };
    Ok(page::drawn(200, &template))
}

/// What is known of each session, in the same order.
async fn lives(app: &App, found: &[(Session, Option<Account>)], since: i64) -> Result<Vec<Life>, StoreError> {
    let ids = found.iter().map(|(session, _)| session.id).collect();
    let activity = app.store.activity(ids, half_day(since)).await?;
    let now = app.clock.seconds();
    Ok(found
        .iter()
        .map(|(session, _)| Life {
            began_at: session.signed_in_at,
            last_at: session.renewed_at,
            over: over(session, app.sessions.limits(), now),
            quarters: activity
                .iter()
                .filter(|row| row.session == session.id)
                .flat_map(quarters)
                .collect(),
            is_office: is_office(session),
        })
        .collect())
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
fn device(session: &Session) -> String {
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

/// `POST /admin/sessions/end`
pub(super) async fn end(app: &App, ask: &Ask, visitor: &Visitor) -> Result<Reply, StoreError> {
    let id = ask.param_text("session").and_then(|id| id.parse::<Uuid>().ok());
    let Some((session, account)) = (match id {
        None => None,
        Some(id) => app.store.session(id).await?,
    }) else {
        return page::missing(app, visitor).await;
    };
    if let Some(account) = &account
        && !endings::may_govern(visitor, account)
    {
        let words = "Only an owner may end the sessions of an owner or a manager. Nothing was changed.";
        return page::refused(app, visitor, words).await;
    }
    let account_id = session.account_id;
    let which = match ask.param_text("which").as_deref() {
        Some("others") => Which::AllOf {
            account_id,
            except: Some(session.id),
        },
        Some("all") => Which::AllOf {
            account_id,
            except: None,
        },
        _ => Which::One {
            account_id,
            id: session.id,
        },
    };
    let whom = account.as_ref().map(Party::of).unwrap_or_default();
    let note = ask.param_text("reason").unwrap_or_default();
    endings::end(app, ask, visitor, which, whom, &note).await?;
    Ok(page::see(&format!("/admin?session={}", session.id)))
}

#[derive(Template)]
#[template(path = "admin/everybody.html")]
struct EverybodyPage {
    frame: Frame,
    count: usize,
}

/// `GET /admin/sessions/everybody`: what it would mean, before it is done.
pub(super) async fn ask_everybody(app: &App, visitor: &Visitor) -> Result<Reply, StoreError> {
    let count = governed(app, visitor).await?.iter().map(|(_, count)| count).sum();
    let frame = Frame::read(app, visitor, "sessions").await?;
    Ok(page::drawn(200, &EverybodyPage { frame, count }))
}

/// `POST /admin/sessions/everybody`: all but the visit this comes from, of everybody the visitor governs.
pub(super) async fn end_everybody(app: &App, ask: &Ask, visitor: &Visitor) -> Result<Reply, StoreError> {
    let note = ask.param_text("reason").unwrap_or_default();
    for (whom, _) in governed(app, visitor).await? {
        let which = Which::AllOf {
            account_id: whom.id.unwrap_or_default(),
            except: Some(visitor.session),
        };
        endings::end(app, ask, visitor, which, whom, &note).await?;
    }
    Ok(page::see("/admin"))
}

/// Everybody who is signed in and whom the visitor governs, with how many sessions that is.
async fn governed(app: &App, visitor: &Visitor) -> Result<Vec<(Party, usize)>, StoreError> {
    let living = app.sessions.living(None).await?;
    let mut all: Vec<(Party, usize)> = Vec::new();
    for (session, account) in living {
        let Some(account) = account.filter(|account| endings::may_govern(visitor, account)) else {
            continue;
        };
        if session.id == visitor.session {
            continue;
        }
        match all.iter_mut().find(|(party, _)| party.id == Some(account.id)) {
            Some((_, count)) => *count += 1,
            None => all.push((Party::of(&account), 1)),
        }
    }
    Ok(all)
}
