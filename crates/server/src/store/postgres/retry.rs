//! Whether a transaction that failed is tried again, and when. Pure: the caller sleeps and rolls the dice.

use std::time::Duration;

/// How long transactions that got in each other's way are repeated.
const CONFLICT_MAX: Duration = Duration::from_secs(8);

/// How long a request waits for a database that is away. A restart is shorter, a person's patience longer.
const LOST_MAX: Duration = Duration::from_secs(3);

/// Why a transaction failed, where trying again may help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// It met another transaction, was undone and may simply run again.
    Conflict,
    /// The connection, or the database behind it, went away.
    Lost,
}

/// Reads a failure from its SQLSTATE; `is_broken` when the connection itself failed.
pub(super) fn trouble(state: Option<&str>, is_broken: bool) -> Option<Trouble> {
    match state {
        // Serialization failure and deadlock.
        Some("40001" | "40P01") => Some(Trouble::Conflict),
        // Shut down, crashed, starting up, not accepting more, or demoted to a replica that only reads.
        Some("57P01" | "57P02" | "57P03" | "53300" | "25006") => Some(Trouble::Lost),
        Some(state) if state.starts_with("08") => Some(Trouble::Lost),
        Some(_) => None,
        None if is_broken => Some(Trouble::Lost),
        None => None,
    }
}

/// How long to wait before the next try; nothing when it is time to give up. `tried` counts the failures before this
/// one, `dice` is evenly spread over all values: two transactions that met must not meet again.
pub(super) fn pause(trouble: Trouble, tried: u32, spent: Duration, dice: u32) -> Option<Duration> {
    let (first, longest, limit) = match trouble {
        Trouble::Conflict => (Duration::from_millis(2), Duration::from_millis(250), CONFLICT_MAX),
        Trouble::Lost => (Duration::from_millis(50), Duration::from_millis(500), LOST_MAX),
    };
    let ceiling = first.saturating_mul(1 << tried.min(16)).min(longest);
    let share = f64::from(dice) / f64::from(u32::MAX);
    let pause = ceiling.mul_f64(0.5 + share / 2.0);
    (spent + pause <= limit).then_some(pause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_conflicts_and_lost_connections_are_tried_again() {
        for state in ["40001", "40P01"] {
            assert_eq!(trouble(Some(state), false), Some(Trouble::Conflict), "{state}");
        }
        for state in ["08006", "08001", "57P01", "57P02", "57P03", "53300", "25006"] {
            assert_eq!(trouble(Some(state), false), Some(Trouble::Lost), "{state}");
        }
        for state in ["23505", "42601", "28P01", "53100", "22021", "57014"] {
            assert_eq!(trouble(Some(state), true), None, "{state}");
        }
        assert_eq!(trouble(None, true), Some(Trouble::Lost));
        assert_eq!(trouble(None, false), None);
    }

    #[test]
    fn pauses_grow_are_spread_and_never_exceed_their_ceiling() {
        for tried in 0..40 {
            let shortest = pause(Trouble::Conflict, tried, Duration::ZERO, 0).unwrap();
            let longest = pause(Trouble::Conflict, tried, Duration::ZERO, u32::MAX).unwrap();
            assert_eq!(longest, shortest * 2, "{tried}");
            assert!(longest <= Duration::from_millis(250), "{tried}");
            let later = pause(Trouble::Conflict, tried + 1, Duration::ZERO, 0).unwrap();
            assert!(later >= shortest, "{tried}");
        }
    }

    #[test]
    fn trying_ends_before_the_time_is_up() {
        for trouble in [Trouble::Conflict, Trouble::Lost] {
            let mut spent = Duration::ZERO;
            let mut tried = 0;
            while let Some(pause) = pause(trouble, tried, spent, 1 << 31) {
                spent += pause;
                tried += 1;
                assert!(tried < 200, "{trouble:?} never ends");
            }
            assert!(tried >= 5, "{trouble:?} gave up after {tried}");
            assert!(spent <= CONFLICT_MAX, "{trouble:?}");
        }
    }
}
