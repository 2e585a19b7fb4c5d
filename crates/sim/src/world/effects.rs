//! What the rules want done, done; with the process dying in between when a fault says so.

use std::time::Duration;

use evertill_session::{AttemptId, Effect, Event as Note, Record, SessionId, State, engine::Input};
use evertill_wire::Code;

use super::{Errand, Event, Pid, Published, Seen, World, watch};
use crate::{
    invariants::Violation,
    plan::{MINUTE, SECOND},
    random::seal,
    store::session_number,
};

/// How long a process waits for another one to let go of the vault.
const VAULT_WAIT: u64 = 30 * SECOND;

/// Between two looks at a lock that somebody holds.
const LOCK_PAUSE: u64 = 150;

/// Tokens and records that are remembered for comparison.
const REMEMBERED: usize = 160;

/// An effect in a few words, without secrets.
pub(crate) fn describe(effect: &Effect) -> String {
    match effect {
        Effect::Publish { serial, .. } => format!("publish token {}", serial.0),
        Effect::Withdraw => "withdraw".into(),
        Effect::TakeLock(attempt) => format!("take lock ({})", attempt.0),
        Effect::ReleaseLock(attempt) => format!("release lock ({})", attempt.0),
        Effect::Ask {
            attempt,
            refresh,
            access,
        } => format!(
            "ask ({}) with {}{}",
            attempt.0,
            refresh.fingerprint(),
            if access.is_some() {
                " and the living token"
            } else {
                ""
            }
        ),
        Effect::LookForToken(attempt) => format!("look for the token ({})", attempt.0),
        Effect::UsePlace(place) => format!("tokens travel in the {place:?}"),
        Effect::Save { attempt, record } => format!("save ({}) token {}", attempt.0, record.grant.serial.0),
        Effect::SaveRefusal { refused, .. } => format!("save refusal of {refused}"),
        Effect::Erase(session) => format!("erase {session}"),
        Effect::Revoke(grant) => format!("revoke {}", grant.session),
        Effect::Note(event) => format!("note {event:?}"),
    }
}

impl World {
    pub(super) fn perform_all(&mut self, pid: Pid, effects: Vec<Effect>) {
        for effect in effects {
            let Some(process) = self.process_mut(pid) else {
                return;
            };
            match &mut process.dies_after {
                Some(0) => {
                    self.say(Some(pid), || format!("killed before: {}", describe(&effect)));
                    self.kill(pid);
                    return;
                }
                Some(left) => *left -= 1,
                None => {}
            }
            self.perform(pid, effect);
        }
    }

