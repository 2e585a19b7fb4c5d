//! A grant: what a sign-in yields and a renewal replaces.

use std::{fmt, time::Duration};

use evertill_wire::{AccessToken, RefreshToken};
use serde::{Deserialize, Serialize};

use crate::{
    answer::{Refusal, Renewed},
    policy,
    time::{BootId, Moment, Now, Stamp},
};

/// Names a session at its store.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SessionId(String);

impl SessionId {
    /// Wraps the store's name of the session (a stock store's `jti` of the refresh token).
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The name as the store writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Counts the grants of one session on this device: a higher one is newer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Serial(pub u64);

/// The person a session belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct User {
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

/// Access token, refresh token, session, user and lifetimes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The short-lived token.
    pub access: AccessToken,
    /// The long-lived token.
    pub refresh: RefreshToken,
    /// The session at the store.
    pub session: SessionId,
    /// The person.
    pub user: User,
    /// How long the access token lives from `received` on.
    pub access_life: Duration,
    /// When the store wants to be asked again, counted from `received`, where it said.
    pub refresh_in: Option<Duration>,
    /// How long the session can be renewed, counted from `signed_in`; nothing where it slides or is not known.
    pub renewable_for: Option<Duration>,
    /// When this access token came.
    pub received: Stamp,
    /// When the person signed in.
    pub signed_in: Stamp,
    /// Number of the grant within the session.
    pub serial: Serial,
    /// How often the session was renewed.
    pub renewals: u64,
}

impl Grant {
    /// Whether another grant takes the place of this one: a later one of the same session, or a later sign-in. The
    /// wall clock is asked only about two sign-ins that both lie before this run of the machine.
    #[must_use]
    pub fn is_replaced_by(&self, other: &Self, boot: &BootId) -> bool {
        if self.session == other.session {
            return other.serial > self.serial;
        }
        let (ours, theirs) = (&self.signed_in, &other.signed_in);
        match (ours.boot == *boot, theirs.boot == *boot) {
            (true, true) => theirs.moment > ours.moment,
            (true, false) => false,
            (false, true) => true,
            (false, false) => theirs.wall > ours.wall,
        }
    }

    /// The grant after a renewal.
    #[must_use]
    pub fn renewed(&self, with: &Renewed, received: Stamp) -> Self {
        Self {
            access: with.access.clone(),
            refresh: with.refresh.clone().unwrap_or_else(|| self.refresh.clone()),
            access_life: with.access_life,
            refresh_in: with.refresh_in,
            renewable_for: if with.refresh.is_some() {
                with.renewable_for
            } else {
                self.renewable_for
            },
            received,
            serial: Serial(self.serial.0.saturating_add(1)),
            renewals: self.renewals.saturating_add(1),
            session: self.session.clone(),
            user: self.user.clone(),
            signed_in: self.signed_in.clone(),
        }
    }

    /// When the access token is used no more, on this boot's clock: a little before its end. After a restart of the machine its age is not certain, and
    /// it counts as ended.
    #[must_use]
    pub fn access_ends(&self, boot: &BootId, now: Now) -> Moment {
        match self.received.age(boot, now) {
            Some(_) => self.received.moment.after(policy::usable(self.access_life)),
            None => now.moment,
        }
    }

    /// When the session cannot be renewed any more, as well as can be told; nothing where there is no such limit.
    #[must_use]
    pub fn horizon_in(&self, boot: &BootId, now: Now) -> Option<Duration> {
        let span = self.renewable_for?;
        Some(span.saturating_sub(self.signed_in.probable_age(boot, now).unwrap_or_default()))
    }
}

/// What the vault keeps for one store: the grant, and the verdict on it when there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The grant.
    pub grant: Grant,
    /// Why a person must sign in, once the store said so.
    pub refusal: Option<Refusal>,
}
