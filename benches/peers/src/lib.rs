//! What the measurements share: a store that answers renewals and nothing else, and sessions that need no sign-in.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use evertill_client::clock::Clock;
use evertill_client::http::Http;
use evertill_client::vault::{KeyChoice, Vault};
use evertill_client::{Home, Keeper, KeeperOptions, SessionName, StoreAddress};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Life of the access tokens.
pub const LIFE: Duration = Duration::from_secs(1_800);

/// Length of a token, as a stock store makes them.
const TOKEN_BYTES: usize = 600;

/// A store on this machine.
pub struct Store {
    address: SocketAddr,
    renewals: Arc<AtomicUsize>,
}

impl Store {
    /// Starts a store that takes this long over every answer.
    ///
    /// # Panics
    /// When no port is to be had.
    pub async fn start(delay: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound address");
        let renewals = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&renewals);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, delay, Arc::clone(&counted)));
            }
        });
        Self { address, renewals }
    }

    /// How often a token was renewed.
    #[must_use]
    pub fn renewals(&self) -> usize {
        self.renewals.load(Ordering::SeqCst)
    }

    /// The store's address.
    ///
    /// # Panics
    /// Never: a socket address makes a web address.
    #[must_use]
    pub fn address(&self) -> StoreAddress {
        StoreAddress::parse(&format!("http://{}", self.address)).expect("a web address")
    }
}

async fn serve(mut stream: TcpStream, delay: Duration, renewals: Arc<AtomicUsize>) {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        tokio::time::sleep(delay).await;
        let number = renewals.fetch_add(1, Ordering::SeqCst) + 1;
        let body =
            json!({"access_token": token(number), "token_type": "Bearer", "expires_in": LIFE.as_secs()});
        let body = body.to_string();
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

fn token(number: usize) -> String {
    format!("{number:0TOKEN_BYTES$}")
}

/// Puts a fresh session into a data directory and takes it up.
///
/// # Panics
/// When the disk does not take it.
pub async fn keeper(
    home: &Home,
    store: &Store,
    clock: Arc<dyn Clock>,
    name: &str,
    http: Option<Http>,
) -> Keeper {
    let session = SessionName::parse(name).expect("a plain name");
    let vault = Vault::of_session(home, &store.address(), &session, KeyChoice::File);
    let lock = vault.try_lock().expect("locks work").expect("nobody else");
    let contents = contents(store, clock.as_ref(), name);
    vault
        .write(&lock, contents.to_string().as_bytes())
        .expect("a disk with room");
    drop(lock);
    let options = KeeperOptions {
        clock,
        key: Some(KeyChoice::File),
        session,
        http,
        ..KeeperOptions::default()
    };
    Keeper::open(home, &store.address(), options)
        .await
        .expect("a keeper")
}

/// A session as the vault keeps it.
fn contents(store: &Store, clock: &dyn Clock, name: &str) -> Value {
    let now = clock.now();
    let stamp = json!({"boot": clock.boot(), "moment": now.moment, "wall": now.wall});
    let root = store.address().url().join("wp-json/").expect("a path");
    json!({
        "format": 1,
        "record": {"grant": {
            "access": token(0), "refresh": token(7), "session": name,
            "user": {"id": 3, "uuid": name, "username": name, "display_name": name, "roles": ["cashier"]},
            "access_life": LIFE, "renewable_for": Duration::from_secs(30 * 86_400),
            "received": stamp, "signed_in": stamp, "serial": 1,
        }},
        "profile": {"address": store.address(), "rest_root": root, "sign_in_page": store.address().url()},
    })
}
