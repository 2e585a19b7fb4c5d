//! What a signed-in till holds: a short-lived access token anybody with the key can check, and a refresh token
//! that only says which session it belongs to, sealed so that the database alone cannot make one.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::{Signature, Verifier as _};
use evertill_wire::{
    AccessToken, RefreshToken,
    rest::site::{Jwk, SignedVerdicts},
    verdict,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::keys::{Keys, Ring};

/// Prefix of every refresh token that is handed out.
const PREFIX: &str = "ert2.";

/// Prefix of those of earlier versions, which are still taken.
const PREFIX_1: &str = "ert1.";

/// Bytes of the seal that are kept: 128 bits cannot be guessed and keep the token short.
const SEAL_BYTES: usize = 16;

/// Bytes of a refresh token before its seal: session, account, counter, time of sealing.
const CLAIMS_BYTES: usize = 40;

/// Bytes that follow them where the session is bound to a key: its thumbprint.
const KEY_BYTES: usize = 32;

/// Longest token that is looked at; ours are below 700 bytes.
const TOKEN_BYTES_MAX: usize = 4096;

/// Room for most tokens, in bytes.
const TOKEN_BYTES_USUAL: usize = 768;

/// Access lives from here on are shortened a little at issue, so that tills signed in together drift apart.
/// Shorter ones are left exact: they are watched by people.
const JITTER_FROM_S: i64 = 300;

/// What an access token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Claims {
    /// Address of the store.
    pub(crate) iss: String,
    /// Key of the store, which survives a change of address.
    pub(crate) aud: String,
    /// Issued, seconds since 1970.
    pub(crate) iat: i64,
    /// Ends, seconds since 1970.
    pub(crate) exp: i64,
    /// Key of this token.
    pub(crate) jti: Uuid,
    /// Always `access`.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// Who it is for.
    pub(crate) data: Data,
    /// The session it belongs to.
    pub(crate) refresh_jti: Uuid,
    /// How often the session was rotated when it was issued; earlier versions did not say.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) counter: Option<u64>,
    /// The key its holder must prove to have (RFC 7800), where the session is bound to one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) cnf: Option<Confirmation>,
}

/// The `cnf` claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Confirmation {
    /// Thumbprint of the key (RFC 7638), base64url.
    pub(crate) jkt: String,
}

/// The `data` claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Data {
    pub(crate) user: User,
}

/// The `data.user` claim; the number is a string, as on a stock store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct User {
    pub(crate) id: String,
}

#[derive(Serialize, Deserialize)]
struct Header {
    typ: String,
    alg: String,
    kid: String,
}

/// The first part of every token that the key of this name signs.
pub(crate) fn head(kid: &str) -> String {
    encoded(&Header {
        typ: "JWT".into(),
        alg: "EdDSA".into(),
        kid: kid.to_owned(),
    })
}

/// An access token and when it ends.
#[derive(Debug)]
pub(crate) struct Issued {
    pub(crate) token: AccessToken,
    /// Seconds since 1970.
    pub(crate) expires_at: i64,
    /// Seconds from now.
    pub(crate) expires_in: i64,
}

/// Why a refresh token is not one of ours. The words are those of a stock store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RefreshRefusal {
    NotAToken,
    NotSealedHere,
}

impl RefreshRefusal {
    pub(crate) fn description(self) -> &'static str {
        match self {
            Self::NotAToken => "Wrong number of segments",
            Self::NotSealedHere => "Signature verification failed",
        }
    }
}

/// What a refresh token says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RefreshClaims {
    /// The session.
    pub(crate) session: Uuid,
    /// How often it was rotated: 0 for a till that does not ask for rotation.
    pub(crate) counter: u64,
    /// Where it came from; tokens of earlier versions do not say.
    pub(crate) origin: Option<Origin>,
}

/// Enough to take a session back into a store that was restored from before it began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Origin {
    /// Whose session it is.
    pub(crate) account_id: i64,
    /// When this token was sealed, seconds since 1970.
    pub(crate) sealed_at: i64,
    /// Thumbprint of the key the session is bound to.
    pub(crate) sender_key: Option<[u8; 32]>,
}

