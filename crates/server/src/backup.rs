//! Copies of a store that runs, and the way back from one.
//!
//! A copy is two files: the database, taken page by page while the server goes on, and the keys beside it. Both are
//! needed: sessions in the database are worth nothing without the keys that seal their tokens. A copy is checked
//! before it gets its name. Restoring leaves the journal of endings where it is: what ended since stays ended.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::{Connection, OpenFlags, backup::Backup};
use serde::Serialize;
use serde_json::Value;

use crate::{
    ServeOptions, ServerError,
    clock::Clock,
    home::{Home, private},
    keys, opening,
    store::sqlite::{DATABASE_FILE, Found, Sqlite},
};

/// Pages copied before writers get their turn.
const PAGES_PER_STEP: i32 = 512;

/// How long writers get between two steps.
const STEP_REST: Duration = Duration::from_millis(5);

/// Name of the key file in a data directory.
const KEYS_FILE: &str = "keys.json";

/// What went wrong with a copy.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CopyError {
    /// The database does not answer.
    #[error("the database cannot be read")]
    Database(#[from] rusqlite::Error),
    /// A file cannot be read or written.
    #[error("a file cannot be read or written")]
    File(#[from] io::Error),
    /// The database is damaged.
    #[error("the database is damaged: {0}")]
    Damaged(String),
    /// Something is there already.
    #[error("there is a file of this name already")]
    Taken,
    /// The keys that were found are not those of the copy.
    #[error("the data directory has other keys than the copy: every till would have to sign in again")]
    ForeignKeys,
}

/// The data directory that copies of this store are made of.
///
/// # Errors
/// [`ServerError::SharedCopy`] where the database is a shared one: its own tools copy it.
pub fn copies_of(store: &ServeOptions) -> Result<&Path, ServerError> {
    match opening::is_shared(store)? {
        true => Err(ServerError::SharedCopy),
        false => Ok(&store.data_dir),
    }
}

/// What is in a store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Inventory {
    /// Version of the tables.
    pub schema: u32,
    /// People who can sign in.
    pub accounts: u64,
    /// Sessions, ended ones too.
    pub sessions: u64,
    /// Products and variations.
    pub items: u64,
    /// Orders.
    pub orders: u64,
    /// Size of the database, in bytes.
    pub bytes: u64,
    /// Public keys of the key file beside it.
    pub keys: usize,
}

/// Copies a store into a file, and its keys into a file beside it with `.keys` at the end. The store may run.
///
/// # Errors
/// [`ServerError::Copy`] when it does not succeed; then neither file is there.
pub fn backup(data_dir: &Path, to: &Path) -> Result<Inventory, ServerError> {
    if Sqlite::look(data_dir)? == Found::Nothing {
        return Err(ServerError::NoStore {
            path: data_dir.to_owned(),
        });
    }
    copy(data_dir, to).map_err(|source| ServerError::Copy {
        path: to.to_owned(),
        source,
    })
}

/// Puts a copy in the place of a store that does not run. What was there before is kept beside it, with
/// `.before-restore` at the end.
///
/// # Errors
/// [`ServerError::Copy`] when the copy is damaged or its keys do not fit; then nothing was changed.
pub fn restore(data_dir: &Path, from: &Path) -> Result<Inventory, ServerError> {
    let home = Home::open(data_dir)?;
    put_back(home.path(), from).map_err(|source| ServerError::Copy {
        path: from.to_owned(),
        source,
    })
}

/// Looks through a store: is the database whole, is its version known, are the keys there and readable.
///
/// # Errors
/// What is wrong with it.
pub fn check(data_dir: &Path, clock: &Clock) -> Result<Inventory, ServerError> {
    if Sqlite::look(data_dir)? == Found::Nothing {
        return Err(ServerError::NoStore {
            path: data_dir.to_owned(),
        });
    }
    let keys = keys::signing_keys(data_dir, clock)?.len();
    let path = data_dir.join(DATABASE_FILE);
    let found = inspect(&path).map_err(|source| ServerError::Copy { path, source })?;
    Ok(Inventory { keys, ..found })
}

