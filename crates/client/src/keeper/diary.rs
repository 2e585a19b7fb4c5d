//! The journal on disk: one JSON line per entry, bounded, for the timeline and for bug reports.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use evertill_session::journal::ENTRIES_MAX;
use evertill_session::{Journal, JournalEntry};

use crate::address::StoreAddress;
use crate::home::Home;
use crate::session_name::SessionName;
use crate::vault::file::{private, write_atomically};

/// A file longer than this is cut down when it is read, in bytes; entries are 100 to 400 bytes long.
const FILE_BYTES_MAX: usize = 256 * 1024;

/// Reads what was kept. Lines that cannot be read are left out; the journal is for people and decides nothing.
pub(crate) fn load(home: &Home, store: &StoreAddress, session: &SessionName) -> Journal {
    let path = home.journal_path(store, session);
    let Ok(bytes) = fs::read(&path) else {
        return Journal::default();
    };
    let start = bytes.len().saturating_sub(2 * FILE_BYTES_MAX);
    let text = String::from_utf8_lossy(&bytes[start..]);
    let journal = Journal::from_entries(text.lines().filter_map(|line| serde_json::from_str(line).ok()));
    if bytes.len() > FILE_BYTES_MAX {
        // A journal that cannot be shortened goes on as it is.
        let _ = shorten(&path, &journal);
    }
    journal
}

/// Adds an entry to the file.
pub(super) fn append(path: &Path, entry: &JournalEntry) -> io::Result<()> {
    let mut line = serde_json::to_vec(entry)?;
    line.push(b'\n');
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    // One write for the whole line, so that two processes never mix theirs.
    private(&mut options).open(path)?.write_all(&line)
}

fn shorten(path: &Path, journal: &Journal) -> io::Result<()> {
    let mut lines = Vec::with_capacity(ENTRIES_MAX * 200);
    for entry in journal.entries() {
        serde_json::to_writer(&mut lines, entry)?;
        lines.push(b'\n');
    }
    write_atomically(path, &lines)
}

#[cfg(test)]
mod tests {
    use evertill_session::{Event, WallTime};

    use super::*;

    #[test]
    fn entries_return_damaged_lines_do_not_and_the_file_stays_bounded() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::open(dir.path()).unwrap();
        let store = StoreAddress::parse("shop.example").unwrap();
        let path = home.journal_path(&store, &SessionName::default());
        let entry = |at| JournalEntry {
            at: WallTime::from_millis(at),
            event: Event::SignedIn {
                user: "x".repeat(1_000),
            },
        };
        for at in 0..300 {
            append(&path, &entry(at)).unwrap();
        }
        let mut damaged = fs::read(&path).unwrap();
        damaged.extend_from_slice(b"{\"at\":1,\"ev");
        fs::write(&path, damaged).unwrap();
        let journal = load(&home, &store, &SessionName::default());
        assert_eq!(journal.entries().count(), ENTRIES_MAX);
        assert_eq!(journal.entries().next_back(), Some(&entry(299)));
        assert!(fs::metadata(&path).unwrap().len() < 300_000);
        assert_eq!(load(&home, &store, &SessionName::default()), journal);
    }
}
