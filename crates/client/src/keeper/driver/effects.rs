//! The engine's effects, one by one.

use std::sync::{Arc, atomic::Ordering};

use evertill_session::{
    Answer, AttemptId, Effect, Event, Input, Place, Record, Refusal, Serial, Trouble, TroubleKind,
};
use evertill_wire::Code;
use evertill_wire::secret::Fingerprint;
use tokio::sync::oneshot;
use tokio::time::Instant;
use tracing::Instrument as _;

use super::jobs::{self, on_disk};
use super::{Driver, REVOKE_AGAIN_FIRST};
use crate::error::ClientError;
use crate::keeper::revocation::SignedOut;
use crate::profile::{StoreProfile, TokenPlace};
use crate::vault::VaultLock;
use crate::vault::contents::Contents;

impl Driver {
    /// Performs one effect; what is known at once comes back as the next input.
    pub(super) async fn perform(&mut self, effect: Effect) -> Option<Input> {
        match effect {
            Effect::Publish {
                access,
                serial,
                ends_at,
            } => {
                self.shared
                    .token
                    .publish(&access, serial, self.token_place(), ends_at);
                None
            }
            Effect::Withdraw => {
                self.shared.token.withdraw();
                None
            }
            Effect::TakeLock(attempt) => {
                self.spawn_lock(attempt);
                None
            }
            Effect::ReleaseLock(attempt) => {
                self.release(attempt);
                None
            }
            Effect::Ask {
                attempt,
                refresh,
                access,
            } => match self.profile.clone() {
                Some(profile) => {
                    self.spawn_ask(attempt, profile, refresh, access);
                    None
                }
                None => {
                    let evidence = "nothing is known about the store";
                    let trouble = Trouble::new(Code::MISSING_API_URL, TroubleKind::Configuration, evidence);
                    Some(Input::Answered(attempt, Answer::Trouble(trouble)))
                }
            },
            Effect::LookForToken(attempt) => match self.profile.clone() {
                Some(profile) => {
                    self.spawn_look(attempt, profile);
                    None
                }
                None => Some(Input::Arrived {
                    attempt,
                    place: Place::default(),
                    arrival: None,
                }),
            },
            Effect::UsePlace(place) => {
                if let Some(profile) = &self.profile {
                    let place = TokenPlace::of(place, &profile.wcpos_version);
                    self.send_tokens_by(place).await;
                }
                None
            }
            Effect::Save { attempt, record } => self.save(attempt, *record).await,
            Effect::SaveRefusal { refused, refusal } => {
                self.save_refusal(refused, refusal).await;
                None
            }
            Effect::Erase(session) => {
                self.person = None;
                self.spawn_change(move |contents| contents.forget(&session));
                None
            }
            Effect::Revoke(grant) => {
                if let Some(profile) = self.profile.clone() {
                    self.spawn_revoke(*grant, profile);
                }
                None
            }
            Effect::Note(event) => {
                self.note(event).await;
                None
            }
        }
    }

    /// Ends an attempt: whoever takes the lock next must not meet a request of this one still on its way.
    fn release(&mut self, attempt: AttemptId) {
        if let Some((_, request)) = self.asking.take_if(|(asking, _)| *asking == attempt) {
            request.abort();
        }
        self.held.take_if(|(holder, _)| *holder == attempt);
    }

    /// Makes a record durable: in place under a lock that is held, else in a job that takes it.
    async fn save(&mut self, attempt: AttemptId, record: Record) -> Option<Input> {
        let is_renewal = self.held.as_ref().is_some_and(|(holder, _)| *holder == attempt);
        let profile = if is_renewal {
            self.profile.clone()
        } else {
            let entering = self.entering.as_mut()?;
            entering.attempt = Some(attempt);
            self.newest_sign_in.store(attempt.0, Ordering::Release);
            Some(entering.profile.clone())
        };
        self.unproved = Some(record.grant.serial);
        let newest = Arc::clone(&self.newest_sign_in);
        let change = move |contents: &mut Contents| {
            if !is_renewal {
                // Writes of two sign-ins wait for the lock and take it in any order; the later sign-in stays.
                if newest.load(Ordering::Acquire) != attempt.0 {
                    return;
                }
                contents.person = None;
            }
            contents.record = Some(record);
            contents.profile = profile;
        };
        let Some(lock) = self.lock_in_hand() else {
            self.spawn_save(attempt, change);
            return None;
        };
        let vault = self.vault.clone();
        let span = self.span("save", attempt);
        let outcome = on_disk(move || {
            if is_renewal {
                // The store has just taken the refresh token on the disk: that version has proved itself.
                vault.prove(&lock)?;
            }
            vault.change(&lock, change)
        });
        let outcome = outcome.instrument(span).await;
        Some(self.saved(attempt, outcome))
    }

