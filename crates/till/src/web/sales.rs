//! Finished sales.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

use super::reply::{Failed, answer, page, to};
use super::visit::{Posted, Visit};
use crate::clock;
use crate::db::events::{self, EventRow, PRINTED};
use crate::db::sales::{self, SaleRow};
use crate::outbox::Nudge;
use crate::pages::{
    JourneyFragment, Nav, RecapLine, SaleDonePage, SalePage, SalesFragment, SalesPage, format,
};
use crate::till::Till;
use crate::views::bar::waiting;
use crate::views::cart::with_unit;
use crate::views::sale as view;

/// Sales on the list.
const LISTED_MAX: u32 = 200;

/// Seconds until a new sale opens by itself.
const NEW_SALE_AFTER_S: u32 = 6;

async fn find(till: &Till, uuid: Uuid) -> Result<(SaleRow, Vec<EventRow>), Failed> {
    let question = "look up the sale";
    let found = till
        .db
        .read(question, move |db| {
            Ok(match sales::find(db, uuid)? {
                Some(row) => Some((row, events::of_sale(db, uuid)?)),
                None => None,
            })
        })
        .await?;
    found.ok_or(Failed::NotFound)
}

/// `GET /sale/{uuid}/done`
pub(super) async fn done(State(till): State<Arc<Till>>, visit: Visit, Path(uuid): Path<Uuid>) -> Response {
    let shown = async {
        let (row, events) = find(&till, uuid).await?;
        let href = format!("/sale/{uuid}/done");
        let journey = view::journey(&row, &events, till.session.standing(), &till.wall(), &href);
        if visit.wants_fragment {
            return page(&JourneyFragment { journey });
        }
        let shelf = till.shelf();
        let receipt = view::receipt(&shelf, &row, &events, &till.wall());
        let change = row.sale.tender().change();
        page(&SaleDonePage {
            frame: till.frame("Sale done", Nav::Sell).await?,
            csrf: visit.csrf.clone(),
            uuid: uuid.to_string(),
            number: row.number.to_string(),
            change: (!change.is_zero()).then(|| shelf.currency.money(change)),
            coins: format::coins(change, &shelf.currency.code),
            total: shelf.currency.money(receipt.total),
            paid: format!("received {} in cash", shelf.currency.money(receipt.received)),
            lines: receipt
                .lines
                .iter()
                .map(|line| RecapLine {
                    quantity: with_unit(line.quantity, &line.unit),
                    name: format::soft_hyphens(&line.name),
                    amount: shelf.currency.figure(line.amount),
                })
                .collect(),
            journey,
            new_sale_after_s: NEW_SALE_AFTER_S,
        })
    };
    answer(&till, shown.await).await
}

/// `GET /sale/{uuid}/receipt`
pub(super) async fn receipt(State(till): State<Arc<Till>>, visit: Visit, Path(uuid): Path<Uuid>) -> Response {
    let shown = async {
        let (row, events) = find(&till, uuid).await?;
        let wall = till.wall();
        let receipt = view::receipt(&till.shelf(), &row, &events, &wall);
        let frame = till.frame(&format!("Receipt {}", row.number), Nav::Sales).await?;
        page(&view::receipt_page(
            &row, &events, &receipt, &wall, frame, visit.csrf,
        ))
    };
    answer(&till, shown.await).await
}

/// `POST /sale/{uuid}/printed`: every print after this one is a copy.
pub(super) async fn printed(
    State(till): State<Arc<Till>>,
    Path(uuid): Path<Uuid>,
    _posted: Posted,
) -> Response {
    let done = async {
        find(&till, uuid).await?;
        let print = EventRow {
            at_ms: clock::now_ms(),
            kind: PRINTED.into(),
            code: None,
            words: "Receipt printed".into(),
        };
        till.db
            .write("note that a receipt was printed", move |tx| {
                events::add(tx, Some(uuid), &print)
            })
            .await?;
        Ok(to(&format!("/sale/{uuid}/receipt")))
    };
    answer(&till, done.await).await
}

