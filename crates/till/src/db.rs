//! The till's own database: what must survive a power cut.
//!
//! One SQLite file, write-ahead log, every commit on the disk before it returns (`synchronous = FULL`). Writes go
//! through one thread, one named transaction each, so that they happen one after the other without any lock;
//! reads have a thread and a connection of their own. What the tables hold is written by the modules below;
//! nothing else in the crate writes SQL.
//!
//! **Invariant:** *a write has reached the disk when its future resolves with `Ok`.*

pub(crate) mod carts;
pub(crate) mod events;
pub(crate) mod goods;
pub(crate) mod sales;
mod schema;
pub(crate) mod settings;

use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};

use crate::error::TillError;
use crate::lock;

pub(crate) const FILE: &str = "till.db";

/// Jobs that may wait for one of the threads; more senders wait in line.
const JOBS_MAX: usize = 256;

/// How long SQLite waits for the other connection; both are ours and quick.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// The database; cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Db {
    writer: Lane,
    reader: Lane,
}

impl Db {
    /// Opens the database below a directory, made or brought up to date where needed.
    pub(crate) fn open(directory: &Path) -> Result<Self, TillError> {
        let path = directory.join(FILE);
        let mut writing = connect(
            &path,
            OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
        )?;
        schema::bring_up_to_date(&path, &mut writing)?;
        let reading = connect_to_look(&path)?;
        Ok(Self {
            writer: Lane::start("till-db-write", writing),
            reader: Lane::start("till-db-read", reading),
        })
    }

    /// Runs one transaction; everything in it is on the disk afterwards, or nothing.
    pub(crate) async fn write<T, F>(&self, transaction: &'static str, work: F) -> Result<T, TillError>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    {
        let answer = self
            .writer
            .run(move |connection| {
                let open = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
                let value = work(&open)?;
                open.commit()?;
                Ok(value)
            })
            .await?;
        answer.map_err(|source| TillError::Write { transaction, source })
    }

    /// Asks the database something.
    pub(crate) async fn read<T, F>(&self, question: &'static str, work: F) -> Result<T, TillError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        let answer = self.reader.run(move |connection| work(connection)).await?;
        answer.map_err(|source| TillError::Read { question, source })
    }

    /// Finishes what was handed in and closes both connections.
    pub(crate) async fn close(&self) {
        self.reader.stop().await;
        self.writer.stop().await;
    }
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, TillError> {
    if flags.contains(OpenFlags::SQLITE_OPEN_CREATE) {
        // SQLite gives its companions the mode of the database itself.
        let made = lock::private().append(true).open(path);
        made.map_err(|source| TillError::DataDirectory {
            path: path.to_owned(),
            source,
        })?;
    }
    let open = || -> rusqlite::Result<Connection> {
        let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        Ok(connection)
    };
    open().map_err(|source| open_error(path, source))
}

/// A connection that cannot change anything.
pub(crate) fn connect_to_look(path: &Path) -> Result<Connection, TillError> {
    let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection
        .pragma_update(None, "query_only", true)
        .map_err(|source| open_error(path, source))?;
    Ok(connection)
}

fn open_error(path: &Path, source: rusqlite::Error) -> TillError {
    TillError::OpenDatabase {
        path: PathBuf::from(path),
        source,
    }
}

/// One thread that owns one connection.
#[derive(Debug, Clone)]
struct Lane {
    jobs: mpsc::Sender<Job>,
}

enum Job {
    Run(Box<dyn FnOnce(&mut Connection) + Send>),
    Stop(oneshot::Sender<()>),
}

impl Lane {
    fn start(name: &str, mut connection: Connection) -> Self {
        let (jobs, mut queue) = mpsc::channel(JOBS_MAX);
        let serve = move || {
            let mut stopped = None;
            while let Some(job) = queue.blocking_recv() {
                match job {
                    Job::Run(work) => work(&mut connection),
                    Job::Stop(done) => {
                        stopped = Some(done);
                        break;
                    }
                }
            }
            drop(connection);
            if let Some(done) = stopped {
                // Nobody waits any more when the till's own runtime is going down.
                let _ = done.send(());
            }
        };
        // Without its threads the till refuses every write, loudly: the receiver is gone then.
        if let Err(error) = thread::Builder::new().name(name.to_owned()).spawn(serve) {
            tracing::error!(%error, "could not start the database thread {name}");
        }
        Self { jobs }
    }

