//! A store that renews, and that can be told to accept no token it has given out so far.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use evertill_client::clock::{Clock, HandClock};
use evertill_client::vault::{KeyChoice, Vault};
use evertill_client::{Home, Keeper, KeeperOptions, StoreAddress};
use evertill_session::{BootId, Moment, Now, WallTime};
use serde_json::{Value, json};

#[derive(Default)]
struct Books {
    tokens: u32,
    renewals: usize,
    accepts_none: bool,
    /// The host drops the `Authorization` header.
    strips_header: bool,
    is_locked: bool,
    log: Vec<String>,
}

/// A store, and a session with it.
pub(crate) struct Shop {
    books: Arc<Mutex<Books>>,
    url: String,
    pub(crate) keeper: Keeper,
    _dir: tempfile::TempDir,
}

impl Shop {
    pub(crate) async fn open() -> Self {
        let books = Arc::new(Mutex::new(Books::default()));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(answer).with_state(books.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let dir = tempfile::tempdir().unwrap();
        let keeper = keeper(&dir, &url).await;
        Self {
            books,
            url,
            keeper,
            _dir: dir,
        }
    }

    pub(crate) fn route(&self, route: &str) -> String {
        format!("{}/wp-json/{route}", self.url)
    }

    /// Ends every token that is out.
    pub(crate) fn end_tokens(&self) {
        self.books.lock().unwrap().tokens += 1;
    }

    /// Renews, and accepts nothing.
    pub(crate) fn accept_none(&self) {
        self.books.lock().unwrap().accepts_none = true;
    }

    /// The host begins to drop the header.
    pub(crate) fn strip_header(&self) {
        self.books.lock().unwrap().strips_header = true;
    }

    /// The site locks its interface.
    pub(crate) fn lock(&self) {
        let mut books = self.books.lock().unwrap();
        (books.is_locked, books.accepts_none) = (true, true);
    }

    pub(crate) fn renewals(&self) -> usize {
        self.books.lock().unwrap().renewals
    }

    /// What arrived since the last look, without renewals: `POST /path 401 body`.
    pub(crate) fn log(&self) -> Vec<String> {
        std::mem::take(&mut self.books.lock().unwrap().log)
    }
}

/// A keeper that takes up a session which lies in its vault.
async fn keeper(dir: &tempfile::TempDir, url: &str) -> Keeper {
    let start = Now {
        moment: Moment::from_millis(1_000_000),
        wall: WallTime::from_millis(1_795_398_738_000),
    };
    let clock = Arc::new(HandClock::new(BootId::new("boot"), start));
    let home = Home::open(dir.path()).unwrap();
    let store = StoreAddress::parse(url).unwrap();
    let stamp = json!({"boot": clock.boot(), "moment": start.moment, "wall": start.wall});
    let life = std::time::Duration::from_secs(1_800);
    let contents = json!({
        "format": 1,
        "record": {"grant": {
            "access": "token-0", "refresh": "refresh-secret", "session": "s",
            "access_life": life, "received": stamp, "signed_in": stamp, "serial": 1,
        }},
        "profile": {"address": store, "rest_root": format!("{url}/wp-json/"), "sign_in_page": url},
    });
    let vault = Vault::new(&home, &store, KeyChoice::File);
    let lock = vault.try_lock().unwrap().unwrap();
    vault.write(&lock, contents.to_string().as_bytes()).unwrap();
    drop(lock);
    let options = KeeperOptions {
        clock,
        key: Some(KeyChoice::File),
        ..KeeperOptions::default()
    };
    Keeper::open(&home, &store, options).await.unwrap()
}

async fn answer(
    State(books): State<Arc<Mutex<Books>>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut books = books.lock().unwrap();
    if uri.path().ends_with("/auth/refresh") {
        books.renewals += 1;
        let token = format!("token-{}", books.tokens);
        return json_answer(
            StatusCode::OK,
            json!({"access_token": token, "expires_in": 1_800}),
        );
    }
    let has_header = headers.contains_key(header::AUTHORIZATION) && !books.strips_header;
    if uri.path().ends_with("/wcpos/v2/echo") {
        let by_address = uri.query().is_some_and(|query| query.contains("authorization="));
        return json_answer(
            StatusCode::OK,
            json!({"v": 1, "headers": {"authorization": {"received": has_header}},
                   "params": {"authorization": by_address}}),
        );
    }
    let token = format!("token-{}", books.tokens);
    let is_in_header = has_header
        && headers
            .get(header::AUTHORIZATION)
            .is_some_and(|found| found.as_bytes() == format!("Bearer {token}").as_bytes());
    let is_in_address = uri.query().is_some_and(|query| query.contains(&token));
    let is_known = !books.accepts_none && (is_in_header || is_in_address);
    let response = match uri.path() {
        "/wp-json/firewall" => (
            StatusCode::UNAUTHORIZED,
            [("content-type", "text/html")],
            "<html>",
        )
            .into_response(),
        _ if !is_known && books.is_locked => {
            json_answer(StatusCode::UNAUTHORIZED, json!({"code": "rest_not_logged_in"}))
        }
        _ if !is_known => json_answer(
            StatusCode::UNAUTHORIZED,
            json!({"code": "rest_forbidden", "message": "no"}),
        ),
        "/wp-json/forbidden" => json_answer(StatusCode::FORBIDDEN, json!({"code": "rest_cannot"})),
        "/wp-json/moved" => {
            (StatusCode::FOUND, [("location", "http://127.0.0.1:9/elsewhere")]).into_response()
        }
        _ => (
            StatusCode::OK,
            [("content-type", "application/json")],
            Body::from("[]"),
        )
            .into_response(),
    };
    let line = format!(
        "{method} {} {} {}",
        uri.path(),
        response.status().as_u16(),
        String::from_utf8_lossy(&body)
    );
    books.log.push(line.trim_end().to_owned());
    response
}

fn json_answer(status: StatusCode, value: Value) -> Response {
    (status, [("content-type", "application/json")], value.to_string()).into_response()
}
