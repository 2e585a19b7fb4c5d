//! Orders as they are, and writes on their way in.

use crate::{
    http::api::{
        schema::{
            Object, Schema, address, anything, either, fact, list, moment, money, no_list, number, object,
            only, text, uuid, whole, word,
        },
        shapes::Shape,
    },
    orders::record::STATUSES,
};

fn taxes() -> Schema {
    let tax = object()
        .field("id", whole())
        .field("total", money())
        .field(
            "subtotal",
            text().about("Six decimals, or empty where there is none."),
        )
        .closed();
    list(tax)
}

fn line() -> Schema {
    object()
        .wholes(&["id", "product_id", "variation_id"])
        .texts(&["name", "tax_class", "sku"])
        .field("quantity", number())
        .each(&["subtotal", "subtotal_tax", "total", "total_tax"], &money())
        .field("taxes", taxes())
        .field("meta_data", list(Shape::Meta.named()))
        .field("price", number())
        .field(
            "image",
            object().field("id", whole()).field("src", text()).closed(),
        )
        .field("parent_name", text().or_null())
        .closed()
}

fn fee() -> Schema {
    object()
        .field("id", whole())
        .texts(&["name", "tax_class", "amount"])
        .field("tax_status", word(&["taxable", "none"]))
        .each(&["total", "total_tax"], &money())
        .field("taxes", taxes())
        .field("meta_data", list(Shape::Meta.named()))
        .closed()
}

fn shipping() -> Schema {
    object()
        .field("id", whole())
        .texts(&["method_title", "method_id", "instance_id"])
        .field("tax_status", only("taxable"))
        .each(&["total", "total_tax"], &money())
        .field("taxes", taxes())
        .field("meta_data", list(Shape::Meta.named()))
        .closed()
}

fn tax_line() -> Schema {
    object()
        .wholes(&["id", "rate_id"])
        .texts(&["rate_code", "label"])
        .field("compound", fact())
        .each(&["tax_total", "shipping_tax_total"], &money())
        .field("rate_percent", number())
        .field("meta_data", no_list())
        .closed()
}

fn fields() -> Object {
    let pages = || list(object().field("href", address()).closed());
    let totals = [
        "discount_total",
        "discount_tax",
        "shipping_total",
        "shipping_tax",
        "cart_tax",
        "total",
        "total_tax",
    ];
    object()
        .wholes(&["id", "parent_id", "customer_id"])
        .field("status", word(&STATUSES))
        .texts(&[
            "currency",
            "version",
            "order_key",
            "payment_method",
            "payment_method_title",
            "transaction_id",
            "customer_ip_address",
            "customer_user_agent",
            "created_via",
            "customer_note",
            "cart_hash",
            "number",
            "currency_symbol",
            "payment_url",
        ])
        .facts(&[
            "prices_include_tax",
            "is_editable",
            "needs_payment",
            "needs_processing",
        ])
        .each(
            &[
                "date_created",
                "date_created_gmt",
                "date_modified",
                "date_modified_gmt",
            ],
            &moment(),
        )
        .each(
            &[
                "date_completed",
                "date_completed_gmt",
                "date_paid",
                "date_paid_gmt",
            ],
            &moment().or_null(),
        )
        .each(&totals, &money())
        .each(&["billing", "shipping"], &Shape::Address.named())
        .field("meta_data", list(Shape::Meta.named()))
        .field("line_items", list(line()))
        .field("tax_lines", list(tax_line()))
        .field("shipping_lines", list(shipping()))
        .field("fee_lines", list(fee()))
        .each(&["coupon_lines", "refunds", "tax_ids"], &no_list())
        .field(
            "links",
            object()
                .field("payment", pages())
                .field("receipt", pages())
                .closed(),
        )
}

pub(super) fn order() -> Schema {
    fields().closed()
}

/// An order as lists give it.
pub(super) fn listed() -> Schema {
    fields()
        .field(
            "_rxdb_revision",
            text().about("Opaque; the base of the next change."),
        )
        .field("_links", Shape::Links.named())
        .closed()
}

