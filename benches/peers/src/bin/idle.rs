//! Memory of sessions that only wait: `cargo run --release --bin idle`. Linux only.

use std::sync::Arc;
use std::time::Duration;

use evertill_client::Home;
use evertill_client::clock::SystemClock;
use evertill_client::http::Http;
use evertill_peers::Store;

const SESSIONS: usize = 1_000;

#[tokio::main]
async fn main() {
    let dir = tempfile::tempdir().expect("a directory");
    let home = Home::open(dir.path()).expect("a home");
    let store = Store::start(Duration::ZERO).await;
    let clock = Arc::new(SystemClock::new());
    let http = Http::for_many().expect("a client");
    let open = async |number: usize| {
        let name = format!("s{number}");
        evertill_peers::keeper(&home, &store, clock.clone(), &name, Some(http.clone())).await
    };
    // The first session brings the runtime's threads, the certificates and the allocator's pools.
    let mut keepers = vec![open(0).await];
    keepers[0].renew_now().await.expect("a store that answers");
    let before = resident_bytes();
    for number in 1..=SESSIONS {
        keepers.push(open(number).await);
    }
    report("opened", before);
    for keeper in &keepers {
        keeper.renew_now().await.expect("a store that answers");
    }
    report("renewed once", before);
    tokio::time::sleep(Duration::from_secs(5)).await;
    report("idle for 5 s", before);
}

fn report(when: &str, before: usize) {
    let grown = resident_bytes().saturating_sub(before);
    println!(
        "{when}: {SESSIONS} sessions, {:.1} KiB each",
        grown as f64 / 1024.0 / SESSIONS as f64
    );
}

fn resident_bytes() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kib = line
        .and_then(|line| line.split_whitespace().nth(1))
        .and_then(|text| text.parse::<usize>().ok());
    kib.expect("a number") * 1024
}
