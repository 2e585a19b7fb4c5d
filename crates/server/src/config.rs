//! The settings of a store server: what each key means, and which layer wins.
//!
//! A key is set by a flag, else by the environment, else by the file, else it has its default. `keys` is the one
//! list of them with unit and meaning, `layers` lays the four sources over one another, `values` holds the types that
//! refuse nonsense, and this file the structures the rest of the server reads.

use std::{fs, net::SocketAddr, path::PathBuf, time::Duration};

use serde::Deserialize;
use url::Url;
use zeroize::Zeroizing;

use crate::{
    error::ServerError,
    oauth::Roll,
    store::postgres::{DatabaseUrl, Isolation},
};

mod keys;
mod layers;
mod values;

pub(crate) use keys::{Key, Kind, find as key};
pub(crate) use layers::{Layers, example};
pub use layers::{Origin, Setting};
pub(crate) use values::{Cidr, Counted, Days, Seconds};

/// Settings of a store server, all of them optional.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Config {
    /// The shop.
    pub(crate) shop: ShopConfig,
    /// Where it is reached.
    pub(crate) listen: ListenConfig,
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
    /// How much at a time.
    pub(crate) limits: LimitsConfig,
    /// Figures for monitoring.
    pub(crate) metrics: MetricsConfig,
    /// What the process says.
    pub(crate) log: LogConfig,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ShopConfig {
    /// Name of the shop; wins over the one in the database.
    pub(crate) name: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ListenConfig {
    /// Address and port.
    pub(crate) address: SocketAddr,
    /// The address people and tills reach the store by; scheme and host never come from a request.
    pub(crate) public_url: Option<Url>,
    /// Certificate chain, PEM; with a key the store speaks TLS and nothing else.
    pub(crate) tls_cert: Option<PathBuf>,
    /// Private key, PEM.
    pub(crate) tls_key: Option<PathBuf>,
    /// Proxies whose word about a client's address counts.
    pub(crate) trusted_proxies: Vec<Cidr>,
}

impl Default for ListenConfig {
    fn default() -> Self {
        Self {
            address: SocketAddr::from(([127, 0, 0, 1], 8421)),
            public_url: None,
            tls_cert: None,
            tls_key: None,
            trusted_proxies: Vec::new(),
        }
    }
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct SignInConfig {
    /// Addresses a sign-in may return to, beyond apps (`wcpos:`, `exp:`) and this device (loopback). Exact.
    pub(crate) redirect_uris: Vec<String>,
    /// Wrong passwords for one name before it rests.
    pub(crate) guesses_for_name: Option<Counted<3, 100>>,
    /// Wrong passwords from one address before it rests.
    pub(crate) guesses_from_address: Option<Counted<3, 1_000>>,
    /// How long guesses count and a rest lasts, in minutes.
    pub(crate) rest_minutes: Option<Counted<1, 1_440>>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct SessionsConfig {
    /// How long an access token lives, in seconds, 5 to 86,400. The command line wins over it.
    pub(crate) access_life_s: Option<Seconds<5, 86_400>>,
    /// How long a session may lie unused, in days, 1 to 3,650.
    pub(crate) idle_days: Option<Days>,
    /// How long a session may live however busy it is, in days, 1 to 3,650; without it there is no limit.
    pub(crate) absolute_days: Option<Days>,
    /// Whether a new password ends the other sessions of its account; it does unless told otherwise.
    pub(crate) password_ends_others: Option<bool>,
    /// How long sessions that are over are remembered, in days.
    pub(crate) keep_ended_days: Option<Counted<8, 3_650>>,
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
    pub(crate) connections: Option<Counted<2, 500>>,
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

/// How much the server takes on at a time. What is over is answered 503 with `Retry-After`, never dropped silently.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct LimitsConfig {
    /// Open connections.
    pub(crate) connections: Counted<1, 100_000>,
    /// Open connections of one address (IPv6: of one /64); trusted proxies are not counted.
    pub(crate) connections_per_address: Counted<1, 100_000>,
    /// Requests under way that are no renewals.
    pub(crate) requests: Counted<1, 100_000>,
    /// Renewals under way; they have places of their own.
    pub(crate) renewals: Counted<1, 100_000>,
    /// Sign-ins that wait for their password to be checked.
    pub(crate) sign_ins_waiting: Counted<1, 10_000>,
    /// Time for the head of a request.
    pub(crate) header_s: Seconds<1, 300>,
    /// Time for the body of a request.
    pub(crate) body_s: Seconds<1, 3_600>,
    /// Time a connection may lie unused.
    pub(crate) idle_s: Seconds<1, 3_600>,
    /// Memory for the bodies that are being read, in MiB.
    pub(crate) body_memory_mib: Counted<2, 65_536>,
}

impl Default for LimitsConfig {
    fn default() -> Self {
        Self {
            connections: Counted(1_024),
            connections_per_address: Counted(256),
            requests: Counted(256),
            renewals: Counted(256),
            sign_ins_waiting: Counted(32),
            header_s: Seconds(Duration::from_secs(10)),
            body_s: Seconds(Duration::from_secs(20)),
            idle_s: Seconds(Duration::from_secs(75)),
            body_memory_mib: Counted(64),
        }
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct MetricsConfig {
    /// Who may read `/metrics`.
    pub(crate) allow: Vec<Cidr>,
}

impl Default for MetricsConfig {
    fn default() -> Self {
        Self {
            allow: Cidr::loopback().to_vec(),
        }
    }
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct LogConfig {
    /// How a line looks.
    pub(crate) format: LogFormat,
}

/// How a line of the log looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object for each line.
    Json,
}

impl LogFormat {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
        }
    }
}
