//! The payment.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;

use super::cart::refusal;
use super::reply::{Failed, answer, page, to};
use super::typed;
use super::visit::{Posted, Visit};
use crate::checkout::{Payment, SaleKey, pay_cash};
use crate::db::sales;
use crate::pages::{Nav, TakeFragment};
use crate::till::Till;
use crate::views::checkout::{checkout, take};

/// What the address of the payment says.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Address {
    #[serde(default)]
    received: String,
}

/// `GET /checkout`
pub(super) async fn show(
    State(till): State<Arc<Till>>,
    visit: Visit,
    Query(address): Query<Address>,
) -> Response {
    let shown = async {
        let open = till.desk.open_cart().await?;
        if open.cart.is_empty() {
            return Ok(to("/"));
        }
        if !visit.wants_fragment {
            return drawn(&till, &visit, &address.received, None).await;
        }
        let shelf = till.shelf();
        let received = address.received.trim();
        let amount = typed::amount(received, &shelf.currency.decimal_separator);
        let problem = (!received.is_empty() && amount.is_none()).then(|| "That is not a number.".to_owned());
        let total = open.cart.totals(&shelf.setup).total;
        page(&TakeFragment {
            take: take(&shelf, total, received, amount, problem),
        })
    };
    answer(&till, shown.await).await
}

async fn drawn(
    till: &Till,
    visit: &Visit,
    received: &str,
    problem: Option<String>,
) -> Result<Response, Failed> {
    let shelf = till.shelf();
    let open = till.desk.open_cart().await?;
    let frame = till.frame("Payment", Nav::Sell).await?;
    let received = received.trim();
    let amount = typed::amount(received, &shelf.currency.decimal_separator);
    page(&checkout(
        &shelf,
        &open,
        received,
        amount,
        problem,
        frame,
        visit.csrf.clone(),
    ))
}

/// `GET /checkout/cash`: a page that was drawn in answer to a form, loaded again.
pub(super) async fn back() -> Response {
    to("/checkout")
}

/// `POST /checkout/cash`
pub(super) async fn cash(State(till): State<Arc<Till>>, posted: Posted) -> Response {
    let done = async {
        let key = SaleKey::parse(posted.text("sale_key")).ok_or(Failed::NotFound)?;
        let typed = posted.text("received").trim();
        let separator = till.shelf().currency.decimal_separator.clone();
        let received = typed::amount(typed, &separator);
        let is_unreadable = !typed.is_empty() && received.is_none();
        if is_unreadable {
            let uuid = key.uuid;
            let question = "look up the sale";
            let is_paid = till.db.read(question, move |db| sales::is_paid(db, uuid)).await?;
            return match is_paid {
                true => Ok(to(&format!("/sale/{uuid}/done"))),
                false => {
                    drawn(
                        &till,
                        &posted.visit,
                        typed,
                        Some("The amount received is not a number.".into()),
                    )
                    .await
                }
            };
        }
        let problem = match pay_cash(&till, key, received).await {
            Ok(Payment::Done) => return Ok(to(&format!("/sale/{}/done", key.uuid))),
            Ok(Payment::Refused(error)) => refusal(&error),
            Ok(Payment::Changed) => {
                "The sale was changed in another window. Check the total and take the money again.".into()
            }
            Err(error) => {
                tracing::error!(code = %error.code(), "a payment was not saved: {error}");
                format!(
                    "Not paid: the till could not save it ({}). {} Nothing is lost, the sale is still open.",
                    error.code(),
                    error.remedy()
                )
            }
        };
        if till.desk.open_cart().await?.cart.is_empty() {
            return Ok(to("/"));
        }
        drawn(&till, &posted.visit, typed, Some(problem)).await
    };
    answer(&till, done.await).await
}
