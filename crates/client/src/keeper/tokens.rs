//! Handing out tokens, and hearing what became of them.

use std::sync::Arc;

use evertill_session::{Serial, StateName, Unauthorized};
use evertill_wire::AccessToken;
use reqwest::header::HeaderMap;
use tokio::sync::oneshot;
use url::Url;

use super::{Keeper, Lease, Message};
use crate::error::ClientError;
use crate::http::{Bearer, Http};
use crate::passage::{is_json, unauthorized};
use crate::profile::StoreProfile;
use crate::store_api;

/// A token that was good when it was handed out, with the place it may go to.
///
/// For those who send requests themselves. The rule that goes with it: a request the API itself answers with 401 is
/// sent once more with what [`Keeper::newer_pass`] gives, and then reported.
#[derive(Debug, Clone)]
pub struct Pass {
    lease: Lease,
    bearer: Bearer,
}

impl Pass {
    /// What a 401 says about the token; nothing when it is not the API's word. A web page with that status is somebody
    /// else's and no reason to do anything.
    #[must_use]
    pub fn refusal(headers: &HeaderMap, body: &[u8]) -> Option<Unauthorized> {
        unauthorized(headers, body)
    }

    /// Puts the token on a request, in the header or where the store wants it.
    ///
    /// # Errors
    /// [`ClientError::OtherOrigin`] when the request would leave for another origin than the token's.
    pub fn put_on(&self, url: &mut Url, headers: &mut HeaderMap) -> Result<(), ClientError> {
        self.bearer.put_on_guarded(url, headers)
    }
}

impl Keeper {
    /// The token, when one is good now. Takes no lock and waits for nothing.
    #[must_use]
    #[inline]
    pub fn fresh_token(&self) -> Option<AccessToken> {
        self.shared.token.token(self.shared.clock.moment())
    }

    /// A token that is good now. Waits for a renewal only when no token lives; else it is [`Keeper::fresh_token`].
    ///
    /// # Errors
    /// [`ClientError::NotSignedIn`], [`ClientError::NotResumed`] or [`ClientError::SessionEnded`] when a person has to
    /// sign in; [`ClientError::NoLivingToken`] when the store is out of reach and the last token has ended.
    #[inline]
    pub async fn access_token(&self) -> Result<AccessToken, ClientError> {
        match self.fresh_token() {
            Some(token) => Ok(token),
            // Waiting takes a large state; in a box of its own it costs nothing to those who need not wait.
            None => Ok(Box::pin(self.awaited(None)).await?.token),
        }
    }

    /// A token that is good now, for a request the caller sends.
    ///
    /// # Errors
    /// As [`Keeper::access_token`].
    pub async fn pass(&self) -> Result<Pass, ClientError> {
        let lease = self.lease(None).await?;
        self.pass_of(lease)
    }

    /// Says that a request with this pass was answered with 401, and what that said. Waits for a newer pass, or for the
    /// same token another way where it did not arrive; nothing when there is none to be had now, and the answer is to
    /// be reported.
    ///
    /// # Errors
    /// As [`Keeper::access_token`].
    pub async fn newer_pass(&self, refused: &Pass, word: Unauthorized) -> Result<Option<Pass>, ClientError> {
        if !self.refused(&refused.lease, word).await? {
            return Ok(None);
        }
        let newer = self.lease(Some(&refused.lease)).await?;
        self.pass_of(newer).map(Some)
    }

    /// Says that a request with this pass was answered with 401, what that said, and that it will not be sent again.
    /// True when it could have been, with a newer pass.
    ///
    /// # Errors
    /// [`ClientError::KeeperGone`].
    pub async fn report_refused(&self, refused: &Pass, word: Unauthorized) -> Result<bool, ClientError> {
        self.refused(&refused.lease, word).await
    }

    /// Says that a request with this pass was answered with success, and with which headers. An answer of the API that
    /// needed a token proves the grant, and any answer shows a session in trouble that the store is back.
    pub fn report_success(&self, pass: &Pass, url: &Url, headers: &HeaderMap) {
        if self.is_in_trouble() {
            self.network_up();
        }
        if is_json(headers) && !self.is_public(url) {
            self.accepted(pass.lease.serial);
        }
    }

