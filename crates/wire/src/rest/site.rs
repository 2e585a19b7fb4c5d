//! `GET wcpos/v2/site`: what a store says about itself before anybody signs in.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use super::de;

/// The site payload, or the same fields of the REST index.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Site {
    /// The store's own key; survives a change of address.
    #[serde(deserialize_with = "de::text")]
    pub uuid: String,
    /// Name of the shop.
    #[serde(deserialize_with = "de::text")]
    pub name: String,
    /// Address of WordPress itself.
    #[serde(deserialize_with = "de::text")]
    pub url: String,
    /// Address of the home page; the issuer of tokens.
    #[serde(deserialize_with = "de::text")]
    pub home: String,
    /// Hours from UTC as a number in a string, `"0"`, `"5.5"`.
    #[serde(deserialize_with = "de::text")]
    pub gmt_offset: String,
    /// IANA name of the shop's time zone, may be empty.
    #[serde(deserialize_with = "de::text")]
    pub timezone_string: String,
    /// Address of the shop's icon, may be empty.
    #[serde(deserialize_with = "de::text")]
    pub site_icon_url: String,
    /// Version of WordPress.
    #[serde(deserialize_with = "de::text")]
    pub wp_version: String,
    /// Version of WooCommerce, empty when it is not loaded.
    #[serde(deserialize_with = "de::text")]
    pub wc_version: String,
    /// Version of the till plugin.
    #[serde(deserialize_with = "de::text")]
    pub wcpos_version: String,
    /// Whether the store prefers the access token as a query parameter.
    #[serde(deserialize_with = "de::fact")]
    pub use_jwt_as_param: bool,
    /// REST namespaces the store serves.
    #[serde(deserialize_with = "de::list")]
    pub namespaces: Vec<String>,
    /// Where to sign in.
    pub authentication: Authentication,
    /// What an Evertill store says about itself beyond the stock protocol; absent on WordPress.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evertill: Option<EvertillStore>,
}

/// The `authentication` branch of the site payload.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Authentication {
    /// The till plugin's entry.
    pub wcpos: AuthenticationEntry,
}

/// One way to sign in.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AuthenticationEntry {
    /// Its addresses.
    pub endpoints: AuthenticationEndpoints,
}

/// Addresses of one way to sign in.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AuthenticationEndpoints {
    /// The sign-in page.
    #[serde(deserialize_with = "de::text")]
    pub authorization: String,
}

/// What an Evertill store announces in its site payload.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct EvertillStore {
    /// Version of the store server.
    #[serde(deserialize_with = "de::text")]
    pub version: String,
    /// The store replaces the refresh token at each renewal that asks for it.
    #[serde(deserialize_with = "de::fact")]
    pub rotation: bool,
    /// The keys that sign refusals, when the store signs them: no other refusal is to be believed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signed_verdicts: Option<SignedVerdicts>,
    /// Address of the OAuth metadata (RFC 8414), empty when the store speaks no OAuth.
    #[serde(deserialize_with = "de::text", skip_serializing_if = "String::is_empty")]
    pub oauth_metadata: String,
}

/// The keys that sign a store's refusals.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SignedVerdicts {
    /// Public keys, the newest first.
    pub keys: Vec<Jwk>,
}

/// A public key (RFC 7517, RFC 8037).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Jwk {
    /// `OKP`.
    pub kty: String,
    /// `Ed25519`.
    pub crv: String,
    /// Name of the key.
    pub kid: String,
    /// The public key, base64url of 32 bytes.
    pub x: String,
}

impl Jwk {
    /// A public Ed25519 key.
    #[must_use]
    pub fn ed25519(kid: &str, key: &[u8; 32]) -> Self {
        Self {
            kty: "OKP".into(),
            crv: "Ed25519".into(),
            kid: kid.into(),
            x: URL_SAFE_NO_PAD.encode(key),
        }
    }
}
