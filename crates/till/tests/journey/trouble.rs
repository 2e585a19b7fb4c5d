//! Answers that get lost and answers that are not what they seem.

use serde_json::{Value, json};

use crate::proxy::{Fault, Proxy};
use crate::support::{Desk, Person, Store};

async fn shop() -> (Proxy, Store, Desk) {
    let proxy = Proxy::start().await;
    let store = Store::open_behind(Some(proxy.url.clone())).await;
    proxy.lead_to(store.address);
    let desk = Desk::open(proxy.url.as_str()).await;
    (proxy, store, desk)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_lost_after_the_store_booked_makes_one_order() {
    let (proxy, store, desk) = shop().await;
    proxy.plan(vec![Fault::LoseTheAnswer, Fault::LoseTheAnswer]);
    let uuid = desk.sell(2).await;
    desk.sent(&uuid).await;
    let pushed = proxy.pushed();
    assert_eq!(pushed.len(), 3);
    assert!(
        pushed.iter().all(|envelope| *envelope == pushed[0]),
        "the same write each time"
    );
    let owner = Person::signed_in(proxy.url.as_str(), "owner").await;
    assert_eq!(owner.orders_of(&uuid).await.len(), 1);
    drop(store);
}

#[tokio::test(flavor = "multi_thread")]
async fn doors_that_are_shut_never_refuse_a_sale_for_good() {
    let (proxy, _store, desk) = shop().await;
    let shut = |code: &str| json!({"code": code, "message": "No.", "data": {"status": 403}});
    proxy.plan(vec![
        Fault::Say(403, shut("woocommerce_pos_rest_forbidden")),
        Fault::Say(404, shut("rest_no_route")),
        Fault::Say(503, shut("wcpos_sync_unavailable")),
    ]);
    let uuid = desk.sell(1).await;
    desk.sent(&uuid).await;
    assert_eq!(proxy.pushed().len(), 4);
}

/// The order of an envelope as a store would give it back.
fn document(envelope: &Value, status: &str, total: &str, total_tax: &str) -> Value {
    let mut order = envelope["payload"].clone();
    order["id"] = json!(77);
    order["number"] = json!("77");
    order["status"] = json!(status);
    order["total"] = json!(total);
    order["total_tax"] = json!(total_tax);
    order
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_left_behind_by_a_refusal_is_turned_into_the_sale_by_an_update() {
    let (proxy, _store, desk) = shop().await;
    let refusal = json!({
        "code": "woocommerce_rest_invalid_coupon", "message": "The coupon &quot;X&quot; is gone.",
        "data": {"status": 400, "new_draft_order_id": 77},
    });
    proxy.plan(vec![Fault::Say(400, refusal)]);
    let uuid = desk.sell(1).await;
    desk.eventually("the sale is refused", async || {
        let page = desk.browser.get(&format!("/sale/{uuid}")).await;
        page.body.contains("Refused by shop")
    })
    .await;
    let page = desk.browser.get(&format!("/sale/{uuid}")).await;
    page.holds("PY03002").holds("send-again");
    let path = format!("/sale/{uuid}/file");
    page.holds(&format!("href=\"{path}\""));
    let file = desk.browser.get(&path).await;
    assert!(
        file.headers["content-disposition"]
            .to_str()
            .unwrap()
            .starts_with("attachment")
    );
    let saved: Value = serde_json::from_str(&file.body).unwrap();
    assert_eq!(saved["payload"], proxy.pushed()[0]["payload"]);
    assert_eq!(saved["refused"]["code"], "PY03002");
    assert!(
        saved["refused"]["store_words"]
            .as_str()
            .unwrap()
            .contains("is gone")
    );
    desk.browser.get("/").await.holds("refused by the shop");

    let created = proxy.pushed().remove(0);
    let draft = document(&created, "checkout-draft", "0.00", "0.00");
    let conflict = json!({"document": draft, "currentRevision": "sha256:draft"});
    proxy.plan(vec![Fault::Say(200, conflict)]);
    desk.browser.post(&format!("/sale/{uuid}/send-again"), &[]).await;
    desk.eventually("an update follows the draft", async || proxy.pushed().len() >= 3)
        .await;
    let pushed = proxy.pushed();
    assert_eq!(pushed[1]["operation"], "create");
    assert_ne!(pushed[1]["mutationId"], pushed[0]["mutationId"]);
    assert_eq!(pushed[2]["operation"], "update");
    assert_eq!(pushed[2]["baseRevision"], "sha256:draft");
    // The real store never had the draft: it says so, and the sale is made anew and booked once.
    desk.sent(&uuid).await;
    let owner = Person::signed_in(proxy.url.as_str(), "owner").await;
    assert_eq!(owner.orders_of(&uuid).await.len(), 1);
}
