//! What an examination is told at its start.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use evertill_client::clock::{Clock, SystemClock};
use evertill_client::stored::past;
use evertill_client::vault::{KeyChoice, Vault, VaultLock};
use evertill_client::{ClientError, Home, Keeper, SessionName, StoreAddress, StoreProfile, stored};
use evertill_session::{Event, JournalEntry, Renewed, Stamp, StateName, WallTime};
use evertill_wire::{AccessToken, Code, RefreshToken};

use crate::device::{Device, ThisDevice};
use crate::probe::Probes;
use crate::till::TillView;

/// Entries of the journal that go into a report: a week of a session in trouble, or two days of one that is well.
const JOURNAL_MAX: usize = 50;

fn last(mut entries: Vec<JournalEntry>) -> Vec<JournalEntry> {
    entries.split_off(entries.len().saturating_sub(JOURNAL_MAX))
}

/// What is known about the session before anything is asked.
#[derive(Debug, Clone, Default)]
pub enum SessionKnown {
    /// Nobody looked, so nothing is said about it.
    #[default]
    NotLooked,
    /// Nobody is signed in.
    Nobody,
    /// What is kept cannot be read.
    Unreadable {
        /// Why.
        code: Code,
        /// What was seen.
        evidence: String,
    },
    /// Somebody is, or was until the store said no.
    Kept(Box<SessionKept>),
}

/// A session as this device keeps it.
#[derive(Debug, Clone)]
pub struct SessionKept {
    /// Name of the person to show.
    pub user: String,
    /// Where the session is.
    pub state: StateName,
    /// The cause inside, and what was seen, when it is not well.
    pub cause: Option<(Code, String)>,
    /// The living access token; nothing when it has ended.
    pub access: Option<AccessToken>,
    /// The refresh token; presented only with consent.
    pub refresh: Option<RefreshToken>,
    /// The session at the store.
    pub session: Option<String>,
    /// Seconds the access token lives from its start.
    pub access_life_s: Option<u64>,
    /// Seconds until the session cannot be renewed any more.
    pub horizon_in_s: Option<u64>,
    /// When the last token came, milliseconds since 1970 on this device's clock.
    pub renewed_ms: Option<i64>,
    /// When this device last presented the refresh token, whatever came of it, milliseconds since 1970 on its own clock.
    /// The store may have heard a request whose answer was lost, so the last success would not do.
    pub last_asked_ms: Option<i64>,
}

impl SessionKnown {
    /// What a keeper holds. Asks for a token only while one lives, so that nothing is renewed.
    pub async fn of_keeper(keeper: &Keeper) -> Self {
        let status = keeper.status();
        if status.state == StateName::SignedOut {
            return match status.cause {
                Some(cause) => Self::Unreadable {
                    code: cause.code,
                    evidence: cause.evidence,
                },
                None => Self::Nobody,
            };
        }
        // A token about to end is left alone: waiting for it could start a renewal.
        let access = match status.access_expires_in_s {
            Some(left_s) if left_s > 2 => keeper.access_token().await.ok(),
            Some(_) | None => None,
        };
        Self::Kept(Box::new(SessionKept {
            user: status.user.map(|user| user.display_name).unwrap_or_default(),
            state: status.state,
            cause: status.cause.map(|cause| (cause.code, cause.evidence)),
            access,
            refresh: None,
            session: status.session,
            access_life_s: status.access_life_s,
            horizon_in_s: status.horizon_in_s,
            renewed_ms: status.last_renewed_at.map(WallTime::as_millis),
            last_asked_ms: last_asked_ms(status.last_renewed_at, &keeper.history()),
        }))
    }

    /// What a data directory keeps for a store, read without a lock and without changing anything.
    #[must_use]
    pub fn in_vault(home: &Home, store: &StoreAddress, clock: &dyn Clock) -> Self {
        let found = KeyChoice::from_env().and_then(|key| Vault::new(home, store, key).record());
        let record = match found {
            Ok(Some(record)) => record,
            Ok(None) => return Self::Nobody,
            Err(error) => {
                return Self::Unreadable {
                    code: error.code(),
                    evidence: error.to_string(),
                };
            }
        };
        let (now, boot) = (clock.now(), clock.boot());
        let history = stored::past(home, store, &SessionName::default()).history;
        let grant = record.grant;
        let is_living = grant.access_ends(&boot, now) > now.moment;
        let horizon_in_s = grant.horizon_in(&boot, now).map(|span| span.as_secs());
        let cause = record
            .refusal
            .map(|refusal| (refusal.reason.code(), refusal.words));
        Self::Kept(Box::new(SessionKept {
            user: grant.user.display_name,
            state: if cause.is_some() {
                StateName::SignInNeeded
            } else {
                StateName::Active
            },
            cause,
            access: is_living.then_some(grant.access),
            refresh: Some(grant.refresh),
            session: Some(grant.session.as_str().to_owned()),
            access_life_s: Some(grant.access_life.as_secs()),
            horizon_in_s,
            renewed_ms: Some(grant.received.wall.as_millis()),
            last_asked_ms: last_asked_ms(Some(grant.received.wall), &history),
        }))
    }

    /// The session that is kept.
    #[must_use]
    pub fn kept(&self) -> Option<&SessionKept> {
        match self {
            Self::Kept(kept) => Some(kept),
            Self::NotLooked | Self::Nobody | Self::Unreadable { .. } => None,
        }
    }
}

/// The newest moment at which the refresh token may have reached the store.
fn last_asked_ms(received: Option<WallTime>, history: &[JournalEntry]) -> Option<i64> {
    let tried = history.iter().rev().find(|entry| presents(&entry.event));
    let tried = tried.map(|entry| entry.at);
    received.into_iter().chain(tried).map(WallTime::as_millis).max()
}

