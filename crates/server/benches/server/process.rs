//! The server as a process of its own, and its directory.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use evertill_server::ServeOptions;

/// The server's process.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
}

/// Runs the server until this process is killed.
pub(crate) fn serve(home: &str) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let options = ServeOptions {
            sample_shop: true,
            ..ServeOptions::new(([127, 0, 0, 1], 0).into(), home)
        };
        let server = evertill_server::start(options).await.unwrap();
        println!("{}", server.address());
        std::future::pending::<()>().await;
    });
}

impl Server {
    pub(crate) fn start(home: &Path) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .arg("serve")
            .arg(home)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let address = line.trim().parse().unwrap();
        Self { child, address }
    }

    pub(crate) fn stop(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
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

/// Puts so many living sessions into a store that is not running.
pub(crate) fn fill(home: &Path, count: u64) {
    let database = rusqlite::Connection::open(home.join("store.sqlite3")).unwrap();
    database
        .execute(
            "INSERT INTO sessions (id, account_id, signed_in_at, renewed_at, counter, seen, address, agent_id)
             WITH RECURSIVE numbers (number) AS
               (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < ?1)
             SELECT randomblob(16), 1 + number % 4, unixepoch(), unixepoch(), number % 1000, number % 1000,
                    '192.0.2.' || number % 255, (SELECT min(id) FROM agents)
             FROM numbers",
            [count.cast_signed()],
        )
        .unwrap();
    database.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
}

pub(crate) fn database_bytes(home: &Path) -> u64 {
    fs::metadata(home.join("store.sqlite3")).unwrap().len()
}
