//! Connections, transactions, and trying again.
//!
//! A transaction that writes runs on a task of its own: a request that is dropped neither cuts it in two nor hands a
//! connection back with a transaction half done. Writers of the shop queue inside this node before they queue at the
//! row that all nodes share, so that nodes meet there, not requests.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use deadpool_postgres::{Object, Pool, PoolError};
use tokio::sync::{Mutex, Semaphore};
use tokio_postgres::{
    Row,
    types::{ToSql, Type},
};

use super::retry::{self, Trouble};
use crate::store::{Pending, StoreError};

/// Requests to the database that may wait. Past it, saying so is better than queueing.
const WAITING_MAX: usize = 1024;

/// How long one try may take. The network may swallow a reply; nobody waits for it forever.
const TRY_MAX: Duration = Duration::from_secs(10);

/// A piece of work on its way.
pub(super) type Work<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// A piece of work that can be done again: everything it needs is in its argument.
pub(super) type Do<A, T> = for<'a> fn(&'a Db, &'a A) -> Work<'a, T>;

/// How a piece of work runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// Reads only.
    Read,
    /// One statement that writes: it needs no transaction around it.
    Single,
    /// A transaction.
    Transaction,
    /// A transaction that may tell the change feed: one after another on all nodes.
    Shop,
}

/// The connections of a node.
#[derive(Clone)]
pub(super) struct Engine(Arc<Inner>);

struct Inner {
    pool: Pool,
    waiting: Semaphore,
    shop: Mutex<()>,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Engine")
    }
}

impl Engine {
    pub(super) fn new(pool: Pool) -> Self {
        Self(Arc::new(Inner {
            pool,
            waiting: Semaphore::new(WAITING_MAX),
            shop: Mutex::new(()),
        }))
    }

    /// Asks a question.
    pub(super) fn read<A, T>(&self, ask: A, work: Do<A, T>) -> Pending<T>
    where
        A: Send + Sync + 'static,
        T: Send + 'static,
    {
        let inner = Arc::clone(&self.0);
        Pending::new(async move { inner.until_done(Mode::Read, &ask, work).await })
    }

    /// Writes; goes on when nobody waits for the answer any more.
    pub(super) fn write<A, T>(&self, mode: Mode, ask: A, work: Do<A, T>) -> Pending<T>
    where
        A: Send + Sync + 'static,
        T: Send + 'static,
    {
        let inner = Arc::clone(&self.0);
        let writing = tokio::spawn(async move {
            let _turn = match mode {
                Mode::Shop => Some(inner.shop.lock().await),
                Mode::Read | Mode::Single | Mode::Transaction => None,
            };
            inner.until_done(mode, &ask, work).await
        });
        Pending::new(async move { writing.await.map_err(|_| StoreError::Panicked)? })
    }

    /// Takes no more work.
    pub(super) fn close(&self) {
        self.0.waiting.close();
        self.0.pool.close();
    }
}

/// Why a try failed, and whether it may have been written all the same.
struct Failed {
    error: StoreError,
    is_uncertain: bool,
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self {
            error,
            is_uncertain: false,
        }
    }
}

impl Inner {
    async fn until_done<A: Sync, T>(&self, mode: Mode, ask: &A, work: Do<A, T>) -> Result<T, StoreError> {
        let _place = self.waiting.try_acquire().map_err(|error| match error {
            tokio::sync::TryAcquireError::Closed => StoreError::Closed,
            tokio::sync::TryAcquireError::NoPermits => StoreError::Busy,
        })?;
        let began = Instant::now();
        let mut tried = 0;
        loop {
            let failed = match tokio::time::timeout(TRY_MAX, self.attempt(mode, ask, work)).await {
                Ok(Ok(done)) => return Ok(done),
                Ok(Err(failed)) => failed,
                Err(_) => return Err(StoreError::Unreachable(None)),
            };
            let trouble = trouble(&failed.error);
            let may_repeat = trouble == Some(Trouble::Conflict) || !failed.is_uncertain;
            let pause = trouble
                .filter(|_| may_repeat)
                .and_then(|trouble| retry::pause(trouble, tried, began.elapsed(), dice()));
            let Some(pause) = pause else {
                return Err(told(failed.error, trouble));
            };
            tracing::debug!(?trouble, tried, "a transaction is tried again");
            tokio::time::sleep(pause).await;
            tried += 1;
        }
    }

    async fn attempt<A: Sync, T>(&self, mode: Mode, ask: &A, work: Do<A, T>) -> Result<T, Failed> {
        let connection = self.pool.get().await.map_err(no_connection)?;
        let db = Db::new(connection, matches!(mode, Mode::Transaction | Mode::Shop));
        match mode {
            Mode::Read | Mode::Single => {
                let done = work(&db, ask).await.map_err(|error| Failed {
                    error,
                    is_uncertain: mode == Mode::Single,
                })?;
                db.give_back();
                Ok(done)
            }
            Mode::Transaction | Mode::Shop => {
                if mode == Mode::Shop {
                    db.first("SELECT next FROM numbers WHERE name = 'change' FOR UPDATE", &[])
                        .await?;
                }
                match work(&db, ask).await {
                    Ok(done) => {
                        if !db.is_committing.load(Ordering::Relaxed) {
                            db.batch("COMMIT").await.map_err(|error| Failed {
                                error,
                                is_uncertain: true,
                            })?;
                        }
                        db.give_back();
                        Ok(done)
                    }
                    Err(error) => {
                        let is_uncertain = db.is_committing.load(Ordering::Relaxed);
                        if db.batch("ROLLBACK").await.is_ok() {
                            db.give_back();
                        }
                        Err(Failed { error, is_uncertain })
                    }
                }
            }
        }
    }
}

