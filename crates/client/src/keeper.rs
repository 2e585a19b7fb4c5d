//! One session of one store, kept alive.
//!
//! A [`Keeper`] is a cheap handle on a task that feeds the session engine and does what it says. Tokens reach callers
//! only after the grant they belong to is durable; asking for one takes no lock while it is fresh. When every handle
//! is gone, or after [`Keeper::shutdown`], the task finishes the attempt it is in and ends.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use evertill_session::{Counters, Grant, JournalEntry, Now, Serial, StateName};
use evertill_wire::rest::auth::Cashier;
use evertill_wire::{AccessToken, Code, Password};
use tokio::sync::{mpsc, oneshot, watch};
use tracing::{Instrument as _, Span};
use url::Url;

use crate::address::StoreAddress;
use crate::clock::{Clock, SystemClock};
use crate::discovery::{Discovery, discover_store};
use crate::error::{ClientError, Seen};
use crate::home::Home;
use crate::http::{Http, Request};
use crate::profile::{StoreProfile, TokenPlace};
use crate::session_name::SessionName;
use crate::sign_in::{self, App, PendingSignIn};
use crate::status::{SessionStatus, Snapshot};
use crate::vault::{KeyChoice, Safe, SessionVault, Vault};

pub(crate) mod diary;
mod driver;
mod fresh;
mod renewal;
mod revocation;
mod tokens;

pub use evertill_session::Unauthorized;
pub use revocation::SignedOut;
pub use tokens::Pass;

use diary::Diary;
use fresh::Fresh;

/// Messages that may wait for the driver; every sender awaits its turn beyond it.
const INBOX_MAX: usize = 64;

/// How long the name and roles of a person may take after a sign-in; it works without them.
const PERSON_MAX: Duration = Duration::from_secs(5);

/// What a keeper is told at its start.
#[derive(Debug, Clone)]
pub struct KeeperOptions {
    /// The clocks to go by.
    pub clock: Arc<dyn Clock>,
    /// Where the vault's key lives; what the environment says when nothing is given.
    pub key: Option<KeyChoice>,
    /// How long [`Keeper::access_token`] waits for a renewal when there is no living token.
    pub token_wait: Duration,
    /// Which of the store's sessions on this device; the usual one when nothing is said. Sessions of different names
    /// share what is known about the store and nothing else.
    pub session: SessionName,
    /// Where the session is kept instead of in a sealed file.
    pub vault: Option<Arc<dyn SessionVault>>,
    /// The HTTP client to go by; one of its own when nothing is given. Many keepers may share one.
    pub http: Option<Http>,
}

impl Default for KeeperOptions {
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock::new()),
            key: None,
            token_wait: Duration::from_secs(30),
            session: SessionName::default(),
            vault: None,
            http: None,
        }
    }
}

/// A handle on the session of one store.
#[derive(Clone)]
pub struct Keeper {
    shared: Arc<Shared>,
    inbox: mpsc::Sender<Message>,
    token_wait: Duration,
}

/// What the driver shows to its handles.
struct Shared {
    home: Home,
    store: StoreAddress,
    name: SessionName,
    clock: Arc<dyn Clock>,
    token: Fresh,
    http: Http,
    snapshot: watch::Sender<Arc<Snapshot>>,
    status: watch::Sender<SessionStatus>,
    profile: watch::Sender<Option<StoreProfile>>,
    diary: Mutex<Diary>,
}

/// A token and the number of its grant.
#[derive(Debug, Clone)]
pub(crate) struct Lease {
    pub(crate) token: AccessToken,
    pub(crate) serial: Serial,
    pub(crate) place: TokenPlace,
}

/// What a handle asks of the driver.
enum Message {
    SignedIn {
        grant: Box<Grant>,
        profile: Box<StoreProfile>,
        done: oneshot::Sender<Result<(), ClientError>>,
    },
    Person(Cashier, oneshot::Sender<()>),
    SignOut(oneshot::Sender<Result<SignedOut, ClientError>>),
    RenewNow(oneshot::Sender<()>),
    Refused(Serial, TokenPlace, Unauthorized, oneshot::Sender<()>),
    UsePlace(TokenPlace, oneshot::Sender<Result<(), ClientError>>),
    Accepted(Serial),
    NetworkUp,
    Look,
    Shutdown(oneshot::Sender<()>),
}

