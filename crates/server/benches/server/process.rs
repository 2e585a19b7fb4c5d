//! The servers as processes of their own, and the store's directory.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
    time::Duration,
};

use evertill_server::ServeOptions;

/// A server's process.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
}

/// Runs the store as it is shipped until this process is killed. What it is to believe of who asks is in the
/// environment.
pub(crate) fn serve(home: &str) {
    tracing_subscriber::fmt()
        .with_env_filter("info,evertill_server::access=warn")
        .with_writer(std::io::sink)
        .init();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let options = ServeOptions {
            sample_shop: true,
            access_log: true,
            environment: std::env::vars().collect(),
            ..ServeOptions::new(([127, 0, 0, 1], 0).into(), home)
        };
        let server = evertill_server::start(options).await.unwrap();
        println!("{}", server.address());
        std::future::pending::<()>().await;
    });
}

impl Server {
    pub(crate) fn start(home: &Path) -> Self {
        Self::of(
            Command::new(std::env::current_exe().unwrap())
                .arg("serve")
                .arg(home),
        )
        .0
    }

    /// A store that believes this machine about whom it speaks for.
    pub(crate) fn behind_a_proxy(home: &Path) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .arg("serve")
            .arg(home)
            .env("EVERTILL_LISTEN_TRUSTED_PROXIES", "127.0.0.1");
        Self::of(&mut command).0
    }

    /// A program that prints its address in its first line; what else it prints comes with it.
    pub(crate) fn of(command: &mut Command) -> (Self, BufReader<ChildStdout>) {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        let address = line.trim().parse().expect("the first line is an address");
        (Self { child, address }, output)
    }

    fn told(&self, file: &str) -> String {
        fs::read_to_string(format!("/proc/{}/{file}", self.child.id()))
            .expect("this bench reads processor time from /proc")
    }

    /// Processor time of the process, its own and the system's for it.
    pub(crate) fn cpu(&self) -> Duration {
        let text = self.told("stat");
        let fields: Vec<&str> = text.rsplit_once(')').unwrap().1.split_whitespace().collect();
        let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
        Duration::from_millis(ticks * 10)
    }

    pub(crate) fn resident_mib(&self) -> u64 {
        let text = self.told("status");
        let line = text.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        let kib: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
        kib / 1024
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have been stopped.
        let _gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// Puts so many living sessions into a store that is not running, and hands out the current tokens of some of all it
/// has, in any order.
pub(crate) fn fill(home: &Path, count: u64, presented: u64) -> Vec<String> {
    let database = open(home);
    database
        .execute(
            "INSERT INTO sessions (id, account_id, signed_in_at, renewed_at, counter, seen, address, agent_id)
             WITH RECURSIVE numbers (number) AS
               (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < ?1)
             SELECT randomblob(16), (SELECT id FROM accounts WHERE username = 'cashier'), unixepoch(), unixepoch(),
                    number % 1000, number % 1000, '192.0.2.' || number % 255, agents.id
             FROM numbers, (SELECT min(id) AS id FROM agents) AS agents",
            [count.cast_signed()],
        )
        .unwrap();
    let mut chosen = database
        .prepare("SELECT id, account_id, counter FROM sessions ORDER BY random() LIMIT ?1")
        .unwrap();
    let rows: Vec<([u8; 16], i64, i64)> = chosen
        .query_map([presented.cast_signed()], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    let tokens = evertill_server::measure::refresh_tokens(home, &rows).unwrap();
    drop(chosen);
    database.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    tokens
}

/// Gives so many people an account with the cashier's password: `known0`, `known1` and so on.
pub(crate) fn engage(home: &Path, count: u32) {
    let database = open(home);
    for number in 0..count {
        database
            .execute(
                "INSERT INTO accounts (uuid, username, email, role, password_hash, search, person, created_at, modified_at)
                 SELECT printf('00000000-0000-4000-8000-%012d', ?1), 'known' || ?1, 'known' || ?1 || '@example.org', role, password_hash, search,
                        person, created_at, modified_at
                 FROM accounts WHERE username = 'cashier'",
                [number],
            )
            .unwrap();
    }
}

fn open(home: &Path) -> rusqlite::Connection {
    rusqlite::Connection::open(home.join("store.sqlite3")).unwrap()
}

pub(crate) fn database_bytes(home: &Path) -> u64 {
    fs::metadata(home.join("store.sqlite3")).unwrap().len()
}
