//! The public keys that check access tokens (RFC 7517, RFC 8037).

use axum::http::header;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::VerifyingKey;
use serde_json::{Value, json};

use crate::http::{App, Reply};

/// Where the keys are.
pub(super) const PATH: &str = "/.well-known/jwks.json";

/// The document. Whoever keeps it for longer than five minutes asks again for a key it does not know.
pub(super) fn document(app: &App) -> Reply {
    let ring = app.keys.ring();
    let keys: Vec<Value> = ring
        .published(app.clock.seconds())
        .map(|(signer, _)| jwk(signer.kid(), &signer.verifying()))
        .collect();
    Reply::json(json!({"keys": keys})).with(header::CACHE_CONTROL, "public, max-age=300")
}

/// One public key.
fn jwk(kid: &str, key: &VerifyingKey) -> Value {
    json!({
        "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": kid,
        "x": URL_SAFE_NO_PAD.encode(key.as_bytes()),
    })
}
