//! What the error codes mean.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use evertill_guide::{ADDRESS, Answer, Locale};
use evertill_wire::Code;

use super::reply::{Failed, answer, page, to};
use super::session::with_facts;
use super::visit::Visit;
use crate::pages::{HelpPage, Nav};
use crate::reach;
use crate::till::Till;
use crate::views::help as view;

/// What the address of a help page says.
#[derive(serde::Deserialize)]
pub(super) struct Asked {
    /// A code or a pasted message.
    q: Option<String>,
    /// A language, where another than the browser's is wanted.
    lang: Option<String>,
}

impl Asked {
    fn locale(&self, headers: &HeaderMap) -> Locale {
        let wanted = self.lang.as_deref().and_then(Locale::of_tag);
        let accepted = headers
            .get(header::ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok());
        wanted.unwrap_or_else(|| accepted.map(Locale::preferred).unwrap_or_default())
    }
}

/// `GET /error-codes`
pub(super) async fn index(
    State(till): State<Arc<Till>>,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Response {
    let shown = async {
        let question = asked.q.as_deref().unwrap_or_default();
        if let Answer::Page(code) = evertill_guide::answer(question) {
            return Ok(to(&code.page()));
        }
        let body = evertill_guide::index_body(question, asked.locale(&headers)).map_err(Failed::Drawing)?;
        page(&HelpPage {
            frame: till.frame("Help", Nav::Help).await?,
            body,
        })
    };
    answer(&till, shown.await).await
}

/// `GET /error-codes/{code}`
pub(super) async fn code(
    State(till): State<Arc<Till>>,
    visit: Visit,
    headers: HeaderMap,
    Path(text): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    let shown = async {
        let Some(code) = Code::find(&text) else {
            let question: String = text
                .chars()
                .filter(|letter| letter.is_ascii_alphanumeric())
                .collect();
            return Ok(to(&format!("{ADDRESS}?q={question}")));
        };
        let occurrence = match view::is_live(code) {
            true => {
                let reach = reach::look(&till).await;
                Some(with_facts(&till, |facts| view::occurrence(facts, &reach, &visit.csrf)).await?)
            }
            false => None,
        };
        let body = evertill_guide::code_body(code, asked.locale(&headers), occurrence.as_ref())
            .map_err(Failed::Drawing)?;
        page(&HelpPage {
            frame: till
                .frame(&format!("{code}, {}", code.title()), Nav::Help)
                .await?,
            body,
        })
    };
    answer(&till, shown.await).await
}
