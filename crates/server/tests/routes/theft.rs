//! A stolen token, from the wire to the owner's page.

use evertill_server::AuditSearch;
use serde_json::json;

use crate::{
    office::Browser,
    support::{Answer, Shop},
};

async fn rotate(shop: &Shop, refresh: &str) -> Answer {
    let body = json!({"refresh_token": refresh, "rotate": true}).to_string();
    let headers = [("Content-Type", "application/json"), ("X-WCPOS", "1")];
    shop.send("POST", "/wp-json/wcpos/v2/auth/refresh", &headers, &body)
        .await
}

fn next(answer: &Answer) -> String {
    answer.json()["refresh_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn after_a_thousand_lost_replies_a_theft_is_told_to_the_till_in_the_log_and_on_the_owners_page() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let list = shop.get_as(&till, "auth/sessions").await.json();
    let session = list["sessions"][0]["jti"].as_str().unwrap().to_owned();
    let lost = next(&rotate(&shop, &till.refresh).await);
    for _ in 0..1_000 {
        shop.pass(60);
        assert_eq!(next(&rotate(&shop, &till.refresh).await), lost, "the same again");
    }
    let owner = Browser::enter(&shop, "owner").await;
    let calm = owner.get(&shop, "/admin").await;
    assert!(
        calm.body.contains("no theft, no lockout"),
        "a lost reply is no theft"
    );
    let newest = next(&rotate(&shop, &lost).await);
    shop.pass(121);
    let thief = rotate(&shop, &till.refresh).await;
    assert_eq!(
        (thief.status, thief.json()["evertill"]["reason"].as_str()),
        (401, Some("theft"))
    );
    let victim = rotate(&shop, &newest).await.json();
    assert_eq!(victim["evertill"]["reason"], "theft", "and the till hears why");

    let office = shop.office().await;
    let search = AuditSearch {
        kind: Some("theft".into()),
        ..AuditSearch::default()
    };
    let lines = office.audit(&search).await.unwrap();
    let sentence =
        "a session of Ada Osei was ended: an old key of it was used again, so somebody else may hold a copy";
    let told: Vec<(&str, &str)> = lines
        .iter()
        .map(|line| (line.session.as_str(), line.sentence.as_str()))
        .collect();
    assert_eq!(told, [(&session[..8], sentence)], "once");

    for (path, words) in [
        ("/admin".to_owned(), "key used twice"),
        ("/admin".to_owned(), "/admin/audit?kind=theft"),
        (format!("/admin?session={session}"), sentence),
        ("/admin/audit?kind=theft".to_owned(), sentence),
    ] {
        let page = owner.get(&shop, &path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(page.body.contains(words), "{path} lacks {words}:\n{}", page.body);
    }
}
