//! How a sale travels.

use evertill_wire::{Code, json, rest::push::Operation};
use proptest::prelude::*;

use super::*;
use crate::{
    booked::{StoreReply, Verdict, judge, tests::reply},
    record,
    sale::tests::wine_and_coffee,
};

const NOW: u64 = 1_795_402_603_000;

fn chance(number: u64) -> Chance {
    Chance {
        jitter: number,
        mutation_id: Uuid::from_u128(1_000 + u128::from(number)),
    }
}

fn sending() -> State {
    let (state, output) = State::of(&wine_and_coffee(), NOW).step(NOW, Input::Due, chance(0));
    assert!(matches!(output, Some(Output::Send(Write::Create { .. }))));
    state
}

fn after(state: State, name: &str) -> State {
    let verdict = judge(&wine_and_coffee(), &reply(name));
    state.step(NOW, Input::Heard(verdict), chance(500)).0
}

fn send(state: State) -> (State, Write) {
    match state.step(NOW, Input::Due, chance(1)) {
        (state, Some(Output::Send(write))) => (state, write),
        (state, other) => panic!("{state:?} sent nothing: {other:?}"),
    }
}

#[test]
fn a_sale_is_sent_and_booked() {
    let state = after(sending(), "completed");
    assert!(
        matches!(&state, State::Booked { booking, .. } if booking.order_id == 5629),
        "{state:?}"
    );
}

#[test]
fn a_lost_reply_is_asked_for_with_the_same_write() {
    let (first, write) = send(State::of(&wine_and_coffee(), NOW));
    let (waiting, _) = first.step(NOW, Input::Interrupted, chance(2));
    assert!(waiting.is_due(NOW));
    assert_eq!(send(waiting).1, write);
}

#[test]
fn danger_1_a_refused_sale_is_sent_again_and_its_draft_updated() {
    let parked = after(sending(), "refused-coupon");
    let State::Parked { why, .. } = &parked else {
        panic!("{parked:?}");
    };
    assert_eq!(why.code(), Code::SALE_REFUSED);
    let (waiting, _) = parked.step(NOW, Input::SendAgain, chance(3));
    let state = after(send(waiting).0, "draft");
    let (state, write) = send(state);
    let envelope = write.envelope(&wine_and_coffee());
    assert_eq!(envelope.operation, Operation::Update);
    assert!(envelope.base_revision.unwrap().starts_with("sha256:066083"));
    assert!(after(state, "draft-updated").is_booked());
}

#[test]
fn danger_2_an_open_order_under_the_identity_becomes_the_sale_by_update() {
    let (state, write) = send(after(sending(), "born-twice"));
    assert!(matches!(write, Write::Update { round: 1, .. }));
    assert!(after(state, "completed").is_booked());
}

#[test]
fn danger_4_a_sale_is_never_paid_a_second_time_by_sending_it_again() {
    let sale = wine_and_coffee();
    let (state, first) = send(State::of(&sale, NOW));
    let (_, second) = send(state.step(NOW, Input::Interrupted, chance(9)).0);
    assert_eq!(first.envelope(&sale), second.envelope(&sale));
    assert_eq!(first.envelope(&sale), sale.envelope());
}

#[test]
fn danger_6_an_order_that_somebody_changed_waits_for_a_person() {
    let state = after(sending(), "lines-dropped");
    let State::Parked {
        why: ParkedWhy::Differs { booking, differences },
        ..
    } = &state
    else {
        panic!("{state:?}");
    };
    assert_eq!(booking.order_id, 5646);
    assert!(!differences.is_empty());
    let (_, write) = send(state.step(NOW, Input::SendAgain, chance(4)).0);
    assert!(matches!(write, Write::Update { .. }));
}

