//! Recorded answers, judged; the eight ways in which a store loses or falsifies a sale have a test each, here, in
//! the cart's tests and in the outbox's.

use std::collections::BTreeMap;

use evertill_wire::json;
use serde_json::json;

use super::*;
use crate::sale::tests::{COFFEE, SALE, WINE, add, cart, pay, product, wine_and_coffee};

pub(crate) fn reply(name: &str) -> StoreReply {
    let (status, body) = recorded(name);
    StoreReply::Answer {
        status,
        body: Body::Clean(body),
        retry_after_s: None,
    }
}

fn recorded(name: &str) -> (u16, Value) {
    #[derive(Deserialize)]
    struct Recorded {
        status: u16,
        body: Value,
    }
    let json = include_str!("../../tests/replies/replies.json");
    let mut all: BTreeMap<String, Recorded> = serde_json::from_str(json).unwrap();
    let recorded = all.remove(name).unwrap_or_else(|| panic!("no reply {name}"));
    (recorded.status, recorded.body)
}

/// The recorded answer as it is for an order that was sent completed.
fn completed(name: &str) -> StoreReply {
    let (status, mut body) = recorded(name);
    body["document"]["status"] = json!(STATUS_PAID);
    StoreReply::Answer {
        status,
        body: Body::Clean(body),
        retry_after_s: None,
    }
}

fn fields(verdict: &Verdict) -> Vec<Field> {
    let Verdict::Differs { differences, .. } = verdict else {
        panic!("no differences in {verdict:?}");
    };
    differences.iter().map(|found| found.field).collect()
}

fn answer(status: u16, body: &str) -> StoreReply {
    StoreReply::Answer {
        status,
        body: json::read(body.as_bytes()),
        retry_after_s: None,
    }
}

fn check_waits(reply: &StoreReply, expected: Code) {
    let verdict = judge(&wine_and_coffee(), reply);
    let is_waiting = matches!(&verdict, Verdict::Wait { code, .. } if *code == expected);
    assert!(is_waiting, "{reply:?} gave {verdict:?} instead of {expected}");
}

#[test]
fn an_order_with_every_figure_as_sent_is_booked() {
    assert_eq!(
        judge(&wine_and_coffee(), &reply("completed")),
        Verdict::Booked(Booking {
            order_id: 5629,
            number: "5629".into()
        })
    );
}

#[test]
fn danger_1_a_draft_left_by_a_refusal_is_not_booked_and_is_updated() {
    let Verdict::Unfinished(held) = judge(&wine_and_coffee(), &reply("draft")) else {
        panic!("a draft counts as booked");
    };
    assert!(held.revision.starts_with("sha256:066083"));
    let ids = [(WINE.parse().unwrap(), 12_133), (COFFEE.parse().unwrap(), 12_134)];
    assert_eq!(held.line_ids, BTreeMap::from(ids));
    let after_update = judge(&wine_and_coffee(), &reply("draft-updated"));
    assert!(matches!(after_update, Verdict::Booked(_)), "{after_update:?}");
}

#[test]
fn danger_2_an_older_order_handed_back_with_200_is_not_booked() {
    assert!(matches!(
        judge(&wine_and_coffee(), &reply("born-twice")),
        Verdict::Unfinished(_)
    ));
    let other_total = cart(vec![add(WINE, product(5560, "House red 75cl", "9.99", ""), "3")]);
    let verdict = judge(&pay(&other_total, SALE, "30"), &reply("completed"));
    assert_eq!(
        fields(&verdict),
        [
            Field::Total,
            Field::TotalTax,
            Field::Lines,
            Field::Quantity,
            Field::LineSubtotal,
            Field::LineTotal
        ]
    );
}

#[test]
fn danger_3_a_line_whose_product_is_gone_is_not_booked_as_sent() {
    let cart = cart(vec![add(WINE, product(999_999, "Deleted thing", "1.2", ""), "1")]);
    let sale = pay(&cart, SALE, "2");
    for name in ["product-gone", "product-gone-named"] {
        assert_eq!(fields(&judge(&sale, &completed(name))), [Field::Product]);
    }
}

#[test]
fn danger_3_a_gone_product_taxed_at_the_standard_rate_shows_in_the_totals() {
    let cart = cart(vec![add(
        WINE,
        product(999_999, "Deleted book", "1", "zero-rate"),
        "1",
    )]);
    let verdict = judge(&pay(&cart, SALE, "2"), &completed("product-gone"));
    assert_eq!(fields(&verdict), [Field::Total, Field::TotalTax, Field::Product]);
}

#[test]
fn danger_4_a_cash_amount_that_was_written_over_is_noticed() {
    let (status, mut body) = recorded("completed");
    for entry in body["document"]["meta_data"].as_array_mut().unwrap() {
        if entry["key"] == "_pos_cash_amount_tendered" {
            entry["value"] = json!("40");
        }
    }
    let reply = StoreReply::Answer {
        status,
        body: Body::Clean(body),
        retry_after_s: None,
    };
    assert_eq!(fields(&judge(&wine_and_coffee(), &reply)), [Field::Received]);
}