/// What an access token is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Holder {
    /// The session.
    pub(crate) session: Uuid,
    /// Whose session it is.
    pub(crate) account_id: i64,
    /// How often the session was rotated.
    pub(crate) counter: u64,
    /// Thumbprint of the key the session is bound to.
    pub(crate) sender_key: Option<[u8; 32]>,
}

/// Makes and reads tokens.
#[derive(Debug, Clone)]
pub(crate) struct Mint {
    keys: Arc<Keys>,
    issuer: String,
    audience: String,
    access_life_s: Arc<AtomicI64>,
}

impl Mint {
    pub(crate) fn new(keys: Arc<Keys>, issuer: String, audience: String, access_life_s: i64) -> Self {
        Self {
            keys,
            issuer,
            audience,
            access_life_s: Arc::new(AtomicI64::new(access_life_s)),
        }
    }

    /// Lets access tokens live this long from now on; those that are out keep their end.
    pub(crate) fn set_access_life(&self, access_life_s: i64) {
        self.access_life_s.store(access_life_s, Ordering::Relaxed);
    }

    /// How long an access token lives, in seconds, before it is shortened at issue.
    pub(crate) fn access_life_s(&self) -> i64 {
        self.access_life_s.load(Ordering::Relaxed)
    }

    /// A new access token of a session, with a key of its own, which also spreads the lifetimes.
    pub(crate) fn access(&self, holder: Holder, now: i64, jti: Uuid) -> Issued {
        let access_life_s = self.access_life_s();
        let expires_in = access_life_s - shortening(access_life_s, jti.as_u128() as u32);
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: self.audience.clone(),
            iat: now,
            exp: now + expires_in,
            jti,
            kind: "access".into(),
            data: Data {
                user: User {
                    id: holder.account_id.to_string(),
                },
            },
            refresh_jti: holder.session,
            counter: Some(holder.counter),
            cnf: holder.sender_key.map(|thumbprint| Confirmation {
                jkt: URL_SAFE_NO_PAD.encode(thumbprint),
            }),
        };
        Issued {
            expires_at: claims.exp,
            expires_in,
            token: AccessToken::new(self.sign(&claims, now)),
        }
    }

    fn sign(&self, claims: &Claims, now: i64) -> String {
        let ring = self.keys.ring();
        let signer = ring.signer(now);
        let claims = serde_json::to_vec(claims).expect("plain structs of texts and numbers always serialize");
        let mut text = String::with_capacity(TOKEN_BYTES_USUAL);
        text.push_str(signer.head());
        text.push('.');
        URL_SAFE_NO_PAD.encode_string(claims, &mut text);
        let signature = signer.sign(text.as_bytes());
        text.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut text);
        text
    }

    /// Address of the store, as tokens name it.
    pub(crate) fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Key of the store, as tokens name it.
    pub(crate) fn audience(&self) -> &str {
        &self.audience
    }

    /// Signs a refusal.
    pub(crate) fn sign_verdict(&self, claims: &verdict::Claims, now: i64) -> String {
        let ring = self.keys.ring();
        let signer = ring.signer(now);
        verdict::seal(claims, signer.kid(), |bytes| signer.sign(bytes))
    }

    /// The keys that sign refusals, the newest first.
    pub(crate) fn verdict_keys(&self, now: i64) -> SignedVerdicts {
        let mut keys: Vec<Jwk> = self
            .keys
            .ring()
            .published(now)
            .map(|(signer, _)| Jwk::ed25519(signer.kid(), signer.verifying().as_bytes()))
            .collect();
        keys.reverse();
        SignedVerdicts { keys }
    }

    /// The keys of this moment.
    pub(crate) fn ring(&self) -> Arc<Ring> {
        self.keys.ring()
    }

    /// Whether a text looks like an access token at all.
    pub(crate) fn may_be_access(token: &AccessToken) -> bool {
        let text = token.expose();
        text.len() <= TOKEN_BYTES_MAX
            && text.starts_with("eyJ")
            && text.bytes().filter(|byte| *byte == b'.').count() == 2
    }

    /// Reads an access token: signed here, for this store, not ended. Touches neither lock nor database.
    pub(crate) fn read_access(&self, token: &AccessToken, now: i64) -> Option<Claims> {
        let text = token.expose();
        if text.len() > TOKEN_BYTES_MAX {
            return None;
        }
        let (signed, signature) = text.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let header: Header = decoded(header)?;
        if header.alg != "EdDSA" {
            return None;
        }
        let ring = self.keys.ring();
        let signer = ring.verifier(&header.kid, now)?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        let signature = Signature::from_slice(&signature).ok()?;
        signer.verifying().verify(signed.as_bytes(), &signature).ok()?;
        let claims: Claims = decoded(claims)?;
        let is_ours = claims.kind == "access" && claims.iss == self.issuer && claims.aud == self.audience;
        (is_ours && claims.exp > now).then_some(claims)
    }

    /// The refresh token of a session. The same claims always give the same token.
    pub(crate) fn refresh(&self, session: Uuid, counter: u64, origin: Origin) -> RefreshToken {
        let mut sealed = [0; PREFIX.len() + CLAIMS_BYTES + KEY_BYTES];
        let (prefix, claims) = sealed.split_at_mut(PREFIX.len());
        prefix.copy_from_slice(PREFIX.as_bytes());
        claims[..16].copy_from_slice(session.as_bytes());
        claims[16..24].copy_from_slice(&origin.account_id.to_be_bytes());
        claims[24..32].copy_from_slice(&counter.to_be_bytes());
        claims[32..CLAIMS_BYTES].copy_from_slice(&origin.sealed_at.to_be_bytes());
        let length = match origin.sender_key {
            None => CLAIMS_BYTES,
            Some(key) => {
                claims[CLAIMS_BYTES..].copy_from_slice(&key);
                CLAIMS_BYTES + KEY_BYTES
            }
        };
        let seal = self.keys.ring().refresh_mac(&sealed[..PREFIX.len() + length]);
        let mut bytes = [0; CLAIMS_BYTES + KEY_BYTES + SEAL_BYTES];
        bytes[..length].copy_from_slice(&sealed[PREFIX.len()..PREFIX.len() + length]);
        bytes[length..length + SEAL_BYTES].copy_from_slice(&seal[..SEAL_BYTES]);
        let mut text = String::with_capacity(128);
        text.push_str(PREFIX);
        URL_SAFE_NO_PAD.encode_string(&bytes[..length + SEAL_BYTES], &mut text);
        RefreshToken::new(text)
    }

    /// Reads a refresh token. Touches neither lock nor database.
    pub(crate) fn read_refresh(&self, token: &RefreshToken) -> Result<RefreshClaims, RefreshRefusal> {
        let text = token.expose();
        if text.len() > TOKEN_BYTES_MAX {
            return Err(RefreshRefusal::NotAToken);
        }
        if let Some(body) = text.strip_prefix(PREFIX) {
            return self.read_refresh_2(body).ok_or(RefreshRefusal::NotSealedHere);
        }
        if let Some(body) = text.strip_prefix(PREFIX_1) {
            return self.read_refresh_1(body).ok_or(RefreshRefusal::NotSealedHere);
        }
        // Three segments are a token of another kind of store: not readable here, and not ours.
        let is_foreign = text.split('.').count() == 3;
        Err(if is_foreign {
            RefreshRefusal::NotSealedHere
        } else {
            RefreshRefusal::NotAToken
        })
    }

    fn read_refresh_2(&self, body: &str) -> Option<RefreshClaims> {
        let mut bytes = [0; PREFIX.len() + CLAIMS_BYTES + KEY_BYTES + SEAL_BYTES];
        let (prefix, rest) = bytes.split_at_mut(PREFIX.len());
        prefix.copy_from_slice(PREFIX.as_bytes());
        let length = URL_SAFE_NO_PAD.decode_slice(body, rest).ok()?;
        let length = length.checked_sub(SEAL_BYTES)?;
        if length != CLAIMS_BYTES && length != CLAIMS_BYTES + KEY_BYTES {
            return None;
        }
        let (sealed, seal) = bytes.split_at(PREFIX.len() + length);
        self.is_sealed(sealed, &seal[..SEAL_BYTES]).then_some(())?;
        let claims = &sealed[PREFIX.len()..];
        let number = |at: usize| Some(u64::from_be_bytes(claims.get(at..at + 8)?.try_into().ok()?));
        Some(RefreshClaims {
            session: Uuid::from_slice(&claims[..16]).ok()?,
            counter: number(24)?,
            origin: Some(Origin {
                account_id: number(16)?.cast_signed(),
                sealed_at: number(32)?.cast_signed(),
                sender_key: claims[CLAIMS_BYTES..].try_into().ok(),
            }),
        })
    }

    fn read_refresh_1(&self, body: &str) -> Option<RefreshClaims> {
        let bytes = URL_SAFE_NO_PAD.decode(body).ok()?;
        let (claims, seal) = bytes.split_at_checked(24)?;
        self.is_sealed(claims, seal).then_some(())?;
        Some(RefreshClaims {
            session: Uuid::from_slice(&claims[..16]).ok()?,
            counter: u64::from_be_bytes(claims[16..].try_into().ok()?),
            origin: None,
        })
    }

    fn is_sealed(&self, claims: &[u8], seal: &[u8]) -> bool {
        seal.len() == SEAL_BYTES && self.keys.ring().is_refresh_seal(claims, seal)
    }
}

