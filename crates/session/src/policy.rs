//! Every number that decides when a session does something, with its reason.

use std::time::Duration;

use crate::time::Roll;

/// Share of the access token's life after which renewal starts, in percent. Late enough to halve the number of
/// renewals against "at half", early enough to leave 30 % of the life for an outage nobody notices.
pub const RENEW_AT_PERCENT: u32 = 70;

/// Renewals are spread over this further share of the life, in percent, so that tills signed in together do not renew
/// together.
pub const RENEW_SPREAD_PERCENT: u32 = 10;

/// A store's hint when to come is followed up to this share of the life, in percent; later there would be no time
/// left for a second try.
pub const HINT_AT_MOST_PERCENT: u32 = 85;

/// A token is not used in the last moments of its life: stores count in whole seconds, and a request is under way for
/// a while before it is checked. At most this long …
pub const END_MARGIN: Duration = Duration::from_secs(2);

/// … and at most this share of the life, in percent.
pub const END_MARGIN_PERCENT: u32 = 10;

/// Longest pause before the first new try after trouble; doubled with each further one.
pub const BACKOFF_FIRST: Duration = Duration::from_secs(1);

/// Longest pause between tries; past it, waiting longer helps nobody.
pub const BACKOFF_MAX: Duration = Duration::from_secs(60);

/// A pause asked for by the store is honoured up to this long; a header that says more is taken for a mistake.
pub const RETRY_AFTER_MAX: Duration = Duration::from_secs(3_600);

/// After the network returned, tries are spread over this long, so that a street of tills does not arrive at once.
pub const NETWORK_UP_SPREAD: Duration = Duration::from_secs(5);

/// Shortest pause before the second opinion on an unsigned refusal: long enough for a database that restarts.
pub const SECOND_OPINION_FIRST: Duration = Duration::from_secs(5);

/// The pause before the second opinion is spread over this long.
pub const SECOND_OPINION_SPREAD: Duration = Duration::from_secs(10);

/// Shortest pause before the third opinion, which is asked for only while the access token still works: longer than a
/// database takes that is restarted, repaired or moved.
pub const THIRD_OPINION_FIRST: Duration = Duration::from_secs(90);

/// The pause before the third opinion is spread over this long.
pub const THIRD_OPINION_SPREAD: Duration = Duration::from_secs(30);

/// Fresh tokens refused this many times in a row mean that the session is half ended at the store.
pub const FRESH_REFUSALS_MAX: u8 = 3;

/// Shortest pause between renewals that were set off by a refused token; doubled by each refusal of a fresh one.
pub const REFUSED_PAUSE: Duration = Duration::from_secs(5);

/// How long the store may take to tell which way a token arrives; above the transport's limit for the two routes that
/// are asked.
pub const LOOK_WAIT_MAX: Duration = Duration::from_secs(40);

/// After this long with the token in the address it is looked whether the header arrives again: addresses end up in
/// the logs of hosts.
pub const HEADER_AGAIN: Duration = Duration::from_secs(6 * 3_600);

/// How long another process may hold the session's lock before that is trouble.
pub const LOCK_WAIT_MAX: Duration = Duration::from_secs(30);

/// How long an answer may take before the attempt is given up; above the transport's own limit of 15 s.
pub const ANSWER_WAIT_MAX: Duration = Duration::from_secs(40);

/// How long a write to the vault may take before it counts as failed.
pub const SAVE_WAIT_MAX: Duration = Duration::from_secs(30);

/// The horizon is announced this long ahead, so that the sign-in happens at a quiet moment.
pub const HORIZON_NOTICE: Duration = Duration::from_secs(7 * 24 * 3_600);

/// The announcement is repeated this often.
pub const HORIZON_REMINDER: Duration = Duration::from_secs(24 * 3_600);

/// Trouble of one kind this many times in a row …
pub const SAME_TROUBLE_COUNT: u32 = 3;

/// … over at least this long looks like a configuration that needs attention.
pub const SAME_TROUBLE_SPAN: Duration = Duration::from_secs(120);

/// From this difference on, in seconds, the clocks of store and device are said to differ.
pub const SKEW_S: u64 = 60;

/// Whether clocks so many seconds apart are worth telling. Nothing else follows from it.
#[must_use]
pub fn is_skewed(ahead_s: i64) -> bool {
    ahead_s.unsigned_abs() > SKEW_S
}

/// Whether a difference is another one than is known: a clock was set, and no answer was merely under way.
#[must_use]
pub fn is_new_skew(known_s: i64, ahead_s: i64) -> bool {
    ahead_s.abs_diff(known_s) > SKEW_S
}

