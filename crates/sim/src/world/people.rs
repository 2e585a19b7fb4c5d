//! People: cashiers who sign in and out, owners who end sessions, thieves; and the second programs people start.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a helper does one of three things or uses the session"
)]

use std::time::Duration;

use evertill_session::{Grant, Serial, SessionId, Stamp, State, User, answer, engine::Input, jwt};
use evertill_wire::{AccessToken, Code, RefreshToken};

use super::{Errand, Event, NoAnswer, Pid, Power, Process, SLOTS, Seen, TILL, World, watch};
use crate::{
    plan::{FaultKind, MINUTE, SECOND},
    store::{Fate, Raw, SignedIn, session_name, session_number},
};

/// Faults that keep a sign-in page from working.
const SIGN_IN_STOPPERS: &[FaultKind] = &[
    FaultKind::StoreCrash,
    FaultKind::ServerErrors,
    FaultKind::Maintenance,
    FaultKind::PluginOff,
    FaultKind::Firewall,
    FaultKind::Redirected,
    FaultKind::TooManyRequests,
    FaultKind::GluedAnswers,
];

impl World {
    /// When nobody is signed in at an open till, somebody will be after a while.
    pub(super) fn plan_sign_in(&mut self, device: usize) {
        let machine = &self.devices[device];
        let Some(process) = machine.slots[TILL].as_ref() else {
            return;
        };
        if wants_a_person(process) && machine.power == Power::On && !machine.sign_in_is_planned {
            self.devices[device].sign_in_is_planned = true;
            let at = self.now + self.takes(5 * SECOND, 20 * MINUTE);
            self.queue.plan(at, Event::SignIn(device));
        }
    }

    pub(super) fn person_signs_in(&mut self, device: usize) {
        self.devices[device].sign_in_is_planned = false;
        let Some(pid) = self.devices[device].slots[TILL]
            .as_ref()
            .map(|process| process.id)
        else {
            return;
        };
        let is_needed = self.process(pid).is_some_and(wants_a_person);
        if is_needed && self.devices[device].power == Power::On {
            let _ = self.sign_in(pid);
            // Whether it worked is looked at a little later.
            self.devices[device].sign_in_is_planned = true;
            let at = self.now + self.takes(2 * MINUTE, 6 * MINUTE);
            self.queue.plan(at, Event::SignIn(device));
        }
    }

    /// A person goes through the store's sign-in page; the driver saves before it says so.
    pub(super) fn sign_in(&mut self, pid: Pid) -> bool {
        let is_stopped = SIGN_IN_STOPPERS.iter().any(|kind| self.is_hit(*kind));
        if !self.is_online(pid.device) || is_stopped {
            return false;
        }
        let wall_s = self.wall_s();
        let user = self.devices[pid.device].user;
        let Some((given, late)) = self.store.sign_in(user, wall_s) else {
            return false;
        };
        if let Some(late) = late {
            let at = self.now + self.takes(100, 900);
            self.queue.plan(at, Event::Written(late));
        }
        self.tally.sign_ins += 1;
        self.remember_sign_in(pid.device, &given.access, given.life_s);
        let grant = self.grant(pid, given, user);
        self.feed(pid, Input::SignedIn(Box::new(grant)), Seen::SignedIn);
        true
    }

    fn grant(&self, pid: Pid, given: SignedIn, user: usize) -> Grant {
        let now = self.clocks(pid.device);
        let stamp = Stamp {
            boot: self.devices[pid.device].boot.clone(),
            moment: now.moment,
            wall: now.wall,
        };
        let renewable_for = if given.slides {
            None
        } else {
            jwt::claims(&given.refresh).and_then(|claims| claims.life())
        };
        Grant {
            access: AccessToken::new(given.access),
            refresh: RefreshToken::new(given.refresh),
            session: SessionId::new(session_name(given.session)),
            user: User {
                id: i64::try_from(user).unwrap_or(0) + 3,
                display_name: format!("Cashier {user}"),
                ..User::default()
            },
            access_life: Duration::from_secs(given.life_s),
            refresh_in: None,
            renewable_for,
            received: stamp.clone(),
            signed_in: stamp,
            serial: Serial(1),
            renewals: 0,
        }
    }

    pub(super) fn till_of(&self, device: usize) -> Option<Pid> {
        let machine = &self.devices[device];
        let process = machine.slots[TILL].as_ref()?;
        (machine.power == Power::On).then_some(process.id)
    }

    pub(super) fn sign_out(&mut self, pid: Pid) {
        // The driver refuses while sales wait, so that none is left without a session to send it.
        if self.unsent(pid.device) > 0 {
            return;
        }
        self.tally.sign_outs += 1;
        self.feed(pid, Input::SignOut, Seen::SignOut);
    }

    pub(super) fn plan_revoke(&mut self, device: usize, after: u64) {
        let machine = &mut self.devices[device];
        if machine.revokes.is_empty() || machine.revoke_is_planned {
            return;
        }
        machine.revoke_is_planned = true;
        self.queue.plan(self.now + after, Event::RevokeTry(device));
    }

    pub(super) fn try_revoke(&mut self, device: usize) {
        self.devices[device].revoke_is_planned = false;
        if self.devices[device].power != Power::On || self.devices[device].slots[TILL].is_none() {
            return;
        }
        if let Some(session) = self.devices[device].revokes.front().copied() {
            self.devices[device].revoke_is_planned = true;
            self.send(device, None, Errand::End { session });
        }
    }

