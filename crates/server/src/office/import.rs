//! Bringing over the people of a WordPress site, with the passwords they have.
//!
//! Read is the site's own database, or a table as `wp user list` or a database tool exports it. Nothing that is here
//! already is ever changed: somebody with the same username or e-mail address stays as they are. The run that writes
//! nothing is the default.

use std::{collections::BTreeSet, fs, io, path::Path};

use serde::Serialize;

use super::Office;
use crate::{
    ServerError,
    accounts::{PasswordHash, Role, wordpress as hashes},
    admin::draft::Draft,
    audit::{AuditEntry, AuditKind},
    html::unescape,
};

use self::table::Row;

pub(crate) mod table;
mod wordpress;

pub use wordpress::{AddressFault, ConfigFault, Tables, WordPressAddress, WordPressError, WordPressSite};

/// Largest file that is read, in bytes.
const FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// What would come, or came, of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A new account, with the password it had.
    New,
    /// A new account that needs a password before anybody can sign in: the old one is kept in an unknown way.
    NewWithoutPassword,
    /// Somebody here has this username or e-mail address. Left as it is.
    Exists,
    /// No role that works at a till: a customer or a reader.
    NoRole,
    /// A username or an e-mail address that makes no sense.
    Unusable,
}

/// One row of the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ImportLine {
    /// The username.
    pub username: String,
    /// The role it gets, or would get.
    pub role: Option<&'static str>,
    /// What came of it.
    pub outcome: Outcome,
}

impl Office {
    /// Reads accounts from a CSV file; writes them only when `writes` is set. `progress` hears how many of how many
    /// rows are done.
    ///
    /// # Errors
    /// [`ServerError::ReadImport`] and [`ServerError::ImportLayout`], else the database's. What was written before
    /// stays; a second run goes on from there.
    pub async fn import(
        &self,
        path: &Path,
        writes: bool,
        mut progress: impl FnMut(usize, usize),
    ) -> Result<Vec<ImportLine>, ServerError> {
        let text = read(path).map_err(|source| ServerError::ReadImport {
            path: path.to_owned(),
            source,
        })?;
        let rows = table::rows(&text).map_err(|column| ServerError::ImportLayout {
            path: path.to_owned(),
            column,
        })?;
        let total = rows.len();
        let mut run = Run::new(writes);
        for (done, row) in rows.iter().enumerate() {
            self.bring(row, &mut run).await?;
            progress(done + 1, total);
        }
        self.finish(run).await
    }

    /// Reads accounts from a WordPress site's database; else as [`Office::import`].
    ///
    /// # Errors
    /// [`ServerError::ReadWordPress`], else the database's. What was written before stays; a second run goes on from
    /// there.
    pub async fn import_site(
        &self,
        mut site: WordPressSite,
        writes: bool,
        mut progress: impl FnMut(usize, usize),
    ) -> Result<Vec<ImportLine>, ServerError> {
        let mut run = Run::new(writes);
        loop {
            let rows = site.next().await?;
            if rows.is_empty() {
                break;
            }
            for row in &rows {
                self.bring(row, &mut run).await?;
                progress(run.lines.len(), site.total());
            }
        }
        site.close().await;
        self.finish(run).await
    }

    async fn bring(&self, row: &Row, run: &mut Run) -> Result<(), ServerError> {
        let draft = draft(row);
        let role = role_in(&row.roles);
        let outcome = match role {
            None => Outcome::NoRole,
            Some(role) => self.outcome(&draft, row, role, run).await?,
        };
        run.lines.push(ImportLine {
            username: draft.username,
            role: role.map(Role::slug),
            outcome,
        });
        Ok(())
    }

