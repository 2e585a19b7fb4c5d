//! The embedded database: SQLite in WAL mode with full sync.
//!
//! One thread writes. It takes what waits, runs each piece of work behind a savepoint, commits them together
//! (one sync for all) and only then answers: a write that was answered is on disk. A few connections read, each
//! on a blocking thread. Rows are mapped in the modules below, one for each area.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use rusqlite::{Connection, OpenFlags};
use uuid::Uuid;

use super::*;
use crate::{clock::Clock, error::ServerError, home::private};

mod accounts;
mod activity;
mod audit;
mod catalogue;
mod changes;
mod customers;
mod engine;
mod hot;
mod journal;
mod listed;
mod orders;
mod renew;
mod sessions;
mod settings;

use engine::Engine;
use renew::{Behind, Live};

/// Name of the database file in the data directory.
pub(crate) const DATABASE_FILE: &str = "store.sqlite3";

/// Every migration, oldest first. Only ever append.
const MIGRATIONS: &[&str] = &[
    include_str!("sqlite/migrations/0001_store.sql"),
    include_str!("sqlite/migrations/0002_audit.sql"),
    include_str!("sqlite/migrations/0003_sessions.sql"),
    include_str!("sqlite/migrations/0004_office.sql"),
];

/// The embedded database.
#[derive(Debug)]
pub(crate) struct Sqlite {
    engine: Arc<Engine>,
    live: Arc<Live>,
}

/// What lies in a data directory before it is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    /// Nothing yet.
    Nothing,
    /// A database of a version known here.
    Database,
}

impl Sqlite {
    /// Looks whether a database is there, and refuses one from a newer version before anything is touched.
    pub(crate) fn look(data_dir: &Path) -> Result<Found, ServerError> {
        let path = data_dir.join(DATABASE_FILE);
        if !path.exists() {
            return Ok(Found::Nothing);
        }
        let connection =
            Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(opening)?;
        match version(&connection).map_err(ServerError::OpenDatabase)? {
            0 => Ok(Found::Nothing),
            found if found as usize > MIGRATIONS.len() => Err(ServerError::SchemaTooNew {
                found,
                known: MIGRATIONS.len() as u32,
            }),
            _ => Ok(Found::Database),
        }
    }

    /// Opens and migrates, and tells a database that was put back what ended since.
    pub(crate) fn open(data_dir: &Path, clock: &Clock) -> Result<Self, ServerError> {
        Self::look(data_dir)?;
        let path = data_dir.join(DATABASE_FILE);
        // SQLite gives the files beside the database the rights of the database.
        private()
            .append(true)
            .open(&path)
            .map_err(|source| ServerError::DataDirectory {
                path: path.clone(),
                source,
            })?;
        let mut writer = connect(&path).map_err(ServerError::OpenDatabase)?;
        migrate(&mut writer).map_err(ServerError::OpenDatabase)?;
        settings::begin(&writer).map_err(ServerError::OpenDatabase)?;
        let journal = Arc::new(journal::open(data_dir, &mut writer, clock.seconds())?);
        let hot = Arc::default();
        let behind = Behind::new(Arc::clone(&hot), Arc::clone(&journal));
        let engine = Engine::start(path, writer, behind).map_err(ServerError::OpenDatabase)?;
        let engine = Arc::new(engine);
        let live = Live::new(Arc::clone(&engine), hot, journal);
        Ok(Self {
            engine,
            live: Arc::new(live),
        })
    }
}

fn opening(error: rusqlite::Error) -> ServerError {
    ServerError::OpenDatabase(StoreError::Database(error))
}

fn connect(path: &PathBuf) -> Result<Connection, StoreError> {
    let connection = Connection::open(path)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "busy_timeout", 5_000)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

fn version(connection: &Connection) -> Result<u32, StoreError> {
    Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let from = version(connection)? as usize;
    for (index, sql) in MIGRATIONS.iter().enumerate().skip(from) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(sql)?;
        transaction.pragma_update(None, "user_version", index as u32 + 1)?;
        transaction.commit()?;
    }
    Ok(())
}

