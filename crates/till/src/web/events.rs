//! News for the open pages: server-sent events.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use tokio::sync::{OwnedSemaphorePermit, broadcast, watch};
use tokio::time::{Interval, MissedTickBehavior, interval};

use crate::hub::News;
use crate::pages::BarFragment;
use crate::till::Till;

/// How often the bar is sent without news: its clock moves on.
const BAR_EVERY: Duration = Duration::from_secs(30);

/// One open page.
struct Listener {
    till: Arc<Till>,
    news: broadcast::Receiver<News>,
    beat: Interval,
    stop: watch::Receiver<bool>,
    _place: OwnedSemaphorePermit,
}

/// `GET /events`
pub(super) async fn listen(State(till): State<Arc<Till>>) -> Response {
    let Ok(place) = Arc::clone(&till.listeners).try_acquire_owned() else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let mut beat = interval(BAR_EVERY);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let listener = Listener {
        news: till.hub.listen(),
        stop: till.stop.clone(),
        beat,
        till,
        _place: place,
    };
    let events = stream::unfold(listener, |mut listener| async move {
        let event = listener.next().await?;
        Some((Ok::<_, Infallible>(event), listener))
    });
    Sse::new(events).keep_alive(KeepAlive::default()).into_response()
}

impl Listener {
    /// The next event; none when the till shuts down.
    async fn next(&mut self) -> Option<Event> {
        loop {
            let news = tokio::select! {
                _ = self.stop.wait_for(|stopping| *stopping) => return None,
                // The first beat comes at once: a page that was away gets a fresh bar.
                _ = self.beat.tick() => News::Bar,
                news = self.news.recv() => match news {
                    Ok(news) => news,
                    Err(broadcast::error::RecvError::Lagged(_)) => News::Sales,
                    Err(broadcast::error::RecvError::Closed) => return None,
                },
            };
            match news {
                News::Session => return Some(Event::default().event("session").data("changed")),
                News::Sales => return Some(Event::default().event("sales").data("changed")),
                News::Bar => {
                    if let Some(event) = self.bar().await {
                        return Some(event);
                    }
                }
            }
        }
    }

    async fn bar(&self) -> Option<Event> {
        let bar = match self.till.bar().await {
            Ok(bar) => bar,
            Err(error) => {
                tracing::warn!(code = %error.code(), "could not draw the state bar: {error}");
                return None;
            }
        };
        match (BarFragment { bar }).render() {
            Ok(html) => Some(Event::default().event("bar").data(html)),
            Err(error) => {
                tracing::error!(%error, "could not draw the state bar");
                None
            }
        }
    }
}
