//! What is wrong between a till and its store, and who can mend it.
//!
//! [`examine`] runs many small [`Check`]s at once, within ten seconds, and [`diagnose()`] puts their findings together:
//! a verdict first, the way from the till to the store with the broken hop marked, then the rows. The checks ask through
//! `probe`, each question once; `reading` says what an answer means; `redact` takes out what nobody else may see.
//!
//! **Invariant:** *no check changes anything, signs anybody out, or sends a password.* Requests are `GET` and `HEAD`;
//! the refresh token is presented only after [`Context::allow_renewal`], and what the store then gives is kept.
//!
//! The checks of the till itself (unsent sales, catalogue, printer) ask a [`TillView`], which the till implements.

use std::time::{Duration, Instant};

use evertill_wire::AccessToken;

pub mod check;
mod checks;
mod context;
mod device;
pub mod diagnose;
mod error;
pub mod finding;
#[cfg(any(test, feature = "foreign"))]
pub mod foreign;
pub mod journal;
mod probe;
mod reading;
mod redact;
mod remedies;
mod reply;
pub mod report;
mod till;

pub use check::{Check, EXAMINATION_MAX};
pub use checks::{all, title};
pub use context::{Context, SessionKept, SessionKnown};
pub use device::{Device, ThisDevice};
pub use diagnose::{FirstCause, diagnose};
pub use error::DoctorError;
pub use finding::{Action, Finding, Fixer, Layer, Remedy, Verdict};
pub use report::{Hop, HopState, Readiness, Removed, Report};
pub use till::{CatalogueState, PrinterState, TillView, UnsentSales};

/// Runs every check and says what is wrong.
pub async fn examine(context: &Context) -> Report {
    examine_and_tell(context, |_| {}).await
}

/// Like [`examine`], and tells of each finding as soon as it is there.
pub async fn examine_and_tell(context: &Context, tell: impl FnMut(&Finding) + Send) -> Report {
    let started = Instant::now();
    let at = context.clock.now().wall.as_millis();
    let checks = checks::all(context);
    let findings = check::run_all(&checks, context, tell).await;
    let mut report = diagnose(&findings);
    report.store = context.store.to_string();
    report.at = jiff::Timestamp::from_millisecond(at)
        .map(|time| time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
        .unwrap_or_default();
    report.took_ms = finding::milliseconds(started.elapsed());
    report.people = context
        .session
        .kept()
        .map(|kept| kept.user.clone())
        .into_iter()
        .filter(|name| !name.is_empty())
        .collect();
    report.secrets = secrets(context);
    report.journal = context.journal.iter().map(journal::line).collect();
    report
}

fn secrets(context: &Context) -> Vec<AccessToken> {
    let Some(kept) = context.session.kept() else {
        return Vec::new();
    };
    let refresh = kept
        .refresh
        .as_ref()
        .map(|token| AccessToken::new(token.expose()));
    kept.access.clone().into_iter().chain(refresh).collect()
}

/// How long to wait between two examinations when somebody watches: long enough that a busy shop does not notice.
pub const WATCH_EVERY: Duration = Duration::from_secs(30);
