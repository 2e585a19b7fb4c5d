//! `/oauth/introspect` (RFC 7662): what a token is worth now, for a client with a secret or for an owner. Everybody
//! else learns nothing, not even whether a token is good.

use evertill_wire::{AccessToken, RefreshToken};
use serde_json::{Value, json};

use super::{Kind, Params, Refusal, form, request::SCOPE};
use crate::{
    accounts::Role,
    http::{App, Ask, Reply},
    store::{Account, Session, StoreError},
};

/// Says what a token is worth.
pub(super) async fn serve(app: &App, ask: &Ask) -> Result<Result<Reply, Refusal>, StoreError> {
    let params = match form(ask) {
        Ok(params) => params,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if let Err(refusal) = allowed(app, ask, &params).await? {
        return Ok(Err(refusal));
    }
    let Some(token) = params.find("token") else {
        return Ok(Err(Refusal::new(Kind::InvalidRequest, "token is missing")));
    };
    let body = match worth(app, token).await? {
        Some(body) => body,
        None => json!({"active": false}),
    };
    Ok(Ok(Reply::json(body)))
}

async fn allowed(app: &App, ask: &Ask, params: &Params) -> Result<Result<(), Refusal>, StoreError> {
    if let Some(token) = ask.token()
        && !ask.has_dpop_scheme()
    {
        let caller = app.sessions.check(&token).await?;
        let is_owner = caller
            .is_some_and(|caller| caller.sender_key.is_none() && caller.account.role == Role::Administrator);
        return Ok(match is_owner {
            true => Ok(()),
            false => Err(Refusal::new(Kind::InvalidClient, "the token is not an owner's")),
        });
    }
    Ok(match app.oauth.clients.authenticate(ask, params) {
        Ok(client) if client.is_confidential() => Ok(()),
        Ok(_) => Err(Refusal::new(
            Kind::InvalidClient,
            "a client with a secret is needed",
        )),
        Err(refusal) => Err(refusal),
    })
}

async fn worth(app: &App, token: &str) -> Result<Option<Value>, StoreError> {
    let access = AccessToken::new(token);
    if let Some(claims) = app.sessions.read_access(&access) {
        let Some((session, account)) = living(app, claims.refresh_jti).await? else {
            return Ok(None);
        };
        let mut body = common(app, &session, &account);
        body["token_type"] = if claims.cnf.is_some() { "DPoP" } else { "Bearer" }.into();
        body["exp"] = claims.exp.into();
        body["iat"] = claims.iat.into();
        body["jti"] = claims.jti.to_string().into();
        body["aud"] = claims.aud.into();
        if let Some(cnf) = claims.cnf {
            body["cnf"] = json!({"jkt": cnf.jkt});
        }
        return Ok(Some(body));
    }
    let Some(claims) = app.sessions.read_refresh(&RefreshToken::new(token)) else {
        return Ok(None);
    };
    let Some((session, account)) = living(app, claims.session).await? else {
        return Ok(None);
    };
    let is_unseen_predecessor =
        claims.counter.checked_add(1) == Some(session.counter) && session.seen < session.counter;
    if claims.counter < session.counter && !is_unseen_predecessor {
        return Ok(None);
    }
    let mut body = common(app, &session, &account);
    body["exp"] = session.ends_at(app.sessions.limits()).into();
    Ok(Some(body))
}

async fn living(app: &App, id: uuid::Uuid) -> Result<Option<(Session, Account)>, StoreError> {
    let now = app.clock.seconds();
    Ok(app.store.session(id).await?.and_then(|(session, account)| {
        let is_living = session.ended.is_none() && session.ends_at(app.sessions.limits()) > now;
        let account = account.filter(|account| account.disabled_at.is_none())?;
        is_living.then_some((session, account))
    }))
}

fn common(app: &App, session: &Session, account: &Account) -> Value {
    let mut body = json!({
        "active": true, "scope": SCOPE, "iss": app.home, "sub": account.uuid.to_string(),
        "username": account.username,
    });
    if let Some(client) = &session.client {
        body["client_id"] = client.as_ref().into();
    }
    body
}
