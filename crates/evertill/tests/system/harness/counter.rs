//! A cashier without a browser: the forms of the till, posted the way its pages post them.

use std::sync::Mutex;

use reqwest::{Client, Response, redirect::Policy};

/// A cashier who may find the till gone at any moment.
#[derive(Debug)]
pub(crate) struct Counter {
    client: Client,
    till: String,
    cookie: Mutex<String>,
}

/// What a cashier knows about a sale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sold {
    /// The till said "paid".
    Paid(String),
    /// The money was handed over and the till said nothing any more.
    Unknown(String),
    /// It did not come to a payment.
    NotYet,
}

impl Counter {
    /// A cashier at the till with this address, `http://127.0.0.1:8420`.
    pub(crate) fn at(till: String) -> Self {
        // A client that could speak TLS wants to know how, even when it never will.
        let _installed_by_another_scenario = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .no_proxy()
            .redirect(Policy::none())
            .pool_max_idle_per_host(0);
        Self {
            client: client.build().expect("a client"),
            till,
            cookie: Mutex::default(),
        }
    }

    /// Sells one product for cash.
    pub(crate) async fn sells(&self) -> Sold {
        let Some((uuid, form)) = self.rings_up().await else {
            return Sold::NotYet;
        };
        match self.post("/checkout/cash", &form).await {
            Some(answer) if leads_to_done(&answer, &uuid) => Sold::Paid(uuid),
            Some(answer) => {
                assert!(answer.status().as_u16() < 500, "{:?}", answer.status());
                Sold::NotYet
            }
            None => Sold::Unknown(uuid),
        }
    }

    /// Whether the till calls a sale paid.
    pub(crate) async fn is_paid(&self, uuid: &str) -> bool {
        let answer = self.get(&format!("/sale/{uuid}")).await;
        answer.is_some_and(|answer| answer.status().is_success())
    }

    async fn rings_up(&self) -> Option<(String, Vec<(&'static str, String)>)> {
        let page = self.get("/").await?.text().await.ok()?;
        let form = vec![("csrf", field(&page, "csrf")?), ("product_id", tile(&page)?)];
        self.post("/cart/add", &form).await?;
        let page = self.get("/checkout").await?.text().await.ok()?;
        let key = field(&page, "sale_key")?;
        let uuid = key.split('_').next()?.to_owned();
        let form = vec![
            ("csrf", field(&page, "csrf")?),
            ("sale_key", key),
            ("received", String::new()),
        ];
        Some((uuid, form))
    }

    async fn get(&self, path: &str) -> Option<Response> {
        let request = self.client.get(format!("{}{path}", self.till));
        self.send(request).await
    }

    async fn post(&self, path: &str, form: &[(&str, String)]) -> Option<Response> {
        let request = self.client.post(format!("{}{path}", self.till)).form(form);
        self.send(request).await
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Option<Response> {
        let cookie = self.cookie.lock().expect("not poisoned").clone();
        let answer = request.header("cookie", cookie).send().await.ok()?;
        if let Some(cookie) = answer.headers().get("set-cookie") {
            let text = cookie.to_str().expect("a cookie is text");
            let pair = text.split(';').next().unwrap_or_default();
            pair.clone_into(&mut self.cookie.lock().expect("not poisoned"));
        }
        Some(answer)
    }
}

fn leads_to_done(answer: &Response, uuid: &str) -> bool {
    answer
        .headers()
        .get("location")
        .and_then(|place| place.to_str().ok())
        .is_some_and(|place| place == format!("/sale/{uuid}/done"))
}

/// The value of the first hidden field of this name.
fn field(page: &str, name: &str) -> Option<String> {
    let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\""))?;
    Some(rest.split_once('"')?.0.to_owned())
}

/// The first product that can be pressed.
fn tile(page: &str) -> Option<String> {
    let (_, rest) = page.split_once("<button class=\"tile\" name=\"product_id\" value=\"")?;
    Some(rest.split_once('"')?.0.to_owned())
}
