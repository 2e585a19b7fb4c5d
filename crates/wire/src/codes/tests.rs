//! What every entry has to keep to.

use std::collections::{BTreeMap, BTreeSet};

use super::*;

mod known;

fn entries() -> impl Iterator<Item = &'static Entry> {
    Code::all().map(Code::entry)
}

/// Every piece of text of an entry that a person reads.
fn texts(entry: &Entry) -> Vec<&'static str> {
    let mut texts = vec![entry.title, entry.meaning, entry.remedy, entry.by_itself];
    texts.extend(entry.causes.iter().flat_map(|cause| [cause.what, cause.fix]));
    texts.extend(entry.cashier.iter().chain(entry.owner).chain(entry.developer));
    texts.retain(|text| !text.is_empty());
    texts
}

/// The sentences of a text, without their final stop.
fn sentences(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.split_inclusive(". ")
        .map(|sentence| sentence.trim().trim_end_matches('.'))
}

#[test]
fn every_code_stands_once_and_finds_itself() {
    let mut seen = BTreeSet::new();
    for entry in entries() {
        assert!(seen.insert(entry.code), "{} stands twice", entry.code);
        assert_eq!(entry.code.entry().code, entry.code);
        assert_eq!(
            Code::find(&format!(" {} ", entry.code.as_str().to_lowercase())),
            Some(entry.code)
        );
    }
    assert_eq!(Code::find("API99999"), None);
}

#[test]
fn every_code_that_is_raised_is_explained_and_says_what_happens_by_itself() {
    for code in table::RAISED {
        assert!(
            entries().any(|entry| entry.code == *code && !entry.by_itself.is_empty()),
            "{code} is raised and its entry is missing or lacks `by_itself`"
        );
    }
    for entry in entries() {
        assert_eq!(
            entry.code.is_raised(),
            !entry.by_itself.is_empty(),
            "{} says what Evertill does, yet has no constant",
            entry.code
        );
    }
}

#[test]
fn every_constant_is_listed_among_the_raised() {
    let source = include_str!("table.rs");
    let constants = source.matches("    pub const ").count();
    assert_eq!(constants, table::RAISED.len());
}

#[test]
fn every_code_of_wcpos_is_covered_under_its_own_name() {
    for (list, origin, count) in [
        (known::LEGACY, Origin::Legacy, 59),
        (known::UNDOCUMENTED, Origin::Undocumented, 10),
        (known::CURRENT, Origin::Current, 75),
    ] {
        let mut found = 0;
        for pair in list.split_whitespace() {
            let (code, name) = pair.split_once(':').unwrap();
            let entry = Code::find(code)
                .unwrap_or_else(|| panic!("{code} is missing"))
                .entry();
            assert_eq!(entry.name, name.trim_start_matches("DB_"), "{code}");
            assert_eq!(entry.origin, origin, "{code}");
            found += 1;
        }
        assert_eq!(found, count);
        assert_eq!(entries().filter(|entry| entry.origin == origin).count(), count);
    }
}

#[test]
fn related_codes_and_counterparts_resolve_both_ways() {
    for entry in entries() {
        for other in entry.related {
            let back = Code::find(other.as_str())
                .unwrap_or_else(|| panic!("{}: {other}", entry.code))
                .entry();
            assert!(
                back.related.contains(&entry.code),
                "{} → {other} and not back",
                entry.code
            );
        }
        for other in entry.counterparts {
            let back = Code::find(other.as_str())
                .unwrap_or_else(|| panic!("{}: {other}", entry.code))
                .entry();
            assert!(
                back.counterparts.contains(&entry.code),
                "{} → {other} and not back",
                entry.code
            );
            assert_ne!(
                entry.origin == Origin::Current,
                back.origin == Origin::Current,
                "{} and {other} belong to one scheme",
                entry.code
            );
        }
        let is_old = matches!(entry.origin, Origin::Legacy | Origin::Undocumented);
        assert!(
            !is_old || !entry.counterparts.is_empty(),
            "{} has no successor",
            entry.code
        );
    }
}

