//! What a till holds: opened, renewed, checked and ended here, whichever route or page asks.
//!
//! [`Sessions`] joins the tokens (`tokens`), the rules (`evertill-issuer`, through [`renewal`]) and the database. It
//! knows no HTTP: callers turn a [`Renewal`] into an answer. Nothing here decides who may do what; a [`Caller`] is
//! somebody with a living session, and `http::gate` asks for the role.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use evertill_issuer::{Counter, Ending, Limits, Rotation};
use evertill_wire::{AccessToken, RefreshToken, rest::site::SignedVerdicts};
use uuid::Uuid;

use crate::{
    activity::{Renewals, Went},
    clock::Clock,
    store::{Account, Ended, Listed, Living, Mark, RecentQuery, Session, Store, StoreError, Visitor, Which},
    tokens::{Claims, Holder, Issued, Mint, Origin, RefreshClaims},
};

pub(crate) mod news;
mod refusal;
pub(crate) mod renewal;
pub(crate) mod schedule;
mod seen;

use news::News;
pub(crate) use refusal::Refusal;
use renewal::{RenewalAsk, Renewed};
use schedule::Schedule;
use seen::{Accounts, Key, Seen};

/// Everything about sessions.
pub(crate) struct Sessions {
    store: Arc<dyn Store>,
    mint: Mint,
    clock: Clock,
    limits: Lives,
    renewals: Renewals,
    seen: Seen,
    accounts: Accounts,
    news: News,
    schedule: Schedule,
}

/// How often it is asked what other processes and nodes have ended.
const NEWS_EVERY: Duration = Duration::from_millis(200);

/// How long sessions live, read at every renewal and changed hardly ever.
struct Lives {
    idle_s: AtomicI64,
    /// `i64::MAX` where there is no limit.
    absolute_s: AtomicI64,
}

impl Lives {
    fn new(limits: Limits) -> Self {
        Self {
            idle_s: AtomicI64::new(limits.idle_s),
            absolute_s: AtomicI64::new(limits.absolute_s.unwrap_or(i64::MAX)),
        }
    }

    fn set(&self, limits: Limits) {
        self.idle_s.store(limits.idle_s, Ordering::Relaxed);
        let absolute_s = limits.absolute_s.unwrap_or(i64::MAX);
        self.absolute_s.store(absolute_s, Ordering::Relaxed);
    }

    fn now(&self) -> Limits {
        let absolute_s = self.absolute_s.load(Ordering::Relaxed);
        Limits {
            idle_s: self.idle_s.load(Ordering::Relaxed),
            absolute_s: (absolute_s != i64::MAX).then_some(absolute_s),
        }
    }
}

/// A session to be.
#[derive(Debug, Clone)]
pub(crate) struct Opening {
    pub(crate) account_id: i64,
    pub(crate) visitor: Visitor,
    /// The registered client it is for; none for a till.
    pub(crate) client: Option<Arc<str>>,
    /// Thumbprint of the key that every renewal must prove to hold.
    pub(crate) sender_key: Option<[u8; 32]>,
}

/// What a till gets.
#[derive(Debug)]
pub(crate) struct Grant {
    pub(crate) session: Uuid,
    pub(crate) access: Issued,
    /// The next refresh token, where rotation was asked for.
    pub(crate) refresh: Option<RefreshToken>,
    /// Seconds after which the store wants to see the till again.
    pub(crate) refresh_in: Option<i64>,
}

/// How a renewal is asked for.
#[derive(Debug, Clone)]
pub(crate) struct How {
    pub(crate) rotation: Rotation,
    /// Thumbprint of the key the sender has proved to hold.
    pub(crate) sender_key: Option<[u8; 32]>,
    /// The registered client that asks; none on routes where clients have no name.
    pub(crate) client: Option<Arc<str>>,
}

impl Default for How {
    fn default() -> Self {
        Self {
            rotation: Rotation::Unwanted,
            sender_key: None,
            client: None,
        }
    }
}

