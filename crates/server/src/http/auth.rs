//! Renewing a session, listing sessions, ending them.

use axum::http::header::ALLOW;
use evertill_issuer::{Ending, Rotation};
use evertill_wire::{
    RefreshToken,
    rest::auth::{EndedSession, OAuthError, RenewalReply},
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{App, Ask, Caller, Reply, ask::Sent};
use crate::{
    audit::{AuditEntry, Party},
    sessions::{Grant, How, Refusal, Renewal},
    store::{Account, Ended, Listed, Session, StoreError, Which},
};

/// Longest reason somebody may give for ending a session, in characters.
const NOTE_MAX: usize = 200;

/// `POST auth/refresh`. A refusal is a real 401 with the OAuth body, and names who ended the session.
pub(super) async fn refresh(app: &App, ask: &Ask) -> Result<Reply, StoreError> {
    if matches!(ask.sent(), Sent::BrokenJson) {
        return Ok(Reply::broken_json());
    }
    let token = match ask.param("refresh_token") {
        None => return Ok(Reply::missing("refresh_token")),
        Some(Value::String(text)) if text.is_empty() => {
            return Ok(Reply::json_with(
                400,
                json!({"error": "invalid_request", "error_description": "Missing refresh_token parameter"}),
            ));
        }
        Some(Value::String(text)) => RefreshToken::new(text),
        Some(_) => return Ok(Reply::wrong_type("refresh_token", "string")),
    };
    let how = How {
        rotation: rotation(ask),
        ..How::default()
    };
    Ok(match app.sessions.renew(&token, how).await? {
        Renewal::Granted(grant) => granted(&grant)?,
        Renewal::Late => late(),
        Renewal::Refused(refusal) => refused(app, &refusal, &token),
    })
}

/// A stock client ignores a new refresh token, so it only gets one when it asks.
fn rotation(ask: &Ask) -> Rotation {
    match ask.param_text("rotate").as_deref() {
        Some("true" | "1") => Rotation::Wanted,
        _ => Rotation::Unwanted,
    }
}

fn granted(grant: &Grant) -> Result<Reply, StoreError> {
    let reply = RenewalReply {
        access_token: grant.access.token.expose().to_owned(),
        token_type: "Bearer".into(),
        expires_in: grant.access.expires_in,
        expires_at: grant.access.expires_at,
        refresh_token: grant.refresh.as_ref().map(|token| token.expose().to_owned()),
        refresh_in: grant.refresh_in,
    };
    Ok(Reply::written(&reply)?.with(ALLOW, "POST"))
}

/// A request that was overtaken by a later one of the same till: trouble, so that nobody takes it for an end.
fn late() -> Reply {
    Reply::json_with(
        409,
        json!({
            "error": "temporarily_unavailable",
            "error_description": "A later renewal of this session was answered already.",
        }),
    )
}

fn refused(app: &App, refusal: &Refusal, token: &RefreshToken) -> Reply {
    Reply::json_with(401, refusal_body(app, refusal, token))
}

/// The OAuth body of a refusal, with who ended the session and the proof that this store says so.
pub(crate) fn refusal_body(app: &App, refusal: &Refusal, token: &RefreshToken) -> Value {
    let (words, evertill) = match refusal {
        Refusal::NotOurs(reason) => (reason.description(), None),
        Refusal::Unknown => ("Refresh token has been revoked", None),
        Refusal::Ended { session, ended } => {
            let words = match ended.reason {
                Ending::Revoked => "Refresh token has been revoked",
                Ending::Expired => "Expired token",
                Ending::Theft => "Refresh token was used by somebody else",
                Ending::UserGone => "User not found",
            };
            (words, Some(told(*session, ended)))
        }
        Refusal::WrongSender => ("The session is bound to another key", None),
        Refusal::WrongClient => ("The session belongs to another client", None),
    };
    let body = OAuthError {
        error: "invalid_grant".into(),
        error_description: words.into(),
        evertill,
        verdict: app.sessions.verdict(refusal, token),
    };
    json!(body)
}

fn told(session: Uuid, ended: &Ended) -> EndedSession {
    EndedSession {
        session: session.to_string(),
        reason: ended.reason.name().into(),
        by: ended.by.clone(),
        by_role: ended.by_role.clone(),
        note: ended.note.clone(),
        at: ended.at,
    }
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
    let living = app.sessions.living(Some(user_id)).await?;
    let rows: Vec<Value> = living
        .iter()
        .map(|(session, _)| row(app, session, caller))
        .collect();
    Ok(Reply::json(json!({"user_id": user_id, "sessions": rows})))
}

fn row(app: &App, session: &Session, caller: &Caller) -> Value {
    json!({
        "jti": session.id.to_string(), "created": session.signed_in_at, "last_active": session.renewed_at,
        "expires": session.ends_at(app.sessions.limits()), "ip_address": session.visitor.ip_address,
        "user_agent": session.visitor.user_agent, "device_info": session.visitor.device,
        "is_current": session.id == caller.session,
    })
}

/// Sessions in one answer about everybody. Stock clients ask for no pages; the office has them.
const EVERYBODY_MAX: u32 = 1_000;

/// `GET auth/users/sessions`.
pub(super) async fn everybody(app: &App, caller: &Caller) -> Result<Reply, StoreError> {
    if !caller.account.role.may_manage() {
        return Ok(Reply::forbidden());
    }
    let living = app.sessions.newest(EVERYBODY_MAX).await?;
    let mut users: Vec<(&Account, Vec<&Session>)> = Vec::new();
    for Listed { session, account, .. } in &living {
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
                "last_active": sessions.iter().map(|session| session.renewed_at).max(),
                "sessions": sessions.iter().map(|session| row(app, session, caller)).collect::<Vec<_>>(),
            })
        })
        .collect();
    Ok(Reply::json(json!({"total": rows.len(), "users": rows})))
}

fn ending(app: &App, ask: &Ask, caller: &Caller) -> Ended {
    let note = ask.param_text("reason").unwrap_or_default();
    Ended {
        reason: Ending::Revoked,
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
        true => Some(Account::clone(&caller.account)),
        false => app.store.account(user_id).await?,
    };
    if let Some(whom) = &whom
        && whom.id != caller.account.id
        && !caller.account.role.may_govern(whom.role)
    {
        return Ok(None);
    }
    let ended = ending(app, ask, caller);
    let count = app.sessions.end(which, ended.clone()).await?.len();
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
