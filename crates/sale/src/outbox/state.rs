//! Where one sale is on its way, and how it moves on.

use evertill_wire::{Code, rest::push::PushEnvelope};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    booked::{Booking, Difference, Held, Verdict},
    sale::PaidSale,
};

/// First pause between attempts, at most.
pub const BACKOFF_MIN_MS: u64 = 1_000;

/// Longest pause between attempts; past it, waiting longer helps nobody.
pub const BACKOFF_MAX_MS: u64 = 60_000;

/// Longest pause a store may ask for.
pub const RETRY_AFTER_MAX_MS: u64 = 3_600_000;

/// Updates in a row before a person is asked: a store that undoes each of them will undo the next.
pub const UPDATES_MAX: u32 = 3;

/// What is written to the store next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Write {
    /// The order is made.
    Create {
        /// Identity of the write.
        mutation_id: Uuid,
    },
    /// An order that the store holds is turned into the sale.
    Update {
        /// Identity of the write.
        mutation_id: Uuid,
        /// What it is based on.
        held: Held,
        /// The how manieth update in a row.
        round: u32,
    },
}

impl Write {
    /// The envelope to send.
    #[must_use]
    pub fn envelope(&self, sale: &PaidSale) -> PushEnvelope {
        match self {
            Self::Create { mutation_id } => sale.envelope_again(*mutation_id),
            Self::Update {
                mutation_id, held, ..
            } => sale.update_envelope(*mutation_id, &held.revision, &held.line_ids),
        }
    }

    fn update(held: Held, round: u32, chance: Chance) -> Self {
        Self::Update {
            mutation_id: chance.mutation_id,
            held,
            round,
        }
    }

    fn round(&self) -> u32 {
        match self {
            Self::Create { .. } => 0,
            Self::Update { round, .. } => *round,
        }
    }
}

/// Where a sale is on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It will be sent.
    Waiting {
        /// What is sent.
        write: Write,
        /// Attempts so far that brought no verdict.
        attempt: u32,
        /// Not before this moment, milliseconds since 1970.
        not_before_ms: u64,
        /// What stood in the way of the last attempt.
        code: Option<Code>,
        /// The store named the moment, so nothing hurries it.
        is_asked: bool,
    },
    /// It is being sent.
    Sending {
        /// What is sent.
        write: Write,
        /// Attempts before this one that brought no verdict.
        attempt: u32,
    },
    /// The store has it, as it was sent or as a person accepted it.
    Booked {
        /// The store's order.
        booking: Booking,
        /// When that became known, milliseconds since 1970.
        at_ms: u64,
    },
    /// A person must look.
    Parked {
        /// What is sent when it is sent again.
        write: Write,
        /// Why.
        why: ParkedWhy,
    },
}

/// Why a sale is parked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParkedWhy {
    /// The store refused it.
    Refused {
        /// The store's own error code.
        store_code: String,
        /// The store's own words.
        words: String,
    },
    /// The store has an order under its identity that is something else.
    Differs {
        /// The order.
        booking: Booking,
        /// All that differs.
        differences: Vec<Difference>,
    },
    /// The store takes updates and does not keep them.
    NotKept,
}

impl ParkedWhy {
    /// The documented code.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Refused { .. } => Code::SALE_REFUSED,
            Self::Differs { .. } | Self::NotKept => Code::SALE_DIFFERS,
        }
    }
}

/// What happens to a sale.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// Its time has come.
    Due,
    /// An answer was judged.
    Heard(Verdict),
    /// The program stopped in the middle, or the attempt was given up: whether it arrived is unknown.
    Interrupted,
    /// The network is back or somebody signed in: no need to wait any longer.
    Hurry,
    /// A person wants a parked sale sent again.
    SendAgain,
    /// A person takes the store's order, differing as it is, for the sale.
    Accept,
}

/// Randomness and a fresh identity, handed in.
#[derive(Debug, Clone, Copy)]
pub struct Chance {
    /// Any number; spreads the attempts of many tills.
    pub jitter: u64,
    /// Identity for a write, should a new one begin.
    pub mutation_id: Uuid,
}

/// What the caller must do.
#[derive(Debug, Clone, PartialEq)]
pub enum Output {
    /// Send this, after the new state was kept.
    Send(Write),
    /// An input that has no meaning in this state; it was ignored, and should be logged.
    Alarm {
        /// The state.
        state: &'static str,
        /// The input.
        input: &'static str,
    },
}

impl State {
    /// A sale that was just paid.
    #[must_use]
    pub fn of(sale: &PaidSale, now_ms: u64) -> Self {
        Self::due_now(
            Write::Create {
                mutation_id: sale.stamp().mutation_id,
            },
            now_ms,
        )
    }

    fn due_now(write: Write, now_ms: u64) -> Self {
        Self::Waiting {
            write,
            attempt: 0,
            not_before_ms: now_ms,
            code: None,
            is_asked: false,
        }
    }

    /// Whether the store has it.
    #[must_use]
    pub fn is_booked(&self) -> bool {
        matches!(self, Self::Booked { .. })
    }

    /// Whether it is to be sent now. A pause longer than any that is given means that the clock was put back.
    #[must_use]
    pub fn is_due(&self, now_ms: u64) -> bool {
        match self {
            Self::Waiting { not_before_ms, .. } => {
                *not_before_ms <= now_ms || *not_before_ms - now_ms > RETRY_AFTER_MAX_MS
            }
            Self::Sending { .. } | Self::Booked { .. } | Self::Parked { .. } => false,
        }
    }

