//! Development tasks: `cargo xtask test`, `interop`, `screenshots`, `soak`, `simulate`, `fuzz`, `bench`, `gen-docs` and `tidy`.
//!
//! A task is a function that returns an exit code and reports on stdout. Tasks start `cargo`, for the tests that drive
//! a browser the system's package manager, and for those with other people's clients `npm` and `pip`; those fetch into
//! the target directory.

use std::{env, process::ExitCode};

use anyhow::{Result, bail};

mod book;
mod browser;
mod fuzz;
mod interop;
mod keyring;
mod nodes;
mod nodes_till;
mod packages;
mod peers;
mod postgres;
mod run;
mod strace;
mod tidy;
mod wordpress;

const TASKS: &str = "\
cargo xtask test [--skip-browser] [--all]
                                    everything that is tested; ends with `N passed, N failed`. What needs PostgreSQL
                                    or other people's clients is skipped where they cannot be had, unless --all
                                    says that nothing may be
cargo xtask interop                 other people's OAuth clients and Schemathesis against the store; fetches them first
cargo xtask screenshots [--picture] every page at both sizes into target/screenshots; --picture also renews docs/pictures
cargo xtask soak [--seconds 180]    a till left alone with tokens of 20 s: every renewal early, no 401
cargo xtask soak --kills 500 [--seed N]
                                    processes killed at random instants: nobody signed out, every sale booked once
cargo xtask soak --store-kills 200  the store killed under 64 tills that renew, tills killed between an answer and their
                                    disk, and both: nobody signed out, no ending forgotten
cargo xtask soak --power-cuts 200   the power cut at random places of a store's day: what was answered is still true
cargo xtask bench server [checks] [renewals] [million] [timing]
                                    what the store server costs, beside its aims and node-oidc-provider
cargo xtask simulate [--seeds 0..200] [--days 120] [--store stock|evertill|both] [--jobs N] [--replay SEED]
                                    the real rules in a made-up shop under every fault there is
cargo xtask fuzz [--seconds 60] [TARGET…]
                                    every parser of foreign bytes under a fuzzer, or those whose names begin so;
                                    wants a nightly compiler and cargo-fuzz
cargo xtask bench client            the keeper beside other people's: a fresh token, 10,000 tasks at expiry, memory; and
                                    the rules
cargo xtask bench nodes             renewals and sales a second of a node with PostgreSQL beside it
cargo xtask gen-docs                the book of the error codes, docs/error-codes, and the store's interface, docs/openapi.json
cargo xtask tidy                    forbidden edges, forbidden dependencies, files that grew too long";

fn main() -> ExitCode {
    match choose(&env::args().skip(1).collect::<Vec<_>>()) {
        Ok(code) => code,
        Err(error) => {
            say(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn choose(arguments: &[String]) -> Result<ExitCode> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["test"] => run::test(true, false),
        ["test", "--all"] => run::test(true, true),
        ["test", "--skip-browser"] => run::test(false, false),
        ["interop"] => run::interop(),
        ["screenshots"] => run::screenshots(false),
        ["screenshots", "--picture"] => run::screenshots(true),
        ["soak"] => run::soak("180"),
        ["soak", "--seconds", seconds] => run::soak(seconds),
        ["soak", "--kills", rounds] => run::kills(rounds, None),
        ["soak", "--kills", rounds, "--seed", seed] => run::kills(rounds, Some(seed)),
        ["soak", "--store-kills", rounds] => run::store_kills(rounds),
        ["soak", "--power-cuts", cuts] => run::power_cuts(cuts),
        ["bench", "server", parts @ ..] => run::bench_server(parts),
        ["bench", "client"] => run::bench_client(),
        ["fuzz", wishes @ ..] => fuzz::run(wishes),
        ["simulate", wishes @ ..] => run::simulate(wishes),
        ["bench", "nodes"] => nodes::bench(),
        ["gen-docs"] => {
            say(&format!("{} pages written", book::write()?));
            book::write_openapi()?;
            say("docs/openapi.json written");
            Ok(ExitCode::SUCCESS)
        }
        ["tidy"] => report(&tidy::check()?),
        _ => bail!("the tasks are:\n{TASKS}"),
    }
}

fn report(findings: &[String]) -> Result<ExitCode> {
    for finding in findings {
        say(finding);
    }
    Ok(if findings.is_empty() {
        say("tidy");
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

#[expect(clippy::print_stdout, reason = "a task reports on stdout")]
fn say(line: &str) {
    println!("{line}");
}
