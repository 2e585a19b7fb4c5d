//! The command line: what may be typed, and the help that teaches it. The only place that knows clap.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use clap::{Args, Parser, Subcommand};
use evertill_wire::env;
use url::Url;

use crate::duration;

pub(crate) mod admin;

const EXIT_CODES: &str = "\
Exit codes:
  0  good
  1  anything the others do not say
  2  wrong use: the command line cannot be understood
  3  a person must sign in (evertill login)
  4  trouble that may pass by itself: network, store down; try again later
  5  configuration must change: here, at the store, or in between

Messages go to stderr as `error: … (CODE)`, `caused by: …`, `hint: …`. Data goes to stdout.

Environment:
  EVERTILL_HOME       data directory, where --data-dir does not name one
  EVERTILL_LOG        log filter: error, warn, info, debug, evertill_client=debug
  EVERTILL_DATABASE_URL  address of a store's shared database, with its password
  EVERTILL_WORDPRESS_DATABASE_URL
                      address of a WordPress site's database, for admin import-wordpress
  EVERTILL_VAULT_KEY  where the key of the stored sessions lives: auto, file, keyring, passphrase
  EVERTILL_VAULT_PASSPHRASE_FILE
                      file whose first line opens a key that a passphrase locks
  NO_COLOR            no colours when set";

const PROXY_EXAMPLES: &str = "\
Examples:
  evertill login --store https://shop.example
  evertill proxy --store https://shop.example --key-file proxy.key &

  # the key in a header
  curl -H \"X-Evertill-Proxy-Key: $(cat proxy.key)\" http://127.0.0.1:8430/wp-json/wc/v3/orders

  # the key as the first part of the path: the `store URL` for scripts that know WooCommerce
  curl http://127.0.0.1:8430/$(cat proxy.key)/wp-json/wc/v3/products?per_page=5

Passwords, consumer keys and cookies of the caller are left out; the session's token takes their place. Redirects are
handed back, never followed. Bodies stream both ways; one of up to 1 MiB is sent once more when a token is refused.
Errors of the proxy itself are problem documents (RFC 9457) with `code`, `cause`, `detail` and `remedy`.";

/// A till that stays signed in.
///
/// Evertill keeps a person signed in to a WooCommerce store with the WCPOS plugin, or to the store server it brings
/// along, and sells whatever happens to the session. `evertill demo` shows all of it on this machine.
#[derive(Debug, Parser)]
#[command(name = "evertill", version, after_help = EXIT_CODES, max_term_width = 110, arg_required_else_help = true)]
pub(crate) struct Cli {
    /// Directory that holds everything the process keeps: sessions, sales, key file.
    #[arg(long, global = true, value_name = "DIR", env = env::HOME, hide_env_values = true)]
    pub(crate) data_dir: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Store, sample shop and connected till in one go.
    ///
    /// Keeps everything in a fresh temporary directory, removed at the end, unless --data-dir names one. Access
    /// tokens live shortly, so that renewals can be watched. Ctrl-C ends it.
    Demo(Demo),
    /// The store server alone.
    Serve(Serve),
    /// The till alone, against any store.
    Till(Till),
    /// Sign in to a store.
    ///
    /// Opens the store's own sign-in page, or signs in without a browser when a name is given and the password
    /// arrives on stdin: `evertill login --store URL --username ann --password-stdin < password-file`.
    Login(Login),
    /// What each stored session is doing.
    Status(Status),
    /// Print an access token that is good now, renewing first when due.
    ///
    /// Any number of processes may ask at once: one of them renews, all of them get the result.
    Token(Store),
    /// Renew the session now.
    Refresh(Store),
    /// End the session at the store and here. Refused while sales wait to be sent.
    Logout(Store),
    /// Forget the catalogue, the session, or both; never sales.
    ///
    /// Says what goes and what stays, ends the session at the store, and leaves the till ready for a fresh sign-in.
    /// Refused while sales wait to be sent, unless --export puts them into a sealed file first.
    Clear(Clear),
    /// Carry sales that wait from one till to another.
    Sales(Sales),
    /// Where sessions rest: look at it, move the key, carry sessions to another till.
    Vault(Vault),
    /// Let other programs use the session: a local address that leads to the store's API.
    ///
    /// Forwards to the store's REST API with a good token attached, renews when due, and lets requests wait meanwhile. Serves
    /// programs of this device that know the key it prints when it starts; web pages and other machines are refused.
    #[command(after_long_help = PROXY_EXAMPLES)]
    Proxy(Proxy),
    /// Look after a store on its own machine: people, sessions, keys, audit log.
    ///
    /// Works on the store's data directory, also while `evertill serve` runs on it; whoever may write there is the
    /// owner, and nobody is asked for a password.
    Admin(admin::Admin),
    /// What an error code or message means, and what to do about it.
    ///
    /// Takes a code (`API02007`), a store's error code (`woocommerce_pos_rest_unauthorized`) or a whole message in
    /// quotes. Exits with 2 when nothing fits.
    Explain(Explain),
    /// What is wrong between this device and the store, and who can mend it.
    ///
    /// Changes nothing, signs nobody out and sends no password. Exits 0 when all is well, else on the first cause.
    Doctor(Doctor),
}

