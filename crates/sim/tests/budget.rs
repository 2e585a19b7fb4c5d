//! A fixed budget of seeds: the shipped rules break no promise, and a seed always tells the same story.

use evertill_sim::{
    plan::{Plan, StoreKind},
    run,
};

/// Seeds from here on; found ones become tests of their own.
const SEEDS: std::ops::Range<u64> = 0..6;

const DAYS: u64 = 25;

fn check(store: StoreKind) {
    for seed in SEEDS {
        let outcome = run::seed(seed, DAYS, store, None);
        assert_eq!(
            outcome.violation, None,
            "seed={seed}; rerun with cargo xtask simulate --replay {seed} --days {DAYS}"
        );
        assert!(outcome.tally.renewals > 100, "seed={seed}: nothing happened");
        assert_eq!(outcome.tally.lost_sales + outcome.tally.doubled_sales, 0);
    }
}

#[test]
fn nothing_breaks_with_a_stock_store() {
    check(StoreKind::Stock);
}

#[test]
fn nothing_breaks_with_our_own_store() {
    check(StoreKind::Evertill);
}

#[test]
fn a_seed_tells_the_same_story_twice_word_for_word() {
    for store in [StoreKind::Stock, StoreKind::Evertill] {
        let tell = || run::run(Plan::new(3, DAYS, store), None, true).journal;
        let story = tell();
        assert!(story.len() > 1_000);
        assert_eq!(story, tell());
    }
}

/// Two people sign in within half a second while a second process holds the lock: the writes of both wait for it.
#[test]
fn of_two_sign_ins_at_once_the_later_one_stays_in_the_vault() {
    let outcome = run::seed(539, 120, StoreKind::Evertill, None);
    assert_eq!(outcome.violation, None, "seed=539");
}
