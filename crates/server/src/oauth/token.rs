//! `/oauth/token`: a code or a refresh token for an access token. Every renewal rotates.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use evertill_issuer::{Ending, Rotation};
use evertill_wire::RefreshToken;
use serde_json::{Map, Value, json};

use super::{Kind, Params, Refusal, clients::Client, code::Code, dpop::About, form, request::SCOPE};
use crate::{
    audit::{AuditEntry, AuditKind, Party},
    http::{App, Ask, Reply, refusal_body},
    sessions::{self, Grant, How, Opening, Renewal},
    sign_in::visitor,
    store::{Account, Ended, StoreError, Which},
};

/// Answers a request for tokens.
pub(super) async fn serve(app: &App, ask: &Ask) -> Result<Result<Reply, Refusal>, StoreError> {
    let read = || {
        let params = form(ask)?;
        let client = app.oauth.clients.authenticate(ask, &params)?;
        let sender = sender(app, ask)?;
        Ok((params, client, sender))
    };
    let (params, client, sender) = match read() {
        Ok(read) => read,
        Err(refusal) => return Ok(Err(refusal)),
    };
    match params.find("grant_type") {
        Some("authorization_code") => redeem(app, ask, client, &params, sender).await,
        Some("refresh_token") => renew(app, client, &params, sender).await,
        Some(_) => Ok(refuse(
            Kind::UnsupportedGrantType,
            "authorization_code and refresh_token are supported",
        )),
        None => Ok(refuse(Kind::InvalidRequest, "grant_type is missing")),
    }
}

fn refuse<T>(kind: Kind, description: &'static str) -> Result<T, Refusal> {
    Err(Refusal::new(kind, description))
}

/// Thumbprint of the key that a proof beside the request was made with.
fn sender(app: &App, ask: &Ask) -> Result<Option<[u8; 32]>, Refusal> {
    let Some(proof) = ask.header("dpop") else {
        return Ok(None);
    };
    let about = About {
        method: &ask.method,
        address: &format!("{}{}", app.home, ask.path),
        access_token: None,
        now: app.clock.seconds(),
    };
    app.oauth.proofs.check(&app.keys, proof, about).map(Some)
}

