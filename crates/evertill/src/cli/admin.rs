//! `evertill admin …`: what an owner does on the store's own machine.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use evertill_wire::env;

/// `evertill admin`.
#[derive(Debug, Args)]
pub(crate) struct Admin {
    /// The PostgreSQL database of a store on several nodes, without its password; one with a password belongs into the
    /// environment variable EVERTILL_DATABASE_URL. Stands before the next word.
    // Not global: `import-wordpress` has an option of this name for the database it reads.
    #[arg(long = "database-url", id = "store_database_url", value_name = "URL")]
    pub(crate) database_url: Option<String>,
    /// Directory of keys.json, where it is not the data directory.
    #[arg(long, value_name = "DIR", global = true)]
    pub(crate) keys: Option<PathBuf>,
    /// The settings of the store, as `evertill serve` takes them; they may name the database.
    #[arg(long, value_name = "FILE", env = env::CONFIG, hide_env_values = true, global = true)]
    pub(crate) config: Option<PathBuf>,
    /// What to look after.
    #[command(subcommand)]
    pub(crate) command: AdminCommand,
}

/// What an owner looks after.
#[derive(Debug, Subcommand)]
pub(crate) enum AdminCommand {
    #[command(flatten)]
    Copies(Copies),
    /// The people of the shop: list them, add somebody, change a password or a role, switch an account off.
    Users(Users),
    /// Who is signed in, and ending it.
    Sessions(Sessions),
    /// The keys that sign what tills hold.
    Keys(Keys),
    /// What happened to accounts, sessions and keys.
    Audit(Audit),
    /// Bring over the people of a WordPress site, with their passwords.
    ///
    /// Reads them from the site's own database, or from a CSV file. Says what would come and writes nothing, unless
    /// --write is given, and never changes an account that is here already: run it as often as you like. Administrators,
    /// shop managers and cashiers come; customers stay. Passwords go on working: WordPress' hashes are understood, and
    /// replaced at the first sign-in.
    #[command(after_help = IMPORT_HELP)]
    ImportWordpress(ImportWordpress),
}

/// `evertill admin users`.
#[derive(Debug, Args)]
pub(crate) struct Users {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: UsersCommand,
}

/// What can be done to accounts.
#[derive(Debug, Subcommand)]
pub(crate) enum UsersCommand {
    /// Everybody who works in the shop.
    List {
        /// A JSON list.
        #[arg(long)]
        json: bool,
    },
    /// Make an account. The password is the first line of stdin.
    Add {
        /// What they sign in with.
        username: String,
        /// Their e-mail address.
        #[arg(long)]
        email: String,
        /// What they may do.
        #[arg(long, value_enum, default_value_t = Role::Cashier)]
        role: Role,
        /// First name.
        #[arg(long, default_value = "")]
        first_name: String,
        /// Last name.
        #[arg(long, default_value = "")]
        last_name: String,
    },
    /// Set a password, the first line of stdin, and end the account's sessions.
    Passwd {
        /// Username or e-mail address.
        login: String,
        /// Leave the sessions as they are.
        #[arg(long)]
        keep_sessions: bool,
    },
    /// Give a role.
    Role {
        /// Username or e-mail address.
        login: String,
        /// What they may do from now on.
        #[arg(value_enum)]
        role: Role,
    },
    /// Switch an account off and end its sessions. Old sales keep the name.
    Disable {
        /// Username or e-mail address.
        login: String,
    },
    /// Switch an account on again.
    Enable {
        /// Username or e-mail address.
        login: String,
    },
}

/// What somebody may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Role {
    /// Everything.
    Owner,
    /// Sell, and look after cashiers.
    Manager,
    /// Sell.
    Cashier,
}

impl Role {
    /// WordPress' name of it.
    pub(crate) fn slug(self) -> &'static str {
        match self {
            Self::Owner => "administrator",
            Self::Manager => "shop_manager",
            Self::Cashier => "cashier",
        }
    }
}

/// `evertill admin sessions`.
#[derive(Debug, Args)]
pub(crate) struct Sessions {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: SessionsCommand,
}

/// What can be done to sessions.
#[derive(Debug, Subcommand)]
pub(crate) enum SessionsCommand {
    /// Living sessions, newest first.
    List {
        /// Only of this person, by username or e-mail address.
        #[arg(long, value_name = "LOGIN")]
        user: Option<String>,
        /// A JSON list.
        #[arg(long)]
        json: bool,
    },
    /// End sessions. Tills keep their sales and show the reason.
    End {
        /// The session whose key begins like this.
        #[arg(required_unless_present_any = ["user", "everybody"], conflicts_with_all = ["user", "everybody"])]
        key: Option<String>,
        /// All of this person.
        #[arg(long, value_name = "LOGIN", conflicts_with = "everybody")]
        user: Option<String>,
        /// All there are.
        #[arg(long)]
        everybody: bool,
        /// Why, in a few words; every till shows it.
        #[arg(long, default_value = "")]
        reason: String,
    },
}