    fn perform(&mut self, pid: Pid, effect: Effect) {
        match effect {
            Effect::Publish {
                access,
                serial,
                ends_at,
            } => {
                let session = watch::session_of(self, pid).unwrap_or(u32::MAX);
                let true_end = self.true_end(pid.device, access.expose());
                let given_at = self.now;
                if let Some(process) = self.process_mut(pid) {
                    process.published = Some(Published {
                        access: access.expose().to_owned(),
                        session,
                        serial,
                        place: process.place,
                        ends_at,
                        true_end,
                        given_at,
                    });
                }
                self.token_is_there(pid);
            }
            Effect::Withdraw => {
                if let Some(process) = self.process_mut(pid) {
                    process.published = None;
                }
            }
            Effect::TakeLock(attempt) => self.take_lock(pid, attempt),
            Effect::ReleaseLock(attempt) => self.release(pid, attempt),
            Effect::Ask {
                attempt,
                refresh,
                access,
            } => {
                self.tally.asks += 1;
                self.devices[pid.device].asks.push_back(self.now);
                self.send(
                    pid.device,
                    Some(pid),
                    Errand::Renew {
                        attempt,
                        refresh,
                        access,
                    },
                );
            }
            Effect::LookForToken(attempt) => {
                self.tally.looks += 1;
                let place = self
                    .process(pid)
                    .map_or_else(Default::default, |process| process.place);
                self.send(pid.device, Some(pid), Errand::Trace { attempt, place });
            }
            Effect::UsePlace(place) => {
                self.tally.detours += 1;
                self.devices[pid.device].place = place;
                if let Some(process) = self.process_mut(pid) {
                    process.place = place;
                }
                self.tell_others(pid);
            }
            Effect::Save { attempt, record } => {
                let until = self.now + VAULT_WAIT;
                let is_sign_in = self.devices[pid.device].lock != Some((pid, attempt));
                if let Some(process) = self.process_mut(pid).filter(|_| is_sign_in) {
                    process.overtaken.extend(process.newest_sign_in.replace(attempt));
                }
                self.try_save(pid, attempt, record, until);
            }
            Effect::SaveRefusal { refused, refusal } => {
                let compares = self.process(pid).is_none_or(|process| process.rules.compares());
                let device = &mut self.devices[pid.device];
                if device.disk.is_full {
                    return;
                }
                let did = device.disk.refuse(refused, &refusal, compares);
                let hit = device
                    .disk
                    .record()
                    .map(|record| record.grant.refresh.fingerprint());
                if did && hit != Some(refused) {
                    let words = format!("the refusal of {refused} was written over another grant");
                    self.violate(Violation::new("compare_and_clear", words));
                }
                if did {
                    self.tell_others(pid);
                }
            }
            Effect::Erase(session) => {
                let until = self.now + MINUTE;
                self.try_erase(pid, session, until);
            }
            Effect::Revoke(grant) => {
                if let Some(session) = session_number(grant.session.as_str()) {
                    self.devices[pid.device].revokes.push_back(session);
                    self.plan_revoke(pid.device, 10);
                }
            }
            Effect::Note(note) => self.take_note(&note),
        }
    }

    fn take_note(&mut self, note: &Note) {
        match note {
            Note::Renewed { .. } => self.tally.renewals += 1,
            Note::Adopted => self.tally.adoptions += 1,
            Note::Doubted { .. } => self.tally.doubts += 1,
            Note::Trouble { .. } => self.tally.troubles += 1,
            Note::HorizonNear { .. } => self.tally.horizon_notices += 1,
            Note::SignedIn { .. }
            | Note::Resumed { .. }
            | Note::LooksWrong { .. }
            | Note::Refused { .. }
            | Note::FreshTokenRefused { .. }
            | Note::PlaceChanged { .. }
            | Note::ClocksDiffer { .. }
            | Note::TokenEnded
            | Note::OtherRoute
            | Note::NotSaved { .. }
            | Note::SignedOut
            | Note::SignedOutElsewhere
            | Note::Alarm { .. } => {}
        }
    }

    /// Takes the lock, or looks again a little later.
    fn take_lock(&mut self, pid: Pid, attempt: AttemptId) {
        if self.is_lock_free_for(pid) {
            self.hold_lock(pid, attempt);
        } else {
            let again = self.now + LOCK_PAUSE + self.takes(0, 50);
            self.queue.plan(again, Event::LockTry(pid, attempt));
        }
    }

    pub(super) fn try_lock(&mut self, pid: Pid, attempt: AttemptId) {
        if self.put_off_while_asleep(pid.device, || Event::LockTry(pid, attempt)) {
            return;
        }
        if self.process(pid).is_none() {
            return;
        }
        if self.is_lock_free_for(pid) {
            self.hold_lock(pid, attempt);
        } else {
            self.feed(pid, Input::LockBusy(attempt), Seen::LockBusy);
        }
    }

    fn is_lock_free_for(&self, pid: Pid) -> bool {
        let device = &self.devices[pid.device];
        device.writing.is_none() && device.lock.is_none_or(|(holder, _)| holder == pid)
    }

