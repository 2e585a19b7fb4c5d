//! The key that opens sealed files: in the system keyring where one answers, else in a file beside them, which a
//! passphrase may lock.

use std::fmt;
use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::file::{private, read_if_there, write_atomically};
use crate::error::ClientError;

mod locked;
mod moving;

pub use locked::unlock_with;
pub use moving::{KeyMove, KeyPlace};

/// How long the system keyring may take; one that asks a person is not one that answers.
const KEYRING_WAIT_MAX: Duration = Duration::from_secs(2);

const KEYRING_SERVICE: &str = "evertill";
const KEYRING_ENTRY: &str = "vault key";
const KEY_FILE: &str = "vault.key";

/// Where the key of the sealed files lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum KeyChoice {
    /// In the system keyring where one answers, else in a file.
    #[default]
    Auto,
    /// In a file of the data directory.
    File,
    /// In the system keyring, or nowhere.
    Keyring,
    /// In a file of the data directory that a passphrase locks.
    Passphrase,
}

impl KeyChoice {
    /// Reads the value of `EVERTILL_VAULT_KEY`.
    ///
    /// # Errors
    /// [`ClientError::KeyChoice`] for a value that is not `auto`, `file`, `keyring` or `passphrase`.
    pub fn parse(text: &str) -> Result<Self, ClientError> {
        match text.trim().to_ascii_lowercase().as_str() {
            "" | "auto" => Ok(Self::Auto),
            "file" => Ok(Self::File),
            "keyring" => Ok(Self::Keyring),
            "passphrase" => Ok(Self::Passphrase),
            _ => Err(ClientError::KeyChoice {
                given: text.chars().take(40).collect(),
            }),
        }
    }

    /// What the environment says, `auto` when it says nothing.
    ///
    /// # Errors
    /// As [`KeyChoice::parse`].
    pub fn from_env() -> Result<Self, ClientError> {
        Self::parse(&std::env::var(evertill_wire::env::VAULT_KEY).unwrap_or_default())
    }
}

/// Names a key without telling it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct KeyId(pub(crate) [u8; 8]);

/// The key itself.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct VaultKey {
    bytes: Zeroizing<[u8; 32]>,
}

impl VaultKey {
    #[cfg(any(test, feature = "foreign"))]
    pub(crate) fn from_bytes(bytes: [u8; 32]) -> Self {
        Self {
            bytes: Zeroizing::new(bytes),
        }
    }

    fn draw() -> Result<Self, ClientError> {
        let mut bytes = Zeroizing::new([0; 32]);
        getrandom::fill(bytes.as_mut()).map_err(ClientError::NoRandom)?;
        Ok(Self { bytes })
    }

    pub(crate) fn id(&self) -> KeyId {
        let digest = Sha256::new()
            .chain_update(b"evertill vault key id\0")
            .chain_update(*self.bytes)
            .finalize();
        let mut id = [0; 8];
        id.copy_from_slice(&digest[..8]);
        KeyId(id)
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.bytes
    }

    pub(crate) fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(URL_SAFE_NO_PAD.encode(*self.bytes))
    }

    pub(crate) fn from_text(text: &str) -> Option<Self> {
        let decoded = Zeroizing::new(URL_SAFE_NO_PAD.decode(text.trim()).ok()?);
        let mut bytes = Zeroizing::new([0; 32]);
        if decoded.len() != bytes.len() {
            return None;
        }
        bytes.copy_from_slice(&decoded);
        Some(Self { bytes })
    }
}

impl fmt::Debug for VaultKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VaultKey(****)")
    }
}

/// A place outside the data directory that keeps one short text for this account.
pub(crate) trait Keyring: Send + Sync + fmt::Debug {
    /// The text; nothing inside `Some` when there is none yet; `None` when nobody answers.
    fn text(&self) -> Option<Option<Zeroizing<String>>>;
    /// Keeps a text; tells whether it was kept.
    fn keep(&self, text: &str) -> bool;
}

