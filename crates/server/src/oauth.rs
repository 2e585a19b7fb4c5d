//! The standards' way to a session: OAuth 2.0 for clients that know nothing of the till's own protocol.

use axum::http::header;

use crate::http::{App, Ask, Reply};

mod jwks;

/// Whether a path is served here.
pub(crate) fn is_oauth(path: &str) -> bool {
    path == "/.well-known/jwks.json"
}

/// Serves the paths of [`is_oauth`].
pub(crate) fn serve(app: &App, ask: &Ask) -> Reply {
    match (ask.path.as_str(), ask.method.as_str()) {
        ("/.well-known/jwks.json", "GET" | "HEAD") => public(jwks::document(app)),
        _ => public(Reply::error(
            405,
            "evertill_method_not_allowed",
            "This address takes other methods.",
        )),
    }
}

/// A document for everybody, also for the script of any page.
fn public(reply: Reply) -> Reply {
    reply.with(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")
}
