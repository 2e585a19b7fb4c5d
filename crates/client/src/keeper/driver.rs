//! The task behind a keeper: feeds the engine, performs its effects, shows the outcome.
//!
//! There is no decision about sessions in here. Work that waits for the network or for a lock runs in jobs, whose
//! outcome comes back as an input; what is done on the disk under a lock already held is done in place, so that
//! effects keep their order. Timers run on a clock that stands still while the machine sleeps, so the loop wakes every
//! two seconds, reads the boot clock and looks whether another process changed the vault.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use evertill_session::engine::Stored;
use evertill_session::{AttemptId, Engine, Grant, Input, Place, Roll, Serial, State, Status};
use evertill_wire::Code;
use evertill_wire::rest::auth::Cashier;
use tokio::sync::{mpsc, oneshot};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{Instant, sleep};

use super::revocation::SignedOut;
use super::{Message, Shared};
use crate::error::ClientError;
use crate::http::Http;
use crate::profile::StoreProfile;
use crate::status::Snapshot;
use crate::vault::contents::Contents;
use crate::vault::{Safe, VaultLock, VaultMark};

mod effects;
mod jobs;
mod ledger;
mod network;
mod reported;

use jobs::Done;
use ledger::Ledger;

/// Longest sleep between two looks at the boot clock and the vault.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// How long an attempt under way may go on after the keeper is closed: giving up would waste the store's answer.
const ENDING_MAX: Duration = Duration::from_secs(5);

/// First and longest pause before sessions that are over here are ended at the store again.
const REVOKE_AGAIN_FIRST: Duration = Duration::from_secs(15);
const REVOKE_AGAIN_MAX: Duration = Duration::from_secs(600);

/// The task's own state; everything about the session is in the engine.
pub(super) struct Driver {
    shared: Arc<Shared>,
    vault: Safe,
    http: Http,
    engine: Engine,
    /// The cross-process lock, and the attempt it was taken for.
    held: Option<(AttemptId, Arc<VaultLock>)>,
    jobs: JoinSet<Done>,
    /// The request of the attempt under way.
    asking: Option<(AttemptId, AbortHandle)>,
    /// Jobs that may change the vault; while there are any, its changes are our own.
    writers: usize,
    entering: Option<Entering>,
    /// The attempt that writes the last sign-in.
    newest_sign_in: Arc<AtomicU64>,
    /// The store as it was when the session was issued.
    profile: Option<StoreProfile>,
    person: Option<Cashier>,
    vault_trouble: Option<(Code, String)>,
    vault_seen: Option<VaultMark>,
    looked_at: Instant,
    unproved: Option<Serial>,
    sign_out: Option<oneshot::Sender<Result<SignedOut, ClientError>>>,
    revoke_again: Option<(Instant, Duration)>,
    ledger: Ledger,
    /// Where tokens travel, as the engine was told.
    told_place: Place,
    /// Who waits to hear what comes of a refused token.
    undecided: Vec<oneshot::Sender<()>>,
    /// Looks whether the network is back.
    network: Option<AbortHandle>,
}

/// A sign-in on its way to the disk.
struct Entering {
    grant: Box<Grant>,
    profile: StoreProfile,
    attempt: Option<AttemptId>,
    failure: Option<ClientError>,
    done: oneshot::Sender<Result<(), ClientError>>,
}

/// Takes up the session and starts the task; returns when the status is right.
pub(super) async fn start(shared: Arc<Shared>, vault: Safe, http: Http, messages: mpsc::Receiver<Message>) {
    let engine = Engine::new(shared.clock.boot());
    let profile = shared.profile.borrow().clone();
    let mut driver = Driver {
        shared,
        vault,
        http,
        engine,
        held: None,
        jobs: JoinSet::new(),
        asking: None,
        writers: 0,
        entering: None,
        newest_sign_in: Arc::default(),
        profile,
        person: None,
        vault_trouble: None,
        vault_seen: None,
        looked_at: Instant::now(),
        unproved: None,
        sign_out: None,
        revoke_again: None,
        ledger: Ledger::default(),
        told_place: Place::default(),
        undecided: Vec::new(),
        network: None,
    };
    let stored = driver.first_look().await;
    driver.feed(Input::Start(stored)).await;
    tokio::spawn(driver.run(messages));
}

impl Driver {
    async fn run(mut self, mut messages: mpsc::Receiver<Message>) {
        let ending = loop {
            let until_next_look = self.until_next_look();
            tokio::select! {
                message = messages.recv() => match message {
                    Some(Message::Shutdown(done)) => break Some(done),
                    Some(message) => self.on_message(message).await,
                    None => break None,
                },
                Some(done) = self.jobs.join_next(), if !self.jobs.is_empty() => {
                    if let Ok(done) = done {
                        self.on_done(done).await;
                    }
                }
                () = sleep(until_next_look) => {}
            }
            self.look().await;
        };
        messages.close();
        self.end().await;
        if let Some(ending) = ending {
            // Nobody may be waiting any more.
            let _ = ending.send(());
        }
    }

