//! What proves who somebody is: tokens, codes and proofs of possession, foreign ones and altered ones of our own.

use std::sync::{Arc, LazyLock};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::{Signer as _, SigningKey};
use evertill_wire::{AccessToken, RefreshToken};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    keys::Keys,
    oauth::{
        clients,
        code::{Challenge, Code},
        dpop::{About, Proofs},
    },
    sign_in::form,
    tokens::{Mint, Origin},
};

const NOW: i64 = 1_795_402_593;
const ADDRESS: &str = "https://shop.example/oauth/token";

static KEYS: LazyLock<Arc<Keys>> = LazyLock::new(|| Arc::new(Keys::for_tests(1)));
static MINT: LazyLock<Mint> =
    LazyLock::new(|| Mint::new(Arc::clone(&KEYS), "http://shop.test".into(), "store".into(), 900));

/// No token, code or form that this store did not seal is taken, and none of its own once it is altered.
pub fn tokens(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let access = AccessToken::new(text.as_ref());
    assert!(MINT.read_access(&access, NOW).is_none(), "nobody signed it");
    assert!(
        MINT.read_refresh(&RefreshToken::new(text.as_ref())).is_err(),
        "nobody sealed it"
    );
    assert!(Code::open(&KEYS, &text).is_none(), "nobody sealed it");
    assert!(
        form::check(&KEYS, &text, "state", "http://127.0.0.1/", NOW).is_err(),
        "nobody sealed it"
    );
    let _ = (
        Mint::may_be_access(&access),
        Challenge::parse(&text),
        form::is_nonce(&KEYS, &text, NOW),
    );
    if let Some((id, _)) = clients::decoded(&text) {
        assert!(id.len() <= text.len());
    }
    let number = |at: usize| {
        u64::from_be_bytes(std::array::from_fn(|place| {
            bytes.get(at + place).copied().unwrap_or(0)
        }))
    };
    let origin = Origin {
        account_id: number(0).cast_signed(),
        sealed_at: number(8).cast_signed(),
        sender_key: None,
    };
    let session = Uuid::from_u64_pair(number(16), number(24));
    let sealed = MINT.refresh(session, number(32), origin);
    let read = MINT.read_refresh(&sealed).expect("a token that was sealed here");
    assert_eq!(
        (read.session, read.counter, read.origin),
        (session, number(32), Some(origin))
    );
    let letters = sealed.expose();
    let at = number(1) as usize % letters.len();
    let altered: String = letters
        .char_indices()
        .map(|(place, c)| match (place == at, c) {
            (true, 'A') => 'B',
            (true, _) => 'A',
            (false, c) => c,
        })
        .collect();
    if altered != letters {
        // The last letter carries bits that no byte has; whoever changes them has changed nothing that is sealed.
        let read = MINT.read_refresh(&RefreshToken::new(altered));
        assert!(read.is_err(), "letter {at} of {} was altered", letters.len());
    }
}

/// A proof counts for its own request, once, and while it is fresh, whatever its sender claims.
pub fn dpop(bytes: &[u8]) {
    let proofs = Proofs::default();
    let about = About {
        method: "POST",
        address: ADDRESS,
        access_token: None,
        now: NOW,
    };
    let text = String::from_utf8_lossy(bytes);
    let _ = proofs.check(&KEYS, &text, about);
    let Ok(claims) = serde_json::from_slice::<Value>(bytes) else {
        return;
    };
    let proof = prove(&claims);
    if proofs.check(&KEYS, &proof, about).is_ok() {
        assert_eq!(claims["htm"], "POST", "{claims}");
        let is_fresh = claims["iat"].as_i64().is_some_and(|iat| iat.abs_diff(NOW) <= 60);
        assert!(is_fresh, "stale: {claims}");
        assert!(
            proofs.check(&KEYS, &proof, about).is_err(),
            "a proof is good once"
        );
    }
}

fn prove(claims: &Value) -> String {
    let key = SigningKey::from_bytes(&[7; 32]);
    let x = URL_SAFE_NO_PAD.encode(key.verifying_key().as_bytes());
    let header = json!({"typ": "dpop+jwt", "alg": "EdDSA", "jwk": {"kty": "OKP", "crv": "Ed25519", "x": x}});
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", encode(&header), encode(claims));
    let signature = key.sign(signed.as_bytes()).to_bytes();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}
