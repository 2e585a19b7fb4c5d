//! PostgreSQL, for several nodes that serve the same shop.
//!
//! Any node may serve any till. Nothing here needs more than other engines with the same protocol have: no advisory
//! locks, no triggers, no types of one's own. Transactions that meet are undone by the database and tried again
//! ([`retry`]); a database that is away is trouble, never a verdict. Rows are mapped in the modules below, one for
//! each area, and the rules are the pure functions the embedded database calls as well.

use std::sync::Arc;

use evertill_issuer::{Change, Seconds, access_used};
use uuid::Uuid;

use super::*;
use crate::{clock::Clock, error::ServerError};

mod accounts;
mod activity;
mod address;
mod audit;
mod catalogue;
mod changes;
mod connect;
mod customers;
mod endings;
mod engine;
mod filter;
mod listed;
mod news;
mod orders;
mod retry;
mod schema;
mod sessions;
mod settings;
#[cfg(test)]
pub(super) mod testing;
#[cfg(test)]
mod tests;
mod text;

pub(crate) use address::is_near;
pub use address::{DatabaseUrl, DatabaseUrlError};
use endings::Endings;
use engine::{Engine, Mode};
use news::News;

/// Connections of one node unless the configuration says otherwise.
pub(crate) const CONNECTIONS_DEFAULT: usize = 16;

/// How far transactions are kept apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Isolation {
    /// Enough: what two transactions may both want is locked.
    #[default]
    ReadCommitted,
    /// For engines that know nothing else.
    Serializable,
}

impl Isolation {
    fn sql(self) -> &'static str {
        match self {
            Self::ReadCommitted => "read committed",
            Self::Serializable => "serializable",
        }
    }
}

/// How a node uses its database.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Options {
    pub(crate) url: DatabaseUrl,
    pub(crate) connections: usize,
    pub(crate) isolation: Isolation,
    /// Whether nodes send each other word.
    pub(crate) notify: bool,
}

/// A database that several nodes share.
#[derive(Debug)]
pub(crate) struct Postgres {
    engine: Engine,
    endings: Arc<Endings>,
    news: Arc<News>,
}

impl Postgres {
    /// Connects and migrates, and tells a database that was put back what ended since. The node keeps its journal of
    /// endings in `data_dir`.
    pub(crate) async fn open(
        options: &Options,
        data_dir: &std::path::Path,
        clock: Clock,
    ) -> Result<Self, ServerError> {
        let pool = connect::pool(&options.url, options.connections, options.isolation)?;
        let engine = Engine::new(pool);
        let opening = ServerError::OpenDatabase;
        engine
            .write(Mode::Transaction, (), |db, ()| Box::pin(schema::prepare(db)))
            .await
            .map_err(opening)?;
        let mut version = None;
        loop {
            let found = engine
                .write(Mode::Transaction, (), |db, ()| Box::pin(schema::step(db)))
                .await
                .map_err(opening)?;
            if found > schema::KNOWN {
                return Err(ServerError::SchemaTooNew {
                    found,
                    known: schema::KNOWN,
                });
            }
            if version.replace(found) == Some(found) {
                break;
            }
        }
        engine
            .write(Mode::Single, (), |db, ()| Box::pin(settings::begin(db)))
            .await
            .map_err(opening)?;
        let endings = Endings::open(data_dir, &engine, clock).await?;
        let news = Arc::new(News::start(&options.url, options.notify));
        Ok(Self {
            engine,
            endings: Arc::new(endings),
            news,
        })
    }

    /// Whether a node has started on this database before: there are keys that it goes with.
    pub(crate) async fn is_tied(&self) -> Result<bool, StoreError> {
        let known = self
            .engine
            .read((), |db, ()| Box::pin(settings::value(db, "keys")))
            .await?;
        Ok(known.is_some())
    }

    /// Notes the keys the sessions hang on, known by these prints. False when a key is known to the database and is
    /// not among them.
    pub(crate) async fn tie_keys(&self, prints: Vec<String>) -> Result<bool, StoreError> {
        self.engine
            .write(Mode::Transaction, prints, |db, prints| {
                Box::pin(settings::tie_keys(db, prints))
            })
            .await
    }
}

impl Postgres {
    /// Passes an answer on, and sends word to the other nodes where it is worth one.
    fn telling<T: Send + 'static>(&self, answer: Pending<T>, is_news: fn(&T) -> bool) -> Pending<T> {
        let (engine, news) = (self.engine.clone(), Arc::clone(&self.news));
        Pending::new(async move {
            let answer = answer.await?;
            if is_news(&answer) {
                news.tell(&engine);
            }
            Ok(answer)
        })
    }
}

