use std::collections::BTreeSet;

use evertill_wire::{Code, codes::Origin};
use fluent_bundle::FluentResource;

use super::*;

/// Identifiers and attributes of a language's files, `API02007.cause-1`.
fn ids(locale: Locale) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    for source in sources(locale) {
        let mut message = String::new();
        for line in source.lines() {
            if let Some(attribute) = line.strip_prefix("    .") {
                let (name, _) = attribute.split_once(" =").unwrap();
                assert!(
                    ids.insert(format!("{message}.{name}")),
                    "{locale:?}: {message}.{name} twice"
                );
            } else if line.starts_with(|first: char| first.is_ascii_alphabetic()) {
                let (name, _) = line.split_once(" =").unwrap();
                message = name.to_owned();
                assert!(ids.insert(message.clone()), "{locale:?}: {message} twice");
            }
        }
    }
    ids
}

/// The codes every language explains: session and connection, in both schemes.
fn is_translated(code: Code) -> bool {
    ["API01", "API02", "AUTH"]
        .iter()
        .any(|family| code.as_str().starts_with(family))
}

/// What a language has to say about a code.
fn wanted(code: Code) -> Vec<String> {
    let entry = code.entry();
    let mut wanted = vec![
        code.to_string(),
        format!("{code}.meaning"),
        format!("{code}.remedy"),
    ];
    if !entry.by_itself.is_empty() {
        wanted.push(format!("{code}.by-itself"));
    }
    let mut count = |name: &str, many: usize| {
        wanted.extend((1..=many).map(|number| format!("{code}.{name}-{number}")));
    };
    count("cause", entry.causes.len());
    count("fix", entry.causes.len());
    count("cashier", entry.cashier.len());
    count("owner", entry.owner.len());
    count("developer", entry.developer.len());
    wanted
}

fn translated() -> [Locale; 3] {
    [Locale::German, Locale::French, Locale::Spanish]
}

#[test]
fn every_file_parses() {
    for locale in Locale::SPOKEN {
        for source in sources(locale) {
            let parsed = FluentResource::try_new((*source).to_owned());
            assert!(
                parsed.is_ok(),
                "{locale:?}: {:?}",
                parsed.err().map(|(_, errors)| errors)
            );
        }
    }
}

#[test]
fn no_language_lacks_a_word_of_the_pages() {
    let english = ids(Locale::English);
    for locale in translated() {
        let own = ids(locale);
        let missing: Vec<&String> = english.difference(&own).collect();
        assert!(missing.is_empty(), "{locale:?} lacks {missing:?}");
    }
}

#[test]
fn every_language_explains_the_codes_of_session_and_connection_whole() {
    for locale in translated() {
        let own = ids(locale);
        let missing: Vec<String> = Code::all()
            .filter(|code| is_translated(*code))
            .flat_map(wanted)
            .filter(|id| !own.contains(id))
            .collect();
        assert!(
            missing.is_empty(),
            "{locale:?} lacks {} texts: {missing:#?}",
            missing.len()
        );
    }
}

#[test]
fn no_language_says_anything_that_english_does_not() {
    let known: BTreeSet<String> = Code::all().flat_map(wanted).collect();
    let english = ids(Locale::English);
    let ratings = rating_ids();
    for locale in translated() {
        let strange: Vec<String> = ids(locale)
            .into_iter()
            .filter(|id| !known.contains(id) && !english.contains(id) && !ratings.contains(id))
            .collect();
        assert!(strange.is_empty(), "{locale:?}: {strange:?}");
    }
}

/// Identifiers of the ratings, collected from the catalogue.
fn rating_ids() -> BTreeSet<String> {
    Code::all()
        .map(Code::entry)
        .flat_map(|entry| {
            [
                format!("origin-{:?}", entry.origin),
                format!("topic-{:?}", entry.topic),
                format!("severity-{:?}", entry.severity),
                format!("retry-{:?}", entry.retry),
                format!("safety-{:?}", entry.safety),
                format!("selling-{:?}", entry.selling),
                format!("sending-{:?}", entry.sending),
                format!("who-{:?}", entry.who),
            ]
        })
        .collect()
}

