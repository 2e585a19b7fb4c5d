//! The standards' way in: code, tokens, revocation, introspection, metadata.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::support::{Answer, FORM, Shop, Till, encoded, hidden, parameter};

mod tokens;

/// A verifier of 43 letters, and what its challenge is made of.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const BACK: &str = "http://127.0.0.1:49152/callback";

/// Registered in the configuration of [`with_books`].
const SECRET: &str = "a long random secret/with:odd+letters";
const BOOKS_BACK: &str = "https://books.example/back?from=shop";

/// An authorization request; a test changes what it is about.
pub(crate) fn request(changes: &[(&str, Option<&str>)]) -> String {
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER.as_bytes()));
    let mut fields = vec![
        ("response_type", "code".to_owned()),
        ("client_id", "evertill-cli".to_owned()),
        ("redirect_uri", BACK.to_owned()),
        ("state", "s1".to_owned()),
        ("code_challenge", challenge),
        ("code_challenge_method", "S256".to_owned()),
    ];
    for (name, value) in changes {
        fields.retain(|(known, _)| known != name);
        if let Some(value) = value {
            fields.push((name, (*value).to_owned()));
        }
    }
    format!("/oauth/authorize?{}", encoded(&fields))
}

/// Opens the page and sends its form as the cashier.
async fn visit(shop: &Shop, target: &str, password: &str) -> Answer {
    let page = shop.get(target).await;
    assert_eq!(page.status, 200, "{}", page.body);
    let fields = [
        ("_wpnonce", hidden(&page.body, "_wpnonce")),
        ("auth_session", hidden(&page.body, "auth_session")),
        ("wcpos-log", "cashier".to_owned()),
        ("wcpos-pwd", password.to_owned()),
        ("wcpos_website", String::new()),
    ];
    shop.send("POST", target, &FORM, &encoded(&fields)).await
}

pub(crate) async fn code(shop: &Shop, target: &str) -> String {
    let answer = visit(shop, target, "cashier-demo").await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    parameter(answer.header("location").unwrap(), "code")
}

pub(crate) async fn post(
    shop: &Shop,
    path: &str,
    headers: &[(&str, &str)],
    fields: &[(&str, &str)],
) -> Answer {
    let owned: Vec<(&str, String)> = fields
        .iter()
        .map(|(name, value)| (*name, (*value).to_owned()))
        .collect();
    let all: Vec<(&str, &str)> = FORM.iter().chain(headers).copied().collect();
    shop.send("POST", path, &all, &encoded(&owned)).await
}

/// Trades a code as the command line; a test changes what it is about.
async fn trade(shop: &Shop, code: &str, changes: &[(&str, Option<&str>)]) -> Answer {
    let mut fields = vec![
        ("grant_type", "authorization_code"),
        ("client_id", "evertill-cli"),
        ("redirect_uri", BACK),
        ("code", code),
        ("code_verifier", VERIFIER),
    ];
    for (name, value) in changes {
        fields.retain(|(known, _)| known != name);
        if let Some(value) = value {
            fields.push((name, value));
        }
    }
    post(shop, "/oauth/token", &[], &fields).await
}

async fn renew(shop: &Shop, refresh: &str, client: &str) -> Answer {
    let fields = [
        ("grant_type", "refresh_token"),
        ("client_id", client),
        ("refresh_token", refresh),
    ];
    post(shop, "/oauth/token", &[], &fields).await
}

async fn signed_in(shop: &Shop) -> Value {
    let code = code(shop, &request(&[])).await;
    let answer = trade(shop, &code, &[]).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()
}

fn till(tokens: &Value) -> Till {
    Till {
        access: tokens["access_token"].as_str().unwrap().to_owned(),
        refresh: tokens["refresh_token"].as_str().unwrap().to_owned(),
        user_id: tokens["evertill"]["user"]["id"].as_i64().unwrap_or_default(),
    }
}

fn refusal(answer: &Answer) -> (u16, String) {
    let code = answer.json()["error"].as_str().unwrap_or_default().to_owned();
    (answer.status, code)
}

