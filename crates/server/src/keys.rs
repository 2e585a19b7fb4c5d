//! The keys every session hangs on: those that sign access tokens, those that seal refresh tokens, and the one
//! that ties a sign-in form to its visit. They live in `keys.json` (mode 0600), outside the database, so that a
//! stolen backup of the database mints nothing.
//!
//! A rotation adds a signing key that takes over a moment later; the one before it goes on verifying until the
//! last token it signed has ended. Whoever rotates writes the file, and every process that uses it looks twice a
//! second: none signs with a key that another one does not know yet. Sealing keys are never dropped, because a
//! stock client keeps its refresh token for as long as it is used.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use arc_swap::ArcSwap;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::{audit::AuditEntry, clock::Clock, error::ServerError, store::Store};

pub(crate) mod file;
mod pen;
mod ring;

pub(crate) use ring::Ring;
use ring::{Seal, Signer};

/// How often the file is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// How long before a new key takes over, in seconds: every process has looked several times by then.
const LEAD_S: i64 = 5;

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
    #[error("it has version {0}, this version knows 1 and 2")]
    Version(u32),
    /// A key is not 32 bytes.
    #[error("a key in it has the wrong length")]
    Length,
    /// A kind of key is not in it at all.
    #[error("a key is missing in it")]
    Empty,
    /// It holds as many sealing keys as are kept.
    #[error("it holds as many sealing keys as are kept")]
    Full,
}

/// What to rotate, and what becomes of the keys before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rotation {
    /// A new signing key takes over in a few seconds; tokens signed before stay good until they end.
    Signing,
    /// A new signing key at once, and nothing signed before is believed any more: for a key that got out. Tills
    /// renew and go on; nobody is signed out.
    SigningCompromised,
    /// A new key seals refresh tokens; those sealed before stay good.
    Sealing,
}

/// What a signing key is good for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Standing {
    /// It takes over soon.
    Next,
    /// It signs.
    Acting,
    /// It verifies what it signed.
    Verifying {
        /// Until when, seconds since 1970.
        until: i64,
    },
    /// Nothing it signed can be alive.
    Over,
}

/// A signing key as people see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFacts {
    /// Its name in tokens.
    pub kid: String,
    /// When it took over or takes over, seconds since 1970; zero where nobody knows.
    pub from: i64,
    /// What it is good for.
    pub standing: Standing,
}

/// The keys of a store, as the file holds them now.
pub(crate) struct Keys {
    path: PathBuf,
    ring: ArcSwap<Ring>,
    /// Digest of the file the ring was read from.
    seen: Mutex<[u8; 32]>,
}

impl Keys {
    /// Reads the keys, or makes them when the store is `fresh`. A store with data and without keys is refused:
    /// new keys would sign every till out.
    pub(crate) fn open(data_dir: &Path, fresh: bool) -> Result<Self, ServerError> {
        let path = file::path_in(data_dir);
        if fresh && !path.exists() {
            make(&path)?;
        }
        let bytes = read(&path)?;
        Ok(Self {
            ring: ArcSwap::from_pointee(parse(&path, &bytes)?),
            seen: Mutex::new(Sha256::digest(&bytes).into()),
            path,
        })
    }

    /// The keys of this moment. Ask again for the next request.
    pub(crate) fn ring(&self) -> Arc<Ring> {
        self.ring.load_full()
    }

    /// Ties sign-in forms to their visit.
    pub(crate) fn page_mac(&self, message: &[u8]) -> [u8; 32] {
        self.ring().page_mac(message)
    }

    /// Reads the file again when somebody wrote it. A file that makes no sense changes nothing.
    pub(crate) fn look(&self) {
        let Ok(bytes) = read(&self.path) else {
            return;
        };
        let digest: [u8; 32] = Sha256::digest(&bytes).into();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if *seen == digest {
            return;
        }
        *seen = digest;
        match parse(&self.path, &bytes) {
            Ok(ring) => self.ring.store(Arc::new(ring)),
            Err(error) => {
                tracing::error!(%error, "the key file was changed and makes no sense; the keys from before are used");
            }
        }
    }

    /// Rotates a key, takes it up at once, and says the name of the signing key that acts or takes over.
    pub(crate) fn rotate(&self, rotation: Rotation, now: i64) -> Result<String, ServerError> {
        let kid = rotate(&self.path, rotation, now)?;
        self.look();
        Ok(kid)
    }

    /// Rotates the signing key when the newest is older than `every`; says the name of the new one.
    fn rotate_when_due(&self, every: Duration, now: i64) -> Option<String> {
        let age_s = now.saturating_sub(self.ring().newest_from());
        if age_s < i64::try_from(every.as_secs()).unwrap_or(i64::MAX) {
            return None;
        }
        match rotate(&self.path, Rotation::Signing, now) {
            Ok(kid) => {
                tracing::info!(%kid, "a new signing key takes over, as scheduled");
                Some(kid)
            }
            Err(error) => {
                tracing::error!(%error, "the signing key could not be rotated");
                None
            }
        }
    }

