//! Where a session is kept: behind [`SessionVault`], by default one sealed file per session, which survives power cuts, half-written disks and other processes.
//!
//! A write keeps the version before it as `.prev` until the new one has [proved](Vault::prove) itself: a store that
//! rotates its tokens may have answered with a token that turns out not to work. A file that does not open is set
//! aside under a new name, never deleted; one from a newer version is left exactly where it is.
//!
//! **Invariant:** *only the holder of the lock changes anything; everybody may read.*

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use evertill_session::{Record, Renewed, Stamp};
use zeroize::Zeroizing;

use crate::address::StoreAddress;
use crate::error::ClientError;
use crate::home::Home;
use crate::session_name::SessionName;

pub mod carrying;
pub(crate) mod contents;
pub(crate) mod file;
pub mod inventory;
pub(crate) mod key;
mod lock;
mod safe;
pub(crate) mod seal;
mod seam;

pub use key::{KeyChoice, KeyMove, KeyPlace, unlock_with};
pub use seam::{SessionVault, VaultLock, VaultMark};

pub(crate) use safe::Safe;

use contents::Contents;
use file::{Step, read_if_there, remove_if_there, sweep_leftovers, write_in_steps};
use key::Keys;
use seal::Opened;

/// Most files set aside for one store; after that the oldest names are all taken and the file stays where it is.
const SET_ASIDE_MAX: u32 = 1000;

/// The sealed file of one store.
#[derive(Debug, Clone)]
pub struct Vault {
    path: PathBuf,
    name: String,
    keys: Keys,
}

/// What a vault held.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Loaded {
    /// The content; nothing when there is none.
    pub content: Option<Zeroizing<Vec<u8>>>,
    /// Where a damaged file was put, when the version before it had to stand in.
    pub set_aside: Option<PathBuf>,
}

impl Vault {
    /// The vault of a store's usual session. Nothing is read or written yet.
    #[must_use]
    pub fn new(home: &Home, store: &StoreAddress, choice: KeyChoice) -> Self {
        Self::of_session(home, store, &SessionName::default(), choice)
    }

    /// The vault of one of a store's sessions. Nothing is read or written yet.
    #[must_use]
    pub fn of_session(home: &Home, store: &StoreAddress, session: &SessionName, choice: KeyChoice) -> Self {
        let name = format!("{}.sealed", session.stem(store));
        Self {
            path: home.vault_dir().join(&name),
            name,
            keys: Keys::new(home.path(), choice),
        }
    }

    /// Moves the key of every vault of a data directory to another place.
    ///
    /// # Errors
    /// [`ClientError::KeyringTaken`], [`ClientError::PlaceContradicted`], [`ClientError::NoKeyring`], the errors of reading
    /// the key, and [`ClientError::VaultNotWritten`].
    pub fn move_key(home: &Home, choice: KeyChoice, place: &KeyPlace) -> Result<KeyMove, ClientError> {
        Keys::new(home.path(), choice).move_to(place)
    }

    /// Whether the key of a data directory is locked, so that somebody has to be asked for the passphrase.
    #[must_use]
    pub fn is_locked(home: &Path) -> bool {
        Keys::new(home, KeyChoice::File).locked_path().exists()
    }

    /// The session that is kept, for those who look and change nothing.
    ///
    /// # Errors
    /// As [`Vault::read`].
    pub fn record(&self) -> Result<Option<Record>, ClientError> {
        Ok(self.contents()?.record)
    }

    /// Everything that is kept, for those who look and change nothing.
    pub(crate) fn contents(&self) -> Result<Contents, ClientError> {
        Safe::new(Arc::new(self.clone())).contents()
    }

    /// Takes the right to change the vault when nobody has it.
    ///
    /// # Errors
    /// [`ClientError::VaultNotRead`] when the system cannot lock.
    pub fn try_lock(&self) -> Result<Option<VaultLock>, ClientError> {
        lock::try_acquire(&self.beside("lock"))
    }

    /// Whether somebody holds the right to change the vault at this moment. Nothing is made where there is no lock yet; a
    /// look in passing costs whoever wants the lock meanwhile ten milliseconds.
    ///
    /// # Errors
    /// [`ClientError::VaultNotRead`] when locks do not work here.
    pub fn is_held(&self) -> Result<bool, ClientError> {
        lock::is_held(&self.beside("lock"))
    }

