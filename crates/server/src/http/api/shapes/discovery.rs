//! What a store says to strangers.

use crate::http::api::{
    schema::{
        Schema, address, anything, either, fact, list, map, no_list, object, only, seconds, text, uuid,
        whole, word,
    },
    shapes::Shape,
};

pub(super) fn authorization_endpoint() -> Schema {
    let endpoints = object().field("authorization", address()).closed();
    let wcpos = object().field("endpoints", endpoints).closed();
    object()
        .field("wcpos", wcpos)
        .closed()
        .about("Where the sign-in page of a stock client is.")
}

pub(super) fn evertill() -> Schema {
    object()
        .field("version", text())
        .field("rotation", only(true))
        .field(
            "signed_verdicts",
            anything().about("The keys that check signed refusals."),
        )
        .field("oauth_metadata", address())
        .closed()
        .about("What this store can do that a stock one cannot.")
}

pub(super) fn index() -> Schema {
    let help = object().field("href", address()).closed();
    object()
        .texts(&[
            "name",
            "description",
            "url",
            "home",
            "gmt_offset",
            "timezone_string",
        ])
        .wholes(&["page_for_posts", "page_on_front", "site_logo", "site_icon"])
        .field("show_on_front", only("posts"))
        .field("namespaces", list(text()))
        .field("authentication", Shape::AuthorizationEndpoint.named())
        .field("site_icon_url", text())
        .field("_links", object().field("help", list(help)).closed())
        .may(
            "routes",
            map(anything()).about("Only where the client does not say that it is a till."),
        )
        .may("uuid", uuid())
        .may("wp_version", text())
        .may("wc_version", text())
        .may("wcpos_version", text())
        .may("use_jwt_as_param", fact())
        .may("evertill", Shape::Evertill.named())
        .closed()
}

pub(super) fn namespace() -> Schema {
    object()
        .field("namespace", word(&["wcpos/v1", "wcpos/v2"]))
        .field("routes", map(anything()))
        .field("_links", map(list(object().field("href", address()).closed())))
        .closed()
}

pub(super) fn site() -> Schema {
    object()
        .field("uuid", uuid())
        .texts(&[
            "name",
            "description",
            "url",
            "home",
            "gmt_offset",
            "timezone_string",
            "site_icon_url",
        ])
        .field("site_logo", whole())
        .texts(&["wp_version", "wcpos_version", "wc_version"])
        .field("use_jwt_as_param", fact())
        .field("namespaces", list(text()))
        .field("authentication", Shape::AuthorizationEndpoint.named())
        .field("evertill", Shape::Evertill.named())
        .closed()
}

pub(super) fn ping() -> Schema {
    object()
        .field("ok", only(true))
        .field("ts", seconds())
        .field(
            "v",
            text().about("The version of the WCPOS plugin whose protocol is spoken."),
        )
        .field("pressure", text())
        .closed()
}

pub(super) fn echo() -> Schema {
    let header = object()
        .field("received", fact())
        .field("length", whole())
        .closed();
    let params = object().facts(&["authorization", "wcpos", "store_id"]).closed();
    object()
        .field("v", only(1))
        .field("headers", map(header))
        .field("params", params)
        .closed()
        .about("Which headers and parameters arrive, and how long they are; never what is in them.")
}

pub(super) fn authorization_test() -> Schema {
    let none = object()
        .field("status", only("error"))
        .field("message", text())
        .closed();
    let some = object()
        .field("status", only("success"))
        .field("message", text())
        .facts(&["received_header_auth", "received_param_auth"])
        .field("auth_method", word(&["both", "header", "param"]))
        .may("header_length", whole())
        .may("param_length", whole())
        .closed();
    either([some, none])
}

pub(super) fn status() -> Schema {
    object()
        .field("healthy", only(true))
        .field("missing_tables", no_list())
        .field("schema_version", text())
        .closed()
}
