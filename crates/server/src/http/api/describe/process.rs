//! What machines ask about the process.

use evertill_wire::Code;
use serde_json::json;

use crate::http::api::{
    operation::{HTML, Operation, Tag},
    schema::{object, only, text, whole},
};

pub(super) fn health() -> Operation {
    Operation::new(
        Tag::Process,
        "Whether the process is there",
        "Answered under any flood; asks nothing of the database.",
    )
    .answers(
        200,
        "It is.",
        object()
            .field("status", only("ok"))
            .field("version", text())
            .closed(),
    )
    .example(200, json!({"status": "ok", "version": env!("CARGO_PKG_VERSION")}))
}

pub(super) fn ready() -> Operation {
    Operation::new(
        Tag::Process,
        "Whether the store can serve",
        "Asks the database, for two seconds at most.",
    )
    .answers(200, "It can.", object().field("status", only("ready")).closed())
    .example(200, json!({"status": "ready"}))
    .refuses_with(503, Code::SERVICE_UNAVAILABLE)
    .may_send(503, "Retry-After", whole(), "Seconds after which to come again.")
}

pub(super) fn figures() -> Operation {
    Operation::new(
        Tag::Process,
        "The figures",
        "In the text format of Prometheus, for the addresses listed in `metrics.allow`.",
    )
    .answers_in("text/plain", 200, "The figures.", text())
    .refuses_with(403, Code::INSUFFICIENT_PERMISSIONS)
}

pub(super) fn document() -> Operation {
    Operation::new(
        Tag::Process,
        "This description, for machines",
        "An OpenAPI 3.1 document, made from the code that answers.",
    )
    .answers(
        200,
        "The document.",
        object().field("openapi", text().shaped(r"^3\.1\.")).open(),
    )
}

pub(super) fn page() -> Operation {
    Operation::new(
        Tag::Process,
        "This description, for people",
        "The same as a page.",
    )
    .answers_in(HTML, 200, "The page.", text())
}
