//! Why a store server does not start. Once it runs, trouble is an HTTP answer, not one of these.

use std::{io, net::SocketAddr, path::PathBuf};

use evertill_wire::Code;

use crate::store::StoreError;

/// What failed while a store server was started or stopped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServerError {
    /// The configuration file cannot be read.
    #[error("could not read the configuration {}", .path.display())]
    ReadConfiguration {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The configuration file holds something that is not a setting.
    #[error("the configuration {} is not valid", .path.display())]
    InvalidConfiguration {
        /// The file.
        path: PathBuf,
        /// Where and why.
        source: toml::de::Error,
    },
    /// The data directory cannot be made, or nothing can be written there.
    #[error("could not use the data directory {}", .path.display())]
    DataDirectory {
        /// The directory.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Another process works on the same data directory.
    #[error("the data directory {} is in use by another process", .path.display())]
    DataDirectoryInUse {
        /// The directory.
        path: PathBuf,
    },
    /// The key file is there and makes no sense.
    #[error("the key file {} is damaged", .path.display())]
    KeysDamaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: crate::keys::KeysError,
    },
    /// The store has data and its key file is gone.
    #[error("the key file {} is missing although the store has data", .path.display())]
    KeysMissing {
        /// The file.
        path: PathBuf,
    },
    /// The system has no randomness to make keys from.
    #[error("could not make keys")]
    Randomness(#[source] getrandom::Error),
    /// The database does not open or does not migrate.
    #[error("could not open the store's database")]
    OpenDatabase(#[source] StoreError),
    /// The database was written by a newer version.
    #[error("the store's database has schema {found}, this version knows up to {known}")]
    SchemaTooNew {
        /// Version in the file.
        found: u32,
        /// Newest version known here.
        known: u32,
    },
    /// There is no store where one should be worked on.
    #[error("there is no store in {}", .path.display())]
    NoStore {
        /// The directory.
        path: PathBuf,
    },
    /// The sample shop could not be loaded.
    #[error("could not load the sample shop")]
    LoadSampleShop(#[source] StoreError),
    /// A password could not be hashed.
    #[error("could not prepare the accounts")]
    HashPassword(#[source] crate::accounts::PasswordError),
    /// Nobody can listen there.
    #[error("could not listen on {address}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
}

impl ServerError {
    /// The code of the failure.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::ReadConfiguration { .. } | Self::InvalidConfiguration { .. } | Self::NoStore { .. } => {
                Code::INVALID_CONFIGURATION
            }
            Self::DataDirectory { source, .. } if is_full(source) => Code::DISK_FULL,
            Self::DataDirectory { .. } => Code::PERMISSION_DENIED,
            Self::DataDirectoryInUse { .. } => Code::DATA_DIRECTORY_IN_USE,
            Self::KeysDamaged { .. } | Self::KeysMissing { .. } => Code::STORE_KEYS_UNUSABLE,
            Self::SchemaTooNew { .. } => Code::LOCAL_SCHEMA_TOO_NEW,
            Self::OpenDatabase(source) | Self::LoadSampleShop(source) => source.code(),
            Self::Randomness(_) | Self::HashPassword(_) => Code::SERVICE_UNAVAILABLE,
            Self::Listen { source, .. } if source.kind() == io::ErrorKind::AddrInUse => Code::PORT_IN_USE,
            Self::Listen { source, .. } if source.kind() == io::ErrorKind::PermissionDenied => {
                Code::PERMISSION_DENIED
            }
            Self::Listen { .. } => Code::INVALID_CONFIGURATION,
        }
    }

    /// What to do next.
    #[must_use]
    pub fn remedy(&self) -> String {
        if let Self::Listen { address, source } = self
            && source.kind() == io::ErrorKind::AddrInUse
        {
            let port = address.port();
            return format!("Stop what listens on port {port}, or choose another with `--listen`.");
        }
        if let Self::DataDirectory { path, source } = self
            && source.kind() == io::ErrorKind::PermissionDenied
        {
            let path = path.display();
            return format!("Make {path} writable for this account, or choose another with `--data-dir`.");
        }
        if let Self::NoStore { .. } = self {
            return "Name the store's data directory with `--data-dir`, the one `evertill serve` works on."
                .to_owned();
        }
        self.code().entry().remedy.to_owned()
    }
}

fn is_full(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
    )
}
