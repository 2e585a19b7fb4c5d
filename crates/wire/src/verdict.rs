//! A refusal that proves who gave it.
//!
//! A store that signs puts a [`Claims`] beside `error` in the body of a refusal, as a compact JWS signed with Ed25519.
//! Who knows the store's keys believes no refusal without one: a captive portal, a firewall or a half-updated proxy can
//! then sign out nobody. The signature names the refresh token it answers (by hash), so that a refusal cannot be kept
//! and played to another till, or to the same till after its next renewal.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::{Signature, VerifyingKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{RefreshToken, rest::site::SignedVerdicts};

/// The `typ` of the JWS.
pub const TYPE: &str = "evertill-verdict+jwt";

/// Longest verdict that is looked at, in bytes.
const BYTES_MAX: usize = 4096;

/// What a signed refusal says.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Claims {
    /// Address of the store.
    pub iss: String,
    /// Key of the store, which survives a change of address.
    pub aud: String,
    /// The session that is over, empty when the token names none that this store knows.
    pub sub: String,
    /// Which refresh token this answers, see [`token_hash`].
    pub rth: String,
    /// `revoked`, `expired`, `theft`, `user_gone` or `foreign`.
    pub reason: String,
    /// When the session ended, seconds since 1970 on the store's clock.
    pub at: i64,
    /// Display name of the person who ended it, empty when nobody did.
    pub by: String,
    /// What that person gave as the reason, may be empty.
    pub note: String,
}

#[derive(Serialize, Deserialize)]
struct Header {
    typ: String,
    alg: String,
    kid: String,
}

/// Why a verdict proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unproved {
    /// It is not a verdict of the known form.
    #[error("the refusal's signature cannot be read")]
    NotAVerdict,
    /// It names a key that the store does not announce.
    #[error("the refusal is signed with a key that is not the store's")]
    UnknownKey,
    /// The signature does not fit.
    #[error("the refusal's signature does not fit")]
    BadSignature,
    /// It answers another refresh token.
    #[error("the refusal answers another request")]
    AnotherToken,
}

/// Names a refresh token in a verdict: base64url of its SHA-256.
#[must_use]
pub fn token_hash(token: &RefreshToken) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(token.expose().as_bytes()))
}

/// Writes a verdict. `sign` signs bytes with the Ed25519 key called `kid`.
#[must_use]
pub fn seal(claims: &Claims, kid: &str, sign: impl FnOnce(&[u8]) -> [u8; 64]) -> String {
    let header = Header {
        typ: TYPE.into(),
        alg: "EdDSA".into(),
        kid: kid.into(),
    };
    let mut text = encoded(&header);
    text.push('.');
    text.push_str(&encoded(claims));
    let signature = sign(text.as_bytes());
    text.push('.');
    text.push_str(&URL_SAFE_NO_PAD.encode(signature));
    text
}

/// Reads a verdict that answers `token`, when one of the store's keys signed it.
///
/// # Errors
/// Why it proves nothing.
pub fn check(verdict: &str, keys: &SignedVerdicts, token: &RefreshToken) -> Result<Claims, Unproved> {
    if verdict.len() > BYTES_MAX {
        return Err(Unproved::NotAVerdict);
    }
    let (signed, signature) = verdict.rsplit_once('.').ok_or(Unproved::NotAVerdict)?;
    let (header, claims) = signed.split_once('.').ok_or(Unproved::NotAVerdict)?;
    let header: Header = decoded(header)?;
    if header.typ != TYPE || header.alg != "EdDSA" {
        return Err(Unproved::NotAVerdict);
    }
    let key = keys
        .keys
        .iter()
        .find(|key| key.kid == header.kid && key.kty == "OKP" && key.crv == "Ed25519")
        .ok_or(Unproved::UnknownKey)?;
    let key = bytes(&key.x)?.try_into().map_err(|_| Unproved::UnknownKey)?;
    let key = VerifyingKey::from_bytes(&key).map_err(|_| Unproved::UnknownKey)?;
    let signature = Signature::from_slice(&bytes(signature)?).map_err(|_| Unproved::NotAVerdict)?;
    key.verify_strict(signed.as_bytes(), &signature)
        .map_err(|_| Unproved::BadSignature)?;
    let claims: Claims = decoded(claims)?;
    if claims.rth != token_hash(token) {
        return Err(Unproved::AnotherToken);
    }
    Ok(claims)
}

fn encoded(value: &impl Serialize) -> String {
    URL_SAFE_NO_PAD
        .encode(serde_json::to_vec(value).expect("plain structs of texts and numbers always serialize"))
}

fn bytes(text: &str) -> Result<Vec<u8>, Unproved> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| Unproved::NotAVerdict)
}

fn decoded<T: for<'de> Deserialize<'de>>(text: &str) -> Result<T, Unproved> {
    serde_json::from_slice(&bytes(text)?).map_err(|_| Unproved::NotAVerdict)
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signer as _, SigningKey};

    use super::*;
    use crate::rest::site::Jwk;

    fn key(seed: u8) -> SigningKey {
        SigningKey::from_bytes(&[seed; 32])
    }

    fn announced(seed: u8) -> SignedVerdicts {
        SignedVerdicts {
            keys: vec![Jwk::ed25519("k1", key(seed).verifying_key().as_bytes())],
        }
    }

    fn claims(token: &RefreshToken) -> Claims {
        Claims {
            sub: "s".into(),
            rth: token_hash(token),
            reason: "revoked".into(),
            at: 1_000,
            by: "Ann".into(),
            ..Claims::default()
        }
    }

    fn sealed(seed: u8, token: &RefreshToken) -> String {
        seal(&claims(token), "k1", |bytes| key(seed).sign(bytes).to_bytes())
    }

    #[test]
    fn a_verdict_says_what_was_signed_to_whom_it_answers() {
        let token = RefreshToken::new("r1");
        assert_eq!(
            check(&sealed(1, &token), &announced(1), &token),
            Ok(claims(&token))
        );
        let other = RefreshToken::new("r2");
        assert_eq!(
            check(&sealed(1, &token), &announced(1), &other),
            Err(Unproved::AnotherToken)
        );
    }

    #[test]
    fn another_key_or_a_changed_character_proves_nothing() {
        let token = RefreshToken::new("r1");
        let verdict = sealed(1, &token);
        assert_eq!(
            check(&verdict, &announced(2), &token),
            Err(Unproved::BadSignature)
        );
        assert_eq!(
            check(&verdict, &SignedVerdicts::default(), &token),
            Err(Unproved::UnknownKey)
        );
        for at in 0..verdict.len() - 1 {
            let mut changed = verdict.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert!(check(&changed, &announced(1), &token).is_err(), "{at}");
        }
    }

    #[test]
    fn junk_is_no_verdict() {
        let token = RefreshToken::new("r1");
        for junk in ["", ".", "..", "a.b.c", "\u{1F4A5}.x.y", "e30.e30.AAAA"] {
            assert_eq!(
                check(junk, &announced(1), &token),
                Err(Unproved::NotAVerdict),
                "{junk}"
            );
        }
        let long = "x".repeat(BYTES_MAX + 1);
        assert_eq!(check(&long, &announced(1), &token), Err(Unproved::NotAVerdict));
    }
}
