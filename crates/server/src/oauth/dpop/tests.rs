use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _},
};
use serde_json::{Value, json};

use super::*;

const NOW: i64 = 1_795_402_593;
const ADDRESS: &str = "https://shop.example/oauth/token";

/// Somebody with a key.
enum Sender {
    Ec(EcdsaKeyPair, SystemRandom),
    Ed(Ed25519KeyPair),
}

impl Sender {
    fn ec() -> Self {
        let random = SystemRandom::new();
        let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, key.as_ref(), &random).unwrap();
        Self::Ec(key, random)
    }

    fn ed() -> Self {
        Self::Ed(Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap())
    }

    fn header(&self) -> Value {
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        match self {
            Self::Ec(key, _) => {
                let point = key.public_key().as_ref();
                let jwk = json!({"kty": "EC", "crv": "P-256", "x": encode(&point[1..33]), "y": encode(&point[33..])});
                json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": jwk})
            }
            Self::Ed(key) => {
                let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": encode(key.public_key().as_ref())});
                json!({"typ": "dpop+jwt", "alg": "EdDSA", "jwk": jwk})
            }
        }
    }

    fn sign(&self, header: &Value, claims: &Value) -> String {
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let text = format!("{}.{}", encode(header), encode(claims));
        let signature = match self {
            Self::Ec(key, random) => key.sign(random, text.as_bytes()).unwrap().as_ref().to_vec(),
            Self::Ed(key) => key.sign(text.as_bytes()).as_ref().to_vec(),
        };
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    fn prove(&self, claims: &Value) -> String {
        self.sign(&self.header(), claims)
    }
}

fn claims(jti: &str) -> Value {
    json!({"jti": jti, "htm": "POST", "htu": ADDRESS, "iat": NOW})
}

fn about(now: i64) -> About<'static> {
    About {
        method: "POST",
        address: ADDRESS,
        access_token: None,
        now,
    }
}

fn with(mut claims: Value, name: &str, value: Value) -> Value {
    claims[name] = value;
    claims
}

#[test]
fn both_kinds_of_key_prove_and_each_keeps_its_thumbprint() {
    let (keys, proofs) = (Keys::for_tests(1), Proofs::default());
    for sender in [Sender::ec(), Sender::ed()] {
        let first = proofs
            .check(&keys, &sender.prove(&claims("1")), about(NOW))
            .unwrap();
        let second = proofs
            .check(&keys, &sender.prove(&claims("2")), about(NOW))
            .unwrap();
        assert_eq!(first, second);
    }
}

#[test]
fn a_clock_at_the_end_of_all_time_makes_no_proof_fresh() {
    let (keys, proofs) = (Keys::for_tests(1), Proofs::default());
    for iat in [i64::MIN, NOW.wrapping_add(i64::MIN), i64::MAX] {
        let mut stale = claims("a");
        stale["iat"] = json!(iat);
        let about = About {
            method: "POST",
            address: ADDRESS,
            access_token: None,
            now: NOW,
        };
        let refused = proofs
            .check(&keys, &Sender::ed().prove(&stale), about)
            .unwrap_err();
        assert_eq!(refused.kind, Kind::UseDpopNonce, "{iat}");
    }
}

#[test]
fn a_proof_is_good_once() {
    let (keys, proofs) = (Keys::for_tests(1), Proofs::default());
    let proof = Sender::ed().prove(&claims("1"));
    assert!(proofs.check(&keys, &proof, about(NOW)).is_ok());
    for now in [NOW, NOW + CLOCK_S.cast_signed()] {
        let refused = proofs.check(&keys, &proof, about(now)).unwrap_err();
        assert_eq!(refused.description, "the proof was shown before");
    }
}

