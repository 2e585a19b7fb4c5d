//! What a vault holds, and how it is written down.
//!
//! Readers forgive missing fields and ignore unknown ones. Text buffers with tokens in them are wiped on drop.

use std::path::Path;
use std::time::Duration;

use evertill_session::{Grant, Record, Refusal, Serial, SessionId, Stamp, User};
use evertill_wire::rest::auth::Cashier;
use evertill_wire::{AccessToken, RefreshToken};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::address::StoreAddress;
use crate::error::ClientError;
use crate::profile::StoreProfile;

/// Most sessions that wait to be ended at the store; the oldest is dropped beyond it and dies at its own horizon.
const REVOCATIONS_MAX: usize = 32;

/// Format of the content; raised when an older reader would misunderstand it.
const FORMAT: u8 = 1;

/// Everything kept for one store.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Contents {
    /// The session, or the verdict on it.
    pub(crate) record: Option<Record>,
    /// The store as it was when the session was issued; its tokens belong to this origin.
    pub(crate) profile: Option<StoreProfile>,
    /// What the store tells about the person.
    pub(crate) person: Option<Cashier>,
    /// Sessions to be ended at the store as soon as it answers.
    pub(crate) revocations: Vec<Revocation>,
}

/// A session that is over here and not yet at the store.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Revocation {
    pub(crate) grant: Grant,
    pub(crate) profile: StoreProfile,
}

impl Contents {
    /// Adds a session to be ended; one that waits already is not added again.
    pub(crate) fn queue(&mut self, revocation: Revocation) {
        self.revocations
            .retain(|known| known.grant.session != revocation.grant.session);
        if self.revocations.len() >= REVOCATIONS_MAX {
            self.revocations.remove(0);
        }
        self.revocations.push(revocation);
    }

    /// Forgets the session, if it is still this one.
    pub(crate) fn forget(&mut self, session: &SessionId) {
        if self
            .record
            .as_ref()
            .is_some_and(|record| record.grant.session == *session)
        {
            self.record = None;
            self.person = None;
            self.profile = None;
        }
    }

    /// The contents as far as an address allows their use.
    ///
    /// # Errors
    /// [`ClientError::MadeOverHttp`] when the session was made over plain `http` and the address does not allow that.
    pub(crate) fn of_store(self, store: &StoreAddress) -> Result<Self, ClientError> {
        let is_served = self.profile.as_ref().is_none_or(|profile| profile.serves(store));
        if self.record.is_some() && !is_served {
            return Err(ClientError::MadeOverHttp {
                store: store.to_string(),
            });
        }
        Ok(self)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.record.is_none() && self.revocations.is_empty()
    }

    pub(crate) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let kept = KeptRef {
            format: FORMAT,
            record: self.record.as_ref().map(|record| KeptRecordRef {
                grant: KeptGrantRef::of(&record.grant),
                refusal: record.refusal.as_ref(),
            }),
            profile: self.profile.as_ref(),
            person: self.person.as_ref(),
            revocations: self
                .revocations
                .iter()
                .map(|waiting| KeptRevocationRef {
                    grant: KeptGrantRef::of(&waiting.grant),
                    profile: &waiting.profile,
                })
                .collect(),
        };
        let mut bytes = Zeroizing::new(Vec::with_capacity(8 * 1024));
        serde_json::to_writer(&mut *bytes, &kept).expect("a struct of texts and numbers always becomes JSON");
        bytes
    }

    /// Reads what [`Contents::to_bytes`] wrote, now or years ago.
    ///
    /// # Errors
    /// [`ClientError::VaultTooNew`] when a newer version wrote it, [`ClientError::VaultDamaged`] when it is something else.
    pub(crate) fn of_bytes(bytes: &[u8], place: &Path) -> Result<Self, ClientError> {
        let path = place.to_path_buf();
        match serde_json::from_slice::<Kept>(bytes) {
            Ok(kept) if kept.format <= FORMAT => Ok(Self::from_kept(kept)),
            Ok(Kept { format, .. }) => Err(ClientError::VaultTooNew { path, format }),
            Err(_) => Err(ClientError::VaultDamaged { path }),
        }
    }

    pub(super) fn from_kept(kept: Kept) -> Self {
        Self {
            record: kept.record.map(|record| Record {
                grant: record.grant.into_grant(),
                refusal: record.refusal,
            }),
            profile: kept.profile,
            person: kept.person,
            revocations: kept
                .revocations
                .into_iter()
                .map(|waiting| Revocation {
                    grant: waiting.grant.into_grant(),
                    profile: waiting.profile,
                })
                .collect(),
        }
    }
}

