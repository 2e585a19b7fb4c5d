//! What a client asks before it knows anybody.

use serde_json::json;

use crate::http::api::{
    operation::{Operation, Tag},
    schema::{only, text},
    shapes::Shape,
};

pub(super) fn index() -> Operation {
    Operation::new(
        Tag::Discovery,
        "What the site is",
        "The index of the REST interface, where every client starts. A till says that it is one, and is told more.",
    )
    .query("wcpos", text(), "`1` says that the client is a till.")
    .header("X-WCPOS", text(), "The same.")
    .answers(200, "The index.", Shape::Index.named())
    .sends(200, "Allow", only("GET"), "The method of this route.")
}

pub(super) fn namespace() -> Operation {
    Operation::new(
        Tag::Discovery,
        "That the till's interface is there",
        "The index of the namespace; it lists nothing.",
    )
    .answers(200, "The namespace.", Shape::Namespace.named())
    .sends(200, "Allow", only("GET"), "The method of this route.")
}

pub(super) fn site() -> Operation {
    Operation::new(
        Tag::Discovery,
        "What the store is",
        "Name, zone, versions, the sign-in page, and what this store can do that a stock one cannot.",
    )
    .answers(200, "The store.", Shape::Site.named())
    .sends(200, "Allow", only("GET"), "The method of this route.")
}

pub(super) fn ping() -> Operation {
    Operation::new(
        Tag::Discovery,
        "Whether the store is there",
        "Costs nothing and needs no database.",
    )
    .answers(200, "It is there.", Shape::Ping.named())
    .example(
        200,
        json!({"ok": true, "ts": 1_795_402_593, "v": "1.10.0", "pressure": "low"}),
    )
}

pub(super) fn echo() -> Operation {
    Operation::new(
        Tag::Discovery,
        "Which headers arrive",
        "Hosts take headers away. This tells which ones came through and how long they were, never what was in them.",
    )
    .query("authorization", text(), "Tells whether a parameter of this name comes through.")
    .query("wcpos", text(), "The same.")
    .query("store_id", text(), "The same.")
    .answers(200, "What arrived.", Shape::Echo.named())
    .sends(200, "Allow", only("GET"), "The method of this route.")
}

pub(super) fn test_authorization() -> Operation {
    Operation::new(
        Tag::Discovery,
        "Which way a token arrives",
        "Says whether the header or the parameter came through. Whether the token is good is not looked at.",
    )
    .query("authorization", text(), "`Bearer` and the token, where the header does not come through.")
    .answers(200, "What was detected.", Shape::AuthorizationTest.named())
    .example(
        200,
        json!({
            "status": "success", "message": "Authorization token detected successfully",
            "received_header_auth": true, "received_param_auth": false, "auth_method": "header", "header_length": 412,
        }),
    )
    .sends(200, "Allow", only("GET"), "The method of this route.")
}

pub(super) fn status() -> Operation {
    Operation::new(
        Tag::Discovery,
        "Whether the sync tables are there",
        "They always are; a stock store may have lost them.",
    )
    .answers(200, "The tables.", Shape::Status.named())
    .example(
        200,
        json!({"healthy": true, "missing_tables": [], "schema_version": "5"}),
    )
}
