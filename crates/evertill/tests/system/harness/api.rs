//! The store as its owner sees it, over its REST API.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use reqwest::{Client, Method};
use serde_json::Value;

use super::{program::run, world::text};

/// The store's REST API with the rights of the owner.
#[derive(Debug)]
pub(crate) struct Owner {
    client: Client,
    store: SocketAddr,
    home: PathBuf,
    url: String,
}

/// One order at the store.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Order {
    pub(crate) uuid: String,
    pub(crate) status: String,
    pub(crate) total: String,
    pub(crate) lines: usize,
}

impl Owner {
    /// Signs the owner in at `url` and talks to the store directly from then on, past any weather.
    pub(crate) fn sign_in(folder: &Path, url: &str, store: SocketAddr) -> Self {
        let home = folder.join("owner");
        let login = run(
            &[
                "login",
                "--data-dir",
                text(&home),
                "--store",
                url,
                "--username",
                "owner",
                "--password-stdin",
            ],
            "owner-demo\n",
        );
        assert_eq!(login.exit, Some(0), "{}", login.stderr);
        // A client that could speak TLS wants to know how, even when it never will.
        let _installed_by_another_scenario = rustls::crypto::ring::default_provider().install_default();
        Self {
            client: Client::builder().no_proxy().build().expect("a client"),
            store,
            home,
            url: url.to_owned(),
        }
    }

    /// A token that is good now. Tokens of a scenario live shortly, so each request asks for one.
    fn token(&self) -> String {
        let token = run(
            &["token", "--data-dir", text(&self.home), "--store", &self.url],
            "",
        );
        assert_eq!(token.exit, Some(0), "{}", token.stderr);
        token.stdout.trim().to_owned()
    }

    async fn ask(&self, method: Method, route: &str) -> Value {
        let url = format!("http://{}/wp-json/{route}", self.store);
        let answer = self
            .client
            .request(method, &url)
            .bearer_auth(self.token())
            .header("X-WCPOS", "1")
            .send()
            .await
            .expect("the store answers");
        let status = answer.status();
        let body = answer.text().await.expect("an answer has a body");
        assert!(status.is_success(), "{url}: {status} {body}");
        serde_json::from_str(&body).expect("the store answers in JSON")
    }

    /// Every order of the store.
    pub(crate) async fn orders(&self) -> Vec<Order> {
        let body = self
            .ask(Method::GET, "wcpos/v2/orders?per_page=100&status=any")
            .await;
        let orders = body.as_array().expect("a list of orders");
        orders.iter().map(read_order).collect()
    }

    /// Every order of the store, however many there are.
    pub(crate) async fn all_orders(&self) -> Vec<Order> {
        let mut orders = Vec::new();
        for page in 1.. {
            let route = format!("wcpos/v2/orders?per_page=100&status=any&page={page}");
            let body = self.ask(Method::GET, &route).await;
            let found = body.as_array().expect("a list of orders");
            orders.extend(found.iter().map(read_order));
            if found.len() < 100 {
                break;
            }
        }
        orders
    }

    /// Ends every session of the account, as the owner who lost a till does.
    pub(crate) async fn end_sessions_of(&self, username: &str) {
        let body = self.ask(Method::GET, "wcpos/v2/auth/users/sessions").await;
        let users = body["users"].as_array().expect("a list of accounts");
        let user = users
            .iter()
            .find(|user| user["username"] == username)
            .unwrap_or_else(|| panic!("{username} has no session"));
        let sessions = user["sessions"].as_array().expect("a list of sessions");
        assert!(!sessions.is_empty(), "{username} has no session");
        for session in sessions {
            let jti = session["jti"].as_str().expect("a session has a name");
            let route = format!("wcpos/v2/auth/sessions/{jti}?user_id={}", user["user_id"]);
            self.ask(Method::DELETE, &route).await;
        }
    }
}

fn read_order(order: &Value) -> Order {
    let uuid = order["meta_data"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|entry| entry["key"] == "_woocommerce_pos_uuid")
        .and_then(|entry| entry["value"].as_str())
        .unwrap_or_default();
    Order {
        uuid: uuid.to_owned(),
        status: order["status"].as_str().unwrap_or_default().to_owned(),
        total: order["total"].as_str().unwrap_or_default().to_owned(),
        lines: order["line_items"].as_array().map_or(0, Vec::len),
    }
}
