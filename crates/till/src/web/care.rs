//! Doing something about a fault, each thing shown before it happens, and moving sales to another till.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use evertill_client::parcel;
use evertill_wire::{Code, Passphrase};

use super::reply::{Failed, answer, page, to, words};
use super::upload::Uploaded;
use super::visit::{Posted, Visit};
use crate::carry::{self, Sum, TakenIn};
use crate::error::TillError;
use crate::hub::News;
use crate::mend::{self, Mend, NotDone};
use crate::outbox::Nudge;
use crate::pages::{CarryPage, MendPage, Nav};
use crate::till::Till;

/// Name of the file as the browser saves it.
const FILE_NAME: &str = "attachment; filename=\"sales.evertill-sales\"";

/// `GET /mend/{name}`: what would happen.
pub(super) async fn preview(
    State(till): State<Arc<Till>>,
    visit: Visit,
    Path(slug): Path<String>,
) -> Response {
    let shown = async {
        let mend = Mend::of_slug(&slug).ok_or(Failed::NotFound)?;
        let left = match mend.is_clearing() {
            true => not_exported(&till).await?,
            false => Sum::default(),
        };
        mend_page(&till, &visit, mend, &left).await
    };
    answer(&till, shown.await).await
}

/// `POST /mend/{name}`: does it, and shows the health of the till.
pub(super) async fn mend(
    State(till): State<Arc<Till>>,
    Path(slug): Path<String>,
    posted: Posted,
) -> Response {
    let done = async {
        let mend = Mend::of_slug(&slug).ok_or(Failed::NotFound)?;
        match mend::run(&till, mend).await {
            Ok(_said) if mend == Mend::SignIn => Ok(to("/sign-in")),
            Ok(_said) => Ok(to("/health#done")),
            Err(NotDone::Unsent(left)) => mend_page(&till, &posted.visit, mend, &left).await,
            Err(NotDone::Failed(error)) => Err(Failed::Till(error)),
        }
    };
    answer(&till, done.await).await
}

async fn mend_page(till: &Till, visit: &Visit, mend: Mend, left: &Sum) -> Result<Response, Failed> {
    let preview = mend.preview();
    page(&MendPage {
        frame: till.frame(preview.title, Nav::Health).await?,
        csrf: visit.csrf.clone(),
        action: format!("/mend/{}", mend.slug()),
        title: preview.title,
        happens: preview.happens,
        stays: preview.stays,
        button: preview.button,
        refused: shown(left),
    })
}

fn shown(sum: &Sum) -> String {
    match sum.count {
        0 => String::new(),
        _ => sum.to_string(),
    }
}

async fn not_exported(till: &Till) -> Result<Sum, TillError> {
    till.db
        .read("look which sales are in no file", carry::not_exported)
        .await
}

/// `GET /sales/carry`
pub(super) async fn carry_page(State(till): State<Arc<Till>>, visit: Visit) -> Response {
    answer(&till, drawn(&till, visit.csrf, CarryPage::default()).await).await
}

async fn drawn(till: &Till, csrf: String, said: CarryPage) -> Result<Response, Failed> {
    let waiting = till.db.read("count the sales that wait", carry::unsent).await?;
    page(&CarryPage {
        frame: till.frame("Move sales", Nav::Sales).await?,
        csrf,
        waiting: shown(&waiting),
        letters_min: parcel::PASSPHRASE_LETTERS_MIN,
        ..said
    })
}

/// The page again, with what was wrong.
async fn refused(till: &Till, csrf: String, problem: String, code: Code) -> Result<Response, Failed> {
    let said = CarryPage {
        problem,
        code: code.to_string(),
        ..CarryPage::default()
    };
    drawn(till, csrf, said).await
}

/// `POST /sales/export`: the file.
pub(super) async fn export(State(till): State<Arc<Till>>, posted: Posted) -> Response {
    let made = async {
        let csrf = posted.visit.csrf.clone();
        if posted.text("passphrase") != posted.text("again") {
            let words = "The two passphrases differ. Nothing was saved.".to_owned();
            return refused(&till, csrf, words, Code::INVALID_PARAMETER_VALUE).await;
        }
        match sealed(&till, Passphrase::new(posted.text("passphrase"))).await {
            Ok(file) => Ok((
                [
                    (header::CONTENT_TYPE, "application/octet-stream"),
                    (header::CONTENT_DISPOSITION, FILE_NAME),
                ],
                file,
            )
                .into_response()),
            Err(error @ TillError::SealedFile(_)) => refused(&till, csrf, words(&error), error.code()).await,
            Err(error) => Err(Failed::Till(error)),
        }
    };
    answer(&till, made.await).await
}

async fn sealed(till: &Till, passphrase: Passphrase) -> Result<Vec<u8>, TillError> {
    let (load, _sum) = till.db.read("copy the sales that wait", carry::load).await?;
    let (load, file) = slowly(move || {
        let file = carry::seal(&load, &passphrase)?;
        Ok((load, file))
    })
    .await?;
    till.db
        .write("note which sales were copied", move |tx| {
            carry::note_exported(tx, &load)
        })
        .await?;
    till.hub.tell(News::Sales);
    Ok(file)
}

/// `POST /sales/import`
pub(super) async fn import(State(till): State<Arc<Till>>, uploaded: Uploaded) -> Response {
    let done = async {
        let csrf = uploaded.visit.csrf.clone();
        match taken_in(&till, uploaded).await {
            Ok(taken) => {
                let done = format!(
                    "Took in {} from {}; {} were here already. They are sent by themselves.",
                    taken.new, taken.from, taken.known
                );
                let said = CarryPage {
                    done,
                    ..CarryPage::default()
                };
                drawn(&till, csrf, said).await
            }
            Err(
                error @ (TillError::SealedFile(_)
                | TillError::SalesNotRead(_)
                | TillError::SalesOfOtherStore { .. }),
            ) => refused(&till, csrf, words(&error), error.code()).await,
            Err(error) => Err(Failed::Till(error)),
        }
    };
    answer(&till, done.await).await
}

async fn taken_in(till: &Till, uploaded: Uploaded) -> Result<TakenIn, TillError> {
    let store = till.session.keeper().store().to_string();
    let load = slowly(move || carry::open(&uploaded.file, &uploaded.passphrase, &store)).await?;
    let taken = till
        .db
        .write("take in sales", move |tx| carry::take_in(tx, &load))
        .await?;
    till.nudge(Nudge::Paid);
    till.hub.tell(News::Sales);
    till.hub.tell(News::Bar);
    Ok(taken)
}

/// Draws a key from a passphrase where it keeps nobody waiting.
async fn slowly<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, TillError> + Send + 'static,
) -> Result<T, TillError> {
    // The work does not panic; it is cut off only when the runtime itself ends.
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or(Err(TillError::ShuttingDown))
}
