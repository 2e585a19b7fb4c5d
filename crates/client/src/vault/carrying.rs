//! Carrying sessions to another device: out of a vault into a sealed file, and from there into another vault.
//!
//! A session whose tokens rotate may have one holder only: two that renew it in turns look to the store like an owner and
//! a thief, and it ends the session for both. So a move takes the session out of this vault in the same breath: the
//! sealed file is set aside as `….moved-1`, and whoever keeps the session here (a till, a proxy) notices and stops.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use evertill_session::{Grant, Stamp};
use evertill_wire::Passphrase;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::contents::{Contents, Kept, Revocation};
use super::file::{read_if_there, write_atomically};
use super::{KeyChoice, Safe, Vault, VaultLock};
use crate::address::StoreAddress;
use crate::clock::Clock;
use crate::error::ClientError;
use crate::home::Home;
use crate::parcel::{self, Kind, PARCEL_BYTES_MAX};
use crate::session_name::SessionName;

/// How long somebody else may keep a vault to himself; a renewal takes less.
const LOCK_WAIT_MAX: Duration = Duration::from_secs(20);

/// Format of what the parcel holds; raised when an older reader would misunderstand it.
const FORMAT: u8 = 1;

/// What becomes of the sessions here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    /// They go on here; the file is a copy for the case that this device is lost.
    Copy,
    /// They leave this device and are set aside here.
    Move,
}

/// One session that was carried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    /// Address of the store.
    pub store: String,
    /// Name to show of the person, may be empty.
    pub user: String,
    /// Name of the session among those of its store, empty for the usual one.
    pub session: String,
    /// Whether anything changed: false for a session that was here already, at least as new.
    pub is_news: bool,
}

/// What an import found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// Whether the device it comes from gave the sessions up.
    pub intent: Intent,
    /// The sessions.
    pub sessions: Vec<Carried>,
}

#[derive(Deserialize)]
struct Opened {
    format: u8,
    intent: Intent,
    sessions: Vec<OpenedSession>,
}

#[derive(Deserialize)]
struct OpenedSession {
    store: StoreAddress,
    #[serde(default)]
    name: String,
    contents: Kept,
}

/// A session with its place and its lock.
struct Held {
    store: StoreAddress,
    name: SessionName,
    vault: Vault,
    safe: Safe,
    lock: VaultLock,
    contents: Contents,
}

/// Puts sessions into a new file that the passphrase seals: those of one store, or all.
///
/// # Errors
/// [`ClientError::NothingToExport`], [`ClientError::PassphraseTooShort`], [`ClientError::FileNotWritten`] (also for a file
/// that exists), [`ClientError::VaultBusy`], and the errors of reading a vault, in which case nothing was exported.
pub async fn export(
    home: &Home,
    key: KeyChoice,
    only: Option<&StoreAddress>,
    intent: Intent,
    passphrase: &Passphrase,
    file: &Path,
) -> Result<Vec<Carried>, ClientError> {
    let mut held = Vec::new();
    for profile in home.stores()? {
        if only.is_some_and(|only| only.key() != profile.address.key()) {
            continue;
        }
        for name in home.sessions(&profile.address)? {
            held.extend(hold(home, key, &profile.address, name).await?);
        }
    }
    if held.is_empty() {
        return Err(ClientError::NothingToExport);
    }
    let content = written(intent, &held);
    let sealed = sealed(passphrase.clone(), content).await?;
    write_new(file, &sealed)?;
    let mut carried = Vec::new();
    for session in held {
        carried.push(session.carried(true));
        if intent == Intent::Move {
            session.give_up()?;
        }
    }
    Ok(carried)
}

