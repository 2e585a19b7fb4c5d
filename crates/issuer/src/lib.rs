//! The store's side of a session.
//!
//! A refresh token is a session's name, a counter and a seal; this crate decides what happens when one with a good
//! seal is presented. It does no I/O and reads no clock: the caller checks the seal, passes the stored row and the
//! time, and writes back what [`Change`] asks for.
//!
//! Renewing with counter *n* moves the row to *n + 1*. The predecessor stays good until the successor is first seen,
//! however long that takes, so a lost reply costs nothing: presenting *n* again hands out the same *n + 1*. A
//! predecessor that is presented after its successor was seen means that two parties hold the session, and it ends.
//! A counter *ahead* of the row can only have been sealed by this store before it lost the write (a crash, a failover,
//! last night's backup): it is believed, and the row catches up. That is why a rotation may be answered before it is
//! on the disk, while endings may not.
//!
//! An older token that comes within [`LATE_S`] of a renewal may be a request that was under way for long: the till gave
//! it up, asked again and went on, and then the first one arrives after all. It gets no token and ends nothing; a thief
//! who tries then learns nothing and is found a little later. Handing out the same successor again writes nothing, so
//! the first use of it counts as the renewal it was.
//!
//! What a crash can cost is detection, not the session: a row that fell back no longer knows which successor was
//! seen. The next renewal by the rightful holder catches it up, and the other party is found at its next one.

use serde::{Deserialize, Serialize};

/// A point in time, in seconds since 1970 on the store's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seconds(pub i64);

/// How often the refresh token of a session was replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Counter(pub u64);

impl Counter {
    /// The one after this.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// Why a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// A person ended it.
    Revoked,
    /// It was not used for longer than the store allows, or reached the absolute limit.
    Expired,
    /// Two parties held it.
    Theft,
    /// The account is gone.
    UserGone,
}

/// What is stored of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Row {
    /// Highest counter handed out.
    pub counter: Counter,
    /// Highest counter known to have arrived: it was presented, or its access token was used.
    pub seen: Counter,
    /// When the person signed in.
    pub signed_in_at: Seconds,
    /// When it was last renewed, or its newest access token first used.
    pub renewed_at: Seconds,
    /// Why it ended, when it has.
    pub ending: Option<Ending>,
}

impl Ending {
    /// Its name in answers and records.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Revoked => "revoked",
            Self::Expired => "expired",
            Self::Theft => "theft",
            Self::UserGone => "user_gone",
        }
    }
}

impl Row {
    /// The row of a new session.
    #[must_use]
    pub fn new(now: Seconds) -> Self {
        Self {
            counter: Counter(0),
            seen: Counter(0),
            signed_in_at: now,
            renewed_at: now,
            ending: None,
        }
    }
}

/// How long sessions live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Longest pause between renewals, in seconds.
    pub idle_s: i64,
    /// Longest life however busy, in seconds; nothing for no limit.
    pub absolute_s: Option<i64>,
}

impl Limits {
    /// When a session ends by itself unless it is renewed before.
    #[must_use]
    pub fn ends_at(self, signed_in_at: Seconds, renewed_at: Seconds) -> Seconds {
        let idle = renewed_at.0.saturating_add(self.idle_s);
        let absolute = self
            .absolute_s
            .map_or(i64::MAX, |limit| signed_in_at.0.saturating_add(limit));
        Seconds(idle.min(absolute))
    }
}

/// What to write before answering.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Change {
    /// Nothing.
    None,
    /// This row, at leisure: losing it in a crash loses nobody's session.
    Lazy(Row),
    /// This row, on the disk before the answer leaves.
    Durable(Row),
}

/// How long after a renewal an older token may be a straggler, in seconds: longer than any proxy keeps a request whose
/// sender has hung up, shorter than a thief can make use of.
pub const LATE_S: i64 = 120;

/// What to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// A new access token, and the refresh token of this counter.
    Granted(Counter),
    /// No token and no refusal: a request from before the last renewal. To be answered as trouble (409), never as
    /// `invalid_grant`.
    Late,
    /// A refusal.
    Refused(Ending),
}

