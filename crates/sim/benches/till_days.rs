//! How fast the simulator runs: `cargo bench --package evertill-sim`.
//!
//! One round is a seed of thirty days with each store, every invariant asked after every step. Elements are till-days.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use evertill_sim::{plan::StoreKind, run};

/// The program's own allocator, or the figures are of another one.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const DAYS: u64 = 30;

/// Two shops of different habits.
const SEEDS: [u64; 2] = [3, 5];

fn till_days(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("simulator");
    group.sample_size(10);
    for store in [StoreKind::Stock, StoreKind::Evertill] {
        for seed in SEEDS {
            let lived = run::seed(seed, DAYS, store, None);
            assert_eq!(lived.violation, None, "seed={seed} {store:?}");
            assert!(
                lived.tally.renewals > 100,
                "seed={seed} {store:?}: nothing happened"
            );
            group.throughput(Throughput::Elements(lived.tally.till_days));
            let id = BenchmarkId::new(format!("{store:?}"), seed);
            group.bench_with_input(id, &seed, |bencher, seed| {
                bencher.iter(|| {
                    let again = run::seed(*seed, DAYS, store, None);
                    assert_eq!(again.tally, lived.tally, "a seed tells the same story");
                });
            });
        }
    }
    group.finish();
}

criterion_group!(benches, till_days);
criterion_main!(benches);
