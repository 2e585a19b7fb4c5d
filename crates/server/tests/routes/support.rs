//! A store on a socket of its own, and a client that sends exactly what a test says.

use std::time::Duration;

use evertill_server::{Clock, Office, ServeOptions, ServerHandle, start};
use serde_json::Value;
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::contract;

/// When the clock of a test shop stands still at first.
pub(crate) const OPENED_AT: i64 = 1_795_402_593;

/// A running store with the sample shop.
pub(crate) struct Shop {
    pub(crate) handle: ServerHandle,
    pub(crate) clock: Clock,
    pub(crate) home: TempDir,
}

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

/// A signed-in till.
#[derive(Debug, Clone)]
pub(crate) struct Till {
    pub(crate) access: String,
    pub(crate) refresh: String,
    pub(crate) user_id: i64,
}

impl Shop {
    /// A store with the sample shop and access tokens of 15 minutes.
    pub(crate) async fn open() -> Self {
        Self::open_with(|_| {}).await
    }

    pub(crate) async fn open_with(change: impl FnOnce(&mut ServeOptions)) -> Self {
        let home = tempfile::tempdir().unwrap();
        let clock = Clock::standing_at(OPENED_AT);
        let mut options = options(&home, &clock);
        change(&mut options);
        let handle = start(options).await.unwrap();
        Self { handle, clock, home }
    }

    /// Stops the store and starts it again on the same directory.
    pub(crate) async fn reopen(self) -> Self {
        let Self { handle, clock, home } = self;
        handle.shutdown().await;
        let handle = start(options(&home, &clock)).await.unwrap();
        Self { handle, clock, home }
    }

    /// What the owner has on the store's own machine, beside the running store.
    pub(crate) async fn office(&self) -> Office {
        let options = ServeOptions {
            clock: self.clock.clone(),
            ..ServeOptions::by_settings(self.home.path())
        };
        Office::open(&options).await.unwrap()
    }

    pub(crate) fn pass(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    pub(crate) async fn send(
        &self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        send(self.handle.address(), method, target, headers, body).await
    }

    pub(crate) async fn get(&self, target: &str) -> Answer {
        self.send("GET", target, &[], "").await
    }

    /// `GET` of a route as somebody signed in.
    pub(crate) async fn get_as(&self, till: &Till, route: &str) -> Answer {
        let bearer = format!("Bearer {}", till.access);
        self.send(
            "GET",
            &format!("/wp-json/wcpos/v2/{route}"),
            &[("Authorization", &bearer)],
            "",
        )
        .await
    }

    pub(crate) async fn delete_as(&self, till: &Till, route: &str) -> Answer {
        let bearer = format!("Bearer {}", till.access);
        self.send(
            "DELETE",
            &format!("/wp-json/wcpos/v2/{route}"),
            &[("Authorization", &bearer)],
            "",
        )
        .await
    }

    pub(crate) async fn post_as(&self, till: &Till, route: &str, body: &Value) -> Answer {
        let bearer = format!("Bearer {}", till.access);
        let headers = [
            ("Authorization", bearer.as_str()),
            ("Content-Type", "application/json"),
        ];
        self.send(
            "POST",
            &format!("/wp-json/wcpos/v2/{route}"),
            &headers,
            &body.to_string(),
        )
        .await
    }

    pub(crate) async fn renew(&self, refresh: &str) -> Answer {
        let body = serde_json::json!({"refresh_token": refresh}).to_string();
        let headers = [("Content-Type", "application/json"), ("X-WCPOS", "1")];
        self.send("POST", "/wp-json/wcpos/v2/auth/refresh", &headers, &body)
            .await
    }

    /// The access log as it is now.
    pub(crate) fn access_log(&self) -> String {
        self.handle.settle_access_log();
        std::fs::read_to_string(self.home.path().join("access.log")).unwrap()
    }

    /// Visits the sign-in page and sends its form.
    pub(crate) async fn submit(&self, login: &str, password: &str) -> Answer {
        let target =
            "/wcpos-auth/?redirect_uri=wcpos%3A%2F%2Fauth&state=s1&platform=electron&version=1.10.0&build=7";
        let page = self.get(target).await;
        let fields = [
            ("_wpnonce", hidden(&page.body, "_wpnonce")),
            ("auth_session", hidden(&page.body, "auth_session")),
            ("wcpos-log", login.to_owned()),
            ("wcpos-pwd", password.to_owned()),
            ("wcpos_website", String::new()),
        ];
        self.send("POST", target, &FORM, &encoded(&fields)).await
    }

    /// Signs in as one of the sample accounts.
    pub(crate) async fn sign_in(&self, name: &str) -> Till {
        let answer = self.submit(name, &format!("{name}-demo")).await;
        assert_eq!(answer.status, 302, "{}", answer.body);
        let location = answer.header("location").unwrap();
        Till {
            access: parameter(location, "access_token"),
            refresh: parameter(location, "refresh_token"),
            user_id: parameter(location, "id").parse().unwrap(),
        }
    }
}

/// Content type of a form.
pub(crate) const FORM: [(&str, &str); 1] = [("Content-Type", "application/x-www-form-urlencoded")];

fn options(home: &TempDir, clock: &Clock) -> ServeOptions {
    ServeOptions {
        sample_shop: true,
        access_log: true,
        clock: clock.clone(),
        ..ServeOptions::new(([127, 0, 0, 1], 0).into(), home.path())
    }
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// The answer's status and the error code of its body.
    #[track_caller]
    pub(crate) fn verdict(&self) -> (u16, String) {
        let code = self.json()["code"].as_str().unwrap_or_default().to_owned();
        (self.status, code)
    }

    /// The sentence of the sign-in page's error.
    pub(crate) fn login_error(&self) -> Option<String> {
        let (_, rest) = self.body.split_once("id=\"login_error\"")?;
        let (_, rest) = rest.split_once('>')?;
        Some(rest.split_once("</div>")?.0.trim().to_owned())
    }
}

pub(crate) async fn send(
    address: std::net::SocketAddr,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Answer {
    let mut text = format!("{method} {target} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    if !body.is_empty() || method == "POST" {
        text.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    text.push_str("\r\n");
    text.push_str(body);
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.unwrap();
    let answer = parse(&bytes);
    contract::hold(method, target, headers, &answer);
    answer
}

fn parse(bytes: &[u8]) -> Answer {
    let at = bytes
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .expect("an HTTP answer");
    let head = std::str::from_utf8(&bytes[..at]).unwrap();
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    Answer {
        status,
        headers: lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        body: String::from_utf8_lossy(&bytes[at + 4..]).into_owned(),
    }
}

/// The value of a hidden field.
pub(crate) fn hidden(page: &str, name: &str) -> String {
    let mark = format!("name=\"{name}\" value=\"");
    let (_, rest) = page
        .split_once(&mark)
        .unwrap_or_else(|| panic!("no field {name} in {page}"));
    rest.split('"').next().unwrap().to_owned()
}

/// A parameter of an address.
#[track_caller]
pub(crate) fn parameter(address: &str, name: &str) -> String {
    let query = address.split_once('?').unwrap().1;
    let found = url::form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name);
    found
        .unwrap_or_else(|| panic!("no {name} in {address}"))
        .1
        .into_owned()
}

pub(crate) fn encoded(fields: &[(&str, String)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish()
}
