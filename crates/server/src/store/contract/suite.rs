//! Every test of the suite, on every database.

macro_rules! contract {
    ($($name:ident),* $(,)?) => {
        mod sqlite_keeps_the_contract {
            use super::*;

            $(#[tokio::test]
            async fn $name() {
                let home = tempfile::tempdir().unwrap();
                super::$name(Arc::new(Sqlite::open(home.path(), &crate::clock::Clock::system()).unwrap())).await;
            })*
        }

        mod postgres_keeps_the_contract {
            use super::*;

            $(#[tokio::test]
            #[ignore = "needs PostgreSQL, which `cargo xtask test` brings along"]
            async fn $name() {
                let database = testing::Database::new().await;
                super::$name(Arc::new(database.open().await)).await;
            })*
        }

        mod postgres_keeps_the_contract_serializable_and_without_notify {
            use super::*;

            $(#[tokio::test]
            #[ignore = "needs PostgreSQL, which `cargo xtask test` brings along"]
            async fn $name() {
                let database = testing::Database::new().await.serializable().quiet();
                super::$name(Arc::new(database.open().await)).await;
            })*
        }
    };
}
