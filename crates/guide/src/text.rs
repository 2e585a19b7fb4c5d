//! The text of an entry in a language; what is not translated yet stays English.

use evertill_wire::codes::Entry;

use crate::{
    Locale,
    words::{exactly, finish},
};

/// A translated entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) title: String,
    pub(crate) meaning: String,
    pub(crate) remedy: String,
    pub(crate) by_itself: String,
    pub(crate) causes: Vec<CauseText>,
    pub(crate) cashier: Vec<String>,
    pub(crate) owner: Vec<String>,
    pub(crate) developer: Vec<String>,
}

/// A translated cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CauseText {
    pub(crate) what: String,
    pub(crate) fix: String,
    pub(crate) copy: Option<&'static str>,
}

impl Text {
    pub(crate) fn of(entry: &Entry, locale: Locale) -> Self {
        let say = |attribute: &str, english: &str| {
            let own = match attribute {
                "title" => exactly(locale, entry.code.as_str(), None, None),
                name => exactly(locale, entry.code.as_str(), Some(name), None),
            };
            finish(locale, own.unwrap_or_else(|| english.to_owned()))
        };
        let steps = |name: &str, english: &[&str]| -> Vec<String> {
            (1..)
                .zip(english)
                .map(|(number, step)| say(&format!("{name}-{number}"), step))
                .collect()
        };
        let causes = (1..)
            .zip(entry.causes)
            .map(|(number, cause)| CauseText {
                what: say(&format!("cause-{number}"), cause.what),
                fix: say(&format!("fix-{number}"), cause.fix),
                copy: cause.copy,
            })
            .collect();
        let by_itself = match entry.by_itself {
            "" => String::new(),
            english => say("by-itself", english),
        };
        Self {
            title: say("title", entry.title),
            meaning: say("meaning", entry.meaning),
            remedy: say("remedy", entry.remedy),
            by_itself,
            causes,
            cashier: steps("cashier", entry.cashier),
            owner: steps("owner", entry.owner),
            developer: steps("developer", entry.developer),
        }
    }
}
