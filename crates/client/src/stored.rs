//! What is known about the sessions of a data directory without keeping any of them.
//!
//! A till may keep one of them at the same moment. So nothing is renewed, locked or written here: the vault is read, the
//! rules say what it means, and the journal adds the trouble a running process has met since.

use std::time::Duration;

use evertill_session::engine::Stored;
use evertill_session::{Counters, Engine, Event, Input, Journal, JournalEntry, Roll, StateName, WallTime};
use evertill_wire::Code;

use crate::address::StoreAddress;
use crate::clock::Clock;
use crate::error::ClientError;
use crate::home::Home;
use crate::keeper::diary;
use crate::profile::StoreProfile;
use crate::session_name::SessionName;
use crate::status::{Cause, SessionStatus, Snapshot};
use crate::vault::{KeyChoice, Vault};

/// Nobody draws lots here: the renewal is expected in the middle of its span.
const MIDDLE: Roll = Roll(u64::MAX / 2);

/// The status of every session of the data directory, in the order of their stores' keys and then of their names.
///
/// # Errors
/// [`ClientError::HomeNotUsable`] when the directory cannot be listed, [`ClientError::KeyChoice`] for a bad setting. A
/// session that cannot be read is listed with its code.
pub fn stored(home: &Home, clock: &dyn Clock) -> Result<Vec<SessionStatus>, ClientError> {
    let key = KeyChoice::from_env()?;
    let mut found = Vec::new();
    for profile in home.stores()? {
        for name in home.sessions(&profile.address)? {
            found.push(look(home, profile.clone(), name, key, clock));
        }
    }
    Ok(found)
}

/// What was written down about one of a store's sessions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Past {
    /// The last things that happened, oldest first; no secrets.
    pub history: Vec<JournalEntry>,
    /// What was counted since the first sign-in on this device.
    pub counters: Counters,
}

/// What was written down about a session, also while another process keeps it.
#[must_use]
pub fn past(home: &Home, store: &StoreAddress, session: &SessionName) -> Past {
    let diary = diary::load(home, store, session);
    Past {
        history: diary.journal.entries().cloned().collect(),
        counters: diary.counters,
    }
}

fn look(
    home: &Home,
    profile: StoreProfile,
    name: SessionName,
    key: KeyChoice,
    clock: &dyn Clock,
) -> SessionStatus {
    let store = profile.address.clone();
    let now = clock.now();
    let mut engine = Engine::new(clock.boot());
    let mut person = None;
    let mut vault_trouble = None;
    let found = match Vault::of_session(home, &store, &name, key)
        .contents()
        .and_then(|contents| contents.of_store(&store))
    {
        Ok(contents) => {
            person = contents.person;
            contents
                .record
                .map_or(Stored::Nothing, |record| Stored::Found(Box::new(record)))
        }
        Err(error) => {
            vault_trouble = Some((error.code(), error.to_string()));
            Stored::Unreadable
        }
    };
    // Only the state is wanted: whoever keeps the session does what follows from it.
    let _effects_of_the_keeper = engine.step(now, MIDDLE, Input::Start(found));
    let status = Snapshot {
        status: engine.status(now),
        taken: now.moment,
        store: store.clone(),
        store_name: profile.name,
        name: name.clone(),
        person,
        vault_trouble,
    }
    .at(now.moment);
    with_trouble(status, &diary::load(home, &store, &name).journal, now.wall)
}

/// Adds the trouble that stands last in the journal, when nothing went well since.
fn with_trouble(mut status: SessionStatus, journal: &Journal, now: WallTime) -> SessionStatus {
    if !matches!(status.state, StateName::Active | StateName::Renewing) {
        return status;
    }
    let Some(entry) = journal.entries().rev().find(|entry| is_decisive(&entry.event)) else {
        return status;
    };
    if let Event::Trouble {
        cause,
        kind,
        evidence,
        next_try_ms,
    } = &entry.event
    {
        status.state = StateName::Troubled;
        status.code = Some(Code::TOKEN_REFRESH_FAILED);
        status.cause = Some(Cause {
            code: *cause,
            evidence: evidence.clone(),
            fixer: kind.fixer(),
        });
        status.next = crate::status::next(StateName::Troubled).to_owned();
        let next_try = entry.at.after(Duration::from_millis(*next_try_ms));
        status.renews_in_s = Some(next_try.since(now).unwrap_or_default().as_secs());
    }
    status
}

/// Whether an event says how the last attempt ended.
fn is_decisive(event: &Event) -> bool {
    match event {
        Event::SignedIn { .. }
        | Event::Renewed { .. }
        | Event::Adopted
        | Event::Trouble { .. }
        | Event::Refused { .. }
        | Event::SignedOut
        | Event::SignedOutElsewhere => true,
        Event::Resumed { .. }
        | Event::LooksWrong { .. }
        | Event::Doubted { .. }
        | Event::FreshTokenRefused { .. }
        | Event::PlaceChanged { .. }
        | Event::ClocksDiffer { .. }
        | Event::TokenEnded
        | Event::HorizonNear { .. }
        | Event::OtherRoute
        | Event::NotSaved { .. }
        | Event::Alarm { .. } => false,
    }
}

#[cfg(test)]
mod tests {
    use evertill_session::{Moment, Now, TroubleKind};

    use super::*;

    fn active() -> SessionStatus {
        let now = Now {
            moment: Moment::from_millis(0),
            wall: WallTime::from_millis(0),
        };
        let clock = crate::clock::SystemClock::new();
        let mut status = Snapshot {
            status: Engine::new(clock.boot()).status(now),
            taken: now.moment,
            store: StoreAddress::parse("shop.example").unwrap(),
            store_name: String::new(),
            name: SessionName::default(),
            person: None,
            vault_trouble: None,
        }
        .at(now.moment);
        status.state = StateName::Active;
        status
    }

    fn journal(events: &[Event]) -> Journal {
        Journal::from_entries(events.iter().map(|event| evertill_session::JournalEntry {
            at: WallTime::from_millis(1_000),
            event: event.clone(),
        }))
    }

    fn trouble() -> Event {
        Event::Trouble {
            cause: Code::CONNECTION_REFUSED,
            kind: TroubleKind::Network,
            evidence: "refused".into(),
            next_try_ms: 8_000,
        }
    }

    #[test]
    fn trouble_another_process_has_met_shows_until_something_went_well() {
        let at = WallTime::from_millis(4_000);
        let troubled = with_trouble(
            active(),
            &journal(&[Event::Adopted, trouble(), Event::TokenEnded]),
            at,
        );
        assert_eq!(troubled.state, StateName::Troubled);
        assert_eq!(troubled.cause.unwrap().code, Code::CONNECTION_REFUSED);
        assert_eq!(troubled.renews_in_s, Some(5));
        let well = with_trouble(active(), &journal(&[trouble(), Event::Adopted]), at);
        assert_eq!(well.state, StateName::Active);
    }

    #[test]
    fn trouble_never_hides_that_a_person_is_needed() {
        let mut status = active();
        status.state = StateName::SignInNeeded;
        let status = with_trouble(status, &journal(&[trouble()]), WallTime::from_millis(0));
        assert_eq!(status.state, StateName::SignInNeeded);
    }
}