fn copy(data_dir: &Path, to: &Path) -> Result<Inventory, CopyError> {
    let keys_to = with_ending(to, ".keys");
    if to.exists() || keys_to.exists() {
        return Err(CopyError::Taken);
    }
    let half = with_ending(to, ".partial");
    let made = (|| {
        private().write(true).truncate(true).open(&half)?;
        let from = Connection::open_with_flags(data_dir.join(DATABASE_FILE), reading())?;
        let mut into = Connection::open(&half)?;
        Backup::new(&from, &mut into)?.run_to_completion(PAGES_PER_STEP, STEP_REST, None)?;
        into.pragma_update(None, "journal_mode", "DELETE")?;
        into.close().map_err(|(_, error)| error)?;
        let inventory = inspect(&half)?;
        File::open(&half)?.sync_all()?;
        write_whole(&keys_to, &fs::read(data_dir.join(KEYS_FILE))?)?;
        fs::rename(&half, to)?;
        sync_directory(to)?;
        Ok(inventory)
    })();
    if made.is_err() {
        // What is half made has no use; a file that cannot be removed is named by the error that stopped the work.
        let _ = fs::remove_file(&half);
        let _ = fs::remove_file(&keys_to);
    }
    made
}

fn put_back(data_dir: &Path, from: &Path) -> Result<Inventory, CopyError> {
    let inventory = inspect(from)?;
    let (keys_from, keys_here) = (with_ending(from, ".keys"), data_dir.join(KEYS_FILE));
    let keys = fs::read(&keys_from)?;
    if keys_here.exists() && !seals_alike(&fs::read(&keys_here)?, &keys) {
        return Err(CopyError::ForeignKeys);
    }
    let database = data_dir.join(DATABASE_FILE);
    let fresh = with_ending(&database, ".restoring");
    write_whole(&fresh, &fs::read(from)?)?;
    if !keys_here.exists() {
        write_whole(&keys_here, &keys)?;
    }
    // A power cut at any point leaves a database under the name: an empty data directory would start as a new store.
    if database.exists() {
        keep(&database, &with_ending(&database, ".before-restore"))?;
    }
    for ending in ["-wal", "-shm"] {
        let beside = with_ending(&database, ending);
        if beside.exists() {
            fs::rename(
                &beside,
                with_ending(&database, &format!(".before-restore{ending}")),
            )?;
        }
    }
    fs::rename(&fresh, &database)?;
    sync_directory(&database)?;
    Ok(inventory)
}

/// Gives a file a second name, and where the disk knows no second names, a copy.
fn keep(file: &Path, second: &Path) -> Result<(), CopyError> {
    if second.exists() {
        fs::remove_file(second)?;
    }
    if fs::hard_link(file, second).is_err() {
        fs::copy(file, second)?;
    }
    Ok(())
}

/// Whether two key files have a key in common that seals refresh tokens. Signing keys may differ: they are replaced
/// by schedule.
fn seals_alike(one: &[u8], other: &[u8]) -> bool {
    let seals = |bytes: &[u8]| match serde_json::from_slice::<Value>(bytes)
        .ok()?
        .get_mut("refresh")?
        .take()
    {
        Value::Array(several) => Some(several),
        single @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_)) => {
            Some(vec![single])
        }
    };
    let (Some(one), Some(other)) = (seals(one), seals(other)) else {
        return false;
    };
    one.iter().any(|seal| other.contains(seal))
}

fn reading() -> OpenFlags {
    OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX
}

fn inspect(path: &Path) -> Result<Inventory, CopyError> {
    let db = Connection::open_with_flags(path, reading())?;
    db.busy_timeout(Duration::from_secs(5))?;
    let verdict: String = db.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if verdict != "ok" {
        return Err(CopyError::Damaged(verdict));
    }
    let count = |table: &str| -> Result<u64, CopyError> {
        let count: i64 = db.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))?;
        Ok(count.unsigned_abs())
    };
    Ok(Inventory {
        schema: db.pragma_query_value(None, "user_version", |row| row.get(0))?,
        accounts: count("accounts")?,
        sessions: count("sessions")?,
        items: count("items")?,
        orders: count("orders")?,
        bytes: fs::metadata(path)?.len(),
        keys: 0,
    })
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut to = private().write(true).truncate(true).open(path)?;
    to.write_all(bytes)?;
    to.sync_all()
}

/// Makes a new name last through a power cut, where directories can be synced.
fn sync_directory(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    if let Some(directory) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        File::open(directory)?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}
