//! The error codes: one place for what each one means, who can act, and how a process exits on it.
//!
//! Codes are the documented ones of WCPOS (`API02007` …); ranges that only Evertill needs continue them and are
//! marked [`Entry::is_ours`]. A code is never renumbered and never used for something else.

use std::fmt;

mod table;

/// An error code, `API02007`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Code(&'static str);

impl Code {
    /// The code as it is written, `API02007`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.0
    }

    /// Everything known about the code.
    #[must_use]
    pub fn entry(self) -> &'static Entry {
        // Codes can only be made from the constants below, and a test proves each of them is in the table.
        table::ENTRIES
            .iter()
            .find(|entry| entry.code == self)
            .unwrap_or(&table::ENTRIES[0])
    }

    /// Finds a code by its text, in any case.
    #[must_use]
    pub fn find(text: &str) -> Option<Self> {
        table::ENTRIES
            .iter()
            .map(|entry| entry.code)
            .find(|code| code.0.eq_ignore_ascii_case(text.trim()))
    }

    /// Every code, in order.
    pub fn all() -> impl Iterator<Item = Self> {
        table::ENTRIES.iter().map(|entry| entry.code)
    }

    /// Title in at most twelve words.
    #[must_use]
    pub fn title(self) -> &'static str {
        self.entry().title
    }

    /// Exit code of a command that ends on it.
    #[must_use]
    pub fn exit(self) -> Exit {
        self.entry().exit
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl serde::Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.0)
    }
}

impl<'de> serde::Deserialize<'de> for Code {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Self::find(&text).ok_or_else(|| serde::de::Error::custom(format!("unknown error code `{text}`")))
    }
}

/// What is known about a code.
#[derive(Debug)]
pub struct Entry {
    /// The code.
    pub code: Code,
    /// At most twelve words.
    pub title: &'static str,
    /// One sentence: what happened.
    pub meaning: &'static str,
    /// One sentence: what to do next.
    pub remedy: &'static str,
    /// How a command that ends on it exits.
    pub exit: Exit,
}

/// Exit codes of the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Exit {
    /// Anything that fits none of the others.
    Other = 1,
    /// The command was used wrongly.
    Usage = 2,
    /// A person must sign in.
    SignIn = 3,
    /// Trouble that may pass by itself.
    Trouble = 4,
    /// Configuration must change: here, at the store, or in between.
    Configuration = 5,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_in_the_table_once_and_explains_itself() {
        let mut seen = std::collections::BTreeSet::new();
        for entry in table::ENTRIES {
            assert!(seen.insert(entry.code), "{} stands twice", entry.code);
            assert!(
                !entry.title.is_empty() && entry.title.split_whitespace().count() <= 12,
                "{}",
                entry.code
            );
            assert!(
                entry.meaning.ends_with('.') && entry.remedy.ends_with('.'),
                "{}",
                entry.code
            );
        }
        for code in table::NAMED {
            assert!(seen.contains(code), "{code} has a name and no entry");
            assert_eq!(code.entry().code, *code);
        }
    }

    #[test]
    fn no_remedy_tells_anybody_to_clear_data() {
        for entry in table::ENTRIES {
            assert!(!entry.remedy.to_lowercase().contains("clear"), "{}", entry.code);
        }
    }
}