impl Sqlite {
    /// Reads after what renewals left in memory is written.
    fn settled<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Pending<T> {
        let (live, engine) = (Arc::clone(&self.live), Arc::clone(&self.engine));
        Pending::new(async move {
            live.settle().await?;
            engine.read(read).await
        })
    }
}

impl Store for Sqlite {
    fn close(&self) {
        self.engine.close();
    }

    fn shop(&self) -> Pending<Shop> {
        self.engine.read(settings::shop)
    }

    fn choices(&self) -> Pending<Vec<(String, String)>> {
        self.engine.read(settings::choices)
    }

    fn choose(&self, name: &'static str, value: Option<String>, entry: AuditEntry) -> Pending<()> {
        self.engine
            .write(move |db| settings::choose(db, name, value.as_deref(), &entry))
    }

    fn load(&self, stock: Box<Stocktake>) -> Pending<bool> {
        self.engine.write(move |db| settings::load(db, &stock))
    }

    fn account_named(&self, login: &str) -> Pending<Option<Account>> {
        let login = login.to_owned();
        self.engine.read(move |db| accounts::named(db, &login))
    }

    fn account(&self, id: i64) -> Pending<Option<Account>> {
        self.engine.read(move |db| accounts::by_id(db, id))
    }

    fn customers(&self, query: CustomerQuery) -> Pending<Page<Account>> {
        self.engine.read(move |db| customers::page(db, &query))
    }

    fn open_session(&self, session: Session) -> Pending<bool> {
        self.engine.write(move |db| sessions::open(db, &session))
    }

    fn session(&self, id: Uuid) -> Pending<Option<(Session, Option<Account>)>> {
        let live = Arc::clone(&self.live);
        Pending::new(async move { live.session(id).await })
    }

    fn renew(&self, ask: RenewalAsk) -> Pending<Option<Renewed>> {
        let live = Arc::clone(&self.live);
        Pending::new(async move { live.renew(ask).await })
    }

    fn access_used(&self, id: Uuid, counter: Counter, now: i64) -> Pending<Option<Account>> {
        let live = Arc::clone(&self.live);
        Pending::new(async move { live.access_used(id, counter, now).await })
    }

    fn sessions(&self, of: Living) -> Pending<Vec<(Session, Option<Account>)>> {
        let live = Arc::clone(&self.live);
        Pending::new(async move { live.living(of).await })
    }

    fn count_sessions(&self, of: Living) -> Pending<u64> {
        self.engine.read(move |db| sessions::count(db, of))
    }

    fn end_sessions(&self, which: Which, ended: Ended) -> Pending<Vec<Uuid>> {
        let live = Arc::clone(&self.live);
        Pending::new(async move { live.end(which, ended).await })
    }

    fn ended_since(&self, mark: Mark) -> Pending<(Vec<Uuid>, Mark)> {
        let live = Arc::clone(&self.live);
        Pending::new(async move { live.ended_since(mark).await })
    }

    fn items(&self, query: ItemQuery) -> Pending<Page<Item>> {
        self.engine.read(move |db| catalogue::page(db, &query))
    }

    fn items_by_code(&self, codes: Vec<String>) -> Pending<Vec<Item>> {
        self.engine.read(move |db| catalogue::by_code(db, &codes))
    }

    fn categories(&self) -> Pending<Vec<Category>> {
        self.engine.read(catalogue::categories)
    }

    fn picture(&self, slug: &str) -> Pending<Option<Picture>> {
        let slug = slug.to_owned();
        self.engine.read(move |db| catalogue::picture(db, &slug))
    }

    fn changes(&self, lane: Lane, since: i64, limit: u32) -> Pending<Vec<ChangeRow>> {
        self.engine.read(move |db| changes::after(db, lane, since, limit))
    }

    fn head(&self, lane: Lane) -> Pending<i64> {
        self.engine.read(move |db| changes::head(db, lane))
    }

