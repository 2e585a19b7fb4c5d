//! Writing a moment as a date. There is no clock here: moments come from outside, in seconds since 1970.

use serde::{Deserialize, Serialize};

const DAY_S: i64 = 86_400;

/// A date and a time of day, without a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Civil {
    /// Year.
    pub year: i64,
    /// Month, 1 to 12.
    pub month: u32,
    /// Day of the month, 1 to 31.
    pub day: u32,
    /// Hour, 0 to 23.
    pub hour: u32,
    /// Minute, 0 to 59.
    pub minute: u32,
    /// Second, 0 to 59.
    pub second: u32,
}

impl Civil {
    /// The date at `unix_s` seconds since 1970 in a zone that is `offset_s` seconds ahead of UTC.
    #[must_use]
    pub fn at(unix_s: i64, offset_s: i32) -> Self {
        // Beyond these bounds (some thousands of years away) no clock stands, not even a broken one.
        let local = unix_s.clamp(-62_135_596_800, 253_402_300_799) + i64::from(offset_s);
        let (year, month, day) = date(local.div_euclid(DAY_S));
        let second_of_day = local.rem_euclid(DAY_S);
        let part = |divisor: i64, modulus: i64| (second_of_day / divisor % modulus) as u32;
        Self {
            year,
            month,
            day,
            hour: part(3_600, 24),
            minute: part(60, 60),
            second: part(1, 60),
        }
    }

    /// `2026-11-23T10:15:30`
    #[must_use]
    pub fn iso(&self) -> String {
        let Self {
            year,
            month,
            day,
            hour,
            minute,
            second,
        } = self;
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
    }
}

/// Days since 1970 as year, month and day of the Gregorian calendar, counted in eras of 400 years that begin on
/// 1 March, so that a leap day is the last day of its year.
fn date(days: i64) -> (i64, u32, u32) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = (day_of_year - (153 * month_from_march + 2) / 5 + 1) as u32;
    let month = (if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    }) as u32;
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_dates() {
        assert_eq!(Civil::at(0, 0).iso(), "1970-01-01T00:00:00");
        assert_eq!(Civil::at(1_795_402_603, 0).iso(), "2026-11-23T02:56:43");
        assert_eq!(Civil::at(1_709_164_800, 0).iso(), "2024-02-29T00:00:00");
        assert_eq!(Civil::at(1_709_164_799, 3_600).iso(), "2024-02-29T00:59:59");
        assert_eq!(Civil::at(-1, 0).iso(), "1969-12-31T23:59:59");
    }
}
