//! Where a WordPress site's database is, and how to get there: a URL, or what `wp-config.php` says.

use std::{
    fmt,
    path::{Path, PathBuf},
    str::FromStr,
};

use evertill_wire::Password;
use url::Url;

use super::{WordPressError, config, config::Config};
use crate::store::is_near;

/// The port of MySQL and MariaDB.
const PORT: u16 = 3306;

/// Where PHP's `localhost` may be a socket, the likeliest first.
const SOCKETS: [&str; 4] = [
    "/run/mysqld/mysqld.sock",
    "/var/run/mysqld/mysqld.sock",
    "/var/lib/mysql/mysql.sock",
    "/tmp/mysql.sock",
];

/// What is wrong with the address of a database. Says nothing of what was written: it may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AddressFault {
    /// It is no URL at all.
    #[error("it is not a URL such as mysql://user@host:3306/database")]
    NotAUrl,
    /// It is for something else.
    #[error("it does not begin with mysql:// or mariadb://")]
    Scheme,
    /// Nobody is named in it.
    #[error("it names no user")]
    User,
    /// No database is named in it.
    #[error("it names no database")]
    Database,
    /// `ssl-mode` has an unknown value.
    #[error("ssl-mode is neither required nor disabled")]
    SslMode,
    /// Something in it is not known.
    #[error("a parameter in it is none of socket, ssl-mode and ssl-ca")]
    Parameter,
}

/// The address of a WordPress site's database. `Debug` and `Display` leave the password out.
#[derive(Clone, PartialEq, Eq)]
pub struct WordPressAddress {
    pub(super) way: Way,
    pub(super) user: String,
    pub(super) password: Password,
    pub(super) database: String,
    pub(super) table_prefix: Option<String>,
    pub(super) tls: Option<Roots>,
}

/// How to get to the database server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Way {
    /// Through a socket of this machine.
    Socket(PathBuf),
    /// Through the network.
    Network {
        /// Name or address, IPv6 without brackets.
        host: String,
        /// Port.
        port: u16,
    },
}

/// Whose word counts about the database's certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Roots {
    /// The system's.
    System,
    /// That of the certificates in this file.
    File(PathBuf),
}

impl WordPressAddress {
    /// Reads an address from a place that others can read, such as the command line. No password may be in it.
    ///
    /// # Errors
    /// [`WordPressError::PasswordInTheOpen`] when there is one, [`WordPressError::Address`] when the address makes no
    /// sense. Neither repeats it.
    pub fn in_the_open(text: &str) -> Result<Self, WordPressError> {
        let address: Self = text.parse()?;
        match address.password.is_empty() {
            true => Ok(address),
            false => Err(WordPressError::PasswordInTheOpen),
        }
    }

    /// Takes everything from a `wp-config.php`, or from that of a site's directory. Its passwords may lie there: WordPress
    /// reads them there too.
    ///
    /// # Errors
    /// [`WordPressError::ReadConfig`] and [`WordPressError::Config`].
    pub fn from_config(path: &Path) -> Result<Self, WordPressError> {
        let path = config::find(path);
        let config = config::read(&path)?;
        Self::of(config).map_err(|fault| WordPressError::Config {
            path,
            setting: "DB_HOST",
            fault,
        })
    }

    fn of(config: Config) -> Result<Self, config::ConfigFault> {
        let way = way_of(&config.host).ok_or(config::ConfigFault::Senseless)?;
        Ok(Self {
            tls: way.is_far().then_some(Roots::System),
            way,
            user: config.user,
            password: Password::new(config.password),
            database: config.name,
            table_prefix: Some(config.table_prefix),
        })
    }

    /// The same with a password.
    #[must_use]
    pub fn with_password(self, password: Password) -> Self {
        Self { password, ..self }
    }

    /// The same with the prefix of the tables.
    ///
    /// # Errors
    /// [`WordPressError::PrefixUnknown`] when WordPress could not have such a prefix.
    pub fn with_table_prefix(self, prefix: String) -> Result<Self, WordPressError> {
        if !prefix.bytes().all(config::is_prefix_byte) {
            return Err(WordPressError::PrefixUnknown { prefix });
        }
        Ok(Self {
            table_prefix: Some(prefix),
            ..self
        })
    }

    /// The same with another opinion about TLS: `required` or `disabled`, and a file with the certificates that vouch for
    /// the database.
    ///
    /// # Errors
    /// [`AddressFault::SslMode`].
    pub fn with_tls(self, mode: Option<&str>, roots: Option<PathBuf>) -> Result<Self, WordPressError> {
        let named = roots.or_else(|| match &self.tls {
            Some(Roots::File(path)) => Some(path.clone()),
            Some(Roots::System) | None => None,
        });
        let tls = tls(&self.way, mode, named)?;
        Ok(Self { tls, ..self })
    }
}