/// Whether the client takes a new refresh token from the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rotation {
    /// It does: every renewal replaces the token.
    Wanted,
    /// A stock client: it keeps the token it has.
    Unwanted,
}

/// Decides about a refresh token with a good seal.
#[must_use]
pub fn renew(
    row: &Row,
    presented: Counter,
    rotation: Rotation,
    limits: Limits,
    now: Seconds,
) -> (Verdict, Change) {
    if let Some(ending) = row.ending {
        return (Verdict::Refused(ending), Change::None);
    }
    if is_over(row, limits, now) {
        return end(row, Ending::Expired);
    }
    if presented < row.counter {
        let is_unseen_predecessor = presented.next() == row.counter && row.seen < row.counter;
        if !is_unseen_predecessor {
            // A clock that was set back makes every renewal look recent: detection waits until it has caught up.
            return if now.0.saturating_sub(row.renewed_at.0) <= LATE_S {
                (Verdict::Late, Change::None)
            } else {
                end(row, Ending::Theft)
            };
        }
        let hand_out = match rotation {
            Rotation::Wanted => row.counter,
            Rotation::Unwanted => presented,
        };
        return (Verdict::Granted(hand_out), Change::None);
    }
    let counter = match rotation {
        Rotation::Wanted => presented.next(),
        Rotation::Unwanted => presented,
    };
    (
        Verdict::Granted(counter),
        Change::Lazy(Row {
            counter,
            seen: presented.max(row.seen),
            renewed_at: now,
            ..*row
        }),
    )
}

/// Notes that an access token of this counter was used: its refresh token has arrived.
#[must_use]
pub fn access_used(row: &Row, counter: Counter, now: Seconds) -> Change {
    if row.ending.is_some() || counter <= row.seen {
        return Change::None;
    }
    Change::Lazy(Row {
        seen: counter,
        counter: row.counter.max(counter),
        renewed_at: now,
        ..*row
    })
}

fn end(row: &Row, ending: Ending) -> (Verdict, Change) {
    (
        Verdict::Refused(ending),
        Change::Durable(Row {
            ending: Some(ending),
            ..*row
        }),
    )
}

