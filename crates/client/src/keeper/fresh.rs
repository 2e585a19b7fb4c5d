//! The token as callers see it: one pointer that is swapped whole.
//!
//! Reading it takes no lock, waits for nobody and writes to no memory that another thread writes to at the same
//! moment: the pointer is borrowed without counting, and each thread counts on a copy of its own.

use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};

use arc_swap::ArcSwapOption;
use evertill_session::{Moment, Serial};
use evertill_wire::AccessToken;
use tokio::sync::watch;

use super::Lease;
use crate::profile::TokenPlace;

/// Copies of a published token. Threads beyond that share them; more would only cost memory.
const COPIES: usize = 8;

/// What the driver publishes and every handle reads.
pub(super) struct Fresh {
    current: ArcSwapOption<Published>,
    news: watch::Sender<()>,
}

struct Published {
    copies: [AccessToken; COPIES],
    serial: Serial,
    place: TokenPlace,
    ends_at: Moment,
}

impl Fresh {
    pub(super) fn new() -> Self {
        Self {
            current: ArcSwapOption::empty(),
            news: watch::Sender::new(()),
        }
    }

    pub(super) fn publish(&self, token: &AccessToken, serial: Serial, place: TokenPlace, ends_at: Moment) {
        let copies = std::array::from_fn(|_| AccessToken::new(token.expose()));
        self.current.store(Some(std::sync::Arc::new(Published {
            copies,
            serial,
            place,
            ends_at,
        })));
        self.news.send_replace(());
    }

    pub(super) fn withdraw(&self) {
        self.current.store(None);
    }

    /// The token, unless its end has come.
    pub(super) fn token(&self, now: Moment) -> Option<AccessToken> {
        let current = self.current.load();
        let published = current.as_ref().filter(|published| published.ends_at > now)?;
        Some(published.copies[own_copy()].clone())
    }

    /// The token that is handed out travels another way from now on.
    pub(super) fn travel(&self, place: TokenPlace) {
        let current = self.current.load_full();
        if let Some(published) = current.filter(|published| published.place != place) {
            self.publish(&published.copies[0], published.serial, place, published.ends_at);
        }
    }

    /// The token with its number, unless its end has come or it was refused just so. A store that gives the same text
    /// again gave a new grant with it, and is asked with that once; and so it is with the same token another way.
    pub(super) fn lease(&self, now: Moment, refused: Option<&Lease>) -> Option<Lease> {
        let current = self.current.load();
        let published = current.as_ref().filter(|published| published.ends_at > now)?;
        let token = &published.copies[own_copy()];
        let is_other = |old: &Lease| {
            old.token != *token || old.serial != published.serial || old.place != published.place
        };
        refused.is_none_or(is_other).then(|| Lease {
            token: token.clone(),
            serial: published.serial,
            place: published.place,
        })
    }

    /// Whether the token of this grant is handed out to travel this way.
    pub(super) fn is_serving(&self, serial: Serial, place: TokenPlace) -> bool {
        self.current
            .load()
            .as_ref()
            .is_some_and(|published| (published.serial, published.place) == (serial, place))
    }

    /// Whether something is handed out, and not this.
    pub(super) fn has_moved_on(&self, serial: Serial, place: TokenPlace) -> bool {
        self.current.load().is_some() && !self.is_serving(serial, place)
    }

    /// Wakes at every new token.
    pub(super) fn news(&self) -> watch::Receiver<()> {
        self.news.subscribe()
    }
}

/// Which copy this thread counts on; threads take turns.
fn own_copy() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    thread_local! {
        static OWN: Cell<usize> = const { Cell::new(usize::MAX) };
    }
    OWN.with(|own| {
        if own.get() == usize::MAX {
            own.set(NEXT.fetch_add(1, Ordering::Relaxed) % COPIES);
        }
        own.get()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: TokenPlace = TokenPlace::Header;

    #[test]
    fn a_token_is_handed_out_up_to_its_end_and_not_at_it() {
        let fresh = Fresh::new();
        assert!(fresh.token(Moment::from_millis(0)).is_none());
        fresh.publish(&AccessToken::new("a"), Serial(1), HEADER, Moment::from_millis(10));
        assert_eq!(fresh.token(Moment::from_millis(9)).unwrap().expose(), "a");
        assert!(fresh.token(Moment::from_millis(10)).is_none());
        assert!(
            fresh.is_serving(Serial(1), HEADER),
            "its end is the clock's word, not the driver's"
        );
    }

    #[test]
    fn the_refused_token_is_not_a_newer_one_whichever_copy_it_is() {
        let fresh = Fresh::new();
        fresh.publish(&AccessToken::new("a"), Serial(1), HEADER, Moment::from_millis(10));
        let now = Moment::from_millis(1);
        let refused = fresh.lease(now, None).unwrap();
        std::thread::scope(|scope| {
            for _ in 0..COPIES {
                scope.spawn(|| assert!(fresh.lease(now, Some(&refused)).is_none()));
            }
        });
        fresh.publish(&AccessToken::new("b"), Serial(2), HEADER, Moment::from_millis(10));
        assert_eq!(fresh.lease(now, Some(&refused)).unwrap().serial, Serial(2));
        fresh.publish(&AccessToken::new("a"), Serial(3), HEADER, Moment::from_millis(10));
        assert_eq!(fresh.lease(now, Some(&refused)).unwrap().serial, Serial(3));
    }

    #[test]
    fn a_token_that_was_refused_in_the_header_is_another_one_in_the_address() {
        let fresh = Fresh::new();
        fresh.publish(&AccessToken::new("a"), Serial(1), HEADER, Moment::from_millis(10));
        let now = Moment::from_millis(1);
        let refused = fresh.lease(now, None).unwrap();
        fresh.travel(TokenPlace::BareParameter);
        let other = fresh.lease(now, Some(&refused)).unwrap();
        assert_eq!(
            (other.serial, other.place),
            (Serial(1), TokenPlace::BareParameter)
        );
        assert!(fresh.has_moved_on(Serial(1), HEADER));
        fresh.withdraw();
        fresh.travel(HEADER);
        assert!(!fresh.has_moved_on(Serial(1), HEADER), "nothing is nothing");
    }

    #[test]
    fn a_withdrawn_token_is_gone_at_once_for_every_thread() {
        let fresh = Fresh::new();
        fresh.publish(&AccessToken::new("a"), Serial(1), HEADER, Moment::from_millis(10));
        fresh.withdraw();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| assert!(fresh.token(Moment::from_millis(1)).is_none()));
            }
        });
        assert!(!fresh.is_serving(Serial(1), HEADER));
    }
}
