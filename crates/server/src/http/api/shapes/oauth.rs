//! OAuth: RFC 6749, 7009, 7517, 7662, 8414, 9449.

use crate::{
    http::api::schema::{Schema, address, either, list, object, only, seconds, text, uuid, whole, word},
    oauth::SCOPE,
};

fn client() -> crate::http::api::schema::Object {
    object()
        .may(
            "client_id",
            text().about("Where the client does not name itself in the header."),
        )
        .may("client_secret", text())
}

pub(super) fn token_request() -> Schema {
    let code = client()
        .field("grant_type", only("authorization_code"))
        .field("code", text().letters_min(1))
        .field(
            "code_verifier",
            text()
                .letters_min(1)
                .about("The text whose SHA-256 was sent with the request (PKCE)."),
        )
        .field("redirect_uri", address())
        .form();
    let refresh = client()
        .field("grant_type", only("refresh_token"))
        .field("refresh_token", text().letters_min(1))
        .may("scope", only(SCOPE))
        .form();
    either([code, refresh])
}

pub(super) fn token_reply() -> Schema {
    let user = object()
        .field("id", whole())
        .field("uuid", uuid())
        .texts(&["username", "display_name"])
        .field("roles", list(text()))
        .closed();
    let person = object()
        .field("session", uuid())
        .field("expires_at", seconds())
        .field("user", user)
        .closed()
        .about("Who signed in, with the first tokens of a session.");
    object()
        .field("access_token", text())
        .field("token_type", word(&["Bearer", "DPoP"]))
        .field(
            "expires_in",
            whole().at_least(1).about("Seconds the access token lives."),
        )
        .field(
            "refresh_token",
            text().about("A new one with each answer. The one before still works until this one was used."),
        )
        .field("scope", only(SCOPE))
        .may("refresh_in", whole())
        .may("evertill", person)
        .closed()
}

pub(super) fn revocation_request() -> Schema {
    client()
        .field("token", text().letters_min(1).about("Of either kind."))
        .may(
            "token_type_hint",
            text().about("Not needed: the store tells them apart."),
        )
        .form()
}

pub(super) fn introspection_request() -> Schema {
    client()
        .field("token", text().letters_min(1))
        .may("token_type_hint", text())
        .form()
}

pub(super) fn introspection() -> Schema {
    let living = object()
        .field("active", only(true))
        .field("scope", only(SCOPE))
        .field("iss", address())
        .field("sub", uuid())
        .field("username", text())
        .field("exp", seconds())
        .may("token_type", word(&["Bearer", "DPoP"]))
        .may("iat", seconds())
        .may("jti", text())
        .may("aud", text())
        .may("client_id", text())
        .may("cnf", object().field("jkt", text()).closed())
        .closed();
    either([living, object().field("active", only(false)).closed()])
}

pub(super) fn metadata() -> Schema {
    object()
        .each(
            &[
                "issuer",
                "authorization_endpoint",
                "token_endpoint",
                "revocation_endpoint",
                "introspection_endpoint",
                "jwks_uri",
            ],
            &address(),
        )
        .each(
            &[
                "scopes_supported",
                "response_types_supported",
                "response_modes_supported",
                "grant_types_supported",
                "code_challenge_methods_supported",
                "token_endpoint_auth_methods_supported",
                "revocation_endpoint_auth_methods_supported",
                "introspection_endpoint_auth_methods_supported",
                "dpop_signing_alg_values_supported",
            ],
            &list(text()),
        )
        .field("authorization_response_iss_parameter_supported", only(true))
        .closed()
}

pub(super) fn keys() -> Schema {
    let key = object()
        .field("kty", only("OKP"))
        .field("crv", only("Ed25519"))
        .field("use", only("sig"))
        .field("alg", only("EdDSA"))
        .texts(&["kid", "x"])
        .closed();
    object().field("keys", list(key)).closed()
}

/// The form of the sign-in page. Its hidden fields come from the page and go stale.
pub(super) fn sign_in_form() -> Schema {
    object()
        .field("_wpnonce", text())
        .field("auth_session", text())
        .field("wcpos-log", text().about("Name or e-mail address."))
        .field("wcpos-pwd", text())
        .field(
            "wcpos_website",
            text().about("Stays empty; whoever fills it in is no person."),
        )
        .open()
}
