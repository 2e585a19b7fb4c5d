//! A session kept where the program wants it.

use std::path::Path;
use std::sync::{Arc, Mutex, TryLockError};

use evertill_client::status::StateName;
use evertill_client::vault::{SessionVault, VaultLock, VaultMark};
use evertill_client::{ClientError, Keeper, KeeperOptions};
use evertill_wire::{Code, Password};
use zeroize::Zeroizing;

use crate::shop::{Device, Shop};

/// Keeps a session in memory, and refuses to when told so.
#[derive(Debug, Default)]
struct Drawer {
    inside: Mutex<Inside>,
    turn: Arc<Mutex<bool>>,
}

#[derive(Debug, Default)]
struct Inside {
    content: Option<Vec<u8>>,
    version: u64,
    is_full: bool,
    refuses: Option<std::io::ErrorKind>,
}

/// Gives the turn back when dropped.
struct Turn(Arc<Mutex<bool>>);

impl Drop for Turn {
    fn drop(&mut self) {
        *self.0.lock().unwrap() = false;
    }
}

impl SessionVault for Drawer {
    fn place(&self) -> &Path {
        Path::new("drawer")
    }

    fn try_lock(&self) -> Result<Option<VaultLock>, ClientError> {
        let mut is_taken = match self.turn.try_lock() {
            Ok(taken) => taken,
            Err(TryLockError::WouldBlock | TryLockError::Poisoned(_)) => return Ok(None),
        };
        if std::mem::replace(&mut *is_taken, true) {
            return Ok(None);
        }
        Ok(Some(VaultLock::new(Turn(self.turn.clone()))))
    }

    fn read(&self) -> Result<Option<Zeroizing<Vec<u8>>>, ClientError> {
        Ok(self.inside.lock().unwrap().content.clone().map(Zeroizing::new))
    }

    fn write(&self, _lock: &VaultLock, content: &[u8]) -> Result<(), ClientError> {
        let mut inside = self.inside.lock().unwrap();
        if inside.is_full {
            return Err(ClientError::VaultNotWritten {
                path: self.place().to_path_buf(),
                source: std::io::ErrorKind::StorageFull.into(),
            });
        }
        if let Some(kind) = inside.refuses {
            return Err(ClientError::VaultNotWritten {
                path: self.place().to_path_buf(),
                source: kind.into(),
            });
        }
        inside.version += 1;
        inside.content = Some(content.to_vec());
        Ok(())
    }

    fn prove(&self, _lock: &VaultLock) -> Result<(), ClientError> {
        Ok(())
    }

    fn erase(&self, _lock: &VaultLock) -> Result<(), ClientError> {
        *self.inside.lock().unwrap() = Inside::default();
        Ok(())
    }

    fn set_aside(&self, lock: &VaultLock) -> Result<(), ClientError> {
        self.erase(lock)
    }

    fn mark(&self) -> Option<VaultMark> {
        let inside = self.inside.lock().unwrap();
        inside
            .content
            .as_ref()
            .map(|_| VaultMark::of_version(inside.version))
    }
}

async fn keeper(device: &Device, shop: &Shop, drawer: &Arc<Drawer>) -> Keeper {
    let options = KeeperOptions {
        clock: device.clock.clone(),
        vault: Some(drawer.clone()),
        ..KeeperOptions::default()
    };
    Keeper::open(&device.home(), &shop.address(), options)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_session_lives_in_a_vault_the_program_brings() {
    let (shop, device, drawer) = (Shop::open().await, Device::new(), Arc::new(Drawer::default()));
    let first = keeper(&device, &shop, &drawer).await;
    first.sign_in("ann", &Password::new("ann-demo")).await.unwrap();
    first.renew_now().await.unwrap();
    let token = first.access_token().await.unwrap();
    first.shutdown().await;
    let files = std::fs::read_dir(device.home().vault_dir()).unwrap().count();
    assert_eq!(files, 0, "nothing lies in the usual place");

    let again = keeper(&device, &shop, &drawer).await;
    assert_eq!(again.access_token().await.unwrap(), token);
    assert_eq!(again.status().user.unwrap().username, "ann");
    again.sign_out().await.unwrap();
    again.shutdown().await;
    assert_eq!(drawer.inside.lock().unwrap().content, None);
}

#[tokio::test]
async fn a_vault_that_takes_nothing_signs_nobody_in() {
    let (shop, device, drawer) = (Shop::open().await, Device::new(), Arc::new(Drawer::default()));
    drawer.inside.lock().unwrap().is_full = true;
    let keeper = keeper(&device, &shop, &drawer).await;
    let error = keeper
        .sign_in("ann", &Password::new("ann-demo"))
        .await
        .unwrap_err();
    assert_eq!(error.code(), Code::DISK_FULL);
    assert_eq!(keeper.status().state, StateName::SignedOut);
    assert_eq!(keeper.fresh_token(), None);
}

#[tokio::test]
async fn a_disk_that_is_full_or_read_only_ends_no_session_and_the_next_renewal_is_saved_when_it_takes_it() {
    for kind in [
        std::io::ErrorKind::StorageFull,
        std::io::ErrorKind::ReadOnlyFilesystem,
        std::io::ErrorKind::PermissionDenied,
    ] {
        let (shop, device, drawer) = (Shop::open().await, Device::new(), Arc::new(Drawer::default()));
        let keeper = keeper(&device, &shop, &drawer).await;
        keeper.sign_in("ann", &Password::new("ann-demo")).await.unwrap();
        drawer.inside.lock().unwrap().refuses = Some(kind);
        // Whether a renewal that cannot be kept counts as one is the engine's to say; the session is what matters.
        let _told = keeper.renew_now().await;
        assert!(keeper.access_token().await.is_ok(), "{kind}");
        assert!(!keeper.status().needs_person(), "{kind}");
        drawer.inside.lock().unwrap().refuses = None;
        let before = drawer.inside.lock().unwrap().version;
        keeper.renew_now().await.unwrap();
        assert!(drawer.inside.lock().unwrap().version > before, "{kind}");
        assert_eq!(keeper.status().state, StateName::Active, "{kind}");
    }
}