#[test]
fn every_language_has_every_rating() {
    for locale in translated() {
        let own = ids(locale);
        let missing: Vec<String> = rating_ids().into_iter().filter(|id| !own.contains(id)).collect();
        assert!(missing.is_empty(), "{locale:?} lacks {missing:?}");
    }
}

#[test]
fn titles_stay_short_in_every_language() {
    for locale in translated() {
        for code in Code::all().filter(|code| is_translated(*code)) {
            let title = exactly(locale, code.as_str(), None, None).unwrap();
            assert!(
                title.split_whitespace().count() <= 12,
                "{locale:?} {code}: {title}"
            );
        }
    }
}

#[test]
fn numbers_and_ratings_arrive_in_the_text() {
    assert_eq!(
        say_count(Locale::English, "all-count", 159),
        "All 159 codes, old and new"
    );
    assert_eq!(
        rating(Locale::English, "origin", Origin::Ours, "Evertill"),
        "Evertill"
    );
}

/// Words of a page that went through no language: texts with a letter outside of a mirrored run, of a code and of what
/// was typed.
fn plain_words(html: &str) -> Vec<String> {
    let whole = format!("<body>{html}</body>");
    let page = roxmltree::Document::parse(&whole).expect("pages are well formed");
    let is_fixed = |node: roxmltree::Node<'_, '_>| node.ancestors().any(|around| around.has_tag_name("code"));
    let texts = page
        .descendants()
        .filter(|node| node.is_text() && !is_fixed(*node))
        .filter_map(|node| node.text());
    let labels = page.descendants().flat_map(|node| {
        node.attributes()
            .filter(|attribute| ["aria-label", "placeholder", "title", "alt"].contains(&attribute.name()))
            .map(|attribute| attribute.value())
            .collect::<Vec<_>>()
    });
    let mut depth = 0_i32;
    texts
        .chain(labels)
        .filter(|text| {
            // A run may be cut by a link: it opens in one text and closes in another.
            let mut is_plain = false;
            for letter in text.chars() {
                match letter {
                    '\u{2067}' => depth += 1,
                    '\u{2069}' => depth -= 1,
                    other => is_plain |= other.is_alphabetic() && depth == 0,
                }
            }
            is_plain
        })
        .map(str::to_owned)
        .collect()
}

#[test]
fn a_word_that_went_through_no_language_is_seen() {
    assert_eq!(
        plain_words("<p>\u{2067}gróówn\u{2069} <code>wp</code> Copy</p>"),
        [" Copy"]
    );
}

#[test]
fn the_mirrored_language_leaves_no_plain_english() {
    let pages = Code::all()
        .map(|code| crate::code_body(code, Locale::Mirrored, None))
        .chain([crate::index_body("", Locale::Mirrored)]);
    for page in pages {
        let plain = plain_words(&page.expect("pages are drawn"));
        assert!(plain.is_empty(), "{plain:?}");
    }
}

#[test]
fn no_language_sends_anybody_out_of_the_session_or_throws_data_away_while_sales_wait() {
    // What signs out or erases, and the words that make it safe: after every sale is sent, or never.
    let rules: [(Locale, &[&str], &[&str]); 3] = [
        (
            Locale::German,
            &[
                "melden sie sich ab",
                "löschen sie",
                "leeren sie",
                "installieren sie die kasse",
                "setzen sie die kasse",
            ],
            &["jeder verkauf", "alle verkäufe", "nie "],
        ),
        (
            Locale::French,
            &["déconnectez", "effacez", "videz", "supprimez", "réinstallez"],
            &["toutes les ventes", "chaque vente", "jamais"],
        ),
        (
            Locale::Spanish,
            &["cierre la sesión", "borre ", "vacíe", "elimine", "reinstale"],
            &["todas las ventas", "cada venta", "nunca"],
        ),
    ];
    for (locale, risky, safe) in rules {
        let texts = sources(locale).iter().flat_map(|source| source.lines());
        for sentence in texts.flat_map(|line| line.split_inclusive(['.', ';', ':'])) {
            let low = sentence.to_lowercase();
            let is_risky = risky.iter().any(|word| low.contains(word));
            assert!(
                !is_risky || safe.iter().any(|word| low.contains(word)),
                "{locale:?}: {sentence}"
            );
        }
    }
}
