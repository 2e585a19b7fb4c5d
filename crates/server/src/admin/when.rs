//! Times as the owner reads them: clock times of the shop, never "three minutes ago".

use jiff::{Timestamp, Zoned, tz::TimeZone};

/// The shop's clock.
#[derive(Debug, Clone)]
pub(super) struct Wall {
    zone: TimeZone,
    today: Zoned,
}

impl Wall {
    /// A zone nobody knows is read as UTC.
    pub(super) fn new(zone: &str, now: i64) -> Self {
        let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
        let today = zoned(now, &zone);
        Self { zone, today }
    }

    /// A moment on the shop's clock.
    pub(super) fn at(&self, seconds: i64) -> Zoned {
        zoned(seconds, &self.zone)
    }

    /// `10:41` today, `Sun 17:40` this week, `2 Nov 08:31` before, with the year when it is another one.
    pub(super) fn short(&self, seconds: i64) -> String {
        let at = self.at(seconds);
        let days = (self.today.date() - at.date()).get_days();
        let form = match () {
            () if days == 0 => "%H:%M",
            () if days.abs() < 7 && at < self.today => "%a %H:%M",
            () if at.year() == self.today.year() => "%-d %b %H:%M",
            () => "%-d %b %Y %H:%M",
        };
        at.strftime(form).to_string()
    }

    /// `23 Nov 2026, 10:41:07`.
    pub(super) fn long(&self, seconds: i64) -> String {
        self.at(seconds).strftime("%-d %b %Y, %H:%M:%S").to_string()
    }

    /// First second of a day that was typed, `2026-11-23`.
    pub(super) fn day(&self, text: &str) -> Option<i64> {
        let date: jiff::civil::Date = text.parse().ok()?;
        Some(date.to_zoned(self.zone.clone()).ok()?.timestamp().as_second())
    }

    /// First second of the day `days` before today.
    pub(super) fn midnight(&self, days: i64) -> i64 {
        let date = self.today.date().saturating_sub(jiff::Span::new().days(days));
        date.to_zoned(self.zone.clone()).map_or_else(
            |_| self.today.timestamp().as_second(),
            |at| at.timestamp().as_second(),
        )
    }
}

fn zoned(seconds: i64, zone: &TimeZone) -> Zoned {
    Timestamp::from_second(seconds)
        .unwrap_or(Timestamp::UNIX_EPOCH)
        .to_zoned(zone.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Monday, 23 November 2026, 10:44 in UTC.
    const NOW: i64 = 1_795_430_640;
    const DAY: i64 = 86_400;

    #[test]
    fn a_time_is_as_short_as_it_can_be_understood() {
        let wall = Wall::new("UTC", NOW);
        assert_eq!(wall.short(NOW - 60), "10:43");
        assert_eq!(wall.short(NOW - DAY), "Sun 10:44");
        assert_eq!(wall.short(NOW - 20 * DAY), "3 Nov 10:44");
        assert_eq!(wall.short(NOW - 365 * DAY), "23 Nov 2025 10:44");
        assert_eq!(wall.short(NOW + 3 * DAY), "26 Nov 10:44");
        assert_eq!(wall.long(NOW), "23 Nov 2026, 10:44:00");
    }

    #[test]
    fn the_clock_is_the_shops() {
        let wall = Wall::new("Europe/Berlin", NOW);
        assert_eq!(wall.short(NOW), "11:44");
        assert_eq!(wall.at(wall.midnight(0)).strftime("%H:%M").to_string(), "00:00");
        assert_eq!(Wall::new("Nowhere/Atlantis", NOW).short(NOW), "10:44");
    }

    #[test]
    fn days_begin_at_midnight_of_the_shop() {
        let wall = Wall::new("UTC", NOW);
        assert_eq!(wall.midnight(0), NOW - (10 * 60 + 44) * 60);
        assert_eq!(wall.midnight(6), wall.midnight(0) - 6 * DAY);
        assert_eq!(wall.day("2026-11-17"), Some(wall.midnight(6)));
        assert_eq!(wall.day("17.11."), None);
    }
}
