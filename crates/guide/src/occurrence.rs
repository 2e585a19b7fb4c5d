//! What is known about this very occurrence, where the page is opened from a running till.

use evertill_wire::Code;

/// How serious something is; always shown as shape, word and colour together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Done, nothing to do.
    Ok,
    /// Ordinary and goes by itself.
    Off,
    /// A person must act today.
    Warn,
    /// Money or data may be wrong.
    Bad,
}

impl Tone {
    /// The class that sets the colours.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Off => "off",
            Self::Warn => "warn",
            Self::Bad => "bad",
        }
    }

    /// The icon that goes with the colour.
    #[must_use]
    pub const fn icon(self) -> &'static str {
        match self {
            Self::Ok => "tick",
            Self::Off => "offline",
            Self::Warn => "warn",
            Self::Bad => "stop",
        }
    }
}

/// The occurrence.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Occurrence {
    /// Whom it concerns, `Till 2 · Ada Osei`.
    pub who: String,
    /// Facts as they are now, in the order they are shown.
    pub facts: Vec<Fact>,
    /// What was tried without anybody asking, the oldest first.
    pub tried: Vec<Tried>,
    /// What a person can press.
    pub press: Option<Press>,
}

/// One live fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What it is about, `Refresh token`.
    pub name: String,
    /// How it is, `good for 12 days`.
    pub value: String,
    /// The code that explains it, where there is one.
    pub code: Option<Code>,
}

/// One thing that was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// Clock time, `10:42`.
    pub at: String,
    /// How it went.
    pub tone: Tone,
    /// What it was, `Renewal`.
    pub what: String,
    /// How it ended, `503 from the store`.
    pub more: String,
}

/// A button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Press {
    /// Where it leads. With a form token the form is posted there, else it is a link.
    pub href: String,
    /// Words on it.
    pub label: String,
    /// Form token, for a button that does something.
    pub csrf: Option<String>,
}
