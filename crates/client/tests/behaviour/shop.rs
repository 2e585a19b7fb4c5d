//! A store in a few lines: it signs in, renews, revokes, and fails in the ways real ones do.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use evertill_client::clock::HandClock;
use evertill_client::vault::KeyChoice;
use evertill_client::{Home, Keeper, KeeperOptions, SessionName, StoreAddress};
use evertill_session::{BootId, Moment, Now, WallTime};
use evertill_wire::Password;
use serde_json::{Value, json};
use url::form_urlencoded;

/// Life of the shop's access tokens.
pub(crate) const LIFE: Duration = Duration::from_secs(1_800);

const FIREWALL: &str = "<!doctype html><html><head><title>403 Forbidden</title></head><body>no</body></html>";
const HOME_PAGE: &str = "<!doctype html><html><head><title>My shop</title></head><body>Welcome</body></html>";
const FORM: &str = "<!doctype html><html><head><title>Sign in</title></head><body><form method=\"post\" action=\"\">\
    ERROR<input type=\"text\" name=\"wcpos-log\"><input type=\"password\" name=\"wcpos-pwd\">\
    <input type=\"hidden\" name=\"_wpnonce\" value=\"n1\"><input type=\"hidden\" name=\"auth_session\" value=\"a1\">\
    <input type=\"text\" name=\"wcpos_website\" value=\"\"></form></body></html>";

/// How the shop behaves for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Mood {
    /// As it should.
    #[default]
    Well,
    /// Every request meets a maintenance page.
    Down,
    /// Every request meets a firewall's page.
    Firewall,
    /// Renewals are done and the connection is cut before the answer.
    LosesReplies,
    /// Every session is past the end the shop set for it.
    Expired,
    /// `/wp-json/` leads to the home page.
    PlainPermalinks,
}

#[derive(Default)]
pub(crate) struct Books {
    pub(crate) mood: Mood,
    /// Refresh tokens that are good, with their session.
    pub(crate) sessions: BTreeMap<String, String>,
    /// Access tokens that are good.
    pub(crate) access: BTreeSet<String>,
    /// The host drops the `Authorization` header before the shop sees it.
    pub(crate) strips_header: bool,
    /// A lock before the shop's interface lets in nobody who is not signed in.
    pub(crate) is_locked: bool,
    /// Fresh tokens are refused although renewals succeed.
    pub(crate) is_half_ended: bool,
    /// Tokens that came as a parameter of the address.
    pub(crate) by_address: usize,
    pub(crate) renewals: usize,
    pub(crate) log: Vec<String>,
    counter: u64,
}

impl Books {
    fn jwt(&mut self, claims: Value) -> String {
        self.counter += 1;
        let mut claims = claims;
        claims["n"] = json!(self.counter);
        format!(
            "e30.{}.c2ln{}",
            URL_SAFE_NO_PAD.encode(claims.to_string()),
            self.counter
        )
    }

    fn access_token(&mut self, session: &str) -> String {
        let token = self.jwt(json!({"iat": 1_000, "exp": 1_000 + LIFE.as_secs(), "refresh_jti": session}));
        self.access.insert(token.clone());
        token
    }

    /// Ends every session, as an owner does.
    pub(crate) fn revoke_all(&mut self) {
        self.sessions.clear();
        self.access.clear();
    }
}

/// The running shop.
pub(crate) struct Shop {
    pub(crate) url: String,
    pub(crate) books: Arc<Mutex<Books>>,
}

impl Shop {
    pub(crate) async fn open() -> Self {
        let books = Arc::new(Mutex::new(Books::default()));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let here = listener.local_addr().unwrap();
        // No two shops hand out the same token.
        books.lock().unwrap().counter = u64::from(here.port()) * 10_000;
        let url = format!("http://{here}");
        let router = Router::new()
            .fallback(serve)
            .layer(axum::extract::DefaultBodyLimit::disable())
            .with_state((books.clone(), url.clone()));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, books }
    }

    pub(crate) fn address(&self) -> StoreAddress {
        StoreAddress::parse(&self.url).unwrap()
    }

    pub(crate) fn set(&self, mood: Mood) {
        self.books.lock().unwrap().mood = mood;
    }

    pub(crate) fn renewals(&self) -> usize {
        self.books.lock().unwrap().renewals
    }

    /// Requests that reached the shop, `GET /path 200`, without their queries.
    pub(crate) fn log(&self) -> Vec<String> {
        self.books.lock().unwrap().log.clone()
    }
}

/// A data directory and a clock that moves by hand.
pub(crate) struct Device {
    pub(crate) dir: tempfile::TempDir,
    pub(crate) clock: Arc<HandClock>,
}

impl Device {
    pub(crate) fn new() -> Self {
        let now = Now {
            moment: Moment::from_millis(1_000_000),
            wall: WallTime::from_millis(1_795_398_738_000),
        };
        Self {
            dir: tempfile::tempdir().unwrap(),
            clock: Arc::new(HandClock::new(BootId::new("boot"), now)),
        }
    }

