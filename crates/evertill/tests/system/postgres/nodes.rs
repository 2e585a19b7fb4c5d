//! Nodes that are killed, a database that restarts, sessions that end on one node and must be over on the other.

use std::{
    collections::BTreeMap,
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use reqwest::{Method, StatusCode};
use tempfile::TempDir;

use super::tills::{Balancer, Tally, Tokens};
use crate::harness::{
    cluster::Cluster,
    program::{Running, evertill},
    until, within,
    world::text,
};

/// Tills that are at work.
const TILLS: usize = 12;

/// Number of the sample shop's cashier.
pub(crate) const CASHIER: i64 = 3;

/// A shop on two nodes.
pub(crate) struct Chain {
    nodes: [Option<Running>; 2],
    pub(crate) addresses: Vec<SocketAddr>,
    has_config: bool,
    pub(crate) cluster: Cluster,
    pub(crate) folder: TempDir,
}

impl Chain {
    pub(crate) async fn open() -> Self {
        Self::open_with(None).await
    }

    /// Nodes with a configuration of their own.
    async fn open_with(config: Option<&str>) -> Self {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let mut chain = Self {
            cluster: Cluster::start(folder.path()),
            nodes: [None, None],
            addresses: Vec::new(),
            has_config: config.is_some(),
            folder,
        };
        if let Some(config) = config {
            fs::write(chain.folder.path().join("store.toml"), config).expect("the folder takes files");
        }
        chain.start(0, "127.0.0.1:0").await;
        fs::create_dir(chain.home(1)).expect("the folder takes directories");
        fs::copy(chain.home(0).join("keys.json"), chain.home(1).join("keys.json")).expect("keys are a file");
        chain.start(1, "127.0.0.1:0").await;
        chain
    }

    fn home(&self, node: usize) -> PathBuf {
        self.folder.path().join(format!("node-{node}"))
    }

    async fn start(&mut self, node: usize, listen: &str) {
        let home = self.home(node);
        let (database, config) = (self.cluster.address(), self.folder.path().join("store.toml"));
        let mut words = vec![
            "serve",
            "--sample-shop",
            "--listen",
            listen,
            "--public-url",
            "http://shop.example/",
            "--database-url",
            &database,
            "--data-dir",
            text(&home),
        ];
        if self.has_config {
            words.extend(["--config", text(&config)]);
        }
        let mut running = Running::start(self.folder.path(), &format!("node-{node}"), &words);
        let address = running.says("Listening on ").await;
        let address = address.parse().expect("the node names its address");
        if node == self.addresses.len() {
            self.addresses.push(address);
        }
        self.nodes[node] = Some(running);
    }

    /// Ends a node the way a power cut does.
    pub(crate) fn kill(&mut self, node: usize) {
        self.nodes[node].take().expect("the node runs").kill();
    }

    pub(crate) async fn start_again(&mut self, node: usize) {
        let listen = self.addresses[node].to_string();
        self.start(node, &listen).await;
    }
}

/// Waits until the tills have renewed `more` times.
pub(crate) async fn more_renewals(tally: &Tally, more: usize) {
    let goal = tally.renewals.load(Ordering::SeqCst) + more;
    until("the tills to go on renewing", || async {
        let refusals = tally
            .refusals
            .lock()
            .expect("nobody panics with the tally in hand")
            .clone();
        assert!(refusals.is_empty(), "{refusals:#?}");
        (tally.renewals.load(Ordering::SeqCst) >= goal).then_some(())
    })
    .await;
}

/// How often each order is at the store, by the till's key of it.
async fn orders(balancer: &Balancer, node: SocketAddr, owner: &Tokens) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    for page in 1.. {
        let route = format!("orders?per_page=100&page={page}&status=any");
        let answer = balancer
            .ask(node, Method::GET, &route, Some(&owner.access), None)
            .await;
        let answer = answer.expect("the node answers");
        let list = answer.body.as_array().cloned().unwrap_or_default();
        if list.is_empty() {
            return found;
        }
        for order in list {
            let key = order["meta_data"]
                .as_array()
                .into_iter()
                .flatten()
                .find(|entry| entry["key"] == "_woocommerce_pos_uuid")
                .and_then(|entry| entry["value"].as_str());
            *found
                .entry(key.expect("an order has the till's key").to_owned())
                .or_default() += 1;
        }
    }
    found
}

