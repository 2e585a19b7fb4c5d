//! Doing something about a fault, and moving sales to another till.

use askama::Template;

use super::frame::Frame;

/// What is going to happen, before it does.
#[derive(Debug, Clone, Template)]
#[template(path = "mend.html")]
pub struct MendPage {
    /// Rail, bar and head.
    pub frame: Frame,
    /// Token for the form.
    pub csrf: String,
    /// Where the form goes.
    pub action: String,
    /// What it is, `Clear the session`.
    pub title: &'static str,
    /// What happens, one sentence each.
    pub happens: &'static [&'static str],
    /// What stays.
    pub stays: &'static [&'static str],
    /// The button.
    pub button: &'static str,
    /// Sales that stand against it, `3 sales over 56.90 EUR`; empty when nothing does.
    pub refused: String,
}

/// Moving sales to another till and taking them in.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "carry.html")]
pub struct CarryPage {
    /// Rail, bar and head.
    pub frame: Frame,
    /// Token for the forms.
    pub csrf: String,
    /// What waits here, `3 sales over 56.90 EUR`; empty when nothing does.
    pub waiting: String,
    /// Fewest letters of a passphrase.
    pub letters_min: usize,
    /// What was wrong with the last try.
    pub problem: String,
    /// Its code.
    pub code: String,
    /// What was done.
    pub done: String,
}
