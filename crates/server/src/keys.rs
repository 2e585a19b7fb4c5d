//! The keys every session hangs on: the one that signs access tokens, the one that seals refresh tokens, and
//! the one that ties a sign-in form to its visit. They live in `keys.json` (mode 0600), outside the database,
//! so that a stolen backup of the database mints nothing.

use std::{
    fmt, fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::{SigningKey, VerifyingKey};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use zeroize::{Zeroize as _, Zeroizing};

use crate::{error::ServerError, home::private};

/// Version of the file's layout.
const VERSION: u32 = 1;

/// What is wrong with a key file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeysError {
    /// It cannot be read.
    #[error("it cannot be read")]
    Read(#[source] io::Error),
    /// It is not the JSON it should be.
    #[error("it is not a key file")]
    Layout(#[source] serde_json::Error),
    /// It was written by a newer version.
    #[error("it has version {0}, this version knows 1")]
    Version(u32),
    /// A key is not 32 bytes.
    #[error("a key in it has the wrong length")]
    Length,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u32,
    signing: String,
    refresh: String,
    page: String,
}

impl Drop for File {
    fn drop(&mut self) {
        self.signing.zeroize();
        self.refresh.zeroize();
        self.page.zeroize();
    }
}

/// The keys of a store.
pub(crate) struct Keys {
    signing: SigningKey,
    kid: String,
    refresh: Zeroizing<[u8; 32]>,
    page: Zeroizing<[u8; 32]>,
}

impl Keys {
    /// Reads the keys, or makes them when the store is `fresh`. A store with data and without keys is refused:
    /// new keys would sign every till out.
    pub(crate) fn open(data_dir: &Path, fresh: bool) -> Result<Self, ServerError> {
        let path = data_dir.join("keys.json");
        match fs::read(&path) {
            Ok(bytes) => Self::read(&bytes).map_err(|source| ServerError::KeysDamaged { path, source }),
            Err(error) if error.kind() == io::ErrorKind::NotFound && fresh => Self::make(&path),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(ServerError::KeysMissing { path }),
            Err(error) => Err(ServerError::KeysDamaged {
                path,
                source: KeysError::Read(error),
            }),
        }
    }

    fn read(bytes: &[u8]) -> Result<Self, KeysError> {
        let file: File = serde_json::from_slice(bytes).map_err(KeysError::Layout)?;
        if file.version != VERSION {
            return Err(KeysError::Version(file.version));
        }
        Ok(Self::new(
            key(&file.signing)?,
            key(&file.refresh)?,
            key(&file.page)?,
        ))
    }

    fn new(signing: Zeroizing<[u8; 32]>, refresh: Zeroizing<[u8; 32]>, page: Zeroizing<[u8; 32]>) -> Self {
        let signing = SigningKey::from_bytes(&signing);
        let digest = Sha256::digest(signing.verifying_key().as_bytes());
        Self {
            kid: URL_SAFE_NO_PAD.encode(&digest[..8]),
            signing,
            refresh,
            page,
        }
    }

    fn make(path: &Path) -> Result<Self, ServerError> {
        let made = [random()?, random()?, random()?];
        let [signing, refresh, page] = &made;
        let file = File {
            version: VERSION,
            signing: URL_SAFE_NO_PAD.encode(signing.as_slice()),
            refresh: URL_SAFE_NO_PAD.encode(refresh.as_slice()),
            page: URL_SAFE_NO_PAD.encode(page.as_slice()),
        };
        write_private(path, &file).map_err(|source| ServerError::DataDirectory {
            path: path.to_owned(),
            source,
        })?;
        let [signing, refresh, page] = made;
        Ok(Self::new(signing, refresh, page))
    }

    /// Signs access tokens.
    pub(crate) fn signing(&self) -> &SigningKey {
        &self.signing
    }

    /// Checks access tokens.
    pub(crate) fn verifying(&self) -> VerifyingKey {
        self.signing.verifying_key()
    }

    /// Name of the signing key.
    pub(crate) fn kid(&self) -> &str {
        &self.kid
    }

    /// Seals refresh tokens.
    pub(crate) fn refresh_mac(&self, message: &[u8]) -> [u8; 32] {
        mac(&self.refresh, message)
    }

    /// Ties sign-in forms to their visit.
    pub(crate) fn page_mac(&self, message: &[u8]) -> [u8; 32] {
        mac(&self.page, message)
    }

    /// Keys for a test.
    #[cfg(test)]
    pub(crate) fn for_tests(seed: u8) -> Self {
        Self::new(
            Zeroizing::new([seed; 32]),
            Zeroizing::new([seed.wrapping_add(1); 32]),
            Zeroizing::new([seed.wrapping_add(2); 32]),
        )
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keys({})", self.kid)
    }
}

fn mac(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(message);
    mac.finalize().into_bytes().into()
}

fn key(text: &str) -> Result<Zeroizing<[u8; 32]>, KeysError> {
    let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(text).map_err(|_| KeysError::Length)?);
    <[u8; 32]>::try_from(bytes.as_slice())
        .map(Zeroizing::new)
        .map_err(|_| KeysError::Length)
}

/// 32 bytes nobody can guess.
pub(crate) fn random() -> Result<Zeroizing<[u8; 32]>, ServerError> {
    let mut bytes = Zeroizing::new([0_u8; 32]);
    getrandom::fill(bytes.as_mut_slice()).map_err(ServerError::Randomness)?;
    Ok(bytes)
}

/// Writes beside, syncs, renames: after a power cut there is a whole file or none.
fn write_private(path: &Path, file: &File) -> io::Result<()> {
    let beside: PathBuf = path.with_extension("json.new");
    let mut to = private().write(true).truncate(true).open(&beside)?;
    let text = Zeroizing::new(serde_json::to_vec_pretty(file).map_err(io::Error::other)?);
    to.write_all(&text)?;
    to.sync_all()?;
    fs::rename(&beside, path)?;
    if let Some(directory) = path.parent() {
        fs::File::open(directory)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_made_once_and_read_back() {
        let home = tempfile::tempdir().unwrap();
        let made = Keys::open(home.path(), true).unwrap();
        let read = Keys::open(home.path(), false).unwrap();
        assert_eq!(made.kid(), read.kid());
        assert_eq!(made.refresh_mac(b"x"), read.refresh_mac(b"x"));
        assert_ne!(made.refresh_mac(b"x"), made.page_mac(b"x"));
    }

    #[test]
    #[cfg(unix)]
    fn the_key_file_is_for_its_owner_only() {
        use std::os::unix::fs::PermissionsExt as _;
        let home = tempfile::tempdir().unwrap();
        Keys::open(home.path(), true).unwrap();
        let mode = fs::metadata(home.path().join("keys.json"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_damaged_key_file_is_refused_and_left_alone() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("keys.json");
        for text in [
            "",
            "{}",
            "{\"version\":1,\"signing\":\"AA\",\"refresh\":\"AA\",\"page\":\"AA\"}",
        ] {
            fs::write(&path, text).unwrap();
            let error = Keys::open(home.path(), true).unwrap_err();
            assert_eq!(error.code(), evertill_wire::Code::STORE_KEYS_UNUSABLE, "{text}");
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
    }

    #[test]
    fn a_store_with_data_never_gets_new_keys() {
        let home = tempfile::tempdir().unwrap();
        let error = Keys::open(home.path(), false).unwrap_err();
        assert!(matches!(error, ServerError::KeysMissing { .. }));
        assert!(!home.path().join("keys.json").exists());
    }
}
