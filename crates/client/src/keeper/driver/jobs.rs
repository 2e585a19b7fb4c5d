//! What runs beside the loop: waiting for the lock, for the store, for the disk.

use std::sync::Arc;
use std::time::Duration;

use evertill_session::{Arrival, AttemptId, Grant, Place, policy};
use evertill_wire::{AccessToken, RefreshToken};
use tracing::{Instrument, Span};

use super::Driver;
use crate::discovery::way;
use crate::error::ClientError;
use crate::http::RENEWAL_MAX;
use crate::keeper::renewal::{self, Asked};
use crate::keeper::revocation::{self, Revoked, SignedOut};
use crate::profile::StoreProfile;
use crate::vault::contents::{Contents, Revocation};
use crate::vault::{Safe, VaultLock};

/// Longest wait for the lock before the engine is asked whether it still wants it.
const LOCK_TRY: Duration = Duration::from_secs(5);

/// The lock and what the vault held under it.
pub(super) struct Locked {
    pub(super) lock: Arc<VaultLock>,
    pub(super) contents: Result<Contents, ClientError>,
}

/// The outcome of a job.
pub(super) enum Done {
    Lock(AttemptId, Result<Box<Locked>, ClientError>),
    Asked(AttemptId, Box<Asked>),
    Looked(AttemptId, Place, Option<Arrival>),
    NetworkBack,
    /// The network was there all the time.
    NetworkThere,
    Saved(AttemptId, Result<(), ClientError>),
    Changed(Result<(), ClientError>),
    /// Something was tried whose outcome changes nothing here.
    Tried,
    Revoked(Result<SignedOut, ClientError>),
    Swept {
        left: usize,
        pause: Duration,
    },
}

/// Runs disk work where it may block.
pub(super) async fn on_disk<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ClientError> + Send + 'static,
) -> Result<T, ClientError> {
    // The work does not panic; it is cut off only when the runtime itself ends.
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or(Err(ClientError::KeeperGone))
}

/// Takes the lock and changes the contents under it.
async fn change_alone(
    vault: Safe,
    change: impl FnOnce(&mut Contents) + Send + 'static,
) -> Result<(), ClientError> {
    let lock = vault.lock(policy::LOCK_WAIT_MAX).await?;
    on_disk(move || vault.change(&lock, change)).await
}

