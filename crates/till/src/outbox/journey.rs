//! What is written down about a sale on its way, for people.

use evertill_sale::booked::Verdict;
use evertill_sale::outbox::State;
use evertill_sale::sale::PaidSale;
use evertill_wire::Code;

use crate::db::events::EventRow;

/// Said when a sale goes out for the first time.
pub(crate) const SENT: &str = "Sent to the shop";

/// The sale was paid and kept.
pub(crate) fn paid(at_ms: i64) -> EventRow {
    event(at_ms, "paid", None, "Saved on this till".into())
}

/// It went out for the first time.
pub(crate) fn sending(at_ms: i64) -> EventRow {
    event(at_ms, "sending", None, SENT.into())
}

/// A person had it sent again.
pub(crate) fn again(at_ms: i64) -> EventRow {
    event(at_ms, "again", None, "Sent again by hand".into())
}

/// What the store's answer changes; nothing when the same trouble goes on.
pub(crate) fn told(
    sale: &PaidSale,
    before: Option<&State>,
    verdict: &Verdict,
    sent_by: Option<&str>,
    at_ms: i64,
) -> Option<EventRow> {
    Some(match verdict {
        Verdict::Booked(booking) => event(at_ms, "booked", None, booked(sale, &booking.number, sent_by)),
        Verdict::Unfinished(_) => event(
            at_ms,
            "note",
            Some(Code::SALE_DIFFERS),
            "The shop held an unfinished order of this sale; it is being completed".into(),
        ),
        Verdict::Differs { booking, .. } => event(
            at_ms,
            "parked",
            Some(Code::SALE_DIFFERS),
            format!(
                "The shop has order {}, which is not what was sold here",
                booking.number
            ),
        ),
        Verdict::Refused { words, .. } => event(at_ms, "parked", Some(Code::SALE_REFUSED), words.clone()),
        Verdict::MutationSpent | Verdict::Gone => event(
            at_ms,
            "note",
            None,
            "The shop lost sight of the first attempt; it is sent anew".into(),
        ),
        Verdict::Wait { code, .. } if attempts_before(before) == 0 => {
            event(at_ms, "waiting", Some(*code), code.title().to_owned())
        }
        Verdict::Wait { .. } => return None,
    })
}

fn booked(sale: &PaidSale, number: &str, sent_by: Option<&str>) -> String {
    let rung_up_by = &sale.stamp().rung_up_by.name;
    match sent_by {
        Some(sent_by) if sent_by != rung_up_by && !rung_up_by.is_empty() => {
            format!("Order {number} in the shop; rung up by {rung_up_by}, sent by {sent_by}")
        }
        Some(_) | None => format!("Order {number} in the shop"),
    }
}

fn attempts_before(before: Option<&State>) -> u32 {
    match before {
        Some(State::Waiting { attempt, .. } | State::Sending { attempt, .. }) => *attempt,
        Some(State::Booked { .. } | State::Parked { .. }) | None => 0,
    }
}

fn event(at_ms: i64, kind: &str, code: Option<Code>, words: String) -> EventRow {
    EventRow {
        at_ms,
        kind: kind.into(),
        code: code.map(|code| code.to_string()),
        words,
    }
}
