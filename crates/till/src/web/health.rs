//! The health page: the doctor, asked from the till.

use std::convert::Infallible;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use evertill_doctor::{
    CatalogueState, Context, Finding, PrinterState, Report, TillView, UnsentSales, examine, examine_and_tell,
};
use futures_util::future::BoxFuture;
use futures_util::stream;
use tokio::sync::mpsc;

use super::reply::{Failed, answer, page, to};
use super::session::with_facts;
use super::visit::{Posted, Visit};
use crate::affairs::{self, Counted};
use crate::catalogue;
use crate::clock;
use crate::db::{events, sales};
use crate::error::TillError;
use crate::outbox::Nudge;
use crate::pages::{
    Done, HealthFragment, HealthPage, HealthTick, HealthTickFragment, HealthView, Nav, TestPrintPage, format,
};
use crate::till::Till;
use crate::views::health as view;

/// Rows of what was done.
const DONE_MAX: u32 = 10;

/// Sales that wait and are shown.
const WAITING_MAX: u32 = 6;

/// Longest wait for the store to say how many items it has.
const TOTAL_MAX: Duration = Duration::from_secs(3);

/// A report that is older than this is made anew before it is handed on, in milliseconds.
const REPORT_FRESH_MS: i64 = 5 * 60_000;

/// The till's own affairs at the moment somebody asks.
struct Affairs {
    counted: Counted,
    till: Arc<Till>,
}

impl std::fmt::Debug for Affairs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.counted.fmt(f)
    }
}

impl TillView for Affairs {
    fn unsent(&self) -> Option<UnsentSales> {
        Some(self.counted.unsent.clone())
    }

    fn catalogue(&self) -> Option<CatalogueState> {
        Some(self.counted.catalogue.clone())
    }

    fn printer(&self) -> Option<PrinterState> {
        Some(affairs::printer())
    }

    fn items_at_the_store(&self) -> BoxFuture<'_, Option<u64>> {
        Box::pin(async {
            tokio::time::timeout(TOTAL_MAX, catalogue::items_at_the_store(&self.till))
                .await
                .ok()
                .flatten()
        })
    }
}

/// What the address of the health page says.
#[derive(serde::Deserialize)]
pub(super) struct Asked {
    /// Wait for all checks and show what they found: for browsers without script.
    whole: Option<String>,
}

/// `GET /health`: at once, with the checks still to come; `?whole` waits for them.
pub(super) async fn show(
    State(till): State<Arc<Till>>,
    visit: Visit,
    Query(asked): Query<Asked>,
) -> Response {
    let drawn = async {
        let context = context(&till).await?;
        let ticks = ticks(&context);
        let health = match asked.whole {
            Some(_) => Some(HealthView::of(&kept(&till, examine(&context).await))),
            None => None,
        };
        let (waiting, currency) = (waiting(&till).await?, till.shelf());
        let (day, waiting) = with_facts(&till, |facts| {
            (
                view::day(facts),
                view::waiting(&waiting, facts, &currency.currency),
            )
        })
        .await?;
        page(&HealthPage {
            frame: till.frame("Health", Nav::Health).await?,
            csrf: visit.csrf.clone(),
            health,
            ticks,
            day,
            waiting,
            done: done(&till).await?,
        })
    };
    answer(&till, drawn.await).await
}

fn ticks(context: &Context) -> Vec<HealthTick> {
    evertill_doctor::all(context)
        .iter()
        .map(|check| HealthTick::waiting(check.id()))
        .collect()
}

async fn waiting(till: &Till) -> Result<Vec<sales::SaleRow>, TillError> {
    till.db
        .read("look which sales wait", |db| sales::unsent(db, WAITING_MAX))
        .await
}

/// `GET /health/live`: each check as it ends, then what they come to.
pub(super) async fn live(State(till): State<Arc<Till>>, _visit: Visit) -> Response {
    let Ok(place) = Arc::clone(&till.listeners).try_acquire_owned() else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let (tell, told) = mpsc::unbounded_channel();
    let mut stop = till.stop.clone();
    tokio::spawn(async move {
        let _place = place;
        tokio::select! {
            _ = stop.wait_for(|stopping| *stopping) => {}
            () = tell.closed() => {}
            () = look(&till, &tell) => {}
        }
    });
    let events = stream::unfold(told, |mut told| async move {
        let event: Event = told.recv().await?;
        Some((Ok::<_, Infallible>(event), told))
    });
    Sse::new(events).keep_alive(KeepAlive::default()).into_response()
}

