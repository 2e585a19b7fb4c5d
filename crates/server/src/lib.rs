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

use crate::config::Layers;

mod access_log;
mod accounts;
mod activity;
mod admin;
mod audit;
mod backup;
mod catalogue;
mod clock;
mod config;
mod error;
mod fault;
mod fold;
#[cfg(any(test, feature = "foreign"))]
pub mod foreign;
mod hashing;
mod home;
mod html;
mod http;
mod keys;
mod limits;
mod listen;
#[cfg(feature = "measure")]
pub mod measure;
mod metrics;
mod oauth;
mod office;
mod opening;
mod orders;
mod proxies;
mod push;
mod sample;
mod server;
mod sessions;
mod settings;
mod sign_in;
mod store;
mod tokens;

pub use accounts::PasswordError;
pub use backup::{CopyError, Inventory, backup, check, copies_of, restore};
pub use clock::Clock;
pub use config::{LogFormat, Origin, Setting};
pub use error::ServerError;
pub use fault::{FAULTS, Fault};
pub use keys::{KeyFacts, KeysError, Rotation, Standing, rotate_keys, signing_keys};
pub use listen::TlsError;
pub use office::{
    AUDIT_CSV_HEAD, AddressFault, AuditLine, AuditSearch, ConfigFault, Ends, ImportLine, NewPerson, Office,
    Outcome, PersonLine, SessionLine, Tables, WordPressAddress, WordPressError, WordPressSite,
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
    /// Where to listen; port 0 takes a free one. What the settings say when absent.
    pub listen: Option<SocketAddr>,
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
    /// Environment variables; those of our settings win over the file.
    pub environment: Vec<(String, String)>,
    /// Certificate chain (PEM); wins over the settings.
    pub tls_cert: Option<PathBuf>,
    /// Private key (PEM); wins over the settings.
    pub tls_key: Option<PathBuf>,
    /// How a line of the log looks; wins over the settings.
    pub log_format: Option<LogFormat>,
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
            listen: Some(listen),
            ..Self::by_settings(data_dir)
        }
    }

    /// A store that listens where its settings say.
    #[must_use]
    pub fn by_settings(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            listen: None,
            data_dir: data_dir.into(),
            access_life: None,
            public_url: None,
            sample_shop: false,
            database: None,
            keys_dir: None,
            config: None,
            environment: Vec::new(),
            tls_cert: None,
            tls_key: None,
            log_format: None,
            access_log: false,
            clock: Clock::system(),
            fault: None,
        }
    }

    /// Every setting as these options, the environment and the file make it, and where its value came from.
    ///
    /// # Errors
    /// When the file cannot be read, a key is not known, or a value makes no sense.
    pub fn settings(&self) -> Result<Vec<Setting>, ServerError> {
        let layers = self.layers()?;
        layers.config()?;
        Ok(self.shown(&layers))
    }

    /// Every setting as these layers make it, under what the caller asked for beside them.
    pub(crate) fn shown(&self, layers: &Layers) -> Vec<Setting> {
        let mut settings = layers.settings();
        // A life the caller asks for is not held to the bounds of the file: tests live fast.
        if let Some(life) = self.access_life
            && let Some(shown) = settings
                .iter_mut()
                .find(|shown| shown.key == "sessions.access_life_s")
        {
            shown.value = life.as_secs().to_string();
            shown.origin = Origin::Flag("--access-ttl");
        }
        if self.database.is_some()
            && let Some(shown) = settings.iter_mut().find(|shown| shown.key == "database.url")
        {
            shown.value = "****".to_owned();
            shown.origin = Origin::Flag("--database-url or EVERTILL_DATABASE_URL");
        }
        settings
    }

    /// How a line of the log looks by these options, the environment and the file.
    ///
    /// # Errors
    /// As [`ServeOptions::settings`].
    pub fn effective_log_format(&self) -> Result<LogFormat, ServerError> {
        Ok(self.layers()?.config()?.log.format)
    }

    pub(crate) fn layers(&self) -> Result<Layers, ServerError> {
        let path = |path: &Option<PathBuf>| path.as_ref().map(|path| path.display().to_string());
        Layers::default()
            .file(self.config.as_deref())?
            .environment(&self.environment)?
            .flag("listen.address", self.listen.map(|address| address.to_string()))?
            .flag("listen.public_url", self.public_url.as_ref().map(Url::to_string))?
            .flag("listen.tls_cert", path(&self.tls_cert))?
            .flag("listen.tls_key", path(&self.tls_key))?
            .flag(
                "log.format",
                self.log_format.map(|format| format.word().to_owned()),
            )
    }
}

/// The example of a configuration file: every key with its default and its meaning.
#[must_use]
pub fn example_config() -> String {
    config::example()
}

/// The OpenAPI 3.1 document of a store that is reached at an address, as it is served at `/openapi.json` but with line
/// breaks for people.
#[must_use]
pub fn openapi(public_url: &Url) -> String {
    let document = http::openapi(public_url.as_str().trim_end_matches('/'));
    format!("{document:#}\n")
}
