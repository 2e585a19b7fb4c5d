//! Listens to everything this process says, on all levels; so this test has a process of its own.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::io::Write;
use std::sync::{Arc, Mutex};

use evertill_client::StoreApi;
use tracing_subscriber::fmt::format::FmtSpan;

use shop::{Device, Mood, Shop};

#[expect(dead_code, reason = "the shop can do more than this test needs")]
#[path = "../behaviour/shop.rs"]
mod shop;

#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<u8>>>);

impl Write for Heard {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_day_of_a_session_is_told_in_spans_and_none_of_them_holds_a_secret() {
    let heard = Heard::default();
    let writer = heard.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(FmtSpan::FULL)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();

    let (shop, device) = (Shop::open().await, Device::new());
    let keeper = device.signed_in(&shop).await;
    let mut secrets = vec!["ann-demo".to_owned()];
    let api = StoreApi::new(keeper.clone());
    for mood in [Mood::Well, Mood::LosesReplies, Mood::Firewall, Mood::Well] {
        secrets.push(keeper.access_token().await.unwrap().expose().to_owned());
        shop.set(mood);
        let _ = api.get("wc/v3/orders", &[]).await;
        let _ = keeper.renew_now().await;
    }
    {
        let books = shop.books.lock().unwrap();
        secrets.extend(books.sessions.keys().cloned());
        secrets.extend(books.access.iter().cloned());
    }
    keeper.sign_out().await.unwrap();
    keeper.shutdown().await;

    let text = String::from_utf8(heard.0.lock().unwrap().clone()).unwrap();
    assert!(text.contains("renewal{"), "renewals have a span");
    assert!(
        text.contains("outcome=\"renewed\""),
        "and it tells how they ended"
    );
    assert!(secrets.len() > 4);
    for secret in &secrets {
        let told = text.lines().find(|line| line.contains(secret));
        let told = told.map(|line| line.replace(secret, "****"));
        assert_eq!(told, None, "a secret was told");
    }
}
