//! How fresh it is what is known of endings elsewhere.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Instant,
};

/// Age past which nothing that is remembered is believed: then the database is asked for every access token.
const OLD_MS: u64 = 700;

/// When it was last known what other processes and nodes have ended.
#[derive(Debug)]
pub(crate) struct News {
    since: Instant,
    /// Milliseconds after `since`; nothing was known before the first answer.
    at_ms: AtomicU64,
}

impl News {
    pub(crate) fn none() -> Self {
        Self {
            since: Instant::now(),
            at_ms: AtomicU64::new(u64::MAX),
        }
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    pub(crate) fn have_come(&self) {
        self.at_ms.store(self.now_ms(), Ordering::Release);
    }

    pub(crate) fn are_fresh(&self) -> bool {
        let at_ms = self.at_ms.load(Ordering::Acquire);
        at_ms != u64::MAX && self.now_ms().saturating_sub(at_ms) <= OLD_MS
    }
}