impl Command {
    /// Whether the command reads stored sessions, so that a locked key has to be opened first.
    pub(crate) fn opens_vault(&self) -> bool {
        match self {
            Self::Till(_)
            | Self::Login(_)
            | Self::Status(_)
            | Self::Token(_)
            | Self::Refresh(_)
            | Self::Logout(_)
            | Self::Vault(_)
            | Self::Proxy(_)
            | Self::Clear(_)
            | Self::Doctor(_) => true,
            Self::Demo(_) | Self::Serve(_) | Self::Sales(_) | Self::Admin(_) | Self::Explain(_) => false,
        }
    }

    /// What is logged when nobody asks for more: servers tell their story, commands only what went wrong.
    pub(crate) fn default_log(&self) -> &'static str {
        match self {
            Self::Demo(_) | Self::Serve(_) | Self::Till(_) | Self::Proxy(_) => {
                // The store keeps a line for each request in a file of its own.
                "info,evertill_server::access=warn"
            }
            Self::Login(_)
            | Self::Status(_)
            | Self::Token(_)
            | Self::Refresh(_)
            | Self::Logout(_)
            | Self::Vault(_)
            | Self::Clear(_)
            | Self::Sales(_)
            | Self::Admin(_)
            | Self::Explain(_)
            | Self::Doctor(_) => "error",
        }
    }
}

/// `evertill demo`.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Where the till listens.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8420")]
    pub(crate) listen: SocketAddr,
    /// Where the store listens.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8421")]
    pub(crate) store_listen: SocketAddr,
    /// How long an access token lives: 20s, 2m, 15m.
    #[arg(long, value_name = "TIME", default_value = "2m", value_parser = duration::parse)]
    pub(crate) access_ttl: Duration,
    /// Do not open the till in a browser.
    #[arg(long)]
    pub(crate) no_open: bool,
}

const SERVE_HELP: &str = "\
Every setting can come from four places. The first of these that has it wins:
  1. a flag:          --listen 0.0.0.0:8443
  2. the environment: EVERTILL_LISTEN_ADDRESS=0.0.0.0:8443
  3. the file:        [listen] address = \"0.0.0.0:8443\"     (--config FILE, or EVERTILL_CONFIG)
  4. its default:     127.0.0.1:8421
A key or variable nobody knows is refused, and the one you may have meant is named.

Examples:
  evertill serve --sample-shop                      a shop to play with, on this machine only
  evertill serve --example-config > shop.toml       a file with every setting explained
  evertill serve --config shop.toml --print-config  what would be in force, and why
  evertill serve --config shop.toml --listen 0.0.0.0:8443 --tls-cert chain.pem --tls-key key.pem

