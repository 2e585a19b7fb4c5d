//! The lock that lets one process at a time renew a session or change its file.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::time::Duration;

use super::file::private;
use crate::error::ClientError;

/// Pause between two looks at a lock somebody else holds. A renewal takes tens of milliseconds, so this is the same
/// order; waiting in the kernel instead could not be given up.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// Holds the lock until dropped. A killed process loses it by itself.
#[derive(Debug)]
pub struct VaultLock {
    _file: File,
}

impl VaultLock {
    /// Waits for the lock at this path for at most so long.
    ///
    /// # Errors
    /// [`ClientError::VaultBusy`] when somebody else kept it, [`ClientError::VaultNotRead`] when the system cannot lock.
    pub(crate) async fn acquire(path: &Path, wait_max: Duration) -> Result<Self, ClientError> {
        let give_up = tokio::time::Instant::now() + wait_max;
        loop {
            if let Some(lock) = Self::try_acquire(path)? {
                return Ok(lock);
            }
            if tokio::time::Instant::now() >= give_up {
                return Err(ClientError::VaultBusy {
                    path: path.to_path_buf(),
                });
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Takes the lock when it is free.
    pub(crate) fn try_acquire(path: &Path) -> Result<Option<Self>, ClientError> {
        let wrong = |source| ClientError::VaultNotRead {
            path: path.to_path_buf(),
            source,
        };
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        let file = private(&mut options).open(path).map_err(wrong)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(source)) => Err(wrong(source)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_lock_is_held_by_one_and_free_after_the_drop() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lock");
        let held = VaultLock::acquire(&path, Duration::ZERO).await.unwrap();
        let error = VaultLock::acquire(&path, Duration::from_millis(1))
            .await
            .unwrap_err();
        assert!(matches!(error, ClientError::VaultBusy { .. }));
        drop(held);
        assert!(VaultLock::try_acquire(&path).unwrap().is_some());
    }
}