/// Looks and tells. An error ends the stream early, and the page asks for the whole.
async fn look(till: &Arc<Till>, tell: &mpsc::UnboundedSender<Event>) {
    let context = match context(till).await {
        Ok(context) => context,
        Err(error) => {
            tracing::warn!(code = %error.code(), "could not look at the health of the till: {error}");
            return;
        }
    };
    let of = ticks(&context).len();
    let mut done = 0;
    let report = examine_and_tell(&context, |finding: &Finding| {
        done += 1;
        let tick = HealthTickFragment {
            tick: HealthTick::of(finding),
            done,
            of,
        };
        send(tell, "check", &tick);
    })
    .await;
    let health = HealthView::of(&kept(till, report));
    send(tell, "health", &HealthFragment { health });
}

fn send(tell: &mpsc::UnboundedSender<Event>, name: &str, fragment: &impl Template) {
    match fragment.render() {
        // An error means that the page has gone.
        Ok(html) => drop(tell.send(Event::default().event(name).data(html))),
        Err(error) => tracing::error!(%error, "could not draw a check"),
    }
}

/// Keeps a report for those who hand it on.
fn kept(till: &Till, report: Report) -> Report {
    *till.looked.lock().unwrap_or_else(PoisonError::into_inner) = Some((clock::now_ms(), report.clone()));
    report
}

/// `POST /health/send`: ends the pauses of the sales that wait.
pub(super) async fn send_now(State(till): State<Arc<Till>>, _posted: Posted) -> Response {
    let done = async {
        till.session.keeper().network_up();
        for sale in waiting(&till).await? {
            if sale.state != sales::SaleState::Parked {
                till.nudge(Nudge::SendAgain(sale.sale.uuid()));
            }
        }
        Ok(to("/sales"))
    };
    answer(&till, done.await).await
}

/// `GET /health/test-print`
pub(super) async fn test_print(State(till): State<Arc<Till>>, _visit: Visit) -> Response {
    let drawn = async {
        let now = till.wall().now();
        page(&TestPrintPage {
            frame: till.frame("Test receipt", Nav::Health).await?,
            shop: till.session.store_name(&till.shelf()),
            till: till.name(),
            when: format!("{} {}", format::full_day(&now), format::clock(&now)),
        })
    };
    answer(&till, drawn.await).await
}

/// `GET /health/report`: what may be handed on, as a file.
pub(super) async fn report(State(till): State<Arc<Till>>, _visit: Visit) -> Response {
    let made = async {
        let text = newest(&till).await?.to_share().to_text();
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

/// The report on the page, else a new one.
async fn newest(till: &Arc<Till>) -> Result<Report, TillError> {
    let looked = till.looked.lock().unwrap_or_else(PoisonError::into_inner).clone();
    match looked {
        Some((at_ms, report)) if clock::now_ms() - at_ms < REPORT_FRESH_MS => Ok(report),
        Some(_) | None => examined(till).await,
    }
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

pub(crate) async fn examined(till: &Arc<Till>) -> Result<Report, TillError> {
    let report = examine(&context(till).await?).await;
    Ok(kept(till, report))
}

async fn context(till: &Arc<Till>) -> Result<Context, TillError> {
    let keeper = till.session.keeper();
    let mut context = Context::new(keeper.store().clone());
    context.profile = till.session.profile();
    context.data_dir = Some(till.data_dir.clone());
    context.look_at(keeper).await;
    context.till = Some(Arc::new(affairs(till).await?));
    Ok(context)
}

async fn affairs(till: &Arc<Till>) -> Result<Affairs, TillError> {
    let shelf = till.shelf();
    let question = "look at the till's own affairs";
    let counted = till
        .db
        .read(question, move |db| affairs::count(db, &shelf.currency))
        .await?;
    Ok(Affairs {
        counted,
        till: Arc::clone(till),
    })
}
