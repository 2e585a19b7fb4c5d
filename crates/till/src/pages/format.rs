//! Words and figures as the pages write them.

use jiff::Zoned;
use rust_decimal::Decimal;

/// Clock time, `10:42`.
#[must_use]
pub fn clock(at: &Zoned) -> String {
    format!("{:02}:{:02}", at.hour(), at.minute())
}

/// Clock time with seconds, `10:43:07`.
#[must_use]
pub fn clock_s(at: &Zoned) -> String {
    format!("{}:{:02}", clock(at), at.second())
}

/// Day without the year, `3 Nov`.
#[must_use]
pub fn day(at: &Zoned) -> String {
    format!("{} {}", at.day(), at.strftime("%b"))
}

/// Day with the year, `23 Nov 2026`.
#[must_use]
pub fn full_day(at: &Zoned) -> String {
    format!("{} {}", day(at), at.year())
}

/// `Today`, `Yesterday`, or the weekday and day, `Sunday 22 Nov`.
#[must_use]
pub fn day_name(at: &Zoned, now: &Zoned) -> String {
    match days_between(at, now) {
        0 => "Today".into(),
        1 => "Yesterday".into(),
        _ => format!("{} {}", at.strftime("%A"), day(at)),
    }
}

/// Clock time, with as much of the day as is needed to know it: `10:33`, `Sun 15:05`, `3 Nov 08:41`.
#[must_use]
pub fn moment(at: &Zoned, now: &Zoned) -> String {
    match days_between(at, now) {
        0 => clock(at),
        1..=6 => format!("{} {}", at.strftime("%a"), clock(at)),
        _ => format!("{} {}", day(at), clock(at)),
    }
}

fn days_between(at: &Zoned, now: &Zoned) -> i32 {
    at.date()
        .until(now.date())
        .map_or(i32::MAX, |span| span.get_days().abs())
}

/// A stretch of time in the largest unit that still says enough: `8 s`, `12 min`, `1 h 20 min`, `10 days`.
#[must_use]
pub fn duration(seconds: i64) -> String {
    let seconds = seconds.max(0);
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, _) => format!("{minutes} min"),
        (0, _, _) if minutes % 60 == 0 => format!("{hours} h"),
        (0, _, _) => format!("{hours} h {} min", minutes % 60),
        (1, _, _) => "1 day".into(),
        _ => format!("{days} days"),
    }
}

/// A number with its noun, `1 sale`, `3 sales`; thousands grouped with a comma.
#[must_use]
pub fn counted(count: u32, one: &str, many: &str) -> String {
    let digits = count.to_string();
    let mut grouped = String::with_capacity(digits.len() + 2);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{grouped} {}", if count == 1 { one } else { many })
}

/// A quantity without idle zeros, `2`, `0.375`, `−1`.
#[must_use]
pub fn quantity(value: Decimal) -> String {
    value.normalize().to_string().replace('-', "\u{2212}")
}

/// The first letters of up to two words, for a tile or a person without a picture: `Gift Card` gives `GC`.
#[must_use]
pub fn initials(name: &str) -> String {
    let words: Vec<&str> = name
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let take: String = match words.as_slice() {
        [] => return "?".into(),
        [one] => one.chars().take(2).collect(),
        [first, second, ..] => [first, second]
            .into_iter()
            .filter_map(|word| word.chars().next())
            .collect(),
    };
    take.to_uppercase()
}

/// One of the eight colour classes, always the same for the same name.
#[must_use]
pub fn tint(name: &str) -> &'static str {
    const TINTS: [&str; 8] = ["t1", "t2", "t3", "t4", "t5", "t6", "t7", "t8"];
    let hash = name.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    TINTS[(hash ^ (hash >> 16)) as usize % TINTS.len()]
}

/// Puts soft hyphens into words of more than 14 letters, so that they may break on a narrow tile.
///
/// A break comes after a vowel that is followed by a consonant and a vowel, at least six letters apart and
/// never in the first or last three letters.
#[must_use]
pub fn soft_hyphens(text: &str) -> String {
    const LONG: usize = 14;
    let mut out = String::with_capacity(text.len());
    for word in text.split_inclusive([' ', '-', '/']) {
        let letters: Vec<char> = word.chars().collect();
        if letters.iter().filter(|c| c.is_alphabetic()).count() <= LONG {
            out.push_str(word);
            continue;
        }
        let mut since = 0;
        for (index, letter) in letters.iter().enumerate() {
            if since >= 6 && breaks_before(&letters, index) {
                out.push('\u{ad}');
                since = 0;
            }
            out.push(*letter);
            since += 1;
        }
    }
    out
}

/// Whether a syllable may begin here: a consonant before a vowel, where `pl`, `tr`, `ch` and their like stay together.
fn breaks_before(letters: &[char], index: usize) -> bool {
    let letter = |at: usize| letters.get(at).map_or(' ', |c| c.to_ascii_lowercase());
    let vowel = |at: usize| "aeiouyäöüáéíóúàèìòùâêîôûåæø".contains(letter(at));
    let pair = |at: usize| match letter(at + 1) {
        'l' | 'r' => "pbtdkgfcv".contains(letter(at)),
        'h' => "cpts".contains(letter(at)),
        _ => false,
    };
    let room = index >= 3 && (index - 1..index + 3).all(|at| letter(at).is_alphabetic());
    if !room || vowel(index) || pair(index - 1) {
        return false;
    }
    vowel(index + 1) || (pair(index) && vowel(index + 2))
}

