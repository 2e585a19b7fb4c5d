//! The office: what an owner does on the store's own machine, on its database itself.
//!
//! It works beside running servers: all open the same database, embedded or shared, and a server sees what changed at
//! its next look. Whoever may write into the data directory, or knows the address of the shared database with its
//! password, is the owner; nobody is asked for more.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use serde::Serialize;

use crate::{
    Clock, KeyFacts, Rotation, ServeOptions, ServerError, StoreError,
    admin::cell,
    audit::{AuditEntry, AuditKind, AuditQuery, AuditRow, Party},
    clock::written,
    fold::words,
    keys, opening,
    store::{Store, Window},
};

pub(crate) mod import;
mod people;

pub use import::{
    AddressFault, ConfigFault, ImportLine, Outcome, Tables, WordPressAddress, WordPressError, WordPressSite,
};
pub use people::{Ends, NewPerson, PersonLine, SessionLine};

/// The first line of an audit log as CSV.
pub const AUDIT_CSV_HEAD: &str = "id,time_utc,kind,who,whom,session,address,what";

/// Most entries of the audit log that are read at a time.
const AUDIT_PAGE: u32 = 500;

/// A store's database, opened by its owner.
#[derive(Debug)]
pub struct Office {
    store: Arc<dyn Store>,
    clock: Clock,
    keys_dir: PathBuf,
}

/// What is looked for in the audit log.
#[derive(Debug, Clone, Default)]
pub struct AuditSearch {
    /// First moment, seconds since 1970.
    pub since: Option<i64>,
    /// First moment that is too late, seconds since 1970.
    pub until: Option<i64>,
    /// Kind of entry, `sign_in`; a name nobody knows finds nothing.
    pub kind: Option<String>,
    /// Words that must occur.
    pub words: String,
    /// Most entries to read, newest first; all of them when absent.
    pub limit: Option<u32>,
}

/// One entry of the audit log, for people and for programs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditLine {
    /// Rises with every entry.
    pub id: i64,
    /// When, UTC, `2026-11-23T02:56:33Z`.
    pub at: String,
    /// Kind of entry, `sign_in`.
    pub kind: &'static str,
    /// Who did it.
    pub actor: String,
    /// To whom.
    pub subject: String,
    /// First characters of a session's key.
    pub session: String,
    /// Where the request came from.
    pub address: String,
    /// What happened.
    pub sentence: String,
}

impl Office {
    /// Opens the database that a server with these options opens: the embedded one of a store that is there already,
    /// or a shared one.
    ///
    /// # Errors
    /// [`ServerError::NoStore`] when there is none, else why its settings or its database cannot be used.
    pub async fn open(options: &ServeOptions) -> Result<Self, ServerError> {
        let config = options.layers()?.config()?;
        Ok(Self {
            store: opening::open_office(options, &config).await?,
            clock: options.clock.clone(),
            keys_dir: options
                .keys_dir
                .clone()
                .unwrap_or_else(|| options.data_dir.clone()),
        })
    }

    /// The office of an embedded store, for a test.
    #[cfg(test)]
    pub(crate) async fn at(home: &Path, clock: Clock) -> Result<Self, ServerError> {
        Self::open(&ServeOptions {
            clock,
            ..ServeOptions::by_settings(home)
        })
        .await
    }

    /// The signing keys of the store, oldest first.
    ///
    /// # Errors
    /// [`ServerError::KeysMissing`] and [`ServerError::KeysDamaged`].
    pub fn signing_keys(&self) -> Result<Vec<KeyFacts>, ServerError> {
        keys::signing_keys(&self.keys_dir, &self.clock)
    }

    /// Rotates a key, notes it, and says the name of the signing key that acts or takes over.
    ///
    /// # Errors
    /// As [`rotate_keys`](crate::rotate_keys), and why the database cannot be written.
    pub async fn rotate_keys(&self, rotation: Rotation) -> Result<String, ServerError> {
        let kid = keys::rotate_keys(&self.keys_dir, rotation, &self.clock)?;
        let by = Party {
            id: None,
            name: "the command line".into(),
        };
        self.store
            .audit(AuditEntry::keys_rotated(self.clock.seconds(), by, rotation, &kid))
            .await?;
        Ok(kid)
    }

