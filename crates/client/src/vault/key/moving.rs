//! Moving the key from one place to another. Sealed sessions stay as they are, because the key stays the same.

use std::fs::OpenOptions;
use std::path::PathBuf;

use evertill_wire::Passphrase;

use super::super::file::remove_if_there;
use super::{KEYRING_ENTRY, KeyChoice, KeyId, Keys, VaultKey, locked, private, write_atomically};
use crate::error::ClientError;

/// A place for the key.
#[derive(Debug, Clone)]
pub enum KeyPlace {
    /// The system keyring.
    Keyring,
    /// An open file of the data directory.
    File,
    /// A file of the data directory that this passphrase locks.
    Locked(Passphrase),
}

/// What moving the key came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyMove {
    /// It is in its new place and no longer in the old one.
    Moved,
    /// It is in its new place; the keyring keeps its copy, which other data directories of the account may use.
    CopiedFromKeyring,
    /// There is no key yet; the first sign-in makes one.
    NothingToMove,
}

/// Where keys were found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) file: Option<Result<KeyId, ClientError>>,
    pub(crate) locked: Option<Result<KeyId, ClientError>>,
    pub(crate) keyring: Option<KeyId>,
}

impl Keys {
    /// Looks into every place, for those who only want to know.
    pub(crate) fn survey(&self) -> Found {
        let id = |key: VaultKey| key.id();
        Found {
            file: self.in_file().map(|key| key.map(id)).transpose(),
            locked: self.in_locked_file().map(|key| key.map(id)).transpose(),
            keyring: self.in_keyring().flatten().map(id),
        }
    }

    /// Moves the key. It is read back from its new place before the old one is cleared.
    ///
    /// # Errors
    /// [`ClientError::KeyringTaken`] when the keyring holds the key of another data directory,
    /// [`ClientError::PlaceContradicted`] when `EVERTILL_VAULT_KEY` would not look there, [`ClientError::NoKeyring`], the
    /// errors of reading the key, and [`ClientError::VaultNotWritten`].
    pub(crate) fn move_to(&self, place: &KeyPlace) -> Result<KeyMove, ClientError> {
        self.check_choice(place)?;
        let path = self.directory.join("vault").join("key.lock");
        let unusable = |source| ClientError::VaultKeyNotUsable {
            path: path.clone(),
            source,
        };
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        let lock = private(&mut options).open(&path).map_err(unusable)?;
        lock.lock().map_err(unusable)?;
        let in_files = match self.in_file()? {
            Some(key) => Some(key),
            None => self.in_locked_file()?,
        };
        let is_from_keyring = in_files.is_none();
        let Some(key) = in_files.or_else(|| self.in_keyring().flatten()) else {
            return Ok(KeyMove::NothingToMove);
        };
        match place {
            KeyPlace::Keyring => {
                self.keep_in_keyring(&key)?;
                self.clear(self.key_path())?;
                self.clear(self.locked_path())?;
                return Ok(KeyMove::Moved);
            }
            KeyPlace::File => {
                let path = self.key_path();
                write_atomically(&path, key.to_text().as_bytes())
                    .map_err(|source| ClientError::VaultNotWritten { path, source })?;
                self.prove(&key, self.in_file()?)?;
                self.clear(self.locked_path())?;
            }
            KeyPlace::Locked(passphrase) => {
                self.lock_away(&key, passphrase)?;
                let path = self.locked_path();
                let written = std::fs::read(&path).map_err(|source| ClientError::VaultKeyNotUsable {
                    path: path.clone(),
                    source,
                })?;
                self.prove(&key, Some(locked::open(&written, passphrase, &path)?))?;
                self.clear(self.key_path())?;
            }
        }
        Ok(if is_from_keyring {
            KeyMove::CopiedFromKeyring
        } else {
            KeyMove::Moved
        })
    }

    /// What the environment says wins when a key is looked for, so a move must not go against it.
    fn check_choice(&self, place: &KeyPlace) -> Result<(), ClientError> {
        let is_fine = match self.choice {
            KeyChoice::Auto => true,
            KeyChoice::File => !matches!(place, KeyPlace::Keyring),
            KeyChoice::Keyring => matches!(place, KeyPlace::Keyring),
            KeyChoice::Passphrase => matches!(place, KeyPlace::Locked(_)),
        };
        is_fine.then_some(()).ok_or(ClientError::PlaceContradicted)
    }

    fn keep_in_keyring(&self, key: &VaultKey) -> Result<(), ClientError> {
        let held = self.keyring.text().ok_or(ClientError::NoKeyring)?;
        if let Some(held) = held {
            // Whatever else stands there opens the sessions of another data directory.
            let is_ours = VaultKey::from_text(&held).is_some_and(|held| held == *key);
            return is_ours
                .then_some(())
                .ok_or(ClientError::KeyringTaken { entry: KEYRING_ENTRY });
        }
        if !self.keyring.keep(&key.to_text()) {
            return Err(ClientError::NoKeyring);
        }
        let back = self.keyring.text().flatten();
        self.prove(key, back.and_then(|text| VaultKey::from_text(&text)))
    }

