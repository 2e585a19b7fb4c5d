//! Spans of time as people write them: `20s`, `2m`, `1h30m`.

use std::time::Duration;

/// The units, longest first, and their length in milliseconds.
const UNITS: [(&str, u64); 5] = [
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("ms", 1),
    ("m", 60_000),
    ("s", 1_000),
];

/// Reads `20s`, `2m`, `15m`, `1h30m` or `500ms`.
///
/// # Errors
///
/// A sentence when a number or a unit is missing, or when the span is zero or too long to count.
pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    let mut rest = text.trim();
    let mut total_ms = 0_u64;
    while !rest.is_empty() {
        let digits = rest.len()
            - rest
                .trim_start_matches(|letter: char| letter.is_ascii_digit())
                .len();
        let (number, tail) = rest.split_at(digits);
        let number: u64 = number.parse().map_err(|_| explain(text))?;
        let (unit, length_ms) = UNITS
            .iter()
            .find(|(unit, _)| tail.starts_with(unit))
            .ok_or_else(|| explain(text))?;
        total_ms = number
            .checked_mul(*length_ms)
            .and_then(|part_ms| total_ms.checked_add(part_ms))
            .ok_or_else(|| explain(text))?;
        rest = &tail[unit.len()..];
    }
    if total_ms == 0 {
        return Err(explain(text));
    }
    Ok(Duration::from_millis(total_ms))
}

/// Writes a number of seconds the way a person says it: `14 s`, `12 min`, `3 h 20 min`, `29 d`.
pub(crate) fn say(seconds: u64) -> String {
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => match (seconds / 3_600, seconds % 3_600 / 60) {
            (hours, 0) => format!("{hours} h"),
            (hours, minutes) => format!("{hours} h {minutes} min"),
        },
        _ => format!("{} d", seconds / 86_400),
    }
}

fn explain(text: &str) -> String {
    format!("`{text}` is not a span of time; write 20s, 2m or 1h30m")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected_ms: Option<u64>) {
        assert_eq!(parse(text).ok(), expected_ms.map(Duration::from_millis), "{text}");
    }

    #[test]
    fn spans_are_read_as_people_write_them() {
        check("20s", Some(20_000));
        check("2m", Some(120_000));
        check("15m", Some(900_000));
        check("1h30m", Some(5_400_000));
        check("500ms", Some(500));
        check(" 1d ", Some(86_400_000));
    }

    #[test]
    fn what_is_no_span_is_refused() {
        for text in [
            "",
            "20",
            "s",
            "-5s",
            "1.5m",
            "2 weeks",
            "0s",
            "99999999999999999999s",
            "9999999999999999d",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn seconds_are_said_in_the_largest_unit_that_still_tells_something() {
        for (seconds, expected) in [
            (14, "14 s"),
            (119, "119 s"),
            (720, "12 min"),
            (12_000, "3 h 20 min"),
            (7_200, "2 h"),
            (2_592_000, "30 d"),
        ] {
            assert_eq!(say(seconds), expected);
        }
    }
}
