//! The stores a till talks to, and what is true about its sessions whatever they answer.

use evertill_wire::rest::site::SignedVerdicts;

mod evertill;
mod orders;
mod raw;
mod stock;

pub(crate) use evertill::Evertill;
pub(crate) use orders::Orders;
pub(crate) use raw::{Raw, Truth};
pub(crate) use stock::{Stock, session_name, session_number};

/// What really became of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fate {
    /// It can be renewed.
    Living,
    /// A person ended it.
    Ended,
    /// It came to the end the store set for it.
    Horizon,
    /// The store's secrets changed.
    Secrets,
    /// The account is gone.
    UserGone,
    /// The store lost it: a sign-in that was never written, a race, a restored backup.
    Lost,
    /// It was ended and came back half: renewals succeed, tokens are refused.
    Zombie,
    /// Two parties held it, and the store noticed.
    Theft,
}

impl Fate {
    /// What it is, in words.
    #[must_use]
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Living => "living",
            Self::Ended => "ended by a person",
            Self::Horizon => "reached the store's limit",
            Self::Secrets => "store's secrets changed",
            Self::UserGone => "account deleted",
            Self::Lost => "lost by the store",
            Self::Zombie => "half ended by the store",
            Self::Theft => "stolen, and noticed",
        }
    }
}

/// A store.
#[derive(Debug)]
pub(crate) enum Store {
    Stock(Stock),
    Evertill(Box<Evertill>),
}

/// What a sign-in gave.
#[derive(Debug, Clone)]
pub(crate) struct SignedIn {
    pub(crate) access: String,
    pub(crate) refresh: String,
    pub(crate) session: u32,
    pub(crate) life_s: u64,
    /// Where the refresh token does not say how long it lives.
    pub(crate) slides: bool,
}

/// A write that happens a little later, from what was read before.
#[derive(Debug)]
pub(crate) struct LateWrite(pub(crate) stock::LateRows);

impl Store {
    /// What is true about a session now (wall clock of the world, seconds).
    pub(crate) fn fate(&self, session: u32, wall_s: i64) -> Fate {
        match self {
            Self::Stock(store) => store.fate(session, wall_s),
            Self::Evertill(store) => store.fate(session, wall_s),
        }
    }

    pub(crate) fn sign_in(&mut self, user: usize, wall_s: i64) -> Option<(SignedIn, Option<LateWrite>)> {
        match self {
            Self::Stock(store) => store.sign_in(user, wall_s),
            Self::Evertill(store) => store.sign_in(user, wall_s).map(|grant| (grant, None)),
        }
    }

    pub(crate) fn renew(
        &mut self,
        refresh: &str,
        access: Option<&str>,
        wall_s: i64,
    ) -> (Raw, Option<LateWrite>) {
        match self {
            Self::Stock(store) => store.renew(refresh, access, wall_s),
            Self::Evertill(store) => (store.renew(refresh, wall_s), None),
        }
    }

    /// Whether a request with this access token is let in; otherwise the refusal.
    pub(crate) fn admit(&mut self, access: &str, wall_s: i64) -> Result<(), Raw> {
        match self {
            Self::Stock(store) => store.admit(access, wall_s),
            Self::Evertill(store) => store.admit(access, wall_s),
        }
    }

    /// Ends a session; says whether the store did.
    pub(crate) fn end(&mut self, session: u32, wall_s: i64) -> (bool, Option<LateWrite>) {
        match self {
            Self::Stock(store) => store.end(session, wall_s),
            Self::Evertill(store) => (store.end(session), None),
        }
    }

    pub(crate) fn end_all(&mut self, wall_s: i64) -> Option<LateWrite> {
        match self {
            Self::Stock(store) => store.end_all(wall_s),
            Self::Evertill(store) => {
                store.end_all();
                None
            }
        }
    }

    pub(crate) fn write_late(&mut self, write: LateWrite) {
        match self {
            Self::Stock(store) => store.write_late(write.0),
            Self::Evertill(_) => {}
        }
    }

    pub(crate) fn set_busy(&mut self, is_busy: bool) {
        if let Self::Stock(store) = self {
            store.is_busy = is_busy;
        }
    }

    pub(crate) fn set_read_only(&mut self, is_read_only: bool) {
        if let Self::Stock(store) = self {
            store.is_read_only = is_read_only;
        }
    }

    pub(crate) fn set_unreadable(&mut self, is_unreadable: bool) {
        if let Self::Stock(store) = self {
            store.is_unreadable = is_unreadable;
        }
    }

    pub(crate) fn set_user_exists(&mut self, user: usize, exists: bool) {
        match self {
            Self::Stock(store) => store.set_user_exists(user, exists),
            Self::Evertill(store) => store.set_user_exists(user, exists),
        }
    }

    pub(crate) fn change_secrets(&mut self) {
        match self {
            Self::Stock(store) => store.change_secrets(),
            // Our own server keeps its keys in a ring: the old one goes on opening what it sealed.
            Self::Evertill(_) => {}
        }
    }

    /// Power goes: what was not written is gone.
    pub(crate) fn crash(&mut self) {
        match self {
            // MySQL commits before WordPress answers.
            Self::Stock(_) => {}
            Self::Evertill(store) => store.crash(),
        }
    }

    /// Writes what waits.
    pub(crate) fn flush(&mut self) {
        if let Self::Evertill(store) = self {
            store.flush();
        }
    }

    pub(crate) fn back_up(&mut self) {
        match self {
            Self::Stock(store) => store.back_up(),
            Self::Evertill(store) => store.back_up(),
        }
    }

    pub(crate) fn restore(&mut self) {
        match self {
            Self::Stock(store) => store.restore(),
            Self::Evertill(store) => store.restore(),
        }
    }

    /// The keys that sign refusals, at a store that signs.
    pub(crate) fn verdict_keys(&self) -> Option<SignedVerdicts> {
        match self {
            Self::Stock(_) => None,
            Self::Evertill(store) => Some(store.verdict_keys()),
        }
    }
}
