//! The page of one code.

use askama::Template;
use evertill_wire::{
    Code,
    codes::{Entry, Safety, Selling, Sending, Severity},
};

use crate::{
    ADDRESS, Locale, Occurrence, Tone,
    rich::rich,
    text::{CauseText, Text},
    words::{rating, say},
};

/// The main part of a code's page, for a layout of the caller.
///
/// # Errors
///
/// When the template cannot be drawn.
pub fn code_body(code: Code, locale: Locale, occurrence: Option<&Occurrence>) -> askama::Result<String> {
    CodePage::of(code.entry(), locale, occurrence).render()
}

/// How serious a code is, as a tone.
pub(crate) fn tone_of(severity: Severity) -> Tone {
    match severity {
        Severity::Normal => Tone::Off,
        Severity::ActToday => Tone::Warn,
        Severity::CheckNow => Tone::Bad,
    }
}

/// One of the three answers at the top: shape, words, tone.
#[derive(Debug)]
struct Answer {
    tone: Tone,
    icon: &'static str,
    words: String,
}

/// A code with its title, for lists.
#[derive(Debug)]
struct Named {
    code: Code,
    title: String,
}

#[derive(Debug, Template)]
#[template(path = "code.html")]
struct CodePage<'a> {
    locale: Locale,
    entry: &'static Entry,
    text: Text,
    tone: Tone,
    badge: String,
    trio: [Answer; 3],
    facts: Vec<(String, String)>,
    related: Vec<Named>,
    counterparts: Vec<Named>,
    occurrence: Option<&'a Occurrence>,
}

impl<'a> CodePage<'a> {
    fn of(entry: &'static Entry, locale: Locale, occurrence: Option<&'a Occurrence>) -> Self {
        let named = |codes: &[Code]| {
            codes
                .iter()
                .map(|code| Named {
                    code: *code,
                    title: Text::of(code.entry(), locale).title,
                })
                .collect()
        };
        Self {
            locale,
            entry,
            text: Text::of(entry, locale),
            tone: tone_of(entry.severity),
            badge: rating(locale, "severity", entry.severity, entry.severity.label()),
            trio: trio(entry, locale),
            facts: facts(entry, locale),
            related: named(entry.related),
            counterparts: named(entry.counterparts),
            occurrence,
        }
    }

    fn say(&self, id: &str) -> String {
        say(self.locale, id)
    }

    fn causes(&self) -> &[CauseText] {
        &self.text.causes
    }

    fn rich(&self, text: &str) -> String {
        rich(text)
    }
}

/// Is it safe, may I go on, does it reach the store.
fn trio(entry: &Entry, locale: Locale) -> [Answer; 3] {
    let safety = match entry.safety {
        Safety::NoImpact | Safety::LocalOnly | Safety::OrderSafe => Tone::Ok,
        Safety::MoneyMoved | Safety::OutcomeUnknown => Tone::Warn,
        Safety::DataAtRisk => Tone::Bad,
    };
    let selling = match entry.selling {
        Selling::GoesOn | Selling::AnotherWay => Tone::Ok,
        Selling::ThisSaleWaits | Selling::NotStarted => Tone::Off,
        Selling::Paused => Tone::Warn,
    };
    let sending = match entry.sending {
        Sending::GoesOn => Tone::Ok,
        Sending::WaitsByItself | Sending::OneWaits => Tone::Off,
        Sending::WaitsForSignIn | Sending::WaitsForChange | Sending::CheckFirst => Tone::Warn,
    };
    [
        Answer {
            tone: safety,
            icon: "shield",
            words: rating(locale, "safety", entry.safety, entry.safety.label()),
        },
        Answer {
            tone: selling,
            icon: "sell",
            words: rating(locale, "selling", entry.selling, entry.selling.label()),
        },
        Answer {
            tone: sending,
            icon: "send",
            words: rating(locale, "sending", entry.sending, entry.sending.label()),
        },
    ]
}