fn is_over(row: &Row, limits: Limits, now: Seconds) -> bool {
    now >= limits.ends_at(row.signed_in_at, row.renewed_at)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        idle_s: 60 * 86_400,
        absolute_s: None,
    };

    /// Presents a token and writes what is asked for.
    fn present(row: &mut Row, counter: u64, now: i64) -> Verdict {
        let (verdict, change) = renew(row, Counter(counter), Rotation::Wanted, LIMITS, Seconds(now));
        match change {
            Change::None => {}
            Change::Lazy(new) | Change::Durable(new) => *row = new,
        }
        verdict
    }

    fn granted(counter: u64) -> Verdict {
        Verdict::Granted(Counter(counter))
    }

    #[test]
    fn a_lost_reply_is_handed_out_again_a_thousand_times_and_without_a_write() {
        let mut row = Row::new(Seconds(0));
        assert_eq!(present(&mut row, 0, 10), granted(1));
        let before = row;
        for _ in 0..1_000 {
            assert_eq!(present(&mut row, 0, 86_400), granted(1));
        }
        assert_eq!(row, before);
        assert_eq!(present(&mut row, 1, 86_400), granted(2));
    }

    #[test]
    fn a_predecessor_after_its_successor_was_used_is_theft_and_ends_the_session_for_both() {
        let mut row = Row::new(Seconds(0));
        assert_eq!(present(&mut row, 0, 10), granted(1));
        assert_eq!(present(&mut row, 1, 20), granted(2));
        assert_eq!(present(&mut row, 0, 141), Verdict::Refused(Ending::Theft));
        assert_eq!(present(&mut row, 2, 150), Verdict::Refused(Ending::Theft));
    }

    #[test]
    fn a_request_that_was_under_way_while_its_sender_asked_again_ends_nothing() {
        let mut row = Row::new(Seconds(0));
        assert_eq!(
            present(&mut row, 0, 900),
            granted(1),
            "the second request arrives first"
        );
        let Change::Lazy(seen) = access_used(&row, Counter(1), Seconds(910)) else {
            panic!("unseen")
        };
        row = seen;
        assert_eq!(present(&mut row, 0, 1_020), Verdict::Late, "then the first one");
        assert_eq!(present(&mut row, 1, 1_800), granted(2));
        assert_eq!(
            present(&mut row, 0, 1_921),
            Verdict::Refused(Ending::Theft),
            "a thief has no such excuse"
        );
    }

    #[test]
    fn a_clock_that_is_set_back_makes_no_thief_of_a_straggler() {
        let mut row = Row::new(Seconds(0));
        assert_eq!(present(&mut row, 0, 10_000), granted(1));
        assert_eq!(present(&mut row, 1, 10_001), granted(2));
        assert_eq!(present(&mut row, 0, 6_400), Verdict::Late, "an hour back");
        assert_eq!(present(&mut row, 2, 6_500), granted(3));
        assert_eq!(
            present(&mut row, 0, 6_621),
            Verdict::Refused(Ending::Theft),
            "the clock counts anew"
        );
    }

    #[test]
    fn the_use_of_an_access_token_proves_that_its_refresh_token_arrived() {
        let mut row = Row::new(Seconds(0));
        assert_eq!(present(&mut row, 0, 10), granted(1));
        let Change::Lazy(seen) = access_used(&row, Counter(1), Seconds(910)) else {
            panic!("unseen")
        };
        row = seen;
        assert_eq!(
            access_used(&row, Counter(1), Seconds(12)),
            Change::None,
            "noted once"
        );
        assert_eq!(present(&mut row, 0, 1_031), Verdict::Refused(Ending::Theft));
    }

    #[test]
    fn a_counter_ahead_of_the_row_is_believed_and_the_row_catches_up() {
        let mut row = Row::new(Seconds(0));
        assert_eq!(present(&mut row, 7, 10), granted(8));
        assert_eq!(present(&mut row, 8, 20), granted(9));
        assert_eq!(
            present(&mut row, 6, 141),
            Verdict::Refused(Ending::Theft),
            "the past is not believed"
        );
    }

    #[test]
    fn endings_are_durable_and_rotations_need_not_be() {
        let row = Row::new(Seconds(0));
        let (_, change) = renew(&row, Counter(0), Rotation::Wanted, LIMITS, Seconds(1));
        assert!(matches!(change, Change::Lazy(_)));
        let late = Seconds(LIMITS.idle_s);
        let (verdict, change) = renew(&row, Counter(0), Rotation::Wanted, LIMITS, late);
        assert_eq!(verdict, Verdict::Refused(Ending::Expired));
        assert!(matches!(
            change,
            Change::Durable(Row {
                ending: Some(Ending::Expired),
                ..
            })
        ));
    }

    #[test]
    fn a_session_in_use_does_not_end_and_an_absolute_limit_ends_it_all_the_same() {
        let mut row = Row::new(Seconds(0));
        for day in 1..400_i64 {
            let counter = row.counter.0;
            assert_eq!(present(&mut row, counter, day * 86_400), granted(counter + 1));
        }
        let limits = Limits {
            absolute_s: Some(86_400),
            ..LIMITS
        };
        let (verdict, _) = renew(&row, row.counter, Rotation::Wanted, limits, row.renewed_at);
        assert_eq!(verdict, Verdict::Refused(Ending::Expired));
    }

    #[test]
    fn a_stock_client_keeps_its_token() {
        let mut row = Row::new(Seconds(0));
        for now in 0..100 {
            let (verdict, change) = renew(&row, Counter(0), Rotation::Unwanted, LIMITS, Seconds(now));
            assert_eq!(verdict, granted(0));
            if let Change::Lazy(new) = change {
                row = new;
            }
        }
        assert_eq!(row.counter, Counter(0));
    }
}
