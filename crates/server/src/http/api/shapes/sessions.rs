//! Renewals and sessions.

use crate::http::api::{
    schema::{Schema, either, fact, list, object, only, seconds, text, uuid, whole, word},
    shapes::Shape,
};

pub(super) fn renewal_request() -> Schema {
    object()
        .field("refresh_token", text().letters_min(1))
        .may(
            "rotate",
            either([fact(), word(&["true", "false", "1", "0"])]).about(
                "Asks for a new refresh token as well. A stock client does not, and keeps the one it has.",
            ),
        )
        .open()
}

pub(super) fn renewal_reply() -> Schema {
    object()
        .field("access_token", text())
        .field("token_type", only("Bearer"))
        .field(
            "expires_in",
            whole().at_least(1).about("Seconds the access token lives."),
        )
        .field("expires_at", seconds())
        .may(
            "refresh_token",
            text().about("Only where the client asked for rotation."),
        )
        .may(
            "refresh_in",
            whole().about("Seconds after which the store wants to see the client again."),
        )
        .closed()
}

pub(super) fn session() -> Schema {
    let device = object()
        .texts(&["device_type", "browser", "browser_version", "os", "app_type"])
        .may("build", text().or_null())
        .closed();
    object()
        .field("jti", uuid().about("The session id."))
        .field("created", seconds())
        .field("last_active", seconds())
        .field("expires", seconds())
        .texts(&["ip_address", "user_agent"])
        .field("device_info", device)
        .field("is_current", fact().about("The session of the request itself."))
        .closed()
}

pub(super) fn session_list() -> Schema {
    object()
        .field("user_id", whole())
        .field("sessions", list(Shape::Session.named()))
        .closed()
}

pub(super) fn everybody() -> Schema {
    let user = object()
        .wholes(&["user_id", "session_count"])
        .texts(&["username", "display_name", "avatar_url"])
        .field("last_active", seconds().or_null())
        .field("sessions", list(Shape::Session.named()))
        .closed();
    object()
        .field("total", whole().about("How many people."))
        .field("users", list(user))
        .closed()
}

pub(super) fn done() -> Schema {
    object()
        .field("success", only(true))
        .field("message", text())
        .closed()
}

pub(super) fn failed() -> Schema {
    object()
        .field("success", only(false))
        .field("message", text())
        .closed()
}
