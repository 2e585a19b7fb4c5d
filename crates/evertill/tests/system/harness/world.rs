//! A small world: one store with the sample shop, one till, and the network between them.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use rusqlite::Connection;
use serde_json::Value;
use tempfile::TempDir;

use super::{
    api::Owner,
    program::{Running, run},
    proxy::Proxy,
    until,
};

/// The store, the till and the network between them.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) network: Proxy,
    access_ttl: String,
    store: Option<Running>,
    store_address: Option<SocketAddr>,
    till: Option<Running>,
    till_address: Option<SocketAddr>,
    /// Dropped last: the processes above show their logs, which lie in it, when a scenario fails.
    folder: TempDir,
}

impl World {
    /// A world whose store is open, with access tokens that live `access_ttl`.
    pub(crate) async fn open(access_ttl: &str) -> Self {
        let mut world = Self {
            network: Proxy::start().await,
            folder: tempfile::tempdir().expect("a temporary directory"),
            access_ttl: access_ttl.to_owned(),
            store: None,
            store_address: None,
            till: None,
            till_address: None,
        };
        world.start_store().await;
        world
    }

    /// A world whose till is open and signed in as the cashier.
    pub(crate) async fn at_work(access_ttl: &str) -> Self {
        let mut world = Self::open(access_ttl).await;
        world.sign_in_till("cashier");
        world.start_till().await;
        world
    }

    /// Opens the store; again after [`Self::kill_store`], with the same data.
    pub(crate) async fn start_store(&mut self) {
        self.start_store_with(&[]).await;
    }

    /// Opens the store with more words on its command line.
    pub(crate) async fn start_store_with(&mut self, more: &[&str]) {
        let data = self.store_home();
        let url = self.store_url();
        let mut words = vec![
            "serve",
            "--sample-shop",
            "--listen",
            "127.0.0.1:0",
            "--public-url",
            &url,
            "--access-ttl",
            &self.access_ttl,
            "--data-dir",
            text(&data),
        ];
        words.extend(more);
        let mut store = Running::start(self.folder.path(), "store", &words);
        let address = store.says("Listening on ").await;
        let address: SocketAddr = address.parse().expect("the store names its address");
        self.network.lead_to(address);
        self.store_address = Some(address);
        self.store = Some(store);
    }

    /// Ends the store the way a power cut does.
    pub(crate) fn kill_store(&mut self) {
        self.store.take().expect("the store runs").kill();
    }

    /// Hands the store's process over, to whoever ends it.
    pub(crate) fn take_store(&mut self) -> Running {
        self.store.take().expect("the store runs")
    }

    /// Signs the till in without a browser.
    pub(crate) fn sign_in_till(&self, username: &str) {
        let login = run(
            &[
                "login",
                "--data-dir",
                text(&self.till_home()),
                "--store",
                &self.store_url(),
                "--username",
                username,
                "--password-stdin",
            ],
            &format!("{username}-demo\n"),
        );
        assert_eq!(login.exit, Some(0), "{}", login.stderr);
    }

    /// Opens the till, at the same address when it was open before.
    pub(crate) async fn start_till(&mut self) {
        let listen = self
            .till_address
            .map_or_else(|| "127.0.0.1:0".to_owned(), |address| address.to_string());
        let (home, url) = (self.till_home(), self.store_url());
        let mut till = Running::start(
            self.folder.path(),
            "till",
            &[
                "till",
                "--store",
                &url,
                "--listen",
                &listen,
                "--data-dir",
                text(&home),
            ],
        );
        let url = till.says("The till is open: ").await;
        let address = url.trim_start_matches("http://").trim_end_matches('/');
        self.till_address = Some(address.parse().expect("the till names its address"));
        self.till = Some(till);
    }

