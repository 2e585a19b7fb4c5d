//! Whether the time of a refused sign-in tells a name somebody has from one nobody has.
//!
//! Accounts of the shop and made-up names are guessed at in turn, five wrong passwords each, up to and with the guess
//! that lets the name rest. Each name by a client of its own, so that no address rests before.

use std::time::Duration;

use crate::{aims::Aims, client::Connection, process, process::Server, ranks};

/// Names of each kind.
const NAMES: u32 = 80;

/// Wrong guesses after which a name rests.
const GUESSES: usize = 5;

/// Chance below which two rows are taken to differ. Three comparisons are made, so this is rarely met by chance.
const P_MIN: f64 = 0.01;

pub(crate) fn measure(aims: &mut Aims) {
    let home = tempfile::tempdir().unwrap();
    drop(Server::start(home.path()));
    process::engage(home.path(), NAMES);
    let server = Server::behind_a_proxy(home.path());
    let mut connection = Connection::open(server.address);
    let mut guess = |name: &str, number: u32| {
        // Each name is guessed at from a place of its own.
        let place = 2 * number + u32::from(name == "known");
        let client = format!("198.51.{}.{}", place / 250, place % 250);
        connection.guess(&format!("{name}{number}"), &client)
    };
    for _ in 0..GUESSES {
        // The first guesses find everything cold.
        guess("nobody", NAMES);
    }
    let (mut known, mut unknown) = (vec![Vec::new(); GUESSES], vec![Vec::new(); GUESSES]);
    for at in 0..NAMES {
        for number in 0..GUESSES {
            // Who is first changes, in case the second finds something warm.
            if (at as usize + number).is_multiple_of(2) {
                known[number].push(guess("known", at));
                unknown[number].push(guess("nobody", at));
            } else {
                unknown[number].push(guess("nobody", at));
                known[number].push(guess("known", at));
            }
        }
    }
    println!(
        "\n| a wrong password, and a name nobody has | guesses of each | p | difference of medians |\n| --- | --- | --- | --- |"
    );
    compare(
        "the guess that is told to the owner",
        &known[2],
        &unknown[2],
        aims,
    );
    compare("the guess that lets the name rest", &known[4], &unknown[4], aims);
    let plain = |rows: &[Vec<Duration>]| [&rows[0][..], &rows[1], &rows[3]].concat();
    compare("any other guess", &plain(&known), &plain(&unknown), aims);
    println!();
}

fn compare(what: &str, known: &[Duration], unknown: &[Duration], aims: &mut Aims) {
    let found = ranks::compare(known, unknown);
    println!(
        "| {what} | {} | {:.3} | {:+.0} µs |",
        known.len(),
        found.p,
        found.median_us
    );
    aims.at_least(&format!("p that names look the same: {what}"), found.p, P_MIN, "");
}
