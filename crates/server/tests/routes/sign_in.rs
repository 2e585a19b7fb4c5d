//! The sign-in page: who gets in, who does not, and what is said about it.

use crate::support::{FORM, Shop, encoded, hidden, parameter};

const PAGE: &str = "/wcpos-auth/?redirect_uri=wcpos%3A%2F%2Fauth&state=s1";

#[tokio::test]
async fn signing_in_gives_tokens_that_work_and_renew() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let answer = shop.get_as(&till, &format!("cashier/{}", till.user_id)).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.json()["username"], "cashier");
    let renewed = shop.renew(&till.refresh).await;
    assert_eq!(renewed.status, 200, "{}", renewed.body);
    assert!(
        renewed.json().get("refresh_token").is_none(),
        "a stock client ignores a new one"
    );
}

#[tokio::test]
async fn the_way_back_carries_what_a_stock_client_reads() {
    let shop = Shop::open().await;
    let answer = shop.submit("cashier", "cashier-demo").await;
    let location = answer.header("location").unwrap();
    assert!(location.starts_with("wcpos://auth?access_token="), "{location}");
    assert_eq!(parameter(location, "token_type"), "Bearer");
    assert_eq!(parameter(location, "state"), "s1");
    assert_eq!(parameter(location, "display_name"), "Ada Osei");
    assert_eq!(parameter(location, "uuid").len(), 36);
    let ends: i64 = parameter(location, "expires_at").parse().unwrap();
    let life = ends - shop.clock.seconds();
    assert!((855..=900).contains(&life), "{life}");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

#[tokio::test]
async fn the_email_address_is_as_good_as_the_name() {
    let shop = Shop::open().await;
    assert_eq!(
        shop.submit("ADA@corner.example.com", "cashier-demo").await.status,
        302
    );
    assert_eq!(shop.submit("Cashier", "cashier-demo").await.status, 302);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_look_the_same() {
    let shop = Shop::open().await;
    for (name, password) in [
        ("cashier", "wrong"),
        ("nobody", "wrong"),
        ("cashier", ""),
        ("", "x"),
    ] {
        let answer = shop.submit(name, password).await;
        assert_eq!(answer.status, 200);
        assert_eq!(
            answer.login_error().as_deref(),
            Some("Invalid username or password."),
            "{name}"
        );
        assert_eq!(answer.header("location"), None);
    }
}

#[tokio::test]
async fn a_customer_does_not_sign_in() {
    let shop = Shop::open().await;
    let answer = shop.submit("grace@example.org", "").await;
    assert_eq!(
        answer.login_error().as_deref(),
        Some("Invalid username or password.")
    );
}

#[tokio::test]
async fn five_wrong_guesses_lock_the_account_for_a_quarter_of_an_hour() {
    let shop = Shop::open().await;
    for _ in 0..5 {
        let answer = shop.submit("cashier", "wrong").await;
        assert_eq!(
            answer.login_error().as_deref(),
            Some("Invalid username or password.")
        );
    }
    // The e-mail address of the same account is locked with it, and the right password is refused too.
    for name in ["cashier", "ada@corner.example.com"] {
        let words = shop.submit(name, "cashier-demo").await.login_error().unwrap();
        assert!(words.starts_with("This account is temporarily locked"), "{words}");
    }
    assert_eq!(shop.submit("cashier2", "cashier2-demo").await.status, 302);
    shop.pass(15 * 60);
    assert_eq!(shop.submit("cashier", "cashier-demo").await.status, 302);
}

#[tokio::test]
async fn ten_wrong_guesses_close_the_page_to_an_address_whatever_its_headers_claim() {
    let shop = Shop::open().await;
    for guess in 0..10 {
        shop.submit(&format!("guess{guess}"), "wrong").await;
    }
    let forged = [
        ("X-Forwarded-For", "203.0.113.9"),
        ("CF-Connecting-IP", "203.0.113.9"),
    ];
    let answer = shop.send("GET", PAGE, &forged, "").await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.login_error().as_deref(),
        Some("Too many requests. Please try again later.")
    );
    shop.pass(15 * 60);
    assert_eq!(shop.get(PAGE).await.login_error(), None);
}

#[tokio::test]
async fn tokens_never_go_to_a_strangers_page() {
    let shop = Shop::open().await;
    for redirect in [
        "https://evil.example/",
        "javascript:alert(1)",
        "http://127.0.0.1@evil.example/",
        "",
    ] {
        let target = format!(
            "/wcpos-auth/?{}&state=s",
            encoded(&[("redirect_uri", redirect.to_owned())])
        );
        let answer = shop.get(&target).await;
        assert_eq!(answer.status, 200);
        let words = answer.login_error().unwrap();
        assert_eq!(words, "Missing or invalid redirect_uri parameter.", "{redirect}");
    }
    let answer = shop.get("/wcpos-auth/?redirect_uri=wcpos%3A%2F%2Fauth").await;
    assert_eq!(answer.login_error().as_deref(), Some("Missing state parameter."));
}

#[tokio::test]
async fn a_form_is_good_for_its_own_visit_only() {
    let shop = Shop::open().await;
    let page = shop.get(PAGE).await.body;
    let form = |session: String, nonce: String, trap: &str| {
        encoded(&[
            ("_wpnonce", nonce),
            ("auth_session", session),
            ("wcpos-log", "cashier".to_owned()),
            ("wcpos-pwd", "cashier-demo".to_owned()),
            ("wcpos_website", trap.to_owned()),
        ])
    };
    let session = hidden(&page, "auth_session");
    let nonce = hidden(&page, "_wpnonce");
    let other = "/wcpos-auth/?redirect_uri=wcpos%3A%2F%2Fauth&state=another";
    let good = form(session.clone(), nonce.clone(), "");
    let words = |answer: crate::support::Answer| answer.login_error().unwrap();

    let answer = words(shop.send("POST", other, &FORM, &good).await);
    assert_eq!(answer, "Invalid authorization session. Please try again.");
    let answer = words(
        shop.send("POST", PAGE, &FORM, &form(session.clone(), "0".into(), ""))
            .await,
    );
    assert_eq!(answer, "Security check failed. Please try again.");
    let answer = words(
        shop.send("POST", PAGE, &FORM, &form(session.clone(), nonce.clone(), "spam"))
            .await,
    );
    assert_eq!(answer, "Invalid username or password.");
    shop.pass(601);
    let answer = words(shop.send("POST", PAGE, &FORM, &good).await);
    assert_eq!(answer, "Authorization session expired. Please try again.");
}

#[tokio::test]
async fn the_page_runs_no_script_and_stands_in_no_frame() {
    let shop = Shop::open().await;
    let redirect = "http%3A%2F%2F127.0.0.1%3A8420%2Fcallback";
    let answer = shop
        .get(&format!(
            "/wcpos-auth/?redirect_uri={redirect}&state=%22%3E%3Cscript%3E"
        ))
        .await;
    let policy = answer.header("content-security-policy").unwrap();
    assert!(
        policy.starts_with("default-src 'none'; style-src 'self';"),
        "{policy}"
    );
    assert!(
        policy.contains("form-action 'self' http://127.0.0.1:8420;"),
        "{policy}"
    );
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    assert!(!answer.body.contains("<script"), "{}", answer.body);
    assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
    for (target, kind) in [
        ("/assets/sign-in.css", "text/css; charset=UTF-8"),
        ("/assets/inter-till.woff2", "font/woff2"),
    ] {
        assert_eq!(shop.get(target).await.header("content-type"), Some(kind));
    }
}

#[tokio::test]
async fn twenty_sign_ins_of_one_person_at_once_lose_nothing() {
    let shop = Shop::open().await;
    let signing: Vec<_> = (0..20).map(|_| shop.sign_in("cashier")).collect();
    let tills = futures_util::future::join_all(signing).await;
    for till in &tills {
        assert_eq!(shop.renew(&till.refresh).await.status, 200);
    }
    let list = shop.get_as(&tills[0], "auth/sessions").await.json();
    assert_eq!(list["sessions"].as_array().unwrap().len(), 20);
}