/// The keyring of the system: Secret Service, Keychain, Credential Manager.
#[derive(Debug)]
struct SystemKeyring;

impl Keyring for SystemKeyring {
    fn text(&self) -> Option<Option<Zeroizing<String>>> {
        within_limit(|| {
            let entry = keyring::Entry::new(KEYRING_SERVICE, KEYRING_ENTRY).ok()?;
            match entry.get_password() {
                Ok(text) => Some(Some(Zeroizing::new(text))),
                Err(keyring::Error::NoEntry) => Some(None),
                Err(_) => None,
            }
        })?
    }

    fn keep(&self, text: &str) -> bool {
        let text = Zeroizing::new(text.to_owned());
        within_limit(move || {
            keyring::Entry::new(KEYRING_SERVICE, KEYRING_ENTRY)
                .is_ok_and(|entry| entry.set_password(&text).is_ok())
        })
        .unwrap_or(false)
    }
}

/// Runs a call into the system on a thread of its own and gives up on it after a while. A call that never comes back
/// keeps its thread; it is made at most twice in a process.
fn within_limit<T: Send + 'static>(call: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    // Without a session bus there is no Secret Service, and asking would start one on some systems.
    if cfg!(all(unix, not(target_os = "macos"))) && std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_none() {
        return None;
    }
    let (sender, receiver) = mpsc::channel();
    std::thread::Builder::new()
        .name("evertill-keyring".into())
        .spawn(move || {
            // Nobody may be waiting any more.
            let _ = sender.send(call());
        })
        .ok()?;
    receiver.recv_timeout(KEYRING_WAIT_MAX).ok()
}

/// Finds and makes keys for one data directory.
#[derive(Debug, Clone)]
pub(crate) struct Keys {
    directory: PathBuf,
    choice: KeyChoice,
    keyring: Arc<dyn Keyring>,
    from_keyring: Arc<OnceLock<Option<Option<VaultKey>>>>,
    /// The key found last: a process that has it goes on when the key moves, and a passphrase is asked for once.
    known: Arc<Mutex<Option<VaultKey>>>,
}

impl Keys {
    /// Keys of a data directory, with the system's keyring.
    pub(crate) fn new(directory: &Path, choice: KeyChoice) -> Self {
        Self::with_keyring(directory, choice, Arc::new(SystemKeyring))
    }

    fn with_keyring(directory: &Path, choice: KeyChoice, keyring: Arc<dyn Keyring>) -> Self {
        Self {
            directory: directory.to_path_buf(),
            choice,
            keyring,
            from_keyring: Arc::new(OnceLock::new()),
            known: Arc::default(),
        }
    }

