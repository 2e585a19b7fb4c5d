//! A power cut: everything the store has not synced may be gone, and what it said still holds.
//!
//! The real store lives through a day under `strace`, which notes every call that changes a file of its data
//! directory, every sync, and every answer that leaves. Afterwards the power is cut at random places of these notes.
//! The files are rebuilt from what had been synced by then and a random part of the rest, and the real store starts
//! on them. Everything it had answered by then must be true, also when the night's backup is put in place of the
//! database. Files whose syncs are left out on purpose show that the check can see.
//!
//! `EVERTILL_POWER_CUTS` says how many cuts, `EVERTILL_POWER_SEED` which; `cargo xtask soak --power-cuts 200` runs
//! many. Without `strace`, or where processes may not be watched, the scenario is left out and says so.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use reqwest::StatusCode;

use crate::harness::{
    chance::Chance,
    program::{Running, evertill, run},
    store::Store,
    world::text,
};

mod day;
mod disk;
mod trace;

use day::{CHANGING, Known, Meanings};
use disk::Disk;
use trace::Event;

/// Cuts when nobody says otherwise.
const CUTS: u64 = 10;

/// Cuts within which a planted fault has to show.
const PLANTED_CUTS: u64 = 40;

/// What the store is called, whichever socket it listens on: access tokens are made for it.
const ADDRESS: &str = "http://shop.example/";

/// What is known of a day when it is over.
struct Day {
    events: Vec<Event>,
    meanings: Meanings,
    /// A copy made in the morning, and the keys beside it.
    backup: PathBuf,
    /// The first event that may be the last: the copy is made.
    from: usize,
    folder: tempfile::TempDir,
}

/// What a cut costs.
#[derive(Debug, Default)]
struct Tally {
    cuts: u64,
    at_risk: usize,
    tills: usize,
    endings: usize,
    passwords: usize,
    losses: Vec<String>,
}

