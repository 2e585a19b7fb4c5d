//! What holds for any row, token and moment, however they came about.

use evertill_issuer::{
    Change, Counter, Ending, LATE_S, Limits, Rotation, Row, Seconds, Verdict, access_used, renew,
};
use proptest::prelude::*;

const LIMITS: Limits = Limits {
    idle_s: 5_000_000,
    absolute_s: None,
};

/// The row of a living session: nothing was seen that was not handed out.
fn row() -> impl Strategy<Value = Row> {
    (0..1_000_u64, 0..4_u64, 0..1_000_000_i64).prop_map(|(counter, unseen, renewed_at)| Row {
        counter: Counter(counter),
        seen: Counter(counter.saturating_sub(unseen)),
        renewed_at: Seconds(renewed_at),
        ..Row::new(Seconds(0))
    })
}

/// A counter near that of the row: older, the same, or ahead.
fn near(row: &Row) -> impl Strategy<Value = Counter> + use<> {
    let counter = row.counter.0;
    (counter.saturating_sub(5)..counter + 5).prop_map(Counter)
}

/// A row, a token, and a moment after the last renewal.
fn asked() -> impl Strategy<Value = (Row, Counter, Rotation, Seconds)> {
    row()
        .prop_flat_map(|row| (Just(row), near(&row), any::<bool>(), 0..4_000_000_i64))
        .prop_map(|(row, presented, rotates, later)| {
            let rotation = if rotates {
                Rotation::Wanted
            } else {
                Rotation::Unwanted
            };
            (row, presented, rotation, Seconds(row.renewed_at.0 + later))
        })
}

fn written(change: Change) -> Option<Row> {
    match change {
        Change::None => None,
        Change::Lazy(row) | Change::Durable(row) => Some(row),
    }
}

proptest! {
    #[test]
    fn no_counter_and_no_time_ever_goes_back((row, presented, rotation, now) in asked()) {
        let changes = [
            renew(&row, presented, rotation, LIMITS, now).1,
            access_used(&row, presented, now),
        ];
        for after in changes.into_iter().filter_map(written) {
            prop_assert!(after.counter >= row.counter && after.seen >= row.seen, "{after:?}");
            prop_assert!(after.renewed_at >= row.renewed_at, "{after:?}");
            prop_assert!(after.seen <= after.counter, "seen before it was handed out: {after:?}");
            prop_assert_eq!(after.signed_in_at, row.signed_in_at);
        }
    }

    #[test]
    fn the_newest_and_whatever_is_ahead_is_renewed((row, presented, rotation, now) in asked()) {
        prop_assume!(presented >= row.counter);
        let (verdict, change) = renew(&row, presented, rotation, LIMITS, now);
        let expected = match rotation {
            Rotation::Wanted => presented.next(),
            Rotation::Unwanted => presented,
        };
        prop_assert_eq!(verdict, Verdict::Granted(expected));
        prop_assert!(matches!(change, Change::Lazy(row) if row.seen == presented), "{change:?}");
    }

    #[test]
    fn a_predecessor_gets_the_same_successor_until_that_was_seen(row in row(), later in 0..4_000_000_i64) {
        let row = Row { counter: row.counter.next(), seen: row.counter.min(row.seen), ..row };
        let predecessor = Counter(row.counter.0 - 1);
        let now = Seconds(row.renewed_at.0 + later);
        for _ in 0..3 {
            let (verdict, change) = renew(&row, predecessor, Rotation::Wanted, LIMITS, now);
            prop_assert_eq!(verdict, Verdict::Granted(row.counter));
            prop_assert_eq!(change, Change::None, "a reply that is said again writes nothing");
        }
    }

    #[test]
    fn what_is_older_than_what_was_seen_is_late_for_a_while_and_then_a_theft((row, presented, rotation, now) in asked()) {
        let is_unseen_predecessor = presented.next() == row.counter && row.seen < row.counter;
        prop_assume!(presented < row.counter && !is_unseen_predecessor);
        let (verdict, change) = renew(&row, presented, rotation, LIMITS, now);
        if now.0 - row.renewed_at.0 <= LATE_S {
            prop_assert_eq!((verdict, change), (Verdict::Late, Change::None));
        } else {
            prop_assert_eq!(verdict, Verdict::Refused(Ending::Theft));
            prop_assert!(matches!(change, Change::Durable(row) if row.ending == Some(Ending::Theft)));
        }
    }

    #[test]
    fn what_ended_stays_ended_with_its_reason((row, presented, rotation, now) in asked()) {
        for ending in [Ending::Revoked, Ending::Expired, Ending::Theft, Ending::UserGone] {
            let row = Row { ending: Some(ending), ..row };
            let decided = renew(&row, presented, rotation, LIMITS, now);
            prop_assert_eq!(decided, (Verdict::Refused(ending), Change::None));
            prop_assert_eq!(access_used(&row, presented, now), Change::None);
        }
    }
}
