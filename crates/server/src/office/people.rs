//! Accounts and sessions, from the shell.

use evertill_issuer::Ending;
use evertill_wire::Password;
use serde::Serialize;
use uuid::Uuid;

use super::Office;
use crate::{
    ServerError,
    accounts::{Memory, PasswordHash, Role, password_fault},
    admin::draft::Draft,
    audit::{AuditEntry, AuditKind, Party, shown},
    clock::written,
    store::{Account, Ended, Listed, RecentQuery, Saved, Which},
};

/// Who ended a session or changed an account, where nobody was asked for a name.
const BY: &str = "the command line";

/// Sessions that are looked at.
const SESSIONS_MAX: u32 = 100_000;

/// Somebody who works in the shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PersonLine {
    /// Number of the account.
    pub id: i64,
    /// What they sign in with.
    pub username: String,
    /// Their e-mail address.
    pub email: String,
    /// The name to show.
    pub name: String,
    /// `administrator`, `shop_manager` or `cashier`.
    pub role: &'static str,
    /// Whether they can sign in at all.
    pub is_disabled: bool,
    /// Whether a password is set.
    pub has_password: bool,
}

/// A living session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SessionLine {
    /// First characters of its key.
    pub key: String,
    /// What the owner calls it; empty where nobody named it.
    pub name: String,
    /// Whose it is.
    pub username: String,
    /// What signed in.
    pub device: String,
    /// Address it signed in from.
    pub address: String,
    /// When, UTC, `2026-11-23T02:56:33Z`.
    pub signed_in_at: String,
    /// Last renewal, UTC.
    pub renewed_at: String,
}

/// Somebody new.
#[derive(Debug, Clone, Default)]
pub struct NewPerson {
    /// What they sign in with.
    pub username: String,
    /// Their e-mail address.
    pub email: String,
    /// First name, may be empty.
    pub first_name: String,
    /// Last name, may be empty.
    pub last_name: String,
    /// `administrator`, `shop_manager` or `cashier`.
    pub role: String,
}

/// Which sessions to end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ends {
    /// The one whose key begins like this.
    One(String),
    /// All of somebody, by username or e-mail address.
    AllOf(String),
    /// All there are.
    Everybody,
}

impl Office {
    /// Everybody who works in the shop.
    ///
    /// # Errors
    /// Why the database cannot be read.
    pub async fn people(&self) -> Result<Vec<PersonLine>, ServerError> {
        let staff = self.store.staff().await?;
        Ok(staff.into_iter().map(PersonLine::from).collect())
    }

    /// Makes an account and says its number.
    ///
    /// # Errors
    /// [`ServerError::AccountRefused`] when the name is taken or anything typed makes no sense, else the database's.
    pub async fn add_person(&self, new: &NewPerson, password: Password) -> Result<i64, ServerError> {
        let role = staff_role(&new.role)?;
        let draft = Draft {
            username: new.username.trim().to_owned(),
            email: new.email.trim().to_owned(),
            first_name: new.first_name.trim().to_owned(),
            last_name: new.last_name.trim().to_owned(),
            role: new.role.clone(),
        };
        if let Some(why) = draft
            .fault()
            .or_else(|| password_fault(&password, &draft.username))
        {
            return Err(ServerError::AccountRefused { why });
        }
        let mut account = draft.account(role, self.clock.seconds());
        account.password = Some(hashed(password).await?);
        let sentence = format!(
            "{BY} made an account for {}, as {}",
            account.display_name(),
            role.title()
        );
        self.save(account, AuditKind::AccountCreated, sentence).await
    }

    /// Sets a password; ends the sessions of the account as well unless told not to, and says how many.
    ///
    /// # Errors
    /// [`ServerError::NoSuchPerson`], [`ServerError::AccountRefused`], else the database's.
    pub async fn set_password(
        &self,
        login: &str,
        password: Password,
        ends_sessions: bool,
    ) -> Result<usize, ServerError> {
        let mut account = self.find(login).await?;
        if let Some(why) = password_fault(&password, &account.username) {
            return Err(ServerError::AccountRefused { why });
        }
        account.password = Some(hashed(password).await?);
        account.modified_at = self.clock.seconds();
        let sentence = format!("{BY} set a new password for {}", account.display_name());
        self.save(account, AuditKind::PasswordChanged, sentence).await?;
        match ends_sessions {
            true => {
                self.end_sessions(&Ends::AllOf(login.to_owned()), "password changed")
                    .await
            }
            false => Ok(0),
        }
    }

