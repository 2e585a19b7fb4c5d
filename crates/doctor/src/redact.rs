//! Taking out of a report what nobody else may see. Pure.
//!
//! No check puts a secret into a finding; this is the second lock. What the words of stores and systems may hold is
//! found by its shape.

use std::collections::BTreeMap;

use evertill_wire::AccessToken;

use crate::finding::Finding;
use crate::report::{Removed, Report};

/// Parameters and fields whose values are secrets.
const SECRET_NAMES: [&str; 8] = [
    "authorization=",
    "access_token=",
    "refresh_token=",
    "token=",
    "password=",
    "pwd=",
    "_wpnonce=",
    "secret=",
];

/// Shortest name of a person that is looked for; shorter ones would take words apart.
const NAME_LEAST: usize = 2;

/// Fields of a store's words that hold what a customer told the shop.
const CUSTOMER_FIELDS: [&str; 13] = [
    "first_name",
    "last_name",
    "display_name",
    "nickname",
    "username",
    "user_login",
    "customer",
    "customer_name",
    "company",
    "address_1",
    "address_2",
    "city",
    "postcode",
];

/// Digits of a telephone number that is written out, with the one for the country.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 8..=15;

/// The report without secrets, e-mail addresses, names, telephone and card numbers, and with a list of what was taken
/// out. Every text of it passes the pen.
pub(crate) fn report(report: &Report) -> Report {
    let mut pen = Pen::for_report(report);
    let mut clean = report.clone();
    clean.people.clear();
    clean.secrets.clear();
    clean.store = pen.text(&clean.store);
    for row in &mut clean.rows {
        pen.finding(row);
    }
    for line in &mut clean.journal {
        *line = pen.text(line);
    }
    // The same text stands in the rows already, so that here nothing is counted.
    let mut quiet = Pen::for_report(report);
    for hop in &mut clean.path {
        hop.note = quiet.text(&hop.note);
    }
    for text in [&mut clean.advice, &mut clean.verdict, &mut clean.selling] {
        *text = quiet.text(text);
    }
    if let Some(cause) = &mut clean.first_cause {
        cause.sentence = quiet.text(&cause.sentence);
        cause.remedy = quiet.text(&cause.remedy);
    }
    clean.removed = pen
        .counts
        .into_iter()
        .map(|(what, count)| Removed {
            what: what.to_owned(),
            count,
        })
        .collect();
    clean
}

/// A text without what nobody else may see.
#[cfg(any(test, feature = "foreign"))]
pub(crate) fn words(text: &str, people: &[String], secrets: &[AccessToken]) -> String {
    let mut pen = Pen {
        people,
        secrets,
        counts: BTreeMap::new(),
    };
    pen.text(text)
}

struct Pen<'a> {
    people: &'a [String],
    secrets: &'a [AccessToken],
    counts: BTreeMap<&'static str, usize>,
}

impl<'a> Pen<'a> {
    fn for_report(report: &'a Report) -> Self {
        Self {
            people: &report.people,
            secrets: &report.secrets,
            counts: BTreeMap::new(),
        }
    }

    fn finding(&mut self, finding: &mut Finding) {
        finding.sentence = self.text(&finding.sentence);
        for (_, value) in &mut finding.evidence {
            *value = self.text(value);
        }
        if let Some(remedy) = &mut finding.remedy {
            remedy.text = self.text(&remedy.text);
            if let Some(lines) = &mut remedy.copyable {
                *lines = self.text(lines);
            }
        }
    }

    fn text(&mut self, text: &str) -> String {
        let people = self
            .people
            .iter()
            .filter(|name| name.chars().count() >= NAME_LEAST)
            .map(|name| (name.as_str(), "names", "[name]"));
        let secrets = self
            .secrets
            .iter()
            .filter(|secret| !secret.is_empty())
            .map(|secret| (secret.expose(), "tokens", "[token]"));
        let mut named = text.to_owned();
        for (known, what, mark) in people.chain(secrets) {
            let found = named.matches(known).count();
            if found > 0 {
                *self.counts.entry(what).or_default() += found;
                named = named.replace(known, mark);
            }
        }
        let named = self.customer(&named);
        let named = self.phones(&named);
        let mut out = String::with_capacity(named.len());
        let mut is_after_bearer = false;
        for word in named.split_inclusive(char::is_whitespace) {
            let bare = word.trim_end();
            let space = &word[bare.len()..];
            if is_after_bearer && !bare.is_empty() && !bare.starts_with('[') {
                out.push_str(self.gone("tokens", "[token]"));
            } else {
                out.push_str(&self.word(bare));
            }
            is_after_bearer = bare.eq_ignore_ascii_case("bearer");
            out.push_str(space);
        }
        out
    }

    /// `"first_name":"Jane Anne"` and `last_name=Roe` without what stands behind them.
    fn customer(&mut self, text: &str) -> String {
        let mut out = text.to_owned();
        for field in CUSTOMER_FIELDS {
            let mut from = 0;
            while let Some(found) = out[from..].to_ascii_lowercase().find(field) {
                let after = from + found + field.len();
                from = after;
                let Some((start, end)) = value_behind(&out, after) else {
                    continue;
                };
                let mark = self.gone("customer data", "[customer]");
                out.replace_range(start..end, mark);
                from = start + mark.len();
            }
        }
        out
    }