To watch it: /healthz (the process), /readyz (the database), /metrics (figures, for this machine only
unless metrics.allow says more). EVERTILL_LOG=debug tells more.";

/// `evertill serve`.
#[derive(Debug, Args)]
#[command(after_help = SERVE_HELP)]
pub(crate) struct Serve {
    /// Where the store listens; what the settings say when not given, else 127.0.0.1:8421.
    #[arg(long, value_name = "ADDR")]
    pub(crate) listen: Option<SocketAddr>,
    /// Settings, as TOML; --example-config prints a file with all of them.
    #[arg(long, value_name = "FILE", env = env::CONFIG, hide_env_values = true)]
    pub(crate) config: Option<PathBuf>,
    /// How long an access token lives: 20s, 2m; what the settings say when not given, else 15m.
    #[arg(long, value_name = "TIME", value_parser = duration::parse)]
    pub(crate) access_ttl: Option<Duration>,
    /// The address tills reach the store at, where it differs from the one it listens on (behind a proxy).
    #[arg(long, value_name = "URL")]
    pub(crate) public_url: Option<Url>,
    /// A PostgreSQL database that several nodes share, instead of one in the data directory: postgres://user@host/name.
    ///
    /// Every process of this machine can read a command line, so an address with a password is refused here: put it
    /// into the environment variable EVERTILL_DATABASE_URL, or into a private file that the settings name.
    #[arg(long, value_name = "URL")]
    pub(crate) database_url: Option<String>,
    /// Directory of keys.json, where it is not the data directory. All nodes of a shop use the same keys.
    #[arg(long, value_name = "DIR")]
    pub(crate) keys: Option<PathBuf>,
    /// Certificate chain (PEM). With --tls-key the store speaks HTTPS; changed files are taken up while it runs.
    #[arg(long, value_name = "FILE")]
    pub(crate) tls_cert: Option<PathBuf>,
    /// Private key of the certificate (PEM).
    #[arg(long, value_name = "FILE")]
    pub(crate) tls_key: Option<PathBuf>,
    /// How a line of the log looks: text, or one JSON object for each line.
    #[arg(long, value_name = "FORMAT")]
    pub(crate) log_format: Option<Lines>,
    /// Print every setting with its value, its unit and where it came from, and end.
    #[arg(long)]
    pub(crate) print_config: bool,
    /// Print an example of a settings file, with every key and what it means, and end.
    #[arg(long, conflicts_with = "print_config")]
    pub(crate) example_config: bool,
    /// Print the OpenAPI document of a store that is reached at --public-url, and end.
    #[arg(long, requires = "public_url", conflicts_with_all = ["print_config", "example_config"])]
    pub(crate) print_openapi: bool,
    /// Load the sample shop and its four accounts into an empty store.
    #[arg(long)]
    pub(crate) sample_shop: bool,
    /// Play a fault of real sites, for training and tests; `list` names them.
    #[arg(long, value_name = "NAME", hide = true)]
    pub(crate) fault: Option<String>,
    /// Needed to play a fault.
    #[arg(long, hide = true)]
    pub(crate) i_know_this_is_a_test: bool,
}

/// How lines of the log look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Lines {
    /// For people.
    Text,
    /// For machines.
    Json,
}

/// `evertill till`.
#[derive(Debug, Args)]
pub(crate) struct Till {
    /// Address of the store.
    #[arg(long, value_name = "URL")]
    pub(crate) store: String,
    /// Where the till listens.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8420")]
    pub(crate) listen: SocketAddr,
}

/// `evertill login`.
#[derive(Debug, Args)]
pub(crate) struct Login {
    /// Address of the store.
    #[arg(long, value_name = "URL")]
    pub(crate) store: String,
    /// Who signs in, without a browser.
    #[arg(long, value_name = "NAME", requires = "password_stdin")]
    pub(crate) username: Option<String>,
    /// Read the password from the first line of stdin.
    #[arg(long, requires = "username")]
    pub(crate) password_stdin: bool,
    /// Print the address of the sign-in page and do not open a browser.
    #[arg(long, conflicts_with = "username")]
    pub(crate) no_open: bool,
}