    pub(crate) fn home(&self) -> Home {
        Home::open(self.dir.path()).unwrap()
    }

    pub(crate) async fn keeper(&self, shop: &Shop) -> Keeper {
        self.keeper_of(&shop.address()).await
    }

    pub(crate) async fn keeper_of(&self, store: &StoreAddress) -> Keeper {
        let options = KeeperOptions {
            clock: self.clock.clone(),
            key: Some(KeyChoice::File),
            ..KeeperOptions::default()
        };
        Keeper::open(&self.home(), store, options).await.unwrap()
    }

    /// A keeper of one of several sessions of the shop.
    pub(crate) async fn named(&self, shop: &Shop, name: &str) -> Keeper {
        let options = KeeperOptions {
            clock: self.clock.clone(),
            key: Some(KeyChoice::File),
            session: SessionName::parse(name).unwrap(),
            ..KeeperOptions::default()
        };
        Keeper::open(&self.home(), &shop.address(), options)
            .await
            .unwrap()
    }

    pub(crate) async fn signed_in(&self, shop: &Shop) -> Keeper {
        let keeper = self.keeper(shop).await;
        keeper.sign_in("ann", &Password::new("ann-demo")).await.unwrap();
        keeper
    }

    /// Every byte of every file of the data directory.
    pub(crate) fn everything(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for directory in [
            self.home().path().to_path_buf(),
            self.home().vault_dir(),
            self.home().stores_dir(),
        ] {
            for entry in std::fs::read_dir(directory).unwrap() {
                let path = entry.unwrap().path();
                if path.is_file() {
                    bytes.extend(std::fs::read(path).unwrap());
                }
            }
        }
        bytes
    }
}

async fn serve(
    State((books, url)): State<(Arc<Mutex<Books>>, String)>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut books = books.lock().unwrap();
    let query: BTreeMap<String, String> = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
        .into_owned()
        .collect();
    let response = match books.mood {
        Mood::Down => page(StatusCode::SERVICE_UNAVAILABLE, HOME_PAGE),
        Mood::Firewall => page(StatusCode::FORBIDDEN, FIREWALL),
        Mood::PlainPermalinks if uri.path().starts_with("/wp-json") => page(StatusCode::OK, HOME_PAGE),
        Mood::Well | Mood::LosesReplies | Mood::Expired | Mood::PlainPermalinks => {
            answer(&mut books, &url, &method, &uri, &query, &headers, &body)
        }
    };
    books
        .log
        .push(format!("{method} {} {}", uri.path(), response.status().as_u16()));
    response
}

fn answer(
    books: &mut Books,
    url: &str,
    method: &Method,
    uri: &Uri,
    query: &BTreeMap<String, String>,
    headers: &HeaderMap,
    body: &[u8],
) -> Response {
    let route = query
        .get("rest_route")
        .map(String::as_str)
        .or_else(|| uri.path().strip_prefix("/wp-json"))
        .unwrap_or_default();
    let has_header = headers.contains_key("authorization") && !books.strips_header;
    let by_header = headers
        .get("authorization")
        .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "))
        .filter(|_| has_header);
    let by_address = query.get("authorization").map(String::as_str);
    let is_good = |token: Option<&str>| token.is_some_and(|token| books.access.contains(token));
    let is_known = !books.is_half_ended && (is_good(by_header) || is_good(by_address));
    books.by_address += usize::from(is_known && !is_good(by_header));
    match (method.as_str(), route) {
        ("HEAD" | "GET", "") if uri.path() == "/" => linked(url),
        ("GET", "") if uri.path() == "/wcpos-auth/" => page(StatusCode::OK, &FORM.replace("ERROR", "")),
        ("POST", "") if uri.path() == "/wcpos-auth/" => sign_in(books, query, body),
        ("GET", "/wcpos/v2/site") => site(url),
        ("GET", "/wcpos/v2/echo") => json_answer(
            StatusCode::OK,
            json!({"v": 1, "headers": {"authorization": {"received": has_header, "length": 1}},
                   "params": {"authorization": query.contains_key("authorization")}}),
        ),
        ("POST", "/wcpos/v2/auth/refresh") => renew(books, body),
        _ if !is_known && books.is_locked => json_answer(
            StatusCode::UNAUTHORIZED,
            json!({"code": "rest_not_logged_in", "message": "You are not currently logged in.", "data": {"status": 401}}),
        ),
        _ if !is_known => json_answer(
            StatusCode::UNAUTHORIZED,
            json!({"code": "woocommerce_pos_rest_unauthorized", "message": "Sorry", "data": {"status": 401}}),
        ),
        ("GET", "/wcpos/v2/cashier/3") => json_answer(
            StatusCode::OK,
            json!({"id": 3, "uuid": "u-ann", "username": "ann", "display_name": "Ann Ö", "roles": ["cashier"]}),
        ),
        ("GET", "/wc/v3/forbidden") => json_answer(
            StatusCode::FORBIDDEN,
            json!({"code": "woocommerce_rest_cannot_view", "message": "Sorry", "data": {"status": 403}}),
        ),
        // Shows what arrived, packed as some hosts pack it: the bytes are not gzip, which nobody on the way may notice.
        (_, "/wc/v3/mirror") => mirror(uri, headers, body),
        ("GET", "/wc/v3/moved") => (
            StatusCode::FOUND,
            [("location", "https://elsewhere.example/x"), ("set-cookie", "a=b")],
        )
            .into_response(),
        ("DELETE", route) if route.starts_with("/wcpos/v2/auth/sessions/") => {
            let session = route.rsplit('/').next().unwrap_or_default();
            books.sessions.retain(|_, known| known != session);
            json_answer(StatusCode::OK, json!({"success": true, "message": "ended"}))
        }
        _ => json_answer(StatusCode::OK, json!([])),
    }
}

