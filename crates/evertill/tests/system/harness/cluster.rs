//! A PostgreSQL server of a scenario's own, which it may stop as it likes.

use std::{
    env,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Directory of PostgreSQL's programs; `cargo xtask test` sets it.
const PROGRAMS: &str = "EVERTILL_TEST_POSTGRES_PROGRAMS";

/// Whose name the server runs under when the tests are root's: PostgreSQL refuses root.
const ACCOUNT: &str = "postgres";

/// A server that ends with the scenario.
#[derive(Debug)]
pub(crate) struct Cluster {
    programs: PathBuf,
    home: PathBuf,
    port: u16,
    is_root: bool,
}

impl Cluster {
    /// Makes an empty database in `folder` and starts its server.
    pub(crate) fn start(folder: &Path) -> Self {
        let programs = env::var_os(PROGRAMS).expect("EVERTILL_TEST_POSTGRES_PROGRAMS names a directory");
        let id = Command::new("id")
            .arg("-u")
            .output()
            .expect("the system has `id`");
        let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
        let cluster = Self {
            programs: programs.into(),
            home: folder.join("postgres"),
            port: listener.local_addr().expect("a socket has an address").port(),
            is_root: id.stdout.trim_ascii() == b"0",
        };
        std::fs::create_dir(&cluster.home).expect("the folder takes directories");
        if cluster.is_root {
            for path in [folder, &cluster.home] {
                run(Command::new("chown").arg(ACCOUNT).arg(path));
            }
        }
        run(cluster
            .program("initdb")
            .arg("--pgdata")
            .arg(cluster.data())
            .args([
                "--username=till",
                "--auth=trust",
                "--encoding=UTF8",
                "--no-locale",
                "--no-sync",
            ]));
        drop(listener);
        cluster.control(&["start"]);
        cluster
    }

    /// The address of its database.
    pub(crate) fn address(&self) -> String {
        format!("postgres://till@127.0.0.1:{}/postgres", self.port)
    }

    /// Ends it the way a power cut does, and starts it again.
    pub(crate) fn crash_and_restart(&self) {
        self.control(&["-m", "immediate", "restart"]);
    }

    /// Ends it the way a power cut does.
    pub(crate) fn crash(&self) {
        self.control(&["-m", "immediate", "stop"]);
    }

    /// Starts it again.
    pub(crate) fn start_again(&self) {
        self.control(&["start"]);
    }

    /// Writes a copy of the database into a file.
    pub(crate) fn dump(&self, to: &Path) {
        run(self
            .program("pg_dump")
            .args(["--format=custom", "--file"])
            .arg(to)
            .arg(self.address()));
    }

    /// Puts a copy in the place of the database, under whoever is connected.
    pub(crate) fn put_back(&self, from: &Path) {
        run(self
            .program("pg_restore")
            .args([
                "--clean",
                "--if-exists",
                "--single-transaction",
                "--dbname",
                &self.address(),
            ])
            .arg(from));
    }

    fn control(&self, words: &[&str]) {
        let options = format!("-h 127.0.0.1 -p {} -k {}", self.port, self.home.display());
        run(self
            .program("pg_ctl")
            .arg("-D")
            .arg(self.data())
            .arg("-l")
            .arg(self.home.join("log"))
            .args(["-w", "-o", &options])
            .args(words));
    }

    fn data(&self) -> PathBuf {
        self.home.join("data")
    }

    fn program(&self, name: &str) -> Command {
        let program = self.programs.join(name);
        if !self.is_root {
            return Command::new(program);
        }
        let mut command = Command::new("setpriv");
        command
            .args(["--reuid", ACCOUNT, "--regid", ACCOUNT, "--clear-groups"])
            .arg(program);
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // A scenario that failed may have ended it already.
        let _stopped = self
            .program("pg_ctl")
            .arg("-D")
            .arg(self.data())
            .args(["-m", "immediate", "stop"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
    }
}

fn run(command: &mut Command) {
    let status = command.stdout(Stdio::null()).status();
    assert!(status.is_ok_and(|status| status.success()), "{command:?}");
}
