//! Sessions: renewed, listed, ended.

use evertill_wire::{
    RefreshToken,
    rest::site::SignedVerdicts,
    verdict::{Claims, Unproved, check},
};
use serde_json::{Value, json};

use crate::support::{Answer, FORM, Shop, Till};

/// 60 days, the longest a session may lie unused.
const IDLE_S: u64 = 60 * 24 * 60 * 60;

async fn session_of(shop: &Shop, till: &Till) -> String {
    let list = shop.get_as(till, "auth/sessions").await.json();
    let own = list["sessions"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["is_current"] == true);
    own.unwrap()["jti"].as_str().unwrap().to_owned()
}

/// Checks a refusal's signature with the keys the store announces.
async fn proved(shop: &Shop, verdict: &Value, refresh: &str) -> Result<Claims, Unproved> {
    let site = shop.get("/wp-json/wcpos/v2/site").await.json();
    let keys: SignedVerdicts = serde_json::from_value(site["evertill"]["signed_verdicts"].clone()).unwrap();
    check(verdict.as_str().unwrap(), &keys, &RefreshToken::new(refresh))
}

#[tokio::test]
async fn every_refusal_that_ends_a_session_is_signed_for_the_token_it_answers() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let other = shop.sign_in("cashier").await;
    shop.pass(IDLE_S);
    let refused = shop.renew(&till.refresh).await.json();
    let claims = proved(&shop, &refused["verdict"], &till.refresh).await.unwrap();
    assert_eq!(claims.reason, "expired");
    assert_eq!(claims.iss, shop.handle.url().as_str().trim_end_matches('/'));
    assert_eq!(
        proved(&shop, &refused["verdict"], &other.refresh).await,
        Err(Unproved::AnotherToken)
    );
    let junk = shop.renew("ert2.AAAA").await.json();
    let claims = proved(&shop, &junk["verdict"], "ert2.AAAA").await.unwrap();
    assert_eq!((claims.reason.as_str(), claims.sub.as_str()), ("foreign", ""));
}

/// Renews with rotation.
async fn rotate(shop: &Shop, refresh: &str) -> Answer {
    let body = json!({"refresh_token": refresh, "rotate": true}).to_string();
    let headers = [("Content-Type", "application/json"), ("X-WCPOS", "1")];
    shop.send("POST", "/wp-json/wcpos/v2/auth/refresh", &headers, &body)
        .await
}

fn next(answer: &Answer) -> String {
    answer.json()["refresh_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_till_that_asks_gets_a_new_refresh_token_and_one_that_does_not_keeps_its_own() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    assert_eq!(shop.renew(&till.refresh).await.json().get("refresh_token"), None);
    let second = next(&rotate(&shop, &till.refresh).await);
    assert_ne!(second, till.refresh);
    let form = format!("refresh_token={second}&rotate=true");
    let third = next(
        &shop
            .send("POST", "/wp-json/wcpos/v2/auth/refresh", &FORM, &form)
            .await,
    );
    assert_ne!(third, second);
    assert_eq!(rotate(&shop, &third).await.status, 200);
}

#[tokio::test]
async fn after_a_thousand_lost_replies_the_till_is_signed_in_and_a_stolen_token_ends_the_session() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    shop.pass(600);
    let lost = next(&rotate(&shop, &till.refresh).await);
    for _ in 0..1_000 {
        shop.pass(60);
        assert_eq!(next(&rotate(&shop, &till.refresh).await), lost, "the same again");
    }
    let third = next(&rotate(&shop, &lost).await);
    assert_eq!(
        rotate(&shop, &till.refresh).await.status,
        409,
        "it may have been under way"
    );
    shop.pass(121);
    let thief = rotate(&shop, &till.refresh).await;
    assert_eq!(thief.status, 401);
    assert_eq!(thief.json()["evertill"]["reason"], "theft");
    let victim = rotate(&shop, &third).await.json();
    assert_eq!(
        victim["error_description"],
        "Refresh token was used by somebody else"
    );
    assert_eq!(victim["evertill"]["at"], shop.clock.seconds());
    let claims = proved(&shop, &victim["verdict"], &third).await.unwrap();
    assert_eq!(claims.reason, "theft");
    let shop = shop.reopen().await;
    assert_eq!(rotate(&shop, &third).await.status, 401, "nor after a restart");
}

