//! `evertill explain`: what a code or a message means and what to do about it.

use evertill_wire::{
    Code,
    codes::{Entry, Hit, HitBy, search},
};
use serde::Serialize;

use crate::{
    cli::{Audience, Explain},
    failure::Failure,
    printer::Printer,
};

/// Columns of a line.
const WIDTH: usize = 96;
/// Codes that are named beside the best one.
const OTHERS_MAX: usize = 4;

/// Prints what is known about a code, or about the codes that fit a message best.
///
/// # Errors
///
/// When nothing in the catalogue fits.
pub(crate) fn run(options: &Explain, printer: &Printer) -> Result<(), Failure> {
    let text = options.what.join(" ");
    let hits = find(&text);
    let Some((best, others)) = hits.split_first() else {
        return Err(Failure::UnknownCode);
    };
    if options.json {
        let matches: Vec<Match<'_>> = hits.iter().map(Match::of).collect();
        let answer = Answer {
            query: &text,
            matches,
        };
        let json = serde_json::to_string_pretty(&answer).map_err(Failure::Json)?;
        return printer.data(&json);
    }
    for line in page(best.code.entry(), options.audience) {
        printer.data(&line)?;
    }
    if best.by != HitBy::Code && !others.is_empty() {
        printer.data("")?;
        printer.data("Or is it one of these?")?;
        for hit in others {
            printer.data(&format!("  {:<11} {}", hit.code.as_str(), hit.code.title()))?;
        }
    }
    Ok(())
}

/// The codes for a text: the one it is, or those it speaks of.
fn find(text: &str) -> Vec<Hit> {
    let hits = search(text, 1 + OTHERS_MAX);
    match hits.iter().find(|hit| Code::find(text) == Some(hit.code)) {
        Some(exact) => vec![*exact],
        None => hits,
    }
}

/// The answer as scripts see it.
#[derive(Debug, Serialize)]
struct Answer<'a> {
    query: &'a str,
    matches: Vec<Match<'a>>,
}

#[derive(Debug, Serialize)]
struct Match<'a> {
    found_by: HitBy,
    is_raised_by_evertill: bool,
    page: String,
    #[serde(flatten)]
    entry: &'a Entry,
}

impl Match<'_> {
    fn of(hit: &Hit) -> Self {
        Self {
            found_by: hit.by,
            is_raised_by_evertill: hit.code.is_raised(),
            page: hit.code.page(),
            entry: hit.code.entry(),
        }
    }
}

/// The lines about a code, for one kind of reader or for all.
fn page(entry: &Entry, audience: Option<Audience>) -> Vec<String> {
    let wants = |reader: Audience| audience.is_none_or(|wanted| wanted == reader);
    let mut page = Page::default();
    page.line(&format!("{}  {}", entry.code, entry.title));
    page.text("", &heading(entry));
    page.gap();
    page.text("", entry.meaning);
    page.text(
        "",
        &format!(
            "{}. {}. {}.",
            entry.safety.label(),
            entry.selling.label(),
            entry.sending.label()
        ),
    );
    if wants(Audience::Cashier) {
        page.steps("For the cashier", entry.cashier);
    }
    if wants(Audience::Owner) {
        page.causes(entry);
        page.steps("For the owner", entry.owner);
    }
    if wants(Audience::Developer) {
        page.list("For developers", entry.developer);
        page.facts(entry);
    }
    if !entry.by_itself.is_empty() {
        page.gap();
        page.line("What Evertill does by itself");
        page.text("  ", entry.by_itself);
    }
    page.links("Related", entry.related);
    page.links("In the other scheme", entry.counterparts);
    page.gap();
    page.text("In short: ", entry.remedy);
    page.lines
}

/// What kind of code it is, in a line.
fn heading(entry: &Entry) -> String {
    format!(
        "{} \u{b7} {} \u{b7} {} \u{b7} mended by {}",
        entry.severity.label(),
        entry.spoken_name(),
        entry.origin.label(),
        entry.who.label()
    )
}

/// Lines of text that are no wider than [`WIDTH`].
#[derive(Debug, Default)]
struct Page {
    lines: Vec<String>,
}

impl Page {
    fn line(&mut self, line: &str) {
        self.lines.push(line.to_owned());
    }

    fn gap(&mut self) {
        self.line("");
    }

