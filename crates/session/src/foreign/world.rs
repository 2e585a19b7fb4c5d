//! The engine in a world made of bytes: each byte is something that happens.
//!
//! The world keeps the driver's part of the contract and nothing else is sure: locks come late or not at all, answers
//! come in any order, saves fail, processes die, another process renews, clocks step, a person signs in and out.

use std::time::Duration;

use evertill_wire::{AccessToken, Code, RefreshToken};

use crate::{
    Answer, Arrival, AttemptId, BootId, Effect, Engine, Grant, Input, Moment, Now, Place, Reason, Record,
    Refusal, Renewed, Roll, Serial, SessionId, Stamp, Trouble, TroubleKind, User, WallTime,
    audit::{Audit, Standing},
    engine::Stored,
};

/// Most things that happen in one input: a year of a busy till.
const EVENTS_MAX: usize = 4_096;

/// No till waits longer for anything; past it lies the end of all clocks.
const LEAP_MAX: Duration = Duration::from_secs(10 * 366 * 86_400);

/// What may still be due at one moment after so many times of saying so is a loop.
const DUE_AGAIN_MAX: usize = 8;

/// Runs the engine through what the bytes say happens. A session ends only by somebody who may end it, one request to
/// renew is under way at a time, each under the lock, and no deadline stays due for ever.
pub fn engine(bytes: &[u8]) {
    let mut world = World::new();
    world.say(Input::Start(Stored::Nothing));
    let mut rest = bytes.iter().copied().take(EVENTS_MAX);
    while let Some(event) = rest.next() {
        world.happen(event, &mut rest);
    }
}

struct World {
    engine: Engine,
    audit: Audit,
    now: Now,
    boots: u32,
    sign_ins: u64,
    tokens: u64,
    rolls: u64,
    /// What the disk holds.
    kept: Option<Record>,
    is_damaged: bool,
    /// Attempts that wait for the lock, the one that holds it, and the one whose request is under way.
    waiting: Vec<AttemptId>,
    holder: Option<AttemptId>,
    asking: Option<AttemptId>,
    /// Requests whose answer may come yet, also of attempts that were given up.
    asked: Vec<AttemptId>,
    /// Attempts to find out whether a token arrives at the store, and where tokens travel.
    looking: Vec<AttemptId>,
    place: Place,
    saving: Vec<(AttemptId, Box<Record>)>,
    served: Option<(Serial, Moment)>,
}

impl World {
    fn new() -> Self {
        Self {
            engine: Engine::new(BootId::new("boot 0")),
            audit: Audit::default(),
            now: Now {
                moment: Moment::from_millis(5_000_000),
                wall: WallTime::from_millis(1_795_398_000_000),
            },
            boots: 0,
            sign_ins: 0,
            tokens: 0,
            rolls: 0x9e37_79b9_7f4a_7c15,
            kept: None,
            is_damaged: false,
            waiting: Vec::new(),
            holder: None,
            asking: None,
            asked: Vec::new(),
            looking: Vec::new(),
            place: Place::Header,
            saving: Vec::new(),
            served: None,
        }
    }

    fn happen(&mut self, event: u8, more: &mut impl Iterator<Item = u8>) {
        match event {
            b's' => self.sign_in(),
            b'S' => self.say(Input::SignOut),
            b'd' => self.due(),
            b'D' => self.run_to_deadline(),
            b'l' => self.lock(0),
            b'L' => self.lock(self.waiting.len().saturating_sub(1)),
            b'b' => self.lock_is_busy(),
            b'a' => self.answer(0, more.next().unwrap_or_default()),
            b'A' => self.answer(
                self.asked.len().saturating_sub(1),
                more.next().unwrap_or_default(),
            ),
            b'w' => self.saved(true),
            b'W' => self.saved(false),
            b'r' => self
                .serial()
                .map_or((), |serial| self.say(Input::TokenRefused(serial))),
            b'o' => self
                .serial()
                .map_or((), |serial| self.say(Input::TokenAccepted(serial))),
            b'f' => self.find_out(more.next().unwrap_or_default()),
            b'R' => self
                .serial()
                .map_or((), |serial| self.say(Input::RestLocked(serial))),
            b'T' => self.say(Input::TravelsBy(self.place.other())),
            b'n' => self.say(Input::NetworkUp),
            b'N' => self.say(Input::RenewNow),
            b'v' => self.say(Input::VaultChanged(self.stored())),
            b'p' => self.another_process_renews(more.next().unwrap_or_default()),
            b'P' => self.another_process_signs_in(),
            b'e' => self.another_process_signs_out(),
            b'x' => self.is_damaged = !self.is_damaged,
            b'k' => self.restart(),
            b'K' => self.reboot(),
            b'c' => self.step_wall(more.next().unwrap_or_default()),
            b't' => self.pass(Duration::from_secs(1) * (1 << (more.next().unwrap_or_default() % 22))),
            milliseconds => self.pass(Duration::from_millis(u64::from(milliseconds))),
        }
    }

