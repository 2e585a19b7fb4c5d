//! `Retry-After`: how long a store, or what stands before it, wants to be left alone.

use std::time::Duration;

use super::RawAnswer;

/// The pause an answer asks for. A date is counted from the answer's own `Date`, so that only the sender's clock is in
/// it; without one it says nothing.
pub(super) fn asked_for(raw: &RawAnswer<'_>) -> Option<Duration> {
    let text = raw.header("retry-after")?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = http_date(text)?;
    let sent = http_date(raw.header("date")?.trim())?;
    Some(Duration::from_secs(u64::try_from(until - sent).unwrap_or(0)))
}

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, section 5.6.7) in seconds since 1970. The two forms of the last century
/// are left out.
fn http_date(text: &str) -> Option<i64> {
    let (_, rest) = text.split_once(", ")?;
    let mut words = rest.split(' ');
    let day: i64 = words.next()?.parse().ok().filter(|day| (1..=31).contains(day))?;
    let name = words.next()?;
    let month = i64::try_from(MONTHS.iter().position(|month| *month == name)?).ok()? + 1;
    let year: i64 = words
        .next()?
        .parse()
        .ok()
        .filter(|year| (1970..=9999).contains(year))?;
    let mut clock = words.next()?.splitn(3, ':').map(|part| part.parse::<i64>().ok());
    let (hour, minute, second) = (clock.next()??, clock.next()??, clock.next()??);
    let is_gmt = words.next() == Some("GMT") && words.next().is_none();
    let is_time = (0..24).contains(&hour) && (0..60).contains(&minute) && (0..=60).contains(&second);
    (is_gmt && is_time).then(|| days(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second)
}

/// Days since 1970 of a date in the Gregorian calendar. Years begin in March here, so that the odd day is the last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let of_the_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let leap_days = year / 4 - year / 100 + year / 400;
    year * 365 + leap_days + of_the_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(headers: &[(&str, &str)], expected_s: Option<u64>) {
        let raw = RawAnswer {
            status: 429,
            headers,
            body: b"",
        };
        assert_eq!(
            asked_for(&raw),
            expected_s.map(Duration::from_secs),
            "{headers:?}"
        );
    }

    #[test]
    fn a_date_is_counted_from_the_answers_own_date() {
        let date = ("Date", "Mon, 23 Nov 2026 23:59:50 GMT");
        check(&[("Retry-After", "120"), date], Some(120));
        check(
            &[("Retry-After", "Tue, 24 Nov 2026 00:02:00 GMT"), date],
            Some(130),
        );
        check(&[("Retry-After", "Mon, 23 Nov 2026 23:00:00 GMT"), date], Some(0));
        check(&[("Retry-After", "Tue, 24 Nov 2026 00:02:00 GMT")], None);
        check(&[("Retry-After", "soon"), date], None);
        check(&[("Retry-After", "Tue, 24 Foo 2026 00:02:00 GMT"), date], None);
        check(&[("Retry-After", "Tue, 24 Nov 2026 25:02:00 GMT"), date], None);
        check(&[date], None);
    }

    #[test]
    fn dates_count_from_1970() {
        for (text, expected) in [
            ("Thu, 01 Jan 1970 00:00:00 GMT", Some(0)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(784_111_777)),
            ("Thu, 29 Feb 2024 00:00:00 GMT", Some(1_709_164_800)),
            ("Fri, 01 Mar 2024 00:00:00 GMT", Some(1_709_251_200)),
            ("Mon, 23 Nov 2026 01:58:50 GMT", Some(1_795_399_130)),
            ("Mon, 23 Nov 2026 01:58:50 CET", None),
            ("Monday, 23-Nov-26 01:58:50 GMT", None),
        ] {
            assert_eq!(http_date(text), expected, "{text}");
        }
    }
}
