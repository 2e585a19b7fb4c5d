//! How often somebody may guess: unless the settings say otherwise five times a name, ten times an address, then a
//! quarter of an hour of rest.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::proxies::neighbourhood;

/// Wrong guesses for one name that the owner hears of.
const NAME_BURST: u32 = 3;

/// Names and addresses that are remembered. Past it the oldest are forgotten, so that a flood fills no memory.
const ENTRIES_MAX: usize = 10_000;

/// How many guesses are borne, and how long a rest is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Patience {
    /// Wrong guesses for one name before it rests.
    pub(crate) name_max: u32,
    /// Wrong guesses from one address before it rests.
    pub(crate) address_max: u32,
    /// How long guesses count and a rest lasts, in seconds.
    pub(crate) rest_s: i64,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            name_max: 5,
            address_max: 10,
            rest_s: 15 * 60,
        }
    }
}

/// Who is counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Name(String),
    /// An IPv4 address, or the /64 of an IPv6 address.
    Address(IpAddr),
}

#[derive(Debug, Clone, Copy)]
struct Count {
    failures: u32,
    last_at: i64,
}

/// Wrong guesses that count, the latest one among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Guesses {
    pub(crate) of_name: u32,
    pub(crate) from_address: u32,
    /// What was borne when they were counted.
    pub(crate) patience: Patience,
}

impl Guesses {
    /// Enough to be told to the owner, and not yet a lockout. Said once.
    pub(crate) fn is_burst(self) -> bool {
        self.of_name == NAME_BURST.min(self.patience.name_max)
    }

    /// The name has to rest from now on. Said once.
    pub(crate) fn locks_name(self) -> bool {
        self.of_name == self.patience.name_max
    }

    /// The address has to rest from now on. Said once.
    pub(crate) fn locks_address(self) -> bool {
        self.from_address == self.patience.address_max
    }
}

/// Why somebody has to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rest {
    /// The name was guessed at too often.
    Name,
    /// Too many guesses came from the address.
    Address,
}

/// Counts wrong guesses.
#[derive(Debug, Default)]
pub(crate) struct Throttle(Mutex<Counts>);

#[derive(Debug, Default)]
struct Counts {
    patience: Patience,
    of: HashMap<Key, Count>,
}

