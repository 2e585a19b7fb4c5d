//! How a request is refused: the codes of RFC 6749 §5.2 and those of its extensions, with the right status.

use axum::http::{HeaderName, header};
use serde_json::json;

use crate::http::Reply;

/// An error code of OAuth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    InvalidRequest,
    InvalidClient,
    InvalidGrant,
    UnauthorizedClient,
    UnsupportedGrantType,
    UnsupportedResponseType,
    InvalidScope,
    InvalidDpopProof,
    UseDpopNonce,
    TemporarilyUnavailable,
}

impl Kind {
    /// The code on the wire.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::InvalidDpopProof => "invalid_dpop_proof",
            Self::UseDpopNonce => "use_dpop_nonce",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
        }
    }

    fn status(self) -> u16 {
        match self {
            Self::InvalidClient => 401,
            Self::TemporarilyUnavailable => 503,
            Self::InvalidRequest
            | Self::InvalidGrant
            | Self::UnauthorizedClient
            | Self::UnsupportedGrantType
            | Self::UnsupportedResponseType
            | Self::InvalidScope
            | Self::InvalidDpopProof
            | Self::UseDpopNonce => 400,
        }
    }
}

/// Why a request is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) kind: Kind,
    /// For developers, never with anything secret.
    pub(crate) description: &'static str,
    /// A number to put into the next proof of possession.
    pub(crate) nonce: Option<String>,
}

impl Refusal {
    pub(crate) fn new(kind: Kind, description: &'static str) -> Self {
        Self {
            kind,
            description,
            nonce: None,
        }
    }

    /// Refused at an endpoint that answers with JSON.
    pub(crate) fn reply(&self) -> Reply {
        let body = json!({"error": self.kind.code(), "error_description": self.description});
        let mut reply = Reply::json_with(self.kind.status(), body);
        if self.kind == Kind::InvalidClient {
            reply = reply.with(header::WWW_AUTHENTICATE, "Basic realm=\"evertill\"");
        }
        if self.kind == Kind::TemporarilyUnavailable {
            reply = reply.with(header::RETRY_AFTER, Reply::trouble_lasts_s().to_string());
        }
        match &self.nonce {
            None => reply,
            Some(nonce) => reply.with(NONCE, nonce.clone()),
        }
    }
}

/// Header with a number for the next proof of possession (RFC 9449 §8).
pub(crate) const NONCE: HeaderName = HeaderName::from_static("dpop-nonce");