/// Up to 5 % of a life that is long enough.
fn shortening(life_s: i64, chance: u32) -> i64 {
    if life_s < JITTER_FROM_S {
        return 0;
    }
    let most = life_s / 20;
    i64::from(chance) % (most + 1)
}

fn encoded(value: &impl Serialize) -> String {
    URL_SAFE_NO_PAD
        .encode(serde_json::to_vec(value).expect("plain structs of texts and numbers always serialize"))
}

fn decoded<T: for<'de> Deserialize<'de>>(text: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Clock, Rotation, keys::rotate_keys};

    fn mint(seed: u8) -> Mint {
        Mint::new(
            Arc::new(Keys::for_tests(seed)),
            "http://shop.test".into(),
            "store".into(),
            900,
        )
    }

    fn holder(session: Uuid) -> Holder {
        Holder {
            session,
            account_id: 3,
            counter: 2,
            sender_key: None,
        }
    }

    const ORIGIN: Origin = Origin {
        account_id: 3,
        sealed_at: 1_000,
        sender_key: None,
    };

    #[test]
    fn an_access_token_is_good_until_the_second_it_ends() {
        let session = Uuid::new_v4();
        let issued = mint(1).access(holder(session), 1000, Uuid::nil());
        assert_eq!(issued.expires_at, 1900);
        let claims = mint(1).read_access(&issued.token, 1899).unwrap();
        assert_eq!((claims.refresh_jti, claims.data.user.id.as_str()), (session, "3"));
        assert_eq!((claims.counter, claims.cnf), (Some(2), None));
        assert_eq!(mint(1).read_access(&issued.token, 1900), None);
    }

    #[test]
    fn tokens_signed_before_a_rotation_stay_good_until_they_end() {
        let home = tempfile::tempdir().unwrap();
        let keys = Arc::new(Keys::open(home.path(), true).unwrap());
        let mint = Mint::new(Arc::clone(&keys), "http://shop.test".into(), "store".into(), 900);
        let (session, now) = (Uuid::new_v4(), 1_795_402_593);
        let access = mint.access(holder(session), now, Uuid::nil()).token;
        let refresh = mint.refresh(session, 4, ORIGIN);
        let clock = Clock::standing_at(now);
        for rotation in [Rotation::Signing, Rotation::Sealing] {
            rotate_keys(home.path(), rotation, &clock).unwrap();
        }
        keys.look();
        let newer = mint.access(holder(session), now + 60, Uuid::nil()).token;
        assert_ne!(kid(&access), kid(&newer));
        assert!(mint.read_access(&access, now + 899).is_some());
        assert!(mint.read_access(&newer, now + 899).is_some());
        assert_eq!(mint.read_access(&access, now + 900), None);
        let claims = mint.read_refresh(&refresh).unwrap();
        assert_eq!((claims.session, claims.counter), (session, 4));
    }

    fn kid(token: &AccessToken) -> String {
        let header = token.expose().split('.').next().unwrap();
        decoded::<Header>(header).unwrap().kid
    }

    #[test]
    fn tokens_of_another_store_are_refused() {
        let issued = mint(9).access(holder(Uuid::new_v4()), 1000, Uuid::nil());
        assert_eq!(mint(1).read_access(&issued.token, 1001), None);
        let moved = Mint::new(
            Arc::new(Keys::for_tests(1)),
            "http://shop.test".into(),
            "other".into(),
            900,
        );
        assert_eq!(
            mint(1).read_access(
                &moved.access(holder(Uuid::new_v4()), 1000, Uuid::nil()).token,
                1001
            ),
            None
        );
        let refresh = mint(9).refresh(Uuid::new_v4(), 0, ORIGIN);
        assert_eq!(mint(1).read_refresh(&refresh), Err(RefreshRefusal::NotSealedHere));
    }

    #[test]
    fn a_refresh_token_says_which_session_how_often_rotated_and_where_it_came_from() {
        let session = Uuid::new_v4();
        let token = mint(1).refresh(session, 7, ORIGIN);
        assert!(token.expose().starts_with("ert2."));
        let expected = RefreshClaims {
            session,
            counter: 7,
            origin: Some(ORIGIN),
        };
        assert_eq!(mint(1).read_refresh(&token), Ok(expected));
        assert_eq!(
            mint(1).refresh(session, 7, ORIGIN).expose(),
            token.expose(),
            "handed out twice, it is the same"
        );
    }

    #[test]
    fn the_key_a_session_is_bound_to_is_sealed_into_its_token() {
        let origin = Origin {
            sender_key: Some([7; 32]),
            ..ORIGIN
        };
        let token = mint(1).refresh(Uuid::new_v4(), 1, origin);
        assert_eq!(mint(1).read_refresh(&token).unwrap().origin, Some(origin));
    }

    #[test]
    fn a_refresh_token_of_an_earlier_version_is_still_taken() {
        let session = Uuid::new_v4();
        let mut bytes = [session.as_bytes().as_slice(), &3_u64.to_be_bytes()].concat();
        let seal = Keys::for_tests(1).ring().refresh_mac(&bytes);
        bytes.extend_from_slice(&seal[..SEAL_BYTES]);
        let token = RefreshToken::new(format!("ert1.{}", URL_SAFE_NO_PAD.encode(bytes)));
        let expected = RefreshClaims {
            session,
            counter: 3,
            origin: None,
        };
        assert_eq!(mint(1).read_refresh(&token), Ok(expected));
    }

    #[test]
    fn every_changed_character_of_a_refresh_token_breaks_it() {
        let token = mint(1).refresh(Uuid::new_v4(), 0, ORIGIN);
        let text = token.expose();
        for at in 0..text.len() - 1 {
            let mut bytes = text.as_bytes().to_vec();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let changed = RefreshToken::new(String::from_utf8(bytes).unwrap());
            assert!(mint(1).read_refresh(&changed).is_err(), "{at}");
        }
    }

    #[test]
    fn junk_is_neither_kind_of_token() {
        for text in [
            "",
            ".",
            "..",
            "...",
            "a.b.c",
            "ert1.",
            "ert1.AAAA",
            "ert2.",
            "ert2.AAAA",
            "eyJhbGciOiJub25lIn0.e30.",
            "\u{1F4A5}",
        ] {
            assert_eq!(mint(1).read_access(&AccessToken::new(text), 0), None, "{text}");
            assert!(mint(1).read_refresh(&RefreshToken::new(text)).is_err(), "{text}");
        }
        for long in ["x".repeat(100_000), format!("ert2.{}", "A".repeat(200))] {
            assert!(mint(1).read_refresh(&RefreshToken::new(long)).is_err());
        }
    }

    #[test]
    fn short_lives_are_exact_and_long_ones_lose_at_most_a_twentieth() {
        for chance in [0, 1, 7, 44, 45, 46, u32::MAX] {
            assert_eq!(shortening(20, chance), 0);
            assert!((0..=45).contains(&shortening(900, chance)));
        }
    }
}
