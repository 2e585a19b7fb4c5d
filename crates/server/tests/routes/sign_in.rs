//! Signing in and staying signed in.

use crate::support::Shop;

#[tokio::test]
async fn signing_in_gives_tokens_that_work_and_renew() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let answer = shop.get_as(&till, &format!("cashier/{}", till.user_id)).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.json()["username"], "cashier");
    let renewed = shop.renew(&till.refresh).await;
    assert_eq!(renewed.status, 200, "{}", renewed.body);
    let answer = shop.get_as(&till, "products?per_page=3&status=publish").await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.json().as_array().unwrap().len(), 3);
}
