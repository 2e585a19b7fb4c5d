//! The doctor from the command line, in front of a store that is well, one that is gone, and one nobody signed in to.

use serde_json::Value;

use crate::harness::{
    clerk::Clerk,
    program::{Finished, Running, run},
    proxy::Weather,
    until,
    world::{World, text},
};

/// What is promised in front of a healthy store, and in front of a dead one, in milliseconds: deadlines and not
/// measurements. A healthy store takes a tenth of its own.
const HEALTHY_MS: u64 = 3_000;
const DEAD_MS: u64 = 10_000;

fn doctor(home: &std::path::Path, store: &str, more: &[&str]) -> Finished {
    let mut words = vec!["doctor", "--data-dir", text(home), "--store", store];
    words.extend(more);
    run(&words, "")
}

fn report(finished: &Finished) -> Value {
    serde_json::from_str(&finished.stdout)
        .unwrap_or_else(|_| panic!("{}\n{}", finished.stdout, finished.stderr))
}

async fn has_a_catalogue(clerk: &Clerk) {
    until("the catalogue to be read", || async {
        let page = clerk.reads("/").await;
        (page.contains(" items here") && !page.contains("more are coming")).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_till_at_work_is_ready_to_sell_and_looking_renews_nothing() {
    let world = World::at_work("15m").await;
    has_a_catalogue(&Clerk::at(&world.till_url("/")).await).await;
    let before = world.network.count("auth/refresh");
    let finished = doctor(&world.till_home(), &world.store_url(), &["--json"]);
    let report = report(&finished);
    assert_eq!(finished.exit, Some(0), "{}", finished.stdout);
    assert_eq!(
        report["verdict"], "This till is ready to sell.",
        "{}",
        finished.stdout
    );
    let took_ms = report["took_ms"].as_u64().expect("a time");
    assert!(took_ms < HEALTHY_MS, "{took_ms} ms");
    assert_eq!(world.network.count("auth/refresh"), before);
    assert_eq!(world.till_status()["state"], "active");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_asked_with_consent_renews_and_what_it_gives_is_kept() {
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
    let status = world.till_status();
    assert_eq!(
        (&status["state"], &status["renewals"]),
        (&"active".into(), &1.into()),
        "{status}"
    );
    // The store has seen the session later than the till renewed it before, and no second till is suspected.
    let again = doctor(&world.till_home(), &world.store_url(), &["--json"]);
    let again: Value = serde_json::from_str(&again.stdout).expect("a report");
    let shared = again["rows"]
        .as_array()
        .and_then(|rows| rows.iter().find(|row| row["id"] == "session.shared"))
        .expect("the row");
    assert_eq!(shared["verdict"], "ok", "{shared}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_store_is_given_up_within_the_promise() {
    let mut world = World::open("15m").await;
    world.kill_store();
    world
        .start_store_with(&["--fault", "silent", "--i-know-this-is-a-test"])
        .await;
    let folder = tempfile::tempdir().expect("a temporary directory");
    let finished = doctor(folder.path(), &world.store_url(), &["--json"]);
    let report = report(&finished);
    assert_eq!(finished.exit, Some(4), "{}", finished.stdout);
    let took_ms = report["took_ms"].as_u64().expect("a time");
    assert!(took_ms < DEAD_MS, "{took_ms} ms");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tills_own_rows_are_the_same_as_on_its_page() {
    let world = World::at_work("15m").await;
    let clerk = Clerk::at(&world.till_url("/")).await;
    has_a_catalogue(&clerk).await;
    world.network.set(Weather::Down);
    clerk.sells("Honey", "26.40").await;
    let page = clerk.reads("/health?whole=yes").await;
    let finished = doctor(&world.till_home(), &world.store_url(), &["--json"]);
    let report = report(&finished);
    let rows = report["rows"].as_array().expect("rows");
    for (id, part) in [
        ("till.unsent", "1 sales wait, \u{a3}26.40; the oldest for "),
        ("till.catalogue", " items are on this till, compared "),
        ("till.printer", "print a test receipt"),
    ] {
        let row = rows.iter().find(|row| row["id"] == id).expect("a row");
        let sentence = row["sentence"].as_str().expect("a sentence");
        assert!(sentence.contains(part), "{sentence}");
        assert!(page.contains(part), "`{part}` on the page");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_prints_a_line_for_each_look_until_it_is_stopped() {
    let world = World::open("15m").await;
    world.sign_in_till("cashier");
    let home = world.till_home();
    let url = world.store_url();
    let words = [
        "doctor",
        "--watch",
        "--json",
        "--data-dir",
        text(&home),
        "--store",
        &url,
    ];
    let mut watching = Running::start(world.folder(), "watch", &words);
    let line = watching.says("{\"store\":").await;
    let report: Value = serde_json::from_str(&format!("{{\"store\":{line}")).expect("a line is a report");
    assert_eq!(report["verdict"], "This till is ready to sell.");
    #[cfg(unix)]
    assert_eq!(watching.stop().await, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_saved_report_holds_what_was_printed_and_no_name() {
    let world = World::open("15m").await;
    world.sign_in_till("cashier");
    let folder = tempfile::tempdir().expect("a temporary directory");
    let (json, lines) = (
        folder.path().join("report.json"),
        folder.path().join("report.txt"),
    );
    let finished = doctor(
        &world.till_home(),
        &world.store_url(),
        &["--json", "--save", text(&json)],
    );
    assert_eq!(finished.exit, Some(0), "{}", finished.stderr);
    let saved: Value = serde_json::from_str(&std::fs::read_to_string(&json).expect("a file")).expect("JSON");
    assert_eq!(saved, report(&finished));
    doctor(&world.till_home(), &world.store_url(), &["--save", text(&lines)]);
    let saved = std::fs::read_to_string(&lines).expect("a file");
    assert!(saved.starts_with("This till is ready to sell."), "{saved}");
    assert!(
        !saved.contains("Ada Osei") && saved.contains("[name] is signed in"),
        "{saved}"
    );
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
