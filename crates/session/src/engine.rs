//! The state machine: the only place where a session changes.
//!
//! [`Engine::step`] takes one [`Input`] with the time and a random number and returns the [`Effect`]s to perform, in
//! order. Each handler below names every state; a new state or input breaks the build, not a shop. After every step
//! the driver asks [`Engine::deadline`] when to come back with [`Input::Due`].
//!
//! The driver's part of the contract: effects are performed in order; every [`Effect::TakeLock`], [`Effect::Ask`],
//! [`Effect::LookForToken`] and [`Effect::Save`] is answered with the input that carries the same attempt; a saved record is on the disk, synced,
//! before [`Input::Saved`] is said; tokens reach callers only through [`Effect::Publish`].

use std::time::Duration;

use evertill_wire::{AccessToken, Code, RefreshToken, secret::Fingerprint};

use crate::{
    answer::{Answer, Refusal, Trouble, TroubleKind},
    arrival::{Arrival, Place},
    grant::{Grant, Record, Serial, SessionId},
    journal::{Event, ms},
    policy,
    time::{BootId, Moment, Now, Roll},
};

mod held;
mod looking;
mod outside;
mod renewing;

pub use held::Held;
use looking::Travel;

/// Names one attempt, so that late answers can be told from awaited ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AttemptId(pub u64);

/// What the vault held when it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stored {
    /// A record.
    Found(Box<Record>),
    /// No record: nobody signed in, or somebody signed out.
    Nothing,
    /// A record that cannot be read (and was set aside); what is in memory is better.
    Unreadable,
}

/// What happens to a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// The process started and read its vault.
    Start(Stored),
    /// A person signed in; nothing is saved yet.
    SignedIn(Box<Grant>),
    /// A deadline passed, or the machine woke up.
    Due,
    /// A person or the doctor wants a renewal now.
    RenewNow,
    /// The cross-process lock is held and the vault was read again.
    LockTaken(AttemptId, Stored),
    /// Another process holds the lock.
    LockBusy(AttemptId),
    /// The attempt to renew came to something.
    Answered(AttemptId, Answer),
    /// The record is on the disk.
    Saved(AttemptId),
    /// The record could not be written.
    SaveFailed(AttemptId, Code),
    /// The API itself answered 401 to a request that carried the token of this grant.
    TokenRefused(Serial),
    /// A lock before the API answered 401 to a request that carried the token of this grant.
    RestLocked(Serial),
    /// What arrived at the store of a token sent both ways; nothing when it did not tell.
    Arrived {
        /// The attempt to find out.
        attempt: AttemptId,
        /// Where tokens travelled when it was asked.
        place: Place,
        /// The store's word.
        arrival: Option<Arrival>,
    },
    /// Where tokens travel in requests to this store, as the driver remembers it or a person wants it.
    TravelsBy(Place),
    /// A request with the token of this grant was accepted.
    TokenAccepted(Serial),
    /// The network came back.
    NetworkUp,
    /// Another process changed the vault.
    VaultChanged(Stored),
    /// The person wants to end the session.
    SignOut,
}

/// What the driver has to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Callers may use this token until that moment.
    Publish {
        /// The token.
        access: AccessToken,
        /// Of which grant.
        serial: Serial,
        /// When it ends.
        ends_at: Moment,
    },
    /// There is no token that may be used.
    Withdraw,
    /// Take the cross-process lock, read the vault again, answer [`Input::LockTaken`] or [`Input::LockBusy`].
    TakeLock(AttemptId),
    /// Let go of the lock of this attempt, if it is held.
    ReleaseLock(AttemptId),
    /// Ask the store for a new access token; answer [`Input::Answered`].
    Ask {
        /// The attempt.
        attempt: AttemptId,
        /// The token to trade.
        refresh: RefreshToken,
        /// The access token to send along while it lives: some sites answer nobody else.
        access: Option<AccessToken>,
    },
    /// Ask the store which way a token arrives there; answer [`Input::Arrived`].
    LookForToken(AttemptId),
    /// Send tokens this way from now on, and remember that.
    UsePlace(Place),
    /// Write the record durably (under the lock); answer [`Input::Saved`] or [`Input::SaveFailed`].
    Save {
        /// The attempt.
        attempt: AttemptId,
        /// What to write.
        record: Box<Record>,
    },
    /// Write the verdict beside the grant, if the vault still holds exactly the refused refresh token.
    SaveRefusal {
        /// Fingerprint of the refused token.
        refused: Fingerprint,
        /// The verdict.
        refusal: Refusal,
    },
    /// Remove the record, if it is still of this session.
    Erase(SessionId),
    /// End the session at the store; queued while the store is away.
    Revoke(Box<Grant>),
    /// Write into the journal and tell listeners.
    Note(Event),
}

