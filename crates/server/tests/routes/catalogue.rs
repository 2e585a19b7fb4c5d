//! Finding things to sell.

use serde_json::{Value, json};

use crate::support::{Shop, Till};

async fn list(shop: &Shop, till: &Till, route: &str) -> Vec<Value> {
    let answer = shop.get_as(till, route).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json().as_array().unwrap().clone()
}

#[tokio::test]
async fn every_product_comes_once_over_the_pages() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let first = shop.get_as(&till, "products?status=publish&per_page=25").await;
    let total: usize = first.header("x-wp-total").unwrap().parse().unwrap();
    let pages: usize = first.header("x-wp-totalpages").unwrap().parse().unwrap();
    let mut ids = std::collections::BTreeSet::new();
    for page in 1..=pages {
        for product in list(
            &shop,
            &till,
            &format!("products?status=publish&per_page=25&page={page}"),
        )
        .await
        {
            assert!(
                ids.insert(product["id"].as_i64().unwrap()),
                "{} came twice",
                product["id"]
            );
        }
    }
    assert_eq!((ids.len(), total), (88, 88));
}

#[tokio::test]
async fn products_are_found_by_words_without_accents_and_by_code() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    for (search, id) in [
        ("brulee creme", 147),
        ("JALAPENO", 184),
        ("MUG-MOSS", 105),
        ("9520417001052", 105),
        ("100%25", 0),
    ] {
        let search = search.replace(' ', "%20");
        let found = list(&shop, &till, &format!("products?search={search}")).await;
        let ids: Vec<i64> = found
            .iter()
            .map(|product| product["id"].as_i64().unwrap())
            .collect();
        assert_eq!(ids.first().copied().unwrap_or(0), id, "{search}: {ids:?}");
    }
}

#[tokio::test]
async fn a_upc_is_found_as_the_ean_a_scanner_may_send() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    for code in ["470312001154", "0470312001154"] {
        let found = shop
            .get_as(&till, &format!("resolve/barcode?code={code}"))
            .await
            .json();
        assert_eq!(found["match"]["id"], 115, "{code}");
    }
    let two = shop
        .get_as(&till, "resolve/barcode?code=9520417001274")
        .await
        .json();
    assert_eq!(
        (&two["match"]["id"], &two["ambiguous"]),
        (&json!(127), &json!([{"id": 158, "type": "product"}]))
    );
}

#[tokio::test]
async fn a_drawn_picture_stands_behind_every_image_address() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let home = shop.handle.url().to_string();
    let mut pictures = 0;
    for product in list(&shop, &till, "products?per_page=100").await {
        for image in product["images"].as_array().unwrap() {
            let path = image["src"]
                .as_str()
                .unwrap()
                .strip_prefix(home.trim_end_matches('/'))
                .unwrap();
            let answer = shop.get(path).await;
            assert_eq!(answer.header("content-type"), Some("image/svg+xml"), "{path}");
            assert!(answer.body.contains("<svg"));
            pictures += 1;
        }
    }
    assert!(pictures > 40, "{pictures}");
    for path in [
        "/pictures/none.svg",
        "/pictures/../keys.json",
        "/pictures/%2e%2e%2fkeys.svg",
        "/keys.json",
    ] {
        assert_eq!(shop.get(path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn prices_sales_and_stock_are_told_as_they_are() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let product = list(&shop, &till, "products?include=159").await.remove(0);
    assert_eq!(
        (
            &product["price"],
            &product["regular_price"],
            &product["sale_price"],
            &product["on_sale"]
        ),
        (&json!("3.6"), &json!("4.5"), &json!("3.6"), &json!(true))
    );
    assert_eq!(product["name"], "Milk Chocolate &amp; Sea Salt");
    let bottle = list(&shop, &till, "products?include=111").await.remove(0);
    assert_eq!(
        (&bottle["stock_quantity"], &bottle["stock_status"]),
        (&json!(0), &json!("outofstock"))
    );
    let weighed = list(&shop, &till, "products?include=104").await.remove(0);
    assert_eq!(weighed["stock_quantity"], json!(4.62));
    let variable = list(&shop, &till, "products?include=113").await.remove(0);
    assert_eq!(
        (&variable["price"], &variable["on_sale"]),
        (&json!("14"), &json!(true))
    );
    assert_eq!(variable["variations"].as_array().unwrap().len(), 4);
    let page = shop.get_as(&till, "variations?include=1007,1008").await.json();
    assert_eq!(page["documents"][0]["payload"]["stock_status"], "onbackorder");
    assert_eq!(page["documents"][1]["payload"]["price"], "14");
}

#[tokio::test]
async fn categories_come_in_the_shops_own_order_with_counts() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let categories = list(&shop, &till, "products/categories?per_page=100").await;
    let order: Vec<i64> = categories
        .iter()
        .map(|one| one["menu_order"].as_i64().unwrap())
        .collect();
    assert!(order.is_sorted(), "{order:?}");
    let id = &categories[0]["id"];
    let inside = list(&shop, &till, &format!("products?category={id}&per_page=100")).await;
    assert_eq!(categories[0]["count"], inside.len());
}

#[tokio::test]
async fn a_query_cannot_reach_the_database() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    for query in [
        "products?search=%27%20OR%201%3D1%20--",
        "products?sku=%27%3BDROP%20TABLE%20items%3B--",
        "products?status=%27",
        "customers?search=%25_%5C",
    ] {
        let found = list(&shop, &till, query).await;
        assert_eq!(found, Vec::<Value>::new(), "{query}");
    }
    for query in [
        "products?orderby=id;drop",
        "products?page=0",
        "products?include=x",
        "products?order=up",
    ] {
        assert_eq!(shop.get_as(&till, query).await.status, 400, "{query}");
    }
    assert_eq!(list(&shop, &till, "products?per_page=100").await.len(), 88);
}

#[tokio::test]
async fn an_empty_number_or_moment_is_refused_like_any_other_that_is_none() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    for route in [
        "products?modified_after=",
        "products?page=",
        "orders?customer=",
        "orders/pull?sequence=",
        "changes/tick?since=",
        "orders?after=2026-02-30T00:00:00",
    ] {
        let answer = shop.get_as(&till, route).await;
        assert_eq!(
            answer.verdict(),
            (400, "rest_invalid_param".to_owned()),
            "{route}"
        );
    }
}
