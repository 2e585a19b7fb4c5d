//! What a process did to its files and what it said, read from the notes of `strace`.
//!
//! A line that another thread interrupted comes in two halves. What changes a file, and what goes out on a socket,
//! counts from its first half: from there on it may be on the disk, or at the client. A sync counts from its second
//! half, and covers what had begun by its first: not before it returned has it promised anything, and only about
//! what was there when it was asked.

use std::{collections::BTreeMap, path::Path};

/// One thing a process did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Event {
    /// Opened a file, which is made where it was not there.
    Made { file: String, is_emptied: bool },
    /// Wrote; at the end where the call names no place.
    Wrote {
        file: String,
        at: Option<u64>,
        bytes: Vec<u8>,
    },
    /// Set the length.
    Cut { file: String, length: u64 },
    /// Gave a file another name.
    Named { from: String, to: String },
    /// Took a name away.
    Removed { file: String },
    /// The disk has what had been done to the file by event `by`.
    Synced { file: String, by: usize },
    /// The disk has the names that had been given by event `by`.
    SyncedNames { by: usize },
    /// Sent bytes to a client.
    Said { bytes: Vec<u8> },
}

/// The calls that are noted.
pub(crate) const CALLS: &str = "trace=openat,creat,write,writev,pwrite64,pwritev,fsync,fdatasync,ftruncate,rename,\
                                renameat,renameat2,unlink,unlinkat,sendto,sendmsg";

/// Reads the notes about a process whose files lie in `home`.
pub(crate) fn read(notes: &str, home: &Path) -> Vec<Event> {
    let mut events = Vec::new();
    // The first halves that wait for the second, with how many events there were.
    let mut halves: BTreeMap<&str, (String, usize)> = BTreeMap::new();
    for line in notes.lines() {
        let Some((process, line)) = line.split_once(' ') else {
            continue;
        };
        let line = line.trim_start();
        let begun = events.len();
        if let Some(first) = line.strip_suffix(" <unfinished ...>") {
            match of(first, home, begun) {
                Some(event @ (Event::Wrote { .. } | Event::Said { .. } | Event::Cut { .. })) => {
                    events.push(event)
                }
                Some(_) | None => {
                    halves.insert(process, (first.to_owned(), begun));
                }
            }
        } else if line.starts_with("<... ") {
            let Some((first, begun)) = halves.remove(process) else {
                continue;
            };
            let second = line.split_once(" resumed>").map_or("", |(_, rest)| rest);
            events.extend(of(&format!("{first}{second}"), home, begun));
        } else {
            events.extend(of(line, home, begun));
        }
    }
    events
}

fn of(line: &str, home: &Path, by: usize) -> Option<Event> {
    if line.contains(") = -1 ") {
        return None;
    }
    let (call, rest) = line.split_once('(')?;
    let named = |path: &[u8]| {
        let path = Path::new(std::str::from_utf8(path).ok()?);
        let file = path.strip_prefix(home).ok()?.to_str()?;
        Some(file.to_owned())
    };
    // The file behind the number that comes first, `22</home/of/it>`.
    let behind = || {
        let (_, path) = rest.split_once('<')?;
        let path = path.split('>').next()?;
        named(path.trim_end_matches(" (deleted)").as_bytes())
    };
    match call {
        "openat" | "creat" => {
            let file = quoted(rest).first().and_then(|path| named(path))?;
            let is_made = call == "creat" || rest.contains("O_CREAT");
            let is_emptied = call == "creat" || rest.contains("O_TRUNC");
            (is_made && !file.is_empty()).then_some(Event::Made { file, is_emptied })
        }
        "write" | "writev" | "sendto" | "sendmsg" if is_socket(rest) => Some(Event::Said {
            bytes: quoted(rest).concat(),
        }),
        "write" | "writev" => Some(Event::Wrote {
            file: behind()?,
            at: None,
            bytes: quoted(rest).concat(),
        }),
        "pwrite64" | "pwritev" => Some(Event::Wrote {
            file: behind()?,
            at: last_number(rest),
            bytes: quoted(rest).concat(),
        }),
        "ftruncate" => Some(Event::Cut {
            file: behind()?,
            length: last_number(rest)?,
        }),
        "fsync" | "fdatasync" => {
            let file = behind()?;
            Some(match file.as_str() {
                "" => Event::SyncedNames { by },
                _ => Event::Synced { file, by },
            })
        }
        "rename" | "renameat" | "renameat2" => {
            let names = quoted(rest);
            let [from, to] = names.as_slice() else {
                return None;
            };
            Some(Event::Named {
                from: named(from)?,
                to: named(to)?,
            })
        }
        "unlink" | "unlinkat" => Some(Event::Removed {
            file: quoted(rest).first().and_then(|path| named(path))?,
        }),
        _ => None,
    }
}

