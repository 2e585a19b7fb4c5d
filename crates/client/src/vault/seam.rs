//! What a keeper asks of the place where it keeps a session.
//!
//! The sealed file is one such place; a program may bring its own, such as a column of its database. The bytes are
//! secrets: whoever stores them encrypts them.

use std::fmt;
use std::path::Path;
use std::time::SystemTime;

use zeroize::Zeroizing;

use super::Loaded;
use crate::error::ClientError;

/// A place that keeps the bytes of one session.
///
/// What it owes its keeper:
///
/// * **One writer.** [`SessionVault::try_lock`] gives the lock to one holder at a time, across all processes that may
///   keep this session. The lock of a holder that was killed becomes free by itself.
/// * **Durable first.** When [`SessionVault::write`] returns, the bytes survive a power cut. A crash in the middle of it
///   leaves the old bytes or the new ones.
/// * **One step back.** After a write, the version that was proved last stays readable in its place if the new one is
///   lost, until [`SessionVault::prove`].
/// * **Nothing readable stays** after [`SessionVault::erase`].
///
/// All of it may block; a keeper calls it where that is allowed.
pub trait SessionVault: fmt::Debug + Send + Sync {
    /// Where it is, for messages.
    fn place(&self) -> &Path;

    /// Takes the right to change it when nobody has it.
    ///
    /// # Errors
    /// [`ClientError::VaultNotRead`] when locks do not work here.
    fn try_lock(&self) -> Result<Option<VaultLock>, ClientError>;

    /// Reads the newest version without the lock; changes nothing.
    ///
    /// # Errors
    /// [`ClientError::VaultNotRead`]; [`ClientError::VaultDamaged`] when there is something and it cannot be opened.
    fn read(&self) -> Result<Option<Zeroizing<Vec<u8>>>, ClientError>;

    /// Reads with the lock; may put damage out of the way.
    ///
    /// # Errors
    /// As [`SessionVault::read`].
    fn read_locked(&self, lock: &VaultLock) -> Result<Loaded, ClientError> {
        let _held = lock;
        Ok(Loaded {
            content: self.read()?,
            set_aside: None,
        })
    }

    /// Makes new bytes durable.
    ///
    /// # Errors
    /// [`ClientError::VaultNotWritten`]; the old bytes are then still there.
    fn write(&self, lock: &VaultLock, content: &[u8]) -> Result<(), ClientError>;

    /// What was written last did its work; the version before it is not needed any more.
    ///
    /// # Errors
    /// [`ClientError::VaultNotWritten`].
    fn prove(&self, lock: &VaultLock) -> Result<(), ClientError>;

    /// Removes every readable version.
    ///
    /// # Errors
    /// [`ClientError::VaultNotWritten`].
    fn erase(&self, lock: &VaultLock) -> Result<(), ClientError>;

    /// Puts something that cannot be opened out of the way, so that a new sign-in can be saved.
    ///
    /// # Errors
    /// [`ClientError::VaultNotWritten`].
    fn set_aside(&self, lock: &VaultLock) -> Result<(), ClientError>;

    /// Puts back what was set aside last, because nothing could be written in its place: what is missing would mean that
    /// somebody signed out. A vault where nothing ever goes missing need not do anything.
    ///
    /// # Errors
    /// [`ClientError::VaultNotWritten`].
    fn put_back(&self, lock: &VaultLock) -> Result<(), ClientError> {
        let _held = lock;
        Ok(())
    }

    /// Tells two versions apart without reading them; nothing when there is none. Asked every two seconds.
    fn mark(&self) -> Option<VaultMark>;
}

/// The right to change a vault, held until dropped.
pub struct VaultLock {
    _guard: Box<dyn Send + Sync>,
}

impl VaultLock {
    /// Wraps whatever holds the lock while it lives.
    #[must_use]
    pub fn new(guard: impl Send + Sync + 'static) -> Self {
        Self {
            _guard: Box::new(guard),
        }
    }
}

impl fmt::Debug for VaultLock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VaultLock")
    }
}

/// Tells two versions of a vault apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VaultMark {
    modified: Option<SystemTime>,
    numbers: [u64; 2],
}

impl VaultMark {
    /// The mark of a vault that counts its versions.
    #[must_use]
    pub fn of_version(number: u64) -> Self {
        Self {
            modified: None,
            numbers: [number, 0],
        }
    }

    /// The mark of a file: its time, length and number.
    #[must_use]
    pub fn of_file(path: &Path) -> Option<Self> {
        let meta = std::fs::metadata(path).ok()?;
        #[cfg(unix)]
        let number = std::os::unix::fs::MetadataExt::ino(&meta);
        #[cfg(not(unix))]
        let number = 0;
        Some(Self {
            modified: meta.modified().ok(),
            numbers: [meta.len(), number],
        })
    }
}
