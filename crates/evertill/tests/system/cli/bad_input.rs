//! What goes wrong at the door: each ends in one clear message with a code, a cause and a next step.

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::harness::{
    program::{Finished, Running, run},
    site::Site,
    until,
    world::{World, text},
};

/// Makes sure that a command ended on `code`, with `exit`, and said it in the shape every failure has.
fn check(finished: &Finished, exit: i32, code: &str) {
    let said = &finished.stderr;
    assert_eq!(finished.exit, Some(exit), "{said}");
    assert!(finished.stdout.is_empty(), "{}", finished.stdout);
    let lines: Vec<&str> = said.lines().filter(|line| !line.is_empty()).collect();
    let (first, last) = (
        lines.first().expect("a first line"),
        lines.last().expect("a last line"),
    );
    assert!(
        first.starts_with("error: ") && first.ends_with(&format!("({code})")),
        "{said}"
    );
    let hint = last.strip_prefix("hint: ").expect("the last line is the hint");
    assert!(
        hint.starts_with(char::is_uppercase) && hint.ends_with('.'),
        "{said}"
    );
    assert!(
        lines[1..lines.len() - 1]
            .iter()
            .all(|line| line.starts_with("  caused by: ")),
        "{said}"
    );
    assert!(!said.contains("panicked") && !said.contains("-demo"), "{said}");
}

fn home() -> TempDir {
    tempfile::tempdir().expect("a temporary directory")
}

fn login(home: &Path, store: &str, username: &str, password: &str) -> Finished {
    run(
        &[
            "login",
            "--data-dir",
            text(home),
            "--store",
            store,
            "--username",
            username,
            "--password-stdin",
        ],
        &format!("{password}\n"),
    )
}

fn token(home: &Path, store: &str) -> Finished {
    run(&["token", "--data-dir", text(home), "--store", store], "")
}

/// Every sealed session file of a data directory.
fn session_files(home: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(home.join("vault")).expect("the vault is there");
    let found: Vec<PathBuf> = files
        .map(|entry| entry.expect("the vault can be listed").path())
        .filter(|path| fs::read(path).is_ok_and(|bytes| bytes.starts_with(b"EVTV")))
        .collect();
    assert!(!found.is_empty(), "a session is kept");
    found
}

#[test]
fn wrong_use_exits_2_and_teaches() {
    for words in [
        vec!["serve", "--access-ttl", "20"],
        vec!["token"],
        vec!["login", "--store", "shop.example", "--password-stdin"],
        vec!["sell"],
    ] {
        let finished = run(&words, "");
        assert_eq!(finished.exit, Some(2), "{words:?}: {}", finished.stderr);
        assert!(finished.stderr.contains("--help"), "{}", finished.stderr);
    }
}

#[test]
fn help_names_every_command_and_exit_code() {
    let help = run(&["--help"], "");
    assert_eq!(help.exit, Some(0));
    for word in [
        "demo",
        "serve",
        "till",
        "login",
        "status",
        "token",
        "refresh",
        "logout",
        "EVERTILL_HOME",
    ] {
        assert!(help.stdout.contains(word), "{word}");
    }
    for code in ["  0  ", "  1  ", "  2  ", "  3  ", "  4  ", "  5  "] {
        assert!(help.stdout.contains(code), "exit code {code}");
    }
}

#[test]
fn an_address_that_is_none_is_refused() {
    let home = home();
    check(
        &login(home.path(), "not an address", "cashier", "x"),
        2,
        "API06001",
    );
}

#[test]
fn a_host_nobody_knows_is_trouble_that_may_pass() {
    let home = home();
    check(
        &login(home.path(), "http://no-such-shop.invalid", "cashier", "x"),
        4,
        "API01004",
    );
}

