//! Last night's backup, put back under tills that go on renewing: `evertill admin backup`, `restore` and `check`.

use std::{
    net::{SocketAddr, TcpListener},
    path::Path,
};

use serde_json::Value;

use crate::harness::{
    crew::Crew,
    program::{Finished, Running, run},
    store::Store,
    world::text,
};

/// Tills that are signed in when the backup is made.
const TILLS: usize = 5;

async fn open(folder: &Path, home: &Path, address: SocketAddr) -> Running {
    let listen = address.to_string();
    let words = [
        "serve",
        "--sample-shop",
        "--listen",
        &listen,
        "--data-dir",
        text(home),
    ];
    let mut store = Running::start(folder, "store", &words);
    store.says("Listening on ").await;
    store
}

fn admin(home: &Path, words: &[&str]) -> Finished {
    let mut all = vec!["admin"];
    all.extend(words);
    all.extend(["--data-dir", text(home)]);
    let finished = run(&all, "");
    assert_eq!(finished.exit, Some(0), "{words:?}: {}", finished.stderr);
    finished
}

/// What the audit log tells of one kind, newest first.
fn told(home: &Path, kind: &str) -> Vec<String> {
    let listed = admin(home, &["audit", "--json", "--all", "--kind", kind]).stdout;
    let lines: Value = serde_json::from_str(&listed).expect("a list");
    let lines = lines.as_array().expect("a list").iter();
    lines
        .map(|line| line["sentence"].as_str().expect("a sentence").to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn last_nights_backup_under_running_tills_signs_nobody_out_and_brings_nobody_back() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let (home, copy) = (folder.path().join("store"), folder.path().join("night.sqlite3"));
    let address = TcpListener::bind("127.0.0.1:0")
        .and_then(|free| free.local_addr())
        .expect("a free port");
    let running = open(folder.path(), &home, address).await;
    let store = Store::at(address);
    let mut crew = Crew::of(&store, TILLS).await;
    crew.renew(10 * TILLS as u64).await;
    admin(&home, &["backup", "--to", text(&copy)]);
    assert_eq!(
        told(&home, "backup"),
        [format!("the command line copied the store to {}", copy.display())]
    );

    // A day goes by: everybody renews, two sign in, two sessions are ended.
    let late = [crew.join().await, crew.join().await];
    crew.renew(20 * TILLS as u64).await;
    let revoked = crew.living()[0].clone();
    crew.end(&revoked).await;
    crew.end(&late[1]).await;
    assert_eq!(running.stop().await, Some(0));
    let put_back = admin(&home, &["restore", "--from", text(&copy)]);
    assert!(put_back.stdout.contains("Restored into"), "{}", put_back.stdout);
    assert!(admin(&home, &["check"]).stdout.contains("The store is well"));

    let running = open(folder.path(), &home, address).await;
    assert_eq!(crew.ended_stay_ended().await, 2);
    crew.renew(20 * TILLS as u64).await;
    let figures = crew.close().await;
    assert_eq!((figures.living, figures.ended), (TILLS, 2), "{figures:?}");
    // What was taken back is in the log at the latest when the store has closed.
    assert_eq!(running.stop().await, Some(0));
    let restored = told(&home, "restored");
    assert_eq!(restored.len(), 2, "{restored:?}");
    for words in [
        "in the place of the store",
        "had forgotten that 2 sessions ended since its copy was made",
    ] {
        assert!(restored.iter().any(|line| line.contains(words)), "{restored:?}");
    }
    let adopted = told(&home, "adopted");
    assert_eq!(adopted.len(), 1, "the till that came after the copy: {adopted:?}");
    assert!(adopted[0].contains("was taken back"), "{adopted:?}");
}