/// A store that knows a client with a secret.
async fn with_books() -> (Shop, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("store.toml");
    let digest: String = Sha256::digest(SECRET.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let config = format!(
        "[[oauth.clients]]\nid = \"books\"\nredirect_uris = [\"{BOOKS_BACK}\"]\nsecret_sha256 = \"{digest}\"\n"
    );
    std::fs::write(&file, config).unwrap();
    (
        Shop::open_with(|options| options.config = Some(file)).await,
        folder,
    )
}

#[tokio::test]
async fn a_code_becomes_a_session_that_works_and_rotates() {
    let shop = Shop::open().await;
    let answer = visit(&shop, &request(&[]), "cashier-demo").await;
    assert_eq!(answer.status, 303, "the password is not sent on");
    assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
    let location = answer.header("location").unwrap();
    assert!(location.starts_with(BACK), "{location}");
    assert!(!location.contains("token"), "{location}");
    assert_eq!(parameter(location, "state"), "s1");
    assert_eq!(
        format!("{}/", parameter(location, "iss")),
        shop.handle.url().as_str()
    );
    assert_eq!(answer.header("cache-control"), Some("no-store"));

    let answer = trade(&shop, &parameter(location, "code"), &[]).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    let tokens = answer.json();
    assert_eq!(
        (&tokens["token_type"], &tokens["scope"]),
        (&json!("Bearer"), &json!("pos"))
    );
    assert_eq!(tokens["evertill"]["user"]["username"], "cashier");
    assert_eq!(shop.get_as(&till(&tokens), "auth/sessions").await.status, 200);

    let renewed = renew(&shop, tokens["refresh_token"].as_str().unwrap(), "evertill-cli").await;
    assert_eq!(renewed.status, 200, "{}", renewed.body);
    assert_ne!(renewed.json()["refresh_token"], tokens["refresh_token"]);
    assert_eq!(
        shop.get_as(&till(&renewed.json()), "auth/sessions").await.status,
        200
    );
}

#[tokio::test]
async fn a_code_that_comes_again_is_refused_and_ends_the_session_it_made() {
    let shop = Shop::open().await;
    let other = shop.sign_in("cashier").await;
    for late_s in [0, 300] {
        let code = code(&shop, &request(&[])).await;
        let tokens = trade(&shop, &code, &[]).await.json();
        shop.pass(late_s);
        let wrong = trade(&shop, &code, &[("code_verifier", Some(&"x".repeat(43)))]).await;
        assert_eq!(refusal(&wrong), (400, "invalid_grant".into()));
        assert_eq!(
            shop.get_as(&till(&tokens), "auth/sessions").await.status,
            200,
            "who lacks the verifier ends nothing"
        );
        let again = trade(&shop, &code, &[]).await;
        assert_eq!(refusal(&again), (400, "invalid_grant".into()));
        assert_eq!(shop.get_as(&till(&tokens), "auth/sessions").await.status, 401);
        let refused = renew(&shop, tokens["refresh_token"].as_str().unwrap(), "evertill-cli").await;
        assert_eq!(refusal(&refused), (400, "invalid_grant".into()));
        assert_eq!(refused.json()["evertill"]["reason"], "theft");
    }
    assert_eq!(
        shop.get_as(&other, "auth/sessions").await.status,
        200,
        "nobody else's session"
    );
}

#[tokio::test]
async fn twenty_trades_of_one_code_at_once_open_at_most_one_session() {
    let shop = Shop::open().await;
    let owner = shop.sign_in("owner").await;
    let code = code(&shop, &request(&[])).await;
    let trades: Vec<_> = (0..20).map(|_| trade(&shop, &code, &[])).collect();
    let answers = futures_util::future::join_all(trades).await;
    let granted = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(granted, 1);
    assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 400)));
    let living = shop.get_as(&owner, "auth/users/sessions").await.json();
    assert_eq!(living["total"], 1, "only the owner is signed in: {living}");
}

#[tokio::test]
async fn a_code_is_good_for_a_minute_and_survives_a_restart() {
    let shop = Shop::open().await;
    let (first, second) = (code(&shop, &request(&[])).await, code(&shop, &request(&[])).await);
    shop.pass(59);
    // Another node, or the same one after a crash, knows no more than this.
    let options = evertill_server::ServeOptions {
        public_url: Some(shop.handle.url()),
        ..evertill_server::ServeOptions::new(([127, 0, 0, 1], 0).into(), shop.home.path())
    };
    let Shop { handle, clock, home } = shop;
    handle.shutdown().await;
    let options = evertill_server::ServeOptions {
        clock: clock.clone(),
        ..options
    };
    let handle = evertill_server::start(options).await.unwrap();
    let shop = Shop { handle, clock, home };
    assert_eq!(trade(&shop, &first, &[]).await.status, 200);
    shop.pass(1);
    assert_eq!(
        refusal(&trade(&shop, &second, &[]).await),
        (400, "invalid_grant".into())
    );
}

#[tokio::test]
async fn a_code_is_bound_to_client_way_back_and_verifier() {
    let (shop, _folder) = with_books().await;
    let code = code(&shop, &request(&[])).await;
    let changed = format!("{code}x");
    for (changes, error) in [
        (vec![("code_verifier", Some("x"))], "invalid_grant"),
        (vec![("code_verifier", None)], "invalid_request"),
        (
            vec![("redirect_uri", Some("http://127.0.0.1:49153/callback"))],
            "invalid_grant",
        ),
        (vec![("redirect_uri", None)], "invalid_request"),
        (vec![("client_id", Some("evertill-till"))], "invalid_grant"),
        (
            vec![("client_id", Some("books")), ("client_secret", Some(SECRET))],
            "invalid_grant",
        ),
        (vec![("code", Some(changed.as_str()))], "invalid_grant"),
        (vec![("code", None)], "invalid_request"),
    ] {
        let answer = trade(&shop, &code, &changes).await;
        assert_eq!(refusal(&answer), (400, error.into()), "{changes:?}");
    }
    assert_eq!(
        trade(&shop, &code, &[]).await.status,
        200,
        "none of that used it up"
    );
}

