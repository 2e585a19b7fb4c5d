//! The only place that reads the clock, and the store's wall.

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// Milliseconds since 1970, now.
pub(crate) fn now_ms() -> i64 {
    Timestamp::now().as_millisecond()
}

/// The shop's time zone.
#[derive(Debug, Clone)]
pub(crate) struct Wall {
    zone: TimeZone,
}

impl Wall {
    /// The zone of that name, else so many hours from UTC, else this device's own.
    pub(crate) fn new(name: &str, gmt_offset: &str) -> Self {
        let named = || {
            TimeZone::get(name.trim())
                .ok()
                .filter(|_| !name.trim().is_empty())
        };
        let shifted = || {
            let hours: rust_decimal::Decimal = gmt_offset.trim().parse().ok()?;
            let seconds = i32::try_from(hours * rust_decimal::Decimal::from(3600)).ok()?;
            Some(jiff::tz::Offset::from_seconds(seconds).ok()?.to_time_zone())
        };
        Self {
            zone: named().or_else(shifted).unwrap_or_else(TimeZone::system),
        }
    }

    /// What the shop's wall shows at a moment.
    pub(crate) fn at(&self, at_ms: i64) -> Zoned {
        Timestamp::from_millisecond(at_ms)
            .unwrap_or(Timestamp::UNIX_EPOCH)
            .to_zoned(self.zone.clone())
    }

    /// What the shop's wall shows now.
    pub(crate) fn now(&self) -> Zoned {
        self.at(now_ms())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shops_zone_wins_over_the_offset_and_the_offset_over_the_device() {
        let noon_ms = 1_795_435_200_000;
        let hour = |name, offset| Wall::new(name, offset).at(noon_ms).hour();
        let utc = hour("UTC", "5");
        assert_eq!(hour("", "2"), utc + 2);
        assert_eq!(hour("Nowhere/Land", "-1.5"), utc - 2);
    }
}
