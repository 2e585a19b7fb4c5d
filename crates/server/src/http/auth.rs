//! Renewing a session, listing sessions, ending them.

use evertill_wire::{
    RefreshToken,
    rest::auth::{EndedSession, OAuthError, RenewalReply},
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{App, Ask, Caller, Reply, ask::Sent};
use crate::{
    audit::{AuditEntry, Party},
    store::{Account, Ended, Session, StoreError, Which},
    tokens::RefreshClaims,
};

/// Longest reason somebody may give for ending a session, in characters.
const NOTE_MAX: usize = 200;

/// `POST auth/refresh`. A refusal is a real 401 with the OAuth body, and names who ended the session.
pub(super) async fn refresh(app: &App, ask: &Ask) -> Result<Reply, StoreError> {
    if ask.sent() == Sent::BrokenJson {
        return Ok(Reply::broken_json());
    }
    let token = match ask.param("refresh_token") {
        None => return Ok(Reply::missing("refresh_token")),
        Some(Value::String(text)) if text.is_empty() => {
            return Ok(oauth(
                400,
                "invalid_request",
                "Missing refresh_token parameter",
                None,
            ));
        }
        Some(Value::String(text)) => RefreshToken::new(text),
        Some(_) => return Ok(Reply::wrong_type("refresh_token", "string")),
    };
    let claims = match app.mint.read_refresh(&token) {
        Ok(claims) => claims,
        Err(refusal) => return Ok(oauth(401, "invalid_grant", refusal.description(), None)),
    };
    renew(app, claims).await
}

async fn renew(app: &App, claims: RefreshClaims) -> Result<Reply, StoreError> {
    let now = app.clock.seconds();
    let Some((session, account)) = app.store.session(claims.session).await? else {
        return Ok(revoked(None));
    };
    if let Some(ended) = &session.ended {
        return Ok(revoked(Some(told(&session, ended))));
    }
    let Some(account) = account else {
        let ended = end_of("user_gone", &session, now);
        return Ok(oauth(401, "invalid_grant", "User not found", Some(ended)));
    };
    if session.expires_at <= now {
        let ended = end_of("expired", &session, session.expires_at);
        return Ok(oauth(401, "invalid_grant", "Expired token", Some(ended)));
    }
    if !app.store.renew_session(session.id, now, now + app.idle_s).await? {
        // Ended between reading and writing: read again for who did it.
        let ended = app
            .store
            .session(session.id)
            .await?
            .and_then(|(session, _)| session.ended.as_ref().map(|ended| told(&session, ended)));
        return Ok(revoked(ended));
    }
    let issued = app
        .mint
        .access(session.id, account.id, now, getrandom::u32().unwrap_or(0));
    let reply = RenewalReply {
        access_token: issued.token.expose().to_owned(),
        token_type: "Bearer".into(),
        expires_in: issued.expires_in,
        expires_at: issued.expires_at,
        refresh_token: None,
        refresh_in: None,
    };
    Ok(Reply::json(serde_json::to_value(reply)?).with(axum::http::header::ALLOW, "POST"))
}

fn told(session: &Session, ended: &Ended) -> EndedSession {
    EndedSession {
        session: session.id.to_string(),
        reason: "revoked".into(),
        by: ended.by.clone(),
        by_role: ended.by_role.clone(),
        note: ended.note.clone(),
        at: ended.at,
    }
}

fn end_of(reason: &str, session: &Session, at: i64) -> EndedSession {
    EndedSession {
        session: session.id.to_string(),
        reason: reason.into(),
        at,
        ..EndedSession::default()
    }
}

fn revoked(evertill: Option<EndedSession>) -> Reply {
    oauth(401, "invalid_grant", "Refresh token has been revoked", evertill)
}

fn oauth(status: u16, error: &str, description: &str, evertill: Option<EndedSession>) -> Reply {
    let body = OAuthError {
        error: error.into(),
        error_description: description.into(),
        evertill,
        verdict: None,
    };
    Reply::json_with(status, json!(body))
}

/// Whose sessions the request is about; an answer when that is not the caller's business.
fn about(ask: &Ask, caller: &Caller, is_required: bool) -> Result<i64, Reply> {
    let Some(sent) = ask.param_text("user_id") else {
        return match is_required {
            true => Err(Reply::missing("user_id")),
            false => Ok(caller.account.id),
        };
    };
    let id: i64 = sent
        .trim()
        .parse()
        .map_err(|_| Reply::wrong_type("user_id", "integer"))?;
    if id != caller.account.id && !caller.account.role.may_manage() {
        return Err(Reply::forbidden());
    }
    Ok(id)
}

/// `GET auth/sessions`.
pub(super) async fn sessions(app: &App, ask: &Ask, caller: &Caller) -> Result<Reply, StoreError> {
    let user_id = match about(ask, caller, false) {
        Ok(id) => id,
        Err(reply) => return Ok(reply),
    };
    let living = app.store.sessions(Some(user_id), app.clock.seconds()).await?;
    let rows: Vec<Value> = living.iter().map(|(session, _)| row(session, caller)).collect();
    Ok(Reply::json(json!({"user_id": user_id, "sessions": rows})))
}

fn row(session: &Session, caller: &Caller) -> Value {
    json!({
        "jti": session.id.to_string(), "created": session.created_at, "last_active": session.last_active_at,
        "expires": session.expires_at, "ip_address": session.visitor.ip_address,
        "user_agent": session.visitor.user_agent, "device_info": session.visitor.device,
        "is_current": session.id == caller.session,
    })
}

/// `GET auth/users/sessions`.
pub(super) async fn everybody(app: &App, caller: &Caller) -> Result<Reply, StoreError> {
    if !caller.account.role.may_manage() {
        return Ok(Reply::forbidden());
    }
    let living = app.store.sessions(None, app.clock.seconds()).await?;
    let mut users: Vec<(&Account, Vec<&Session>)> = Vec::new();
    for (session, account) in &living {
        let Some(account) = account else { continue };
        match users.iter_mut().find(|(known, _)| known.id == account.id) {
            Some((_, sessions)) => sessions.push(session),
            None => users.push((account, vec![session])),
        }
    }
    let rows: Vec<Value> = users
        .iter()
        .map(|(account, sessions)| {
            json!({
                "user_id": account.id, "username": account.username, "display_name": account.display_name(),
                "avatar_url": "", "session_count": sessions.len(),
                "last_active": sessions.iter().map(|session| session.last_active_at).max(),
                "sessions": sessions.iter().map(|session| row(session, caller)).collect::<Vec<_>>(),
            })
        })
        .collect();
    Ok(Reply::json(json!({"total": rows.len(), "users": rows})))
}

fn ending(app: &App, ask: &Ask, caller: &Caller) -> Ended {
    let note = ask.param_text("reason").unwrap_or_default();
    Ended {
        at: app.clock.seconds(),
        by_id: caller.account.id,
        by: caller.account.display_name(),
        by_role: caller.account.role.title().to_owned(),
        note: note
            .chars()
            .filter(|letter| !letter.is_control())
            .take(NOTE_MAX)
            .collect(),
    }
}

/// `DELETE auth/sessions/{jti}`.
pub(super) async fn end_one(app: &App, ask: &Ask, caller: &Caller, jti: &str) -> Result<Reply, StoreError> {
    let user_id = match about(ask, caller, true) {
        Ok(id) => id,
        Err(reply) => return Ok(reply),
    };
    let failed = || {
        Reply::json_with(
            404,
            json!({"success": false, "message": "Failed to revoke session."}),
        )
    };
    let Ok(id) = jti.parse::<Uuid>() else {
        return Ok(failed());
    };
    let which = Which::One {
        account_id: user_id,
        id,
    };
    Ok(match end(app, ask, caller, which, user_id).await? {
        None => Reply::forbidden(),
        Some(0) => failed(),
        Some(_) => Reply::json(json!({"success": true, "message": "Session revoked successfully."})),
    })
}

/// Ends sessions of an account and notes it; none when the account is above the caller.
async fn end(
    app: &App,
    ask: &Ask,
    caller: &Caller,
    which: Which,
    user_id: i64,
) -> Result<Option<usize>, StoreError> {
    let whom = match user_id == caller.account.id {
        true => Some(caller.account.clone()),
        false => app.store.account(user_id).await?,
    };
    if let Some(whom) = &whom
        && whom.id != caller.account.id
        && !caller.account.role.may_govern(whom.role)
    {
        return Ok(None);
    }
    let ended = ending(app, ask, caller);
    let count = app.store.end_sessions(which, ended.clone()).await?;
    let whom = whom.as_ref().map(Party::of).unwrap_or_default();
    if let Some(mut entry) = AuditEntry::sessions_ended(&ended, whom, count) {
        if let Which::One { id, .. } = which {
            entry = entry.in_session(id);
        }
        app.store.audit(entry.from(ask.peer.ip())).await?;
    }
    Ok(Some(count))
}

/// `DELETE auth/sessions`. None left to end is a success too: what was asked for holds.
pub(super) async fn end_all(app: &App, ask: &Ask, caller: &Caller) -> Result<Reply, StoreError> {
    let user_id = match about(ask, caller, true) {
        Ok(id) => id,
        Err(reply) => return Ok(reply),
    };
    let spares_current = ask
        .param_text("except_current")
        .is_some_and(|text| matches!(text.as_str(), "1" | "true" | "yes"));
    let which = Which::AllOf {
        account_id: user_id,
        except: spares_current.then_some(caller.session),
    };
    Ok(match end(app, ask, caller, which, user_id).await? {
        None => Reply::forbidden(),
        Some(_) => Reply::json(json!({"success": true, "message": "Sessions revoked successfully."})),
    })
}
