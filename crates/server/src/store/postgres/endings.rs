//! A node's own journal of endings, and a shared database that was put back to an earlier day.
//!
//! Whatever ends, here or at another node, is appended to the journal of every node that runs: what this node ends
//! before it is acknowledged, what others end when this node hears of it. The database remembers how far each journal
//! has been told to it. When it remembers less than this node once brought it to, it is an older copy, put in place
//! under running nodes or while they were stopped: it is told again what it has forgotten, and the audit log says so.

use std::{
    collections::HashSet,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio_postgres::Row;
use uuid::Uuid;

use super::{
    audit,
    engine::{Db, Engine, Mode},
    sessions, settings,
};
use crate::{
    audit::AuditEntry,
    clock::Clock,
    error::ServerError,
    store::{
        Ended, StoreError,
        journal::{Applied, Journal, Line},
    },
};

/// The journal of a node, and what is known about it.
pub(super) struct Endings {
    journal: Arc<Journal>,
    clock: Clock,
    standing: Mutex<Standing>,
}

struct Standing {
    /// What the database remembered when it was last asked or told.
    applied: Applied,
    /// What this node ended since it last compared itself with the database.
    own: HashSet<Uuid>,
}

/// What the database is told.
struct Forgotten {
    setting: String,
    lines: Vec<Line>,
    applied: Applied,
    now: i64,
}

impl Endings {
    /// Opens the node's journal, or begins one with what the database knows, and makes each know what the other knows.
    pub(super) async fn open(data_dir: &Path, engine: &Engine, clock: Clock) -> Result<Self, ServerError> {
        if !Journal::is_begun(data_dir) {
            let known = engine.read(0, |db, from| Box::pin(after(db, *from)));
            let (known, _) = known.await.map_err(ServerError::OpenDatabase)?;
            Journal::begin(data_dir, known)?;
        }
        let journal = Arc::new(Journal::open(data_dir)?);
        let endings = Self {
            standing: Mutex::new(Standing {
                applied: Applied {
                    journal: journal.id(),
                    bytes: 0,
                    ending: 0,
                },
                own: HashSet::new(),
            }),
            journal,
            clock,
        };
        let known = engine.read(endings.setting(), |db, setting| {
            Box::pin(settings::value(db, setting))
        });
        let known = known.await.map_err(ServerError::OpenDatabase)?;
        let told = endings.tell_all(engine, known).await;
        told.map_err(ServerError::OpenDatabase)?;
        let heard = endings.hear_all(engine, &HashSet::new()).await;
        heard.map_err(ServerError::OpenDatabase)?;
        Ok(endings)
    }

    /// Takes what this node ended to its disk.
    pub(super) async fn keep(&self, gone: Vec<Uuid>, ended: Ended) -> Result<(), StoreError> {
        self.standing().own.extend(&gone);
        let line = Line {
            sessions: gone,
            ended,
        };
        self.append(vec![line]).await.map(|_| ())
    }

    /// Looks whether the database has gone back, or on. Says which sessions it had to be told about.
    pub(super) async fn follow(
        &self,
        engine: &Engine,
        newest: i64,
        known: Option<String>,
    ) -> Result<Vec<Uuid>, StoreError> {
        let (applied, own) = {
            let standing = self.standing();
            (standing.applied, standing.own.clone())
        };
        let remembered = known
            .and_then(|text| serde_json::from_str::<Applied>(&text).ok())
            .map_or(0, |known| known.bytes);
        let is_older = remembered < applied.bytes || !self.are_known(engine, &own).await?;
        let told = match is_older {
            true => self.tell_all(engine, None).await?,
            false => Vec::new(),
        };
        if is_older || newest > applied.ending || !own.is_empty() {
            self.hear_all(engine, &own).await?;
        }
        Ok(told)
    }

    /// Whether the database has what this node ended since it last asked.
    async fn are_known(&self, engine: &Engine, own: &HashSet<Uuid>) -> Result<bool, StoreError> {
        if own.is_empty() {
            return Ok(true);
        }
        let own = own.iter().copied().collect();
        let missing = engine.read(own, |db, own: &Vec<Uuid>| Box::pin(unknown(db, own)));
        Ok(missing.await?.is_empty())
    }

    /// Name of what the database remembers of this journal.
    pub(super) fn setting(&self) -> String {
        format!("endings_journal/{}", self.journal.id())
    }

    /// Tells the database what it does not know, and says which sessions that were.
    async fn tell_all(&self, engine: &Engine, known: Option<String>) -> Result<Vec<Uuid>, StoreError> {
        let setting = self.setting();
        let journal = Arc::clone(&self.journal);
        let read = tokio::task::spawn_blocking(move || journal.unknown_to(known.as_deref()));
        let (lines, applied) = read
            .await
            .map_err(|_| StoreError::Panicked)?
            .map_err(|error| StoreError::Commit(error.to_string()))?;
        let forgotten = Forgotten {
            setting,
            lines,
            applied,
            now: self.clock.seconds(),
        };
        let told = engine
            .write(Mode::Transaction, forgotten, |db, forgotten| {
                Box::pin(tell(db, forgotten))
            })
            .await?;
        if !told.is_empty() {
            tracing::warn!(
                sessions = told.len(),
                "the database had forgotten that these sessions ended; they stay ended"
            );
        }
        self.standing().applied = applied;
        Ok(told)
    }

    /// Appends what the database knows and this journal does not; `own` is in both.
    async fn hear_all(&self, engine: &Engine, own: &HashSet<Uuid>) -> Result<(), StoreError> {
        let before = self.standing().applied;
        let (mut lines, ending) = engine
            .read(before.ending, |db, from| Box::pin(after(db, *from)))
            .await?;
        for line in &mut lines {
            line.sessions.retain(|session| !own.contains(session));
        }
        lines.retain(|line| !line.sessions.is_empty());
        let bytes = self.append(lines).await?;
        let applied = Applied {
            bytes,
            ending: ending.max(before.ending),
            ..before
        };
        if applied == before {
            self.standing().own.retain(|session| !own.contains(session));
            return Ok(());
        }
        let text = serde_json::to_string(&applied)?;
        engine
            .write(Mode::Single, (self.setting(), text), |db, (setting, text)| {
                Box::pin(remember(db, setting, text))
            })
            .await?;
        let mut standing = self.standing();
        standing.applied = applied;
        standing.own.retain(|session| !own.contains(session));
        Ok(())
    }

    async fn append(&self, lines: Vec<Line>) -> Result<u64, StoreError> {
        let journal = Arc::clone(&self.journal);
        let appending = tokio::task::spawn_blocking(move || journal.add(&lines));
        appending.await.map_err(|_| StoreError::Panicked)?
    }

    fn standing(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Endings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Endings")
    }
}

/// The endings of the database after a number, and the highest number there is.
async fn after(db: &Db, from: i64) -> Result<(Vec<Line>, i64), StoreError> {
    let rows = db
        .all(
            "SELECT sequence, session, ended FROM endings WHERE sequence > $1 ORDER BY sequence",
            &[&from],
        )
        .await?;
    let line = |row: &Row| -> Result<(i64, Line), StoreError> {
        let line = Line {
            sessions: vec![row.try_get(1)?],
            ended: serde_json::from_str(row.try_get(2)?)?,
        };
        Ok((row.try_get(0)?, line))
    };
    let lines: Vec<(i64, Line)> = rows.iter().map(line).collect::<Result<_, _>>()?;
    let last = lines.last().map_or(from, |(number, _)| *number);
    Ok((lines.into_iter().map(|(_, line)| line).collect(), last))
}

/// Those of the sessions that the database does not know to be over.
async fn unknown(db: &Db, sessions: &[Uuid]) -> Result<Vec<Uuid>, StoreError> {
    let rows = db
        .all(
            "SELECT told.session FROM unnest($1::UUID[]) AS told (session)
             WHERE NOT EXISTS (SELECT 1 FROM endings WHERE endings.session = told.session)",
            &[&sessions],
        )
        .await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

/// Ends what the database does not know to be over.
async fn tell(db: &Db, forgotten: &Forgotten) -> Result<Vec<Uuid>, StoreError> {
    let all: Vec<Uuid> = forgotten
        .lines
        .iter()
        .flat_map(|line| line.sessions.iter().copied())
        .collect();
    let mut unknown: HashSet<Uuid> = unknown(db, &all).await?.into_iter().collect();
    let mut told = Vec::new();
    for line in &forgotten.lines {
        let news: Vec<Uuid> = line
            .sessions
            .iter()
            .copied()
            .filter(|session| unknown.remove(session))
            .collect();
        if news.is_empty() {
            continue;
        }
        let text = serde_json::to_string(&line.ended)?;
        sessions::note_endings(db, &news, &text).await?;
        db.run(
            "UPDATE sessions SET ended_at = $2, ended = $3 WHERE id = ANY($1) AND ended_at IS NULL",
            &[&news, &line.ended.at, &text],
        )
        .await?;
        told.extend(news);
    }
    if !told.is_empty() {
        audit::append(db, &AuditEntry::endings_told(forgotten.now, told.len())).await?;
    }
    remember(
        db,
        &forgotten.setting,
        &serde_json::to_string(&forgotten.applied)?,
    )
    .await?;
    Ok(told)
}

async fn remember(db: &Db, setting: &str, text: &str) -> Result<(), StoreError> {
    db.run(
        "INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        &[&setting, &text],
    )
    .await?;
    Ok(())
}
