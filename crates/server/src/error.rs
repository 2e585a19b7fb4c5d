//! Why a store server does not start. Once it runs, trouble is an HTTP answer, not one of these.

use std::{io, net::SocketAddr, path::PathBuf};

use evertill_wire::Code;

use crate::{
    backup::CopyError,
    config::Origin,
    listen::TlsError,
    store::{StoreError, postgres::DatabaseUrlError},
};

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
    /// A key that is no setting.
    #[error("{key} is no setting ({origin})")]
    UnknownSetting {
        /// As it was written.
        key: String,
        /// Where.
        origin: Origin,
        /// The known one that looks most like it.
        nearest: Option<String>,
    },
    /// A setting has a value it cannot have.
    #[error("the setting {key} cannot have this value ({origin})")]
    InvalidSetting {
        /// The setting.
        key: &'static str,
        /// Where the value came from.
        origin: Origin,
        /// What is wrong with it.
        source: Box<toml::de::Error>,
    },
    /// A copy of the store could not be made, checked or put back.
    #[error("could not work on the copy {}", .path.display())]
    Copy {
        /// The file.
        path: PathBuf,
        /// Why.
        source: CopyError,
    },
    /// Certificate or key cannot be used.
    #[error("could not set up TLS")]
    Tls(#[source] TlsError),
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
    /// Sessions in the shared database hang on a key that is not there.
    #[error("the keys in {} are not those the store's database goes with", .path.display())]
    KeysForeign {
        /// Directory of the keys.
        path: PathBuf,
    },
    /// The address of the database does not make sense.
    #[error("the address of the database cannot be used")]
    DatabaseUrl(#[source] DatabaseUrlError),
    /// The address of the database holds its password in a place that others can read.
    #[error("the address of the database holds a password where others can read it")]
    DatabasePassword,
    /// The file with the address of the database cannot be read.
    #[error("could not read the address of the database from {}", .path.display())]
    DatabaseUrlFile {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// TLS to the database cannot be set up.
    #[error("could not set up TLS to the database")]
    DatabaseTls(#[source] rustls::Error),
    /// The certificates that vouch for the database cannot be read.
    #[error("could not read the certificates {}", .path.display())]
    DatabaseRoots {
        /// The file.
        path: PathBuf,
        /// Why.
        source: rustls::pki_types::pem::Error,
    },
    /// The connections to the database cannot be set up.
    #[error("could not set up connections to the database")]
    DatabasePool,
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
    /// Copies are asked of a store whose database keeps its own.
    #[error("the store's database is shared, and a copy of it is not made here")]
    SharedCopy,
    /// Nobody has this username or e-mail address.
    #[error("nobody is called {login}")]
    NoSuchPerson {
        /// What was typed.
        login: String,
    },
    /// No living session begins like this, or more than one does.
    #[error("{found} living sessions have a key that begins with {key}")]
    NoSuchSession {
        /// What was typed.
        key: String,
        /// How many fit.
        found: usize,
    },
    /// An account cannot be what was asked for.
    #[error("the account was not changed: {why}")]
    AccountRefused {
        /// What stands against it.
        why: &'static str,
    },
    /// A file with accounts cannot be read.
    #[error("could not read the accounts in {}", .path.display())]
    ReadImport {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file with accounts is not a table that is understood.
    #[error("the file {} has no column {column}", .path.display())]
    ImportLayout {
        /// The file.
        path: PathBuf,
        /// The column that is missing.
        column: &'static str,
    },
    /// The people of a WordPress site could not be read from its database.
    #[error("could not read the people of WordPress")]
    ReadWordPress(#[from] crate::office::WordPressError),
    /// The database failed a piece of work in the office.
    #[error("could not work on the store's database")]
    Office(#[from] StoreError),
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
            Self::ReadConfiguration { .. }
            | Self::InvalidConfiguration { .. }
            | Self::UnknownSetting { .. }
            | Self::InvalidSetting { .. }
            | Self::NoStore { .. }
            | Self::SharedCopy
            | Self::DatabaseUrl(_)
            | Self::DatabasePassword
            | Self::DatabaseUrlFile { .. }
            | Self::DatabaseTls(_)
            | Self::DatabaseRoots { .. }
            | Self::DatabasePool => Code::INVALID_CONFIGURATION,
            Self::Copy { source, .. } => match source {
                CopyError::File(error) if is_full(error) => Code::DISK_FULL,
                CopyError::File(_) | CopyError::Taken => Code::PERMISSION_DENIED,
                CopyError::Database(_) | CopyError::Damaged(_) => Code::LOCAL_DATABASE_FAILED,
                CopyError::ForeignKeys => Code::STORE_KEYS_UNUSABLE,
            },
            Self::Tls(source) if source.is_permission() => Code::PERMISSION_DENIED,
            Self::Tls(_) => Code::INVALID_CONFIGURATION,
            Self::DataDirectory { source, .. } if is_full(source) => Code::DISK_FULL,
            Self::DataDirectory { .. } => Code::PERMISSION_DENIED,
            Self::DataDirectoryInUse { .. } => Code::DATA_DIRECTORY_IN_USE,
            Self::KeysDamaged { .. } | Self::KeysMissing { .. } | Self::KeysForeign { .. } => {
                Code::STORE_KEYS_UNUSABLE
            }
            Self::SchemaTooNew { .. } => Code::LOCAL_SCHEMA_TOO_NEW,
            Self::OpenDatabase(source) | Self::LoadSampleShop(source) | Self::Office(source) => source.code(),
            Self::NoSuchPerson { .. } | Self::NoSuchSession { .. } => Code::RESOURCE_NOT_FOUND,
            Self::AccountRefused { .. } | Self::ImportLayout { .. } | Self::ReadImport { .. } => {
                Code::INVALID_PARAMETER_VALUE
            }
            Self::ReadWordPress(source) => source.code(),
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
        if let Self::UnknownSetting { nearest, .. } = self {
            return match nearest {
                Some(nearest) => {
                    format!("Did you mean {nearest}? `evertill serve --print-config` lists every setting.")
                }
                None => "`evertill serve --print-config` lists every setting.".to_owned(),
            };
        }
        if let Self::Copy { source, .. } = self {
            return match source {
                CopyError::Taken => "Choose another name with `--to`; a copy is never written over.".to_owned(),
                CopyError::ForeignKeys => {
                    "Restore into an empty data directory, or put the copy's own keys.json back first.".to_owned()
                }
                CopyError::File(_) => "Check that both files of the copy are there, that there is room, and that this account may write.".to_owned(),
                CopyError::Database(_) | CopyError::Damaged(_) => {
                    "Nothing was changed. Use another copy, or make a new one while the store is well.".to_owned()
                }
            };
        }
        if let Self::Tls(TlsError::HalfNamed) = self {
            return "Name both `--tls-cert` and `--tls-key`, or neither.".to_owned();
        }
        if let Self::ReadWordPress(source) = self {
            return source.remedy().to_owned();
        }
        if let Self::NoStore { .. } = self {
            return "Name the store's data directory with `--data-dir`, the one `evertill serve` works on."
                .to_owned();
        }
        if let Self::SharedCopy = self {
            return "Copy the database with `pg_dump` or its archive, and keys.json beside it.".to_owned();
        }
        if let Self::DatabasePassword = self {
            return "Put the whole address into EVERTILL_DATABASE_URL, or into a private file that `[database] \
                    url_file` names."
                .to_owned();
        }
        if let Self::KeysForeign { path } = self {
            let path = path.display();
            return format!(
                "Copy keys.json from a node that works on this database to {path}, or name the directory it is in \
                 with `--keys`. Never make new keys: every till would be signed out."
            );
        }
        if let Self::OpenDatabase(StoreError::Unreachable(_) | StoreError::Remote(_)) = self {
            return "Check that the database runs, that its address is right, and that this account may use it."
                .to_owned();
        }
        let words = if matches!(self, Self::NoSuchPerson { .. }) {
            "Take a username or an e-mail address from `evertill admin users list`."
        } else if matches!(self, Self::NoSuchSession { .. }) {
            "Take the key of one session from `evertill admin sessions list`, and type more of it."
        } else if matches!(self, Self::AccountRefused { .. }) {
            "Change what stands against it and try again."
        } else if matches!(self, Self::ReadImport { .. }) {
            "Name a file this account can read, at most 64 MiB."
        } else if matches!(self, Self::ImportLayout { .. }) {
            "Export the users with the columns user_login, user_email, user_pass, display_name and roles."
        } else {
            self.code().entry().remedy
        };
        words.to_owned()
    }
}

fn is_full(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
    )
}
