//! Tills that renew and sell without a pause, at one node after the other.

use std::{
    collections::BTreeSet,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use reqwest::{Client, Method, StatusCode, redirect::Policy};
use serde_json::{Value, json};

/// How long a till waits before it asks the next node.
const PAUSE: Duration = Duration::from_millis(20);

/// A stoneware mug of the sample shop.
const MUG: i64 = 105;

/// What one node answered.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    /// Seconds after which the node may be asked again.
    pub(crate) retry_after: Option<u64>,
    pub(crate) body: Value,
}

impl Answer {
    /// Whether the node said that it cannot answer now, in the one way it may: 503 with a moment to come again.
    pub(crate) fn is_trouble(&self) -> bool {
        self.status == StatusCode::SERVICE_UNAVAILABLE
            && self.retry_after.is_some_and(|s| (1..=30).contains(&s))
    }
}

/// A balancer without a memory: every request goes to the next node.
#[derive(Debug, Clone)]
pub(crate) struct Balancer {
    client: Client,
    nodes: Arc<[SocketAddr]>,
    next: Arc<AtomicUsize>,
}

/// What a till holds.
#[derive(Debug, Clone)]
pub(crate) struct Tokens {
    pub(crate) access: String,
    pub(crate) refresh: String,
}

/// What all tills together have done.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) is_over: AtomicBool,
    pub(crate) renewals: AtomicUsize,
    /// Answers 503 with `Retry-After`.
    pub(crate) troubles: AtomicUsize,
    pub(crate) booked: Mutex<BTreeSet<String>>,
    /// Answers that a till would take for the end of its session, or of a sale.
    pub(crate) refusals: Mutex<Vec<String>>,
}

impl Balancer {
    pub(crate) fn new(nodes: &[SocketAddr]) -> Self {
        // A client that could speak TLS wants to know how, even when it never will.
        let _installed_by_another_scenario = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .no_proxy()
            .redirect(Policy::none())
            .timeout(Duration::from_secs(15))
            .build();
        Self {
            client: client.expect("a client"),
            nodes: nodes.into(),
            next: Arc::default(),
        }
    }

    /// Asks one node, once. `None` when it did not answer.
    pub(crate) async fn ask(
        &self,
        node: SocketAddr,
        method: Method,
        route: &str,
        token: Option<&str>,
        body: Option<&Value>,
    ) -> Option<Answer> {
        let url = format!("http://{node}/wp-json/wcpos/v2/{route}");
        let mut request = self.client.request(method, url).header("X-WCPOS", "1");
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        answered(request).await
    }

