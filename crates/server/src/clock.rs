//! The store's clock, and one that tests can turn.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// Tells the time in seconds and milliseconds since 1970.
#[derive(Clone, Default)]
pub struct Clock(Option<Arc<AtomicI64>>);

impl Clock {
    /// The clock of the system.
    #[must_use]
    pub fn system() -> Self {
        Self(None)
    }

    /// A clock that stands still at `seconds` since 1970 until [`Clock::advance`] moves it.
    #[must_use]
    pub fn standing_at(seconds: i64) -> Self {
        Self(Some(Arc::new(AtomicI64::new(seconds * 1000))))
    }

    /// Moves a standing clock forward; the system's clock is left alone.
    pub fn advance(&self, by: Duration) {
        if let Some(millis) = &self.0 {
            millis.fetch_add(by.as_millis() as i64, Ordering::SeqCst);
        }
    }

    /// Seconds since 1970.
    #[must_use]
    pub fn seconds(&self) -> i64 {
        self.millis().div_euclid(1000)
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub fn millis(&self) -> i64 {
        match &self.0 {
            Some(millis) => millis.load(Ordering::SeqCst),
            None => SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, |since| since.as_millis() as i64),
        }
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() {
            "Clock(standing)"
        } else {
            "Clock(system)"
        })
    }
}

/// `2026-11-23T02:56:33`, UTC without zone, as WordPress writes it.
pub(crate) fn written(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds)
        .map(|at| at.strftime("%Y-%m-%dT%H:%M:%S").to_string())
        .unwrap_or_default()
}

/// `Mon, 23 Nov 2026 02:56:33 GMT`, as HTTP writes it.
pub(crate) fn http_date(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds)
        .map(|at| at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string())
        .unwrap_or_default()
}

/// Reads what [`written`] writes, with or without `Z`.
pub(crate) fn parse_utc(text: &str) -> Option<i64> {
    let bare = text.strip_suffix('Z').unwrap_or(text);
    let bare = bare.split_once('.').map_or(bare, |(whole, _)| whole);
    if bare.len() != 19 || bare.as_bytes()[10] != b'T' {
        return None;
    }
    let at: jiff::civil::DateTime = bare.parse().ok()?;
    Some(at.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_second())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_back_as_it_was_written() {
        let text = written(1_795_402_593);
        assert_eq!(text, "2026-11-23T02:56:33");
        assert_eq!(parse_utc(&text), Some(1_795_402_593));
        assert_eq!(parse_utc("2026-11-23T02:56:33Z"), Some(1_795_402_593));
        assert_eq!(parse_utc("2026-11-23T02:56:33.000Z"), Some(1_795_402_593));
    }

    #[test]
    fn http_has_its_own_way_of_writing_a_time() {
        assert_eq!(http_date(1_795_402_593), "Mon, 23 Nov 2026 02:56:33 GMT");
    }

    #[test]
    fn anything_that_is_not_such_a_time_is_refused() {
        for text in [
            "",
            "yesterday",
            "2026-11-23",
            "2026-13-23T02:56:33",
            "2026-11-23 02:56:33",
        ] {
            assert_eq!(parse_utc(text), None, "{text}");
        }
    }
}
