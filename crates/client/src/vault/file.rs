//! Files that are either the old one or the new one, never a mixture.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The instants of a replacement between which a power cut may fall.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// The new bytes are in a file beside the old one, maybe only in memory.
    Written,
    /// They are on disk.
    Synced,
    /// The new file has the name of the old one.
    Renamed,
    /// The directory is on disk too.
    Settled,
}

/// Replaces a file in one step that survives a power cut: temporary file, fsync, rename, fsync of the directory.
/// The file can be read by this account alone.
pub(crate) fn write_atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
    write_in_steps(path, bytes, &mut |_| Ok(()))
}

/// [`write_atomically`] with a look in after each step; a failing look ends it there, as a crash would.
pub(crate) fn write_in_steps(
    path: &Path,
    bytes: &[u8],
    look: &mut dyn FnMut(Step) -> io::Result<()>,
) -> io::Result<()> {
    let temporary = temporary_beside(path)?;
    let written = fill_and_rename(path, &temporary, bytes, look);
    if written.is_err() {
        // Nothing depends on the leftover, and the next write clears it away if this fails.
        let _ = fs::remove_file(&temporary);
    }
    written
}

fn fill_and_rename(
    path: &Path,
    temporary: &Path,
    bytes: &[u8],
    look: &mut dyn FnMut(Step) -> io::Result<()>,
) -> io::Result<()> {
    let mut file = create_private(temporary)?;
    file.write_all(bytes)?;
    look(Step::Written)?;
    file.sync_all()?;
    drop(file);
    look(Step::Synced)?;
    fs::rename(temporary, path)?;
    look(Step::Renamed)?;
    sync_directory(path)?;
    look(Step::Settled)
}

/// Removes a file if it is there, durably.
pub(crate) fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Ok(()) => sync_directory(path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Reads a file; nothing when it is not there.
pub(crate) fn read_if_there(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Clears away what interrupted writes of a file left behind. Only for the holder of the file's lock.
pub(crate) fn sweep_leftovers(path: &Path) {
    let (Some(directory), Some(prefix)) = (path.parent(), temporary_prefix(path)) else {
        return;
    };
    let Ok(entries) = fs::read_dir(directory) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with(&prefix) && name.ends_with(".tmp") {
            // A leftover that stays does no harm.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Makes a new file that this account alone can read; fails when there is one.
pub(crate) fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    private(&mut options).open(path)
}

/// Limits a file about to be created to this account.
pub(crate) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options
}

fn temporary_prefix(path: &Path) -> Option<String> {
    Some(format!(".{}.", path.file_name()?.to_string_lossy()))
}

fn temporary_beside(path: &Path) -> io::Result<PathBuf> {
    let prefix = temporary_prefix(path).ok_or(io::ErrorKind::InvalidInput)?;
    Ok(path.with_file_name(format!("{prefix}{}.tmp", uuid::Uuid::new_v4())))
}

#[cfg(unix)]
fn sync_directory(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(directory) => File::open(directory)?.sync_all(),
        None => Ok(()),
    }
}

/// Windows has no handle on a directory to flush; the rename itself is journalled there.
#[cfg(not(unix))]
fn sync_directory(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crash_after_any_step_leaves_the_old_file_or_the_new_one() {
        for (crash, expected) in [
            (Step::Written, b"old"),
            (Step::Synced, b"old"),
            (Step::Renamed, b"new"),
            (Step::Settled, b"new"),
        ] {
            let dir = tempfile::tempdir().unwrap();
            let path = dir.path().join("file");
            write_atomically(&path, b"old").unwrap();
            let ended = write_in_steps(&path, b"new", &mut |step| {
                if step == crash {
                    Err(io::Error::other("power cut"))
                } else {
                    Ok(())
                }
            });
            assert!(ended.is_err());
            assert_eq!(fs::read(&path).unwrap(), expected, "{crash:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn the_file_is_closed_to_everybody_else() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        write_atomically(&path, b"x").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn leftovers_of_this_file_are_swept_and_those_of_others_stay() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        for name in [".file.1.tmp", ".file2.1.tmp", "file"] {
            fs::write(dir.path().join(name), b"x").unwrap();
        }
        sweep_leftovers(&path);
        assert!(!dir.path().join(".file.1.tmp").exists());
        assert!(dir.path().join(".file2.1.tmp").exists() && path.exists());
    }
}
