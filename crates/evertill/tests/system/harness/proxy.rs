//! The network between a till and its store, and everything that can go wrong on it.
//!
//! Each connection carries one exchange: the proxy asks both sides to close, so a fault hits exactly the request it
//! is meant for. Every request is written down.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use super::faults::{self, Fault};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// What the network does to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weather {
    /// Everything passes.
    Fine,
    /// Nothing passes: every connection is closed without a word.
    Down,
    /// A firewall answers renewals with its own page and 403.
    FirewallOnRenewals,
    /// The till plugin is switched off: every route of the API is missing.
    PluginOff,
    /// Orders reach the store and are booked there; the store's replies to them are cut off.
    CutOrderReplies,
}

#[derive(Debug)]
struct Shared {
    upstream: Option<SocketAddr>,
    weather: Weather,
    strike: Option<Strike>,
    hook: Option<Hook>,
    /// The path of every request, oldest first.
    seen: Vec<String>,
    /// The refresh token of every renewal, oldest first.
    presented: Vec<String>,
}

/// What happens in the instant in which the last byte of an answer has left.
struct Hook {
    route: &'static str,
    act: Box<dyn FnOnce() + Send>,
    done: Arc<AtomicBool>,
}

impl std::fmt::Debug for Hook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hook")
            .field("route", &self.route)
            .finish_non_exhaustive()
    }
}

/// Whether what was to happen has happened.
#[derive(Debug)]
pub(crate) struct Done(Arc<AtomicBool>);

impl Done {
    pub(crate) fn is_over(&self) -> Option<()> {
        self.0.load(Ordering::SeqCst).then_some(())
    }
}

/// A fault that hits the next requests to a route.
#[derive(Debug)]
struct Strike {
    route: &'static str,
    fault: Fault,
    left: usize,
}

/// A network of one till and one store.
#[derive(Debug)]
pub(crate) struct Proxy {
    address: SocketAddr,
    shared: Arc<Mutex<Shared>>,
    task: JoinHandle<()>,
}

impl Proxy {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let shared = Arc::new(Mutex::new(Shared {
            upstream: None,
            weather: Weather::Fine,
            strike: None,
            hook: None,
            seen: Vec::new(),
            presented: Vec::new(),
        }));
        let of_task = Arc::clone(&shared);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(exchange(stream, Arc::clone(&of_task)));
            }
        });
        Self {
            address,
            shared,
            task,
        }
    }

    /// The address tills know the store by.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn lead_to(&self, store: SocketAddr) {
        self.shared.lock().expect("not poisoned").upstream = Some(store);
    }

    pub(crate) fn set(&self, weather: Weather) {
        self.shared.lock().expect("not poisoned").weather = weather;
    }

    /// Lets a fault hit the next `times` requests whose path holds `route`.
    pub(crate) fn strike(&self, route: &'static str, fault: Fault, times: usize) {
        let left = times;
        self.shared.lock().expect("not poisoned").strike = Some(Strike { route, fault, left });
    }

    /// Acts in the instant in which the whole answer to the next request to `route` has left for the client.
    pub(crate) fn after_the_next_reply(
        &self,
        route: &'static str,
        act: impl FnOnce() + Send + 'static,
    ) -> Done {
        let done = Arc::new(AtomicBool::new(false));
        let hook = Hook {
            route,
            act: Box::new(act),
            done: Arc::clone(&done),
        };
        self.shared.lock().expect("not poisoned").hook = Some(hook);
        Done(done)
    }

    /// The refresh tokens that were presented so far, oldest first.
    pub(crate) fn presented(&self) -> Vec<String> {
        self.shared.lock().expect("not poisoned").presented.clone()
    }

    /// Ends whatever faults were still to come.
    pub(crate) fn calm(&self) {
        let mut shared = self.shared.lock().expect("not poisoned");
        shared.strike = None;
        shared.weather = Weather::Fine;
    }

    /// How many requests so far had `part` in their path.
    pub(crate) fn count(&self, part: &str) -> usize {
        let shared = self.shared.lock().expect("not poisoned");
        shared.seen.iter().filter(|path| path.contains(part)).count()
    }
}

