//! A refused token is looked for before it is blamed.
//!
//! A 401 says that no good token was seen. Only when the token really arrived does it say something about the session.
//! So the store is asked which way a token arrives, and the answer decides: another way from now on, or one refusal
//! that counts. What cannot be found out counts for nothing.

use super::{AttemptId, Effect, Engine, Held, State, Step, Turn};
use crate::{
    answer::{Reason, Refusal},
    arrival::{Arrival, Place},
    grant::Serial,
    journal::Event,
    policy,
    time::Moment,
};

/// How tokens travel to this store.
#[derive(Debug, Clone, Default)]
pub(super) struct Travel {
    place: Place,
    /// When to look whether the header arrives again.
    pub(super) back_at: Option<Moment>,
    /// The header is used again and no token was accepted there yet.
    is_on_trial: bool,
}

/// A question under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Look {
    attempt: AttemptId,
    pub(super) give_up_at: Moment,
    why: Why,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Why {
    /// The API refused a token.
    Refused,
    /// A lock before the API let nobody in.
    Locked,
    /// The header may arrive again.
    Back,
}

impl Engine {
    /// Whether it is being found out where the token got to, so that a refusal is not decided about yet.
    #[must_use]
    pub fn is_looking(&self) -> bool {
        match &self.state {
            State::SignedOut | State::SignInNeeded { .. } => false,
            State::Active(held) | State::Renewing { held, .. } | State::Troubled { held, .. } => {
                held.look.is_some_and(|look| look.why != Why::Back)
            }
        }
    }

    pub(super) fn on_travels_by(&mut self, turn: &Turn, place: Place) {
        if self.travel.place == place {
            return;
        }
        self.travel = Travel {
            place,
            back_at: back_at(place, turn.now.moment),
            is_on_trial: false,
        };
    }

    pub(super) fn on_token_refused(&mut self, turn: &mut Turn, state: State, serial: Serial) -> State {
        self.suspect(turn, state, serial, Why::Refused)
    }

    pub(super) fn on_rest_locked(&mut self, turn: &mut Turn, state: State, serial: Serial) -> State {
        self.suspect(turn, state, serial, Why::Locked)
    }

    fn suspect(&mut self, turn: &mut Turn, mut state: State, serial: Serial, why: Why) -> State {
        let is_active = matches!(state, State::Active(_));
        let held = match &mut state {
            State::SignedOut | State::SignInNeeded { .. } => return state,
            State::Active(held) | State::Renewing { held, .. } | State::Troubled { held, .. } => held,
        };
        let is_early = is_active && turn.now.moment < held.not_before;
        if held.grant.serial != serial || is_early {
            return state;
        }
        if std::mem::take(&mut self.travel.is_on_trial) {
            // It worked in the address, and does not in the header: nothing is wrong with the token.
            self.use_place(turn, held, Place::Parameter);
            return state;
        }
        if why == Why::Refused {
            held.withdraw(turn);
        }
        match &mut held.look {
            Some(look) if why == Why::Refused => look.why = why,
            Some(_) => {}
            None => self.look(turn, held, why),
        }
        state
    }

    /// Asks which way a token arrives.
    fn look(&mut self, turn: &mut Turn, held: &mut Held, why: Why) {
        let attempt = self.next_attempt();
        turn.emit(Effect::LookForToken(attempt));
        held.look = Some(Look {
            attempt,
            give_up_at: turn.now.moment.after(policy::LOOK_WAIT_MAX),
            why,
        });
    }

    /// The header is looked for again now and then, while nothing else goes on.
    pub(super) fn look_back(&mut self, turn: &mut Turn, held: &mut Held) {
        let now = turn.now.moment;
        if self.travel.back_at.is_none_or(|at| now < at) {
            return;
        }
        self.travel.back_at = back_at(self.travel.place, now);
        if held.look.is_none() {
            self.look(turn, held, Why::Back);
        }
    }

    pub(super) fn on_arrived(
        &mut self,
        turn: &mut Turn,
        mut state: State,
        attempt: AttemptId,
        arrival: Option<Arrival>,
    ) -> State {
        let look = match &mut state {
            State::SignedOut | State::SignInNeeded { .. } => None,
            State::Active(held) | State::Renewing { held, .. } | State::Troubled { held, .. } => {
                held.look.take_if(|look| look.attempt == attempt)
            }
        };
        match look {
            Some(look) => self.found_out(turn, state, look.why, arrival),
            None => state,
        }
    }