    fn orders(&self, query: OrderQuery) -> Pending<Page<Order>> {
        self.engine.read(move |db| orders::page(db, &query))
    }

    fn push_order(&self, push: Box<OrderPush>) -> Pending<Pushed<Order>> {
        self.engine.write(move |db| orders::push(db, &push))
    }

    fn push_customer(&self, push: Box<CustomerPush>) -> Pending<Pushed<Account>> {
        self.engine.write(move |db| customers::push(db, &push))
    }

    fn staff(&self) -> Pending<Vec<Account>> {
        self.engine.read(accounts::staff)
    }

    fn save_account(&self, account: Box<Account>, entry: AuditEntry) -> Pending<Saved> {
        self.engine.write(move |db| accounts::save(db, *account, entry))
    }

    fn rehash(&self, id: i64, from: PasswordHash, to: PasswordHash) -> Pending<bool> {
        self.engine.write(move |db| accounts::rehash(db, id, &from, &to))
    }

    fn recent_sessions(&self, query: RecentQuery) -> Pending<Vec<Listed>> {
        self.settled(move |db| listed::recent(db, &query))
    }

    fn count_states(&self, query: RecentQuery) -> Pending<Vec<(SessionState, u64)>> {
        self.settled(move |db| listed::states(db, &query))
    }

    fn signed_in(&self, of: Living) -> Pending<Vec<(Account, u64)>> {
        self.settled(move |db| listed::signed_in(db, of))
    }

    fn name_session(&self, id: Uuid, name: Option<String>, entry: AuditEntry) -> Pending<()> {
        self.engine
            .write(move |db| listed::name(db, id, name.as_deref(), &entry))
    }

    fn sales_by_hour(&self, accounts: Vec<i64>, since: i64) -> Pending<Vec<SalesHour>> {
        self.engine.read(move |db| orders::by_hour(db, &accounts, since))
    }

    fn forget_sessions(&self, what: Forgetting) -> Pending<u64> {
        self.engine.write(move |db| listed::forget(db, what))
    }

    fn note_activity(&self, rows: Vec<Activity>, keep_from: i64) -> Pending<()> {
        self.engine.write(move |db| activity::note(db, &rows, keep_from))
    }

    fn activity(&self, sessions: Vec<Uuid>, since: i64) -> Pending<Vec<Activity>> {
        self.engine.read(move |db| activity::of(db, &sessions, since))
    }

    fn audit(&self, entry: AuditEntry) -> Pending<()> {
        self.engine.write(move |db| audit::append(db, &entry))
    }

    fn audit_log(&self, query: AuditQuery) -> Pending<Page<AuditRow>> {
        let live = Arc::clone(&self.live);
        Pending::new(async move { live.audit_log(query).await })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_from_a_newer_version_is_refused_untouched() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join(DATABASE_FILE);
        let connection = Connection::open(&path).unwrap();
        connection.pragma_update(None, "user_version", 99).unwrap();
        drop(connection);
        let before = std::fs::read(&path).unwrap();
        let error = Sqlite::open(home.path(), &Clock::system()).unwrap_err();
        assert_eq!(error.code(), Code::LOCAL_SCHEMA_TOO_NEW);
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }

