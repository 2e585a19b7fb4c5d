//! Answers of the office: pages, redirects, and the headers they all carry.

use askama::Template;
use axum::http::header;

use super::{Visitor, frame::Frame};
use crate::{
    http::{App, Reply},
    store::StoreError,
};

/// Nothing is loaded from elsewhere, nothing runs inline, nobody frames it, and no form leads away.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; \
                      connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

#[derive(Template)]
#[template(path = "admin/note.html")]
struct NotePage<'a> {
    frame: Frame,
    title: &'a str,
    words: &'a str,
}

/// A page.
pub(super) fn drawn(status: u16, template: &impl Template) -> Reply {
    match template.render() {
        Ok(text) => guarded(Reply::html(status, text)),
        Err(error) => {
            tracing::error!(%error, "a page of the office could not be drawn");
            Reply::html(
                500,
                "<!doctype html>\n<p>The page could not be drawn.</p>\n".to_owned(),
            )
        }
    }
}

fn guarded(reply: Reply) -> Reply {
    reply
        .with(header::CACHE_CONTROL, "no-store")
        .with(header::REFERRER_POLICY, "same-origin")
        .with(header::X_FRAME_OPTIONS, "DENY")
        .with(header::CONTENT_SECURITY_POLICY, POLICY)
}

/// After a form: to a page that can be loaded again without sending the form again.
pub(super) fn see(address: &str) -> Reply {
    Reply::empty(303)
        .with(header::LOCATION, address)
        .with(header::CACHE_CONTROL, "no-store")
}

/// A file of the office.
pub(super) fn asset(media_type: &'static str, bytes: &[u8]) -> Reply {
    Reply::bytes(media_type, bytes.to_vec()).with(header::CACHE_CONTROL, "no-cache")
}

/// The visit is over; what was sent is not done.
pub(super) fn gone_out() -> Reply {
    Reply::html(
        401,
        "<!doctype html>\n<title>Signed out</title>\n<p>You are signed out, and nothing was changed. \
         <a href=\"/admin/sign-in\">Sign in</a></p>\n"
            .to_owned(),
    )
    .with(header::CACHE_CONTROL, "no-store")
    .with(header::CONTENT_SECURITY_POLICY, POLICY)
}

/// What was asked for is not allowed, or makes no sense; nothing was changed.
pub(super) async fn refused(app: &App, visitor: &Visitor, words: &str) -> Result<Reply, StoreError> {
    note(app, visitor, 403, "Not done", words).await
}

/// There is no such page, session or person.
pub(super) async fn missing(app: &App, visitor: &Visitor) -> Result<Reply, StoreError> {
    note(
        app,
        visitor,
        404,
        "Nothing here",
        "It may have been removed, or the address is wrong.",
    )
    .await
}

async fn note(
    app: &App,
    visitor: &Visitor,
    status: u16,
    title: &str,
    words: &str,
) -> Result<Reply, StoreError> {
    let frame = Frame::read(app, visitor, "").await?;
    Ok(drawn(status, &NotePage { frame, title, words }))
}