/// Takes up the sessions of a sealed file. One that is here already and at least as new stays as it is. One that takes
/// the place of another counts as signed in now, so that whoever keeps the other one here lets go of it.
///
/// # Errors
/// [`ClientError::ParcelNotOpened`], [`ClientError::ParcelTooNew`], [`ClientError::ParcelNotUnderstood`];
/// [`ClientError::SessionThere`] when another session with a store is kept here and may not be replaced, in which case
/// nothing was taken up.
pub async fn import(
    home: &Home,
    key: KeyChoice,
    may_replace: bool,
    passphrase: &Passphrase,
    parcel: Vec<u8>,
    clock: &dyn Clock,
) -> Result<Imported, ClientError> {
    let opened = opened(passphrase.clone(), parcel).await?;
    let mut waiting = Vec::new();
    for session in opened.sessions {
        let name = match session.name.as_str() {
            "" => SessionName::default(),
            name => SessionName::parse(name)?,
        };
        let theirs = Contents::from_kept(session.contents);
        let held = open_locked(home, key, &session.store, name).await?;
        if held.is_kept_by_another(&theirs) && !may_replace {
            return Err(ClientError::SessionThere {
                store: session.store.to_string(),
            });
        }
        waiting.push((held, theirs));
    }
    let mut sessions = Vec::new();
    for (held, theirs) in waiting {
        sessions.push(held.take_up(home, theirs, clock)?);
    }
    Ok(Imported {
        intent: opened.intent,
        sessions,
    })
}

async fn open_locked(
    home: &Home,
    key: KeyChoice,
    store: &StoreAddress,
    name: SessionName,
) -> Result<Held, ClientError> {
    let vault = Vault::of_session(home, store, &name, key);
    let safe = Safe::new(Arc::new(vault.clone()));
    let lock = safe.lock(LOCK_WAIT_MAX).await?;
    let contents = safe.contents_locked(&lock)?;
    Ok(Held {
        store: store.clone(),
        name,
        vault,
        safe,
        lock,
        contents,
    })
}

/// The session with its lock, when there is one to carry: neither signed out nor ended by the store.
async fn hold(
    home: &Home,
    key: KeyChoice,
    store: &StoreAddress,
    name: SessionName,
) -> Result<Option<Held>, ClientError> {
    let held = open_locked(home, key, store, name).await?;
    let is_alive = held
        .contents
        .record
        .as_ref()
        .is_some_and(|record| record.refusal.is_none());
    Ok(is_alive.then_some(held))
}

impl Held {
    fn carried(&self, is_news: bool) -> Carried {
        let person = self.contents.person.as_ref();
        let user = self.contents.record.as_ref().map(|record| &record.grant.user);
        Carried {
            store: self.store.to_string(),
            user: person
                .map(|person| person.display_name.clone())
                .filter(|name| !name.is_empty())
                .or_else(|| user.map(|user| user.display_name.clone()))
                .unwrap_or_default(),
            session: self.name.to_string(),
            is_news,
        }
    }

    /// Sets the sealed file aside and forgets the session. What waits to be ended at the store keeps waiting here.
    fn give_up(&self) -> Result<(), ClientError> {
        if let Some(sealed) = read_if_there(&self.vault.path).map_err(|source| ClientError::VaultNotRead {
            path: self.vault.path.clone(),
            source,
        })? {
            let aside = super::free_name(&self.vault.path, "moved");
            write_atomically(&aside, &sealed).map_err(|source| ClientError::VaultNotWritten {
                path: aside.clone(),
                source,
            })?;
        }
        let Some(record) = &self.contents.record else {
            return Ok(());
        };
        let session = record.grant.session.clone();
        self.safe.change(&self.lock, |contents| contents.forget(&session))
    }

    fn is_kept_by_another(&self, theirs: &Contents) -> bool {
        match (&self.contents.record, &theirs.record) {
            (Some(ours), Some(theirs)) => {
                ours.refusal.is_none() && ours.grant.session != theirs.grant.session
            }
            (Some(_) | None, None) | (None, Some(_)) => false,
        }
    }

    fn take_up(
        mut self,
        home: &Home,
        mut theirs: Contents,
        clock: &dyn Clock,
    ) -> Result<Carried, ClientError> {
        let known = self.contents.record.as_ref().zip(theirs.record.as_ref());
        let is_older = known.is_some_and(|(ours, theirs)| {
            ours.grant.session == theirs.grant.session && ours.grant.serial >= theirs.grant.serial
        });
        if is_older {
            return Ok(self.carried(false));
        }
        if home.profile(&self.store).is_none()
            && let Some(profile) = &theirs.profile
        {
            home.save_profile(profile)?;
        }
        if let (Some(ours), Some(theirs)) = (&self.contents.record, &mut theirs.record)
            && ours.grant.session != theirs.grant.session
        {
            sign_in_now(&mut theirs.grant, clock);
        }
        let replaced = self
            .is_kept_by_another(&theirs)
            .then(|| self.contents.record.take().zip(self.contents.profile.take()))
            .flatten();
        self.safe.change(&self.lock, |contents| {
            contents.record.clone_from(&theirs.record);
            contents.profile.clone_from(&theirs.profile);
            contents.person.clone_from(&theirs.person);
            if let Some((record, profile)) = replaced {
                contents.queue(Revocation {
                    grant: record.grant,
                    profile,
                });
            }
        })?;
        self.contents = theirs;
        Ok(self.carried(true))
    }
}

