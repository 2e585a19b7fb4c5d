//! A store that is killed while tills renew, and tills that are killed between an answer and writing it down.
//!
//! `EVERTILL_STORE_KILLS` says how often the store is killed; `cargo xtask soak --store-kills 200` runs it for long.

use std::{
    net::{SocketAddr, TcpListener},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use reqwest::{Client, StatusCode, redirect::Policy};
use serde_json::{Value, json};

use crate::harness::{program::Running, until, world::text};

/// Tills that renew without a pause.
const TILLS: usize = 64;

/// How often the store is killed unless the environment says otherwise.
const KILLS: u64 = 10;

/// How long a till waits before it tries a store again that is away.
const PAUSE: Duration = Duration::from_millis(10);

/// One in so many answers reaches a till that is killed before it has written it down.
const LOST_EVERY: u64 = 7;

/// A till: only what is on its disk.
#[derive(Debug, Clone)]
struct Till {
    refresh: String,
    access: String,
}

#[derive(Debug, Default)]
struct Day {
    renewals: AtomicU64,
    refused: AtomicU64,
    is_over: AtomicBool,
}

struct Store {
    client: Client,
    address: SocketAddr,
}

impl Store {
    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Signs in by the page, as a person does.
    async fn sign_in(&self, name: &str) -> Till {
        let page = self.url("/wcpos-auth/?redirect_uri=wcpos%3A%2F%2Fauth&state=s");
        let shown = self.client.get(&page).send().await.expect("the page opens");
        let shown = shown.text().await.expect("a page has text");
        let password = format!("{name}-demo");
        let fields = [
            ("_wpnonce", hidden(&shown, "_wpnonce")),
            ("auth_session", hidden(&shown, "auth_session")),
            ("wcpos-log", name),
            ("wcpos-pwd", password.as_str()),
            ("wcpos_website", ""),
        ];
        let sent = self.client.post(&page).form(&fields).send();
        let answer = sent.await.expect("the form arrives");
        let location = answer.headers()["location"].to_str().expect("an address");
        let back = url::Url::parse(location).expect("an address");
        let parameter = |name: &str| {
            let found = back.query_pairs().find(|(key, _)| key == name);
            found.expect("the way back carries tokens").1.into_owned()
        };
        Till {
            refresh: parameter("refresh_token"),
            access: parameter("access_token"),
        }
    }

    /// Renews with rotation; none when the store is away.
    async fn renew(&self, refresh: &str) -> Option<(StatusCode, Value)> {
        let request = self
            .client
            .post(self.url("/wp-json/wcpos/v2/auth/refresh"))
            .json(&json!({"refresh_token": refresh, "rotate": true}));
        let answer = request.send().await.ok()?;
        let status = answer.status();
        Some((status, answer.json().await.ok()?))
    }

    /// Ends the session of a till by its own access token.
    async fn end(&self, till: &Till) {
        let sessions = self.url("/wp-json/wcpos/v2/auth/sessions");
        let listed = self.client.get(&sessions).bearer_auth(&till.access).send();
        let listed: Value = listed
            .await
            .expect("the list")
            .json()
            .await
            .expect("the list is JSON");
        let rows = listed["sessions"].as_array().expect("sessions");
        let own = rows
            .iter()
            .find(|row| row["is_current"] == true)
            .expect("the session that asks");
        let one = format!(
            "{sessions}/{}?user_id={}",
            own["jti"].as_str().expect("a session has a name"),
            listed["user_id"]
        );
        let ended = self.client.delete(one).bearer_auth(&till.access).send();
        assert_eq!(ended.await.expect("an answer").status(), StatusCode::OK);
    }
}

fn hidden<'a>(page: &'a str, name: &str) -> &'a str {
    let mark = format!("name=\"{name}\" value=\"");
    let (_, rest) = page.split_once(&mark).expect("the form has the field");
    rest.split('"').next().unwrap_or_default()
}

/// Renews until the day is over, and loses some answers.
async fn work(store: Arc<Store>, mut till: Till, day: Arc<Day>) -> Till {
    while !day.is_over.load(Ordering::Relaxed) {
        match store.renew(&till.refresh).await {
            Some((StatusCode::OK, answer)) => {
                let count = day.renewals.fetch_add(1, Ordering::Relaxed);
                if !count.is_multiple_of(LOST_EVERY) {
                    till.refresh = text_of(&answer, "refresh_token");
                    till.access = text_of(&answer, "access_token");
                }
            }
            Some((StatusCode::UNAUTHORIZED, answer)) => {
                day.refused.fetch_add(1, Ordering::Relaxed);
                panic!("a till was signed out: {answer}");
            }
            Some(_) | None => tokio::time::sleep(PAUSE).await,
        }
    }
    till
}

fn text_of(answer: &Value, name: &str) -> String {
    answer[name]
        .as_str()
        .expect("a renewal carries tokens")
        .to_owned()
}

async fn start(folder: &Path, address: SocketAddr) -> Running {
    let listen = address.to_string();
    let home = folder.join("store");
    let words = [
        "serve",
        "--sample-shop",
        "--listen",
        &listen,
        "--data-dir",
        text(&home),
    ];
    let mut store = Running::start(folder, "store", &words);
    store.says("Listening on ").await;
    store
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_is_killed_again_and_again_signs_no_till_out_and_forgets_no_ending() {
    let kills = std::env::var("EVERTILL_STORE_KILLS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(KILLS);
    let folder = tempfile::tempdir().expect("a temporary directory");
    let address = TcpListener::bind("127.0.0.1:0")
        .and_then(|free| free.local_addr())
        .expect("a free port");
    let _installed_by_another_scenario = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder().no_proxy().redirect(Policy::none()).build();
    let store = Arc::new(Store {
        client: client.expect("a client"),
        address,
    });
    let mut process = start(folder.path(), address).await;
    let day = Arc::new(Day::default());
    let mut tills = Vec::new();
    for _ in 0..TILLS {
        let till = store.sign_in("cashier").await;
        tills.push(tokio::spawn(work(Arc::clone(&store), till, Arc::clone(&day))));
    }
    let mut ended: Vec<Till> = Vec::new();
    for _ in 0..kills {
        let seen = day.renewals.load(Ordering::Relaxed);
        until("the tills to renew", || {
            let all = day.renewals.load(Ordering::Relaxed) >= seen + TILLS as u64;
            std::future::ready(all.then_some(()))
        })
        .await;
        let till = store.sign_in("cashier").await;
        store.end(&till).await;
        process.kill();
        ended.push(till);
        process = start(folder.path(), address).await;
        for till in &ended {
            let (status, answer) = store.renew(&till.refresh).await.expect("the store is back");
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{answer}");
            assert_eq!(answer["evertill"]["reason"], "revoked");
        }
    }
    day.is_over.store(true, Ordering::Relaxed);
    for till in tills {
        let till = till.await.expect("no till is signed out");
        let (status, answer) = store.renew(&till.refresh).await.expect("the store answers");
        assert_eq!(status, StatusCode::OK, "{answer}");
    }
    assert_eq!(day.refused.load(Ordering::Relaxed), 0);
    process.kill();
}
