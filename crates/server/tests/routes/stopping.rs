//! A stop loses no request: what was taken on is answered, what comes later is refused.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpStream,
    sync::Notify,
};

use crate::support::Shop;

/// Reads one answer: its status, and whether the connection goes on.
async fn answer(stream: &mut BufReader<TcpStream>) -> Option<(u16, bool)> {
    let (mut status, mut length, mut goes_on) = (0, 0, true);
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        let line = line.trim_end().to_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(rest) = line.strip_prefix("http/1.1 ") {
            status = rest[..3].parse().unwrap();
        } else if let Some(rest) = line.strip_prefix("content-length: ") {
            length = rest.parse().unwrap();
        } else if line == "connection: close" {
            goes_on = false;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some((status, goes_on))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_request_that_was_taken_on_is_answered_before_the_store_stops() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let before = logged(&shop);
    let address = shop.handle.address();
    let body = serde_json::json!({"refresh_token": till.refresh}).to_string();
    let request = format!(
        "POST /wp-json/wcpos/v2/auth/refresh HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let (answered, is_busy) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
    let tills: Vec<_> = (0..16)
        .map(|_| {
            let (request, answered, is_busy) = (request.clone(), Arc::clone(&answered), Arc::clone(&is_busy));
            tokio::spawn(async move {
                let mut stream = BufReader::new(TcpStream::connect(address).await.unwrap());
                loop {
                    if stream.write_all(request.as_bytes()).await.is_err() {
                        return;
                    }
                    let Some((status, goes_on)) = answer(&mut stream).await else {
                        return;
                    };
                    assert_eq!(status, 200);
                    if answered.fetch_add(1, Ordering::SeqCst) == 100 {
                        is_busy.notify_one();
                    }
                    if !goes_on {
                        return;
                    }
                }
            })
        })
        .collect();
    is_busy.notified().await;
    let log = shop.home.path().join("access.log");
    shop.handle.shutdown().await;
    for till in tills {
        till.await.unwrap();
    }
    let taken_on = std::fs::read_to_string(log).unwrap().lines().count() - before;
    assert_eq!(
        answered.load(Ordering::SeqCst),
        taken_on,
        "every request in the log was answered"
    );
    assert!(
        TcpStream::connect(address).await.is_err(),
        "nobody listens any more"
    );
}

fn logged(shop: &Shop) -> usize {
    shop.access_log().lines().count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_half_sent_when_the_stop_comes_is_finished() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let body = serde_json::json!({"refresh_token": till.refresh}).to_string();
    let mut stream = BufReader::new(TcpStream::connect(shop.handle.address()).await.unwrap());
    let head = format!(
        "POST /wp-json/wcpos/v2/auth/refresh HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
         Expect: 100-continue\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut invited = String::new();
    stream.read_line(&mut invited).await.unwrap();
    assert_eq!(
        invited.trim_end(),
        "HTTP/1.1 100 Continue",
        "the request is under way"
    );
    stream.read_line(&mut invited).await.unwrap();
    let stopping = tokio::spawn(shop.handle.shutdown());
    stream.write_all(body.as_bytes()).await.unwrap();
    assert_eq!(answer(&mut stream).await.unwrap().0, 200);
    stopping.await.unwrap();
}

#[tokio::test]
async fn a_client_that_never_finishes_is_cut_after_five_seconds() {
    let shop = Shop::open().await;
    let mut stream = BufReader::new(TcpStream::connect(shop.handle.address()).await.unwrap());
    let head = "POST /wp-json/wcpos/v2/auth/refresh HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
                Expect: 100-continue\r\nContent-Length: 100\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut invited = String::new();
    stream.read_line(&mut invited).await.unwrap();
    stream.read_line(&mut invited).await.unwrap();
    stream.write_all(b"{\"refresh_token\"").await.unwrap();
    // From here on the clock is the test's own, and no second of it is waited for.
    tokio::time::pause();
    let asked = tokio::time::Instant::now();
    shop.handle.shutdown().await;
    assert_eq!(asked.elapsed().as_secs(), 5);
    assert_eq!(
        answer(&mut stream).await,
        None,
        "the half request is not answered"
    );
}