/// When to renew a token of this life: at 70 % plus a spread of up to 10 %, or when the store said.
#[must_use]
pub fn renew_after(life: Duration, hint: Option<Duration>, roll: Roll) -> Duration {
    match hint {
        Some(hint) => hint.min(part(life, HINT_AT_MOST_PERCENT)),
        None => part(life, RENEW_AT_PERCENT) + roll.up_to(part(life, RENEW_SPREAD_PERCENT)),
    }
}

/// How long a token of this life is used.
#[must_use]
pub fn usable(life: Duration) -> Duration {
    life.saturating_sub(END_MARGIN.min(part(life, END_MARGIN_PERCENT)))
}

/// So many hundredths of a life, also of one that no store should give.
fn part(life: Duration, percent: u32) -> Duration {
    life.saturating_mul(percent) / 100
}

/// How long to wait before try number `tries + 1`: full jitter up to 1, 2, 4 … 60 s, never under a quarter second.
/// A pause asked for by the store is a floor, with the jitter on top.
#[must_use]
pub fn pause_after(tries: u32, asked_for: Option<Duration>, roll: Roll) -> Duration {
    let ceiling = BACKOFF_FIRST
        .saturating_mul(1 << tries.saturating_sub(1).min(6))
        .min(BACKOFF_MAX);
    let jitter = roll.up_to(ceiling);
    match asked_for {
        Some(floor) => floor.min(RETRY_AFTER_MAX) + jitter,
        None => jitter.max(Duration::from_millis(250)),
    }
}

/// How long to wait before asking once more whether an unsigned refusal was meant.
#[must_use]
pub fn second_opinion_after(roll: Roll) -> Duration {
    SECOND_OPINION_FIRST + roll.up_to(SECOND_OPINION_SPREAD)
}

/// How long to wait before asking a third time, while the access token still works.
#[must_use]
pub fn third_opinion_after(roll: Roll) -> Duration {
    THIRD_OPINION_FIRST + roll.up_to(THIRD_OPINION_SPREAD)
}

/// How long a refused token sets off nothing, after so many refusals in a row that were not cured: 5, 10, 20 … 640 s.
#[must_use]
pub fn pause_after_refusals(in_a_row: u8) -> Duration {
    REFUSED_PAUSE.saturating_mul(1 << u32::from(in_a_row).min(7))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renewal_starts_between_seventy_and_eighty_percent_of_the_life() {
        let life = Duration::from_secs(20);
        assert_eq!(renew_after(life, None, Roll(0)), Duration::from_secs(14));
        assert_eq!(renew_after(life, None, Roll(u64::MAX)), Duration::from_secs(16));
    }

    #[test]
    fn the_stores_hint_wins_unless_it_is_too_late() {
        let life = Duration::from_secs(100);
        assert_eq!(
            renew_after(life, Some(Duration::from_secs(5)), Roll(9)),
            Duration::from_secs(5)
        );
        assert_eq!(
            renew_after(life, Some(Duration::from_secs(500)), Roll(9)),
            Duration::from_secs(85)
        );
    }

    #[test]
    fn the_last_moments_of_a_token_are_left_alone() {
        assert_eq!(usable(Duration::from_secs(1_800)), Duration::from_secs(1_798));
        assert_eq!(usable(Duration::from_secs(5)), Duration::from_millis(4_500));
    }

    #[test]
    fn a_token_that_lives_for_ever_is_renewed_some_day_and_breaks_nothing() {
        for life in [Duration::from_secs(i64::MAX.unsigned_abs()), Duration::MAX] {
            assert!(renew_after(life, None, Roll(u64::MAX)) < life);
            assert!(renew_after(life, Some(Duration::MAX), Roll(0)) < life);
            assert!(usable(life) < life);
        }
    }

    #[test]
    fn pauses_double_up_to_a_minute_and_never_undercut_the_store() {
        assert_eq!(pause_after(1, None, Roll(u64::MAX)), Duration::from_secs(1));
        assert_eq!(pause_after(4, None, Roll(u64::MAX)), Duration::from_secs(8));
        assert_eq!(pause_after(40, None, Roll(u64::MAX)), BACKOFF_MAX);
        assert_eq!(pause_after(1, None, Roll(0)), Duration::from_millis(250));
        assert_eq!(
            pause_after(1, Some(Duration::from_secs(600)), Roll(0)),
            Duration::from_secs(600)
        );
        assert_eq!(
            pause_after(1, Some(Duration::from_secs(u64::MAX)), Roll(0)),
            RETRY_AFTER_MAX
        );
    }
}