    /// Gives a role: `administrator`, `shop_manager` or `cashier`.
    ///
    /// # Errors
    /// [`ServerError::NoSuchPerson`], [`ServerError::AccountRefused`], else the database's.
    pub async fn set_role(&self, login: &str, role: &str) -> Result<(), ServerError> {
        let role = staff_role(role)?;
        let mut account = self.find(login).await?;
        let sentence = format!(
            "{BY} changed the account of {}: {} to {}",
            account.display_name(),
            account.role.title(),
            role.title()
        );
        account.role = role;
        account.modified_at = self.clock.seconds();
        self.save(account, AuditKind::AccountChanged, sentence).await?;
        Ok(())
    }

    /// Switches an account off, which ends its sessions, or on again; says how many ended.
    ///
    /// # Errors
    /// [`ServerError::NoSuchPerson`], [`ServerError::AccountRefused`], else the database's.
    pub async fn set_disabled(&self, login: &str, is_disabled: bool) -> Result<usize, ServerError> {
        let mut account = self.find(login).await?;
        let now = self.clock.seconds();
        account.disabled_at = is_disabled.then_some(now);
        account.modified_at = now;
        let verb = if is_disabled { "off" } else { "on" };
        let sentence = format!("{BY} switched the account of {} {verb}", account.display_name());
        self.save(account, AuditKind::AccountChanged, sentence).await?;
        match is_disabled {
            true => {
                self.end_sessions(&Ends::AllOf(login.to_owned()), "account switched off")
                    .await
            }
            false => Ok(0),
        }
    }

    /// Living sessions, newest first; of one person or of all.
    ///
    /// # Errors
    /// [`ServerError::NoSuchPerson`], else the database's.
    pub async fn sessions(&self, login: Option<&str>) -> Result<Vec<SessionLine>, ServerError> {
        let account_id = match login {
            None => None,
            Some(login) => Some(self.find(login).await?.id),
        };
        let query = RecentQuery {
            account_id,
            limit: SESSIONS_MAX,
            ..living()
        };
        let found = self.store.recent_sessions(query).await?;
        Ok(found.iter().map(line).collect())
    }

    /// Ends sessions and says how many. A server that runs on the data directory refuses them within a second.
    ///
    /// # Errors
    /// [`ServerError::NoSuchPerson`] and [`ServerError::NoSuchSession`], else the database's.
    pub async fn end_sessions(&self, ends: &Ends, reason: &str) -> Result<usize, ServerError> {
        let (which, whom) = match ends {
            Ends::One(key) => self.one(key).await?,
            Ends::AllOf(login) => {
                let account = self.find(login).await?;
                let which = Which::AllOf {
                    account_id: account.id,
                    except: None,
                };
                (which, Party::of(&account))
            }
            Ends::Everybody => {
                let whom = Party {
                    id: None,
                    name: "everybody".into(),
                };
                (Which::Everybody { except: None }, whom)
            }
        };
        let ended = Ended {
            reason: Ending::Revoked,
            at: self.clock.seconds(),
            by_id: 0,
            by: BY.into(),
            by_role: String::new(),
            note: reason
                .trim()
                .chars()
                .filter(|letter| !letter.is_control())
                .take(200)
                .collect(),
        };
        let gone = self.store.end_sessions(which, ended.clone()).await?;
        if let Some(mut entry) = AuditEntry::sessions_ended(&ended, whom, gone.len()) {
            if let Which::One { id, .. } = which {
                entry = entry.in_session(id);
            }
            self.store.audit(entry).await?;
        }
        Ok(gone.len())
    }

    async fn one(&self, key: &str) -> Result<(Which, Party), ServerError> {
        let found = match keys_with(key) {
            None => Vec::new(),
            keys => {
                let query = RecentQuery {
                    keys,
                    limit: 10,
                    ..living()
                };
                self.store.recent_sessions(query).await?
            }
        };
        let [Listed { session, account, .. }] = found.as_slice() else {
            return Err(ServerError::NoSuchSession {
                key: key.to_owned(),
                found: found.len(),
            });
        };
        let which = Which::One {
            account_id: session.account_id,
            id: session.id,
        };
        Ok((which, account.as_ref().map(Party::of).unwrap_or_default()))
    }

    async fn find(&self, login: &str) -> Result<Account, ServerError> {
        let found = self.store.account_named(login.trim()).await?;
        found
            .filter(|account| account.role != Role::Customer)
            .ok_or_else(|| ServerError::NoSuchPerson {
                login: login.to_owned(),
            })
    }

    pub(super) async fn save(
        &self,
        account: Account,
        kind: AuditKind,
        sentence: String,
    ) -> Result<i64, ServerError> {
        let entry = AuditEntry::new(self.clock.seconds(), kind, sentence)
            .by(Party {
                id: None,
                name: BY.into(),
            })
            .to(Party {
                id: (account.id != 0).then_some(account.id),
                ..Party::of(&account)
            });
        let why = match self.store.save_account(Box::new(account), entry).await? {
            Saved::Written(id) => return Ok(id),
            Saved::NameTaken => "somebody else has this username",
            Saved::EmailTaken => "somebody else has this e-mail address",
            Saved::LastOwner => "this is the only owner who can sign in",
        };
        Err(ServerError::AccountRefused { why })
    }
}

