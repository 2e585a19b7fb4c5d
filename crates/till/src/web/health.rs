//! The health page: the doctor, asked from the till.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use evertill_doctor::{CatalogueState, Context, PrinterState, Report, TillView, UnsentSales, examine};

use super::reply::{Failed, answer, page};
use super::visit::Visit;
use crate::catalogue::Mark;
use crate::clock;
use crate::db::{events, sales, settings};
use crate::error::TillError;
use crate::pages::{Done, HealthPage, HealthView, Nav, format};
use crate::till::Till;

/// Rows of what was done.
const DONE_MAX: u32 = 10;

/// The till's own affairs at the moment somebody asks.
#[derive(Debug)]
struct Affairs {
    unsent: UnsentSales,
    catalogue: CatalogueState,
}

impl TillView for Affairs {
    fn unsent(&self) -> Option<UnsentSales> {
        Some(self.unsent.clone())
    }

    fn catalogue(&self) -> Option<CatalogueState> {
        Some(self.catalogue.clone())
    }

    fn printer(&self) -> Option<PrinterState> {
        // Receipts go to the browser's own printer, which tells nobody how it is.
        None
    }
}

/// `GET /health`
pub(super) async fn show(State(till): State<Arc<Till>>, _visit: Visit) -> Response {
    let drawn = async {
        let report = examined(&till).await?;
        page(&HealthPage {
            frame: till.frame("Health", Nav::Health).await?,
            health: HealthView::of(&report),
            done: done(&till).await?,
        })
    };
    answer(&till, drawn.await).await
}

/// `GET /health/report`: what may be handed on, as a file.
pub(super) async fn report(State(till): State<Arc<Till>>, _visit: Visit) -> Response {
    let made = async {
        let text = examined(&till).await?.to_share().to_text();
        Ok::<Response, Failed>(
            (
                [
                    (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
                    (
                        header::CONTENT_DISPOSITION,
                        "attachment; filename=\"evertill-health.txt\"",
                    ),
                ],
                text,
            )
                .into_response(),
        )
    };
    answer(&till, made.await).await
}

/// What was done on this till, newest first.
async fn done(till: &Till) -> Result<Vec<Done>, TillError> {
    let events = till
        .db
        .read("look what was done", |db| events::of_till(db, DONE_MAX))
        .await?;
    let (wall, now_ms) = (till.wall(), clock::now_ms());
    let shown = events.into_iter().map(|event| Done {
        at: format::moment(&wall.at(event.at_ms), &wall.at(now_ms)),
        words: event.words,
    });
    Ok(shown.collect())
}

pub(crate) async fn examined(till: &Till) -> Result<Report, TillError> {
    let keeper = till.session.keeper();
    let mut context = Context::new(keeper.store().clone());
    context.profile = till.session.profile();
    context.data_dir = Some(till.data_dir.clone());
    context.look_at(keeper).await;
    context.till = Some(Arc::new(affairs(till).await?));
    Ok(examine(&context).await)
}

async fn affairs(till: &Till) -> Result<Affairs, TillError> {
    let (unsent, parked, oldest, mark) = till
        .db
        .read("count the sales that wait", |db| {
            Ok((
                sales::tally_unsent(db)?,
                sales::tally_parked(db)?,
                sales::unsent(db, 1)?,
                settings::find(db, settings::FEED)?,
            ))
        })
        .await?;
    let shelf = till.shelf();
    let oldest_ms = oldest
        .first()
        .map_or(0, |sale| clock::now_ms().saturating_sub(sale.paid_at_ms));
    Ok(Affairs {
        unsent: UnsentSales {
            count: u64::from(unsent.count),
            sum: shelf.currency.money(unsent.sum),
            oldest_s: u64::try_from(oldest_ms / 1_000).unwrap_or(0),
            parked: u64::from(parked.count),
        },
        catalogue: CatalogueState {
            items: u64::try_from(shelf.count()).unwrap_or(u64::MAX),
            of: None,
            age_s: mark
                .and_then(|text| serde_json::from_str::<Mark>(&text).ok())
                .and_then(|mark| u64::try_from((clock::now_ms() - mark.swept_at_ms) / 1_000).ok()),
        },
    })
}
