//! Bodies that stream through the proxy, over real sockets: long ones, slow ones, ones that break off, and one that is on
//! its way while the token ends.
//!
//! The store is a socket in the hands of the test: it sees a request as soon as its head is there and says byte by byte
//! what comes back. Only renewals answer by themselves.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use evertill_client::clock::{Clock, HandClock};
use evertill_client::vault::{KeyChoice, Vault};
use evertill_client::{Home, Keeper, KeeperOptions, SessionName, StoreAddress};
use evertill_proxy::Proxy;
use evertill_session::{BootId, Moment, Now, WallTime};
use serde_json::json;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

/// More than the proxy keeps to send a second time.
const LONG: usize = 3 * 1024 * 1024;

/// One piece of a body.
const PIECE: usize = 64 * 1024;

/// Life of the access tokens.
const LIFE: Duration = Duration::from_secs(1_800);

/// What never comes is given up after this, so that a failure is a failure and no standstill.
const PATIENCE: Duration = Duration::from_secs(20);

async fn soon<T>(what: &str, comes: impl Future<Output = T>) -> T {
    let came = tokio::time::timeout(PATIENCE, comes).await;
    came.unwrap_or_else(|_| panic!("{what} did not come"))
}

/// A request that has arrived at the store, as far as it was read.
struct Visit {
    head: String,
    read: Vec<u8>,
    socket: TcpStream,
}

impl Visit {
    /// Reads the head of a request; nothing when the other side hung up before its end.
    async fn of(mut socket: TcpStream) -> Option<Self> {
        let mut read = Vec::new();
        loop {
            if let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") {
                let head = String::from_utf8(read[..end].to_vec())
                    .unwrap()
                    .to_ascii_lowercase();
                return Some(Self {
                    head,
                    read: read.split_off(end + 4),
                    socket,
                });
            }
            if socket.read_buf(&mut read).await.ok()? == 0 {
                return None;
            }
        }
    }

    /// Waits until so many bytes of the body are there, counted as they travel.
    async fn until(&mut self, bytes: usize) {
        while self.read.len() < bytes {
            assert_ne!(
                self.socket.read_buf(&mut self.read).await.unwrap(),
                0,
                "the body broke off"
            );
        }
    }

    /// Reads until a chunked body has ended.
    async fn until_the_end(&mut self) {
        while !self.read.ends_with(b"\r\n0\r\n\r\n") {
            assert_ne!(
                self.socket.read_buf(&mut self.read).await.unwrap(),
                0,
                "the body broke off"
            );
        }
    }

    /// Reads until the other side hangs up; whether the chunked body had ended.
    async fn ended_whole(mut self) -> bool {
        loop {
            match self.socket.read_buf(&mut self.read).await {
                Ok(0) => return self.read.ends_with(b"\r\n0\r\n\r\n"),
                Ok(_) => {}
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
                    return false;
                }
            }
        }
    }

    async fn say(&mut self, bytes: &[u8]) {
        self.socket.write_all(bytes).await.unwrap();
    }

    async fn answer(&mut self, status: &str, body: &str) {
        let length = body.len();
        let text = format!(
            "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
        );
        self.say(text.as_bytes()).await;
    }
}

/// A store, a session of it, and the proxy to it.
struct Way {
    visits: mpsc::UnboundedReceiver<Visit>,
    renewals: Arc<AtomicUsize>,
    clock: Arc<HandClock>,
    proxy: Proxy,
    _dir: TempDir,
}

