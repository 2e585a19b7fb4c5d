//! The data directory: made private, writable, and held by one process at a time.

use std::{
    fs::{self, File, TryLockError},
    io::Write as _,
    path::{Path, PathBuf},
};

use crate::error::ServerError;

/// A data directory that belongs to this process until it is dropped.
#[derive(Debug)]
pub(crate) struct Home {
    path: PathBuf,
    _lock: File,
}

impl Home {
    /// Makes the directory when needed and takes it for this process.
    pub(crate) fn open(path: &Path) -> Result<Self, ServerError> {
        let failed = |source| ServerError::DataDirectory {
            path: path.to_owned(),
            source,
        };
        create_private(path).map_err(failed)?;
        let lock = private()
            .write(true)
            .truncate(false)
            .open(path.join("lock"))
            .map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(ServerError::DataDirectoryInUse {
                    path: path.to_owned(),
                });
            }
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        probe(path).map_err(failed)?;
        Ok(Self {
            path: path.to_owned(),
            _lock: lock,
        })
    }

    /// Makes the directory when needed, for somebody who works beside the process that has it.
    pub(crate) fn make(path: &Path) -> Result<(), ServerError> {
        create_private(path).map_err(|source| ServerError::DataDirectory {
            path: path.to_owned(),
            source,
        })
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

fn create_private(path: &Path) -> std::io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Options that make a file for its owner only. A directory that was there before may be open to others; what the
/// store writes into it is not.
pub(crate) fn private() -> fs::OpenOptions {
    let mut options = fs::OpenOptions::new();
    options.create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Says at the start, not at the first sale, that nothing can be written here.
fn probe(path: &Path) -> std::io::Result<()> {
    let file = path.join(".probe");
    let mut to = File::create(&file)?;
    to.write_all(&[0; 4096])?;
    to.sync_all()?;
    fs::remove_file(file)
}

#[cfg(test)]
mod tests {
    use evertill_wire::Code;

    use super::*;

    #[test]
    fn a_second_owner_is_refused_until_the_first_is_gone() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("a/b");
        let first = Home::open(&path).unwrap();
        assert_eq!(Home::open(&path).unwrap_err().code(), Code::DATA_DIRECTORY_IN_USE);
        drop(first);
        assert_eq!(Home::open(&path).unwrap().path(), path);
    }

    #[test]
    fn a_file_in_its_place_is_a_clear_refusal() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("file");
        fs::write(&path, "x").unwrap();
        let error = Home::open(&path).unwrap_err();
        assert_eq!(error.code(), Code::PERMISSION_DENIED);
        assert!(error.to_string().contains("file"));
    }
}
