//! The key in a file that a passphrase locks.
//!
//! The file is a parcel of its own kind; what it holds is the text that stands in an open key file. So a passphrase can
//! be set, changed and taken away without touching one sealed session.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use evertill_wire::{Passphrase, env};
use zeroize::Zeroizing;

use super::{Keys, VaultKey, read_if_there, write_atomically};
use crate::error::ClientError;
use crate::parcel::{self, Kind};

const LOCKED_FILE: &str = "vault.key.locked";

/// Longest passphrase that is read from a file, in bytes.
const PASSPHRASE_BYTES_MAX: u64 = 4096;

/// What the person in front of this process typed.
static TYPED: OnceLock<Passphrase> = OnceLock::new();

/// Takes the passphrase that opens locked keys in this process; the first one stays. A file named in
/// `EVERTILL_VAULT_PASSPHRASE_FILE` is used where nobody typed one.
pub fn unlock_with(passphrase: Passphrase) {
    // A second one is not needed: one person sits in front of one process.
    let _ = TYPED.set(passphrase);
}

/// The passphrase, wherever it comes from.
///
/// # Errors
/// [`ClientError::VaultLocked`] when nobody gave one, [`ClientError::VaultKeyNotUsable`] when its file cannot be read.
pub(super) fn given(locked: &Path) -> Result<Passphrase, ClientError> {
    if let Some(typed) = TYPED.get() {
        return Ok(typed.clone());
    }
    let named = std::env::var_os(env::VAULT_PASSPHRASE_FILE).filter(|name| !name.is_empty());
    let Some(path) = named.map(PathBuf::from) else {
        return Err(ClientError::VaultLocked {
            path: locked.to_path_buf(),
        });
    };
    first_line(&path).map_err(|source| ClientError::VaultKeyNotUsable { path, source })
}

fn first_line(path: &Path) -> std::io::Result<Passphrase> {
    let mut line = Zeroizing::new(String::new());
    BufReader::new(File::open(path)?.take(PASSPHRASE_BYTES_MAX)).read_line(&mut line)?;
    Ok(Passphrase::new(line.trim_end_matches(['\r', '\n'])))
}

impl Keys {
    pub(crate) fn locked_path(&self) -> PathBuf {
        self.directory.join(LOCKED_FILE)
    }

    /// The key in the locked file; nothing when there is no such file.
    pub(super) fn in_locked_file(&self) -> Result<Option<VaultKey>, ClientError> {
        let path = self.locked_path();
        let read = read_if_there(&path).map_err(|source| ClientError::VaultKeyNotUsable {
            path: path.clone(),
            source,
        });
        let Some(parcel) = read? else { return Ok(None) };
        open(&parcel, &given(&path)?, &path).map(Some)
    }

    /// Writes the key into the locked file, in place of what it held.
    pub(super) fn lock_away(&self, key: &VaultKey, passphrase: &Passphrase) -> Result<(), ClientError> {
        let path = self.locked_path();
        let parcel = parcel::seal(Kind::VaultKey, passphrase, key.to_text().as_bytes())?;
        write_atomically(&path, &parcel).map_err(|source| ClientError::VaultNotWritten { path, source })
    }
}

/// Opens a locked key.
pub(super) fn open(parcel: &[u8], passphrase: &Passphrase, path: &Path) -> Result<VaultKey, ClientError> {
    let text = parcel::open(Kind::VaultKey, passphrase, parcel)?;
    std::str::from_utf8(&text)
        .ok()
        .and_then(VaultKey::from_text)
        .ok_or_else(|| ClientError::VaultKeyDamaged {
            path: path.to_path_buf(),
        })
}
