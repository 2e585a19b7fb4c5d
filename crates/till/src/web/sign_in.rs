//! The way in: looking at the store, going to its page, coming back.
//!
//! The store sends the browser back across sites, so no cookie of ours comes along. The callback is therefore
//! bound to the random state of a sign-in that began here. An Evertill store puts a code into its address that only
//! this process can trade; a stock store puts the tokens there. So the callback leads on without a page of its own, and
//! its address is never shown, logged or an entry of the browser's list; where it leads to, a small page makes the next
//! request our own again.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use evertill_client::discovery::{Check, CheckState, discover_store_and_tell};
use evertill_client::{App, PendingSignIn};
use url::{Url, form_urlencoded};

use super::reply::{Failed, answer, page, to};
use super::visit::{Posted, Visit};
use crate::clock;
use crate::db::sales;
use crate::error::TillError;
use crate::hub::News;
use crate::pages::{CheckRow, ChecksFragment, Fix, SignInPage, Tone};
use crate::till::Till;
use crate::views::bar::waiting;

/// Sign-ins that may be on their way at once; the oldest one is given up.
const PENDING_MAX: usize = 8;

/// How long a person may take on the store's page, in milliseconds.
const PENDING_MS_MAX: i64 = 10 * 60_000;

/// How long what was found out about the store holds, in milliseconds.
const LOOK_MS: i64 = 60_000;

/// Sign-ins and looks that are going on.
#[derive(Default)]
pub(crate) struct Door {
    look: Mutex<Look>,
    pending: Mutex<VecDeque<(i64, PendingSignIn)>>,
    problem: Mutex<Option<(String, String)>>,
}

/// What was found out about the store so far.
#[derive(Debug, Clone, Default)]
struct Look {
    checks: Vec<Check>,
    is_busy: bool,
    is_usable: bool,
    began_at_ms: i64,
}