#[test]
fn danger_5_a_lost_line_discount_is_noticed() {
    let line = WINE.parse().unwrap();
    let discounted = cart(vec![
        add(WINE, product(5577, "Stoneware mug", "12.5", ""), "1"),
        crate::cart::CartAction::SetPrice {
            line,
            price: 10.into(),
        },
    ]);
    let sale = pay(&discounted, SALE, "10");
    assert_eq!(sale.payload()["coupon_lines"], json!([]));
    let verdict = judge(&sale, &completed("line-discount-and-coupon"));
    assert_eq!(
        fields(&verdict),
        [Field::Total, Field::TotalTax, Field::LineTotal]
    );
}

#[test]
fn danger_6_a_completed_order_that_somebody_changed_is_not_written_over() {
    let verdict = judge(&wine_and_coffee(), &reply("lines-dropped"));
    assert!(matches!(verdict, Verdict::Differs { .. }), "{verdict:?}");
    assert!(fields(&verdict).contains(&Field::Lines));
}

#[test]
fn danger_8_an_order_without_lines_is_not_booked() {
    let verdict = judge(&wine_and_coffee(), &completed("no-lines"));
    assert_eq!(
        fields(&verdict),
        [
            Field::Total,
            Field::TotalTax,
            Field::Lines,
            Field::Line,
            Field::Line
        ]
    );
}

#[test]
fn an_order_of_another_identity_is_never_updated() {
    let (status, mut body) = recorded("draft");
    body["document"]["meta_data"] = json!([]);
    let reply = StoreReply::Answer {
        status,
        body: Body::Clean(body),
        retry_after_s: None,
    };
    assert_eq!(fields(&judge(&wine_and_coffee(), &reply))[0], Field::Identity);
}

#[test]
fn a_refusal_carries_the_stores_own_words() {
    assert_eq!(
        judge(&wine_and_coffee(), &reply("refused-coupon")),
        Verdict::Refused {
            store_code: "woocommerce_rest_invalid_coupon".into(),
            words: "Coupon \"nope\" cannot be applied because it does not exist.".into(),
        }
    );
    for name in ["future-date", "orphaned"] {
        let verdict = judge(&wine_and_coffee(), &reply(name));
        assert!(matches!(verdict, Verdict::Refused { .. }), "{name}");
    }
    let ambiguous = answer(
        409,
        r#"{"code":"woo_rxdb_sync_identity_ambiguous","message":"Two records."}"#,
    );
    assert!(matches!(
        judge(&wine_and_coffee(), &ambiguous),
        Verdict::Refused { .. }
    ));
}

#[test]
fn a_stale_revision_is_judged_by_the_order_it_came_with() {
    let Verdict::Unfinished(held) = judge(&wine_and_coffee(), &reply("stale")) else {
        panic!("the current order is open");
    };
    assert!(held.revision.starts_with("sha256:277af7"));
}

#[test]
fn a_spent_mutation_and_a_missing_record_are_told_apart_from_refusals() {
    let sale = wine_and_coffee();
    assert_eq!(judge(&sale, &reply("mutation-spent")), Verdict::MutationSpent);
    assert_eq!(judge(&sale, &reply("record-missing")), Verdict::Gone);
}

#[test]
fn who_is_not_let_in_waits() {
    check_waits(&reply("expired-token"), Code::TOKEN_INVALID);
    check_waits(&reply("no-capability"), Code::INSUFFICIENT_PERMISSIONS);
    let no_route = r#"{"code":"rest_no_route","message":"No route","data":{"status":404}}"#;
    check_waits(&answer(404, no_route), Code::WCPOS_PLUGIN_NOT_FOUND);
}

#[test]
fn a_store_that_is_busy_or_broken_is_waited_for() {
    check_waits(&reply("in-progress"), Code::UNEXPECTED_RESPONSE_CODE);
    check_waits(
        &answer(500, r#"{"code":"internal_server_error"}"#),
        Code::WEBSITE_UNAVAILABLE,
    );
    check_waits(&answer(429, r#"{"code":"too_many"}"#), Code::RATE_LIMIT_EXCEEDED);
    check_waits(&answer(408, "{}"), Code::CONNECTION_TIMEOUT);
    check_waits(&answer(200, "{}"), Code::MISSING_RESPONSE_DATA);
    let no_answer = StoreReply::NoAnswer {
        code: Code::DEVICE_OFFLINE,
    };
    check_waits(&no_answer, Code::DEVICE_OFFLINE);
}

#[test]
fn what_is_not_the_stores_answer_is_no_verdict_whatever_its_status() {
    let page = "<!DOCTYPE html><html><head><title>Blocked</title></head></html>";
    for status in [200, 201, 302, 400, 401, 403, 404, 409, 410, 422] {
        check_waits(&answer(status, page), Code::INVALID_RESPONSE_FORMAT);
        check_waits(
            &answer(status, r#"{"a":1}{"b":2}"#),
            Code::MALFORMED_JSON_RESPONSE,
        );
    }
    check_waits(&answer(503, page), Code::WEBSITE_UNAVAILABLE);
    check_waits(
        &answer(400, r#"{"error":"blocked"}"#),
        Code::UNEXPECTED_RESPONSE_CODE,
    );
}