/// What a renewal comes to.
#[derive(Debug)]
pub(crate) enum Renewal {
    Granted(Grant),
    /// Overtaken by a later renewal of the same till. Neither token nor refusal: to be answered 409, and never as
    /// `invalid_grant`.
    Late,
    Refused(Refusal),
}

/// Somebody with a living session.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) account: Arc<Account>,
    pub(crate) session: Uuid,
    /// Thumbprint of the key the session is bound to, base64url: the request must prove to hold it.
    pub(crate) sender_key: Option<Arc<str>>,
}

impl Sessions {
    pub(crate) fn new(store: Arc<dyn Store>, mint: Mint, clock: Clock, limits: Limits) -> Self {
        let schedule = Schedule::opened(clock.seconds());
        Self {
            store,
            mint,
            clock,
            limits: Lives::new(limits),
            renewals: Renewals::default(),
            seen: Seen::default(),
            accounts: Accounts::default(),
            news: News::none(),
            schedule,
        }
    }

    /// How long an access token lives, in seconds.
    pub(crate) fn access_life_s(&self) -> i64 {
        self.mint.access_life_s()
    }

    /// When sessions were renewed, for the drawing.
    pub(crate) fn renewals(&self) -> &Renewals {
        &self.renewals
    }

    /// How long sessions live.
    pub(crate) fn limits(&self) -> Limits {
        self.limits.now()
    }

    /// Lets sessions and access tokens live this long from now on.
    pub(crate) fn live(&self, limits: Limits, access_life_s: i64) {
        self.limits.set(limits);
        self.mint.set_access_life(access_life_s);
    }

    /// The keys that sign refusals, for the store to announce.
    pub(crate) fn verdict_keys(&self) -> SignedVerdicts {
        self.mint.verdict_keys(self.clock.seconds())
    }

    /// The proof that this store refused `token`; none where the session goes on.
    pub(crate) fn verdict(&self, refusal: &Refusal, token: &RefreshToken) -> Option<String> {
        refusal.verdict(&self.mint, token, self.clock.seconds())
    }

    /// Begins a session. Its tokens are handed out once it is on disk; the refresh token is the first of its line.
    ///
    /// # Errors
    /// The database's.
    pub(crate) async fn open(&self, opening: Opening) -> Result<(Grant, RefreshToken), StoreError> {
        loop {
            if let Some(opened) = self.open_once(Uuid::new_v4(), opening.clone()).await? {
                return Ok(opened);
            }
        }
    }

    /// Begins the session of this key, as [`Sessions::open`]; none when it has begun before, on whichever node.
    ///
    /// # Errors
    /// The database's.
    pub(crate) async fn open_once(
        &self,
        id: Uuid,
        opening: Opening,
    ) -> Result<Option<(Grant, RefreshToken)>, StoreError> {
        let now = self.clock.seconds();
        let session = Session {
            id,
            account_id: opening.account_id,
            signed_in_at: now,
            renewed_at: now,
            counter: 0,
            seen: 0,
            visitor: opening.visitor,
            client: opening.client,
            sender_key: opening.sender_key,
            ended: None,
        };
        let holder = Holder {
            session: session.id,
            account_id: session.account_id,
            counter: 0,
            sender_key: session.sender_key,
        };
        if !self.store.open_session(session).await? {
            return Ok(None);
        }
        let refresh = self.refresh(holder, now);
        Ok(Some((self.grant(holder, now, Some(refresh.clone())), refresh)))
    }

