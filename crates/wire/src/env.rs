//! Every environment variable Evertill reads, documented once.

/// Directory that holds everything a process keeps: vault, till database, key file. `--data-dir` wins over it.
pub const HOME: &str = "EVERTILL_HOME";

/// Settings of the store server, a TOML file. `--config` wins over it.
pub const CONFIG: &str = "EVERTILL_CONFIG";

/// Log filter in the syntax of `tracing` (`info`, `evertill_client=debug`).
pub const LOG: &str = "EVERTILL_LOG";

/// Where the key of the sealed vault file lives: `auto` (the default: the system keyring where one answers,
/// else a key file), `file`, `keyring` or `passphrase`.
pub const VAULT_KEY: &str = "EVERTILL_VAULT_KEY";

/// Address of the PostgreSQL database of a store, with its password: `postgres://user:password@host/database`.
/// `--database-url` wins over it.
pub const DATABASE_URL: &str = "EVERTILL_DATABASE_URL";

/// Address of the database of a WordPress site whose people are brought over, with its password:
/// `mysql://user:password@host/database`. `--database-url` and `--wp-config` win over it.
pub const WORDPRESS_DATABASE_URL: &str = "EVERTILL_WORDPRESS_DATABASE_URL";

/// File whose first line is the passphrase that opens a locked key.
pub const VAULT_PASSPHRASE_FILE: &str = "EVERTILL_VAULT_PASSPHRASE_FILE";

/// Turns colours off when set to anything (<https://no-color.org>).
pub const NO_COLOR: &str = "NO_COLOR";
