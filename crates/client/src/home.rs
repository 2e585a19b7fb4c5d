//! The data directory: one place for everything a process keeps.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use evertill_wire::env;

use crate::address::StoreAddress;
use crate::error::ClientError;
use crate::profile::StoreProfile;
use crate::session_name::SessionName;

/// Largest profile that is read, in bytes; a bigger file is not one of ours.
const PROFILE_BYTES_MAX: u64 = 256 * 1024;

/// An opened data directory: it exists, belongs to this account and can be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    path: PathBuf,
}

impl Home {
    /// Opens a data directory and creates it, readable by nobody else, when it is not there.
    ///
    /// # Errors
    /// [`ClientError::HomeNotUsable`] when it cannot be created or written.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, ClientError> {
        let path = path.into();
        let home = Self { path };
        for directory in [home.path.clone(), home.vault_dir(), home.stores_dir()] {
            create_private_dir(&directory).map_err(|source| ClientError::HomeNotUsable {
                path: directory.clone(),
                source,
            })?;
        }
        prove_writable(&home.path).map_err(|source| ClientError::HomeNotUsable {
            path: home.path.clone(),
            source,
        })?;
        Ok(home)
    }

    /// A data directory as it is found: nothing is created, and nothing is written to see whether it could be.
    #[must_use]
    pub fn as_found(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Where data lives when nobody says otherwise: `EVERTILL_HOME`, else the platform's place for application
    /// data (`$XDG_DATA_HOME/evertill` or `~/.local/share/evertill`, `~/Library/Application Support/Evertill`,
    /// `%LOCALAPPDATA%\Evertill`).
    ///
    /// # Errors
    /// [`ClientError::NoHome`] when the environment names no home at all.
    pub fn default_path() -> Result<PathBuf, ClientError> {
        default_path_from(|name| std::env::var_os(name).map(PathBuf::from)).ok_or(ClientError::NoHome)
    }

    /// The directory itself.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where sealed session files live.
    #[must_use]
    pub fn vault_dir(&self) -> PathBuf {
        self.path.join("vault")
    }

    /// Where what is known about stores lives: profile and journal.
    #[must_use]
    pub fn stores_dir(&self) -> PathBuf {
        self.path.join("stores")
    }

    /// Every store this directory knows, in the order of their keys. Files that cannot be read are left out.
    ///
    /// # Errors
    /// [`ClientError::HomeNotUsable`] when the directory cannot be listed.
    pub fn stores(&self) -> Result<Vec<StoreProfile>, ClientError> {
        let unusable = |source| ClientError::HomeNotUsable {
            path: self.stores_dir(),
            source,
        };
        let mut keys = Vec::new();
        for entry in fs::read_dir(self.stores_dir()).map_err(unusable)? {
            let name = entry.map_err(unusable)?.file_name();
            if let Some(key) = name.to_string_lossy().strip_suffix(".json") {
                keys.push(key.to_owned());
            }
        }
        keys.sort();
        Ok(keys.iter().filter_map(|key| self.profile_of_key(key)).collect())
    }

    /// What is known about a store, when it was met before in a way that this address allows: what was found over
    /// plain `http` says nothing about an address given as `https`.
    #[must_use]
    pub fn profile(&self, store: &StoreAddress) -> Option<StoreProfile> {
        self.profile_of_key(&store.key())
            .filter(|profile| profile.serves(store))
    }

    /// Remembers what is known about a store.
    ///
    /// # Errors
    /// [`ClientError::FileNotWritten`] when the disk does not take it.
    pub fn save_profile(&self, profile: &StoreProfile) -> Result<(), ClientError> {
        let path = self.profile_path(&profile.address.key());
        let wrong = |source| ClientError::FileNotWritten {
            path: path.clone(),
            source,
        };
        let bytes = serde_json::to_vec_pretty(profile).map_err(|error| wrong(io::Error::other(error)))?;
        crate::vault::file::write_atomically(&path, &bytes).map_err(wrong)
    }

    /// Where the journal of one of a store's sessions lives.
    #[must_use]
    pub fn journal_path(&self, store: &StoreAddress, session: &SessionName) -> PathBuf {
        self.stores_dir().join(format!("{}.journal", session.stem(store)))
    }

    /// The names of a store's sessions that were ever begun here: the usual one first, then the others in order.
    ///
    /// # Errors
    /// [`ClientError::HomeNotUsable`] when the directory cannot be listed.
    pub fn sessions(&self, store: &StoreAddress) -> Result<Vec<SessionName>, ClientError> {
        let unusable = |source| ClientError::HomeNotUsable {
            path: self.stores_dir(),
            source,
        };
        let mut names = vec![SessionName::default()];
        for entry in fs::read_dir(self.stores_dir()).map_err(unusable)? {
            let file = entry.map_err(unusable)?.file_name();
            let stem = file.to_string_lossy();
            names.extend(
                stem.strip_suffix(".journal")
                    .and_then(|stem| SessionName::of_stem(store, stem)),
            );
        }
        names.sort();
        Ok(names)
    }

    fn profile_path(&self, key: &str) -> PathBuf {
        self.stores_dir().join(format!("{key}.json"))
    }

    fn profile_of_key(&self, key: &str) -> Option<StoreProfile> {
        let path = self.profile_path(key);
        let is_small = fs::metadata(&path).is_ok_and(|meta| meta.len() <= PROFILE_BYTES_MAX);
        if !is_small {
            return None;
        }
        serde_json::from_slice(&fs::read(&path).ok()?).ok()
    }
}

