//! What the filters of the page of sessions say.

use evertill_issuer::Ending;

use super::{Span, State, Wall, guard, lane};
use crate::{
    fold::words,
    http::{App, Ask},
    store::{Living, Moments, RecentQuery},
};

/// Why sessions ended, as the filter offers it.
pub(in crate::admin) const CAUSES: [(&str, &str, Ending); 4] = [
    ("person", "By a person", Ending::Revoked),
    ("theft", "Theft", Ending::Theft),
    ("unused", "Unused for too long", Ending::Expired),
    ("gone", "Account gone", Ending::UserGone),
];

/// What the filters say.
#[derive(Debug, Clone)]
pub(in crate::admin) struct Filters {
    pub(in crate::admin) text: String,
    pub(in crate::admin) state: Option<State>,
    /// Word of a cause.
    pub(in crate::admin) cause: String,
    pub(in crate::admin) span: Span,
    /// Number of the account whose sessions alone are shown.
    pub(in crate::admin) person: Option<i64>,
    pub(in crate::admin) page: u32,
}

impl Filters {
    pub(super) fn read(ask: &Ask) -> Self {
        let asked = |name: &str| ask.query(name).unwrap_or_default();
        Self {
            text: asked("who").chars().take(100).collect(),
            state: State::parse(asked("state")),
            cause: asked("cause").chars().take(20).collect(),
            span: Span::parse(asked("span")),
            person: asked("person").parse().ok(),
            page: asked("page").parse().unwrap_or(1).clamp(1, 1_000_000),
        }
    }

    /// The question to the database: the week is listed whatever is drawn of it, and more where more is drawn.
    pub(super) fn query_of(&self, app: &App, wall: &Wall, limit: u32) -> RecentQuery {
        let now = app.clock.seconds();
        let cause = CAUSES.iter().find(|(word, ..)| *word == self.cause);
        RecentQuery {
            ended_after: self.span.begins(wall, now).min(wall.midnight(6)),
            account_id: self.person,
            keys: None,
            words: words(&self.text),
            state: self.state,
            cause: cause.map(|(.., cause)| *cause),
            at: moments(app),
            skip: (self.page - 1).saturating_mul(limit),
            limit,
        }
    }

    pub(in crate::admin) fn is_state(&self, state: &State) -> bool {
        self.state.as_ref() == Some(state)
    }

    /// The query of a link that keeps them.
    pub(in crate::admin) fn query(&self) -> String {
        self.on_page(1)
    }

    /// The query of this very page.
    pub(in crate::admin) fn here(&self) -> String {
        self.on_page(self.page)
    }

    pub(in crate::admin) fn newer(&self) -> String {
        self.on_page(self.page.saturating_sub(1))
    }

    pub(in crate::admin) fn older(&self) -> String {
        self.on_page(self.page.saturating_add(1))
    }

    fn on_page(&self, page: u32) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query
            .append_pair("who", &self.text)
            .append_pair("state", self.state.map_or("", State::slug))
            .append_pair("cause", &self.cause)
            .append_pair("span", self.span.slug());
        if let Some(id) = self.person {
            query.append_pair("person", &id.to_string());
        }
        if page > 1 {
            query.append_pair("page", &page.to_string());
        }
        query.finish()
    }
}

/// The moments that decide now how a session stands.
pub(super) fn moments(app: &App) -> Moments {
    let now = app.clock.seconds();
    let living = Living {
        account_id: None,
        limits: app.sessions.limits(),
        now,
    };
    Moments {
        renewed_after: living.renewed_after(),
        signed_in_after: living.signed_in_after(),
        visit_after: now - guard::VISIT_S,
        heard_since: now - app.sessions.access_life_s() - lane::SLACK_S,
    }
}
