//! The promises of the session engine, one by one, under virtual time.

mod bench;
mod looking;
mod refusals;

use std::time::Duration;

use bench::{Bench, refusal, renewed, rotated, trouble};
use evertill_session::{Answer, Effect, Event, Input, Reason, StateName, TroubleKind, engine::Stored};
use evertill_wire::Code;

const MINUTE: Duration = Duration::from_secs(60);

#[test]
fn early_renewal_starts_between_70_and_80_percent_of_the_life() {
    for seed in 0..50 {
        let mut bench = Bench::signed_in(seed, Duration::from_secs(20));
        let asked_after = bench.run_until_asked();
        assert!(
            (14_000..=16_000).contains(&asked_after.as_millis()),
            "seed={seed} {asked_after:?}"
        );
    }
}

#[test]
fn durable_first_a_new_token_is_used_only_after_it_was_saved() {
    let mut bench = Bench::signed_in(1, MINUTE);
    bench.run_until_asked();
    let before = bench.served();
    bench.answer(renewed("second", MINUTE));
    assert_eq!(
        bench.served(),
        before,
        "the old token is served while the new one is written"
    );
    bench.saved();
    assert_eq!(bench.served().as_deref(), Some("second"));
    assert_eq!(bench.state(), StateName::Active);
}

#[test]
fn no_dead_token_the_old_one_is_served_while_it_lives_and_not_a_moment_longer() {
    let mut bench = Bench::signed_in(2, MINUTE);
    bench.run_until_asked();
    bench.answer(trouble(Code::CONNECTION_TIMEOUT, TroubleKind::Network));
    assert!(
        bench.served().is_some(),
        "trouble does not take a living token away"
    );
    bench.fail_for(Duration::from_secs(25), Code::CONNECTION_TIMEOUT);
    assert_eq!(bench.served(), None);
    assert_eq!(bench.state(), StateName::Troubled);
    assert_eq!(bench.status().code, Some(Code::TOKEN_EXPIRED));
}

#[test]
fn verdict_only_thirty_days_of_trouble_sign_nobody_out() {
    let mut bench = Bench::signed_in(3, MINUTE);
    bench.run_until_asked();
    for cause in [
        (Code::WEBSITE_UNAVAILABLE, TroubleKind::Server),
        (Code::WCPOS_PLUGIN_NOT_FOUND, TroubleKind::Configuration),
        (Code::INVALID_RESPONSE_FORMAT, TroubleKind::Blocked),
    ] {
        for _ in 0..500 {
            bench.answer(trouble(cause.0, cause.1));
            assert_eq!(bench.state(), StateName::Troubled);
            bench.run_until_asked();
        }
    }
    bench.answer(renewed("back", MINUTE));
    bench.saved();
    assert_eq!(bench.served().as_deref(), Some("back"));
}

#[test]
fn one_flight_a_newer_grant_in_the_vault_is_adopted_without_any_request() {
    let mut bench = Bench::signed_in(7, MINUTE);
    bench.run_until_locking();
    let newer = bench.other_process_renews("theirs", MINUTE);
    let effects = bench.lock_taken();
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Ask { .. })));
    assert_eq!(bench.served().as_deref(), Some("theirs"));
    assert_eq!(bench.state(), StateName::Active);
    assert_eq!(bench.vault.clone().unwrap().grant, newer);
}

#[test]
fn compare_and_clear_a_verdict_is_written_only_over_the_token_it_is_about() {
    let mut bench = Bench::signed_in(8, MINUTE);
    bench.run_until_asked();
    let asked_with = bench.vault.clone().unwrap().grant.refresh.fingerprint();
    bench.answer(refusal(Reason::Ended));
    bench.run_until_asked();
    let effects = bench.step(Input::Answered(bench.attempt(), refusal(Reason::Ended)));
    assert!(
        effects
            .iter()
            .any(|effect| matches!(effect, Effect::SaveRefusal { refused, .. } if *refused == asked_with)),
        "{effects:?}"
    );
}

#[test]
fn a_late_answer_changes_nothing() {
    let mut bench = Bench::signed_in(9, MINUTE);
    bench.run_until_asked();
    let late = bench.attempt();
    bench.advance(Duration::from_secs(41));
    bench.step(Input::Due);
    assert_eq!(bench.state(), StateName::Troubled, "no answer in time is trouble");
    let effects = bench.step(Input::Answered(late, refusal(Reason::Ended)));
    assert_eq!(effects, vec![]);
    assert_eq!(bench.state(), StateName::Troubled);
}