    fn hold_lock(&mut self, pid: Pid, attempt: AttemptId) {
        let moves = self
            .process(pid)
            .is_some_and(|process| process.rules.moves_damage());
        let device = &mut self.devices[pid.device];
        device.lock = Some((pid, attempt));
        let stored = device.disk.read();
        if moves {
            device.disk.move_damage();
        }
        self.learn_place(pid);
        self.feed(pid, Input::LockTaken(attempt, stored), Seen::LockTaken);
    }

    fn release(&mut self, pid: Pid, attempt: AttemptId) {
        let device = &mut self.devices[pid.device];
        if device.lock == Some((pid, attempt)) {
            // The system's lock is kept until a write that is on its way has landed.
            if device.writing == Some(pid) {
                device.releases = true;
            } else {
                device.lock = None;
            }
        }
    }

    pub(super) fn try_save(&mut self, pid: Pid, attempt: AttemptId, record: Box<Record>, until: u64) {
        if self.process(pid).is_none() {
            return;
        }
        if !self.is_lock_free_for(pid) {
            if self.now >= until {
                self.feed(
                    pid,
                    Input::SaveFailed(attempt, Code::VAULT_NOT_WRITTEN),
                    Seen::SaveFailed,
                );
            } else {
                let again = self.now + LOCK_PAUSE;
                self.queue
                    .plan(again, Event::SaveTry(pid, attempt, record, until));
            }
            return;
        }
        let device = &mut self.devices[pid.device];
        if device.lock.is_none() {
            device.lock = Some((pid, attempt));
        }
        device.writing = Some(pid);
        let is_slow = device.disk.is_slow;
        let takes = if is_slow {
            self.takes(SECOND, 45 * SECOND)
        } else {
            self.takes(2, 20)
        };
        if std::mem::take(&mut self.devices[pid.device].tears_next) {
            self.tear(pid.device, *record);
            return;
        }
        self.queue
            .plan(self.now + takes, Event::SaveDone(pid, attempt, record));
    }

    pub(super) fn save_done(&mut self, pid: Pid, attempt: AttemptId, record: Record) {
        let Some(process) = self.process(pid) else {
            return;
        };
        // Somebody signed in after somebody else, and the writes of both waited for the lock: they take it in any order.
        let is_overtaken = process.overtaken.contains(&attempt);
        let device = &mut self.devices[pid.device];
        device.writing = None;
        let is_released = std::mem::take(&mut device.releases);
        if device.disk.is_full {
            self.feed(pid, Input::SaveFailed(attempt, Code::DISK_FULL), Seen::SaveFailed);
        } else {
            if !is_overtaken {
                self.put_on_disk(pid.device, record);
                self.tell_others(pid);
            }
            self.feed(pid, Input::Saved(attempt), Seen::Saved);
        }
        let device = &mut self.devices[pid.device];
        let is_own = device.lock == Some((pid, attempt));
        if device.writing.is_none()
            && (is_own || (is_released && device.lock.is_some_and(|(holder, _)| holder == pid)))
        {
            device.lock = None;
        }
    }

    fn put_on_disk(&mut self, device: usize, record: Record) {
        let later = self.devices[device]
            .disk
            .record()
            .filter(|kept| kept.grant.session.as_str() > record.grant.session.as_str())
            .map(|kept| kept.grant.session.clone());
        if let Some(later) = later {
            let words = format!(
                "{} was saved over the later sign-in {later}",
                record.grant.session
            );
            self.violate(Violation::new("compare_and_clear", words));
        }
        let machine = &mut self.devices[device];
        let session = session_number(record.grant.session.as_str()).unwrap_or(u32::MAX);
        let sealed = seal(0, record.grant.access.expose().as_bytes());
        machine.durable.push_back((session, record.grant.serial, sealed));
        if machine.durable.len() > REMEMBERED {
            machine.durable.pop_front();
        }
        machine.disk.replace(record);
    }

