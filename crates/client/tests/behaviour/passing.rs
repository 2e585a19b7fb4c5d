//! Requests of other programs, passed on as they are.

use axum::body::Bytes;
use evertill_client::passage::{Passed, Passing, PassingBody};
use evertill_client::{ClientError, Passage};
use evertill_wire::Code;
use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

use crate::shop::{Device, Shop};

/// Longer than a body that is kept would be.
const LONG: usize = 3 * 1024 * 1024;

fn asking(method: Method, route: &str, body: PassingBody) -> Passing {
    Passing {
        method,
        route: route.to_owned(),
        query: String::new(),
        headers: HeaderMap::new(),
        body,
    }
}

fn kept(bytes: &'static str) -> PassingBody {
    PassingBody::Kept(Bytes::from_static(bytes.as_bytes()))
}

fn streamed(length: usize) -> PassingBody {
    PassingBody::Streamed(reqwest::Body::from(vec![b'a'; length]))
}

async fn read(mut passed: Passed) -> Value {
    let mut bytes = Vec::new();
    while let Some(chunk) = passed.chunk().await.unwrap() {
        bytes.extend_from_slice(&chunk);
    }
    serde_json::from_slice(&bytes).unwrap()
}

fn count(shop: &Shop, line: &str) -> usize {
    shop.log().iter().filter(|found| *found == line).count()
}

async fn passage(shop: &Shop, device: &Device) -> Passage {
    Passage::new(device.signed_in(shop).await).unwrap()
}

#[tokio::test]
async fn a_request_arrives_with_the_token_and_without_the_callers_credentials() {
    let (shop, device) = (Shop::open().await, Device::new());
    let passage = passage(&shop, &device).await;
    let mut request = asking(Method::PUT, "wc/v3/mirror", kept("hello"));
    request.query = "search=a+b&consumer_key=ck_1&authorization=x&page=2".into();
    for (name, value) in [
        ("authorization", "Basic Y2s6Y3M="),
        ("cookie", "wp=1"),
        ("x-custom", "1"),
        ("range", "bytes=0-1"),
    ] {
        request
            .headers
            .insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    let passed = passage.send(request).await.unwrap();
    assert_eq!(passed.status, 200);
    // The mirror only says that it packed; a client that unpacks would have failed on it.
    assert_eq!(passed.headers["content-encoding"], "gzip");
    let seen = read(passed).await;
    assert_eq!(seen["query"], "search=a+b&page=2");
    assert_eq!(seen["bytes"], 5);
    let names: Vec<&str> = seen["headers"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    for name in ["authorization", "x-custom", "range", "x-wcpos"] {
        assert!(names.contains(&name), "{name}: {names:?}");
    }
    for name in ["cookie", "accept-encoding"] {
        assert!(!names.contains(&name), "{name}: {names:?}");
    }
}

#[tokio::test]
async fn a_kept_body_is_sent_once_more_after_a_refused_token() {
    let (shop, device) = (Shop::open().await, Device::new());
    let passage = passage(&shop, &device).await;
    shop.books.lock().unwrap().access.clear();
    let passed = passage
        .send(asking(Method::POST, "wc/v3/mirror", kept("hello")))
        .await
        .unwrap();
    assert_eq!(read(passed).await["bytes"], 5);
    assert_eq!(shop.renewals(), 1);
    assert_eq!(count(&shop, "POST /wp-json/wc/v3/mirror 401"), 1);
    assert_eq!(count(&shop, "POST /wp-json/wc/v3/mirror 200"), 1);
}

#[tokio::test]
async fn a_streamed_body_is_never_sent_twice_and_the_next_try_finds_a_good_token() {
    let (shop, device) = (Shop::open().await, Device::new());
    let passage = passage(&shop, &device).await;
    shop.books.lock().unwrap().access.clear();
    let ask = || passage.send(asking(Method::POST, "wc/v3/mirror", streamed(LONG)));
    let error = ask().await.unwrap_err();
    assert!(matches!(error, ClientError::NotRepeated { .. }), "{error}");
    assert_eq!(error.code(), Code::TOKEN_INVALID);
    assert_eq!(count(&shop, "POST /wp-json/wc/v3/mirror 401"), 1);
    assert_eq!(read(ask().await.unwrap()).await["bytes"], LONG);
}

#[tokio::test]
async fn a_redirect_is_handed_back_and_not_followed() {
    let (shop, device) = (Shop::open().await, Device::new());
    let passage = passage(&shop, &device).await;
    let passed = passage
        .send(asking(Method::GET, "wc/v3/moved", kept("")))
        .await
        .unwrap();
    assert_eq!(passed.status, 302);
    assert_eq!(passed.headers["location"], "https://elsewhere.example/x");
    assert!(!passed.headers.contains_key("set-cookie"));
}

#[tokio::test]
async fn a_permission_that_is_missing_renews_nothing_and_a_route_that_climbs_asks_nobody() {
    let (shop, device) = (Shop::open().await, Device::new());
    let passage = passage(&shop, &device).await;
    let passed = passage
        .send(asking(Method::GET, "wc/v3/forbidden", kept("")))
        .await
        .unwrap();
    assert_eq!(passed.status, 403);
    assert_eq!(shop.renewals(), 0);
    let before = shop.log().len();
    let error = passage
        .send(asking(Method::GET, "../wp-login.php", kept("")))
        .await
        .unwrap_err();
    assert!(matches!(error, ClientError::RouteRefused { .. }), "{error}");
    assert_eq!(shop.log().len(), before);
}
