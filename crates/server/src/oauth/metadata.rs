//! What an OAuth client can find out about the store by itself (RFC 8414). There is no `openid-configuration`: the
//! store issues no ID tokens, and saying otherwise would be a lie.

use axum::http::header;
use serde_json::json;

use super::{jwks, request::SCOPE};
use crate::http::{App, Reply};

/// Where the metadata is; an issuer with a path has it after this.
pub(crate) const METADATA: &str = "/.well-known/oauth-authorization-server";

/// Whether the metadata of this store is at a path.
pub(super) fn is_here(app: &App, path: &str) -> bool {
    let Some(rest) = path.strip_prefix(METADATA) else {
        return false;
    };
    let own = url::Url::parse(&app.home).map_or_else(|_| String::new(), |home| home.path().to_owned());
    rest.is_empty() || rest.trim_end_matches('/') == own.trim_end_matches('/')
}

/// The document.
pub(super) fn document(app: &App) -> Reply {
    let home = &app.home;
    let authentication = ["none", "client_secret_basic", "client_secret_post"];
    Reply::json(json!({
        "issuer": home,
        "authorization_endpoint": format!("{home}/oauth/authorize"),
        "token_endpoint": format!("{home}/oauth/token"),
        "revocation_endpoint": format!("{home}/oauth/revoke"),
        "introspection_endpoint": format!("{home}/oauth/introspect"),
        "jwks_uri": format!("{home}{}", jwks::PATH),
        "scopes_supported": [SCOPE],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": authentication,
        "revocation_endpoint_auth_methods_supported": authentication,
        "introspection_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "authorization_response_iss_parameter_supported": true,
        "dpop_signing_alg_values_supported": ["ES256", "EdDSA"],
    }))
    .with(header::CACHE_CONTROL, "public, max-age=300")
}
