//! What every database must make of letters.

use std::sync::Arc;

use super::*;

pub(super) async fn text_no_database_can_keep_is_found_nowhere_and_breaks_nothing(store: Arc<dyn Store>) {
    stock(store.as_ref()).await;
    assert_eq!(store.account_named("ad\0a").await.unwrap(), None);
    assert_eq!(store.picture("th\0ing").await.unwrap(), None);
    assert_eq!(
        store.items_by_code(vec!["4000\0".into()]).await.unwrap(),
        Vec::new()
    );
    let words = ItemQuery {
        words: vec!["thi\0ng".into()],
        status: Some("publish".into()),
        ..ItemQuery::default()
    };
    assert_eq!(store.items(words).await.unwrap().total, 0);
    let mut push = one_thing(Uuid::new_v4());
    push.envelope.payload = Some(json!({
        "line_items": [{"product_id": 101, "quantity": 1}],
        "billing": {"last_name": "N\u{0}ul"}, "customer_note": "a\u{0}b",
    }));
    let (_, order) = taken(store.push_order(Box::new(push)).await.unwrap());
    let found = store.orders(OrderQuery::default()).await.unwrap().rows.remove(0);
    assert_eq!(found, order, "what is in a record comes back as it was");
}

pub(super) async fn names_are_sorted_by_their_letters_and_searched_as_they_are(store: Arc<dyn Store>) {
    let mut stock = stocktake(store.as_ref()).await;
    for (item, name) in stock.items.iter_mut().zip(["a-Zebra 100%", "a bread_roll"]) {
        item.name = name.into();
    }
    assert!(store.load(Box::new(stock)).await.unwrap());
    let titles = async |words: Vec<String>| {
        let query = ItemQuery {
            words,
            paging: Some(Paging {
                window: Window { page: 1, per_page: 9 },
                by: OrderBy::Title,
                is_ascending: true,
            }),
            ..ItemQuery::default()
        };
        let page = store.items(query).await.unwrap();
        page.rows.into_iter().map(|item| item.id).collect::<Vec<_>>()
    };
    assert_eq!(
        titles(Vec::new()).await,
        [102, 101],
        "a space comes before a hyphen"
    );
    assert_eq!(titles(crate::fold::words("100%")).await, [101]);
    assert_eq!(titles(crate::fold::words("d_r")).await, [102]);
    assert_eq!(titles(crate::fold::words("_")).await, [102]);
}