/// The fewest coins and notes an amount of change can be given in, `£2 + £1 + 50p + 20p`.
///
/// Empty for currencies whose coins are not known, for amounts of nothing and for more than six pieces.
#[must_use]
pub fn coins(change: Decimal, currency: &str) -> String {
    let (sign, minor, pieces): (&str, &str, &[u32]) = match currency {
        "GBP" => ("£", "p", &[5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1]),
        "EUR" => ("€", "c", &[5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1]),
        "USD" => ("$", "¢", &[5000, 2000, 1000, 500, 100, 25, 10, 5, 1]),
        _ => return String::new(),
    };
    let Ok(mut rest) = u32::try_from((change * Decimal::ONE_HUNDRED).round()) else {
        return String::new();
    };
    let mut words = Vec::new();
    for piece in pieces {
        let times = rest / piece;
        rest %= piece;
        let name = if *piece >= 100 {
            format!("{sign}{}", piece / 100)
        } else {
            format!("{piece}{minor}")
        };
        match times {
            0 => {}
            1 => words.push(name),
            _ => words.push(format!("{times} × {name}")),
        }
    }
    if words.len() > 6 {
        return String::new();
    }
    words.join(" + ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use jiff::tz::TimeZone;

    fn at(month: i8, day: i8, hour: i8, minute: i8) -> Zoned {
        date(2026, month, day)
            .at(hour, minute, 7, 0)
            .to_zoned(TimeZone::UTC)
            .unwrap()
    }

    #[test]
    fn times_carry_the_day_only_when_it_is_another() {
        let now = at(11, 23, 10, 42);
        assert_eq!(clock_s(&now), "10:42:07");
        assert_eq!(moment(&at(11, 23, 8, 58), &now), "08:58");
        assert_eq!(moment(&at(11, 22, 15, 5), &now), "Sun 15:05");
        assert_eq!(moment(&at(11, 3, 8, 41), &now), "3 Nov 08:41");
        assert_eq!(moment(&at(9, 24, 8, 41), &now), "24 Sep 08:41");
        assert_eq!(day_name(&now, &now), "Today");
        assert_eq!(day_name(&at(11, 22, 9, 0), &now), "Yesterday");
        assert_eq!(day_name(&at(11, 20, 9, 0), &now), "Friday 20 Nov");
        assert_eq!(full_day(&now), "23 Nov 2026");
    }

    #[test]
    fn durations_use_the_unit_a_person_would() {
        assert_eq!(duration(-4), "0 s");
        assert_eq!(duration(59), "59 s");
        assert_eq!(duration(12 * 60 + 30), "12 min");
        assert_eq!(duration(3600), "1 h");
        assert_eq!(duration(4800), "1 h 20 min");
        assert_eq!(duration(86_400), "1 day");
        assert_eq!(duration(10 * 86_400 + 5), "10 days");
    }

    #[test]
    fn counts_and_quantities_read_naturally() {
        assert_eq!(counted(1, "sale", "sales"), "1 sale");
        assert_eq!(counted(1240, "item", "items"), "1,240 items");
        assert_eq!(quantity(Decimal::new(375, 3)), "0.375");
        assert_eq!(quantity(Decimal::new(200, 2)), "2");
        assert_eq!(quantity(Decimal::new(-1, 0)), "\u{2212}1");
    }

    #[test]
    fn initials_take_two_words_or_two_letters() {
        assert_eq!(initials("Gift Card"), "GC");
        assert_eq!(initials("ada"), "AD");
        assert_eq!(initials("Oat & Choc Cookie"), "OC");
        assert_eq!(initials(" – "), "?");
    }

    #[test]
    fn a_name_keeps_its_tint() {
        assert_eq!(tint("Gift Card"), tint("Gift Card"));
        let names = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"];
        let different: std::collections::BTreeSet<_> = names.iter().map(|n| tint(n)).collect();
        assert!(different.len() > 3, "{different:?}");
    }

    #[test]
    fn only_long_words_get_soft_hyphens() {
        assert_eq!(soft_hyphens("House Espresso Beans"), "House Espresso Beans");
        let long = soft_hyphens("Weihnachtsplätzchen-Ausstechformen");
        assert_eq!(long.replace('\u{ad}', ""), "Weihnachtsplätzchen-Ausstechformen");
        assert!(long.starts_with("Weihnachts\u{ad}plätzchen"), "{long:?}");
        assert!(long.split(['\u{ad}', '-']).all(|part| part.chars().count() >= 3));
    }

    #[test]
    fn change_is_named_in_the_fewest_pieces() {
        assert_eq!(coins(Decimal::new(370, 2), "GBP"), "£2 + £1 + 50p + 20p");
        assert_eq!(coins(Decimal::new(4500, 2), "EUR"), "2 × €20 + €5");
        assert_eq!(coins(Decimal::ZERO, "GBP"), "");
        assert_eq!(coins(Decimal::new(-100, 2), "GBP"), "");
        assert_eq!(coins(Decimal::new(370, 2), "JPY"), "");
    }
}
