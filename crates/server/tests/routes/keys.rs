//! Signing keys: published, rotated by another process, and never a reason to sign anybody out.

use std::{collections::BTreeSet, time::Duration};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::{Signature, Verifier as _, VerifyingKey};
use evertill_server::{AuditSearch, Rotation, rotate_keys};
use serde_json::Value;

use crate::support::{Shop, Till};

async fn published(shop: &Shop) -> Vec<Value> {
    let answer = shop.get("/.well-known/jwks.json").await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    answer.json()["keys"].as_array().unwrap().clone()
}

/// What the header of a token names as its key.
fn kid(access: &str) -> String {
    let header = URL_SAFE_NO_PAD.decode(access.split('.').next().unwrap()).unwrap();
    let header: Value = serde_json::from_slice(&header).unwrap();
    header["kid"].as_str().unwrap().to_owned()
}

fn is_signed_by(access: &str, jwk: &Value) -> bool {
    let key = URL_SAFE_NO_PAD.decode(jwk["x"].as_str().unwrap()).unwrap();
    let key = VerifyingKey::from_bytes(&key.try_into().unwrap()).unwrap();
    let (signed, signature) = access.rsplit_once('.').unwrap();
    let signature = Signature::from_slice(&URL_SAFE_NO_PAD.decode(signature).unwrap()).unwrap();
    key.verify(signed.as_bytes(), &signature).is_ok()
}

/// Waits until the running store publishes this many keys.
async fn publishes(shop: &Shop, count: usize) -> Vec<Value> {
    let waited = tokio::time::timeout(Duration::from_secs(30), async {
        loop {
            let keys = published(shop).await;
            if keys.len() == count {
                return keys;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    waited.await.expect("the store notices")
}

#[tokio::test]
async fn anybody_can_check_a_token_with_the_published_key() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let keys = published(&shop).await;
    assert_eq!(keys.len(), 1);
    assert_eq!(keys[0]["kid"], kid(&till.access));
    assert!(is_signed_by(&till.access, &keys[0]));
    let members: BTreeSet<&str> = keys[0].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(
        members,
        BTreeSet::from(["alg", "crv", "kid", "kty", "use", "x"]),
        "nothing private"
    );
}

#[tokio::test]
async fn a_rotation_by_another_process_is_picked_up_and_signs_nobody_out() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    rotate_keys(shop.home.path(), Rotation::Signing, &shop.clock).unwrap();
    let keys = publishes(&shop, 2).await;
    shop.pass(60);
    assert_eq!(
        shop.get_as(&till, "auth/sessions").await.status,
        200,
        "the old token is good until it ends"
    );
    let renewed = shop.renew(&till.refresh).await;
    assert_eq!(renewed.status, 200, "{}", renewed.body);
    let access = renewed.json()["access_token"].as_str().unwrap().to_owned();
    assert_ne!(kid(&access), kid(&till.access));
    let newer = keys.iter().find(|key| key["kid"] == *kid(&access)).unwrap();
    assert!(is_signed_by(&access, newer));
    assert_eq!(
        shop.get_as(&Till { access, ..till }, "auth/sessions")
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn after_a_key_got_out_tills_renew_and_go_on() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let before = published(&shop).await;
    rotate_keys(shop.home.path(), Rotation::SigningCompromised, &shop.clock).unwrap();
    let waited = tokio::time::timeout(Duration::from_secs(30), async {
        while published(&shop).await == before {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    waited.await.expect("the store notices");
    assert_eq!(shop.get_as(&till, "auth/sessions").await.status, 401);
    let renewed = shop.renew(&till.refresh).await;
    let access = renewed.json()["access_token"].as_str().unwrap().to_owned();
    assert_eq!(
        shop.get_as(&Till { access, ..till }, "auth/sessions")
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn a_schedule_in_the_configuration_rotates_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("store.toml");
    std::fs::write(&file, "[keys]\nrotate_days = 30\n").unwrap();
    let shop = Shop::open_with(|options| options.config = Some(file)).await;
    let till = shop.sign_in("cashier").await;
    // Keys of unknown age are due at once, and a key a month later.
    publishes(&shop, 2).await;
    rotations_in_the_log(&shop, 1).await;
    shop.pass(60);
    let renewed = shop.renew(&till.refresh).await.json();
    let first = kid(renewed["access_token"].as_str().unwrap());
    shop.pass(31 * 86_400);
    let keys = publishes(&shop, 2).await;
    assert!(
        keys.iter().any(|key| key["kid"] == *first),
        "the one before still verifies"
    );
    assert!(
        keys.iter()
            .any(|key| key["kid"] != *first && key["kid"] != *kid(&till.access))
    );
    assert_eq!(shop.renew(&till.refresh).await.status, 200);
    rotations_in_the_log(&shop, 2).await;
}

/// Waits until the audit log tells of this many keys that were replaced by the schedule.
async fn rotations_in_the_log(shop: &Shop, count: usize) {
    let office = shop.office().await;
    let search = AuditSearch {
        kind: Some("keys_rotated".into()),
        words: "as scheduled".into(),
        ..AuditSearch::default()
    };
    let waited = tokio::time::timeout(Duration::from_secs(30), async {
        while office.audit(&search).await.unwrap().len() != count {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    waited.await.expect("the log tells of it");
}