#[tokio::test]
async fn a_straggler_is_told_to_wait_and_never_that_its_session_is_over() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let second = next(&rotate(&shop, &till.refresh).await);
    let third = next(&rotate(&shop, &second).await);
    let late = rotate(&shop, &till.refresh).await;
    assert_eq!(late.status, 409);
    assert_eq!(late.json()["error"], "temporarily_unavailable");
    assert_eq!(late.json().get("verdict"), None);
    assert_eq!(rotate(&shop, &third).await.status, 200);
}

#[tokio::test]
async fn the_use_of_a_new_access_token_proves_that_its_answer_arrived() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let renewed = rotate(&shop, &till.refresh).await;
    let access = renewed.json()["access_token"].as_str().unwrap().to_owned();
    let till = Till { access, ..till };
    assert_eq!(shop.get_as(&till, "auth/sessions").await.status, 200);
    shop.pass(121);
    let thief = rotate(&shop, &till.refresh).await.json();
    assert_eq!(thief["evertill"]["reason"], "theft");
    assert_eq!(shop.get_as(&till, "auth/sessions").await.status, 401);
}

#[tokio::test]
async fn a_session_ends_at_the_absolute_limit_however_busy_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("store.toml");
    std::fs::write(&file, "[sessions]\nabsolute_days = 2\n").unwrap();
    let shop = Shop::open_with(|options| options.config = Some(file.clone())).await;
    let till = shop.sign_in("cashier").await;
    shop.pass(2 * 86_400 - 1);
    assert_eq!(shop.renew(&till.refresh).await.status, 200);
    shop.pass(1);
    let refused = shop.renew(&till.refresh).await.json();
    assert_eq!(refused["evertill"]["reason"], "expired");
}

#[tokio::test]
async fn an_ended_session_is_refused_at_the_very_next_request_and_told_who_ended_it() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let owner = shop.sign_in("owner").await;
    let jti = session_of(&shop, &till).await;
    let other = shop.sign_in("cashier").await;
    let route = format!("auth/sessions/{jti}?user_id={}&reason=lost+tablet", till.user_id);
    let answer = shop.delete_as(&owner, &route).await;
    assert_eq!(
        answer.json(),
        json!({"success": true, "message": "Session revoked successfully."})
    );

    let refused = shop.get_as(&till, "auth/sessions").await;
    assert_eq!(
        refused.verdict(),
        (401, "woocommerce_pos_rest_unauthorized".into())
    );
    let refused = shop.renew(&till.refresh).await;
    assert_eq!(refused.status, 401);
    let mut body = refused.json();
    let verdict = body["verdict"].take();
    let expected = json!({
        "error": "invalid_grant", "error_description": "Refresh token has been revoked", "verdict": null,
        "evertill": {"session": jti, "reason": "revoked", "by": "Ann Whitaker", "by_role": "owner",
                     "note": "lost tablet", "at": shop.clock.seconds()},
    });
    assert_eq!(body, expected);
    let claims = proved(&shop, &verdict, &till.refresh).await.unwrap();
    assert_eq!(
        (claims.sub, claims.reason, claims.by, claims.note),
        (
            jti.clone(),
            "revoked".into(),
            "Ann Whitaker".into(),
            "lost tablet".into()
        )
    );
    assert_eq!(
        shop.get_as(&other, "auth/sessions").await.status,
        200,
        "only the one session ended"
    );
    assert_eq!(
        shop.delete_as(&owner, &route).await.status,
        404,
        "it is ended already"
    );
}

#[tokio::test]
async fn an_ended_session_stays_ended_after_a_restart_and_a_living_one_lives_on() {
    let shop = Shop::open().await;
    let ended = shop.sign_in("cashier").await;
    let living = shop.sign_in("cashier").await;
    let jti = session_of(&shop, &ended).await;
    shop.delete_as(
        &living,
        &format!("auth/sessions/{jti}?user_id={}", living.user_id),
    )
    .await;
    let shop = shop.reopen().await;
    assert_eq!(shop.renew(&ended.refresh).await.status, 401);
    assert_eq!(shop.renew(&living.refresh).await.status, 200);
}