    /// Notes that the store was copied into this file.
    ///
    /// # Errors
    /// Why the database cannot be written.
    pub async fn note_backup(&self, to: &Path) -> Result<(), StoreError> {
        let sentence = format!("the command line copied the store to {}", to.display());
        self.note(AuditKind::Backup, sentence).await
    }

    /// Notes that this copy was put in the place of the store.
    ///
    /// # Errors
    /// Why the database cannot be written.
    pub async fn note_restore(&self, from: &Path) -> Result<(), StoreError> {
        let sentence = format!(
            "the command line put the copy {} in the place of the store; what was there lies beside it",
            from.display()
        );
        self.note(AuditKind::Restored, sentence).await
    }

    async fn note(&self, kind: AuditKind, sentence: String) -> Result<(), StoreError> {
        let by = Party {
            id: None,
            name: "the command line".into(),
        };
        self.store
            .audit(AuditEntry::new(self.clock.seconds(), kind, sentence).by(by))
            .await
    }

    /// Entries of the audit log, newest first.
    ///
    /// # Errors
    /// Why the database cannot be read.
    pub async fn audit(&self, search: &AuditSearch) -> Result<Vec<AuditLine>, StoreError> {
        let kind = match &search.kind {
            None => None,
            Some(slug) => match AuditKind::parse(slug) {
                None => return Ok(Vec::new()),
                kind => kind,
            },
        };
        let wanted = search.limit.unwrap_or(u32::MAX) as usize;
        let mut query = AuditQuery {
            since: search.since,
            until: search.until,
            kind,
            words: words(&search.words),
            window: Some(Window {
                page: 1,
                per_page: AUDIT_PAGE,
            }),
            ..AuditQuery::default()
        };
        let mut lines = Vec::new();
        loop {
            let page = self.store.audit_log(query.clone()).await?;
            query.below = page.rows.last().map(|row| row.id);
            let is_last = page.rows.len() < AUDIT_PAGE as usize;
            lines.extend(page.rows.into_iter().map(AuditLine::from));
            if is_last || lines.len() >= wanted {
                lines.truncate(wanted);
                return Ok(lines);
            }
        }
    }
}

impl AuditLine {
    /// One line of a CSV file, without its end. What a spreadsheet would take for a formula stays text.
    #[must_use]
    pub fn csv(&self) -> String {
        let id = self.id.to_string();
        let cells = [
            &id,
            &self.at,
            self.kind,
            &self.actor,
            &self.subject,
            &self.session,
            &self.address,
            &self.sentence,
        ];
        cells.map(cell).join(",")
    }
}

impl From<AuditRow> for AuditLine {
    fn from(row: AuditRow) -> Self {
        Self {
            id: row.id,
            at: format!("{}Z", written(row.entry.at)),
            kind: row.entry.kind.slug(),
            actor: row.entry.actor.name,
            subject: row.entry.subject.name,
            session: row.entry.session,
            address: row.entry.address,
            sentence: row.entry.sentence,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sqlite::Sqlite;

    #[tokio::test]
    async fn the_office_reads_the_whole_log_page_by_page() {
        let home = tempfile::tempdir().unwrap();
        let store = Sqlite::open(home.path(), &Clock::system()).unwrap();
        let writes: Vec<_> = (0..i64::from(AUDIT_PAGE) + 7)
            .map(|at| store.audit(AuditEntry::new(at, AuditKind::Backup, format!("backup {at}"))))
            .collect();
        futures_util::future::try_join_all(writes).await.unwrap();
        let office = Office::at(home.path(), Clock::system()).await.unwrap();
        let all = office.audit(&AuditSearch::default()).await.unwrap();
        assert_eq!(all.len(), AUDIT_PAGE as usize + 7);
        assert!(all.is_sorted_by(|a, b| a.id > b.id));
        let few = AuditSearch {
            words: "backup".into(),
            kind: Some("backup".into()),
            limit: Some(3),
            ..AuditSearch::default()
        };
        assert_eq!(office.audit(&few).await.unwrap(), all[..3]);
        let unknown = AuditSearch {
            kind: Some("nothing".into()),
            ..AuditSearch::default()
        };
        assert_eq!(office.audit(&unknown).await.unwrap(), []);
    }

    #[tokio::test]
    async fn an_office_makes_no_store_where_there_is_none() {
        let home = tempfile::tempdir().unwrap();
        let error = Office::at(home.path(), Clock::system()).await.unwrap_err();
        assert!(matches!(error, ServerError::NoStore { .. }));
        assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0);
    }
}
