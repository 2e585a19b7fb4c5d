//! The gallery of faults, and that the doctor calls each by its name.

use serde_json::Value;

use crate::harness::{
    program::run,
    world::{World, text},
};

/// What the doctor has to say: name of the fault, layer and code of the first cause. Nothing where a till copes.
const EXPECTED: &[(&str, Option<(&str, &str)>)] = &[
    ("firewall-cloudflare", Some(("proxy", "API04001"))),
    ("firewall-wordfence", Some(("proxy", "API04001"))),
    ("firewall-sucuri", Some(("proxy", "API04001"))),
    ("firewall-modsecurity", Some(("proxy", "API04001"))),
    ("firewall-page-as-200", Some(("proxy", "API04001"))),
    ("web-server-403", Some(("proxy", "API04001"))),
    ("redirect-https", Some(("proxy", "API04001"))),
    ("rate-limit", Some(("proxy", "API03005"))),
    ("too-large", Some(("proxy", "API03004"))),
    ("nobody-behind", Some(("word_press", "API01008"))),
    ("maintenance", Some(("word_press", "API01008"))),
    ("database-down", Some(("word_press", "API01008"))),
    ("php-fatal", Some(("word_press", "API01008"))),
    ("php-notice", Some(("word_press", "API04005"))),
    ("glued-json", Some(("word_press", "API04003"))),
    ("plain-permalinks", None),
    ("rest-disabled", Some(("word_press", "API05004"))),
    ("rest-locked", Some(("word_press", "API05004"))),
    ("plugin-off", Some(("wcpos", "API05002"))),
    ("header-stripped", Some(("proxy", "API06003"))),
    ("no-right", Some(("session", "API02005"))),
    ("revoked-as-200", Some(("session", "API02008"))),
    ("expired-as-200", Some(("session", "API02009"))),
    ("foreign-keys", Some(("session", "API02008"))),
    ("half-revoked", Some(("session", "API02003"))),
];

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_names_every_fault_of_the_gallery() {
    let listed = run(&["serve", "--fault", "list"], "");
    assert_eq!(listed.exit, Some(0), "{}", listed.stderr);
    let listed: Vec<&str> = listed
        .stdout
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    let expected: Vec<&str> = EXPECTED.iter().map(|(name, _)| *name).collect();
    assert_eq!(listed, expected);

    let mut world = World::open("15m").await;
    world.sign_in_till("cashier");
    let mut wrong = Vec::new();
    for (name, expected) in EXPECTED {
        world.kill_store();
        world
            .start_store_with(&["--fault", name, "--i-know-this-is-a-test"])
            .await;
        let home = world.till_home();
        let url = world.store_url();
        let words = [
            "doctor",
            "--json",
            "--renew",
            "--data-dir",
            text(&home),
            "--store",
            &url,
        ];
        let finished = run(&words, "");
        let report: Value = serde_json::from_str(&finished.stdout).expect("a report");
        let cause = &report["first_cause"];
        let found = cause["layer"].as_str().zip(cause["code"].as_str());
        if found != *expected {
            wrong.push(format!(
                "{name}: {found:?} instead of {expected:?}: {}",
                cause["sentence"]
            ));
        }
        let took_ms = report["took_ms"].as_u64().expect("a time");
        assert!(took_ms < 10_000, "{name} took {took_ms} ms");
        assert_eq!(
            world.till_status()["state"],
            "active",
            "{name}: looking signed nobody out"
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_fault_is_played_only_by_somebody_who_knows_what_it_is() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let home = text(folder.path());
    let refused = run(
        &[
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--data-dir",
            home,
            "--fault",
            "maintenance",
        ],
        "",
    );
    assert_eq!(refused.exit, Some(2), "{}", refused.stderr);
    assert!(
        refused.stderr.contains("--i-know-this-is-a-test"),
        "{}",
        refused.stderr
    );
    let unknown = run(
        &[
            "serve",
            "--data-dir",
            home,
            "--fault",
            "hiccups",
            "--i-know-this-is-a-test",
        ],
        "",
    );
    assert_eq!(unknown.exit, Some(2), "{}", unknown.stderr);
    assert!(unknown.stderr.contains("--fault list"), "{}", unknown.stderr);
    let help = run(&["serve", "--help"], "");
    assert!(!help.stdout.contains("--fault"), "{}", help.stdout);
}