    /// Lets writes and an attempt that holds the lock come to their end.
    async fn end(&mut self) {
        let give_up = Instant::now() + ENDING_MAX;
        while self.held.is_some() || self.writers > 0 {
            match tokio::time::timeout_at(give_up, self.jobs.join_next()).await {
                Ok(Some(Ok(done))) => self.on_done(done).await,
                Ok(Some(Err(_))) => {}
                Ok(None) | Err(_) => break,
            }
        }
    }

    fn until_next_look(&self) -> Duration {
        let now = self.shared.now().moment;
        let due = self.engine.deadline().map(|(at, _)| now.until(at));
        // A deadline that has just passed is met by the next look; the floor keeps rounding from spinning.
        due.map_or(LOOK_EVERY, |due| due.clamp(Duration::from_millis(1), LOOK_EVERY))
    }

    /// Whatever time alone brings: deadlines, changes by other processes, revocations that wait.
    async fn look(&mut self) {
        let now = self.shared.now().moment;
        if self.engine.deadline().is_some_and(|(at, _)| now >= at) {
            self.feed(Input::Due).await;
        }
        if self.looked_at.elapsed() >= LOOK_EVERY {
            self.look_at_vault().await;
        }
        if self.revoke_again.is_some_and(|(at, _)| Instant::now() >= at) {
            let pause = self
                .revoke_again
                .take()
                .map_or(REVOKE_AGAIN_FIRST, |(_, pause)| pause);
            self.spawn_sweep(pause);
        }
    }

    async fn on_message(&mut self, message: Message) {
        match message {
            Message::SignedIn { grant, profile, done } => {
                self.entering = Some(Entering {
                    grant: grant.clone(),
                    profile: *profile,
                    attempt: None,
                    failure: None,
                    done,
                });
                self.feed(Input::SignedIn(grant)).await;
            }
            Message::Person(person, shown) => {
                self.person = Some(person.clone());
                self.spawn_change(move |contents: &mut Contents| contents.person = Some(person));
                self.show();
                // Nobody may be waiting any more; so below.
                let _ = shown.send(());
            }
            Message::SignOut(done) => {
                if matches!(self.engine.state(), State::SignedOut) {
                    self.forget_unreadable(done).await;
                } else {
                    self.sign_out = Some(done);
                    self.feed(Input::SignOut).await;
                }
            }
            Message::RenewNow(started) => {
                self.feed(Input::RenewNow).await;
                let _ = started.send(());
            }
            Message::Refused(serial, place, word, decided) => {
                self.undecided.push(decided);
                self.on_refused(serial, place, word).await;
            }
            Message::UsePlace(place, done) => {
                let _ = done.send(self.use_place(place).await);
            }
            Message::Accepted(serial) => {
                self.feed(Input::TokenAccepted(serial)).await;
                self.prove(serial).await;
            }
            Message::NetworkUp => {
                self.feed(Input::NetworkUp).await;
                if let Some((at, _)) = &mut self.revoke_again {
                    *at = Instant::now();
                }
            }
            // The look after every turn does it.
            Message::Look => {}
            Message::Shutdown(_) => {}
        }
    }

    async fn on_done(&mut self, done: Done) {
        match done {
            Done::Lock(attempt, Ok(locked)) => {
                self.held = Some((attempt, locked.lock));
                let stored = self.stored(locked.contents);
                self.feed(Input::LockTaken(attempt, stored)).await;
            }
            Done::Lock(attempt, Err(_)) => self.feed(Input::LockBusy(attempt)).await,
            Done::Asked(attempt, asked) => {
                if let Some(profile) = asked.moved_to {
                    self.remember(profile).await;
                }
                self.compare_clocks(asked.date_ms).await;
                self.feed(Input::Answered(attempt, asked.answer)).await;
            }
            Done::Looked(attempt, place, arrival) => {
                self.feed(Input::Arrived {
                    attempt,
                    place,
                    arrival,
                })
                .await;
            }
            Done::NetworkBack => self.feed(Input::NetworkUp).await,
            Done::NetworkThere => {}
            Done::Saved(attempt, outcome) => {
                self.writers -= 1;
                let input = self.saved(attempt, outcome);
                self.feed(input).await;
            }
            Done::Tried => self.writers -= 1,
            Done::Changed(outcome) => {
                self.writers -= 1;
                self.vault_seen = self.vault.mark();
                if let Err(error) = outcome {
                    tracing::warn!(store = %self.shared.store, code = %error.code(), "{error}");
                }
            }
            Done::Revoked(outcome) => {
                self.writers -= 1;
                self.vault_seen = self.vault.mark();
                self.revoked(outcome);
            }
            Done::Swept { left, pause } => {
                self.writers -= 1;
                self.vault_seen = self.vault.mark();
                if left > 0 {
                    let pause = (pause * 2).min(REVOKE_AGAIN_MAX);
                    self.revoke_again = Some((Instant::now() + pause, pause));
                }
            }
        }
    }

