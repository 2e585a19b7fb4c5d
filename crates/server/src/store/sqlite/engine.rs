//! The thread that writes, the connections that read.

use std::{
    fmt,
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    thread::JoinHandle,
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
    pub(super) fn start(path: PathBuf, writer: Connection) -> Result<Self, StoreError> {
        let mut idle = Vec::with_capacity(READERS);
        for _ in 0..READERS {
            let reader = connect(&path)?;
            reader.pragma_update(None, "query_only", true)?;
            idle.push(reader);
        }
        let (jobs, waiting) = sync_channel(WAITING_MAX);
        let thread = std::thread::Builder::new()
            .name("evertill-store-writer".into())
            .spawn(move || write_until_closed(writer, &waiting))
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
                let answer = work(&connection);
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

fn write_until_closed(mut db: Connection, waiting: &Receiver<Job>) {
    while let Ok(first) = waiting.recv() {
        let mut batch = vec![first];
        while batch.len() < BATCH_MAX
            && let Ok(next) = waiting.try_recv()
        {
            batch.push(next);
        }
        commit_together(&mut db, batch);
    }
}

/// Each piece of work stands or falls alone; all that stand reach the disk with one sync.
fn commit_together(db: &mut Connection, batch: Vec<Job>) {
    let mut deliveries = Vec::with_capacity(batch.len());
    let committed = (|| {
        let transaction = db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        for job in batch {
            deliveries.push((job.0)(&transaction));
        }
        transaction.commit()
    })();
    for delivery in deliveries {
        (delivery.0)(match &committed {
            Ok(()) => Ok(()),
            Err(error) => Err(StoreError::Commit(error.to_string())),
        });
    }
}

/// Undoes a piece of work that failed halfway, and only that.
fn whole<T>(
    db: &Connection,
    work: impl FnOnce(&Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    db.execute_batch("SAVEPOINT piece")?;
    match work(db) {
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