/// Whether an event tells of a refresh token that was on its way.
fn presents(event: &Event) -> bool {
    match event {
        Event::SignedIn { .. }
        | Event::Renewed { .. }
        | Event::Adopted
        | Event::Trouble { .. }
        | Event::Doubted { .. }
        | Event::Refused { .. } => true,
        Event::Resumed { .. }
        | Event::LooksWrong { .. }
        | Event::FreshTokenRefused { .. }
        | Event::PlaceChanged { .. }
        | Event::OtherRoute
        | Event::ClocksDiffer { .. }
        | Event::TokenEnded
        | Event::HorizonNear { .. }
        | Event::NotSaved { .. }
        | Event::SignedOut
        | Event::SignedOutElsewhere
        | Event::Alarm { .. } => false,
    }
}

/// Everything the checks work with.
#[derive(Debug)]
pub struct Context {
    /// The store.
    pub store: StoreAddress,
    /// What was learned about the store before.
    pub profile: Option<StoreProfile>,
    /// The data directory, whether it exists or not.
    pub data_dir: Option<PathBuf>,
    /// The session.
    pub session: SessionKnown,
    /// Whether the refresh token may be presented to the store, to see whether it is accepted.
    pub may_renew: bool,
    /// The device this runs on.
    pub device: Arc<dyn Device>,
    /// The clocks to go by.
    pub clock: Arc<dyn Clock>,
    /// What happened to the session, oldest first; the last of it goes into the report.
    pub journal: Vec<JournalEntry>,
    /// The till's own affairs, when this runs in a till.
    pub till: Option<Arc<dyn TillView>>,
    pub(crate) probes: Probes,
    kept_in: Option<(Vault, VaultLock)>,
}

impl Context {
    /// An examination of a store from this device, without a session.
    #[must_use]
    pub fn new(store: StoreAddress) -> Self {
        Self {
            store,
            profile: None,
            data_dir: None,
            session: SessionKnown::NotLooked,
            may_renew: false,
            device: Arc::new(ThisDevice),
            clock: Arc::new(SystemClock::new()),
            journal: Vec::new(),
            till: None,
            probes: Probes::default(),
            kept_in: None,
        }
    }

    /// An examination of a store from what a data directory keeps; the directory need not exist and is not created.
    #[must_use]
    pub fn in_data_dir(store: StoreAddress, path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let mut context = Self::new(store);
        context.session = SessionKnown::Nobody;
        // Opening a data directory lays out what belongs in it; one that is not laid out yet is left as it is.
        if path.join("vault").is_dir() {
            context.look_into(&Home::as_found(&path));
        }
        context.data_dir = Some(path);
        context
    }

    /// Allows the refresh token to be presented. Holds the lock of the saved session from now on, so that no other
    /// process renews it meanwhile, and reads it again under the lock. What the store gives is written down there, so
    /// that a store that hands out a new refresh token unasked costs nobody the session. Returns whether the lock was
    /// free.
    pub fn allow_renewal(&mut self) -> bool {
        let Some(home) = self.data_dir.as_ref().map(Home::as_found) else {
            return false;
        };
        let held = KeyChoice::from_env().and_then(|key| {
            let vault = Vault::new(&home, &self.store, key);
            let lock = vault.try_lock()?;
            Ok(lock.map(|lock| (vault, lock)))
        });
        let Some(held) = held.ok().flatten() else {
            return false;
        };
        self.look_into(&home);
        self.kept_in = Some(held);
        self.may_renew = true;
        true
    }

    /// Writes down what a renewal brought, where the session is kept.
    pub(crate) fn keep(&self, renewed: &Renewed) -> Result<(), ClientError> {
        let Some((vault, lock)) = &self.kept_in else {
            return Ok(());
        };
        let now = self.clock.now();
        let received = Stamp {
            boot: self.clock.boot(),
            moment: now.moment,
            wall: now.wall,
        };
        vault.keep_renewed(lock, renewed, received)
    }

    /// Whether another process changes the saved session at this moment.
    pub(crate) fn is_session_held(&self, data_dir: &Path) -> Result<bool, ClientError> {
        let home = Home::as_found(data_dir);
        Vault::new(&home, &self.store, KeyChoice::from_env()?).is_held()
    }

    fn look_into(&mut self, home: &Home) {
        self.profile = home.profile(&self.store);
        if let Some(profile) = &self.profile {
            self.store = profile.address.clone();
        }
        self.session = SessionKnown::in_vault(home, &self.store, self.clock.as_ref());
        self.journal = last(past(home, &self.store, &SessionName::default()).history);
    }

    /// Takes session and journal of a keeper.
    pub async fn look_at(&mut self, keeper: &Keeper) {
        self.session = SessionKnown::of_keeper(keeper).await;
        self.journal = last(keeper.history());
    }

    /// What the probes found, each asked once.
    pub(crate) fn probes(&self) -> &Probes {
        &self.probes
    }
}

#[cfg(test)]
mod tests {
    use evertill_session::TroubleKind;

    use super::*;

    #[test]
    fn a_request_whose_answer_was_lost_counts_as_asked() {
        let entry = |at_ms, event| JournalEntry {
            at: WallTime::from_millis(at_ms),
            event,
        };
        let lost = Event::Trouble {
            cause: Code::CONNECTION_RESET,
            kind: TroubleKind::Network,
            evidence: "cut".into(),
            next_try_ms: 1,
        };
        let received = Some(WallTime::from_millis(1_000));
        let history = [entry(9_000, lost), entry(9_500, Event::TokenEnded)];
        assert_eq!(last_asked_ms(received, &history), Some(9_000));
        assert_eq!(last_asked_ms(received, &[]), Some(1_000));
        assert_eq!(last_asked_ms(None, &[]), None);
    }
}