impl Way {
    async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let renewals = Arc::new(AtomicUsize::new(0));
        let (arrived, visits) = mpsc::unbounded_channel();
        let counted = Arc::clone(&renewals);
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(receive(socket, arrived.clone(), Arc::clone(&counted)));
            }
        });
        let dir = tempfile::tempdir().unwrap();
        let start = Now {
            moment: Moment::from_millis(1_000_000),
            wall: WallTime::from_millis(1_795_398_738_000),
        };
        let clock = Arc::new(HandClock::new(BootId::new("boot"), start));
        let keeper = keeper(&Home::open(dir.path()).unwrap(), address, Arc::clone(&clock)).await;
        let proxy = evertill_proxy::start(SocketAddr::from(([127, 0, 0, 1], 0)), keeper)
            .await
            .unwrap();
        Self {
            visits,
            renewals,
            clock,
            proxy,
            _dir: dir,
        }
    }

    /// The next request that arrives at the store.
    async fn visit(&mut self) -> Visit {
        soon("a request", self.visits.recv()).await.unwrap()
    }

    /// Nothing but this request arrives next: what was to be repeated would have come before it.
    async fn nothing_was_repeated(&mut self) {
        let mut caller = self.call("GET", "wc/v3/last", "").await;
        let mut visit = self.visit().await;
        assert!(
            visit.head.starts_with("get /wp-json/wc/v3/last "),
            "{}",
            visit.head
        );
        visit.answer("200 OK", "{}").await;
        assert!(caller.whole().await.starts_with("HTTP/1.1 200"));
    }

    /// A program that asks the proxy for something.
    async fn call(&self, method: &str, route: &str, more: &str) -> Caller {
        let (address, key) = (self.proxy.address(), self.proxy.key().expose());
        let mut socket = TcpStream::connect(address).await.unwrap();
        let head = format!(
            "{method} /{key}/wp-json/{route} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n{more}\r\n"
        );
        socket.write_all(head.as_bytes()).await.unwrap();
        Caller { socket }
    }
}

async fn receive(socket: TcpStream, arrived: mpsc::UnboundedSender<Visit>, renewals: Arc<AtomicUsize>) {
    let Some(mut visit) = Visit::of(socket).await else {
        return;
    };
    if visit.head.contains("/wcpos/v2/echo") {
        // The keeper asks whether its tokens arrive at all before it blames one.
        let told = json!({"v": 1, "headers": {"authorization": {"received": true}}, "params": {}});
        return visit.answer("200 OK", &told.to_string()).await;
    }
    if !visit.head.contains("auth/refresh") {
        // A test that is over hears nothing more.
        let _ = arrived.send(visit);
        return;
    }
    let number = renewals.fetch_add(1, Ordering::SeqCst) + 1;
    let body = json!({"access_token": format!("token-{number}"), "expires_in": LIFE.as_secs()});
    visit.answer("200 OK", &body.to_string()).await;
}

async fn keeper(home: &Home, address: SocketAddr, clock: Arc<HandClock>) -> Keeper {
    let store = StoreAddress::parse(&format!("http://{address}")).unwrap();
    let session = SessionName::default();
    let now = clock.now();
    let stamp = json!({"boot": clock.boot(), "moment": now.moment, "wall": now.wall});
    let contents = json!({
        "format": 1,
        "record": {"grant": {
            "access": "token-0", "refresh": "refresh", "session": "s", "user": {"id": 3, "display_name": "Ada"},
            "access_life": LIFE, "received": stamp, "signed_in": stamp, "serial": 1,
        }},
        "profile": {
            "address": store, "rest_root": store.url().join("wp-json/").unwrap(), "sign_in_page": store.url(),
        },
    });
    let vault = Vault::of_session(home, &store, &session, KeyChoice::File);
    let lock = vault.try_lock().unwrap().unwrap();
    vault.write(&lock, contents.to_string().as_bytes()).unwrap();
    drop(lock);
    let options = KeeperOptions {
        clock,
        key: Some(KeyChoice::File),
        ..KeeperOptions::default()
    };
    Keeper::open(home, &store, options).await.unwrap()
}

/// A program on the other side of the proxy.
struct Caller {
    socket: TcpStream,
}

impl Caller {
    /// Sends a piece of a chunked body.
    async fn piece(&mut self, length: usize) {
        let mut bytes = format!("{length:x}\r\n").into_bytes();
        bytes.resize(bytes.len() + length, b'x');
        bytes.extend_from_slice(b"\r\n");
        self.socket.write_all(&bytes).await.unwrap();
    }

    /// Ends a chunked body.
    async fn end(&mut self) {
        self.socket.write_all(b"0\r\n\r\n").await.unwrap();
    }

    /// Reads on until the text has come.
    async fn until(&mut self, text: &str) -> String {
        let mut read = Vec::new();
        soon(text, async {
            while !String::from_utf8_lossy(&read).contains(text) {
                assert_ne!(
                    self.socket.read_buf(&mut read).await.unwrap(),
                    0,
                    "the answer broke off"
                );
            }
        })
        .await;
        String::from_utf8_lossy(&read).into_owned()
    }

    /// Everything that comes until the proxy hangs up.
    async fn whole(&mut self) -> String {
        let mut read = Vec::new();
        // A connection that is reset has an end as well.
        let _ = soon("the end of the answer", self.socket.read_to_end(&mut read)).await;
        String::from_utf8_lossy(&read).into_owned()
    }
}

