//! Connections that renew, and what it costs.

use std::{
    collections::VecDeque,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use futures_util::{StreamExt as _, stream::FuturesUnordered};

use crate::{
    aims::Aims,
    client::{Answer, Dialect, Renewer},
    process::Server,
};

/// How long each line is measured.
const LINE: Duration = Duration::from_secs(5);

/// Threads that make the load: as many as there are cores to share.
const THREADS: usize = 2;

/// How long a connection rests that was told to come again.
const BUSY_REST: Duration = Duration::from_millis(20);

/// The tokens of a server, each current.
pub(crate) struct Load<'a> {
    server: &'a Server,
    dialect: Dialect,
    tokens: VecDeque<String>,
}

/// What was counted in one line.
pub(crate) struct Figures {
    /// How long each renewal took, rising.
    sorted: Vec<Duration>,
    took: Duration,
    cpu: Duration,
    pub(crate) resident_mib: u64,
}

impl Figures {
    pub(crate) fn a_second(&self) -> f64 {
        self.sorted.len() as f64 / self.took.as_secs_f64()
    }

    pub(crate) fn cpu_us(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / self.sorted.len().max(1) as f64
    }

    pub(crate) fn p99_ms(&self) -> f64 {
        self.part(99).as_secs_f64() * 1e3
    }

    fn part(&self, percent: usize) -> Duration {
        self.sorted
            .get(self.sorted.len() * percent / 100)
            .copied()
            .unwrap_or_default()
    }
}

/// Begins the table.
pub(crate) fn head() {
    println!(
        "\n| rotating renewals | a second | server CPU each | p50 | p99 | resident |\n| --- | --- | --- | --- | --- | --- |"
    );
}

/// One renewal, of a server that has just been started.
pub(crate) fn first(server: &Server, dialect: Dialect, token: &str) -> Answer {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async { Renewer::open(server.address, dialect).await.renew(token).await })
}

/// What one connection brings home.
#[derive(Default)]
struct Haul {
    times: Vec<Duration>,
    tokens: VecDeque<String>,
    busy: usize,
    refused: Vec<String>,
}

impl<'a> Load<'a> {
    pub(crate) fn new(server: &'a Server, dialect: Dialect, tokens: VecDeque<String>) -> Self {
        Self {
            server,
            dialect,
            tokens,
        }
    }

    /// Renews on so many connections, each with its share of the tokens in turn, and prints a line.
    pub(crate) fn run(&mut self, name: &str, connections: usize, aims: &mut Aims) -> Figures {
        let share = (self.tokens.len() / connections).max(1);
        let shares: Vec<VecDeque<String>> = (0..connections)
            .map(|_| self.tokens.drain(..share).collect())
            .collect();
        let is_over = AtomicBool::new(false);
        let hauls = Mutex::new(Vec::new());
        let (cpu, began) = (self.server.cpu(), Instant::now());
        std::thread::scope(|scope| {
            for part in shares.chunks(connections.div_ceil(THREADS)) {
                scope.spawn(|| hauls.lock().unwrap().extend(self.spend_all(part, &is_over)));
            }
            std::thread::sleep(LINE);
            is_over.store(true, Ordering::Relaxed);
        });
        let (cpu, took) = (self.server.cpu() - cpu, began.elapsed());
        let (mut sorted, mut busy, mut refused) = (Vec::new(), 0, Vec::new());
        for haul in hauls.into_inner().unwrap() {
            sorted.extend(haul.times);
            self.tokens.extend(haul.tokens);
            busy += haul.busy;
            refused.extend(haul.refused);
        }
        sorted.sort_unstable();
        let figures = Figures {
            sorted,
            took,
            cpu,
            resident_mib: self.server.resident_mib(),
        };
        println!(
            "| {name} | {:.0} | {:.1} µs | {:.2?} | {:.2?} | {} MiB |",
            figures.a_second(),
            figures.cpu_us(),
            figures.part(50),
            figures.part(99),
            figures.resident_mib,
        );
        if busy > 0 {
            println!("| … of which told to come again | {busy} | | | | |");
        }
        let first = refused.first().cloned().unwrap_or_default();
        aims.must(
            &format!("{name}: {} refused, the first: {first}", refused.len()),
            refused.is_empty(),
        );
        figures
    }

    /// Renews on one thread: on connections that share it, so that an answer seldom has to wake anybody.
    fn spend_all(&self, shares: &[VecDeque<String>], is_over: &AtomicBool) -> Vec<Haul> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let all: FuturesUnordered<_> = shares
            .iter()
            .map(|tokens| self.spend(tokens.clone(), is_over))
            .collect();
        runtime.block_on(all.collect())
    }

    async fn spend(&self, mut tokens: VecDeque<String>, is_over: &AtomicBool) -> Haul {
        let mut renewer = Renewer::open(self.server.address, self.dialect).await;
        let mut haul = Haul::default();
        while !is_over.load(Ordering::Relaxed) {
            let Some(token) = tokens.pop_front() else { break };
            let asked = Instant::now();
            match renewer.renew(&token).await {
                Answer::Granted(successor) => {
                    haul.times.push(asked.elapsed());
                    tokens.push_back(successor);
                }
                Answer::Busy => {
                    haul.busy += 1;
                    tokens.push_front(token);
                    tokio::time::sleep(BUSY_REST).await;
                }
                Answer::Refused(words) => haul.refused.push(words),
            }
        }
        haul.tokens = tokens;
        haul
    }
}
