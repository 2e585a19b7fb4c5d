//! The people in a WordPress site's own database, MySQL or MariaDB, read over one connection that can write nothing.
//!
//! The session is read only before the first row is asked for, and everything is read in one snapshot, so that a shop
//! that goes on selling does not change what is read. Rows come in batches by number, however many there are. Of
//! customers only name and roles are read; their passwords never leave the database.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    path::PathBuf,
    time::Duration,
};

use mysql_async::{Conn, OptsBuilder, Params, Row as Found, SslOpts, prelude::Queryable as _};
use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, pem::PemObject as _},
};
use tokio::{net::lookup_host, time::timeout};

use self::address::{Roots, Way};
use super::{role_in, table::Row};

mod address;
mod config;
mod php;
mod tables;
mod trouble;

pub use address::{AddressFault, WordPressAddress};
pub use config::ConfigFault;
pub use tables::Tables;
pub use trouble::WordPressError;

/// Longest wait for a connection, and for one answer: a table of a million people is counted in less.
const ANSWER_MAX: Duration = Duration::from_secs(30);

/// People in a batch: enough that the way there and back does not count, few enough to hold.
const BATCH: usize = 500;

/// Longest text of roles that is read, in characters; WordPress writes thirty.
const ROLES_MAX: usize = 16 * 1024;

/// Keys of the names in the table of what else is known.
const NAMES: [&str; 2] = ["first_name", "last_name"];

/// A WordPress site whose people can be read, and nothing else be done.
pub struct WordPressSite {
    connection: Conn,
    address: WordPressAddress,
    tables: Tables,
    total: usize,
    /// Number of the last one that was read.
    last: u64,
}

impl fmt::Debug for WordPressSite {
    /// The driver would show the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WordPressSite({})", self.address)
    }
}

impl WordPressSite {
    /// Connects, finds the tables, and holds on to what they say now.
    ///
    /// # Errors
    /// Why the site cannot be read.
    pub async fn open(address: &WordPressAddress) -> Result<Self, WordPressError> {
        let options = options(address).await?;
        let connection = timely(Conn::new(options), address)
            .await
            .map_err(|error| error.at_the_door(address))?;
        let mut site = Self {
            connection,
            address: address.clone(),
            tables: Tables::default(),
            total: 0,
            last: 0,
        };
        for statement in [
            "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
            "SET SESSION TRANSACTION READ ONLY",
            "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
        ] {
            timely(site.connection.query_drop(statement), address).await?;
        }
        let names = site.names().await?;
        site.tables = tables::find(&names, address.table_prefix.as_deref())?;
        site.total = site.count().await?;
        Ok(site)
    }

    /// The tables that are read.
    #[must_use]
    pub fn tables(&self) -> &Tables {
        &self.tables
    }

    /// How many people there are, customers included.
    pub(super) fn total(&self) -> usize {
        self.total
    }

    /// The next people, in the order of their numbers; none when all were read.
    pub(super) async fn next(&mut self) -> Result<Vec<Row>, WordPressError> {
        let people = self.people().await?;
        let Some((last, _)) = people.last() else {
            return Ok(Vec::new());
        };
        let last = *last;
        if last <= self.last {
            return Err(WordPressError::NotUnderstood(
                "numbers of people that do not rise".into(),
            ));
        }
        let roles = self.roles(last).await?;
        self.last = last;
        let staff: BTreeSet<u64> = roles
            .iter()
            .filter(|(_, roles)| role_in(roles).is_some())
            .map(|(id, _)| *id)
            .collect();
        let mut known = self.known(&staff).await?;
        Ok(people
            .into_iter()
            .map(|(id, username)| Row {
                username,
                roles: roles.get(&id).cloned().unwrap_or_default(),
                ..known.remove(&id).unwrap_or_default()
            })
            .collect())
    }

    /// Lets go of the site.
    pub(super) async fn close(self) {
        // It had no part in anything that was written.
        let _gone = timely(self.connection.disconnect(), &self.address).await;
    }

    async fn names(&mut self) -> Result<Vec<String>, WordPressError> {
        let sql = "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND (TABLE_NAME \
                   LIKE '%users' OR TABLE_NAME LIKE '%usermeta' OR TABLE_NAME LIKE '%options') LIMIT 10000";
        let rows = self.rows(sql, Params::Empty).await?;
        Ok(rows.into_iter().map(|mut row| text(&mut row, 0)).collect())
    }

    async fn count(&mut self) -> Result<usize, WordPressError> {
        let sql = format!("SELECT COUNT(*) FROM {}", quoted(&self.tables.users));
        let rows = self.rows(&sql, Params::Empty).await?;
        let count = rows.into_iter().next().map_or(0, |mut row| number(&mut row, 0));
        Ok(usize::try_from(count).unwrap_or(usize::MAX))
    }

    /// Number and username of the next ones.
    async fn people(&mut self) -> Result<Vec<(u64, String)>, WordPressError> {
        let users = quoted(&self.tables.users);
        let sql = format!("SELECT ID, user_login FROM {users} WHERE ID > ? ORDER BY ID LIMIT {BATCH}");
        let rows = self.rows(&sql, (self.last,)).await?;
        Ok(rows
            .into_iter()
            .map(|mut row| (number(&mut row, 0), text(&mut row, 1)))
            .collect())
    }

    /// What the ones up to `last` may do at the site. Where a key is there twice, WordPress takes the first.
    async fn roles(&mut self, last: u64) -> Result<BTreeMap<u64, String>, WordPressError> {
        let usermeta = quoted(&self.tables.usermeta);
        let sql = format!(
            "SELECT user_id, LEFT(meta_value, {ROLES_MAX}) FROM {usermeta} WHERE user_id > ? AND user_id <= ? AND \
             meta_key = ? ORDER BY umeta_id"
        );
        let wanted = (self.last, last, self.tables.capabilities.clone());
        let mut roles = BTreeMap::new();
        for mut row in self.rows(&sql, wanted).await? {
            let id = number(&mut row, 0);
            roles.entry(id).or_insert_with(|| text(&mut row, 1));
        }
        Ok(roles)
    }

