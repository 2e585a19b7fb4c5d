//! Sessions.

use serde_json::json;

use crate::http::api::{
    operation::{FORM, JSON, Operation, Tag},
    schema::{only, text, uuid, whole, word},
    shapes::Shape,
};

pub(super) fn renew() -> Operation {
    Operation::new(
        Tag::Sessions,
        "Renew a session",
        "Trades the refresh token for a new access token. Only a 401 with `invalid_grant` ends a session: everything else is \
         trouble, and the client tries again later with the token it has.",
    )
    .body(
        &[JSON, FORM],
        Shape::RenewalRequest,
        json!({"refresh_token": "eyJhbGciOiJIUzI1NiJ9.…", "rotate": true}),
    )
    .answers(200, "A new access token.", Shape::RenewalReply.named())
    .example(
        200,
        json!({
            "access_token": "eyJhbGciOiJFZERTQSJ9.…", "token_type": "Bearer", "expires_in": 900,
            "expires_at": 1_795_403_493, "refresh_token": "eyJhbGciOiJIUzI1NiJ9.…",
        }),
    )
    .sends(200, "Allow", only("POST"), "The method of this route.")
    .refuses(400, &["rest_invalid_json", "rest_missing_callback_param", "rest_invalid_param"])
    .refuses_grant(400, &["invalid_request"])
    .refuses_grant(401, &["invalid_grant"])
    .example(
        401,
        json!({
            "error": "invalid_grant", "error_description": "Refresh token has been revoked",
            "evertill": {
                "session": "2f1c3f5e-6d0b-4c55-9d43-3b6a0a4a7c11", "reason": "revoked", "by": "Olivia Owens",
                "by_role": "Administrator", "note": "Lost tablet", "at": 1_795_402_593,
            },
        }),
    )
    .refuses_grant(409, &["temporarily_unavailable"])
}

fn user_id() -> &'static str {
    "Whose sessions. Others than one's own only as owner or manager."
}

pub(super) fn list() -> Operation {
    Operation::new(
        Tag::Sessions,
        "List the sessions of a person",
        "The newest first. Without a `user_id` one's own.",
    )
    .query("user_id", whole(), user_id())
    .answers(200, "The living sessions.", Shape::SessionList.named())
    .example(
        200,
        json!({"user_id": 3, "sessions": [{
            "jti": "2f1c3f5e-6d0b-4c55-9d43-3b6a0a4a7c11", "created": 1_795_402_593, "last_active": 1_795_402_593,
            "expires": 1_797_994_593, "ip_address": "127.0.0.1", "user_agent": "WCPOS/1.10.0 (electron 30.0.0)",
            "device_info": {
                "device_type": "desktop", "browser": "WooCommerce POS", "browser_version": "1.10.0",
                "os": "Linux", "app_type": "electron_app", "build": "7",
            },
            "is_current": true,
        }]}),
    )
    .refuses(400, &["rest_invalid_param"])
    .refuses(403, &["rest_forbidden"])
}

/// What both ways to end sessions have in common.
fn ends(told: Operation) -> Operation {
    told.needed_query("user_id", whole(), user_id())
        .query(
            "reason",
            text(),
            "Shown at the till and kept in the audit log; 200 letters of it.",
        )
        .refuses(400, &["rest_missing_callback_param", "rest_invalid_param"])
        .refuses(403, &["rest_forbidden"])
}

pub(super) fn end_all() -> Operation {
    let told = Operation::new(
        Tag::Sessions,
        "End all sessions of a person",
        "None left to end is a success too: what was asked for holds.",
    )
    .query(
        "except_current",
        word(&["1", "true", "yes", "0", "false", "no"]),
        "Spares the session of the request.",
    )
    .answers(200, "No session is left.", Shape::Done.named())
    .example(
        200,
        json!({"success": true, "message": "Sessions revoked successfully."}),
    );
    ends(told)
}

pub(super) fn end_one() -> Operation {
    let told = Operation::new(
        Tag::Sessions,
        "End a session",
        "Its access tokens are worth nothing at the very next request, and its next renewal is told who ended it and why.",
    )
    .path("jti", uuid(), "The session id.")
    .answers(200, "The session is over.", Shape::Done.named())
    .example(200, json!({"success": true, "message": "Session revoked successfully."}))
    .answers(404, "That person has no such session.", Shape::Failed.named())
    .example(404, json!({"success": false, "message": "Failed to revoke session."}));
    ends(told)
}

pub(super) fn everybody() -> Operation {
    Operation::new(
        Tag::Sessions,
        "List everybody's sessions",
        "For owners and managers: every person who is signed in anywhere.",
    )
    .answers(
        200,
        "People with their living sessions.",
        Shape::EverybodysSessions.named(),
    )
    .refuses(403, &["rest_forbidden"])
}