    /// No word came; that is as good as a word that says nothing.
    pub(super) fn give_up_look(&mut self, turn: &mut Turn, state: State) -> State {
        let (State::Active(held) | State::Renewing { held, .. } | State::Troubled { held, .. }) = &state
        else {
            return state;
        };
        match held.look.filter(|look| turn.now.moment >= look.give_up_at) {
            Some(look) => self.on_arrived(turn, state, look.attempt, None),
            None => state,
        }
    }

    fn found_out(&mut self, turn: &mut Turn, mut state: State, why: Why, arrival: Option<Arrival>) -> State {
        let (State::Active(held) | State::Renewing { held, .. } | State::Troubled { held, .. }) = &mut state
        else {
            return state;
        };
        let place = self.travel.place;
        let arrives = arrival.map(|arrival| arrival.arrives(place));
        let is_better_elsewhere = match why {
            Why::Refused | Why::Locked => arrives == Some(false),
            Why::Back => place == Place::Parameter,
        };
        if is_better_elsewhere && arrival.is_some_and(|arrival| arrival.arrives(place.other())) {
            self.use_place(turn, held, place.other());
            self.travel.is_on_trial = why == Why::Back;
            return state;
        }
        match why {
            Why::Back => state,
            Why::Locked => {
                held.not_before = turn.now.moment.after(policy::REFUSED_PAUSE);
                state
            }
            Why::Refused => self.blame(turn, state, arrives == Some(true)),
        }
    }

    /// Tokens travel elsewhere from now on, the one in use as well.
    fn use_place(&mut self, turn: &mut Turn, held: &mut Held, place: Place) {
        let now = turn.now.moment;
        self.travel = Travel {
            place,
            back_at: back_at(place, now),
            is_on_trial: false,
        };
        turn.emit(Effect::UsePlace(place));
        turn.note(Event::PlaceChanged { to: place });
        // Requests that left the old way are still being refused.
        held.not_before = now.after(policy::REFUSED_PAUSE);
        if now < held.ends_at {
            held.is_withdrawn = false;
            turn.emit(held.publish());
        }
    }

    /// The token was refused. Where it really arrived that counts, and three fresh ones in a row are a verdict.
    fn blame(&mut self, turn: &mut Turn, state: State, has_arrived: bool) -> State {
        match state {
            state @ (State::SignedOut | State::SignInNeeded { .. }) => state,
            State::Active(mut held) => {
                if held.is_accepted {
                    (held.fresh_refusals, held.unclear_refusals) = (0, 0);
                } else if has_arrived {
                    held.fresh_refusals = held.fresh_refusals.saturating_add(1);
                    turn.note(Event::FreshTokenRefused {
                        in_a_row: held.fresh_refusals,
                    });
                } else {
                    held.unclear_refusals = held.unclear_refusals.saturating_add(1);
                }
                if held.fresh_refusals >= policy::FRESH_REFUSALS_MAX {
                    let words = "every fresh token was refused".to_owned();
                    let refusal = Refusal {
                        reason: Reason::HalfEnded,
                        words,
                        ended: None,
                        is_signed: false,
                    };
                    return Self::refused(turn, held, refusal);
                }
                let in_a_row = held.fresh_refusals.saturating_add(held.unclear_refusals);
                held.not_before = turn.now.moment.after(policy::pause_after_refusals(in_a_row));
                held.is_refused |= has_arrived;
                self.begin(turn, held)
            }
            State::Renewing { mut held, mut step } => {
                held.is_refused |= has_arrived;
                if has_arrived
                    && let Step::Doubting { again_at } = &mut step
                    && held.doubts > 1
                {
                    // The token stopped working as well: no reason to wait long for the third opinion.
                    let soon = turn.now.moment.after(policy::SECOND_OPINION_FIRST);
                    *again_at = (*again_at).min(soon);
                }
                State::Renewing { held, step }
            }
            State::Troubled {
                mut held,
                trouble,
                retry_at,
            } => {
                held.is_refused |= has_arrived;
                State::Troubled {
                    held,
                    trouble,
                    retry_at,
                }
            }
        }
    }

    pub(super) fn on_token_accepted(&mut self, mut state: State, serial: Serial) -> State {
        match &mut state {
            State::SignedOut | State::SignInNeeded { .. } => {}
            State::Active(held) | State::Renewing { held, .. } | State::Troubled { held, .. } => {
                if held.grant.serial == serial {
                    held.is_accepted = true;
                    (held.fresh_refusals, held.unclear_refusals) = (0, 0);
                    self.travel.is_on_trial = false;
                }
            }
        }
        state
    }
}

fn back_at(place: Place, now: Moment) -> Option<Moment> {
    match place {
        Place::Header => None,
        Place::Parameter => Some(now.after(policy::HEADER_AGAIN)),
    }
}
