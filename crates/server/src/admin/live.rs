//! News for open pages of the office: server-sent events that only say that something changed. The page then asks
//! for itself again, so that there is one way to draw it.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{body::Body, http::header};
use futures_util::stream;
use tokio::sync::OwnedSemaphorePermit;
use uuid::Uuid;

use super::Visitor;
use crate::{
    audit::AuditQuery,
    http::{App, Reply},
    store::{Store, Window},
};

/// How often the log is looked at. Another node may have written to it, so that looking is the only way.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Looks after which a page is asked to draw itself again anyway: its clock moves on.
const LOOKS_PER_TICK: u32 = 10;

/// Looks after which the page has to come again, so that a page that was forgotten holds no place for ever.
const LOOKS_MAX: u32 = 300;

/// One open page.
struct Listener {
    store: Arc<dyn Store>,
    visit: Uuid,
    newest: Option<i64>,
    looks: u32,
    _place: OwnedSemaphorePermit,
}

/// `GET /admin/events`
pub(super) fn events(app: &App, visitor: &Visitor) -> Reply {
    let Ok(place) = Arc::clone(&app.listeners).try_acquire_owned() else {
        return Reply::empty(503).with(header::RETRY_AFTER, "30");
    };
    let listener = Listener {
        store: Arc::clone(&app.store),
        visit: visitor.session,
        newest: None,
        looks: 0,
        _place: place,
    };
    let news = stream::unfold(listener, |mut listener| async move {
        let words = listener.next().await?;
        Some((Ok::<_, Infallible>(words), listener))
    });
    Reply::events(Body::from_stream(news)).with(header::CACHE_CONTROL, "no-store")
}

impl Listener {
    /// The next event; none when the visit is over, the database is away, or the page listened long enough.
    async fn next(&mut self) -> Option<&'static str> {
        let Some(newest) = self.newest else {
            self.newest = Some(self.newest_entry().await?);
            return Some("retry: 3000\nevent: here\ndata: \n\n");
        };
        while self.looks < LOOKS_MAX {
            tokio::time::sleep(LOOK_EVERY).await;
            self.looks += 1;
            let (session, _) = self.store.session(self.visit).await.ok()??;
            if session.ended.is_some() {
                self.looks = LOOKS_MAX;
                return Some("event: over\ndata: \n\n");
            }
            let now = self.newest_entry().await?;
            if now != newest || self.looks.is_multiple_of(LOOKS_PER_TICK) {
                self.newest = Some(now);
                return Some("event: changed\ndata: \n\n");
            }
        }
        None
    }

    async fn newest_entry(&self) -> Option<i64> {
        let query = AuditQuery {
            window: Some(Window { page: 1, per_page: 1 }),
            ..AuditQuery::default()
        };
        let page = self.store.audit_log(query).await.ok()?;
        Some(page.rows.first().map_or(0, |row| row.id))
    }
}
