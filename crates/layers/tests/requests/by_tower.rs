//! The layer of `tower`, round the client of `hyper-util`.

use std::convert::Infallible;

use axum::body::Bytes;
use axum::http::{Method, Request, Response, StatusCode};
use evertill_layers::NotRepeated;
use evertill_layers::tower::{REPEATED_BYTES_MAX, SessionLayer};
use futures_util::stream;
use http_body_util::{BodyExt, Either, Empty, Full, StreamBody};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use tower::{ServiceBuilder, ServiceExt};

use crate::store::Shop;

type AnyError = Box<dyn std::error::Error + Send + Sync>;

/// Sends one request through the layer; the body of the answer is taken in.
async fn send<B>(shop: &Shop, request: Request<B>) -> Result<Response<Bytes>, AnyError>
where
    B: http_body::Body<Data = Bytes> + Send + Unpin + 'static,
    B::Error: Into<AnyError>,
{
    let client = Client::builder(TokioExecutor::new()).build_http::<Either<Full<Bytes>, B>>();
    let service = ServiceBuilder::new()
        .layer(SessionLayer::new(shop.keeper.clone()))
        .service(client);
    let (head, body) = service.oneshot(request).await?.into_parts();
    Ok(Response::from_parts(head, body.collect().await?.to_bytes()))
}

fn get(address: String) -> Request<Empty<Bytes>> {
    Request::get(address).body(Empty::new()).unwrap()
}

#[tokio::test]
async fn a_refused_token_is_renewed_and_the_request_sent_once_more_with_its_body() {
    let shop = Shop::open().await;
    shop.end_tokens();
    let request = Request::builder()
        .method(Method::PUT)
        .uri(shop.route("orders"))
        .body(Full::new(Bytes::from_static(b"one")))
        .unwrap();
    let answer = send(&shop, request).await.unwrap();
    assert_eq!(
        (answer.status(), answer.body().as_ref()),
        (StatusCode::OK, &b"[]"[..])
    );
    assert_eq!(
        shop.log(),
        ["PUT /wp-json/orders 401 one", "PUT /wp-json/orders 200 one"]
    );
    assert_eq!(shop.renewals(), 1);
}

#[tokio::test]
async fn a_newer_token_that_is_refused_as_well_is_reported_with_the_stores_words() {
    let shop = Shop::open().await;
    shop.accept_none();
    let answer = send(&shop, get(shop.route("orders"))).await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    assert!(answer.body().starts_with(b"{\"code\""));
    assert!(shop.log().len() <= 2, "sent at most twice");
}

#[tokio::test]
async fn a_permission_and_a_firewalls_page_are_reported_and_renew_nothing() {
    let shop = Shop::open().await;
    for (route, status) in [("forbidden", 403), ("firewall", 401)] {
        let answer = send(&shop, get(shop.route(route))).await.unwrap();
        assert_eq!(answer.status().as_u16(), status);
    }
    assert_eq!((shop.renewals(), shop.log().len()), (0, 2));
}

#[tokio::test]
async fn a_body_of_unknown_or_great_length_is_not_sent_again_and_the_answer_says_so() {
    let shop = Shop::open().await;
    shop.end_tokens();
    let frame = Ok::<_, Infallible>(http_body::Frame::data(Bytes::from_static(b"one")));
    let body = StreamBody::new(stream::iter([frame]));
    let request = Request::post(shop.route("orders")).body(body).unwrap();
    let answer = send(&shop, request).await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    assert!(answer.extensions().get::<NotRepeated>().is_some());
    assert_eq!(shop.log(), ["POST /wp-json/orders 401 one"]);

    shop.keeper.renew_now().await.unwrap();
    shop.end_tokens();
    let long = Bytes::from(vec![b'x'; usize::try_from(REPEATED_BYTES_MAX).unwrap() + 1]);
    let request = Request::post(shop.route("orders")).body(Full::new(long)).unwrap();
    let answer = send(&shop, request).await.unwrap();
    assert!(answer.extensions().get::<NotRepeated>().is_some());
    assert_eq!(shop.log().len(), 1);
}

#[tokio::test]
async fn a_token_goes_to_no_other_origin_and_nowhere_without_one() {
    let (shop, other) = (Shop::open().await, Shop::open().await);
    let error = send(&shop, get(other.route("orders"))).await.unwrap_err();
    assert!(error.to_string().contains("session"), "{error}");
    assert!(send(&shop, get("/wp-json/orders".into())).await.is_err());
    assert!(other.log().is_empty());
    let answer = send(&shop, get(shop.route("moved"))).await.unwrap();
    assert_eq!(answer.status(), StatusCode::FOUND);
}

#[tokio::test]
async fn a_stripped_header_is_gone_round_and_a_locked_interface_renews_nothing() {
    let shop = Shop::open().await;
    shop.strip_header();
    for _ in 0..3 {
        let answer = send(&shop, get(shop.route("orders"))).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
    }
    shop.lock();
    for _ in 0..3 {
        let answer = send(&shop, get(shop.route("orders"))).await.unwrap();
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    }
    assert_eq!(shop.renewals(), 0);
    assert!(shop.keeper.fresh_token().is_some());
}
