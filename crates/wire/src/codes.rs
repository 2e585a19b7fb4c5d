//! The error codes: one place for what each one means, who can act, and how a process exits on it.
//!
//! Three schemes stand side by side: the documented codes of WCPOS before 1.10, which Evertill speaks (`API02007` …),
//! the ones WCPOS uses since (`AUTH101` …), and our own, which continue the first and are marked
//! [`Entry::is_ours`]. A code is never renumbered and never used for something else. The constants in `table.rs` are
//! the codes this program raises; the others are explained because a store or another till may show them.
//! From what somebody has in hand to a code: [`from_server`] and [`search`].

use std::fmt;

mod catalogue;
mod entry;
mod lookup;
mod table;

use entry::cause;
pub use entry::{Cause, Entry, Origin, Retry, Safety, Selling, Sending, Severity, Topic, Who};
pub use lookup::{Hit, HitBy, Mapped, MappedBy, by_server_code, from_server, search};

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
        catalogue::entries()
            .find(|entry| entry.code == self)
            .expect("codes are only made inside the catalogue, and a test finds each of them there")
    }

    /// Finds a code by its text, in any case.
    #[must_use]
    pub fn find(text: &str) -> Option<Self> {
        Self::all().find(|code| code.0.eq_ignore_ascii_case(text.trim()))
    }

    /// Every code, in the order of the catalogue.
    pub fn all() -> impl Iterator<Item = Self> {
        catalogue::entries().map(|entry| entry.code)
    }

    /// Whether Evertill raises the code; the others are explained only.
    #[must_use]
    pub fn is_raised(self) -> bool {
        table::RAISED.contains(&self)
    }

    /// Where a till or a store explains the code, `/error-codes/API02007`.
    #[must_use]
    pub fn page(self) -> String {
        format!("/error-codes/{self}")
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

/// Exit codes of the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
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
mod tests;