fn number(name: &str, otherwise: u64) -> u64 {
    let text = env::var(name).ok();
    text.and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// Whether processes can be watched here.
#[expect(clippy::print_stderr, reason = "a scenario that is left out says so")]
fn can_watch() -> bool {
    let tried = Command::new("strace")
        .args(["-f", "-qq", "-e", "trace=none", "true"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let is_able = tried.is_ok_and(|status| status.success());
    if !is_able {
        eprintln!(
            "left out: power cuts need `strace` and the right to watch processes; `cargo xtask test` installs it on \
             Debian"
        );
    }
    is_able
}

/// The store under observation.
struct Watched {
    running: Running,
    notes: PathBuf,
}

impl Watched {
    fn start(folder: &Path, home: &Path) -> Self {
        let notes = folder.join("notes");
        let store = evertill(&[
            "serve",
            "--sample-shop",
            "--listen",
            "127.0.0.1:0",
            "--public-url",
            ADDRESS,
            "--data-dir",
            text(home),
        ]);
        let mut command = Command::new("strace");
        command
            .args(["-f", "-y", "-qq", "-s", "16777216", "-e", "signal=none", "-e"])
            .args([trace::CALLS, "-o", text(&notes), "--"])
            .arg(store.get_program())
            .args(store.get_args())
            .stdin(Stdio::null());
        for (name, value) in store.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        Self {
            running: Running::spawn(folder, "watched", command),
            notes,
        }
    }

    fn notes(&self) -> String {
        let notes = fs::read(&self.notes).expect("strace writes its notes");
        String::from_utf8(notes).expect("bytes that are no letters are written as numbers")
    }

    /// Kills the store itself; its observer ends with it.
    fn kill(self) -> String {
        let notes = self.notes();
        let process = notes
            .split_whitespace()
            .next()
            .expect("a note begins with the process");
        let killed = Command::new("kill").args(["-9", process]).status();
        assert!(killed.is_ok_and(|status| status.success()));
        let Self { mut running, notes } = self;
        running.wait();
        String::from_utf8(fs::read(notes).expect("the notes")).expect("notes are text")
    }
}

async fn observe(seed: u64) -> Day {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let home = folder.path().join("store");
    let mut watched = Watched::start(folder.path(), &home);
    let address = watched.running.says("Listening on ").await;
    let store = Store::at(address.parse().expect("the store names its address"));
    let backup = folder.path().join("backup");
    // Not by the command: it would write a line into the audit log, in a process that nobody watches.
    evertill_server::backup(&home, &backup).expect("a copy");
    let from = trace::read(&watched.notes(), &home).len();
    let meanings = day::live(&store, seed).await;
    let events = trace::read(&watched.kill(), &home);
    Day {
        events,
        meanings,
        backup,
        from,
        folder,
    }
}

/// The names of the requests whose answers leave with these bytes.
fn answered(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(bytes);
    let line = head
        .lines()
        .find_map(|line| line.strip_prefix("x-request-id: "))?;
    Some(line.trim().to_owned())
}

/// Cuts the power so often, and asks each time. Stops at the first loss where one is `wanted`.
async fn cut(day: &Day, cuts: u64, seed: u64, deaf_to: Option<&'static str>) -> Tally {
    let mut chance = Chance::of(seed);
    let span = (day.events.len() - day.from) as u64;
    let mut places: Vec<usize> = (0..cuts)
        .map(|_| day.from + usize::try_from(chance.below(span)).expect("a place in the list"))
        .collect();
    places.sort_unstable();
    let (mut disk, mut known, mut tally) = (Disk::deaf_to(deaf_to), Known::default(), Tally::default());
    let mut next = 0;
    for place in places {
        for (number, event) in day.events.iter().enumerate().take(place).skip(next) {
            disk.take(number, event);
            if let Event::Said { bytes } = event
                && let Some(meant) = answered(bytes).and_then(|id| day.meanings.get(&id))
            {
                known.hears(meant);
            }
        }
        next = place.max(next);
        tally.cuts += 1;
        tally.at_risk += disk.at_risk();
        let after = day.folder.path().join("after");
        fs::create_dir(&after).expect("the folder takes directories");
        disk.cut(&mut chance, &after);
        let restored = day.folder.path().join("restored");
        restore(day, &after, &restored);
        look(&after, &known, &mut tally).await;
        look_restored(&restored, &known, &mut tally).await;
        for folder in [after, restored] {
            fs::remove_dir_all(folder).expect("a directory of ours");
        }
        if deaf_to.is_some() && !tally.losses.is_empty() {
            break;
        }
    }
    tally
}

/// The same directory with the database of the morning.
fn restore(day: &Day, after: &Path, to: &Path) {
    fs::create_dir(to).expect("the folder takes directories");
    for kept in ["keys.json", "endings.journal"] {
        if after.join(kept).exists() {
            fs::copy(after.join(kept), to.join(kept)).expect("a file is copied");
        }
    }
    let put_back = run(
        &[
            "admin",
            "restore",
            "--data-dir",
            text(to),
            "--from",
            text(&day.backup),
        ],
        "",
    );
    assert_eq!(put_back.exit, Some(0), "{}", put_back.stderr);
}

/// Starts a store on what is left; none, noted as a loss, when it cannot.
async fn start(home: &Path, tally: &mut Tally) -> Option<(Running, Store)> {
    let folder = home.parent().expect("a directory has one above");
    let words = [
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--public-url",
        ADDRESS,
        "--data-dir",
        text(home),
    ];
    let mut running = Running::start(folder, "again", &words);
    match running.says_or_ends("Listening on ").await {
        Ok(address) => {
            let address = address.parse().expect("the store names its address");
            Some((running, Store::at(address)))
        }
        Err(complaint) => {
            tally
                .losses
                .push(format!("the store does not start: {complaint}"));
            None
        }
    }
}

/// Whether everything the shop knows is true.
async fn look(home: &Path, known: &Known, tally: &mut Tally) {
    let Some((_running, store)) = start(home, tally).await else {
        return;
    };
    for (till, tokens) in &known.tills {
        if known.ended.contains(till) {
            tally.endings += 1;
            let (access, _) = store
                .get("q", "auth/sessions", &tokens.access)
                .await
                .expect("an answer");
            let (refresh, answer) = store.renew("q", &tokens.refresh).await.expect("an answer");
            if (access, refresh) != (StatusCode::UNAUTHORIZED, StatusCode::UNAUTHORIZED) {
                tally
                    .losses
                    .push(format!("{till} was ended, and: {access}, {refresh} {answer}"));
            }
        } else if !known.may_end.contains(till) {
            tally.tills += 1;
            // The access token opens nothing where the row of its session is gone.
            let (access, _) = store
                .get("q", "auth/sessions", &tokens.access)
                .await
                .expect("an answer");
            let (refresh, answer) = store.renew("q", &tokens.refresh).await.expect("an answer");
            if (access, refresh) != (StatusCode::OK, StatusCode::OK) {
                tally
                    .losses
                    .push(format!("{till} was signed in, and: {access}, {refresh} {answer}"));
            }
        }
    }
    let Some(password) = &known.password else {
        return;
    };
    tally.passwords += 1;
    let mut is_good = store.sign_in("q", CHANGING.1, password).await.is_some();
    if !is_good {
        let next = day::next_password(Some(password));
        is_good = store.sign_in("q", CHANGING.1, &next).await.is_some();
    }
    if !is_good {
        tally.losses.push(format!("{password} was set, and does not fit"));
    }
}

/// Whether nobody is signed out, and everything that ended is over, with the database of the morning.
async fn look_restored(home: &Path, known: &Known, tally: &mut Tally) {
    let Some((_running, store)) = start(home, tally).await else {
        return;
    };
    for (till, tokens) in &known.tills {
        let expected = match (known.ended.contains(till), known.may_end.contains(till)) {
            (true, _) => StatusCode::UNAUTHORIZED,
            (false, true) => continue,
            (false, false) => StatusCode::OK,
        };
        let (status, answer) = store.renew("q", &tokens.refresh).await.expect("an answer");
        if status != expected {
            tally
                .losses
                .push(format!("{till} after a restore: {status} {answer}"));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_power_cut_at_any_moment_takes_back_nothing_that_was_answered() {
    if !can_watch() {
        return;
    }
    let cuts = number("EVERTILL_POWER_CUTS", CUTS);
    let seed = number("EVERTILL_POWER_SEED", u64::from(std::process::id()));
    println!("seed {seed}");
    let day = observe(seed).await;
    let tally = cut(&day, cuts, seed, None).await;
    println!(
        "{} calls, {} cuts, {} changes at risk, {} tills asked, {} endings asked, {} passwords asked, {} losses",
        day.events.len(),
        tally.cuts,
        tally.at_risk,
        tally.tills,
        tally.endings,
        tally.passwords,
        tally.losses.len()
    );
    assert_eq!(tally.losses, Vec::<String>::new(), "seed {seed}");
    assert!(tally.at_risk > 0, "there was something to lose");
    for deaf_to in ["-wal", ".journal"] {
        let tally = cut(&day, PLANTED_CUTS, seed, Some(deaf_to)).await;
        println!(
            "*{deaf_to} never synced: seen at cut {}: {:?}",
            tally.cuts,
            tally.losses.first()
        );
        assert!(
            !tally.losses.is_empty(),
            "seed {seed}: nobody missed the syncs of *{deaf_to}"
        );
    }
}