    /// What comes of somebody with a role; with it they are written, where that was asked for.
    async fn outcome(
        &self,
        draft: &Draft,
        row: &Row,
        role: Role,
        run: &mut Run,
    ) -> Result<Outcome, ServerError> {
        if draft.fault().is_some() {
            return Ok(Outcome::Unusable);
        }
        let is_here = self.store.account_named(&draft.username).await?.is_some()
            || self.store.account_named(&draft.email).await?.is_some();
        if run.is_repeated(draft) || is_here {
            return Ok(Outcome::Exists);
        }
        let password =
            hashes::is_known(&row.password).then(|| PasswordHash::from_stored(row.password.clone()));
        let outcome = match password {
            Some(_) => Outcome::New,
            None => Outcome::NewWithoutPassword,
        };
        if run.writes {
            let mut account = draft.account(role, self.clock.seconds());
            account.password = password;
            let sentence = format!(
                "the command line brought over {} from WordPress, as {}",
                account.display_name(),
                role.title()
            );
            self.save(account, AuditKind::AccountCreated, sentence).await?;
        }
        Ok(outcome)
    }

    async fn finish(&self, run: Run) -> Result<Vec<ImportLine>, ServerError> {
        let count = run.lines.iter().filter(|line| line.is_new()).count();
        if run.writes && count > 0 {
            let sentence = format!("the command line brought over {count} accounts from WordPress");
            let entry = AuditEntry::new(self.clock.seconds(), AuditKind::Imported, sentence);
            self.store.audit(entry).await?;
        }
        Ok(run.lines)
    }
}

/// A run on its way.
struct Run {
    writes: bool,
    lines: Vec<ImportLine>,
    /// Usernames and e-mail addresses of staff so far: a run that writes nothing must see repetitions, too.
    seen: BTreeSet<String>,
}

impl Run {
    fn new(writes: bool) -> Self {
        Self {
            writes,
            lines: Vec::new(),
            seen: BTreeSet::new(),
        }
    }

    /// Whether somebody before had this username or e-mail address.
    fn is_repeated(&mut self, draft: &Draft) -> bool {
        let has_new_name = self.seen.insert(draft.username.to_lowercase());
        let has_new_email = self.seen.insert(draft.email.to_lowercase());
        !(has_new_name && has_new_email)
    }
}

impl ImportLine {
    /// Whether it makes an account.
    #[must_use]
    pub fn is_new(&self) -> bool {
        matches!(self.outcome, Outcome::New | Outcome::NewWithoutPassword)
    }
}

fn read(path: &Path) -> io::Result<String> {
    if fs::metadata(path)?.len() > FILE_BYTES_MAX {
        return Err(io::Error::other("the file is larger than 64 MiB"));
    }
    fs::read_to_string(path)
}

/// WordPress keeps names as they stand in a page.
fn draft(row: &Row) -> Draft {
    let shown = unescape(&row.display_name);
    let (first_name, last_name) = match shown.rsplit_once(' ') {
        _ if !(row.first_name.is_empty() && row.last_name.is_empty()) => {
            (unescape(&row.first_name), unescape(&row.last_name))
        }
        Some((first, last)) => (first.to_owned(), last.to_owned()),
        None => (shown, String::new()),
    };
    Draft {
        username: row.username.clone(),
        email: row.email.clone(),
        first_name,
        last_name,
        role: String::new(),
    }
}

