//! Requests of the till's own routes by a session that is bound to a key (RFC 9449 §7).

use axum::http::header;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use evertill_wire::AccessToken;

use super::{NONCE, dpop::About};
use crate::http::{App, Ask, Reply};

/// Lets a request of a bound session through where it proves to hold the key; `unproved` is refined to say what is
/// missing. A token that is bound to no key has no business in the scheme of proofs.
pub(crate) fn prove(
    app: &App,
    ask: &Ask,
    token: &AccessToken,
    sender_key: Option<&str>,
    unproved: impl FnOnce() -> Reply,
) -> Result<(), Reply> {
    let refused = |error: &str| {
        unproved().with(
            header::WWW_AUTHENTICATE,
            format!("DPoP algs=\"ES256 EdDSA\", error=\"{error}\""),
        )
    };
    match (sender_key, ask.has_dpop_scheme(), ask.header("dpop")) {
        (None, false, _) => Ok(()),
        (None, true, _) | (Some(_), false, _) => Err(refused("invalid_token")),
        (Some(_), true, None) => Err(refused("invalid_dpop_proof")),
        (Some(key), true, Some(proof)) => {
            let about = About {
                method: &ask.method,
                address: &format!("{}{}", app.home, ask.path),
                access_token: Some(token.expose()),
                now: app.clock.seconds(),
            };
            match app.oauth.proofs.check(&app.keys, proof, about) {
                Ok(proved) if URL_SAFE_NO_PAD.encode(proved) == key => Ok(()),
                Ok(_) => Err(refused("invalid_dpop_proof")),
                Err(refusal) => {
                    let reply = refused(refusal.kind.code());
                    Err(match refusal.nonce {
                        Some(nonce) => reply.with(NONCE, nonce),
                        None => reply,
                    })
                }
            }
        }
    }
}