    /// Trades a refresh token for a new access token. A token that was not sealed here touches neither lock nor
    /// database.
    ///
    /// # Errors
    /// The database's; never a verdict about the session.
    pub(crate) async fn renew(&self, token: &RefreshToken, how: How) -> Result<Renewal, StoreError> {
        let claims = match self.mint.read_refresh(token) {
            Ok(claims) => claims,
            Err(reason) => return Ok(Renewal::Refused(Refusal::NotOurs(reason))),
        };
        let (session, rotation, now) = (claims.session, how.rotation, self.clock.seconds());
        let ask = RenewalAsk {
            claims,
            rotation,
            sender_key: how.sender_key,
            client: how.client,
            limits: self.limits(),
            now,
        };
        let refused = match self.store.renew(ask).await? {
            None => Refusal::Unknown,
            Some(Renewed::Granted {
                counter,
                account_id,
                sealed_at,
                sender_key,
            }) => {
                let holder = Holder {
                    session,
                    account_id,
                    counter: counter.0,
                    sender_key,
                };
                self.note(session, Went::Renewed, now).await;
                let refresh = (rotation == Rotation::Wanted).then(|| self.refresh(holder, sealed_at));
                let mut grant = self.grant(holder, now, refresh);
                grant.refresh_in = self.schedule.refresh_in(self.mint.access_life_s(), now);
                return Ok(Renewal::Granted(grant));
            }
            Some(Renewed::Late) => return Ok(Renewal::Late),
            Some(Renewed::Ended(ended)) => Refusal::Ended { session, ended },
            Some(Renewed::EndedNow(ended)) => {
                self.seen.forget(&[session]);
                Refusal::Ended { session, ended }
            }
            Some(Renewed::UserGone) => Refusal::Ended {
                session,
                ended: Ended::by_itself(Ending::UserGone, now),
            },
            Some(Renewed::WrongSender) => Refusal::WrongSender,
            Some(Renewed::WrongClient) => Refusal::WrongClient,
        };
        if !matches!(refused, Refusal::Unknown) {
            self.note(session, Went::Refused, now).await;
        }
        Ok(Renewal::Refused(refused))
    }

    async fn note(&self, session: Uuid, went: Went, now: i64) {
        if let Err(error) = self.renewals.note(self.store.as_ref(), session, went, now).await {
            tracing::warn!(%error, "how renewals went could not be noted");
        }
    }

    fn refresh(&self, holder: Holder, sealed_at: i64) -> RefreshToken {
        let origin = Origin {
            account_id: holder.account_id,
            sealed_at,
            sender_key: holder.sender_key,
        };
        self.mint.refresh(holder.session, holder.counter, origin)
    }

    fn grant(&self, holder: Holder, now: i64, refresh: Option<RefreshToken>) -> Grant {
        Grant {
            session: holder.session,
            access: self.mint.access(holder, now, Uuid::new_v4()),
            refresh,
            refresh_in: None,
        }
    }

    /// Whose access token this is; none when it is not good, whatever the reason. A token that was not signed here
    /// touches neither lock nor database.
    ///
    /// # Errors
    /// The database's; never a verdict about the token.
    pub(crate) async fn check(&self, token: &AccessToken) -> Result<Option<Caller>, StoreError> {
        let now = self.clock.seconds();
        if !Mint::may_be_access(token) {
            return Ok(None);
        }
        let key = Key::of(token);
        if self.news.are_fresh()
            && let Some(caller) = self.seen.find(key, now)
        {
            return Ok(Some(caller));
        }
        let Some(claims) = self.mint.read_access(token, now) else {
            return Ok(None);
        };
        let moment = self.seen.moment();
        let counter = Counter(claims.counter.unwrap_or(0));
        let found = self.store.access_used(claims.refresh_jti, counter, now).await?;
        let is_theirs = |account: &Account| {
            account.disabled_at.is_none() && account.id.to_string() == claims.data.user.id
        };
        let Some(account) = found.filter(is_theirs) else {
            return Ok(None);
        };
        let caller = Caller {
            account: self.accounts.share(account),
            session: claims.refresh_jti,
            sender_key: claims.cnf.map(|confirmation| confirmation.jkt.into()),
        };
        self.seen.add(key, caller.clone(), claims.exp, moment);
        Ok(Some(caller))
    }