/// Moves the sign-in of a grant to now; its horizon stays where it was.
fn sign_in_now(grant: &mut Grant, clock: &dyn Clock) {
    let (boot, now) = (clock.boot(), clock.now());
    let age = grant.signed_in.probable_age(&boot, now).unwrap_or_default();
    grant.renewable_for = grant.renewable_for.map(|span| span.saturating_sub(age));
    grant.signed_in = Stamp {
        boot,
        moment: now.moment,
        wall: now.wall,
    };
}

/// What goes into the parcel. The texts with tokens in them are copied within memory that is wiped.
fn written(intent: Intent, held: &[Held]) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(64 * 1024));
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let word = match intent {
        Intent::Copy => "copy",
        Intent::Move => "move",
    };
    bytes.extend_from_slice(format!("{{\"format\":{FORMAT},\"intent\":\"{word}\",\"sessions\":[").as_bytes());
    for (number, session) in held.iter().enumerate() {
        let comma = if number == 0 { "" } else { "," };
        let (store, name) = (quoted(&session.store.to_string()), quoted(session.name.as_str()));
        bytes.extend_from_slice(
            format!("{comma}{{\"store\":{store},\"name\":{name},\"contents\":").as_bytes(),
        );
        let alone = Contents {
            revocations: Vec::new(),
            ..session.contents.clone()
        };
        bytes.extend_from_slice(&alone.to_bytes());
        bytes.extend_from_slice(b"}");
    }
    bytes.extend_from_slice(b"]}");
    bytes
}

async fn sealed(passphrase: Passphrase, content: Zeroizing<Vec<u8>>) -> Result<Vec<u8>, ClientError> {
    tokio::task::spawn_blocking(move || parcel::seal(Kind::Session, &passphrase, &content))
        .await
        .map_err(|_| ClientError::KeeperGone)?
}

async fn opened(passphrase: Passphrase, parcel: Vec<u8>) -> Result<Opened, ClientError> {
    let content = tokio::task::spawn_blocking(move || parcel::open(Kind::Session, &passphrase, &parcel))
        .await
        .map_err(|_| ClientError::KeeperGone)??;
    read(&content)
}

/// Reads what was in a parcel.
fn read(content: &[u8]) -> Result<Opened, ClientError> {
    let opened: Opened = serde_json::from_slice(content).map_err(|_| ClientError::ParcelNotUnderstood)?;
    let newest = opened
        .sessions
        .iter()
        .map(|session| session.contents.format)
        .chain([opened.format])
        .max();
    match newest.filter(|format| *format > FORMAT) {
        Some(format) => Err(ClientError::ParcelTooNew { format }),
        None => Ok(opened),
    }
}

/// How many sessions the content of a parcel holds, for those who try what it bears.
#[cfg(any(test, feature = "foreign"))]
pub(crate) fn count_in(content: &[u8]) -> Result<usize, ClientError> {
    read(content).map(|opened| opened.sessions.len())
}

/// Writes a file that must not have been there.
fn write_new(path: &Path, bytes: &[u8]) -> Result<(), ClientError> {
    let failed = |source| ClientError::FileNotWritten {
        path: path.to_path_buf(),
        source,
    };
    if fs::symlink_metadata(path).is_ok() {
        return Err(failed(std::io::Error::from(std::io::ErrorKind::AlreadyExists)));
    }
    write_atomically(path, bytes).map_err(failed)
}

/// Reads a sealed file from elsewhere.
///
/// # Errors
/// [`ClientError::FileNotRead`].
pub fn read_parcel(path: &Path) -> Result<Vec<u8>, ClientError> {
    let failed = |source| ClientError::FileNotRead {
        path: PathBuf::from(path),
        source,
    };
    let mut bytes = Vec::new();
    let file = fs::File::open(path).map_err(failed)?;
    std::io::Read::read_to_end(&mut std::io::Read::take(file, PARCEL_BYTES_MAX), &mut bytes)
        .map_err(failed)?;
    Ok(bytes)
}