fn mirror(uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Response {
    let names: Vec<&str> = headers.keys().map(|name| name.as_str()).collect();
    let seen = json!({"query": uri.query(), "headers": names, "bytes": body.len()});
    let kind = ("content-type", "application/json");
    (
        StatusCode::OK,
        [kind, ("content-encoding", "gzip")],
        seen.to_string(),
    )
        .into_response()
}

fn sign_in(books: &mut Books, query: &BTreeMap<String, String>, body: &[u8]) -> Response {
    let form: BTreeMap<String, String> = form_urlencoded::parse(body).into_owned().collect();
    let is_right = form["wcpos-pwd"] == format!("{}-demo", form["wcpos-log"])
        && form["_wpnonce"] == "n1"
        && form["auth_session"] == "a1"
        && form["wcpos_website"].is_empty();
    if !is_right {
        let error = "<div id=\"login_error\">Invalid username or password.</div>";
        return page(StatusCode::OK, &FORM.replace("ERROR", error));
    }
    let session = format!("session-{}", books.counter);
    let refresh = books.jwt(json!({"iat": 1_000, "exp": 2_593_000, "jti": session}));
    books.sessions.insert(refresh.clone(), session.clone());
    let access = books.access_token(&session);
    let mut target = url::Url::parse(&query["redirect_uri"]).unwrap();
    target
        .query_pairs_mut()
        .append_pair("access_token", &access)
        .append_pair("refresh_token", &refresh)
        .append_pair("expires_at", "2800")
        .append_pair("id", "3")
        .append_pair("uuid", "u-ann")
        .append_pair("display_name", "ann")
        .append_pair("state", &query["state"]);
    (StatusCode::FOUND, [("location", target.to_string())]).into_response()
}

fn renew(books: &mut Books, body: &[u8]) -> Response {
    let refresh = serde_json::from_slice::<Value>(body).unwrap()["refresh_token"]
        .as_str()
        .unwrap()
        .to_owned();
    if books.mood == Mood::Expired {
        let refusal = json!({"error": "invalid_grant", "error_description": "Expired token"});
        return json_answer(StatusCode::OK, refusal);
    }
    let Some(session) = books.sessions.get(&refresh).cloned() else {
        let refusal =
            json!({"error": "invalid_grant", "error_description": "Refresh token has been revoked"});
        return json_answer(StatusCode::OK, refusal);
    };
    books.renewals += 1;
    let access = books.access_token(&session);
    if books.mood == Mood::LosesReplies {
        let cut = futures_cut();
        return (StatusCode::OK, [("content-type", "application/json")], cut).into_response();
    }
    let life = LIFE.as_secs();
    json_answer(
        StatusCode::OK,
        json!({"access_token": access, "token_type": "Bearer", "expires_in": life, "expires_at": 1_000 + life}),
    )
}

/// A body that ends in the middle, with the connection.
fn futures_cut() -> Body {
    Body::from_stream(futures_util::stream::iter([
        Ok(Bytes::from_static(b"{\"access_tok")),
        Err(std::io::Error::other("cut")),
    ]))
}

fn site(url: &str) -> Response {
    json_answer(
        StatusCode::OK,
        json!({"uuid": "shop", "name": "My shop", "url": url, "home": url, "gmt_offset": "0", "wp_version": "7.1",
               "wc_version": "10.0.2", "wcpos_version": "1.10.0", "namespaces": ["wcpos/v2", "wc/v3"],
               "authentication": {"wcpos": {"endpoints": {"authorization": format!("{url}/wcpos-auth/")}}}}),
    )
}

fn linked(url: &str) -> Response {
    let link = format!("<{url}/wp-json/>; rel=\"https://api.w.org/\"");
    (StatusCode::OK, [("link", link)], HOME_PAGE).into_response()
}

fn page(status: StatusCode, html: &str) -> Response {
    (
        status,
        [("content-type", "text/html; charset=UTF-8")],
        html.to_owned(),
    )
        .into_response()
}

fn json_answer(status: StatusCode, value: Value) -> Response {
    (
        status,
        [("content-type", "application/json; charset=UTF-8")],
        value.to_string(),
    )
        .into_response()
}