/// Sessions that have not ended.
fn living() -> RecentQuery {
    RecentQuery {
        ended_after: i64::MAX,
        ..RecentQuery::default()
    }
}

/// The first and the last key that begin like this; none where no key does.
fn keys_with(start: &str) -> Option<(Uuid, Uuid)> {
    let digits: String = start.chars().filter(|letter| *letter != '-').collect();
    let is_start = (1..=32).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let filled = |with: &str| Uuid::parse_str(&format!("{digits}{}", with.repeat(32 - digits.len()))).ok();
    match is_start {
        true => Some((filled("0")?, filled("f")?)),
        false => None,
    }
}

fn staff_role(slug: &str) -> Result<Role, ServerError> {
    Role::parse(slug)
        .filter(|role| role.may_sell())
        .ok_or(ServerError::AccountRefused {
            why: "a role is administrator, shop_manager or cashier",
        })
}

async fn hashed(password: Password) -> Result<PasswordHash, ServerError> {
    match tokio::task::spawn_blocking(move || PasswordHash::of(&password, &mut Memory::default())).await {
        Ok(hash) => hash.map_err(ServerError::HashPassword),
        Err(_) => Err(ServerError::HashPassword(crate::PasswordError::Dropped)),
    }
}

fn line(
    Listed {
        session,
        account,
        name,
    }: &Listed,
) -> SessionLine {
    SessionLine {
        key: shown(session.id),
        name: name.clone(),
        username: account
            .as_ref()
            .map(|account| account.username.clone())
            .unwrap_or_default(),
        device: session.visitor.device.browser.clone(),
        address: session.visitor.ip_address.clone(),
        signed_in_at: format!("{}Z", written(session.signed_in_at)),
        renewed_at: format!("{}Z", written(session.renewed_at)),
    }
}

impl From<Account> for PersonLine {
    fn from(account: Account) -> Self {
        Self {
            id: account.id,
            name: account.display_name(),
            role: account.role.slug(),
            is_disabled: account.disabled_at.is_some(),
            has_password: account.password.is_some(),
            username: account.username,
            email: account.email,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Clock, store::sqlite::Sqlite};

    fn eva(role: &str) -> NewPerson {
        NewPerson {
            username: "eva".into(),
            email: "eva@shop.example".into(),
            first_name: "Eva".into(),
            role: role.into(),
            ..NewPerson::default()
        }
    }

    async fn office(home: &tempfile::TempDir) -> Office {
        drop(Sqlite::open(home.path(), &Clock::system()).unwrap());
        Office::at(home.path(), Clock::standing_at(1_795_402_593))
            .await
            .unwrap()
    }

    #[tokio::test]
    async fn a_first_owner_is_made_where_there_is_nobody_and_stays_one() {
        let home = tempfile::tempdir().unwrap();
        let office = office(&home).await;
        let short = office
            .add_person(&eva("administrator"), Password::new("short"))
            .await;
        assert!(
            matches!(short, Err(ServerError::AccountRefused { .. })),
            "{short:?}"
        );
        office
            .add_person(&eva("administrator"), Password::new("a long password"))
            .await
            .unwrap();
        let twice = office
            .add_person(&eva("cashier"), Password::new("a long password"))
            .await;
        assert!(
            matches!(twice, Err(ServerError::AccountRefused { .. })),
            "{twice:?}"
        );
        for refused in [
            office.set_role("eva", "cashier").await,
            office.set_disabled("eva", true).await.map(drop),
        ] {
            assert_eq!(
                refused.unwrap_err().to_string(),
                "the account was not changed: this is the only owner who can sign in"
            );
        }
        let people = office.people().await.unwrap();
        assert_eq!(
            (people.len(), people[0].role, people[0].is_disabled),
            (1, "administrator", false)
        );
        let log = office.audit(&crate::AuditSearch::default()).await.unwrap();
        assert_eq!(log.len(), 1);
        assert_eq!(
            log[0].sentence,
            "the command line made an account for Eva, as owner"
        );
    }

    #[tokio::test]
    async fn somebody_who_is_not_there_is_named() {
        let home = tempfile::tempdir().unwrap();
        let office = office(&home).await;
        let error = office.set_role("nobody", "cashier").await.unwrap_err();
        assert_eq!(error.to_string(), "nobody is called nobody");
        let error = office
            .end_sessions(&Ends::One("ab".into()), "")
            .await
            .unwrap_err();
        assert!(matches!(error, ServerError::NoSuchSession { found: 0, .. }));
        assert_eq!(office.end_sessions(&Ends::Everybody, "").await.unwrap(), 0);
    }
}
