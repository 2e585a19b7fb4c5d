//! What a store's answer to a sent sale means.
//!
//! A status of 200 or 201 is not "booked as sent": a store may hand back an older order of the same identity, a
//! draft that a refused attempt left behind, or a line whose product is gone. [`judge`] says
//! [`Verdict::Booked`] only when identity, status, totals and every line are what was sent. Anything that is not
//! certainly the store's own refusal means waiting: firewalls and captive portals answer with any status.

use std::collections::BTreeMap;

use evertill_wire::{
    Code,
    json::Body,
    rest::{de, order::Order, push::PushReply},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::sale::{PaidSale, STATUS_PAID};

mod compare;

pub use compare::{Difference, Field};

/// Longest text of a store that is kept, in characters.
const WORDS_MAX: usize = 400;

/// Statuses of an order that is not finished, which an update may turn into the sale.
const UNFINISHED: [&str; 6] = [
    "checkout-draft",
    "auto-draft",
    "draft",
    "pos-open",
    "pos-partial",
    "pending",
];

/// What came of sending.
#[derive(Debug, Clone, PartialEq)]
pub enum StoreReply {
    /// Something answered.
    Answer {
        /// HTTP status.
        status: u16,
        /// What the body holds.
        body: Body,
        /// Seconds the answer asks to wait.
        retry_after_s: Option<u64>,
    },
    /// Nothing usable answered, or there was no token to ask with.
    NoAnswer {
        /// Why.
        code: Code,
    },
}

/// The order a store made of the sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Booking {
    /// Number at the store.
    pub order_id: i64,
    /// Number people see.
    pub number: String,
}

/// What an update of the store's order must know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Revision the update is based on.
    pub revision: String,
    /// Numbers of the lines the store has already, by identity.
    pub line_ids: BTreeMap<Uuid, i64>,
}

/// What an answer means for the sale.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// The store has exactly this sale.
    Booked(Booking),
    /// The store holds an unfinished order under this identity; an update makes it the sale.
    Unfinished(Held),
    /// The store has a finished order under this identity that is something else.
    Differs {
        /// The order.
        booking: Booking,
        /// What an update would need.
        held: Held,
        /// All that differs.
        differences: Vec<Difference>,
    },
    /// The store refuses the sale as it is.
    Refused {
        /// The store's own error code.
        store_code: String,
        /// The store's own words.
        words: String,
    },
    /// The mutation was used for another body, by an older version of this till; the sale itself is safe to send
    /// under a new one.
    MutationSpent,
    /// The order to update is not there (any more).
    Gone,
    /// No verdict: try again.
    Wait {
        /// What stood in the way.
        code: Code,
        /// Milliseconds the store asks to wait.
        retry_after_ms: Option<u64>,
    },
}

/// Judges an answer to a write of this sale.
#[must_use]
pub fn judge(sent: &PaidSale, reply: &StoreReply) -> Verdict {
    match reply {
        StoreReply::NoAnswer { code } => wait(*code, None),
        StoreReply::Answer {
            status,
            body,
            retry_after_s,
        } => match body.value() {
            Some(value) => judge_value(sent, *status, value, *retry_after_s),
            None => wait(code_of_stranger(*status, body), *retry_after_s),
        },
    }
}

fn judge_value(sent: &PaidSale, status: u16, value: &Value, retry_after_s: Option<u64>) -> Verdict {
    if (200..300).contains(&status) {
        return PushReply::deserialize(value)
            .ok()
            .and_then(|reply| judge_document(sent, &reply.document, reply.current_revision))
            .unwrap_or_else(|| wait(Code::MISSING_RESPONSE_DATA, retry_after_s));
    }
    let Some(store_code) = value["code"].as_str().filter(|code| !code.is_empty()) else {
        return wait(code_of_status(status), retry_after_s);
    };
    match (status, store_code) {
        (409, "woo_rxdb_sync_conflict") => value["currentRevision"]
            .as_str()
            .and_then(|revision| judge_document(sent, &value["current"], revision.to_owned()))
            .unwrap_or_else(|| wait(Code::MISSING_RESPONSE_DATA, retry_after_s)),
        (404, "woo_rxdb_sync_record_not_found") => Verdict::Gone,
        (422, "woo_rxdb_sync_bad_mutation_id") => Verdict::MutationSpent,
        (409, "woo_rxdb_sync_identity_ambiguous") => refused(store_code, value),
        (401 | 403 | 404 | 408 | 409 | 425 | 429, _) => wait(code_of_status(status), retry_after_s),
        (400..=499, _) => refused(store_code, value),
        _ => wait(code_of_status(status), retry_after_s),
    }
}

fn refused(store_code: &str, value: &Value) -> Verdict {
    let words = de::unescape(value["message"].as_str().unwrap_or_default());
    Verdict::Refused {
        store_code: store_code.chars().take(WORDS_MAX).collect(),
        words: words.chars().take(WORDS_MAX).collect(),
    }
}

/// `None` when the document is no order at all.
fn judge_document(sent: &PaidSale, document: &Value, revision: String) -> Option<Verdict> {
    let order = Order::deserialize(document).ok()?;
    if order.id == 0 {
        return None;
    }
    let booking = Booking {
        order_id: order.id,
        number: order.number.clone(),
    };
    let differences = compare::differences(sent, &order);
    if differences.is_empty() {
        return Some(Verdict::Booked(booking));
    }
    let is_ours = order.uuid() == Some(sent.uuid().to_string().as_str());
    let held = Held {
        revision,
        line_ids: line_ids(&order),
    };
    if is_ours && order.status != STATUS_PAID && UNFINISHED.contains(&order.status.as_str()) {
        return Some(Verdict::Unfinished(held));
    }
    Some(Verdict::Differs {
        booking,
        held,
        differences,
    })
}

fn line_ids(order: &Order) -> BTreeMap<Uuid, i64> {
    order
        .line_items
        .iter()
        .filter_map(|line| Some((line.uuid()?.parse().ok()?, line.id)))
        .collect()
}

fn wait(code: Code, retry_after_s: Option<u64>) -> Verdict {
    Verdict::Wait {
        code,
        retry_after_ms: retry_after_s.map(|seconds| seconds.saturating_mul(1_000)),
    }
}

fn code_of_status(status: u16) -> Code {
    match status {
        401 => Code::TOKEN_INVALID,
        403 => Code::INSUFFICIENT_PERMISSIONS,
        404 => Code::WCPOS_PLUGIN_NOT_FOUND,
        408 | 504 => Code::CONNECTION_TIMEOUT,
        425 | 429 => Code::RATE_LIMIT_EXCEEDED,
        500..=599 => Code::WEBSITE_UNAVAILABLE,
        _ => Code::UNEXPECTED_RESPONSE_CODE,
    }
}

/// The code of an answer that holds no JSON value of the store's.
fn code_of_stranger(status: u16, body: &Body) -> Code {
    match (status, body) {
        (500..=599, _) => Code::WEBSITE_UNAVAILABLE,
        (429, _) => Code::RATE_LIMIT_EXCEEDED,
        (_, Body::Glued | Body::Broken) => Code::MALFORMED_JSON_RESPONSE,
        (_, Body::Html { .. } | Body::Empty | Body::Other | Body::Clean(_) | Body::Recovered { .. }) => {
            Code::INVALID_RESPONSE_FORMAT
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
