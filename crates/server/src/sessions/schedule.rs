//! When tills should come again after the store was away.
//!
//! All of them come in the first seconds after a store opens. Left alone they would come together ever after, because
//! they all count from the same moment. For as long as an access token lives after the start, renewals carry a hint
//! instead: each the next place of a sequence that fills the time evenly, however many there turn out to be.

use std::sync::atomic::{AtomicU64, Ordering};

/// The part of an access token's life over which renewals are spread, in thousandths of it. Late enough to be worth a
/// renewal, early enough that a till has time to try again.
const SPREAD: (u64, u64) = (300, 850);

/// Lives shorter than this, in seconds, are watched by people and left alone.
const LIFE_S_MIN: i64 = 300;

/// 2⁶⁴ divided by the golden ratio: multiples of it, taken as fractions of 2⁶⁴, stand ever more densely and evenly.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// Places that were given out.
#[derive(Debug, Default)]
pub(crate) struct Places(AtomicU64);

impl Places {
    /// The next place, as a number that is spread evenly over all there are.
    fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed).wrapping_mul(GOLDEN)
    }

    /// When to renew next, in seconds from now; `since_start_s` after the store was opened.
    pub(crate) fn refresh_in(&self, access_life_s: i64, since_start_s: i64) -> Option<i64> {
        let is_herd = access_life_s >= LIFE_S_MIN && (0..access_life_s).contains(&since_start_s);
        let life = u64::try_from(access_life_s).ok()?;
        is_herd.then(|| between(life * SPREAD.0 / 1_000, life * SPREAD.1 / 1_000, self.next()))
    }
}

fn between(first: u64, last: u64, place: u64) -> i64 {
    let width = u128::from(last.saturating_sub(first).saturating_add(1));
    let offset = (u128::from(place) * width) >> 64;
    i64::try_from(u128::from(first) + offset).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_herd_is_spread_evenly_over_the_middle_of_a_life() {
        let places = Places::default();
        let mut minutes = [0_u32; 15];
        for _ in 0..10_000 {
            let at = places.refresh_in(900, 0).unwrap();
            assert!((270..=765).contains(&at), "{at}");
            minutes[at as usize / 60] += 1;
        }
        for minute in 5..12 {
            assert!((1_100..1_320).contains(&minutes[minute]), "{minutes:?}");
        }
    }

    #[test]
    fn a_store_that_has_been_open_for_a_life_says_nothing() {
        let places = Places::default();
        assert!(places.refresh_in(900, 899).is_some());
        assert_eq!(places.refresh_in(900, 900), None);
        assert_eq!(places.refresh_in(900, -1), None, "a clock that was set back");
        assert_eq!(places.refresh_in(20, 0), None, "a life that somebody watches");
    }
}
