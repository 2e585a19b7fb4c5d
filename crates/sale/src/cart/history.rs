//! What is needed to take an action back.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::CartLine;

/// The opposite of one action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Step {
    /// A line was added: take it out.
    Added(Uuid),
    /// A line was changed: this is how it was.
    Changed(Box<CartLine>),
    /// A line was removed: put it back where it was.
    Removed { place: usize, line: Box<CartLine> },
    /// Everything was taken out.
    Cleared { lines: Vec<CartLine>, note: String },
    /// The note was written over.
    Noted(String),
}

impl Step {
    pub(super) fn take_back(self, lines: &mut Vec<CartLine>, note: &mut String) {
        match self {
            Self::Added(uuid) => lines.retain(|line| line.uuid != uuid),
            Self::Changed(before) => {
                if let Some(line) = lines.iter_mut().find(|line| line.uuid == before.uuid) {
                    *line = *before;
                }
            }
            Self::Removed { place, line } => lines.insert(place.min(lines.len()), *line),
            Self::Cleared {
                lines: before,
                note: note_before,
            } => {
                *lines = before;
                *note = note_before;
            }
            Self::Noted(before) => *note = before,
        }
    }
}