#[tokio::test]
async fn a_session_in_use_does_not_end_and_an_unused_one_does() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    for _ in 0..5 {
        shop.pass(IDLE_S - 1);
        assert_eq!(shop.renew(&till.refresh).await.status, 200);
    }
    let renewed_at = shop.clock.seconds();
    shop.pass(IDLE_S);
    let refused = shop.renew(&till.refresh).await;
    assert_eq!(refused.status, 401);
    let body = refused.json();
    assert_eq!(body["error_description"], "Expired token");
    assert_eq!(body["evertill"]["reason"], "expired");
    assert_eq!(body["evertill"]["at"], renewed_at + IDLE_S as i64);
}

#[tokio::test]
async fn a_renewal_moves_last_active_and_the_end() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    shop.pass(100);
    let access = shop.renew(&till.refresh).await.json()["access_token"]
        .as_str()
        .unwrap()
        .to_owned();
    let row = shop
        .get_as(&Till { access, ..till }, "auth/sessions")
        .await
        .json()["sessions"][0]
        .clone();
    assert_eq!(
        row["last_active"].as_i64().unwrap() - row["created"].as_i64().unwrap(),
        100
    );
    assert_eq!(
        row["expires"].as_i64().unwrap() - row["last_active"].as_i64().unwrap(),
        IDLE_S as i64
    );
    assert_eq!(row["device_info"]["app_type"], "electron_app");
    assert_eq!(row["device_info"]["build"], "7");
    assert_eq!(row["ip_address"], "127.0.0.1");
}

#[tokio::test]
async fn an_access_token_ends_on_its_second_and_a_renewed_one_goes_on() {
    let shop =
        Shop::open_with(|options| options.access_life = Some(std::time::Duration::from_secs(20))).await;
    let till = shop.sign_in("cashier").await;
    shop.pass(19);
    assert_eq!(shop.get_as(&till, "auth/sessions").await.status, 200);
    shop.pass(1);
    assert_eq!(shop.get_as(&till, "auth/sessions").await.status, 401);
    let renewed = shop.renew(&till.refresh).await.json();
    assert_eq!(renewed["expires_in"], 20, "a short life is exact");
    assert_eq!(renewed["expires_at"], shop.clock.seconds() + 20);
    let access = renewed["access_token"].as_str().unwrap().to_owned();
    assert_eq!(
        shop.get_as(&Till { access, ..till }, "auth/sessions")
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn a_life_that_was_typed_wins_over_the_configuration_even_when_it_is_the_usual_one() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("store.toml");
    std::fs::write(&file, "[sessions]\naccess_life_s = 20\n").unwrap();
    let configured = Shop::open_with(|options| options.config = Some(file.clone())).await;
    let till = configured.sign_in("cashier").await;
    assert_eq!(configured.renew(&till.refresh).await.json()["expires_in"], 20);
    let typed = Shop::open_with(|options| {
        options.config = Some(file.clone());
        options.access_life = Some(evertill_server::ACCESS_LIFE_DEFAULT);
    })
    .await;
    let till = typed.sign_in("cashier").await;
    let life_s = typed.renew(&till.refresh).await.json()["expires_in"]
        .as_i64()
        .unwrap();
    assert!((600..=900).contains(&life_s), "{life_s}");
}

#[tokio::test]
async fn all_sessions_end_but_the_one_that_asked() {
    let shop = Shop::open().await;
    let tills = [
        shop.sign_in("cashier").await,
        shop.sign_in("cashier").await,
        shop.sign_in("cashier").await,
    ];
    let route = format!("auth/sessions?user_id={}&except_current=true", tills[0].user_id);
    assert_eq!(shop.delete_as(&tills[0], &route).await.json()["success"], true);
    let statuses: Vec<u16> = vec![
        shop.renew(&tills[0].refresh).await.status,
        shop.renew(&tills[1].refresh).await.status,
        shop.renew(&tills[2].refresh).await.status,
    ];
    assert_eq!(statuses, [200, 401, 401]);
    assert_eq!(
        shop.delete_as(&tills[0], &route).await.status,
        200,
        "nothing left to end is no failure"
    );
}

#[tokio::test]
async fn a_cashier_ends_own_sessions_only_also_by_the_spelling_of_stock_clients() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let colleague = shop.sign_in("cashier2").await;
    let jti = session_of(&shop, &colleague).await;
    let answer = shop
        .delete_as(
            &till,
            &format!("auth/sessions/{jti}?user_id={}", colleague.user_id),
        )
        .await;
    assert_eq!(answer.verdict(), (403, "rest_forbidden".into()));
    // Naming oneself does not help with somebody else's session.
    let answer = shop
        .delete_as(&till, &format!("auth/sessions/{jti}?user_id={}", till.user_id))
        .await;
    assert_eq!(answer.status, 404);
    assert_eq!(shop.renew(&colleague.refresh).await.status, 200);

    let own = session_of(&shop, &till).await;
    let route = format!("auth/sessions/{own}?user_id={}&_method=DELETE", till.user_id);
    assert_eq!(
        shop.post_as(&till, &route, &Value::Null).await.json()["success"],
        true
    );
    assert_eq!(shop.get_as(&till, "auth/sessions").await.status, 401);
}

