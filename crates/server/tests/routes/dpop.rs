//! Sessions that are bound to a key: what a thief without it can do, which is nothing.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::{
    oauth::{BACK, VERIFIER, code, post, request},
    support::{Answer, OPENED_AT, Shop},
};

const RESOURCE: &str = "/wp-json/wcpos/v2/auth/sessions";

/// Somebody with a key.
struct Sender(Ed25519KeyPair);

impl Sender {
    fn new(seed: u8) -> Self {
        Self(Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap())
    }

    fn prove(&self, claims: &Value) -> String {
        let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(self.0.public_key())});
        let header = json!({"typ": "dpop+jwt", "alg": "EdDSA", "jwk": jwk});
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let text = format!("{}.{}", encode(&header), encode(claims));
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(self.0.sign(text.as_bytes())))
    }
}

fn claims(shop: &Shop, jti: &str, method: &str, path: &str) -> Value {
    let home = shop.handle.url();
    let address = format!("{}{path}", home.as_str().trim_end_matches('/'));
    json!({"jti": jti, "htm": method, "htu": address, "iat": shop.clock.seconds()})
}

/// A proof beside an access token.
fn with_token(mut claims: Value, access: &str) -> Value {
    claims["ath"] = URL_SAFE_NO_PAD.encode(Sha256::digest(access.as_bytes())).into();
    claims
}

async fn ask_for_tokens(shop: &Shop, proof: Option<&str>, fields: &[(&str, &str)]) -> Answer {
    let headers: Vec<(&str, &str)> = proof.map(|proof| ("DPoP", proof)).into_iter().collect();
    let mut all = vec![("client_id", "evertill-cli")];
    all.extend(fields);
    post(shop, "/oauth/token", &headers, &all).await
}

async fn signed_in(shop: &Shop, sender: &Sender) -> Value {
    let code = code(shop, &request(&[])).await;
    let proof = sender.prove(&claims(shop, "sign-in", "POST", "/oauth/token"));
    let fields = [
        ("grant_type", "authorization_code"),
        ("redirect_uri", BACK),
        ("code", &code),
        ("code_verifier", VERIFIER),
    ];
    let answer = ask_for_tokens(shop, Some(&proof), &fields).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()
}

async fn look(shop: &Shop, scheme: &str, access: &str, proof: Option<&str>) -> Answer {
    let authorization = format!("{scheme} {access}");
    let mut headers = vec![("Authorization", authorization.as_str())];
    headers.extend(proof.map(|proof| ("DPoP", proof)));
    shop.send("GET", RESOURCE, &headers, "").await
}

#[tokio::test]
async fn a_stolen_access_token_opens_nothing_without_the_key() {
    let shop = Shop::open().await;
    let (sender, thief) = (Sender::new(1), Sender::new(2));
    let tokens = signed_in(&shop, &sender).await;
    assert_eq!(tokens["token_type"], "DPoP");
    let access = tokens["access_token"].as_str().unwrap();
    let about = |jti: &str| with_token(claims(&shop, jti, "GET", RESOURCE), access);
    let proof = sender.prove(&about("1"));
    assert_eq!(look(&shop, "DPoP", access, Some(&proof)).await.status, 200);

    let other_route = with_token(claims(&shop, "4", "GET", "/wp-json/wcpos/v2/orders"), access);
    for (scheme, proof) in [
        ("Bearer", None),
        ("Bearer", Some(sender.prove(&about("2")))),
        ("DPoP", None),
        ("DPoP", Some(proof.clone())),
        ("DPoP", Some(thief.prove(&about("3")))),
        ("DPoP", Some(sender.prove(&other_route))),
        ("DPoP", Some(sender.prove(&claims(&shop, "5", "GET", RESOURCE)))),
    ] {
        let answer = look(&shop, scheme, access, proof.as_deref()).await;
        assert_eq!(answer.status, 401, "{scheme} {proof:?}");
        let challenge = answer.header("www-authenticate").unwrap();
        assert!(challenge.starts_with("DPoP algs=\"ES256 EdDSA\""), "{challenge}");
    }
}

