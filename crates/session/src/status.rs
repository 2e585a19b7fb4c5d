//! What a session is doing, for people and programs.

use std::time::Duration;

use evertill_wire::{Code, rest::auth::EndedSession};
use serde::{Deserialize, Serialize};

use crate::{
    answer::{Reason, Refusal, Trouble, TroubleKind},
    engine::{Engine, Held, State},
    grant::{Grant, SessionId, User},
    time::{Now, WallTime},
};

/// The name of a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StateName {
    /// The token lives and nothing needs doing.
    Active,
    /// A renewal is on its way.
    Renewing,
    /// Something stands in the way; the session is kept and tried again.
    Troubled,
    /// The store said no; a person must sign in.
    SignInNeeded,
    /// Nobody is signed in.
    SignedOut,
}

/// Who can do something about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fixer {
    /// Nothing needs fixing.
    Nobody,
    /// It passes by itself.
    Time,
    /// The person at the till, by signing in.
    Cashier,
    /// Whoever looks after this device and its network.
    Device,
    /// Whoever runs the store's website.
    Website,
}

/// What stands behind the state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// The code inside `API02007`.
    pub code: Code,
    /// What was seen or said, in words that can be shown.
    pub evidence: String,
    /// Who can do something about it.
    pub fixer: Fixer,
}

/// What a session is doing at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// Where it is.
    pub state: StateName,
    /// The session at the store.
    pub session: Option<SessionId>,
    /// The person, also after the store said no.
    pub user: Option<User>,
    /// The code outside: `API02007` for a failed renewal, `API02002` for a token that ended meanwhile, `API02010` when
    /// nobody is signed in.
    pub code: Option<Code>,
    /// The cause inside.
    pub cause: Option<Cause>,
    /// Who ended the session and when, where the store told.
    pub ended: Option<EndedSession>,
    /// Until the access token is used no more, a little before its end; zero when that has passed.
    pub access_expires_in: Option<Duration>,
    /// Life of the access token from its start.
    pub access_life: Option<Duration>,
    /// Until the next renewal starts; zero while one runs.
    pub renews_in: Option<Duration>,
    /// Until the session cannot be renewed any more; nothing where it slides.
    pub horizon_in: Option<Duration>,
    /// The whole span from sign-in to the horizon.
    pub renewable_for: Option<Duration>,
    /// When the person signed in.
    pub signed_in_at: Option<WallTime>,
    /// When the last token came.
    pub last_renewed_at: Option<WallTime>,
    /// How often the session was renewed.
    pub renewals: u64,
    /// Attempts that failed since the last success.
    pub tries: u32,
}

impl Engine {
    /// What the session is doing now.
    #[must_use]
    pub fn status(&self, now: Now) -> Status {
        match self.state() {
            State::SignedOut => Status {
                state: StateName::SignedOut,
                code: Some(Code::AUTH_REQUIRED),
                ..self.blank()
            },
            State::Active(held) => self.with_held(StateName::Active, held, now, held.renew_at),
            State::Renewing { held, .. } => self.with_held(StateName::Renewing, held, now, now.moment),
            State::Troubled {
                held,
                trouble,
                retry_at,
            } => {
                let is_ended = !held.is_served(now) && trouble.kind == TroubleKind::Network;
                Status {
                    code: Some(if is_ended {
                        Code::TOKEN_EXPIRED
                    } else {
                        Code::TOKEN_REFRESH_FAILED
                    }),
                    cause: Some(cause_of(trouble)),
                    ..self.with_held(StateName::Troubled, held, now, *retry_at)
                }
            }
            State::SignInNeeded { grant, refusal } => Status {
                code: Some(Code::TOKEN_REFRESH_FAILED),
                cause: Some(Cause {
                    code: refusal.reason.code(),
                    evidence: evidence(refusal),
                    fixer: Fixer::Cashier,
                }),
                ended: refusal.ended.clone(),
                ..self.with_grant(StateName::SignInNeeded, grant)
            },
        }
    }

    pub(crate) fn name_of(&self, state: &State) -> StateName {
        match state {
            State::SignedOut => StateName::SignedOut,
            State::Active(_) => StateName::Active,
            State::Renewing { .. } => StateName::Renewing,
            State::Troubled { .. } => StateName::Troubled,
            State::SignInNeeded { .. } => StateName::SignInNeeded,
        }
    }

    fn blank(&self) -> Status {
        Status {
            state: StateName::SignedOut,
            session: None,
            user: None,
            code: None,
            cause: None,
            ended: None,
            access_expires_in: None,
            access_life: None,
            renews_in: None,
            horizon_in: None,
            renewable_for: None,
            signed_in_at: None,
            last_renewed_at: None,
            renewals: 0,
            tries: 0,
        }
    }

    fn with_grant(&self, state: StateName, grant: &Grant) -> Status {
        Status {
            state,
            session: Some(grant.session.clone()),
            user: Some(grant.user.clone()),
            signed_in_at: Some(grant.signed_in.wall),
            last_renewed_at: Some(grant.received.wall),
            renewals: grant.renewals,
            renewable_for: grant.renewable_for,
            access_life: Some(grant.access_life),
            ..self.blank()
        }
    }

    fn with_held(&self, state: StateName, held: &Held, now: Now, next: crate::time::Moment) -> Status {
        Status {
            access_expires_in: Some(now.moment.until(held.ends_at)),
            renews_in: Some(now.moment.until(next)),
            horizon_in: held.grant.horizon_in(self.boot(), now),
            tries: held.tries,
            ..self.with_grant(state, &held.grant)
        }
    }
}

fn cause_of(trouble: &Trouble) -> Cause {
    Cause {
        code: trouble.cause,
        evidence: trouble.evidence.clone(),
        fixer: trouble.kind.fixer(),
    }
}

impl TroubleKind {
    /// Who can do something about trouble of this kind.
    #[must_use]
    pub fn fixer(self) -> Fixer {
        match self {
            Self::Server | Self::Pause => Fixer::Time,
            Self::Network | Self::Device => Fixer::Device,
            Self::Blocked | Self::Configuration | Self::WrongRoute => Fixer::Website,
        }
    }
}

/// What it means, and the store's own words where it had any.
fn evidence(refusal: &Refusal) -> String {
    let sentence = sentence(refusal);
    if refusal.is_theft() {
        return sentence.to_owned();
    }
    match (refusal.reason, refusal.words.trim()) {
        // Nobody at the store said this; the rules did.
        (Reason::HalfEnded, _) | (_, "") => sentence.to_owned(),
        (Reason::Expired | Reason::Ended | Reason::Foreign | Reason::UserGone, words) => {
            format!("{sentence}; in the store's words: {words}")
        }
    }
}

fn sentence(refusal: &Refusal) -> &'static str {
    if refusal.is_theft() {
        return "somebody else used a copy of this session, so the store ended it for both";
    }
    match refusal.reason {
        Reason::Expired => "the session came to the end the store set for it",
        Reason::Ended => "the session was ended at the store",
        Reason::Foreign => "the store's keys or address changed since the sign-in",
        Reason::UserGone => "the account is gone from the store",
        Reason::HalfEnded => "the store renews this session and refuses its tokens",
    }
}
