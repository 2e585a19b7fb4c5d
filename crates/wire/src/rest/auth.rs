//! Sign-in and session answers.

use serde::{Deserialize, Serialize};

use super::de;

/// Answer to a successful renewal. The refresh token is not part of it on a stock store.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenewalReply {
    /// The new access token.
    pub access_token: String,
    /// Always `Bearer`.
    pub token_type: String,
    /// Seconds the access token lives.
    pub expires_in: i64,
    /// When it ends, seconds since 1970 on the store's clock.
    pub expires_at: i64,
    /// A new refresh token, only where the client asked for rotation.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub refresh_token: Option<String>,
    /// Seconds after which the store wants to see the client again.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub refresh_in: Option<i64>,
}

/// OAuth error body; on a stock store it comes with HTTP 200.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OAuthError {
    /// `invalid_grant`, `invalid_request`.
    pub error: String,
    /// English sentence; on a stock store the only thing that tells the reasons apart.
    #[serde(default, deserialize_with = "de::text")]
    pub error_description: String,
    /// Why an Evertill store ended the session; absent on a stock store.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub evertill: Option<EndedSession>,
    /// The refusal, signed; see [`crate::verdict`]. Absent where the store does not sign.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub verdict: Option<String>,
}

/// Who ended a session, when and why.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct EndedSession {
    /// Session id.
    pub session: String,
    /// `revoked`, `expired`, `user_gone`, `theft`.
    pub reason: String,
    /// Display name of the person who did it, empty when nobody did.
    pub by: String,
    /// Role of that person, empty when nobody did.
    pub by_role: String,
    /// What they gave as the reason, may be empty.
    pub note: String,
    /// When, seconds since 1970 on the store's clock.
    pub at: i64,
}

impl EndedSession {
    /// Whether the store ended it because an old refresh token came after its successor was used.
    #[must_use]
    pub fn is_theft(&self) -> bool {
        self.reason == "theft"
    }
}

/// WordPress' error body.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct WpError {
    /// Machine-readable code, `rest_no_route`.
    #[serde(deserialize_with = "de::text")]
    pub code: String,
    /// Sentence for a person; may hold HTML.
    #[serde(deserialize_with = "de::text")]
    pub message: String,
}

/// Answer of `auth/test`: which route the access token can take.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AuthTest {
    /// `success` or `error`.
    #[serde(deserialize_with = "de::text")]
    pub status: String,
    /// The `Authorization` header arrived.
    #[serde(deserialize_with = "de::fact")]
    pub received_header_auth: bool,
    /// The query parameter arrived.
    #[serde(deserialize_with = "de::fact")]
    pub received_param_auth: bool,
}

/// Answer of `cashier/{id}`: the person behind the access token.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Cashier {
    /// Account number at the store.
    #[serde(deserialize_with = "de::int")]
    pub id: i64,
    /// The store's key for the person.
    #[serde(deserialize_with = "de::text")]
    pub uuid: String,
    /// Sign-in name.
    #[serde(deserialize_with = "de::text")]
    pub username: String,
    /// Name to show.
    #[serde(deserialize_with = "de::text")]
    pub display_name: String,
    /// Roles, `cashier`, `shop_manager`, `administrator`.
    #[serde(deserialize_with = "de::list")]
    pub roles: Vec<String>,
}

/// One session in `auth/sessions`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SessionRow {
    /// Session id.
    pub jti: String,
    /// Seconds since 1970.
    #[serde(deserialize_with = "de::int")]
    pub created: i64,
    /// Seconds since 1970.
    #[serde(deserialize_with = "de::int")]
    pub last_active: i64,
    /// Seconds since 1970.
    #[serde(deserialize_with = "de::int")]
    pub expires: i64,
    /// The session of the request itself.
    #[serde(deserialize_with = "de::fact")]
    pub is_current: bool,
}
