//! What is said when a page cannot be shown.

use askama::Template;

use super::frame::Frame;

/// An error or a page that does not exist. Calm: what is safe, what happened, what to press.
#[derive(Debug, Clone, Template)]
#[template(path = "problem.html")]
pub struct ProblemPage {
    /// Rail, bar and head.
    pub frame: Frame,
    /// Headline, `This page is not here`.
    pub title: String,
    /// What is safe, `Your sale is safe on this till.`
    pub safe: String,
    /// What happened and what to do, in plain words.
    pub words: String,
    /// Error code, small; empty for a page that does not exist.
    pub code: String,
    /// Address of the main button.
    pub href: String,
    /// Words on the main button, `Back to the sale`.
    pub button: String,
}

impl ProblemPage {
    /// The page for an address that leads nowhere.
    #[must_use]
    pub fn not_found(frame: Frame) -> Self {
        Self {
            frame,
            title: "This page is not here".into(),
            safe: "The open sale and everything sold are safe on this till.".into(),
            words: "The address leads nowhere. Perhaps it was typed by hand or the sale is older than this till keeps.".into(),
            code: String::new(),
            href: "/".into(),
            button: "Back to the sale".into(),
        }
    }

    /// The page for a failure inside the till.
    #[must_use]
    pub fn failure(frame: Frame, words: String, code: String) -> Self {
        Self {
            frame,
            title: "That did not work".into(),
            safe: "The open sale and everything sold are safe on this till.".into(),
            words,
            code,
            href: "/".into(),
            button: "Back to the sale".into(),
        }
    }
}