#[test]
fn a_store_that_is_down_is_trouble_that_may_pass() {
    let home = home();
    let closed = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", closed.local_addr().expect("an address"));
    drop(closed);
    check(&login(home.path(), &url, "cashier", "x"), 4, "API01002");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_that_is_no_store_is_named_as_such() {
    let site = Site::start().await;
    let home = home();
    check(&login(home.path(), &site.url(), "cashier", "x"), 5, "API05004");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_till_in_front_of_no_store_says_so_and_who_else_can_use_it_and_opens() {
    let site = Site::start().await;
    let folder = home();
    let data = folder.path().join("till");
    let mut till = Running::start(
        folder.path(),
        "till",
        &[
            "till",
            "--store",
            &site.url(),
            "--listen",
            "0.0.0.0:0",
            "--data-dir",
            text(&data),
        ],
    );
    assert!(till.says("Listening on ").await.starts_with("0.0.0.0:"));
    let said = until("the warning about the store", || {
        let log = till.log();
        std::future::ready(log.contains("tries again.").then_some(log))
    })
    .await;
    assert!(said.contains("warning: could not connect to"), "{said}");
    assert!(said.contains("(API05004)"), "{said}");
    assert!(said.contains("anybody in this network can sell"), "{said}");
    assert_eq!(said.matches("hint: ").count(), 2, "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plain_store_named_as_https_gets_no_password_and_its_address_is_said() {
    let site = Site::start().await;
    let home = home();
    let address = site.url().replace("http://", "https://");
    let refused = login(home.path(), &address, "cashier", "x");
    check(&refused, 5, "API06004");
    let plain = site.url();
    assert!(
        refused.stderr.contains(plain.trim_end_matches('/')),
        "{}",
        refused.stderr
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_asks_for_a_person_and_a_locked_account_says_so() {
    let world = World::open("2m").await;
    let home = home();
    check(
        &login(home.path(), &world.store_url(), "cashier", "wrong"),
        3,
        "API02001",
    );
    for _ in 0..4 {
        login(home.path(), &world.store_url(), "cashier", "wrong");
    }
    let locked = login(home.path(), &world.store_url(), "cashier", "cashier-demo");
    check(&locked, locked.exit.unwrap_or_default(), "API02011");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_without_a_session_asks_for_a_person() {
    let world = World::open("2m").await;
    let home = home();
    check(&token(home.path(), &world.store_url()), 3, "API02010");
    check(
        &run(
            &[
                "refresh",
                "--data-dir",
                text(home.path()),
                "--store",
                &world.store_url(),
            ],
            "",
        ),
        3,
        "API02010",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_cannot_be_renewed_because_the_store_is_down_is_trouble_that_may_pass() {
    let mut world = World::open("5s").await;
    world.sign_in_till("cashier");
    world.kill_store();
    let refused = until("the token to end", || async {
        Some(token(&world.till_home(), &world.store_url())).filter(|finished| finished.exit != Some(0))
    })
    .await;
    check(&refused, 4, "API02002");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_session_file_is_set_aside_and_a_person_is_asked_for() {
    let world = World::open("2m").await;
    world.sign_in_till("cashier");
    let home = world.till_home();
    for file in session_files(&home) {
        let mut bytes = fs::read(&file).expect("the file can be read");
        let middle = bytes.len() / 2;
        bytes.truncate(middle);
        fs::write(&file, &bytes).expect("the file can be written");
    }
    check(&token(&home, &world.store_url()), 3, "SY01006");
    assert!(
        fs::read_dir(home.join("vault"))
            .expect("the vault is there")
            .count()
            >= 1,
        "nothing is deleted"
    );
    let login = login(&home, &world.store_url(), "cashier", "cashier-demo");
    assert_eq!(login.exit, Some(0), "{}", login.stderr);
    assert_eq!(token(&home, &world.store_url()).exit, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_file_of_a_newer_version_is_left_alone() {
    let world = World::open("2m").await;
    world.sign_in_till("cashier");
    let home = world.till_home();
    let files = session_files(&home);
    let mut newer = Vec::new();
    for file in &files {
        let mut bytes = fs::read(file).expect("the file can be read");
        // The head: four bytes of magic, the format, three bytes of a check over those five.
        bytes[4] = 99;
        let sum = Sha256::digest(&bytes[..5]);
        bytes[5..8].copy_from_slice(&sum[..3]);
        fs::write(file, &bytes).expect("the file can be written");
        newer.push(bytes);
    }
    check(&token(&home, &world.store_url()), 5, "SY01007");
    for (file, bytes) in files.iter().zip(newer) {
        assert_eq!(fs::read(file).expect("the file is still there"), bytes);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_that_is_taken_names_itself() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address").to_string();
    let home = home();
    check(
        &run(
            &["serve", "--listen", &address, "--data-dir", text(home.path())],
            "",
        ),
        5,
        "SY01005",
    );
    check(
        &run(
            &[
                "till",
                "--store",
                "http://127.0.0.1:1",
                "--listen",
                &address,
                "--data-dir",
                text(home.path()),
            ],
            "",
        ),
        5,
        "SY01005",
    );
}

#[test]
fn a_data_directory_that_cannot_be_one_is_refused() {
    let folder = home();
    let file = folder.path().join("a-file");
    fs::write(&file, "here already").expect("the folder takes files");
    let inside = file.join("data");
    for words in [
        vec!["serve", "--listen", "127.0.0.1:0", "--data-dir", text(&inside)],
        vec![
            "till",
            "--store",
            "http://127.0.0.1:1",
            "--listen",
            "127.0.0.1:0",
            "--data-dir",
            text(&inside),
        ],
        vec!["status", "--data-dir", text(&inside)],
    ] {
        check(&run(&words, ""), 5, "SY01003");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_process_on_the_same_data_directory_is_refused() {
    let mut world = World::open("2m").await;
    world.start_till().await;
    let store = world.store_home();
    check(
        &run(
            &["serve", "--listen", "127.0.0.1:0", "--data-dir", text(&store)],
            "",
        ),
        5,
        "SY01004",
    );
    let (till, url) = (world.till_home(), world.store_url());
    check(
        &run(
            &[
                "till",
                "--store",
                &url,
                "--listen",
                "127.0.0.1:0",
                "--data-dir",
                text(&till),
            ],
            "",
        ),
        5,
        "SY01004",
    );
}

#[tokio::test(flavor = "multi_thread")]
#[cfg(unix)]
async fn ending_a_process_politely_takes_a_moment_and_exits_0() {
    let folder = home();
    let data = folder.path().join("store");
    let mut store = Running::start(
        folder.path(),
        "store",
        &["serve", "--listen", "127.0.0.1:0", "--data-dir", text(&data)],
    );
    store.says("Listening on ").await;
    assert_eq!(store.stop().await, Some(0));
}
