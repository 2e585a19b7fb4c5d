//! How much is taken on at a time. Whoever is over is told so at once: a queue nobody can see the end of helps nobody.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use crate::config::LimitsConfig;

/// Bytes of a body that are free of charge. With one body a connection they are bounded by the connections.
const BODY_FREE_BYTES: usize = 8 * 1024;

/// A number of things with an upper bound.
#[derive(Debug, Clone)]
pub(crate) struct Room {
    taken: Arc<AtomicUsize>,
    most: usize,
}

impl Room {
    pub(crate) fn new(most: usize) -> Self {
        Self {
            taken: Arc::new(AtomicUsize::new(0)),
            most,
        }
    }

    /// Takes some of the room; none when there is not so much left.
    pub(crate) fn take(&self, count: usize) -> Option<Taken> {
        let taken = self
            .taken
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |taken| {
                taken.checked_add(count).filter(|sum| *sum <= self.most)
            });
        taken.ok().map(|_| Taken {
            of: Arc::clone(&self.taken),
            count,
        })
    }

    /// How much is taken.
    pub(crate) fn taken(&self) -> usize {
        self.taken.load(Ordering::Relaxed)
    }
}

/// Room that is free again when this is dropped.
#[derive(Debug)]
pub(crate) struct Taken {
    of: Arc<AtomicUsize>,
    count: usize,
}

impl Drop for Taken {
    fn drop(&mut self) {
        self.of.fetch_sub(self.count, Ordering::AcqRel);
    }
}

/// What requests share.
#[derive(Debug)]
pub(crate) struct Limits {
    /// Renewals under way: places of their own, so that nothing else keeps a till from renewing.
    pub(crate) renewals: Room,
    /// Everything else under way.
    pub(crate) requests: Room,
    /// Bytes of the bodies that are being read.
    bodies: Room,
    /// How long a body may take.
    pub(crate) body: std::time::Duration,
}

impl Limits {
    pub(crate) fn new(config: &LimitsConfig) -> Self {
        Self {
            renewals: Room::new(config.renewals.0),
            requests: Room::new(config.requests.0),
            bodies: Room::new(config.body_memory_mib.0 * 1024 * 1024),
            body: config.body_s.0,
        }
    }

    /// Bytes the bodies that are being read hold.
    pub(crate) fn body_bytes(&self) -> usize {
        self.bodies.taken()
    }

    /// Room for a body that has grown from `before` to `after` bytes; none when bodies hold too much already.
    pub(crate) fn body(&self, before: usize, after: usize) -> Option<Taken> {
        let charged = |bytes: usize| bytes.saturating_sub(BODY_FREE_BYTES);
        self.bodies.take(charged(after) - charged(before))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn room_is_bounded_and_given_back() {
        let room = Room::new(3);
        let two = room.take(2).unwrap();
        assert!(room.take(2).is_none());
        let one = room.take(1).unwrap();
        drop(two);
        assert_eq!(room.taken(), 1);
        drop(one);
        assert!(room.take(3).is_some());
    }

    #[test]
    fn small_bodies_are_free_and_large_ones_share_what_there_is() {
        let limits = Limits::new(&LimitsConfig::default());
        let held: Vec<_> = (0..32).map(|_| limits.body(0, 2 * 1024 * 1024)).collect();
        assert!(held.iter().all(Option::is_some));
        assert!(limits.body(0, 2 * 1024 * 1024).is_none());
        assert!(limits.body(0, BODY_FREE_BYTES).is_some());
        assert_eq!(limits.body, Duration::from_secs(20));
    }
}
