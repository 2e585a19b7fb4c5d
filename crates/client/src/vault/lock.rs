//! The lock that lets one process at a time renew a session or change its file.

use std::fs::{OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::path::Path;

use super::VaultLock;
use super::file::private;
use crate::error::ClientError;

/// Takes the lock at this path when it is free. A killed process loses it by itself.
pub(super) fn try_acquire(path: &Path) -> Result<Option<VaultLock>, ClientError> {
    let wrong = |source| ClientError::VaultNotRead {
        path: path.to_path_buf(),
        source,
    };
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    let file = private(&mut options).open(path).map_err(wrong)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(VaultLock::new(file))),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(source)) => Err(wrong(source)),
    }
}

/// Whether somebody holds the lock at this path. Nothing is made; the look shares the lock for an instant, so that two
/// who look do not take each other for a holder.
pub(super) fn is_held(path: &Path) -> Result<bool, ClientError> {
    let wrong = |source| ClientError::VaultNotRead {
        path: path.to_path_buf(),
        source,
    };
    let file = match OpenOptions::new().write(true).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(wrong(error)),
    };
    match file.try_lock_shared() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(source)) => Err(wrong(source)),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use crate::address::StoreAddress;
    use crate::error::ClientError;
    use crate::home::Home;
    use crate::vault::{KeyChoice, Safe, Vault};

    #[tokio::test]
    async fn the_lock_is_held_by_one_and_free_after_the_drop() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::open(dir.path()).unwrap();
        let store = StoreAddress::parse("shop.example").unwrap();
        let vault = Vault::new(&home, &store, KeyChoice::File);
        let safe = Safe::new(Arc::new(vault));
        let held = safe.lock(Duration::ZERO).await.unwrap();
        let error = safe.lock(Duration::from_millis(1)).await.unwrap_err();
        assert!(matches!(error, ClientError::VaultBusy { .. }));
        drop(held);
        assert!(safe.try_lock().unwrap().is_some());
    }
}