impl Door {
    fn look(&self) -> Look {
        self.look.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn change_look(&self, change: impl FnOnce(&mut Look)) {
        change(&mut self.look.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Whether a new look should begin; marks it as begun.
    fn begin_look(&self) -> bool {
        let mut look = self.look.lock().unwrap_or_else(PoisonError::into_inner);
        let now_ms = clock::now_ms();
        let is_fresh = (now_ms - look.began_at_ms).abs() < LOOK_MS;
        let is_known = look.is_usable && is_fresh;
        let is_needed = !(look.is_busy || is_known);
        if is_needed {
            *look = Look {
                is_busy: true,
                began_at_ms: now_ms,
                ..Look::default()
            };
        }
        is_needed
    }

    fn wait_for(&self, pending: PendingSignIn) {
        let mut waiting = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() == PENDING_MAX {
            waiting.pop_front();
        }
        waiting.push_back((clock::now_ms(), pending));
    }

    /// The sign-in that a state belongs to; it can be taken once.
    fn take(&self, state: &str) -> Option<PendingSignIn> {
        let mut waiting = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        let now_ms = clock::now_ms();
        waiting.retain(|(since_ms, _)| (now_ms - since_ms).abs() < PENDING_MS_MAX);
        let place = waiting.iter().position(|(_, pending)| pending.state() == state)?;
        waiting.remove(place).map(|(_, pending)| pending)
    }

    fn put_problem(&self, words: String, code: String) {
        *self.problem.lock().unwrap_or_else(PoisonError::into_inner) = Some((words, code));
    }

    fn take_problem(&self) -> Option<(String, String)> {
        self.problem.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// `GET /sign-in`
pub(super) async fn show(State(till): State<Arc<Till>>, visit: Visit) -> Response {
    // The page asks for fragments while a look goes on; only opening the page begins another one.
    if !visit.wants_fragment && till.door.begin_look() {
        tokio::spawn(look(Arc::clone(&till)));
    }
    let shown = async {
        let look = till.door.look();
        let store = till.session.keeper().store().to_string();
        let person = till
            .session
            .cashier()
            .map(|person| person.name)
            .unwrap_or_default();
        let checks: Vec<CheckRow> = look.checks.iter().map(row).collect();
        if visit.wants_fragment {
            return page(&ChecksFragment {
                csrf: visit.csrf.clone(),
                store,
                till_name: till.name(),
                checks,
                busy: look.is_busy,
                ready: look.is_usable,
                person: crate::views::session::first_name(&person),
            });
        }
        let (problem, code) = till.door.take_problem().unzip();
        let shelf = till.shelf();
        let unsent = till
            .db
            .read("count the sales that wait", sales::tally_unsent)
            .await?;
        page(&SignInPage {
            lang: "en-GB".into(),
            csrf: visit.csrf.clone(),
            again: till.was_signed_in().await?,
            person: crate::views::session::first_name(&person),
            safe: waiting(unsent, &shelf.currency).map_or_else(String::new, |waiting| {
                let (verb, stay) = if waiting.count == 1 {
                    ("waits", "stays")
                } else {
                    ("wait", "stay")
                };
                format!(
                    "{} ({}) {verb} on this till and {stay} safe.",
                    waiting.words(),
                    waiting.sum
                )
            }),
            till_name: till.name(),
            version: env!("CARGO_PKG_VERSION").into(),
            store,
            store_fixed: true,
            problem,
            code: code.unwrap_or_default(),
            checks,
            busy: look.is_busy,
            ready: look.is_usable,
        })
    };
    answer(&till, shown.await).await
}

async fn look(till: Arc<Till>) {
    let store = till.session.keeper().store().clone();
    let found = discover_store_and_tell(&store, |check| {
        till.door.change_look(|look| look.checks.push(check.clone()));
    })
    .await;
    till.door.change_look(|look| {
        look.is_busy = false;
        look.is_usable = found.result.is_ok();
        look.checks = found.checks;
    });
    till.hub.tell(News::Session);
}

fn row(check: &Check) -> CheckRow {
    let remedy = |code: Option<evertill_wire::Code>| {
        code.map(|code| Fix {
            words: code.entry().remedy.to_owned(),
            copy: String::new(),
        })
    };
    CheckRow {
        tone: match check.state {
            CheckState::Ok => Tone::Ok,
            CheckState::Warn => Tone::Warn,
            CheckState::Bad => Tone::Bad,
        },
        text: check.sentence.clone(),
        measure: match check.milliseconds {
            0 => String::new(),
            ms => format!("{ms} ms"),
        },
        fix: match check.state {
            CheckState::Ok => None,
            CheckState::Warn | CheckState::Bad => remedy(check.code),
        },
    }
}

/// `POST /sign-in/start`
pub(super) async fn start(State(till): State<Arc<Till>>, headers: HeaderMap, posted: Posted) -> Response {
    let begun = async {
        till.rename(posted.text("till_name")).await?;
        let callback = format!("{}/sign-in/callback", origin(&till, &headers));
        let callback = Url::parse(&callback).map_err(|_| Failed::NotFound)?;
        match till.session.keeper().begin_sign_in(App::Till, &callback).await {
            Ok(pending) => {
                let page = to(pending.url.as_str());
                till.door.wait_for(pending);
                Ok(page)
            }
            Err(error) => {
                let (words, code) = said(&TillError::Session(error));
                till.door.put_problem(words, code);
                Ok(to("/sign-in"))
            }
        }
    };
    answer(&till, begun.await).await
}

/// The till's own address as this browser knows it; the guard let only addresses of this machine through.
fn origin(till: &Till, headers: &HeaderMap) -> String {
    headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .map_or_else(|| till.own_origin.clone(), |host| format!("http://{host}"))
}

/// `GET /sign-in/callback`
pub(super) async fn callback(
    State(till): State<Arc<Till>>,
    headers: HeaderMap,
    OriginalUri(uri): OriginalUri,
) -> Response {
    let query = uri.query().unwrap_or_default();
    let state = form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == "state");
    let pending = state.and_then(|(_, state)| till.door.take(&state));
    let full = Url::parse(&format!("{}{uri}", origin(&till, &headers)));
    let outcome = match (pending, full) {
        (Some(pending), Ok(full)) => till.session.keeper().finish_sign_in(pending, &full).await,
        (None, _) | (_, Err(_)) => Err(evertill_client::ClientError::SignInMismatch),
    };
    match outcome {
        Ok(()) => {
            till.catalogue_due.notify_one();
            leave("/")
        }
        Err(error) => {
            let (words, code) = said(&TillError::Session(error));
            till.door.put_problem(words, code);
            leave("/sign-in")
        }
    }
}

fn said(error: &TillError) -> (String, String) {
    tracing::warn!(code = %error.code(), "a sign-in did not succeed: {error}");
    (crate::web::reply::words(error), error.code().to_string())
}

/// Leads on without a page of its own, so that the address with the tokens is no entry of the browser's history.
fn leave(path: &str) -> Response {
    let mut response = super::reply::to(path);
    response
        .headers_mut()
        .insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

/// A page that leads on by itself and takes nothing of its own address along.
pub(super) fn bounce(path: &str) -> Response {
    let path = path
        .replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('<', "&lt;");
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Evertill</title>\
         <meta http-equiv=\"refresh\" content=\"0;url={path}\"></head>\
         <body><p><a href=\"{path}\">To the till</a></p></body></html>"
    );
    let mut response = Html(html).into_response();
    response
        .headers_mut()
        .insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}
