//! Knowing when a person or the system wants the process to end.

use std::{future::Future, io, time::Duration};

use tokio::{signal, time};

/// How long a shutdown may take before the process ends anyway. Everything that matters is on disk before it is
/// acknowledged, so a shutdown only saves politeness.
const SHUTDOWN_MAX: Duration = Duration::from_secs(10);

/// Waits for Ctrl-C, or for the system's wish that the process ends.
///
/// # Errors
///
/// When the system does not let the process listen for it.
pub(crate) async fn requested() -> io::Result<()> {
    tokio::select! {
        result = signal::ctrl_c() => result,
        result = terminated() => result,
    }
}

/// Runs a shutdown, but not longer than [`SHUTDOWN_MAX`].
pub(crate) async fn gracefully(shutdown: impl Future<Output = ()>) {
    if time::timeout(SHUTDOWN_MAX, shutdown).await.is_err() {
        tracing::warn!("the shutdown took longer than {SHUTDOWN_MAX:?} and was cut short");
    }
}

#[cfg(unix)]
async fn terminated() -> io::Result<()> {
    signal::unix::signal(signal::unix::SignalKind::terminate())?
        .recv()
        .await;
    Ok(())
}

#[cfg(not(unix))]
async fn terminated() -> io::Result<()> {
    std::future::pending().await
}
