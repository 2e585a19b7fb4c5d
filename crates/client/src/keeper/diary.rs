//! The journal on disk: one JSON line per entry, bounded, for the timeline, the counters and bug reports.
//!
//! Lines of another kind carry what entries cannot tell: the counts of entries that were dropped when the file was cut
//! down, and what is counted without an entry. Readers skip lines they do not know.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use evertill_session::journal::ENTRIES_MAX;
use evertill_session::{Counters, Journal, JournalEntry};
use serde::{Deserialize, Serialize};

use crate::address::StoreAddress;
use crate::home::Home;
use crate::session_name::SessionName;
use crate::vault::file::{private, write_atomically};

/// A file longer than this is cut down, in bytes; entries are 100 to 400 bytes long, so that some hundred of them go at
/// once.
const FILE_BYTES_MAX: u64 = 256 * 1024;

/// What a journal file holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Diary {
    /// The newest entries.
    pub(crate) journal: Journal,
    /// Everything that was ever counted.
    pub(crate) counters: Counters,
}

/// A line of the file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Line {
    /// Counts without entries.
    Counted {
        counted: Counters,
    },
    Entry(JournalEntry),
}

/// Reads what was kept. Lines that cannot be read are left out; the journal is for people and decides nothing.
pub(crate) fn load(home: &Home, store: &StoreAddress, session: &SessionName) -> Diary {
    read(&home.journal_path(store, session)).unwrap_or_default()
}

/// Adds a line to the file, and cuts the file down when it has grown too long.
pub(super) fn append(path: &Path, line: &Line) -> io::Result<()> {
    let mut text = serde_json::to_vec(line)?;
    text.push(b'\n');
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    let mut file = private(&mut options).open(path)?;
    // One write for the whole line, so that two processes never mix theirs.
    file.write_all(&text)?;
    if file.metadata()?.len() > FILE_BYTES_MAX {
        shorten(path)?;
    }
    Ok(())
}

fn read(path: &Path) -> io::Result<Diary> {
    Ok(Diary::of_bytes(&fs::read(path)?))
}

impl Diary {
    /// Reads the lines of a journal.
    pub(crate) fn of_bytes(bytes: &[u8]) -> Self {
        let mut diary = Self::default();
        for line in String::from_utf8_lossy(bytes).lines() {
            match serde_json::from_str(line) {
                Ok(Line::Entry(entry)) => {
                    diary.counters.count(&entry.event);
                    diary.journal.push(entry);
                }
                Ok(Line::Counted { counted }) => diary.counters.add(&counted),
                Err(_) => {}
            }
        }
        diary
    }
}

/// Keeps the newest entries, and of the others what they count. What another process adds in this moment is lost.
fn shorten(path: &Path) -> io::Result<()> {
    let bytes = fs::read(path)?;
    let mut entries = Vec::new();
    let mut counted = Counters::default();
    for line in String::from_utf8_lossy(&bytes).lines() {
        match serde_json::from_str(line) {
            Ok(Line::Entry(entry)) => entries.push(entry),
            Ok(Line::Counted { counted: more }) => counted.add(&more),
            Err(_) => {}
        }
    }
    let kept = entries.split_off(entries.len().saturating_sub(ENTRIES_MAX));
    for dropped in &entries {
        counted.count(&dropped.event);
    }
    let mut lines = Vec::with_capacity(ENTRIES_MAX * 200);
    let kept = kept.into_iter().map(Line::Entry);
    for line in std::iter::once(Line::Counted { counted }).chain(kept) {
        serde_json::to_writer(&mut lines, &line)?;
        lines.push(b'\n');
    }
    write_atomically(path, &lines)
}

#[cfg(test)]
mod tests {
    use evertill_session::{Event, WallTime};

    use super::*;

    fn entry(at: i64) -> JournalEntry {
        JournalEntry {
            at: WallTime::from_millis(at),
            event: Event::SignedIn {
                user: "x".repeat(1_000),
            },
        }
    }

    fn renewed(at: i64) -> Line {
        Line::Entry(JournalEntry {
            at: WallTime::from_millis(at),
            event: Event::Renewed {
                took_ms: 5,
                tries_before: 0,
                life_s: 1_800,
                was_recovered: false,
            },
        })
    }

    fn place(dir: &tempfile::TempDir) -> (Home, StoreAddress, std::path::PathBuf) {
        let home = Home::open(dir.path()).unwrap();
        let store = StoreAddress::parse("shop.example").unwrap();
        let path = home.journal_path(&store, &SessionName::default());
        (home, store, path)
    }

    #[test]
    fn entries_return_damaged_lines_do_not_and_the_file_stays_bounded_while_it_grows() {
        let dir = tempfile::tempdir().unwrap();
        let (home, store, path) = place(&dir);
        for at in 0..700 {
            append(&path, &Line::Entry(entry(at))).unwrap();
            assert!(fs::metadata(&path).unwrap().len() <= FILE_BYTES_MAX);
        }
        let mut damaged = fs::read(&path).unwrap();
        damaged.extend_from_slice(b"{\"at\":1,\"ev\n{\"of\":\"a later version\"}\n");
        fs::write(&path, damaged).unwrap();
        let diary = load(&home, &store, &SessionName::default());
        assert_eq!(diary.journal.entries().count(), ENTRIES_MAX);
        assert_eq!(diary.journal.entries().next_back(), Some(&entry(699)));
    }

    #[test]
    fn what_was_counted_outlives_the_entries_it_was_counted_from() {
        let dir = tempfile::tempdir().unwrap();
        let (home, store, path) = place(&dir);
        for at in 0..10 {
            append(&path, &renewed(at)).unwrap();
        }
        let mut counted = Counters::default();
        counted.count_without_token(std::time::Duration::from_secs(7));
        append(&path, &Line::Counted { counted }).unwrap();
        for at in 10..900 {
            append(&path, &Line::Entry(entry(at))).unwrap();
        }
        let diary = load(&home, &store, &SessionName::default());
        assert!(diary.journal.entries().all(|entry| entry.at.as_millis() > 10));
        assert_eq!(diary.counters.renewals_total, 10);
        assert_eq!(diary.counters.time_without_token_seconds(), 7);
    }
}
