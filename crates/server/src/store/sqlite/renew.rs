//! Renewals: decided on rows in memory, written behind, and what has to be on the disk first.

use std::{
    collections::HashMap,
    fmt, io,
    sync::{Arc, Mutex, PoisonError},
};

use evertill_issuer::{Counter, Ending};
use rusqlite::{Connection, TransactionBehavior};
use uuid::Uuid;

use super::{
    audit,
    engine::{Companion, Engine},
    hot::{Hot, Loaded, Moment, Said},
    sessions::{self, Looked},
};
use crate::{
    audit::{AuditQuery, AuditRow},
    sessions::{
        news::News,
        renewal::{Held, RenewalAsk, Renewed},
    },
    store::{Account, Ended, Living, Mark, Page, Session, StoreError, Which, journal::Journal},
};

/// How often a row is read again when endings come between. Each of them is a person's doing.
const READS_MAX: usize = 16;

/// Accounts that are remembered; some 500 bytes each.
const PEOPLE_MAX: usize = 4_096;

/// Sessions of the embedded database: rows in memory, rows on the disk, and the journal of endings.
pub(super) struct Live {
    engine: Arc<Engine>,
    hot: Arc<Hot>,
    journal: Arc<Journal>,
    people: People,
    news: News,
}

impl fmt::Debug for Live {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Live")
    }
}

impl Live {
    pub(super) fn new(engine: Arc<Engine>, hot: Arc<Hot>, journal: Arc<Journal>) -> Self {
        Self {
            engine,
            hot,
            journal,
            people: People::default(),
            news: News::none(),
        }
    }

    /// Renews a session, or says why not.
    pub(super) async fn renew(&self, ask: RenewalAsk) -> Result<Option<Renewed>, StoreError> {
        let id = ask.claims.session;
        for _ in 0..READS_MAX {
            let moment = self.hot.moment();
            match self.hot.renew(&ask)? {
                Said::Answer(renewed) => return Ok(Some(renewed)),
                Said::End(ended, account_id) => {
                    let which = Which::One { account_id, id };
                    if !self.end(which, ended.clone()).await?.is_empty() {
                        return Ok(Some(Renewed::EndedNow(ended)));
                    }
                    // Somebody else ended it first: the row says who.
                    self.hot.forget(&[id]);
                    continue;
                }
                Said::Read => {}
            }
            let question = ask.clone();
            match self.engine.point(move |db| sessions::look(db, &question)).await? {
                Looked::Unknown => return Ok(None),
                Looked::UserGone => return Ok(Some(Renewed::UserGone)),
                Looked::Row(loaded) => {
                    self.hot.add(id, *loaded, moment);
                }
            }
        }
        Err(StoreError::Busy)
    }

    /// Notes that an access token arrived, and says whose session it is.
    pub(super) async fn access_used(
        &self,
        id: Uuid,
        counter: Counter,
        now: i64,
    ) -> Result<Option<Account>, StoreError> {
        if self.news.are_fresh()
            && let Some((account_id, moment)) = self.hot.access_used_by(id, counter, now)?
            && let Some(account) = self.people.find(account_id, moment)
        {
            return Ok(Some(account));
        }
        for _ in 0..READS_MAX {
            let moment = self.hot.moment();
            let found = self.engine.point(move |db| sessions::by_id(db, id)).await?;
            if found.is_none() && self.hot.is_lost(id) {
                // Taken back a moment ago: its row is on the way.
                self.settle().await?;
                continue;
            }
            let Some((session, Some(account))) = found.filter(|(session, _)| session.ended.is_none()) else {
                return Ok(None);
            };
            let loaded = Loaded {
                held: Held::from(&session),
                ended: None,
                lost: None,
            };
            if self.hot.add(id, loaded, moment) {
                self.people.remember(&account, moment);
                return Ok(self.hot.access_used(id, counter, now)?.then_some(account));
            }
        }
        Err(StoreError::Busy)
    }

    /// A session with its account, as it is now.
    pub(super) async fn session(&self, id: Uuid) -> Result<Option<(Session, Option<Account>)>, StoreError> {
        self.settle().await?;
        self.engine.read(move |db| sessions::by_id(db, id)).await
    }

    /// Living sessions, as they are now.
    pub(super) async fn living(&self, of: Living) -> Result<Vec<(Session, Option<Account>)>, StoreError> {
        self.settle().await?;
        self.engine.read(move |db| sessions::living(db, of)).await
    }

    /// The audit log, with the sessions that were taken back.
    pub(super) async fn audit_log(&self, query: AuditQuery) -> Result<Page<AuditRow>, StoreError> {
        self.settle().await?;
        self.engine.read(move |db| audit::page(db, &query)).await
    }

