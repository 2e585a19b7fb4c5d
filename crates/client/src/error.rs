//! What can fail in the hands of a session: one variant per operation, a code and a remedy for each.

use std::io;
use std::path::PathBuf;

use evertill_wire::{Code, Exit};

use crate::http::Failure;

/// An operation of this crate that failed.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The text is not a web address.
    #[error("`{given}` is not the address of a store")]
    Address {
        /// What was given, shortened.
        given: String,
    },
    /// No address was given.
    #[error("no store is named")]
    NoAddress,
    /// The environment names no directory for data.
    #[error("could not find a place for the data directory")]
    NoHome,
    /// The data directory cannot be created or written.
    #[error("could not use the data directory {}", path.display())]
    HomeNotUsable {
        /// The directory.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A file beside the vault could not be written.
    #[error("could not write {}", path.display())]
    FileNotWritten {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A file from elsewhere could not be read.
    #[error("could not read {}", path.display())]
    FileNotRead {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The session file could not be read.
    #[error("could not read the session file {}", path.display())]
    VaultNotRead {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The session could not be saved.
    #[error("could not save the session in {}", path.display())]
    VaultNotWritten {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// Another process keeps the session file to itself.
    #[error("could not get hold of the session file {} in time", path.display())]
    VaultBusy {
        /// The lock file.
        path: PathBuf,
    },
    /// The session file is damaged and no earlier version of it can be read.
    #[error("could not make sense of the session file, which is kept as {}", path.display())]
    VaultDamaged {
        /// Where it lies now: in its place, or set aside.
        path: PathBuf,
    },
    /// The session file was written by a newer version.
    #[error("could not read the session file {}, which has format {format}", path.display())]
    VaultTooNew {
        /// The file, untouched.
        path: PathBuf,
        /// Its format.
        format: u8,
    },
    /// The key that opens the session file is not there.
    #[error("could not find the key of the session file {}", path.display())]
    VaultKeyMissing {
        /// The session file, untouched.
        path: PathBuf,
    },
    /// The key file holds something else than a key.
    #[error("could not make sense of the key file {}", path.display())]
    VaultKeyDamaged {
        /// The key file, untouched.
        path: PathBuf,
    },
    /// The key file is there and cannot be read.
    #[error("could not use the key file {}", path.display())]
    VaultKeyNotUsable {
        /// The key file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: io::Error,
    },
    /// The place of the key is named by a word nobody knows.
    #[error("could not understand `{given}` as a place for the vault's key")]
    KeyChoice {
        /// What was given, shortened.
        given: String,
    },
    /// The system keyring was demanded and does not answer.
    #[error("could not reach the system keyring")]
    NoKeyring,
    /// The key is locked and nobody gave the passphrase.
    #[error("could not open the locked key {}, because no passphrase was given", path.display())]
    VaultLocked {
        /// The locked key, untouched.
        path: PathBuf,
    },
    /// The system keyring holds another key under our name.
    #[error(
        "the system keyring already holds the key of another data directory (\u{201c}evertill\u{201d}, \u{201c}{entry}\u{201d})"
    )]
    KeyringTaken {
        /// Name of the entry.
        entry: &'static str,
    },
    /// The environment says that the key lives elsewhere.
    #[error("could not move the key against what {} says", evertill_wire::env::VAULT_KEY)]
    PlaceContradicted,
    /// Another session with the store is kept here.
    #[error("another session with {store} is kept here already")]
    SessionThere {
        /// The store.
        store: String,
    },
    /// There is nothing to carry away.
    #[error("could not find a session to export")]
    NothingToExport,
    /// What an opened parcel holds is no list of sessions.
    #[error("could not make sense of what the sealed file holds")]
    ParcelNotUnderstood,
    /// A sealed file does not open: another passphrase, another kind of file, or altered on the way.
    #[error("could not open the sealed file with this passphrase")]
    ParcelNotOpened,
    /// A sealed file was made by a newer version.
    #[error("could not read the sealed file, which has format {format}")]
    ParcelTooNew {
        /// Its format.
        format: u8,
    },
    /// The passphrase is too short to keep anybody out.
    #[error("the passphrase has fewer than {letters_min} letters")]
    PassphraseTooShort {
        /// Fewest letters.
        letters_min: usize,
    },
    /// The name of a session has letters that no file name can carry everywhere.
    #[error("could not take `{given}` as the name of a session")]
    SessionName {
        /// What was given, shortened.
        given: String,
    },
    /// The system has no random numbers.
    #[error("could not draw random numbers")]
    NoRandom(#[source] getrandom::Error),
    /// The HTTP client could not be set up.
    #[error("could not set up the HTTP client")]
    HttpSetup(#[source] reqwest::Error),
    /// No answer came from the store.
    #[error("could not reach {origin}")]
    Unreachable {
        /// Scheme, host and port; never a path or query.
        origin: String,
        /// What stood in the way.
        #[source]
        source: Failure,
    },
    /// A request with a token was about to leave for somewhere else.
    #[error("refused to send a token of {expected} to {actual}")]
    OtherOrigin {
        /// The origin the token belongs to.
        expected: String,
        /// The origin of the request.
        actual: String,
    },
    /// A request that was to be passed on could leave the store's API.
    #[error("refused to pass on the route `{route}`, which could lead out of the API")]
    RouteRefused {
        /// The route, shortened.
        route: String,
    },
    /// The token was refused, and the request is gone.
    #[error("could not repeat a request whose token {store} refused, because its body was too long to keep")]
    NotRepeated {
        /// The store.
        store: String,
    },
    /// What was found belongs to another store than the session.
    #[error("could not take {actual} for {expected}")]
    OtherStore {
        /// The store of the session.
        expected: String,
        /// The store that was found.
        actual: String,
    },
    /// The saved session was made over plain http, and the address says https.
    #[error("refused to use a session that was made over plain http for {store}")]
    MadeOverHttp {
        /// The store as it was named.
        store: String,
    },
    /// The store answered something that does not fit the operation.
    #[error("could not {operation}: {evidence}")]
    Answered {
        /// What was being done, `read the store's sign-in page`.
        operation: &'static str,
        /// What the answer means.
        code: Code,
        /// What was seen, free of secrets.
        evidence: String,
    },
    /// What stands behind the address is not a store this program can work with.
    #[error("could not connect to {address}: {evidence}")]
    NotAStore {
        /// The address that was tried.
        address: String,
        /// What is missing.
        code: Code,
        /// What was seen.
        evidence: String,
    },
    /// The store refused the sign-in.
    #[error("could not sign in: the store said \u{201c}{words}\u{201d}")]
    SignInRefused {
        /// Why.
        code: Code,
        /// The store's own words.
        words: String,
    },
    /// The answer to a sign-in belongs to another attempt.
    #[error("could not accept the sign-in, because it answers another attempt")]
    SignInMismatch,
    /// The person did not finish signing in.
    #[error("could not finish signing in within {minutes} minutes")]
    SignInAbandoned {
        /// How long was waited.
        minutes: u64,
    },
    /// Nobody is signed in.
    #[error("nobody is signed in to {store}")]
    NotSignedIn {
        /// The store.
        store: String,
    },
    /// The saved session cannot be read, so nobody is signed in.
    #[error("could not take up the session with {store}")]
    NotResumed {
        /// The store.
        store: String,
        /// What is wrong with the vault.
        #[source]
        source: Seen,
    },
    /// The store ended the session.
    #[error("could not renew the session with {store}")]
    SessionEnded {
        /// The store.
        store: String,
        /// What the store said.
        #[source]
        source: Seen,
    },
    /// The session could not be renewed for now.
    #[error("could not renew the session with {store}")]
    NotRenewed {
        /// The store.
        store: String,
        /// What stood in the way.
        #[source]
        source: Seen,
    },
    /// The access token ended and no new one came in time.
    #[error("could not get a living token for {store}")]
    NoLivingToken {
        /// The store.
        store: String,
        /// What stood in the way.
        #[source]
        source: Seen,
    },
    /// The task that drives the session is gone.
    #[error("could not reach the keeper of the session, which was shut down")]
    KeeperGone,
    /// The loopback address for the sign-in could not be opened.
    #[error("could not listen for the end of the sign-in")]
    LoopbackNotOpened(#[source] io::Error),
}

impl ClientError {
    /// The code of the failure.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Address { .. } => Code::INVALID_URL_FORMAT,
            Self::NoAddress => Code::MISSING_API_URL,
            Self::KeyringTaken { .. } | Self::PlaceContradicted => Code::INVALID_CONFIGURATION,
            Self::VaultLocked { .. } => Code::VAULT_LOCKED,
            Self::SessionThere { .. } => Code::INVALID_PARAMETER_VALUE,
            Self::NothingToExport => Code::AUTH_REQUIRED,
            Self::ParcelNotUnderstood => Code::PARCEL_NOT_OPENED,
            Self::NoHome | Self::KeyChoice { .. } => Code::INVALID_CONFIGURATION,
            Self::HomeNotUsable { source, .. } | Self::FileNotWritten { source, .. } => {
                full_disk_or(source, Code::PERMISSION_DENIED)
            }
            Self::VaultNotRead { .. } | Self::VaultKeyNotUsable { .. } | Self::FileNotRead { .. } => {
                Code::PERMISSION_DENIED
            }
            Self::VaultNotWritten { source, .. } => full_disk_or(source, Code::VAULT_NOT_WRITTEN),
            Self::VaultBusy { .. } => Code::DATA_DIRECTORY_IN_USE,
            Self::VaultDamaged { .. } => Code::VAULT_DAMAGED,
            Self::VaultTooNew { .. } => Code::VAULT_TOO_NEW,
            Self::VaultKeyMissing { .. } | Self::VaultKeyDamaged { .. } | Self::NoKeyring => {
                Code::VAULT_KEY_MISSING
            }
            Self::ParcelNotOpened => Code::PARCEL_NOT_OPENED,
            Self::ParcelTooNew { .. } => Code::LOCAL_SCHEMA_TOO_NEW,
            Self::PassphraseTooShort { .. } | Self::SessionName { .. } => Code::INVALID_PARAMETER_VALUE,
            Self::NoRandom(_) | Self::HttpSetup(_) => Code::SERVICE_UNAVAILABLE,
            Self::Unreachable { source, .. } => source.code(),
            Self::OtherOrigin { .. } | Self::OtherStore { .. } => Code::INVALID_SITE_CONFIGURATION,
            Self::RouteRefused { .. } => Code::INVALID_PARAMETER_VALUE,
            Self::NotRepeated { .. } => Code::TOKEN_INVALID,
            Self::MadeOverHttp { .. } => Code::STORE_WANTS_HTTPS,
            Self::Answered { code, .. } | Self::NotAStore { code, .. } | Self::SignInRefused { code, .. } => {
                *code
            }
            Self::SignInMismatch | Self::SignInAbandoned { .. } => Code::SIGN_IN_ABANDONED,
            Self::LoopbackNotOpened(_) => Code::PORT_IN_USE,
            Self::NotSignedIn { .. } => Code::AUTH_REQUIRED,
            Self::NotResumed { source, .. } => source.code,
            Self::SessionEnded { .. } | Self::NotRenewed { .. } => Code::TOKEN_REFRESH_FAILED,
            Self::NoLivingToken { .. } => Code::TOKEN_EXPIRED,
            Self::KeeperGone => Code::SERVICE_UNAVAILABLE,
        }
    }

    /// The code of the cause inside, where the failure has one of its own.
    #[must_use]
    pub fn cause(&self) -> Option<&Seen> {
        if let Self::SessionEnded { source, .. }
        | Self::NotRenewed { source, .. }
        | Self::NotResumed { source, .. }
        | Self::NoLivingToken { source, .. } = self
        {
            Some(source)
        } else {
            None
        }
    }

    /// How a command that ends on it exits.
    #[must_use]
    pub fn exit(&self) -> Exit {
        match self.cause() {
            Some(_) if matches!(self, Self::SessionEnded { .. }) => Exit::SignIn,
            Some(seen) if matches!(self, Self::NotResumed { .. }) && seen.code == Code::STORE_WANTS_HTTPS => {
                Exit::SignIn
            }
            Some(seen) => seen.code.exit(),
            None => self.code().exit(),
        }
    }

    /// One sentence: what to do next.
    #[must_use]
    pub fn remedy(&self) -> String {
        if let Self::Unreachable { origin, source } = self
            && source.code() == Code::STORE_WANTS_HTTPS
        {
            let plain = origin.replacen("https://", "http://", 1);
            return format!(
                "If this is your store and it stands in your own network, give its address as {plain}."
            );
        }
        if let Self::NotResumed { store, source } = self
            && source.code == Code::STORE_WANTS_HTTPS
        {
            return format!("Sign in again with `evertill login --store {store}`.");
        }
        let own = if matches!(self, Self::NoHome) {
            "Name a directory with `--data-dir` or in `EVERTILL_HOME`."
        } else if matches!(self, Self::VaultKeyMissing { .. }) {
            "Restore `vault.key` or unlock the system keyring, or sign out and sign in again."
        } else if matches!(self, Self::VaultKeyDamaged { .. }) {
            "Restore `vault.key` from a copy, or sign in again: a new key is made and the damaged one kept beside it."
        } else if matches!(self, Self::KeyringTaken { .. }) {
            "Lock the key with a passphrase instead: `evertill vault move --to passphrase`."
        } else if matches!(self, Self::PlaceContradicted) {
            "Unset `EVERTILL_VAULT_KEY` or set it to the new place, then move the key."
        } else if matches!(self, Self::SessionThere { .. }) {
            "Log out of it first, or import with `--replace`, which ends it at the store."
        } else if matches!(self, Self::RouteRefused { .. }) {
            "Name a route of the API, such as `wc/v3/orders`."
        } else if matches!(self, Self::NotRepeated { .. }) {
            "Send the request again; a new token is there or on its way."
        } else if matches!(self, Self::NoKeyring) {
            "Unlock the system keyring, or set `EVERTILL_VAULT_KEY=file`."
        } else if matches!(self, Self::PassphraseTooShort { .. }) {
            "Choose a longer one: three words that do not belong together are good."
        } else if matches!(self, Self::SessionName { .. }) {
            "Use 1 to 40 small letters, digits, dashes and dots, beginning with a letter or digit."
        } else if matches!(self, Self::ParcelTooNew { .. }) {
            "Open it with the version that made it, or a newer one."
        } else if matches!(self, Self::KeyChoice { .. }) {
            "Set `EVERTILL_VAULT_KEY` to `auto`, `file`, `keyring` or `passphrase`."
        } else {
            // The cause inside says what to do; the code outside only that something is to be done.
            self.cause().map_or(self.code(), |seen| seen.code).entry().remedy
        };
        own.to_owned()
    }
}

/// A cause that was seen earlier, somewhere else: its code and the evidence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{evidence}")]
pub struct Seen {
    /// The code.
    pub code: Code,
    /// What was seen, in words that can be shown.
    pub evidence: String,
}

fn full_disk_or(source: &io::Error, otherwise: Code) -> Code {
    if matches!(
        source.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
    ) {
        Code::DISK_FULL
    } else {
        otherwise
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_apart_from_a_missing_right() {
        let home = |kind| ClientError::HomeNotUsable {
            path: "/x".into(),
            source: io::Error::from(kind),
        };
        assert_eq!(home(io::ErrorKind::StorageFull).code(), Code::DISK_FULL);
        assert_eq!(
            home(io::ErrorKind::PermissionDenied).code(),
            Code::PERMISSION_DENIED
        );
    }

    #[test]
    fn every_remedy_is_a_sentence() {
        for error in [
            ClientError::NoHome,
            ClientError::NoKeyring,
            ClientError::NoAddress,
            ClientError::SignInMismatch,
            ClientError::VaultKeyMissing { path: "/x".into() },
        ] {
            assert!(error.remedy().ends_with('.'), "{error}");
        }
    }
}
