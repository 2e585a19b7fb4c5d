//! Clients that nobody here wrote live with the store: openid-client (npm) and Authlib (PyPI) sign in, renew a hundred
//! times, lose a reply, revoke, and present a code twice. And Schemathesis (PyPI), which nobody here wrote either, holds
//! the store to its own OpenAPI document.
//!
//! `cargo xtask test` fetches them, pinned, into the target directory. Where that was not possible these tests say so
//! and prove nothing.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops right there")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Output,
};

use evertill_server::{ServeOptions, ServerHandle, start};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use tokio::process::Command;

/// The secret of the registered client.
const SECRET: &str = "a long secret that is only used here";

/// A running store that knows a client with a secret.
async fn store() -> (ServerHandle, TempDir) {
    let home = tempfile::tempdir().unwrap();
    let config = home.path().join("store.toml");
    let digest: String = Sha256::digest(SECRET.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    fs::write(
        &config,
        format!(
            "[[oauth.clients]]\nid = \"interop\"\nredirect_uris = [\"http://localhost/authlib\"]\nsecret_sha256 = \"{digest}\"\n"
        ),
    )
    .unwrap();
    let options = ServeOptions {
        sample_shop: true,
        config: Some(config),
        ..ServeOptions::new(([127, 0, 0, 1], 0).into(), home.path().join("store"))
    };
    (start(options).await.unwrap(), home)
}

/// Where the clients were put; nothing when they could not be fetched.
#[expect(clippy::print_stderr, reason = "a test that proves nothing says so")]
fn fetched(needed: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .parent()
        .unwrap()
        .join("interop");
    if folder.join(needed).exists() {
        return Some(folder);
    }
    eprintln!(
        "skipped: {needed} is not there; `cargo xtask test` fetches it where a registry can be reached"
    );
    None
}

/// Runs a client to its end; it must say `done`.
async fn lives(command: &mut Command) {
    let Output {
        status,
        stdout,
        stderr,
    } = command
        .env_remove("HTTP_PROXY")
        .env_remove("http_proxy")
        .env("NO_PROXY", "127.0.0.1,localhost")
        .kill_on_drop(true)
        .output()
        .await
        .unwrap();
    let (told, wrong) = (String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    assert!(
        status.success() && told.trim_end().ends_with("done"),
        "{told}\n{wrong}"
    );
}

async fn openid_client(key: &str) {
    let Some(folder) = fetched("node/node_modules/openid-client") else {
        return;
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop/node/client.mjs");
    // Beside the packages, because that is where they are looked for.
    let beside = folder.join(format!("node/client-{key}.mjs"));
    fs::copy(script, &beside).unwrap();
    let (store, _home) = store().await;
    let arguments = [store.url().as_str(), "cashier", "cashier-demo", key].map(str::to_owned);
    lives(Command::new("node").arg(beside).args(arguments)).await;
    store.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn openid_client_signs_in_renews_loses_a_reply_and_revokes() {
    openid_client("bearer").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn openid_client_binds_a_session_to_its_key() {
    openid_client("dpop").await;
}

/// Where Python is in one of the environments.
fn python(environment: &str) -> String {
    let below = if cfg!(windows) {
        "Scripts/python.exe"
    } else {
        "bin/python"
    };
    format!("{environment}/venv/{below}")
}

#[tokio::test(flavor = "multi_thread")]
async fn schemathesis_finds_nothing_that_the_document_does_not_say() {
    let python = python("schemathesis");
    let Some(folder) = fetched(&python) else {
        return;
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop/schemathesis/check.py");
    let (store, _home) = store().await;
    lives(
        Command::new(folder.join(python))
            .arg(script)
            .arg(store.url().as_str()),
    )
    .await;
    store.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn authlib_signs_in_renews_loses_a_reply_introspects_and_revokes() {
    let python = python("python");
    let Some(folder) = fetched(&python) else {
        return;
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop/python/client.py");
    let (store, _home) = store().await;
    let arguments = [store.url().as_str(), "cashier", "cashier-demo", SECRET].map(str::to_owned);
    lives(Command::new(folder.join(python)).arg(script).args(arguments)).await;
    store.shutdown().await;
}
