//! The journal of endings: which sessions ended, beside the database.
//!
//! A database that is restored from last night's backup has forgotten what ended since, and would believe tokens that
//! somebody wanted to be worthless. So every ending is also appended here, and is on the disk before it is
//! acknowledged. A database remembers how far it knows the file; what it does not know is told to it. The file holds
//! no secret; it is not part of a restore. With a shared database every node has one.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Ended, StoreError};
use crate::{error::ServerError, home::private};

/// Name of the file in the data directory.
const FILE: &str = "endings.journal";

/// Sessions of one line; more ended at once take several.
const LINE_MAX: usize = 1_000;

#[derive(Serialize, Deserialize)]
struct Heading {
    journal: Uuid,
}

/// Sessions that ended together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Line {
    pub(super) sessions: Vec<Uuid>,
    pub(super) ended: Ended,
}

/// How far a database knows the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Applied {
    pub(super) journal: Uuid,
    pub(super) bytes: u64,
    /// Number of the last ending of a shared database that the file has; 0 with an embedded one.
    #[serde(default)]
    pub(super) ending: i64,
}

/// The journal, open for appending.
#[derive(Debug)]
pub(super) struct Journal {
    id: Uuid,
    heading: usize,
    file: Mutex<File>,
    /// Lines of work that is not committed yet.
    waiting: Mutex<Vec<u8>>,
}

impl Journal {
    /// Whether there is one in a data directory.
    pub(super) fn is_begun(data_dir: &Path) -> bool {
        data_dir.join(FILE).exists()
    }

    /// Begins one with what the database knows. Writes beside, syncs, renames, syncs the directory: after a power cut
    /// there is a whole file or none.
    pub(super) fn begin(data_dir: &Path, known: Vec<Line>) -> Result<(), ServerError> {
        let path = data_dir.join(FILE);
        let mut lines = Vec::new();
        let journal = Uuid::new_v4();
        write_line(&mut lines, &Heading { journal })
            .and_then(|()| known.iter().try_for_each(|line| write_line(&mut lines, line)))
            .map_err(ServerError::OpenDatabase)?;
        let beside = path.with_extension("new");
        let mut options = private();
        options.write(true).truncate(true);
        let written = options.open(&beside).and_then(|mut to| {
            to.write_all(&lines)?;
            to.sync_all()?;
            fs::rename(&beside, &path)?;
            sync_directory(data_dir)
        });
        written.map_err(failed(path))
    }

    /// Opens one that was begun.
    pub(super) fn open(data_dir: &Path) -> Result<Self, ServerError> {
        let path = data_dir.join(FILE);
        let opened = OpenOptions::new().read(true).append(true).open(&path);
        let read = opened.and_then(|mut file| {
            let mut text = Vec::new();
            file.read_to_end(&mut text)?;
            if !text.ends_with(b"\n") {
                // A line that a power cut tore was never acknowledged. The next one begins on a line of its own.
                file.write_all(b"\n")?;
                text.push(b'\n');
            }
            Ok((file, text))
        });
        let (file, text) = read.map_err(failed(path))?;
        let heading = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let id = serde_json::from_slice::<Heading>(heading).map_or(Uuid::nil(), |heading| heading.journal);
        Ok(Self {
            id,
            heading: heading.len() + 1,
            file: Mutex::new(file),
            waiting: Mutex::default(),
        })
    }

    /// Tells it from the journals of other nodes, and of other times.
    pub(super) fn id(&self) -> Uuid {
        self.id
    }

    /// What a database does not know that remembers `known`, and what it may remember once it was told.
    pub(super) fn unknown_to(&self, known: Option<&str>) -> io::Result<(Vec<Line>, Applied)> {
        let mut text = Vec::new();
        {
            let mut file = lock(&self.file);
            file.seek(SeekFrom::Start(0))?;
            file.read_to_end(&mut text)?;
        }
        let known = known
            .and_then(|text| serde_json::from_str::<Applied>(text).ok())
            .filter(|applied| applied.journal == self.id);
        let from = known
            .and_then(|applied| usize::try_from(applied.bytes).ok())
            .filter(|bytes| *bytes <= text.len())
            .unwrap_or(self.heading);
        let mut lines = Vec::new();
        for line in text[from..].split(|byte| *byte == b'\n') {
            match serde_json::from_slice(line) {
                Ok(line) => lines.push(line),
                Err(_) if line.is_empty() => {}
                Err(error) => tracing::warn!(%error, "a line of the journal of endings does not read"),
            }
        }
        let applied = Applied {
            journal: self.id,
            bytes: text.len() as u64,
            ending: known.map_or(0, |applied| applied.ending),
        };
        Ok((lines, applied))
    }