    /// Keys for a test.
    #[cfg(any(test, feature = "foreign"))]
    pub(crate) fn for_tests(seed: u8) -> Self {
        let secret = |add: u8| Zeroizing::new([seed.wrapping_add(add); 32]);
        let ring = Ring::new(
            vec![Signer::new(secret(0), 0)],
            vec![Seal::new(secret(1), 0)],
            secret(2),
        );
        Self {
            path: PathBuf::new(),
            ring: ArcSwap::from_pointee(ring.expect("one key of each kind")),
            seen: Mutex::new([0; 32]),
        }
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(****)")
    }
}

/// Follows the file and the schedule for as long as it is polled, and writes into the audit log what it rotates.
pub(crate) async fn tend(
    keys: Arc<Keys>,
    every: impl Fn() -> Option<Duration>,
    clock: Clock,
    log: Arc<dyn Store>,
) {
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let (keys, every, now) = (Arc::clone(&keys), every(), clock.seconds());
        let looked = tokio::task::spawn_blocking(move || {
            let rotated = every.and_then(|every| keys.rotate_when_due(every, now));
            keys.look();
            rotated
        });
        match looked.await {
            Ok(None) => {}
            Ok(Some(kid)) => {
                if let Err(error) = log.audit(AuditEntry::key_rotated_as_scheduled(now, &kid)).await {
                    tracing::error!(%error, "that the signing key was rotated could not be written into the audit log");
                }
            }
            Err(_) => tracing::error!("looking at the key file hit a defect"),
        }
    }
}

/// Rotates a key of the store in this data directory, and says the name of the signing key that acts or takes
/// over. A server that runs on it notices within a second.
///
/// # Errors
/// [`ServerError::KeysMissing`], [`ServerError::KeysDamaged`], [`ServerError::Randomness`], and
/// [`ServerError::DataDirectory`] when the file cannot be written; the keys are then as before.
pub fn rotate_keys(data_dir: &Path, rotation: Rotation, clock: &Clock) -> Result<String, ServerError> {
    rotate(&file::path_in(data_dir), rotation, clock.seconds())
}

/// The signing keys of the store in this data directory, oldest first.
///
/// # Errors
/// [`ServerError::KeysMissing`] and [`ServerError::KeysDamaged`].
pub fn signing_keys(data_dir: &Path, clock: &Clock) -> Result<Vec<KeyFacts>, ServerError> {
    let path = file::path_in(data_dir);
    let ring = parse(&path, &read(&path)?)?;
    Ok(facts(&ring, clock.seconds()))
}

/// The published keys as people see them.
pub(crate) fn facts(ring: &Ring, now: i64) -> Vec<KeyFacts> {
    ring.published(now)
        .map(|(signer, standing)| KeyFacts {
            kid: signer.kid().to_owned(),
            from: signer.from(),
            standing,
        })
        .collect()
}

fn rotate(path: &Path, rotation: Rotation, now: i64) -> Result<String, ServerError> {
    let _lock = file::lock(path)?;
    let mut ring = parse(path, &read(path)?)?;
    let secret = random()?;
    match rotation {
        Rotation::Signing => ring.add_signer(secret, now.saturating_add(LEAD_S), now),
        Rotation::SigningCompromised => {
            ring.add_signer(secret, now, now);
            ring.forget_old_signers();
        }
        Rotation::Sealing if ring.has_room_for_seal() => ring.add_seal(secret, now),
        Rotation::Sealing => {
            return Err(ServerError::KeysDamaged {
                path: path.to_owned(),
                source: KeysError::Full,
            });
        }
    }
    file::write(path, &ring)?;
    let newest = ring.signers().last().map(|signer| signer.kid().to_owned());
    Ok(newest.unwrap_or_default())
}

fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, ServerError> {
    let path = path.to_owned();
    match fs::read(&path) {
        Ok(bytes) => Ok(Zeroizing::new(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(ServerError::KeysMissing { path }),
        Err(error) => Err(ServerError::KeysDamaged {
            path,
            source: KeysError::Read(error),
        }),
    }
}

fn parse(path: &Path, bytes: &[u8]) -> Result<Ring, ServerError> {
    file::parse(bytes).map_err(|source| ServerError::KeysDamaged {
        path: path.to_owned(),
        source,
    })
}

fn make(path: &Path) -> Result<(), ServerError> {
    let ring = Ring::new(
        vec![Signer::new(random()?, 0)],
        vec![Seal::new(random()?, 0)],
        random()?,
    )
    .expect("one key of each kind was just put in");
    file::write(path, &ring)
}

/// 32 bytes nobody can guess.
pub(crate) fn random() -> Result<Zeroizing<[u8; 32]>, ServerError> {
    let mut bytes = Zeroizing::new([0_u8; 32]);
    getrandom::fill(bytes.as_mut_slice()).map_err(ServerError::Randomness)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests;
