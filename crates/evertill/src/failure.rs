//! Everything a command can fail on, and how the process exits then.

use std::{io, path::PathBuf, process::ExitCode};

use evertill_client::ClientError;
use evertill_doctor::DoctorError;
use evertill_proxy::ProxyError;
use evertill_server::ServerError;
use evertill_till::{Sum, TillError};
use evertill_wire::{Code, Exit, env};
use tracing_subscriber::filter::ParseError;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// Something about a session.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// Something about the store server.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// Something about the till.
    #[error(transparent)]
    Till(#[from] TillError),
    /// Something about the proxy.
    #[error(transparent)]
    Proxy(#[from] ProxyError),
    /// `EVERTILL_LOG` makes no sense.
    #[error("could not understand the log filter in {name}", name = env::LOG)]
    LogFilter(#[source] ParseError),
    /// The asynchronous runtime did not start.
    #[error("could not start the threads of this process")]
    Runtime(#[source] io::Error),
    /// Nobody reads stdout any more.
    #[error("could not write to stdout")]
    Output(#[source] io::Error),
    /// The status could not be written as JSON.
    #[error("could not write the status as json")]
    Json(#[source] serde_json::Error),
    /// The password did not arrive on stdin.
    #[error("could not read the password from stdin")]
    PasswordInput(#[source] io::Error),
    /// Stdin was empty.
    #[error("no password arrived on stdin")]
    NoPassword,
    /// A directory for the demo could not be made.
    #[error("could not create a temporary data directory")]
    TemporaryDirectory(#[source] io::Error),
    /// No fault is called so.
    #[error("no fault is called `{name}`")]
    UnknownFault {
        /// What was given.
        name: String,
    },
    /// A fault was asked for by somebody who may not know what it does.
    #[error("a store that plays a fault serves no shop")]
    FaultNotMeant,
    /// The passphrase did not arrive on stdin.
    #[error("no passphrase arrived on stdin")]
    NoPassphrase,
    /// A new passphrase was typed in two ways.
    #[error("the two passphrases differ")]
    PassphrasesDiffer,
    /// A file cannot be read.
    #[error("could not read {}", path.display())]
    FileNotRead {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// Nobody said where the people of WordPress are.
    #[error("nothing says where the people of WordPress are")]
    NoWordPress,
    /// Nothing in the catalogue of error codes fits.
    #[error("could not find an error code for this text")]
    UnknownCode,
    /// The system does not tell this process when to stop.
    #[error("could not listen for the signal to stop")]
    Signal(#[source] io::Error),
    /// The doctor could not make or save its report.
    #[error(transparent)]
    Doctor(#[from] DoctorError),
    /// The doctor found something broken; the report is on stdout.
    #[error("something is broken between here and {store}: {sentence}")]
    Unwell {
        /// The store that was looked at.
        store: String,
        /// The first cause, one sentence.
        sentence: String,
        /// Its code.
        code: Code,
        /// What mends it.
        remedy: String,
        /// How the process exits on it.
        exit: Exit,
    },
    /// Sales would be lost.
    #[error("sales in this data directory have not reached {store} yet: {unsent}")]
    UnsentSales {
        /// The sales that wait.
        unsent: Sum,
        /// The store they are for.
        store: String,
    },
}

impl Failure {
    /// The code of the failure.
    pub(crate) fn code(&self) -> Code {
        match self {
            Self::Client(error) => error.code(),
            Self::Server(error) => error.code(),
            Self::Till(error) => error.code(),
            Self::Proxy(error) => error.code(),
            Self::LogFilter(_) => Code::INVALID_CONFIGURATION,
            Self::Runtime(_) | Self::Output(_) | Self::Json(_) | Self::Signal(_) => Code::SERVICE_UNAVAILABLE,
            Self::PasswordInput(_)
            | Self::NoPassword
            | Self::NoPassphrase
            | Self::PassphrasesDiffer
            | Self::NoWordPress => Code::MISSING_REQUIRED_PARAMETERS,
            Self::TemporaryDirectory(_) => Code::PERMISSION_DENIED,
            Self::FileNotRead { source, .. } if source.kind() == io::ErrorKind::NotFound => {
                Code::RESOURCE_NOT_FOUND
            }
            Self::FileNotRead { .. } => Code::PERMISSION_DENIED,
            Self::UnsentSales { .. } => Code::UNSENT_SALES,
            Self::UnknownCode | Self::UnknownFault { .. } => Code::INVALID_PARAMETER_VALUE,
            Self::FaultNotMeant => Code::MISSING_REQUIRED_PARAMETERS,
            Self::Doctor(error) => error.code(),
            Self::Unwell { code, .. } => *code,
        }
    }

    /// What to do next.
    pub(crate) fn remedy(&self) -> String {
        match self {
            Self::Client(ClientError::SessionEnded { store, .. }) => {
                format!("Run `evertill login --store {store}` to sign in again.")
            }
            Self::Client(error) => error.remedy(),
            Self::Server(error) => error.remedy(),
            Self::Till(error) => error.remedy(),
            Self::Proxy(error) => error.remedy(),
            Self::Doctor(error) => error.remedy(),
            Self::Unwell { remedy, .. } => remedy.clone(),
            Self::LogFilter(_) => {
                let name = env::LOG;
                format!("Write a filter like `info` or `evertill_client=debug`, or unset {name}.")
            }
            Self::PasswordInput(_) | Self::NoPassword => {
                "Send the password as the first line of stdin: `evertill login … --password-stdin < file`."
                    .to_owned()
            }
            Self::NoWordPress => {
                "Name WordPress' settings with `--wp-config`, its database with `--database-url`, or a CSV file."
                    .to_owned()
            }
            Self::PassphrasesDiffer => "Type the same passphrase twice.".to_owned(),
            Self::UnknownFault { .. } => "Run `evertill serve --fault list` for the names.".to_owned(),
            Self::FaultNotMeant => {
                "If this store is for training or a test, add `--i-know-this-is-a-test`.".to_owned()
            }
            Self::NoPassphrase => {
                "Send the passphrase as the first line of stdin: `… --passphrase-stdin < file`.".to_owned()
            }
            Self::FileNotRead { .. } => "Look at the name of the file and at who may read it.".to_owned(),
            Self::UnsentSales { .. } => {
                "Start the till on this data directory and let it send them, or take them to another till with `evertill sales export`."
                    .to_owned()
            }
            Self::UnknownCode => {
                "Give a code like API02007, a store's error code, or more words of the message; docs/error-codes lists all."
                    .to_owned()
            }
            Self::Runtime(_)
            | Self::Output(_)
            | Self::Json(_)
            | Self::TemporaryDirectory(_)
            | Self::Signal(_) => self.code().entry().remedy.to_owned(),
        }
    }

    /// How the process exits.
    pub(crate) fn exit(&self) -> ExitCode {
        let exit = match self {
            Self::Unwell { exit, .. } => *exit,
            // A failed renewal has one code outside; only the cause inside says whether a person is needed.
            Self::Client(error) | Self::Till(TillError::Session(error)) => error.exit(),
            Self::Server(_)
            | Self::Till(_)
            | Self::Proxy(_)
            | Self::LogFilter(_)
            | Self::Runtime(_)
            | Self::Output(_)
            | Self::Json(_)
            | Self::PasswordInput(_)
            | Self::NoPassword
            | Self::NoPassphrase
            | Self::PassphrasesDiffer
            | Self::NoWordPress
            | Self::UnknownFault { .. }
            | Self::FaultNotMeant
            | Self::FileNotRead { .. }
            | Self::TemporaryDirectory(_)
            | Self::UnknownCode
            | Self::Signal(_)
            | Self::Doctor(_)
            | Self::UnsentSales { .. } => self.code().exit(),
        };
        ExitCode::from(exit as u8)
    }
}