    /// Writes down what a renewal brought that somebody asked for on behalf of this vault. The refresh token on the disk
    /// has just been taken by the store, so that version has proved itself.
    ///
    /// # Errors
    /// The errors of reading and [`ClientError::VaultNotWritten`].
    pub fn keep_renewed(
        &self,
        lock: &VaultLock,
        renewed: &Renewed,
        received: Stamp,
    ) -> Result<(), ClientError> {
        let safe = Safe::new(Arc::new(self.clone()));
        safe.prove(lock)?;
        safe.change(lock, |contents| {
            if let Some(record) = &mut contents.record {
                record.grant = record.grant.renewed(renewed, received);
            }
        })
    }

    /// Reads without the lock: the newest version that opens. Changes nothing.
    ///
    /// # Errors
    /// [`ClientError::VaultDamaged`] when no version opens, [`ClientError::VaultTooNew`],
    /// [`ClientError::VaultKeyMissing`], [`ClientError::VaultNotRead`].
    pub fn read(&self) -> Result<Option<Zeroizing<Vec<u8>>>, ClientError> {
        match self.open_file(&self.path)? {
            Found::Content(content) => Ok(Some(content)),
            Found::Nothing => self.previous(),
            Found::Damaged => match self.previous()? {
                Some(content) => Ok(Some(content)),
                None => Err(ClientError::VaultDamaged {
                    path: self.path.clone(),
                }),
            },
        }
    }

    /// Reads with the lock: like [`Vault::read`], and sets a damaged file aside.
    ///
    /// # Errors
    /// As [`Vault::read`].
    pub fn read_locked(&self, _lock: &VaultLock) -> Result<Loaded, ClientError> {
        sweep_leftovers(&self.path);
        match self.open_file(&self.path)? {
            Found::Content(content) => Ok(Loaded {
                content: Some(content),
                set_aside: None,
            }),
            Found::Nothing => Ok(Loaded {
                content: self.previous()?,
                set_aside: None,
            }),
            Found::Damaged => {
                let set_aside = set_aside(&self.path)?;
                match self.previous()? {
                    Some(content) => Ok(Loaded {
                        content: Some(content),
                        set_aside: Some(set_aside),
                    }),
                    None => Err(ClientError::VaultDamaged { path: set_aside }),
                }
            }
        }
    }

    /// Makes new content durable. The version before it stays as `.prev` until [`Vault::prove`].
    ///
    /// # Errors
    /// [`ClientError::VaultNotWritten`] when the disk does not take it; the old content is then still there.
    pub fn write(&self, lock: &VaultLock, content: &[u8]) -> Result<(), ClientError> {
        self.write_with_looks(lock, content, &mut |_| Ok(()))
    }

    /// The content written last did its work: the version before it is not needed any more.
    ///
    /// # Errors
    /// [`ClientError::VaultNotWritten`] when the file cannot be removed.
    pub fn prove(&self, _lock: &VaultLock) -> Result<(), ClientError> {
        if matches!(self.open_file(&self.path), Ok(Found::Damaged)) {
            // It did its work and is ruined since: the version before it is all there is.
            return Ok(());
        }
        self.forget_previous()
    }

    fn forget_previous(&self) -> Result<(), ClientError> {
        let path = self.beside("prev");
        remove_if_there(&path).map_err(|source| ClientError::VaultNotWritten { path, source })
    }

    /// Removes every readable version. Files set aside stay; they are sealed.
    ///
    /// # Errors
    /// [`ClientError::VaultNotWritten`] when a file cannot be removed.
    pub fn erase(&self, _lock: &VaultLock) -> Result<(), ClientError> {
        // The previous version goes first, so that a crash in between leaves the newer one and never revives it.
        self.forget_previous()?;
        sweep_leftovers(&self.path);
        remove_if_there(&self.path).map_err(|source| ClientError::VaultNotWritten {
            path: self.path.clone(),
            source,
        })
    }