#[tokio::test]
async fn junk_tokens_are_refused_and_break_nothing() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let swapped = till.access.replace('.', "..");
    let long = "x".repeat(8000);
    for junk in [
        "a.b.c",
        "...",
        &till.refresh,
        &swapped,
        &long,
        "eyJhbGciOiJub25lIn0.e30.",
        "%00",
    ] {
        let junk = Till {
            access: junk.to_owned(),
            ..till.clone()
        };
        assert_eq!(
            shop.get_as(&junk, "auth/sessions").await.status,
            401,
            "{}",
            junk.access
        );
    }
    for junk in [
        "x",
        "ert1.",
        "ert1.AAAA",
        &till.access,
        &till.refresh[..till.refresh.len() - 1],
        &long,
    ] {
        let answer = shop.renew(junk).await;
        assert_eq!(
            (answer.status, answer.json()["error"].clone()),
            (401, json!("invalid_grant")),
            "{junk}"
        );
        let body = answer.json();
        assert_eq!(body.get("evertill"), None, "nobody's session ended");
    }
    assert_eq!(shop.renew(&till.refresh).await.status, 200);
}

#[tokio::test]
async fn twenty_renewals_of_one_token_at_once_all_succeed() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let renewals: Vec<_> = (0..20).map(|_| shop.renew(&till.refresh)).collect();
    for answer in futures_util::future::join_all(renewals).await {
        assert_eq!(answer.status, 200, "{}", answer.body);
        let access = answer.json()["access_token"].as_str().unwrap().to_owned();
        let renewed = Till {
            access,
            ..till.clone()
        };
        assert_eq!(shop.get_as(&renewed, "auth/sessions").await.status, 200);
    }
}

/// Reaches behind the store, as a broken disk or a careless administrator would.
fn behind(shop: &Shop, sql: &str) {
    let database = rusqlite::Connection::open(shop.home.path().join("store.sqlite3")).unwrap();
    database.execute_batch(sql).unwrap();
}

#[tokio::test]
async fn database_trouble_is_never_a_verdict() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    behind(&shop, "ALTER TABLE sessions RENAME TO sessions_away");
    for answer in [
        shop.renew(&till.refresh).await,
        shop.get_as(&till, "auth/sessions").await,
    ] {
        assert_eq!(answer.status, 503, "{}", answer.body);
        let seconds: u64 = answer.header("retry-after").unwrap().parse().unwrap();
        assert!((3..=12).contains(&seconds), "{seconds}");
        assert!(!answer.body.contains("invalid_grant"));
    }
    behind(&shop, "ALTER TABLE sessions_away RENAME TO sessions");
    assert_eq!(shop.renew(&till.refresh).await.status, 200);
}

#[tokio::test]
async fn a_till_whose_account_is_gone_is_told_so() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    behind(&shop, "DELETE FROM accounts WHERE username = 'cashier'");
    let refused = shop.renew(&till.refresh).await;
    assert_eq!(refused.status, 401);
    assert_eq!(refused.json()["error_description"], "User not found");
    assert_eq!(refused.json()["evertill"]["reason"], "user_gone");
    assert_eq!(shop.get_as(&till, "auth/sessions").await.status, 401);
}

#[tokio::test]
async fn somebody_who_may_not_sell_any_more_is_forbidden_not_signed_out() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    behind(
        &shop,
        "UPDATE accounts SET role = 'customer' WHERE username = 'cashier'",
    );
    let answer = shop.get_as(&till, "products").await;
    assert_eq!(answer.verdict(), (403, "woocommerce_pos_rest_forbidden".into()));
}
