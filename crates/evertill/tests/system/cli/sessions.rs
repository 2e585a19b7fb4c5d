//! Sessions without a browser: signing in, tokens for many processes at once, a till left alone.

use std::{
    env,
    ops::RangeInclusive,
    process::Stdio,
    time::{Duration, Instant},
};

use crate::harness::{
    program::{evertill, run},
    until, within,
    world::{World, text},
};

/// How long the till is left alone when nobody says otherwise, in seconds.
const ALONE_S: u64 = 50;

/// Between two renewals of tokens that live 20 s: 70 % to 80 % of the life, and a second for a busy machine.
const PAUSE_MS: RangeInclusive<i64> = 14_000..=17_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_till_left_alone_renews_early_every_time_and_the_store_refuses_nothing() {
    let alone_s = env::var("EVERTILL_SOAK_SECONDS")
        .ok()
        .and_then(|seconds| seconds.parse().ok())
        .unwrap_or(ALONE_S);
    let world = World::at_work("20s").await;
    let start = Instant::now();
    within(Duration::from_secs(alone_s + 30), "the time to pass", || async {
        (start.elapsed() >= Duration::from_secs(alone_s)).then_some(())
    })
    .await;

    let log = world.access_log().await;
    let refused: Vec<_> = log.iter().filter(|request| request.status == 401).collect();
    assert!(refused.is_empty(), "{refused:?}");
    let renewals: Vec<i64> = log
        .iter()
        .filter(|request| request.path.contains("auth/refresh"))
        .map(|request| request.at_ms)
        .collect();
    let least = alone_s * 1000 / u64::try_from(*PAUSE_MS.end()).expect("a pause is positive");
    assert!(
        renewals.len() as u64 >= least,
        "{} renewals in {alone_s} s",
        renewals.len()
    );
    for pair in renewals.windows(2) {
        let pause_ms = pair[1] - pair[0];
        assert!(
            PAUSE_MS.contains(&pause_ms),
            "a renewal after {pause_ms} ms: {renewals:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_processes_that_ask_at_expiry_cause_one_renewal_and_get_twenty_good_tokens() {
    let world = World::open("6s").await;
    world.sign_in_till("cashier");
    let home = world.till_home();
    let url = world.store_url();
    until("the token to end", || async {
        let left = world.till_status()["access_expires_in_s"].as_i64();
        left.is_none_or(|left| left <= 0).then_some(())
    })
    .await;
    let before = world.network.count("auth/refresh");
    let children: Vec<_> = (0..20)
        .map(|_| {
            evertill(&["token", "--data-dir", text(&home), "--store", &url])
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .expect("the binary starts")
        })
        .collect();
    let mut tokens = Vec::new();
    for child in children {
        let output = child.wait_with_output().expect("the binary ends");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        tokens.push(
            String::from_utf8(output.stdout)
                .expect("a token is text")
                .trim()
                .to_owned(),
        );
    }
    assert!(tokens.iter().all(|token| token.split('.').count() == 3));
    assert_eq!(world.network.count("auth/refresh") - before, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_the_owner_ended_asks_for_a_person_and_not_for_patience() {
    let world = World::open("2m").await;
    let home = world.folder().join("script");
    let place = ["--data-dir", text(&home), "--store", &world.store_url()].map(str::to_owned);
    let ask = |command: &str, more: &[&str], input: &str| {
        let mut words = vec![command];
        words.extend(place.iter().map(String::as_str));
        words.extend(more);
        run(&words, input)
    };
    let signed_in = ask(
        "login",
        &["--username", "cashier", "--password-stdin"],
        "cashier-demo",
    );
    assert_eq!(signed_in.exit, Some(0), "{}", signed_in.stderr);
    world.owner().end_sessions_of("cashier").await;
    for command in ["refresh", "token"] {
        let ended = ask(command, &[], "");
        assert_eq!(ended.exit, Some(3), "{command}: {}", ended.stderr);
        assert!(
            ended.stderr.contains("hint: Run `evertill login"),
            "{command}: {}",
            ended.stderr
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_listed_renewed_and_ended_from_the_command_line() {
    let world = World::open("2m").await;
    world.sign_in_till("cashier");
    let home = world.till_home();
    let place = ["--data-dir", text(&home), "--store", &world.store_url()].map(str::to_owned);
    let ask = |command: &str| {
        let mut words = vec![command];
        words.extend(place.iter().map(String::as_str));
        run(&words, "")
    };

    let status = world.till_status();
    for field in [
        "store",
        "user",
        "state",
        "code",
        "cause",
        "access_expires_in_s",
        "renews_in_s",
        "horizon_in_s",
    ] {
        assert!(status.get(field).is_some(), "`{field}` is missing in {status}");
    }
    assert_eq!(status["state"], "active");
    assert!(status["code"].is_null());

    let first = ask("token");
    assert_eq!((first.exit, first.stderr.as_str()), (Some(0), ""));
    assert_eq!(ask("token").stdout, first.stdout, "a good token is not renewed");
    assert_eq!(ask("refresh").exit, Some(0));
    assert_ne!(ask("token").stdout, first.stdout);

    assert_eq!(ask("logout").exit, Some(0));
    let signed_out = ask("token");
    assert_eq!(signed_out.exit, Some(3), "{}", signed_out.stderr);
    assert!(signed_out.stdout.is_empty());
    assert!(signed_out.stderr.contains("hint: "), "{}", signed_out.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_word_of_any_command_holds_a_secret() {
    let world = World::open("2m").await;
    world.sign_in_till("cashier");
    let home = world.till_home();
    let url = world.store_url();
    let token = run(&["token", "--data-dir", text(&home), "--store", &url], "");
    let secret = token.stdout.trim();
    assert!(!secret.is_empty());
    for words in [
        vec!["status", "--json", "--data-dir", text(&home)],
        vec!["status", "--data-dir", text(&home)],
        vec!["refresh", "--data-dir", text(&home), "--store", &url],
        vec!["logout", "--data-dir", text(&home), "--store", &url],
    ] {
        let said = run(&words, "");
        let all = format!("{}{}", said.stdout, said.stderr);
        assert!(!all.contains(secret), "{words:?}");
        assert!(!all.contains("cashier-demo"), "{words:?}");
    }
    for name in ["store.out", "store.err"] {
        let log = std::fs::read_to_string(world.folder().join(name)).expect("the store's words are kept");
        assert!(!log.contains(secret), "{name}");
    }
}
