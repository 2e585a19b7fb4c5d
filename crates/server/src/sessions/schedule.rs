//! When tills should come again after the store, or its database, was away.
//!
//! All of them come in the first seconds after a store is back. Left alone they would come together ever after, because
//! they all count from the same moment. For as long as an access token lives from then on, renewals carry a hint
//! instead: each the next place of a sequence that fills the time evenly, however many there turn out to be.
//!
//! The time that is filled is as long as a token's life allows: no schedule could ask less of the store and let no token
//! end. 10,000 tills with tokens of 15 minutes come back at 20 a second. Who is turned away while the store is away or
//! full gets a `Retry-After` of the same making.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};

/// The part of an access token's life over which renewals are spread, in thousandths of it. Late enough to be worth a
/// renewal, early enough that a till has time to try again.
const SPREAD: (u64, u64) = (300, 850);

/// Lives shorter than this, in seconds, are watched by people and left alone.
const LIFE_S_MIN: i64 = 300;

/// 2⁶⁴ divided by the golden ratio: multiples of it, taken as fractions of 2⁶⁴, stand ever more densely and evenly.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// Places that were given out, spread evenly over all there are.
#[derive(Debug, Default)]
pub(crate) struct Places(AtomicU64);

impl Places {
    pub(crate) const fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    /// The next place between two numbers, both of them included.
    pub(crate) fn between(&self, first: u64, last: u64) -> u64 {
        let place = self.0.fetch_add(1, Ordering::Relaxed).wrapping_mul(GOLDEN);
        let width = u128::from(last.saturating_sub(first).saturating_add(1));
        let offset = (u128::from(place) * width) >> 64;
        first.saturating_add(u64::try_from(offset).unwrap_or(u64::MAX))
    }
}

/// The herd that comes back, and the time over which it is spread.
#[derive(Debug)]
pub(crate) struct Schedule {
    places: Places,
    /// When the store, or its database, came back; seconds since 1970.
    back_at: AtomicI64,
    is_away: AtomicBool,
}

impl Schedule {
    /// A store that opens now: whoever was signed in may be waiting for it.
    pub(crate) fn opened(now: i64) -> Self {
        Self {
            places: Places::new(),
            back_at: AtomicI64::new(now),
            is_away: AtomicBool::new(false),
        }
    }

    /// The database does not answer.
    pub(crate) fn is_away(&self) {
        self.is_away.store(true, Ordering::Relaxed);
    }

    /// The database answers. When it did not before, everybody who was turned away comes now.
    pub(crate) fn is_here(&self, now: i64) {
        if self.is_away.swap(false, Ordering::Relaxed) {
            self.back_at.store(now, Ordering::Relaxed);
        }
    }

    /// When to renew next, in seconds from now.
    pub(crate) fn refresh_in(&self, access_life_s: i64, now: i64) -> Option<i64> {
        let since_back_s = now - self.back_at.load(Ordering::Relaxed);
        let is_herd = access_life_s >= LIFE_S_MIN && (0..access_life_s).contains(&since_back_s);
        let life = u64::try_from(access_life_s).ok().filter(|_| is_herd)?;
        let place = self
            .places
            .between(life * SPREAD.0 / 1_000, life * SPREAD.1 / 1_000);
        i64::try_from(place).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIFE_S: i64 = 900;

    #[test]
    fn ten_thousand_tills_come_back_at_the_same_rate_in_every_second() {
        let schedule = Schedule::opened(0);
        let mut seconds = [0_u32; LIFE_S as usize];
        for _ in 0..10_000 {
            seconds[schedule.refresh_in(LIFE_S, 0).unwrap() as usize] += 1;
        }
        // 10,000 in 496 seconds: 20 a second, and never more than two above.
        assert!(
            seconds[..270]
                .iter()
                .chain(&seconds[766..])
                .all(|count| *count == 0)
        );
        assert!(
            seconds[270..=765].iter().all(|count| (18..=22).contains(count)),
            "{seconds:?}"
        );
    }

    #[test]
    fn a_store_that_has_been_open_for_a_life_says_nothing() {
        let schedule = Schedule::opened(0);
        assert!(schedule.refresh_in(LIFE_S, LIFE_S - 1).is_some());
        assert_eq!(schedule.refresh_in(LIFE_S, LIFE_S), None);
        assert_eq!(schedule.refresh_in(LIFE_S, -1), None, "a clock that was set back");
        assert_eq!(schedule.refresh_in(20, 0), None, "a life that somebody watches");
    }

    #[test]
    fn a_database_that_comes_back_begins_the_schedule_anew() {
        let schedule = Schedule::opened(0);
        let late = 10 * LIFE_S;
        schedule.is_here(late);
        assert_eq!(schedule.refresh_in(LIFE_S, late), None, "it was never away");
        schedule.is_away();
        schedule.is_here(late + 60);
        assert!(schedule.refresh_in(LIFE_S, late + 60).is_some());
        schedule.is_here(late + 2 * LIFE_S);
        assert_eq!(schedule.refresh_in(LIFE_S, late + 2 * LIFE_S), None);
    }

    #[test]
    fn whoever_is_turned_away_is_told_to_come_at_different_times() {
        let places = Places::new();
        let mut seconds = [0_u32; 16];
        for _ in 0..1_000 {
            seconds[places.between(3, 12) as usize] += 1;
        }
        assert!(
            seconds[3..=12].iter().all(|count| (98..=102).contains(count)),
            "{seconds:?}"
        );
    }
}
