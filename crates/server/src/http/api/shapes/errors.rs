//! The three ways this store says no.

use crate::http::api::{
    schema::{Schema, anything, either, list, map, object, seconds, text, whole, word},
    shapes::Shape,
};

/// WordPress' shape of an error, on every route of the till's interface.
pub(super) fn wordpress() -> Schema {
    let data = object()
        .field("status", whole().at_least(400).at_most(599))
        .may(
            "params",
            either([map(text()), list(text())]).about("Which parameters, and what is wrong with each."),
        )
        .may("details", map(anything()))
        .may("json_error_code", whole())
        .may("json_error_message", text())
        .may("retry_after_seconds", whole())
        .may(
            "evertill_code",
            text()
                .shaped("^[A-Z]{2,8}[0-9]{3,5}$")
                .about("The code that explains it, see /error-codes."),
        )
        .may("resource_id", whole())
        .closed();
    object()
        .field("code", text().about("The stable name of what is wrong."))
        .field(
            "message",
            text().about("A sentence for a person; may hold HTML entities."),
        )
        .field("data", data)
        .closed()
}

/// OAuth's shape of an error (RFC 6749 §5.2); a renewal that is refused says more.
pub(super) fn oauth() -> Schema {
    object()
        .field("error", text())
        .field("error_description", text().about("For developers."))
        .may("evertill", Shape::EndedSession.named())
        .may(
            "verdict",
            text().about("The refusal, signed, where the store signs."),
        )
        .closed()
}

pub(super) fn ended_session() -> Schema {
    object()
        .field("session", text())
        .field("reason", word(&["revoked", "expired", "theft", "user_gone"]))
        .texts(&["by", "by_role", "note"])
        .field("at", seconds())
        .closed()
        .about("Who ended the session, when and why.")
}

/// A problem document (RFC 9457), on addresses that no stock client knows.
pub(super) fn problem() -> Schema {
    let code = || text().shaped("^[A-Z]{2,8}[0-9]{3,5}$");
    object()
        .field(
            "type",
            text()
                .shaped("^/error-codes/")
                .about("The page that explains the code."),
        )
        .field("title", text())
        .field("status", whole().at_least(400).at_most(599))
        .texts(&["detail", "remedy"])
        .field("code", code())
        .may(
            "cause",
            code().about("The code that caused it, where it differs."),
        )
        .may("instance", text())
        .closed()
}
