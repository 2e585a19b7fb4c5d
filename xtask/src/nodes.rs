//! `cargo xtask bench nodes`: how fast a node renews and sells with a PostgreSQL beside it.
//!
//! Everything runs on this machine: the database with full sync, one node as it is shipped, and the tills. Each till keeps its
//! connection, renews with rotation, and puts the successor back.

use std::{
    collections::VecDeque,
    env, fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, ExitCode, Stdio},
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::{
    nodes_till::Till,
    postgres::{self, Durability, Server},
    run::{cargo, root},
    say,
};

/// How long each figure is measured.
const EACH: Duration = Duration::from_secs(8);

/// Sessions that lie in the database for the second half.
const SESSIONS: u64 = 1_000_000;

/// A node that ends with the measurement.
struct Node {
    process: Child,
    home: PathBuf,
    address: String,
}

impl Drop for Node {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.home);
    }
}

/// What was counted in one run.
struct Figures {
    count: usize,
    took: Duration,
    sorted: Vec<Duration>,
    cpu: Duration,
}

/// Measures and prints a table.
///
/// # Errors
///
/// When the build, the database or the node does not come up, or a till is refused.
pub(crate) fn bench() -> Result<ExitCode> {
    let built = cargo(&["build", "--release", "--package", "evertill"])
        .status()
        .context("could not start cargo")?;
    ensure!(built.success(), "the release build did not succeed");
    let server = postgres::provide(Durability::Full).context("the measurement needs PostgreSQL")?;
    let node = start(&server)?;
    let tills = (0..64)
        .map(|_| Till::sign_in(&node.address, "cashier"))
        .collect::<Result<VecDeque<_>>>()?;
    let tills = Arc::new(Mutex::new(tills));
    say("what                      connections      per s   p50 ms   p99 ms  CPU us of the node");
    for connections in [16, 64] {
        report(
            "renewal",
            connections,
            &measure(&node, &tills, connections, renew)?,
        );
    }
    report("sale", 16, &measure(&node, &tills, 16, sell)?);
    let size = fill(&server)?;
    for connections in [16, 64] {
        report(
            "renewal, 1,000,000 stored",
            connections,
            &measure(&node, &tills, connections, renew)?,
        );
    }
    say(&format!("{size} bytes a session, with its indexes"));
    Ok(ExitCode::SUCCESS)
}

fn start(server: &Server) -> Result<Node> {
    let home = env::temp_dir().join(format!("evertill-node-{}", std::process::id()));
    let mut process = Command::new(root().join("target/release/evertill"))
        .args(["serve", "--sample-shop", "--listen", "127.0.0.1:0", "--data-dir"])
        .arg(&home)
        .args(["--database-url", &server.address()])
        .env("EVERTILL_LOG", "error")
        .stdout(Stdio::piped())
        .spawn()
        .context("could not start the node")?;
    let output = process.stdout.take().context("the node has no output")?;
    let mut lines = BufReader::new(output).lines();
    let address = lines.by_ref().map_while(Result::ok).find_map(|line| {
        let (_, address) = line.split_once("Listening on ")?;
        Some(address.trim().to_owned())
    });
    // Whoever writes to a closed pipe ends.
    thread::spawn(move || lines.for_each(drop));
    Ok(Node {
        process,
        home,
        address: address.context("the node did not come up")?,
    })
}

fn renew(till: &mut Till, _number: usize) -> Result<()> {
    till.renew()
}

fn sell(till: &mut Till, number: usize) -> Result<()> {
    let key = |kind: u8| format!("{kind:08x}-0000-4000-8000-{:04x}{number:08x}", till.number());
    let body: Value = json!({
        "mutationId": key(1), "operation": "create", "collection": "orders", "recordId": key(2), "baseRevision": null,
        "payload": {
            "status": "completed", "currency": "GBP", "payment_method": "pos_cash",
            "line_items": [{"product_id": 105, "quantity": 1}],
        },
    });
    till.push(&body)
}

fn measure(
    node: &Node,
    tills: &Arc<Mutex<VecDeque<Till>>>,
    connections: usize,
    work: fn(&mut Till, usize) -> Result<()>,
) -> Result<Figures> {
    let cpu_before = cpu(node.process.id());
    let began = Instant::now();
    let workers: Vec<_> = (0..connections)
        .map(|_| {
            let tills = Arc::clone(tills);
            thread::spawn(move || -> Result<Vec<Duration>> {
                let till = tills.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
                let mut till = till.context("there are too few tills")?;
                let mut took = Vec::new();
                while began.elapsed() < EACH {
                    let asked = Instant::now();
                    work(&mut till, took.len())?;
                    took.push(asked.elapsed());
                }
                tills
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push_back(till);
                Ok(took)
            })
        })
        .collect();
    let mut sorted = Vec::new();
    for worker in workers {
        let took = worker.join().ok().context("a till hit a defect")??;
        sorted.extend(took);
    }
    sorted.sort_unstable();
    Ok(Figures {
        count: sorted.len(),
        took: began.elapsed(),
        sorted,
        cpu: cpu(node.process.id()).saturating_sub(cpu_before),
    })
}

fn report(what: &str, connections: usize, figures: &Figures) {
    let at = |share: usize| {
        let index = (figures.sorted.len() * share / 100).min(figures.sorted.len().saturating_sub(1));
        figures.sorted.get(index).map_or(0.0, Duration::as_secs_f64) * 1e3
    };
    let count = figures.count as f64;
    say(&format!(
        "{what:<26} {connections:>10} {:>10.0} {:>8.2} {:>8.2} {:>12.0}",
        count / figures.took.as_secs_f64(),
        at(50),
        at(99),
        figures.cpu.as_secs_f64() * 1e6 / count.max(1.0),
    ));
}

/// Time a process has spent on processors, where the system says it in `/proc`; in ticks of a hundredth of a second.
fn cpu(process: u32) -> Duration {
    let text = fs::read_to_string(Path::new("/proc").join(process.to_string()).join("stat"));
    let text = text.unwrap_or_default();
    let (_, fields) = text.rsplit_once(')').unwrap_or_default();
    let ticks: u64 = fields
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|field| field.parse::<u64>().ok())
        .sum();
    Duration::from_millis(ticks * 10)
}

/// Adds sessions without a till, and says how many bytes one takes.
fn fill(server: &Server) -> Result<u64> {
    let sql = format!(
        "INSERT INTO sessions (id, account_id, agent_id, signed_in_at, renewed_at, counter, seen, address)
         SELECT gen_random_uuid(), 1000 + n % 10000, (SELECT min(id) FROM agents), 1795402593, 1795402593, 9, 9, '203.0.113.7'
         FROM generate_series(1, {SESSIONS}) AS n;
         VACUUM ANALYZE sessions;
         CHECKPOINT;"
    );
    server.ask(&sql)?;
    let size = server.ask("SELECT pg_total_relation_size('sessions') / (SELECT count(*) FROM sessions)")?;
    size.trim().parse().context("the database does not know its size")
}