    pub(super) fn revoke_answered(&mut self, device: usize, session: u32, answer: &Result<Raw, NoAnswer>) {
        // A stock store says `success: false` both for a session it does not know and for one that it could not end; only
        // a renewal tells them apart.
        let wall_s = self.wall_s();
        let is_done = answer.as_ref().is_ok_and(|raw| {
            raw.status == 200
                && raw.with_view(answer::not_from_the_api).is_none()
                && (raw.body.contains("true") || self.store.fate(session, wall_s) != Fate::Living)
        });
        let machine = &mut self.devices[device];
        machine.revoke_is_planned = false;
        if is_done {
            machine.revokes.retain(|other| *other != session);
        }
        let pause = if is_done {
            SECOND
        } else {
            self.takes(20 * SECOND, 2 * MINUTE)
        };
        self.plan_revoke(device, pause);
    }

    /// A person starts a second program on the same machine.
    pub(super) fn start_helper(&mut self, device: usize, kind: FaultKind, span: u64) {
        let Some(slot) = (TILL + 1..SLOTS).find(|slot| self.devices[device].slots[*slot].is_none()) else {
            return;
        };
        let Some(pid) = self.start_process(device, slot) else {
            return;
        };
        self.tally.helpers += 1;
        let acts = self.now + self.takes(1, span.max(2) / 2);
        let ends = self.now + span.max(SECOND);
        self.queue.plan(acts, Event::HelperActs(pid, kind));
        self.queue.plan(ends, Event::HelperEnds(pid));
    }

    pub(super) fn helper_acts(&mut self, pid: Pid, kind: FaultKind) {
        if self.process(pid).is_none() || self.devices[pid.device].power != Power::On {
            return;
        }
        match kind {
            FaultKind::HelperRenews => self.feed(pid, Input::RenewNow, Seen::RenewNow),
            FaultKind::HelperSignsIn => {
                let _ = self.sign_in(pid);
            }
            FaultKind::HelperSignsOut => self.sign_out(pid),
            _ => {
                if let Some((serial, _, access)) = self.usable_token(pid.device, pid.slot) {
                    self.send(pid.device, Some(pid), Errand::Look { serial, access });
                }
            }
        }
    }

    /// Somebody copied the vault and tries the refresh token from elsewhere.
    pub(super) fn thief_acts(&mut self, device: usize) {
        if let Some(loot) = self.devices[device].loot.take()
            && self.is_store_up()
        {
            self.tally.thefts += 1;
            let wall_s = self.wall_s();
            let (raw, _) = self.store.renew(&loot, None, wall_s);
            self.say(None, || format!("a thief renews with a copy: {:?}", raw.truth));
        }
    }

    pub(super) fn steal(&mut self, device: usize, span: u64) {
        let machine = &mut self.devices[device];
        if let Some(record) = machine.disk.record() {
            let session = session_number(record.grant.session.as_str());
            machine.loot = Some(record.grant.refresh.expose().to_owned());
            machine.stolen.extend(session);
            self.queue.plan(self.now + span, Event::ThiefActs(device));
        }
    }

    /// An owner ends one session of a till.
    pub(super) fn owner_ends(&mut self, device: usize) {
        let session = self.devices[device].slots[TILL]
            .as_ref()
            .and_then(|process| watch::session_of(self, process.id));
        let Some(session) = session else {
            return;
        };
        let wall_s = self.wall_s();
        let (did, late) = self.store.end(session, wall_s);
        if let Some(late) = late {
            let at = self.now + self.takes(100, 900);
            self.queue.plan(at, Event::Written(late));
        }
        if did {
            self.tally.owner_endings += 1;
        }
    }

    /// What a state that changed leads to.
    pub(super) fn consequences(
        &mut self,
        pid: Pid,
        before: evertill_session::StateName,
        after: evertill_session::StateName,
    ) {
        use evertill_session::StateName;
        if before == after || self.process(pid).is_none() {
            return;
        }
        if after == StateName::SignInNeeded && pid.slot == TILL {
            match self.fate_of(pid) {
                Fate::Living => self.tally.lied_to += 1,
                fate => self.tally.count_sign_in_needed(fate),
            }
        }
        if matches!(
            after,
            StateName::SignInNeeded | StateName::SignedOut | StateName::Troubled
        ) && pid.slot == TILL
        {
            self.plan_sign_in(pid.device);
        }
        // A token that was just renewed is tried now and then, as a till that syncs does.
        if after == StateName::Active && before == StateName::Renewing && self.random.permille(150) {
            self.helper_acts(pid, FaultKind::HelperUses);
        }
    }

    /// What is true about the session a process holds.
    pub(crate) fn fate_of(&self, pid: Pid) -> Fate {
        match watch::session_of(self, pid) {
            Some(session) => self.store.fate(session, self.wall_s()),
            None => Fate::Ended,
        }
    }

    pub(super) fn is_store_up(&self) -> bool {
        self.front.is_empty()
    }
}

/// Nobody is signed in; or the site answers renewals only together with a living token and there is none any more,
/// which a till shows as trouble and a person mends by signing in.
fn wants_a_person(process: &Process) -> bool {
    match process.rules.engine().state() {
        State::SignedOut | State::SignInNeeded { .. } => true,
        State::Troubled { trouble, .. } => {
            trouble.cause == Code::WORDPRESS_API_DISABLED && process.published.is_none()
        }
        State::Active(_) | State::Renewing { .. } => false,
    }
}