impl Store for Postgres {
    fn close(&self) {
        self.engine.close();
    }

    fn shop(&self) -> Pending<Shop> {
        self.engine.read((), |db, ()| Box::pin(settings::shop(db)))
    }

    fn choices(&self) -> Pending<Vec<(String, String)>> {
        self.engine.read((), |db, ()| Box::pin(settings::choices(db)))
    }

    fn choose(&self, name: &'static str, value: Option<String>, entry: AuditEntry) -> Pending<()> {
        self.engine
            .write(Mode::Transaction, (name, value, entry), |db, ask| {
                Box::pin(settings::choose(db, ask))
            })
    }

    fn load(&self, stock: Box<Stocktake>) -> Pending<bool> {
        self.engine
            .write(Mode::Shop, stock, |db, stock| Box::pin(settings::load(db, stock)))
    }

    fn account_named(&self, login: &str) -> Pending<Option<Account>> {
        self.engine
            .read(login.to_owned(), |db, login| Box::pin(accounts::named(db, login)))
    }

    fn account(&self, id: i64) -> Pending<Option<Account>> {
        self.engine.read(id, |db, id| Box::pin(accounts::by_id(db, *id)))
    }

    fn customers(&self, query: CustomerQuery) -> Pending<Page<Account>> {
        self.engine
            .read(query, |db, query| Box::pin(customers::page(db, query)))
    }

    fn open_session(&self, session: Session) -> Pending<bool> {
        self.engine.write(Mode::Transaction, session, |db, session| {
            Box::pin(sessions::open(db, session))
        })
    }

    fn session(&self, id: Uuid) -> Pending<Option<(Session, Option<Account>)>> {
        self.engine.read(id, |db, id| Box::pin(sessions::by_id(db, *id)))
    }

    fn renew(&self, ask: RenewalAsk) -> Pending<Option<Renewed>> {
        let (endings, session) = (Arc::clone(&self.endings), ask.claims.session);
        let renewing = self.engine.write(Mode::Transaction, ask, |db, ask| {
            Box::pin(sessions::renew(db, ask))
        });
        let renewing = Pending::new(async move {
            let renewed = renewing.await?;
            if let Some(Renewed::EndedNow(ended)) = &renewed {
                endings.keep(vec![session], ended.clone()).await?;
            }
            Ok(renewed)
        });
        self.telling(renewing, |renewed| matches!(renewed, Some(Renewed::EndedNow(_))))
    }

    fn access_used(&self, id: Uuid, counter: Counter, now: i64) -> Pending<Option<Account>> {
        let engine = self.engine.clone();
        Pending::new(async move {
            let found = engine
                .read(id, |db, id| Box::pin(sessions::by_id(db, *id)))
                .await?;
            let Some((session, Some(account))) = found else {
                return Ok(None);
            };
            match access_used(&session.row(), counter, Seconds(now)) {
                Change::None => Ok(session.ended.is_none().then_some(account)),
                Change::Lazy(_) | Change::Durable(_) => {
                    engine
                        .write(Mode::Transaction, (id, counter, now), |db, ask| {
                            Box::pin(sessions::note_access(db, ask))
                        })
                        .await
                }
            }
        })
    }

    fn sessions(&self, of: Living) -> Pending<Vec<(Session, Option<Account>)>> {
        self.engine.read(of, |db, of| Box::pin(sessions::living(db, of)))
    }

    fn count_sessions(&self, of: Living) -> Pending<u64> {
        self.engine.read(of, |db, of| Box::pin(sessions::count(db, of)))
    }

    fn end_sessions(&self, which: Which, ended: Ended) -> Pending<Vec<Uuid>> {
        let (endings, how) = (Arc::clone(&self.endings), ended.clone());
        let ending = self.engine.write(Mode::Transaction, (which, ended), |db, ask| {
            Box::pin(sessions::end(db, ask))
        });
        let ending = Pending::new(async move {
            let gone = ending.await?;
            if !gone.is_empty() {
                endings.keep(gone.clone(), how).await?;
            }
            Ok(gone)
        });
        self.telling(ending, |gone| !gone.is_empty())
    }

    fn ended_since(&self, mark: Mark) -> Pending<(Vec<Uuid>, Mark)> {
        let (engine, endings) = (self.engine.clone(), Arc::clone(&self.endings));
        Pending::new(async move {
            let (mut ended, now, known) = engine
                .read((mark, endings.setting()), |db, ask| {
                    Box::pin(sessions::ended_since(db, ask))
                })
                .await?;
            ended.extend(endings.follow(&engine, now.ending, known).await?);
            Ok((ended, now))
        })
    }

    fn news(&self) -> Pending<()> {
        let heard = self.news.heard();
        Pending::new(async move {
            heard.notified().await;
            Ok(())
        })
    }

