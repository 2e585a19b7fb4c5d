//! A grant in use: when it ends, when it is renewed, and what was noticed about it.

use std::time::Duration;

use evertill_wire::{AccessToken, Code};

use super::{Effect, Turn, looking::Look};
use crate::{
    answer::{Trouble, TroubleKind},
    grant::Grant,
    journal::Event,
    policy,
    time::{BootId, Moment, Now, Roll},
};

/// A grant in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The grant; durable.
    pub grant: Grant,
    /// When the access token ends.
    pub ends_at: Moment,
    /// When renewal starts.
    pub renew_at: Moment,
    /// Attempts that failed since the last success.
    pub tries: u32,
    /// Unsigned refusals in a row that are not believed yet.
    pub doubts: u8,
    /// A renewed grant that is not on the disk yet and so not in use.
    pub(super) unsaved: Option<Box<Grant>>,
    /// Callers are not given the token any more.
    pub(super) is_withdrawn: bool,
    /// A request with this token was refused, and the token had arrived.
    pub(super) is_refused: bool,
    /// A request with this token was accepted.
    pub(super) is_accepted: bool,
    /// Fresh tokens refused in a row, and known to have arrived.
    pub(super) fresh_refusals: u8,
    /// Fresh tokens refused in a row of which nobody could tell whether they arrived.
    pub(super) unclear_refusals: u8,
    /// It is being found out whether tokens arrive.
    pub(super) look: Option<Look>,
    /// No renewal is set off by a refused token before this.
    pub(super) not_before: Moment,
    /// When the horizon is to be announced.
    pub(super) notice_at: Option<Moment>,
    run: TroubleRun,
}

/// The same trouble in a row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct TroubleRun {
    cause: Option<Code>,
    count: u32,
    since: Option<Moment>,
    is_told: bool,
}

impl Held {
    pub(super) fn new(grant: Grant, boot: &BootId, now: Now, roll: Roll) -> Self {
        let ends_at = grant.access_ends(boot, now);
        let renew_at = match grant.received.age(boot, now) {
            Some(_) => {
                grant
                    .received
                    .moment
                    .after(policy::renew_after(grant.access_life, grant.refresh_in, roll))
            }
            None => now.moment,
        };
        let notice_at = grant
            .horizon_in(boot, now)
            .map(|left| now.moment.after(left.saturating_sub(policy::HORIZON_NOTICE)));
        Self {
            is_withdrawn: now.moment >= ends_at,
            grant,
            ends_at,
            renew_at,
            tries: 0,
            doubts: 0,
            unsaved: None,
            is_refused: false,
            is_accepted: false,
            fresh_refusals: 0,
            unclear_refusals: 0,
            look: None,
            not_before: now.moment,
            notice_at,
            run: TroubleRun::default(),
        }
    }

    /// Whether callers are given the token now.
    #[must_use]
    pub fn is_served(&self, now: Now) -> bool {
        !self.is_withdrawn && now.moment < self.ends_at
    }

    /// How long to wait before an unsigned refusal is asked about again; nothing when it is to be believed. Two agree, or
    /// three while the access token has not come to its end: then a session is young, and a passing fault may pass.
    pub(super) fn doubt(&self, boot: &BootId, now: Now, roll: Roll) -> Option<Duration> {
        match self.doubts {
            0 => Some(policy::second_opinion_after(roll)),
            1 if !self.is_refused => {
                let pause = policy::third_opinion_after(roll);
                let age = self.grant.received.probable_age(boot, now)?;
                (age.saturating_add(pause) < self.grant.access_life).then_some(pause)
            }
            _ => None,
        }
    }

    pub(super) fn publish(&self) -> Effect {
        Effect::Publish {
            access: self.grant.access.clone(),
            serial: self.grant.serial,
            ends_at: self.ends_at,
        }
    }

    pub(super) fn end_deadline(&self) -> Option<(Moment, &'static str)> {
        (!self.is_withdrawn).then_some((self.ends_at, "withdraw the ended token"))
    }

    pub(super) fn look_deadline(&self) -> Option<(Moment, &'static str)> {
        self.look.map(|look| (look.give_up_at, "give up the look"))
    }

    pub(super) fn withdraw(&mut self, turn: &mut Turn) {
        if !self.is_withdrawn {
            self.is_withdrawn = true;
            turn.emit(Effect::Withdraw);
        }
    }

    pub(super) fn withdraw_if_ended(&mut self, turn: &mut Turn) {
        if !self.is_withdrawn && turn.now.moment >= self.ends_at {
            self.withdraw(turn);
            turn.note(Event::TokenEnded);
        }
    }

    /// The access token to send along with a renewal: as long as it lives, and after a restart of the machine as long
    /// as the wall clock thinks so, for there it only helps.
    pub(super) fn probably_living_access(&self, boot: &BootId, now: Now) -> Option<AccessToken> {
        let age = self.grant.received.probable_age(boot, now)?;
        (age < self.grant.access_life).then(|| self.grant.access.clone())
    }

    /// Counts trouble of one kind in a row; true once, when it looks like a configuration that needs attention.
    pub(super) fn counts_as_looking_wrong(&mut self, trouble: &Trouble, now: Moment) -> bool {
        // A network that is away is ordinary, and so is a pause the store asks for. A certificate that cannot be trusted
        // also counts as the network's trouble, and yet it stays wrong until somebody mends it: it ended, or something
        // looks inside.
        let passes_by_itself = match trouble.kind {
            TroubleKind::Network => trouble.cause != Code::TLS_CERTIFICATE_ERROR,
            TroubleKind::Pause => true,
            TroubleKind::Server
            | TroubleKind::Blocked
            | TroubleKind::Configuration
            | TroubleKind::WrongRoute
            | TroubleKind::Device => false,
        };
        if passes_by_itself {
            self.run = TroubleRun::default();
            return false;
        }
        if self.run.cause != Some(trouble.cause) {
            self.run = TroubleRun {
                cause: Some(trouble.cause),
                count: 0,
                since: Some(now),
                is_told: false,
            };
        }
        self.run.count = self.run.count.saturating_add(1);
        let span = self.run.since.map_or(Duration::ZERO, |since| now.since(since));
        let is_new = !self.run.is_told
            && self.run.count >= policy::SAME_TROUBLE_COUNT
            && span >= policy::SAME_TROUBLE_SPAN;
        self.run.is_told |= is_new;
        is_new
    }

    pub(super) fn announce_horizon(&mut self, turn: &mut Turn, boot: &BootId) {
        if self.notice_at.is_none_or(|at| turn.now.moment < at) {
            return;
        }
        let left = self.grant.horizon_in(boot, turn.now).unwrap_or_default();
        turn.note(Event::HorizonNear { in_s: left.as_secs() });
        self.notice_at = Some(turn.now.moment.after(policy::HORIZON_REMINDER));
    }
}