const CHUNKED: &str = "transfer-encoding: chunked\r\n";

#[tokio::test]
async fn the_beginning_of_a_long_upload_is_at_the_store_before_its_end_is_sent() {
    let mut way = Way::open().await;
    let mut caller = way.call("POST", "wc/v3/files", CHUNKED).await;
    let mut sent = 0;
    while sent <= LONG / 2 {
        caller.piece(PIECE).await;
        sent += PIECE;
    }
    let mut visit = way.visit().await;
    assert!(
        visit.head.contains("authorization: bearer token-0"),
        "{}",
        visit.head
    );
    assert!(
        visit.head.contains("transfer-encoding: chunked"),
        "{}",
        visit.head
    );
    soon("the beginning", visit.until(LONG / 2)).await;
    caller.piece(PIECE).await;
    caller.end().await;
    soon("the end", visit.until_the_end()).await;
    let count = visit.read.iter().filter(|byte| **byte == b'x').count();
    assert_eq!(count, sent + PIECE);
    visit.answer("201 Created", "{\"id\":7}").await;
    let answer = caller.whole().await;
    assert!(
        answer.starts_with("HTTP/1.1 201") && answer.ends_with("{\"id\":7}"),
        "{answer}"
    );
}

#[tokio::test]
async fn a_short_upload_that_announced_no_length_is_kept_and_sent_again_with_a_newer_token() {
    let mut way = Way::open().await;
    let mut caller = way.call("POST", "wc/v3/orders", CHUNKED).await;
    caller.piece(1_000).await;
    caller.end().await;
    let mut refused = way.visit().await;
    refused.until(1_000).await;
    refused
        .answer("401 Unauthorized", "{\"code\":\"jwt_auth_invalid_token\"}")
        .await;
    let mut again = way.visit().await;
    assert!(again.head.contains("content-length: 1000"), "{}", again.head);
    assert!(
        again.head.contains("authorization: bearer token-1"),
        "{}",
        again.head
    );
    again.until(1_000).await;
    again.answer("201 Created", "{}").await;
    assert!(caller.whole().await.starts_with("HTTP/1.1 201"));
    way.nothing_was_repeated().await;
}

#[tokio::test]
async fn a_download_reaches_the_caller_as_it_trickles() {
    let mut way = Way::open().await;
    let mut caller = way.call("GET", "wc/v3/report", "").await;
    let mut visit = way.visit().await;
    visit
        .say(b"HTTP/1.1 200 OK\r\ncontent-type: text/csv\r\ntransfer-encoding: chunked\r\n\r\n")
        .await;
    for line in ["first", "second", "third"] {
        let chunk = format!("{:x}\r\n{line}\r\n", line.len());
        visit.say(chunk.as_bytes()).await;
        caller.until(line).await;
    }
    visit.say(b"0\r\n\r\n").await;
    assert!(
        caller.whole().await.ends_with("0\r\n\r\n"),
        "the caller sees the end"
    );
}

#[tokio::test]
async fn a_long_upload_its_caller_breaks_off_is_broken_off_at_the_store_and_not_sent_again() {
    let mut way = Way::open().await;
    let mut caller = way.call("POST", "wc/v3/files", CHUNKED).await;
    for _ in 0..LONG / PIECE {
        caller.piece(PIECE).await;
    }
    let mut visit = way.visit().await;
    visit.until(LONG / 2).await;
    drop(caller);
    assert!(
        !soon("the break", visit.ended_whole()).await,
        "half an upload looks whole"
    );
    way.nothing_was_repeated().await;
}

#[tokio::test]
async fn a_short_upload_its_caller_breaks_off_never_leaves_the_device() {
    let mut way = Way::open().await;
    let mut caller = way.call("POST", "wc/v3/orders", "content-length: 1000\r\n").await;
    caller.socket.write_all(&[b'x'; 400]).await.unwrap();
    caller.socket.shutdown().await.unwrap();
    let _ = caller.whole().await;
    way.nothing_was_repeated().await;
}