#[test]
fn one_retry_a_refused_token_is_renewed_once_and_an_older_one_never() {
    let mut bench = Bench::signed_in(10, MINUTE);
    bench.accept();
    let serial = bench.serial();
    bench.refuse(serial);
    assert_eq!(bench.state(), StateName::Renewing);
    assert_eq!(bench.served(), None, "the refused token is not handed out again");
    bench.lock_taken();
    bench.answer(renewed("fresh", MINUTE));
    bench.saved();
    let effects = bench.step(Input::TokenRefused(serial));
    assert_eq!(
        effects,
        vec![],
        "a late 401 of the token before says nothing about this one"
    );
    assert_eq!(bench.state(), StateName::Active);
}

#[test]
fn a_half_ended_session_is_a_verdict_after_three_fresh_tokens_and_never_a_loop() {
    let mut bench = Bench::signed_in(11, MINUTE);
    bench.accept();
    let mut renewals = 0;
    for round in 0..100 {
        let serial = bench.serial();
        bench.refuse(serial);
        if bench.state() == StateName::SignInNeeded {
            break;
        }
        if bench.state() == StateName::Renewing {
            bench.lock_taken();
            bench.answer(renewed(&format!("fresh {round}"), MINUTE));
            bench.saved();
            renewals += 1;
        }
        bench.advance(Duration::from_secs(5));
    }
    assert_eq!(bench.state(), StateName::SignInNeeded);
    assert_eq!(renewals, 3);
    assert_eq!(bench.status().cause.unwrap().code, Code::TOKEN_INVALID);
}

#[test]
fn polite_a_refused_fresh_token_does_not_start_a_storm() {
    let mut bench = Bench::signed_in(12, MINUTE);
    bench.accept();
    let first = bench.serial();
    bench.refuse(first);
    bench.lock_taken();
    bench.answer(renewed("fresh", MINUTE));
    bench.saved();
    let fresh = bench.serial();
    for _ in 0..1_000 {
        assert_eq!(bench.step(Input::TokenRefused(fresh)), vec![]);
    }
}

#[test]
fn polite_retry_after_is_a_floor_and_network_up_gives_one_early_try() {
    let mut bench = Bench::signed_in(13, Duration::from_secs(3_600));
    bench.run_until_asked();
    let Answer::Trouble(mut pause) = trouble(Code::RATE_LIMIT_EXCEEDED, TroubleKind::Pause) else {
        panic!()
    };
    pause.retry_after = Some(Duration::from_secs(300));
    bench.answer(Answer::Trouble(pause));
    bench.step(Input::NetworkUp);
    let waited = bench.run_until_asked();
    assert!(
        waited >= Duration::from_secs(300),
        "the network's return does not overrule the store: {waited:?}"
    );
    for _ in 0..7 {
        bench.answer(trouble(Code::NETWORK_UNREACHABLE, TroubleKind::Network));
        bench.run_until_asked();
    }
    bench.answer(trouble(Code::NETWORK_UNREACHABLE, TroubleKind::Network));
    bench.step(Input::NetworkUp);
    let waited = bench.run_until_asked();
    assert!(waited <= Duration::from_secs(5), "{waited:?}");
}

#[test]
fn time_eight_hours_of_sleep_are_decided_at_once_and_without_a_dead_token() {
    let mut bench = Bench::signed_in(14, Duration::from_secs(1_800));
    bench.advance(Duration::from_secs(8 * 3_600));
    let effects = bench.step(Input::Due);
    assert_eq!(bench.served(), None);
    assert!(effects.iter().any(|effect| matches!(effect, Effect::TakeLock(_))));
    let effects = bench.lock_taken();
    assert!(
        effects
            .iter()
            .any(|effect| matches!(effect, Effect::Ask { access: None, .. })),
        "{effects:?}"
    );
}

#[test]
fn time_a_token_lives_from_the_moment_it_was_asked_for() {
    let mut bench = Bench::signed_in(28, MINUTE);
    bench.run_until_asked();
    bench.advance(Duration::from_secs(30));
    bench.answer(renewed("slow", MINUTE));
    bench.saved();
    assert_eq!(bench.served().as_deref(), Some("slow"));
    bench.advance(Duration::from_secs(31));
    bench.step(Input::Due);
    assert_eq!(bench.served(), None, "the store counts from the request");
}

#[test]
fn time_an_answer_that_waited_out_a_sleep_is_old() {
    let mut bench = Bench::signed_in(29, Duration::from_secs(1_800));
    bench.run_until_asked();
    bench.advance(Duration::from_secs(8 * 3_600));
    bench.answer(renewed("from before the sleep", Duration::from_secs(1_800)));
    bench.saved();
    assert_eq!(bench.served(), None);
    bench.step(Input::Due);
    assert_eq!(
        bench.state(),
        StateName::Renewing,
        "a living one is asked for at once"
    );
}