    fn items(&self, query: ItemQuery) -> Pending<Page<Item>> {
        self.engine
            .read(query, |db, query| Box::pin(catalogue::page(db, query)))
    }

    fn items_by_code(&self, codes: Vec<String>) -> Pending<Vec<Item>> {
        self.engine
            .read(codes, |db, codes| Box::pin(catalogue::by_code(db, codes)))
    }

    fn categories(&self) -> Pending<Vec<Category>> {
        self.engine.read((), |db, ()| Box::pin(catalogue::categories(db)))
    }

    fn picture(&self, slug: &str) -> Pending<Option<Picture>> {
        self.engine
            .read(slug.to_owned(), |db, slug| Box::pin(catalogue::picture(db, slug)))
    }

    fn changes(&self, lane: Lane, since: i64, limit: u32) -> Pending<Vec<ChangeRow>> {
        self.engine
            .read((lane, since, limit), |db, ask| Box::pin(changes::after(db, ask)))
    }

    fn head(&self, lane: Lane) -> Pending<i64> {
        self.engine
            .read(lane, |db, lane| Box::pin(changes::head(db, *lane)))
    }

    fn orders(&self, query: OrderQuery) -> Pending<Page<Order>> {
        self.engine
            .read(query, |db, query| Box::pin(orders::page(db, query)))
    }

    fn push_order(&self, push: Box<OrderPush>) -> Pending<Pushed<Order>> {
        self.engine
            .write(Mode::Shop, push, |db, push| Box::pin(orders::push(db, push)))
    }

    fn push_customer(&self, push: Box<CustomerPush>) -> Pending<Pushed<Account>> {
        self.engine
            .write(Mode::Shop, push, |db, push| Box::pin(customers::push(db, push)))
    }

    fn staff(&self) -> Pending<Vec<Account>> {
        self.engine.read((), |db, ()| Box::pin(accounts::staff(db)))
    }

    fn save_account(&self, account: Box<Account>, entry: AuditEntry) -> Pending<Saved> {
        self.engine
            .write(Mode::Shop, (account, entry), |db, (account, entry)| {
                Box::pin(accounts::save(db, account, entry))
            })
    }

    fn rehash(&self, id: i64, from: PasswordHash, to: PasswordHash) -> Pending<bool> {
        self.engine
            .write(Mode::Transaction, (id, from, to), |db, (id, from, to)| {
                Box::pin(accounts::rehash(db, *id, from, to))
            })
    }

    fn recent_sessions(&self, query: RecentQuery) -> Pending<Vec<Listed>> {
        self.engine
            .read(query, |db, query| Box::pin(listed::recent(db, query)))
    }

    fn count_states(&self, query: RecentQuery) -> Pending<Vec<(SessionState, u64)>> {
        self.engine
            .read(query, |db, query| Box::pin(listed::states(db, query)))
    }

    fn signed_in(&self, of: Living) -> Pending<Vec<(Account, u64)>> {
        self.engine
            .read(of, |db, of| Box::pin(listed::signed_in(db, *of)))
    }

    fn name_session(&self, id: Uuid, name: Option<String>, entry: AuditEntry) -> Pending<()> {
        self.engine
            .write(Mode::Transaction, (id, name, entry), |db, ask| {
                Box::pin(listed::name(db, ask))
            })
    }

    fn sales_by_hour(&self, accounts: Vec<i64>, since: i64) -> Pending<Vec<SalesHour>> {
        self.engine
            .read((accounts, since), |db, ask| Box::pin(orders::by_hour(db, ask)))
    }

    fn forget_sessions(&self, what: Forgetting) -> Pending<u64> {
        self.engine.write(Mode::Transaction, what, |db, what| {
            Box::pin(listed::forget(db, *what))
        })
    }

    fn note_activity(&self, rows: Vec<Activity>, keep_from: i64) -> Pending<()> {
        self.engine
            .write(Mode::Transaction, (rows, keep_from), |db, ask| {
                Box::pin(activity::note(db, ask))
            })
    }

    fn activity(&self, sessions: Vec<Uuid>, since: i64) -> Pending<Vec<Activity>> {
        self.engine
            .read((sessions, since), |db, ask| Box::pin(activity::of(db, ask)))
    }

    fn audit(&self, entry: AuditEntry) -> Pending<()> {
        self.engine.write(Mode::Single, entry, |db, entry| {
            Box::pin(audit::append(db, entry))
        })
    }

    fn audit_log(&self, query: AuditQuery) -> Pending<Page<AuditRow>> {
        self.engine
            .read(query, |db, query| Box::pin(audit::page(db, query)))
    }
}