/// `evertill status`.
#[derive(Debug, Args)]
pub(crate) struct Status {
    /// Only this store.
    #[arg(long, value_name = "URL")]
    pub(crate) store: Option<String>,
    /// A JSON list, one object for each session.
    #[arg(long)]
    pub(crate) json: bool,
    /// Add the last things that happened to each session, newest last; 20 when no number is given.
    #[arg(long, value_name = "N", num_args = 0..=1, default_missing_value = "20",
          value_parser = clap::value_parser!(u16).range(1..=200))]
    pub(crate) history: Option<u16>,
}

/// `evertill clear`.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("what").required(true))]
pub(crate) struct Clear {
    /// The catalogue and its pictures, which are read anew.
    #[arg(long, group = "what")]
    pub(crate) cache: bool,
    /// The session, and who was signed in.
    #[arg(long, group = "what")]
    pub(crate) credentials: bool,
    /// Both.
    #[arg(long, group = "what")]
    pub(crate) all: bool,
    /// Only the session of this store.
    #[arg(long, value_name = "URL")]
    pub(crate) store: Option<String>,
    /// First put the sales that wait into this new file, sealed with the passphrase on stdin.
    #[arg(long, value_name = "FILE", requires = "passphrase_stdin")]
    pub(crate) export: Option<PathBuf>,
    /// Read the passphrase from the first line of stdin.
    #[arg(long, requires = "export")]
    pub(crate) passphrase_stdin: bool,
    /// Say what would go and what would stay, and change nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// `evertill sales`.
#[derive(Debug, Args)]
pub(crate) struct Sales {
    /// What to do with them.
    #[command(subcommand)]
    pub(crate) action: SalesAction,
}

/// What can be done with sales.
#[derive(Debug, Subcommand)]
pub(crate) enum SalesAction {
    /// Put the sales that wait into a new sealed file; they stay here as well.
    ///
    /// A sale that both tills send is booked once: the store knows it by its identity.
    Export(SealedSales),
    /// Take in the sales of a sealed file; the till sends them when it runs next.
    Import(SealedSales),
}

/// A sealed file of sales.
#[derive(Debug, Args)]
pub(crate) struct SealedSales {
    /// The file.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Address of the store, where no till ran in this data directory yet.
    #[arg(long, value_name = "URL")]
    pub(crate) store: Option<String>,
    /// Read the passphrase from the first line of stdin.
    #[arg(long, required = true)]
    pub(crate) passphrase_stdin: bool,
}

/// `evertill vault`.
#[derive(Debug, Args)]
pub(crate) struct Vault {
    /// What to do.
    #[command(subcommand)]
    pub(crate) action: VaultAction,
}

/// What can be done with the vault.
#[derive(Debug, Subcommand)]
pub(crate) enum VaultAction {
    /// Where the key is, which sessions it opens, what was set aside and why. No secrets.
    Status(VaultStatus),
    /// Move the key to another place; the sealed sessions stay as they are, and running programs go on.
    Move(VaultMove),
    /// Put the sessions into a new file that a passphrase seals.
    ///
    /// With --move they leave this device: nothing here renews them any more, and the sealed files are set aside. Without,
    /// the file is a copy for the day this device is lost. Two devices that use one session look like a theft to the
    /// store, which then ends it for both.
    Export(VaultExport),
    /// Take up the sessions of an exported file.
    Import(VaultImport),
}

/// `evertill vault status`.
#[derive(Debug, Args)]
pub(crate) struct VaultStatus {
    /// A JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `evertill vault move`.
#[derive(Debug, Args)]
pub(crate) struct VaultMove {
    /// The new place.
    #[arg(long, value_name = "PLACE")]
    pub(crate) to: Place,
    /// Read the new passphrase from the first line of stdin.
    #[arg(long)]
    pub(crate) passphrase_stdin: bool,
}

/// Where a key can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Place {
    /// The system keyring.
    Keyring,
    /// A file of the data directory that this account alone can read.
    File,
    /// A file of the data directory that a passphrase locks; who starts the till has to give it.
    Passphrase,
}

/// `evertill vault export`.
#[derive(Debug, Args)]
pub(crate) struct VaultExport {
    /// The file; it must not be there yet.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Only the sessions of this store.
    #[arg(long, value_name = "URL")]
    pub(crate) store: Option<String>,
    /// The sessions leave this device.
    #[arg(long = "move")]
    pub(crate) is_move: bool,
    /// Read the passphrase from the first line of stdin.
    #[arg(long)]
    pub(crate) passphrase_stdin: bool,
}

/// `evertill vault import`.
#[derive(Debug, Args)]
pub(crate) struct VaultImport {
    /// The file.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Where another session with a store is kept here: end it at the store and take the imported one.
    #[arg(long)]
    pub(crate) replace: bool,
    /// Read the passphrase from the first line of stdin.
    #[arg(long)]
    pub(crate) passphrase_stdin: bool,
}

/// `evertill proxy`.
#[derive(Debug, Args)]
pub(crate) struct Proxy {
    /// Address of the store.
    #[arg(long, value_name = "URL")]
    pub(crate) store: String,
    /// Where the proxy listens, on this device only.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8430")]
    pub(crate) listen: SocketAddr,
    /// Write the key to this file, readable by this account only, instead of printing it.
    #[arg(long, value_name = "FILE")]
    pub(crate) key_file: Option<PathBuf>,
}

/// `evertill explain`.
#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// A code, a store's error code, or a message.
    #[arg(required = true, value_name = "CODE|TEXT")]
    pub(crate) what: Vec<String>,
    /// A JSON object with everything that is known.
    #[arg(long)]
    pub(crate) json: bool,
    /// Only what is meant for this reader.
    #[arg(long = "for", value_name = "WHO", conflicts_with = "json")]
    pub(crate) audience: Option<Audience>,
}