impl Keeper {
    /// Takes up the session of a store, if there is one, and starts keeping it. Needs no network.
    ///
    /// A vault that cannot be read does not fail: the status then says so, and a new sign-in replaces it. The same goes
    /// for a session made over plain `http`, when the address is given as `https`.
    ///
    /// # Errors
    /// [`ClientError::KeyChoice`] for a bad setting, [`ClientError::HttpSetup`] when TLS cannot be set up.
    pub async fn open(
        home: &Home,
        store: &StoreAddress,
        options: KeeperOptions,
    ) -> Result<Self, ClientError> {
        let key = match options.key {
            Some(key) => key,
            None => KeyChoice::from_env()?,
        };
        let profile = home.profile(store);
        let store = profile
            .as_ref()
            .map_or_else(|| store.clone(), |profile| profile.address.clone());
        let http = match options.http {
            Some(http) => http,
            None => Http::new(store.url())?,
        };
        let name = options.session;
        let vault = options
            .vault
            .unwrap_or_else(|| Arc::new(Vault::of_session(home, &store, &name, key)));
        let (inbox, messages) = mpsc::channel(INBOX_MAX);
        let blank = Snapshot {
            status: evertill_session::Engine::new(options.clock.boot()).status(options.clock.now()),
            taken: options.clock.now().moment,
            store: store.clone(),
            store_name: profile
                .as_ref()
                .map(|profile| profile.name.clone())
                .unwrap_or_default(),
            name: name.clone(),
            person: None,
            vault_trouble: None,
        };
        let shared = Arc::new(Shared {
            home: home.clone(),
            store: store.clone(),
            clock: options.clock,
            token: Fresh::new(),
            http: http.clone(),
            status: watch::Sender::new(blank.at(blank.taken)),
            snapshot: watch::Sender::new(Arc::new(blank)),
            profile: watch::Sender::new(profile),
            diary: Mutex::new(diary::load(home, &store, &name)),
            name,
        });
        driver::start(shared.clone(), Safe::new(vault), http, messages).await;
        Ok(Self {
            shared,
            inbox,
            token_wait: options.token_wait,
        })
    }

    /// What the session is doing now.
    #[must_use]
    pub fn status(&self) -> SessionStatus {
        let snapshot = Arc::clone(&self.shared.snapshot.borrow());
        snapshot.at(self.shared.clock.now().moment)
    }