    /// Telephone numbers as people write them: `+44 20 7946 0958`, `030 1234-5678`.
    fn phones(&mut self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut before = ' ';
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let is_start = matches!(first, '+' | '0' | '(')
                && !before.is_alphanumeric()
                && !matches!(before, '.' | ':' | '-');
            let end = rest.find(|c| !is_phone_character(c)).unwrap_or(rest.len());
            let run = rest[..end].trim_end_matches([' ', '-', '(', '/']);
            if is_start && looks_like_phone(run) {
                out.push_str(self.gone("telephone numbers", "[telephone]"));
                rest = &rest[run.len()..];
                before = '0';
                continue;
            }
            out.push(first);
            before = first;
            rest = &rest[first.len_utf8()..];
        }
        out
    }

    fn gone(&mut self, what: &'static str, mark: &'static str) -> &'static str {
        *self.counts.entry(what).or_default() += 1;
        mark
    }

    fn word(&mut self, word: &str) -> String {
        let word = self.parameter(word);
        let word = self.run(&word, is_token_character, looks_like_token, "tokens", "[token]");
        let word = self.account(&word);
        let word = self.run(
            &word,
            is_address_character,
            looks_like_address,
            "e-mail addresses",
            "[e-mail]",
        );
        self.run(
            &word,
            is_card_character,
            looks_like_card,
            "card numbers",
            "[card number]",
        )
    }

    /// `…?authorization=abc&x=1` becomes `…?authorization=[token]&x=1`.
    fn parameter(&mut self, word: &str) -> String {
        let mut out = word.to_owned();
        for name in SECRET_NAMES {
            let mut from = 0;
            while let Some(found) = out[from..].to_ascii_lowercase().find(name) {
                let start = from + found + name.len();
                let end = out[start..]
                    .find(['&', '"', '\'', '<'])
                    .map_or(out.len(), |at| start + at);
                if end > start && !out[start..end].starts_with('[') {
                    let mark = self.gone("tokens", "[token]");
                    out.replace_range(start..end, mark);
                }
                from = start;
            }
        }
        out
    }

    /// `//ann:secret@host` becomes `//[account]@host`.
    fn account(&mut self, word: &str) -> String {
        let Some(start) = word.find("://").map(|at| at + 3) else {
            return word.to_owned();
        };
        let host = word[start..].find('/').map_or(word.len(), |at| start + at);
        match word[start..host].rfind('@') {
            Some(at) => {
                let mark = self.gone("accounts in addresses", "[account]");
                format!("{}{mark}{}", &word[..start], &word[start + at..])
            }
            None => word.to_owned(),
        }
    }

    /// Replaces each run of characters that looks like something.
    fn run(
        &mut self,
        word: &str,
        belongs: fn(char) -> bool,
        looks: fn(&str) -> bool,
        what: &'static str,
        mark: &'static str,
    ) -> String {
        let mut out = String::with_capacity(word.len());
        let mut rest = word;
        while let Some(start) = rest.find(belongs) {
            let (before, from) = rest.split_at(start);
            let end = from.find(|c| !belongs(c)).unwrap_or(from.len());
            let (run, after) = from.split_at(end);
            out.push_str(before);
            out.push_str(if looks(run) { self.gone(what, mark) } else { run });
            rest = after;
        }
        out.push_str(rest);
        out
    }
}

/// Where the value of a field lies: behind `:` or `=`, between quotes or up to the next separator.
fn value_behind(text: &str, after: usize) -> Option<(usize, usize)> {
    let rest = text[after..].strip_prefix(['"', '\'']).unwrap_or(&text[after..]);
    let rest = rest.trim_start().strip_prefix([':', '='])?.trim_start();
    let (rest, is_quoted) = match rest.strip_prefix(['"', '\'']) {
        Some(inside) => (inside, true),
        None => (rest, false),
    };
    let start = text.len() - rest.len();
    let end = match is_quoted {
        true => rest.find(['"', '\'']),
        false => rest.find(['&', ',', ';', '}', ' ', '<', '\n']),
    };
    let end = start + end.unwrap_or(rest.len());
    (end > start && !text[start..].starts_with('[')).then_some((start, end))
}

fn is_phone_character(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, '+' | ' ' | '-' | '(' | ')' | '/')
}

/// Begins like a number somebody dials, has as many digits, and is written in groups or with its country.
fn looks_like_phone(run: &str) -> bool {
    let digits = run.chars().filter(char::is_ascii_digit).count();
    let has_country = run.starts_with('+') || run.starts_with("(+");
    let is_grouped = run.contains([' ', '-', '/', ')']);
    PHONE_DIGITS.contains(&digits)
        && (has_country || (is_grouped && run.trim_start_matches('(').starts_with('0')))
}

fn is_token_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')
}

