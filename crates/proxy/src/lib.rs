//! A local proxy to a store: programs that know nothing about sessions speak to it as if they were signed in.
//!
//! It listens on this device only, asks every caller for the key it drew at its start, turns web pages away, and
//! passes the rest on through [`evertill_client::Passage`], which attaches the token and repeats a request once after a
//! refused one. It has no opinion about sessions and keeps nothing. `door` says who is served, `passing` carries
//! bodies, `answers` turns failures into problem documents.
//!
//! **Invariant:** *nothing reaches the store that has not shown the key, and no token reaches a caller.*

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use evertill_client::{Keeper, Passage};
use evertill_wire::ProxyKey;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;

mod answers;
mod door;
mod error;
#[cfg(any(test, feature = "foreign"))]
pub mod foreign;
mod passing;

pub use error::ProxyError;

/// Requests under way at once; more wait for their turn, so that a careless script does not become a flood.
const AT_ONCE_MAX: usize = 256;

/// A proxy that listens.
pub struct Proxy {
    address: SocketAddr,
    key: ProxyKey,
    keeper: Keeper,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

/// What every request needs.
struct Desk {
    door: door::Door,
    passage: Passage,
    places: Semaphore,
}

/// Opens a proxy for the session of a keeper. The store need not be in reach.
///
/// # Errors
/// [`ProxyError::NotLoopback`] for an address that other machines reach, [`ProxyError::NotListening`],
/// [`ProxyError::NoRandom`], [`ProxyError::Client`].
pub async fn start(listen: SocketAddr, keeper: Keeper) -> Result<Proxy, ProxyError> {
    if !listen.ip().is_loopback() {
        return Err(ProxyError::NotLoopback { address: listen });
    }
    let key = draw_key()?;
    let not_listening = |source| ProxyError::NotListening {
        address: listen,
        source,
    };
    let listener = TcpListener::bind(listen).await.map_err(not_listening)?;
    let address = listener.local_addr().map_err(not_listening)?;
    let desk = Arc::new(Desk {
        door: door::Door::new(address, key.clone()),
        passage: Passage::new(keeper.clone()).map_err(ProxyError::Client)?,
        places: Semaphore::new(AT_ONCE_MAX),
    });
    let routes = Router::new().fallback(serve).with_state(desk);
    let (stop, mut stopped) = watch::channel(false);
    let task = tokio::spawn(async move {
        let until = async move {
            // A handle that is gone without a word is a wish to end as well.
            let _ = stopped.wait_for(|is_over| *is_over).await;
        };
        if let Err(error) = axum::serve(listener, routes).with_graceful_shutdown(until).await {
            tracing::error!(%error, "the proxy ended");
        }
    });
    Ok(Proxy {
        address,
        key,
        keeper,
        stop,
        task,
    })
}

impl Proxy {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What callers have to show.
    #[must_use]
    pub fn key(&self) -> &ProxyKey {
        &self.key
    }

    /// Lets the requests under way come to their end, then ends the keeper too.
    pub async fn shutdown(self) {
        // Nobody listens when the task has ended by itself.
        let _ = self.stop.send(true);
        let _ = self.task.await;
        self.keeper.shutdown().await;
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proxy({})", self.address)
    }
}

async fn serve(State(desk): State<Arc<Desk>>, request: Request) -> Response {
    let mut response = match desk
        .door
        .admit(request.method(), request.uri(), request.headers())
    {
        Ok(door::Admitted::Explain(code)) => answers::explain(code),
        Ok(door::Admitted::Route { route, query }) => {
            let place = desk.places.acquire().await;
            let answer = passing::pass(&desk.passage, request, route, query, place.ok()).await;
            answer.unwrap_or_else(|error| answers::failed(&error, desk.passage.keeper()))
        }
        Err(refusal) => answers::refused(refusal),
    };
    answers::protect(response.headers_mut());
    response
}

fn draw_key() -> Result<ProxyKey, ProxyError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(ProxyError::NoRandom)?;
    Ok(ProxyKey::new(URL_SAFE_NO_PAD.encode(bytes)))
}
