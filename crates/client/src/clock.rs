//! The two clocks a session needs: one that never steps and counts sleep, and the one on the wall.
//!
//! Lifetimes run on the boot clock, which goes on while the machine sleeps. Its readings mean something only
//! within one boot, so every reading carries the name of the boot; the wall clock is for people and for bridging
//! a restart.

use std::fmt;
use std::sync::Mutex;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use evertill_session::{BootId, Moment, Now, WallTime};

/// Something that can be asked for the time; tests bring their own.
pub trait Clock: Send + Sync + fmt::Debug {
    /// Which run of the machine this is; readings of different runs cannot be compared.
    fn boot(&self) -> BootId;
    /// Reads the clocks.
    fn now(&self) -> Now;
    /// Reads the boot clock alone, which is asked for every token that is handed out.
    fn moment(&self) -> Moment {
        self.now().moment
    }
}

/// The clocks of this machine.
#[derive(Debug, Clone)]
pub struct SystemClock {
    boot: BootId,
}

impl SystemClock {
    /// Finds out which boot this is.
    #[must_use]
    pub fn new() -> Self {
        Self {
            boot: BootId::new(platform::boot_name()),
        }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn boot(&self) -> BootId {
        self.boot.clone()
    }

    fn now(&self) -> Now {
        Now {
            moment: self.moment(),
            wall: WallTime::from_millis(wall_ms()),
        }
    }

    fn moment(&self) -> Moment {
        Moment::from_millis(platform::since_boot_ms())
    }
}

/// A clock that moves only when told to.
#[derive(Debug)]
pub struct HandClock {
    boot: BootId,
    now: Mutex<Now>,
}

impl HandClock {
    /// Starts at a reading.
    #[must_use]
    pub fn new(boot: BootId, now: Now) -> Self {
        Self {
            boot,
            now: Mutex::new(now),
        }
    }

    /// Lets time pass on both clocks.
    pub fn pass(&self, span: Duration) {
        self.change(|now| {
            now.moment = now.moment.after(span);
            now.wall = now.wall.after(span);
        });
    }

    /// Puts the wall clock somewhere else, as a person or a time server does.
    pub fn set_wall(&self, wall: WallTime) {
        self.change(|now| now.wall = wall);
    }

    fn change(&self, change: impl FnOnce(&mut Now)) {
        change(&mut self.now.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
    }
}

impl Clock for HandClock {
    fn boot(&self) -> BootId {
        self.boot.clone()
    }

    fn now(&self) -> Now {
        *self.now.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Milliseconds since 1970; a clock before 1970 counts as 1970.
pub(crate) fn wall_ms() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |span| i64::try_from(span.as_millis()).unwrap_or(i64::MAX))
}

/// Without a name from the system, the moment of the start names the boot. Rounding absorbs small corrections of
/// the wall clock; a large one looks like a new boot, which is the safe side.
#[cfg(unix)]
fn boot_name_from_start(wall_ms: i64, since_boot: Duration) -> String {
    const ROUND_MS: i64 = 600_000;
    let started_ms = wall_ms - i64::try_from(since_boot.as_millis()).unwrap_or(i64::MAX);
    format!("started {}", (started_ms + ROUND_MS / 2).div_euclid(ROUND_MS))
}

#[cfg(unix)]
mod platform {
    use std::time::Duration;

    use rustix::time::{ClockId, clock_gettime};

    // On macOS the monotonic clock counts sleep; Linux has a clock of its own for that.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    const CLOCK: ClockId = ClockId::Boottime;
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    const CLOCK: ClockId = ClockId::Monotonic;

    pub(super) fn since_boot_ms() -> u64 {
        let time = clock_gettime(CLOCK);
        let ms = time
            .tv_sec
            .saturating_mul(1_000)
            .saturating_add(time.tv_nsec / 1_000_000);
        u64::try_from(ms).unwrap_or(0)
    }

    pub(super) fn boot_name() -> String {
        std::fs::read_to_string("/proc/sys/kernel/random/boot_id").map_or_else(
            |_| super::boot_name_from_start(super::wall_ms(), Duration::from_millis(since_boot_ms())),
            |text| text.trim().to_owned(),
        )
    }
}

#[cfg(not(unix))]
mod platform {
    use std::sync::LazyLock;
    use std::time::Instant;

    static STARTED: LazyLock<Instant> = LazyLock::new(Instant::now);

    pub(super) fn since_boot_ms() -> u64 {
        u64::try_from(STARTED.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    // The clock starts with the process, so every process is a boot of its own.
    pub(super) fn boot_name() -> String {
        LazyLock::force(&STARTED);
        uuid::Uuid::new_v4().to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_boot_clock_does_not_go_back_and_the_boot_keeps_its_name() {
        let clock = SystemClock::new();
        let (first, second) = (clock.now(), clock.now());
        assert!(second.moment >= first.moment);
        assert_eq!(SystemClock::new().boot(), clock.boot());
        assert!(first.wall.as_millis() > 1_600_000_000_000);
    }

    #[cfg(unix)]
    #[test]
    fn a_small_correction_of_the_wall_clock_is_no_new_boot() {
        let name = |wall_ms| boot_name_from_start(wall_ms, Duration::from_secs(5_000));
        assert_eq!(name(1_800_000_000_000), name(1_800_000_003_000));
        assert_ne!(name(1_800_000_000_000), name(1_800_003_600_000));
    }

    #[test]
    fn a_clock_in_the_hand_moves_only_when_told_to() {
        let start = Now {
            moment: Moment::from_millis(1_000),
            wall: WallTime::from_millis(0),
        };
        let clock = HandClock::new(BootId::new("a"), start);
        clock.pass(Duration::from_secs(2));
        clock.set_wall(WallTime::from_millis(9));
        assert_eq!(clock.now().moment, Moment::from_millis(3_000));
        assert_eq!(clock.now().wall, WallTime::from_millis(9));
    }
}
