//! Starting `cargo test` in its several shapes and adding up what the runners report.

use std::{
    env, fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
};

use anyhow::{Context, Result, ensure};

use crate::{browser, interop, keyring, peers, postgres, say, strace, wordpress};

/// Runs the whole suite, streams what the runners say and ends with `N passed, N failed`. Where no PostgreSQL is to be
/// had its tests are skipped, unless `all` of them must run.
pub(crate) fn test(with_browser: bool, all: bool) -> Result<ExitCode> {
    wordpress::provide();
    strace::provide();
    keyring::provide();
    let mut command = cargo(&["test", "--workspace", "--no-fail-fast"]);
    let missing = interop::provide();
    if with_browser {
        browser::provide();
    } else {
        command.args(["--", "--skip", "browser::"]);
    }
    let mut sum = Sum::default();
    sum.run(&mut command)?;
    let left_out = std::mem::take(&mut sum.left_out);
    let is_shared_tested = with_shared_database(&mut sum)?;
    if left_out > 0 {
        say(&format!("{left_out} left out by --skip-browser"));
    }
    if !is_shared_tested {
        say("skipped: everything that needs PostgreSQL, because there is none");
        sum.failed += u64::from(all);
    }
    for client in missing {
        say(&format!("skipped: the store with {client}"));
        sum.failed += u64::from(all);
    }
    say(&format!("{} passed, {} failed", sum.passed, sum.failed));
    Ok(exit(sum.failed == 0 && sum.passed > 0))
}

/// The tests that are ignored until there is a PostgreSQL; false when there is none.
fn with_shared_database(sum: &mut Sum) -> Result<bool> {
    let Some(server) = postgres::provide(postgres::Durability::None) else {
        return Ok(false);
    };
    let mut command = cargo(&[
        "test",
        "--workspace",
        "--lib",
        "--bins",
        "--tests",
        "--no-fail-fast",
        "--",
        "--ignored",
        "postgres",
    ]);
    command
        .env(postgres::ADDRESS, server.address())
        .env(postgres::PROGRAMS, server.programs());
    sum.run(&mut command)?;
    Ok(true)
}