#[test]
fn every_entry_is_complete() {
    for entry in entries() {
        let code = entry.code;
        assert!(
            (1..=12).contains(&entry.title.split_whitespace().count()),
            "{code}: title"
        );
        assert!(!entry.title.ends_with('.'), "{code}: title");
        assert!(
            entry.meaning.ends_with('.') && !entry.meaning.trim_end_matches('.').contains(". "),
            "{code}: meaning"
        );
        assert!(entry.remedy.ends_with('.'), "{code}: remedy");
        assert!(!entry.causes.is_empty(), "{code}: causes");
        for cause in entry.causes {
            assert!(
                cause.fix.ends_with('.') && !cause.what.ends_with('.'),
                "{code}: {}",
                cause.what
            );
            assert!(cause.copy.is_none_or(|line| !line.is_empty()));
        }
        for steps in [entry.cashier, entry.owner, entry.developer] {
            assert!(!steps.is_empty(), "{code}: steps");
            assert!(
                steps.iter().all(|step| step.ends_with(['.', '?'])),
                "{code}: {steps:?}"
            );
        }
        assert!(!entry.phrases.is_empty(), "{code}: phrases");
        assert!(
            entry.status.is_none_or(|status| (200..=599).contains(&status)),
            "{code}: status"
        );
    }
}

#[test]
fn no_text_sends_anybody_out_of_the_session_or_throws_data_away_while_sales_wait() {
    const RISKY: &[&str] = &[
        "sign out",
        "signing out",
        "log out",
        "logging out",
        "clear ",
        "clearing",
        "erase",
        "erasing",
        "wipe",
        "reset the till",
        "reinstall",
        "delete the",
        "remove the data",
    ];
    const SAFE: &[&str] = &["every sale is sent", "never", "not deleted"];
    for entry in entries() {
        for sentence in texts(entry).into_iter().flat_map(sentences) {
            let low = sentence.to_lowercase();
            let is_risky = RISKY.iter().any(|word| low.contains(word));
            assert!(
                !is_risky || SAFE.iter().any(|word| low.contains(word)),
                "{}: {sentence}",
                entry.code
            );
        }
    }
}

#[test]
fn no_text_blames_or_puts_off() {
    const NEVER: &[&str] = &[
        "try again later",
        "please",
        "you have failed",
        "your fault",
        "you forgot",
        "illegal operation",
        "unexpected error",
        "something went wrong",
        "oops",
    ];
    for entry in entries() {
        for text in texts(entry) {
            let low = text.to_lowercase();
            assert!(
                !NEVER.iter().any(|word| low.contains(word)),
                "{}: {text}",
                entry.code
            );
        }
    }
}

#[test]
fn cashiers_are_spared_the_words_of_the_wire() {
    for entry in entries() {
        for step in entry.cashier {
            let low = step.to_lowercase();
            for word in ["token", "401", "403", "unauthori", "http", "json"] {
                assert!(!low.contains(word), "{}: {step}", entry.code);
            }
        }
    }
}

#[test]
fn no_sentence_stands_twice() {
    let mut seen: BTreeMap<&str, Code> = BTreeMap::new();
    for entry in entries() {
        for sentence in texts(entry).into_iter().flat_map(sentences) {
            if sentence.split_whitespace().count() > 3 {
                let before = seen.insert(sentence, entry.code);
                assert!(before.is_none(), "{} and {before:?}: {sentence}", entry.code);
            }
        }
    }
}

#[test]
fn a_server_code_leads_to_one_entry_only() {
    let mut seen = BTreeSet::new();
    for entry in entries() {
        for code in entry.server_codes {
            assert!(seen.insert(code), "{code} stands twice");
        }
    }
}

#[test]
fn the_failed_renewal_names_its_causes_and_what_belongs_to_it() {
    let entry = Code::TOKEN_REFRESH_FAILED.entry();
    assert_eq!(
        entry.related,
        [
            Code::TOKEN_EXPIRED,
            Code::REFRESH_TOKEN_INVALID,
            Code::REFRESH_TOKEN_EXPIRED
        ]
    );
    assert_eq!(
        entry
            .counterparts
            .iter()
            .map(|code| code.as_str())
            .collect::<Vec<_>>(),
        ["AUTH101", "AUTH999"]
    );
    let causes = entry
        .causes
        .iter()
        .map(|cause| cause.what)
        .collect::<Vec<_>>()
        .join("\n");
    for part in [
        "API02009",
        "API02008",
        "server",
        "network",
        "stored about the session",
    ] {
        assert!(causes.contains(part), "{part}");
    }
    let fixes = entry
        .causes
        .iter()
        .map(|cause| cause.fix)
        .collect::<Vec<_>>()
        .join("\n");
    for part in [
        "Sign in once",
        "Check router and line",
        "PHP error log",
        "every sale is sent",
    ] {
        assert!(fixes.contains(part), "{part}");
    }
}
