//! How fast the rules run: `cargo bench --package evertill-session`.
//!
//! One round is a whole renewal as the driver feeds it: due, lock taken, answered, saved. Steps per second are four
//! times the rounds per second.

use std::{hint::black_box, time::Duration};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use evertill_session::{
    Answer, BootId, Effect, Engine, Grant, Input, Moment, Now, Renewed, Roll, Serial, SessionId, Stamp,
    State, User, WallTime,
    engine::{AttemptId, Stored},
};
use evertill_wire::{AccessToken, RefreshToken};

const STEPS_PER_ROUND: u64 = 4;

fn now(ms: u64) -> Now {
    Now {
        moment: Moment::from_millis(ms),
        wall: WallTime::from_millis(1_795_398_000_000 + ms as i64),
    }
}

fn signed_in() -> Engine {
    let boot = BootId::new("bench");
    let mut engine = Engine::new(boot.clone());
    let stamp = Stamp {
        boot,
        moment: now(0).moment,
        wall: now(0).wall,
    };
    let grant = Grant {
        access: AccessToken::new("a".repeat(400)),
        refresh: RefreshToken::new("r".repeat(300)),
        session: SessionId::new("session"),
        user: User {
            id: 3,
            display_name: "Ada".into(),
            ..User::default()
        },
        access_life: Duration::from_secs(1_800),
        refresh_in: None,
        renewable_for: Some(Duration::from_secs(30 * 86_400)),
        received: stamp.clone(),
        signed_in: stamp,
        serial: Serial(1),
        renewals: 0,
    };
    let effects = engine.step(now(0), Roll(1), Input::SignedIn(Box::new(grant)));
    let Some(Effect::Save { attempt, .. }) = effects.first() else {
        unreachable!("a sign-in is saved first")
    };
    let _ = engine.step(now(1), Roll(1), Input::Saved(*attempt));
    engine
}

fn renewals(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("session");
    group.throughput(Throughput::Elements(STEPS_PER_ROUND));
    group.bench_function("step", |bencher| {
        let mut engine = signed_in();
        let mut at = 0;
        let mut attempt = 1;
        let answer = Answer::Renewed(Renewed {
            access: AccessToken::new("b".repeat(400)),
            refresh: None,
            access_life: Duration::from_secs(1_800),
            refresh_in: None,
            renewable_for: None,
            was_recovered: false,
        });
        bencher.iter(|| {
            at += 1_500_000;
            attempt += 1;
            let id = AttemptId(attempt);
            black_box(engine.step(now(at), Roll(7), Input::Due));
            black_box(engine.step(now(at), Roll(7), Input::LockTaken(id, Stored::Unreadable)));
            black_box(engine.step(now(at), Roll(7), Input::Answered(id, answer.clone())));
            black_box(engine.step(now(at), Roll(7), Input::Saved(id)));
        });
        // Each round was a renewal, or the figures are of something else.
        let State::Active(held) = engine.state() else {
            unreachable!("a round ends with a living token")
        };
        assert_eq!(held.grant.renewals, attempt - 1, "every round renewed");
        assert!(held.is_served(now(at)));
    });
    group.bench_function("step while nothing is due", |bencher| {
        let mut engine = signed_in();
        bencher.iter(|| black_box(engine.step(now(2), Roll(7), Input::Due)));
    });
    group.finish();
}

criterion_group!(benches, renewals);
criterion_main!(benches);