/// `evertill admin keys`.
#[derive(Debug, Args)]
pub(crate) struct Keys {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: KeysCommand,
}

/// What can be done to keys.
#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// The signing keys that are published.
    List {
        /// A JSON list.
        #[arg(long)]
        json: bool,
    },
    /// Make a new key. The ones before stay good until what they signed has ended; nobody is signed out.
    Rotate {
        /// Take over at once and forget the keys before: they are in strange hands.
        #[arg(long, conflicts_with = "sealing")]
        compromised: bool,
        /// The key that seals refresh tokens, instead of the one that signs access tokens.
        #[arg(long)]
        sealing: bool,
    },
}

/// `evertill admin audit`.
#[derive(Debug, Args)]
pub(crate) struct Audit {
    /// Words that must occur.
    pub(crate) words: Vec<String>,
    /// Only this kind: sign_in, sign_out, guesses_refused, lockout, sessions_ended, theft, …
    #[arg(long)]
    pub(crate) kind: Option<String>,
    /// Most entries, newest first.
    #[arg(long, default_value_t = 50)]
    pub(crate) limit: u32,
    /// All entries, whatever --limit says.
    #[arg(long)]
    pub(crate) all: bool,
    /// A JSON list.
    #[arg(long, conflicts_with = "csv")]
    pub(crate) json: bool,
    /// A table for spreadsheets.
    #[arg(long)]
    pub(crate) csv: bool,
}

const IMPORT_HELP: &str = "\
Examples:
  evertill admin import-wordpress --wp-config /var/www/shop           what would come
  evertill admin import-wordpress --wp-config /var/www/shop --write   make the accounts
  evertill admin import-wordpress --database-url mysql://reader@db/shop --password-stdin < file
  evertill admin import-wordpress users.csv

The database is only read, in one snapshot, over a session that cannot write; an account with SELECT
on the tables …users and …usermeta is enough. To another machine TLS is required, unless --ssl-mode
disabled says otherwise. The URL takes socket=PATH, ssl-mode=MODE and ssl-ca=FILE, too. Without a source
it is taken from EVERTILL_WORDPRESS_DATABASE_URL, where it may hold its password.

A CSV file has the columns user_login, user_email, user_pass, display_name and roles (or wp_capabilities).";

/// `evertill admin import-wordpress`.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("source").args(["file", "wp_config", "database_url"]))]
pub(crate) struct ImportWordpress {
    /// A CSV file with the people.
    pub(crate) file: Option<PathBuf>,
    /// WordPress' settings, or the directory it is in: they say where its database is, and its password.
    #[arg(long, value_name = "PATH")]
    pub(crate) wp_config: Option<PathBuf>,
    /// The site's MySQL or MariaDB database: mysql://user@host:3306/name. No password here: others can read it.
    #[arg(long, value_name = "URL")]
    pub(crate) database_url: Option<String>,
    /// Read the password of the database from the first line of stdin.
    #[arg(long, conflicts_with_all = ["file", "wp_config"])]
    pub(crate) password_stdin: bool,
    /// What the tables begin with, where it is not found by itself; in a network, that of one site: wp_2_.
    #[arg(long, value_name = "PREFIX", conflicts_with = "file")]
    pub(crate) table_prefix: Option<String>,
    /// TLS to the database: required, or disabled where nobody can listen on the way there.
    #[arg(long, value_name = "MODE", conflicts_with = "file")]
    pub(crate) ssl_mode: Option<String>,
    /// Certificates (PEM) that vouch for the database, instead of the system's.
    #[arg(long, value_name = "FILE", conflicts_with = "file")]
    pub(crate) ssl_ca: Option<PathBuf>,
    /// Make the accounts. Without it, the report says what would come.
    #[arg(long)]
    pub(crate) write: bool,
    /// A JSON list, one object for each row.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Copies of the store, and a look through it.
#[derive(Debug, Subcommand)]
pub(crate) enum Copies {
    /// Copy the store while it runs: the database into FILE, its keys into FILE.keys beside it.
    ///
    /// The copy is checked before it gets its name. Keep it as you keep the store: it holds secrets. Restoring it signs
    /// nobody out.
    Backup {
        /// The new file.
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
    },
    /// Put a copy in the place of the store, which must not run. What was there is kept beside it.
    Restore {
        /// The copy; FILE.keys must lie beside it.
        #[arg(long, value_name = "FILE")]
        from: PathBuf,
    },
    /// Look through the store: is the database whole, its version known, are the keys there.
    Check,
}