    /// Tells of every change. The seconds in it are those of the change; ask [`Keeper::status`] for current ones.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<SessionStatus> {
        self.shared.status.subscribe()
    }

    /// What is known about the store; nothing before it was met.
    #[must_use]
    pub fn profile(&self) -> Option<StoreProfile> {
        self.shared.profile.borrow().clone()
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> &StoreAddress {
        &self.shared.store
    }

    /// The last 200 things that happened, oldest first; no secrets.
    #[must_use]
    pub fn history(&self) -> Vec<JournalEntry> {
        let diary = self.shared.diary();
        diary.journal.entries().cloned().collect()
    }

    /// How often the session was renewed, what failed, and how long there was no token, since the first sign-in on this
    /// device. What another process counts meanwhile is in it after the next start.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.shared.diary().counters.clone()
    }

    /// Renews now and waits for the outcome.
    ///
    /// # Errors
    /// [`ClientError::NotRenewed`] with what stood in the way, and as [`Keeper::access_token`].
    pub async fn renew_now(&self) -> Result<(), ClientError> {
        let mut changes = self.shared.snapshot.subscribe();
        let (done, started) = oneshot::channel();
        self.tell(Message::RenewNow(done)).await?;
        started.await.map_err(|_| ClientError::KeeperGone)?;
        loop {
            let snapshot = Arc::clone(&changes.borrow_and_update());
            match snapshot.status.state {
                StateName::Active => return Ok(()),
                StateName::Renewing => {}
                StateName::Troubled => {
                    return Err(ClientError::NotRenewed {
                        store: self.store_text(),
                        source: seen(&snapshot),
                    });
                }
                StateName::SignInNeeded | StateName::SignedOut => return Err(self.needs_person(&snapshot)),
            }
            changes.changed().await.map_err(|_| ClientError::KeeperGone)?;
        }
    }

    /// Waits until no renewal is under way, for at most so long, and tells what the session is doing then.
    pub async fn settled(&self, wait_max: Duration) -> SessionStatus {
        let mut changes = self.shared.snapshot.subscribe();
        let still = changes.wait_for(|snapshot| snapshot.status.state != StateName::Renewing);
        // Both ends of the wait, and a keeper that was shut down, leave a status to tell.
        let _ = tokio::time::timeout(wait_max, still).await;
        self.status()
    }

    /// Finds out what stands behind the store's address and goes by it from the next sign-in on.
    ///
    /// # Errors
    /// Why the store cannot be used; [`ClientError::FileNotWritten`] when it cannot be remembered.
    pub async fn connect(&self) -> Result<StoreProfile, ClientError> {
        let Discovery { result, .. } = discover_store(&self.shared.store).await;
        let profile = result?;
        self.use_profile(profile.clone())?;
        Ok(profile)
    }

    /// Remembers what discovery found, for the next sign-in. A session that lives keeps to the store as it was when it
    /// began, because its tokens belong to that origin.
    ///
    /// # Errors
    /// [`ClientError::OtherStore`] when it is another store's; [`ClientError::FileNotWritten`].
    pub fn use_profile(&self, profile: StoreProfile) -> Result<(), ClientError> {
        if profile.address.key() != self.shared.store.key() || !profile.serves(&self.shared.store) {
            return Err(ClientError::OtherStore {
                expected: self.store_text(),
                actual: profile.address.to_string(),
            });
        }
        self.shared.home.save_profile(&profile)?;
        if self.status().needs_person() {
            self.shared.profile.send_replace(Some(profile));
        }
        Ok(())
    }

    /// Sends tokens in another place of a request from now on, to the same origin: for a person who sees that a site
    /// loses one of them. A refused token leads there by itself.
    ///
    /// # Errors
    /// [`ClientError::NotSignedIn`] before the store was met; [`ClientError::FileNotWritten`].
    pub async fn use_token_place(&self, place: TokenPlace) -> Result<(), ClientError> {
        let (done, outcome) = oneshot::channel();
        self.tell(Message::UsePlace(place, done)).await?;
        outcome.await.map_err(|_| ClientError::KeeperGone)?
    }

    /// Signs in with name and password through the store's page, without a browser.
    ///
    /// # Errors
    /// [`ClientError::SignInRefused`] with the store's words, the errors of [`Keeper::connect`], and
    /// [`ClientError::VaultNotWritten`] when the session cannot be saved, in which case nobody is signed in.
    pub async fn sign_in(&self, username: &str, password: &Password) -> Result<(), ClientError> {
        let signing_in = async {
            let profile = self.known_profile().await?;
            let http = Http::new(&profile.sign_in_page)?;
            let (callback, store_ms) = sign_in::headless(&http, &profile, username, password).await?;
            let grant = sign_in::grant_from(callback, username, self.shared.clock.as_ref(), store_ms);
            self.enter(grant, profile).await
        };
        signing_in.instrument(self.span("sign_in")).await
    }

    /// Prepares a sign-in in a browser: open the address it holds.
    ///
    /// # Errors
    /// The errors of [`Keeper::connect`].
    pub async fn begin_sign_in(&self, app: App, redirect_uri: &Url) -> Result<PendingSignIn, ClientError> {
        let profile = self.known_profile().await?;
        let http = Http::new(&profile.sign_in_page)?;
        PendingSignIn::begin(&http, &profile, app, redirect_uri).await
    }

    /// Finishes a sign-in with the address the browser was led back to.
    ///
    /// # Errors
    /// [`ClientError::SignInMismatch`], [`ClientError::SignInRefused`], [`ClientError::Answered`], and
    /// [`ClientError::VaultNotWritten`] when the session cannot be saved.
    pub async fn finish_sign_in(&self, pending: PendingSignIn, callback: &Url) -> Result<(), ClientError> {
        let signing_in = async {
            let profile = self.known_profile().await?;
            let http = Http::new(&profile.sign_in_page)?;
            let entered = pending.finish(&http, callback).await?;
            let wall_ms = self.shared.clock.now().wall.as_millis();
            let store_ms = profile
                .clock_ahead_s
                .map(|ahead_s| wall_ms.saturating_add(ahead_s.saturating_mul(1000)));
            let clock = self.shared.clock.as_ref();
            let grant = sign_in::grant_from(entered.callback, &entered.username, clock, store_ms);
            self.enter(grant, profile).await
        };
        signing_in.instrument(self.span("sign_in")).await
    }

    /// Ends the session here and at the store. When the store is away, it is told as soon as it is back.
    ///
    /// Unsent sales are the caller's to check first.
    ///
    /// # Errors
    /// [`ClientError::VaultNotWritten`] when the session cannot be erased from this device.
    pub async fn sign_out(&self) -> Result<SignedOut, ClientError> {
        let signing_out = async {
            let (done, outcome) = oneshot::channel();
            self.tell(Message::SignOut(done)).await?;
            outcome.await.map_err(|_| ClientError::KeeperGone)?
        };
        signing_out.instrument(self.span("sign_out")).await
    }

    /// Says that the network came back: one early try follows.
    pub fn network_up(&self) {
        // A full inbox means that the driver is awake anyway.
        let _ = self.inbox.try_send(Message::NetworkUp);
    }

    /// Lets the attempt under way come to its end, then ends the task.
    pub async fn shutdown(&self) {
        let (done, ended) = oneshot::channel();
        if self.inbox.send(Message::Shutdown(done)).await.is_ok() {
            // The driver may be gone before it says so.
            let _ = ended.await;
        }
    }

    pub(crate) fn store_text(&self) -> String {
        self.shared.store.to_string()
    }

    /// What a person does with the session, by name.
    fn span(&self, what: &'static str) -> Span {
        tracing::info_span!("person", what, store = %self.shared.store, session = %self.shared.name)
    }

    async fn known_profile(&self) -> Result<StoreProfile, ClientError> {
        match self.profile() {
            Some(profile) => Ok(profile),
            None => self.connect().await,
        }
    }

    /// Hands a grant to the driver, waits until it is durable, and asks who the person is.
    async fn enter(&self, grant: Grant, profile: StoreProfile) -> Result<(), ClientError> {
        let (id, uuid) = (grant.user.id, grant.user.uuid.clone());
        let (done, saved) = oneshot::channel();
        self.tell(Message::SignedIn {
            grant: Box::new(grant),
            profile: Box::new(profile.clone()),
            done,
        })
        .await?;
        saved.await.map_err(|_| ClientError::KeeperGone)??;
        if let Some(person) = self
            .ask_person(&profile, id)
            .await
            .filter(|person| person.uuid == uuid)
        {
            let (done, shown) = oneshot::channel();
            self.tell(Message::Person(person, done)).await?;
            shown.await.map_err(|_| ClientError::KeeperGone)?;
        }
        Ok(())
    }

    /// Name and roles of the person; a session works without them.
    async fn ask_person(&self, profile: &StoreProfile, id: i64) -> Option<Cashier> {
        let lease = self.lease(None).await.ok()?;
        let http = &self.shared.http;
        let request = Request::get(profile.route(&format!("wcpos/v2/cashier/{id}"), &[]))
            .bearer(Some(Self::bearer(profile, &lease)))
            .limit(PERSON_MAX);
        let answer = http.send(request).await.ok()?;
        if !answer.status.is_success() {
            return None;
        }
        self.accepted(lease.serial);
        serde_json::from_value(answer.json().value()?.clone()).ok()
    }

    async fn tell(&self, message: Message) -> Result<(), ClientError> {
        self.inbox
            .send(message)
            .await
            .map_err(|_| ClientError::KeeperGone)
    }

    fn no_token(&self, snapshot: &Snapshot) -> ClientError {
        ClientError::NoLivingToken {
            store: self.store_text(),
            source: seen(snapshot),
        }
    }

    fn needs_person(&self, snapshot: &Snapshot) -> ClientError {
        let store = self.store_text();
        match (&snapshot.vault_trouble, snapshot.status.state) {
            (_, StateName::SignInNeeded) => ClientError::SessionEnded {
                store,
                source: seen(snapshot),
            },
            (Some((code, evidence)), _) => ClientError::NotResumed {
                store,
                source: Seen {
                    code: *code,
                    evidence: evidence.clone(),
                },
            },
            (None, _) => ClientError::NotSignedIn { store },
        }
    }
}

/// What a snapshot says about the cause.
fn seen(snapshot: &Snapshot) -> Seen {
    snapshot.status.cause.as_ref().map_or_else(
        || Seen {
            code: Code::CONNECTION_TIMEOUT,
            evidence: "no answer came in time".into(),
        },
        |cause| Seen {
            code: cause.code,
            evidence: cause.evidence.clone(),
        },
    )
}

impl Shared {
    fn diary(&self) -> MutexGuard<'_, Diary> {
        self.diary.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Now {
        self.clock.now()
    }
}

impl fmt::Debug for Keeper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keeper({}, {:?})", self.shared.store, self.status().state)
    }
}
