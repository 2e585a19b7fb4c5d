//! Proofs of possession (RFC 9449): a request that is signed by a key, and a session that is bound to it. Then a
//! stolen token is worth nothing without the key.
//!
//! A proof is fresh by the sender's clock, or, where that is wrong, by a number this store gave out a little
//! before: whoever is refused for its clock gets one. Each proof is good once, on the node it was shown to.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use url::Url;

use super::refusal::{Kind, Refusal};
use crate::keys::Keys;

mod jwk;

use jwk::Jwk;

/// How far the sender's clock may be off, in seconds.
const CLOCK_S: u64 = 60;

/// How long a number that was given out makes a proof fresh, in seconds.
const NONCE_S: i64 = 300;

/// Longest proof that is looked at, in bytes.
const PROOF_BYTES_MAX: usize = 4096;

/// Proofs that are remembered for each span of [`NONCE_S`]. Beyond it, new ones have to wait for the next span.
const REMEMBERED_MAX: usize = 100_000;

/// Bytes of the seal of a number.
const SEAL_BYTES: usize = 12;

#[derive(Deserialize)]
struct Header {
    typ: String,
    alg: String,
    jwk: Jwk,
}

#[derive(Deserialize)]
struct Claims {
    jti: String,
    htm: String,
    htu: String,
    iat: i64,
    #[serde(default)]
    ath: Option<String>,
    #[serde(default)]
    nonce: Option<String>,
}

/// What a proof has to be about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct About<'a> {
    pub(crate) method: &'a str,
    /// Address of the request as the sender knows it, without query.
    pub(crate) address: &'a str,
    /// The access token beside it, on requests that carry one.
    pub(crate) access_token: Option<&'a str>,
    /// Seconds since 1970.
    pub(crate) now: i64,
}

/// Checks proofs, and remembers them for as long as they would be fresh.
#[derive(Debug, Default)]
pub(crate) struct Proofs(Mutex<Remembered>);

#[derive(Debug, Default)]
struct Remembered {
    span: i64,
    now: HashSet<[u8; 16]>,
    before: HashSet<[u8; 16]>,
}

impl Proofs {
    /// The thumbprint (RFC 7638) of the key that made a proof, where the proof is about this request, fresh, and
    /// new.
    pub(crate) fn check(&self, keys: &Keys, proof: &str, about: About<'_>) -> Result<[u8; 32], Refusal> {
        let bad = |description| Refusal::new(Kind::InvalidDpopProof, description);
        let (thumbprint, claims) = read(proof).map_err(bad)?;
        if claims.htm != about.method {
            return Err(bad("htm is another method"));
        }
        if !is_same_address(&claims.htu, about.address) {
            return Err(bad("htu is another address"));
        }
        if let Some(token) = about.access_token {
            let hash = URL_SAFE_NO_PAD.encode(Sha256::digest(token.as_bytes()));
            let is_about_token = claims
                .ath
                .is_some_and(|ath| ath.as_bytes().ct_eq(hash.as_bytes()).into());
            if !is_about_token {
                return Err(bad("ath is not the hash of the access token"));
            }
        }
        let is_by_number = claims
            .nonce
            .as_ref()
            .is_some_and(|nonce| is_nonce(keys, nonce, about.now));
        let is_by_clock = claims.nonce.is_none() && claims.iat.abs_diff(about.now) <= CLOCK_S;
        if !is_by_number && !is_by_clock {
            return Err(Refusal {
                nonce: Some(nonce(keys, about.now)),
                ..Refusal::new(
                    Kind::UseDpopNonce,
                    "the proof is not fresh; put the nonce into a new one",
                )
            });
        }
        match self.remember(&thumbprint, &claims.jti, about.now) {
            Memory::New => Ok(thumbprint),
            Memory::Known => Err(bad("the proof was shown before")),
            Memory::Full => Err(Refusal::new(
                Kind::TemporarilyUnavailable,
                "too many proofs at once",
            )),
        }
    }

    fn remember(&self, thumbprint: &[u8; 32], jti: &str, now: i64) -> Memory {
        let digest = Sha256::new()
            .chain_update(thumbprint)
            .chain_update(jti.as_bytes())
            .finalize();
        let mut name = [0; 16];
        name.copy_from_slice(&digest[..16]);
        let span = now.div_euclid(NONCE_S);
        let mut memory = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if span != memory.span {
            let old = std::mem::take(&mut memory.now);
            memory.before = if span == memory.span + 1 {
                old
            } else {
                HashSet::new()
            };
            memory.span = span;
        }
        if memory.before.contains(&name) || memory.now.contains(&name) {
            return Memory::Known;
        }
        if memory.now.len() >= REMEMBERED_MAX {
            return Memory::Full;
        }
        memory.now.insert(name);
        Memory::New
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Memory {
    New,
    Known,
    Full,
}

/// A number that makes a proof fresh for a while, whatever the sender's clock says.
pub(crate) fn nonce(keys: &Keys, now: i64) -> String {
    let mut bytes = now.to_be_bytes().to_vec();
    bytes.extend_from_slice(&nonce_seal(keys, now));
    URL_SAFE_NO_PAD.encode(bytes)
}

fn nonce_seal(keys: &Keys, made_at: i64) -> [u8; SEAL_BYTES] {
    let mut seal = [0; SEAL_BYTES];
    seal.copy_from_slice(&keys.page_mac(format!("nonce of a proof\n{made_at}").as_bytes())[..SEAL_BYTES]);
    seal
}

fn is_nonce(keys: &Keys, text: &str, now: i64) -> bool {
    let Ok(bytes) = URL_SAFE_NO_PAD.decode(text) else {
        return false;
    };
    let Some((made_at, seal)) = bytes.split_first_chunk::<8>() else {
        return false;
    };
    let made_at = i64::from_be_bytes(*made_at);
    let is_ours = bool::from(nonce_seal(keys, made_at).ct_eq(seal));
    is_ours && (0..NONCE_S).contains(&now.saturating_sub(made_at))
}

/// A proof whose signature fits the key in it.
fn read(proof: &str) -> Result<([u8; 32], Claims), &'static str> {
    if proof.len() > PROOF_BYTES_MAX {
        return Err("the proof is too long");
    }
    let unreadable = "the proof is not a JWT";
    let (signed, signature) = proof.rsplit_once('.').ok_or(unreadable)?;
    let (header, claims) = signed.split_once('.').ok_or(unreadable)?;
    let header: Header = decoded(header).ok_or("the proof's header names no key that is taken")?;
    if header.typ != "dpop+jwt" {
        return Err("typ is not dpop+jwt");
    }
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| unreadable)?;
    if !header.jwk.verifies(&header.alg, signed.as_bytes(), &signature) {
        return Err("the signature does not fit; ES256 and EdDSA are taken");
    }
    let claims: Claims = decoded(claims).ok_or("jti, htm, htu and iat are needed")?;
    if claims.jti.is_empty() {
        return Err("jti is empty");
    }
    Ok((header.jwk.thumbprint(), claims))
}

fn decoded<T: for<'de> Deserialize<'de>>(text: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
}

/// The same address, after the normalisation of RFC 3986 and without query and fragment.
fn is_same_address(claimed: &str, actual: &str) -> bool {
    let bare = |text: &str| {
        let mut url = Url::parse(text).ok()?;
        url.set_query(None);
        url.set_fragment(None);
        Some(url)
    };
    bare(claimed).is_some_and(|claimed| Some(claimed) == bare(actual))
}

#[cfg(test)]
mod tests;
