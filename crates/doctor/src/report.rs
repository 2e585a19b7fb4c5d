//! The report: verdict first, then the way as a picture, then the rows. The words are the same on a page, in the
//! terminal and in JSON.

use std::path::Path;

use evertill_wire::{AccessToken, Exit};
use serde::{Deserialize, Serialize};

use crate::diagnose::{self, FirstCause};
use crate::error::DoctorError;
use crate::finding::Finding;
use crate::redact;

mod text;

/// What the findings come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Readiness {
    /// Nothing to do.
    Ready,
    /// It works, and something should be mended.
    FixToday,
    /// Something does not work.
    Broken,
}

/// The state of a station of the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HopState {
    /// Seen to work.
    Ok,
    /// Works, with something to mend.
    Warn,
    /// The way is cut here.
    Broken,
    /// Not seen.
    Unknown,
}

/// A station of the way from the till to the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hop {
    /// `Till`, `Internet`, `Proxy/CDN`, `WordPress`, `WooCommerce`, `WCPOS`.
    pub name: String,
    /// Its state.
    pub state: HopState,
    /// A version, a time; may be empty.
    pub note: String,
}

/// A kind of thing that was taken out of a report before it was shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removed {
    /// `tokens`, `e-mail addresses`, `names`.
    pub what: String,
    /// How many of them.
    pub count: usize,
}

/// The result of an examination.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Address of the store.
    pub store: String,
    /// When the examination began, RFC 3339 in UTC.
    pub at: String,
    /// What it comes to.
    pub readiness: Readiness,
    /// The verdict, one sentence.
    pub verdict: String,
    /// What the one thing is and who can fix it.
    pub advice: String,
    /// Whether the sales are safe and selling goes on, one or two sentences.
    #[serde(default)]
    pub selling: String,
    /// The cause that comes first.
    pub first_cause: Option<FirstCause>,
    /// The way, station by station.
    pub path: Vec<Hop>,
    /// Every check, in the order of the way.
    pub rows: Vec<Finding>,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// What happened to the session lately, one line for each thing, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub journal: Vec<String>,
    /// What was taken out, see [`Report::to_share`].
    pub removed: Vec<Removed>,
    /// Names of people in the sentences, for taking them out.
    #[serde(skip)]
    pub(crate) people: Vec<String>,
    /// Secrets of the session, for taking them out should a store repeat them.
    #[serde(skip)]
    pub(crate) secrets: Vec<AccessToken>,
}

impl Report {
    /// The report as it may leave the shop: secrets, e-mail addresses, names and card numbers taken out and counted.
    #[must_use]
    pub fn to_share(&self) -> Self {
        redact::report(self)
    }

    /// How a command ends on it; nothing when all is well or only something should be mended.
    #[must_use]
    pub fn exit(&self) -> Option<Exit> {
        diagnose::exit(self)
    }

    /// The report in lines for a terminal or a message.
    #[must_use]
    pub fn to_text(&self) -> String {
        text::write(self)
    }

    /// The report as JSON.
    ///
    /// # Errors
    /// [`DoctorError::ReportNotMade`] when it cannot be written as JSON.
    pub fn to_json(&self) -> Result<String, DoctorError> {
        serde_json::to_string_pretty(self).map_err(DoctorError::ReportNotMade)
    }

    /// The report as JSON in one line.
    ///
    /// # Errors
    /// [`DoctorError::ReportNotMade`] when it cannot be written as JSON.
    pub fn to_json_line(&self) -> Result<String, DoctorError> {
        serde_json::to_string(self).map_err(DoctorError::ReportNotMade)
    }

    /// Saves what may be shared: JSON where the name ends in `.json`, text everywhere else.
    ///
    /// # Errors
    /// [`DoctorError::ReportNotSaved`] when the disk does not take it.
    pub fn save(&self, path: &Path) -> Result<(), DoctorError> {
        let shared = self.to_share();
        let text = if path.extension().is_some_and(|ending| ending == "json") {
            shared.to_json()?
        } else {
            shared.to_text()
        };
        std::fs::write(path, text).map_err(|source| DoctorError::ReportNotSaved {
            path: path.to_path_buf(),
            source,
        })
    }

    /// The finding of a check.
    #[must_use]
    pub fn row(&self, id: &str) -> Option<&Finding> {
        self.rows.iter().find(|row| row.id == id)
    }
}