    /// Says one thing, hears the effects, and looks whether everything holds.
    fn say(&mut self, input: Input) {
        self.rolls = self
            .rolls
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        self.audit.hear(&input);
        let before = Standing::of(self.engine.state());
        let said = format!("{input:?}");
        let effects = self.engine.step(self.now, Roll(self.rolls), input);
        let after = self.engine.state();
        assert!(
            !self.audit.is_needless(before, after),
            "ended by nobody after {said}: {after:?}"
        );
        for effect in effects {
            self.perform(effect);
        }
        if let Some((serial, ends_at)) = self.served {
            let is_called = self
                .engine
                .deadline()
                .is_some_and(|(at, _)| at <= self.now.moment);
            assert!(
                self.now.moment < ends_at || is_called,
                "{serial:?} is served past its end after {said}"
            );
        }
    }

    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Publish { serial, ends_at, .. } => {
                assert!(ends_at > self.now.moment, "a dead token is handed out");
                self.served = Some((serial, ends_at));
            }
            Effect::Withdraw => self.served = None,
            Effect::TakeLock(attempt) => {
                if !self.waiting.contains(&attempt) {
                    self.waiting.push(attempt);
                }
            }
            Effect::ReleaseLock(attempt) => {
                self.waiting.retain(|waiting| *waiting != attempt);
                self.holder = self.holder.filter(|holder| *holder != attempt);
                self.asking = self.asking.filter(|asking| *asking != attempt);
            }
            Effect::Ask { attempt, .. } => {
                assert_eq!(self.holder, Some(attempt), "a request without the lock");
                assert_eq!(self.asking, None, "two renewals are under way");
                self.asking = Some(attempt);
                self.asked.push(attempt);
            }
            Effect::LookForToken(attempt) => self.looking.push(attempt),
            Effect::UsePlace(place) => self.place = place,
            Effect::Save { attempt, record } => self.saving.push((attempt, record)),
            Effect::SaveRefusal { refused, refusal } => {
                let kept = self.kept.as_mut();
                if let Some(record) = kept.filter(|record| record.grant.refresh.fingerprint() == refused) {
                    record.refusal = Some(refusal);
                }
            }
            Effect::Erase(session) => {
                self.kept = self.kept.take().filter(|record| record.grant.session != session);
            }
            Effect::Revoke(_) | Effect::Note(_) => {}
        }
    }

    fn pass(&mut self, span: Duration) {
        self.now = Now {
            moment: self.now.moment.after(span),
            wall: self.now.wall.after(span),
        };
        self.due();
    }

    /// Says that something is due for as long as the engine says so.
    fn due(&mut self) {
        self.say(Input::Due);
        for _ in 0..DUE_AGAIN_MAX {
            match self.engine.deadline() {
                Some((at, _)) if at <= self.now.moment => self.say(Input::Due),
                Some(_) | None => return,
            }
        }
        let due = self.engine.deadline();
        assert!(
            due.is_none_or(|(at, _)| at > self.now.moment),
            "{due:?} stays due"
        );
    }

    fn run_to_deadline(&mut self) {
        let until = self.engine.deadline().map(|(at, _)| self.now.moment.until(at));
        if let Some(span) = until.filter(|span| *span <= LEAP_MAX) {
            self.pass(span);
        }
    }

    fn lock(&mut self, which: usize) {
        if which >= self.waiting.len() {
            return;
        }
        if self.holder.is_some() {
            return self.lock_is_busy();
        }
        let attempt = self.waiting.remove(which);
        self.holder = Some(attempt);
        self.say(Input::LockTaken(attempt, self.stored()));
    }

    fn lock_is_busy(&mut self) {
        if !self.waiting.is_empty() {
            let attempt = self.waiting.remove(0);
            self.say(Input::LockBusy(attempt));
        }
    }

    fn answer(&mut self, which: usize, what: u8) {
        if which >= self.asked.len() {
            return;
        }
        let attempt = self.asked.remove(which);
        self.asking = self.asking.filter(|asking| *asking != attempt);
        let answer = self.words(what);
        self.say(Input::Answered(attempt, answer));
    }

    /// The store says which way a token arrives, or does not.
    fn find_out(&mut self, what: u8) {
        if self.looking.is_empty() {
            return;
        }
        let attempt = self.looking.remove(0);
        let arrival = (what & 4 == 0).then_some(Arrival {
            header: what & 1 != 0,
            parameter: what & 2 != 0,
        });
        let place = self.place;
        self.say(Input::Arrived {
            attempt,
            place,
            arrival,
        });
    }

    fn words(&mut self, what: u8) -> Answer {
        let reasons = [Reason::Expired, Reason::Ended, Reason::Foreign, Reason::UserGone];
        match what % 8 {
            0..=2 => Answer::Renewed(self.renewed(what)),
            3 => Answer::Refused(Refusal {
                reason: reasons[usize::from(what >> 3) % reasons.len()],
                words: "no".into(),
                ended: None,
                is_signed: what & 0x80 != 0,
            }),
            4 => Answer::Trouble(Trouble {
                retry_after: Some(Duration::from_secs(u64::from(what) << (what >> 3))),
                ..Trouble::new(Code::RATE_LIMIT_EXCEEDED, TroubleKind::Pause, "a pause")
            }),
            5 => Answer::Trouble(Trouble::new(
                Code::WEBSITE_UNAVAILABLE,
                TroubleKind::Server,
                "away",
            )),
            6 => Answer::Trouble(Trouble::new(
                Code::INVALID_RESPONSE_FORMAT,
                TroubleKind::Blocked,
                "a page",
            )),
            _ => Answer::Trouble(Trouble::network(Code::CONNECTION_TIMEOUT, "nothing")),
        }
    }

    fn renewed(&mut self, what: u8) -> Renewed {
        self.tokens += 1;
        Renewed {
            access: AccessToken::new(format!("access {}", self.tokens)),
            refresh: (what & 0x10 != 0).then(|| RefreshToken::new(format!("refresh {}", self.tokens))),
            access_life: life(what >> 5),
            refresh_in: (what & 0x08 != 0).then(|| life(what >> 6)),
            renewable_for: (what & 0x04 != 0).then(|| life(what >> 5).saturating_mul(90)),
            was_recovered: what & 0x40 != 0,
        }
    }

    fn saved(&mut self, is_written: bool) {
        if self.saving.is_empty() {
            return;
        }
        let (attempt, record) = self.saving.remove(0);
        if is_written {
            self.kept = Some(*record);
            self.is_damaged = false;
            self.say(Input::Saved(attempt));
        } else {
            self.say(Input::SaveFailed(attempt, Code::VAULT_NOT_WRITTEN));
        }
    }

    /// Which grant callers hold a token of.
    fn serial(&self) -> Option<Serial> {
        self.served.map(|(serial, _)| serial)
    }

    fn stored(&self) -> Stored {
        match &self.kept {
            _ if self.is_damaged => Stored::Unreadable,
            Some(record) => Stored::Found(Box::new(record.clone())),
            None => Stored::Nothing,
        }
    }

    fn sign_in(&mut self) {
        let grant = self.grant();
        self.say(Input::SignedIn(Box::new(grant)));
    }

    fn grant(&mut self) -> Grant {
        self.sign_ins += 1;
        self.tokens += 1;
        let stamp = self.stamp();
        Grant {
            access: AccessToken::new(format!("access {}", self.tokens)),
            refresh: RefreshToken::new(format!("refresh {}", self.tokens)),
            session: SessionId::new(format!("session {}", self.sign_ins)),
            user: User::default(),
            access_life: Duration::from_secs(1_800),
            refresh_in: None,
            renewable_for: (!self.sign_ins.is_multiple_of(3)).then_some(Duration::from_secs(30 * 86_400)),
            received: stamp.clone(),
            signed_in: stamp,
            serial: Serial(1),
            renewals: 0,
        }
    }

    fn stamp(&self) -> Stamp {
        Stamp {
            boot: self.engine.boot().clone(),
            moment: self.now.moment,
            wall: self.now.wall,
        }
    }

    fn another_process_renews(&mut self, what: u8) {
        let (renewed, stamp) = (self.renewed(what), self.stamp());
        if let (Some(record), None) = (&mut self.kept, self.holder) {
            record.grant = record.grant.renewed(&renewed, stamp);
        }
    }

    fn another_process_signs_in(&mut self) {
        let grant = self.grant();
        if self.holder.is_none() {
            self.kept = Some(Record { grant, refusal: None });
        }
    }

    fn another_process_signs_out(&mut self) {
        if self.holder.is_none() {
            self.kept = None;
        }
    }

    /// The process dies and starts again.
    fn restart(&mut self) {
        let boot = self.engine.boot().clone();
        self.start(boot);
    }

    fn reboot(&mut self) {
        self.boots += 1;
        self.now.moment = Moment::from_millis(30_000);
        self.now.wall = self.now.wall.after(Duration::from_secs(20));
        self.start(BootId::new(format!("boot {}", self.boots)));
    }

    fn start(&mut self, boot: BootId) {
        self.engine = Engine::new(boot);
        self.audit = Audit::default();
        (self.holder, self.asking, self.served) = (None, None, None);
        self.waiting.clear();
        self.asked.clear();
        self.looking.clear();
        self.saving.clear();
        self.say(Input::Start(self.stored()));
    }

    fn step_wall(&mut self, by: u8) {
        let by_ms = (i64::from(by) - 128).saturating_mul(86_400_000);
        self.now.wall = WallTime::from_millis(self.now.wall.as_millis().saturating_add(by_ms));
    }
}

/// Lives as stores give them, and as no store should.
fn life(which: u8) -> Duration {
    match which % 8 {
        0 => Duration::ZERO,
        1 => Duration::from_millis(1),
        2 => Duration::from_secs(1),
        3 => Duration::from_secs(20),
        4 => Duration::from_secs(1_800),
        5 => Duration::from_secs(86_400),
        6 => Duration::from_secs(u64::from(u32::MAX)),
        _ => Duration::MAX,
    }
}
