//! A PostgreSQL of the tests' own: made in a temporary directory, thrown away with it.

use std::{
    env, fs,
    io::Write as _,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};

use crate::{packages, say};

/// Where tests find the database.
pub(crate) const ADDRESS: &str = "EVERTILL_TEST_POSTGRES";

/// Where tests find the programs, to start a server of their own.
pub(crate) const PROGRAMS: &str = "EVERTILL_TEST_POSTGRES_PROGRAMS";

/// Whose name the server runs under when this process is root: PostgreSQL refuses root.
const ACCOUNT: &str = "postgres";

/// How long the server may take to answer for the first time.
const START_MAX: Duration = Duration::from_secs(60);

/// Whether what was committed survives a power cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durability {
    /// As on a real server.
    Full,
    /// For tests, which are faster without.
    None,
}

/// A running server.
pub(crate) struct Server {
    process: Child,
    programs: PathBuf,
    home: PathBuf,
    port: u16,
}

/// Starts a server, installing it first where that is allowed. `None` when there is none to be had; the reason is
/// said.
pub(crate) fn provide(durability: Durability) -> Option<Server> {
    let programs = programs().or_else(|| {
        packages::install(&["postgresql"], "the tests of the shared database");
        programs()
    });
    let Some(programs) = programs else {
        say("warning: the tests of the shared database need PostgreSQL. Install the package postgresql.");
        return None;
    };
    match start(&programs, durability) {
        Ok(server) => Some(server),
        Err(error) => {
            say(&format!(
                "warning: PostgreSQL could not be started for the tests: {error:#}"
            ));
            None
        }
    }
}

impl Server {
    /// Runs SQL and returns what comes of it, bare.
    pub(crate) fn ask(&self, sql: &str) -> Result<String> {
        let mut child = Command::new(self.programs.join("psql"))
            .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", &self.address()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("could not start psql")?;
        let mut input = child.stdin.take().context("psql takes no input")?;
        input.write_all(sql.as_bytes()).context("psql takes no input")?;
        drop(input);
        let output = child.wait_with_output().context("could not wait for psql")?;
        ensure!(output.status.success(), "the database refused: {sql}");
        String::from_utf8(output.stdout).context("the database answers in no text")
    }

    /// The directory of its programs.
    pub(crate) fn programs(&self) -> &Path {
        &self.programs
    }

    /// The address of its database.
    pub(crate) fn address(&self) -> String {
        format!("postgres://evertill@127.0.0.1:{}/postgres", self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Nothing in there is worth a tidy end. What cannot be stopped or removed is said by the system, not here.
        let stopped = command(&self.programs.join("pg_ctl"), packages::is_root())
            .arg("-D")
            .arg(self.home.join("data"))
            .args(["-m", "immediate", "stop"])
            .stdout(Stdio::null())
            .status();
        if !stopped.is_ok_and(|status| status.success()) {
            let _ = self.process.kill();
        }
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.home);
    }
}

/// The newest `bin` directory with a server in it.
fn programs() -> Option<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .collect();
    found.sort();
    found.reverse();
    found.extend(env::var_os("PATH").iter().flat_map(env::split_paths));
    found
        .into_iter()
        .find(|folder| folder.join("initdb").is_file() && folder.join("postgres").is_file())
}

fn start(programs: &Path, durability: Durability) -> Result<Server> {
    let home = env::temp_dir().join(format!("evertill-postgres-{}", std::process::id()));
    fs::create_dir_all(&home).context("could not make a directory for the database")?;
    let as_other = packages::is_root();
    if as_other {
        let owned = Command::new("chown").arg(ACCOUNT).arg(&home).status();
        ensure!(
            owned.is_ok_and(|status| status.success()),
            "there is no account {ACCOUNT} to run it under"
        );
    }
    let data = home.join("data");
    let made = command(&programs.join("initdb"), as_other)
        .arg("--pgdata")
        .arg(&data)
        .args([
            "--username=evertill",
            "--auth=trust",
            "--encoding=UTF8",
            "--no-locale",
        ])
        .arg("--no-sync")
        .stdout(Stdio::null())
        .status()
        .context("could not start initdb")?;
    ensure!(made.success(), "initdb did not succeed");
    let port = free_port()?;
    let process = command(&programs.join("postgres"), as_other)
        .arg("-D")
        .arg(&data)
        .arg("-k")
        .arg(&home)
        .args(["-h", "127.0.0.1", "-p", &port.to_string()])
        .args(["-c", "max_connections=300", "-c", "log_min_messages=fatal"])
        .args([
            "-c",
            if durability == Durability::Full {
                "fsync=on"
            } else {
                "fsync=off"
            },
        ])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .context("could not start postgres")?;
    let mut server = Server {
        process,
        programs: programs.to_owned(),
        home,
        port,
    };
    wait(&mut server)?;
    Ok(server)
}

/// `setpriv` replaces itself by the program, so that ending the child ends the server.
fn command(program: &Path, as_other: bool) -> Command {
    if !as_other {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command
        .args(["--reuid", ACCOUNT, "--regid", ACCOUNT, "--clear-groups"])
        .arg(program);
    command
}

fn free_port() -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").context("could not find a free port")?;
    Ok(listener
        .local_addr()
        .context("could not find a free port")?
        .port())
}

fn wait(server: &mut Server) -> Result<()> {
    let began = Instant::now();
    loop {
        let answers = Command::new(server.programs.join("pg_isready"))
            .args(["-q", "-h", "127.0.0.1", "-p", &server.port.to_string()])
            .status()
            .is_ok_and(|status| status.success());
        if answers {
            return Ok(());
        }
        if let Some(status) = server
            .process
            .try_wait()
            .context("could not look after postgres")?
        {
            anyhow::bail!("postgres ended with {status}");
        }
        ensure!(began.elapsed() < START_MAX, "postgres does not answer");
        thread::sleep(Duration::from_millis(50));
    }
}