/// Who reads an explanation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Audience {
    /// The person at the till.
    Cashier,
    /// The person who owns the shop or looks after its website.
    Owner,
    /// Somebody who reads logs.
    Developer,
}

/// `evertill doctor`.
#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// Address of the store; may be left out where only one is known here.
    #[arg(long, value_name = "URL")]
    pub(crate) store: Option<String>,
    /// The report as JSON; with --watch one line for each look.
    #[arg(long)]
    pub(crate) json: bool,
    /// Look again every half minute, until Ctrl-C.
    #[arg(long)]
    pub(crate) watch: bool,
    /// Also ask the store to renew the session, and keep what it gives.
    #[arg(long)]
    pub(crate) renew: bool,
    /// Save the report as well: JSON where the name ends in .json, else text.
    #[arg(long, value_name = "FILE")]
    pub(crate) save: Option<PathBuf>,
}

/// The commands that need a store and nothing else.
#[derive(Debug, Args)]
pub(crate) struct Store {
    /// Address of the store.
    #[arg(long, value_name = "URL")]
    pub(crate) store: String,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_holds_together() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_password_is_never_an_argument() {
        for command in Cli::command().get_subcommands() {
            for argument in command.get_arguments() {
                let takes_value = argument.get_action().takes_values();
                assert!(
                    !(takes_value && argument.get_id().as_str().contains("password")),
                    "{argument}"
                );
            }
        }
    }

    #[test]
    fn a_name_without_a_way_to_the_password_is_refused() {
        let words = [
            "evertill",
            "login",
            "--store",
            "shop.example",
            "--username",
            "ann",
        ];
        assert!(Cli::try_parse_from(words).is_err());
    }
}
