//! How often a refusal is asked about, and what each one is called.

use evertill_session::{Answer, Effect, Event, Input, Reason, StateName};
use evertill_wire::Code;

use crate::{
    MINUTE,
    bench::{Bench, refusal, renewed},
};

#[test]
fn second_opinion_an_unsigned_refusal_is_asked_once_more_after_5_to_15_seconds() {
    for seed in 0..50 {
        let mut bench = Bench::signed_in(seed, MINUTE);
        bench.run_until_asked();
        bench.answer(refusal(Reason::Ended));
        assert_eq!(bench.state(), StateName::Renewing, "nobody is bothered yet");
        assert!(bench.served().is_some());
        let pause = bench.run_until_asked();
        assert!(
            (5_000..=15_000).contains(&pause.as_millis()),
            "seed={seed} {pause:?}"
        );
        bench.answer(refusal(Reason::Ended));
        assert_eq!(bench.state(), StateName::SignInNeeded);
        assert_eq!(bench.status().code, Some(Code::TOKEN_REFRESH_FAILED));
        assert_eq!(bench.status().cause.unwrap().code, Code::REFRESH_TOKEN_INVALID);
        assert_eq!(bench.served(), None);
        assert!(
            bench.engine.deadline().is_none(),
            "nothing is asked again by itself"
        );
    }
}

#[test]
fn second_opinion_a_passing_refusal_bothers_nobody() {
    let mut bench = Bench::signed_in(4, MINUTE);
    bench.run_until_asked();
    bench.answer(refusal(Reason::Ended));
    bench.run_until_asked();
    bench.answer(renewed("it was the database", MINUTE));
    bench.saved();
    assert_eq!(bench.state(), StateName::Active);
    bench.run_until_asked();
    bench.answer(refusal(Reason::Ended));
    assert_eq!(
        bench.state(),
        StateName::Renewing,
        "a later refusal is again the first of two"
    );
}

#[test]
fn second_opinion_while_the_token_works_two_refusals_may_be_a_fault_that_passes() {
    for seed in 0..50 {
        let mut bench = Bench::signed_in(seed, 30 * MINUTE);
        bench.run_until_asked();
        bench.answer(refusal(Reason::Ended));
        bench.run_until_asked();
        bench.answer(refusal(Reason::Ended));
        assert_eq!(bench.state(), StateName::Renewing);
        assert!(bench.served().is_some(), "the cashier goes on");
        let pause = bench.run_until_asked();
        assert!((90..=120).contains(&pause.as_secs()), "seed={seed} {pause:?}");
        bench.answer(refusal(Reason::Ended));
        assert_eq!(bench.state(), StateName::SignInNeeded);
    }
}

#[test]
fn second_opinion_a_token_that_is_refused_as_well_ends_the_wait() {
    let mut bench = Bench::signed_in(7, 30 * MINUTE);
    let serial = bench.serial();
    bench.run_until_asked();
    bench.answer(refusal(Reason::Ended));
    bench.run_until_asked();
    bench.answer(refusal(Reason::Ended));
    bench.refuse(serial);
    let pause = bench.run_until_asked();
    assert_eq!(pause.as_secs(), 5);
    bench.answer(refusal(Reason::Ended));
    assert_eq!(bench.state(), StateName::SignInNeeded);
}

#[test]
fn a_signed_refusal_is_believed_at_once() {
    let mut bench = Bench::signed_in(5, MINUTE);
    bench.run_until_asked();
    let Answer::Refused(unsigned) = refusal(Reason::Ended) else {
        panic!()
    };
    bench.answer(Answer::Refused(evertill_session::Refusal {
        is_signed: true,
        ..unsigned
    }));
    assert_eq!(bench.state(), StateName::SignInNeeded);
}

#[test]
fn a_theft_is_told_in_words_of_its_own() {
    let mut bench = Bench::signed_in(5, MINUTE);
    bench.run_until_asked();
    let Answer::Refused(plain) = refusal(Reason::Ended) else {
        panic!()
    };
    let ended = evertill_wire::rest::auth::EndedSession {
        reason: "theft".into(),
        at: 77,
        ..evertill_wire::rest::auth::EndedSession::default()
    };
    let refusal = Answer::Refused(evertill_session::Refusal {
        is_signed: true,
        ended: Some(ended),
        ..plain
    });
    let effects = bench.step(Input::Answered(bench.attempt(), refusal));
    let is_noted = |effect: &Effect| matches!(effect, Effect::Note(Event::Refused { is_theft: true, .. }));
    assert!(effects.iter().any(is_noted), "{effects:?}");
    let cause = bench.status().cause.unwrap();
    assert_eq!(
        cause.evidence,
        "somebody else used a copy of this session, so the store ended it for both"
    );
    assert_eq!(cause.code, Code::REFRESH_TOKEN_INVALID);
}

#[test]
fn each_reason_has_its_own_cause() {
    for (reason, code) in [
        (Reason::Expired, Code::REFRESH_TOKEN_EXPIRED),
        (Reason::Ended, Code::REFRESH_TOKEN_INVALID),
        (Reason::Foreign, Code::REFRESH_TOKEN_INVALID),
        (Reason::UserGone, Code::USER_NOT_AUTHORIZED),
    ] {
        let mut bench = Bench::signed_in(6, MINUTE);
        bench.run_until_asked();
        bench.answer(refusal(reason));
        bench.run_until_asked();
        bench.answer(refusal(reason));
        assert_eq!(bench.status().cause.unwrap().code, code);
    }
}
