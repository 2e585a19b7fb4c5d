//! The store server: accounts, sessions, tokens, catalogue and orders, on embedded SQLite or on a
//! PostgreSQL database that several nodes share.
//!
//! It stands where WordPress with the WCPOS plugin stands and speaks the same wire protocol, so that a stock
//! client can sign in to it and a till can work without WordPress. [`start`] runs one.
//!
//! Requests come in at `http`, which knows the protocol's shapes; what is kept lies behind the `store` trait;
//! `push` and `orders` decide as pure functions. `sessions` opens, renews, checks and ends what a till holds, by the
//! rules of `evertill-issuer`.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use url::Url;

mod access_log;
mod accounts;
mod activity;
mod admin;
mod audit;
mod catalogue;
mod clock;
mod config;
mod error;
mod fault;
mod fold;
mod home;
mod html;
mod http;
mod keys;
#[cfg(feature = "measure")]
pub mod measure;
mod oauth;
mod office;
mod opening;
mod orders;
mod push;
mod sample;
mod server;
mod sessions;
mod sign_in;
mod store;
mod tokens;

pub use accounts::PasswordError;
pub use clock::Clock;
pub use error::ServerError;
pub use fault::{FAULTS, Fault};
pub use keys::{KeyFacts, KeysError, Rotation, Standing, rotate_keys, signing_keys};
pub use office::{
    AUDIT_CSV_HEAD, AuditLine, AuditSearch, Ends, ImportLine, NewPerson, Office, Outcome, PersonLine,
    SessionLine,
};
pub use server::{ServerHandle, start};
pub use store::{
    StoreError,
    postgres::{DatabaseUrl, DatabaseUrlError},
};

/// The WordPress version a client is told; it decides which REST features a stock client uses.
pub(crate) const WP_VERSION: &str = "7.1";

/// The WooCommerce version whose arithmetic and shapes are spoken.
pub(crate) const WC_VERSION: &str = "10.0.2";

/// The version of the WCPOS plugin whose protocol is spoken.
pub(crate) const WCPOS_VERSION: &str = "1.10.0";

/// How long an access token lives unless told otherwise.
pub const ACCESS_LIFE_DEFAULT: Duration = Duration::from_secs(15 * 60);

/// How a store server is run.
#[derive(Debug, Clone)]
pub struct ServeOptions {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Directory that holds everything the store keeps. One process at a time.
    pub data_dir: PathBuf,
    /// How long an access token lives, at least a second; what the configuration says when absent, else
    /// [`ACCESS_LIFE_DEFAULT`].
    pub access_life: Option<Duration>,
    /// Address people and tills reach the store by; the address listened on when absent.
    pub public_url: Option<Url>,
    /// Loads the sample shop into a store that has nothing yet.
    pub sample_shop: bool,
    /// The PostgreSQL database that several nodes share; what the configuration says when absent, else an embedded
    /// database in the data directory.
    pub database: Option<DatabaseUrl>,
    /// Directory of the key file, where it is not the data directory. Nodes of one shop use the same keys.
    pub keys_dir: Option<PathBuf>,
    /// Configuration file (TOML).
    pub config: Option<PathBuf>,
    /// Writes one JSON line a request to `access.log` in the data directory.
    pub access_log: bool,
    /// The store's clock.
    pub clock: Clock,
    /// A fault to play, for training and tests; never one in a store that serves a shop.
    pub fault: Option<Fault>,
}

impl ServeOptions {
    /// A store with defaults: access tokens of [`ACCESS_LIFE_DEFAULT`], no sample shop, the system's clock.
    #[must_use]
    pub fn new(listen: SocketAddr, data_dir: impl Into<PathBuf>) -> Self {
        Self {
            listen,
            data_dir: data_dir.into(),
            access_life: None,
            public_url: None,
            sample_shop: false,
            database: None,
            keys_dir: None,
            config: None,
            access_log: false,
            clock: Clock::system(),
            fault: None,
        }
    }
}