impl Way {
    fn is_far(&self) -> bool {
        match self {
            Self::Socket(_) => false,
            Self::Network { host, .. } => !is_near(Some(host)),
        }
    }
}

fn tls(way: &Way, mode: Option<&str>, roots: Option<PathBuf>) -> Result<Option<Roots>, AddressFault> {
    let is_wanted = match mode
        .map(|mode| mode.to_ascii_lowercase().replace('_', "-"))
        .as_deref()
    {
        None => way.is_far() || roots.is_some(),
        Some("disabled") => false,
        // All of them check chain and name here.
        Some("required" | "verify-ca" | "verify-identity") => true,
        Some(_) => return Err(AddressFault::SslMode),
    };
    Ok(is_wanted.then(|| roots.map_or(Roots::System, Roots::File)))
}

impl FromStr for WordPressAddress {
    type Err = WordPressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url = Url::parse(text).map_err(|_| AddressFault::NotAUrl)?;
        if !matches!(url.scheme(), "mysql" | "mariadb") {
            return Err(AddressFault::Scheme.into());
        }
        let (mut socket, mut mode, mut roots) = (None, None, None);
        for (name, value) in url.query_pairs() {
            match name.as_ref() {
                "socket" => socket = Some(PathBuf::from(value.into_owned())),
                "ssl-mode" => mode = Some(value.into_owned()),
                "ssl-ca" => roots = Some(PathBuf::from(value.into_owned())),
                _ => return Err(AddressFault::Parameter.into()),
            }
        }
        let way = match socket {
            Some(socket) => Way::Socket(socket),
            None => Way::Network {
                host: bare(
                    url.host_str()
                        .filter(|host| !host.is_empty())
                        .ok_or(AddressFault::NotAUrl)?,
                ),
                port: url.port().unwrap_or(PORT),
            },
        };
        let part = |text: &str, fault| unquoted(text).filter(|part| !part.is_empty()).ok_or(fault);
        Ok(Self {
            tls: tls(&way, mode.as_deref(), roots)?,
            way,
            user: part(url.username(), AddressFault::User)?,
            password: Password::new(
                unquoted(url.password().unwrap_or_default()).ok_or(AddressFault::NotAUrl)?,
            ),
            database: part(url.path().trim_start_matches('/'), AddressFault::Database)?,
            table_prefix: None,
        })
    }
}

/// A part of a URL without its per cent signs.
fn unquoted(text: &str) -> Option<String> {
    percent_encoding::percent_decode_str(text)
        .decode_utf8()
        .ok()
        .map(|text| text.into_owned())
}

fn bare(host: &str) -> String {
    host.trim_start_matches('[').trim_end_matches(']').to_owned()
}

/// What `DB_HOST` means: `host`, `host:port`, `host:/socket`, `[::1]:port`, with `p:` before it or not.
fn way_of(text: &str) -> Option<Way> {
    let text = text.trim();
    let text = text.strip_prefix("p:").unwrap_or(text);
    let (host, rest) = match text.strip_prefix('[') {
        Some(inside) => {
            let (host, rest) = inside.split_once(']')?;
            (host, rest.strip_prefix(':').unwrap_or(rest))
        }
        None if text.starts_with('/') => ("", text),
        // More than one colon and no socket: an IPv6 address without brackets.
        None if text.matches(':').count() > 1 && !text.contains('/') => (text, ""),
        None => text.split_once(':').unwrap_or((text, "")),
    };
    if let Some(at) = rest.find('/') {
        return Some(Way::Socket(rest[at..].into()));
    }
    let port = match rest {
        "" => None,
        port => Some(port.parse().ok()?),
    };
    let is_plain =
        |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_' | ':' | '%');
    match (host, port) {
        ("" | "localhost", None) => Some(local()),
        (host, port) => (!host.is_empty() && host.chars().all(is_plain)).then(|| Way::Network {
            host: host.to_owned(),
            port: port.unwrap_or(PORT),
        }),
    }
}

/// PHP takes `localhost` for the socket of this machine.
fn local() -> Way {
    let socket = SOCKETS.iter().map(Path::new).find(|path| path.exists());
    match socket {
        Some(path) => Way::Socket(path.to_owned()),
        None => Way::Network {
            host: "localhost".to_owned(),
            port: PORT,
        },
    }
}

impl fmt::Display for WordPressAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { user, database, .. } = self;
        match &self.way {
            Way::Socket(path) => write!(f, "the database {database} at {} as {user}", path.display()),
            Way::Network { host, port } if host.contains(':') => {
                write!(f, "the database {database} at [{host}]:{port} as {user}")
            }
            Way::Network { host, port } => write!(f, "the database {database} at {host}:{port} as {user}"),
        }
    }
}

