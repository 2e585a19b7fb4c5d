//! `evertill vault`: the key moves, sessions travel, and nothing is lost or shown.

use std::{fs, path::Path};

use serde_json::Value;

use crate::harness::{
    program::{Finished, evertill, run},
    until,
    world::{World, text},
};

const WORDS: &str = "three good words\n";

fn vault(home: &Path, words: &[&str], input: &str) -> Finished {
    run(&[&["vault"], words, &["--data-dir", text(home)]].concat(), input)
}

fn token(world: &World, home: &Path) -> Finished {
    run(
        &["token", "--data-dir", text(home), "--store", &world.store_url()],
        "",
    )
}

fn status(home: &Path) -> Value {
    let status = vault(home, &["status", "--json"], "");
    assert_eq!(status.exit, Some(0), "{}", status.stderr);
    serde_json::from_str(&status.stdout).expect("the status is JSON")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_till_moves_to_another_device_and_stops_using_the_session_here() {
    let world = World::at_work("15m").await;
    let (here, there) = (world.till_home(), world.folder().join("there"));
    let file = world.folder().join("till.evertill-sessions");
    let secret = token(&world, &here).stdout.trim().to_owned();
    let exported = vault(
        &here,
        &["export", text(&file), "--move", "--passphrase-stdin"],
        WORDS,
    );
    assert_eq!(exported.exit, Some(0), "{}", exported.stderr);
    assert!(
        exported.stderr.contains("Moved the session of"),
        "{}",
        exported.stderr
    );
    until("the running till to notice", || async {
        (world.till_status()["state"] == "signed_out").then_some(())
    })
    .await;
    assert_eq!(token(&world, &here).exit, Some(3));
    assert_eq!(status(&here)["set_aside"][0]["kind"], "moved");

    let imported = vault(&there, &["import", text(&file), "--passphrase-stdin"], WORDS);
    assert_eq!(imported.exit, Some(0), "{}", imported.stderr);
    let refreshed = run(
        &[
            "refresh",
            "--data-dir",
            text(&there),
            "--store",
            &world.store_url(),
        ],
        "",
    );
    assert_eq!(refreshed.exit, Some(0), "{}", refreshed.stderr);
    assert_eq!(token(&world, &there).exit, Some(0));
    for said in [&exported, &imported] {
        assert!(!format!("{}{}", said.stdout, said.stderr).contains(&secret));
    }
    let parcel = fs::read(&file).expect("the file is there");
    assert!(
        !String::from_utf8_lossy(&parcel).contains("shop"),
        "nothing in it can be read"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_behind_a_passphrase_opens_for_who_has_it_and_keeps_a_running_till_going() {
    let world = World::at_work("6s").await;
    let home = world.till_home();
    let moved = vault(
        &home,
        &["move", "--to", "passphrase", "--passphrase-stdin"],
        WORDS,
    );
    assert_eq!(moved.exit, Some(0), "{}", moved.stderr);
    assert!(!home.join("vault.key").exists());

    let locked = token(&world, &home);
    assert_eq!(locked.exit, Some(5), "{}", locked.stderr);
    assert!(locked.stderr.contains("(SY01012)"), "{}", locked.stderr);
    assert!(
        locked.stderr.contains("EVERTILL_VAULT_PASSPHRASE_FILE"),
        "{}",
        locked.stderr
    );

    let before = world.network.count("auth/refresh");
    until("the running till to renew twice", || async {
        (world.network.count("auth/refresh") >= before + 2).then_some(())
    })
    .await;

    let words = world.folder().join("words");
    fs::write(&words, WORDS).expect("the folder takes files");
    let opened = evertill(&["token", "--data-dir", text(&home), "--store", &world.store_url()])
        .env("EVERTILL_VAULT_PASSPHRASE_FILE", &words)
        .output()
        .expect("the binary runs");
    assert!(
        opened.status.success(),
        "{}",
        String::from_utf8_lossy(&opened.stderr)
    );
    fs::write(&words, "other words\n").expect("the folder takes files");
    let wrong = evertill(&["token", "--data-dir", text(&home), "--store", &world.store_url()])
        .env("EVERTILL_VAULT_PASSPHRASE_FILE", &words)
        .output()
        .expect("the binary runs");
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("(SY01011)"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_vault_is_not_thrown_away_by_a_sign_in_without_the_passphrase() {
    let world = World::open("15m").await;
    world.sign_in_till("cashier");
    let home = world.till_home();
    vault(
        &home,
        &["move", "--to", "passphrase", "--passphrase-stdin"],
        WORDS,
    );
    let before = files(&home);
    let login = run(
        &[
            "login",
            "--data-dir",
            text(&home),
            "--store",
            &world.store_url(),
            "--username",
            "cashier",
            "--password-stdin",
        ],
        "cashier-demo\n",
    );
    assert_eq!(login.exit, Some(5), "{}", login.stderr);
    assert_eq!(files(&home), before);
}

/// The sealed files with their bytes.
fn files(home: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found: Vec<(String, Vec<u8>)> = fs::read_dir(home.join("vault"))
        .expect("the vault is there")
        .map(|entry| entry.expect("it can be listed"))
        .map(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            (name, fs::read(entry.path()).expect("it can be read"))
        })
        .filter(|(name, _)| name.contains(".sealed") && !name.ends_with(".lock"))
        .collect();
    found.sort();
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_session_file_is_kept_and_the_status_says_what_it_is() {
    let world = World::open("15m").await;
    world.sign_in_till("cashier");
    let home = world.till_home();
    let (name, bytes) = files(&home).remove(0);
    let path = home.join("vault").join(&name);
    fs::write(&path, &bytes[..bytes.len() / 2]).expect("the file is torn");
    let _ = fs::remove_file(home.join("vault").join(format!("{name}.prev")));
    assert_ne!(token(&world, &home).exit, Some(0));
    world.sign_in_till("cashier");
    let said = vault(&home, &["status"], "");
    assert!(said.stdout.contains("damaged-1"), "{}", said.stdout);
    assert!(said.stdout.contains("torn or altered"), "{}", said.stdout);
    let aside = fs::read(home.join("vault").join(format!("{name}.damaged-1")));
    assert_eq!(aside.expect("it is kept"), &bytes[..bytes.len() / 2]);
}

#[test]
fn a_passphrase_that_is_too_short_or_missing_and_a_file_that_is_none_are_named() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let home = folder.path();
    let nothing = vault(home, &["export", "x", "--passphrase-stdin"], WORDS);
    assert_eq!(nothing.exit, Some(3), "{}", nothing.stderr);
    let missing = vault(home, &["export", "x"], "");
    assert_eq!(missing.exit, Some(2), "{}", missing.stderr);
    let short = vault(
        home,
        &["move", "--to", "passphrase", "--passphrase-stdin"],
        "short\n",
    );
    assert_eq!(short.exit, Some(0), "there is no key yet: {}", short.stderr);
    let file = home.join("photo.jpg");
    fs::write(&file, b"nothing of ours").expect("the folder takes files");
    let strange = vault(home, &["import", text(&file), "--passphrase-stdin"], WORDS);
    assert!(strange.stderr.contains("(SY01011)"), "{}", strange.stderr);
    let gone = vault(home, &["import", "nowhere", "--passphrase-stdin"], WORDS);
    assert!(gone.stderr.contains("could not read nowhere"), "{}", gone.stderr);
}
