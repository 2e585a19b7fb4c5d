//! What lies in a vault directory, for those who look: where the key is, which sessions open, what was set aside and why.
//! Changes nothing and tells no secret.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use evertill_wire::Code;
use serde::Serialize;

use super::contents::Contents;
use super::file::read_if_there;
use super::key::{KeyId, Keys};
use super::seal::{self, Opened};
use super::{KeyChoice, Vault};
use crate::error::ClientError;
use crate::home::Home;

/// Everything about the vault of a data directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Inventory {
    /// Where keys are.
    pub keys: Vec<KeyReport>,
    /// The sealed sessions, in the order of their file names.
    pub sessions: Vec<SessionReport>,
    /// Files that were put out of the way, in the order of their names.
    pub set_aside: Vec<AsideReport>,
}

/// A place with a key, or one that should have had one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyReport {
    /// `file`, `passphrase` or `keyring`.
    pub place: &'static str,
    /// Its file, where it has one.
    pub path: Option<PathBuf>,
    /// How many of the sealed sessions it opens.
    pub opens: usize,
    /// Why it cannot be used, where it cannot.
    pub trouble: Option<Trouble>,
}

/// One sealed session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SessionReport {
    /// The file.
    pub path: PathBuf,
    /// Address of the store; nothing when the file does not open.
    pub store: Option<String>,
    /// Name to show of the person; nothing when nobody is signed in or the file does not open.
    pub user: Option<String>,
    /// Format of the sealed file; nothing when it is damaged.
    pub format: Option<u8>,
    /// Sessions that wait to be ended at the store.
    pub to_be_ended: usize,
    /// Whether the version before it is still there: the newest one has not been used yet.
    pub has_version_before: bool,
    /// Why it cannot be used, where it cannot.
    pub trouble: Option<Trouble>,
}

/// A file that was put out of the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AsideReport {
    /// The file.
    pub path: PathBuf,
    /// `damaged` or `moved`.
    pub kind: &'static str,
    /// Its length.
    pub bytes: u64,
    /// When it was written last.
    #[serde(skip)]
    pub written: Option<SystemTime>,
    /// What is wrong with it, in a sentence, and whether it may be deleted.
    pub explanation: String,
}

/// What stands in the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Trouble {
    /// The code.
    pub code: Code,
    /// What failed.
    pub what: String,
    /// What to do next.
    pub remedy: String,
}

impl Trouble {
    fn of(error: &ClientError) -> Self {
        Self {
            code: error.code(),
            what: error.to_string(),
            remedy: error.remedy(),
        }
    }
}

/// Looks at the vault of a data directory.
///
/// # Errors
/// [`ClientError::HomeNotUsable`] when the directory cannot be listed, [`ClientError::VaultNotRead`].
pub fn take(home: &Home, choice: KeyChoice) -> Result<Inventory, ClientError> {
    let keys = Keys::new(home.path(), choice);
    let mut used = Vec::new();
    let (mut sessions, mut set_aside) = (Vec::new(), Vec::new());
    for path in files(&home.vault_dir())?.into_iter().chain(files(home.path())?) {
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if name.ends_with(".sealed") {
            let sealed = read(&path)?;
            used.extend(seal::key_id(&sealed));
            sessions.push(session(home, &keys, path, &name, &sealed));
        } else if let Some((of, kind)) = aside(&name) {
            let sealed = read(&path)?;
            set_aside.push(AsideReport {
                explanation: explain(&keys, of, kind, &sealed),
                bytes: sealed.len() as u64,
                written: fs::metadata(&path).and_then(|meta| meta.modified()).ok(),
                path,
                kind,
            });
        }
    }
    Ok(Inventory {
        keys: key_reports(&keys, &used),
        sessions,
        set_aside,
    })
}

