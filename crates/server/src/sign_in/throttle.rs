//! How often somebody may guess: five times a name, ten times an address, then a quarter of an hour of rest.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

use crate::proxies::neighbourhood;

/// Wrong guesses for one name before it rests.
const NAME_MAX: u32 = 5;

/// Wrong guesses for one name that the owner hears of.
const NAME_BURST: u32 = 3;

/// Wrong guesses from one address before it rests.
const ADDRESS_MAX: u32 = 10;

/// How long guesses count and a rest lasts, in seconds.
pub(crate) const WINDOW_S: i64 = 15 * 60;

/// Names and addresses that are remembered. Past it the oldest are forgotten, so that a flood fills no memory.
const ENTRIES_MAX: usize = 10_000;

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
}

impl Guesses {
    /// Enough to be told to the owner, and not yet a lockout. Said once.
    pub(crate) fn is_burst(self) -> bool {
        self.of_name == NAME_BURST
    }

    /// The name has to rest from now on. Said once.
    pub(crate) fn locks_name(self) -> bool {
        self.of_name == NAME_MAX
    }

    /// The address has to rest from now on. Said once.
    pub(crate) fn locks_address(self) -> bool {
        self.from_address == ADDRESS_MAX
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
pub(crate) struct Throttle(Mutex<HashMap<Key, Count>>);

impl Throttle {
    /// Whether the address may try at all.
    pub(crate) fn address(&self, address: IpAddr, now: i64) -> Option<Rest> {
        self.rests(&Key::Address(neighbourhood(address)), ADDRESS_MAX, now)
            .then_some(Rest::Address)
    }

    /// Whether the name may be tried.
    pub(crate) fn name(&self, name: &str, now: i64) -> Option<Rest> {
        self.rests(&Key::Name(normal(name)), NAME_MAX, now)
            .then_some(Rest::Name)
    }

    /// Until when the name has to rest, seconds since 1970.
    pub(crate) fn name_rests_until(&self, name: &str, now: i64) -> Option<i64> {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.get(&Key::Name(normal(name)))?;
        let until = count.last_at + WINDOW_S;
        (count.failures >= NAME_MAX && now < until).then_some(until)
    }

    fn rests(&self, key: &Key, most: u32, now: i64) -> bool {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts
            .get(key)
            .is_some_and(|count| count.failures >= most && now - count.last_at < WINDOW_S)
    }

    /// Counts a wrong guess; says how many there were for the name and from the address.
    pub(crate) fn failed(&self, name: &str, address: IpAddr, now: i64) -> Guesses {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut guesses = Guesses::default();
        for key in [Key::Name(normal(name)), Key::Address(neighbourhood(address))] {
            if counts.len() >= ENTRIES_MAX && !counts.contains_key(&key) {
                forget(&mut counts, now);
            }
            let count = counts.entry(key.clone()).or_insert(Count {
                failures: 0,
                last_at: now,
            });
            if now - count.last_at >= WINDOW_S {
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
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.remove(&Key::Name(normal(name)));
    }
}

fn normal(name: &str) -> String {
    name.trim().to_lowercase().chars().take(254).collect()
}

/// Drops what no longer counts; when everything still does, the older half.
fn forget(counts: &mut HashMap<Key, Count>, now: i64) {
    counts.retain(|_, count| now - count.last_at < WINDOW_S);
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
        assert!(throttle.0.lock().unwrap().len() <= ENTRIES_MAX + 1);
    }
}
