//! What the store server costs: `cargo xtask bench server [checks|renewals|million|timing]`.
//!
//! The server is a process of its own (this program, started again) and runs as it is shipped, with its log and its
//! access log, so that its processor time can be told from the load's. Each connection spends a current refresh token
//! and puts its successor back. The load runs on the same cores.
//!
//! Every aim is printed with what was measured. A machine that is busy misses aims, so missing one is no failure of
//! this program; an answer that should not have been given is.

#![expect(clippy::print_stdout, reason = "a bench prints what it measured")]
#![expect(clippy::unwrap_used, reason = "a bench that cannot go on stops right there")]

#[path = "server/aims.rs"]
mod aims;
#[path = "server/client.rs"]
mod client;
#[path = "server/load.rs"]
mod load;
#[path = "server/peer.rs"]
mod peer;
#[path = "server/process.rs"]
mod process;
#[path = "server/ranks.rs"]
mod ranks;
#[path = "server/timing.rs"]
mod timing;

use std::{
    collections::VecDeque,
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use aims::Aims;
use client::{Connection, Dialect};
use load::{Figures, Load};
use process::Server;

/// Sessions of the large store.
const MANY: u64 = 1_000_000;

/// Sessions of the store it is compared with.
const FEW: u64 = 1_000;

/// Tokens of the large store that are presented: more than are renewed in the time of a line.
const PRESENTED: u64 = 300_000;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().collect();
    if let [_, role, home] = words.as_slice()
        && role == "serve"
    {
        process::serve(home);
        return ExitCode::SUCCESS;
    }
    let wished: Vec<&str> = words[1..]
        .iter()
        .map(String::as_str)
        .filter(|word| !word.starts_with('-'))
        .collect();
    let is_wished = |part: &str| wished.is_empty() || wished.contains(&part);
    let mut aims = Aims::default();
    if is_wished("checks") {
        checks(&mut aims);
    }
    if is_wished("renewals") {
        tills(&mut aims);
    }
    if is_wished("million") {
        million(&mut aims);
    }
    if is_wished("timing") {
        timing::measure(&mut aims);
    }
    aims.print()
}

fn checks(aims: &mut Aims) {
    let home = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let costs = runtime
        .block_on(evertill_server::measure::checks(home.path()))
        .unwrap();
    println!("| access check | ns |\n| --- | --- |");
    println!("| seen before | {:.0} |", costs.seen_ns);
    println!(
        "| not seen, with the look at its session | {:.0} |",
        costs.unseen_ns
    );
    println!("| a bare Ed25519 verification | {:.0} |", costs.bare_ns);
    println!("| junk | {:.0} |", costs.junk_ns);
    println!(
        "| a token of ours with another's signature | {:.0} |",
        costs.forged_ns
    );
    println!("| signing a token | {:.0} |", costs.signing_ns);
    aims.at_most("an access token seen before", costs.seen_ns, 1_000.0, "ns");
    aims.at_most(
        "one not seen, in bare verifications",
        costs.unseen_in_bare,
        1.3,
        "",
    );
    aims.must("junk and forged tokens are refused", costs.are_bad_ones_refused);
}

/// A few tills, beside sign-ins, and the same load on somebody else's server.
fn tills(aims: &mut Aims) {
    let home = tempfile::tempdir().unwrap();
    let server = Server::start(home.path());
    let mut load = Load::new(&server, Dialect::Till, sign_in(&server, 64));
    load::head();
    load.run("16 connections", 16, aims);
    let figures = load.run("64 connections", 64, aims);
    aims.at_most("processor time of a renewal", figures.cpu_us(), 20.0, "µs");
    aims.at_most("p99 with 64 connections", figures.p99_ms(), 10.0, "ms");
    let beside = with_sign_ins(&server, &mut load, aims);
    aims.at_most("p99 beside 200 sign-ins a second", beside.p99_ms(), 50.0, "ms");
    drop(server);
    peer::measure(aims, figures.a_second());
}

/// Renews while 200 sign-ins a second are offered.
fn with_sign_ins(server: &Server, load: &mut Load<'_>, aims: &mut Aims) -> Figures {
    let is_over = Arc::new(AtomicBool::new(false));
    let done = Arc::new(AtomicU64::new(0));
    let offering: Vec<_> = (0..200)
        .map(|_| {
            let (is_over, done, address) = (Arc::clone(&is_over), Arc::clone(&done), server.address);
            std::thread::spawn(move || {
                while !is_over.load(Ordering::Relaxed) {
                    let next = Instant::now() + Duration::from_secs(1);
                    if Connection::open(address).try_sign_in("cashier").is_some() {
                        done.fetch_add(1, Ordering::Relaxed);
                    }
                    std::thread::sleep(next.saturating_duration_since(Instant::now()));
                }
            })
        })
        .collect();
    let figures = load.run("64 connections beside 200 sign-ins a second", 64, aims);
    is_over.store(true, Ordering::Relaxed);
    for one in offering {
        one.join().unwrap();
    }
    let done = done.load(Ordering::Relaxed);
    println!("\nsign-ins answered meanwhile: {done}\n");
    aims.must("somebody could sign in meanwhile", done > 0);
    figures
}

fn sign_in(server: &Server, count: usize) -> VecDeque<String> {
    (0..count)
        .map(|_| Connection::open(server.address).sign_in("cashier"))
        .collect()
}

/// The same load on a thousand and on a million stored sessions, each renewal of another one.
fn million(aims: &mut Aims) {
    let home = tempfile::tempdir().unwrap();
    // Somebody was there before: sessions say from what device.
    sign_in(&Server::start(home.path()), 1);
    load::head();
    let few = process::fill(home.path(), FEW, FEW);
    let server = Server::start(home.path());
    let mut load = Load::new(&server, Dialect::Till, few.into());
    let few = load.run("64 connections, all of 1,000 sessions in turn", 64, aims);
    drop(server);
    let many = process::fill(home.path(), MANY - FEW, PRESENTED);
    let began = Instant::now();
    let server = Server::start(home.path());
    let first = load::first(&server, Dialect::Till, &many[0]);
    let ready = began.elapsed();
    aims.must("the first answer renews a session", first.is_granted());
    let (hot, cold) = many[1..].split_at(64);
    let mut load = Load::new(&server, Dialect::Till, hot.to_vec().into());
    let same = load.run(
        "64 connections, 1,000,000 sessions, 64 of them renewing",
        64,
        aims,
    );
    let mut load = Load::new(&server, Dialect::Till, cold.to_vec().into());
    let spread = load.run(
        "64 connections, 1,000,000 sessions, each renewal another's",
        64,
        aims,
    );
    let bytes = process::database_bytes(home.path()) / MANY;
    println!("\nstart to first answer with {MANY} sessions: {ready:?}; database {bytes} bytes a session\n");
    aims.at_most(
        "start to first answer, a million sessions",
        ready.as_secs_f64() * 1e3,
        300.0,
        "ms",
    );
    aims.at_least(
        "speed with a million, each renewal another's",
        spread.a_second() / few.a_second(),
        0.8,
        "of 1,000",
    );
    aims.at_least(
        "speed with a million, 64 renewing",
        same.a_second() / few.a_second(),
        0.8,
        "of 1,000",
    );
    let resident = spread.resident_mib.max(same.resident_mib);
    aims.at_most("resident memory with a million", resident as f64, 64.0, "MiB");
    aims.at_most("database, each session", bytes as f64, 500.0, "bytes");
}
