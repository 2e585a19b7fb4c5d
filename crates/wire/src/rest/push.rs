//! The envelope of a write (`POST push/{collection}`) and its answer.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

/// What a mutation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Operation {
    /// A record that the till made.
    Create,
    /// A change to a record the store has.
    Update,
    /// Removal.
    Delete,
}

/// One write. Sending the same envelope again is harmless: the mutation id makes it the same write.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PushEnvelope {
    /// Key of this write.
    pub mutation_id: Uuid,
    /// What it does.
    pub operation: Operation,
    /// Same as in the path, `orders`.
    pub collection: String,
    /// Key of the record, made by the till, kept for ever.
    pub record_id: Uuid,
    /// Revision the change is based on; must be present, null for a create.
    pub base_revision: Option<String>,
    /// The record; absent for a delete.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub payload: Option<Value>,
    /// Delete even if changed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub force: Option<bool>,
}

/// Answer to a write that the store took, which is not the same as "booked as sent".
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PushReply {
    /// The record as the store has it now.
    pub document: Value,
    /// Opaque; the base of the next change.
    pub current_revision: String,
}