    /// The input that tells how a write ended.
    pub(super) fn saved(&mut self, attempt: AttemptId, outcome: Result<(), ClientError>) -> Input {
        self.vault_seen = self.vault.mark();
        let code = outcome.as_ref().err().map(ClientError::code);
        let is_entering = self
            .entering
            .as_ref()
            .is_some_and(|entering| entering.attempt == Some(attempt));
        if let Some(mut entering) = self.entering.take_if(|_| is_entering) {
            entering.attempt = None;
            entering.failure = outcome.err();
            if entering.failure.is_none() {
                self.enter_store(entering.profile.clone());
            }
            self.entering = Some(entering);
        } else if let Err(error) = outcome {
            tracing::error!(store = %self.shared.store, code = %error.code(), "{error}");
        }
        match code {
            None => Input::Saved(attempt),
            Some(code) => Input::SaveFailed(attempt, code),
        }
    }

    async fn save_refusal(&mut self, refused: Fingerprint, refusal: Refusal) {
        let change = move |contents: &mut Contents| {
            if let Some(record) = &mut contents.record
                && record.grant.refresh.fingerprint() == refused
            {
                record.refusal = Some(refusal);
            }
        };
        let Some(lock) = self.lock_in_hand() else {
            self.spawn_change(change);
            return;
        };
        let vault = self.vault.clone();
        let outcome = on_disk(move || vault.change(&lock, change)).await;
        self.vault_seen = self.vault.mark();
        if let Err(error) = outcome {
            tracing::warn!(store = %self.shared.store, code = %error.code(), "{error}");
        }
    }

    /// A request with the newest token worked: the version of the vault before it is not needed any more.
    pub(super) async fn prove(&mut self, serial: Serial) {
        if self.unproved != Some(serial) || self.writers > 0 {
            return;
        }
        self.unproved = None;
        let vault = self.vault.clone();
        // Whoever holds the lock now proves it with the next renewal.
        let _ = on_disk(move || match vault.try_lock()? {
            Some(lock) => vault.prove(&lock),
            None => Ok(()),
        })
        .await;
    }

    /// Nobody is signed in; what lies in the vault and cannot be read is put out of the way.
    pub(super) async fn forget_unreadable(&mut self, done: oneshot::Sender<Result<SignedOut, ClientError>>) {
        let outcome = if self
            .vault_trouble
            .as_ref()
            .is_some_and(|(code, _)| *code == Code::VAULT_KEY_MISSING)
        {
            let vault = self.vault.clone();
            let lock = vault.lock(evertill_session::policy::LOCK_WAIT_MAX).await;
            match lock {
                Ok(lock) => on_disk(move || vault.set_aside(&lock).map(|()| SignedOut::NobodyWasIn)).await,
                Err(error) => Err(error),
            }
        } else {
            Ok(SignedOut::NobodyWasIn)
        };
        if outcome.is_ok() {
            self.vault_trouble
                .take_if(|(code, _)| *code != Code::VAULT_TOO_NEW);
            self.show();
        }
        let _ = done.send(outcome);
    }

    pub(super) fn revoked(&mut self, outcome: Result<SignedOut, ClientError>) {
        if matches!(outcome, Ok(SignedOut::StoreLater(_))) {
            self.revoke_again = Some((Instant::now() + REVOKE_AGAIN_FIRST, REVOKE_AGAIN_FIRST));
        }
        match (self.sign_out.take(), outcome) {
            (Some(done), outcome) => {
                let _ = done.send(outcome);
            }
            (None, Err(error)) => tracing::warn!(store = %self.shared.store, code = %error.code(), "{error}"),
            (None, Ok(_)) => {}
        }
    }

    /// Where tokens travel.
    pub(super) fn token_place(&self) -> TokenPlace {
        self.profile
            .as_ref()
            .map_or(TokenPlace::Header, |profile| profile.token_place)
    }

    /// Remembers where tokens travel, also beside the session, where the next process looks first.
    pub(super) async fn send_tokens_by(&mut self, place: TokenPlace) {
        let Some(profile) = self.profile.clone() else {
            return;
        };
        self.told_place = place.place();
        self.remember(StoreProfile {
            token_place: place,
            ..profile
        })
        .await;
        self.spawn_change(move |contents: &mut Contents| {
            if let Some(profile) = &mut contents.profile {
                profile.token_place = place;
            }
        });
    }

    /// Remembers what is new about the same store; another way into it is worth an entry.
    pub(super) async fn remember(&mut self, profile: StoreProfile) {
        let before = self.profile.as_ref().map(|known| known.route_style);
        let is_other_route = before.is_some_and(|style| style != profile.route_style);
        self.shared.profile.send_replace(Some(profile.clone()));
        self.profile = Some(profile.clone());
        let home = self.shared.home.clone();
        if let Err(error) = jobs::on_disk(move || home.save_profile(&profile)).await {
            tracing::warn!(code = %error.code(), "{error}");
        }
        if is_other_route {
            self.note(Event::OtherRoute).await;
        }
    }

    fn enter_store(&mut self, profile: StoreProfile) {
        self.shared.profile.send_replace(Some(profile.clone()));
        self.profile = Some(profile);
        self.person = None;
        self.vault_trouble = None;
    }

    fn lock_in_hand(&self) -> Option<Arc<VaultLock>> {
        self.held.as_ref().map(|(_, lock)| Arc::clone(lock))
    }
}