    /// Moves a sale on; pure.
    #[must_use]
    pub fn step(self, now_ms: u64, input: Input, chance: Chance) -> (Self, Option<Output>) {
        match (self, input) {
            (Self::Waiting { write, attempt, .. }, Input::Due) => {
                let output = Output::Send(write.clone());
                (Self::Sending { write, attempt }, Some(output))
            }
            (
                Self::Waiting {
                    write,
                    attempt,
                    not_before_ms,
                    code,
                    is_asked,
                },
                Input::Hurry,
            ) => {
                let state = Self::Waiting {
                    write,
                    attempt,
                    not_before_ms: if is_asked { not_before_ms } else { now_ms },
                    code,
                    is_asked,
                };
                (state, None)
            }
            (Self::Sending { write, attempt }, Input::Heard(verdict)) => {
                (heard(write, attempt, verdict, now_ms, chance), None)
            }
            (Self::Sending { write, attempt }, Input::Interrupted) => {
                let state = Self::Waiting {
                    write,
                    attempt,
                    not_before_ms: now_ms,
                    code: None,
                    is_asked: false,
                };
                (state, None)
            }
            (Self::Waiting { .. } | Self::Parked { .. }, Input::Heard(Verdict::Booked(booking))) => (
                Self::Booked {
                    booking,
                    at_ms: now_ms,
                },
                None,
            ),
            (Self::Parked { write, .. }, Input::SendAgain) => {
                (Self::due_now(again(write, chance), now_ms), None)
            }
            (
                Self::Parked {
                    why: ParkedWhy::Differs { booking, .. },
                    ..
                },
                Input::Accept,
            ) => (
                Self::Booked {
                    booking,
                    at_ms: now_ms,
                },
                None,
            ),
            (state @ (Self::Sending { .. } | Self::Booked { .. } | Self::Parked { .. }), Input::Hurry)
            | (
                state @ (Self::Waiting { .. } | Self::Booked { .. } | Self::Parked { .. }),
                Input::Interrupted,
            ) => (state, None),
            (
                state @ (Self::Waiting { .. }
                | Self::Sending { .. }
                | Self::Booked { .. }
                | Self::Parked { .. }),
                input @ (Input::Due | Input::Heard(_) | Input::SendAgain | Input::Accept),
            ) => {
                let output = Output::Alarm {
                    state: state.name(),
                    input: input.name(),
                };
                (state, Some(output))
            }
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Waiting { .. } => "waiting",
            Self::Sending { .. } => "sending",
            Self::Booked { .. } => "booked",
            Self::Parked { .. } => "parked",
        }
    }
}

impl Input {
    fn name(&self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Heard(_) => "heard",
            Self::Interrupted => "interrupted",
            Self::Hurry => "hurry",
            Self::SendAgain => "send again",
            Self::Accept => "accept",
        }
    }
}

fn heard(write: Write, attempt: u32, verdict: Verdict, now_ms: u64, chance: Chance) -> State {
    match verdict {
        Verdict::Booked(booking) => State::Booked {
            booking,
            at_ms: now_ms,
        },
        Verdict::Wait { code, retry_after_ms } => State::Waiting {
            write,
            attempt: attempt.saturating_add(1),
            not_before_ms: now_ms.saturating_add(pause(attempt, retry_after_ms, chance.jitter)),
            code: Some(code),
            is_asked: retry_after_ms.is_some(),
        },
        Verdict::Unfinished(held) => match write.round() {
            UPDATES_MAX.. => State::Parked {
                write: Write::update(held, 1, chance),
                why: ParkedWhy::NotKept,
            },
            round => State::due_now(Write::update(held, round + 1, chance), now_ms),
        },
        Verdict::Differs {
            booking,
            held,
            differences,
        } => State::Parked {
            write: Write::update(held, 1, chance),
            why: ParkedWhy::Differs { booking, differences },
        },
        Verdict::Refused { store_code, words } => State::Parked {
            write,
            why: ParkedWhy::Refused { store_code, words },
        },
        // Both go back to a create under a new mutation. The store knows the sale by its identity, so this makes
        // no second order; the pause keeps a store that answers so for ever from being asked for ever.
        Verdict::MutationSpent | Verdict::Gone => State::Waiting {
            write: Write::Create {
                mutation_id: chance.mutation_id,
            },
            attempt: attempt.saturating_add(1),
            not_before_ms: now_ms.saturating_add(pause(attempt, None, chance.jitter)),
            code: Some(Code::RESOURCE_NOT_FOUND),
            is_asked: false,
        },
    }
}

/// What a person sends again: the same thing under a new mutation, because the old one may be spent.
fn again(write: Write, chance: Chance) -> Write {
    let mutation_id = chance.mutation_id;
    match write {
        Write::Create { .. } => Write::Create { mutation_id },
        Write::Update { held, .. } => Write::update(held, 1, chance),
    }
}

/// The pause after an attempt: what the store asks for, else anything up to a limit that doubles each time.
#[must_use]
pub fn pause(attempt: u32, retry_after_ms: Option<u64>, jitter: u64) -> u64 {
    match retry_after_ms {
        Some(asked) => asked.min(RETRY_AFTER_MAX_MS),
        None => {
            let limit = BACKOFF_MIN_MS
                .saturating_mul(1 << attempt.min(16))
                .min(BACKOFF_MAX_MS);
            jitter % (limit + 1)
        }
    }
}
