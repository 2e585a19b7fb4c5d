//! Keeps the catalogue on this till like the store's.
//!
//! The first reading goes page by page, and the register sells from the first page on. Later the store's change
//! feed says what to read again; a slow reading of everything heals what a feed may miss. Nothing here touches
//! the open sale: its lines keep the price they were rung up with.

mod feed;
mod lookup;
pub(crate) mod pictures;
mod reading;

use std::sync::Arc;
use std::time::Duration;

use evertill_sale::search::Scanned;
use evertill_wire::rest::catalogue::StoreSettings;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::clock::{self, Wall};
use crate::db::{goods, settings};
use crate::error::TillError;
use crate::hub::News;
use crate::shelf::Shelf;
use crate::till::Till;
use crate::views::bar::Standing;

/// Pause between two looks at the change feed: one small request a minute is what an idle till may cost a shop.
const TICK_PAUSE: Duration = Duration::from_secs(60);

/// Pause after a reading that failed; sales do not wait for the catalogue.
const FAILED_PAUSE: Duration = Duration::from_secs(15);

/// Everything is read anew after this long, milliseconds.
const SWEEP_AFTER_MS: i64 = 6 * 3_600_000;

/// Longest that a cashier waits for the shop to look up a code.
const LOOKUP_MAX: Duration = Duration::from_secs(10);

/// How far this till has read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Mark {
    /// Last change that was read.
    pub(crate) since: i64,
    /// Changes count from one again when this changes.
    pub(crate) epoch: String,
    /// How the store derives its records; when it changes they are read anew.
    pub(crate) fingerprint: String,
    /// When everything was read last, milliseconds since 1970.
    pub(crate) swept_at_ms: i64,
}

/// Reads until it is told to stop.
pub(crate) async fn drive(till: Arc<Till>, mut stop: watch::Receiver<bool>) {
    let mut session = till.session.watch();
    loop {
        let pause = match may_read(&till) {
            false => TICK_PAUSE,
            true => match freshen(&till).await {
                Ok(()) => TICK_PAUSE,
                Err(error) => {
                    tracing::warn!(code = %error.code(), "could not read the catalogue: {error}");
                    FAILED_PAUSE
                }
            },
        };
        let was_readable = may_read(&till);
        let news = async {
            // A renewal is a change too; only a session that can read again is a reason to hurry.
            while session.changed().await.is_ok() {
                if !was_readable && may_read(&till) {
                    return;
                }
            }
            std::future::pending::<()>().await;
        };
        tokio::select! {
            _ = stop.wait_for(|stopping| *stopping) => return,
            () = till.catalogue_due.notified() => {}
            () = news => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

fn may_read(till: &Till) -> bool {
    match till.session.standing() {
        Standing::Well | Standing::Renewing { .. } => true,
        Standing::Troubled { .. } | Standing::SignInNeeded | Standing::SignedOut => false,
    }
}

async fn freshen(till: &Arc<Till>) -> Result<(), TillError> {
    let question = "look how far the catalogue was read";
    let stored = till
        .db
        .read(question, |db| settings::find(db, settings::FEED))
        .await?
        .and_then(|text| serde_json::from_str::<Mark>(&text).ok());
    match stored {
        Some(mark) if clock::now_ms() - mark.swept_at_ms < SWEEP_AFTER_MS => {
            match feed::follow(till, &mark).await? {
                feed::Followed::UpToDate => Ok(()),
                feed::Followed::StartOver => sweep(till).await,
            }
        }
        Some(_) | None => sweep(till).await,
    }
}

async fn sweep(till: &Arc<Till>) -> Result<(), TillError> {
    reading::everything(till).await?;
    pictures::fetch_missing(till).await
}

/// How many items the store has, when it can be asked.
pub(crate) async fn items_at_the_store(till: &Till) -> Option<u64> {
    match may_read(till) {
        true => reading::total(&till.session).await.ok(),
        false => None,
    }
}

/// Asks the store for a code that this till does not know; answers what was found and what was tried.
pub(crate) async fn lookup(till: &Arc<Till>, code: &str) -> Result<(Scanned, &'static str), TillError> {
    const ALONE: &str = "Not on this till, and the shop cannot be asked right now.";
    if !may_read(till) {
        return Ok((Scanned::Unknown, ALONE));
    }
    let found = match tokio::time::timeout(LOOKUP_MAX, lookup::barcode(till, code)).await {
        Ok(Ok(found)) => found,
        Ok(Err(TillError::Session(_) | TillError::StoreAnswer { .. })) | Err(_) => {
            return Ok((Scanned::Unknown, ALONE));
        }
        Ok(Err(error)) => return Err(error),
    };
    Ok((found, "Not on this till. The shop does not know it either."))
}

/// Puts what is stored on the shelf.
pub(crate) async fn restock(till: &Till) -> Result<(), TillError> {
    let (goods, stored_settings, is_complete) = till
        .db
        .read("read the catalogue", |db| {
            let stored = settings::find(db, settings::STORE_SETTINGS)?;
            let is_complete = settings::find(db, settings::FEED)?.is_some();
            Ok((goods::load(db)?, stored, is_complete))
        })
        .await?;
    let store: StoreSettings = stored_settings
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default();
    let profile = till.session.profile();
    let (zone, offset, wc_version) = profile
        .map(|profile| (profile.timezone, profile.gmt_offset, profile.wc_version))
        .unwrap_or_default();
    let zone = if store.timezone.is_empty() {
        zone
    } else {
        store.timezone.clone()
    };
    till.put_wall(Wall::new(&zone, &offset));
    till.put_shelf(Shelf::new(goods, store, &wc_version, is_complete));
    till.hub.tell(News::Bar);
    Ok(())
}
