//! `/oauth/revoke` (RFC 7009): ends the session of a token. An access token has no life of its own, so it ends its
//! session as well.

use evertill_issuer::Ending;
use evertill_wire::{AccessToken, RefreshToken};
use uuid::Uuid;

use super::{Kind, Refusal, clients::Client, form};
use crate::{
    audit::{AuditEntry, Party},
    http::{App, Ask, Reply},
    store::{Ended, StoreError, Which},
};

/// Ends a session, or says the same where there is none: the token is worth nothing either way.
pub(super) async fn serve(app: &App, ask: &Ask) -> Result<Result<Reply, Refusal>, StoreError> {
    let read = || {
        let params = form(ask)?;
        let client = app.oauth.clients.authenticate(ask, &params)?;
        let token = params
            .find("token")
            .ok_or(Refusal::new(Kind::InvalidRequest, "token is missing"))?;
        Ok((client, token.to_owned()))
    };
    let (client, token) = match read() {
        Ok(read) => read,
        Err(refusal) => return Ok(Err(refusal)),
    };
    match session_of(app, token) {
        None => Ok(Ok(Reply::empty(200))),
        Some(session) => end(app, client, session).await,
    }
}

/// The session of a token that was made here, of either kind: hints are not needed to tell them apart.
fn session_of(app: &App, token: String) -> Option<Uuid> {
    let access = AccessToken::new(token.as_str());
    let of_refresh = app.sessions.read_refresh(&RefreshToken::new(token));
    of_refresh
        .map(|claims| claims.session)
        .or_else(|| Some(app.sessions.read_access(&access)?.refresh_jti))
}

async fn end(app: &App, client: &Client, id: Uuid) -> Result<Result<Reply, Refusal>, StoreError> {
    let Some((session, account)) = app.store.session(id).await? else {
        return Ok(Ok(Reply::empty(200)));
    };
    if session.client.as_ref().is_some_and(|theirs| *theirs != client.id) {
        return Ok(Err(Refusal::new(
            Kind::UnauthorizedClient,
            "the token is another client's",
        )));
    }
    let which = Which::One {
        account_id: session.account_id,
        id,
    };
    let ended = Ended {
        reason: Ending::Revoked,
        at: app.clock.seconds(),
        by_id: session.account_id,
        by: account
            .as_ref()
            .map(|account| account.display_name())
            .unwrap_or_default(),
        by_role: account
            .as_ref()
            .map(|account| account.role.title().to_owned())
            .unwrap_or_default(),
        note: String::new(),
    };
    let count = app.sessions.end(which, ended.clone()).await?.len();
    let whom = account.as_ref().map(Party::of).unwrap_or_default();
    if let Some(entry) = AuditEntry::sessions_ended(&ended, whom, count) {
        app.store.audit(entry.in_session(id)).await?;
    }
    Ok(Ok(Reply::empty(200)))
}