fn is_socket(rest: &str) -> bool {
    let behind = rest.split_once('<').map_or("", |(_, behind)| behind);
    behind.starts_with("socket:") || behind.starts_with("TCP:")
}

/// The last argument of a call, where it is a number.
fn last_number(rest: &str) -> Option<u64> {
    let arguments = rest.rsplit_once(") = ").map_or(rest, |(arguments, _)| arguments);
    arguments.rsplit(", ").next()?.trim_end_matches(')').parse().ok()
}

/// Every text in quotes, as bytes.
fn quoted(rest: &str) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let mut letters = rest.bytes().peekable();
    while let Some(letter) = letters.next() {
        if letter != b'"' {
            continue;
        }
        let mut text = Vec::new();
        while let Some(letter) = letters.next() {
            match letter {
                b'"' => break,
                b'\\' => match letters.next() {
                    Some(b'n') => text.push(b'\n'),
                    Some(b't') => text.push(b'\t'),
                    Some(b'r') => text.push(b'\r'),
                    Some(b'v') => text.push(0x0b),
                    Some(b'f') => text.push(0x0c),
                    Some(digit @ b'0'..=b'7') => {
                        let mut value = u32::from(digit - b'0');
                        for _ in 0..2 {
                            let Some(digit) = letters.next_if(|next| (b'0'..=b'7').contains(next)) else {
                                break;
                            };
                            value = value * 8 + u32::from(digit - b'0');
                        }
                        text.push(u8::try_from(value).expect("a byte has at most three digits"));
                    }
                    Some(other) => text.push(other),
                    None => break,
                },
                other => text.push(other),
            }
        }
        found.push(text);
    }
    found
}

#[test]
fn notes_are_read_in_halves_and_a_sync_covers_what_was_there_before_it_was_asked() {
    let notes = r#"7 openat(AT_FDCWD</>, "/h/j", O_WRONLY|O_CREAT|O_APPEND|O_CLOEXEC, 0600) = 5</h/j>
7 write(5</h/j>, "a\n\0012", 4) = 4
7 fdatasync(5</h/j> <unfinished ...>
8 pwrite64(6</h/d-wal>, "x\377", 2, 4096 <unfinished ...>
8 <... pwrite64 resumed>) = 2
7 <... fdatasync resumed>) = 0
8 fsync(6</h/d-wal>) = -1 EIO (Input/output error)
8 writev(9<socket:[3]>, [{iov_base="HTTP/1.1 ", iov_len=9}, {iov_base="200\r\n", iov_len=5}], 2) = 14
7 rename("/h/j.new", "/h/j") = 0
7 fsync(7</h>) = 0
7 openat(AT_FDCWD</>, "/etc/hosts", O_RDONLY|O_CLOEXEC) = 3</etc/hosts>"#;
    let file = "j".to_owned();
    let expected = [
        Event::Made {
            file: file.clone(),
            is_emptied: false,
        },
        Event::Wrote {
            file: file.clone(),
            at: None,
            bytes: b"a\n\x012".to_vec(),
        },
        Event::Wrote {
            file: "d-wal".into(),
            at: Some(4096),
            bytes: b"x\xff".to_vec(),
        },
        Event::Synced {
            file: file.clone(),
            by: 2,
        },
        Event::Said {
            bytes: b"HTTP/1.1 200\r\n".to_vec(),
        },
        Event::Named {
            from: "j.new".into(),
            to: file,
        },
        Event::SyncedNames { by: 6 },
    ];
    assert_eq!(read(notes, Path::new("/h")), expected);
}
