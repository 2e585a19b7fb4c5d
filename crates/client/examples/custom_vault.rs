//! Keeps a session in a place of the program's own: here in memory, so that it is gone with the process.
//!
//! `cargo run --package evertill-client --example custom_vault -- URL NAME PASSWORD`, with an account of a test store.

use std::error::Error;
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use evertill_client::vault::{SessionVault, VaultLock, VaultMark};
use evertill_client::{ClientError, Home, Keeper, KeeperOptions, StoreAddress};
use evertill_wire::Password;
use zeroize::Zeroizing;

/// One session in memory. A vault that outlives the process encrypts what it is given.
#[derive(Debug, Default)]
struct InMemory {
    held: Mutex<Held>,
    is_locked: Arc<Mutex<bool>>,
}

#[derive(Default)]
struct Held {
    content: Option<Zeroizing<Vec<u8>>>,
    version: u64,
}

impl std::fmt::Debug for Held {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Held(version {})", self.version)
    }
}

/// Gives the lock back when dropped.
struct Unlock(Arc<Mutex<bool>>);

impl Drop for Unlock {
    fn drop(&mut self) {
        *locked(&self.0) = false;
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl InMemory {
    fn put(&self, content: Option<Zeroizing<Vec<u8>>>) {
        let mut held = locked(&self.held);
        held.version += 1;
        held.content = content;
    }
}

impl SessionVault for InMemory {
    fn place(&self) -> &Path {
        Path::new("memory")
    }

    fn try_lock(&self) -> Result<Option<VaultLock>, ClientError> {
        let was_locked = std::mem::replace(&mut *locked(&self.is_locked), true);
        Ok((!was_locked).then(|| VaultLock::new(Unlock(self.is_locked.clone()))))
    }

    fn read(&self) -> Result<Option<Zeroizing<Vec<u8>>>, ClientError> {
        Ok(locked(&self.held).content.clone())
    }

    fn write(&self, _lock: &VaultLock, content: &[u8]) -> Result<(), ClientError> {
        self.put(Some(Zeroizing::new(content.to_vec())));
        Ok(())
    }

    fn prove(&self, _lock: &VaultLock) -> Result<(), ClientError> {
        Ok(())
    }

    fn erase(&self, _lock: &VaultLock) -> Result<(), ClientError> {
        self.put(None);
        Ok(())
    }

    fn set_aside(&self, lock: &VaultLock) -> Result<(), ClientError> {
        self.erase(lock)
    }

    fn mark(&self) -> Option<VaultMark> {
        let held = locked(&self.held);
        held.content.as_ref().map(|_| VaultMark::of_version(held.version))
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let [store, name, password] = std::array::from_fn(|at| std::env::args().nth(at + 1).unwrap_or_default());
    let options = KeeperOptions {
        vault: Some(Arc::new(InMemory::default())),
        ..KeeperOptions::default()
    };
    let home = Home::open(Home::default_path()?)?;
    let keeper = Keeper::open(&home, &StoreAddress::parse(&store)?, options).await?;
    keeper.sign_in(&name, &Password::new(password)).await?;
    let user = keeper
        .status()
        .user
        .map(|user| user.display_name)
        .unwrap_or_default();
    writeln!(
        std::io::stdout(),
        "{user} is signed in to {store}, until this program ends"
    )?;
    keeper.sign_out().await?;
    Ok(())
}