#[test]
fn time_a_stepped_wall_clock_changes_nothing() {
    for step_ms in [-3_600_000, 3_600_000, 86_400_000 * 400] {
        let mut bench = Bench::signed_in(15, MINUTE);
        bench.step_wall(step_ms);
        let waited = bench.run_until_asked();
        assert!((42_000..=48_000).contains(&waited.as_millis()), "{waited:?}");
        bench.answer(renewed("second", MINUTE));
        bench.saved();
        bench.step_wall(-2 * step_ms);
        let waited = bench.run_until_asked();
        assert!((42_000..=48_000).contains(&waited.as_millis()), "{waited:?}");
    }
}

#[test]
fn after_a_restart_of_the_machine_nothing_old_is_served_and_renewal_comes_first() {
    let mut bench = Bench::signed_in(16, MINUTE);
    bench.reboot();
    assert_eq!(bench.served(), None);
    assert_eq!(bench.state(), StateName::Renewing);
    let effects = bench.lock_taken();
    assert!(
        effects
            .iter()
            .any(|effect| matches!(effect, Effect::Ask { access: Some(_), .. })),
        "a token that probably lives is sent along: {effects:?}"
    );
}

#[test]
fn a_killed_process_takes_up_the_session_where_it_was() {
    let mut bench = Bench::signed_in(17, MINUTE);
    bench.run_until_asked();
    bench.kill_and_restart();
    assert!(bench.served().is_some());
    bench.lock_taken();
    bench.answer(renewed("second", MINUTE));
    bench.saved();
    bench.kill_and_restart();
    assert_eq!(bench.served().as_deref(), Some("second"));
}

#[test]
fn a_full_disk_keeps_a_stock_session_going_and_a_rotated_token_unused() {
    let mut bench = Bench::signed_in(18, MINUTE);
    bench.run_until_asked();
    bench.answer(renewed("unsaved", MINUTE));
    bench.save_fails(Code::DISK_FULL);
    assert_eq!(
        bench.served().as_deref(),
        Some("unsaved"),
        "the refresh token on the disk still renews"
    );

    let mut bench = Bench::signed_in(19, MINUTE);
    bench.run_until_asked();
    bench.answer(rotated("unsaved", "refresh 2", MINUTE));
    bench.save_fails(Code::DISK_FULL);
    assert_eq!(bench.served().as_deref(), Some("first"));
    assert_eq!(bench.status().cause.unwrap().code, Code::DISK_FULL);
    let mut asked = false;
    while bench.attempt_state() != "saving" {
        asked |= bench.run_to_next();
    }
    assert!(!asked, "what the store gave is saved, not asked for again");
    bench.saved();
    assert_eq!(bench.served().as_deref(), Some("unsaved"));
    assert_eq!(bench.vault.unwrap().grant.refresh.expose(), "refresh 2");
}

#[test]
fn known_horizon_is_announced_seven_days_ahead_and_daily() {
    let day = Duration::from_secs(86_400);
    let mut bench = Bench::signed_in_for(20, Duration::from_secs(1_800), 30 * day);
    let mut notices = Vec::new();
    while bench.elapsed() < 30 * day {
        for effect in bench.run_and_renew() {
            if let Effect::Note(Event::HorizonNear { in_s }) = effect {
                notices.push(in_s / 3_600);
            }
        }
    }
    assert_eq!(
        notices[..7],
        [168, 144, 120, 96, 72, 48, 24],
        "hours left at each announcement"
    );
}

#[test]
fn sign_out_means_out() {
    let mut bench = Bench::signed_in(21, MINUTE);
    let session = bench.vault.clone().unwrap().grant.session;
    let effects = bench.step(Input::SignOut);
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Revoke(_))));
    assert!(effects.contains(&Effect::Erase(session)));
    assert_eq!(bench.served(), None);
    assert_eq!(bench.state(), StateName::SignedOut);
}

#[test]
fn another_person_signing_in_takes_over_and_the_old_session_is_ended() {
    let mut bench = Bench::signed_in(22, MINUTE);
    let effects = bench.sign_in("session 2", "theirs", MINUTE);
    assert!(
        effects
            .iter()
            .any(|effect| matches!(effect, Effect::Revoke(old) if old.session.as_str() == "session 1"))
    );
    assert_eq!(bench.served().as_deref(), Some("theirs"));
}

#[test]
fn keyed_a_later_sign_in_elsewhere_is_taken_up_though_the_wall_clock_was_set_back() {
    let mut bench = Bench::signed_in(30, MINUTE);
    bench.advance(Duration::from_secs(10));
    bench.step_wall(-20 * 86_400_000);
    let stored = bench.other_process_signs_in("session 2", "theirs", MINUTE);
    bench.step(Input::VaultChanged(stored));
    assert_eq!(bench.served().as_deref(), Some("theirs"));
}

