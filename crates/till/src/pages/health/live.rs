//! The checks while they run: each row as it ends, and what they come to.

use askama::Template;
use evertill_doctor::Finding;

use super::{HealthView, tone, word};
use crate::pages::frame::Tone;

/// What the doctor says, once he has looked: takes the place of `#health`.
#[derive(Debug, Clone, Template)]
#[template(path = "fragment/health-found.html")]
pub struct HealthFragment {
    /// What he says.
    pub health: HealthView,
}

/// A check that has just ended: takes the place of its own row, and of the count above.
#[derive(Debug, Clone, Template)]
#[template(path = "fragment/health-tick.html")]
pub struct HealthTickFragment {
    /// The row.
    pub tick: HealthTick,
    /// How many have ended.
    pub done: usize,
    /// Of how many.
    pub of: usize,
}

/// A check that is waited for, or has just ended.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HealthTick {
    /// The id of its row on the page.
    pub id: String,
    /// What it looks at.
    pub title: &'static str,
    /// How it ended; `Off` while it is waited for.
    pub tone: Tone,
    /// That in a word, for those who do not see the picture.
    pub word: &'static str,
    /// Whether it is waited for.
    pub waits: bool,
}

impl HealthTick {
    /// The row of a check that is waited for.
    #[must_use]
    pub fn waiting(id: &str) -> Self {
        Self {
            id: format!("tick-{id}"),
            title: evertill_doctor::title(id),
            tone: Tone::Off,
            word: "waiting",
            waits: true,
        }
    }

    /// The row of a check that has ended.
    #[must_use]
    pub fn of(finding: &Finding) -> Self {
        Self {
            tone: tone(finding.verdict),
            word: word(finding.verdict),
            waits: false,
            ..Self::waiting(&finding.id)
        }
    }
}
