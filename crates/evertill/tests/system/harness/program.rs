//! Starting the real binary and reading what it says.

use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

use super::until;

/// The binary with a clean environment: no colours, no settings of the person who runs the tests.
pub(crate) fn evertill(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_evertill"));
    command
        .args(arguments)
        .env_remove("EVERTILL_HOME")
        .env_remove("EVERTILL_LOG")
        .env_remove("EVERTILL_DATABASE_URL")
        .env_remove("EVERTILL_WORDPRESS_DATABASE_URL")
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("HTTP_PROXY")
        .env_remove("http_proxy")
        .env("EVERTILL_VAULT_KEY", "file")
        .env("NO_COLOR", "1")
        .stdin(Stdio::null());
    command
}

/// Runs the binary to its end with `input` on stdin.
pub(crate) fn run(arguments: &[&str], input: &str) -> Finished {
    let mut child = evertill(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    // A command that does not read its input may be gone already.
    let _not_read = child
        .stdin
        .take()
        .map(|mut stdin| stdin.write_all(input.as_bytes()));
    Finished::from(child.wait_with_output().expect("the binary ends"))
}

/// A command that has ended.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) exit: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl From<Output> for Finished {
    fn from(output: Output) -> Self {
        Self {
            exit: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("stdout is text"),
            stderr: String::from_utf8(output.stderr).expect("stderr is text"),
        }
    }
}

/// A process that runs until it is dropped.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
    stdout: PathBuf,
    stderr: PathBuf,
}

impl Running {
    /// Starts the binary; its words go to files in `folder`, named after `name`.
    pub(crate) fn start(folder: &Path, name: &str, arguments: &[&str]) -> Self {
        Self::spawn(folder, name, evertill(arguments))
    }

    /// Starts a command that runs the binary; its words go to files in `folder`, named after `name`.
    pub(crate) fn spawn(folder: &Path, name: &str, mut command: Command) -> Self {
        let (stdout, stderr) = (
            folder.join(format!("{name}.out")),
            folder.join(format!("{name}.err")),
        );
        let child = command
            .env("EVERTILL_LOG", "info,evertill_client=debug")
            .stdout(File::create(&stdout).expect("the folder takes files"))
            .stderr(File::create(&stderr).expect("the folder takes files"))
            .spawn()
            .expect("the binary starts");
        Self {
            child,
            stdout,
            stderr,
        }
    }

    /// Waits until the process has said a line with `mark` on stdout, and returns what follows it.
    pub(crate) async fn says(&mut self, mark: &str) -> String {
        match self.says_or_ends(mark).await {
            Ok(rest) => rest,
            Err(complaint) => panic!("the process ended before it said `{mark}`:\n{complaint}"),
        }
    }

    /// [`Running::says`], or what the process complained of when it ended instead.
    pub(crate) async fn says_or_ends(&mut self, mark: &str) -> Result<String, String> {
        let (child, stdout, stderr) = (&mut self.child, &self.stdout, &self.stderr);
        let mut look = || {
            // Asked first: what it said before it ended is in the file then.
            let is_over = child.try_wait().expect("the process can be asked").is_some();
            let said = fs::read_to_string(stdout).unwrap_or_default();
            let found = said
                .lines()
                .find_map(|line| line.split_once(mark))
                .map(|(_, rest)| Ok(rest.trim().to_owned()));
            found.or_else(|| is_over.then(|| Err(fs::read_to_string(stderr).unwrap_or_default())))
        };
        until(&format!("`{mark}` on stdout"), || std::future::ready(look())).await
    }

    /// Asks the process to end and returns its exit code.
    #[cfg(unix)]
    pub(crate) async fn stop(mut self) -> Option<i32> {
        let asked = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status()
            .expect("the system can send a signal");
        assert!(asked.success());
        let child = &mut self.child;
        let mut look = || child.try_wait().expect("the process can be asked");
        until("the process to end", || std::future::ready(look()))
            .await
            .code()
    }

    /// Waits for a process that was told to end.
    #[cfg(target_os = "linux")]
    pub(crate) fn wait(&mut self) {
        self.child.wait().expect("the process can be waited for");
    }

    /// Ends the process the way a power cut does.
    pub(crate) fn kill(mut self) {
        self.end();
    }

    /// What the process has logged so far.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.stderr).unwrap_or_default()
    }

    fn end(&mut self) {
        // It may have ended by itself.
        let _gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}

impl Drop for Running {
    #[expect(
        clippy::print_stderr,
        reason = "a failing scenario shows what its processes logged"
    )]
    fn drop(&mut self) {
        self.end();
        if std::thread::panicking() {
            eprintln!("--- {}\n{}", self.stderr.display(), self.log());
        }
    }
}