    /// Puts a file that cannot be opened out of the way, so that a new sign-in can be saved.
    ///
    /// # Errors
    /// [`ClientError::VaultNotWritten`] when it cannot be renamed.
    pub fn set_aside(&self, _lock: &VaultLock) -> Result<Option<PathBuf>, ClientError> {
        if self.path.exists() {
            set_aside(&self.path).map(Some)
        } else {
            Ok(None)
        }
    }

    fn write_with_looks(
        &self,
        _lock: &VaultLock,
        content: &[u8],
        look: &mut dyn FnMut(Step) -> std::io::Result<()>,
    ) -> Result<(), ClientError> {
        let failed = |path: &Path| {
            let path = path.to_path_buf();
            move |source| ClientError::VaultNotWritten { path, source }
        };
        let existing = read_if_there(&self.path).map_err(|source| ClientError::VaultNotRead {
            path: self.path.clone(),
            source,
        })?;
        let key = match existing.as_deref().and_then(seal::key_id) {
            Some(id) => self.keys.find(id)?.ok_or_else(|| ClientError::VaultKeyMissing {
                path: self.path.clone(),
            })?,
            None => self.keys.to_write_with()?,
        };
        let sealed = seal::seal(&key, &self.name, content)?;
        let previous = self.beside("prev");
        if let Some(existing) = existing
            && !previous.exists()
        {
            write_in_steps(&previous, &existing, look).map_err(failed(&previous))?;
        }
        write_in_steps(&self.path, &sealed, look).map_err(failed(&self.path))
    }

    fn previous(&self) -> Result<Option<Zeroizing<Vec<u8>>>, ClientError> {
        match self.open_file(&self.beside("prev"))? {
            Found::Content(content) => Ok(Some(content)),
            Found::Nothing | Found::Damaged => Ok(None),
        }
    }

    fn open_file(&self, path: &Path) -> Result<Found, ClientError> {
        let sealed = read_if_there(path).map_err(|source| ClientError::VaultNotRead {
            path: path.to_path_buf(),
            source,
        })?;
        let Some(sealed) = sealed else {
            return Ok(Found::Nothing);
        };
        match seal::open(&sealed, &self.name, |id| self.keys.find(id))? {
            Opened::Content(content) => Ok(Found::Content(content)),
            Opened::Damaged => Ok(Found::Damaged),
            Opened::TooNew(format) => Err(ClientError::VaultTooNew {
                path: path.to_path_buf(),
                format,
            }),
            Opened::KeyMissing => Err(ClientError::VaultKeyMissing {
                path: path.to_path_buf(),
            }),
        }
    }

    fn beside(&self, ending: &str) -> PathBuf {
        self.path.with_file_name(format!("{}.{ending}", self.name))
    }
}

impl SessionVault for Vault {
    fn place(&self) -> &Path {
        &self.path
    }

    fn try_lock(&self) -> Result<Option<VaultLock>, ClientError> {
        Self::try_lock(self)
    }

    fn read(&self) -> Result<Option<Zeroizing<Vec<u8>>>, ClientError> {
        Self::read(self)
    }

    fn read_locked(&self, lock: &VaultLock) -> Result<Loaded, ClientError> {
        Self::read_locked(self, lock)
    }

    fn write(&self, lock: &VaultLock, content: &[u8]) -> Result<(), ClientError> {
        Self::write(self, lock, content)
    }

    fn prove(&self, lock: &VaultLock) -> Result<(), ClientError> {
        Self::prove(self, lock)
    }

    fn erase(&self, lock: &VaultLock) -> Result<(), ClientError> {
        Self::erase(self, lock)
    }

    fn set_aside(&self, lock: &VaultLock) -> Result<(), ClientError> {
        Self::set_aside(self, lock).map(drop)
    }

    fn put_back(&self, _lock: &VaultLock) -> Result<(), ClientError> {
        let last = names(&self.path, "damaged")
            .take_while(|path| path.exists())
            .last();
        match last.filter(|_| !self.path.exists()) {
            Some(last) => fs::rename(last, &self.path).map_err(|source| ClientError::VaultNotWritten {
                path: self.path.clone(),
                source,
            }),
            None => Ok(()),
        }
    }

    fn mark(&self) -> Option<VaultMark> {
        VaultMark::of_file(&self.path)
    }
}

enum Found {
    Content(Zeroizing<Vec<u8>>),
    Nothing,
    Damaged,
}