    /// What has to be known of those who work at a till, username and roles excepted.
    async fn known(&mut self, staff: &BTreeSet<u64>) -> Result<BTreeMap<u64, Row>, WordPressError> {
        if staff.is_empty() {
            return Ok(BTreeMap::new());
        }
        let list = staff.iter().map(u64::to_string).collect::<Vec<_>>().join(",");
        let users = quoted(&self.tables.users);
        let sql = format!("SELECT ID, user_email, user_pass, display_name FROM {users} WHERE ID IN ({list})");
        let mut known: BTreeMap<u64, Row> = BTreeMap::new();
        for mut row in self.rows(&sql, Params::Empty).await? {
            let person = Row {
                email: text(&mut row, 1),
                password: text(&mut row, 2),
                display_name: text(&mut row, 3),
                ..Row::default()
            };
            known.insert(number(&mut row, 0), person);
        }
        let usermeta = quoted(&self.tables.usermeta);
        let sql = format!(
            "SELECT user_id, meta_key, LEFT(meta_value, 250) FROM {usermeta} WHERE user_id IN ({list}) AND meta_key IN \
             (?, ?) ORDER BY umeta_id DESC"
        );
        for mut row in self.rows(&sql, (NAMES[0], NAMES[1])).await? {
            let (key, value) = (text(&mut row, 1), text(&mut row, 2));
            if let Some(person) = known.get_mut(&number(&mut row, 0)) {
                match key.eq_ignore_ascii_case(NAMES[0]) {
                    true => person.first_name = value,
                    false => person.last_name = value,
                }
            }
        }
        Ok(known)
    }

    async fn rows(
        &mut self,
        sql: &str,
        params: impl Into<Params> + Send,
    ) -> Result<Vec<Found>, WordPressError> {
        let params: Params = params.into();
        timely(self.connection.exec(sql, params), &self.address).await
    }
}

/// Waits for an answer, and not for ever.
async fn timely<T>(
    answer: impl Future<Output = Result<T, mysql_async::Error>>,
    address: &WordPressAddress,
) -> Result<T, WordPressError> {
    match timeout(ANSWER_MAX, answer).await {
        Ok(answer) => answer.map_err(|error| WordPressError::of(error, address)),
        Err(_) => Err(WordPressError::Silent {
            seconds: ANSWER_MAX.as_secs(),
        }),
    }
}

/// A name of a table as it stands in a statement.
fn quoted(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

/// A cell as text; empty where there is none. Nothing in a foreign database is worth a crash.
fn text(row: &mut Found, at: usize) -> String {
    let bytes: Vec<u8> = row.take_opt(at).and_then(Result::ok).unwrap_or_default();
    String::from_utf8_lossy(&bytes).trim().to_owned()
}

fn number(row: &mut Found, at: usize) -> u64 {
    row.take_opt(at).and_then(Result::ok).unwrap_or_default()
}

/// How to connect.
async fn options(address: &WordPressAddress) -> Result<OptsBuilder, WordPressError> {
    let options = OptsBuilder::default()
        .user(Some(address.user.clone()))
        .pass(Some(address.password.expose().to_owned()).filter(|password| !password.is_empty()))
        .db_name(Some(address.database.clone()))
        // The driver would leave the way that was asked for.
        .prefer_socket(false)
        .ssl_opts(address.tls.as_ref().map(tls).transpose()?);
    match &address.way {
        Way::Socket(path) => Ok(options.ssl_opts(None).socket(Some(path.to_string_lossy()))),
        Way::Network { host, port } => {
            let found = timeout(ANSWER_MAX, lookup_host((host.as_str(), *port)))
                .await
                .map_err(|_| WordPressError::Silent {
                    seconds: ANSWER_MAX.as_secs(),
                })?
                .map_err(|source| WordPressError::NoSuchHost {
                    host: host.clone(),
                    source,
                })?;
            let addresses: Vec<_> = found.map(|address| address.ip()).collect();
            Ok(options
                .ip_or_hostname(host)
                .tcp_port(*port)
                .resolved_ips(Some(addresses)))
        }
    }
}

/// Whose certificates count; chain and name are always checked.
fn tls(roots: &Roots) -> Result<SslOpts, WordPressError> {
    let certificates: Vec<CertificateDer<'static>> = match roots {
        // One that makes no sense in the system's list takes nothing from the others.
        Roots::System => rustls_native_certs::load_native_certs()
            .certs
            .into_iter()
            .filter(|certificate| RootCertStore::empty().add(certificate.clone()).is_ok())
            .collect(),
        Roots::File(path) => pem(path)?,
    };
    let buffers = certificates
        .into_iter()
        .map(|certificate| certificate.to_vec().into())
        .collect();
    Ok(SslOpts::default()
        .with_disable_built_in_roots(true)
        .with_root_certs(buffers))
}

fn pem(path: &PathBuf) -> Result<Vec<CertificateDer<'static>>, WordPressError> {
    let unreadable = |source| WordPressError::Roots {
        path: path.clone(),
        source,
    };
    let certificates: Vec<_> = CertificateDer::pem_file_iter(path)
        .map_err(unreadable)?
        .collect::<Result<_, _>>()
        .map_err(unreadable)?;
    match certificates.is_empty() {
        true => Err(unreadable(rustls::pki_types::pem::Error::NoItemsFound)),
        false => Ok(certificates),
    }
}
