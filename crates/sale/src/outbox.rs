//! One sale on its way to the store, and all of them together.
//!
//! ```text
//!             Due                    Booked
//!  Waiting ─────────► Sending ───────────────────► Booked
//!     ▲                │  │
//!     │  Wait, Gone,   │  │ Refused, Differs,
//!     │  Unfinished …  │  │ too many updates
//!     ├────────────────┘  └───────────────────────► Parked
//!     └──────────────────────────── SendAgain ────────┤
//!                                        Accept       └──► Booked
//! ```
//!
//! The rules only: no clock, no randomness, no I/O. The caller keeps the new state durably *before* it sends. A
//! sale has one write at a time, so its writes are in order; [`Outbox`] lets [`PARALLEL_MAX`] sales go at once.
//! Only the store's own refusal parks a sale; being signed out or kept out never does.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::record::{Format, Record};

mod state;

pub use state::{
    BACKOFF_MAX_MS, BACKOFF_MIN_MS, Chance, Input, Output, ParkedWhy, RETRY_AFTER_MAX_MS, State, UPDATES_MAX,
    Write, pause,
};

/// Sales that are sent at once.
pub const PARALLEL_MAX: usize = 2;

/// Newest format of a kept dispatch.
const FORMAT: u32 = 1;

/// A sale's state as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispatch {
    format: Format<FORMAT>,
    /// The sale.
    pub sale: Uuid,
    /// Where it is.
    pub state: State,
}

impl Record for Dispatch {
    const FORMAT: u32 = FORMAT;
}

impl Dispatch {
    /// The record of a sale's state.
    #[must_use]
    pub fn new(sale: Uuid, state: State) -> Self {
        Self {
            format: Format,
            sale,
            state,
        }
    }
}

/// All sales on their way, oldest first.
#[derive(Debug, Clone, Default)]
pub struct Outbox {
    order: Vec<Uuid>,
    states: BTreeMap<Uuid, State>,
}

impl Outbox {
    /// The outbox after a start: whatever was being sent waits again.
    #[must_use]
    pub fn restore(kept: impl IntoIterator<Item = Dispatch>, now_ms: u64, chance: Chance) -> Self {
        let mut outbox = Self::default();
        for dispatch in kept {
            let (state, _) = dispatch.state.step(now_ms, Input::Interrupted, chance);
            outbox.insert(dispatch.sale, state);
        }
        outbox
    }

    /// Takes a sale in; one that is in already keeps its place and gets the new state.
    pub fn insert(&mut self, sale: Uuid, state: State) {
        if self.states.insert(sale, state).is_none() {
            self.order.push(sale);
        }
    }

    /// Where a sale is.
    #[must_use]
    pub fn state(&self, sale: Uuid) -> Option<&State> {
        self.states.get(&sale)
    }

    /// All sales with their states, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = (Uuid, &State)> {
        self.order
            .iter()
            .filter_map(|sale| Some((*sale, self.states.get(sale)?)))
    }

    /// The oldest sale to send now; none while [`PARALLEL_MAX`] are being sent.
    #[must_use]
    pub fn due(&self, now_ms: u64) -> Option<Uuid> {
        let sending = self
            .iter()
            .filter(|(_, state)| matches!(state, State::Sending { .. }))
            .count();
        if sending >= PARALLEL_MAX {
            return None;
        }
        self.iter()
            .find(|(_, state)| state.is_due(now_ms))
            .map(|(sale, _)| sale)
    }

    /// When to look again, milliseconds since 1970; `now_ms` when a sale is due already.
    #[must_use]
    pub fn poll_deadline(&self, now_ms: u64) -> Option<u64> {
        self.iter()
            .filter_map(|(_, state)| match state {
                State::Waiting { .. } if state.is_due(now_ms) => Some(now_ms),
                State::Waiting { not_before_ms, .. } => Some(*not_before_ms),
                State::Sending { .. } | State::Booked { .. } | State::Parked { .. } => None,
            })
            .min()
    }

    /// Moves one sale on; answers its new state, to be kept, and what to do.
    pub fn step(
        &mut self,
        sale: Uuid,
        now_ms: u64,
        input: Input,
        chance: Chance,
    ) -> Option<(Dispatch, Option<Output>)> {
        let state = self.states.remove(&sale)?;
        let (state, output) = state.step(now_ms, input, chance);
        self.states.insert(sale, state.clone());
        Some((Dispatch::new(sale, state), output))
    }

    /// Lets go of a sale that is booked; any other stays.
    pub fn forget_booked(&mut self, sale: Uuid) {
        if self.states.get(&sale).is_some_and(State::is_booked) {
            self.states.remove(&sale);
            self.order.retain(|held| *held != sale);
        }
    }

    /// Sales that the store does not have as they were sent.
    #[must_use]
    pub fn unsent(&self) -> usize {
        self.iter().filter(|(_, state)| !state.is_booked()).count()
    }
}

#[cfg(test)]
mod tests;
