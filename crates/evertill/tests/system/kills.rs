//! A store that is killed while tills renew, tills that are killed between an answer and writing it down, and both.
//!
//! `EVERTILL_STORE_KILLS` says how often; `cargo xtask soak --store-kills 200` runs it for long.

use std::{
    net::{SocketAddr, TcpListener},
    path::Path,
    process::Stdio,
};

use crate::harness::{
    chance::Chance,
    crew::Crew,
    program::{Running, evertill, run},
    store::Store,
    until,
    world::{World, text},
};

/// Tills that renew without a pause.
const TILLS: usize = 64;

/// How often something is killed unless the environment says otherwise.
const KILLS: u64 = 10;

fn kills() -> u64 {
    number("EVERTILL_STORE_KILLS", KILLS)
}

fn number(name: &str, otherwise: u64) -> u64 {
    let text = std::env::var(name).ok();
    text.and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

async fn start(folder: &Path, address: SocketAddr) -> Running {
    let listen = address.to_string();
    let home = folder.join("store");
    let words = [
        "serve",
        "--sample-shop",
        "--listen",
        &listen,
        "--data-dir",
        text(&home),
    ];
    let mut store = Running::start(folder, "store", &words);
    store.says("Listening on ").await;
    store
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_is_killed_again_and_again_signs_no_till_out_and_forgets_no_ending() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let address = TcpListener::bind("127.0.0.1:0")
        .and_then(|free| free.local_addr())
        .expect("a free port");
    let seed = number("EVERTILL_STORE_KILLS_SEED", u64::from(std::process::id()));
    let mut chance = Chance::of(seed);
    let mut process = start(folder.path(), address).await;
    let store = Store::at(address);
    let mut crew = Crew::of(&store, TILLS).await;
    let mut asked = 0;
    for _ in 0..kills() {
        crew.renew(chance.below(2 * TILLS as u64)).await;
        // One of those that renew right now; another one takes its place.
        let leaving = crew.living()[usize::try_from(chance.below(TILLS as u64)).expect("a till")].clone();
        crew.end(&leaving).await;
        process.kill();
        process = start(folder.path(), address).await;
        asked += crew.ended_stay_ended().await;
        crew.join().await;
    }
    crew.renew(TILLS as u64).await;
    let figures = crew.close().await;
    println!(
        "seed {seed}: {} kills of the store, {TILLS} tills at a time; {} renewals, {} answers lost, {} requests met \
         nobody, answers {:?}; {} ended while they renewed and asked {asked} times after a kill, all refused; {} living, \
         0 signed out",
        kills(),
        figures.renewals,
        figures.lost,
        figures.away,
        figures.statuses,
        figures.ended,
        figures.living
    );
    process.kill();
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Victim {
    /// The client alone, in the instant in which the last byte of its answer has left.
    Till,
    /// In the same instant the store as well.
    Both,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_till_that_is_killed_between_an_answer_and_its_disk_is_signed_in_when_it_comes_back() {
    let seed = number("EVERTILL_STORE_KILLS_SEED", u64::from(std::process::id()));
    let mut chance = Chance::of(seed);
    let mut world = World::open("15m").await;
    world.sign_in_till("cashier");
    let (mut unsaved, mut both) = (0, 0);
    for round in 0..kills() {
        let victim = chance.one_of(&[Victim::Till, Victim::Both]);
        let mut command = evertill(&[
            "refresh",
            "--data-dir",
            text(&world.till_home()),
            "--store",
            &world.store_url(),
        ]);
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let mut child = child.expect("the binary starts");
        let store = (victim == Victim::Both).then(|| world.take_store());
        both += u64::from(store.is_some());
        let done = world.network.after_the_next_reply("auth/refresh", move || {
            child.kill().expect("it has not read its answer yet");
            drop(store);
            child.wait().expect("it is gone");
        });
        until("the till to be answered and killed", || {
            std::future::ready(done.is_over())
        })
        .await;
        if victim == Victim::Both {
            world.start_store().await;
        }
        let again = run(
            &[
                "refresh",
                "--data-dir",
                text(&world.till_home()),
                "--store",
                &world.store_url(),
            ],
            "",
        );
        assert_eq!(
            again.exit,
            Some(0),
            "seed {seed}, round {round}: {}",
            again.stderr
        );
        assert_eq!(
            world.till_status()["state"],
            "active",
            "seed {seed}, round {round}"
        );
        let presented = world.network.presented();
        let [.., killed, after] = presented.as_slice() else {
            panic!("two renewals reached the store");
        };
        unsaved += u64::from(killed == after);
    }
    println!(
        "seed {seed}: {} tills killed in the instant of their answer, {both} of them together with the store; {unsaved} \
         had not saved it and presented the token before; 0 signed out",
        kills()
    );
    assert!(unsaved * 2 >= kills(), "only {unsaved} were killed in time");
}
