//! Tokens after the sign-in: renewed, revoked, looked into, and refused to strangers.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::json;

use super::{
    BOOKS_BACK, SECRET, VERIFIER, code, post, refusal, renew, request, signed_in, till, trade, with_books,
};
use crate::support::{FORM, Shop, encoded};

fn basic(id: &str, secret: &str) -> String {
    let part = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    format!(
        "Basic {}",
        STANDARD.encode(format!("{}:{}", part(id), part(secret)))
    )
}

#[tokio::test]
async fn a_lost_reply_is_answered_again_and_a_stolen_token_ends_the_session() {
    let shop = Shop::open().await;
    let first = signed_in(&shop).await["refresh_token"]
        .as_str()
        .unwrap()
        .to_owned();
    let lost = renew(&shop, &first, "evertill-cli").await.json();
    shop.pass(86_400);
    let again = renew(&shop, &first, "evertill-cli").await.json();
    assert_eq!(again["refresh_token"], lost["refresh_token"]);
    let second = again["refresh_token"].as_str().unwrap();
    let third = renew(&shop, second, "evertill-cli").await.json();
    let straggler = renew(&shop, &first, "evertill-cli").await;
    assert_eq!(straggler.status, 409, "{}", straggler.body);
    shop.pass(600);
    let stolen = renew(&shop, &first, "evertill-cli").await;
    assert_eq!(refusal(&stolen), (400, "invalid_grant".into()));
    assert_eq!(stolen.json()["evertill"]["reason"], "theft");
    let third = third["refresh_token"].as_str().unwrap();
    assert_eq!(
        refusal(&renew(&shop, third, "evertill-cli").await),
        (400, "invalid_grant".into())
    );
}

#[tokio::test]
async fn a_revoked_token_takes_its_session_along() {
    let shop = Shop::open().await;
    for kind in ["refresh_token", "access_token"] {
        let tokens = signed_in(&shop).await;
        let token = tokens[kind].as_str().unwrap();
        let foreign = [("client_id", "evertill-till"), ("token", token)];
        let answer = post(&shop, "/oauth/revoke", &[], &foreign).await;
        assert_eq!(refusal(&answer), (400, "unauthorized_client".into()));
        assert_eq!(shop.get_as(&till(&tokens), "auth/sessions").await.status, 200);
        let own = [
            ("client_id", "evertill-cli"),
            ("token", token),
            ("token_type_hint", "whatever"),
        ];
        for _ in 0..2 {
            let answer = post(&shop, "/oauth/revoke", &[], &own).await;
            assert_eq!((answer.status, answer.body.as_str()), (200, ""));
        }
        assert_eq!(
            shop.get_as(&till(&tokens), "auth/sessions").await.status,
            401,
            "{kind}"
        );
        let refused = renew(&shop, tokens["refresh_token"].as_str().unwrap(), "evertill-cli").await;
        assert_eq!(refused.json()["evertill"]["reason"], "revoked");
        assert_eq!(refused.json()["evertill"]["by"], "Ada Osei");
    }
    let unknown = [("client_id", "evertill-cli"), ("token", "junk")];
    assert_eq!(post(&shop, "/oauth/revoke", &[], &unknown).await.status, 200);
    let missing = post(&shop, "/oauth/revoke", &[], &[("client_id", "evertill-cli")]).await;
    assert_eq!(refusal(&missing), (400, "invalid_request".into()));
    assert_eq!(
        refusal(&post(&shop, "/oauth/revoke", &[], &[]).await),
        (401, "invalid_client".into())
    );
}

#[tokio::test]
async fn introspection_is_for_clients_with_a_secret_and_for_owners() {
    let (shop, _folder) = with_books().await;
    let tokens = signed_in(&shop).await;
    let (access, refresh) = (
        tokens["access_token"].as_str().unwrap(),
        tokens["refresh_token"].as_str().unwrap(),
    );
    let basic = basic("books", SECRET);
    let as_books = [("Authorization", basic.as_str())];
    let told = post(&shop, "/oauth/introspect", &as_books, &[("token", access)])
        .await
        .json();
    assert_eq!(
        (&told["active"], &told["username"]),
        (&json!(true), &json!("cashier"))
    );
    assert_eq!(
        (&told["client_id"], &told["token_type"]),
        (&json!("evertill-cli"), &json!("Bearer"))
    );
    assert_eq!(told["exp"], tokens["evertill"]["expires_at"]);
    let owner = shop.sign_in("owner").await;
    let bearer = format!("Bearer {}", owner.access);
    let as_owner = [("Authorization", bearer.as_str())];
    let told = post(&shop, "/oauth/introspect", &as_owner, &[("token", refresh)])
        .await
        .json();
    assert_eq!(told["active"], true);

    let cashier = format!("Bearer {access}");
    for (headers, fields) in [
        (vec![], vec![("token", access)]),
        (vec![], vec![("token", access), ("client_id", "evertill-cli")]),
        (vec![("Authorization", cashier.as_str())], vec![("token", access)]),
    ] {
        let answer = post(&shop, "/oauth/introspect", &headers, &fields).await;
        assert_eq!(refusal(&answer), (401, "invalid_client".into()), "{fields:?}");
    }
    let next = renew(&shop, refresh, "evertill-cli").await.json();
    renew(&shop, next["refresh_token"].as_str().unwrap(), "evertill-cli").await;
    let inactive = json!({"active": false});
    for token in [refresh, "junk", ""] {
        let told = post(&shop, "/oauth/introspect", &as_books, &[("token", token)]).await;
        match token {
            "" => assert_eq!(refusal(&told), (400, "invalid_request".into())),
            _ => assert_eq!(told.json(), inactive, "{token}"),
        }
    }
    shop.delete_as(
        &till(&tokens),
        &format!("auth/sessions?user_id={}", till(&tokens).user_id),
    )
    .await;
    let told = post(&shop, "/oauth/introspect", &as_books, &[("token", access)]).await;
    assert_eq!(told.json(), inactive);
}