    /// Opens a till on another data directory of the folder, in the place of the one that ran, and answers its address.
    pub(crate) async fn open_till_of(&mut self, home: &str) -> String {
        let (home, url) = (self.folder.path().join(home), self.store_url());
        let words = [
            "till",
            "--store",
            &url,
            "--listen",
            "127.0.0.1:0",
            "--data-dir",
            text(&home),
        ];
        let mut till = Running::start(self.folder.path(), "another-till", &words);
        let address = till.says("The till is open: ").await;
        self.till = Some(till);
        address
    }

    /// Ends the till the way a power cut does.
    pub(crate) fn kill_till(&mut self) {
        self.till.take().expect("the till runs").kill();
    }

    /// An address of the till.
    pub(crate) fn till_url(&self, path: &str) -> String {
        format!("http://{}{path}", self.till_address.expect("the till runs"))
    }

    /// The address by which tills know the store.
    pub(crate) fn store_url(&self) -> String {
        self.network.url()
    }

    /// Where the store listens, past the network.
    pub(crate) fn store_address(&self) -> SocketAddr {
        self.store_address.expect("the store runs")
    }

    /// What the store has logged since it was started last.
    pub(crate) fn store_log(&self) -> String {
        self.store.as_ref().map(Running::log).unwrap_or_default()
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn store_home(&self) -> PathBuf {
        self.folder.path().join("store")
    }

    pub(crate) fn till_home(&self) -> PathBuf {
        self.folder.path().join("till")
    }

    /// The owner of the store. Sign in before the weather turns.
    pub(crate) fn owner(&self) -> Owner {
        Owner::sign_in(self.folder.path(), &self.store_url(), self.store_address())
    }

    /// Lets every session of the store come to the end of its life while the store is closed.
    pub(crate) async fn age_every_session(&mut self) {
        self.kill_store();
        let database =
            Connection::open(self.store_home().join("store.sqlite3")).expect("the store's database opens");
        let aged = database
            .execute("UPDATE sessions SET signed_in_at = 1, renewed_at = 1", [])
            .expect("sessions have a beginning");
        assert!(aged > 0, "somebody is signed in");
        drop(database);
        self.start_store().await;
    }

    /// What the command line says about the till's session.
    pub(crate) fn till_status(&self) -> Value {
        let status = run(&["status", "--json", "--data-dir", text(&self.till_home())], "");
        assert_eq!(status.exit, Some(0), "{}", status.stderr);
        let list: Value = serde_json::from_str(&status.stdout).expect("the status is JSON");
        list[0].clone()
    }

    /// Every request the store has answered. The store writes many lines at a time: one more request is made, and its
    /// line waited for.
    pub(crate) async fn access_log(&self) -> Vec<Request> {
        let path = self.store_home().join("access.log");
        let before = fs::metadata(&path).expect("the store keeps an access log").len();
        let name = format!("read-after-{before}");
        let address = self.store_address.expect("the store is open");
        let asked = reqwest::Client::new()
            .get(format!("http://{address}/healthz"))
            .header("X-Request-Id", &name);
        asked.send().await.expect("the store answers");
        until("the line of the last request", || async {
            let log = fs::read_to_string(&path).expect("the store keeps an access log");
            let lines = log.lines().take_while(|line| !line.contains(&name));
            let lines: Vec<Request> = lines.map(Request::read).collect();
            log.contains(&name).then_some(lines)
        })
        .await
    }
}

/// One line of the store's access log.
#[derive(Debug)]
pub(crate) struct Request {
    /// Milliseconds since 1970.
    pub(crate) at_ms: i64,
    pub(crate) path: String,
    pub(crate) status: u16,
}

impl Request {
    fn read(line: &str) -> Self {
        let line: Value = serde_json::from_str(line).expect("a line of the access log is JSON");
        Self {
            at_ms: line["at_ms"].as_i64().expect("a time"),
            path: line["path"].as_str().expect("a path").to_owned(),
            status: line["status"]
                .as_u64()
                .and_then(|status| status.try_into().ok())
                .expect("a status"),
        }
    }
}

/// A path as an argument.
pub(crate) fn text(path: &Path) -> &str {
    path.to_str().expect("a plain path")
}