#[test]
fn a_person_may_take_the_stores_order_for_the_sale_and_nothing_else() {
    let differs = after(sending(), "lines-dropped");
    let (state, _) = differs.step(NOW, Input::Accept, chance(4));
    assert!(state.is_booked());
    let refused = after(sending(), "refused-coupon");
    let (state, output) = refused.clone().step(NOW, Input::Accept, chance(4));
    assert_eq!(state, refused);
    assert!(matches!(output, Some(Output::Alarm { .. })));
}

#[test]
fn danger_7_an_update_leaves_no_line_out() {
    let (_, write) = send(after(sending(), "stale"));
    let payload = write.envelope(&wine_and_coffee()).payload.unwrap();
    let lines = payload["line_items"].as_array().unwrap();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["id"], 12_038);
}

#[test]
fn a_store_that_keeps_no_update_is_left_to_a_person() {
    let mut state = sending();
    for _ in 0..UPDATES_MAX {
        state = send(after(state, "draft")).0;
    }
    let state = after(state, "draft");
    assert!(
        matches!(
            &state,
            State::Parked {
                why: ParkedWhy::NotKept,
                ..
            }
        ),
        "{state:?}"
    );
}

#[test]
fn a_draft_that_vanished_is_made_anew() {
    let (state, _) = send(after(sending(), "draft"));
    let state = after(state, "record-missing");
    let State::Waiting {
        write: Write::Create { mutation_id },
        ..
    } = state
    else {
        panic!("{state:?}");
    };
    assert_ne!(mutation_id, wine_and_coffee().stamp().mutation_id);
}

#[test]
fn a_spent_mutation_is_replaced() {
    let state = after(sending(), "mutation-spent");
    assert!(
        matches!(state, State::Waiting { write: Write::Create { mutation_id }, .. }
        if mutation_id == chance(500).mutation_id)
    );
}

#[test]
fn the_pause_grows_to_a_minute_and_the_store_has_the_last_word() {
    assert_eq!(pause(0, None, BACKOFF_MIN_MS), BACKOFF_MIN_MS);
    assert_eq!(pause(3, None, 8_000), 8_000);
    assert_eq!(pause(60, None, BACKOFF_MAX_MS), BACKOFF_MAX_MS);
    assert_eq!(pause(0, Some(120_000), 5), 120_000);
    assert_eq!(pause(9, Some(0), 5), 0);
    assert_eq!(pause(0, Some(u64::MAX), 5), RETRY_AFTER_MAX_MS);
}

#[test]
fn being_back_online_ends_the_pause() {
    let waiting = after(sending(), "expired-token");
    assert!(!waiting.is_due(NOW));
    let (waiting, _) = waiting.step(NOW, Input::Hurry, chance(0));
    assert!(waiting.is_due(NOW));
}

#[test]
fn a_pause_that_the_store_asked_for_is_kept_whatever_comes_back_online() {
    let verdict = Verdict::Wait {
        code: Code::RATE_LIMIT_EXCEEDED,
        retry_after_ms: Some(90_000),
    };
    let (waiting, _) = sending().step(NOW, Input::Heard(verdict), chance(0));
    let (waiting, _) = waiting.step(NOW, Input::Hurry, chance(0));
    assert!(!waiting.is_due(NOW + 89_999));
    assert!(waiting.is_due(NOW + 90_000));
}

#[test]
fn a_clock_put_back_does_not_hold_a_sale_for_ever() {
    let waiting = after(sending(), "expired-token");
    assert!(waiting.is_due(NOW - 2 * RETRY_AFTER_MAX_MS));
}