pub(super) fn pulled() -> Schema {
    let checkpoint = || {
        object()
            .field("updatedAtGmt", text())
            .wholes(&["orderId", "sequence"])
            .field("revision", text())
            .closed()
    };
    let sync = object()
        .field("revision", text())
        .field("partial", only(false))
        .field("source", only("custom-pull"))
        .field("checkpoint", checkpoint())
        .closed();
    let local = object()
        .field("dirty", only(false))
        .field("pendingMutationIds", no_list())
        .closed();
    let document = object()
        .field("id", uuid())
        .field("payload", Shape::ListedOrder.named())
        .field("sync", sync)
        .field("local", local)
        .closed();
    object()
        .field("documents", list(document))
        .field(
            "deletes",
            list(whole()).about("Orders that are gone; only where asked for."),
        )
        .field("checkpoint", checkpoint())
        .field("hasMore", fact())
        .field("epoch", uuid().about("Another one means: start over."))
        .wholes(&["head", "horizon"])
        .field(
            "metrics",
            object().wholes(&["duration_ms", "memory_peak_bytes"]).closed(),
        )
        .closed()
}

pub(super) fn envelope() -> Schema {
    object()
        .field(
            "mutationId",
            uuid().about("The key of this write: the same envelope sent again is the same write."),
        )
        .field("operation", word(&["create", "update", "delete"]))
        .field(
            "collection",
            word(&["orders", "customers"]).about("The same as in the path."),
        )
        .field(
            "recordId",
            uuid().about("The till's key of the record, kept for ever."),
        )
        .field(
            "baseRevision",
            text()
                .or_null()
                .about("The revision the change is based on; null for a create."),
        )
        .may(
            "payload",
            either([Shape::OrderPayload.named(), Shape::CustomerPayload.named()])
                .about("The record. Left out for a delete."),
        )
        .may("force", fact().about("Delete even if it was changed since."))
        .closed()
}

fn sent_address() -> Schema {
    let names = [
        "first_name",
        "last_name",
        "company",
        "address_1",
        "address_2",
        "city",
        "state",
        "postcode",
        "country",
        "email",
        "phone",
    ];
    names
        .iter()
        .fold(object(), |object, name| object.may(name, text()))
        .open()
}

fn sent_meta() -> Schema {
    list(object().may("key", text()).may("value", anything()).open())
}

fn sent_amount() -> Schema {
    text().about("Money is text, never a number: binary fractions round on the way.")
}

pub(super) fn order_payload() -> Schema {
    let line = object()
        .may("product_id", whole())
        .may("variation_id", whole())
        .may(
            "quantity",
            number().about("Above 0, with at most six decimals; 1 where it is left out."),
        )
        .may("name", text())
        .may("subtotal", sent_amount())
        .may("total", sent_amount())
        .may("tax_class", text())
        .may("sku", text())
        .may("meta_data", sent_meta())
        .open();
    let cost = |name: &str| {
        object()
            .may(name, text())
            .may("total", sent_amount())
            .may("meta_data", sent_meta())
            .open()
    };
    object()
        .may("status", word(&STATUSES))
        .may("set_paid", fact())
        .may("currency", text())
        .may("customer_id", whole())
        .may("billing", sent_address())
        .may("shipping", sent_address())
        .may("payment_method", text())
        .may("payment_method_title", text())
        .may("transaction_id", text())
        .may("customer_note", text())
        .may(
            "date_created_gmt",
            text().about("When it was rung up, UTC; at most a day ahead of the store."),
        )
        .may(
            "line_items",
            list(line).about("Those it has: a line that is left out is gone. An order has at least one."),
        )
        .may("fee_lines", list(cost("name")))
        .may("shipping_lines", list(cost("method_id")))
        .may("meta_data", sent_meta())
        .open()
        .about("Fields of an order as WooCommerce names them; those the store does not know are dropped.")
}

pub(super) fn customer_payload() -> Schema {
    object()
        .may("email", text().about("Needed for a create."))
        .may("username", text())
        .may("first_name", text())
        .may("last_name", text())
        .may("billing", sent_address())
        .may("shipping", sent_address())
        .may("meta_data", sent_meta())
        .open()
}

fn document() -> Schema {
    either([Shape::Order.named(), Shape::Customer.named()])
}

pub(super) fn pushed() -> Schema {
    let taken = object()
        .field(
            "document",
            document().about("The record as the store has it now; compare it with what was sent."),
        )
        .field("currentRevision", text())
        .closed();
    either([taken, object().closed().about("After a removal.")])
}

pub(super) fn conflict() -> Schema {
    object()
        .field("code", only("woo_rxdb_sync_conflict"))
        .field("message", text())
        .field("current", document())
        .field("currentRevision", text())
        .closed()
}

pub(super) fn precondition() -> Schema {
    object()
        .field(
            "code",
            word(&[
                "woo_rxdb_sync_revision_required",
                "woo_rxdb_sync_precondition_required",
            ]),
        )
        .field("message", text())
        .closed()
}
