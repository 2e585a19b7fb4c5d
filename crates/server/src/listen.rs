//! The doors: sockets, connections, and how they close.
//!
//! Every connection has a place (`places`), a pace (`paced`) and perhaps a seal (`tls`); requests on it go to one
//! handler. When the store stops, what already knocked is let in, what is under way is finished, every answer says
//! that it is the last, and only then does a connection close. This file holds the loops, none of the rules about
//! requests: those begin at `http`.

use std::{future::Future, io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{body::Body, response::Response};
use hyper::{Request, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::{Semaphore, oneshot, watch},
    task::JoinSet,
    time::{sleep, timeout},
};

use crate::config::{Cidr, LimitsConfig};

mod paced;
mod places;
mod tls;

use paced::{Pace, Paced};
use places::Place;
pub(crate) use places::Places;
pub use tls::TlsError;
pub(crate) use tls::{Seal, follow};

/// How long a connection that lies unused is still read after a stop was asked for: a request may be on its way.
const LAST_CALL: Duration = Duration::from_millis(300);

/// How long the process rests when the system has no more sockets to give.
const EXHAUSTED_REST: Duration = Duration::from_millis(100);

/// Longest head of a request, in bytes; also what a connection may hold in memory before its request is understood.
const HEAD_BYTES_MAX: usize = 32 * 1024;

/// Refusals that are being told at a time; past it connections are just closed.
const REFUSING_MAX: usize = 64;

/// How long somebody who was refused may take to hear it.
const REFUSING_LONGEST: Duration = Duration::from_secs(1);

/// Seconds after which somebody without a place may come again.
const RETRY_AFTER_S: u32 = 2;

/// What holds for every connection.
#[derive(Debug, Clone)]
pub(crate) struct Terms {
    pub(crate) pace: Pace,
    pub(crate) connections: usize,
    pub(crate) connections_per_address: usize,
    /// Addresses that are not counted: each of them speaks for many.
    pub(crate) uncounted: Vec<Cidr>,
}

impl Terms {
    pub(crate) fn new(limits: &LimitsConfig, uncounted: Vec<Cidr>) -> Self {
        Self {
            pace: Pace {
                head: limits.header_s.0,
                idle: limits.idle_s.0,
                write: limits.body_s.0,
            },
            connections: limits.connections.0,
            connections_per_address: limits.connections_per_address.0,
            uncounted,
        }
    }
}

/// A connection, as the requests on it see it.
#[derive(Debug)]
pub(crate) struct Line {
    /// The other end of the socket: a client, or a proxy.
    pub(crate) peer: SocketAddr,
    stopping: watch::Receiver<bool>,
}

impl Line {
    /// Whether the answer being written is the last on this connection.
    pub(crate) fn is_closing(&self) -> bool {
        *self.stopping.borrow()
    }

    /// Comes when the store is to stop. An answer that goes on and on ends then.
    pub(crate) fn stop(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut stopping = self.stopping.clone();
        async move {
            // An error means that the loop is gone, which stops connections as well.
            let _ = stopping.wait_for(|is_stopping| *is_stopping).await;
        }
    }
}

struct Shared<H> {
    terms: Terms,
    places: Arc<Places>,
    seal: Option<Arc<Seal>>,
    handler: H,
    refusing: Arc<Semaphore>,
}

/// Lets connections in until `stop` is said or dropped, then finishes what is under way.
pub(crate) async fn serve<H, F>(
    listener: TcpListener,
    seal: Option<Arc<Seal>>,
    terms: Terms,
    places: Arc<Places>,
    handler: H,
    mut stop: oneshot::Receiver<()>,
) where
    H: Fn(Arc<Line>, Request<Incoming>) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Response> + Send + 'static,
{
    let (say_stop, stopping) = watch::channel(false);
    let shared = Arc::new(Shared {
        terms,
        places,
        seal,
        handler,
        refusing: Arc::new(Semaphore::new(REFUSING_MAX)),
    });
    let mut lines = JoinSet::new();
    loop {
        tokio::select! {
            biased;
            _ = &mut stop => break,
            Some(_) = lines.join_next(), if !lines.is_empty() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => admit(&shared, stream, peer, &stopping, &mut lines),
                Err(error) if is_of_the_connection(&error) => {}
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    sleep(EXHAUSTED_REST).await;
                }
            },
        }
    }
    for (stream, peer) in knocking(listener) {
        admit(&shared, stream, peer, &stopping, &mut lines);
    }
    // Nobody listens when no connection is open.
    let _ = say_stop.send(true);
    while lines.join_next().await.is_some() {}
}

/// What waits at the door when it closes. The listener is gone afterwards: who comes now is refused by the system.
fn knocking(listener: TcpListener) -> Vec<(TcpStream, SocketAddr)> {
    let mut waiting = Vec::new();
    if let Ok(listener) = listener.into_std() {
        while let Ok((stream, peer)) = listener.accept() {
            if stream.set_nonblocking(true).is_ok()
                && let Ok(stream) = TcpStream::from_std(stream)
            {
                waiting.push((stream, peer));
            }
        }
    }
    waiting
}

