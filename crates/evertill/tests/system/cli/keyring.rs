//! The system's keyring as it is: gnome-keyring behind the Secret Service, on a session bus of its own, unlocked by a
//! password on stdin as a login does it. Left out, aloud, where the programs are missing.

use std::{
    env,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
};

use crate::harness::{
    program::{Finished, evertill},
    until,
    world::{World, text},
};

const PROGRAMS: [&str; 2] = ["dbus-run-session", "gnome-keyring-daemon"];

/// Starts the keyring, says the address of its bus, and lives until its stdin closes. The password is read from the
/// first line.
const SESSION: &str = "read -r password\n\
    printf %s \"$password\" | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1\n\
    printf %s \"$DBUS_SESSION_BUS_ADDRESS\" > \"$1.new\" && mv \"$1.new\" \"$1\"\n\
    read -r _end_of_the_session\n";

fn are_there() -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    PROGRAMS
        .iter()
        .all(|program| env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}

/// A person's session on this machine: a bus and a keyring that is unlocked.
struct Desktop {
    child: Child,
    _until_dropped: ChildStdin,
    bus: String,
}

impl Desktop {
    async fn open(home: &Path) -> Self {
        let file = home.join("bus");
        // The bus is another one each time; what is in the keyring is on the disk.
        let _ = std::fs::remove_file(&file);
        let mut child = Command::new("dbus-run-session")
            .args(["--", "sh", "-c", SESSION, "session", text(&file)])
            .env("HOME", home)
            .env("XDG_DATA_HOME", home.join("share"))
            .env("XDG_RUNTIME_DIR", home)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("a session bus starts");
        let mut stdin = child.stdin.take().expect("stdin is piped");
        stdin
            .write_all(b"a password of the desktop\n")
            .expect("the session reads its password");
        let bus = until("the keyring", || async {
            std::fs::read_to_string(&file).ok().filter(|bus| !bus.is_empty())
        })
        .await;
        Self {
            child,
            _until_dropped: stdin,
            bus,
        }
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        // Its bus goes with it, and the keyring with the bus.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Till {
    home: PathBuf,
    store: String,
}

impl Till {
    /// A command of the till with the key in the keyring of a desktop, or with no desktop at all.
    fn run(&self, words: &[&str], desktop: Option<&Desktop>, input: &str) -> Finished {
        // A setting that names the place stands against a move to another one.
        let choice = if words[0] == "vault" { "auto" } else { "keyring" };
        let mut command = evertill(&[words, &["--data-dir", text(&self.home)]].concat());
        command
            .env("EVERTILL_VAULT_KEY", choice)
            .env_remove("DBUS_SESSION_BUS_ADDRESS");
        if let Some(desktop) = desktop {
            command.env("DBUS_SESSION_BUS_ADDRESS", &desktop.bus);
        }
        let mut child = command
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

    fn token(&self, desktop: Option<&Desktop>) -> Finished {
        self.run(&["token", "--store", &self.store], desktop, "")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_rests_in_the_systems_keyring_and_nowhere_else() {
    if !are_there() {
        eprintln!("left out: the system's keyring wants {}", PROGRAMS.join(" and "));
        return;
    }
    let world = World::open("15m").await;
    let desk = world.folder().join("desk");
    std::fs::create_dir_all(&desk).expect("the folder takes folders");
    let till = Till {
        home: world.till_home(),
        store: world.store_url(),
    };
    let desktop = Desktop::open(&desk).await;
    let login = till.run(
        &[
            "login",
            "--store",
            &till.store,
            "--username",
            "cashier",
            "--password-stdin",
        ],
        Some(&desktop),
        "cashier-demo\n",
    );
    assert_eq!(login.exit, Some(0), "{}", login.stderr);
    assert!(!till.home.join("vault.key").exists(), "no key lies in the open");
    let token = till.token(Some(&desktop));
    assert_eq!(token.exit, Some(0), "{}", token.stderr);

    let without = till.token(None);
    assert_ne!(without.exit, Some(0), "a session opened without its key");
    assert!(!without.stdout.contains("eyJ"));
    drop(desktop);

    let again = Desktop::open(&desk).await;
    let later = till.token(Some(&again));
    assert_eq!(
        later.stdout, token.stdout,
        "the keyring outlives its daemon: {}",
        later.stderr
    );
    let moved = till.run(&["vault", "move", "--to", "file"], Some(&again), "");
    assert_eq!(moved.exit, Some(0), "{}", moved.stderr);
    assert!(till.home.join("vault.key").exists());
    let back = till.run(&["vault", "move", "--to", "keyring"], Some(&again), "");
    assert_eq!(back.exit, Some(0), "{}", back.stderr);
    assert!(!till.home.join("vault.key").exists(), "no key lies in the open");
    assert_eq!(till.token(Some(&again)).stdout, token.stdout);
}