/// Three parts of base64url, or one long run that holds letters and digits.
fn looks_like_token(run: &str) -> bool {
    let is_jwt = run.starts_with("eyJ") && run.len() > 20;
    let is_ours = ["etr_", "eta_", "ert1.", "ert2.", "ert_"]
        .iter()
        .any(|start| run.starts_with(start));
    let is_long = run.len() >= 40
        && !run.contains('.')
        && run.chars().any(|c| c.is_ascii_digit())
        && run.chars().any(|c| c.is_ascii_uppercase())
        && run.chars().any(|c| c.is_ascii_lowercase());
    is_jwt || is_ours || is_long
}

fn is_address_character(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '+' | '%' | '@')
}

fn looks_like_address(run: &str) -> bool {
    run.trim_matches('.')
        .split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && host.contains('.') && !host.starts_with('.'))
}

fn is_card_character(c: char) -> bool {
    c.is_ascii_digit() || c == '-'
}

/// 13 to 19 digits that satisfy the check digit of cards (ISO/IEC 7812-1).
fn looks_like_card(run: &str) -> bool {
    let digits: Vec<u32> = run.chars().filter_map(|c| c.to_digit(10)).collect();
    if !(13..=19).contains(&digits.len()) {
        return false;
    }
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| match (place % 2, digit * 2) {
            (0, _) => *digit,
            (_, double) if double > 9 => double - 9,
            (_, double) => double,
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::diagnose;
    use crate::finding::{Fixer, Layer, Remedy, Verdict};

    fn redacted(text: &str) -> (String, Vec<String>) {
        let finding = Finding::new("x", Layer::Session, Verdict::Note, text);
        let mut full = diagnose(&[finding]);
        full.people = vec!["Ann Baker".to_owned()];
        let shared = report(&full);
        let kinds = shared
            .removed
            .iter()
            .map(|removed| removed.what.clone())
            .collect();
        (shared.rows[0].sentence.clone(), kinds)
    }

    fn check(text: &str, expected: &str, what: &str) {
        assert_eq!(
            redacted(text),
            (expected.to_owned(), vec![what.to_owned()]),
            "{text}"
        );
    }

    #[test]
    fn secrets_addresses_names_and_card_numbers_are_taken_out_and_listed() {
        check("sent Bearer abc.def now", "sent Bearer [token] now", "tokens");
        check(
            "saw eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJhIn0.c2ln, then",
            "saw [token], then",
            "tokens",
        );
        check(
            "GET /x?authorization=abc&page=2",
            "GET /x?authorization=[token]&page=2",
            "tokens",
        );
        check("Ann Baker is signed in.", "[name] is signed in.", "names");
        check(
            "mail cashier@shop.example, please",
            "mail [e-mail], please",
            "e-mail addresses",
        );
        check(
            "through http://ann:pw@proxy.lan:3128/",
            "through http://[account]@proxy.lan:3128/",
            "accounts in addresses",
        );
        check("paid 4111111111111111.", "paid [card number].", "card numbers");
    }

    #[test]
    fn what_a_customer_told_the_shop_goes_out_of_a_stores_words() {
        check(
            "refused: {\"first_name\":\"Jane Anne\",\"id\":7}",
            "refused: {\"first_name\":\"[customer]\",\"id\":7}",
            "customer data",
        );
        check(
            "bad field billing[last_name]=x last_name=Roe&page=2",
            "bad field billing[last_name]=x last_name=[customer]&page=2",
            "customer data",
        );
        check(
            "call +44 20 7946 0958, please",
            "call [telephone], please",
            "telephone numbers",
        );
        check("call 030 1234-5678.", "call [telephone].", "telephone numbers");
    }

    #[test]
    fn no_text_of_a_report_passes_by_the_pen() {
        const SECRET: &str = "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJhIn0.c2ln";
        let remedy =
            Remedy::new(Fixer::Website, format!("Remove {SECRET}.")).with_lines(format!("set {SECRET}"));
        let code = evertill_wire::Code::WEBSITE_UNAVAILABLE;
        let broken = Finding::fault(
            "plugin.wcpos",
            Layer::Wcpos,
            Verdict::Broken,
            code,
            format!("It said {SECRET}."),
            remedy,
        )
        .seen("version", SECRET);
        let mut full = diagnose(&[broken]);
        full.store = format!("https://ann:pw@shop.example/?token={SECRET}");
        assert!(full.path.iter().any(|hop| hop.note.contains(SECRET)));
        let shared = report(&full);
        let json = shared.to_json().unwrap();
        assert!(!json.contains(SECRET) && !json.contains("ann:pw"), "{json}");
        assert!(!shared.to_text().contains(SECRET));
    }

    #[test]
    fn plain_words_stay() {
        for text in [
            "The store answers within 35 ms.",
            "nginx/1.22.1 at 192.0.2.7:443, 2026-11-23 10:41 UTC",
            "https://shop.example/wp-json/wcpos/v2/site",
            "order 1234567890123",
            "The customer was not found; the company said no.",
            "0 of 1240 items, 00 - 11 o'clock",
            "compiled 2026-11-23, build 0-1",
        ] {
            assert_eq!(redacted(text), (text.to_owned(), Vec::new()));
        }
    }
}
