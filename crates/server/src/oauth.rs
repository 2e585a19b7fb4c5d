//! The standards' way to a session: OAuth 2.0 (RFC 6749) with PKCE (RFC 7636), for our till and command line and for
//! clients that know nothing of the till's own protocol.
//!
//! Sessions are the same ones; only the way in, and that every renewal rotates, differ. What is decided here without
//! a database (who may return where, what a code or a proof says) is in pure modules below; the modules named after
//! an endpoint hold its handler. Practice follows RFC 9700.

use axum::http::header;

use crate::{
    http::{App, Ask, Reply},
    store::StoreError,
};

mod authorize;
pub(crate) mod clients;
pub(crate) mod code;
pub(crate) mod dpop;
mod introspect;
mod jwks;
mod metadata;
pub(crate) mod params;
pub(crate) mod refusal;
mod request;
mod resource;
mod revoke;
mod token;

pub(crate) use clients::{Clients, Roll};
pub(crate) use dpop::Proofs;
pub(crate) use metadata::METADATA;
pub(crate) use request::SCOPE;
pub(crate) use resource::prove;

use params::{BadParam, Params};
use refusal::{Kind, NONCE, Refusal};

/// What the endpoints share beyond sessions and keys.
#[derive(Debug)]
pub(crate) struct OAuth {
    pub(crate) clients: Clients,
    pub(crate) proofs: Proofs,
}

impl OAuth {
    pub(crate) fn new(clients: Clients) -> Self {
        Self {
            clients,
            proofs: Proofs::default(),
        }
    }
}

/// Whether a path belongs to these endpoints.
pub(crate) fn is_oauth(path: &str) -> bool {
    path.starts_with("/oauth/") || path == jwks::PATH || path.starts_with(METADATA)
}

/// The path an endpoint is known by: an issuer with a path of its own has it after that of the metadata.
pub(crate) fn canonical<'a>(app: &App, path: &'a str) -> &'a str {
    match metadata::is_here(app, path) {
        true => METADATA,
        false => path,
    }
}

/// `POST /oauth/token`.
pub(crate) async fn token(app: &App, ask: &Ask) -> Reply {
    spoken(token::serve(app, ask).await)
}

/// `POST /oauth/revoke`.
pub(crate) async fn revoke(app: &App, ask: &Ask) -> Reply {
    spoken(revoke::serve(app, ask).await)
}

/// `POST /oauth/introspect`.
pub(crate) async fn introspect(app: &App, ask: &Ask) -> Reply {
    spoken(introspect::serve(app, ask).await)
}

/// `/oauth/authorize`: the page, or its form.
///
/// # Errors
/// The database's.
pub(crate) async fn authorize(app: &App, ask: &Ask) -> Result<Reply, StoreError> {
    authorize::serve(app, ask).await
}

/// What the store says about itself.
pub(crate) fn metadata(app: &App) -> Reply {
    open(metadata::document(app))
}

/// The keys that check access tokens.
pub(crate) fn keys(app: &App) -> Reply {
    open(jwks::document(app))
}

/// An address that is not served, or not with this method. `allow` are the methods that lead somewhere; to all but the
/// page for people a browser may send the script of any site, and asks first.
pub(crate) fn misdirected(path: &str, ask: &Ask, mut allow: Vec<&'static str>) -> Reply {
    let may_ask_first = path != "/oauth/authorize";
    match (ask.method.as_str(), allow.first()) {
        (_, None) => Reply::error(404, "evertill_not_found", "There is nothing at this address."),
        ("OPTIONS", Some(method)) if may_ask_first => preflight(method),
        (_, Some(_)) => {
            if may_ask_first {
                allow.push("OPTIONS");
            }
            wrong_method(&allow.join(", "))
        }
    }
}

fn wrong_method(allow: &str) -> Reply {
    Reply::error(
        405,
        "evertill_method_not_allowed",
        "This address takes other methods.",
    )
    .with(header::ALLOW, allow)
}

/// The parameters of a form, each there once; never those of the address, which end up in logs.
fn form(ask: &Ask) -> Result<Params, Refusal> {
    let pairs = ask.form_pairs().ok_or(Refusal::new(
        Kind::InvalidRequest,
        "the body must be application/x-www-form-urlencoded",
    ))?;
    Params::read(pairs)
        .map_err(|BadParam(_)| Refusal::new(Kind::InvalidRequest, "a parameter came twice or is too long"))
}

/// An answer with tokens in it, or the refusal of one: nobody on the way may keep it (RFC 6749 §5.1). A database in
/// trouble is no verdict about anybody.
fn spoken(result: Result<Result<Reply, Refusal>, StoreError>) -> Reply {
    let result = result.unwrap_or_else(|error| {
        tracing::error!(code = %error.code(), %error, "the database failed a request for tokens");
        Err(Refusal::new(
            Kind::TemporarilyUnavailable,
            "the store cannot reach its database right now; try again shortly",
        ))
    });
    let reply = result.unwrap_or_else(|refusal| refusal.reply());
    open(
        reply
            .with(header::CACHE_CONTROL, "no-store")
            .with(header::PRAGMA, "no-cache"),
    )
}

/// An answer that the script of any page may read: what protects it is not who asks but what is shown.
fn open(reply: Reply) -> Reply {
    reply.with(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*").with(
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        "DPoP-Nonce, WWW-Authenticate, Retry-After",
    )
}

/// The answer to a browser that asks before it asks.
fn preflight(method: &str) -> Reply {
    open(
        Reply::empty(204)
            .with(header::ACCESS_CONTROL_ALLOW_METHODS, format!("{method}, OPTIONS"))
            .with(
                header::ACCESS_CONTROL_ALLOW_HEADERS,
                "Authorization, Content-Type, DPoP",
            )
            .with(header::ACCESS_CONTROL_MAX_AGE, "7200"),
    )
}
