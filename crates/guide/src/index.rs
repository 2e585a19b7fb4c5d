//! The index: search by code or pasted message, and all codes by topic.

use askama::Template;
use evertill_wire::{
    Code,
    codes::{Entry, Topic, search},
};

use crate::{
    ADDRESS, Locale, Tone,
    code::tone_of,
    text::Text,
    words::{rating, say, say_count},
};

/// Codes a search shows.
const FOUND_MAX: usize = 8;

/// Codes a topic shows before all are asked for: the ones people meet most.
const FIRST: &[(Topic, &[&str])] = &[
    (
        Topic::Session,
        &["API02007", "API02008", "API02009", "API02003", "API02011"],
    ),
    (
        Topic::Connection,
        &["API01007", "API01001", "API01004", "API01005", "API01008"],
    ),
    (
        Topic::Site,
        &["API04001", "API05002", "AUTH421", "API05004", "API04003"],
    ),
    (Topic::Sending, &["PY03002", "PY03001", "PY03003", "SYNC121"]),
    (
        Topic::Payment,
        &["PAYMENT201", "CHECKOUT201", "PY01001", "PAYMENT301"],
    ),
    (
        Topic::Products,
        &["PRODUCT301", "PRODUCT321", "PRODUCT401", "PRODUCT201"],
    ),
    (Topic::Till, &["SY01002", "DB01001", "SY01004", "SY01003"]),
    (Topic::Printing, &["PRINT301", "PRINT201", "PRINT101", "PRINT311"]),
    (Topic::Licence, &["LICENSE101", "LICENSE201", "LICENSE301"]),
];

/// What a question to the index leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// The text is a code: its page says everything.
    Page(Code),
    /// The index, with what fits.
    Index,
}

/// Where a typed or pasted text leads.
#[must_use]
pub fn answer(question: &str) -> Answer {
    Code::find(question).map_or(Answer::Index, Answer::Page)
}

/// The main part of the index, with the results of a search when there was one.
///
/// # Errors
///
/// When the template cannot be drawn.
pub fn index_body(question: &str, locale: Locale) -> askama::Result<String> {
    IndexPage::of(question.trim(), locale).render()
}

/// A line of a list.
#[derive(Debug)]
struct Line {
    code: Code,
    title: String,
    tone: Tone,
    badge: String,
}

/// A topic with its lines.
#[derive(Debug)]
struct Group {
    label: String,
    first: Vec<Line>,
    all: Vec<Line>,
}

#[derive(Debug, Template)]
#[template(path = "index.html")]
struct IndexPage<'a> {
    locale: Locale,
    question: &'a str,
    found: Vec<Line>,
    groups: Vec<Group>,
    /// The three badges with what they mean.
    legend: [(Tone, String); 3],
    total: String,
}

impl<'a> IndexPage<'a> {
    fn of(question: &'a str, locale: Locale) -> Self {
        let found = search(question, FOUND_MAX)
            .iter()
            .map(|hit| line(hit.code.entry(), locale))
            .collect();
        let groups = FIRST
            .iter()
            .map(|(topic, first)| Group {
                label: rating(locale, "topic", topic, topic.label()),
                first: first
                    .iter()
                    .filter_map(|code| Code::find(code))
                    .map(|code| line(code.entry(), locale))
                    .collect(),
                all: Code::all()
                    .map(Code::entry)
                    .filter(|entry| entry.topic == *topic)
                    .map(|entry| line(entry, locale))
                    .collect(),
            })
            .collect();
        Self {
            locale,
            question,
            found,
            groups,
            legend: [
                (Tone::Off, say(locale, "legend-normal")),
                (Tone::Warn, say(locale, "legend-act")),
                (Tone::Bad, say(locale, "legend-check")),
            ],
            total: say_count(locale, "all-count", Code::all().count()),
        }
    }

    fn say(&self, id: &str) -> String {
        say(self.locale, id)
    }
}

fn line(entry: &Entry, locale: Locale) -> Line {
    Line {
        code: entry.code,
        title: Text::of(entry, locale).title,
        tone: tone_of(entry.severity),
        badge: rating(locale, "severity", entry.severity, entry.severity.label()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_leads_to_its_page_and_a_message_to_the_index() {
        assert_eq!(answer(" api02007 "), Answer::Page(Code::TOKEN_REFRESH_FAILED));
        assert_eq!(answer("Refresh token has been revoked"), Answer::Index);
    }

    #[test]
    fn a_pasted_message_lists_what_fits_before_everything_else() {
        let html = index_body("Refresh token has been revoked", Locale::English).unwrap();
        let found = html.find("/error-codes/API02008").unwrap();
        let groups = html.find("class=\"codes\"").unwrap();
        assert!(found < groups);
    }

    #[test]
    fn what_fits_nothing_is_said_so_and_shown_back_as_text() {
        let html = index_body("<zzzz>", Locale::English).unwrap();
        assert!(html.contains("No code fits"), "{html}");
        assert!(html.contains("&#60;zzzz&#62;") && !html.contains("<zzzz>"));
    }

    #[test]
    fn the_index_leads_to_every_code() {
        let html = index_body("", Locale::English).unwrap();
        for code in Code::all() {
            assert!(html.contains(&format!("href=\"/error-codes/{code}\"")), "{code}");
        }
        assert!(html.contains(&format!("{} codes", Code::all().count())), "{html}");
    }

    #[test]
    fn every_topic_shows_codes_of_its_own_first() {
        let topics: Vec<Topic> = FIRST.iter().map(|(topic, _)| *topic).collect();
        assert_eq!(topics.len(), Topic::ALL.len());
        for (topic, codes) in FIRST {
            for code in *codes {
                let entry = Code::find(code).unwrap_or_else(|| panic!("{code}")).entry();
                assert_eq!(entry.topic, *topic, "{code}");
            }
        }
    }

    #[test]
    fn the_index_is_well_formed_in_every_language() {
        for locale in Locale::SPOKEN.into_iter().chain([Locale::Mirrored]) {
            let html = format!("<body>{}</body>", index_body("offline", locale).unwrap());
            let parsed = roxmltree::Document::parse(&html);
            assert!(parsed.is_ok(), "{locale:?}: {parsed:?}");
        }
    }
}