impl Driver {
    pub(super) fn spawn_lock(&mut self, attempt: AttemptId) {
        let vault = self.vault.clone();
        let span = self.span("lock", attempt);
        let locking = async move {
            let locked = async {
                let lock = vault.lock(LOCK_TRY).await?;
                on_disk(move || {
                    let contents = vault.contents_locked(&lock);
                    Ok(Box::new(Locked {
                        lock: Arc::new(lock),
                        contents,
                    }))
                })
                .await
            };
            let locked = locked.await;
            if locked
                .as_ref()
                .is_err_and(|error| !matches!(error, ClientError::VaultBusy { .. }))
            {
                // A system that cannot lock would answer at once, again and again.
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            Done::Lock(attempt, locked)
        };
        self.jobs.spawn(locking.instrument(span));
    }

    /// What an attempt does besides asking, by name.
    pub(super) fn span(&self, name: &'static str, attempt: AttemptId) -> Span {
        tracing::info_span!(
            "vault",
            what = name,
            store = %self.shared.store,
            session = %self.shared.name,
            attempt = attempt.0,
        )
    }

    pub(super) fn spawn_ask(
        &mut self,
        attempt: AttemptId,
        profile: StoreProfile,
        refresh: RefreshToken,
        access: Option<AccessToken>,
    ) {
        let http = self.http.clone();
        let span = tracing::info_span!(
            "renewal",
            store = %self.shared.store,
            session = %self.shared.name,
            attempt = attempt.0,
            outcome = tracing::field::Empty,
        );
        let asking = async move {
            let asked = renewal::ask(&http, &profile, &refresh, access.as_ref()).await;
            tracing::Span::current().record("outcome", asked.outcome());
            Done::Asked(attempt, Box::new(asked))
        };
        let job = self.jobs.spawn(asking.instrument(span));
        self.asking = Some((attempt, job));
    }

    /// Finds out which way a token arrives.
    pub(super) fn spawn_look(&mut self, attempt: AttemptId, profile: StoreProfile) {
        let http = self.http.clone();
        self.jobs.spawn(async move {
            let arrival = way::arrival(&http, &profile, RENEWAL_MAX).await;
            Done::Looked(attempt, profile.token_place.place(), arrival)
        });
    }

    /// Writes a record without holding the lock yet.
    pub(super) fn spawn_save(
        &mut self,
        attempt: AttemptId,
        change: impl FnOnce(&mut Contents) + Send + 'static,
    ) {
        self.writers += 1;
        let vault = self.vault.clone();
        let span = self.span("save", attempt);
        let saving = async move { Done::Saved(attempt, change_alone(vault, change).await) };
        self.jobs.spawn(saving.instrument(span));
    }

    /// Changes the contents without holding the lock yet.
    pub(super) fn spawn_change(&mut self, change: impl FnOnce(&mut Contents) + Send + 'static) {
        self.writers += 1;
        let vault = self.vault.clone();
        self.jobs
            .spawn(async move { Done::Changed(change_alone(vault, change).await) });
    }

    /// Forgets the session here, durably noted as one to be ended at the store, and tries that once.
    pub(super) fn spawn_revoke(&mut self, grant: Grant, profile: StoreProfile) {
        self.writers += 1;
        let (vault, http, clock) = (self.vault.clone(), self.http.clone(), self.shared.clock.clone());
        self.jobs.spawn(async move {
            let waiting = Revocation {
                grant: grant.clone(),
                profile: profile.clone(),
            };
            let noted = change_alone(vault.clone(), move |contents| {
                contents.forget(&waiting.grant.session);
                contents.queue(waiting);
            });
            if let Err(error) = noted.await {
                return Done::Revoked(Err(error));
            }
            Done::Revoked(
                match revocation::revoke(&http, &profile, &grant, clock.as_ref()).await {
                    Revoked::Later(code) => Ok(SignedOut::StoreLater(code)),
                    Revoked::Done => {
                        let session = grant.session;
                        let done = change_alone(vault, move |contents| {
                            contents
                                .revocations
                                .retain(|waiting| waiting.grant.session != session);
                        });
                        done.await.map(|()| SignedOut::Everywhere)
                    }
                },
            )
        });
    }

    /// Ends a session at the store that could not be saved here. Tried once; what is left dies at its own horizon.
    pub(super) fn spawn_end_unsaved(&mut self, grant: Grant, profile: StoreProfile) {
        self.writers += 1;
        let (http, clock) = (self.http.clone(), self.shared.clock.clone());
        self.jobs.spawn(async move {
            if let Revoked::Later(code) = revocation::revoke(&http, &profile, &grant, clock.as_ref()).await {
                tracing::warn!(session = %grant.session, %code, "an unsaved session stays at the store");
            }
            Done::Tried
        });
    }

    /// Tries again to end the sessions that wait for it.
    pub(super) fn spawn_sweep(&mut self, pause: Duration) {
        self.writers += 1;
        let store = self.shared.store.clone();
        let (vault, http, clock) = (self.vault.clone(), self.http.clone(), self.shared.clock.clone());
        self.jobs.spawn(async move {
            let reader = vault.clone();
            let waiting = on_disk(move || reader.contents())
                .await
                .map(|contents| contents.revocations);
            let mut waiting = waiting.unwrap_or_default();
            waiting.retain(|waiting| waiting.profile.serves(&store));
            let mut over = Vec::new();
            for Revocation { grant, profile } in &waiting {
                match revocation::revoke(&http, profile, grant, clock.as_ref()).await {
                    Revoked::Done => over.push(grant.session.clone()),
                    // The store is away; the others can wait for it too.
                    Revoked::Later(_) => break,
                }
            }
            let mut left = waiting.len() - over.len();
            if !over.is_empty() {
                let count = over.len();
                let dropped = change_alone(vault, move |contents| {
                    contents
                        .revocations
                        .retain(|waiting| !over.contains(&waiting.grant.session));
                });
                if dropped.await.is_err() {
                    left += count;
                }
            }
            Done::Swept { left, pause }
        });
    }
}