impl fmt::Debug for WordPressAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WordPressAddress({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> WordPressAddress {
        text.parse().unwrap()
    }

    fn network(host: &str, port: u16) -> Way {
        Way::Network {
            host: host.to_owned(),
            port,
        }
    }

    #[test]
    fn a_password_is_used_and_never_shown() {
        let address = read("mysql://reader:hunt%2Fer+2@db.example/shop%20one");
        assert_eq!(address.password.expose(), "hunt/er+2");
        assert_eq!(address.database, "shop one");
        assert_eq!(address.way, network("db.example", 3306));
        let shown = format!("{address} {address:?}");
        assert!(shown.contains("reader") && !shown.contains("er+2"), "{shown}");
    }

    #[test]
    fn a_password_in_the_open_is_refused() {
        let error = WordPressAddress::in_the_open("mysql://reader:hunter2@db/shop").unwrap_err();
        assert!(matches!(error, WordPressError::PasswordInTheOpen));
        let address = WordPressAddress::in_the_open("mysql://reader@db/shop").unwrap();
        let address = address.with_password(Password::new("hunter2"));
        assert_eq!(address.password.expose(), "hunter2");
    }

    #[test]
    fn a_refusal_repeats_nothing_of_what_was_written() {
        for text in [
            "hunter2",
            "postgres://till:hunter2@db/shop",
            "mysql://till:hunter2@db",
            "mysql://:hunter2@db/shop",
            "mysql://till:hunter2@db/shop?ssl-mode=hunter2",
            "mysql://till:hunter2@db/shop?hunter2=1",
            "mysql://till:hunter2@db:hunter2/shop",
            "mysql://till:hunter2%ff@db/shop",
        ] {
            let error = text.parse::<WordPressAddress>().unwrap_err();
            assert!(matches!(error, WordPressError::Address(_)), "{text}");
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{text}");
        }
    }

    #[test]
    fn the_way_to_another_machine_is_encrypted_unless_somebody_says_otherwise() {
        for near in [
            "mysql://r@localhost/shop",
            "mysql://r@127.0.0.1:3307/shop",
            "mysql://r@[::1]/shop",
            "mariadb://r@db/shop?socket=/run/mysqld/mysqld.sock",
            "mysql://r@db/shop?ssl-mode=DISABLED",
        ] {
            assert_eq!(read(near).tls, None, "{near}");
        }
        for far in [
            "mysql://r@db/shop",
            "mysql://r@localhost.example/shop",
            "mysql://r@localhost/shop?ssl-mode=VERIFY_IDENTITY",
        ] {
            assert_eq!(read(far).tls, Some(Roots::System), "{far}");
        }
        let file = Some(Roots::File("/etc/ca.pem".into()));
        assert_eq!(read("mysql://r@db/shop?ssl-ca=/etc/ca.pem").tls, file);
        let with = |text: &str, mode| read(text).with_tls(mode, None).unwrap().tls;
        assert_eq!(with("mysql://r@db/shop", Some("disabled")), None);
        assert_eq!(
            with("mysql://r@db/shop?ssl-ca=/etc/ca.pem", Some("required")),
            file
        );
        assert_eq!(
            with("mysql://r@localhost/shop", Some("required")),
            Some(Roots::System)
        );
    }

    #[test]
    fn the_host_of_wp_config_is_understood_in_all_its_forms() {
        for (text, way) in [
            ("db", network("db", 3306)),
            ("db.example:3307", network("db.example", 3307)),
            ("p:10.0.0.5", network("10.0.0.5", 3306)),
            ("localhost:3307", network("localhost", 3307)),
            ("[2001:db8::1]:3307", network("2001:db8::1", 3307)),
            ("[::1]", network("::1", 3306)),
            ("2001:db8::1", network("2001:db8::1", 3306)),
            ("localhost:/tmp/my.sock", Way::Socket("/tmp/my.sock".into())),
            ("localhost:3306:/tmp/my.sock", Way::Socket("/tmp/my.sock".into())),
            (":/tmp/my.sock", Way::Socket("/tmp/my.sock".into())),
            ("/tmp/my.sock", Way::Socket("/tmp/my.sock".into())),
        ] {
            assert_eq!(way_of(text), Some(way), "{text}");
        }
        for bad in ["db:port", "db:99999", "[::1", "a b", "user@host", ":3306"] {
            assert_eq!(way_of(bad), None, "{bad}");
        }
        assert_eq!(way_of("localhost"), Some(local()));
        assert_eq!(way_of(""), Some(local()));
    }
}
