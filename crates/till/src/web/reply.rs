//! Answers: pages, fragments, and what is said when something failed.

use std::sync::Arc;

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use evertill_wire::Code;

use crate::error::TillError;
use crate::pages::{Frame, Nav, ProblemPage, StateBar};
use crate::till::Till;

/// An answer, or why there is none.
pub(crate) enum Failed {
    /// Something inside the till failed.
    Till(TillError),
    /// A page could not be drawn.
    Drawing(askama::Error),
    /// The address leads nowhere.
    NotFound,
    /// What was asked for is refused, for a reason that a person can read.
    Refused(TillError),
    /// The form was not made for this browser, or is too old.
    StaleForm,
    /// A form larger than any page of ours sends.
    FormTooLarge,
}

impl From<TillError> for Failed {
    fn from(error: TillError) -> Self {
        Self::Till(error)
    }
}

/// Draws a page or a fragment.
pub(crate) fn page(template: &impl Template) -> Result<Response, Failed> {
    let html = template.render().map_err(Failed::Drawing)?;
    Ok(Html(html).into_response())
}

/// Leads to another page of the till.
pub(crate) fn to(path: &str) -> Response {
    Redirect::to(path).into_response()
}

/// The answer, or the page that says why there is none.
pub(crate) async fn answer(till: &Arc<Till>, outcome: Result<Response, Failed>) -> Response {
    match outcome {
        Ok(response) => response,
        Err(failed) => failed.into_page(till).await,
    }
}

impl Failed {
    /// The page that says so.
    pub(crate) async fn into_page(self, till: &Arc<Till>) -> Response {
        // Without a database there is no state bar; the words matter more.
        let frame = till
            .frame("Something went wrong", Nav::Elsewhere)
            .await
            .unwrap_or_else(|_| Frame {
                lang: "en-GB".into(),
                title: "Something went wrong".into(),
                nav: Nav::Elsewhere,
                attention: false,
                bar: StateBar {
                    href: "/session",
                    ..StateBar::default()
                },
            });
        let (status, page) = match self {
            Self::NotFound => (StatusCode::NOT_FOUND, ProblemPage::not_found(frame)),
            Self::StaleForm => (
                StatusCode::FORBIDDEN,
                ProblemPage {
                    title: "Please press that once more".into(),
                    ..ProblemPage::failure(
                        frame,
                        "The page was from before this browser was known to the till. Nothing was changed."
                            .into(),
                        String::new(),
                    )
                },
            ),
            Self::FormTooLarge => {
                let code = Code::REQUEST_TOO_LARGE;
                let words = "The form holds more than the till takes. Nothing was changed.";
                (
                    StatusCode::PAYLOAD_TOO_LARGE,
                    ProblemPage::failure(frame, words.into(), code.to_string()),
                )
            }
            Self::Refused(error) => {
                let page = ProblemPage {
                    title: error.code().title().into(),
                    ..ProblemPage::failure(frame, words(&error), error.code().to_string())
                };
                (StatusCode::CONFLICT, page)
            }
            Self::Till(error) => {
                log(&error);
                (
                    status_of(error.code()),
                    ProblemPage::failure(frame, words(&error), error.code().to_string()),
                )
            }
            Self::Drawing(error) => {
                tracing::error!(%error, "could not draw a page");
                let code = Code::SERVICE_UNAVAILABLE;
                (
                    StatusCode::INTERNAL_SERVER_ERROR,
                    ProblemPage::failure(frame, code.entry().meaning.into(), code.to_string()),
                )
            }
        };
        match page.render() {
            Ok(html) => (status, Html(html)).into_response(),
            Err(error) => {
                tracing::error!(%error, "could not draw the page that says so");
                let plain = HeaderValue::from_static("text/plain; charset=utf-8");
                let mut response =
                    (status, "That did not work. The open sale is safe on this till.").into_response();
                response.headers_mut().insert(header::CONTENT_TYPE, plain);
                response
            }
        }
    }
}

/// A failure in words for a person: what failed and what to do.
pub(crate) fn words(error: &TillError) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    let first: String = letters
        .next()
        .map(|c| c.to_uppercase().collect())
        .unwrap_or_default();
    format!("{first}{}. {}", letters.as_str(), error.remedy())
}

fn log(error: &TillError) {
    let cause = std::error::Error::source(error).map(ToString::to_string);
    tracing::error!(code = %error.code(), cause, "{error}");
}

fn status_of(code: Code) -> StatusCode {
    if code == Code::DISK_FULL {
        StatusCode::INSUFFICIENT_STORAGE
    } else {
        StatusCode::INTERNAL_SERVER_ERROR
    }
}