#[tokio::test]
#[ignore = "needs PostgreSQL, which `cargo xtask test` brings along"]
async fn a_killed_node_and_a_database_that_crashes_sign_nobody_out_and_lose_no_order() {
    let mut chain = Chain::open().await;
    let balancer = Balancer::new(&chain.addresses);
    let tally = Arc::new(Tally::default());
    let mut tills = Vec::new();
    for number in 0..TILLS {
        let tokens = balancer.sign_in(chain.addresses[number % 2], "cashier").await;
        tills.push(tokio::spawn(balancer.clone().keep_till(
            number,
            tokens,
            Arc::clone(&tally),
        )));
    }
    more_renewals(&tally, 10 * TILLS).await;
    chain.kill(0);
    more_renewals(&tally, 10 * TILLS).await;
    chain.cluster.crash_and_restart();
    more_renewals(&tally, 10 * TILLS).await;
    chain.start_again(0).await;
    chain.kill(1);
    more_renewals(&tally, 10 * TILLS).await;
    tally.is_over.store(true, Ordering::SeqCst);
    for till in tills {
        till.await.expect("a till goes on to the end");
    }
    let refusals = tally
        .refusals
        .lock()
        .expect("nobody panics with the tally in hand")
        .clone();
    assert!(refusals.is_empty(), "{refusals:#?}");
    let owner = balancer.sign_in(chain.addresses[0], "owner").await;
    let stored = orders(&balancer, chain.addresses[0], &owner).await;
    let booked = tally
        .booked
        .lock()
        .expect("nobody panics with the tally in hand")
        .clone();
    assert!(booked.len() >= 10 * TILLS, "{}", booked.len());
    for key in &booked {
        assert_eq!(stored.get(key), Some(&1), "{key}");
    }
    assert_eq!(stored.len(), booked.len(), "nothing is booked that no till sold");
}

#[tokio::test]
#[ignore = "needs PostgreSQL, which `cargo xtask test` brings along"]
async fn a_session_ended_at_one_node_is_over_at_the_other_within_a_second() {
    is_over_within_a_second(Chain::open().await).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL, which `cargo xtask test` brings along"]
async fn a_session_ended_at_one_node_is_over_at_the_other_within_a_second_although_nobody_sends_word() {
    is_over_within_a_second(Chain::open_with(Some("[database]\nnotify = false\n")).await).await;
}

async fn is_over_within_a_second(chain: Chain) {
    let balancer = Balancer::new(&chain.addresses);
    let [here, there] = [chain.addresses[0], chain.addresses[1]];
    let till = balancer.sign_in(there, "cashier").await;
    let see = async |node| {
        let answer = balancer
            .ask(node, Method::GET, "orders", Some(&till.access), None)
            .await;
        answer.expect("the node answers").status
    };
    for node in [here, there] {
        assert_eq!(see(node).await, StatusCode::OK);
    }
    let owner = balancer.sign_in(here, "owner").await;
    let route = format!("auth/sessions?user_id={CASHIER}");
    let ended = balancer
        .ask(here, Method::DELETE, &route, Some(&owner.access), None)
        .await;
    assert_eq!(ended.expect("the node answers").status, StatusCode::OK);
    within(Duration::from_secs(1), "the other node to refuse it", || async {
        (see(there).await == StatusCode::UNAUTHORIZED).then_some(())
    })
    .await;
    let body = serde_json::json!({"refresh_token": till.refresh});
    let renewal = balancer
        .ask(there, Method::POST, "auth/refresh", None, Some(&body))
        .await;
    assert_eq!(
        renewal.expect("the node answers").status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
#[ignore = "needs PostgreSQL, which `cargo xtask test` brings along"]
async fn a_node_with_other_keys_does_not_start_and_no_password_is_in_the_open() {
    let chain = Chain::open().await;
    let stranger = chain.folder.path().join("stranger");
    let start = |home: &Path, address: &str| {
        let words = [
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--data-dir",
            text(home),
            "--database-url",
            address,
        ];
        let output = evertill(&words).output().expect("the binary starts");
        (
            output.status.code(),
            String::from_utf8_lossy(&output.stderr).into_owned(),
        )
    };
    // Keys of a shop that has nothing to do with this one.
    let other = tempfile::tempdir().expect("a temporary directory");
    let mut embedded = Running::start(
        other.path(),
        "embedded",
        &["serve", "--listen", "127.0.0.1:0", "--data-dir", text(&stranger)],
    );
    embedded.says("Listening on ").await;
    embedded.kill();
    let (code, said) = start(&stranger, &chain.cluster.address());
    assert_ne!(code, Some(0));
    assert!(
        said.contains("not those the store's database goes with"),
        "{said}"
    );
    assert!(said.contains("keys.json"), "{said}");
    let with_password = chain.cluster.address().replacen("till@", "till:hunter2@", 1);
    let (code, said) = start(&stranger, &with_password);
    assert_ne!(code, Some(0));
    assert!(said.contains("EVERTILL_DATABASE_URL"), "{said}");
    assert!(!said.contains("hunter2"), "{said}");
}
