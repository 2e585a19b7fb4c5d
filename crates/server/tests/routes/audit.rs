//! What the audit log tells of sign-ins and ended sessions.

use evertill_server::{AuditLine, AuditSearch};

use crate::support::{Shop, Till};

/// The log, oldest first, as the owner reads it beside the running store.
async fn log(shop: &Shop) -> Vec<AuditLine> {
    let office = shop.office().await;
    let mut lines = office.audit(&AuditSearch::default()).await.unwrap();
    lines.reverse();
    lines
}

async fn told(shop: &Shop) -> Vec<(String, String)> {
    let lines = log(shop).await;
    lines
        .into_iter()
        .map(|line| (line.kind.to_owned(), line.sentence))
        .collect()
}

fn entry(kind: &str, sentence: &str) -> (String, String) {
    (kind.to_owned(), sentence.to_owned())
}

async fn jti(shop: &Shop, till: &Till) -> String {
    let list = shop.get_as(till, "auth/sessions").await.json();
    list["sessions"][0]["jti"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn sign_ins_and_ended_sessions_are_told_with_who_where_and_why() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let owner = shop.sign_in("owner").await;
    let session = jti(&shop, &till).await;
    let route = format!(
        "auth/sessions/{session}?user_id={}&reason=lost+tablet",
        till.user_id
    );
    assert_eq!(shop.delete_as(&owner, &route).await.status, 200);
    let lines = log(&shop).await;
    let ended = lines.last().unwrap();
    assert_eq!(ended.kind, "sessions_ended");
    assert_eq!(
        ended.sentence,
        "Ann Whitaker (owner) ended a session of Ada Osei: lost tablet"
    );
    assert_eq!(
        (ended.session.as_str(), ended.address.as_str()),
        (&session[..8], "127.0.0.1")
    );
    assert_eq!(lines[0].kind, "sign_in");
    assert_eq!(lines[0].session, session[..8]);
    let all = format!("{lines:?}");
    for secret in [
        &till.access,
        &till.refresh,
        &owner.access,
        "cashier-demo",
        &session,
    ] {
        assert!(!all.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn ending_ones_own_session_is_told_as_a_sign_out() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let session = jti(&shop, &till).await;
    let route = format!("auth/sessions/{session}?user_id={}", till.user_id);
    assert_eq!(shop.delete_as(&till, &route).await.status, 200);
    assert_eq!(
        told(&shop).await[1],
        entry("sign_out", "Ada Osei (cashier) signed out")
    );
}

#[tokio::test]
async fn wrong_passwords_are_told_once_as_a_burst_and_once_as_a_lockout() {
    let shop = Shop::open().await;
    for _ in 0..7 {
        shop.submit("cashier", "wrong").await;
    }
    let expected = [
        entry("guesses_refused", "3 wrong passwords for Ada Osei"),
        entry(
            "lockout",
            "Ada Osei cannot sign in for 15 minutes after too many wrong passwords",
        ),
    ];
    assert_eq!(told(&shop).await, expected);
}

#[tokio::test]
async fn a_name_nobody_has_costs_an_entry_at_the_same_guesses_as_any_other() {
    let mut grown = Vec::new();
    for name in ["cashier", "nobody"] {
        let shop = Shop::open().await;
        let mut entries = Vec::new();
        for _ in 0..7 {
            shop.submit(name, "wrong").await;
            entries.push(told(&shop).await.len());
        }
        grown.push(entries);
        if name == "nobody" {
            let expected = entry(
                "guesses_refused",
                "5 sign-ins with a name nobody has; it rests for 15 minutes",
            );
            assert_eq!(told(&shop).await.last(), Some(&expected));
        }
    }
    assert_eq!(grown[0], grown[1]);
}

#[tokio::test]
async fn a_name_nobody_has_never_reaches_the_log() {
    let shop = Shop::open().await;
    for _ in 0..10 {
        shop.submit("hunter2-my-password", "wrong").await;
        shop.submit("hunter3-my-password", "wrong").await;
    }
    let lines = log(&shop).await;
    assert!(lines.iter().any(|line| line.kind == "lockout"), "{lines:?}");
    assert!(!format!("{lines:?}").contains("hunter"), "{lines:?}");
}

#[tokio::test]
async fn a_manager_cannot_end_the_sessions_of_an_owner() {
    let shop = Shop::open().await;
    let owner = shop.sign_in("owner").await;
    let manager = shop.sign_in("manager").await;
    let cashier = shop.sign_in("cashier").await;
    let session = jti(&shop, &owner).await;
    for route in [
        format!("auth/sessions/{session}?user_id={}", owner.user_id),
        format!("auth/sessions?user_id={}", owner.user_id),
    ] {
        let refused = shop.delete_as(&manager, &route).await;
        assert_eq!(refused.verdict(), (403, "rest_forbidden".into()), "{route}");
    }
    assert_eq!(shop.renew(&owner.refresh).await.status, 200);
    let below = format!("auth/sessions?user_id={}", cashier.user_id);
    assert_eq!(shop.delete_as(&manager, &below).await.status, 200);
    assert_eq!(shop.renew(&cashier.refresh).await.status, 401);
}