#[test]
fn a_proof_is_about_one_request_and_one_token() {
    let (keys, proofs) = (Keys::for_tests(1), Proofs::default());
    let sender = Sender::ec();
    let hash = URL_SAFE_NO_PAD.encode(Sha256::digest(b"a.b.c"));
    let with_token = About {
        access_token: Some("a.b.c"),
        ..about(NOW)
    };
    let good = with(claims("1"), "ath", json!(hash));
    assert!(proofs.check(&keys, &sender.prove(&good), with_token).is_ok());
    for (bad, about) in [
        (with(claims("2"), "htm", json!("GET")), about(NOW)),
        (
            with(claims("3"), "htu", json!("https://evil.example/oauth/token")),
            about(NOW),
        ),
        (
            with(claims("4"), "htu", json!("https://shop.example/oauth/revoke")),
            about(NOW),
        ),
        (claims("5"), with_token),
        (with(claims("6"), "ath", json!("x")), with_token),
        (with(claims(""), "a", json!(1)), about(NOW)),
        (with(claims("7"), "iat", json!("now")), about(NOW)),
    ] {
        let refused = proofs.check(&keys, &sender.prove(&bad), about).unwrap_err();
        assert_eq!(refused.kind, Kind::InvalidDpopProof, "{bad}");
    }
    let spelled = with(
        claims("8"),
        "htu",
        json!("HTTPS://Shop.Example:443/oauth/token?x=1#y"),
    );
    assert!(proofs.check(&keys, &sender.prove(&spelled), about(NOW)).is_ok());
}

#[test]
fn a_sender_whose_clock_is_wrong_gets_a_number_and_is_heard() {
    let (keys, proofs) = (Keys::for_tests(1), Proofs::default());
    let sender = Sender::ed();
    let late = NOW + 86_400;
    let refused = proofs
        .check(&keys, &sender.prove(&claims("1")), about(late))
        .unwrap_err();
    assert_eq!(refused.kind, Kind::UseDpopNonce);
    let number = refused.nonce.unwrap();
    let again = with(claims("2"), "nonce", json!(number));
    assert!(
        proofs
            .check(&keys, &sender.prove(&again), about(late + NONCE_S - 1))
            .is_ok()
    );
    let stale = with(claims("3"), "nonce", json!(number));
    let refused = proofs
        .check(&keys, &sender.prove(&stale), about(late + NONCE_S))
        .unwrap_err();
    assert_eq!(refused.kind, Kind::UseDpopNonce);
    for number in ["", "x", &nonce(&Keys::for_tests(9), late)] {
        let made_up = with(claims("4"), "nonce", json!(number));
        assert!(
            proofs.check(&keys, &sender.prove(&made_up), about(late)).is_err(),
            "{number}"
        );
    }
}

#[test]
fn a_proof_that_somebody_touched_is_worth_nothing() {
    let (keys, proofs) = (Keys::for_tests(1), Proofs::default());
    let (sender, thief) = (Sender::ec(), Sender::ec());
    let stolen_key = thief.sign(&sender.header(), &claims("1"));
    let wrong_kind = sender.sign(&with(sender.header(), "typ", json!("JWT")), &claims("2"));
    let none = sender.sign(&with(sender.header(), "alg", json!("none")), &claims("3"));
    let other = sender.sign(&with(sender.header(), "alg", json!("EdDSA")), &claims("4"));
    for proof in [
        &stolen_key,
        &wrong_kind,
        &none,
        &other,
        "",
        "a.b.c",
        &"x".repeat(9000),
    ] {
        let refused = proofs.check(&keys, proof, about(NOW)).unwrap_err();
        assert_eq!(refused.kind, Kind::InvalidDpopProof, "{proof}");
    }
}

#[test]
fn memory_is_bounded_and_a_flood_makes_nobody_forget() {
    let proofs = Proofs::default();
    let key = [1; 32];
    for jti in 0..REMEMBERED_MAX {
        assert_eq!(proofs.remember(&key, &jti.to_string(), NOW), Memory::New);
    }
    assert_eq!(proofs.remember(&key, "more", NOW), Memory::Full);
    assert_eq!(proofs.remember(&key, "0", NOW), Memory::Known);
    assert_eq!(proofs.remember(&key, "more", NOW + NONCE_S), Memory::New);
    assert_eq!(
        proofs.remember(&key, "0", NOW + NONCE_S),
        Memory::Known,
        "the span before is remembered"
    );
    assert_eq!(
        proofs.remember(&key, "0", NOW + 2 * NONCE_S),
        Memory::New,
        "long past its time"
    );
    assert!(proofs.0.lock().unwrap().before.len() <= REMEMBERED_MAX);
}
