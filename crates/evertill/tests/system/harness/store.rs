//! A store as tills and an owner's browser see it: bare requests, and exactly what came back.

use std::net::SocketAddr;

use reqwest::{Client, StatusCode, redirect::Policy};
use serde_json::{Value, json};

/// What a till holds.
#[derive(Debug, Clone)]
pub(crate) struct Tokens {
    pub(crate) refresh: String,
    pub(crate) access: String,
}

/// A store at an address, which may be away.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    client: Client,
    address: SocketAddr,
}

/// An owner's browser in the office.
#[cfg(target_os = "linux")]
#[derive(Debug, Clone)]
pub(crate) struct Visit {
    cookie: String,
}

impl Store {
    pub(crate) fn at(address: SocketAddr) -> Self {
        // A client that could speak TLS wants to know how, even when it never will.
        let _installed_by_another_scenario = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().no_proxy().redirect(Policy::none()).build();
        Self {
            client: client.expect("a client"),
            address,
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Signs in by the page, as a person does; the form's request bears the name `id`. None when the store says no.
    pub(crate) async fn sign_in(&self, id: &str, name: &str, password: &str) -> Option<Tokens> {
        let page = self.url("/wcpos-auth/?redirect_uri=wcpos%3A%2F%2Fauth&state=s");
        let shown = self.client.get(&page).send().await.expect("the page opens");
        let shown = shown.text().await.expect("a page has text");
        let fields = [
            ("_wpnonce", hidden(&shown, "_wpnonce")),
            ("auth_session", hidden(&shown, "auth_session")),
            ("wcpos-log", name),
            ("wcpos-pwd", password),
            ("wcpos_website", ""),
        ];
        let sent = self.client.post(&page).header("X-Request-Id", id).form(&fields);
        let answer = sent.send().await.expect("the form arrives");
        let location = answer.headers().get("location")?.to_str().expect("an address");
        let back = url::Url::parse(location).expect("an address");
        let parameter = |name: &str| {
            let found = back.query_pairs().find(|(key, _)| key == name);
            found.expect("the way back carries tokens").1.into_owned()
        };
        Some(Tokens {
            refresh: parameter("refresh_token"),
            access: parameter("access_token"),
        })
    }

    /// Renews with rotation; none when no whole answer came.
    pub(crate) async fn renew(&self, id: &str, refresh: &str) -> Option<(StatusCode, Value)> {
        let request = self
            .client
            .post(self.url("/wp-json/wcpos/v2/auth/refresh"))
            .header("X-Request-Id", id)
            .json(&json!({"refresh_token": refresh, "rotate": true}));
        let answer = request.send().await.ok()?;
        let status = answer.status();
        Some((status, answer.json().await.ok()?))
    }

    /// Asks a route with an access token; none when no whole answer came.
    pub(crate) async fn get(&self, id: &str, route: &str, access: &str) -> Option<(StatusCode, Value)> {
        let url = self.url(&format!("/wp-json/wcpos/v2/{route}"));
        let request = self.client.get(url).header("X-Request-Id", id);
        let answer = request.bearer_auth(access).send().await.ok()?;
        let status = answer.status();
        Some((status, answer.json().await.ok()?))
    }

    /// Ends the session of a till by its own access token. The look before bears the name `look`, the ending `id`.
    /// Whether it was acknowledged; none when the store went away meanwhile.
    pub(crate) async fn end(&self, look: &str, id: &str, till: &Tokens) -> Option<bool> {
        let (_, listed) = self.get(look, "auth/sessions", &till.access).await?;
        let own = listed["sessions"]
            .as_array()?
            .iter()
            .find(|row| row["is_current"] == true)?;
        let route = format!(
            "/wp-json/wcpos/v2/auth/sessions/{}?user_id={}",
            own["jti"].as_str()?,
            listed["user_id"]
        );
        let request = self.client.delete(self.url(&route)).header("X-Request-Id", id);
        let answer = request.bearer_auth(&till.access).send().await.ok()?;
        Some(answer.status() == StatusCode::OK)
    }
}

#[cfg(target_os = "linux")]
impl Store {
    /// Goes into the office.
    pub(crate) async fn enter_office(&self, name: &str, password: &str) -> Visit {
        let door = self.client.get(self.url("/admin")).send().await.expect("a door");
        let door = door.text().await.expect("a page has text");
        let fields = [
            ("seal", hidden(&door, "seal")),
            ("login", name),
            ("password", password),
        ];
        let knock = self.client.post(self.url("/admin/sign-in")).form(&fields).send();
        let answer = knock.await.expect("the form arrives");
        let cookie = answer.headers()["set-cookie"].to_str().expect("a cookie");
        Visit {
            cookie: cookie.split(';').next().unwrap_or_default().to_owned(),
        }
    }

    /// A page of the office.
    pub(crate) async fn page(&self, visit: &Visit, path: &str) -> String {
        let request = self.client.get(self.url(path)).header("Cookie", &visit.cookie);
        let answer = request.send().await.expect("the office answers");
        answer.text().await.expect("a page has text")
    }

    /// Sends a form of the office; the request bears the name `id`.
    pub(crate) async fn send_form(
        &self,
        visit: &Visit,
        id: &str,
        path: &str,
        fields: &[(&str, &str)],
    ) -> StatusCode {
        let page = self.page(visit, "/admin").await;
        let mut all = fields.to_vec();
        all.push(("seal", hidden(&page, "seal")));
        let request = self.client.post(self.url(path)).header("X-Request-Id", id);
        let request = request.header("Cookie", &visit.cookie).form(&all);
        request.send().await.expect("the office answers").status()
    }
}

impl Tokens {
    /// What a renewal brought.
    pub(crate) fn of(answer: &Value) -> Self {
        let text = |name: &str| {
            answer[name]
                .as_str()
                .expect("a renewal carries tokens")
                .to_owned()
        };
        Self {
            refresh: text("refresh_token"),
            access: text("access_token"),
        }
    }
}

fn hidden<'a>(page: &'a str, name: &str) -> &'a str {
    let mark = format!("name=\"{name}\" value=\"");
    let (_, rest) = page.split_once(&mark).expect("the form has the field");
    rest.split('"').next().unwrap_or_default()
}
