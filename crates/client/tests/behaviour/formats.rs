//! Files of every format version there ever was, read by this version.
//!
//! The fixtures were written by the version that introduced the format and are never made anew: `1` is format 1. When a
//! format changes, its fixture is added beside the old ones, and this test says what becomes of each.

use std::fs;
use std::path::{Path, PathBuf};

use evertill_client::clock::SystemClock;
use evertill_client::vault::carrying::{import, read_parcel};
use evertill_client::vault::{KeyChoice, Vault, inventory, unlock_with};
use evertill_client::{ClientError, Home, StoreAddress};
use evertill_wire::Passphrase;
use tempfile::TempDir;

const STORE: &str = "http://127.0.0.1:8421";

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/vault")
        .join(name)
}

fn passphrase() -> Passphrase {
    Passphrase::new("three good words")
}

/// A data directory with the sealed session of format 1 and a key as it was kept then.
fn home_with(key: &str, name: &str) -> (TempDir, Home) {
    let dir = tempfile::tempdir().unwrap();
    let home = Home::open(dir.path()).unwrap();
    let sealed = format!("{}.sealed", StoreAddress::parse(STORE).unwrap().key());
    fs::copy(fixture("session.1.sealed"), home.vault_dir().join(sealed)).unwrap();
    fs::copy(fixture(key), home.path().join(name)).unwrap();
    (dir, home)
}

fn user(home: &Home) -> Result<String, ClientError> {
    let store = StoreAddress::parse(STORE).unwrap();
    let record = Vault::new(home, &store, KeyChoice::File).record()?;
    Ok(record.unwrap().grant.user.display_name)
}

#[test]
fn a_session_of_format_1_opens_with_an_open_key_of_format_1() {
    let (_dir, home) = home_with("key.1", "vault.key");
    assert_eq!(user(&home).unwrap(), "Ada Osei");
    let found = inventory::take(&home, KeyChoice::File).unwrap();
    assert_eq!(found.sessions[0].format, Some(1));
    assert_eq!((found.keys[0].place, found.keys[0].opens), ("file", 1));
}

#[test]
fn a_session_of_format_1_opens_with_a_locked_key_of_format_1() {
    unlock_with(passphrase());
    let (_dir, home) = home_with("key.1.locked", "vault.key.locked");
    assert_eq!(user(&home).unwrap(), "Ada Osei");
    let found = inventory::take(&home, KeyChoice::File).unwrap();
    assert_eq!((found.keys[0].place, found.keys[0].opens), ("passphrase", 1));
}

#[tokio::test]
async fn exported_sessions_of_format_1_are_taken_up() {
    let dir = tempfile::tempdir().unwrap();
    let home = Home::open(dir.path()).unwrap();
    let parcel = read_parcel(&fixture("sessions.1.evertill-sessions")).unwrap();
    let imported = import(
        &home,
        KeyChoice::File,
        false,
        &passphrase(),
        parcel,
        &SystemClock::new(),
    )
    .await
    .unwrap();
    assert_eq!(imported.sessions[0].user, "Ada Osei");
    assert_eq!(user(&home).unwrap(), "Ada Osei");
}

#[test]
fn a_damaged_file_beside_them_is_explained() {
    let (_dir, home) = home_with("key.1", "vault.key");
    for (number, bytes, words) in [
        (1, &b""[..], "empty"),
        (2, &[0; 300], "nothing but zeros"),
        (3, b"<!doctype html>", "Something else"),
    ] {
        fs::write(home.vault_dir().join(format!("x.sealed.damaged-{number}")), bytes).unwrap();
        let found = inventory::take(&home, KeyChoice::File).unwrap();
        let last = found.set_aside.last().unwrap();
        assert!(last.explanation.contains(words), "{}", last.explanation);
    }
    let mut torn = fs::read(fixture("session.1.sealed")).unwrap();
    torn.truncate(torn.len() - 5);
    fs::write(home.vault_dir().join("x.sealed.damaged-4"), torn).unwrap();
    let found = inventory::take(&home, KeyChoice::File).unwrap();
    assert!(found.set_aside[3].explanation.contains("torn or altered"));
    assert_eq!(found.sessions.len(), 1);
}
