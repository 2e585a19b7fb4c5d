//! What the till does with requests that are not from its own pages, and with bad surroundings.

use evertill_till::TillOptions;

use crate::support::{Desk, Store, till_of};

#[tokio::test(flavor = "multi_thread")]
async fn forms_of_strangers_change_nothing() {
    let store = Store::open().await;
    let desk = Desk::open(&store.url()).await;
    let browser = &desk.browser;
    let csrf = browser.csrf().await;
    let form = [
        ("csrf", csrf.as_str()),
        ("name", "Mug"),
        ("price", "1"),
        ("tax_class", ""),
    ];
    let client = browser.client();
    let send = |origin: &str, cookie: String, csrf: &str| {
        let form = [("csrf", csrf), form[1], form[2], form[3]];
        client
            .post(browser.url("/cart/custom"))
            .header("Origin", origin)
            .header("Cookie", cookie)
            .form(&form)
            .send()
    };
    let own = browser.url("/").origin().ascii_serialization();
    let foreign = send("http://evil.example", browser.cookie(), &csrf)
        .await
        .unwrap();
    assert_eq!(foreign.status(), 403);
    let no_cookie = send(&own, String::new(), &csrf).await.unwrap();
    assert_eq!(no_cookie.status(), 403);
    let no_token = send(&own, browser.cookie(), "").await.unwrap();
    assert_eq!(no_token.status(), 403);
    browser.get("/").await.lacks("1 line");
    let ours = send(&own, browser.cookie(), &csrf).await.unwrap();
    assert_eq!(ours.status(), 303);
    browser.get("/").await.holds("1 line");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_of_this_machine_reads_the_counters_without_a_cookie_and_a_stranger_by_name_does_not() {
    let store = Store::open().await;
    let desk = Desk::open(&store.url()).await;
    let client = desk.browser.client();
    let address = desk.browser.url("/metrics");
    let page = client.get(address.clone()).send().await.unwrap();
    assert_eq!(page.status(), 200);
    assert_eq!(
        page.headers()["content-type"],
        "text/plain; version=0.0.4; charset=utf-8"
    );
    assert!(!page.headers().contains_key("set-cookie"));
    let text = page.text().await.unwrap();
    for name in [
        "renewals_total",
        "needless_sign_outs_total",
        "time_without_token_seconds",
    ] {
        let line = text
            .lines()
            .find(|line| line.starts_with(&format!("{name}{{store=")));
        assert!(
            line.is_some_and(|line| line.rsplit(' ').next().unwrap().parse::<u64>().is_ok()),
            "{text}"
        );
    }
    let rebound = client
        .get(address)
        .header("Host", "evil.example")
        .send()
        .await
        .unwrap();
    assert_eq!(rebound.status(), 421);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_was_made_to_point_here_is_refused() {
    let store = Store::open().await;
    let desk = Desk::new(&store.url()).await;
    let rebound = desk
        .browser
        .client()
        .get(desk.browser.url("/session"))
        .header("Host", "evil.example");
    let page = desk.browser.send(rebound).await;
    assert_eq!(page.status, 421);
    page.lacks("Session");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_protected_and_the_cookie_is_for_the_till_alone() {
    let store = Store::open().await;
    let desk = Desk::new(&store.url()).await;
    let page = desk.browser.get("/sign-in").await;
    let cookie = page.headers["set-cookie"].to_str().unwrap();
    for part in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    for path in ["/sign-in", "/nowhere", "/assets/evertill.css", "/healthz"] {
        let page = desk.browser.get(path).await;
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.starts_with("default-src 'none'") && !policy.contains("unsafe"),
            "{policy}"
        );
        assert_eq!(page.headers["x-content-type-options"], "nosniff");
        assert_eq!(page.headers["x-frame-options"], "DENY");
    }
    let linked = desk
        .browser
        .client()
        .get(desk.browser.url("/session"))
        .header("sec-fetch-site", "cross-site");
    let bounced = linked.send().await.unwrap();
    assert!(bounced.headers().get("set-cookie").is_none());
    assert!(bounced.text().await.unwrap().contains("url=/session"));
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_surroundings_end_in_one_clear_code_each() {
    let store = Store::open().await;
    let desk = Desk::new(&store.url()).await;
    let code = |options: TillOptions| async move {
        evertill_till::start(options)
            .await
            .unwrap_err()
            .code()
            .to_string()
    };
    let elsewhere = tempfile::tempdir().unwrap();

    let same_directory = TillOptions::new(store.url(), desk.home.path());
    assert_eq!(code(same_directory).await, "SY01004");

    let same_port = TillOptions {
        listen: desk.till.address(),
        ..TillOptions::new(store.url(), elsewhere.path())
    };
    assert_eq!(code(same_port).await, "SY01005");

    let file = elsewhere.path().join("file");
    std::fs::write(&file, "").unwrap();
    assert_eq!(
        code(TillOptions::new(store.url(), file.join("below"))).await,
        "SY01003"
    );

    assert_eq!(
        code(TillOptions::new("not an address", elsewhere.path())).await,
        "API06001"
    );

    let home = desk.home;
    desk.till.shutdown().await;
    assert_eq!(
        code(TillOptions::new("http://127.0.0.1:9", home.path())).await,
        "SY02001"
    );
    till_of(&store.url(), home.path()).await.shutdown().await;
}
