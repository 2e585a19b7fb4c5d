//! 10,000 tasks, or as many as are named, that want a token at the moment it has ended:
//! `cargo run --release --bin expiry [TASKS]`. With one task it shows what a renewal alone takes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use evertill_client::Home;
use evertill_client::clock::HandClock;
use evertill_peers::{LIFE, Store};
use evertill_session::{BootId, Moment, Now, WallTime};
use tokio::task::JoinSet;

const TASKS_DEFAULT: usize = 10_000;
const ROUNDS: usize = 10;
const ROUND_TRIP: Duration = Duration::from_millis(100);

#[tokio::main]
async fn main() {
    let named = std::env::args().nth(1).and_then(|tasks| tasks.parse().ok());
    let task_count: usize = named.unwrap_or(TASKS_DEFAULT);
    let dir = tempfile::tempdir().expect("a directory");
    let home = Home::open(dir.path()).expect("a home");
    let store = Store::start(ROUND_TRIP).await;
    let start = Now {
        moment: Moment::from_millis(1_000_000),
        wall: WallTime::from_millis(1_795_398_738_000),
    };
    let clock = Arc::new(HandClock::new(BootId::new("bench"), start));
    let keeper = evertill_peers::keeper(&home, &store, clock.clone(), "ann", None).await;
    println!(
        "{task_count} tasks at expiry, a store that answers after {} ms",
        ROUND_TRIP.as_millis()
    );
    for round in 1..=ROUNDS {
        clock.pass(LIFE);
        let before = store.renewals();
        let began = Instant::now();
        let mut tasks = JoinSet::new();
        for _ in 0..task_count {
            let keeper = keeper.clone();
            tasks.spawn(async move { keeper.access_token().await.map(|_| Instant::now()) });
        }
        let mut slowest = Duration::ZERO;
        let mut served = 0;
        while let Some(ended) = tasks.join_next().await {
            if let Ok(Ok(at)) = ended {
                served += 1;
                slowest = slowest.max(at - began);
            }
        }
        println!(
            "round {round:2}: {served} served, {} renewals, the slowest after {} ms",
            store.renewals() - before,
            slowest.as_millis()
        );
    }
}
