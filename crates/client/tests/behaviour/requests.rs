//! Requests in the name of a session.

use evertill_client::{ClientError, StoreApi};
use evertill_wire::Code;
use serde_json::json;

use crate::shop::{Device, Mood, Shop};

async fn api(shop: &Shop, device: &Device) -> StoreApi {
    StoreApi::new(device.signed_in(shop).await)
}

fn count(shop: &Shop, line: &str) -> usize {
    shop.log().iter().filter(|found| *found == line).count()
}

#[tokio::test]
async fn a_refused_token_is_renewed_and_the_request_sent_once_more() {
    let (shop, device) = (Shop::open().await, Device::new());
    let api = api(&shop, &device).await;
    shop.books.lock().unwrap().access.clear();
    let answer = api
        .post("wcpos/v2/push/orders", &[("x-extra", "1")], &json!({"a": 1}))
        .await
        .unwrap();
    assert_eq!((answer.status, answer.trouble()), (200, None));
    assert_eq!(shop.renewals(), 1);
    assert_eq!(count(&shop, "POST /wp-json/wcpos/v2/push/orders 401"), 1);
    assert_eq!(count(&shop, "POST /wp-json/wcpos/v2/push/orders 200"), 1);
}

#[tokio::test]
async fn a_missing_permission_is_reported_and_renews_nothing() {
    let (shop, device) = (Shop::open().await, Device::new());
    let api = api(&shop, &device).await;
    let answer = api.get("wc/v3/forbidden", &[]).await.unwrap();
    assert_eq!((answer.status, answer.trouble()), (403, None));
    assert_eq!(shop.renewals(), 0);
    assert_eq!(count(&shop, "GET /wp-json/wc/v3/forbidden 403"), 1);
}

#[tokio::test]
async fn a_firewalls_page_is_named_and_renews_nothing() {
    let (shop, device) = (Shop::open().await, Device::new());
    let api = api(&shop, &device).await;
    shop.set(Mood::Firewall);
    let answer = api.get("wc/v3/orders", &[]).await.unwrap();
    assert_eq!(answer.status, 403);
    assert_eq!(answer.trouble().unwrap().0, Code::INVALID_RESPONSE_FORMAT);
    assert_eq!(shop.renewals(), 0);
    assert!(api.keeper().access_token().await.is_ok());
}

#[tokio::test]
async fn a_session_whose_fresh_tokens_stay_refused_does_not_loop() {
    let (shop, device) = (Shop::open().await, Device::new());
    let api = api(&shop, &device).await;
    for _ in 0..6 {
        shop.books.lock().unwrap().access.clear();
        let before = shop.log().len();
        // The new token is refused as well, because the books are emptied again while it is made.
        let books = shop.books.clone();
        let emptied = tokio::spawn(async move {
            for _ in 0..200 {
                books.lock().unwrap().access.clear();
                tokio::task::yield_now().await;
            }
        });
        let _ = api.get("wc/v3/orders", &[]).await;
        emptied.await.unwrap();
        // Sent, looked for, renewed, sent again.
        assert!(shop.log().len() - before <= 4, "{:?}", &shop.log()[before..]);
    }
    assert!(shop.renewals() <= 3);
}

#[tokio::test]
async fn without_a_session_nothing_is_sent() {
    let (shop, device) = (Shop::open().await, Device::new());
    let api = StoreApi::new(device.keeper(&shop).await);
    let error = api.get("wc/v3/orders", &[]).await.unwrap_err();
    assert!(matches!(error, ClientError::NotSignedIn { .. }));
    assert!(shop.log().is_empty());
}
