//! Opening what a store server keeps: its database, embedded or shared, and the keys that go with it.

use std::{path::Path, sync::Arc};

use crate::{
    Clock, ServeOptions, ServerError,
    config::Config,
    home::Home,
    keys::Keys,
    store::{
        Store,
        postgres::{CONNECTIONS_DEFAULT, Options, Postgres},
        sqlite::{Found, Sqlite},
    },
};

/// Connections of a command that looks after a store.
const OFFICE_CONNECTIONS: usize = 2;

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
    match named(options, config)? {
        None => embedded(home, keys_dir, &options.clock),
        Some(database) => shared(&database, home, keys_dir, &options.clock).await,
    }
}

/// Opens the database alone, for somebody who looks after the store beside its servers: the same one they open. An
/// embedded one has to be there already; a shared one gets its tables, so that it can have an owner before its first
/// node starts.
pub(crate) async fn open_office(
    options: &ServeOptions,
    config: &Config,
) -> Result<Arc<dyn Store>, ServerError> {
    let home = &options.data_dir;
    if let Some(database) = named(options, config)? {
        let few = Options {
            connections: OFFICE_CONNECTIONS,
            ..database
        };
        // What is ended from here is also kept here, as by every node.
        Home::make(home)?;
        return Ok(Arc::new(Postgres::open(&few, home, options.clock.clone()).await?));
    }
    match Sqlite::look(home)? {
        Found::Nothing => Err(ServerError::NoStore { path: home.clone() }),
        Found::Database => Ok(Arc::new(Sqlite::open(home, &options.clock)?)),
    }
}

/// The shared database these options name.
fn named(options: &ServeOptions, config: &Config) -> Result<Option<Options>, ServerError> {
    let settings = &config.database;
    let url = match &options.database {
        Some(url) => Some(url.clone()),
        None => settings.address()?,
    };
    Ok(url.map(|url| Options {
        url,
        connections: settings
            .connections
            .map_or(CONNECTIONS_DEFAULT, |number| number.0),
        isolation: settings.isolation,
        notify: settings.notify.unwrap_or(true),
    }))
}

/// Whether these options name a shared database.
pub(crate) fn is_shared(options: &ServeOptions) -> Result<bool, ServerError> {
    Ok(named(options, &options.layers()?.config()?)?.is_some())
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