    /// A database as the first version left it: one person, a session that lives, one that somebody ended.
    fn first_version(path: &Path, living: Uuid, ended: Uuid) {
        let db = Connection::open(path).unwrap();
        db.execute_batch(MIGRATIONS[0]).unwrap();
        db.pragma_update(None, "user_version", 1).unwrap();
        let person = serde_json::to_string(&Person::default()).unwrap();
        db.execute(
            "INSERT INTO accounts (id, uuid, username, email, role, search, person, created_at, modified_at)
             VALUES (3, ?1, 'ada', 'ada@shop.example', 'cashier', 'ada', ?2, 10, 10)",
            [Uuid::from_u128(3).to_string(), person],
        )
        .unwrap();
        let visitor = Visitor {
            ip_address: "192.0.2.7".into(),
            user_agent: "Till".into(),
            ..Visitor::default()
        };
        let visitor = serde_json::to_string(&visitor).unwrap();
        let over = r#"{"at": 77, "by_id": 1, "by": "Ann", "by_role": "owner", "note": "lost"}"#;
        for (id, ended_at, over) in [(living, None, None), (ended, Some(77), Some(over))] {
            db.execute(
                "INSERT INTO sessions (id, account_id, created_at, last_active_at, expires_at, counter, visitor, ended_at,
                                       ended)
                 VALUES (?1, 3, 20, 60, 9000, 5, ?2, ?3, ?4)",
                rusqlite::params![id.as_bytes(), visitor, ended_at, over],
            )
            .unwrap();
        }
    }

    #[tokio::test]
    async fn a_database_of_the_first_version_keeps_its_people_sessions_and_endings() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join(DATABASE_FILE);
        let (living, ended) = (Uuid::from_u128(1), Uuid::from_u128(2));
        first_version(&path, living, ended);
        for opening in ["the first", "the second"] {
            let store = Sqlite::open(home.path(), &Clock::standing_at(100)).unwrap();
            let (session, account) = store.session(living).await.unwrap().unwrap();
            assert_eq!(account.unwrap().username, "ada", "{opening}");
            assert_eq!((session.signed_in_at, session.renewed_at), (20, 60));
            assert_eq!((session.counter, session.seen, session.ended), (5, 5, None));
            assert_eq!(session.visitor.ip_address, "192.0.2.7");
            assert_eq!(session.visitor.user_agent, "Till");
            let (session, _) = store.session(ended).await.unwrap().unwrap();
            let over = session.ended.unwrap();
            assert_eq!((over.reason, over.at), (evertill_issuer::Ending::Revoked, 77));
            assert_eq!((over.by.as_str(), over.note.as_str()), ("Ann", "lost"));
            store.close();
        }
        assert_eq!(
            version(&connect(&path).unwrap()).unwrap() as usize,
            MIGRATIONS.len()
        );
        // The journal was begun with what the old version knew: its own database, put back, brings nobody back.
        for beside in ["", "-wal", "-shm"] {
            let _not_always_there =
                std::fs::remove_file(home.path().join(format!("{DATABASE_FILE}{beside}")));
        }
        first_version(&path, ended, Uuid::from_u128(9));
        let store = Sqlite::open(home.path(), &Clock::standing_at(100)).unwrap();
        let (session, _) = store.session(ended).await.unwrap().unwrap();
        assert_eq!(session.ended.unwrap().note, "lost");
        let log = store.audit_log(AuditQuery::default()).await.unwrap();
        let sentence = log.rows[0].entry.sentence.as_str();
        assert!(
            sentence.starts_with("the database had forgotten that a session ended"),
            "{sentence}"
        );
    }

    #[test]
    fn the_database_itself_refuses_to_change_or_shorten_the_audit_log() {
        let home = tempfile::tempdir().unwrap();
        drop(Sqlite::open(home.path(), &Clock::system()).unwrap());
        let connection = connect(&home.path().join(DATABASE_FILE)).unwrap();
        let entry = crate::audit::AuditEntry::new(1, crate::audit::AuditKind::Backup, "a backup was made");
        audit::append(&connection, &entry).unwrap();
        for sql in ["UPDATE audit SET sentence = 'x'", "DELETE FROM audit"] {
            assert!(connection.execute(sql, []).is_err(), "{sql}");
        }
        assert_eq!(
            audit::page(&connection, &AuditQuery::default()).unwrap().rows[0].entry,
            entry
        );
    }

    #[test]
    fn a_file_that_is_no_database_is_refused() {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(
            home.path().join(DATABASE_FILE),
            "this is not a database, whatever its name says",
        )
        .unwrap();
        assert_eq!(
            Sqlite::open(home.path(), &Clock::system()).unwrap_err().code(),
            Code::LOCAL_DATABASE_FAILED
        );
    }
}
