//! What happened to a session, kept short and free of secrets, for people.

use std::{collections::VecDeque, time::Duration};

use evertill_wire::Code;
use serde::{Deserialize, Serialize};

use crate::{
    answer::{Reason, TroubleKind},
    arrival::Place,
    time::WallTime,
};

/// How many entries are kept.
pub const ENTRIES_MAX: usize = 200;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// A person signed in.
    SignedIn {
        /// Name to show.
        user: String,
    },
    /// A saved session was taken up again.
    Resumed {
        /// Name to show.
        user: String,
    },
    /// The store gave a new access token.
    Renewed {
        /// From asking to the answer, in milliseconds.
        took_ms: u64,
        /// Failed tries before it.
        tries_before: u32,
        /// How long the token lives, in seconds.
        life_s: u64,
        /// Noise around the answer was stepped over.
        was_recovered: bool,
    },
    /// Another process of this device renewed; its grant was taken over.
    Adopted,
    /// An attempt failed and says nothing about the grant.
    Trouble {
        /// The cause inside `API02007`.
        cause: Code,
        /// What kind of thing it is.
        kind: TroubleKind,
        /// What was seen.
        evidence: String,
        /// Until the next try, in milliseconds.
        next_try_ms: u64,
    },
    /// The same trouble again and again: a configuration that needs attention.
    LooksWrong {
        /// The cause inside `API02007`.
        cause: Code,
    },
    /// The store refused; it is asked once more before anybody is bothered.
    Doubted {
        /// Why it refused.
        reason: Reason,
        /// The store's words.
        words: String,
        /// Until it is asked again, in milliseconds.
        again_ms: u64,
    },
    /// The store refused and meant it.
    Refused {
        /// Why.
        reason: Reason,
        /// The store's words.
        words: String,
        /// Display name of the person who ended the session, where the store told.
        by: String,
        /// The store ended it for two holders of one token. Absent in journals of earlier versions.
        #[serde(default)]
        is_theft: bool,
    },
    /// A fresh access token was refused.
    FreshTokenRefused {
        /// How many in a row.
        in_a_row: u8,
    },
    /// The token did not arrive where it travelled in the request; it travels elsewhere now.
    PlaceChanged {
        /// Where it travels now.
        to: Place,
    },
    /// The store's clock and this device's differ. Nothing is decided by it.
    ClocksDiffer {
        /// Seconds the store's clock is ahead.
        ahead_s: i64,
    },
    /// The access token ended while no new one was to be had.
    TokenEnded,
    /// The store's own limit on the session comes near.
    HorizonNear {
        /// Until then, in seconds.
        in_s: u64,
    },
    /// The store is asked by `?rest_route=` from now on: `/wp-json/` led to a web page.
    OtherRoute,
    /// A new token could not be written to disk.
    NotSaved {
        /// What failed.
        cause: Code,
    },
    /// The session was ended here.
    SignedOut,
    /// Another process of this device signed out.
    SignedOutElsewhere,
    /// The rules met a case that cannot happen.
    Alarm {
        /// The state it met.
        state: String,
        /// The input it met.
        input: String,
    },
}

/// An event and when it happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalEntry {
    /// When, on the wall clock.
    pub at: WallTime,
    /// What.
    #[serde(flatten)]
    pub event: Event,
}

/// A bounded list of entries, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Journal {
    entries: VecDeque<JournalEntry>,
}

impl Journal {
    /// Takes up entries that were kept before.
    #[must_use]
    pub fn from_entries(entries: impl IntoIterator<Item = JournalEntry>) -> Self {
        let mut journal = Self::default();
        for entry in entries {
            journal.push(entry);
        }
        journal
    }

    /// Adds an entry; the oldest one goes when there are too many.
    pub fn push(&mut self, entry: JournalEntry) {
        if self.entries.len() == ENTRIES_MAX {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
    }

    /// The entries, oldest first.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = &JournalEntry> {
        self.entries.iter()
    }
}

/// Milliseconds of a span, for an entry.
pub(crate) fn ms(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_journal_keeps_the_newest_entries_and_survives_being_written() {
        let mut journal = Journal::default();
        for at in 0..250 {
            journal.push(JournalEntry {
                at: WallTime::from_millis(at),
                event: Event::Trouble {
                    cause: Code::CONNECTION_TIMEOUT,
                    kind: TroubleKind::Network,
                    evidence: "no answer".into(),
                    next_try_ms: 5,
                },
            });
        }
        assert_eq!(journal.entries().count(), ENTRIES_MAX);
        let first = journal.entries().next().unwrap();
        assert_eq!(first.at, WallTime::from_millis(50));
        let text = serde_json::to_string(first).unwrap();
        assert_eq!(serde_json::from_str::<JournalEntry>(&text).unwrap(), *first);
    }
}
