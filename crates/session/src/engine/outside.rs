//! What comes from outside a renewal: the network, other processes, the person.

use super::{Effect, Engine, State, Step, Stored, Turn};
use crate::{
    answer::{Refusal, TroubleKind},
    grant::{Grant, Record},
    journal::Event,
    policy,
};

impl Engine {
    pub(super) fn on_vault_changed(&mut self, turn: &mut Turn, state: State, stored: Stored) -> State {
        let ours = match &state {
            State::SignedOut => {
                return match stored {
                    Stored::Found(record) => self.take_up(turn, *record),
                    Stored::Nothing | Stored::Unreadable => State::SignedOut,
                };
            }
            // Whoever holds the lock is the one who writes.
            State::Renewing {
                step: Step::Asking { .. } | Step::Saving { .. },
                ..
            } => return state,
            State::Active(held) | State::Troubled { held, .. } | State::Renewing { held, .. } => {
                held.grant.clone()
            }
            State::SignInNeeded { grant, .. } => (**grant).clone(),
        };
        match self.weigh(&ours, stored) {
            Weighed::Ours => state,
            Weighed::Newer(record) => self.adopt(turn, *record),
            Weighed::Refused(refusal) => {
                turn.emit(Effect::Withdraw);
                State::SignInNeeded {
                    grant: Box::new(ours),
                    refusal,
                }
            }
            Weighed::Gone => Self::gone(turn),
        }
    }

    /// Compares what is in the vault with what is in memory.
    pub(super) fn weigh(&self, ours: &Grant, stored: Stored) -> Weighed {
        match stored {
            Stored::Nothing => Weighed::Gone,
            Stored::Unreadable => Weighed::Ours,
            Stored::Found(record) if ours.is_replaced_by(&record.grant, &self.boot) => Weighed::Newer(record),
            Stored::Found(record) => match record.refusal {
                Some(refusal) if record.grant.refresh == ours.refresh => Weighed::Refused(refusal),
                Some(_) | None => Weighed::Ours,
            },
        }
    }

    pub(super) fn adopt(&mut self, turn: &mut Turn, record: Record) -> State {
        if let Some(refusal) = record.refusal {
            turn.emit(Effect::Withdraw);
            return State::SignInNeeded {
                grant: Box::new(record.grant),
                refusal,
            };
        }
        turn.note(Event::Adopted);
        self.activate(turn, record.grant)
    }

    pub(super) fn gone(turn: &mut Turn) -> State {
        turn.emit(Effect::Withdraw);
        turn.note(Event::SignedOutElsewhere);
        State::SignedOut
    }

    pub(super) fn on_sign_out(&mut self, turn: &mut Turn, state: State) -> State {
        self.entering = None;
        let grant = match state {
            State::SignedOut => return State::SignedOut,
            State::Active(held) | State::Troubled { held, .. } => held.grant,
            State::Renewing { held, step } => {
                if let Some(attempt) = step.attempt() {
                    turn.emit(Effect::ReleaseLock(attempt));
                }
                held.grant
            }
            State::SignInNeeded { grant, .. } => *grant,
        };
        turn.emit(Effect::Withdraw);
        turn.emit(Effect::Revoke(Box::new(grant.clone())));
        turn.emit(Effect::Erase(grant.session));
        turn.note(Event::SignedOut);
        State::SignedOut
    }
}

/// What the vault says about the grant in memory.
pub(super) enum Weighed {
    Ours,
    Newer(Box<Record>),
    Refused(Refusal),
    Gone,
}

pub(super) fn on_network_up(turn: &Turn, mut state: State) -> State {
    match &mut state {
        State::SignedOut | State::Active(_) | State::Renewing { .. } | State::SignInNeeded { .. } => {}
        State::Troubled {
            trouble, retry_at, ..
        } => {
            if trouble.kind == TroubleKind::Network {
                *retry_at =
                    (*retry_at).min(turn.now.moment.after(turn.roll.up_to(policy::NETWORK_UP_SPREAD)));
            }
        }
    }
    state
}
