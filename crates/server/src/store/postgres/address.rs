//! Where the database is, and how to get there: the URL people write, without its password anywhere else.

use std::{fmt, path::PathBuf, str::FromStr};

use tokio_postgres::config::SslMode;
use url::Url;

use crate::error::ServerError;

/// What is wrong with the address of a database. Says nothing of what was written: it may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DatabaseUrlError {
    /// It is no URL at all.
    #[error("it is not a URL such as postgres://user@host/database")]
    NotAUrl,
    /// It is for something else.
    #[error("it does not begin with postgres:// or postgresql://")]
    Scheme,
    /// `sslmode` has an unknown value.
    #[error("sslmode is not one of disable, require, verify-ca and verify-full")]
    SslMode,
    /// Something in it is not known.
    #[error("a parameter in it is not known or has no sensible value")]
    Parameter,
}

/// The address of a PostgreSQL database. `Debug` and `Display` leave the password out.
#[derive(Clone, PartialEq)]
pub struct DatabaseUrl {
    config: tokio_postgres::Config,
    pub(super) tls: Option<Roots>,
    shown: String,
    has_password: bool,
}

/// Whose word counts about the database's certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Roots {
    /// The system's.
    System,
    /// That of the certificates in this file.
    File(PathBuf),
}

impl DatabaseUrl {
    pub(super) fn config(&self) -> tokio_postgres::Config {
        self.config.clone()
    }

    /// Reads an address from a place that others can read, such as the command line. No password may be in it.
    ///
    /// # Errors
    /// [`ServerError::DatabasePassword`] when there is one, [`ServerError::DatabaseUrl`] when the address makes no
    /// sense. Neither repeats it.
    pub fn in_the_open(text: &str) -> Result<Self, ServerError> {
        let url: Self = text.parse().map_err(ServerError::DatabaseUrl)?;
        match url.has_password {
            true => Err(ServerError::DatabasePassword),
            false => Ok(url),
        }
    }
}

impl FromStr for DatabaseUrl {
    type Err = DatabaseUrlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut url = Url::parse(text).map_err(|_| DatabaseUrlError::NotAUrl)?;
        if !matches!(url.scheme(), "postgres" | "postgresql") {
            return Err(DatabaseUrlError::Scheme);
        }
        // An address pasted into another one: its password would pass for a part of the database's name, and be shown.
        // A password with a `#` in it ends the address there, and the rest of it would be shown, too.
        if url.path().trim_start_matches('/').contains(['/', '@', ':']) || url.fragment().is_some() {
            return Err(DatabaseUrlError::NotAUrl);
        }
        let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        let find = |name: &str| {
            pairs
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.as_str())
        };
        let is_near = is_near(url.host_str().filter(|host| !host.is_empty()).or(find("host")));
        let roots = || find("sslrootcert").map_or(Roots::System, |path| Roots::File(path.into()));
        let tls = match find("sslmode") {
            None if is_near => None,
            Some("disable") => None,
            None | Some("require" | "verify-ca" | "verify-full") => Some(roots()),
            Some(_) => return Err(DatabaseUrlError::SslMode),
        };
        let left: Vec<_> = pairs
            .iter()
            .filter(|(key, _)| !matches!(key.as_str(), "sslmode" | "sslrootcert"))
            .collect();
        url.set_query(None);
        if !left.is_empty() {
            let query: String = url::form_urlencoded::Serializer::new(String::new())
                .extend_pairs(left)
                .finish();
            // The driver takes `+` for itself.
            url.set_query(Some(&query.replace('+', "%20")));
        }
        let mut config: tokio_postgres::Config =
            url.as_str().parse().map_err(|_| DatabaseUrlError::Parameter)?;
        config.ssl_mode(match tls {
            None => SslMode::Disable,
            Some(_) => SslMode::Require,
        });
        let has_password = config.get_password().is_some();
        // The scheme takes both; setting them only fails for URLs without a host, which have neither.
        let _ = url.set_password(None);
        url.set_query(None);
        Ok(Self {
            config,
            tls,
            shown: url.into(),
            has_password,
        })
    }
}

/// Whether the way to a database stays on this device.
pub(crate) fn is_near(host: Option<&str>) -> bool {
    match host {
        None | Some("localhost" | "[::1]" | "::1") => true,
        Some(host) if host.starts_with('/') => true,
        Some(host) => host
            .parse::<std::net::Ipv4Addr>()
            .is_ok_and(|address| address.is_loopback()),
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({})", self.shown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> DatabaseUrl {
        text.parse().unwrap()
    }

    #[test]
    fn a_password_is_used_and_never_shown() {
        let url = read("postgres://till:hunter2@db.example/shop?password=hunter2");
        assert!(url.has_password);
        assert_eq!(url.config().get_password(), Some(b"hunter2".as_slice()));
        assert_eq!(url.to_string(), "postgres://till@db.example/shop");
        for text in [format!("{url:?}"), format!("{:?}", url.config())] {
            assert!(!text.contains("hunter2"), "{text}");
        }
    }

    #[test]
    fn a_password_in_the_open_is_refused() {
        let error = DatabaseUrl::in_the_open("postgres://till:hunter2@db/shop").unwrap_err();
        assert!(matches!(error, ServerError::DatabasePassword));
        assert!(DatabaseUrl::in_the_open("postgres://till@db/shop").is_ok());
    }

    #[test]
    fn a_refusal_repeats_nothing_of_what_was_written() {
        for text in [
            "hunter2",
            "mysql://till:hunter2@db/shop",
            "postgres://till:hunter2@db/shop?sslmode=hunter2",
            "postgres://till:hunter2@db/shop?hunter2=1",
            "postgres://till:hunter2@db:hunter2/shop",
            "postgres://postgres://till:hunter2@db/shop",
            "postgres://till:12#hunter2@db/shop",
        ] {
            let error = text.parse::<DatabaseUrl>().unwrap_err();
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{text}");
        }
    }

    #[test]
    fn the_way_to_another_machine_is_encrypted_unless_somebody_says_otherwise() {
        for near in [
            "postgres://till@localhost/shop",
            "postgres://till@127.0.0.1:5432/shop",
            "postgres://till@[::1]/shop",
            "postgres:///shop?host=/run/postgresql",
            "postgres://till@db/shop?sslmode=disable",
        ] {
            assert_eq!(read(near).tls, None, "{near}");
        }
        for far in [
            "postgres://till@db/shop",
            "postgres://till@db/shop?sslmode=require",
            "postgresql://till@localhost/shop?sslmode=verify-full",
        ] {
            assert_eq!(read(far).tls, Some(Roots::System), "{far}");
        }
        let url = read("postgres://till@db/shop?sslrootcert=/etc/db-ca.pem");
        assert_eq!(url.tls, Some(Roots::File("/etc/db-ca.pem".into())));
    }

    #[test]
    fn what_the_driver_knows_is_passed_on() {
        let url = read("postgres://till@localhost/shop?options=-c%20search_path%3Dnorth&connect_timeout=2");
        assert_eq!(url.config().get_options(), Some("-c search_path=north"));
        assert_eq!(url.config().get_dbname(), Some("shop"));
    }
}
