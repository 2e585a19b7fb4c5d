//! One engine, one vault, one store that answers what the test says, and a clock that jumps.

use std::time::Duration;

use evertill_session::{
    Answer, Arrival, AttemptId, BootId, Effect, Engine, Grant, Input, Moment, Now, Place, Reason, Record,
    Refusal, Renewed, Roll, Serial, SessionId, Stamp, State, StateName, Status, Trouble, TroubleKind, User,
    WallTime,
    engine::{Step, Stored},
};
use evertill_wire::{AccessToken, Code, RefreshToken};

/// The world around one engine.
pub(crate) struct Bench {
    pub(crate) engine: Engine,
    pub(crate) vault: Option<Record>,
    now: Now,
    started: Moment,
    rolls: u64,
    served: Option<(String, Moment)>,
    saving: Option<(AttemptId, Box<Record>)>,
    asked: bool,
    boots: u32,
    /// Where tokens travel, as the driver does it.
    pub(crate) place: Place,
    looking: Option<AttemptId>,
}

impl Bench {
    pub(crate) fn signed_in(seed: u64, life: Duration) -> Self {
        Self::with(seed, life, None)
    }

    pub(crate) fn signed_in_for(seed: u64, life: Duration, renewable_for: Duration) -> Self {
        Self::with(seed, life, Some(renewable_for))
    }

    fn with(seed: u64, life: Duration, renewable_for: Option<Duration>) -> Self {
        let now = Now {
            moment: Moment::from_millis(5_000_000),
            wall: WallTime::from_millis(1_795_398_000_000),
        };
        let mut bench = Self {
            engine: Engine::new(BootId::new("boot 0")),
            vault: None,
            now,
            started: now.moment,
            rolls: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1,
            served: None,
            saving: None,
            asked: false,
            boots: 0,
            place: Place::Header,
            looking: None,
        };
        let _ = bench.step(Input::Start(Stored::Nothing));
        let grant = bench.grant("session 1", "first", life, renewable_for);
        let _ = bench.step(Input::SignedIn(Box::new(grant)));
        bench.saved();
        bench
    }

    fn grant(&self, session: &str, access: &str, life: Duration, renewable_for: Option<Duration>) -> Grant {
        let stamp = Stamp {
            boot: self.engine.boot().clone(),
            moment: self.now.moment,
            wall: self.now.wall,
        };
        Grant {
            access: AccessToken::new(access),
            refresh: RefreshToken::new("refresh 1"),
            session: SessionId::new(session),
            user: User {
                id: 3,
                display_name: "Ada".into(),
                ..User::default()
            },
            access_life: life,
            refresh_in: None,
            renewable_for,
            received: stamp.clone(),
            signed_in: stamp,
            serial: Serial(1),
            renewals: 0,
        }
    }

    /// Feeds one input and performs the effects that need nobody else.
    pub(crate) fn step(&mut self, input: Input) -> Vec<Effect> {
        self.rolls ^= self.rolls << 13;
        self.rolls ^= self.rolls >> 7;
        self.rolls ^= self.rolls << 17;
        let effects = self.engine.step(self.now, Roll(self.rolls), input);
        for effect in &effects {
            match effect {
                Effect::Publish { access, ends_at, .. } => {
                    self.served = Some((access.expose().to_owned(), *ends_at))
                }
                Effect::Withdraw => self.served = None,
                Effect::LookForToken(attempt) => self.looking = Some(*attempt),
                Effect::UsePlace(place) => self.place = *place,
                Effect::Save { attempt, record } => self.saving = Some((*attempt, record.clone())),
                Effect::SaveRefusal { refused, refusal } => {
                    if let Some(record) = self
                        .vault
                        .as_mut()
                        .filter(|record| record.grant.refresh.fingerprint() == *refused)
                    {
                        record.refusal = Some(refusal.clone());
                    }
                }
                Effect::Erase(session) => {
                    if self
                        .vault
                        .as_ref()
                        .is_some_and(|record| record.grant.session == *session)
                    {
                        self.vault = None;
                    }
                }
                Effect::Ask { .. } => self.asked = true,
                Effect::TakeLock(_) | Effect::ReleaseLock(_) | Effect::Revoke(_) | Effect::Note(_) => {}
            }
        }
        if let Some((token, ends_at)) = &self.served {
            assert!(
                self.now.moment < *ends_at
                    || matches!(self.engine.deadline(), Some((at, _)) if at <= self.now.moment),
                "{token} is served after its end and nobody was told to come"
            );
        }
        effects
    }

