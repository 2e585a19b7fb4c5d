//! Whether the store can be reached right now, and how fast it answers.
//!
//! What the session met last may be an hour old, and a session that needs a person asks nobody any more. So a page that
//! speaks of the network asks for itself: the cheapest route, without a token, and not for long.

use std::time::{Duration, Instant};

use evertill_client::ClientError;
use evertill_client::http::{Http, Request};
use evertill_wire::Code;
use url::Url;

use crate::till::Till;

/// Longest wait; a page waits for it, and an answer that takes longer is slow enough to be called so.
const ANSWER_MAX: Duration = Duration::from_millis(2_500);

/// The route that is answered before the rest of a site wakes up.
const ROUTE: &str = "wcpos/v2/ping";

/// What came of asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Something answered.
    Answered {
        /// How long that took, in milliseconds.
        took_ms: u64,
        /// The HTTP status.
        status: u16,
    },
    /// Nothing came back.
    Silent {
        /// What stood in the way.
        code: Code,
    },
}

/// Asks the store.
pub(crate) async fn look(till: &Till) -> Reach {
    let url = match till.session.profile() {
        Some(profile) => profile.route(ROUTE, &[]),
        None => till.session.keeper().store().url().clone(),
    };
    ask(&url).await
}

async fn ask(url: &Url) -> Reach {
    let started = Instant::now();
    let sent = match Http::new(url) {
        Ok(http) => http.send(Request::get(url.clone()).limit(ANSWER_MAX)).await,
        Err(error) => Err(error),
    };
    match sent {
        Ok(answer) => Reach::Answered {
            took_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
            status: answer.status.as_u16(),
        },
        Err(ClientError::Unreachable { source, .. }) => Reach::Silent { code: source.code() },
        Err(error) => Reach::Silent { code: error.code() },
    }
}
