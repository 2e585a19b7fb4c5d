//! Renewals: decided on rows in memory, written behind, and what has to be on the disk first.

use std::{fmt, io, sync::Arc};

use evertill_issuer::{Counter, Ending};
use rusqlite::{Connection, TransactionBehavior};
use uuid::Uuid;

use super::{
    audit,
    engine::{Companion, Engine},
    hot::{Hot, Loaded, Said},
    sessions::{self, Looked},
};
use crate::{
    audit::{AuditQuery, AuditRow},
    sessions::renewal::{Held, RenewalAsk, Renewed},
    store::{Account, Ended, Living, Mark, Page, Session, StoreError, Which, journal::Journal},
};

/// How often a row is read again when endings come between. Each of them is a person's doing.
const READS_MAX: usize = 16;

/// Sessions of the embedded database: rows in memory, rows on the disk, and the journal of endings.
pub(super) struct Live {
    engine: Arc<Engine>,
    hot: Arc<Hot>,
    journal: Arc<Journal>,
}

impl fmt::Debug for Live {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Live")
    }
}

impl Live {
    pub(super) fn new(engine: Arc<Engine>, hot: Arc<Hot>, journal: Arc<Journal>) -> Self {
        Self { engine, hot, journal }
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