    pub(crate) fn now(&self) -> Moment {
        self.now.moment
    }

    pub(crate) fn served(&self) -> Option<String> {
        self.served
            .as_ref()
            .filter(|(_, ends_at)| self.now.moment < *ends_at)
            .map(|(token, _)| token.clone())
    }

    pub(crate) fn state(&self) -> StateName {
        self.status().state
    }

    pub(crate) fn status(&self) -> Status {
        self.engine.status(self.now)
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.now.moment.since(self.started)
    }

    pub(crate) fn advance(&mut self, span: Duration) {
        self.now = Now {
            moment: self.now.moment.after(span),
            wall: self.now.wall.after(span),
        };
    }

    pub(crate) fn step_wall(&mut self, by_ms: i64) {
        self.now.wall = WallTime::from_millis(self.now.wall.as_millis() + by_ms);
    }

    /// Jumps to the next deadline and says it passed, and takes the lock when that is asked for.
    pub(crate) fn run_to_next(&mut self) -> bool {
        self.asked = false;
        let (at, _) = self.engine.deadline().expect("somebody to wake up for");
        self.advance(self.now.moment.until(at));
        let _ = self.step(Input::Due);
        if self.attempt_state() == "locking" {
            let _ = self.lock_taken();
        }
        self.asked
    }

    /// Runs on until a request leaves; the span it took.
    pub(crate) fn run_until_asked(&mut self) -> Duration {
        let from = self.now.moment;
        while !self.run_to_next() {}
        self.now.moment.since(from)
    }

    pub(crate) fn run_until_locking(&mut self) {
        while self.attempt_state() != "locking" {
            let (at, _) = self.engine.deadline().expect("somebody to wake up for");
            self.advance(self.now.moment.until(at));
            let _ = self.step(Input::Due);
        }
    }

    /// Jumps to the next deadline; a renewal that starts there succeeds.
    pub(crate) fn run_and_renew(&mut self) -> Vec<Effect> {
        let (at, _) = self.engine.deadline().expect("somebody to wake up for");
        self.advance(self.now.moment.until(at));
        let effects = self.step(Input::Due);
        if self.attempt_state() == "locking" {
            let _ = self.lock_taken();
            self.answer(renewed("next", Duration::from_secs(1_800)));
            self.saved();
        }
        effects
    }

    pub(crate) fn fail_for(&mut self, span: Duration, cause: Code) {
        let until = self.now.moment.after(span);
        while self.now.moment < until {
            let (at, _) = self.engine.deadline().expect("somebody to wake up for");
            self.advance(self.now.moment.until(at.min(until)));
            let _ = self.step(Input::Due);
            if self.attempt_state() == "locking" {
                let _ = self.lock_taken();
                self.answer(trouble(cause, TroubleKind::Network));
            }
        }
    }

    pub(crate) fn lock_taken(&mut self) -> Vec<Effect> {
        let stored = self.stored();
        self.step(Input::LockTaken(self.attempt(), stored))
    }

    fn stored(&self) -> Stored {
        self.vault
            .clone()
            .map_or(Stored::Nothing, |record| Stored::Found(Box::new(record)))
    }

    pub(crate) fn answer(&mut self, answer: Answer) {
        let _ = self.step(Input::Answered(self.attempt(), answer));
    }

    pub(crate) fn saved(&mut self) {
        let (attempt, record) = self.saving.take().expect("something to save");
        self.vault = Some(*record);
        let _ = self.step(Input::Saved(attempt));
    }

    pub(crate) fn save_fails(&mut self, cause: Code) {
        let (attempt, _) = self.saving.take().expect("something to save");
        let _ = self.step(Input::SaveFailed(attempt, cause));
    }

    /// The API refuses a token, and the store says that it had arrived.
    pub(crate) fn refuse(&mut self, serial: Serial) {
        let _ = self.step(Input::TokenRefused(serial));
        self.tells(Some((true, true)));
    }

    pub(crate) fn is_looking(&self) -> bool {
        self.looking.is_some()
    }

    /// The store tells what arrived of a token sent both ways, header and parameter; nobody waiting is fine.
    pub(crate) fn tells(&mut self, arrival: Option<(bool, bool)>) {
        let Some(attempt) = self.looking.take() else {
            return;
        };
        let _ = self.step(Input::Arrived {
            attempt,
            place: self.place,
            arrival: arrival.map(|(header, parameter)| Arrival { header, parameter }),
        });
    }