/// The highest role in a list (`shop_manager,customer`) or in what WordPress keeps
/// (`a:1:{s:13:"administrator";b:1;}`).
pub(crate) fn role_in(text: &str) -> Option<Role> {
    let words: Vec<&str> = text
        .split(|letter: char| !(letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-')))
        .collect();
    [
        ("administrator", Role::Administrator),
        ("shop_manager", Role::ShopManager),
        ("cashier", Role::Cashier),
    ]
    .into_iter()
    .find(|(slug, _)| words.contains(slug))
    .map(|(_, role)| role)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Clock, store::sqlite::Sqlite};

    const USERS: &str = "ID,user_login,user_email,user_pass,display_name,roles\r\n\
        1,eva,eva@shop.example,$P$B7nKq2wXsCOUm2d2Zim9ocagQanHhn1,Eva Maria Lund,administrator\r\n\
        2,finn,finn@shop.example,5f4dcc3b5aa765d61d8327deb882cf99,Finn,\"a:2:{s:7:\"\"cashier\"\";b:1;s:8:\"\"customer\"\";b:1;}\"\r\n\
        3,gus,gus@home.example,$P$B7nKq2wXsCOUm2d2Zim9ocagQanHhn1,Gus,customer\r\n\
        4,EVA,other@shop.example,$P$B7nKq2wXsCOUm2d2Zim9ocagQanHhn1,Eva,cashier\r\n\
        5,bad name<>,x@shop.example,,X,cashier\r\n";

    fn outcomes(lines: &[ImportLine]) -> Vec<Outcome> {
        lines.iter().map(|line| line.outcome).collect()
    }

    #[tokio::test]
    async fn a_dry_run_writes_nothing_and_says_the_same_as_the_real_one() {
        let home = tempfile::tempdir().unwrap();
        drop(Sqlite::open(home.path(), &Clock::system()).unwrap());
        let office = Office::at(home.path(), Clock::standing_at(1)).await.unwrap();
        let file = home.path().join("users.csv");
        fs::write(&file, USERS).unwrap();
        let mut steps = Vec::new();
        let dry = office
            .import(&file, false, |done, of| steps.push((done, of)))
            .await
            .unwrap();
        assert_eq!(steps, [(1, 5), (2, 5), (3, 5), (4, 5), (5, 5)]);
        assert!(office.people().await.unwrap().is_empty());
        let real = office.import(&file, true, |_, _| {}).await.unwrap();
        assert_eq!(dry, real);
        let expected = [
            Outcome::New,
            Outcome::NewWithoutPassword,
            Outcome::NoRole,
            Outcome::Exists,
            Outcome::Unusable,
        ];
        assert_eq!(outcomes(&real), expected);
        let people = office.people().await.unwrap();
        let seen: Vec<_> = people
            .iter()
            .map(|one| (one.name.as_str(), one.role, one.has_password))
            .collect();
        assert_eq!(
            seen,
            [
                ("Eva Maria Lund", "administrator", true),
                ("Finn", "cashier", false)
            ]
        );
    }

    #[tokio::test]
    async fn a_second_run_overwrites_nobody() {
        let home = tempfile::tempdir().unwrap();
        drop(Sqlite::open(home.path(), &Clock::system()).unwrap());
        let office = Office::at(home.path(), Clock::standing_at(1)).await.unwrap();
        let file = home.path().join("users.csv");
        fs::write(&file, USERS).unwrap();
        office.import(&file, true, |_, _| {}).await.unwrap();
        let before = office.people().await.unwrap();
        fs::write(
            &file,
            USERS.replace("Eva Maria Lund,administrator", "Somebody,cashier"),
        )
        .unwrap();
        let again = office.import(&file, true, |_, _| {}).await.unwrap();
        assert_eq!(outcomes(&again)[..2], [Outcome::Exists, Outcome::Exists]);
        assert_eq!(office.people().await.unwrap(), before);
    }

    #[test]
    fn names_of_their_own_go_before_the_one_that_is_shown() {
        let named = |display_name: &str, first_name: &str, last_name: &str| {
            let draft = draft(&Row {
                display_name: display_name.into(),
                first_name: first_name.into(),
                last_name: last_name.into(),
                ..Row::default()
            });
            (draft.first_name, draft.last_name)
        };
        let pair = |first: &str, last: &str| (first.to_owned(), last.to_owned());
        assert_eq!(named("Eva Maria Lund", "", ""), pair("Eva Maria", "Lund"));
        assert_eq!(named("boss", "Eva", "de la Cruz"), pair("Eva", "de la Cruz"));
        assert_eq!(named("boss", "", "Lund"), pair("", "Lund"));
        assert_eq!(named("Lund &amp; Søn", "", ""), pair("Lund &", "Søn"));
    }

    #[test]
    fn the_highest_role_counts_and_a_customer_is_no_staff() {
        assert_eq!(role_in("customer,shop_manager"), Some(Role::ShopManager));
        assert_eq!(
            role_in("a:1:{s:13:\"administrator\";b:1;}"),
            Some(Role::Administrator)
        );
        assert_eq!(role_in("customer subscriber editor"), None);
        assert_eq!(role_in("not_administrator"), None);
        assert_eq!(role_in(""), None);
    }
}