impl Throttle {
    /// Bears this much from now on.
    pub(crate) fn bear(&self, patience: Patience) {
        self.lock().patience = patience;
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the address may try at all.
    pub(crate) fn address(&self, address: IpAddr, now: i64) -> Option<Rest> {
        let counts = self.lock();
        counts
            .rests(
                &Key::Address(neighbourhood(address)),
                counts.patience.address_max,
                now,
            )
            .then_some(Rest::Address)
    }

    /// Whether the name may be tried.
    pub(crate) fn name(&self, name: &str, now: i64) -> Option<Rest> {
        let counts = self.lock();
        counts
            .rests(&Key::Name(normal(name)), counts.patience.name_max, now)
            .then_some(Rest::Name)
    }

    /// Until when the name has to rest, seconds since 1970.
    pub(crate) fn name_rests_until(&self, name: &str, now: i64) -> Option<i64> {
        let counts = self.lock();
        let count = counts.of.get(&Key::Name(normal(name)))?;
        let until = count.last_at + counts.patience.rest_s;
        (count.failures >= counts.patience.name_max && now < until).then_some(until)
    }

    /// Counts a wrong guess; says how many there were for the name and from the address.
    pub(crate) fn failed(&self, name: &str, address: IpAddr, now: i64) -> Guesses {
        let mut counts = self.lock();
        let Counts { patience, of: counts } = &mut *counts;
        let patience = *patience;
        let mut guesses = Guesses {
            patience,
            ..Guesses::default()
        };
        for key in [Key::Name(normal(name)), Key::Address(neighbourhood(address))] {
            if counts.len() >= ENTRIES_MAX && !counts.contains_key(&key) {
                forget(counts, patience.rest_s, now);
            }
            let count = counts.entry(key.clone()).or_insert(Count {
                failures: 0,
                last_at: now,
            });
            if now - count.last_at >= patience.rest_s {
                count.failures = 0;
            }
            count.failures = count.failures.saturating_add(1);
            count.last_at = now;
            match key {
                Key::Name(_) => guesses.of_name = count.failures,
                Key::Address(_) => guesses.from_address = count.failures,
            }
        }
        guesses
    }

    /// A right password clears the name; the address keeps its count.
    pub(crate) fn succeeded(&self, name: &str) {
        self.lock().of.remove(&Key::Name(normal(name)));
    }
}

impl Counts {
    fn rests(&self, key: &Key, most: u32, now: i64) -> bool {
        self.of
            .get(key)
            .is_some_and(|count| count.failures >= most && now - count.last_at < self.patience.rest_s)
    }
}

fn normal(name: &str) -> String {
    name.trim().to_lowercase().chars().take(254).collect()
}

/// Drops what no longer counts; when everything still does, the older half.
fn forget(counts: &mut HashMap<Key, Count>, rest_s: i64, now: i64) {
    counts.retain(|_, count| now - count.last_at < rest_s);
    if counts.len() < ENTRIES_MAX {
        return;
    }
    let mut times: Vec<i64> = counts.values().map(|count| count.last_at).collect();
    times.sort_unstable();
    let middle = times[times.len() / 2];
    let mut kept = 0;
    counts.retain(|_, count| {
        let stays = count.last_at >= middle && kept < ENTRIES_MAX / 2;
        kept += usize::from(stays);
        stays
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW_S: i64 = 15 * 60;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    #[test]
    fn a_name_rests_after_five_wrong_guesses_for_a_quarter_of_an_hour() {
        let throttle = Throttle::default();
        for guess in 0..5 {
            assert_eq!(throttle.name("Ann", guess), None);
            throttle.failed("ann ", HERE, guess);
        }
        assert_eq!(throttle.name("ANN", 5), Some(Rest::Name));
        assert_eq!(throttle.name_rests_until("ann", 5), Some(4 + WINDOW_S));
        assert_eq!(throttle.name_rests_until("ann", 4 + WINDOW_S), None);
        assert_eq!(throttle.name_rests_until("ben", 5), None);
        assert_eq!(throttle.name("ANN", 4 + WINDOW_S), None);
        assert_eq!(throttle.name("ben", 5), None);
    }

    #[test]
    fn an_address_rests_after_ten_whatever_the_names() {
        let throttle = Throttle::default();
        for guess in 0..10 {
            assert_eq!(throttle.address(HERE, 0), None);
            throttle.failed(&format!("name{guess}"), HERE, 0);
        }
        assert_eq!(throttle.address(HERE, 1), Some(Rest::Address));
        assert_eq!(throttle.address([10, 0, 0, 1].into(), 1), None);
    }

    #[test]
    fn who_has_a_whole_ipv6_network_guesses_no_more_often() {
        let throttle = Throttle::default();
        for guess in 0..10_u16 {
            let address = [0x2001, 0xdb8, 0, 0, guess, guess, 0, 1].into();
            throttle.failed(&format!("name{guess}"), address, 0);
        }
        let neighbour = [0x2001, 0xdb8, 0, 0, 9, 9, 9, 9].into();
        assert_eq!(throttle.address(neighbour, 1), Some(Rest::Address));
        let stranger = [0x2001, 0xdb8, 0, 1, 0, 0, 0, 1].into();
        assert_eq!(throttle.address(stranger, 1), None);
    }

    #[test]
    fn a_right_password_clears_the_name() {
        let throttle = Throttle::default();
        for _ in 0..4 {
            throttle.failed("ann", HERE, 0);
        }
        throttle.succeeded("Ann");
        throttle.failed("ann", HERE, 0);
        assert_eq!(throttle.name("ann", 0), None);
    }

    #[test]
    fn a_flood_of_names_fills_no_memory() {
        let throttle = Throttle::default();
        for guess in 0..(ENTRIES_MAX * 3) {
            throttle.failed(
                &format!("name{guess}"),
                [10, 0, (guess >> 8) as u8, guess as u8].into(),
                7,
            );
        }
        assert!(throttle.lock().of.len() <= ENTRIES_MAX + 1);
    }

    #[test]
    fn another_patience_holds_from_the_next_question_on() {
        let throttle = Throttle::default();
        for _ in 0..4 {
            throttle.failed("ann", HERE, 0);
        }
        assert_eq!(throttle.name("ann", 0), None);
        throttle.bear(Patience {
            name_max: 4,
            address_max: 20,
            rest_s: 60,
        });
        assert_eq!(throttle.name("ann", 0), Some(Rest::Name));
        assert_eq!(throttle.name("ann", 60), None);
    }
}