#[tokio::test]
async fn an_upload_the_store_breaks_off_is_reported_and_not_sent_again() {
    let mut way = Way::open().await;
    for (route, length) in [("wc/v3/files", LONG), ("wc/v3/orders", 1_000)] {
        let mut caller = way
            .call("POST", route, &format!("content-length: {length}\r\n"))
            .await;
        let (mut from, mut to) = caller.socket.split();
        let sending = async {
            // The proxy stops to read once the store is gone.
            let _ = to.write_all(&vec![b'x'; length]).await;
        };
        let breaking = async {
            let mut visit = way.visit().await;
            visit.until(1_000).await;
        };
        let mut answer = Vec::new();
        let hearing = async {
            let _ = soon("the answer", from.read_to_end(&mut answer)).await;
        };
        tokio::join!(sending, breaking, hearing);
        let answer = String::from_utf8_lossy(&answer).into_owned();
        assert!(answer.starts_with("HTTP/1.1 502"), "{route}: {answer}");
        assert!(answer.contains("API01003"), "{route}: {answer}");
        way.nothing_was_repeated().await;
    }
}

#[tokio::test]
async fn a_read_whose_connection_breaks_before_the_answer_is_asked_once_more() {
    let mut way = Way::open().await;
    let mut caller = way.call("GET", "wc/v3/orders", "").await;
    drop(way.visit().await);
    way.visit().await.answer("200 OK", "[]").await;
    assert!(caller.whole().await.ends_with("[]"));
    let mut caller = way.call("GET", "wc/v3/orders", "").await;
    drop(way.visit().await);
    drop(way.visit().await);
    assert!(
        caller.whole().await.starts_with("HTTP/1.1 502"),
        "twice is enough"
    );
    way.nothing_was_repeated().await;
}

#[tokio::test]
async fn a_download_that_breaks_off_is_broken_for_the_caller_and_not_asked_for_again() {
    let mut way = Way::open().await;
    for (head, is_whole) in [
        (
            "content-length: 1000",
            (|text: &str| text.len() > 1_000) as fn(&str) -> bool,
        ),
        ("transfer-encoding: chunked", |text: &str| {
            text.ends_with("0\r\n\r\n")
        }),
    ] {
        let mut caller = way.call("GET", "wc/v3/report", "").await;
        let mut visit = way.visit().await;
        let beginning = format!("HTTP/1.1 200 OK\r\ncontent-type: text/csv\r\n{head}\r\n\r\n5\r\nfirst\r\n");
        visit.say(beginning.as_bytes()).await;
        caller.until("first").await;
        drop(visit);
        let rest = caller.whole().await;
        assert!(!is_whole(&rest), "{head}: half an answer looks whole: {rest}");
        way.nothing_was_repeated().await;
    }
}

#[tokio::test]
async fn a_long_upload_at_the_end_of_a_token_waits_for_the_renewal_and_goes_once() {
    let mut way = Way::open().await;
    way.clock.pass(LIFE);
    let mut caller = way
        .call("POST", "wc/v3/files", &format!("content-length: {LONG}\r\n"))
        .await;
    let sending = async { caller.socket.write_all(&vec![b'x'; LONG]).await.unwrap() };
    let receiving = async {
        let mut visit = way.visit().await;
        assert!(
            visit.head.contains("authorization: bearer token-1"),
            "{}",
            visit.head
        );
        visit.until(LONG).await;
        visit.answer("201 Created", "{}").await;
    };
    tokio::join!(sending, receiving);
    assert!(caller.whole().await.starts_with("HTTP/1.1 201"));
    assert_eq!(way.renewals.load(Ordering::SeqCst), 1);
    way.nothing_was_repeated().await;
}

#[tokio::test]
async fn a_long_upload_with_a_refused_token_is_reported_and_the_next_one_has_a_newer_token() {
    let mut way = Way::open().await;
    for (status, token) in [("401 Unauthorized", "token-0"), ("201 Created", "token-1")] {
        let mut caller = way.call("POST", "wc/v3/files", CHUNKED).await;
        for _ in 0..LONG / PIECE {
            caller.piece(PIECE).await;
        }
        caller.end().await;
        let mut visit = way.visit().await;
        assert!(
            visit.head.contains(&format!("authorization: bearer {token}")),
            "{}",
            visit.head
        );
        visit.until_the_end().await;
        visit
            .answer(status, "{\"code\":\"jwt_auth_invalid_token\"}")
            .await;
        let answer = caller.whole().await;
        if status.starts_with("401") {
            assert!(answer.contains("API02003"), "{answer}");
            assert!(!answer.starts_with("HTTP/1.1 2"), "{answer}");
        } else {
            assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
        }
    }
    way.nothing_was_repeated().await;
}