/// The first tokens of a session, for the code of its sign-in.
async fn redeem(
    app: &App,
    ask: &Ask,
    client: &Client,
    params: &Params,
    sender: Option<[u8; 32]>,
) -> Result<Result<Reply, Refusal>, StoreError> {
    let code = match checked(app, client, params, sender) {
        Ok(code) => code,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let now = app.clock.seconds();
    if code.is_over(now) {
        // Whoever holds a code that was redeemed has stolen it, also when it is late.
        end_replayed(app, &code, now).await?;
        return Ok(refuse(Kind::InvalidGrant, "the code is too old"));
    }
    let account = app
        .store
        .account(code.account_id)
        .await?
        .filter(|account| account.disabled_at.is_none() && account.role.may_sell());
    let Some(account) = account else {
        return Ok(refuse(
            Kind::InvalidGrant,
            "the person who signed in may not use a till",
        ));
    };
    let visitor = visitor::read(
        ask.peer.ip(),
        ask.header("user-agent").unwrap_or_default(),
        code.platform.as_deref(),
        code.build.as_deref(),
    );
    let browser = visitor.device.browser.clone();
    let opening = Opening {
        account_id: account.id,
        visitor,
        client: Some(Arc::clone(&client.id)),
        sender_key: sender,
    };
    let Some((grant, refresh)) = app.sessions.open_once(code.session, opening).await? else {
        end_replayed(app, &code, now).await?;
        return Ok(refuse(Kind::InvalidGrant, "the code was used before"));
    };
    let entry = AuditEntry::signed_in(now, &account, &browser, grant.session, ask.peer.ip());
    app.store.audit(entry).await?;
    let mut body = tokens(&grant, &refresh, sender.is_some());
    body.insert("evertill".into(), person(&grant, &account));
    Ok(Ok(Reply::json(Value::Object(body))))
}

/// A code that fits client, way back, verifier and key. Only then does it matter whether it is old or used: who lacks
/// the verifier can end nobody's session.
fn checked(app: &App, client: &Client, params: &Params, sender: Option<[u8; 32]>) -> Result<Code, Refusal> {
    let need = |name, description| {
        params
            .find(name)
            .ok_or(Refusal::new(Kind::InvalidRequest, description))
    };
    let code = need("code", "code is missing")?;
    let verifier = need("code_verifier", "code_verifier is missing")?;
    let redirect = need("redirect_uri", "redirect_uri is missing")?;
    let Some(code) = Code::open(&app.keys, code) else {
        return refuse(Kind::InvalidGrant, "the code is not one of this store");
    };
    if code.client != *client.id {
        return refuse(Kind::InvalidGrant, "the code is another client's");
    }
    if code.redirect != redirect {
        return refuse(Kind::InvalidGrant, "redirect_uri is not that of the request");
    }
    if !code.challenge.fits(verifier) {
        return refuse(Kind::InvalidGrant, "code_verifier does not fit");
    }
    let thumbprint = sender.map(|key| URL_SAFE_NO_PAD.encode(key));
    if code.dpop_jkt.is_some() && code.dpop_jkt != thumbprint {
        return refuse(Kind::InvalidGrant, "the code is bound to another key");
    }
    Ok(code)
}

/// Ends the session that a code opened before (RFC 9700 §2.1.1): two parties had it.
async fn end_replayed(app: &App, code: &Code, now: i64) -> Result<(), StoreError> {
    let which = Which::One {
        account_id: code.account_id,
        id: code.session,
    };
    let ended = Ended::by_itself(Ending::Theft, now);
    if app.sessions.end(which, ended).await?.is_empty() {
        return Ok(());
    }
    let whom = app.store.account(code.account_id).await?;
    let entry = AuditEntry::new(
        now,
        AuditKind::Theft,
        "the code of a sign-in was presented twice; the session it opened was ended",
    )
    .to(whom.as_ref().map(Party::of).unwrap_or_default())
    .in_session(code.session);
    app.store.audit(entry).await
}

async fn renew(
    app: &App,
    client: &Client,
    params: &Params,
    sender: Option<[u8; 32]>,
) -> Result<Result<Reply, Refusal>, StoreError> {
    let Some(token) = params.find("refresh_token") else {
        return Ok(refuse(Kind::InvalidRequest, "refresh_token is missing"));
    };
    if let Some(scope) = params.find("scope")
        && scope != SCOPE
    {
        return Ok(refuse(Kind::InvalidScope, "the one scope is pos"));
    }
    let token = RefreshToken::new(token);
    let how = How {
        rotation: Rotation::Wanted,
        sender_key: sender,
        client: Some(Arc::clone(&client.id)),
    };
    Ok(match app.sessions.renew(&token, how).await? {
        Renewal::Granted(grant) => match &grant.refresh {
            Some(refresh) => Ok(Reply::json(Value::Object(tokens(
                &grant,
                refresh,
                sender.is_some(),
            )))),
            None => refuse(Kind::TemporarilyUnavailable, "no refresh token was made"),
        },
        Renewal::Late => Ok(Reply::json_with(
            409,
            json!({
                "error": "temporarily_unavailable",
                "error_description": "a later renewal of this session was answered already",
            }),
        )),
        Renewal::Refused(refusal) => Ok(refused(app, &refusal, &token)),
    })
}

/// RFC 6749 §5.2 wants 400 here; beside the code stands why, for clients that tell a person.
fn refused(app: &App, refusal: &sessions::Refusal, token: &RefreshToken) -> Reply {
    Reply::json_with(400, refusal_body(app, refusal, token))
}

fn tokens(grant: &Grant, refresh: &RefreshToken, is_bound: bool) -> Map<String, Value> {
    let mut body = Map::new();
    body.insert("access_token".into(), grant.access.token.expose().into());
    body.insert(
        "token_type".into(),
        if is_bound { "DPoP" } else { "Bearer" }.into(),
    );
    body.insert("expires_in".into(), grant.access.expires_in.into());
    body.insert("refresh_token".into(), refresh.expose().into());
    body.insert("scope".into(), SCOPE.into());
    if let Some(refresh_in) = grant.refresh_in {
        body.insert("refresh_in".into(), refresh_in.into());
    }
    body
}

/// What a till shows before it has asked anything.
fn person(grant: &Grant, account: &Account) -> Value {
    json!({
        "session": grant.session.to_string(), "expires_at": grant.access.expires_at,
        "user": {
            "id": account.id, "uuid": account.uuid.to_string(), "username": account.username,
            "display_name": account.display_name(), "roles": [account.role.slug()],
        },
    })
}
