//! One till a data directory: an exclusive lock that the system releases however the process ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

use crate::error::TillError;

const FILE: &str = "till.lock";

/// Holds the data directory until it is dropped.
#[derive(Debug)]
pub(crate) struct DataLock {
    _file: File,
}

impl DataLock {
    /// Makes the directory where it is missing, readable by its owner only, and takes it.
    pub(crate) fn take(directory: &Path) -> Result<Self, TillError> {
        let failed = |source| TillError::DataDirectory {
            path: directory.to_owned(),
            source,
        };
        make_private(directory).map_err(failed)?;
        let file = private()
            .read(true)
            .write(true)
            .truncate(false)
            .open(directory.join(FILE))
            .map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(TillError::DataDirectoryInUse {
                path: directory.to_owned(),
            }),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }
}

/// Options that make a file for its owner only; the directory may have been there before, open to others.
pub(crate) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

#[cfg(unix)]
fn make_private(directory: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)
}

#[cfg(not(unix))]
fn make_private(directory: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(directory)
}

#[cfg(test)]
mod tests {
    use evertill_wire::Code;

    use super::*;

    #[test]
    fn a_second_till_on_the_same_directory_is_refused_until_the_first_is_gone() {
        let home = tempfile::tempdir().unwrap();
        let first = DataLock::take(home.path()).unwrap();
        let refused = DataLock::take(home.path()).unwrap_err();
        assert_eq!(refused.code(), Code::DATA_DIRECTORY_IN_USE);
        drop(first);
        DataLock::take(home.path()).unwrap();
    }

    #[test]
    fn a_directory_that_cannot_be_made_is_a_matter_of_rights() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("file");
        std::fs::write(&file, "").unwrap();
        let refused = DataLock::take(&file.join("below")).unwrap_err();
        assert_eq!(refused.code(), Code::PERMISSION_DENIED);
    }
}