#[derive(Serialize)]
struct KeptRef<'a> {
    format: u8,
    record: Option<KeptRecordRef<'a>>,
    profile: Option<&'a StoreProfile>,
    person: Option<&'a Cashier>,
    revocations: Vec<KeptRevocationRef<'a>>,
}

#[derive(Serialize)]
struct KeptRecordRef<'a> {
    grant: KeptGrantRef<'a>,
    refusal: Option<&'a Refusal>,
}

#[derive(Serialize)]
struct KeptRevocationRef<'a> {
    grant: KeptGrantRef<'a>,
    profile: &'a StoreProfile,
}

#[derive(Serialize)]
struct KeptGrantRef<'a> {
    access: &'a str,
    refresh: &'a str,
    session: &'a SessionId,
    user: &'a User,
    access_life: Duration,
    refresh_in: Option<Duration>,
    renewable_for: Option<Duration>,
    received: &'a Stamp,
    signed_in: &'a Stamp,
    serial: Serial,
    renewals: u64,
}

impl<'a> KeptGrantRef<'a> {
    fn of(grant: &'a Grant) -> Self {
        Self {
            access: grant.access.expose(),
            refresh: grant.refresh.expose(),
            session: &grant.session,
            user: &grant.user,
            access_life: grant.access_life,
            refresh_in: grant.refresh_in,
            renewable_for: grant.renewable_for,
            received: &grant.received,
            signed_in: &grant.signed_in,
            serial: grant.serial,
            renewals: grant.renewals,
        }
    }
}

/// Contents as they were written, by this version or an older one.
#[derive(Deserialize)]
pub(super) struct Kept {
    pub(super) format: u8,
    #[serde(default)]
    record: Option<KeptRecord>,
    #[serde(default)]
    profile: Option<StoreProfile>,
    #[serde(default)]
    person: Option<Cashier>,
    #[serde(default)]
    revocations: Vec<KeptRevocation>,
}

#[derive(Deserialize)]
struct KeptRecord {
    grant: KeptGrant,
    #[serde(default)]
    refusal: Option<Refusal>,
}

#[derive(Deserialize)]
struct KeptRevocation {
    grant: KeptGrant,
    profile: StoreProfile,
}

#[derive(Deserialize)]
struct KeptGrant {
    access: String,
    refresh: String,
    session: SessionId,
    #[serde(default)]
    user: User,
    access_life: Duration,
    #[serde(default)]
    refresh_in: Option<Duration>,
    #[serde(default)]
    renewable_for: Option<Duration>,
    received: Stamp,
    signed_in: Stamp,
    serial: Serial,
    #[serde(default)]
    renewals: u64,
}

impl KeptGrant {
    fn into_grant(self) -> Grant {
        Grant {
            access: AccessToken::new(self.access),
            refresh: RefreshToken::new(self.refresh),
            session: self.session,
            user: self.user,
            access_life: self.access_life,
            refresh_in: self.refresh_in,
            renewable_for: self.renewable_for,
            received: self.received,
            signed_in: self.signed_in,
            serial: self.serial,
            renewals: self.renewals,
        }
    }
}

#[cfg(test)]
mod tests {
    use evertill_session::{BootId, Moment, Reason, WallTime};

    use super::*;
    use crate::address::StoreAddress;
    use crate::home::Home;
    use crate::vault::{KeyChoice, Safe, Vault};

    fn grant(session: &str, refresh: &str) -> Grant {
        let stamp = Stamp {
            boot: BootId::new("boot"),
            moment: Moment::from_millis(1_000),
            wall: WallTime::from_millis(2_000),
        };
        Grant {
            access: AccessToken::new("access"),
            refresh: RefreshToken::new(refresh),
            session: SessionId::new(session),
            user: User::default(),
            access_life: Duration::from_secs(1_800),
            refresh_in: None,
            renewable_for: Some(Duration::from_secs(2_592_000)),
            received: stamp.clone(),
            signed_in: stamp,
            serial: Serial(3),
            renewals: 3,
        }
    }

