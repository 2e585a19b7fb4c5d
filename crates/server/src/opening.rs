//! Opening what a store server keeps: its database, embedded or shared, and the keys that go with it.

use std::{path::Path, sync::Arc};

use crate::{
    Clock, ServeOptions, ServerError,
    config::Config,
    keys::Keys,
    store::{
        Store,
        postgres::{CONNECTIONS_DEFAULT, Options, Postgres},
        sqlite::{Found, Sqlite},
    },
};

/// A database and the keys its sessions hang on.
pub(crate) struct Opened {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) keys: Arc<Keys>,
}

/// Opens the shared database where one is named, else the embedded one.
pub(crate) async fn open(
    options: &ServeOptions,
    config: &Config,
    home: &Path,
) -> Result<Opened, ServerError> {
    let keys_dir = options.keys_dir.as_deref().unwrap_or(home);
    let settings = &config.database;
    let url = match &options.database {
        Some(url) => Some(url.clone()),
        None => settings.address()?,
    };
    match url {
        None => embedded(home, keys_dir, &options.clock),
        Some(url) => {
            let shared_by = Options {
                url,
                connections: settings
                    .connections
                    .map_or(CONNECTIONS_DEFAULT, |number| number.0),
                isolation: settings.isolation,
                notify: settings.notify.unwrap_or(true),
            };
            shared(&shared_by, home, keys_dir, &options.clock).await
        }
    }
}

fn embedded(home: &Path, keys_dir: &Path, clock: &Clock) -> Result<Opened, ServerError> {
    let found = Sqlite::look(home)?;
    let keys = Keys::open(keys_dir, found == Found::Nothing)?;
    Ok(Opened {
        store: Arc::new(Sqlite::open(home, clock)?),
        keys: Arc::new(keys),
    })
}

/// The first node brings the keys; every other one must have the same, or it would take good sessions for forged.
async fn shared(
    options: &Options,
    home: &Path,
    keys_dir: &Path,
    clock: &Clock,
) -> Result<Opened, ServerError> {
    let store = Postgres::open(options, home, clock.clone()).await?;
    let tied = store.is_tied().await.map_err(ServerError::OpenDatabase)?;
    let keys = Keys::open(keys_dir, !tied)?;
    let fits = store
        .tie_keys(keys.ring().seal_prints())
        .await
        .map_err(ServerError::OpenDatabase)?;
    if !fits {
        return Err(ServerError::KeysForeign {
            path: keys_dir.to_owned(),
        });
    }
    tracing::info!(database = %options.url, "the store's database is shared");
    Ok(Opened {
        store: Arc::new(store),
        keys: Arc::new(keys),
    })
}
