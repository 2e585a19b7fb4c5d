//! Running the fuzz targets in `fuzz/`, each for a while.
//!
//! The fuzzer wants a nightly compiler and `cargo-fuzz`; neither is needed for anything else. What it learns lies in
//! `fuzz/corpus` and is nobody's business; an input it stumbles over becomes a seed in `fuzz/seeds`, which the crates'
//! own tests read on a stable compiler.

use std::{fs, process::Command, process::ExitCode};

use anyhow::{Context, Result, ensure};

use crate::{run::root, say};

/// How long each target runs when nobody says, in seconds.
const SECONDS: &str = "60";

/// Longest input, in bytes: whatever a parser gets wrong, it gets wrong in a few pages.
const INPUT_BYTES_MAX: u32 = 8 * 1024;

/// An input that keeps a parser busy for so long counts as found, in seconds.
const INPUT_SECONDS_MAX: u32 = 5;

/// Runs the targets whose names begin with one of the words, or all.
pub(crate) fn run(wishes: &[&str]) -> Result<ExitCode> {
    let (seconds, words) = match wishes {
        ["--seconds", seconds, words @ ..] => (*seconds, words),
        words => (SECONDS, words),
    };
    ensure!(
        seconds.parse::<u32>().is_ok(),
        "`{seconds}` is not a number of seconds"
    );
    let targets = targets(words)?;
    ensure!(
        !targets.is_empty(),
        "no target in fuzz/fuzz_targets begins with {}",
        words.join(" or ")
    );
    ensure!(
        has_fuzzer(),
        "this wants a nightly compiler and cargo-fuzz:\nrustup toolchain install nightly --profile minimal\ncargo install --locked cargo-fuzz"
    );
    let mut found = Vec::new();
    for target in &targets {
        say(&format!("fuzzing {target} for {seconds} s"));
        if !fuzz(target, seconds)? {
            found.push(target.as_str());
        }
    }
    say(&format!(
        "{} targets, {} with a finding: {}",
        targets.len(),
        found.len(),
        found.join(" ")
    ));
    Ok(if found.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn targets(words: &[&str]) -> Result<Vec<String>> {
    let folder = root().join("fuzz/fuzz_targets");
    let entries = fs::read_dir(&folder).with_context(|| format!("could not list {}", folder.display()))?;
    let mut names: Vec<String> = entries
        .filter_map(|entry| Some(entry.ok()?.path().file_stem()?.to_str()?.to_owned()))
        .filter(|name| words.is_empty() || words.iter().any(|word| name.starts_with(word)))
        .collect();
    names.sort();
    Ok(names)
}

/// Whether nothing was found.
fn fuzz(target: &str, seconds: &str) -> Result<bool> {
    let corpus = root().join("fuzz/corpus").join(target);
    fs::create_dir_all(&corpus).with_context(|| format!("could not make {}", corpus.display()))?;
    // Our code is safe Rust; a sanitizer would look for what the compiler has ruled out, at half the speed.
    let status = nightly()
        .args(["fuzz", "run", "--sanitizer", "none", target])
        .arg(&corpus)
        .arg(root().join("fuzz/seeds").join(target))
        .args([
            "--",
            &format!("-max_total_time={seconds}"),
            &format!("-max_len={INPUT_BYTES_MAX}"),
        ])
        .args([&format!("-timeout={INPUT_SECONDS_MAX}"), "-print_final_stats=1"])
        .status()
        .context("could not start cargo fuzz")?;
    Ok(status.success())
}

fn has_fuzzer() -> bool {
    nightly()
        .args(["fuzz", "--version"])
        .output()
        .is_ok_and(|output| output.status.success())
}

fn nightly() -> Command {
    let mut command = Command::new("rustup");
    command.args(["run", "nightly", "cargo"]).current_dir(root());
    command
}
