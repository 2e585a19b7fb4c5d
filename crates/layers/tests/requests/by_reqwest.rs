//! The middleware of `reqwest`.

use std::convert::Infallible;

use axum::body::Bytes;
use evertill_layers::NotRepeated;
use futures_util::stream;
use http_body::Frame;
use http_body_util::StreamBody;
use reqwest::StatusCode;
use reqwest_middleware::ClientWithMiddleware;

use crate::store::Shop;

fn client(shop: &Shop) -> ClientWithMiddleware {
    evertill_layers::reqwest::client(reqwest::Client::builder(), shop.keeper.clone()).unwrap()
}

#[tokio::test]
async fn a_refused_token_is_renewed_and_the_request_sent_once_more_with_its_body() {
    let shop = Shop::open().await;
    let client = client(&shop);
    shop.end_tokens();
    let answer = client
        .post(shop.route("orders"))
        .body("one")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.text().await.unwrap(), "[]");
    assert_eq!(
        shop.log(),
        ["POST /wp-json/orders 401 one", "POST /wp-json/orders 200 one"]
    );
    assert_eq!(shop.renewals(), 1);
}

#[tokio::test]
async fn a_newer_token_that_is_refused_as_well_is_reported_with_the_stores_words() {
    let shop = Shop::open().await;
    let client = client(&shop);
    shop.accept_none();
    let answer = client.get(shop.route("orders")).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    assert!(answer.url().as_str().ends_with("/orders"));
    assert!(answer.text().await.unwrap().contains("rest_forbidden"));
    assert!(shop.log().len() <= 2, "sent at most twice");
}

#[tokio::test]
async fn a_permission_and_a_firewalls_page_are_reported_and_renew_nothing() {
    let shop = Shop::open().await;
    let client = client(&shop);
    for (route, status) in [("forbidden", 403), ("firewall", 401)] {
        let answer = client.get(shop.route(route)).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status);
    }
    assert_eq!((shop.renewals(), shop.log().len()), (0, 2));
}

#[tokio::test]
async fn a_body_that_is_gone_is_not_sent_again_and_the_answer_says_so() {
    let shop = Shop::open().await;
    let client = client(&shop);
    shop.end_tokens();
    let body = || {
        let frame = Ok::<_, Infallible>(Frame::data(Bytes::from_static(b"one")));
        reqwest::Body::wrap(StreamBody::new(stream::iter([frame])))
    };
    let answer = client
        .post(shop.route("orders"))
        .body(body())
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    assert!(answer.extensions().get::<NotRepeated>().is_some());
    assert_eq!(shop.log(), ["POST /wp-json/orders 401 one"]);
    let answer = client
        .post(shop.route("orders"))
        .body(body())
        .send()
        .await
        .unwrap();
    assert_eq!(
        answer.status(),
        StatusCode::OK,
        "the next one has the newer token"
    );
    assert!(answer.extensions().get::<NotRepeated>().is_none());
}

#[tokio::test]
async fn a_token_goes_neither_to_another_origin_nor_along_with_a_redirect() {
    let (shop, other) = (Shop::open().await, Shop::open().await);
    let client = client(&shop);
    let error = client.get(other.route("orders")).send().await.unwrap_err();
    assert!(error.to_string().contains("session"), "{error}");
    assert!(other.log().is_empty());
    let answer = client.get(shop.route("moved")).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::FOUND);
}

#[tokio::test]
async fn a_stripped_header_is_gone_round_and_a_locked_interface_renews_nothing() {
    let shop = Shop::open().await;
    let client = client(&shop);
    shop.strip_header();
    for _ in 0..3 {
        let answer = client.get(shop.route("orders")).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
    }
    shop.lock();
    for _ in 0..3 {
        let answer = client.get(shop.route("orders")).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    }
    assert_eq!(shop.renewals(), 0);
    assert!(shop.keeper.fresh_token().is_some());
}
