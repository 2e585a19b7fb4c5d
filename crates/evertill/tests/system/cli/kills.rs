//! Processes that are killed at random instants, the way power cuts and impatient people do it.
//!
//! Every round kills a till, a store, or a command in the middle of a renewal, while a cashier sells and the network now
//! and then fails too. The seed is printed; `EVERTILL_KILLS_SEED` plays it again and `EVERTILL_KILLS` sets the rounds.

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    process::Stdio,
    time::Duration,
};

use serde_json::Value;

use crate::harness::{
    chance::Chance,
    counter::{Counter, Sold},
    faults::Fault,
    program::{evertill, run},
    until,
    world::{World, text},
};

/// Rounds when nobody says otherwise.
const ROUNDS: u64 = 12;

/// Longest time from the beginning of a round to its kill: a sale and its way to the store fit.
const KILL_WITHIN: Duration = Duration::from_millis(900);

/// Life of an access token: short, so that renewals fall into the rounds.
const LIFE: &str = "6s";

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Victim {
    Till,
    Store,
    Both,
    /// A command that renews beside the till.
    Command,
}

const FAULTS: [Fault; 6] = [
    Fault::DropBefore,
    Fault::DropAfter,
    Fault::Reset,
    Fault::Truncate,
    Fault::Garbage,
    Fault::Delay(Duration::from_millis(400)),
];

#[derive(Debug, Default)]
struct Tally {
    kills: BTreeMap<Victim, u64>,
    faults: u64,
    /// A sale whose payment was cut off may be paid in a later round: the cart keeps its identity.
    paid: BTreeSet<String>,
    unknown: Vec<String>,
    sign_outs: u64,
}

fn number(name: &str, otherwise: u64) -> u64 {
    env::var(name)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(otherwise)
}

#[tokio::test(flavor = "multi_thread")]
async fn kills_at_random_instants_sign_nobody_out_and_lose_and_double_no_sale() {
    let rounds = number("EVERTILL_KILLS", ROUNDS);
    let seed = number("EVERTILL_KILLS_SEED", u64::from(std::process::id()));
    println!("seed {seed}, {rounds} rounds");
    let mut chance = Chance::of(seed);
    let mut world = World::at_work(LIFE).await;
    let counter = Counter::at(world.till_url(""));
    until("the products at the till", || async {
        matches!(counter.sells().await, Sold::Paid(_)).then_some(())
    })
    .await;
    let first = owner_sees(&world, 1).await;
    let mut tally = Tally {
        paid: first.into_iter().collect(),
        ..Tally::default()
    };
    for round in 0..rounds {
        play(&mut world, &counter, &mut chance, &mut tally).await;
        let status = world.till_status();
        if is_signed_out(&status) {
            tally.sign_outs += 1;
            panic!("seed {seed}, round {round}: {status}");
        }
    }
    world.network.calm();
    let owner = world.owner();
    for uuid in std::mem::take(&mut tally.unknown) {
        if counter.is_paid(&uuid).await {
            tally.paid.insert(uuid);
        }
    }
    let wanted = tally.paid.len();
    let orders = until("every sale at the store", || async {
        let orders = owner.all_orders().await;
        (orders.len() >= wanted).then_some(orders)
    })
    .await;
    let mut found: Vec<String> = orders.into_iter().map(|order| order.uuid).collect();
    found.sort();
    let paid: Vec<String> = tally.paid.into_iter().collect();
    assert_eq!(found, paid, "seed {seed}: each sale once, and no other");
    println!(
        "{rounds} rounds, seed {seed}: kills {:?}, network faults {}, sales {}, lost or doubled 0, needless sign-outs {}",
        tally.kills,
        tally.faults,
        found.len(),
        tally.sign_outs
    );
}

/// The sales the store has, once there are so many.
async fn owner_sees(world: &World, count: usize) -> Vec<String> {
    let owner = world.owner();
    until("the first sale at the store", || async {
        let orders = owner.all_orders().await;
        (orders.len() == count).then(|| orders.into_iter().map(|order| order.uuid).collect())
    })
    .await
}

fn is_signed_out(status: &Value) -> bool {
    status["state"] == "sign_in_needed" || status["state"] == "signed_out"
}

/// One round: a sale, maybe a fault, and a kill in the middle of it.
async fn play(world: &mut World, counter: &Counter, chance: &mut Chance, tally: &mut Tally) {
    let victim = chance.one_of(&[Victim::Till, Victim::Store, Victim::Both, Victim::Command]);
    let pause = chance.span(KILL_WITHIN);
    if chance.below(2) == 0 {
        let route = chance.one_of(&["auth/refresh", "push/orders"]);
        world.network.strike(route, chance.one_of(&FAULTS), 1);
        tally.faults += 1;
    }
    *tally.kills.entry(victim).or_default() += 1;
    let strike = async {
        let command = (victim == Victim::Command).then(|| renewing(world));
        tokio::time::sleep(pause).await;
        if matches!(victim, Victim::Till | Victim::Both) {
            world.kill_till();
        }
        if matches!(victim, Victim::Store | Victim::Both) {
            world.kill_store();
        }
        if let Some(mut command) = command {
            // It may have ended by itself.
            let _gone = command.kill();
            let _reaped = command.wait();
        }
    };
    let (sold, ()) = tokio::join!(counter.sells(), strike);
    match sold {
        Sold::Paid(uuid) => {
            tally.paid.insert(uuid);
        }
        Sold::Unknown(uuid) => tally.unknown.push(uuid),
        Sold::NotYet => {}
    }
    if matches!(victim, Victim::Store | Victim::Both) {
        world.start_store().await;
    }
    if matches!(victim, Victim::Till | Victim::Both) {
        world.start_till().await;
    }
}

/// A command that renews the till's session from beside it.
fn renewing(world: &World) -> std::process::Child {
    evertill(&[
        "refresh",
        "--data-dir",
        text(&world.till_home()),
        "--store",
        &world.store_url(),
    ])
    .stdout(Stdio::null())
    .stderr(Stdio::null())
    .spawn()
    .expect("the binary starts")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_holder_of_the_lock_that_is_killed_keeps_nobody_from_renewing() {
    let world = World::open("15m").await;
    world.sign_in_till("cashier");
    world
        .network
        .strike("auth/refresh", Fault::Delay(Duration::from_secs(60)), 1);
    let before = world.network.count("auth/refresh");
    let mut holder = renewing(&world);
    until("the holder to ask the store", || async {
        (world.network.count("auth/refresh") > before).then_some(())
    })
    .await;
    holder.kill().expect("it waits for its answer");
    holder.wait().expect("it is gone");
    let renewed = run(
        &[
            "refresh",
            "--data-dir",
            text(&world.till_home()),
            "--store",
            &world.store_url(),
        ],
        "",
    );
    assert_eq!(renewed.exit, Some(0), "{}", renewed.stderr);
    assert_eq!(world.network.count("auth/refresh"), before + 2);
    assert_eq!(world.till_status()["state"], "active");
}