/// Runs the simulator, built as it is fast, with what was wished for.
pub(crate) fn simulate(wishes: &[&str]) -> Result<ExitCode> {
    let status = cargo(&["run", "--quiet", "--release", "--package", "evertill-sim", "--"])
        .args(wishes)
        .status()
        .context("could not start cargo")?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Lets other people's programs live with the store; nothing may be skipped.
pub(crate) fn interop() -> Result<ExitCode> {
    let missing = interop::provide();
    let status = cargo(&["test", "--package", "evertill-server", "--test", "interop"])
        .status()
        .context("could not start cargo")?;
    Ok(exit(status.success() && missing.is_empty()))
}

/// Photographs every page, into `target/screenshots`.
pub(crate) fn screenshots(renew_picture: bool) -> Result<ExitCode> {
    browser::provide();
    let status = cargo(&[
        "test",
        "--package",
        "evertill",
        "--test",
        "system",
        "browser::screenshots",
    ])
    .status()
    .context("could not start cargo")?;
    if status.success() && renew_picture {
        let from = root().join("target/screenshots/register-1280x800.png");
        let to = root().join("docs/pictures/register.png");
        fs::copy(&from, &to)
            .with_context(|| format!("could not copy {} to {}", from.display(), to.display()))?;
    }
    Ok(exit(status.success()))
}

/// Leaves a till alone for `seconds` with tokens of 20 s.
pub(crate) fn soak(seconds: &str) -> Result<ExitCode> {
    ensure!(
        seconds.parse::<u32>().is_ok(),
        "`{seconds}` is not a number of seconds"
    );
    let status = cargo(&[
        "test",
        "--package",
        "evertill",
        "--test",
        "system",
        "a_till_left_alone",
    ])
    .env("EVERTILL_SOAK_SECONDS", seconds)
    .status()
    .context("could not start cargo")?;
    Ok(exit(status.success()))
}

/// Measures the keeper and the rules. `benches/peers` has a lock file and a target directory of its own.
pub(crate) fn bench_client() -> Result<ExitCode> {
    let manifest = root().join("benches/peers/Cargo.toml");
    let target = root().join("target/peers");
    let peers = |words: &[&str]| {
        let mut command = cargo(words);
        command
            .arg("--manifest-path")
            .arg(&manifest)
            .env("CARGO_TARGET_DIR", &target);
        command
    };
    let mut all = [
        peers(&["bench"]),
        peers(&["run", "--release", "--bin", "expiry"]),
        peers(&["run", "--release", "--bin", "idle"]),
        cargo(&["bench", "--package", "evertill-session"]),
    ];
    for command in &mut all {
        if !command.status().context("could not start cargo")?.success() {
            return Ok(ExitCode::FAILURE);
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Kills processes at random instants for so many rounds.
pub(crate) fn kills(rounds: &str, seed: Option<&str>) -> Result<ExitCode> {
    for number in [Some(rounds), seed].into_iter().flatten() {
        ensure!(number.parse::<u64>().is_ok(), "`{number}` is not a number");
    }
    let mut command = cargo(&["test", "--package", "evertill", "--test", "system", "--"]);
    command
        .args(["kills_at_random_instants", "--nocapture"])
        .env("EVERTILL_KILLS", rounds);
    if let Some(seed) = seed {
        command.env("EVERTILL_KILLS_SEED", seed);
    }
    let status = command.status().context("could not start cargo")?;
    Ok(exit(status.success()))
}

/// Kills the store for so many rounds under tills that renew, and tills in the instant of their answer.
pub(crate) fn store_kills(rounds: &str) -> Result<ExitCode> {
    ensure!(rounds.parse::<u64>().is_ok(), "`{rounds}` is not a number");
    let status = cargo(&["test", "--package", "evertill", "--test", "system", "--"])
        .args([
            "a_store_that_is_killed_again_and_again",
            "a_till_that_is_killed_between",
            "--nocapture",
        ])
        .env("EVERTILL_STORE_KILLS", rounds)
        .status()
        .context("could not start cargo")?;
    Ok(exit(status.success()))
}

/// Cuts the power at so many random places of a store's day.
pub(crate) fn power_cuts(cuts: &str) -> Result<ExitCode> {
    ensure!(cuts.parse::<u64>().is_ok(), "`{cuts}` is not a number");
    ensure!(strace::provide(), "nothing can be seen without strace");
    let status = cargo(&["test", "--package", "evertill", "--test", "system", "--"])
        .args(["a_power_cut_at_any_moment", "--nocapture"])
        .env("EVERTILL_POWER_CUTS", cuts)
        .status()
        .context("could not start cargo")?;
    Ok(exit(status.success()))
}

/// Measures the store server, built as it is fast: these parts, or all.
pub(crate) fn bench_server(parts: &[&str]) -> Result<ExitCode> {
    for part in parts {
        ensure!(
            ["checks", "renewals", "million", "timing"].contains(part),
            "there is no part `{part}` of the bench"
        );
    }
    let mut command = cargo(&["bench", "--package", "evertill-server", "--bench", "server"]);
    command.args(["--features", "measure", "--"]).args(parts);
    match peers::oidc_provider() {
        Ok(folder) => {
            command.env("EVERTILL_BENCH_OIDC_PROVIDER", folder);
        }
        Err(error) => say(&format!(
            "warning: node-oidc-provider could not be fetched: {error:#}"
        )),
    }
    let status = command.status().context("could not start cargo")?;
    Ok(exit(status.success()))
}

/// The directory of the workspace.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .map_or_else(PathBuf::new, Path::to_path_buf)
}

/// `cargo`, as it started this process, in the workspace.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(env::var("CARGO").unwrap_or_else(|_| "cargo".into()));
    command.current_dir(root()).args(arguments);
    command
}

fn exit(is_good: bool) -> ExitCode {
    if is_good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

#[derive(Default)]
struct Sum {
    passed: u64,
    failed: u64,
    left_out: u64,
}

impl Sum {
    /// Runs a test command, repeats what it says and adds it up.
    fn run(&mut self, command: &mut Command) -> Result<()> {
        let before = self.failed;
        let mut child = command
            .stdout(Stdio::piped())
            .spawn()
            .context("could not start cargo")?;
        let output = child.stdout.take().context("cargo has no output")?;
        for line in BufReader::new(output).lines() {
            let line = line.context("could not read the output of cargo")?;
            self.add(&line);
            say(&line);
        }
        let is_good = child.wait().context("could not wait for cargo")?.success();
        if !is_good && self.failed == before {
            // A crate that did not compile, or a runner that died, reports no figures of its own.
            self.failed += 1;
        }
        Ok(())
    }

    /// Takes the figures from a line like `test result: ok. 12 passed; 0 failed; …`.
    fn add(&mut self, line: &str) {
        let Some(figures) = line.trim().strip_prefix("test result: ") else {
            return;
        };
        for part in figures.split([';', '.']) {
            let mut words = part.split_whitespace();
            let (Some(count), Some(what)) = (
                words.next().and_then(|word| word.parse::<u64>().ok()),
                words.next(),
            ) else {
                continue;
            };
            match what {
                "passed" => self.passed += count,
                "failed" => self.failed += count,
                "filtered" => self.left_out += count,
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_of_several_runners_add_up() {
        let mut sum = Sum::default();
        sum.add(
            "test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 4 filtered out; finished in 0.00s",
        );
        sum.add("test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out");
        sum.add("something else 9 passed");
        assert_eq!((sum.passed, sum.failed, sum.left_out), (15, 2, 4));
    }
}
