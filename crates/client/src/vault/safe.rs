//! A vault as the driver uses it: contents instead of bytes, and waiting for the lock.

use std::sync::Arc;
use std::time::Duration;

use zeroize::Zeroizing;

use super::contents::Contents;
use super::{SessionVault, VaultLock, VaultMark};
use crate::error::ClientError;

/// Pause between two looks at a lock somebody else holds. A renewal takes tens of milliseconds, so this is the same
/// order; waiting in the kernel instead could not be given up.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// A vault, read and changed as a whole.
#[derive(Debug, Clone)]
pub(crate) struct Safe(Arc<dyn SessionVault>);

impl Safe {
    pub(crate) fn new(vault: Arc<dyn SessionVault>) -> Self {
        Self(vault)
    }

    /// Waits for the right to change the vault, for at most so long.
    ///
    /// # Errors
    /// [`ClientError::VaultBusy`] when somebody else kept it.
    pub(crate) async fn lock(&self, wait_max: Duration) -> Result<VaultLock, ClientError> {
        let give_up = tokio::time::Instant::now() + wait_max;
        loop {
            if let Some(lock) = self.0.try_lock()? {
                return Ok(lock);
            }
            if tokio::time::Instant::now() >= give_up {
                return Err(ClientError::VaultBusy {
                    path: self.0.place().to_path_buf(),
                });
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    pub(crate) fn try_lock(&self) -> Result<Option<VaultLock>, ClientError> {
        self.0.try_lock()
    }

    /// Reads without the lock.
    pub(crate) fn contents(&self) -> Result<Contents, ClientError> {
        self.understood(self.0.read()?)
    }

    /// Reads with the lock. Damage stays where it is: a file that is gone would tell everybody else that somebody signed
    /// out, and they may have in memory what is lost on the disk.
    pub(crate) fn contents_locked(&self, _lock: &VaultLock) -> Result<Contents, ClientError> {
        self.contents()
    }

    /// Changes the contents under the lock and makes the change durable. What cannot be read for good is put out of the
    /// way then; what a newer version wrote stays and fails the change.
    pub(crate) fn change(
        &self,
        lock: &VaultLock,
        change: impl FnOnce(&mut Contents),
    ) -> Result<(), ClientError> {
        let read = self.contents_locked(lock);
        let is_lost = match &read {
            Ok(_) => false,
            Err(
                ClientError::VaultDamaged { .. }
                | ClientError::VaultKeyMissing { .. }
                | ClientError::VaultKeyDamaged { .. },
            ) => true,
            Err(_) => return read.map(drop),
        };
        let mut contents = read.unwrap_or_default();
        let before = contents.clone();
        change(&mut contents);
        // A name or a setting beside a session that cannot be read would take its place and say that nobody is in.
        let is_nothing = is_lost && contents.record.is_none() && contents.revocations.is_empty();
        if contents == before || is_nothing {
            return Ok(());
        }
        // Only now that something takes its place is what cannot be opened put out of the way.
        if is_lost {
            self.0.set_aside(lock)?;
        } else {
            self.0.read_locked(lock)?;
        }
        if contents.is_empty() {
            return self.0.erase(lock);
        }
        if let Err(error) = self.0.write(lock, &contents.to_bytes()) {
            if is_lost {
                self.0.put_back(lock)?;
            }
            return Err(error);
        }
        if contents.record.is_none() {
            // The version before holds tokens of a session that is over.
            self.0.prove(lock)?;
        }
        Ok(())
    }

    pub(crate) fn prove(&self, lock: &VaultLock) -> Result<(), ClientError> {
        self.0.prove(lock)
    }

    pub(crate) fn set_aside(&self, lock: &VaultLock) -> Result<(), ClientError> {
        self.0.set_aside(lock)
    }

    pub(crate) fn mark(&self) -> Option<VaultMark> {
        self.0.mark()
    }

    fn understood(&self, content: Option<Zeroizing<Vec<u8>>>) -> Result<Contents, ClientError> {
        match content {
            Some(bytes) => Contents::of_bytes(&bytes, self.0.place()),
            None => Ok(Contents::default()),
        }
    }
}