    /// Feeds the engine and performs what it says, in order, until it has nothing more to say.
    async fn feed(&mut self, input: Input) {
        let mut inputs = VecDeque::from([input]);
        if self.told_place != self.token_place().place() {
            // Another process or a person changed it.
            self.told_place = self.token_place().place();
            self.shared.token.travel(self.token_place());
            inputs.push_front(Input::TravelsBy(self.told_place));
        }
        while let Some(input) = inputs.pop_front() {
            let roll = Roll(getrandom::u64().unwrap_or_else(|_| self.shared.now().moment.as_millis()));
            let heard = self.ledger.before(self.engine.state(), &input);
            let effects = self.engine.step(self.shared.now(), roll, input);
            self.account(heard);
            for effect in effects {
                inputs.extend(self.perform(effect).await);
            }
        }
        self.settle_entering();
        self.show();
        self.watch_network();
        if !self.engine.is_looking() {
            for decided in self.undecided.drain(..) {
                // Nobody may be waiting any more.
                let _ = decided.send(());
            }
        }
    }

    /// Shows the engine's state to the handles, and wakes those who wait when something but time has changed.
    fn show(&mut self) {
        let now = self.shared.now();
        let status = self.engine.status(now);
        if status.user.is_some() {
            self.vault_trouble = None;
        }
        let profile = self.shared.profile.borrow().clone();
        let (store, store_name) = profile.map_or_else(
            || (self.shared.store.clone(), String::new()),
            |found| (found.address, found.name),
        );
        let next = Snapshot {
            status,
            taken: now.moment,
            store,
            store_name,
            name: self.shared.name.clone(),
            person: self.person.clone(),
            vault_trouble: self.vault_trouble.clone(),
        };
        let told = next.at(now.moment);
        let is_news = {
            let known = self.shared.snapshot.borrow();
            timeless(&known.status) != timeless(&next.status)
                || known.person != next.person
                || known.store_name != next.store_name
                || known.vault_trouble != next.vault_trouble
        };
        let next = Arc::new(next);
        self.shared.snapshot.send_if_modified(|known| {
            *known = next;
            is_news
        });
        self.shared.status.send_if_modified(|known| {
            *known = told;
            is_news
        });
    }

    /// Tells whoever signed in how it ended, once the engine has taken the session up.
    fn settle_entering(&mut self) {
        let is_over = self
            .entering
            .as_ref()
            .is_some_and(|entering| entering.attempt.is_none());
        if !is_over {
            return;
        }
        if let Some(entering) = self.entering.take() {
            if entering.failure.is_some() {
                // Nobody will ever use what the store has just handed out.
                self.spawn_end_unsaved(*entering.grant, entering.profile);
            }
            let _ = entering.done.send(entering.failure.map_or(Ok(()), Err));
        }
    }

    /// What the vault held, in the words of the engine; takes over what the engine does not know.
    fn stored(&mut self, read: Result<Contents, ClientError>) -> Stored {
        match read.and_then(|contents| contents.of_store(&self.shared.store)) {
            Ok(contents) => {
                if !contents.revocations.is_empty() && self.revoke_again.is_none() {
                    self.revoke_again = Some((Instant::now(), REVOKE_AGAIN_FIRST));
                }
                let Some(record) = contents.record else {
                    return Stored::Nothing;
                };
                self.person = contents.person;
                if let Some(mut profile) = contents.profile {
                    if self.writers > 0 {
                        // What is on its way to the disk is newer than what is on it.
                        profile.token_place = self.token_place();
                    }
                    self.shared.profile.send_replace(Some(profile.clone()));
                    self.profile = Some(profile);
                }
                Stored::Found(Box::new(record))
            }
            Err(error) => {
                tracing::warn!(store = %self.shared.store, code = %error.code(), "{error}");
                self.vault_trouble = Some((error.code(), error.to_string()));
                Stored::Unreadable
            }
        }
    }

    async fn first_look(&mut self) -> Stored {
        let vault = self.vault.clone();
        let read = jobs::on_disk(move || match vault.try_lock()? {
            Some(lock) => vault.contents_locked(&lock),
            None => vault.contents(),
        });
        let read = read.await;
        self.vault_seen = self.vault.mark();
        self.stored(read)
    }

    /// Takes up what another process wrote.
    async fn look_at_vault(&mut self) {
        self.looked_at = Instant::now();
        if self.writers > 0 || self.held.is_some() || self.entering.is_some() {
            return;
        }
        let mark = self.vault.mark();
        if mark == self.vault_seen {
            return;
        }
        let vault = self.vault.clone();
        let read = jobs::on_disk(move || {
            let read = vault.contents()?;
            if read.record.is_some() {
                return Ok(Some(read));
            }
            // Whoever puts a damaged file out of the way has nothing there for a moment, and holds the lock.
            match vault.try_lock()? {
                Some(lock) => vault.contents_locked(&lock).map(Some),
                None => Ok(None),
            }
        });
        let Some(read) = read.await.transpose() else {
            return;
        };
        self.vault_seen = mark;
        let stored = self.stored(read);
        self.feed(Input::VaultChanged(stored)).await;
    }
}

/// A status without the spans that change by themselves.
fn timeless(status: &Status) -> Status {
    Status {
        access_expires_in: None,
        renews_in: None,
        horizon_in: None,
        ..status.clone()
    }
}