#[test]
fn two_sales_are_sent_at_once_and_the_oldest_goes_first() {
    let mut outbox = Outbox::default();
    let sales: Vec<Uuid> = (0..3).map(|number| Uuid::from_u128(900 - number)).collect();
    for sale in &sales {
        outbox.insert(*sale, State::of(&wine_and_coffee(), NOW));
    }
    for sale in &sales[..PARALLEL_MAX] {
        assert_eq!(outbox.due(NOW), Some(*sale));
        outbox.step(*sale, NOW, Input::Due, chance(0)).unwrap();
    }
    assert_eq!(outbox.due(NOW), None);
    let booked = judge(&wine_and_coffee(), &reply("completed"));
    outbox
        .step(sales[0], NOW, Input::Heard(booked), chance(0))
        .unwrap();
    assert_eq!(outbox.due(NOW), Some(sales[2]));
    assert_eq!((outbox.unsent(), outbox.poll_deadline(NOW)), (2, Some(NOW)));
    outbox.forget_booked(sales[0]);
    outbox.forget_booked(sales[1]);
    assert_eq!(outbox.iter().count(), 2);
}

#[test]
fn what_was_being_sent_at_a_power_cut_is_sent_again() {
    let kept = Dispatch::new(wine_and_coffee().uuid(), sending());
    let json = serde_json::to_string(&kept).unwrap();
    let read: Dispatch = record::read(&json).unwrap();
    assert_eq!(read, kept);
    let outbox = Outbox::restore([read], NOW, chance(0));
    assert_eq!(outbox.due(NOW), Some(wine_and_coffee().uuid()));
}

#[test]
fn an_input_out_of_place_changes_nothing_and_is_told() {
    let booked = after(sending(), "completed");
    let (state, output) = booked.clone().step(NOW, Input::SendAgain, chance(0));
    assert_eq!(state, booked);
    assert!(matches!(
        output,
        Some(Output::Alarm {
            state: "booked",
            input: "send again"
        })
    ));
}

fn bodies() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(r#"{"code":"rest_forbidden","message":"No.","data":{"status":403}}"#.to_owned()),
        Just(r#"{"code":"woo_rxdb_sync_record_not_found","message":"None."}"#.to_owned()),
        Just("<html><head><title>Blocked</title></head></html>".to_owned()),
        Just(String::new()),
        "[a-z_]{1,20}".prop_map(|code| format!(r#"{{"code":"{code}","message":"m"}}"#)),
        ".{0,40}",
    ]
}

proptest! {
    #[test]
    fn being_kept_out_never_parks_a_sale(
        answers in prop::collection::vec((prop::sample::select(vec![401_u16, 403, 404]), bodies()), 1..40),
        jitter in any::<u64>(),
    ) {
        let sale = wine_and_coffee();
        let mut state = State::of(&sale, NOW);
        let mut now = NOW;
        for (status, body) in answers {
            now += BACKOFF_MAX_MS;
            prop_assert!(state.is_due(now));
            state = state.step(now, Input::Due, chance(jitter)).0;
            let reply = StoreReply::Answer { status, body: json::read(body.as_bytes()), retry_after_s: None };
            state = state.step(now, Input::Heard(judge(&sale, &reply)), chance(jitter)).0;
            let is_waiting = matches!(state, State::Waiting { .. });
            prop_assert!(is_waiting, "{:?}", state);
        }
    }

    #[test]
    fn only_an_error_code_of_the_store_in_a_400_parks_a_sale(status in 100_u16..600, body in bodies()) {
        let sale = wine_and_coffee();
        let body = json::read(body.as_bytes());
        let has_code = body.value().is_some_and(|value| value["code"].is_string());
        let reply = StoreReply::Answer { status, body, retry_after_s: None };
        let (state, _) = sending().step(NOW, Input::Heard(judge(&sale, &reply)), chance(1));
        if matches!(state, State::Parked { .. }) {
            prop_assert!((400..500).contains(&status) && has_code);
        }
    }

    #[test]
    fn no_pause_is_longer_than_its_limit(attempt in any::<u32>(), asked in any::<Option<u64>>(), jitter in any::<u64>()) {
        let limit = if asked.is_some() { RETRY_AFTER_MAX_MS } else { BACKOFF_MAX_MS };
        prop_assert!(pause(attempt, asked, jitter) <= limit);
    }
}