#[tokio::test]
async fn a_stranger_learns_nothing_and_a_malformed_request_is_named() {
    let (shop, _folder) = with_books().await;
    for (fields, expected) in [
        (vec![], (401, "invalid_client")),
        (vec![("client_id", "evertill-cli")], (400, "invalid_request")),
        (
            vec![("client_id", "nobody"), ("grant_type", "refresh_token")],
            (401, "invalid_client"),
        ),
        (
            vec![("client_id", "books"), ("grant_type", "refresh_token")],
            (401, "invalid_client"),
        ),
        (
            vec![
                ("client_id", "books"),
                ("client_secret", "wrong"),
                ("grant_type", "refresh_token"),
            ],
            (401, "invalid_client"),
        ),
        (
            vec![("client_id", "evertill-cli"), ("client_secret", "x")],
            (401, "invalid_client"),
        ),
        (
            vec![("client_id", "evertill-cli"), ("grant_type", "password")],
            (400, "unsupported_grant_type"),
        ),
        (
            vec![("client_id", "evertill-cli"), ("grant_type", "refresh_token")],
            (400, "invalid_request"),
        ),
        (
            vec![
                ("client_id", "evertill-cli"),
                ("grant_type", "refresh_token"),
                ("grant_type", "refresh_token"),
            ],
            (400, "invalid_request"),
        ),
        (
            vec![
                ("client_id", "evertill-cli"),
                ("grant_type", "refresh_token"),
                ("refresh_token", "junk"),
            ],
            (400, "invalid_grant"),
        ),
    ] {
        let answer = post(&shop, "/oauth/token", &[], &fields).await;
        let (status, error) = refusal(&answer);
        assert_eq!((status, error.as_str()), expected, "{fields:?}");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(
            answer.header("www-authenticate").is_some(),
            status == 401,
            "{fields:?}"
        );
    }
    let json = [("Content-Type", "application/json")];
    let answer = shop.send("POST", "/oauth/token", &json, "{}").await;
    assert_eq!(refusal(&answer), (400, "invalid_request".into()));
    let in_address = "/oauth/token?client_id=evertill-cli&grant_type=refresh_token&refresh_token=x";
    assert_eq!(
        refusal(&post(&shop, in_address, &[], &[]).await),
        (401, "invalid_client".into())
    );
    let answer = shop.get("/oauth/token").await;
    assert_eq!(
        (answer.status, answer.header("allow")),
        (405, Some("POST, OPTIONS"))
    );
}

#[tokio::test]
async fn a_client_with_a_secret_shows_it_in_one_of_two_ways() {
    let (shop, _folder) = with_books().await;
    let target = request(&[("client_id", Some("books")), ("redirect_uri", Some(BOOKS_BACK))]);
    let fields = |code: &str| -> Vec<(&str, String)> {
        vec![
            ("grant_type", "authorization_code".to_owned()),
            ("redirect_uri", BOOKS_BACK.to_owned()),
            ("code", code.to_owned()),
            ("code_verifier", VERIFIER.to_owned()),
        ]
    };
    let first = code(&shop, &target).await;
    let basic = basic("books", SECRET);
    let headers = [FORM[0], ("Authorization", basic.as_str())];
    let answer = shop
        .send("POST", "/oauth/token", &headers, &encoded(&fields(&first)))
        .await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let refresh = answer.json()["refresh_token"].as_str().unwrap().to_owned();

    let mut in_body = fields(&code(&shop, &target).await);
    in_body.extend([
        ("client_id", "books".to_owned()),
        ("client_secret", SECRET.to_owned()),
    ]);
    let both = shop
        .send("POST", "/oauth/token", &headers, &encoded(&in_body))
        .await;
    assert_eq!(refusal(&both), (400, "invalid_request".into()));
    let answer = shop.send("POST", "/oauth/token", &FORM, &encoded(&in_body)).await;
    assert_eq!(answer.status, 200, "{}", answer.body);

    let foreign = renew(&shop, &refresh, "evertill-cli").await;
    assert_eq!(
        refusal(&foreign),
        (400, "invalid_grant".into()),
        "another client's token"
    );
}

#[tokio::test]
async fn database_trouble_is_told_as_trouble_and_ends_nothing() {
    let shop = Shop::open().await;
    let first = signed_in(&shop).await["refresh_token"]
        .as_str()
        .unwrap()
        .to_owned();
    let behind = |sql: &str| {
        let database = rusqlite::Connection::open(shop.home.path().join("store.sqlite3")).unwrap();
        database.execute_batch(sql).unwrap();
    };
    behind("ALTER TABLE sessions RENAME TO sessions_away");
    let code = code(&shop, &request(&[])).await;
    for answer in [
        renew(&shop, &first, "evertill-cli").await,
        trade(&shop, &code, &[]).await,
    ] {
        assert_eq!(refusal(&answer), (503, "temporarily_unavailable".into()));
        let seconds: u64 = answer.header("retry-after").unwrap().parse().unwrap();
        assert!((3..=12).contains(&seconds), "{seconds}");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
    behind("ALTER TABLE sessions_away RENAME TO sessions");
    assert_eq!(renew(&shop, &first, "evertill-cli").await.status, 200);
    assert_eq!(
        trade(&shop, &code, &[]).await.status,
        200,
        "the code is as good as before"
    );
}
