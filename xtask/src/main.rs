//! Development tasks. `cargo xtask test` runs everything and ends with a plain line `N passed, N failed`.

use std::{
    env,
    io::{BufRead, BufReader},
    process::{Command, ExitCode, Stdio},
};

use anyhow::{Context, Result, bail};

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(error) => {
            say(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<ExitCode> {
    match env::args().nth(1).as_deref() {
        Some("test") => test(),
        Some(other) => bail!("unknown task `{other}`; the tasks are: test"),
        None => bail!("name a task: test"),
    }
}

/// Runs the whole test suite and adds up what the runners report.
fn test() -> Result<ExitCode> {
    let mut child = Command::new(env::var("CARGO").unwrap_or_else(|_| "cargo".into()))
        .args(["test", "--workspace", "--no-fail-fast"])
        .stdout(Stdio::piped())
        .spawn()
        .context("could not start cargo")?;
    let output = child.stdout.take().context("cargo has no output")?;
    let mut sum = Sum::default();
    for line in BufReader::new(output).lines() {
        let line = line.context("could not read the output of cargo")?;
        sum.add(&line);
        say(&line);
    }
    let is_good = child.wait().context("could not wait for cargo")?.success();
    say(&format!("{} passed, {} failed", sum.passed, sum.failed));
    Ok(if is_good && sum.failed == 0 && sum.passed > 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

#[derive(Default)]
struct Sum {
    passed: u64,
    failed: u64,
}

impl Sum {
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
                _ => {}
            }
        }
    }
}

#[expect(clippy::print_stdout, reason = "a task reports on stdout")]
fn say(line: &str) {
    println!("{line}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_of_several_runners_add_up() {
        let mut sum = Sum::default();
        sum.add(
            "test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s",
        );
        sum.add("test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out");
        sum.add("something else 9 passed");
        assert_eq!((sum.passed, sum.failed), (15, 2));
    }
}
