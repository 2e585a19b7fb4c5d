//! The driver's books: what happened, how often, and whether it was right.

use std::future::Future;

use evertill_session::audit::{Audit, Standing};
use evertill_session::{Counters, Event, Input, JournalEntry, Moment, State};

use super::Driver;
use crate::keeper::diary::{self, Line};

/// What the books need to remember.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    audit: Audit,
    /// Since when somebody is signed in and there is no token.
    without_since: Option<Moment>,
}

impl Ledger {
    /// Hears an input before the engine does.
    pub(super) fn before(&mut self, state: &State, input: &Input) -> Standing {
        self.audit.hear(input);
        Standing::of(state)
    }
}

impl Driver {
    /// Judges a step, and counts the time without a token.
    pub(super) fn account(&mut self, before: Standing) {
        let state = self.engine.state();
        let mut counted = Counters::default();
        if self.ledger.audit.is_needless(before, state) {
            counted.needless_sign_outs_total = 1;
            tracing::error!(store = %self.shared.store, ?before, "a session ended and nobody had ended it");
        }
        let now = self.shared.now();
        let is_without = match state {
            State::Active(held) | State::Renewing { held, .. } | State::Troubled { held, .. } => {
                !held.is_served(now)
            }
            State::SignedOut | State::SignInNeeded { .. } => false,
        };
        match (self.ledger.without_since, is_without) {
            (None, true) => self.ledger.without_since = Some(now.moment),
            (Some(since), false) => {
                counted.count_without_token(now.moment.since(since));
                self.ledger.without_since = None;
            }
            (None, false) | (Some(_), true) => {}
        }
        if counted != Counters::default() {
            self.shared.diary().counters.add(&counted);
            // The books are for people; a sale does not wait for them.
            drop(self.write_down(Line::Counted { counted }));
        }
    }

    /// Notes an event: for listeners, for the counters, and on the disk.
    pub(super) fn note(&mut self, event: Event) -> impl Future<Output = ()> + Send + use<> {
        tracing::info!(store = %self.shared.store, ?event, "session");
        let entry = JournalEntry {
            at: self.shared.now().wall,
            event,
        };
        {
            let mut diary = self.shared.diary();
            diary.counters.count(&entry.event);
            diary.journal.push(entry.clone());
        }
        let written = self.write_down(Line::Entry(entry));
        async move {
            // The work does not panic; it is cut off only when the runtime itself ends.
            let _ = written.await;
        }
    }

    fn write_down(&self, line: Line) -> tokio::task::JoinHandle<()> {
        let path = self
            .shared
            .home
            .journal_path(&self.shared.store, &self.shared.name);
        tokio::task::spawn_blocking(move || {
            if let Err(error) = diary::append(&path, &line) {
                tracing::warn!(%error, "could not write the journal");
            }
        })
    }
}
