//! The standards' way to a session.

use serde_json::json;

use crate::{
    http::api::{
        operation::{FORM, HTML, Operation, Tag},
        schema::{only, text, word},
        shapes::Shape,
    },
    oauth::SCOPE,
};

/// An answer with tokens in it, or the refusal of one.
fn spoken(told: Operation) -> Operation {
    told.sends(
        200,
        "Cache-Control",
        only("no-store"),
        "Nobody on the way may keep it.",
    )
    .refuses_grant(400, &["invalid_request"])
    .refuses_grant(401, &["invalid_client"])
    .sends(401, "WWW-Authenticate", text(), "How a client shows who it is.")
    .refuses_grant(503, &["temporarily_unavailable"])
}

pub(super) fn token() -> Operation {
    let told = Operation::new(
        Tag::OAuth,
        "Get tokens",
        "For the code of a sign-in, or for a refresh token. Every renewal rotates; a reply that got lost is made up for by \
         asking again with the same token. A code that is presented twice ends the session it opened.",
    )
    .header("DPoP", text(), "A proof of possession binds the session to its key.")
    .body(
        &[FORM],
        Shape::TokenRequest,
        json!({
            "grant_type": "refresh_token", "client_id": "evertill-cli", "refresh_token": "eyJhbGciOiJIUzI1NiJ9.…",
        }),
    )
    .answers(200, "Tokens.", Shape::TokenReply.named())
    .example(
        200,
        json!({
            "access_token": "eyJhbGciOiJFZERTQSJ9.…", "token_type": "Bearer", "expires_in": 900,
            "refresh_token": "eyJhbGciOiJIUzI1NiJ9.…", "scope": SCOPE,
        }),
    )
    .refuses_grant(
        400,
        &["invalid_grant", "unsupported_grant_type", "invalid_scope", "invalid_dpop_proof", "use_dpop_nonce"],
    )
    .may_send(400, "DPoP-Nonce", text(), "A number for the next proof.")
    .refuses_grant(409, &["temporarily_unavailable"]);
    spoken(told)
}

pub(super) fn revoke() -> Operation {
    let told = Operation::new(
        Tag::OAuth,
        "End the session of a token",
        "Of either kind: an access token has no life of its own. A token nobody knows is a success too (RFC 7009).",
    )
    .body(
        &[FORM],
        Shape::RevocationRequest,
        json!({"token": "eyJhbGciOiJIUzI1NiJ9.…", "client_id": "evertill-cli"}),
    )
    .answers_nothing(200, "The token is worth nothing.")
    .refuses_grant(400, &["unauthorized_client"]);
    spoken(told)
}

pub(super) fn introspect() -> Operation {
    let told = Operation::new(
        Tag::OAuth,
        "What a token is worth",
        "For a client with a secret, or for an owner's own access token. Everybody else learns nothing (RFC 7662).",
    )
    .body(
        &[FORM],
        Shape::IntrospectionRequest,
        json!({"token": "eyJhbGciOiJFZERTQSJ9.…"}),
    )
    .answers(200, "Whether it is good, and whose it is.", Shape::Introspection.named())
    .example(200, json!({"active": false}));
    spoken(told)
}

/// What both visits to the page have in common.
fn visit(told: Operation) -> Operation {
    told.needed_query(
        "client_id",
        text(),
        "The client that asks; registered by the owner of the store.",
    )
    .needed_query(
        "redirect_uri",
        text(),
        "Where to return to; registered, to the letter but for a port on this device.",
    )
    .needed_query("response_type", word(&["code"]), "What is asked for.")
    .needed_query("code_challenge", text(), "SHA-256 of the verifier, in base64url.")
    .needed_query("code_challenge_method", word(&["S256"]), "The one method.")
    .query("state", text(), "Handed back.")
    .query("scope", text(), "The one scope is `pos`.")
    .query("response_mode", text(), "The one mode is `query`.")
    .query(
        "dpop_jkt",
        text(),
        "Thumbprint of the key the session will be bound to.",
    )
    .query("platform", text(), "What the client runs on.")
    .query("build", text(), "Which build it is.")
    .answers_in(HTML, 200, "The sign-in page.", text())
    .answers_nothing(303, "Back to the client, with a code or with an error.")
    .sends(303, "Location", text(), "Where to.")
    .answers_in(
        HTML,
        400,
        "A page for the person: it is not known where else to say it.",
        text(),
    )
}

pub(super) fn authorize() -> Operation {
    visit(Operation::new(
        Tag::OAuth,
        "The sign-in page of an app",
        "The beginning of authorization code with PKCE. A request that makes no sense is told to the client where it is \
         known, else to the person.",
    ))
}

pub(super) fn authorize_sign_in() -> Operation {
    let told = visit(Operation::new(
        Tag::OAuth,
        "Sign in for an app",
        "The form of the page. What is wrong is told on the page, which is shown again.",
    ));
    told.body(&[FORM], Shape::SignInForm, super::pages::form_example())
        .answers_in(HTML, 503, "Many people are signing in right now.", text())
}

pub(super) fn metadata() -> Operation {
    Operation::new(
        Tag::OAuth,
        "What a client can find out by itself",
        "Server metadata (RFC 8414). An issuer with a path has it after this address.",
    )
    .answers(200, "The metadata.", Shape::ServerMetadata.named())
    .sends(200, "Cache-Control", text(), "How long it may be kept.")
}

pub(super) fn keys() -> Operation {
    Operation::new(
        Tag::OAuth,
        "The keys that check access tokens",
        "Ed25519, as a JSON Web Key Set. They change by schedule; ask again for one you do not know.",
    )
    .answers(200, "The keys.", Shape::KeySet.named())
    .sends(200, "Cache-Control", text(), "How long it may be kept.")
}