#[test]
fn compare_and_clear_a_renewal_that_was_under_way_does_not_land_on_a_sign_in() {
    let mut bench = Bench::signed_in(31, MINUTE);
    bench.run_until_asked();
    let renewing = bench.attempt();
    bench.sign_in_unsaved("session 2", "theirs", MINUTE);
    let effects = bench.step(Input::Answered(renewing, renewed("of session 1", MINUTE)));
    assert!(
        !effects.iter().any(|effect| matches!(effect, Effect::Save { .. })),
        "{effects:?}"
    );
    bench.saved();
    assert_eq!(bench.served().as_deref(), Some("theirs"));
    assert_eq!(bench.vault.unwrap().grant.session.as_str(), "session 2");
}

#[test]
fn a_renewal_that_made_way_for_a_sign_in_is_saved_when_the_sign_in_is_not() {
    let mut bench = Bench::signed_in(32, MINUTE);
    bench.run_until_asked();
    let renewing = bench.attempt();
    bench.sign_in_unsaved("session 2", "theirs", MINUTE);
    let _ = bench.step(Input::Answered(renewing, rotated("mine", "refresh 2", MINUTE)));
    bench.save_fails(Code::DISK_FULL);
    let mut asked = false;
    while bench.attempt_state() != "saving" {
        asked |= bench.run_to_next();
    }
    assert!(!asked, "what the store gave is saved, not asked for again");
    bench.saved();
    assert_eq!(bench.served().as_deref(), Some("mine"));
}

#[test]
fn a_sign_in_that_cannot_be_saved_leaves_the_session_before_it() {
    let mut bench = Bench::signed_in(23, MINUTE);
    bench.sign_in_unsaved("session 2", "theirs", MINUTE);
    bench.save_fails(Code::DISK_FULL);
    assert_eq!(bench.served().as_deref(), Some("first"));
    assert_eq!(bench.state(), StateName::Active);
}

#[test]
fn a_sign_in_after_a_verdict_goes_on_and_the_verdict_is_forgotten() {
    let mut bench = Bench::signed_in(24, MINUTE);
    bench.run_until_asked();
    bench.answer(refusal(Reason::Ended));
    bench.run_until_asked();
    bench.answer(refusal(Reason::Ended));
    bench.kill_and_restart();
    assert_eq!(
        bench.state(),
        StateName::SignInNeeded,
        "a restart does not forget the verdict"
    );
    bench.sign_in("session 2", "again", MINUTE);
    assert_eq!(bench.state(), StateName::Active);
    bench.kill_and_restart();
    assert_eq!(bench.served().as_deref(), Some("again"));
}

#[test]
fn say_why_the_same_trouble_for_two_minutes_asks_for_attention_once() {
    let mut bench = Bench::signed_in(25, MINUTE);
    bench.run_until_asked();
    let mut told = 0;
    for _ in 0..40 {
        for effect in bench.step(Input::Answered(
            bench.attempt(),
            trouble(Code::WCPOS_PLUGIN_NOT_FOUND, TroubleKind::Configuration),
        )) {
            told += u32::from(matches!(
                effect,
                Effect::Note(Event::LooksWrong {
                    cause: Code::WCPOS_PLUGIN_NOT_FOUND
                })
            ));
        }
        bench.run_until_asked();
    }
    assert_eq!(told, 1);
}

#[test]
fn a_certificate_nobody_trusts_asks_for_attention_and_a_network_that_is_away_does_not() {
    let told = |cause| {
        let mut bench = Bench::signed_in(27, MINUTE);
        bench.run_until_asked();
        let mut told = 0;
        for _ in 0..40 {
            let answer = trouble(cause, TroubleKind::Network);
            for effect in bench.step(Input::Answered(bench.attempt(), answer)) {
                told += u32::from(matches!(effect, Effect::Note(Event::LooksWrong { .. })));
            }
            bench.run_until_asked();
        }
        told
    };
    assert_eq!(told(Code::TLS_CERTIFICATE_ERROR), 1);
    for cause in [
        Code::CONNECTION_REFUSED,
        Code::DNS_RESOLUTION_FAILED,
        Code::DEVICE_OFFLINE,
        Code::CONNECTION_TIMEOUT,
    ] {
        assert_eq!(told(cause), 0, "{cause}");
    }
}

#[test]
fn signed_out_by_another_process_is_noticed_and_damage_is_not_taken_for_it() {
    let mut bench = Bench::signed_in(26, MINUTE);
    bench.step(Input::VaultChanged(Stored::Unreadable));
    assert_eq!(bench.state(), StateName::Active);
    bench.step(Input::VaultChanged(Stored::Nothing));
    assert_eq!(bench.state(), StateName::SignedOut);
    assert_eq!(bench.served(), None);
}