#[tokio::test]
async fn a_stolen_refresh_token_renews_nothing_without_the_key_and_the_session_goes_on() {
    let shop = Shop::open().await;
    let (sender, thief) = (Sender::new(1), Sender::new(2));
    let tokens = signed_in(&shop, &sender).await;
    let refresh = tokens["refresh_token"].as_str().unwrap();
    let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
    let stolen = thief.prove(&claims(&shop, "1", "POST", "/oauth/token"));
    for proof in [None, Some(stolen.as_str())] {
        let answer = ask_for_tokens(&shop, proof, &fields).await;
        assert_eq!(
            (answer.status, &answer.json()["error"]),
            (400, &json!("invalid_grant"))
        );
    }
    assert_eq!(
        shop.renew(refresh).await.status,
        401,
        "the till's own route asks for no less"
    );
    let own = sender.prove(&claims(&shop, "2", "POST", "/oauth/token"));
    let renewed = ask_for_tokens(&shop, Some(&own), &fields).await;
    assert_eq!(renewed.status, 200, "{}", renewed.body);
    assert_eq!(renewed.json()["token_type"], "DPoP");
}

#[tokio::test]
async fn a_sender_whose_clock_is_wrong_is_given_a_number_and_goes_on() {
    let shop = Shop::open().await;
    let sender = Sender::new(1);
    let tokens = signed_in(&shop, &sender).await;
    let refresh = tokens["refresh_token"].as_str().unwrap();
    let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
    let mut late = claims(&shop, "1", "POST", "/oauth/token");
    late["iat"] = (OPENED_AT - 86_400).into();
    let refused = ask_for_tokens(&shop, Some(&sender.prove(&late)), &fields).await;
    assert_eq!(
        (refused.status, &refused.json()["error"]),
        (400, &json!("use_dpop_nonce"))
    );
    late["nonce"] = refused.header("dpop-nonce").unwrap().into();
    late["jti"] = "2".into();
    let answer = ask_for_tokens(&shop, Some(&sender.prove(&late)), &fields).await;
    assert_eq!(answer.status, 200, "{}", answer.body);

    let access = answer.json()["access_token"].as_str().unwrap().to_owned();
    let mut late = with_token(claims(&shop, "3", "GET", RESOURCE), &access);
    late["iat"] = (OPENED_AT + 86_400).into();
    let refused = look(&shop, "DPoP", &access, Some(&sender.prove(&late))).await;
    assert_eq!(refused.status, 401);
    assert!(
        refused
            .header("www-authenticate")
            .unwrap()
            .contains("use_dpop_nonce")
    );
    late["nonce"] = refused.header("dpop-nonce").unwrap().into();
    late["jti"] = "4".into();
    assert_eq!(
        look(&shop, "DPoP", &access, Some(&sender.prove(&late)))
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn a_token_without_a_key_has_no_business_in_the_scheme_of_proofs() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let about = with_token(claims(&shop, "1", "GET", RESOURCE), &till.access);
    let proof = Sender::new(1).prove(&about);
    assert_eq!(look(&shop, "DPoP", &till.access, Some(&proof)).await.status, 401);
    assert_eq!(
        look(&shop, "Bearer", &till.access, Some(&proof)).await.status,
        200
    );
}

#[tokio::test]
async fn a_code_that_was_asked_for_with_a_key_is_redeemed_with_that_key_only() {
    let shop = Shop::open().await;
    let (sender, thief) = (Sender::new(1), Sender::new(2));
    let x = URL_SAFE_NO_PAD.encode(sender.0.public_key());
    let text = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#);
    let thumbprint = URL_SAFE_NO_PAD.encode(Sha256::digest(text.as_bytes()));
    let code = code(&shop, &request(&[("dpop_jkt", Some(&thumbprint))])).await;
    let fields = [
        ("grant_type", "authorization_code"),
        ("redirect_uri", BACK),
        ("code", &code),
        ("code_verifier", VERIFIER),
    ];
    let stolen = thief.prove(&claims(&shop, "1", "POST", "/oauth/token"));
    for proof in [None, Some(stolen.as_str())] {
        let answer = ask_for_tokens(&shop, proof, &fields).await;
        assert_eq!(
            (answer.status, &answer.json()["error"]),
            (400, &json!("invalid_grant"))
        );
    }
    let own = sender.prove(&claims(&shop, "2", "POST", "/oauth/token"));
    assert_eq!(ask_for_tokens(&shop, Some(&own), &fields).await.status, 200);
}
