//! What the error codes mean: the same pages as in the till, in a document of their own.

use axum::http::header;
use evertill_guide::{ADDRESS, Answer, Locale, STANDALONE_STYLES, STYLES, code_body, index_body, standalone};
use evertill_wire::Code;

use super::{Ask, Reply};

/// Nothing on these pages comes from elsewhere, runs, or leads a form away.
const POLICY: &str = "default-src 'none'; style-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; \
                      frame-ancestors 'none'";

/// The style sheet of the pages.
pub(super) fn styles() -> String {
    format!("{STANDALONE_STYLES}{STYLES}")
}

/// The text after `/error-codes/`.
fn code_in(path: &str) -> Option<&str> {
    path.strip_prefix(ADDRESS)?.strip_prefix('/')
}

/// The index, a code's page, or the way from one to the other.
pub(super) fn serve(path: &str, ask: &Ask) -> Reply {
    let wanted = ask.query("lang").and_then(Locale::of_tag);
    let locale = wanted.unwrap_or_else(|| {
        ask.header("accept-language")
            .map(Locale::preferred)
            .unwrap_or_default()
    });
    let text = code_in(path).unwrap_or_default();
    let question = ask.query("q").unwrap_or(text);
    let drawn = match (Code::find(text), evertill_guide::answer(question)) {
        (Some(code), _) => {
            code_body(code, locale, None).and_then(|body| document(&format!("{code}"), &body, locale))
        }
        (None, Answer::Page(code)) => return moved(&code.page()),
        (None, Answer::Index) => {
            index_body(question, locale).and_then(|body| document("Help", &body, locale))
        }
    };
    match drawn {
        Ok(html) => Reply::html(200, html)
            .with(header::CACHE_CONTROL, "no-cache")
            .with(header::CONTENT_SECURITY_POLICY, POLICY)
            .with(header::REFERRER_POLICY, "no-referrer"),
        Err(error) => {
            tracing::error!(%error, "a help page could not be drawn");
            Reply::html(
                500,
                "<!doctype html>\n<p>The page could not be drawn.</p>\n".to_owned(),
            )
        }
    }
}

fn document(title: &str, body: &str, locale: Locale) -> askama::Result<String> {
    standalone(title, body, locale, "/assets/help.css")
}

fn moved(to: &str) -> Reply {
    Reply::empty(303).with(header::LOCATION, to)
}
