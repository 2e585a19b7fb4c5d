//! Why a WordPress site's database could not be read, and what to do about it.

use std::{io, path::PathBuf};

use evertill_wire::Code;
use mysql_async::{DriverError, Error, IoError};

use super::{
    address::{AddressFault, WordPressAddress},
    config::ConfigFault,
};

/// Longest text of the other side that is repeated, in characters.
const WORDS_MAX: usize = 200;

/// Why a WordPress site's database could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WordPressError {
    /// The address makes no sense.
    #[error("the address of the database cannot be used")]
    Address(#[from] AddressFault),
    /// The address holds its password in a place that others can read.
    #[error("the address of the database holds a password where others can read it")]
    PasswordInTheOpen,
    /// The settings of WordPress cannot be read.
    #[error("could not read {}", .path.display())]
    ReadConfig {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A setting of WordPress cannot be used.
    #[error("could not take {setting} from {}", .path.display())]
    Config {
        /// The file.
        path: PathBuf,
        /// The setting.
        setting: &'static str,
        /// What is wrong with it.
        #[source]
        fault: ConfigFault,
    },
    /// The certificates that vouch for the database cannot be read.
    #[error("could not read certificates from {}", .path.display())]
    Roots {
        /// The file.
        path: PathBuf,
        /// Why.
        source: rustls::pki_types::pem::Error,
    },
    /// The name leads nowhere.
    #[error("could not find the host {host}")]
    NoSuchHost {
        /// The name.
        host: String,
        /// Why.
        source: io::Error,
    },
    /// Nobody answers there.
    #[error("could not connect to {address}")]
    Connect {
        /// Where.
        address: Box<WordPressAddress>,
        /// Why.
        source: io::Error,
    },
    /// An answer did not come in time.
    #[error("the database did not answer within {seconds} seconds")]
    Silent {
        /// How long was waited.
        seconds: u64,
    },
    /// The server speaks no TLS.
    #[error("the database server offers no TLS")]
    NoTls,
    /// TLS was begun and given up.
    #[error("could not agree on TLS with the database server")]
    Tls(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Name or password is wrong, or the account may not come from here.
    #[error("the database server refuses the account {user}")]
    Refused {
        /// The name.
        user: String,
        /// Whether a password was shown.
        has_password: bool,
    },
    /// The database is not there, or the account may not see it.
    #[error("there is no database {database} for the account {user}")]
    NoDatabase {
        /// The database.
        database: String,
        /// The name.
        user: String,
    },
    /// The account may not read a table.
    #[error("the account may not read the tables of WordPress")]
    MayNotRead,
    /// No table of WordPress is there, or the account sees none.
    #[error("the database holds no tables of WordPress")]
    NoTables,
    /// Several sites are there.
    #[error("the database holds the tables of several sites, with the prefixes {}", .prefixes.join(", "))]
    AmbiguousPrefix {
        /// What their tables begin with.
        prefixes: Vec<String>,
    },
    /// The prefix that was named does not fit.
    #[error("the database holds no people of WordPress under the prefix `{prefix}`")]
    PrefixUnknown {
        /// What was named.
        prefix: String,
    },
    /// The server refuses a statement, or a connection, for a reason of its own.
    #[error("the database server refuses: {words} ({number})")]
    Server {
        /// Its number of the error.
        number: u16,
        /// Its words.
        words: String,
    },
    /// The connection broke.
    #[error("the connection to the database was cut")]
    Cut(#[source] io::Error),
    /// The other side does not speak as MySQL does.
    #[error("the database server answers in a way that is not understood")]
    NotUnderstood(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl WordPressError {
    /// The code of the failure.
    pub(crate) fn code(&self) -> Code {
        match self {
            Self::Address(_) | Self::PasswordInTheOpen | Self::Config { .. } | Self::Roots { .. } => {
                Code::INVALID_CONFIGURATION
            }
            Self::ReadConfig { source, .. } if source.kind() == io::ErrorKind::NotFound => {
                Code::RESOURCE_NOT_FOUND
            }
            Self::ReadConfig { .. } => Code::PERMISSION_DENIED,
            Self::NoSuchHost { .. } => Code::DNS_RESOLUTION_FAILED,
            Self::Connect { source, .. } if source.kind() == io::ErrorKind::PermissionDenied => {
                Code::PERMISSION_DENIED
            }
            Self::Connect { source, .. } if source.kind() == io::ErrorKind::TimedOut => {
                Code::CONNECTION_TIMEOUT
            }
            Self::Connect { source, .. } if is_closed(source) => Code::CONNECTION_REFUSED,
            Self::Connect { .. } => Code::NETWORK_UNREACHABLE,
            Self::Silent { .. } => Code::CONNECTION_TIMEOUT,
            Self::NoTls | Self::Tls(_) => Code::TLS_CERTIFICATE_ERROR,
            Self::Refused { .. } => Code::INVALID_CREDENTIALS,
            Self::MayNotRead => Code::INSUFFICIENT_PERMISSIONS,
            Self::NoDatabase { .. } | Self::NoTables => Code::RESOURCE_NOT_FOUND,
            Self::AmbiguousPrefix { .. } | Self::PrefixUnknown { .. } => Code::INVALID_PARAMETER_VALUE,
            Self::Server { .. } => Code::SERVICE_UNAVAILABLE,
            Self::Cut(_) => Code::CONNECTION_RESET,
            Self::NotUnderstood(_) => Code::INVALID_RESPONSE_FORMAT,
        }
    }

    /// What to do next.
    pub(crate) fn remedy(&self) -> &'static str {
        match self {
            Self::Address(_) => {
                "Write mysql://USER@HOST:PORT/DATABASE, or name WordPress' settings with `--wp-config`."
            }
            Self::PasswordInTheOpen => {
                "Leave the password out and send it with `--password-stdin`, or put the whole address into \
                 EVERTILL_WORDPRESS_DATABASE_URL."
            }
            Self::ReadConfig { .. } => {
                "Name the file, or the directory WordPress is in; only its owner may be allowed to read it."
            }
            Self::Config { .. } => {
                "PHP is not run here. Name the database with `--database-url`, and send the password with \
                 `--password-stdin`."
            }
            Self::Roots { .. } => "Name a file of certificates (PEM) that this account can read.",
            Self::NoSuchHost { .. } => "Check the name of the host, and the network of this machine.",
            Self::Connect { .. } => {
                "Check host, port or socket, and that the database server runs and listens there."
            }
            Self::Silent { .. } => {
                "Check that the database server runs and that no firewall keeps this machine out."
            }
            Self::NoTls => {
                "Have TLS switched on at the database server, or say `ssl-mode=disabled` if nobody can listen on the \
                 way there."
            }
            Self::Tls(_) => {
                "Name the certificates that vouch for the server with `ssl-ca`, and the host as its certificate has it."
            }
            Self::Refused {
                has_password: false, ..
            } => "No password was sent: give it with `--password-stdin`, or take `--wp-config`.",
            Self::Refused { .. } => {
                "Check name and password, and that the account may come from this machine, and with or without TLS as \
                 here."
            }
            Self::NoDatabase { .. } => {
                "Take the name from DB_NAME in wp-config.php; an account that may read nothing in it sees no database."
            }
            Self::MayNotRead => {
                "GRANT SELECT on both tables, …users and …usermeta, to the account; it needs no more."
            }
            Self::NoTables => {
                "Take the database from DB_NAME in wp-config.php; the account needs SELECT on …users and …usermeta."
            }
            Self::AmbiguousPrefix { .. } => {
                "Choose one with `--table-prefix`; $table_prefix in wp-config.php is the one of that site."
            }
            Self::PrefixUnknown { .. } => {
                "Take $table_prefix from wp-config.php, or leave `--table-prefix` out to have it found."
            }
            Self::Server { .. } => {
                "Read what the server says; nothing was changed there. Run the command again."
            }
            Self::Cut(_) => {
                "Run the command again: accounts that came over stay, and it goes on behind them."
            }
            Self::NotUnderstood(_) => "Check that the address is that of a MySQL or MariaDB server.",
        }
    }

    /// What the driver says, in our words.
    pub(super) fn of(error: Error, address: &WordPressAddress) -> Self {
        match error {
            Error::Server(error) => match error.code {
                // Wrong password; an account that only a system user may use.
                1045 | 1698 => Self::Refused {
                    user: address.user.clone(),
                    has_password: !address.password.is_empty(),
                },
                1044 | 1049 => Self::NoDatabase {
                    database: address.database.clone(),
                    user: address.user.clone(),
                },
                1142 | 1143 => Self::MayNotRead,
                number => Self::Server {
                    number,
                    words: spoken(&error.message),
                },
            },
            Error::Driver(DriverError::NoClientSslFlagFromServer) => Self::NoTls,
            Error::Driver(DriverError::ConnectionClosed) => {
                Self::Cut(io::ErrorKind::ConnectionAborted.into())
            }
            Error::Io(IoError::Tls(error)) => Self::Tls(error.into()),
            Error::Io(IoError::Io(error)) => Self::broken(error),
            // Their texts may repeat what was sent.
            Error::Driver(error) => Self::NotUnderstood(kind(&error).into()),
            Error::Other(_) | Error::Url(_) => Self::NotUnderstood("an answer that is no answer".into()),
        }
    }

    fn broken(error: io::Error) -> Self {
        let is_tls = error
            .get_ref()
            .is_some_and(|inner| inner.downcast_ref::<rustls::Error>().is_some());
        match is_tls {
            true => Self::Tls(error.into()),
            false => Self::Cut(error),
        }
    }

    /// The same when nothing was ever said to anybody: not cut, but never there.
    pub(super) fn at_the_door(self, address: &WordPressAddress) -> Self {
        let Self::Cut(source) = self else {
            return self;
        };
        Self::Connect {
            address: Box::new(address.clone()),
            source,
        }
    }
}

fn kind(error: &DriverError) -> String {
    if let DriverError::UnknownAuthPlugin { name } = error {
        let name = spoken(name);
        return format!("the account proves itself in a way that is not known here: {name}");
    }
    let words = if matches!(error, DriverError::CleartextPluginDisabled) {
        "the server wants the password in plain text"
    } else if matches!(error, DriverError::MysqlOldPasswordDisabled) {
        "the account has a password of MySQL before 4.1"
    } else {
        "an answer that is no answer"
    };
    words.to_owned()
}

/// Words of the other side, short and on one line.
fn spoken(text: &str) -> String {
    text.chars()
        .filter(|letter| !letter.is_control())
        .take(WORDS_MAX)
        .collect()
}

/// Whether the machine answered and nobody listens: no such port, no such socket, a socket that was left behind.
fn is_closed(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::NotFound
    )
}
