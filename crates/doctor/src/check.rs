//! The shape of a check, and running many of them at once under one deadline.

use std::time::{Duration, Instant};

use futures_util::future::{BoxFuture, join_all};

use crate::context::Context;
use crate::finding::{Finding, Layer};

/// Longest time a whole examination may take.
pub const EXAMINATION_MAX: Duration = Duration::from_secs(10);

/// Longest time one check may take; it leaves the examination time to close.
pub const CHECK_MAX: Duration = Duration::from_millis(9_500);

/// One small question about the way from the till to the store.
///
/// A check changes nothing, sends no password, and presents the refresh token only with consent. It asks the network
/// through the probes of the context, which ask each thing once and only after what it needs has been found well.
pub trait Check: Send + Sync {
    /// Its stable name, `network.dns`.
    fn id(&self) -> &'static str;
    /// The layer it looks at.
    fn layer(&self) -> Layer;
    /// Looks.
    fn run<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Finding>;
}

/// Runs all checks at once. A check that is not done in time is reported as not checked.
pub(crate) async fn run_all(
    checks: &[Box<dyn Check>],
    context: &Context,
    mut tell: impl FnMut(&Finding) + Send,
) -> Vec<Finding> {
    let (done, mut finished) = tokio::sync::mpsc::unbounded_channel();
    let running = join_all(checks.iter().map(|check| {
        let done = done.clone();
        async move {
            let finding = run_one(check.as_ref(), context).await;
            // The receiver lives as long as this function, which awaits this future.
            let _ = done.send(finding.clone());
            finding
        }
    }));
    tokio::pin!(running);
    loop {
        tokio::select! {
            biased;
            Some(finding) = finished.recv() => tell(&finding),
            all = &mut running => {
                while let Ok(finding) = finished.try_recv() {
                    tell(&finding);
                }
                return all;
            }
        }
    }
}

async fn run_one(check: &dyn Check, context: &Context) -> Finding {
    let started = Instant::now();
    let finding = tokio::time::timeout(CHECK_MAX, check.run(context))
        .await
        .unwrap_or_else(|_| {
            Finding::not_checked(
                check.id(),
                check.layer(),
                "This took too long to be looked at; what it waited for says more.",
            )
        });
    finding.took(started.elapsed())
}
