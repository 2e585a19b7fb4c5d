//! What becomes of a write.

use serde_json::{Map, Value, json};

/// What the pure rules say about a write.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Decision<T> {
    /// No, and nothing was written.
    Refuse(Box<Refusal<T>>),
    /// It is already so: answer with what there is, nothing after a removal.
    Answer { status: u16, record: Option<T> },
    /// Write this.
    Write { status: u16, record: T },
    /// Remove the record.
    Remove { record: T },
}

/// What the database did about a write.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Pushed<T> {
    /// Nothing, for this reason.
    Refused(Box<Refusal<T>>),
    /// It is so, durably. No record after a removal.
    Taken { status: u16, record: Option<T> },
}

/// Why a write is refused, in the words and shapes of a stock store.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Refusal<T> {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    /// More of the `data` object.
    pub(crate) data: Map<String, Value>,
    /// The record as it is, where a newer one stands in the way.
    pub(crate) current: Option<T>,
}

impl<T> Refusal<T> {
    pub(crate) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            data: Map::new(),
            current: None,
        }
    }

    /// A parameter that WordPress' own check refuses.
    pub(crate) fn invalid(param: &str, kind: &'static str, message: &str) -> Self {
        let mut refusal = Self::new(
            400,
            "rest_invalid_param",
            format!("Invalid parameter(s): {param}"),
        );
        refusal.data.insert("params".into(), json!({ param: message }));
        refusal.data.insert(
            "details".into(),
            json!({ param: { "code": kind, "message": message, "data": null } }),
        );
        refusal
    }

    /// A mandatory parameter that is not there.
    pub(crate) fn missing(param: &str) -> Self {
        let mut refusal = Self::new(
            400,
            "rest_missing_callback_param",
            format!("Missing parameter(s): {param}"),
        );
        refusal.data.insert("params".into(), json!([param]));
        refusal
    }

    /// The body on the wire. 409 for a conflict and 428 carry no `data`, as on a stock store.
    pub(crate) fn body(&self) -> Value {
        let mut body = Map::new();
        body.insert("code".into(), self.code.into());
        body.insert("message".into(), self.message.clone().into());
        if self.status != 428 && self.current.is_none() {
            let mut data = self.data.clone();
            data.insert("status".into(), self.status.into());
            body.insert("data".into(), Value::Object(data));
        }
        Value::Object(body)
    }
}

/// A write that was taken earlier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Prior {
    pub(crate) fingerprint: [u8; 32],
    pub(crate) object_id: i64,
    pub(crate) status: u16,
    /// It was a removal.
    pub(crate) is_removal: bool,
}

/// What a repeated request gets: the record as it is now with the first answer's status.
pub(crate) fn repeated<T: Clone>(prior: &Prior, fingerprint: &[u8; 32], record: Option<&T>) -> Decision<T> {
    if prior.fingerprint != *fingerprint {
        return refuse(
            422,
            "woo_rxdb_sync_bad_mutation_id",
            "mutationId was already used for a different envelope.",
        );
    }
    match record {
        _ if prior.is_removal => Decision::Answer {
            status: 200,
            record: None,
        },
        Some(record) => Decision::Answer {
            status: prior.status,
            record: Some(record.clone()),
        },
        None => refuse(
            410,
            "woo_rxdb_sync_orphaned_mutation",
            "Recorded mutation no longer matches its record.",
        ),
    }
}

/// Shorthand for a refusal as a decision.
pub(crate) fn refuse<T>(status: u16, code: &'static str, message: &str) -> Decision<T> {
    Decision::Refuse(Box::new(Refusal::new(status, code, message)))
}
