//! `evertill-simulate`: runs seeds and says what happened; the program behind `cargo xtask simulate`.

use std::{
    io::{self, Write},
    process::ExitCode,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use evertill_sim::{
    invariants::Violation,
    plan::{Plan, StoreKind},
    planted::Planted,
    run,
    shrink::shrink,
    tally::{Tally, grouped},
};

/// A third of a run is spent on getting memory and giving it back; the system's allocator takes twice as long for it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const USAGE: &str = "\
evertill-simulate [--seeds A..B] [--days N] [--store stock|evertill|both] [--jobs N] [--seconds N]
evertill-simulate --replay SEED [--days N] [--store stock|evertill] [--planted NAME]
evertill-simulate --planted list
evertill-simulate --planted all --seeds COUNT";

/// What was asked for.
struct Wish {
    seeds: std::ops::Range<u64>,
    days: u64,
    stores: Vec<StoreKind>,
    replay: Option<u64>,
    planted: Option<Planted>,
    jobs: u64,
    /// Stops taking up seeds after so long.
    time_max: Option<Duration>,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut out = io::stdout().lock();
    match work(&arguments, &mut out) {
        Ok(code) => code,
        Err(error) => {
            let _ = writeln!(out, "error: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn work(arguments: &[String], out: &mut impl Write) -> Result<ExitCode> {
    if arguments == ["--planted", "list"] {
        for planted in Planted::all() {
            writeln!(out, "{planted:?}: {} ({})", planted.label(), planted.origin())?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    if let ["--planted", "all", "--seeds", count] = arguments
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .as_slice()
    {
        return catch_all(count.parse()?, out);
    }
    let wish = read(arguments)?;
    match wish.replay {
        Some(seed) => replay(&wish, seed, out),
        None => run_all(&wish, out),
    }
}

fn read(arguments: &[String]) -> Result<Wish> {
    let mut wish = Wish {
        seeds: 0..200,
        days: 120,
        stores: vec![StoreKind::Stock, StoreKind::Evertill],
        replay: None,
        planted: None,
        jobs: 1,
        time_max: None,
    };
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        let value = words
            .next()
            .with_context(|| format!("{word} wants a value\n{USAGE}"))?;
        match word.as_str() {
            "--seeds" => {
                let (from, to) = value.split_once("..").context("seeds look like 0..2000")?;
                wish.seeds = from.parse()?..to.parse()?;
            }
            "--days" => wish.days = value.parse::<u64>()?.clamp(1, 3_650),
            "--replay" => wish.replay = Some(value.parse()?),
            "--jobs" => wish.jobs = value.parse::<u64>()?.clamp(1, 64),
            "--seconds" => wish.time_max = Some(Duration::from_secs(value.parse()?)),
            "--planted" => {
                let found = Planted::all().find(|planted| format!("{planted:?}") == *value);
                wish.planted = Some(found.with_context(|| format!("no planted bug is named {value}"))?);
            }
            "--store" => {
                wish.stores = match value.as_str() {
                    "stock" => vec![StoreKind::Stock],
                    "evertill" => vec![StoreKind::Evertill],
                    "both" => vec![StoreKind::Stock, StoreKind::Evertill],
                    other => bail!("no store is named {other}\n{USAGE}"),
                };
            }
            other => bail!("{other} is not known\n{USAGE}"),
        }
    }
    Ok(wish)
}

/// Which seed shows which planted bug.
fn catch_all(seeds: u64, out: &mut impl Write) -> Result<ExitCode> {
    let mut is_good = true;
    for planted in Planted::all() {
        match run::catch(planted, seeds, 40) {
            Some(found) => writeln!(
                out,
                "{:<30} seed {:>3} ({:?}): {}",
                format!("{planted:?}"),
                found.seed,
                found.store,
                found.violation
            )?,
            None => {
                is_good = false;
                writeln!(out, "{:<30} not seen in {seeds} seeds", format!("{planted:?}"))?;
            }
        }
    }
    Ok(if is_good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The journal of one seed, the same each time.
fn replay(wish: &Wish, seed: u64, out: &mut impl Write) -> Result<ExitCode> {
    let mut is_good = true;
    for store in &wish.stores {
        let outcome = run::run(Plan::new(seed, wish.days, *store), wish.planted, true);
        writeln!(out, "seed {seed}, {} days, {store:?} store", wish.days)?;
        for line in &outcome.journal {
            writeln!(out, "{line}")?;
        }
        match &outcome.violation {
            Some(violation) => writeln!(out, "broken: {violation}\n")?,
            None => writeln!(out, "nothing broken\n")?,
        }
        is_good &= outcome.violation.is_none();
    }
    Ok(if is_good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// A seed that broke a promise.
struct Broken {
    seed: u64,
    store: StoreKind,
    violation: Violation,
}

#[expect(
    clippy::disallowed_methods,
    reason = "only the program looks at the time, to tell how fast it was"
)]
fn run_all(wish: &Wish, out: &mut impl Write) -> Result<ExitCode> {
    let began = Instant::now();
    let workers: Vec<_> = (0..wish.jobs)
        .map(|job| {
            let (seeds, days, stores) = (wish.seeds.clone(), wish.days, wish.stores.clone());
            let (planted, jobs, time_max) = (wish.planted, wish.jobs, wish.time_max);
            std::thread::spawn(move || {
                let mut sum = Tally::default();
                let mut broken = Vec::new();
                let mut done = 0_u64;
                for seed in seeds.filter(|seed| seed % jobs == job) {
                    if time_max.is_some_and(|limit| began.elapsed() > limit) {
                        break;
                    }
                    for store in &stores {
                        let outcome = run::seed(seed, days, *store, planted);
                        sum.add(&outcome.tally);
                        done += 1;
                        if let Some(violation) = outcome.violation {
                            broken.push(Broken {
                                seed,
                                store: *store,
                                violation,
                            });
                        }
                    }
                }
                (sum, broken, done)
            })
        })
        .collect();
    let mut sum = Tally::default();
    let mut broken = Vec::new();
    let mut done = 0;
    for worker in workers {
        let (tally, found, runs) = worker
            .join()
            .map_err(|_| anyhow::anyhow!("a worker broke down; run with --jobs 1 to see where"))?;
        sum.add(&tally);
        broken.extend(found);
        done += runs;
    }
    let took = began.elapsed();
    writeln!(
        out,
        "seeds {}..{}, {} days each, {} runs",
        wish.seeds.start,
        wish.seeds.end,
        wish.days,
        grouped(done)
    )?;
    writeln!(out, "{sum}")?;
    let speed = sum.till_days as f64 / took.as_secs_f64() / wish.jobs as f64;
    writeln!(
        out,
        "{:.1} s, {speed:.0} till-days/s on each of {} cores, {} runs broken",
        took.as_secs_f64(),
        wish.jobs,
        broken.len()
    )?;
    broken.sort_by_key(|found| found.seed);
    for found in &broken {
        writeln!(
            out,
            "seed {} ({:?}): {}",
            found.seed, found.store, found.violation
        )?;
    }
    out.flush()?;
    for found in &broken {
        show(wish, found, out)?;
    }
    Ok(if broken.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn show(wish: &Wish, found: &Broken, out: &mut impl Write) -> Result<()> {
    let plan = Plan::new(found.seed, wish.days, found.store);
    let small = shrink(&plan, wish.planted);
    let outcome = run::run(small.clone(), wish.planted, false);
    let store = match found.store {
        StoreKind::Stock => "stock",
        StoreKind::Evertill => "evertill",
    };
    writeln!(
        out,
        "\nseed {} broke {}",
        found.seed,
        outcome
            .violation
            .map_or_else(String::new, |violation| violation.to_string())
    )?;
    writeln!(
        out,
        "  again: cargo xtask simulate --replay {} --days {} --store {store}",
        found.seed, wish.days
    )?;
    writeln!(out, "  {:?}", small.shop)?;
    for fault in &small.faults {
        writeln!(out, "  {fault}")?;
    }
    Ok(())
}
