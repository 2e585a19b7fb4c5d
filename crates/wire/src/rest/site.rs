//! `GET wcpos/v2/site`: what a store says about itself before anybody signs in.

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
    /// Public Ed25519 key (base64url, 32 bytes) that signs refusals, when the store signs them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict_key: Option<String>,
}
