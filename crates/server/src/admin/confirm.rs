//! A page between a form and what it does: what would happen, in words, and one button. It works without script.

use askama::Template;

use super::{Visitor, frame::Frame, page};
use crate::{
    http::{App, Ask, Reply},
    store::StoreError,
};

/// The field that says that somebody has read the page.
const FIELD: &str = "sure";

/// What is asked.
#[derive(Debug, Default)]
pub(super) struct Question<'a> {
    /// Page of the rail it belongs to.
    pub(super) here: &'static str,
    /// What would be done, as a title: `Sign out Till 3?`
    pub(super) title: String,
    /// What it means, the first words bold.
    pub(super) gist: String,
    pub(super) more: String,
    /// Words of the button.
    pub(super) button: String,
    /// Where the form goes, and what it says again.
    pub(super) action: &'a str,
    pub(super) fields: Vec<(String, String)>,
    /// The way out.
    pub(super) back: String,
}

#[derive(Template)]
#[template(path = "admin/confirm.html")]
struct ConfirmPage<'a> {
    frame: Frame,
    question: Question<'a>,
}

/// Whether the form comes from such a page.
pub(super) fn is_sure(ask: &Ask) -> bool {
    ask.param_text(FIELD).is_some_and(|sure| sure == "yes")
}

/// Asks. Nothing has happened yet.
pub(super) async fn draw(app: &App, visitor: &Visitor, question: Question<'_>) -> Result<Reply, StoreError> {
    let frame = Frame::read(app, visitor, question.here).await?;
    Ok(page::drawn(200, &ConfirmPage { frame, question }))
}