fn key_reports(keys: &Keys, used: &[KeyId]) -> Vec<KeyReport> {
    let found = keys.survey();
    let report = |place, path, key: Result<KeyId, ClientError>| KeyReport {
        place,
        path,
        opens: used
            .iter()
            .filter(|id| key.as_ref().is_ok_and(|key| key == *id))
            .count(),
        trouble: key.as_ref().err().map(Trouble::of),
    };
    let mut reports = Vec::new();
    reports.extend(found.file.map(|key| report("file", Some(keys.key_path()), key)));
    reports.extend(
        found
            .locked
            .map(|key| report("passphrase", Some(keys.locked_path()), key)),
    );
    reports.extend(found.keyring.map(|key| report("keyring", None, Ok(key))));
    reports
}

fn session(home: &Home, keys: &Keys, path: PathBuf, name: &str, sealed: &[u8]) -> SessionReport {
    let vault = Vault {
        path: path.clone(),
        name: name.to_owned(),
        keys: keys.clone(),
    };
    let contents = vault.contents();
    let by_name = || {
        let stores = home.stores().ok()?;
        let profile = stores
            .into_iter()
            .find(|profile| name.starts_with(&profile.address.key()))?;
        Some(profile.address.to_string())
    };
    let (store, user, to_be_ended) = match &contents {
        Ok(contents) => (
            contents
                .profile
                .as_ref()
                .map(|profile| profile.address.to_string()),
            user(contents),
            contents.revocations.len(),
        ),
        Err(_) => (None, None, 0),
    };
    SessionReport {
        store: store.or_else(by_name),
        user,
        to_be_ended,
        format: seal::format(sealed),
        has_version_before: vault.beside("prev").exists(),
        trouble: contents.err().as_ref().map(Trouble::of),
        path,
    }
}

fn user(contents: &Contents) -> Option<String> {
    let record = contents.record.as_ref()?;
    let person = contents.person.as_ref().map(|person| person.display_name.clone());
    Some(person.unwrap_or_else(|| record.grant.user.display_name.clone()))
}

/// The name a file had before it was put out of the way, and why it was.
fn aside(name: &str) -> Option<(&str, &'static str)> {
    for (mark, kind) in [(".damaged-", "damaged"), (".moved-", "moved")] {
        if let Some((before, number)) = name.rsplit_once(mark)
            && number.parse::<u32>().is_ok()
        {
            return Some((before, kind));
        }
    }
    None
}

fn explain(keys: &Keys, of: &str, kind: &str, sealed: &[u8]) -> String {
    if kind == "moved" {
        return "This session was exported to another device, which has it now. Delete the file once it works there."
            .to_owned();
    }
    let what = if of.starts_with("vault.key") {
        "It stood where the key should be and is none; sessions sealed with the lost key need a new sign-in."
    } else if sealed.is_empty() {
        "It is empty, as a full disk or a power cut leaves it."
    } else if sealed.iter().all(|byte| *byte == 0) {
        "It holds nothing but zeros, as a power cut leaves it on some disks."
    } else {
        match seal::open(sealed, of, |id| keys.find(id)) {
            Ok(Opened::Content(_)) => {
                "It opens; the damage was elsewhere, or an older program could not read it."
            }
            Ok(Opened::TooNew(_)) => "It was written by a newer version.",
            Ok(Opened::KeyMissing) | Err(_) => "It is whole; the key it was sealed with is not here.",
            Ok(Opened::Damaged) if sealed.starts_with(b"EVTV") => {
                "It was torn or altered: its beginning is right, and the seal does not fit."
            }
            Ok(Opened::Damaged) => "Something else than a sealed session was written over it.",
        }
    };
    format!("{what} Nothing needs it any more; keep it for a report, or delete it.")
}

fn files(directory: &Path) -> Result<Vec<PathBuf>, ClientError> {
    let unusable = |source| ClientError::HomeNotUsable {
        path: directory.to_path_buf(),
        source,
    };
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).map_err(unusable)? {
        let path = entry.map_err(unusable)?.path();
        if path.is_file() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn read(path: &Path) -> Result<Vec<u8>, ClientError> {
    let read = read_if_there(path).map_err(|source| ClientError::VaultNotRead {
        path: path.to_path_buf(),
        source,
    });
    // A file that went meanwhile is as good as empty.
    Ok(read?.unwrap_or_default())
}
