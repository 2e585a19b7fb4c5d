//! One attempt to renew: lock, ask, save; and the sign-in that takes a session's place.

use std::time::Duration;

use evertill_wire::Code;

use super::{AttemptId, Effect, Engine, Held, State, Step, Stored, Turn, outside::Weighed};
use crate::{
    answer::{Answer, Refusal, Trouble, TroubleKind},
    grant::{Grant, Record},
    journal::{Event, ms},
    policy,
    time::Stamp,
};

impl Engine {
    pub(super) fn on_lock_taken(
        &mut self,
        turn: &mut Turn,
        state: State,
        attempt: AttemptId,
        stored: Stored,
    ) -> State {
        let mut held = match state {
            State::Renewing {
                held,
                step: Step::Locking { attempt: awaited, .. },
            } if awaited == attempt => held,
            state @ (State::SignedOut
            | State::Active(_)
            | State::Renewing { .. }
            | State::Troubled { .. }
            | State::SignInNeeded { .. }) => {
                turn.emit(Effect::ReleaseLock(attempt));
                return state;
            }
        };
        match self.weigh(&held.grant, stored) {
            Weighed::Ours => {}
            Weighed::Newer(record) => {
                turn.emit(Effect::ReleaseLock(attempt));
                return self.adopt(turn, *record);
            }
            Weighed::Refused(refusal) => {
                turn.emit(Effect::ReleaseLock(attempt));
                turn.emit(Effect::Withdraw);
                return State::SignInNeeded {
                    grant: Box::new(held.grant),
                    refusal,
                };
            }
            Weighed::Gone => {
                turn.emit(Effect::ReleaseLock(attempt));
                return Self::gone(turn);
            }
        }
        let now = turn.now.moment;
        if held.unsaved.is_some() && self.entering.is_some() {
            turn.emit(Effect::ReleaseLock(attempt));
            return self.sign_in_first(turn, held);
        }
        if let Some(fresh) = held.unsaved.take() {
            turn.emit(Effect::Save {
                attempt,
                record: Box::new(Record {
                    grant: (*fresh).clone(),
                    refusal: None,
                }),
            });
            let give_up_at = now.after(policy::SAVE_WAIT_MAX);
            let step = Step::Saving {
                attempt,
                fresh,
                took: Duration::ZERO,
                was_recovered: false,
                give_up_at,
            };
            return State::Renewing { held, step };
        }
        turn.emit(Effect::Ask {
            attempt,
            refresh: held.grant.refresh.clone(),
            access: held.probably_living_access(&self.boot, turn.now),
        });
        let give_up_at = now.after(policy::ANSWER_WAIT_MAX);
        State::Renewing {
            held,
            step: Step::Asking {
                attempt,
                asked_at: now,
                give_up_at,
            },
        }
    }

    pub(super) fn on_lock_busy(&mut self, turn: &mut Turn, state: State, attempt: AttemptId) -> State {
        match state {
            State::Renewing {
                held,
                step:
                    Step::Locking {
                        attempt: awaited,
                        give_up_at,
                    },
            } if awaited == attempt => {
                if turn.now.moment >= give_up_at {
                    let step = Step::Locking { attempt, give_up_at };
                    self.renewing_due(turn, held, step)
                } else {
                    turn.emit(Effect::TakeLock(attempt));
                    State::Renewing {
                        held,
                        step: Step::Locking { attempt, give_up_at },
                    }
                }
            }
            state @ (State::SignedOut
            | State::Active(_)
            | State::Renewing { .. }
            | State::Troubled { .. }
            | State::SignInNeeded { .. }) => state,
        }
    }

    pub(super) fn on_answered(
        &mut self,
        turn: &mut Turn,
        state: State,
        attempt: AttemptId,
        answer: Answer,
    ) -> State {
        let (mut held, asked_at) = match state {
            State::Renewing {
                held,
                step:
                    Step::Asking {
                        attempt: awaited,
                        asked_at,
                        ..
                    },
            } if awaited == attempt => (held, asked_at),
            state @ (State::SignedOut
            | State::Active(_)
            | State::Renewing { .. }
            | State::Troubled { .. }
            | State::SignInNeeded { .. }) => return state,
        };
        match answer {
            Answer::Renewed(renewed) => {
                // The store counts a token's life from somewhere between the request and its answer, and an answer can be
                // hours under way (a machine that slept). Counted from the request, no token is held past its end.
                let received = Stamp {
                    boot: self.boot.clone(),
                    moment: asked_at,
                    wall: turn.now.wall_at(asked_at),
                };
                let fresh = Box::new(held.grant.renewed(&renewed, received));
                if self.entering.is_some() {
                    held.unsaved = Some(fresh);
                    turn.emit(Effect::ReleaseLock(attempt));
                    return self.sign_in_first(turn, held);
                }
                turn.emit(Effect::Save {
                    attempt,
                    record: Box::new(Record {
                        grant: (*fresh).clone(),
                        refusal: None,
                    }),
                });
                let step = Step::Saving {
                    attempt,
                    fresh,
                    took: turn.now.moment.since(asked_at),
                    was_recovered: renewed.was_recovered,
                    give_up_at: turn.now.moment.after(policy::SAVE_WAIT_MAX),
                };
                State::Renewing { held, step }
            }
            Answer::Trouble(trouble) => {
                turn.emit(Effect::ReleaseLock(attempt));
                self.trouble(turn, held, trouble)
            }
            Answer::Refused(refusal) => {
                let doubt = held
                    .doubt(&self.boot, turn.now, turn.roll)
                    .filter(|_| !refusal.is_signed);
                let Some(pause) = doubt else {
                    let state = Self::refused(turn, held, refusal);
                    turn.emit(Effect::ReleaseLock(attempt));
                    return state;
                };
                turn.emit(Effect::ReleaseLock(attempt));
                turn.note(Event::Doubted {
                    reason: refusal.reason,
                    words: refusal.words.clone(),
                    again_ms: ms(pause),
                });
                held.doubts += 1;
                State::Renewing {
                    held,
                    step: Step::Doubting {
                        again_at: turn.now.moment.after(pause),
                    },
                }
            }
        }
    }