#[tokio::test]
async fn nothing_is_returned_to_an_address_that_is_not_registered() {
    let (shop, _folder) = with_books().await;
    for changes in [
        vec![("redirect_uri", Some("https://evil.example/"))],
        vec![("redirect_uri", Some("http://127.0.0.1:49152/other"))],
        vec![("redirect_uri", None)],
        vec![("client_id", Some("nobody"))],
        vec![("client_id", None)],
        vec![
            ("client_id", Some("books")),
            ("redirect_uri", Some("https://books.example/back")),
        ],
    ] {
        let answer = shop.get(&request(&changes)).await;
        assert_eq!(
            (answer.status, answer.header("location")),
            (400, None),
            "{changes:?}"
        );
        assert!(!answer.body.contains("<form"), "no password is asked for");
    }
    let exact = [("client_id", Some("books")), ("redirect_uri", Some(BOOKS_BACK))];
    let answer = shop.get(&request(&exact)).await;
    assert_eq!(answer.status, 200);
    let policy = answer.header("content-security-policy").unwrap();
    assert!(
        policy.contains("form-action 'self' https://books.example;"),
        "{policy}"
    );
}

#[tokio::test]
async fn a_client_hears_what_is_wrong_at_its_own_address() {
    let shop = Shop::open().await;
    for (changes, error) in [
        (
            vec![("response_type", Some("token"))],
            "unsupported_response_type",
        ),
        (vec![("code_challenge_method", Some("plain"))], "invalid_request"),
        (vec![("code_challenge", None)], "invalid_request"),
        (vec![("scope", Some("openid profile"))], "invalid_scope"),
    ] {
        let answer = shop.get(&request(&changes)).await;
        assert_eq!(answer.status, 303, "{changes:?}");
        let location = answer.header("location").unwrap();
        assert!(location.starts_with(BACK), "{location}");
        assert_eq!(parameter(location, "error"), error, "{changes:?}");
        assert_eq!(parameter(location, "state"), "s1");
        assert!(!parameter(location, "iss").is_empty());
    }
}

#[tokio::test]
async fn the_page_is_the_sign_in_page_with_its_limits() {
    let shop = Shop::open().await;
    let target = request(&[]);
    for _ in 0..5 {
        let answer = visit(&shop, &target, "wrong").await;
        assert_eq!(
            answer.login_error().as_deref(),
            Some("Invalid username or password.")
        );
    }
    let locked = visit(&shop, &target, "cashier-demo").await;
    assert!(
        locked
            .login_error()
            .unwrap()
            .starts_with("This account is temporarily locked")
    );
    // A form belongs to the request it was made for.
    let page = shop.get(&target).await;
    let fields = [
        ("_wpnonce", hidden(&page.body, "_wpnonce")),
        ("auth_session", hidden(&page.body, "auth_session")),
        ("wcpos-log", "manager".to_owned()),
        ("wcpos-pwd", "manager-demo".to_owned()),
        ("wcpos_website", String::new()),
    ];
    let other = shop
        .send(
            "POST",
            &request(&[("state", Some("s2"))]),
            &FORM,
            &encoded(&fields),
        )
        .await;
    assert_eq!(
        other.login_error().as_deref(),
        Some("Invalid authorization session. Please try again.")
    );
}

#[tokio::test]
async fn metadata_says_what_is_there_and_no_more() {
    let shop = Shop::open().await;
    let answer = shop.get("/.well-known/oauth-authorization-server").await;
    let found = answer.json();
    let home = shop.handle.url().as_str().trim_end_matches('/').to_owned();
    assert_eq!(found["issuer"], home);
    assert_eq!(found["code_challenge_methods_supported"], json!(["S256"]));
    for name in [
        "authorization_endpoint",
        "token_endpoint",
        "revocation_endpoint",
        "introspection_endpoint",
        "jwks_uri",
    ] {
        let path = found[name].as_str().unwrap().strip_prefix(&home).unwrap();
        assert_ne!(shop.get(path).await.status, 404, "{name}");
    }
    assert_eq!(
        shop.get("/.well-known/openid-configuration").await.status,
        404,
        "there are no ID tokens"
    );
    let site = shop.get("/wp-json/wcpos/v2/site").await.json();
    assert_eq!(
        site["evertill"]["oauth_metadata"],
        format!("{home}/.well-known/oauth-authorization-server")
    );
}

#[tokio::test]
async fn a_browser_may_ask_from_any_page() {
    let shop = Shop::open().await;
    for path in ["/oauth/token", "/oauth/revoke", "/oauth/introspect"] {
        let answer = shop
            .send("OPTIONS", path, &[("Origin", "https://books.example")], "")
            .await;
        assert_eq!(answer.status, 204);
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
        let allowed = answer.header("access-control-allow-headers").unwrap();
        assert!(
            allowed.contains("Authorization") && allowed.contains("DPoP"),
            "{allowed}"
        );
    }
    let answer = shop.get(&request(&[])).await;
    assert_eq!(
        answer.header("access-control-allow-origin"),
        None,
        "the sign-in page is for people"
    );
}