    async fn run<T, F>(&self, work: F) -> Result<rusqlite::Result<T>, TillError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let job = Job::Run(Box::new(move |connection| {
            // A caller that went away does not undo the write.
            let _ = answer.send(work(connection));
        }));
        self.jobs.send(job).await.map_err(|_| TillError::ShuttingDown)?;
        answered.await.map_err(|_| TillError::ShuttingDown)
    }

    async fn stop(&self) {
        let (done, stopped) = oneshot::channel();
        if self.jobs.send(Job::Stop(done)).await.is_ok() {
            // An error means the thread has ended already.
            let _ = stopped.await;
        }
    }
}

#[cfg(test)]
mod tests {
    use evertill_wire::Code;

    use super::*;

    fn open_error_code(directory: &Path) -> Code {
        Db::open(directory).unwrap_err().code()
    }

    #[tokio::test]
    async fn what_was_written_is_there_after_opening_again() {
        let home = tempfile::tempdir().unwrap();
        let db = Db::open(home.path()).unwrap();
        db.write("save a setting", |tx| settings::put(tx, "a", "1"))
            .await
            .unwrap();
        db.close().await;
        let db = Db::open(home.path()).unwrap();
        let value = db
            .read("read a setting", |db| settings::find(db, "a"))
            .await
            .unwrap();
        assert_eq!(value.as_deref(), Some("1"));
    }

    #[tokio::test]
    async fn a_failed_transaction_leaves_nothing_behind() {
        let home = tempfile::tempdir().unwrap();
        let db = Db::open(home.path()).unwrap();
        let failed = db
            .write("save two settings", |tx| {
                settings::put(tx, "a", "1")?;
                tx.execute("INSERT INTO nowhere VALUES (1)", [])
            })
            .await
            .unwrap_err();
        assert_eq!(failed.code(), Code::LOCAL_TRANSACTION_FAILED);
        let value = db
            .read("read a setting", |db| settings::find(db, "a"))
            .await
            .unwrap();
        assert_eq!(value, None);
    }

    #[tokio::test]
    async fn a_full_disk_is_named_and_what_was_saved_before_stays() {
        let home = tempfile::tempdir().unwrap();
        let db = Db::open(home.path()).unwrap();
        db.write("save a setting", |tx| settings::put(tx, "a", "1"))
            .await
            .unwrap();
        db.write("limit the file", |tx| {
            let pages: i64 = tx.query_row("PRAGMA page_count", [], |row| row.get(0))?;
            tx.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()))
        })
        .await
        .unwrap();
        let full = db
            .write("save a setting", |tx| {
                settings::put(tx, "b", &"x".repeat(1_000_000))
            })
            .await
            .unwrap_err();
        assert_eq!(full.code(), Code::DISK_FULL);
        let kept = db
            .read("read a setting", |db| settings::find(db, "a"))
            .await
            .unwrap();
        assert_eq!(kept.as_deref(), Some("1"));
    }

    #[test]
    fn a_file_of_a_newer_till_is_left_alone() {
        let home = tempfile::tempdir().unwrap();
        drop(Db::open(home.path()).unwrap());
        let file = Connection::open(home.path().join(FILE)).unwrap();
        file.pragma_update(None, "user_version", 9_999).unwrap();
        drop(file);
        assert_eq!(open_error_code(home.path()), Code::LOCAL_SCHEMA_TOO_NEW);
    }

    #[test]
    fn a_file_that_is_no_database_is_refused_and_kept() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join(FILE);
        std::fs::write(&path, "not a database, but somebody's sales ".repeat(200)).unwrap();
        assert_eq!(open_error_code(home.path()), Code::LOCAL_DATABASE_FAILED);
        assert!(
            std::fs::read_to_string(&path)
                .unwrap()
                .starts_with("not a database")
        );
    }

    #[test]
    fn a_damaged_page_is_found_before_the_till_sells() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join(FILE);
        drop(Db::open(home.path()).unwrap());
        let file = Connection::open(&path).unwrap();
        for index in 0..200 {
            settings::put(&file, &format!("key {index}"), &"x".repeat(500)).unwrap();
        }
        file.pragma_update(None, "wal_checkpoint", "TRUNCATE").unwrap();
        drop(file);
        let mut bytes = std::fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle..middle + 8192].fill(0xAB);
        std::fs::write(&path, bytes).unwrap();
        assert_eq!(open_error_code(home.path()), Code::LOCAL_DATABASE_FAILED);
    }
}
