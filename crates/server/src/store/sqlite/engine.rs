//! The thread that writes, the connections that read.

use std::{
    fmt, io,
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use rusqlite::Connection;
use tokio::sync::{Semaphore, oneshot};

use super::{Pending, StoreError, connect};

/// Connections that read. SQLite readers do not wait for one another; more only cost memory.
const READERS: usize = 4;

/// Writes that may wait. Past it the store is so far behind that saying so is better than queueing.
const WAITING_MAX: usize = 1024;

/// Writes that share one commit. Bounds how long the first of them waits for the last.
const BATCH_MAX: usize = 64;

/// Longest time that something answered ahead of the disk stays ahead of it.
const BEHIND_MAX: Duration = Duration::from_millis(500);

/// What the writer does beside the work it is given.
pub(super) trait Companion: Send + 'static {
    /// Something was committed; nothing of it is answered before this returns.
    fn committed(&self) -> io::Result<()>;
    /// Nothing of what was under way is committed.
    fn rolled_back(&self);
    /// Writes what was answered ahead of the disk.
    fn write_behind(&self, db: &mut Connection) -> Result<(), StoreError>;
}

/// A piece of work for the writer.
struct Job(Box<dyn FnOnce(&Connection) -> Delivery + Send>);

/// Its answer, held back until the commit.
struct Delivery(Box<dyn FnOnce(Result<(), StoreError>)>);

/// The database's threads and connections.
pub(super) struct Engine {
    jobs: Mutex<Option<SyncSender<Job>>>,
    writer: Mutex<Option<JoinHandle<()>>>,
    readers: Arc<Readers>,
}

struct Readers {
    permits: Semaphore,
    idle: Mutex<Vec<Connection>>,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Engine")
    }
}

impl Engine {
    pub(super) fn start(
        path: PathBuf,
        writer: Connection,
        companion: impl Companion,
    ) -> Result<Self, StoreError> {
        let mut idle = Vec::with_capacity(READERS);
        for _ in 0..READERS {
            let reader = connect(&path)?;
            reader.pragma_update(None, "query_only", true)?;
            idle.push(reader);
        }
        let (jobs, waiting) = sync_channel(WAITING_MAX);
        let thread = std::thread::Builder::new()
            .name("evertill-store-writer".into())
            .spawn(move || write_until_closed(writer, &waiting, &companion))
            .map_err(|_| StoreError::Closed)?;
        Ok(Self {
            jobs: Mutex::new(Some(jobs)),
            writer: Mutex::new(Some(thread)),
            readers: Arc::new(Readers {
                permits: Semaphore::new(READERS),
                idle: Mutex::new(idle),
            }),
        })
    }

    /// Runs work in a transaction; the answer comes when it is on disk.
    pub(super) fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Pending<T> {
        let (tell, told) = oneshot::channel();
        let job = Job(Box::new(move |db| {
            let result = whole(db, work);
            Delivery(Box::new(move |committed| {
                // Nobody waits any more when the request was dropped; the write stands all the same.
                let _ = tell.send(committed.and(result));
            }))
        }));
        let sent = match lock(&self.jobs).as_ref() {
            None => Err(StoreError::Closed),
            Some(jobs) => jobs.try_send(job).map_err(|refused| match refused {
                TrySendError::Full(_) => StoreError::Busy,
                TrySendError::Disconnected(_) => StoreError::Closed,
            }),
        };
        Pending::new(async move {
            sent?;
            told.await.map_err(|_| StoreError::Closed)?
        })
    }

