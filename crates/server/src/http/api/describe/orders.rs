//! Orders, and the change feed.

use serde_json::json;

use super::{lists, paged, since};
use crate::http::api::{
    operation::{JSON, Operation, Tag},
    schema::{list as list_of, text, uuid, whole, word},
    shapes::Shape,
};

pub(super) fn list() -> Operation {
    let told = Operation::new(Tag::Orders, "List orders", "The newest first.")
        .query("exclude", list_of(whole()), "Without these ids.")
        .query(
            "status",
            text(),
            "With one of these statuses, with commas between; `any` for all.",
        )
        .query("customer", whole(), "Of this customer.")
        .query("pos_cashier", whole(), "Rung up by this person.")
        .query("search", text(), "Words in number, names and e-mail address.")
        .query("after", since(), "Made after this moment, UTC.")
        .query("modified_after", since(), "Changed after this moment, UTC.");
    lists(paged(told), "A page of orders.", Shape::ListedOrder.named())
}

pub(super) fn pull() -> Operation {
    Operation::new(
        Tag::Orders,
        "Follow orders",
        "Orders as they are now, in the order of their last change. Unlike on a stock store a page is empty only at the end.",
    )
    .query("sequence", whole(), "Where the last answer ended.")
    .query("limit", whole().unless_said(50), "Documents of an answer; between 1 and 250, whatever is asked for.")
    .query("include_deletes", text(), "`1` names orders that are gone.")
    .query("updated_at_gmt", text(), "Of the client's checkpoint; handed back where nothing has moved.")
    .query("order_id", text(), "The same.")
    .answers(200, "What has moved.", Shape::PulledOrders.named())
    .refuses(400, &["rest_invalid_param"])
}

pub(super) fn push() -> Operation {
    Operation::new(
        Tag::Orders,
        "Write an order or a customer",
        "The till chooses the record's key and the mutation's key. Sent again, in whatever state, the same envelope is the same \
         write: no sale is booked twice. An answer means that the store took it, not that it is booked as sent: compare.",
    )
    .path("collection", word(&["orders", "customers"]), "What is written.")
    .header("Idempotency-Key", uuid(), "Where it is sent it must be the envelope's `mutationId`.")
    .header("If-Match", text(), "Where it is sent it must be the envelope's `baseRevision`.")
    .body(
        &[JSON],
        Shape::PushEnvelope,
        json!({
            "mutationId": "0d04776a-7ae9-4a45-b02c-f278edc9894a", "operation": "create", "collection": "orders",
            "recordId": "fd04776a-7ae9-4a45-b02c-f278edc9894a", "baseRevision": null,
            "payload": {
                "status": "completed", "payment_method": "pos_cash",
                "line_items": [{"name": "Gift wrap", "quantity": 1, "total": "2.50"}],
            },
        }),
    )
    .answers(200, "It was so already, was changed, or was removed.", Shape::Pushed.named())
    .answers(201, "The record is new.", Shape::Pushed.named())
    .refuses(
        400,
        &[
            "rest_invalid_json", "rest_invalid_param", "rest_missing_callback_param",
            "woo_rxdb_sync_unknown_collection", "woo_rxdb_sync_bad_envelope", "woo_rxdb_sync_bad_mutation_id",
            "woo_rxdb_sync_bad_operation", "woo_rxdb_sync_bad_collection", "woo_rxdb_sync_bad_record_id",
            "woo_rxdb_sync_bad_base_revision", "woo_rxdb_sync_bad_payload", "woocommerce_rest_invalid_customer_id",
            "woocommerce_rest_invalid_product_id", "woocommerce_rest_required_product_reference",
            "woocommerce_rest_invalid_coupon", "woocommerce_rest_invalid_fee_item",
            "woocommerce_rest_invalid_shipping_item", "woocommerce_rest_order_not_editable",
            "woocommerce_pos_rest_invalid_date_created_gmt", "woocommerce_pos_rest_future_date_created_gmt",
            "order_item_product_invalid_tax_class", "registration-error-email-exists",
        ],
    )
    .refuses(403, &["woocommerce_rest_cannot_delete", "woocommerce_rest_cannot_edit"])
    .refuses(404, &["woo_rxdb_sync_record_not_found"])
    .answers(409, "A newer state of the record stands in the way; here it is.", Shape::Conflict.named())
    .refuses(410, &["woo_rxdb_sync_orphaned_mutation"])
    .refuses(415, &["woo_rxdb_sync_json_required"])
    .refuses(
        422,
        &["woo_rxdb_sync_bad_mutation_id", "woo_rxdb_sync_header_body_mismatch", "woo_rxdb_sync_identity_conflict"],
    )
    .answers(428, "The request has to name the state it is based on.", Shape::PreconditionRequired.named())
}

pub(super) fn tick() -> Operation {
    Operation::new(
        Tag::Changes,
        "Whether anything has moved",
        "The cheap question. Whoever is at the head and sends the tag of the last answer gets 304 and no body.",
    )
    .query("since", whole(), "Where the client is.")
    .header("If-None-Match", text(), "The tag of the last answer.")
    .answers(200, "Where the head is.", Shape::Tick.named())
    .sends(200, "ETag", text(), "Names this state.")
    .answers_nothing(304, "Nothing has moved.")
    .sends(304, "ETag", text(), "Names this state.")
    .refuses(400, &["rest_invalid_param"])
}

pub(super) fn sequence_log() -> Operation {
    Operation::new(
        Tag::Changes,
        "What has moved",
        "Pointers to records that changed, in order; the records themselves are fetched by `include`. Orders are followed elsewhere.",
    )
    .query(
        "collection",
        word(&["all", "products", "tax_rates"]).unless_said("products"),
        "Of which kind.",
    )
    .query("since", whole(), "Where the client is.")
    .query("limit", whole(), "Rows of an answer; between 1 and 1000, whatever is asked for.")
    .answers(200, "The changes.", Shape::SequenceLog.named())
    .sends(200, "ETag", text(), "Names this state.")
    .refuses(400, &["rest_invalid_param"])
}

pub(super) fn fingerprint() -> Operation {
    Operation::new(
        Tag::Changes,
        "Whether settings have moved",
        "A fingerprint for each kind of record that settings give its meaning.",
    )
    .answers(200, "The fingerprints.", Shape::Fingerprints.named())
}
