//! Crowds, dawdlers and those who flood: everybody else is served, and what is refused says when to come again.

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{
    support::{Shop, encoded, hidden},
    watching::figure,
};

/// A store with settings of its own.
pub(crate) async fn shop_with(settings: &[(&str, &str)]) -> Shop {
    let environment = settings
        .iter()
        .map(|(name, value)| (format!("EVERTILL_{name}"), (*value).to_owned()))
        .collect();
    Shop::open_with(|options| options.environment = environment).await
}

async fn half_open(shop: &Shop, words: &str) -> TcpStream {
    let mut stream = TcpStream::connect(shop.handle.address()).await.unwrap();
    stream.write_all(words.as_bytes()).await.unwrap();
    stream
}

#[tokio::test]
async fn a_hundred_half_open_connections_and_dribbling_bodies_keep_nobody_from_renewing() {
    let settings = [
        ("LIMITS_CONNECTIONS_PER_ADDRESS", "301"),
        ("LIMITS_REQUESTS", "1"),
        ("LIMITS_RENEWALS", "1"),
    ];
    let shop = shop_with(&settings).await;
    let till = shop.sign_in("cashier").await;
    let mut held = Vec::new();
    for _ in 0..100 {
        held.push(half_open(&shop, "").await);
        held.push(half_open(&shop, "POST /wp-json/wcpos/v2/auth/refresh HTTP/1.1\r\nHost: x").await);
        let dribble =
            "POST /wp-json/wcpos/v2/auth/refresh HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nx";
        held.push(half_open(&shop, dribble).await);
    }
    assert_eq!(shop.renew(&till.refresh).await.status, 200);
    assert_eq!(shop.get_as(&till, "products").await.status, 200);
    drop(held);
}

#[tokio::test]
async fn who_never_finishes_a_request_is_given_up() {
    let shop = shop_with(&[("LIMITS_HEADER_S", "1"), ("LIMITS_BODY_S", "1")]).await;
    let mut silent = half_open(&shop, "GET /").await;
    let mut rest = Vec::new();
    // The end comes as an end or as a reset; either way the connection is gone.
    let _ = silent.read_to_end(&mut rest).await;
    let head = "POST /wp-json/wcpos/v2/auth/refresh HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nx";
    let mut slow = half_open(&shop, head).await;
    let mut answer = String::new();
    slow.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(answer.to_lowercase().contains("connection: close"), "{answer}");
}

#[tokio::test]
async fn one_connection_more_than_the_store_takes_is_told_when_to_come_again() {
    let shop = shop_with(&[("LIMITS_CONNECTIONS_PER_ADDRESS", "2")]).await;
    let held = [half_open(&shop, "GET").await, half_open(&shop, "GET").await];
    let mut refused = half_open(&shop, "").await;
    let mut answer = String::new();
    refused.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    assert!(answer.contains("Retry-After: "), "{answer}");
    drop(held);
    // The places are free once the store has seen the ends.
    loop {
        let mut stream = half_open(&shop, "GET /healthz HTTP/1.0\r\n\r\n").await;
        let mut answer = String::new();
        if stream.read_to_string(&mut answer).await.is_ok() && answer.starts_with("HTTP/1.0 200") {
            break;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn bodies_share_a_bounded_memory_and_small_ones_still_fit() {
    let shop = shop_with(&[("LIMITS_BODY_MEMORY_MIB", "2")]).await;
    let till = shop.sign_in("cashier").await;
    let head = "POST /wp-json/wcpos/v2/push/orders HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\n";
    let mut held = half_open(&shop, head).await;
    held.write_all(&vec![b' '; 1_500_000]).await.unwrap();
    loop {
        let page = shop.get("/metrics").await.body;
        if figure(&page, "evertill_body_bytes") > 1_400_000.0 {
            break;
        }
    }
    let mut refused = half_open(&shop, head).await;
    // The store stops reading in the middle; what matters is what it says.
    let _ = refused.write_all(&vec![b' '; 1_500_000]).await;
    let mut first = [0_u8; 12];
    refused.read_exact(&mut first).await.unwrap();
    assert_eq!(&first, b"HTTP/1.1 503");
    assert_eq!(shop.renew(&till.refresh).await.status, 200);
    drop(held);
}

#[tokio::test]
async fn a_crowd_that_signs_in_does_not_keep_tills_from_renewing() {
    let shop = shop_with(&[("LIMITS_SIGN_INS_WAITING", "1")]).await;
    let till = shop.sign_in("cashier").await;
    let target = "/wcpos-auth/?redirect_uri=wcpos%3A%2F%2Fauth&state=s1";
    let page = shop.get(target).await;
    let form = encoded(&[
        ("_wpnonce", hidden(&page.body, "_wpnonce")),
        ("auth_session", hidden(&page.body, "auth_session")),
        ("wcpos-log", "manager".to_owned()),
        ("wcpos-pwd", "manager-demo".to_owned()),
        ("wcpos_website", String::new()),
    ]);
    let crowd = futures_util::future::join_all(
        (0..24).map(|_| shop.send("POST", target, &crate::support::FORM, &form)),
    );
    let renewals = futures_util::future::join_all((0..24).map(|_| shop.renew(&till.refresh)));
    let (crowd, renewals) = tokio::join!(crowd, renewals);
    assert!(renewals.iter().all(|answer| answer.status == 200));
    let busy: Vec<_> = crowd.iter().filter(|answer| answer.status == 503).collect();
    assert!(!busy.is_empty(), "24 at once do not fit into a queue of one");
    for answer in &crowd {
        match answer.status {
            302 => {}
            503 => assert!(answer.header("retry-after").is_some()),
            other => panic!("{other}: {}", answer.body),
        }
    }
}

#[tokio::test]
async fn a_request_keeps_its_name_into_the_answer_and_the_log() {
    let shop = Shop::open().await;
    let headers = [("X-Request-Id", "till-7.4711-a")];
    let answer = shop.send("GET", "/wp-json/wcpos/v2/ping", &headers, "").await;
    assert_eq!(answer.header("x-request-id"), Some("till-7.4711-a"));
    let forged = [("X-Request-Id", "{\"level\":\"error\"}")];
    let answer = shop.send("GET", "/wp-json/wcpos/v2/ping", &forged, "").await;
    let given = answer.header("x-request-id").unwrap();
    assert!(given.bytes().all(|byte| byte.is_ascii_hexdigit()), "{given}");
    let text = shop.access_log();
    assert!(text.contains("\"request\":\"till-7.4711-a\""), "{text}");
    assert!(text.contains(given), "{text}");
    assert!(!text.contains("level"), "{text}");
}