    /// Checks a token and says whether the next check finds it remembered.
    #[cfg(feature = "measure")]
    pub(crate) async fn remembers(&self, token: &AccessToken) -> Result<bool, StoreError> {
        self.check(token).await?;
        let key = Key::of(token);
        Ok(self.news.are_fresh() && self.seen.find(key, self.clock.seconds()).is_some())
    }

    /// What an access token says that was signed here and has not ended. Its session may be over.
    pub(crate) fn read_access(&self, token: &AccessToken) -> Option<Claims> {
        self.mint.read_access(token, self.clock.seconds())
    }

    /// What a refresh token says that was sealed here. Its session may be over.
    pub(crate) fn read_refresh(&self, token: &RefreshToken) -> Option<RefreshClaims> {
        self.mint.read_refresh(token).ok()
    }

    /// Sessions that neither ended nor ran out, newest first; of one account or of all.
    ///
    /// # Errors
    /// The database's.
    pub(crate) async fn living(
        &self,
        account_id: Option<i64>,
    ) -> Result<Vec<(Session, Option<Account>)>, StoreError> {
        let of = Living {
            account_id,
            limits: self.limits(),
            now: self.clock.seconds(),
        };
        self.store.sessions(of).await
    }

    /// The newest sessions that neither ended nor ran out, of anybody.
    ///
    /// # Errors
    /// The database's.
    pub(crate) async fn newest(&self, limit: u32) -> Result<Vec<Listed>, StoreError> {
        let now = self.clock.seconds();
        let query = RecentQuery {
            ended_after: i64::MAX,
            limit,
            ..RecentQuery::default()
        };
        let mut found = self.store.recent_sessions(query).await?;
        found.retain(|listed| listed.session.ends_at(self.limits()) > now);
        Ok(found)
    }

    /// Accounts with sessions that neither ended nor ran out, and how many each.
    ///
    /// # Errors
    /// The database's.
    pub(crate) async fn signed_in(&self) -> Result<Vec<(Account, u64)>, StoreError> {
        let of = Living {
            account_id: None,
            limits: self.limits(),
            now: self.clock.seconds(),
        };
        self.store.signed_in(of).await
    }

    /// How many sessions neither ended nor ran out.
    ///
    /// # Errors
    /// The database's.
    pub(crate) async fn count(&self) -> Result<u64, StoreError> {
        let of = Living {
            account_id: None,
            limits: self.limits(),
            now: self.clock.seconds(),
        };
        self.store.count_sessions(of).await
    }

    /// Ends the chosen living sessions and says which they were. Their access tokens are refused from here on.
    ///
    /// # Errors
    /// The database's: then nothing ended.
    pub(crate) async fn end(&self, which: Which, ended: Ended) -> Result<Vec<Uuid>, StoreError> {
        let gone = self.store.end_sessions(which, ended).await?;
        self.seen.forget(&gone);
        Ok(gone)
    }

    /// Follows what other processes and nodes end and change, for as long as it is polled.
    pub(crate) async fn follow(self: Arc<Self>) {
        let mut mark = Mark::NOW;
        let mut keys = self.mint.ring();
        loop {
            match self.store.ended_since(mark).await {
                Ok((ended, now)) => {
                    if now.accounts != mark.accounts || !Arc::ptr_eq(&keys, &self.mint.ring()) {
                        keys = self.mint.ring();
                        self.seen.forget_all();
                    } else {
                        self.seen.forget(&ended);
                    }
                    mark = now;
                    self.schedule.is_here(self.clock.seconds());
                    self.news.have_come();
                }
                Err(error) => {
                    self.schedule.is_away();
                    tracing::debug!(code = %error.code(), "what ended elsewhere could not be read");
                }
            }
            let pause = tokio::time::sleep(NEWS_EVERY);
            tokio::select! {
                () = pause => {}
                _ = self.store.news() => {}
            }
        }
    }
}
