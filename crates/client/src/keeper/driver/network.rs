//! The first sign that the network is back.
//!
//! While the store cannot be reached at all and the token has ended, no request leaves, so that no success can tell;
//! only the pause between two tries would be left. So the store's address is knocked at every few seconds: one
//! connection, opened and closed. A knock that works at once shows that the network was never away, and ends it.

use std::future::Future;
use std::io::{Error, ErrorKind};
use std::time::Duration;

use evertill_session::{State, TroubleKind};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use super::Driver;
use super::jobs::Done;

/// Between two knocks: soon enough for a cashier who watches, and a packet or two each.
const KNOCK_EVERY: Duration = Duration::from_secs(3);

/// Longest wait for a connection; a store that is there accepts within a second.
const KNOCK_MAX: Duration = Duration::from_secs(3);

impl Driver {
    /// Knocks while an attempt has failed for the network, and not otherwise.
    pub(super) fn watch_network(&mut self) {
        let is_wanted = match self.engine.state() {
            State::Troubled { trouble, .. } => trouble.kind == TroubleKind::Network,
            State::SignedOut | State::Active(_) | State::Renewing { .. } | State::SignInNeeded { .. } => {
                false
            }
        };
        match (is_wanted, &self.network) {
            (true, None) => {
                let address = self.profile.as_ref().and_then(|profile| {
                    let host = profile.rest_root.host_str()?.trim_matches(['[', ']']).to_owned();
                    Some((host, profile.rest_root.port_or_known_default()?))
                });
                let Some((host, port)) = address else {
                    return;
                };
                let job = self.jobs.spawn(async move {
                    let knock = || async {
                        let opened = timeout(KNOCK_MAX, TcpStream::connect((host.as_str(), port))).await;
                        opened.unwrap_or_else(|_| Err(ErrorKind::TimedOut.into()))
                    };
                    if network_returns(knock).await {
                        Done::NetworkBack
                    } else {
                        Done::NetworkThere
                    }
                });
                self.network = Some(job);
            }
            (false, Some(_)) => {
                if let Some(job) = self.network.take() {
                    job.abort();
                }
            }
            (true, Some(_)) | (false, None) => {}
        }
    }
}

/// Waits until the network is back; false when it was there all the time.
async fn network_returns<T, K>(knock: impl Fn() -> K) -> bool
where
    K: Future<Output = Result<T, Error>>,
{
    let mut was_away = false;
    while !is_reached(&knock().await) {
        was_away = true;
        sleep(KNOCK_EVERY).await;
    }
    was_away
}

/// A refusal or a reset comes from the other side: the network carries, and the store itself is down.
fn is_reached<T>(outcome: &Result<T, Error>) -> bool {
    match outcome {
        Ok(_) => true,
        Err(error) => matches!(
            error.kind(),
            ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::collections::VecDeque;

    use tokio::time::Instant;

    use super::*;

    async fn check(knocks: &[Result<(), ErrorKind>], returns: bool, after_s: u64) {
        let knocks: RefCell<VecDeque<_>> = RefCell::new(knocks.iter().copied().collect());
        let began = Instant::now();
        let knock = || {
            let next = knocks.borrow_mut().pop_front();
            async move {
                next.expect("no knock after the network is back")
                    .map_err(Error::from)
            }
        };
        assert_eq!(network_returns(knock).await, returns);
        assert_eq!(began.elapsed().as_secs(), after_s);
        assert!(knocks.borrow().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_network_that_comes_back_is_noticed_within_seconds_and_one_that_was_there_is_no_news() {
        use ErrorKind::{ConnectionRefused, HostUnreachable, NetworkUnreachable, TimedOut};
        check(&[Ok(())], false, 0).await;
        check(&[Err(ConnectionRefused)], false, 0).await;
        check(&[Err(NetworkUnreachable), Ok(())], true, 3).await;
        check(
            &[Err(ErrorKind::Other), Err(TimedOut), Err(HostUnreachable), Ok(())],
            true,
            9,
        )
        .await;
        check(&[Err(TimedOut), Err(ConnectionRefused)], true, 3).await;
    }
}