    /// Ends sessions: on the disk, in the journal, and only then in memory.
    pub(super) async fn end(&self, which: Which, ended: Ended) -> Result<Vec<Uuid>, StoreError> {
        self.settle().await?;
        let (journal, how) = (Arc::clone(&self.journal), ended.clone());
        let gone = self
            .engine
            .write(move |db| {
                let gone = sessions::end(db, which, &how)?;
                if let (Ending::Theft, Which::One { account_id, id }) = (how.reason, which)
                    && !gone.is_empty()
                {
                    sessions::note_theft(db, id, account_id, how.at)?;
                }
                journal.note(&gone, &how)?;
                Ok(gone)
            })
            .await?;
        self.hot.mark_ended(&gone, &ended);
        Ok(gone)
    }

    /// What ended, in whichever process; the rows in memory know it from here on.
    pub(super) async fn ended_since(&self, mark: Mark) -> Result<(Vec<Uuid>, Mark), StoreError> {
        let news = self
            .engine
            .point(move |db| sessions::ended_since(db, mark))
            .await?;
        self.hot.forget(&news.0);
        self.hot.accounts_are(news.1.accounts);
        self.news.have_come();
        Ok(news)
    }

    /// Writes what renewals left in memory.
    pub(super) async fn settle(&self) -> Result<(), StoreError> {
        if !self.hot.has_unwritten() {
            return Ok(());
        }
        let hot = Arc::clone(&self.hot);
        let batch = self
            .engine
            .write(move |db| {
                let batch = hot.take();
                sessions::save(db, &batch.rows)?;
                Ok(batch)
            })
            .await?;
        batch.written();
        Ok(())
    }
}

/// Accounts as they were read, each good for as long as no account changes.
#[derive(Default)]
struct People(Mutex<HashMap<i64, (Account, Moment)>>);

impl People {
    fn find(&self, id: i64, now: Moment) -> Option<Account> {
        let people = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (account, read_at) = people.get(&id)?;
        read_at.has_accounts_of(now).then(|| account.clone())
    }

    fn remember(&self, account: &Account, moment: Moment) {
        let mut people = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if people.len() >= PEOPLE_MAX {
            people.clear();
        }
        people.insert(account.id, (account.clone(), moment));
    }
}

/// What the writer does between pieces of work.
pub(super) struct Behind {
    hot: Arc<Hot>,
    journal: Arc<Journal>,
}

impl Behind {
    pub(super) fn new(hot: Arc<Hot>, journal: Arc<Journal>) -> Self {
        Self { hot, journal }
    }
}

impl Companion for Behind {
    fn committed(&self) -> io::Result<()> {
        self.journal.keep()
    }

    fn rolled_back(&self) {
        self.journal.drop_noted();
    }

    fn write_behind(&self, db: &mut Connection) -> Result<(), StoreError> {
        if !self.hot.has_unwritten() {
            return Ok(());
        }
        let batch = self.hot.take();
        let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        sessions::save(&transaction, &batch.rows)?;
        transaction.commit()?;
        batch.written();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Store as _, Visitor, sqlite::Sqlite};

    const NOW: i64 = 1_795_402_593;

    /// A store with a session of the cashier, whose access token arrived once.
    async fn used_once(home: &tempfile::TempDir) -> (Sqlite, Uuid) {
        let store = Sqlite::open(home.path(), &crate::clock::Clock::system()).unwrap();
        crate::sample::load(&store, &crate::Clock::standing_at(NOW))
            .await
            .unwrap();
        let account = store.account_named("cashier").await.unwrap().unwrap();
        let session = Session {
            id: Uuid::new_v4(),
            account_id: account.id,
            signed_in_at: NOW,
            renewed_at: NOW,
            counter: 0,
            seen: 0,
            visitor: Visitor::default(),
            client: None,
            sender_key: None,
            ended: None,
        };
        let id = session.id;
        store.open_session(session).await.unwrap();
        store.ended_since(Mark::NOW).await.unwrap();
        assert!(is_known(&store, id).await);
        (store, id)
    }

    async fn is_known(store: &Sqlite, id: Uuid) -> bool {
        store.access_used(id, Counter(0), NOW).await.unwrap().is_some()
    }

    async fn behind_its_back(store: &Sqlite, sql: &'static str) {
        let done = store.engine.write(move |db| Ok(db.execute_batch(sql)?));
        done.await.unwrap();
    }

    #[tokio::test]
    async fn a_session_in_memory_is_known_without_the_database_until_an_account_changes() {
        let home = tempfile::tempdir().unwrap();
        let (store, id) = used_once(&home).await;
        behind_its_back(&store, "DELETE FROM sessions").await;
        assert!(is_known(&store, id).await, "nobody has looked");
        behind_its_back(&store, "UPDATE accounts SET disabled_at = 1").await;
        store.ended_since(Mark::NOW).await.unwrap();
        assert!(!is_known(&store, id).await);
    }

    #[tokio::test]
    async fn a_session_in_memory_that_ended_is_known_no_more() {
        let home = tempfile::tempdir().unwrap();
        let (store, id) = used_once(&home).await;
        let account_id = store.account_named("cashier").await.unwrap().unwrap().id;
        let which = Which::One { account_id, id };
        let ended = Ended::by_itself(Ending::Revoked, NOW);
        assert_eq!(store.end_sessions(which, ended).await.unwrap(), [id]);
        assert!(!is_known(&store, id).await);
    }
}