/// A connection for one piece of work. One that is not given back is closed: nobody knows what state it is in.
///
/// What can be sent together is: the beginning of a transaction goes with its first statement, and the end with the
/// last one where [`Db::last`] says which that is. A renewal waits for the database twice instead of four times.
pub(super) struct Db {
    connection: Option<Object>,
    /// The next statement is the first of a transaction.
    is_beginning: AtomicBool,
    /// The end of the transaction has been sent.
    is_committing: AtomicBool,
}

impl Db {
    fn new(connection: Object, is_transaction: bool) -> Self {
        Self {
            connection: Some(connection),
            is_beginning: AtomicBool::new(is_transaction),
            is_committing: AtomicBool::new(false),
        }
    }

    fn give_back(mut self) {
        drop(self.connection.take());
    }

    fn connection(&self) -> Result<&Object, StoreError> {
        self.connection.as_ref().ok_or(StoreError::Closed)
    }

    /// Sends a statement, behind the beginning of the transaction where it is the first.
    async fn begun<T>(
        &self,
        connection: &Object,
        statement: impl Future<Output = Result<T, tokio_postgres::Error>>,
    ) -> Result<T, StoreError> {
        if !self.is_beginning.swap(false, Ordering::Relaxed) {
            return Ok(statement.await?);
        }
        let ((), done) = tokio::try_join!(biased; connection.batch_execute("BEGIN"), statement)?;
        Ok(done)
    }

    /// Runs statements without values.
    pub(super) async fn batch(&self, sql: &str) -> Result<(), StoreError> {
        let connection = self.connection()?;
        self.begun(connection, connection.batch_execute(sql)).await
    }

    /// All rows of a fixed statement.
    pub(super) async fn all(
        &self,
        sql: &str,
        values: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, StoreError> {
        let connection = self.connection()?;
        let statement = connection.prepare_cached(sql).await?;
        self.begun(connection, connection.query(&statement, values)).await
    }

    /// The first row of a fixed statement.
    pub(super) async fn first(
        &self,
        sql: &str,
        values: &[&(dyn ToSql + Sync)],
    ) -> Result<Option<Row>, StoreError> {
        Ok(self.all(sql, values).await?.into_iter().next())
    }

    /// Runs a fixed statement; says how many rows it touched.
    pub(super) async fn run(&self, sql: &str, values: &[&(dyn ToSql + Sync)]) -> Result<u64, StoreError> {
        let connection = self.connection()?;
        let statement = connection.prepare_cached(sql).await?;
        self.begun(connection, connection.execute(&statement, values))
            .await
    }

    /// Runs the last statement of a transaction and commits.
    pub(super) async fn last(&self, sql: &str, values: &[&(dyn ToSql + Sync)]) -> Result<(), StoreError> {
        let connection = self.connection()?;
        let statement = connection.prepare_cached(sql).await?;
        self.is_committing.store(true, Ordering::Relaxed);
        let execute = self.begun(connection, connection.execute(&statement, values));
        let commit = async { Ok(connection.batch_execute("COMMIT").await?) };
        tokio::try_join!(biased; execute, commit)?;
        Ok(())
    }

    /// All rows of a statement that was put together for this question, and is not worth keeping prepared.
    pub(super) async fn once(
        &self,
        sql: &str,
        values: &[(&(dyn ToSql + Sync), Type)],
    ) -> Result<Vec<Row>, StoreError> {
        let connection = self.connection()?;
        self.begun(connection, connection.query_typed(sql, values)).await
    }
}

impl Drop for Db {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            drop(Object::take(connection));
        }
    }
}

fn no_connection(error: PoolError) -> StoreError {
    match error {
        PoolError::Backend(error) => StoreError::Remote(error),
        PoolError::Timeout(_) => StoreError::Unreachable(None),
        PoolError::Closed => StoreError::Closed,
        PoolError::NoRuntimeSpecified | PoolError::PostCreateHook(_) => StoreError::Unreachable(None),
    }
}

/// What kind of trouble a failure is.
pub(super) fn trouble(error: &StoreError) -> Option<Trouble> {
    match error {
        StoreError::Remote(error) => retry::trouble(
            error.code().map(tokio_postgres::error::SqlState::code),
            is_broken(error),
        ),
        StoreError::Unreachable(_) => Some(Trouble::Lost),
        StoreError::Database(_)
        | StoreError::Commit(_)
        | StoreError::Record(_)
        | StoreError::Value(_)
        | StoreError::Panicked
        | StoreError::Busy
        | StoreError::Closed => None,
    }
}

/// The failure as the store tells it, once trying again is over.
fn told(error: StoreError, trouble: Option<Trouble>) -> StoreError {
    match (error, trouble) {
        (StoreError::Remote(error), Some(Trouble::Lost)) => StoreError::Unreachable(Some(error)),
        (StoreError::Remote(_), Some(Trouble::Conflict)) => StoreError::Busy,
        (error, _) => error,
    }
}

/// Whether the connection failed, not a statement.
fn is_broken(error: &tokio_postgres::Error) -> bool {
    if error.is_closed() {
        return true;
    }
    let mut next = std::error::Error::source(error);
    while let Some(cause) = next {
        if cause.is::<std::io::Error>() {
            return true;
        }
        next = cause.source();
    }
    false
}

/// Evenly spread; without randomness everybody waits equally long, which only costs time.
fn dice() -> u32 {
    getrandom::u32().unwrap_or(u32::MAX / 2)
}