    pub(super) fn try_erase(&mut self, pid: Pid, session: SessionId, until: u64) {
        if self.process(pid).is_none() {
            return;
        }
        let compares = self.process(pid).is_none_or(|process| process.rules.compares());
        if !self.is_lock_free_for(pid) {
            if self.now < until {
                let again = self.now + LOCK_PAUSE;
                self.queue.plan(again, Event::EraseTry(pid, session, until));
            }
            return;
        }
        let device = &mut self.devices[pid.device];
        let other = device
            .disk
            .record()
            .filter(|record| record.grant.session != session)
            .map(|record| record.grant.session.clone());
        if device.disk.erase(&session, compares) {
            if let Some(other) = other {
                let words = format!("{other} was erased in place of {session}");
                self.violate(Violation::new("compare_and_clear", words));
            }
            self.tell_others(pid);
        }
        let now = self.now;
        if let Some(number) = session_number(session.as_str()) {
            self.devices[pid.device].signed_out.insert(number, now);
        }
    }

    /// The new grant did its work: the one before it need not be kept.
    pub(super) fn try_prove(&mut self, pid: Pid, until: u64) {
        let Some(process) = self.process(pid) else {
            return;
        };
        let State::Active(held) = process.rules.engine().state() else {
            return;
        };
        let (session, serial) = (held.grant.session.clone(), held.grant.serial);
        let is_accepted = process.watch.accepted == Some(serial);
        let device = &mut self.devices[pid.device];
        if device.lock.is_some() || device.writing.is_some() {
            if self.now < until {
                let again = self.now + LOCK_PAUSE;
                self.queue.plan(again, Event::ProveTry(pid, until));
            }
            return;
        }
        let is_current = device
            .disk
            .record()
            .is_some_and(|record| record.grant.session == session && record.grant.serial == serial);
        if is_accepted && is_current {
            device.disk.prove();
        }
    }

    /// Other processes of the machine notice that the vault changed.
    pub(super) fn tell_others(&mut self, pid: Pid) {
        let others: Vec<Pid> = self.devices[pid.device]
            .slots
            .iter()
            .flatten()
            .map(|process| process.id)
            .filter(|other| *other != pid)
            .collect();
        for other in others {
            let at = self.now + self.takes(20, 2 * SECOND);
            self.queue.plan(at, Event::VaultNotice(other));
        }
    }

    pub(super) fn notice_vault(&mut self, pid: Pid) {
        if self.put_off_while_asleep(pid.device, || Event::VaultNotice(pid)) {
            return;
        }
        let stored = self.devices[pid.device].disk.read();
        self.learn_place(pid);
        self.feed(pid, Input::VaultChanged(stored), Seen::VaultChanged);
    }

    /// Where tokens travel is remembered beside the session; another process may have changed it.
    fn learn_place(&mut self, pid: Pid) {
        let place = self.devices[pid.device].place;
        let Some(process) = self.process_mut(pid).filter(|process| process.place != place) else {
            return;
        };
        process.place = place;
        if let Some(published) = &mut process.published {
            published.place = place;
        }
        self.feed(pid, Input::TravelsBy(place), Seen::TravelsBy);
    }

    /// When a token ends at the store, on the world's clock.
    pub(crate) fn true_end(&self, device: usize, access: &str) -> u64 {
        let sealed = seal(0, access.as_bytes());
        self.devices[device]
            .issued
            .iter()
            .rev()
            .find(|(issued, _, _)| *issued == sealed)
            .map_or(u64::MAX / 4, |(_, at, life)| at + life)
    }

    pub(super) fn remember_issued(&mut self, device: usize, access: &str, life: Duration) {
        let sealed = seal(0, access.as_bytes());
        let now = self.now;
        let issued = &mut self.devices[device].issued;
        issued.push_back((
            sealed,
            now,
            u64::try_from(life.as_millis()).unwrap_or(u64::MAX / 4),
        ));
        if issued.len() > REMEMBERED {
            issued.pop_front();
        }
    }
}