    fn profile() -> StoreProfile {
        serde_json::from_str(
            r#"{"address":"https://shop.example","rest_root":"https://shop.example/wp-json/",
                "sign_in_page":"https://shop.example/wcpos-auth/"}"#,
        )
        .unwrap()
    }

    fn full() -> Contents {
        Contents {
            record: Some(Record {
                grant: grant("s", "r"),
                refusal: Some(Refusal {
                    reason: Reason::Ended,
                    words: "Refresh token has been revoked".into(),
                    ended: None,
                    is_signed: false,
                }),
            }),
            profile: Some(profile()),
            person: Some(Cashier::default()),
            revocations: vec![Revocation {
                grant: grant("old", "q"),
                profile: profile(),
            }],
        }
    }

    fn vault(dir: &tempfile::TempDir) -> Vault {
        let home = Home::open(dir.path()).unwrap();
        Vault::new(
            &home,
            &StoreAddress::parse("shop.example").unwrap(),
            KeyChoice::File,
        )
    }

    #[test]
    fn contents_return_as_they_were_written() {
        let dir = tempfile::tempdir().unwrap();
        let vault = vault(&dir);
        let lock = vault.try_lock().unwrap().unwrap();
        let safe = Safe::new(std::sync::Arc::new(vault.clone()));
        safe.change(&lock, |contents| *contents = full()).unwrap();
        assert_eq!(safe.contents().unwrap(), full());
    }

    #[test]
    fn contents_of_a_later_version_are_refused_and_strange_ones_set_aside() {
        let dir = tempfile::tempdir().unwrap();
        let vault = vault(&dir);
        let lock = vault.try_lock().unwrap().unwrap();
        let safe = Safe::new(std::sync::Arc::new(vault.clone()));
        vault.write(&lock, br#"{"format":2,"everything":"new"}"#).unwrap();
        let before = std::fs::read(&vault.path).unwrap();
        let refused = safe.change(&lock, |contents| *contents = full()).unwrap_err();
        assert_eq!(refused.code().as_str(), "SY01007");
        assert_eq!(std::fs::read(&vault.path).unwrap(), before);
        vault.erase(&lock).unwrap();
        vault.write(&lock, b"[]").unwrap();
        assert_eq!(safe.contents().unwrap_err().code().as_str(), "SY01006");
        safe.change(&lock, |contents| contents.person = full().person)
            .unwrap();
        assert_eq!(
            vault.read().unwrap().unwrap().as_slice(),
            b"[]",
            "a name alone takes no session's place"
        );
        safe.change(&lock, |contents| *contents = full()).unwrap();
        assert_eq!(safe.contents().unwrap(), full());
        assert!(dir.path().join("vault").read_dir().unwrap().any(|entry| {
            entry
                .unwrap()
                .file_name()
                .to_string_lossy()
                .ends_with(".damaged-1")
        }));
    }

    #[test]
    fn forgetting_compares_first_and_leaves_nothing_of_the_session_behind() {
        let dir = tempfile::tempdir().unwrap();
        let vault = vault(&dir);
        let lock = vault.try_lock().unwrap().unwrap();
        let safe = Safe::new(std::sync::Arc::new(vault.clone()));
        safe.change(&lock, |contents| *contents = full()).unwrap();
        safe.change(&lock, |contents| contents.forget(&SessionId::new("other")))
            .unwrap();
        assert_eq!(safe.contents().unwrap(), full());
        safe.change(&lock, |contents| contents.forget(&SessionId::new("s")))
            .unwrap();
        assert_eq!(safe.contents().unwrap().record, None);
        assert!(
            !vault.beside("prev").exists(),
            "the version before holds the tokens"
        );
        safe.change(&lock, |contents| contents.revocations.clear())
            .unwrap();
        assert!(!vault.path.exists());
    }

    #[test]
    fn a_session_waits_once_to_be_ended_and_the_queue_is_bounded() {
        let mut contents = Contents::default();
        for number in 0..40 {
            for _ in 0..2 {
                let name = format!("s{number}");
                contents.queue(Revocation {
                    grant: grant(&name, "r"),
                    profile: profile(),
                });
            }
        }
        assert_eq!(contents.revocations.len(), REVOCATIONS_MAX);
        assert_eq!(contents.revocations[0].grant.session, SessionId::new("s8"));
    }
}
