//! Starts the doctor by itself when the same trouble comes again and again.
//!
//! The rules of the session say when that is (three times in a row over two minutes, a network that is away excepted); they leave
//! an entry in the session's journal. What the doctor finds stands on the state bar and on the session's sheet until the
//! session is well again, and in the till's own list of what happened.

use std::path::Path;
use std::sync::{Arc, PoisonError};

use evertill_session::{Event, WallTime};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::clock;
use crate::db::events::{self, EventRow};
use crate::db::{FILE, connect_to_look, goods::to_json, settings};
use crate::error::TillError;
use crate::hub::News;
use crate::till::Till;
use crate::views::bar::Standing;
use crate::web::health;

/// Kind of the event that the doctor looked by itself.
const LOOKED: &str = "doctor";

/// What the doctor found when it was started by repeated trouble.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// When, milliseconds since 1970.
    pub at_ms: i64,
    /// What is wrong, one sentence.
    pub sentence: String,
    /// The code; may be empty.
    pub code: String,
    /// What mends it.
    pub remedy: String,
    /// Who can, `whoever runs the store's website`.
    pub who: String,
}

/// Watches the session until it is told to stop.
pub(crate) async fn follow(till: Arc<Till>, mut stop: watch::Receiver<bool>) {
    let mut changes = till.session.watch();
    let mut alarm = newest_alarm(&till);
    loop {
        changes.mark_unchanged();
        let newest = newest_alarm(&till);
        if newest > alarm {
            alarm = newest;
            if let Err(error) = look(&till).await {
                tracing::error!(code = %error.code(), "could not write down what the doctor found: {error}");
            }
        }
        if matches!(till.session.standing(), Standing::Well) && till.found().is_some() {
            let forgotten = keep(&till, None).await;
            if let Err(error) = forgotten {
                tracing::error!(code = %error.code(), "could not forget what the doctor found: {error}");
            }
        }
        tokio::select! {
            _ = stop.wait_for(|stopping| *stopping) => return,
            changed = changes.changed() => if changed.is_err() { return },
        }
    }
}

/// When the rules last said that something looks wrong.
fn newest_alarm(till: &Till) -> Option<WallTime> {
    let history = till.session.keeper().history();
    let alarm = history
        .iter()
        .rev()
        .find(|entry| matches!(entry.event, Event::LooksWrong { .. }));
    alarm.map(|entry| entry.at)
}

async fn look(till: &Arc<Till>) -> Result<(), TillError> {
    let report = health::examined(till).await?.to_share();
    let found = report.first_cause.map(|cause| Found {
        at_ms: clock::now_ms(),
        sentence: cause.sentence,
        code: cause.code.map(|code| code.to_string()).unwrap_or_default(),
        remedy: cause.remedy,
        who: evertill_doctor::finding::who(cause.who).to_owned(),
    });
    let words = match &found {
        Some(found) => format!("The doctor looked by itself: {}", found.sentence),
        None => "The doctor looked by itself and found nothing wrong.".to_owned(),
    };
    tracing::warn!(code = found.as_ref().map(|found| found.code.as_str()), "{words}");
    let event = EventRow {
        at_ms: clock::now_ms(),
        kind: LOOKED.to_owned(),
        code: found.as_ref().map(|found| found.code.clone()),
        words,
    };
    till.db
        .write("write down what the doctor found", move |tx| {
            events::add(tx, None, &event)
        })
        .await?;
    keep(till, found).await
}

/// Shows a finding, or takes it away, here and for whoever asks from outside.
async fn keep(till: &Till, found: Option<Found>) -> Result<(), TillError> {
    *till.found.write().unwrap_or_else(PoisonError::into_inner) = found.clone();
    till.hub.tell(News::Session);
    till.db
        .write("keep what the doctor found", move |tx| match &found {
            Some(found) => settings::put(tx, settings::FOUND, &to_json(found)?),
            None => settings::remove(tx, settings::FOUND),
        })
        .await
}

/// What the doctor found last in a till's data directory, while it still holds.
///
/// Writes nothing, and works while the till runs.
///
/// # Errors
/// [`TillError::OpenDatabase`] when there is a database that does not open, [`TillError::Read`] when it does not answer.
pub fn last_found(data_dir: &Path) -> Result<Option<Found>, TillError> {
    let path = data_dir.join(FILE);
    if !path.is_file() {
        return Ok(None);
    }
    let text =
        settings::find(&connect_to_look(&path)?, settings::FOUND).map_err(|source| TillError::Read {
            question: "look what the doctor found",
            source,
        })?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
}
