//! What a session is doing, in the words of people and of `--json`.

use std::time::Duration;

use evertill_session::status::Fixer;
use evertill_session::{Moment, Status, WallTime};
use evertill_wire::Code;
use evertill_wire::rest::auth::{Cashier, EndedSession};
use serde::Serialize;

pub use evertill_session::StateName;
pub use evertill_session::status::Cause;

use crate::address::StoreAddress;
use crate::session_name::SessionName;

/// The person of a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatusUser {
    /// Account number at the store.
    pub id: i64,
    /// The store's key for the person.
    pub uuid: String,
    /// Sign-in name, empty when the store did not tell.
    pub username: String,
    /// Name to show.
    pub display_name: String,
    /// Roles, empty when the store did not tell.
    pub roles: Vec<String>,
}

/// What a session is doing at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SessionStatus {
    /// Address of the store.
    pub store: String,
    /// Name of the shop, empty before the store was met.
    pub store_name: String,
    /// Name of the session among those of its store; empty for the usual one.
    pub session_name: SessionName,
    /// The person, also after the store said no.
    pub user: Option<StatusUser>,
    /// Where the session is.
    pub state: StateName,
    /// The code outside, `API02007` for a failed renewal.
    pub code: Option<Code>,
    /// The cause inside, with what was seen and who can do something about it.
    pub cause: Option<Cause>,
    /// Who ended the session and when, where the store told.
    pub ended: Option<EndedSession>,
    /// What happens next, one sentence.
    pub next: String,
    /// The session at the store.
    pub session: Option<String>,
    /// Seconds until the access token ends; zero when it has.
    pub access_expires_in_s: Option<u64>,
    /// Seconds the access token lives from its start.
    pub access_life_s: Option<u64>,
    /// Seconds until the next renewal or try starts; zero while one runs.
    pub renews_in_s: Option<u64>,
    /// Seconds until the session cannot be renewed any more; nothing where it slides.
    pub horizon_in_s: Option<u64>,
    /// Seconds from sign-in to the horizon.
    pub renewable_for_s: Option<u64>,
    /// When the person signed in, milliseconds since 1970.
    pub signed_in_at: Option<WallTime>,
    /// When the last token came, milliseconds since 1970.
    pub last_renewed_at: Option<WallTime>,
    /// How often the session was renewed.
    pub renewals: u64,
    /// Attempts that failed since the last success.
    pub tries: u32,
}

impl SessionStatus {
    /// Whether only a person can bring the session back.
    #[must_use]
    pub fn needs_person(&self) -> bool {
        matches!(self.state, StateName::SignInNeeded | StateName::SignedOut)
    }
}

/// What a status is made of: the engine's view at a moment, and what the engine does not know.
#[derive(Debug, Clone)]
pub(crate) struct Snapshot {
    pub(crate) status: Status,
    pub(crate) taken: Moment,
    pub(crate) store: StoreAddress,
    pub(crate) store_name: String,
    pub(crate) name: SessionName,
    pub(crate) person: Option<Cashier>,
    /// Why the vault could not be read, when nobody is signed in because of it.
    pub(crate) vault_trouble: Option<(Code, String)>,
}

impl Snapshot {
    /// The status some time later, by the boot clock.
    pub(crate) fn at(&self, now: Moment) -> SessionStatus {
        let passed = now.since(self.taken);
        let left = |span: Option<Duration>| span.map(|span| span.saturating_sub(passed).as_secs());
        let status = &self.status;
        let (code, cause) = self.code_and_cause();
        SessionStatus {
            store: self.store.to_string(),
            store_name: self.store_name.clone(),
            session_name: self.name.clone(),
            user: self.user(),
            state: status.state,
            code,
            cause,
            ended: status.ended.clone(),
            next: next(status.state).to_owned(),
            session: status.session.as_ref().map(ToString::to_string),
            access_expires_in_s: left(status.access_expires_in),
            access_life_s: status.access_life.map(|span| span.as_secs()),
            renews_in_s: left(status.renews_in),
            horizon_in_s: left(status.horizon_in),
            renewable_for_s: status.renewable_for.map(|span| span.as_secs()),
            signed_in_at: status.signed_in_at,
            last_renewed_at: status.last_renewed_at,
            renewals: status.renewals,
            tries: status.tries,
        }
    }

    fn code_and_cause(&self) -> (Option<Code>, Option<Cause>) {
        match &self.vault_trouble {
            Some((code, evidence)) if self.status.state == StateName::SignedOut => (
                Some(*code),
                Some(Cause {
                    code: *code,
                    evidence: evidence.clone(),
                    fixer: Fixer::Cashier,
                }),
            ),
            Some(_) | None => (self.status.code, self.status.cause.clone()),
        }
    }

    fn user(&self) -> Option<StatusUser> {
        let user = self.status.user.as_ref()?;
        let person = self.person.as_ref().filter(|person| person.uuid == user.uuid);
        let better = |theirs: Option<&String>, ours: &str| {
            theirs
                .filter(|text| !text.is_empty())
                .map_or_else(|| ours.to_owned(), Clone::clone)
        };
        Some(StatusUser {
            id: user.id,
            uuid: user.uuid.clone(),
            username: better(person.map(|person| &person.username), &user.username),
            display_name: better(person.map(|person| &person.display_name), &user.display_name),
            roles: person.map_or_else(|| user.roles.clone(), |person| person.roles.clone()),
        })
    }
}

pub(crate) fn next(state: StateName) -> &'static str {
    match state {
        StateName::Active => "It renews by itself.",
        StateName::Renewing => "The store is being asked for a new token.",
        StateName::Troubled => "The next try comes by itself; the session is kept.",
        StateName::SignInNeeded => "A person has to sign in; everything else is kept.",
        StateName::SignedOut => "Sign in to begin.",
    }
}