/// Renames a file to the first free `.damaged-N`.
fn set_aside(path: &Path) -> Result<PathBuf, ClientError> {
    let target = free_name(path, "damaged");
    fs::rename(path, &target).map_err(|source| ClientError::VaultNotWritten {
        path: target.clone(),
        source,
    })?;
    Ok(target)
}

/// The first free `NAME.ENDING-N`; the name itself when all are taken.
fn free_name(path: &Path, ending: &str) -> PathBuf {
    names(path, ending)
        .find(|candidate| !candidate.exists())
        .unwrap_or_else(|| path.to_path_buf())
}

/// `NAME.ENDING-1`, `NAME.ENDING-2` and so on.
fn names(path: &Path, ending: &str) -> impl Iterator<Item = PathBuf> + use<> {
    let name = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let (path, ending) = (path.to_path_buf(), ending.to_owned());
    (1..=SET_ASIDE_MAX).map(move |number| path.with_file_name(format!("{name}.{ending}-{number}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vault(dir: &tempfile::TempDir) -> Vault {
        let home = Home::open(dir.path()).unwrap();
        Vault::new(
            &home,
            &StoreAddress::parse("shop.example").unwrap(),
            KeyChoice::File,
        )
    }

    fn text(content: Option<Zeroizing<Vec<u8>>>) -> Option<String> {
        content.map(|bytes| String::from_utf8(bytes.to_vec()).unwrap())
    }

    fn locked(vault: &Vault) -> VaultLock {
        vault.try_lock().unwrap().unwrap()
    }

    #[test]
    fn an_empty_vault_holds_nothing_and_a_written_one_what_was_written() {
        let dir = tempfile::tempdir().unwrap();
        let vault = vault(&dir);
        assert_eq!(vault.read().unwrap(), None);
        let lock = locked(&vault);
        vault.write(&lock, b"one").unwrap();
        assert_eq!(text(vault.read().unwrap()).as_deref(), Some("one"));
        assert_eq!(
            text(vault.read_locked(&lock).unwrap().content).as_deref(),
            Some("one")
        );
        vault.write(&lock, b"two").unwrap();
        vault.erase(&lock).unwrap();
        assert_eq!(vault.read().unwrap(), None, "the version before is gone as well");
    }

    #[test]
    fn a_file_torn_at_any_byte_gives_way_to_the_version_before_and_is_kept() {
        let dir = tempfile::tempdir().unwrap();
        let vault = vault(&dir);
        let lock = locked(&vault);
        vault.write(&lock, b"one").unwrap();
        vault.write(&lock, b"two").unwrap();
        let whole = fs::read(&vault.path).unwrap();
        for length in 0..whole.len() {
            fs::write(&vault.path, &whole[..length]).unwrap();
            assert_eq!(
                text(vault.read().unwrap()).as_deref(),
                Some("one"),
                "torn at {length}"
            );
            let loaded = vault.read_locked(&lock).unwrap();
            assert_eq!(text(loaded.content).as_deref(), Some("one"));
            let aside = loaded.set_aside.unwrap();
            assert_eq!(fs::read(aside).unwrap(), &whole[..length]);
        }
    }

    #[test]
    fn a_damaged_file_without_a_version_before_is_set_aside_and_said_so() {
        let dir = tempfile::tempdir().unwrap();
        let vault = vault(&dir);
        let lock = locked(&vault);
        fs::write(&vault.path, b"rubbish").unwrap();
        assert_eq!(vault.read().unwrap_err().code().as_str(), "SY01006");
        let ClientError::VaultDamaged { path: set_aside } = vault.read_locked(&lock).unwrap_err() else {
            panic!("expected damage");
        };
        assert_eq!(fs::read(&set_aside).unwrap(), b"rubbish");
        assert_eq!(vault.read_locked(&lock).unwrap(), Loaded::default());
        vault.write(&lock, b"one").unwrap();
        assert_eq!(text(vault.read().unwrap()).as_deref(), Some("one"));
    }

    #[test]
    fn what_was_put_out_of_the_way_for_nothing_goes_back() {
        let dir = tempfile::tempdir().unwrap();
        let vault = vault(&dir);
        let lock = locked(&vault);
        for rubbish in [b"one", b"two"] {
            fs::write(&vault.path, rubbish).unwrap();
            vault.set_aside(&lock).unwrap();
        }
        SessionVault::put_back(&vault, &lock).unwrap();
        assert_eq!(fs::read(&vault.path).unwrap(), b"two");
        SessionVault::put_back(&vault, &lock).unwrap();
        assert_eq!(fs::read(&vault.path).unwrap(), b"two", "nothing is written over");
    }

    #[test]
    fn a_file_from_a_newer_version_is_refused_and_left_as_it_is() {
        let dir = tempfile::tempdir().unwrap();
        let vault = vault(&dir);
        let lock = locked(&vault);
        vault.write(&lock, b"one").unwrap();
        let mut newer = b"EVTV\x07".to_vec();
        let digest = <sha2::Sha256 as sha2::Digest>::digest(&newer);
        newer.extend_from_slice(&digest[..3]);
        newer.extend_from_slice(&[9; 60]);
        fs::write(&vault.path, &newer).unwrap();
        assert_eq!(vault.read_locked(&lock).unwrap_err().code().as_str(), "SY01007");
        assert_eq!(fs::read(&vault.path).unwrap(), newer);
    }

    #[test]
    fn a_missing_key_is_named_and_the_file_left_as_it_is() {
        let dir = tempfile::tempdir().unwrap();
        let vault = vault(&dir);
        let lock = locked(&vault);
        vault.write(&lock, b"one").unwrap();
        let sealed = fs::read(&vault.path).unwrap();
        fs::remove_file(dir.path().join("vault.key")).unwrap();
        assert_eq!(vault.read_locked(&lock).unwrap_err().code().as_str(), "SY01008");
        assert_eq!(vault.write(&lock, b"two").unwrap_err().code().as_str(), "SY01008");
        assert_eq!(fs::read(&vault.path).unwrap(), sealed);
    }

    #[test]
    fn a_crash_between_any_two_steps_leaves_the_old_content_or_the_new() {
        for steps in 0..8 {
            let dir = tempfile::tempdir().unwrap();
            let vault = vault(&dir);
            let lock = locked(&vault);
            vault.write(&lock, b"old").unwrap();
            let mut left = steps;
            let ended = vault.write_with_looks(&lock, b"new", &mut |_| {
                left -= 1;
                if left < 0 {
                    Err(std::io::Error::other("power cut"))
                } else {
                    Ok(())
                }
            });
            let found = text(vault.read_locked(&lock).unwrap().content).unwrap();
            assert!(
                found == "old" || (found == "new" && steps >= 6),
                "after {steps} steps: {found}"
            );
            assert_eq!(ended.is_ok(), steps >= 8);
        }
    }

    #[test]
    fn the_proved_version_is_kept_until_its_successor_is_proved_too() {
        let dir = tempfile::tempdir().unwrap();
        let vault = vault(&dir);
        let lock = locked(&vault);
        for content in [b"one", b"two", b"six"] {
            vault.write(&lock, content).unwrap();
        }
        fs::write(&vault.path, b"").unwrap();
        assert_eq!(text(vault.read().unwrap()).as_deref(), Some("one"));
        vault.write(&lock, b"ten").unwrap();
        vault.prove(&lock).unwrap();
        assert_eq!(text(vault.read().unwrap()).as_deref(), Some("ten"));
        assert!(!vault.beside("prev").exists());
    }

    #[test]
    fn many_writers_take_turns_and_no_reader_sees_a_mixture() {
        let dir = tempfile::tempdir().unwrap();
        let vault = vault(&dir);
        vault.write(&locked(&vault), &[b'0'; 4000]).unwrap();
        std::thread::scope(|scope| {
            for letter in b'a'..b'e' {
                let vault = vault.clone();
                scope.spawn(move || {
                    let mut written = 0;
                    while written < 5 {
                        if let Some(lock) = vault.try_lock().unwrap() {
                            vault.write(&lock, &[letter; 4000]).unwrap();
                            vault.prove(&lock).unwrap();
                            written += 1;
                        }
                    }
                });
            }
            for _ in 0..50 {
                let content = vault.read().unwrap().unwrap();
                assert_eq!(content.len(), 4000);
                assert!(content.iter().all(|byte| *byte == content[0]));
            }
        });
    }
}
