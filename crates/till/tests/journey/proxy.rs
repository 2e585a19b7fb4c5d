//! Something between the till and the store that can lose answers and make some up.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use reqwest::Client;
use serde_json::Value;
use url::Url;

/// What happens to the next push of a sale.
pub(crate) enum Fault {
    /// The store books it, and the answer is lost on the way.
    LoseTheAnswer,
    /// The store is not asked; this is answered.
    Say(u16, Value),
}

/// What a push looked like.
pub(crate) type Envelope = Value;

#[derive(Default)]
struct Inner {
    store: Option<SocketAddr>,
    faults: Vec<Fault>,
    pushed: Vec<Envelope>,
}

/// A proxy on a port of its own.
#[derive(Clone)]
pub(crate) struct Proxy {
    pub(crate) url: Url,
    inner: Arc<Mutex<Inner>>,
    client: Client,
}

impl Proxy {
    pub(crate) async fn start() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        let proxy = Self {
            url,
            inner: Arc::default(),
            client,
        };
        let router = Router::new().fallback(pass).with_state(proxy.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        proxy
    }

    pub(crate) fn lead_to(&self, store: SocketAddr) {
        self.inner.lock().unwrap().store = Some(store);
    }

    /// Faults for the next pushes, in order.
    pub(crate) fn plan(&self, faults: Vec<Fault>) {
        self.inner.lock().unwrap().faults = faults;
    }

    /// The envelopes that came by.
    pub(crate) fn pushed(&self) -> Vec<Envelope> {
        self.inner.lock().unwrap().pushed.clone()
    }
}

async fn pass(State(proxy): State<Proxy>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    let target = parts.uri.path_and_query().unwrap().to_string();
    let is_push = parts.uri.path().ends_with("/push/orders");
    let (store, fault) = {
        let mut inner = proxy.inner.lock().unwrap();
        let fault = (is_push && !inner.faults.is_empty()).then(|| inner.faults.remove(0));
        if is_push {
            inner.pushed.push(serde_json::from_slice(&body).unwrap());
        }
        (inner.store.unwrap(), fault)
    };
    if let Some(Fault::Say(status, answer)) = fault {
        let kind = [(header::CONTENT_TYPE, "application/json")];
        return (StatusCode::from_u16(status).unwrap(), kind, answer.to_string()).into_response();
    }
    let mut headers = parts.headers;
    headers.remove(header::HOST);
    let asked = proxy
        .client
        .request(parts.method, format!("http://{store}{target}"))
        .headers(headers)
        .body(body)
        .send()
        .await;
    let Ok(answer) = asked else {
        return StatusCode::BAD_GATEWAY.into_response();
    };
    if matches!(fault, Some(Fault::LoseTheAnswer)) {
        return (
            StatusCode::BAD_GATEWAY,
            "<html><title>502 Bad Gateway</title></html>",
        )
            .into_response();
    }
    let mut response = Response::new(Body::empty());
    *response.status_mut() = answer.status();
    *response.headers_mut() = answer.headers().clone();
    response.headers_mut().remove(header::TRANSFER_ENCODING);
    *response.body_mut() = Body::from(answer.bytes().await.unwrap());
    response
}