/// `GET /sale/{uuid}/file`
pub(super) async fn file(State(till): State<Arc<Till>>, Path(uuid): Path<Uuid>) -> Response {
    let shown = async {
        let (row, events) = find(&till, uuid).await?;
        let name = format!("attachment; filename=\"sale-{}.json\"", row.number);
        let body = format!("{:#}\n", view::file::of(&row, &events));
        let headers = [
            (header::CONTENT_TYPE, "application/json".to_owned()),
            (header::CONTENT_DISPOSITION, name),
        ];
        Ok((headers, body).into_response())
    };
    answer(&till, shown.await).await
}

/// `GET /sales`
pub(super) async fn list(State(till): State<Arc<Till>>, visit: Visit) -> Response {
    let shown = async {
        let question = "list the sales";
        let (rows, unsent) = till
            .db
            .read(question, |db| {
                Ok((sales::recent(db, LISTED_MAX)?, sales::tally_unsent(db)?))
            })
            .await?;
        let shelf = till.shelf();
        let days = view::days(&rows, &shelf.currency, &till.wall());
        let waiting = waiting(unsent, &shelf.currency).map(|waiting| {
            let verb = if waiting.count == 1 { "is" } else { "are" };
            format!(
                "{} ({}) {verb} on this till only, safe, and not in the shop yet.",
                waiting.words(),
                waiting.sum
            )
        });
        if visit.wants_fragment {
            return page(&SalesFragment { days, waiting });
        }
        page(&SalesPage {
            frame: till.frame("Sales", Nav::Sales).await?,
            days,
            waiting,
        })
    };
    answer(&till, shown.await).await
}

/// `GET /sale/{uuid}`
pub(super) async fn show(State(till): State<Arc<Till>>, visit: Visit, Path(uuid): Path<Uuid>) -> Response {
    let shown = async {
        let (row, events) = find(&till, uuid).await?;
        let wall = till.wall();
        let journey = view::journey(
            &row,
            &events,
            till.session.standing(),
            &wall,
            &format!("/sale/{uuid}"),
        );
        if visit.wants_fragment {
            return page(&JourneyFragment { journey });
        }
        let receipt = view::receipt(&till.shelf(), &row, &events, &wall);
        let currency = &receipt.shop.currency;
        let (tone, state) = view::state_words(&row);
        let mut payments = view::payments(&receipt);
        payments.push(crate::pages::SumRow {
            label: "Change".into(),
            more: String::new(),
            amount: currency.figure(receipt.change),
        });
        let who = [receipt.cashier.as_str(), receipt.till.as_str()];
        let when = format::moment(&wall.at(row.paid_at_ms), &wall.now());
        let parts = std::iter::once(when.as_str()).chain(who.into_iter().filter(|part| !part.is_empty()));
        let refused = view::refusal(&row);
        page(&SalePage {
            frame: till.frame(&format!("Sale {}", row.number), Nav::Sales).await?,
            csrf: visit.csrf.clone(),
            uuid: uuid.to_string(),
            number: row.number.to_string(),
            when: parts.collect::<Vec<_>>().join(" · "),
            tone,
            state,
            lines: view::receipt_lines(&receipt),
            sums: view::receipt_sums(&receipt),
            total: currency.money(receipt.total),
            payments,
            note: receipt.note.clone(),
            journey,
            can_send_again: refused.is_some(),
            refused,
        })
    };
    answer(&till, shown.await).await
}

/// `POST /sale/{uuid}/send-again`
pub(super) async fn send_again(
    State(till): State<Arc<Till>>,
    Path(uuid): Path<Uuid>,
    posted: Posted,
) -> Response {
    let done = async {
        find(&till, uuid).await?;
        till.nudge(Nudge::SendAgain(uuid));
        let back = match posted.visit.wants_fragment {
            true => "/sales".to_owned(),
            false => format!("/sale/{uuid}"),
        };
        Ok(to(&back))
    };
    answer(&till, done.await).await
}
