//! The state bar: one line of truth at the bottom of every page.

use evertill_wire::money::CurrencyFormat;

use crate::clock::Wall;
use crate::db::sales::Tally;
use crate::pages::{StateBar, StoreLink, Waiting, format};

/// A renewal that takes no longer than this is nobody's business.
pub(crate) const RENEWING_SHOWN_AFTER_MS: i64 = 5_000;

/// How the session stands, as far as the bar is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// A token lives.
    Well,
    /// A renewal has been on its way since then.
    Renewing {
        /// When it began, milliseconds since 1970.
        since_ms: i64,
    },
    /// Something stands in the way since then; it passes or is mended elsewhere.
    Troubled {
        /// When it began, milliseconds since 1970.
        since_ms: i64,
    },
    /// A person must sign in.
    SignInNeeded,
    /// Nobody is signed in.
    SignedOut,
}

/// Everything the bar is made of.
#[derive(Debug, Clone)]
pub(crate) struct BarFacts {
    /// How the session stands.
    pub(crate) standing: Standing,
    /// What the doctor found by itself.
    pub(crate) found: Option<String>,
    /// The store did not answer a request with a sale since then, milliseconds since 1970.
    pub(crate) unreachable_since_ms: Option<i64>,
    /// Sales that are on this till only.
    pub(crate) unsent: Tally,
    /// Those of them that the store refused.
    pub(crate) refused: u32,
    /// Sales of the current run that are done, and all of them; none when nothing is being sent.
    pub(crate) sending: Option<(u32, u32)>,
    /// When the store booked a sale last, milliseconds since 1970.
    pub(crate) last_booked_ms: Option<i64>,
    /// How long until the store wants a new sign-in, in words; only when that is near and no sale is going on.
    pub(crate) sign_in_due: Option<String>,
    /// Name of the person signed in.
    pub(crate) person: String,
    /// Name of this till.
    pub(crate) till: String,
    /// Name of the store.
    pub(crate) store: String,
}

/// The bar.
pub(crate) fn bar(facts: &BarFacts, currency: &CurrencyFormat, wall: &Wall, now_ms: i64) -> StateBar {
    let clock = |at_ms: i64| format::clock(&wall.at(at_ms));
    let waiting = waiting(facts.unsent, currency);
    StateBar {
        person: facts
            .person
            .split_whitespace()
            .next()
            .unwrap_or_default()
            .to_owned(),
        till: facts.till.clone(),
        store: facts.store.clone(),
        clock: clock(now_ms),
        ..StateBar::of(&link(facts, now_ms, clock), waiting.as_ref())
    }
}

/// Sales that wait, in words.
pub(crate) fn waiting(unsent: Tally, currency: &CurrencyFormat) -> Option<Waiting> {
    (unsent.count > 0).then(|| Waiting {
        count: unsent.count,
        sum: currency.money(unsent.sum),
    })
}

/// The most serious state wins.
fn link(facts: &BarFacts, now_ms: i64, clock: impl Fn(i64) -> String) -> StoreLink {
    if facts.refused > 0 {
        return StoreLink::Refused { count: facts.refused };
    }
    let well = || match (facts.unreachable_since_ms, facts.sending) {
        (Some(since_ms), _) => StoreLink::Offline {
            since: clock(since_ms),
            found: None,
        },
        (None, Some((done, total))) => StoreLink::Sending { done, total },
        (None, None) if facts.sign_in_due.is_some() => StoreLink::SignInDue {
            left: facts.sign_in_due.clone().unwrap_or_default(),
        },
        (None, None) => StoreLink::Online {
            last_sent: facts.last_booked_ms.map(&clock),
        },
    };
    match facts.standing {
        Standing::SignInNeeded => StoreLink::SignInNeeded,
        Standing::SignedOut => StoreLink::SignedOut,
        Standing::Troubled { since_ms } => StoreLink::Offline {
            since: clock(since_ms),
            found: facts.found.clone(),
        },
        Standing::Renewing { since_ms } if now_ms - since_ms >= RENEWING_SHOWN_AFTER_MS => {
            StoreLink::Renewing
        }
        Standing::Renewing { .. } | Standing::Well => well(),
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::*;
    use crate::pages::Tone;

    fn facts(standing: Standing) -> BarFacts {
        BarFacts {
            standing,
            found: None,
            unreachable_since_ms: None,
            unsent: Tally::default(),
            refused: 0,
            sending: None,
            last_booked_ms: None,
            sign_in_due: None,
            person: "Ada Osei".into(),
            till: "Till 1".into(),
            store: "Corner & Co".into(),
        }
    }

    fn drawn(facts: &BarFacts) -> StateBar {
        bar(facts, &CurrencyFormat::default(), &Wall::new("UTC", ""), 100_000)
    }

    #[test]
    fn a_renewal_is_shown_only_after_five_seconds() {
        let quick = drawn(&facts(Standing::Renewing { since_ms: 95_001 }));
        assert_eq!((quick.tone, quick.word.as_str()), (Tone::Ok, "Online"));
        let slow = drawn(&facts(Standing::Renewing { since_ms: 95_000 }));
        assert_eq!((slow.tone, slow.word.as_str()), (Tone::Info, "Renewing\u{2026}"));
    }

    #[test]
    fn trouble_is_grey_and_a_refused_sale_is_the_only_red() {
        let offline = drawn(&facts(Standing::Troubled { since_ms: 40_000 }));
        assert_eq!((offline.tone, offline.word.as_str()), (Tone::Off, "Offline"));
        let person = drawn(&facts(Standing::SignInNeeded));
        assert_eq!(person.tone, Tone::Warn);
        let refused = drawn(&BarFacts {
            refused: 1,
            ..facts(Standing::SignInNeeded)
        });
        assert_eq!(refused.tone, Tone::Bad);
    }

    #[test]
    fn a_sign_in_that_is_due_is_told_when_nothing_else_is_and_in_no_loud_colour() {
        let due = |standing| {
            drawn(&BarFacts {
                sign_in_due: Some("6 days".into()),
                ..facts(standing)
            })
        };
        let well = due(Standing::Well);
        assert_eq!(
            (well.tone, well.word.as_str(), well.href),
            (Tone::Info, "Sign-in due in 6 days", "/sign-in")
        );
        assert_eq!(well.calm, "Any quiet moment will do");
        assert_eq!(due(Standing::Troubled { since_ms: 0 }).word, "Offline");
        assert_eq!(due(Standing::SignInNeeded).word, "Sign-in needed to send");
    }

    #[test]
    fn what_waits_is_counted_and_summed() {
        let bar = drawn(&BarFacts {
            unsent: Tally {
                count: 3,
                sum: Decimal::new(8660, 2),
            },
            ..facts(Standing::SignInNeeded)
        });
        assert_eq!(
            (bar.queue.as_str(), bar.queue_more.as_str()),
            ("3 sales to send", "£86.60")
        );
        assert_eq!(bar.person, "Ada");
    }
}
