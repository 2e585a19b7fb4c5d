//! How often a session was renewed, what failed, and how long there was no token.
//!
//! Counters are added up from events, so that whoever has the journal has the counters.

use std::{collections::BTreeMap, time::Duration};

use evertill_wire::Code;
use serde::{Deserialize, Serialize};

use crate::journal::{Event, ms};

/// What happened to a session so far, in numbers that only grow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counters {
    /// Renewals that brought a token.
    pub renewals_total: u64,
    /// Attempts to renew that brought none, by the cause inside `API02007`. A refusal that waits for its second opinion
    /// counts, and so does the one that stands.
    pub renewal_failures_total: BTreeMap<Code, u64>,
    /// Ends of the session that cannot be traced to a verdict of the store or to a person; see [`crate::audit`]. More
    /// than zero is a fault of these rules.
    pub needless_sign_outs_total: u64,
    /// Milliseconds in which somebody was signed in and no token could be handed out, by the boot clock. Sleep of the
    /// machine and the wait for a person do not count.
    pub without_token_ms: u64,
}

impl Counters {
    /// Counts an event of the journal.
    pub fn count(&mut self, event: &Event) {
        match event {
            Event::Renewed { .. } => self.renewals_total += 1,
            Event::Trouble { cause, .. } => self.count_failure(*cause),
            Event::Doubted { reason, .. } | Event::Refused { reason, .. } => {
                self.count_failure(reason.code())
            }
            Event::SignedIn { .. }
            | Event::Resumed { .. }
            | Event::Adopted
            | Event::LooksWrong { .. }
            | Event::FreshTokenRefused { .. }
            | Event::PlaceChanged { .. }
            | Event::ClocksDiffer { .. }
            | Event::TokenEnded
            | Event::HorizonNear { .. }
            | Event::OtherRoute
            | Event::NotSaved { .. }
            | Event::SignedOut
            | Event::SignedOutElsewhere
            | Event::Alarm { .. } => {}
        }
    }

    /// Counts time without a token.
    pub fn count_without_token(&mut self, span: Duration) {
        self.without_token_ms = self.without_token_ms.saturating_add(ms(span));
    }

    /// Adds what was counted elsewhere.
    pub fn add(&mut self, other: &Self) {
        self.renewals_total += other.renewals_total;
        for (cause, count) in &other.renewal_failures_total {
            *self.renewal_failures_total.entry(*cause).or_default() += count;
        }
        self.needless_sign_outs_total += other.needless_sign_outs_total;
        self.without_token_ms = self.without_token_ms.saturating_add(other.without_token_ms);
    }

    /// Whole seconds without a token.
    #[must_use]
    pub fn time_without_token_seconds(&self) -> u64 {
        self.without_token_ms / 1_000
    }

    fn count_failure(&mut self, cause: Code) {
        *self.renewal_failures_total.entry(cause).or_default() += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::{Reason, TroubleKind};

    #[test]
    fn every_attempt_counts_once_and_nothing_else_does() {
        let trouble = Event::Trouble {
            cause: Code::CONNECTION_TIMEOUT,
            kind: TroubleKind::Network,
            evidence: "no answer".into(),
            next_try_ms: 5,
        };
        let doubted = Event::Doubted {
            reason: Reason::Ended,
            words: "no".into(),
            again_ms: 5_000,
        };
        let renewed = Event::Renewed {
            took_ms: 5,
            tries_before: 3,
            life_s: 1_800,
            was_recovered: false,
        };
        let mut counters = Counters::default();
        for event in [
            &trouble,
            &trouble,
            &Event::TokenEnded,
            &doubted,
            &renewed,
            &Event::Adopted,
        ] {
            counters.count(event);
        }
        counters.count_without_token(Duration::from_millis(2_900));
        assert_eq!(counters.renewals_total, 1);
        assert_eq!(
            counters.renewal_failures_total,
            BTreeMap::from([(Code::CONNECTION_TIMEOUT, 2), (Code::REFRESH_TOKEN_INVALID, 1)])
        );
        assert_eq!(counters.time_without_token_seconds(), 2);

        let text = serde_json::to_string(&counters).unwrap();
        let mut twice: Counters = serde_json::from_str(&text).unwrap();
        twice.add(&counters);
        assert_eq!(twice.renewal_failures_total[&Code::CONNECTION_TIMEOUT], 4);
        assert_eq!(twice.without_token_ms, 5_800);
    }
}
