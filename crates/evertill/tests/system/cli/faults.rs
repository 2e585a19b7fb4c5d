//! Renewals over a network that fails in every way a network fails, between the real binary and the real store.
//!
//! Each scenario ends in trouble with the right code and cause, never in a sign-out, and heals by itself.

use std::{io::Write, process::Stdio, time::Duration};

use crate::harness::{
    faults::Fault,
    program::{Finished, Running, evertill, run},
    tls::{Front, Handshake},
    world::{World, text},
};

/// Longer than a renewal waits for its answer.
const TOO_LATE: Duration = Duration::from_secs(17);

fn refresh(world: &World) -> (Option<i32>, String) {
    let ended = run(
        &[
            "refresh",
            "--data-dir",
            text(&world.till_home()),
            "--store",
            &world.store_url(),
        ],
        "",
    );
    (ended.exit, ended.stderr)
}

/// A renewal meets `fault`: trouble with `cause`, the session kept, and the next renewal goes through.
async fn check(fault: Fault, cause: &str) {
    let world = World::open("15m").await;
    world.sign_in_till("cashier");
    world.network.strike("auth/refresh", fault, usize::MAX);
    let (exit, said) = refresh(&world);
    assert_eq!(exit, Some(4), "{fault:?}: {said}");
    assert!(said.contains("(API02007)"), "{fault:?}: {said}");
    let status = world.till_status();
    assert_eq!(status["state"], "troubled", "{fault:?}: {status}");
    assert_eq!(status["code"], "API02007", "{fault:?}");
    assert_eq!(status["cause"], cause, "{fault:?}: {status}");
    assert_eq!(status["user"], "cashier", "{fault:?}");
    world.network.calm();
    let (exit, said) = refresh(&world);
    assert_eq!(exit, Some(0), "{fault:?}: {said}");
    let status = world.till_status();
    assert_eq!(
        (&status["state"], &status["cause"]),
        (&"active".into(), &serde_json::Value::Null)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewal_that_never_reaches_the_store_is_trouble_and_heals() {
    check(Fault::DropBefore, "API01003").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewal_whose_reply_is_lost_is_trouble_and_the_token_before_it_still_renews() {
    check(Fault::DropAfter, "API01003").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewal_whose_connection_is_reset_is_trouble_and_heals() {
    check(Fault::Reset, "API01003").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewal_whose_reply_is_cut_short_is_trouble_and_heals() {
    check(Fault::Truncate, "API01003").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewal_answered_with_garbage_is_trouble_and_heals() {
    check(Fault::Garbage, "API04001").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewal_whose_reply_comes_too_late_is_trouble_and_heals() {
    check(Fault::Delay(TOO_LATE), "API01001").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewal_whose_reply_trickles_is_given_up_and_heals() {
    check(Fault::SlowLoris, "API01001").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn five_lost_replies_in_a_row_look_like_no_thief_and_sign_nobody_out() {
    let world = World::open("15m").await;
    world.sign_in_till("cashier");
    for _ in 0..5 {
        world.network.strike("auth/refresh", Fault::DropAfter, 1);
        let (exit, said) = refresh(&world);
        assert!(matches!(exit, Some(0 | 4)), "{said}");
    }
    world.network.calm();
    let (exit, said) = refresh(&world);
    assert_eq!(exit, Some(0), "{said}");
    assert_eq!(world.till_status()["state"], "active");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_history_tells_what_happened_and_the_doctors_report_holds_it_too() {
    let world = World::open("15m").await;
    world.sign_in_till("cashier");
    world.network.strike("auth/refresh", Fault::Garbage, 1);
    assert_eq!(refresh(&world).0, Some(4));
    world.network.calm();
    assert_eq!(refresh(&world).0, Some(0));
    let home = world.till_home();
    let words = |more: &[&str]| run(&[&["status", "--data-dir", text(&home)], more].concat(), "");
    let told = words(&["--history", "10"]).stdout;
    let at = |what: &str| {
        told.find(what)
            .unwrap_or_else(|| panic!("{what} is not in {told}"))
    };
    assert!(
        at("signed in") < at("not renewed (API04001)") && at("not renewed") < at("renewed in "),
        "{told}"
    );
    let last = words(&["--history", "1"]).stdout;
    assert!(
        !last.contains("not renewed (API04001)") && last.contains("renewed in "),
        "{last}"
    );
    let listed: serde_json::Value =
        serde_json::from_str(&words(&["--json", "--history", "10"]).stdout).expect("JSON");
    let events: Vec<_> = listed[0]["history"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|entry| entry["event"].as_str())
        .collect();
    assert!(
        events.contains(&"trouble") && events.last() == Some(&"renewed"),
        "{events:?}"
    );
    assert_eq!(
        listed[0]["counters"]["renewal_failures_total"]["API04001"], 1,
        "{listed}"
    );

    let saved = home.join("report.json");
    let report = run(
        &[
            "doctor",
            "--data-dir",
            text(&home),
            "--store",
            &world.store_url(),
            "--save",
            text(&saved),
        ],
        "",
    );
    let (before, journal) = report
        .stdout
        .split_once("What happened to the session:")
        .unwrap_or_else(|| panic!("no journal in {}", report.stdout));
    assert!(
        !before.is_empty() && journal.contains("not renewed (API04001)"),
        "{journal}"
    );
    let saved = std::fs::read_to_string(saved).expect("the report was saved");
    assert!(saved.contains("not renewed (API04001)"), "{saved}");
    let token = run(
        &["token", "--data-dir", text(&home), "--store", &world.store_url()],
        "",
    )
    .stdout;
    assert!(token.starts_with("eyJ"), "a living token");
    assert!(
        !saved.contains(token.trim()) && !report.stdout.contains(token.trim()),
        "a token is in the report"
    );
}

/// A store behind TLS, and a device that trusts its certificate.
struct Secured {
    front: Front,
    _store: Running,
    folder: tempfile::TempDir,
}

impl Secured {
    async fn open() -> Self {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let front = Front::open(folder.path()).await;
        let data = folder.path().join("store");
        let mut store = Running::start(
            folder.path(),
            "store",
            &[
                "serve",
                "--sample-shop",
                "--listen",
                "127.0.0.1:0",
                "--public-url",
                &front.url(),
                "--data-dir",
                text(&data),
            ],
        );
        let address = store.says("Listening on ").await;
        front.lead_to(address.parse().expect("the store names its address"));
        Self {
            front,
            _store: store,
            folder,
        }
    }

    /// Runs a command of the till.
    fn till(&self, command: &str, more: &[&str], input: &str) -> Finished {
        let home = self.folder.path().join("till");
        let url = self.front.url();
        let words = [&[command, "--data-dir", text(&home)], more].concat();
        let place = if command == "status" {
            vec![]
        } else {
            vec!["--store", &url]
        };
        let words = [words, place].concat();
        let mut child = evertill(&words)
            .env("SSL_CERT_FILE", self.front.authority())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let mut stdin = child.stdin.take().expect("stdin is piped");
        stdin.write_all(input.as_bytes()).expect("the command reads");
        drop(stdin);
        Finished::from(child.wait_with_output().expect("the binary ends"))
    }
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn tls_that_breaks_in_any_way_is_trouble_and_heals() {
    let secured = Secured::open().await;
    let login = secured.till(
        "login",
        &["--username", "cashier", "--password-stdin"],
        "cashier-demo\n",
    );
    assert_eq!(login.exit, Some(0), "{}", login.stderr);
    for (handshake, cause) in [
        (Handshake::Stranger, "API01005"),
        (Handshake::Cut, "API01003"),
        (Handshake::Garbage, "API01005"),
        (Handshake::CutAfter, "API01003"),
        (Handshake::GarbageAfter, "API01005"),
    ] {
        secured.front.set(handshake);
        let refused = secured.till("refresh", &[], "");
        assert!(
            matches!(refused.exit, Some(4 | 5)),
            "{handshake:?}: {}",
            refused.stderr
        );
        assert!(refused.stderr.contains("(API02007)"), "{}", refused.stderr);
        let status = secured.till("status", &["--json"], "");
        let list: serde_json::Value = serde_json::from_str(&status.stdout).expect("JSON");
        assert_eq!(list[0]["state"], "troubled", "{handshake:?}: {list}");
        assert_eq!(list[0]["cause"], cause, "{handshake:?}: {list}");
        secured.front.set(Handshake::Trusted);
        let renewed = secured.till("refresh", &[], "");
        assert_eq!(renewed.exit, Some(0), "{handshake:?}: {}", renewed.stderr);
    }
}