impl Shared {
    fn fault_for(&mut self, path: &str) -> Option<Fault> {
        let strike = self
            .strike
            .as_mut()
            .filter(|strike| path.contains(strike.route))?;
        strike.left = strike.left.checked_sub(1)?;
        Some(strike.fault)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn exchange(mut client: TcpStream, shared: Arc<Mutex<Shared>>) {
    let Some(request) = read_message(&mut client).await else {
        return;
    };
    let line = String::from_utf8_lossy(&request)
        .lines()
        .next()
        .unwrap_or_default()
        .to_owned();
    let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
    let (upstream, weather, fault) = {
        let mut shared = shared.lock().expect("not poisoned");
        (shared.upstream, shared.weather, shared.fault_for(&path))
    };
    if let Some(fault) = fault {
        shared.lock().expect("not poisoned").seen.push(path);
        return faults::play(fault, client, || forward(upstream, &request)).await;
    }
    let is_api = path.starts_with("/wp-json") || path.contains("rest_route=");
    let answer = match weather {
        Weather::Down => None,
        Weather::FirewallOnRenewals if path.contains("auth/refresh") => Some(FIREWALL_PAGE.to_vec()),
        Weather::PluginOff if is_api => Some(NO_ROUTE.to_vec()),
        Weather::CutOrderReplies if path.contains("push/orders") => {
            let _booked_and_lost = forward(upstream, &request).await;
            None
        }
        Weather::Fine | Weather::FirewallOnRenewals | Weather::PluginOff | Weather::CutOrderReplies => {
            forward(upstream, &request).await
        }
    };
    let hook = {
        let mut shared = shared.lock().expect("not poisoned");
        shared.presented.extend(refresh_token(&path, &request));
        let hook = shared.hook.take_if(|hook| path.contains(hook.route));
        shared.seen.push(path);
        hook
    };
    if let (Some(answer), Some(hook)) = (&answer, hook) {
        // The client waits for the last byte; in the instant in which it leaves, the hook acts.
        let (rest, last) = answer.split_at(answer.len() - 1);
        let _hung_up = client.write_all(rest).await;
        let _sent = client.try_write(last);
        (hook.act)();
        hook.done.store(true, Ordering::SeqCst);
        return;
    }
    if let Some(answer) = answer {
        // A till that hung up meanwhile is one of the things that happen.
        let _hung_up = client.write_all(&answer).await;
        let _closed = client.shutdown().await;
    }
}

/// The refresh token of a renewal.
fn refresh_token(path: &str, request: &[u8]) -> Option<String> {
    let body = &request[head_end(request)?..];
    let body: serde_json::Value = serde_json::from_slice(body).ok()?;
    let token = body["refresh_token"]
        .as_str()
        .filter(|_| path.contains("auth/refresh"))?;
    Some(token.to_owned())
}

/// Sends the request on with `Connection: close` and collects the whole reply.
async fn forward(upstream: Option<SocketAddr>, request: &[u8]) -> Option<Vec<u8>> {
    let mut store = TcpStream::connect(upstream?).await.ok()?;
    store.write_all(&with_close(request)).await.ok()?;
    let mut reply = Vec::new();
    store.read_to_end(&mut reply).await.ok()?;
    (!reply.is_empty()).then(|| with_close(&reply))
}

/// The message with its `Connection` header replaced.
fn with_close(message: &[u8]) -> Vec<u8> {
    let end = head_end(message).unwrap_or(message.len());
    let head = String::from_utf8_lossy(&message[..end]);
    let mut out = String::new();
    for (number, line) in head.trim_end().lines().enumerate() {
        if !line.to_ascii_lowercase().starts_with("connection:") {
            out.push_str(line);
            out.push_str("\r\n");
        }
        if number == 0 {
            out.push_str("Connection: close\r\n");
        }
    }
    out.push_str("\r\n");
    let mut bytes = out.into_bytes();
    bytes.extend_from_slice(&message[end..]);
    bytes
}

fn head_end(message: &[u8]) -> Option<usize> {
    message
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .map(|position| position + 4)
}

/// One request with its body; `None` when the other side hung up first.
async fn read_message(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = head_end(&bytes) {
            let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
            let length: usize = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length:"))
                .and_then(|value| value.trim().parse().ok())
                .unwrap_or(0);
            if bytes.len() >= end + length {
                return Some(bytes);
            }
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}

const FIREWALL_PAGE: &[u8] = b"HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\nConnection: close\r\n\
Server: shield\r\n\r\n<!doctype html><title>Access denied</title><h1>Your request was blocked</h1>\
<p>Site protection has stopped this request. Reference 8f31.</p>";

const NO_ROUTE: &[u8] = b"HTTP/1.1 404 Not Found\r\nContent-Type: application/json; charset=UTF-8\r\n\
Connection: close\r\n\r\n{\"code\":\"rest_no_route\",\"message\":\"No route was found matching the URL and request \
method.\",\"data\":{\"status\":404}}";