/// A small file for this account's eyes, removed when it is dropped.
#[derive(Debug)]
pub struct PrivateFile {
    path: PathBuf,
}

impl PrivateFile {
    /// Writes it; a file that was there is replaced.
    ///
    /// # Errors
    /// [`ClientError::FileNotWritten`] when the disk does not take it.
    pub fn write(path: &Path, bytes: &[u8]) -> Result<Self, ClientError> {
        let path = path.to_path_buf();
        match crate::vault::file::write_atomically(&path, bytes) {
            Ok(()) => Ok(Self { path }),
            Err(source) => Err(ClientError::FileNotWritten { path, source }),
        }
    }
}

impl Drop for PrivateFile {
    fn drop(&mut self) {
        // Whoever moved it away meanwhile has it now.
        let _ = fs::remove_file(&self.path);
    }
}

fn default_path_from(var: impl Fn(&str) -> Option<PathBuf>) -> Option<PathBuf> {
    let var = |name: &str| var(name).filter(|path| !path.as_os_str().is_empty());
    if let Some(path) = var(env::HOME) {
        return Some(path);
    }
    if cfg!(windows) {
        return Some(var("LOCALAPPDATA").or_else(|| var("APPDATA"))?.join("Evertill"));
    }
    if cfg!(target_os = "macos") {
        return Some(var("HOME")?.join("Library/Application Support/Evertill"));
    }
    // The XDG rules say that a relative path is to be ignored.
    let data = var("XDG_DATA_HOME").filter(|path| path.is_absolute());
    Some(
        data.or_else(|| Some(var("HOME")?.join(".local/share")))?
            .join("evertill"),
    )
}

#[cfg(unix)]
fn create_private_dir(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    // A directory that was there before keeps its mode: it may be somebody else's too. What is put into it does not.
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

#[cfg(not(unix))]
fn create_private_dir(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}

/// Rights, a full disk and a read-only mount all show when a file is written, and nowhere else reliably.
fn prove_writable(path: &Path) -> io::Result<()> {
    let probe = path.join(format!(".probe-{}", uuid::Uuid::new_v4()));
    fs::write(&probe, b"evertill")?;
    fs::remove_file(&probe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_named_directory_wins_over_the_platforms_place() {
        let env = |name: &str| match name {
            "EVERTILL_HOME" => Some(PathBuf::from("/srv/till")),
            "HOME" => Some(PathBuf::from("/home/ann")),
            _ => None,
        };
        assert_eq!(default_path_from(env), Some(PathBuf::from("/srv/till")));
        assert_eq!(default_path_from(|_| None), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_relative_xdg_directory_is_ignored() {
        let env = |name: &str| match name {
            "XDG_DATA_HOME" => Some(PathBuf::from("data")),
            "HOME" => Some(PathBuf::from("/home/ann")),
            _ => None,
        };
        assert_eq!(
            default_path_from(env),
            Some(PathBuf::from("/home/ann/.local/share/evertill"))
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_new_home_is_closed_to_everybody_else() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let home = Home::open(dir.path().join("a/b")).unwrap();
        for path in [home.path().to_path_buf(), home.vault_dir(), home.stores_dir()] {
            assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o700);
        }
    }

    #[test]
    fn a_home_where_a_file_stands_is_refused_with_a_code() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("taken");
        fs::write(&path, b"x").unwrap();
        let error = Home::open(&path).unwrap_err();
        assert_eq!(error.code().as_str(), "SY01003");
        assert!(error.to_string().contains("taken"));
    }

    #[test]
    fn opening_leaves_no_probe_behind() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::open(dir.path()).unwrap();
        let mut names: Vec<_> = fs::read_dir(home.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names, ["stores", "vault"]);
    }
}