/// Where a session is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Nobody is signed in.
    SignedOut,
    /// The token lives and nothing needs doing.
    Active(Box<Held>),
    /// A renewal is on its way.
    Renewing {
        /// What is kept meanwhile.
        held: Box<Held>,
        /// How far it is.
        step: Step,
    },
    /// The last attempt failed without a verdict; the next one comes by itself.
    Troubled {
        /// What is kept meanwhile.
        held: Box<Held>,
        /// What stood in the way.
        trouble: Trouble,
        /// When the next attempt starts.
        retry_at: Moment,
    },
    /// The store said no; a person must sign in.
    SignInNeeded {
        /// The grant that was refused.
        grant: Box<Grant>,
        /// Why.
        refusal: Refusal,
    },
}

/// How far a renewal is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Waiting for the cross-process lock.
    Locking {
        /// The attempt.
        attempt: AttemptId,
        /// When waiting becomes trouble.
        give_up_at: Moment,
    },
    /// The request is on its way.
    Asking {
        /// The attempt.
        attempt: AttemptId,
        /// When it left.
        asked_at: Moment,
        /// When waiting becomes trouble.
        give_up_at: Moment,
    },
    /// The new grant is being written.
    Saving {
        /// The attempt.
        attempt: AttemptId,
        /// What is written.
        fresh: Box<Grant>,
        /// From asking to the answer.
        took: Duration,
        /// Noise around the answer was stepped over.
        was_recovered: bool,
        /// When waiting becomes trouble.
        give_up_at: Moment,
    },
    /// The store refused once; it is asked again after a pause.
    Doubting {
        /// When.
        again_at: Moment,
    },
}

impl Step {
    fn attempt(&self) -> Option<AttemptId> {
        match self {
            Self::Locking { attempt, .. } | Self::Asking { attempt, .. } | Self::Saving { attempt, .. } => {
                Some(*attempt)
            }
            Self::Doubting { .. } => None,
        }
    }
}

/// The rules of one session of one store on one device.
#[derive(Debug, Clone)]
pub struct Engine {
    boot: BootId,
    state: State,
    attempts: u64,
    /// A sign-in whose grant is being written; the session before it goes on until it is.
    entering: Option<(AttemptId, Box<Grant>)>,
    travel: Travel,
}

/// What one step collects.
struct Turn {
    now: Now,
    roll: Roll,
    effects: Vec<Effect>,
}

impl Turn {
    fn emit(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    fn note(&mut self, event: Event) {
        self.effects.push(Effect::Note(event));
    }
}

impl Engine {
    /// An engine in the given run of the machine, before [`Input::Start`].
    #[must_use]
    pub fn new(boot: BootId) -> Self {
        Self {
            boot,
            state: State::SignedOut,
            attempts: 0,
            entering: None,
            travel: Travel::default(),
        }
    }

    /// Where the session is.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The run of the machine.
    #[must_use]
    pub fn boot(&self) -> &BootId {
        &self.boot
    }

    /// When [`Input::Due`] is next to be said, and why; nothing when only events can change anything.
    #[must_use]
    pub fn deadline(&self) -> Option<(Moment, &'static str)> {
        match &self.state {
            State::SignedOut | State::SignInNeeded { .. } => None,
            State::Active(held) => [
                Some((held.renew_at, "renew")),
                held.end_deadline(),
                held.notice_at.map(|at| (at, "announce the horizon")),
                held.look_deadline(),
                self.travel.back_at.map(|at| (at, "look for the header")),
            ]
            .into_iter()
            .flatten()
            .min(),
            State::Renewing { held, step } => {
                let own = match step {
                    Step::Locking { give_up_at, .. } => (*give_up_at, "give up the lock"),
                    Step::Asking { give_up_at, .. } => (*give_up_at, "give up the answer"),
                    Step::Saving { give_up_at, .. } => (*give_up_at, "give up the disk"),
                    Step::Doubting { again_at } => (*again_at, "ask for another opinion"),
                };
                [Some(own), held.end_deadline(), held.look_deadline()]
                    .into_iter()
                    .flatten()
                    .min()
            }
            State::Troubled { held, retry_at, .. } => {
                let own = (*retry_at, "try again");
                [Some(own), held.end_deadline(), held.look_deadline()]
                    .into_iter()
                    .flatten()
                    .min()
            }
        }
    }

