//! What the store server costs: `cargo xtask bench server`.
//!
//! The server is a process of its own (this program, started again), so that its processor time can be told from the
//! load's. Each connection spends a current refresh token and puts its successor back. The load runs on the same cores.

#![expect(clippy::print_stdout, reason = "a bench prints what it measured")]
#![expect(clippy::unwrap_used, reason = "a bench that cannot go on stops right there")]

#[path = "server/client.rs"]
mod client;
#[path = "server/process.rs"]
mod process;

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use client::Connection;
use process::Server;

/// How long each line is measured.
const LINE: Duration = Duration::from_secs(5);

/// Sessions of the large store.
const MANY: u64 = 1_000_000;

fn main() {
    let words: Vec<String> = std::env::args().collect();
    if let [_, role, home] = words.as_slice()
        && role == "serve"
    {
        return process::serve(home);
    }
    let home = tempfile::tempdir().unwrap();
    checks();
    println!(
        "\n| rotating renewals | a second | server CPU each | p50 | p99 | resident |\n| --- | --- | --- | --- | --- | --- |"
    );
    let mut server = Server::start(home.path());
    let tokens = sign_in(&server, 64);
    let tokens = renewals("16 connections", &server, tokens, 16);
    let tokens = renewals("64 connections", &server, tokens, 64);
    let tokens = with_sign_ins(&server, tokens);
    server.stop();
    process::fill(home.path(), MANY);
    let began = Instant::now();
    server = Server::start(home.path());
    let ready = began.elapsed();
    renewals("64 connections, 1,000,000 sessions", &server, tokens, 64);
    println!(
        "\nstart to first answer with {MANY} sessions: {ready:?}; database {} bytes a session",
        process::database_bytes(home.path()) / MANY
    );
}

fn checks() {
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
        "| not seen | {:.0} ({:.2} of a bare Ed25519 verification, {:.0}) |",
        costs.unseen_ns,
        costs.unseen_ns / costs.bare_ns,
        costs.bare_ns
    );
    println!("| junk | {:.0} |", costs.junk_ns);
}

fn sign_in(server: &Server, count: usize) -> Vec<String> {
    (0..count)
        .map(|_| Connection::open(server.address).sign_in("cashier"))
        .collect()
}

/// Renews on so many connections and prints a line; hands the tokens back as they are then.
fn renewals(name: &str, server: &Server, tokens: Vec<String>, connections: usize) -> Vec<String> {
    let (spent, idle) = tokens.split_at(connections);
    let is_over = AtomicBool::new(false);
    let times = Mutex::new(Vec::new());
    let kept = Mutex::new(idle.to_vec());
    let (cpu, began) = (server.cpu(), Instant::now());
    std::thread::scope(|scope| {
        for token in spent {
            scope.spawn(|| {
                let mut connection = Connection::open(server.address);
                let (mut token, mut own) = (token.clone(), Vec::new());
                while !is_over.load(Ordering::Relaxed) {
                    let asked = Instant::now();
                    token = connection.renew(&token);
                    own.push(asked.elapsed());
                }
                times.lock().unwrap().extend(own);
                kept.lock().unwrap().push(token);
            });
        }
        std::thread::sleep(LINE);
        is_over.store(true, Ordering::Relaxed);
    });
    let (cpu, took) = (server.cpu() - cpu, began.elapsed());
    let mut times = times.into_inner().unwrap();
    times.sort_unstable();
    println!(
        "| {name} | {:.0} | {:.1} µs | {:.2?} | {:.2?} | {} MiB |",
        times.len() as f64 / took.as_secs_f64(),
        cpu.as_secs_f64() * 1e6 / times.len() as f64,
        times[times.len() / 2],
        times[times.len() * 99 / 100],
        server.resident_mib(),
    );
    kept.into_inner().unwrap()
}

/// Renews while 200 sign-ins a second are offered.
fn with_sign_ins(server: &Server, tokens: Vec<String>) -> Vec<String> {
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
    let tokens = renewals("64 connections beside 200 sign-ins a second", server, tokens, 64);
    is_over.store(true, Ordering::Relaxed);
    for one in offering {
        one.join().unwrap();
    }
    println!(
        "\nsign-ins answered meanwhile: {}\n",
        done.load(Ordering::Relaxed)
    );
    tokens
}
