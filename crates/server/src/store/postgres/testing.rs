//! A database of its own for each test: a schema of the one that is handed to the tests.

use std::{
    path::{Path, PathBuf},
    sync::{
        Mutex,
        atomic::{AtomicU32, Ordering},
    },
};

use tempfile::TempDir;

use crate::clock::Clock;

use super::{Isolation, Options, Postgres};

/// Address of a database the tests may fill; `cargo xtask test` sets it.
const ADDRESS: &str = "EVERTILL_TEST_POSTGRES";

/// A schema nobody else uses.
pub(crate) struct Database {
    pub(crate) options: Options,
    homes: Mutex<Vec<TempDir>>,
}

impl Database {
    pub(crate) async fn new() -> Self {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let address = std::env::var(ADDRESS)
            .expect("EVERTILL_TEST_POSTGRES names a database; `cargo xtask test` sets it");
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let schema = format!("t{}_{number}", std::process::id());
        let connection = connect(&address).await;
        connection
            .batch_execute(&format!(
                "DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}"
            ))
            .await
            .unwrap();
        let address = format!("{address}?options=-c%20search_path%3D{schema}&application_name={schema}");
        Self {
            options: Options {
                url: address.parse().unwrap(),
                connections: 6,
                isolation: Isolation::ReadCommitted,
                notify: true,
            },
            homes: Mutex::default(),
        }
    }

    pub(crate) fn serializable(mut self) -> Self {
        self.options.isolation = Isolation::Serializable;
        self
    }

    /// Nodes that send each other no word.
    pub(crate) fn quiet(mut self) -> Self {
        self.options.notify = false;
        self
    }

    /// A node.
    pub(crate) async fn open(&self) -> Postgres {
        self.open_at(&self.home()).await
    }

    /// A node that keeps its journal in this directory.
    pub(crate) async fn open_at(&self, home: &Path) -> Postgres {
        let clock = Clock::standing_at(1_000);
        Postgres::open(&self.options, home, clock).await.unwrap()
    }

    /// A directory for a node, gone with the database.
    pub(crate) fn home(&self) -> PathBuf {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().to_owned();
        self.homes.lock().unwrap().push(home);
        path
    }

    /// A connection beside the nodes.
    pub(crate) async fn beside(&self) -> tokio_postgres::Client {
        let (client, connection) = self
            .options
            .url
            .config()
            .connect(tokio_postgres::NoTls)
            .await
            .unwrap();
        tokio::spawn(connection);
        client
    }
}

async fn connect(address: &str) -> tokio_postgres::Client {
    let (client, connection) = tokio_postgres::connect(address, tokio_postgres::NoTls)
        .await
        .expect("the database for the tests answers");
    tokio::spawn(connection);
    client
}
