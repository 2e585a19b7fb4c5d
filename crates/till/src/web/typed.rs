//! Numbers as people type them. What cannot be read for certain is not read at all: a guess would be charged.

use rust_decimal::Decimal;

/// Longest number that is looked at, in characters.
const CHARACTERS_MAX: usize = 24;

/// An amount of money, with the shop's decimal sign or the other one, with groups of three, with a currency sign.
///
/// `1,204` is twelve hundred in a shop that writes `1,204.50`, and `0,375` is less than one everywhere.
pub(crate) fn amount(text: &str, separator: &str) -> Option<Decimal> {
    let (is_negative, figure) = bare(text)?;
    let signs: Vec<(usize, char)> = figure
        .char_indices()
        .filter(|(_, c)| matches!(c, '.' | ','))
        .collect();
    let plain = match signs[..] {
        [] => figure.to_owned(),
        [(at, sign)] => {
            let is_group = separator != sign.to_string() && is_grouped(&figure[..at], &figure[at + 1..]);
            figure.replace(sign, if is_group { "" } else { "." })
        }
        [(_, first), .., (at, last)] => {
            let (whole, fraction) = match first == last {
                true if separator != last.to_string() => (figure, None),
                true => return None,
                false => (&figure[..at], Some(&figure[at + 1..])),
            };
            let whole = ungrouped(whole, first)?;
            fraction.map_or(whole.clone(), |fraction| format!("{whole}.{fraction}"))
        }
    };
    parsed(is_negative, &plain)
}

/// A quantity: never grouped, so that `1,375` kilograms are not a thousand.
pub(crate) fn quantity(text: &str) -> Option<Decimal> {
    let (is_negative, figure) = bare(text)?;
    let signs = figure.chars().filter(|c| matches!(c, '.' | ',')).count();
    (signs <= 1)
        .then(|| parsed(is_negative, &figure.replace(',', ".")))
        .flatten()
}

/// The figure without white space, currency sign and minus; nothing when anything else is in it.
fn bare(text: &str) -> Option<(bool, &str)> {
    let is_around = |c: char| c.is_whitespace() || matches!(c, '$' | '£' | '€' | '¥' | '₹' | '₩' | '₺' | '₽');
    let text = text.trim_matches(is_around);
    let (is_negative, text) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (true, rest.trim_start_matches(is_around)),
        None => (false, text),
    };
    let is_figure = text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ','));
    let has_digit = text.bytes().any(|byte| byte.is_ascii_digit());
    (is_figure && has_digit && text.len() <= CHARACTERS_MAX).then_some((is_negative, text))
}

fn is_grouped(head: &str, group: &str) -> bool {
    (1..=3).contains(&head.len()) && !head.starts_with('0') && group.len() == 3
}

/// The digits of a whole part that is grouped by this sign and no other.
fn ungrouped(whole: &str, sign: char) -> Option<String> {
    let mut groups = whole.split(sign);
    let head = groups.next()?;
    let is_well_formed = groups
        .clone()
        .all(|group| group.len() == 3 && group.bytes().all(|byte| byte.is_ascii_digit()));
    let is_head = (1..=3).contains(&head.len()) && !head.starts_with('0');
    (is_head && is_well_formed).then(|| whole.replace(sign, ""))
}

fn parsed(is_negative: bool, plain: &str) -> Option<Decimal> {
    let number: Decimal = plain.strip_suffix('.').unwrap_or(plain).parse().ok()?;
    Some(if is_negative { -number } else { number })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, separator: &str, expected: Option<&str>) {
        let expected = expected.map(|text| text.parse().unwrap());
        assert_eq!(
            amount(text, separator),
            expected,
            "{text} in a shop that writes {separator}"
        );
    }

    #[test]
    fn amounts_are_read_the_way_people_type_them() {
        check("12", ".", Some("12"));
        check("12.5", ".", Some("12.5"));
        check("12,50", ".", Some("12.50"));
        check(" £ 1,204.50 ", ".", Some("1204.50"));
        check("1.204,50 €", ",", Some("1204.50"));
        check("1,204", ".", Some("1204"));
        check("1,204,300", ".", Some("1204300"));
        check("1.204", ",", Some("1204"));
        check("0.375", ".", Some("0.375"));
        check("0,375", ",", Some("0.375"));
        check("0,375", ".", Some("0.375"));
        check(".5", ".", Some("0.5"));
        check("20.", ".", Some("20"));
        check("-1", ".", Some("-1"));
        check("\u{2212}£1.20", ".", Some("-1.20"));
    }

    #[test]
    fn what_could_mean_something_else_is_not_read() {
        for text in [
            "", "abc", "-", "1-2", "1e3", "1.5.2", "40.5.0", "2;DROP", "1,20,4.5", "1,2045.0", "0,204.5",
            "12 5", "--1",
        ] {
            check(text, ".", None);
        }
        check(&"9".repeat(40), ".", None);
    }

    #[test]
    fn quantities_are_never_grouped() {
        for (text, expected) in [
            ("2", Some("2")),
            ("0,375", Some("0.375")),
            ("1,375", Some("1.375")),
            ("1.375", Some("1.375")),
        ] {
            assert_eq!(
                quantity(text),
                expected.map(|text| text.parse().unwrap()),
                "{text}"
            );
        }
        for text in ["1,204.5", "1e3", "", "x"] {
            assert_eq!(quantity(text), None, "{text}");
        }
    }
}