    /// A text whose following lines stand under its first word.
    fn text(&mut self, lead: &str, text: &str) {
        let indent = " ".repeat(lead.chars().count());
        let mut line = lead.to_owned();
        let mut is_empty = true;
        for word in text.split_whitespace() {
            if !is_empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
                self.lines.push(std::mem::replace(&mut line, indent.clone()));
                is_empty = true;
            }
            if !is_empty {
                line.push(' ');
            }
            line.push_str(word);
            is_empty = false;
        }
        self.lines.push(line);
    }

    fn steps(&mut self, title: &str, steps: &[&str]) {
        self.gap();
        self.line(title);
        for (number, step) in (1..).zip(steps) {
            self.text(&format!("  {number}. "), step);
        }
    }

    fn list(&mut self, title: &str, items: &[&str]) {
        self.gap();
        self.line(title);
        for item in items {
            self.text("  - ", item);
        }
    }

    fn causes(&mut self, entry: &Entry) {
        self.gap();
        self.line("Common causes");
        for cause in entry.causes {
            self.text("  - ", cause.what);
            self.text("    ", cause.fix);
            if let Some(copy) = cause.copy {
                // A line to copy stays one line.
                self.line(&format!("      {copy}"));
            }
        }
    }

    fn facts(&mut self, entry: &Entry) {
        self.text("  - ", entry.retry.label());
        if let Some(status) = entry.status {
            self.text("  - ", &format!("Evertill sends it with HTTP status {status}."));
        }
        self.text(
            "  - ",
            &format!("A command that ends on it exits with {}.", entry.exit as u8),
        );
        if !entry.server_codes.is_empty() {
            self.text(
                "  - ",
                &format!("Server codes: {}.", entry.server_codes.join(", ")),
            );
        }
    }

    fn links(&mut self, title: &str, codes: &[Code]) {
        if codes.is_empty() {
            return;
        }
        self.gap();
        self.line(title);
        for code in codes {
            self.line(&format!("  {:<11} {}", code.as_str(), code.title()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(code: Code, audience: Option<Audience>) -> String {
        page(code.entry(), audience).join("\n")
    }

    #[test]
    fn the_failed_renewal_shows_causes_fixes_and_related_codes() {
        let text = text(Code::TOKEN_REFRESH_FAILED, None);
        for part in [
            "API02007  The till could not renew its session",
            "Sales are safe on this till. You can keep selling. Sending waits, by itself.",
            "For the cashier\n  1. Finish the sale.",
            "Common causes\n  - The refresh token came to its end (API02009)",
            "      /wp-json/wcpos/v2/auth/refresh",
            "Related\n  API02002    The access token has ended",
            "In the other scheme\n  AUTH101     Somebody has to sign in",
        ] {
            assert!(text.contains(part), "{part}\n---\n{text}");
        }
    }

    #[test]
    fn one_reader_sees_only_what_is_meant_for_that_reader() {
        let text = text(Code::TOKEN_REFRESH_FAILED, Some(Audience::Cashier));
        assert!(text.contains("For the cashier"));
        assert!(!text.contains("For the owner") && !text.contains("Common causes"));
        assert!(!text.contains("For developers"));
    }

    #[test]
    fn no_line_is_wider_than_it_may_be_except_lines_to_copy() {
        for code in Code::all() {
            let copies: Vec<&str> = code
                .entry()
                .causes
                .iter()
                .filter_map(|cause| cause.copy)
                .collect();
            for line in page(code.entry(), None) {
                let is_copy = copies.contains(&line.trim());
                assert!(is_copy || line.chars().count() <= WIDTH, "{code}: {line}");
                assert!(!line.contains('\x1b'));
            }
        }
    }

    #[test]
    fn a_code_finds_itself_alone_and_a_message_finds_candidates() {
        let found: Vec<Code> = find("api02007").iter().map(|hit| hit.code).collect();
        assert_eq!(found, [Code::TOKEN_REFRESH_FAILED]);
        let hits = find("Refresh token has been revoked");
        assert_eq!(hits[0].code, Code::REFRESH_TOKEN_INVALID);
        assert!(find("zzzz").is_empty());
    }

    #[test]
    fn scripts_get_every_field() {
        let hits = find("API02007");
        let answer = Answer {
            query: "API02007",
            matches: hits.iter().map(Match::of).collect(),
        };
        let json = serde_json::to_value(&answer).unwrap();
        let found = &json["matches"][0];
        assert_eq!(found["code"], "API02007");
        assert_eq!(found["found_by"], "code");
        assert_eq!(found["safety"], "local_only");
        assert_eq!(found["page"], "/error-codes/API02007");
        assert_eq!(found["related"][0], "API02002");
        assert_eq!(found["is_raised_by_evertill"], true);
        assert!(found["causes"].as_array().is_some_and(|causes| causes.len() >= 4));
    }
}
