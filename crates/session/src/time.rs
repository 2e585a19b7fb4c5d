//! The clocks a session runs on.
//!
//! Lifetimes are counted on a clock that never steps and goes on while the machine sleeps ([`Moment`]). The wall
//! clock ([`WallTime`]) is for people and for the one span that outlives a restart of the machine; nothing is
//! decided by it while the boot clock can tell.

use std::{fmt, time::Duration};

use serde::{Deserialize, Serialize};

/// A point on the boot clock, in milliseconds since the machine started, sleep included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Moment(u64);

impl Moment {
    /// The point so many milliseconds after the machine started.
    #[must_use]
    pub const fn from_millis(ms: u64) -> Self {
        Self(ms)
    }

    /// Milliseconds since the machine started.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// The point so much later.
    #[must_use]
    pub fn after(self, span: Duration) -> Self {
        Self(self.0.saturating_add(millis(span)))
    }

    /// The span from an earlier point to this one; zero when the other is later.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }

    /// The span from this point to a later one; zero when it has passed.
    #[must_use]
    pub fn until(self, later: Self) -> Duration {
        later.since(self)
    }
}

/// A point on the wall clock, in milliseconds since 1970, UTC. May step in both directions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WallTime(i64);

impl WallTime {
    /// The point so many milliseconds after 1970.
    #[must_use]
    pub const fn from_millis(ms: i64) -> Self {
        Self(ms)
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// The point so much later.
    #[must_use]
    pub fn after(self, span: Duration) -> Self {
        Self(
            self.0
                .saturating_add(i64::try_from(millis(span)).unwrap_or(i64::MAX)),
        )
    }

    /// The point so much earlier.
    #[must_use]
    pub fn before(self, span: Duration) -> Self {
        Self(
            self.0
                .saturating_sub(i64::try_from(millis(span)).unwrap_or(i64::MAX)),
        )
    }

    /// The span from an earlier point, or nothing when the clock says it lies in the future.
    #[must_use]
    pub fn since(self, earlier: Self) -> Option<Duration> {
        u64::try_from(self.0.checked_sub(earlier.0)?)
            .ok()
            .map(Duration::from_millis)
    }
}

/// Names one run of the machine: moments of different boots cannot be compared.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BootId(String);

impl BootId {
    /// Wraps the system's name of this boot.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl fmt::Debug for BootId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BootId({})", self.0)
    }
}

/// Both clocks, read together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// The boot clock.
    pub moment: Moment,
    /// The wall clock.
    pub wall: WallTime,
}

impl Now {
    /// What the wall clock shows (or will show, unless it is stepped) at a moment of this boot.
    #[must_use]
    pub fn wall_at(&self, moment: Moment) -> WallTime {
        if moment >= self.moment {
            self.wall.after(moment.since(self.moment))
        } else {
            self.wall.before(self.moment.since(moment))
        }
    }
}

/// When something happened, so that it can be told again after a restart of the machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// The run of the machine.
    pub boot: BootId,
    /// The boot clock of that run.
    pub moment: Moment,
    /// The wall clock.
    pub wall: WallTime,
}

impl Stamp {
    /// How long ago it was, when that is certain: within the same run of the machine.
    #[must_use]
    pub fn age(&self, boot: &BootId, now: Now) -> Option<Duration> {
        (self.boot == *boot && now.moment >= self.moment).then(|| now.moment.since(self.moment))
    }

    /// How long ago it was as well as can be told: by the boot clock, else by the wall clock, else nothing.
    #[must_use]
    pub fn probable_age(&self, boot: &BootId, now: Now) -> Option<Duration> {
        self.age(boot, now).or_else(|| now.wall.since(self.wall))
    }
}

/// A random number handed in by the driver for one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Roll(pub u64);

impl Roll {
    /// A span evenly spread between nothing and the limit.
    #[must_use]
    pub fn up_to(self, limit: Duration) -> Duration {
        let limit_ms = u128::from(millis(limit)) + 1;
        let ms = (u128::from(self.0) * limit_ms) >> 64;
        Duration::from_millis(u64::try_from(ms).unwrap_or(0))
    }
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(moment: u64, wall: i64) -> Now {
        Now {
            moment: Moment::from_millis(moment),
            wall: WallTime::from_millis(wall),
        }
    }

    #[test]
    fn ages_are_certain_only_within_one_run_of_the_machine() {
        let boot = BootId::new("a");
        let stamp = Stamp {
            boot: boot.clone(),
            moment: Moment::from_millis(1_000),
            wall: WallTime::from_millis(50_000),
        };
        assert_eq!(
            stamp.age(&boot, at(4_000, 0)),
            Some(Duration::from_secs(3)),
            "a stepped wall clock changes nothing"
        );
        assert_eq!(stamp.age(&BootId::new("b"), at(4_000, 53_000)), None);
        assert_eq!(
            stamp.probable_age(&BootId::new("b"), at(4_000, 53_000)),
            Some(Duration::from_secs(3))
        );
        assert_eq!(
            stamp.probable_age(&BootId::new("b"), at(4_000, 49_000)),
            None,
            "from the future"
        );
    }

    #[test]
    fn rolls_cover_the_whole_span() {
        assert_eq!(Roll(0).up_to(Duration::from_secs(10)), Duration::ZERO);
        assert_eq!(
            Roll(u64::MAX).up_to(Duration::from_secs(10)),
            Duration::from_secs(10)
        );
        assert_eq!(
            Roll(u64::MAX / 2 + 1).up_to(Duration::from_millis(9)),
            Duration::from_millis(5)
        );
    }
}
