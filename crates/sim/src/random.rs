//! Chance that repeats: the same seed gives the same numbers on every machine and in every release.

/// A stream of numbers (xoshiro256**, seeded through splitmix64).
#[derive(Debug, Clone)]
pub struct Random {
    state: [u64; 4],
}

impl Random {
    /// The stream of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut mixed = seed;
        let mut next = || {
            mixed = mixed.wrapping_add(0x9e37_79b9_7f4a_7c15);
            scramble(mixed)
        };
        Self {
            state: [next(), next(), next(), next()],
        }
    }

    /// A stream of its own for one purpose, so that drawing from it leaves the others as they were.
    #[must_use]
    pub fn fork(seed: u64, purpose: u64) -> Self {
        Self::new(scramble(
            seed ^ scramble(purpose.wrapping_add(0x5851_f42d_4c95_7f2d)),
        ))
    }

    /// The next number.
    pub fn draw(&mut self) -> u64 {
        let [a, b, c, d] = &mut self.state;
        let result = b.wrapping_mul(5).rotate_left(7).wrapping_mul(9);
        let shifted = *b << 17;
        *c ^= *a;
        *d ^= *b;
        *b ^= *c;
        *a ^= *d;
        *c ^= shifted;
        *d = d.rotate_left(45);
        result
    }

    /// A number from zero up to and without the limit; zero when the limit is zero.
    pub fn below(&mut self, limit: u64) -> u64 {
        u64::try_from((u128::from(self.draw()) * u128::from(limit)) >> 64).unwrap_or(0)
    }

    /// A number between two bounds, both included.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high.saturating_sub(low).saturating_add(1))
    }

    /// True in so many of a thousand cases.
    pub fn permille(&mut self, share: u64) -> bool {
        self.below(1_000) < share
    }

    /// A number between two bounds of which every order of magnitude is as likely as every other.
    pub fn magnitude(&mut self, low: u64, high: u64) -> u64 {
        let mut ceiling = low.max(1);
        let mut steps = 0;
        while ceiling < high {
            ceiling = ceiling.saturating_mul(2);
            steps += 1;
        }
        let shift = self.below(steps + 1);
        let top = (low.max(1) << shift).min(high);
        self.between(low, top)
    }

    /// One of several, each with its weight.
    ///
    /// # Panics
    /// When there is nothing to choose from.
    pub fn weighted<T: Copy>(&mut self, choices: &[(u64, T)]) -> T {
        let total = choices.iter().map(|(weight, _)| weight).sum();
        let mut left = self.below(total);
        for (weight, choice) in choices {
            if left < *weight {
                return *choice;
            }
            left -= weight;
        }
        choices.last().expect("something to choose from").1
    }
}

/// Mixes the bits of a number so that neighbours become strangers.
#[must_use]
pub fn scramble(mut value: u64) -> u64 {
    value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// A number that stands for a text, under a key; it keeps nobody out and is only compared within one run.
#[must_use]
pub fn seal(key: u64, bytes: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325 ^ scramble(key);
    let mut words = bytes.chunks_exact(8);
    for word in &mut words {
        let word = word.try_into().map(u64::from_le_bytes).unwrap_or_default();
        hash = (hash ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29);
    }
    for byte in words.remainder() {
        hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    }
    scramble(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_numbers_and_another_seed_others() {
        let first = |seed| {
            let mut random = Random::new(seed);
            [random.draw(), random.draw(), random.draw()]
        };
        assert_eq!(first(7), first(7));
        assert_ne!(first(7), first(8));
    }

    #[test]
    fn bounds_are_kept_and_reached() {
        let mut random = Random::new(1);
        let mut seen = [false; 4];
        for _ in 0..200 {
            seen[usize::try_from(random.between(0, 3)).unwrap()] = true;
            assert!((5..=900).contains(&random.magnitude(5, 900)));
        }
        assert_eq!(seen, [true; 4]);
        assert_eq!(random.below(0), 0);
    }

    #[test]
    fn a_seal_depends_on_key_and_text() {
        assert_eq!(
            seal(1, b"a text of some length"),
            seal(1, b"a text of some length")
        );
        assert_ne!(
            seal(1, b"a text of some length"),
            seal(2, b"a text of some length")
        );
        assert_ne!(
            seal(1, b"a text of some length"),
            seal(1, b"a text of some lengts")
        );
    }
}