/// What a developer looks up.
fn facts(entry: &Entry, locale: Locale) -> Vec<(String, String)> {
    let mut facts = vec![
        (say(locale, "fact-name"), format!("`{}`", entry.name)),
        (
            say(locale, "fact-scheme"),
            rating(locale, "origin", entry.origin, entry.origin.label()),
        ),
        (
            say(locale, "fact-retry"),
            rating(locale, "retry", entry.retry, entry.retry.label()),
        ),
        (
            say(locale, "fact-who"),
            rating(locale, "who", entry.who, entry.who.label()),
        ),
    ];
    if let Some(status) = entry.status {
        facts.push((say(locale, "fact-status"), status.to_string()));
    }
    facts.push((say(locale, "fact-exit"), (entry.exit as u8).to_string()));
    if !entry.server_codes.is_empty() {
        let codes: Vec<String> = entry
            .server_codes
            .iter()
            .map(|code| format!("`{code}`"))
            .collect();
        facts.push((say(locale, "fact-server-codes"), codes.join(" ")));
    }
    facts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Fact, Press, Tried};

    fn body(code: Code, occurrence: Option<&Occurrence>) -> String {
        code_body(code, Locale::English, occurrence).unwrap()
    }

    #[test]
    fn the_three_answers_come_first_and_the_cashier_before_the_owner() {
        let html = body(Code::TOKEN_REFRESH_FAILED, None);
        let places: Vec<usize> = [
            "The till could not renew its session",
            "Sales are safe on this till",
            "You can keep selling",
            "For the cashier",
            "For the owner",
            "For developers",
        ]
        .iter()
        .map(|part| html.find(part).unwrap_or_else(|| panic!("{part}\n{html}")))
        .collect();
        assert!(places.is_sorted(), "{places:?}");
    }

    #[test]
    fn related_codes_are_links() {
        let html = body(Code::TOKEN_REFRESH_FAILED, None);
        for code in ["API02002", "API02008", "API02009", "AUTH101"] {
            assert!(html.contains(&format!("href=\"/error-codes/{code}\"")), "{code}");
        }
    }

    #[test]
    fn every_page_in_every_language_is_well_formed_and_free_of_inline_style_and_script() {
        for code in Code::all() {
            for locale in Locale::SPOKEN.into_iter().chain([Locale::Mirrored]) {
                let html = code_body(code, locale, None).unwrap();
                assert!(!html.contains(" style=") && !html.contains("<script") && !html.contains(" onclick"));
                let whole = format!("<body>{html}</body>");
                let parsed = roxmltree::Document::parse(&whole);
                assert!(parsed.is_ok(), "{code} {locale:?}: {parsed:?}\n{html}");
            }
        }
    }

    #[test]
    fn an_occurrence_shows_its_facts_what_was_tried_and_one_button() {
        let occurrence = Occurrence {
            who: "Till 2 · Ada".into(),
            facts: vec![Fact {
                name: "Refresh token".into(),
                value: "good for 12 days".into(),
                code: Some(Code::REFRESH_TOKEN_EXPIRED),
            }],
            tried: vec![Tried {
                at: "10:42".into(),
                tone: Tone::Warn,
                what: "Renewal".into(),
                more: "503 <store>".into(),
            }],
            press: Some(Press {
                href: "/session/renew".into(),
                label: "Renew now".into(),
                csrf: Some("abc".into()),
            }),
        };
        let html = body(Code::TOKEN_REFRESH_FAILED, Some(&occurrence));
        for part in [
            "good for 12 days",
            "<a href=\"/error-codes/API02009\" title=\"API02009\"><bdi>Refresh token</bdi></a>",
            "503 &#60;store&#62;",
            "action=\"/session/renew\"",
            "value=\"abc\"",
            "Renew now",
        ] {
            assert!(html.contains(part), "{part}\n{html}");
        }
    }
}
