//! Authorization codes: what the token endpoint must know of a sign-in, sealed, so that any node can read it and
//! none has to keep it. A code names the session it will open; that a session is opened once makes the code good
//! once, on every node.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

use crate::keys::Keys;

/// How long a code is good, in seconds.
pub(crate) const LIFE_S: i64 = 60;

/// Prefix of every code.
const PREFIX: &str = "eac1.";

/// Bytes of the seal that are kept.
const SEAL_BYTES: usize = 16;

/// What a code says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Code {
    /// The session it opens.
    pub(crate) session: Uuid,
    pub(crate) account_id: i64,
    pub(crate) client: String,
    /// Where the sign-in returned to.
    pub(crate) redirect: String,
    pub(crate) challenge: Challenge,
    /// Thumbprint of the key that must be proved to redeem it (RFC 9449 §10), base64url.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) dpop_jkt: Option<String>,
    /// Seconds since 1970.
    pub(crate) issued_at: i64,
    /// What the sign-in page was told about the app.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) platform: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) build: Option<String>,
}

impl Code {
    /// The code as it travels.
    pub(crate) fn seal(&self, keys: &Keys) -> String {
        let claims = serde_json::to_vec(self).expect("plain structs of texts and numbers always serialize");
        let body = URL_SAFE_NO_PAD.encode(claims);
        let seal = mac(keys, &body);
        format!("{PREFIX}{body}.{}", URL_SAFE_NO_PAD.encode(&seal[..SEAL_BYTES]))
    }

    /// Reads a code that was sealed here, however old.
    pub(crate) fn open(keys: &Keys, text: &str) -> Option<Self> {
        let (body, seal) = text.strip_prefix(PREFIX)?.split_once('.')?;
        let seal = URL_SAFE_NO_PAD.decode(seal).ok()?;
        if !bool::from(mac(keys, body)[..SEAL_BYTES].ct_eq(&seal)) {
            return None;
        }
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(body).ok()?).ok()
    }

    /// Whether its time is over. A clock that was set back a little does not matter.
    pub(crate) fn is_over(&self, now: i64) -> bool {
        now.saturating_sub(self.issued_at) >= LIFE_S
    }
}

fn mac(keys: &Keys, body: &str) -> [u8; 32] {
    keys.page_mac(format!("code\n{body}").as_bytes())
}

/// The `S256` challenge of RFC 7636: the SHA-256 of a verifier, base64url.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Challenge(String);

impl Challenge {
    /// Reads a challenge.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let is_digest = URL_SAFE_NO_PAD.decode(text).is_ok_and(|bytes| bytes.len() == 32);
        is_digest.then(|| Self(text.to_owned()))
    }

    /// Whether this is the verifier it was made from.
    pub(crate) fn fits(&self, verifier: &str) -> bool {
        let is_unreserved =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
        let is_verifier = (43..=128).contains(&verifier.len()) && verifier.bytes().all(is_unreserved);
        let digest = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
        is_verifier && bool::from(digest.as_bytes().ct_eq(self.0.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 7636, appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    fn code() -> Code {
        Code {
            session: Uuid::from_u128(7),
            account_id: 3,
            client: "evertill-till".into(),
            redirect: "http://127.0.0.1:1/cb".into(),
            challenge: Challenge::parse(CHALLENGE).unwrap(),
            dpop_jkt: None,
            issued_at: 1000,
            platform: None,
            build: None,
        }
    }

    #[test]
    fn a_code_reads_back_where_it_was_sealed_and_nowhere_else() {
        let keys = Keys::for_tests(1);
        let text = code().seal(&keys);
        assert_eq!(Code::open(&keys, &text), Some(code()));
        assert_eq!(Code::open(&Keys::for_tests(9), &text), None);
        for junk in [
            "",
            "eac1.",
            "eac1..",
            "eac1.e30.AAAAAAAAAAAAAAAAAAAAAA",
            &text[1..],
        ] {
            assert_eq!(Code::open(&keys, junk), None, "{junk}");
        }
    }

    #[test]
    fn every_changed_character_breaks_a_code() {
        let keys = Keys::for_tests(1);
        let text = code().seal(&keys);
        // The last character of the seal holds bits that mean nothing.
        for at in 0..text.len() - 1 {
            let mut bytes = text.as_bytes().to_vec();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            assert_eq!(
                Code::open(&keys, &String::from_utf8(bytes).unwrap()),
                None,
                "{at}"
            );
        }
    }

    #[test]
    fn a_code_lives_a_minute() {
        assert!(!code().is_over(1059));
        assert!(code().is_over(1060));
        assert!(!code().is_over(900), "a clock that was set back");
    }

    #[test]
    fn a_challenge_fits_its_verifier_only() {
        let challenge = Challenge::parse(CHALLENGE).unwrap();
        assert!(challenge.fits(VERIFIER));
        assert!(!challenge.fits(CHALLENGE), "that would be the plain method");
        assert!(!challenge.fits(&VERIFIER[1..]));
        assert!(!Challenge::parse(CHALLENGE).unwrap().fits(""));
        for junk in ["", "abc", &format!("{CHALLENGE}="), &CHALLENGE[1..]] {
            assert_eq!(Challenge::parse(junk), None, "{junk}");
        }
    }
}
