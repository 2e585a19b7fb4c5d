//! The session page and its sheet.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;

use super::register::sheet;
use super::reply::{Failed, answer, page, to};
use super::visit::{Posted, Visit};
use crate::clock;
use crate::db::sales::{self, Tally};
use crate::error::TillError;
use crate::pages::{Nav, SessionFragment, SessionPage, SessionSheet, SessionView, Sheet};
use crate::session::forget_person;
use crate::till::Till;
use crate::views::session::{self as view, SessionFacts};

/// How far back the page shows sales, in milliseconds.
const DRAWN_MS: i64 = 24 * 3_600_000;

async fn unsent(till: &Till) -> Result<Tally, TillError> {
    till.db
        .read("count the sales that wait", sales::tally_unsent)
        .await
}

/// Hands everything that is known about the session to a view.
pub(super) async fn with_facts<T>(
    till: &Till,
    fill: impl FnOnce(&SessionFacts<'_>) -> T,
) -> Result<T, TillError> {
    let unsent = unsent(till).await?;
    let now_ms = clock::now_ms();
    let paid_at_ms = till
        .db
        .read("look up when sales were paid", move |db| {
            sales::paid_since(db, now_ms - DRAWN_MS)
        })
        .await?;
    let (status, history) = (till.session.status(), till.session.keeper().history());
    let found = till.found();
    let (shelf, wall, name) = (till.shelf(), till.wall(), till.name());
    Ok(fill(&SessionFacts {
        status: &status,
        history: &history,
        paid_at_ms: &paid_at_ms,
        unsent,
        currency: &shelf.currency,
        wall: &wall,
        found: found.as_ref(),
        till: &name,
        now_ms,
    }))
}

/// `GET /session`
pub(super) async fn show(State(till): State<Arc<Till>>, visit: Visit) -> Response {
    answer(&till, drawn(&till, &visit).await).await
}

async fn drawn(till: &Till, visit: &Visit) -> Result<Response, Failed> {
    let session: SessionView = with_facts(till, view::session).await?;
    let csrf = visit.csrf.clone();
    if visit.wants_fragment {
        return page(&SessionFragment { csrf, session });
    }
    page(&SessionPage {
        frame: till.frame("Session", Nav::Session).await?,
        csrf,
        session,
    })
}

/// `GET /session/sheet`
pub(super) async fn why(State(till): State<Arc<Till>>, visit: Visit) -> Response {
    let shown = async {
        let filled: SessionSheet = with_facts(&till, view::sheet).await?;
        sheet(&till, &visit, Some(Sheet::Session(filled))).await
    };
    answer(&till, shown.await).await
}

/// `POST /session/renew`
pub(super) async fn renew(State(till): State<Arc<Till>>, posted: Posted) -> Response {
    if let Err(error) = till.session.keeper().renew_now().await {
        // The page shows how the session stands, with the cause.
        tracing::info!(code = %error.code(), "a renewal by hand did not succeed: {error}");
    }
    match posted.visit.wants_fragment {
        true => answer(&till, drawn(&till, &posted.visit).await).await,
        false => to("/session"),
    }
}

/// `POST /session/sign-out`
pub(super) async fn sign_out(State(till): State<Arc<Till>>, posted: Posted) -> Response {
    let done = async {
        let unsent = unsent(&till).await?;
        if unsent.count > 0 {
            let refused = TillError::UnsentSales {
                count: unsent.count,
                sum: till.shelf().currency.money(unsent.sum),
            };
            return Err(Failed::Refused(refused));
        }
        till.session
            .keeper()
            .sign_out()
            .await
            .map_err(TillError::Session)?;
        forget_person(&till).await?;
        Ok(match posted.visit.wants_fragment {
            true => drawn(&till, &posted.visit).await?,
            false => to("/session"),
        })
    };
    answer(&till, done.await).await
}
