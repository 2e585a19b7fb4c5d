//! What the store's interface is, told by the code that answers: an OpenAPI 3.1 document at `/openapi.json` and the
//! same as a page at `/api`.
//!
//! `describe` has a description for each row of the table in `endpoint`, by exhaustive matches, so that nothing is
//! served that is not described and the other way round. `shapes` has the schemas; a test holds real answers against
//! them. `document` and `page` only write down what those say.

use std::sync::OnceLock;

use axum::http::header;

use super::{App, Reply};

mod describe;
mod document;
mod operation;
mod page;
mod schema;
mod shapes;

pub(crate) use document::document as of_store;
pub(super) use page::{page, styles};

/// What stands above all.
const ABOUT: &str = "\
The store stands where WordPress with WooCommerce and the WCPOS plugin stands, and speaks that protocol: its routes, its \
shapes, its errors. What is its own is said so.\n\n\
**Spelling.** Each route below `/wp-json` may also be written `/?rest_route=/wcpos/v2/…`. A `POST` may name another method \
in `_method` or `X-HTTP-Method-Override`. `HEAD` is answered wherever `GET` is. `OPTIONS` answers browsers that ask before \
they ask. Query parameters that nobody knows are ignored.\n\n\
**Methods.** On the till's routes a method that leads nowhere is answered as WordPress answers it: 404 `rest_no_route`, for \
somebody who is not signed in 401. Everywhere else it is 405 with `Allow`.\n\n\
**Errors** come in three shapes, each where its clients expect it: WordPress' on the till's routes, OAuth's where tokens are \
traded, problem documents (RFC 9457) elsewhere. `/error-codes` explains them.\n\n\
**Envelopes.** On a `GET` for somebody signed in `_wcpos_envelope=1` puts the answer into `data` and repeats the headers that \
matter beside it, for hosts that take headers away.\n\n\
**Limits.** Bodies are at most 2 MB. As much as the store takes on at once is answered; the rest gets 503 with `Retry-After`.";

/// The document as it goes out, written once for the address of the store.
#[derive(Debug, Default)]
pub(crate) struct Written(OnceLock<String>);

/// `GET /openapi.json`.
pub(super) fn document(app: &App) -> Reply {
    let text = app
        .api
        .0
        .get_or_init(|| document::document(&app.home).to_string());
    Reply::bytes("application/json", text.clone().into_bytes())
        .with(header::CACHE_CONTROL, "no-cache")
        .with(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")
}
