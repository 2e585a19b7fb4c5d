//! What can go wrong in a till, with a code and what to do next.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use evertill_client::ClientError;
use evertill_sale::SaleError;
use evertill_wire::Code;

/// An operation of the till that failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TillError {
    /// The data directory could not be made or used.
    #[error("could not use the data directory {}", path.display())]
    DataDirectory {
        /// The directory.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// Another till holds the data directory.
    #[error("another till uses the data directory {}", path.display())]
    DataDirectoryInUse {
        /// The directory.
        path: PathBuf,
    },
    /// The data directory belongs to a till of another store.
    #[error("the data directory {} belongs to a till of {found}, not of {wanted}", path.display())]
    OtherStore {
        /// The directory.
        path: PathBuf,
        /// The store it belongs to.
        found: String,
        /// The store that was asked for.
        wanted: String,
    },
    /// The database could not be opened or is damaged.
    #[error("could not open the till's database {}", path.display())]
    OpenDatabase {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        #[source]
        source: rusqlite::Error,
    },
    /// The database does not pass SQLite's own check.
    #[error("the till's database {} is damaged: {finding}", path.display())]
    DatabaseDamaged {
        /// The file.
        path: PathBuf,
        /// The first thing the check found.
        finding: String,
    },
    /// The database was written by a newer till.
    #[error("the till's database is of format {found} and this till knows up to {known}")]
    SchemaTooNew {
        /// Format of the file.
        found: i64,
        /// Newest format this till knows.
        known: i64,
    },
    /// A transaction failed and was undone as a whole.
    #[error("could not {transaction} on this till")]
    Write {
        /// What it was to do, `save the sale`.
        transaction: &'static str,
        /// What SQLite said.
        #[source]
        source: rusqlite::Error,
    },
    /// Something could not be read from the database.
    #[error("could not {question} on this till")]
    Read {
        /// What was asked, `look up the sale`.
        question: &'static str,
        /// What SQLite said.
        #[source]
        source: rusqlite::Error,
    },
    /// The till is shutting down and takes no more work.
    #[error("the till is shutting down")]
    ShuttingDown,
    /// The address to listen on is taken.
    #[error("could not listen on {listen}, the port is taken")]
    PortInUse {
        /// The address.
        listen: SocketAddr,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The address to listen on cannot be used.
    #[error("could not listen on {listen}")]
    Listen {
        /// The address.
        listen: SocketAddr,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The system hands out no random bytes.
    #[error("could not draw random bytes")]
    Randomness(#[source] getrandom::Error),
    /// Something about the session failed.
    #[error("could not use the session with the store")]
    Session(#[source] ClientError),
    /// The store answered a read with something else than what was asked for.
    #[error("the store's answer to {route} could not be used")]
    StoreAnswer {
        /// What was asked for.
        route: String,
        /// Status of the answer.
        status: u16,
        /// What the answer means.
        code: Code,
    },
    /// A file of sales could not be sealed or opened.
    #[error("could not seal or open the file of sales")]
    SealedFile(#[source] ClientError),
    /// The sales could not be written down for another till.
    #[error("could not write down the sales for another till")]
    SalesNotWritten(#[source] serde_json::Error),
    /// What was sealed is no list of sales that this till can read.
    #[error("could not read the sales in the file")]
    SalesNotRead(#[source] SaleError),
    /// The sales in a file are for another store.
    #[error("the sales in the file are for {found}, and this till is one of {wanted}")]
    SalesOfOtherStore {
        /// The store of the sales.
        found: String,
        /// The store of this till.
        wanted: String,
    },
    /// A file could not be written.
    #[error("could not write {}", path.display())]
    FileNotWritten {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// Sales wait on this till, so that the session must not be ended.
    #[error("{count} sales over {sum} still wait on this till")]
    UnsentSales {
        /// How many.
        count: u32,
        /// What they are worth, with the currency sign.
        sum: String,
    },
}

impl TillError {
    /// The code that names the failure.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::DataDirectory { source, .. } => io_code(source),
            Self::DataDirectoryInUse { .. } => Code::DATA_DIRECTORY_IN_USE,
            Self::OtherStore { .. } => Code::INVALID_CONFIGURATION,
            Self::OpenDatabase { source, .. } => database_code(source, Code::LOCAL_DATABASE_FAILED),
            Self::DatabaseDamaged { .. } => Code::LOCAL_DATABASE_FAILED,
            Self::SchemaTooNew { .. } => Code::LOCAL_SCHEMA_TOO_NEW,
            Self::Write { source, .. } => database_code(source, Code::LOCAL_TRANSACTION_FAILED),
            Self::Read { source, .. } => database_code(source, Code::LOCAL_DATABASE_FAILED),
            Self::ShuttingDown | Self::Randomness(_) => Code::SERVICE_UNAVAILABLE,
            Self::PortInUse { .. } => Code::PORT_IN_USE,
            Self::Listen { source, .. } => io_code(source),
            Self::Session(source) | Self::SealedFile(source) => source.code(),
            Self::SalesNotWritten(_) => Code::SERVICE_UNAVAILABLE,
            Self::SalesNotRead(source) => source.code(),
            Self::SalesOfOtherStore { .. } => Code::INVALID_CONFIGURATION,
            Self::FileNotWritten { source, .. } => io_code(source),
            Self::StoreAnswer { code, .. } => *code,
            Self::UnsentSales { .. } => Code::UNSENT_SALES,
        }
    }

    /// What to do next.
    #[must_use]
    pub fn remedy(&self) -> String {
        match self {
            Self::OtherStore { path, .. } => format!(
                "Give this store a data directory of its own with `--data-dir`; the sales in {} stay with their store.",
                path.display()
            ),
            Self::DatabaseDamaged { path, .. } => format!(
                "The file was left as it is: keep a copy of {} before anything else, it may hold unsent sales.",
                path.display()
            ),
            Self::PortInUse { listen, .. } => format!(
                "Stop what listens on port {}, or choose another with `--listen`.",
                listen.port()
            ),
            Self::Session(source) | Self::SealedFile(source) => source.remedy(),
            Self::SalesOfOtherStore { found, .. } => {
                format!("Take the file to a till of {found}; nothing of it was taken in here.")
            }
            Self::FileNotWritten { source, .. } if source.kind() == io::ErrorKind::AlreadyExists => {
                "Choose a name that is not taken; no file is written over.".to_owned()
            }
            Self::DataDirectory { .. }
            | Self::DataDirectoryInUse { .. }
            | Self::OpenDatabase { .. }
            | Self::SchemaTooNew { .. }
            | Self::Write { .. }
            | Self::Read { .. }
            | Self::ShuttingDown
            | Self::Listen { .. }
            | Self::Randomness(_)
            | Self::StoreAnswer { .. }
            | Self::SalesNotWritten(_)
            | Self::SalesNotRead(_)
            | Self::FileNotWritten { .. }
            | Self::UnsentSales { .. } => self.code().entry().remedy.to_owned(),
        }
    }
}

fn io_code(source: &io::Error) -> Code {
    const FULL: [io::ErrorKind; 2] = [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded];
    const FORBIDDEN: [io::ErrorKind; 4] = [
        io::ErrorKind::PermissionDenied,
        io::ErrorKind::ReadOnlyFilesystem,
        io::ErrorKind::NotADirectory,
        io::ErrorKind::AlreadyExists,
    ];
    let kind = source.kind();
    if FULL.contains(&kind) {
        Code::DISK_FULL
    } else if FORBIDDEN.contains(&kind) {
        Code::PERMISSION_DENIED
    } else {
        Code::SERVICE_UNAVAILABLE
    }
}

fn database_code(source: &rusqlite::Error, otherwise: Code) -> Code {
    match source.sqlite_error_code() {
        Some(rusqlite::ErrorCode::DiskFull) => Code::DISK_FULL,
        Some(
            rusqlite::ErrorCode::PermissionDenied
            | rusqlite::ErrorCode::ReadOnly
            | rusqlite::ErrorCode::CannotOpen,
        ) => Code::PERMISSION_DENIED,
        Some(_) | None => otherwise,
    }
}
