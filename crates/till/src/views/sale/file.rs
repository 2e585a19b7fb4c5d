//! A sale as a file: all that a person or a program needs to book it elsewhere, and no key to anything.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{refusal, state_words};
use crate::db::events::EventRow;
use crate::db::sales::SaleRow;

/// The sale as it is sent, what the store said to it, and what happened.
pub(crate) fn of(row: &SaleRow, events: &[EventRow]) -> Value {
    let stamp = row.sale.stamp();
    let refused = refusal(row).map(|refused| {
        json!({
            "code": refused.code, "title": refused.title, "remedy": refused.remedy,
            "store_words": refused.store_words,
        })
    });
    let happened = events
        .iter()
        .map(|event| json!({"at": moment(event.at_ms), "what": event.words, "code": event.code}));
    json!({
        "sale": row.number, "uuid": row.sale.uuid(), "paid_at": moment(row.paid_at_ms),
        "till": stamp.place.till, "rung_up_by": stamp.rung_up_by.name,
        "currency": stamp.place.currency, "total": row.sale.totals().total.to_string(),
        "state": state_words(row).1, "refused": refused, "events": happened.collect::<Vec<_>>(),
        "payload": row.sale.payload(),
    })
}

/// UTC, as ISO 8601.
fn moment(at_ms: i64) -> Option<String> {
    Timestamp::from_millisecond(at_ms).ok().map(|at| at.to_string())
}