    /// Takes one input and returns what to do about it.
    #[must_use = "effects are to be performed in order"]
    pub fn step(&mut self, now: Now, roll: Roll, input: Input) -> Vec<Effect> {
        let mut turn = Turn {
            now,
            roll,
            effects: Vec::new(),
        };
        let state = std::mem::replace(&mut self.state, State::SignedOut);
        self.state = match input {
            Input::Start(stored) => self.on_start(&mut turn, state, stored),
            Input::SignedIn(grant) => self.on_signed_in(&mut turn, state, grant),
            Input::Due => self.on_due(&mut turn, state),
            Input::RenewNow => self.on_renew_now(&mut turn, state),
            Input::LockTaken(attempt, stored) => self.on_lock_taken(&mut turn, state, attempt, stored),
            Input::LockBusy(attempt) => self.on_lock_busy(&mut turn, state, attempt),
            Input::Answered(attempt, answer) => self.on_answered(&mut turn, state, attempt, answer),
            Input::Saved(attempt) => self.on_saved(&mut turn, state, attempt),
            Input::SaveFailed(attempt, cause) => self.on_save_failed(&mut turn, state, attempt, cause),
            Input::TokenRefused(serial) => self.on_token_refused(&mut turn, state, serial),
            Input::RestLocked(serial) => self.on_rest_locked(&mut turn, state, serial),
            Input::Arrived { attempt, arrival, .. } => self.on_arrived(&mut turn, state, attempt, arrival),
            Input::TravelsBy(place) => {
                self.on_travels_by(&turn, place);
                state
            }
            Input::TokenAccepted(serial) => self.on_token_accepted(state, serial),
            Input::NetworkUp => outside::on_network_up(&turn, state),
            Input::VaultChanged(stored) => self.on_vault_changed(&mut turn, state, stored),
            Input::SignOut => self.on_sign_out(&mut turn, state),
        };
        turn.effects
    }

    fn on_start(&mut self, turn: &mut Turn, state: State, stored: Stored) -> State {
        match state {
            State::SignedOut => match stored {
                Stored::Found(record) => self.take_up(turn, *record),
                Stored::Nothing | Stored::Unreadable => State::SignedOut,
            },
            state @ (State::Active(_)
            | State::Renewing { .. }
            | State::Troubled { .. }
            | State::SignInNeeded { .. }) => {
                turn.note(Event::Alarm {
                    state: format!("{:?}", self.name_of(&state)),
                    input: "Start".into(),
                });
                state
            }
        }
    }

    /// Goes on with a record that was saved before.
    fn take_up(&mut self, turn: &mut Turn, record: Record) -> State {
        if let Some(refusal) = record.refusal {
            return State::SignInNeeded {
                grant: Box::new(record.grant),
                refusal,
            };
        }
        turn.note(Event::Resumed {
            user: record.grant.user.display_name.clone(),
        });
        self.activate(turn, record.grant)
    }

    /// Publishes a durable grant, and renews it at once when that is due.
    fn activate(&mut self, turn: &mut Turn, grant: Grant) -> State {
        let held = Box::new(Held::new(grant, &self.boot, turn.now, turn.roll));
        if !held.is_withdrawn {
            turn.emit(held.publish());
        } else {
            turn.emit(Effect::Withdraw);
        }
        if turn.now.moment >= held.renew_at {
            self.begin(turn, held)
        } else {
            State::Active(held)
        }
    }

    /// Starts a renewal.
    fn begin(&mut self, turn: &mut Turn, held: Box<Held>) -> State {
        let attempt = self.next_attempt();
        turn.emit(Effect::TakeLock(attempt));
        State::Renewing {
            held,
            step: Step::Locking {
                attempt,
                give_up_at: turn.now.moment.after(policy::LOCK_WAIT_MAX),
            },
        }
    }

