//! A token while it is fresh, beside the lazy identity cache of the AWS SDK: `cargo bench` in this directory.
//!
//! The figures are processor time for each call: what a thread has spent on a core, so that a busy machine, or one with
//! fewer cores than threads, measures the call and not the wait for a turn.

use std::hint::black_box;
use std::sync::{Arc, Barrier};
use std::time::{Duration, SystemTime};

use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_async::time::{SharedTimeSource, SystemTimeSource};
use aws_smithy_runtime::client::identity::IdentityCache;
use aws_smithy_runtime_api::client::identity::{
    Identity, IdentityFuture, ResolveCachedIdentity, ResolveIdentity, SharedIdentityCache,
    SharedIdentityResolver,
};
use aws_smithy_runtime_api::client::runtime_components::{RuntimeComponents, RuntimeComponentsBuilder};
use aws_smithy_types::config_bag::ConfigBag;
use criterion::{Criterion, criterion_group, criterion_main};
use evertill_client::clock::SystemClock;
use evertill_client::{Home, Keeper};
use evertill_peers::Store;
use rustix::time::{ClockId, clock_gettime};
use tokio::runtime::{Builder, Runtime};

const THREADS: usize = 16;

fn evertill(runtime: &Runtime) -> (tempfile::TempDir, Keeper) {
    let dir = tempfile::tempdir().expect("a directory");
    let home = Home::open(dir.path()).expect("a home");
    let keeper = runtime.block_on(async {
        let store = Store::start(Duration::ZERO).await;
        evertill_peers::keeper(&home, &store, Arc::new(SystemClock::new()), "ann", None).await
    });
    (dir, keeper)
}

#[derive(Debug)]
struct Resolver;

impl ResolveIdentity for Resolver {
    fn resolve_identity<'a>(&'a self, _: &'a RuntimeComponents, _: &'a ConfigBag) -> IdentityFuture<'a> {
        let ends_at = SystemTime::now() + Duration::from_secs(1_800);
        IdentityFuture::ready(Ok(Identity::new("a".repeat(600), Some(ends_at))))
    }
}

/// The lazy cache with what it needs to be asked.
struct Aws {
    cache: SharedIdentityCache,
    resolver: SharedIdentityResolver,
    components: RuntimeComponents,
    config: ConfigBag,
}

impl Aws {
    fn new() -> Self {
        let components = RuntimeComponentsBuilder::for_tests()
            .with_sleep_impl(Some(SharedAsyncSleep::new(TokioSleep::new())))
            .with_time_source(Some(SharedTimeSource::new(SystemTimeSource::new())))
            .build()
            .expect("all parts");
        Self {
            cache: IdentityCache::lazy().build(),
            resolver: SharedIdentityResolver::new(Resolver),
            components,
            config: ConfigBag::base(),
        }
    }

    async fn identity(&self) -> Identity {
        self.cache
            .resolve_cached_identity(self.resolver.clone(), &self.components, &self.config)
            .await
            .expect("an identity")
    }
}

/// Processor time this thread has had.
fn spent() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(
        u64::try_from(time.tv_sec).unwrap_or(0),
        u32::try_from(time.tv_nsec).unwrap_or(0),
    )
}

/// Mean processor time of `rounds` calls on each of the threads.
fn on_threads<F: Future<Output = ()> + Send>(
    runtime: &Runtime,
    rounds: u64,
    call: impl Fn() -> F + Sync,
) -> Duration {
    let start = Barrier::new(THREADS);
    let total: Duration = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|_| {
                scope.spawn(|| {
                    start.wait();
                    runtime.block_on(async {
                        let before = spent();
                        for _ in 0..rounds {
                            call().await;
                        }
                        spent() - before
                    })
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("a thread that ends"))
            .sum()
    });
    total / u32::try_from(THREADS).unwrap_or(1)
}

fn fresh(criterion: &mut Criterion) {
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    let (_dir, keeper) = evertill(&runtime);
    let aws = Aws::new();
    runtime.block_on(aws.identity());

    let mut group = criterion.benchmark_group("fresh");
    group.bench_function("evertill fresh_token, 1 thread", |bencher| {
        bencher.iter_custom(|rounds| {
            let before = spent();
            for _ in 0..rounds {
                black_box(keeper.fresh_token());
            }
            spent() - before
        });
    });
    group.bench_function("evertill access_token, 1 thread", |bencher| {
        bencher.iter_custom(|rounds| {
            runtime.block_on(async {
                let before = spent();
                for _ in 0..rounds {
                    black_box(keeper.access_token().await.expect("a living token"));
                }
                spent() - before
            })
        });
    });
    group.bench_function("aws identity cache, 1 thread", |bencher| {
        bencher.iter_custom(|rounds| {
            runtime.block_on(async {
                let before = spent();
                for _ in 0..rounds {
                    black_box(aws.identity().await);
                }
                spent() - before
            })
        });
    });
    group.bench_function("evertill access_token, 16 threads", |bencher| {
        bencher.iter_custom(|rounds| {
            on_threads(&runtime, rounds, || async {
                black_box(keeper.access_token().await.expect("a living token"));
            })
        });
    });
    group.bench_function("aws identity cache, 16 threads", |bencher| {
        bencher.iter_custom(|rounds| {
            on_threads(&runtime, rounds, || async {
                black_box(aws.identity().await);
            })
        });
    });
    group.finish();
}

criterion_group!(benches, fresh);
criterion_main!(benches);
