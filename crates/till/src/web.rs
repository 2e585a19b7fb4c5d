//! The till's own pages over HTTP.
//!
//! Requests pass the [`guard`] first, then get their browser's cookie, then reach a handler; every form is tied
//! to the browser it was made for. No answer holds a token of the store.

pub(crate) mod browser;
mod care;
mod cart;
mod checkout;
mod events;
pub(crate) mod guard;
pub(crate) mod health;
mod help;
mod metrics;
mod register;
mod reply;
mod sales;
mod session;
pub(crate) mod sign_in;
pub(crate) mod typed;
mod upload;
mod visit;

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, Query, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use crate::assets;
use crate::till::Till;
use reply::Failed;

/// Largest file of sales that is taken in, with the form around it, in bytes.
const UPLOAD_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Every address of the till.
pub(crate) fn router(till: Arc<Till>) -> Router {
    Router::new()
        .route("/", get(register::show))
        .route("/product/{id}/choose", get(register::choose))
        .route("/picture/{id}", get(register::picture))
        .route("/cart/add", post(cart::add))
        .route("/cart/scan", post(cart::scan))
        .route("/cart/custom", get(cart::custom_sheet).post(cart::custom))
        .route("/cart/line/{uuid}", get(cart::line_sheet).post(cart::line))
        .route("/cart/line/{uuid}/remove", post(cart::remove))
        .route("/cart/undo", post(cart::undo))
        .route("/cart/clear", post(cart::clear))
        .route("/cart/note", get(cart::note_sheet).post(cart::note))
        .route("/cart/park", post(cart::park))
        .route("/cart/parked", get(cart::parked))
        .route("/cart/resume/{id}", post(cart::resume))
        .route("/checkout", get(checkout::show))
        .route("/checkout/cash", get(checkout::back).post(checkout::cash))
        .route("/sales", get(sales::list))
        .route("/sale/{uuid}", get(sales::show))
        .route("/sale/{uuid}/done", get(sales::done))
        .route("/sale/{uuid}/receipt", get(sales::receipt))
        .route("/sale/{uuid}/printed", post(sales::printed))
        .route("/sale/{uuid}/file", get(sales::file))
        .route("/sale/{uuid}/send-again", post(sales::send_again))
        .route("/session", get(session::show))
        .route("/session/renew", post(session::renew))
        .route("/session/sign-out", post(session::sign_out))
        .route("/session/sheet", get(session::why))
        .route("/error-codes", get(help::index))
        .route("/error-codes/{code}", get(help::code))
        .route("/sign-in", get(sign_in::show))
        .route("/sign-in/start", post(sign_in::start))
        .route("/sign-in/callback", get(sign_in::callback))
        .route("/sales/carry", get(care::carry_page))
        .route("/sales/export", post(care::export))
        .route(
            "/sales/import",
            post(care::import).layer(DefaultBodyLimit::max(UPLOAD_BYTES_MAX)),
        )
        .route("/mend/{name}", get(care::preview).post(care::mend))
        .route("/health", get(health::show))
        .route("/health/live", get(health::live))
        .route("/health/report", get(health::report))
        .route("/health/send", post(health::send_now))
        .route("/health/test-print", get(health::test_print))
        .route("/events", get(events::listen))
        .route("/metrics", get(metrics::show))
        .route("/assets/{*path}", get(asset))
        .route("/healthz", get(|| async { "ok\n" }))
        .fallback(lost)
        .layer(DefaultBodyLimit::max(visit::FORM_BYTES_MAX))
        .layer(from_fn_with_state(Arc::clone(&till), receive))
        .with_state(till)
}

/// Checks where a request comes from, finds its browser, and puts the protecting headers on the answer.
async fn receive(State(till): State<Arc<Till>>, mut request: Request, next: Next) -> Response {
    let mut response = match guard::check(request.method(), request.headers(), till.listens_on) {
        Err(stranger) => turned_away(stranger),
        Ok(()) => admit(&till, &mut request, next).await,
    };
    guard::protect(response.headers_mut(), &till.form_targets());
    response
}

fn turned_away(stranger: guard::Stranger) -> Response {
    let (status, words) = match stranger {
        guard::Stranger::Host => (
            StatusCode::MISDIRECTED_REQUEST,
            "This till answers at its own address only.",
        ),
        guard::Stranger::Origin => (StatusCode::FORBIDDEN, "This form does not belong to this till."),
    };
    tracing::warn!(?stranger, "turned a request away");
    (status, words).into_response()
}

async fn admit(till: &Arc<Till>, request: &mut Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_plain =
        path.starts_with("/assets/") || matches!(path, "/healthz" | "/metrics" | "/sign-in/callback");
    if is_plain {
        return next.run(std::mem::take(request)).await;
    }
    let known = till
        .browser_secret
        .recognise(request.headers(), &till.cookie_name);
    let is_read = *request.method() == Method::GET;
    if known.is_none() && is_read && guard::is_from_elsewhere(request.headers()) {
        // A link on another site: our cookie stays at home, and a new one would lock the open pages out.
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        return sign_in::bounce(guard::within_the_till(path));
    }
    let browser = match known.map_or_else(|| till.browser_secret.welcome(), Ok) {
        Ok(browser) => browser,
        Err(error) => return Failed::Till(error).into_page(till).await,
    };
    request.extensions_mut().insert(browser.clone());
    let mut response = next.run(std::mem::take(request)).await;
    if browser.is_new {
        let cookie = till.browser_secret.cookie_of(&browser, &till.cookie_name);
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
    response
}

/// What the address of an asset says.
#[derive(serde::Deserialize)]
struct Version {
    v: Option<String>,
}

async fn asset(Path(path): Path<String>, Query(version): Query<Version>) -> Response {
    let Some(file) = assets::find(&path) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let cache = match version.v.is_some_and(|asked| asked == file.version()) {
        true => assets::LONG_CACHE,
        false => assets::SHORT_CACHE,
    };
    (
        [
            (header::CONTENT_TYPE, file.content_type),
            (header::CACHE_CONTROL, cache),
        ],
        file.body,
    )
        .into_response()
}

async fn lost(State(till): State<Arc<Till>>) -> Response {
    Failed::NotFound.into_page(&till).await
}
