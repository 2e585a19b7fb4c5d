//! Telling the sessions of one store apart on one device.
//!
//! A till has one session for each store, and its name is empty. A program that works for several people of one store
//! gives each session a name of its own; files, locks and tokens are then kept by store and name.

use std::fmt;

use serde::Serialize;

use crate::address::StoreAddress;
use crate::error::ClientError;

/// Longest name, in bytes; it becomes part of a file name.
const NAME_BYTES_MAX: usize = 40;

/// Stands between the store's key and the name in a file name; no key holds it.
const BETWEEN: char = '@';

/// Name of a session among those of its store; empty for the usual one.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct SessionName(String);

impl SessionName {
    /// Reads a name: small letters, digits, dashes and dots, beginning with a letter or digit. Capitals are no letters
    /// of it, because some file systems take them for small ones.
    ///
    /// # Errors
    /// [`ClientError::SessionName`].
    pub fn parse(text: &str) -> Result<Self, ClientError> {
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        let is_name = text.len() <= NAME_BYTES_MAX
            && text.starts_with(is_plain)
            && text.ends_with(is_plain)
            && text.chars().all(|c| is_plain(c) || c == '-' || c == '.');
        if is_name {
            Ok(Self(text.to_owned()))
        } else {
            Err(ClientError::SessionName {
                given: text.chars().take(NAME_BYTES_MAX).collect(),
            })
        }
    }

    /// The name; empty for the usual session.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the session a till has.
    #[must_use]
    pub fn is_usual(&self) -> bool {
        self.0.is_empty()
    }

    /// What the names of the session's files begin with.
    pub(crate) fn stem(&self, store: &StoreAddress) -> String {
        let key = store.key();
        if self.is_usual() {
            key
        } else {
            format!("{key}{BETWEEN}{}", self.0)
        }
    }

    /// The name in the beginning of a file name, when it is one of this store's.
    pub(crate) fn of_stem(store: &StoreAddress, stem: &str) -> Option<Self> {
        let name = stem.strip_prefix(&store.key())?.strip_prefix(BETWEEN)?;
        Self::parse(name).ok()
    }
}

impl fmt::Display for SessionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_safe_in_file_names_and_cannot_reach_elsewhere() {
        for good in ["ann", "till-2", "a.b", "7"] {
            assert_eq!(SessionName::parse(good).unwrap().as_str(), good);
        }
        let long = "a".repeat(41);
        for bad in [
            "", ".", "..", "a/b", "a\\b", "Ann", "a@b", "-a", "a.", "a b", "é", &long,
        ] {
            let error = SessionName::parse(bad).unwrap_err();
            assert!(error.remedy().ends_with('.'), "{bad}");
        }
    }

    #[test]
    fn a_name_returns_from_its_file_name_and_no_other_store_has_it() {
        let [store, other] = ["shop.example", "other.example"].map(|text| StoreAddress::parse(text).unwrap());
        let ann = SessionName::parse("ann").unwrap();
        assert_eq!(SessionName::of_stem(&store, &ann.stem(&store)), Some(ann.clone()));
        assert_eq!(SessionName::of_stem(&other, &ann.stem(&store)), None);
        assert_eq!(SessionName::default().stem(&store), store.key());
        assert_eq!(SessionName::of_stem(&store, &store.key()), None);
    }
}
