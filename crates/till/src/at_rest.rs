//! What can be done with a till's data directory while no till runs on it: look, carry sales away and in, clear.
//!
//! Looking writes nothing and works beside a running till; everything else takes the directory for itself.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use evertill_wire::Passphrase;

use crate::carry::{self, Sum, TakenIn};
use crate::clear;
use crate::db::{Db, FILE, connect_to_look, settings};
use crate::error::TillError;
use crate::lock::{self, DataLock};

/// The sales of a till's data directory that the store does not have yet; none where no till ever ran.
///
/// Writes nothing, and works while the till runs.
///
/// # Errors
/// [`TillError::OpenDatabase`] when there is a database that does not open, [`TillError::Read`] when it does not answer.
pub fn unsent_sales(data_dir: &Path) -> Result<Sum, TillError> {
    let path = data_dir.join(FILE);
    if !path.is_file() {
        return Ok(Sum::default());
    }
    let connection = connect_to_look(&path)?;
    carry::unsent(&connection).map_err(|source| TillError::Read {
        question: "count the sales that wait",
        source,
    })
}

/// A till's data directory, taken for work that no running till may see half done.
#[derive(Debug)]
pub struct AtRest {
    db: Option<Db>,
    _lock: DataLock,
}

impl AtRest {
    /// Takes the directory.
    ///
    /// # Errors
    /// [`TillError::DataDirectoryInUse`] while a till runs on it, and what opening its database may fail on.
    pub fn take(data_dir: &Path) -> Result<Self, TillError> {
        let lock = DataLock::take(data_dir)?;
        let db = match data_dir.join(FILE).is_file() {
            true => Some(Db::open(data_dir)?),
            false => None,
        };
        Ok(Self { db, _lock: lock })
    }

    /// Takes the directory and makes it one of a till of this store where it is none yet.
    ///
    /// # Errors
    /// As [`AtRest::take`], and [`TillError::OtherStore`] is left to the start of the till.
    pub async fn take_for(data_dir: &Path, store: &str) -> Result<Self, TillError> {
        let lock = DataLock::take(data_dir)?;
        let db = Db::open(data_dir)?;
        let store = store.to_owned();
        db.write("prepare the till", move |tx| {
            match settings::find(tx, settings::STORE)? {
                Some(_) => Ok(()),
                None => settings::put(tx, settings::STORE, &store),
            }
        })
        .await?;
        Ok(Self {
            db: Some(db),
            _lock: lock,
        })
    }

    /// The store of the till; none before a till ran here.
    ///
    /// # Errors
    /// [`TillError::Read`].
    pub async fn store(&self) -> Result<Option<String>, TillError> {
        let Some(db) = &self.db else { return Ok(None) };
        db.read("look whose till this is", |db| {
            settings::find(db, settings::STORE)
        })
        .await
    }

    /// Seals the sales that the store does not have yet into a new file; nothing is taken away here.
    ///
    /// # Errors
    /// [`TillError::SealedFile`] for a short passphrase, [`TillError::FileNotWritten`] when the file is there already
    /// or the disk does not take it.
    pub async fn export(&self, file: &Path, passphrase: &Passphrase) -> Result<Sum, TillError> {
        let Some(db) = &self.db else {
            return Ok(Sum::default());
        };
        let (load, sum) = db.read("copy the sales that wait", carry::load).await?;
        if sum.count > 0 {
            save(file, &carry::seal(&load, passphrase)?)?;
            db.write("note which sales were copied", move |tx| {
                carry::note_exported(tx, &load)
            })
            .await?;
        }
        Ok(sum)
    }

    /// Takes in the sales of a sealed file; they are sent by the till that runs here next.
    ///
    /// # Errors
    /// [`TillError::SealedFile`], [`TillError::SalesNotRead`], [`TillError::SalesOfOtherStore`], [`TillError::Write`].
    pub async fn import(&self, sealed: &[u8], passphrase: &Passphrase) -> Result<TakenIn, TillError> {
        let store = self.store().await?.unwrap_or_default();
        let load = carry::open(sealed, passphrase, &store)?;
        match &self.db {
            Some(db) => {
                db.write("take in sales", move |tx| carry::take_in(tx, &load))
                    .await
            }
            None => Ok(TakenIn::default()),
        }
    }

    /// Forgets the catalogue and its pictures; the next till reads them anew.
    ///
    /// # Errors
    /// [`TillError::Write`].
    pub async fn clear_cache(&self) -> Result<(), TillError> {
        match &self.db {
            Some(db) => {
                db.write("forget the catalogue", |tx| {
                    clear::cache(tx)?;
                    clear::note(
                        tx,
                        "Cleared the catalogue and its pictures from the command line.",
                    )
                })
                .await
            }
            None => Ok(()),
        }
    }

    /// Forgets who was signed in and which browsers belong to the till.
    ///
    /// # Errors
    /// [`TillError::Write`].
    pub async fn clear_people(&self) -> Result<(), TillError> {
        match &self.db {
            Some(db) => {
                db.write("forget who was signed in", |tx| {
                    clear::people(tx)?;
                    clear::note(tx, "Cleared the session from the command line.")
                })
                .await
            }
            None => Ok(()),
        }
    }

    /// Closes the database and lets the directory go.
    pub async fn leave(self) {
        if let Some(db) = self.db {
            db.close().await;
        }
    }
}

/// Writes a file that was not there, for its owner only, and sees it onto the disk.
fn save(file: &Path, sealed: &[u8]) -> Result<(), TillError> {
    let written = || {
        let mut options: OpenOptions = lock::private();
        let mut open = options.create(false).create_new(true).write(true).open(file)?;
        open.write_all(sealed)?;
        open.sync_all()
    };
    written().map_err(|source| TillError::FileNotWritten {
        path: file.to_owned(),
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_directory_without_a_till_and_a_till_without_sales_hold_nothing_back() {
        let home = tempfile::tempdir().unwrap();
        assert_eq!(unsent_sales(home.path()).unwrap(), Sum::default());
        assert!(!home.path().join(FILE).exists());
        let db = Db::open(home.path()).unwrap();
        assert_eq!(unsent_sales(home.path()).unwrap(), Sum::default());
        db.close().await;
    }

    #[tokio::test]
    async fn a_file_that_is_there_already_is_not_written_over() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("sales");
        save(&path, b"first").unwrap();
        assert!(matches!(
            save(&path, b"second"),
            Err(TillError::FileNotWritten { .. })
        ));
        assert_eq!(std::fs::read(&path).unwrap(), b"first");
    }
}