fn is_of_the_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
    )
}

fn admit<H, F>(
    shared: &Arc<Shared<H>>,
    stream: TcpStream,
    peer: SocketAddr,
    stopping: &watch::Receiver<bool>,
    lines: &mut JoinSet<()>,
) where
    H: Fn(Arc<Line>, Request<Incoming>) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Response> + Send + 'static,
{
    let is_counted = !shared
        .terms
        .uncounted
        .iter()
        .any(|block| block.contains(peer.ip()));
    let terms = &shared.terms;
    let per_address = is_counted.then_some(terms.connections_per_address);
    match Place::take(&shared.places, peer.ip(), terms.connections, per_address) {
        Some(place) => {
            let (shared, stopping) = (Arc::clone(shared), stopping.clone());
            lines.spawn(async move {
                open(&shared, stream, peer, stopping).await;
                drop(place);
            });
        }
        None if shared.seal.is_none() => refuse(shared, stream, lines),
        // A handshake costs more than the refusal is worth.
        None => {}
    }
}

/// Says 503 without reading a request, and lets the other side hear it.
fn refuse<H>(shared: &Arc<Shared<H>>, mut stream: TcpStream, lines: &mut JoinSet<()>) {
    let Ok(permit) = Arc::clone(&shared.refusing).try_acquire_owned() else {
        return;
    };
    lines.spawn(async move {
        let text = raw_answer(
            "503 Service Unavailable",
            &format!("Retry-After: {RETRY_AFTER_S}\r\n"),
            "The store has as many connections as it takes. Nothing is lost; try again shortly.\n",
        );
        let _heard = timeout(REFUSING_LONGEST, tell(&mut stream, &text)).await;
        drop(permit);
    });
}

fn raw_answer(status: &str, headers: &str, words: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\n{headers}Content-Type: text/plain; charset=utf-8\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{words}",
        words.len()
    )
}

/// Writes, then reads what the other side still sends: closing earlier would take the words back.
async fn tell(stream: &mut TcpStream, text: &str) -> io::Result<()> {
    use tokio::io::AsyncWriteExt as _;
    stream.write_all(text.as_bytes()).await?;
    stream.shutdown().await?;
    let mut heap = [0_u8; 1024];
    for _ in 0..HEAD_BYTES_MAX / heap.len() {
        if stream.read(&mut heap).await? == 0 {
            break;
        }
    }
    Ok(())
}

async fn open<H, F>(
    shared: &Shared<H>,
    mut stream: TcpStream,
    peer: SocketAddr,
    stopping: watch::Receiver<bool>,
) where
    H: Fn(Arc<Line>, Request<Incoming>) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Response> + Send + 'static,
{
    // Answers are small and awaited; a socket that cannot be told so only costs time.
    let _ = stream.set_nodelay(true);
    let Some(seal) = &shared.seal else {
        return converse(shared, stream, peer, stopping).await;
    };
    let handshake = async {
        let mut first = [0_u8; 1];
        if stream.peek(&mut first).await? == 1 && first[0].is_ascii_uppercase() {
            let text = raw_answer(
                "400 Bad Request",
                "",
                "This port speaks HTTPS. Use an address that begins with https://\n",
            );
            tell(&mut stream, &text).await?;
            return Ok(None);
        }
        seal.acceptor().accept(stream).await.map(Some)
    };
    match timeout(shared.terms.pace.head, handshake).await {
        Ok(Ok(Some(sealed))) => converse(shared, sealed, peer, stopping).await,
        Ok(Ok(None)) => {}
        Ok(Err(error)) => tracing::debug!(%error, "a TLS handshake failed"),
        Err(_) => tracing::debug!("a TLS handshake took too long"),
    }
}

async fn converse<H, F, S>(shared: &Shared<H>, stream: S, peer: SocketAddr, stopping: watch::Receiver<bool>)
where
    H: Fn(Arc<Line>, Request<Incoming>) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Response> + Send + 'static,
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let line = Arc::new(Line { peer, stopping });
    let (paced, beat) = Paced::new(stream, shared.terms.pace);
    let service = service_fn(|request: Request<Incoming>| {
        let answering = beat.request();
        let answer = (shared.handler)(Arc::clone(&line), request);
        async move {
            let response: Response<Body> = answer.await;
            drop(answering);
            Ok::<_, std::convert::Infallible>(response)
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        // `Paced` times heads: it also knows a connection that lies unused.
        .header_read_timeout(None)
        .max_buf_size(HEAD_BYTES_MAX)
        .serve_connection(TokioIo::new(paced), service);
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = line.stop() => {
            tokio::select! {
                ended = connection.as_mut() => ended,
                () = sleep(LAST_CALL) => {
                    connection.as_mut().graceful_shutdown();
                    connection.await
                }
            }
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended badly");
    }
}
