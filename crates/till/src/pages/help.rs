//! What the error codes mean, inside the till's own frame.

use askama::Template;

use super::frame::Frame;

/// A help page: the index of the codes, or one of them.
#[derive(Debug, Clone, Template)]
#[template(path = "help.html")]
pub struct HelpPage {
    /// Rail, bar and head.
    pub frame: Frame,
    /// The main part, drawn by `evertill-guide`.
    pub body: String,
}
