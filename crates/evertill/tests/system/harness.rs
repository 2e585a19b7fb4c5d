//! What the scenarios stand on: the real binary, a browser, and a network that can be made to fail.

pub(crate) mod api;
pub(crate) mod chance;
pub(crate) mod chromium;
pub(crate) mod clerk;
#[cfg(unix)]
pub(crate) mod cluster;
pub(crate) mod counter;
pub(crate) mod crew;
pub(crate) mod faults;
pub(crate) mod program;
pub(crate) mod proxy;
pub(crate) mod site;
pub(crate) mod store;
pub(crate) mod tls;
#[cfg(unix)]
pub(crate) mod wordpress;
pub(crate) mod world;

use std::{
    future::Future,
    time::{Duration, Instant},
};

/// How long anything may take before a scenario gives up. Generous, because nothing waits for it when all is well.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// How often a condition is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(60);

/// Looks again and again until `look` has something, and says `what` was missing when it never has.
pub(crate) async fn until<T, F, Fut>(what: &str, look: F) -> T
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Option<T>>,
{
    within(PATIENCE, what, look).await
}

/// [`until`] with its own patience.
pub(crate) async fn within<T, F, Fut>(patience: Duration, what: &str, mut look: F) -> T
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Option<T>>,
{
    let start = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(start.elapsed() < patience, "waited {patience:?} in vain: {what}");
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