    /// Whether a route answers anybody, so that its answer says nothing about the token.
    fn is_public(&self, url: &Url) -> bool {
        let by_query = url
            .query_pairs()
            .find(|(name, _)| name == "rest_route")
            .is_some_and(|(_, route)| store_api::is_public(&route));
        by_query
            || self
                .profile()
                .and_then(|profile| {
                    url.path()
                        .strip_prefix(profile.rest_root.path())
                        .map(store_api::is_public)
                })
                .unwrap_or_default()
    }

    /// The address of a route of this store, such as `wc/v3/orders`, with query parameters.
    ///
    /// # Errors
    /// [`ClientError::NotSignedIn`] when the store was never met.
    pub fn route(&self, route: &str, query: &[(&str, &str)]) -> Result<Url, ClientError> {
        Ok(self.session_profile()?.route(route, query))
    }

    /// A living token: any, or one that is not the refused one.
    pub(crate) async fn lease(&self, refused: Option<&Lease>) -> Result<Lease, ClientError> {
        match self.living(refused) {
            Some(lease) => Ok(lease),
            None => self.awaited(refused).await,
        }
    }

    async fn awaited(&self, refused: Option<&Lease>) -> Result<Lease, ClientError> {
        let mut tokens = self.shared.token.news();
        // The timer of the driver may lag behind a sleep of the machine. When its inbox is full it is awake anyway.
        if self.inbox.try_send(Message::Look).is_err() && self.inbox.is_closed() {
            return Err(ClientError::KeeperGone);
        }
        let mut states = self.shared.snapshot.subscribe();
        let waited = tokio::time::timeout(self.token_wait, async {
            loop {
                tokens.mark_unchanged();
                if let Some(lease) = self.living(refused) {
                    return Ok(lease);
                }
                let snapshot = Arc::clone(&states.borrow_and_update());
                match snapshot.status.state {
                    StateName::Active | StateName::Renewing => {}
                    StateName::Troubled => return Err(self.no_token(&snapshot)),
                    StateName::SignInNeeded | StateName::SignedOut => {
                        return Err(self.needs_person(&snapshot));
                    }
                }
                tokio::select! {
                    changed = tokens.changed() => changed.map_err(|_| ClientError::KeeperGone)?,
                    changed = states.changed() => changed.map_err(|_| ClientError::KeeperGone)?,
                }
            }
        });
        waited
            .await
            .unwrap_or_else(|_| Err(self.no_token(&Arc::clone(&self.shared.snapshot.borrow()))))
    }

    /// Tells the driver that the store answered 401 to a token, and returns when it has decided what to do about it: true
    /// when a newer token exists or is on its way, or the same one travels another way.
    pub(crate) async fn refused(&self, lease: &Lease, word: Unauthorized) -> Result<bool, ClientError> {
        let (done, decided) = oneshot::channel();
        self.tell(Message::Refused(lease.serial, lease.place, word, done))
            .await?;
        decided.await.map_err(|_| ClientError::KeeperGone)?;
        Ok(!self.shared.token.is_serving(lease.serial, lease.place))
    }

    /// Tells the driver that a token works. Losing one such message does no harm.
    pub(crate) fn accepted(&self, serial: Serial) {
        let _ = self.inbox.try_send(Message::Accepted(serial));
    }

    pub(crate) fn is_in_trouble(&self) -> bool {
        let snapshot = self.shared.snapshot.borrow();
        snapshot.status.state == StateName::Troubled
    }

    /// The client that asks this store.
    pub(crate) fn http(&self) -> &Http {
        &self.shared.http
    }

    /// The store as it was when the session was issued.
    pub(crate) fn session_profile(&self) -> Result<StoreProfile, ClientError> {
        self.profile().ok_or_else(|| ClientError::NotSignedIn {
            store: self.store_text(),
        })
    }

    /// How a token travels to this store.
    pub(crate) fn bearer(profile: &StoreProfile, lease: &Lease) -> Bearer {
        Bearer {
            token: lease.token.clone(),
            place: lease.place,
            origin: profile.origin(),
        }
    }

    fn pass_of(&self, lease: Lease) -> Result<Pass, ClientError> {
        let bearer = Self::bearer(&self.session_profile()?, &lease);
        Ok(Pass { lease, bearer })
    }

    fn living(&self, refused: Option<&Lease>) -> Option<Lease> {
        self.shared.token.lease(self.shared.clock.moment(), refused)
    }
}
