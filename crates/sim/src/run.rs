//! One seed, or many.

use crate::{
    invariants::{self, Violation},
    plan::{Plan, StoreKind},
    planted::Planted,
    tally::Tally,
    world::World,
};

/// What a run came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// What happened.
    pub tally: Tally,
    /// The promise that was broken, when one was.
    pub violation: Option<Violation>,
    /// When the run ended, in milliseconds.
    pub ended_at: u64,
    /// Readable, when it was asked for.
    pub journal: Vec<String>,
}

/// Runs a plan.
#[must_use]
pub fn run(plan: Plan, planted: Option<Planted>, keeps_journal: bool) -> Outcome {
    let mut world = World::new(plan, planted, keeps_journal);
    world.run();
    let mut tally = world.tally.clone();
    tally.checks = tally.steps * invariants::COUNT;
    let violation = world.violation.clone();
    if let Some(violation) = &violation {
        match violation.invariant {
            "no_needless_sign_out" | "stays_signed_in" | "verdict_only" => tally.needless_sign_outs += 1,
            "one_flight" => tally.double_renewals += 1,
            "quiet" => tally.secrets_seen += 1,
            _ => {}
        }
    }
    Outcome {
        tally,
        violation,
        ended_at: world.now,
        journal: world.into_journal(),
    }
}

/// Runs a seed.
#[must_use]
pub fn seed(seed: u64, days: u64, store: StoreKind, planted: Option<Planted>) -> Outcome {
    run(Plan::new(seed, days, store), planted, false)
}

/// How a planted bug was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catch {
    /// The first seed that showed it.
    pub seed: u64,
    /// With which store.
    pub store: StoreKind,
    /// What it broke.
    pub violation: Violation,
}

/// Looks for a planted bug, seed by seed, with both stores.
#[must_use]
pub fn catch(planted: Planted, seeds: u64, days: u64) -> Option<Catch> {
    (0..seeds).find_map(|number| {
        [StoreKind::Stock, StoreKind::Evertill]
            .into_iter()
            .find_map(|store| {
                let violation = seed(number, days, store, Some(planted)).violation?;
                Some(Catch {
                    seed: number,
                    store,
                    violation,
                })
            })
    })
}