    /// Sends a form to one node, once.
    pub(crate) async fn send_form(
        &self,
        node: SocketAddr,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Option<Answer> {
        answered(self.client.post(format!("http://{node}{path}")).form(fields)).await
    }

    /// Looks at a page of one node, once.
    pub(crate) async fn look(&self, node: SocketAddr, path: &str) -> Option<Answer> {
        answered(self.client.get(format!("http://{node}{path}"))).await
    }

    /// Tries to sign in: what the page says, or the answer to its form where there is a page.
    pub(crate) async fn try_to_sign_in(&self, node: SocketAddr, name: &str) -> Answer {
        let path = "/wcpos-auth/?redirect_uri=wcpos%3A%2F%2Fauth&state=s1";
        let url = format!("http://{node}{path}");
        let shown = self.client.get(&url).send().await.expect("the node answers");
        let page = shown.text().await.expect("a page has a body");
        if !page.contains("_wpnonce") {
            return self.look(node, path).await.expect("the node answers");
        }
        let (nonce, visit, password) = (
            hidden(&page, "_wpnonce"),
            hidden(&page, "auth_session"),
            format!("{name}-demo"),
        );
        let fields = [
            ("_wpnonce", nonce.as_str()),
            ("auth_session", &visit),
            ("wcpos-log", name),
            ("wcpos-pwd", &password),
            ("wcpos_website", ""),
        ];
        self.send_form(node, path, &fields)
            .await
            .expect("the node answers")
    }
    /// Asks node after node until one says something other than that it is in trouble.
    async fn insist(&self, tally: &Tally, route: &str, token: Option<&str>, body: &Value) -> Answer {
        loop {
            let node = self.nodes[self.next.fetch_add(1, Ordering::Relaxed) % self.nodes.len()];
            match self.ask(node, Method::POST, route, token, Some(body)).await {
                Some(answer) if !answer.is_trouble() => return answer,
                Some(_) => {
                    tally.troubles.fetch_add(1, Ordering::Relaxed);
                    tokio::time::sleep(PAUSE).await;
                }
                None => tokio::time::sleep(PAUSE).await,
            }
        }
    }

    /// Signs in through the form of the sign-in page.
    pub(crate) async fn sign_in(&self, node: SocketAddr, name: &str) -> Tokens {
        let url =
            format!("http://{node}/wcpos-auth/?redirect_uri=wcpos%3A%2F%2Fauth&state=s1&platform=electron");
        let page = self.client.get(&url).send().await.expect("the node answers");
        let page = page.text().await.expect("a page has a body");
        let (nonce, visit) = (hidden(&page, "_wpnonce"), hidden(&page, "auth_session"));
        let password = format!("{name}-demo");
        let fields = [
            ("_wpnonce", nonce.as_str()),
            ("auth_session", &visit),
            ("wcpos-log", name),
            ("wcpos-pwd", &password),
            ("wcpos_website", ""),
        ];
        let answer = self
            .client
            .post(&url)
            .form(&fields)
            .send()
            .await
            .expect("the node answers");
        let location = answer.headers().get("location").expect("the sign-in succeeds");
        let location = location.to_str().expect("an address is text").to_owned();
        let value = |name: &str| {
            let (_, rest) = location
                .split_once(&format!("{name}="))
                .expect("the way back has tokens");
            rest.split('&').next().unwrap_or_default().to_owned()
        };
        Tokens {
            access: value("access_token"),
            refresh: value("refresh_token"),
        }
    }

    /// Renews, and sells at every third renewal, until it is over or refused.
    pub(crate) async fn keep_till(self, number: usize, mut tokens: Tokens, tally: Arc<Tally>) {
        for round in 0.. {
            if tally.is_over.load(Ordering::SeqCst) {
                return;
            }
            let body = json!({"refresh_token": tokens.refresh, "rotate": true});
            let answer = self.insist(&tally, "auth/refresh", None, &body).await;
            if answer.status == StatusCode::CONFLICT {
                continue;
            }
            let (Some(access), Some(refresh)) = (
                answer.body["access_token"].as_str(),
                answer.body["refresh_token"].as_str(),
            ) else {
                tally.refused(format!("till {number}, renewal {round}: {answer:?}"));
                return;
            };
            tokens.access = access.to_owned();
            tokens.refresh = refresh.to_owned();
            tally.renewals.fetch_add(1, Ordering::SeqCst);
            if round % 3 == 0 {
                self.sell(number, round, &tokens, &tally).await;
            }
        }
    }

    async fn sell(&self, number: usize, round: usize, tokens: &Tokens, tally: &Tally) {
        let key = |kind: u8| format!("{kind:08x}-0000-4000-8000-{number:04x}{round:08x}");
        let body = json!({
            "mutationId": key(1), "operation": "create", "collection": "orders", "recordId": key(2),
            "baseRevision": null,
            "payload": {
                "status": "completed", "currency": "GBP", "payment_method": "pos_cash",
                "line_items": [{"product_id": MUG, "quantity": 1}],
            },
        });
        let answer = self
            .insist(tally, "push/orders", Some(&tokens.access), &body)
            .await;
        if matches!(answer.status.as_u16(), 200 | 201) {
            tally
                .booked
                .lock()
                .expect("nobody panics with the tally in hand")
                .insert(key(2));
        } else {
            tally.refused(format!("till {number}, sale {round}: {answer:?}"));
        }
    }
}

/// The whole answer to a request; none when none came.
async fn answered(request: reqwest::RequestBuilder) -> Option<Answer> {
    let answer = request.send().await.ok()?;
    let status = answer.status();
    let retry_after = answer.headers().get("retry-after");
    let retry_after = retry_after.and_then(|value| value.to_str().ok()?.parse().ok());
    let body = answer.text().await.ok()?;
    Some(Answer {
        status,
        retry_after,
        body: serde_json::from_str(&body).unwrap_or(Value::Null),
    })
}

impl Tally {
    fn refused(&self, what: String) {
        self.refusals
            .lock()
            .expect("nobody panics with the tally in hand")
            .push(what);
    }
}

fn hidden(page: &str, name: &str) -> String {
    let (_, rest) = page
        .split_once(&format!("name=\"{name}\" value=\""))
        .unwrap_or_else(|| panic!("no field {name} in {page}"));
    rest.split('"').next().unwrap_or_default().to_owned()
}
