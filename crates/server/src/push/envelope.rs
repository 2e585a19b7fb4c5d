//! Reading the envelope of a write, strictly, with a stock store's refusals in a stock store's order.

use evertill_wire::rest::push::{Operation, PushEnvelope};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::outcome::Refusal;

/// Keys an envelope may have.
const KEYS: [&str; 7] = [
    "mutationId",
    "operation",
    "collection",
    "recordId",
    "baseRevision",
    "payload",
    "force",
];

/// Mirrors of the envelope in request headers.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Mirrors<'a> {
    pub(crate) idempotency_key: Option<&'a str>,
    pub(crate) if_match: Option<&'a str>,
}

/// Reads the envelope of a write to `collection`.
pub(crate) fn read(
    body: &Value,
    collection: &str,
    mirrors: Mirrors<'_>,
) -> Result<(PushEnvelope, [u8; 32]), Box<Refusal<()>>> {
    let refuse = |code, message: &str| Box::new(Refusal::new(400, code, message));
    let Some(fields) = body.as_object() else {
        return Err(refuse(
            "woo_rxdb_sync_bad_envelope",
            "Envelope must be an object.",
        ));
    };
    if fields.keys().any(|key| !KEYS.contains(&key.as_str())) {
        return Err(refuse(
            "woo_rxdb_sync_bad_envelope",
            "Envelope contains unknown properties.",
        ));
    }
    let mutation_id = uuid(fields, "mutationId")
        .ok_or_else(|| refuse("woo_rxdb_sync_bad_mutation_id", "mutationId must be a uuid."))?;
    let operation = operation(fields)?;
    if fields.get("collection").and_then(Value::as_str) != Some(collection) {
        return Err(refuse(
            "woo_rxdb_sync_bad_collection",
            "collection must match the path collection.",
        ));
    }
    let record_id = uuid(fields, "recordId")
        .ok_or_else(|| refuse("woo_rxdb_sync_bad_record_id", "recordId must be a uuid."))?;
    let base_revision = match fields.get("baseRevision") {
        Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text.clone()),
        _ => {
            return Err(refuse(
                "woo_rxdb_sync_bad_base_revision",
                "baseRevision must be a string or null.",
            ));
        }
    };
    let payload = match (operation, fields.get("payload")) {
        (Operation::Create | Operation::Update, Some(payload @ Value::Object(_))) => Some(payload.clone()),
        (Operation::Create | Operation::Update, _) => {
            return Err(refuse("woo_rxdb_sync_bad_payload", "payload must be an object."));
        }
        (Operation::Delete, _) => None,
    };
    let envelope = PushEnvelope {
        mutation_id,
        operation,
        collection: collection.to_owned(),
        record_id,
        base_revision,
        payload,
        force: fields.get("force").and_then(Value::as_bool),
    };
    agree(&envelope, mirrors)?;
    // Object keys are sorted by the JSON library, so equal envelopes have equal fingerprints.
    let fingerprint = Sha256::digest(body.to_string().as_bytes()).into();
    Ok((envelope, fingerprint))
}

fn operation(fields: &Map<String, Value>) -> Result<Operation, Box<Refusal<()>>> {
    match fields.get("operation").and_then(Value::as_str) {
        Some("create") => Ok(Operation::Create),
        Some("update") => Ok(Operation::Update),
        Some("delete") => Ok(Operation::Delete),
        _ => Err(Box::new(Refusal::new(
            400,
            "woo_rxdb_sync_bad_operation",
            "operation must be create|update|delete.",
        ))),
    }
}

fn uuid(fields: &Map<String, Value>, key: &str) -> Option<Uuid> {
    let text = fields.get(key)?.as_str()?;
    (text.len() == 36).then(|| text.parse().ok()).flatten()
}

fn agree(envelope: &PushEnvelope, mirrors: Mirrors<'_>) -> Result<(), Box<Refusal<()>>> {
    let differs = |message: &str| Box::new(Refusal::new(422, "woo_rxdb_sync_header_body_mismatch", message));
    if let Some(key) = mirrors.idempotency_key
        && key.trim().parse() != Ok(envelope.mutation_id)
    {
        return Err(differs("Idempotency-Key header disagrees with body mutationId."));
    }
    if let Some(tag) = mirrors.if_match
        && Some(tag.trim().trim_matches('"')) != envelope.base_revision.as_deref()
    {
        return Err(differs("If-Match header disagrees with body baseRevision."));
    }
    if let Some(claimed) = envelope.payload.as_ref().and_then(claimed_uuid)
        && claimed.parse() != Ok(envelope.record_id)
    {
        return Err(Box::new(Refusal::new(
            422,
            "woo_rxdb_sync_identity_conflict",
            "payload uuid disagrees with recordId.",
        )));
    }
    Ok(())
}

fn claimed_uuid(payload: &Value) -> Option<&str> {
    payload
        .get("meta_data")?
        .as_array()?
        .iter()
        .find(|meta| meta.get("key").and_then(Value::as_str) == Some(evertill_wire::rest::order::UUID_KEY))?
        .get("value")?
        .as_str()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ID: &str = "fd04776a-7ae9-4a45-b02c-f278edc9894a";

    fn envelope() -> Value {
        json!({"mutationId": ID, "operation": "create", "collection": "orders", "recordId": ID,
               "baseRevision": null, "payload": {"status": "pos-open"}})
    }

    fn check(change: impl Fn(&mut Value), code: &str) {
        let mut body = envelope();
        change(&mut body);
        let refusal = read(&body, "orders", Mirrors::default()).unwrap_err();
        assert_eq!(refusal.code, code);
    }

    #[test]
    fn every_wrong_part_has_its_own_refusal() {
        check(
            |body| body["mutationId"] = json!("abc"),
            "woo_rxdb_sync_bad_mutation_id",
        );
        check(
            |body| body["operation"] = json!("upsert"),
            "woo_rxdb_sync_bad_operation",
        );
        check(
            |body| body["collection"] = json!("products"),
            "woo_rxdb_sync_bad_collection",
        );
        check(
            |body| body["recordId"] = json!("1"),
            "woo_rxdb_sync_bad_record_id",
        );
        check(|body| body["payload"] = json!([1]), "woo_rxdb_sync_bad_payload");
        check(|body| body["more"] = json!(1), "woo_rxdb_sync_bad_envelope");
        check(
            |body| drop(body.as_object_mut().unwrap().remove("baseRevision")),
            "woo_rxdb_sync_bad_base_revision",
        );
    }

    #[test]
    fn headers_must_say_what_the_body_says() {
        let mirrors = Mirrors {
            idempotency_key: Some("0d04776a-7ae9-4a45-b02c-f278edc9894a"),
            if_match: None,
        };
        assert_eq!(read(&envelope(), "orders", mirrors).unwrap_err().status, 422);
        let mirrors = Mirrors {
            idempotency_key: Some(ID),
            if_match: None,
        };
        assert!(read(&envelope(), "orders", mirrors).is_ok());
    }

    #[test]
    fn the_order_of_keys_does_not_change_the_fingerprint() {
        let one = serde_json::from_str::<Value>(&envelope().to_string()).unwrap();
        let text = format!(
            "{{\"payload\":{{\"status\":\"pos-open\"}},\"baseRevision\":null,\"recordId\":\"{ID}\",\
             \"collection\":\"orders\",\"operation\":\"create\",\"mutationId\":\"{ID}\"}}"
        );
        let other = serde_json::from_str::<Value>(&text).unwrap();
        let print = |body| read(body, "orders", Mirrors::default()).unwrap().1;
        assert_eq!(print(&one), print(&other));
    }
}
