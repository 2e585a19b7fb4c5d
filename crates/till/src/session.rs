//! The till's view of the session with the store.
//!
//! Everything about tokens stays on the other side of the [`Keeper`]; the till asks how the session stands and
//! never what it is made of.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use evertill_client::{Keeper, SessionStatus, StoreApi, StoreProfile};
use evertill_session::StateName;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::clock;
use crate::db::{goods::to_json, settings};
use crate::error::TillError;
use crate::hub::News;
use crate::shelf::Shelf;
use crate::till::Till;
use crate::views::bar::{RENEWING_SHOWN_AFTER_MS, Standing};

/// A person at the till.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Person {
    /// Account at the store.
    pub(crate) id: i64,
    /// Name to show.
    pub(crate) name: String,
}

/// The session.
pub(crate) struct Session {
    keeper: Keeper,
    api: StoreApi,
    /// The state and when it began.
    since: Mutex<(StateName, i64)>,
    /// Who was signed in last, also after signing out.
    last_person: Mutex<Option<Person>>,
}

impl Session {
    pub(crate) fn new(keeper: Keeper, last_person: Option<Person>) -> Self {
        let state = keeper.status().state;
        Self {
            api: StoreApi::new(keeper.clone()),
            keeper,
            since: Mutex::new((state, clock::now_ms())),
            last_person: Mutex::new(last_person),
        }
    }

    /// The session itself.
    pub(crate) fn keeper(&self) -> &Keeper {
        &self.keeper
    }

    /// Requests to the store.
    pub(crate) fn api(&self) -> &StoreApi {
        &self.api
    }

    /// What the session is doing.
    pub(crate) fn status(&self) -> SessionStatus {
        self.keeper.status()
    }

    /// Tells of every change.
    pub(crate) fn watch(&self) -> watch::Receiver<SessionStatus> {
        self.keeper.watch()
    }

    /// What is known about the store.
    pub(crate) fn profile(&self) -> Option<StoreProfile> {
        self.keeper.profile()
    }

    /// How the session stands and since when.
    pub(crate) fn standing(&self) -> Standing {
        let state = self.keeper.status().state;
        let (shown, since_ms) = self.since(state);
        match shown {
            StateName::Active => Standing::Well,
            StateName::Renewing => Standing::Renewing { since_ms },
            StateName::Troubled => Standing::Troubled { since_ms },
            StateName::SignInNeeded => Standing::SignInNeeded,
            StateName::SignedOut => Standing::SignedOut,
        }
    }

    /// Who is signed in, also after the store ended the session.
    pub(crate) fn person(&self) -> Option<Person> {
        self.keeper.status().user.map(|user| Person {
            id: user.id,
            name: match user.display_name.is_empty() {
                true => user.username,
                false => user.display_name,
            },
        })
    }

    /// Who rings up: the person signed in, else the one before.
    pub(crate) fn cashier(&self) -> Option<Person> {
        self.person().or_else(|| {
            self.last_person
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone()
        })
    }

    /// Name of the shop.
    pub(crate) fn store_name(&self, shelf: &Shelf) -> String {
        let status = self.keeper.status();
        [shelf.shop_name(), status.store_name, host(&status.store)]
            .into_iter()
            .find(|name| !name.is_empty())
            .unwrap_or_default()
    }

    /// The state to show and when it began. Trouble is one stretch, however many renewals are tried in it.
    fn since(&self, state: StateName) -> (StateName, i64) {
        let mut since = self.since.lock().unwrap_or_else(PoisonError::into_inner);
        let is_retry = since.0 == StateName::Troubled && state == StateName::Renewing;
        if since.0 != state && !is_retry {
            *since = (state, clock::now_ms());
        }
        *since
    }
}

fn host(store: &str) -> String {
    url::Url::parse(store)
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned))
        .unwrap_or_default()
}

/// Follows the session: remembers who was signed in, and tells the pages.
pub(crate) async fn follow(till: Arc<Till>, mut stop: watch::Receiver<bool>) {
    let mut changes = till.session.watch();
    loop {
        changes.mark_unchanged();
        if let Err(error) = remember(&till).await {
            tracing::error!(code = %error.code(), "could not remember who is signed in: {error}");
        }
        let is_renewing = matches!(till.session.standing(), Standing::Renewing { .. });
        till.hub.tell(News::Session);
        let shown_late = async {
            slow_renewal(is_renewing).await;
            till.hub.tell(News::Bar);
            std::future::pending::<()>().await;
        };
        tokio::select! {
            _ = stop.wait_for(|stopping| *stopping) => return,
            changed = changes.changed() => if changed.is_err() { return },
            () = shown_late => {}
        }
    }
}

/// Resolves when a renewal has taken long enough to be shown.
async fn slow_renewal(is_renewing: bool) {
    match is_renewing {
        true => tokio::time::sleep(Duration::from_millis(RENEWING_SHOWN_AFTER_MS.unsigned_abs() + 50)).await,
        false => std::future::pending().await,
    }
}

/// Whoever signed out on purpose rings up nothing any more.
pub(crate) async fn forget_person(till: &Till) -> Result<(), TillError> {
    *till
        .session
        .last_person
        .lock()
        .unwrap_or_else(PoisonError::into_inner) = None;
    till.db
        .write("forget who was signed in", |tx| {
            settings::put(tx, settings::LAST_PERSON, "null")
        })
        .await
}

async fn remember(till: &Till) -> Result<(), TillError> {
    let Some(person) = till.session.person() else {
        return Ok(());
    };
    {
        let mut last = till
            .session
            .last_person
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if last.as_ref() == Some(&person) {
            return Ok(());
        }
        *last = Some(person.clone());
    }
    till.db
        .write("remember who is signed in", move |tx| {
            settings::put(tx, settings::SIGNED_IN_ONCE, "yes")?;
            settings::put(tx, settings::LAST_PERSON, &to_json(&person)?)
        })
        .await
}