    fn prove(&self, key: &VaultKey, back: Option<VaultKey>) -> Result<(), ClientError> {
        let is_same = back.is_some_and(|back| back == *key);
        is_same.then_some(()).ok_or_else(|| ClientError::VaultKeyDamaged {
            path: self.key_path(),
        })
    }

    fn clear(&self, path: PathBuf) -> Result<(), ClientError> {
        remove_if_there(&path).map_err(|source| ClientError::VaultNotWritten { path, source })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::tests::{FakeKeyring, home};
    use super::*;

    fn keys(dir: &tempfile::TempDir, choice: KeyChoice, ring: &Arc<FakeKeyring>) -> Keys {
        Keys::with_keyring(dir.path(), choice, ring.clone())
    }

    fn words(text: &str) -> KeyPlace {
        KeyPlace::Locked(Passphrase::new(text))
    }

    fn names(dir: &tempfile::TempDir) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(dir.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.starts_with("vault.key"))
            .collect();
        names.sort();
        names
    }

    #[test]
    fn the_key_stays_the_same_wherever_it_moves() {
        let (dir, ring) = (home(), Arc::new(FakeKeyring::default()));
        let key = Keys::with_keyring(dir.path(), KeyChoice::File, ring.clone())
            .to_write_with()
            .unwrap();
        assert_eq!(
            keys(&dir, KeyChoice::Auto, &ring)
                .move_to(&KeyPlace::Keyring)
                .unwrap(),
            KeyMove::Moved
        );
        assert!(names(&dir).is_empty());
        assert_eq!(
            keys(&dir, KeyChoice::Auto, &ring).find(key.id()).unwrap(),
            Some(key.clone())
        );
        assert_eq!(
            keys(&dir, KeyChoice::Auto, &ring)
                .move_to(&KeyPlace::File)
                .unwrap(),
            KeyMove::CopiedFromKeyring
        );
        assert_eq!(names(&dir), ["vault.key"]);
        assert_eq!(
            keys(&dir, KeyChoice::File, &ring).find(key.id()).unwrap(),
            Some(key.clone())
        );
        assert_eq!(
            keys(&dir, KeyChoice::File, &ring)
                .move_to(&words("three good words"))
                .unwrap(),
            KeyMove::Moved
        );
        assert_eq!(names(&dir), ["vault.key.locked"]);
        let locked = std::fs::read(dir.path().join("vault.key.locked")).unwrap();
        let path = dir.path().join("x");
        assert_eq!(
            locked::open(&locked, &Passphrase::new("three good words"), &path).unwrap(),
            key
        );
        assert!(locked::open(&locked, &Passphrase::new("three bad words"), &path).is_err());
    }

    #[test]
    fn a_keyring_that_holds_the_key_of_another_directory_is_left_alone() {
        let (one, two, ring) = (home(), home(), Arc::new(FakeKeyring::default()));
        keys(&one, KeyChoice::File, &ring).to_write_with().unwrap();
        let theirs = keys(&two, KeyChoice::Auto, &ring).to_write_with().unwrap();
        let refused = keys(&one, KeyChoice::Auto, &ring).move_to(&KeyPlace::Keyring);
        assert!(matches!(refused, Err(ClientError::KeyringTaken { .. })));
        assert_eq!(names(&one), ["vault.key"]);
        assert_eq!(
            keys(&two, KeyChoice::Auto, &ring).find(theirs.id()).unwrap(),
            Some(theirs)
        );
    }

    #[test]
    fn a_move_against_the_environment_is_refused_and_without_a_key_does_nothing() {
        let (dir, ring) = (home(), Arc::new(FakeKeyring::default()));
        for (choice, place) in [
            (KeyChoice::File, KeyPlace::Keyring),
            (KeyChoice::Keyring, KeyPlace::File),
            (KeyChoice::Passphrase, KeyPlace::File),
        ] {
            let refused = keys(&dir, choice, &ring).move_to(&place);
            assert!(
                matches!(refused, Err(ClientError::PlaceContradicted)),
                "{choice:?}"
            );
        }
        let nothing = keys(&dir, KeyChoice::Auto, &ring)
            .move_to(&KeyPlace::File)
            .unwrap();
        assert_eq!(nothing, KeyMove::NothingToMove);
        assert!(names(&dir).is_empty());
    }

    #[test]
    fn a_process_that_has_the_key_goes_on_after_it_was_locked_and_a_new_one_says_it_is() {
        let (dir, ring) = (home(), Arc::new(FakeKeyring::default()));
        let running = keys(&dir, KeyChoice::File, &ring);
        let key = running.to_write_with().unwrap();
        assert!(running.find(key.id()).unwrap().is_some());
        keys(&dir, KeyChoice::File, &ring)
            .move_to(&words("three good words"))
            .unwrap();
        assert_eq!(running.find(key.id()).unwrap(), Some(key.clone()));
        let fresh = keys(&dir, KeyChoice::File, &ring);
        let locked = fresh.find(key.id()).unwrap_err();
        assert!(matches!(locked, ClientError::VaultLocked { .. }), "{locked}");
        assert!(matches!(
            fresh.to_write_with(),
            Err(ClientError::VaultLocked { .. })
        ));
    }
}