    /// Runs a question that is answered by one or two rows in microseconds, on the thread that asks: handing it to
    /// another one would cost more than the answer. Waits like any other question when all connections are busy.
    pub(super) async fn point<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let _permit = self
            .readers
            .permits
            .acquire()
            .await
            .map_err(|_| StoreError::Closed)?;
        let connection = lock(&self.readers.idle).pop().ok_or(StoreError::Closed)?;
        let answer = caught(&connection, work);
        lock(&self.readers.idle).push(connection);
        answer
    }

    /// Runs a question on a connection that only reads.
    pub(super) fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Pending<T> {
        let readers = Arc::clone(&self.readers);
        Pending::new(async move {
            let _permit = readers.permits.acquire().await.map_err(|_| StoreError::Closed)?;
            let pool = Arc::clone(&readers);
            let answered = tokio::task::spawn_blocking(move || {
                let connection = lock(&pool.idle).pop().ok_or(StoreError::Closed)?;
                let answer = caught(&connection, work);
                lock(&pool.idle).push(connection);
                answer
            });
            answered.await.map_err(|_| StoreError::Closed)?
        })
    }

    /// Finishes the writes that wait, then closes every connection.
    pub(super) fn close(&self) {
        drop(lock(&self.jobs).take());
        if let Some(thread) = lock(&self.writer).take() {
            // A writer that panicked has nothing more to finish.
            let _ = thread.join();
        }
        lock(&self.readers.idle).clear();
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.close();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn write_until_closed(mut db: Connection, waiting: &Receiver<Job>, companion: &impl Companion) {
    let mut written_behind_at = Instant::now();
    loop {
        let pause = BEHIND_MAX.saturating_sub(written_behind_at.elapsed());
        let is_closed = match waiting.recv_timeout(pause) {
            Ok(first) => {
                let mut batch = vec![first];
                while batch.len() < BATCH_MAX
                    && let Ok(next) = waiting.try_recv()
                {
                    batch.push(next);
                }
                commit_together(&mut db, batch, companion);
                false
            }
            Err(RecvTimeoutError::Timeout) => false,
            Err(RecvTimeoutError::Disconnected) => true,
        };
        if is_closed || written_behind_at.elapsed() >= BEHIND_MAX {
            if let Err(error) = companion.write_behind(&mut db) {
                tracing::error!(%error, "what was answered ahead of the disk could not be written; it is tried again");
            }
            written_behind_at = Instant::now();
        }
        if is_closed {
            return;
        }
    }
}

/// Each piece of work stands or falls alone; all that stand reach the disk with one sync.
fn commit_together(db: &mut Connection, batch: Vec<Job>, companion: &impl Companion) {
    let mut deliveries = Vec::with_capacity(batch.len());
    let committed = (|| {
        let transaction = db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        for job in batch {
            deliveries.push((job.0)(&transaction));
        }
        transaction.commit()
    })();
    let committed: Result<(), String> = match committed {
        Ok(()) => companion.committed().map_err(|error| error.to_string()),
        Err(error) => {
            companion.rolled_back();
            Err(error.to_string())
        }
    };
    for delivery in deliveries {
        (delivery.0)(match &committed {
            Ok(()) => Ok(()),
            Err(error) => Err(StoreError::Commit(error.clone())),
        });
    }
}

/// Undoes a piece of work that failed halfway, and only that.
fn whole<T>(
    db: &Connection,
    work: impl FnOnce(&Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    db.execute_batch("SAVEPOINT piece")?;
    match caught(db, work) {
        Ok(value) => {
            db.execute_batch("RELEASE piece")?;
            Ok(value)
        }
        Err(error) => {
            db.execute_batch("ROLLBACK TO piece; RELEASE piece")?;
            Err(error)
        }
    }
}

/// A panic in one piece of work must not take the thread, and with it the store, down.
fn caught<T>(
    db: &Connection,
    work: impl FnOnce(&Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    catch_unwind(AssertUnwindSafe(|| work(db))).unwrap_or(Err(StoreError::Panicked))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Alone;

    impl Companion for Alone {
        fn committed(&self) -> io::Result<()> {
            Ok(())
        }

        fn rolled_back(&self) {}

        fn write_behind(&self, _: &mut Connection) -> Result<(), StoreError> {
            Ok(())
        }
    }

    fn engine(home: &tempfile::TempDir) -> Engine {
        let path = home.path().join("test.sqlite3");
        let writer = connect(&path).unwrap();
        writer
            .execute_batch("CREATE TABLE things (name TEXT PRIMARY KEY) STRICT")
            .unwrap();
        Engine::start(path, writer, Alone).unwrap()
    }

    fn add(db: &Connection, name: &str) -> Result<(), StoreError> {
        db.execute("INSERT INTO things (name) VALUES (?1)", [name])?;
        Ok(())
    }

    async fn names(engine: &Engine) -> Vec<String> {
        let read = engine.read(|db| {
            let mut statement = db.prepare("SELECT name FROM things ORDER BY name")?;
            let rows = statement.query_map([], |row| row.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        });
        read.await.unwrap()
    }

    #[tokio::test]
    async fn work_that_fails_halfway_is_undone_and_its_neighbours_stand() {
        let home = tempfile::tempdir().unwrap();
        let engine = engine(&home);
        let (go, gate) = std::sync::mpsc::channel::<()>();
        let first = engine.write(move |db| {
            gate.recv().map_err(|_| StoreError::Closed)?;
            add(db, "first")
        });
        let halfway = engine.write(|db| {
            add(db, "half")?;
            add(db, "half")
        });
        let last = engine.write(|db| add(db, "last"));
        go.send(()).unwrap();
        assert!(first.await.is_ok());
        assert!(halfway.await.is_err());
        assert!(last.await.is_ok());
        assert_eq!(names(&engine).await, ["first", "last"]);
    }

    #[tokio::test]
    async fn a_panic_in_one_piece_of_work_is_undone_and_the_store_goes_on() {
        let home = tempfile::tempdir().unwrap();
        let engine = engine(&home);
        let panicked = engine.write(|db| {
            add(db, "gone")?;
            panic!("a defect")
        });
        let refused: Result<(), StoreError> = panicked.await;
        assert!(matches!(refused, Err(StoreError::Panicked)));
        for _ in 0..READERS * 2 {
            let refused: Result<(), StoreError> = engine.read(|_| panic!("a defect")).await;
            assert!(matches!(refused, Err(StoreError::Panicked)));
        }
        assert!(engine.write(|db| add(db, "kept")).await.is_ok());
        assert_eq!(names(&engine).await, ["kept"]);
    }

    #[tokio::test]
    async fn what_waits_is_written_before_closing_and_nothing_after() {
        let home = tempfile::tempdir().unwrap();
        let engine = engine(&home);
        let writes: Vec<_> = (0..200)
            .map(|n| engine.write(move |db| add(db, &n.to_string())))
            .collect();
        engine.close();
        for write in writes {
            assert!(write.await.is_ok());
        }
        assert!(matches!(
            engine.write(|db| add(db, "late")).await,
            Err(StoreError::Closed)
        ));
    }

    #[tokio::test]
    async fn readers_write_nothing() {
        let home = tempfile::tempdir().unwrap();
        let engine = engine(&home);
        assert!(engine.read(|db| add(db, "x")).await.is_err());
    }

    #[tokio::test]
    async fn more_writes_than_the_store_gets_through_are_refused_at_once() {
        let home = tempfile::tempdir().unwrap();
        let engine = engine(&home);
        let (go, gate) = std::sync::mpsc::channel::<()>();
        let blocked = engine.write(move |_| gate.recv().map_err(|_| StoreError::Closed));
        let writes: Vec<_> = (0..WAITING_MAX + BATCH_MAX + 1)
            .map(|_| engine.write(|_| Ok(())))
            .collect();
        drop(go);
        assert!(blocked.await.is_err());
        let mut refused = 0;
        for write in writes {
            refused += usize::from(matches!(write.await, Err(StoreError::Busy)));
        }
        assert!(refused >= 1, "{refused}");
    }
}
