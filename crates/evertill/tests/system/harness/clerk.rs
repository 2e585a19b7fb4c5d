//! A cashier without a browser: forms and a cookie, and nothing follows by itself.

use reqwest::{Client, redirect::Policy};

/// Somebody at the pages of a till.
#[derive(Debug)]
pub(crate) struct Clerk {
    client: Client,
    till: String,
    cookie: String,
}

impl Clerk {
    /// Opens the till at this address, `http://127.0.0.1:8420`.
    pub(crate) async fn at(till: &str) -> Self {
        // A client that could speak TLS wants to know how, even when it never will.
        let _installed_by_another_scenario = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .build()
            .expect("a client");
        let home = client.get(till).send().await.expect("the till answers");
        let cookie = home.headers()["set-cookie"].to_str().expect("a cookie is text");
        let cookie = cookie.split(';').next().expect("a cookie has a name").to_owned();
        Self {
            client,
            till: till.trim_end_matches('/').to_owned(),
            cookie,
        }
    }

    /// A page.
    pub(crate) async fn reads(&self, path: &str) -> String {
        let request = self.client.get(format!("{}{path}", self.till));
        let page = request.header("Cookie", &self.cookie).send().await;
        let page = page.expect("the till answers");
        page.text().await.expect("a page is text")
    }

    /// Posts a form with the token of a page, and answers status and where it leads.
    pub(crate) async fn posts(&self, path: &str, fields: &[(&str, &str)]) -> (u16, String, String) {
        let csrf = field(&self.reads("/cart/custom").await, "csrf");
        let mut all = vec![("csrf", csrf.as_str())];
        all.extend(fields);
        let request = self.client.post(format!("{}{path}", self.till)).form(&all);
        let request = request
            .header("Cookie", &self.cookie)
            .header("Origin", &self.till);
        let answer = request.send().await.expect("the till answers");
        let location = answer.headers().get("location");
        let location = location
            .and_then(|to| to.to_str().ok())
            .unwrap_or_default()
            .to_owned();
        let status = answer.status().as_u16();
        (status, location, answer.text().await.expect("an answer is text"))
    }

    /// Sells something for cash, and answers the identity of the sale.
    pub(crate) async fn sells(&self, name: &str, price: &str) -> String {
        let (_, _, added) = self
            .posts("/cart/custom", &[("name", name), ("price", price)])
            .await;
        let checkout = self.reads("/checkout").await;
        let key = field(&checkout, "sale_key");
        assert!(!key.is_empty(), "nothing to pay for: {added}");
        let (status, to, body) = self
            .posts("/checkout/cash", &[("sale_key", &key), ("received", "")])
            .await;
        assert_eq!(status, 303, "{body}");
        let uuid = to.split('/').nth(2).expect("the sale has a page");
        uuid.to_owned()
    }
}

/// The value of the first field of that name.
fn field(page: &str, name: &str) -> String {
    let rest = page.split(&format!("name=\"{name}\" value=\"")).nth(1);
    let value = rest.and_then(|rest| rest.split('"').next());
    value.unwrap_or_default().replace("&#38;", "&")
}