    /// A sign-in is being written. What was renewed meanwhile must not land on top of it; should the sign-in fail to be
    /// saved, it is saved then.
    fn sign_in_first(&mut self, turn: &mut Turn, held: Box<Held>) -> State {
        let evidence = "a sign-in is being saved first";
        self.trouble(
            turn,
            held,
            Trouble::new(Code::DATA_DIRECTORY_IN_USE, TroubleKind::Device, evidence),
        )
    }

    /// The verdict stands.
    pub(super) fn refused(turn: &mut Turn, held: Box<Held>, refusal: Refusal) -> State {
        turn.emit(Effect::Withdraw);
        turn.emit(Effect::SaveRefusal {
            refused: held.grant.refresh.fingerprint(),
            refusal: refusal.clone(),
        });
        turn.note(Event::Refused {
            reason: refusal.reason,
            words: refusal.words.clone(),
            by: refusal
                .ended
                .as_ref()
                .map(|ended| ended.by.clone())
                .unwrap_or_default(),
            is_theft: refusal.is_theft(),
        });
        State::SignInNeeded {
            grant: Box::new(held.grant),
            refusal,
        }
    }

    pub(super) fn on_saved(&mut self, turn: &mut Turn, state: State, attempt: AttemptId) -> State {
        if let Some((_, grant)) = self.entering.take_if(|(awaited, _)| *awaited == attempt) {
            return self.entered(turn, state, *grant);
        }
        match state {
            State::Renewing {
                held,
                step:
                    Step::Saving {
                        attempt: awaited,
                        fresh,
                        took,
                        was_recovered,
                        ..
                    },
            } if awaited == attempt => {
                let state = self.renewed(turn, &held, *fresh, took, was_recovered);
                turn.emit(Effect::ReleaseLock(attempt));
                state
            }
            state @ (State::SignedOut
            | State::Active(_)
            | State::Renewing { .. }
            | State::Troubled { .. }
            | State::SignInNeeded { .. }) => state,
        }
    }

    /// A sign-in is on the disk: it takes the place of whatever was before.
    fn entered(&mut self, turn: &mut Turn, before: State, grant: Grant) -> State {
        match before {
            State::SignedOut | State::SignInNeeded { .. } => {}
            State::Active(held) | State::Troubled { held, .. } => Self::leave(turn, &held.grant, &grant),
            State::Renewing { held, step } => {
                if let Some(attempt) = step.attempt() {
                    turn.emit(Effect::ReleaseLock(attempt));
                }
                Self::leave(turn, &held.grant, &grant);
            }
        }
        turn.note(Event::SignedIn {
            user: grant.user.display_name.clone(),
        });
        self.activate(turn, grant)
    }

    /// A living session that is left behind is ended at the store, so that it does not lie around there.
    fn leave(turn: &mut Turn, old: &Grant, new: &Grant) {
        if old.session != new.session {
            turn.emit(Effect::Revoke(Box::new(old.clone())));
        }
    }

    fn renewed(
        &mut self,
        turn: &mut Turn,
        before: &Held,
        fresh: Grant,
        took: Duration,
        was_recovered: bool,
    ) -> State {
        turn.note(Event::Renewed {
            took_ms: ms(took),
            tries_before: before.tries,
            life_s: fresh.access_life.as_secs(),
            was_recovered,
        });
        let mut held = Box::new(Held::new(fresh, &self.boot, turn.now, turn.roll));
        held.fresh_refusals = before.fresh_refusals;
        held.unclear_refusals = before.unclear_refusals;
        held.not_before = before.not_before;
        held.notice_at = before.notice_at;
        if held.is_withdrawn {
            turn.emit(Effect::Withdraw);
        } else {
            turn.emit(held.publish());
        }
        State::Active(held)
    }

    pub(super) fn on_save_failed(
        &mut self,
        turn: &mut Turn,
        state: State,
        attempt: AttemptId,
        cause: Code,
    ) -> State {
        if self
            .entering
            .take_if(|(awaited, _)| *awaited == attempt)
            .is_some()
        {
            turn.note(Event::NotSaved { cause });
            return state;
        }
        match state {
            State::Renewing {
                mut held,
                step:
                    Step::Saving {
                        attempt: awaited,
                        fresh,
                        took,
                        was_recovered,
                        ..
                    },
            } if awaited == attempt => {
                turn.note(Event::NotSaved { cause });
                // The saved refresh token still renews, so the new access token may be used without being saved. A
                // rotated one may not: using it would end the only refresh token that is on the disk.
                let state = if fresh.refresh == held.grant.refresh {
                    self.renewed(turn, &held, *fresh, took, was_recovered)
                } else {
                    held.unsaved = Some(fresh);
                    let evidence = "the new token could not be written to this device";
                    self.trouble(turn, held, Trouble::new(cause, TroubleKind::Device, evidence))
                };
                turn.emit(Effect::ReleaseLock(attempt));
                state
            }
            state @ (State::SignedOut
            | State::Active(_)
            | State::Renewing { .. }
            | State::Troubled { .. }
            | State::SignInNeeded { .. }) => state,
        }
    }
}
