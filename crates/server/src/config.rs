//! The configuration file. Every key has a default; a key nobody knows is an error that names it.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use serde::Deserialize;
use zeroize::Zeroizing;

use crate::{
    error::ServerError,
    oauth::Roll,
    store::postgres::{DatabaseUrl, Isolation},
};

/// Settings of a store server, all of them optional.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Config {
    /// The shop.
    pub(crate) shop: ShopConfig,
    /// Signing in.
    pub(crate) sign_in: SignInConfig,
    /// Lifetimes.
    pub(crate) sessions: SessionsConfig,
    /// Signing keys.
    pub(crate) keys: KeysConfig,
    /// Other programs that may sign people in.
    pub(crate) oauth: OAuthConfig,
    /// The database several nodes share.
    pub(crate) database: DatabaseConfig,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ShopConfig {
    /// Name of the shop; wins over the one in the database.
    pub(crate) name: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct SignInConfig {
    /// Addresses a sign-in may return to, beyond apps (`wcpos:`, `exp:`) and this device (loopback). Exact.
    pub(crate) redirect_uris: Vec<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct SessionsConfig {
    /// How long an access token lives, in seconds, 5 to 86,400. The command line wins over it.
    pub(crate) access_life_s: Option<Seconds>,
    /// How long a session may lie unused, in days, 1 to 3,650.
    pub(crate) idle_days: Option<Days>,
    /// How long a session may live however busy it is, in days, 1 to 3,650; without it there is no limit.
    pub(crate) absolute_days: Option<Days>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct OAuthConfig {
    /// Registered clients, beyond the till and the command line.
    pub(crate) clients: Roll,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct KeysConfig {
    /// Age at which the signing key is replaced, in days, 1 to 3,650. By hand only where it is absent.
    pub(crate) rotate_days: Option<Days>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct DatabaseConfig {
    /// Address of a PostgreSQL database, without a password. The command line and the environment win over it.
    pub(crate) url: Option<String>,
    /// File that holds the address with the password.
    pub(crate) url_file: Option<PathBuf>,
    /// Connections of this node at most, 2 to 500.
    pub(crate) connections: Option<Connections>,
    /// How far transactions are kept apart.
    pub(crate) isolation: Isolation,
    /// Whether nodes send each other word of ended sessions (LISTEN and NOTIFY); they ask in any case. On unless said.
    pub(crate) notify: Option<bool>,
}

impl DatabaseConfig {
    /// The address, when one is named.
    pub(crate) fn address(&self) -> Result<Option<DatabaseUrl>, ServerError> {
        if let Some(path) = &self.url_file {
            let text = fs::read_to_string(path).map_err(|source| ServerError::DatabaseUrlFile {
                path: path.clone(),
                source,
            })?;
            let text = Zeroizing::new(text);
            return text.trim().parse().map(Some).map_err(ServerError::DatabaseUrl);
        }
        self.url.as_deref().map(DatabaseUrl::in_the_open).transpose()
    }
}

/// A number of connections that makes sense.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "usize")]
pub(crate) struct Connections(pub(crate) usize);

impl TryFrom<usize> for Connections {
    type Error = &'static str;

    fn try_from(value: usize) -> Result<Self, Self::Error> {
        match value {
            2..=500 => Ok(Self(value)),
            _ => Err("must be between 2 and 500 connections"),
        }
    }
}

/// A life of an access token that makes sense.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "u64")]
pub(crate) struct Seconds(pub(crate) Duration);

impl TryFrom<u64> for Seconds {
    type Error = &'static str;

    fn try_from(value: u64) -> Result<Self, Self::Error> {
        match value {
            5..=86_400 => Ok(Self(Duration::from_secs(value))),
            _ => Err("must be between 5 and 86400 seconds"),
        }
    }
}

/// A life of a session, or an age of a key, that makes sense.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "u64")]
pub(crate) struct Days(pub(crate) Duration);

impl TryFrom<u64> for Days {
    type Error = &'static str;

    fn try_from(value: u64) -> Result<Self, Self::Error> {
        match value {
            1..=3_650 => Ok(Self(Duration::from_secs(value * 86_400))),
            _ => Err("must be between 1 and 3650 days"),
        }
    }
}

impl Config {
    /// Reads the file; no file means the defaults.
    pub(crate) fn load(path: Option<&Path>) -> Result<Self, ServerError> {
        let Some(path) = path else {
            return Ok(Self::default());
        };
        let text = fs::read_to_string(path).map_err(|source| ServerError::ReadConfiguration {
            path: path.to_owned(),
            source,
        })?;
        toml::from_str(&text).map_err(|source| ServerError::InvalidConfiguration {
            path: path.to_owned(),
            source,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_nobody_knows_is_named() {
        let error = toml::from_str::<Config>("[shop]\nnmae = \"x\"").unwrap_err();
        assert!(error.to_string().contains("nmae"), "{error}");
    }

    #[test]
    fn lifetimes_have_bounds() {
        assert!(toml::from_str::<Config>("[sessions]\naccess_life_s = 1").is_err());
        assert!(toml::from_str::<Config>("[sessions]\nidle_days = 0").is_err());
        let config = toml::from_str::<Config>("[sessions]\naccess_life_s = 600\nidle_days = 30").unwrap();
        assert_eq!(config.sessions.access_life_s.unwrap().0, Duration::from_secs(600));
    }
}
