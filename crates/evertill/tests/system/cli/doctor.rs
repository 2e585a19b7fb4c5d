//! The doctor from the command line, in front of a store that is well, one that is gone, and one nobody signed in to.

use serde_json::Value;

use crate::harness::{
    program::{Finished, run},
    world::{World, text},
};

fn doctor(home: &std::path::Path, store: &str, more: &[&str]) -> Finished {
    let mut words = vec!["doctor", "--data-dir", text(home), "--store", store];
    words.extend(more);
    run(&words, "")
}

fn report(finished: &Finished) -> Value {
    serde_json::from_str(&finished.stdout)
        .unwrap_or_else(|_| panic!("{}\n{}", finished.stdout, finished.stderr))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_till_at_work_is_ready_to_sell_and_looking_renews_nothing() {
    let world = World::at_work("15m").await;
    let before = world.network.count("auth/refresh");
    let finished = doctor(&world.till_home(), &world.store_url(), &["--json"]);
    let report = report(&finished);
    assert_eq!(finished.exit, Some(0), "{}", finished.stdout);
    assert_eq!(
        report["verdict"], "This till is ready to sell.",
        "{}",
        finished.stdout
    );
    assert!(report["took_ms"].as_u64().is_some_and(|ms| ms < 10_000));
    assert_eq!(world.network.count("auth/refresh"), before);
    assert_eq!(world.till_status()["state"], "active");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_asked_with_consent_says_that_it_would_renew() {
    let world = World::open("15m").await;
    world.sign_in_till("cashier");
    let finished = doctor(&world.till_home(), &world.store_url(), &["--json", "--renew"]);
    let report = report(&finished);
    let rows = report["rows"].as_array().expect("rows");
    let row = rows
        .iter()
        .find(|row| row["id"] == "session.renewal")
        .expect("the row of the renewal");
    assert_eq!(row["verdict"], "ok", "{row}");
    assert_eq!(world.network.count("auth/refresh"), 1);
    assert_eq!(world.till_status()["state"], "active");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_session_it_ends_on_the_sign_in_and_makes_no_data_directory() {
    let world = World::open("15m").await;
    let folder = tempfile::tempdir().expect("a temporary directory");
    let home = folder.path().join("nobody");
    let finished = doctor(&home, &world.store_url(), &[]);
    assert_eq!(finished.exit, Some(3), "{}", finished.stdout);
    assert!(
        finished.stdout.starts_with("One thing to do: sign in."),
        "{}",
        finished.stdout
    );
    assert!(finished.stderr.contains("(API02010)") && finished.stderr.contains("hint: "));
    assert!(!home.exists());
}

#[test]
fn a_store_that_is_gone_is_trouble_and_a_store_without_a_name_wrong_use() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let gone = doctor(folder.path(), "http://127.0.0.1:9", &[]);
    assert_eq!(gone.exit, Some(4), "{}", gone.stdout);
    assert!(gone.stdout.contains("[X] Internet"), "{}", gone.stdout);
    let unnamed = run(&["doctor", "--data-dir", text(folder.path())], "");
    assert_eq!(unnamed.exit, Some(2), "{}", unnamed.stderr);
}
