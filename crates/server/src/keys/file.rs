//! The key file: its two layouts, and writing it so that a power cut leaves a whole file.

use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize as _, Zeroizing};

use super::{
    KeysError,
    ring::{Ring, Seal, Signer},
};
use crate::{error::ServerError, home::private};

/// Name of the file in the data directory.
const NAME: &str = "keys.json";

/// Newest version of the file's layout.
const VERSION: u32 = 2;

#[derive(Deserialize)]
struct AnyVersion {
    version: u32,
}

/// The first layout: one key of each kind, of unknown age.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct First {
    #[serde(rename = "version")]
    _version: u32,
    signing: Secret,
    refresh: Secret,
    page: Secret,
}

/// Keys in the order in which they take over.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Current {
    version: u32,
    signing: Vec<Dated>,
    refresh: Vec<Dated>,
    page: Secret,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Dated {
    key: Secret,
    /// When it takes over, seconds since 1970; zero where nobody knows.
    from: i64,
}

/// 32 bytes as text.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
struct Secret(String);

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl Secret {
    fn of(bytes: &[u8; 32]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    fn bytes(&self) -> Result<Zeroizing<[u8; 32]>, KeysError> {
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(&self.0).map_err(|_| KeysError::Length)?);
        <[u8; 32]>::try_from(bytes.as_slice())
            .map(Zeroizing::new)
            .map_err(|_| KeysError::Length)
    }
}

/// Where the keys of a data directory are.
pub(super) fn path_in(data_dir: &Path) -> PathBuf {
    data_dir.join(NAME)
}

/// Reads either layout.
pub(crate) fn parse(bytes: &[u8]) -> Result<Ring, KeysError> {
    let AnyVersion { version } = serde_json::from_slice(bytes).map_err(KeysError::Layout)?;
    let current = match version {
        1 => {
            let first: First = serde_json::from_slice(bytes).map_err(KeysError::Layout)?;
            let aged = |key| vec![Dated { key, from: 0 }];
            Current {
                version: VERSION,
                signing: aged(first.signing),
                refresh: aged(first.refresh),
                page: first.page,
            }
        }
        VERSION => serde_json::from_slice(bytes).map_err(KeysError::Layout)?,
        newer => return Err(KeysError::Version(newer)),
    };
    let signing: Vec<Signer> = current
        .signing
        .iter()
        .map(|dated| Ok(Signer::new(dated.key.bytes()?, dated.from)))
        .collect::<Result<_, KeysError>>()?;
    let seals: Vec<Seal> = current
        .refresh
        .iter()
        .map(|dated| Ok(Seal::new(dated.key.bytes()?, dated.from)))
        .collect::<Result<_, KeysError>>()?;
    Ring::new(signing, seals, current.page.bytes()?).ok_or(KeysError::Empty)
}

/// Writes beside, syncs, renames: after a power cut there is a whole file, the old one or the new one.
pub(super) fn write(path: &Path, ring: &Ring) -> Result<(), ServerError> {
    let current = Current {
        version: VERSION,
        signing: ring
            .signers()
            .map(|signer| Dated {
                key: Secret::of(&signer.secret()),
                from: signer.from(),
            })
            .collect(),
        refresh: ring
            .seals()
            .map(|seal| Dated {
                key: Secret::of(seal.secret()),
                from: seal.from(),
            })
            .collect(),
        page: Secret::of(ring.page_secret()),
    };
    let written = (|| {
        let beside = path.with_extension("json.new");
        let mut to = private().write(true).truncate(true).open(&beside)?;
        let text = Zeroizing::new(serde_json::to_vec_pretty(&current).map_err(io::Error::other)?);
        to.write_all(&text)?;
        to.sync_all()?;
        fs::rename(&beside, path)?;
        path.parent().map_or(Ok(()), sync_directory)
    })();
    written.map_err(|source| ServerError::DataDirectory {
        path: path.to_owned(),
        source,
    })
}

/// Makes a rename last.
#[cfg(unix)]
fn sync_directory(directory: &Path) -> io::Result<()> {
    fs::File::open(directory)?.sync_all()
}

/// Elsewhere a directory cannot be synced, and a rename is journalled by the file system.
#[cfg(not(unix))]
fn sync_directory(_directory: &Path) -> io::Result<()> {
    Ok(())
}

/// Held while the file is changed, so that two rotations at once make two keys and lose none.
pub(super) fn lock(path: &Path) -> Result<fs::File, ServerError> {
    let beside = path.with_extension("lock");
    let locked = private()
        .write(true)
        .truncate(false)
        .open(&beside)
        .and_then(|file| {
            file.lock()?;
            Ok(file)
        });
    locked.map_err(|source| ServerError::DataDirectory { path: beside, source })
}
