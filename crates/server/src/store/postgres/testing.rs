//! A database of its own for each test: a schema of the one that is handed to the tests.

use std::sync::atomic::{AtomicU32, Ordering};

use super::{Isolation, Options, Postgres};

/// Address of a database the tests may fill; `cargo xtask test` sets it.
const ADDRESS: &str = "EVERTILL_TEST_POSTGRES";

/// A schema nobody else uses.
pub(crate) struct Database(pub(crate) Options);

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
        Self(Options {
            url: address.parse().unwrap(),
            connections: 6,
            isolation: Isolation::ReadCommitted,
            notify: true,
        })
    }

    pub(crate) fn serializable(mut self) -> Self {
        self.0.isolation = Isolation::Serializable;
        self
    }

    /// Nodes that send each other no word.
    pub(crate) fn quiet(mut self) -> Self {
        self.0.notify = false;
        self
    }

    /// A node.
    pub(crate) async fn open(&self) -> Postgres {
        Postgres::open(&self.0).await.unwrap()
    }

    /// A connection beside the nodes.
    pub(crate) async fn beside(&self) -> tokio_postgres::Client {
        let (client, connection) = self.0.url.config().connect(tokio_postgres::NoTls).await.unwrap();
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