    /// The key of this id, wherever it is.
    pub(crate) fn find(&self, id: KeyId) -> Result<Option<VaultKey>, ClientError> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if known.as_ref().is_some_and(|key| key.id() == id) {
            return Ok(known);
        }
        let found = self.look_for(id)?;
        if found.is_some() {
            self.known
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone_from(&found);
        }
        Ok(found)
    }

    fn look_for(&self, id: KeyId) -> Result<Option<VaultKey>, ClientError> {
        let is_it = |key: &VaultKey| key.id() == id;
        let mut damage = None;
        match self.in_file() {
            Ok(key) => {
                if let Some(key) = key.filter(is_it) {
                    return Ok(Some(key));
                }
            }
            Err(error @ ClientError::VaultKeyDamaged { .. }) => damage = Some(error),
            Err(error) => return Err(error),
        }
        match self.in_locked_file() {
            Ok(key) => {
                if let Some(key) = key.filter(is_it) {
                    return Ok(Some(key));
                }
            }
            // The keyring may have it all the same.
            Err(error) => damage = damage.or(Some(error)),
        }
        if self.choice != KeyChoice::File
            && let Some(key) = self.in_keyring().flatten().filter(is_it)
        {
            return Ok(Some(key));
        }
        damage.map_or(Ok(None), Err)
    }

    /// The key to seal new content with; made when there is none. A key file with something else in it is set aside.
    pub(crate) fn to_write_with(&self) -> Result<VaultKey, ClientError> {
        match self.existing() {
            Ok(Some(key)) => return Ok(key),
            Ok(None) | Err(ClientError::VaultKeyDamaged { .. }) => {}
            Err(error) => return Err(error),
        }
        let path = self.directory.join("vault").join("key.lock");
        let unusable = |source| ClientError::VaultKeyNotUsable {
            path: path.clone(),
            source,
        };
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        let lock = private(&mut options).open(&path).map_err(unusable)?;
        // Held for one small write, or for the two seconds a keyring may take.
        lock.lock().map_err(unusable)?;
        match self.existing() {
            Ok(Some(key)) => Ok(key),
            Ok(None) => self.make(),
            Err(ClientError::VaultKeyDamaged { path }) => {
                super::set_aside(&path)?;
                self.make()
            }
            Err(error) => Err(error),
        }
    }

    fn existing(&self) -> Result<Option<VaultKey>, ClientError> {
        if self.choice != KeyChoice::Keyring
            && let Some(key) = self.in_file()?
        {
            return Ok(Some(key));
        }
        if self.choice != KeyChoice::Keyring
            && let Some(key) = self.in_locked_file()?
        {
            return Ok(Some(key));
        }
        if matches!(self.choice, KeyChoice::File | KeyChoice::Passphrase) {
            return Ok(None);
        }
        match self.in_keyring() {
            Some(found) => Ok(found),
            None if self.choice == KeyChoice::Keyring => Err(ClientError::NoKeyring),
            None => Ok(None),
        }
    }

    fn make(&self) -> Result<VaultKey, ClientError> {
        let key = VaultKey::draw()?;
        if self.choice == KeyChoice::Passphrase {
            self.lock_away(&key, &locked::given(&self.locked_path())?)?;
            return Ok(key);
        }
        if self.choice != KeyChoice::File && self.in_keyring().is_some() {
            // Another process may have been faster where the lock of this directory does not reach.
            let text = self.keyring.text().flatten();
            if let Some(found) = text.and_then(|text| VaultKey::from_text(&text)) {
                return Ok(found);
            }
            if self.keyring.keep(&key.to_text()) {
                return Ok(key);
            }
        }
        if self.choice == KeyChoice::Keyring {
            return Err(ClientError::NoKeyring);
        }
        let path = self.key_path();
        write_atomically(&path, key.to_text().as_bytes())
            .map_err(|source| ClientError::VaultNotWritten { path, source })?;
        Ok(key)
    }

    fn in_file(&self) -> Result<Option<VaultKey>, ClientError> {
        let path = self.key_path();
        let read = read_if_there(&path).map_err(|source| ClientError::VaultKeyNotUsable {
            path: path.clone(),
            source,
        });
        let Some(bytes) = read? else {
            return Ok(None);
        };
        let bytes = Zeroizing::new(bytes);
        let text = std::str::from_utf8(&bytes).unwrap_or_default();
        let key = VaultKey::from_text(text);
        key.map(Some).ok_or(ClientError::VaultKeyDamaged { path })
    }

    /// What the keyring holds; asked once in the life of the process unless it was empty.
    fn in_keyring(&self) -> Option<Option<VaultKey>> {
        let asked = || Some(self.keyring.text()?.and_then(|text| VaultKey::from_text(&text)));
        match self.from_keyring.get_or_init(asked) {
            Some(None) => asked(),
            known => known.clone(),
        }
    }

    pub(crate) fn key_path(&self) -> PathBuf {
        self.directory.join(KEY_FILE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default)]
    pub(super) struct FakeKeyring {
        is_silent: bool,
        text: Mutex<Option<String>>,
    }

    impl Keyring for FakeKeyring {
        fn text(&self) -> Option<Option<Zeroizing<String>>> {
            let text = self.text.lock().unwrap().clone();
            (!self.is_silent).then(|| text.map(Zeroizing::new))
        }

        fn keep(&self, text: &str) -> bool {
            *self.text.lock().unwrap() = Some(text.to_owned());
            !self.is_silent
        }
    }

    pub(super) fn home() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("vault")).unwrap();
        dir
    }

    #[test]
    fn a_key_file_is_made_once_and_found_again() {
        let dir = home();
        let first = Keys::new(dir.path(), KeyChoice::File).to_write_with().unwrap();
        let keys = Keys::new(dir.path(), KeyChoice::File);
        assert_eq!(keys.to_write_with().unwrap(), first);
        assert_eq!(keys.find(first.id()).unwrap(), Some(first));
        assert_eq!(keys.find(KeyId([0; 8])).unwrap(), None);
    }

    #[test]
    fn a_keyring_that_answers_is_preferred_and_leaves_no_file() {
        let dir = home();
        let ring = Arc::new(FakeKeyring::default());
        let keys = Keys::with_keyring(dir.path(), KeyChoice::Auto, ring.clone());
        let key = keys.to_write_with().unwrap();
        assert!(ring.text.lock().unwrap().is_some());
        assert!(!dir.path().join(KEY_FILE).exists());
        assert_eq!(
            Keys::with_keyring(dir.path(), KeyChoice::Auto, ring)
                .find(key.id())
                .unwrap(),
            Some(key)
        );
    }

    #[test]
    fn a_silent_keyring_is_replaced_by_a_file_unless_it_was_demanded() {
        let dir = home();
        let ring = Arc::new(FakeKeyring {
            is_silent: true,
            ..FakeKeyring::default()
        });
        assert!(
            Keys::with_keyring(dir.path(), KeyChoice::Auto, ring.clone())
                .to_write_with()
                .is_ok()
        );
        assert!(dir.path().join(KEY_FILE).exists());
        let demanded = Keys::with_keyring(dir.path(), KeyChoice::Keyring, ring);
        assert_eq!(demanded.to_write_with().unwrap_err().code().as_str(), "SY01008");
    }

    #[test]
    fn a_damaged_key_file_is_named_when_read_and_set_aside_when_a_key_is_needed() {
        for damaged in ["", "hello", "AAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA!"] {
            let dir = home();
            std::fs::write(dir.path().join(KEY_FILE), damaged).unwrap();
            let keys = Keys::new(dir.path(), KeyChoice::File);
            let error = keys.find(KeyId([0; 8])).unwrap_err();
            assert_eq!(error.code().as_str(), "SY01008", "{damaged}");
            assert!(error.to_string().contains("key file"), "{error}");
            assert!(error.remedy().contains("vault.key"), "{}", error.remedy());
            assert_eq!(
                std::fs::read_to_string(dir.path().join(KEY_FILE)).unwrap(),
                damaged
            );
            let key = keys.to_write_with().unwrap();
            assert_eq!(keys.find(key.id()).unwrap(), Some(key));
            let aside = std::fs::read_to_string(dir.path().join("vault.key.damaged-1")).unwrap();
            assert_eq!(aside, damaged);
        }
    }

    #[test]
    fn many_at_once_agree_on_one_key() {
        let dir = home();
        let ids: Vec<KeyId> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8)
                .map(|_| {
                    scope.spawn(|| {
                        Keys::new(dir.path(), KeyChoice::File)
                            .to_write_with()
                            .unwrap()
                            .id()
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(ids.iter().all(|id| *id == ids[0]));
    }

    #[test]
    fn the_choice_is_read_from_its_words() {
        assert_eq!(KeyChoice::parse("").unwrap(), KeyChoice::Auto);
        assert_eq!(KeyChoice::parse("Keyring").unwrap(), KeyChoice::Keyring);
        assert_eq!(KeyChoice::parse("usb").unwrap_err().code().as_str(), "SY02001");
    }
}
