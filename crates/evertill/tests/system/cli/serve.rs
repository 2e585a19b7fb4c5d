//! What `evertill serve` says about its settings and itself.

use std::fs;

use serde_json::Value;

use crate::harness::{
    program::{evertill, run},
    until,
    world::{World, text},
};

#[test]
fn every_setting_is_printed_with_its_value_unit_and_origin() {
    let home = tempfile::tempdir().expect("a temporary directory");
    let file = home.path().join("shop.toml");
    fs::write(&file, "[sessions]\nidle_days = 7\n").expect("a file");
    let output = evertill(&[
        "serve",
        "--print-config",
        "--config",
        text(&file),
        "--listen",
        "127.0.0.1:0",
    ])
    .args(["--data-dir", text(home.path())])
    .env("EVERTILL_LIMITS_REQUESTS", "99")
    .output()
    .expect("the binary runs");
    assert_eq!(output.status.code(), Some(0));
    let printed = String::from_utf8(output.stdout).expect("text");
    let line = |key: &str| {
        let found = printed.lines().find(|line| line.starts_with(key));
        found
            .unwrap_or_else(|| panic!("no {key} in {printed}"))
            .to_owned()
    };
    for (key, value, origin) in [
        ("sessions.idle_days", "= 7 days", "# file "),
        (
            "limits.requests",
            "= 99",
            "# environment EVERTILL_LIMITS_REQUESTS",
        ),
        ("listen.address", "127.0.0.1:0", "# flag --listen"),
        ("sessions.absolute_days", "(not set)", "# default"),
    ] {
        let line = line(key);
        assert!(line.contains(value) && line.contains(origin), "{line}");
    }
    assert!(
        !home.path().join("store.sqlite3").exists(),
        "printing starts nothing"
    );
}

#[test]
fn a_value_that_makes_no_sense_is_named_and_nothing_starts() {
    let home = tempfile::tempdir().expect("a temporary directory");
    let file = home.path().join("shop.toml");
    fs::write(&file, "[sign_in]\nrest_minutes = 0\n").expect("a file");
    let words = ["serve", "--config", text(&file), "--data-dir", text(home.path())];
    let refused = run(&words, "");
    assert_eq!(refused.exit, Some(5), "{}", refused.stderr);
    assert!(
        refused.stderr.contains("sign_in.rest_minutes"),
        "{}",
        refused.stderr
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn each_line_of_the_log_is_an_object_where_that_is_wished() {
    let mut world = World::open("2m").await;
    world.kill_store();
    world.start_store_with(&["--log-format", "json"]).await;
    world.sign_in_till("cashier");
    let log = until("a line of the log about the store", || async {
        let log = world.store_log();
        log.contains("the store is open").then_some(log)
    })
    .await;
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}")))
        .collect();
    assert!(!lines.is_empty());
    for line in &lines {
        for field in ["timestamp", "level", "message"] {
            assert!(line[field].is_string(), "{field} in {line}");
        }
    }
    assert!(!log.contains("cashier-demo"), "{log}");
}
