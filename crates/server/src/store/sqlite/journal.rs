//! The journal of endings: which sessions ended, beside the database.
//!
//! A database that is restored from last night's backup has forgotten what ended since, and would believe tokens that
//! somebody wanted to be worthless. So every ending is also appended here, and is on the disk before it is
//! acknowledged. What the database does not know is told to it at the start. The file holds no secret; it is not part
//! of a restore.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};

use rusqlite::{Connection, OptionalExtension as _, params};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    error::ServerError,
    home::private,
    store::{Ended, StoreError},
};

/// Name of the file in the data directory.
const FILE: &str = "endings.journal";

/// Name of what the database remembers of the file.
const SETTING: &str = "endings_journal";

/// Sessions of one line; more ended at once take several.
const LINE_MAX: usize = 1_000;

#[derive(Serialize, Deserialize)]
struct Heading {
    journal: Uuid,
}

#[derive(Serialize, Deserialize)]
struct Line {
    sessions: Vec<Uuid>,
    ended: Ended,
}

/// How far the database knows the file.
#[derive(Serialize, Deserialize)]
struct Applied {
    journal: Uuid,
    bytes: u64,
}

/// The journal, open for appending.
#[derive(Debug)]
pub(super) struct Journal {
    file: Mutex<File>,
    /// Lines of work that is not committed yet.
    waiting: Mutex<Vec<u8>>,
}

impl Journal {
    /// Opens the journal, or begins one with what the database knows, and tells the database what it does not know.
    pub(super) fn open(data_dir: &Path, db: &mut Connection) -> Result<Self, ServerError> {
        let path = data_dir.join(FILE);
        let failed = |source| ServerError::DataDirectory {
            path: path.clone(),
            source,
        };
        if !path.exists() {
            begin(&path, db)?;
        }
        let mut file = OpenOptions::new()
            .read(true)
            .append(true)
            .open(&path)
            .map_err(failed)?;
        apply(&mut file, db).map_err(|error| match error {
            Fault::File(source) => failed(source),
            Fault::Store(source) => ServerError::OpenDatabase(source),
        })?;
        Ok(Self {
            file: Mutex::new(file),
            waiting: Mutex::default(),
        })
    }

    /// Notes sessions that the transaction under way ends.
    pub(super) fn note(&self, gone: &[Uuid], ended: &Ended) -> Result<(), StoreError> {
        let mut lines = Vec::new();
        for sessions in gone.chunks(LINE_MAX) {
            write_line(
                &mut lines,
                &Line {
                    sessions: sessions.to_vec(),
                    ended: ended.clone(),
                },
            )?;
        }
        lock(&self.waiting).extend(lines);
        Ok(())
    }

    /// Takes what was noted to the disk: the transaction is committed.
    pub(super) fn keep(&self) -> io::Result<()> {
        let lines = std::mem::take(&mut *lock(&self.waiting));
        if lines.is_empty() {
            return Ok(());
        }
        let mut file = lock(&self.file);
        file.write_all(&lines)?;
        file.sync_data()
    }

    /// Drops what was noted: the transaction is not committed.
    pub(super) fn drop_noted(&self) {
        lock(&self.waiting).clear();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn write_line(to: &mut Vec<u8>, line: &impl Serialize) -> Result<(), StoreError> {
    serde_json::to_writer(&mut *to, line)?;
    to.push(b'\n');
    Ok(())
}

/// Writes beside, syncs, renames: after a power cut there is a whole file or none.
fn begin(path: &Path, db: &Connection) -> Result<(), ServerError> {
    let failed = |source| ServerError::DataDirectory {
        path: path.to_owned(),
        source,
    };
    let lines = known(db).map_err(ServerError::OpenDatabase)?;
    let beside = path.with_extension("new");
    let mut to = private()
        .write(true)
        .truncate(true)
        .open(&beside)
        .map_err(failed)?;
    to.write_all(&lines)
        .and_then(|()| to.sync_all())
        .and_then(|()| std::fs::rename(&beside, path))
        .map_err(failed)
}

/// A heading, and everything the database knows.
fn known(db: &Connection) -> Result<Vec<u8>, StoreError> {
    let mut lines = Vec::new();
    let journal = Uuid::new_v4();
    write_line(&mut lines, &Heading { journal })?;
    let mut statement = db.prepare("SELECT session, ended FROM endings ORDER BY sequence")?;
    let rows = statement.query_map([], |row| {
        Ok((row.get(0).map(Uuid::from_bytes)?, row.get::<_, String>(1)?))
    })?;
    for row in rows {
        let (session, ended) = row?;
        let ended = serde_json::from_str(&ended)?;
        let sessions = vec![session];
        write_line(&mut lines, &Line { sessions, ended })?;
    }
    Ok(lines)
}

enum Fault {
    File(io::Error),
    Store(StoreError),
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::File(error)
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Self {
        Self::Store(error.into())
    }
}

/// Tells the database the endings it does not know.
fn apply(file: &mut File, db: &mut Connection) -> Result<(), Fault> {
    let mut text = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.read_to_end(&mut text)?;
    if !text.ends_with(b"\n") {
        // A line that a power cut tore was never acknowledged. The next one begins on a line of its own.
        file.write_all(b"\n")?;
        text.push(b'\n');
    }
    let heading = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let journal = serde_json::from_slice::<Heading>(heading).map_or(Uuid::nil(), |heading| heading.journal);
    let known: Option<String> = db
        .query_row("SELECT value FROM settings WHERE name = ?1", [SETTING], |row| {
            row.get(0)
        })
        .optional()?;
    let from = known
        .and_then(|text| serde_json::from_str::<Applied>(&text).ok())
        .filter(|applied| applied.journal == journal)
        .and_then(|applied| usize::try_from(applied.bytes).ok())
        .filter(|bytes| *bytes <= text.len())
        .unwrap_or(heading.len() + 1);
    let transaction = db.transaction()?;
    let mut told = 0;
    for line in text[from..].split(|byte| *byte == b'\n') {
        match serde_json::from_slice::<Line>(line) {
            Ok(line) => told += tell(&transaction, &line)?,
            Err(_) if line.is_empty() => {}
            Err(error) => tracing::warn!(%error, "a line of the journal of endings does not read"),
        }
    }
    let applied = Applied {
        journal,
        bytes: text.len() as u64,
    };
    transaction.execute(
        "INSERT INTO settings (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        params![SETTING, serde_json::to_string(&applied)?],
    )?;
    transaction.commit()?;
    if told > 0 {
        tracing::warn!(
            sessions = told,
            "the database had forgotten that these sessions ended; they stay ended"
        );
    }
    Ok(())
}

fn tell(db: &Connection, line: &Line) -> Result<usize, StoreError> {
    let ended = serde_json::to_string(&line.ended)?;
    let mut note =
        db.prepare_cached("INSERT INTO endings (session, ended) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?;
    let mut end = db
        .prepare_cached("UPDATE sessions SET ended_at = ?2, ended = ?3 WHERE id = ?1 AND ended_at IS NULL")?;
    let mut told = 0;
    for session in &line.sessions {
        told += note.execute(params![session.as_bytes(), ended])?;
        end.execute(params![session.as_bytes(), line.ended.at, ended])?;
    }
    Ok(told)
}
