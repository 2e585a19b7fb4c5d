//! A refused token is looked for before it is blamed.

use std::time::Duration;

use evertill_session::{Effect, Event, Input, Place, Reason, StateName};

use crate::{
    MINUTE,
    bench::{Bench, refusal, renewed},
};

/// Both ways arrive, only the parameter, only the header.
const BOTH: Option<(bool, bool)> = Some((true, true));
const PARAMETER: Option<(bool, bool)> = Some((false, true));
const NEITHER: Option<(bool, bool)> = Some((false, false));

const HOUR: Duration = Duration::from_secs(3_600);

fn signed_in(seed: u64) -> Bench {
    let mut bench = Bench::signed_in(seed, 8 * HOUR);
    bench.accept();
    bench.advance(MINUTE);
    bench
}

/// Renews when a renewal has begun.
fn renew(bench: &mut Bench, access: &str) {
    assert_eq!(bench.state(), StateName::Renewing);
    bench.lock_taken();
    bench.answer(renewed(access, 8 * HOUR));
    bench.saved();
}

#[test]
fn a_token_that_was_lost_on_the_way_travels_another_way_and_nothing_is_renewed() {
    let mut bench = signed_in(1);
    let serial = bench.serial();
    bench.step(Input::TokenRefused(serial));
    assert!(bench.is_looking());
    assert_eq!(bench.served(), None, "nobody else is sent into the same wall");
    bench.tells(PARAMETER);
    assert_eq!(
        (bench.state(), bench.place),
        (StateName::Active, Place::Parameter)
    );
    assert_eq!(bench.served().as_deref(), Some("first"));
    assert_eq!(bench.serial(), serial);
}

#[test]
fn refusals_of_requests_that_left_the_old_way_say_nothing_about_the_new_one() {
    let mut bench = signed_in(2);
    let serial = bench.serial();
    bench.step(Input::TokenRefused(serial));
    bench.tells(PARAMETER);
    for _ in 0..9 {
        assert_eq!(bench.step(Input::TokenRefused(serial)), vec![]);
    }
}

#[test]
fn a_token_that_arrives_nowhere_or_nobody_knows_where_never_ends_a_session_and_never_storms() {
    for told in [NEITHER, None] {
        let mut bench = signed_in(3);
        let mut renewals = 0;
        for second in 0..3_600 {
            let serial = bench.serial();
            bench.step(Input::TokenRefused(serial));
            bench.tells(told);
            if bench.state() == StateName::Renewing {
                renew(&mut bench, &format!("fresh {second}"));
                renewals += 1;
            }
            assert_eq!(bench.state(), StateName::Active);
            bench.advance(Duration::from_secs(1));
        }
        assert!((8..=14).contains(&renewals), "{renewals} renewals in an hour");
    }
}

#[test]
fn no_word_from_the_store_is_waited_for_no_longer_than_forty_seconds() {
    let mut bench = signed_in(4);
    let serial = bench.serial();
    bench.step(Input::TokenRefused(serial));
    let (at, why) = bench.engine.deadline().unwrap();
    assert_eq!(why, "give up the look");
    bench.advance(bench.now().until(at));
    bench.step(Input::Due);
    assert_eq!(
        bench.state(),
        StateName::Renewing,
        "a newer token is asked for all the same"
    );
    bench.tells(BOTH);
    renew(&mut bench, "fresh");
    assert_eq!(bench.served().as_deref(), Some("fresh"));
}

#[test]
fn a_lock_before_the_api_blames_nobody_and_takes_no_token_away() {
    let mut bench = signed_in(5);
    for _ in 0..20 {
        let serial = bench.serial();
        bench.step(Input::RestLocked(serial));
        assert!(bench.served().is_some());
        bench.tells(BOTH);
        assert_eq!(bench.state(), StateName::Active);
        bench.advance(Duration::from_secs(60));
    }
    let serial = bench.serial();
    bench.step(Input::RestLocked(serial));
    bench.tells(PARAMETER);
    assert_eq!(bench.place, Place::Parameter, "unless the token never got to it");
}

#[test]
fn the_header_is_looked_for_again_after_six_hours_and_is_on_trial_at_first() {
    let mut bench = signed_in(6);
    let serial = bench.serial();
    bench.step(Input::TokenRefused(serial));
    bench.tells(PARAMETER);
    bench.accept();
    bench.advance(6 * HOUR - MINUTE);
    bench.step(Input::Due);
    renew_if_due(&mut bench);
    assert!(!bench.is_looking());
    bench.advance(MINUTE);
    bench.step(Input::Due);
    assert!(bench.is_looking() && bench.served().is_some());
    bench.tells(BOTH);
    assert_eq!(bench.place, Place::Header);
    bench.advance(MINUTE);
    let serial = bench.serial();
    let effects = bench.step(Input::TokenRefused(serial));
    assert_eq!(bench.place, Place::Parameter, "what worked is gone back to");
    assert!(bench.served().is_some());
    assert!(
        effects
            .iter()
            .any(|effect| matches!(effect, Effect::Note(Event::PlaceChanged { to: Place::Parameter }))),
        "the journal tells"
    );
}

fn renew_if_due(bench: &mut Bench) {
    if bench.state() == StateName::Renewing {
        renew(bench, "by the clock");
    }
}

#[test]
fn a_header_that_arrives_again_and_is_accepted_stays() {
    let mut bench = signed_in(7);
    bench.step(Input::TravelsBy(Place::Parameter));
    bench.place = Place::Parameter;
    bench.advance(6 * HOUR);
    bench.step(Input::Due);
    bench.tells(BOTH);
    renew_if_due(&mut bench);
    assert_eq!(bench.place, Place::Header);
    bench.accept();
    bench.advance(MINUTE);
    let serial = bench.serial();
    bench.step(Input::TokenRefused(serial));
    assert!(
        bench.is_looking(),
        "a later refusal is looked into like any other"
    );
}

#[test]
fn a_lost_token_does_not_hurry_the_third_opinion() {
    let mut bench = Bench::signed_in(8, 30 * MINUTE);
    let serial = bench.serial();
    bench.run_until_asked();
    bench.answer(refusal(Reason::Ended));
    bench.run_until_asked();
    bench.answer(refusal(Reason::Ended));
    bench.step(Input::TokenRefused(serial));
    bench.tells(PARAMETER);
    assert!(bench.served().is_some());
    let pause = bench.run_until_asked();
    assert!((90..=120).contains(&pause.as_secs()), "{pause:?}");
}