    fn next_attempt(&mut self) -> AttemptId {
        self.attempts += 1;
        AttemptId(self.attempts)
    }

    /// Keeps the grant and tries again later.
    fn trouble(&mut self, turn: &mut Turn, mut held: Box<Held>, trouble: Trouble) -> State {
        held.tries = held.tries.saturating_add(1);
        let pause = policy::pause_after(held.tries, trouble.retry_after, turn.roll);
        turn.note(Event::Trouble {
            cause: trouble.cause,
            kind: trouble.kind,
            evidence: trouble.evidence.clone(),
            next_try_ms: ms(pause),
        });
        if held.counts_as_looking_wrong(&trouble, turn.now.moment) {
            turn.note(Event::LooksWrong { cause: trouble.cause });
        }
        held.withdraw_if_ended(turn);
        State::Troubled {
            held,
            trouble,
            retry_at: turn.now.moment.after(pause),
        }
    }

    fn on_signed_in(&mut self, turn: &mut Turn, state: State, grant: Box<Grant>) -> State {
        let attempt = self.next_attempt();
        turn.emit(Effect::Save {
            attempt,
            record: Box::new(Record {
                grant: (*grant).clone(),
                refusal: None,
            }),
        });
        self.entering = Some((attempt, grant));
        state
    }

    fn on_due(&mut self, turn: &mut Turn, state: State) -> State {
        let now = turn.now.moment;
        let state = self.give_up_look(turn, state);
        match state {
            State::SignedOut => State::SignedOut,
            state @ State::SignInNeeded { .. } => state,
            State::Active(mut held) => {
                held.announce_horizon(turn, &self.boot);
                held.withdraw_if_ended(turn);
                self.look_back(turn, &mut held);
                if now >= held.renew_at {
                    self.begin(turn, held)
                } else {
                    State::Active(held)
                }
            }
            State::Renewing { mut held, step } => {
                held.withdraw_if_ended(turn);
                self.renewing_due(turn, held, step)
            }
            State::Troubled {
                mut held,
                trouble,
                retry_at,
            } => {
                held.withdraw_if_ended(turn);
                if now >= retry_at {
                    self.begin(turn, held)
                } else {
                    State::Troubled {
                        held,
                        trouble,
                        retry_at,
                    }
                }
            }
        }
    }

    fn renewing_due(&mut self, turn: &mut Turn, mut held: Box<Held>, step: Step) -> State {
        let now = turn.now.moment;
        match step {
            Step::Doubting { again_at } if now >= again_at => self.begin(turn, held),
            Step::Locking { attempt, give_up_at } if now >= give_up_at => {
                turn.emit(Effect::ReleaseLock(attempt));
                let evidence = "another process of this device holds the session for long";
                self.trouble(
                    turn,
                    held,
                    Trouble::new(Code::DATA_DIRECTORY_IN_USE, TroubleKind::Device, evidence),
                )
            }
            Step::Asking {
                attempt, give_up_at, ..
            } if now >= give_up_at => {
                turn.emit(Effect::ReleaseLock(attempt));
                self.trouble(
                    turn,
                    held,
                    Trouble::network(Code::CONNECTION_TIMEOUT, "no answer came in time"),
                )
            }
            Step::Saving {
                attempt,
                fresh,
                give_up_at,
                ..
            } if now >= give_up_at => {
                turn.emit(Effect::ReleaseLock(attempt));
                held.unsaved = Some(fresh);
                let evidence = "the new token could not be written in time";
                self.trouble(
                    turn,
                    held,
                    Trouble::new(Code::VAULT_NOT_WRITTEN, TroubleKind::Device, evidence),
                )
            }
            step @ (Step::Doubting { .. }
            | Step::Locking { .. }
            | Step::Asking { .. }
            | Step::Saving { .. }) => State::Renewing { held, step },
        }
    }

    fn on_renew_now(&mut self, turn: &mut Turn, state: State) -> State {
        match state {
            State::Active(held) | State::Troubled { held, .. } => self.begin(turn, held),
            state @ (State::SignedOut | State::Renewing { .. } | State::SignInNeeded { .. }) => state,
        }
    }
}