    pub(crate) fn accept(&mut self) {
        let _ = self.step(Input::TokenAccepted(self.serial()));
    }

    pub(crate) fn serial(&self) -> Serial {
        match self.engine.state() {
            State::Active(held) | State::Renewing { held, .. } | State::Troubled { held, .. } => {
                held.grant.serial
            }
            State::SignedOut | State::SignInNeeded { .. } => panic!("no grant"),
        }
    }

    pub(crate) fn attempt(&self) -> AttemptId {
        let State::Renewing {
            step: Step::Locking { attempt, .. } | Step::Asking { attempt, .. } | Step::Saving { attempt, .. },
            ..
        } = self.engine.state()
        else {
            panic!("no attempt in {:?}", self.engine.state())
        };
        *attempt
    }

    pub(crate) fn attempt_state(&self) -> &'static str {
        match self.engine.state() {
            State::Renewing { step, .. } => match step {
                Step::Locking { .. } => "locking",
                Step::Asking { .. } => "asking",
                Step::Saving { .. } => "saving",
                Step::Doubting { .. } => "doubting",
            },
            State::SignedOut | State::Active(_) | State::Troubled { .. } | State::SignInNeeded { .. } => {
                "none"
            }
        }
    }

    pub(crate) fn other_process_renews(&mut self, access: &str, life: Duration) -> Grant {
        let record = self.vault.as_mut().expect("a record");
        let stamp = Stamp {
            boot: self.engine.boot().clone(),
            moment: self.now.moment,
            wall: self.now.wall,
        };
        let Answer::Renewed(with) = renewed(access, life) else {
            unreachable!()
        };
        record.grant = record.grant.renewed(&with, stamp);
        record.grant.clone()
    }

    pub(crate) fn other_process_signs_in(&mut self, session: &str, access: &str, life: Duration) -> Stored {
        let grant = self.grant(session, access, life, None);
        self.vault = Some(Record { grant, refusal: None });
        self.stored()
    }

    pub(crate) fn sign_in(&mut self, session: &str, access: &str, life: Duration) -> Vec<Effect> {
        self.sign_in_unsaved(session, access, life);
        let (attempt, record) = self.saving.take().expect("something to save");
        self.vault = Some(*record);
        self.step(Input::Saved(attempt))
    }

    pub(crate) fn sign_in_unsaved(&mut self, session: &str, access: &str, life: Duration) {
        self.advance(Duration::from_millis(5));
        let grant = self.grant(session, access, life, None);
        let _ = self.step(Input::SignedIn(Box::new(grant)));
    }

    pub(crate) fn kill_and_restart(&mut self) {
        self.engine = Engine::new(self.engine.boot().clone());
        self.served = None;
        self.saving = None;
        let stored = self.stored();
        let _ = self.step(Input::Start(stored));
    }

    pub(crate) fn reboot(&mut self) {
        self.boots += 1;
        self.now.moment = Moment::from_millis(30_000);
        self.now.wall = self.now.wall.after(Duration::from_secs(20));
        self.engine = Engine::new(BootId::new(format!("boot {}", self.boots)));
        self.served = None;
        self.saving = None;
        let stored = self.stored();
        let _ = self.step(Input::Start(stored));
    }
}

pub(crate) fn renewed(access: &str, life: Duration) -> Answer {
    Answer::Renewed(Renewed {
        access: AccessToken::new(access),
        refresh: None,
        access_life: life,
        refresh_in: None,
        renewable_for: None,
        was_recovered: false,
    })
}

pub(crate) fn rotated(access: &str, refresh: &str, life: Duration) -> Answer {
    let Answer::Renewed(renewed) = renewed(access, life) else {
        unreachable!()
    };
    Answer::Renewed(Renewed {
        refresh: Some(RefreshToken::new(refresh)),
        ..renewed
    })
}

pub(crate) fn refusal(reason: Reason) -> Answer {
    Answer::Refused(Refusal {
        reason,
        words: "Refresh token has been revoked".into(),
        ended: None,
        is_signed: false,
    })
}

pub(crate) fn trouble(cause: Code, kind: TroubleKind) -> Answer {
    Answer::Trouble(Trouble::new(cause, kind, "seen"))
}