    /// Notes sessions that the transaction under way ends.
    pub(super) fn note(&self, gone: &[Uuid], ended: &Ended) -> Result<(), StoreError> {
        let lines = written(gone, ended)?;
        lock(&self.waiting).extend(lines);
        Ok(())
    }

    /// Takes what was noted to the disk: the transaction is committed.
    pub(super) fn keep(&self) -> io::Result<()> {
        let lines = std::mem::take(&mut *lock(&self.waiting));
        self.append(&lines).map(|_| ())
    }

    /// Drops what was noted: the transaction is not committed.
    pub(super) fn drop_noted(&self) {
        lock(&self.waiting).clear();
    }

    /// Takes sessions that ended to the disk, and says how long the file is then.
    pub(super) fn add(&self, lines: &[Line]) -> Result<u64, StoreError> {
        let mut text = Vec::new();
        for line in lines {
            text.extend(written(&line.sessions, &line.ended)?);
        }
        self.append(&text)
            .map_err(|error| StoreError::Commit(error.to_string()))
    }

    fn append(&self, lines: &[u8]) -> io::Result<u64> {
        let mut file = lock(&self.file);
        if !lines.is_empty() {
            file.write_all(lines)?;
            file.sync_data()?;
        }
        Ok(file.metadata()?.len())
    }
}

fn failed(path: PathBuf) -> impl FnOnce(io::Error) -> ServerError {
    |source| ServerError::DataDirectory { path, source }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn written(gone: &[Uuid], ended: &Ended) -> Result<Vec<u8>, StoreError> {
    let mut lines = Vec::new();
    for sessions in gone.chunks(LINE_MAX) {
        let line = Line {
            sessions: sessions.to_vec(),
            ended: ended.clone(),
        };
        write_line(&mut lines, &line)?;
    }
    Ok(lines)
}

fn write_line(to: &mut Vec<u8>, line: &impl Serialize) -> Result<(), StoreError> {
    serde_json::to_writer(&mut *to, line)?;
    to.push(b'\n');
    Ok(())
}

/// Makes a new name last through a power cut, where directories can be synced.
#[cfg(unix)]
fn sync_directory(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

/// Elsewhere a rename is journalled by the file system.
#[cfg(not(unix))]
fn sync_directory(_directory: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use evertill_issuer::Ending;

    use super::*;

    fn line(number: u128) -> Line {
        Line {
            sessions: vec![Uuid::from_u128(number)],
            ended: Ended::by_itself(Ending::Revoked, 7),
        }
    }

    #[test]
    fn a_database_is_told_what_came_after_what_it_remembers() {
        let home = tempfile::tempdir().unwrap();
        assert!(!Journal::is_begun(home.path()));
        Journal::begin(home.path(), vec![line(1)]).unwrap();
        let journal = Journal::open(home.path()).unwrap();
        let (all, applied) = journal.unknown_to(None).unwrap();
        assert_eq!(all, [line(1)]);
        assert_eq!(
            journal.add(&[line(2)]).unwrap(),
            journal.unknown_to(None).unwrap().1.bytes
        );
        let remembered = serde_json::to_string(&applied).unwrap();
        assert_eq!(journal.unknown_to(Some(&remembered)).unwrap().0, [line(2)]);
        let foreign = Applied {
            journal: Uuid::nil(),
            ..applied
        };
        let foreign = serde_json::to_string(&foreign).unwrap();
        assert_eq!(journal.unknown_to(Some(&foreign)).unwrap().0, [line(1), line(2)]);
    }

    #[test]
    fn a_line_that_a_power_cut_tore_costs_nothing_but_itself() {
        let home = tempfile::tempdir().unwrap();
        Journal::begin(home.path(), vec![line(1)]).unwrap();
        let path = home.path().join(FILE);
        let mut torn = fs::read(&path).unwrap();
        torn.extend(b"{\"sessions\":[\"000");
        fs::write(&path, torn).unwrap();
        Journal::open(home.path()).unwrap().add(&[line(2)]).unwrap();
        let (lines, _) = Journal::open(home.path()).unwrap().unknown_to(None).unwrap();
        assert_eq!(lines, [line(1), line(2)]);
    }
}
