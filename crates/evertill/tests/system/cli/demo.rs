//! `evertill demo`: everything at once, on input nobody prepared.

use std::path::Path;

use reqwest::Client;

use crate::harness::program::Running;

async fn page(url: &str) -> (u16, String) {
    let _installed_by_another_scenario = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder().no_proxy().build().expect("a client");
    let answer = client.get(url).send().await.expect("the address answers");
    (
        answer.status().as_u16(),
        answer.text().await.expect("an answer has a body"),
    )
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn the_demo_opens_a_store_and_a_till_that_is_signed_in_and_leaves_nothing_behind() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let mut demo = Running::start(
        folder.path(),
        "demo",
        &[
            "demo",
            "--listen",
            "127.0.0.1:0",
            "--store-listen",
            "127.0.0.1:0",
            "--no-open",
        ],
    );
    let till = demo.says("Till   ").await;
    let store = demo.says("Store  ").await;
    let data = demo.says("Data   ").await;
    let (till, who) = till.split_once(' ').expect("address and person");
    assert!(who.contains("signed in as cashier"), "{who}");
    for name in ["owner-demo", "manager-demo", "cashier-demo", "cashier2-demo"] {
        demo.says(name).await;
    }

    let (status, register) = page(till).await;
    assert_eq!(status, 200);
    assert!(
        register.contains("id=\"cart\""),
        "the register is open, not the sign-in page"
    );
    let (status, site) = page(&format!(
        "{}/wp-json/wcpos/v2/site?wcpos=1",
        store.trim_end_matches('/')
    ))
    .await;
    assert_eq!(status, 200);
    assert!(site.contains("wcpos/v2"));

    let data = data.split_once(" (").map_or(data.as_str(), |(path, _)| path);
    assert!(Path::new(data).is_dir(), "{data}");
    assert_eq!(demo.stop().await, Some(0));
    assert!(!Path::new(data).exists(), "{data} is still there");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_demo_with_a_directory_of_its_own_is_the_same_shop_the_next_time() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let data = folder.path().join("data");
    let words = |till: &str, store: &str| {
        let data = data.to_str().expect("a plain path");
        [
            "demo",
            "--no-open",
            "--listen",
            till,
            "--store-listen",
            store,
            "--data-dir",
            data,
        ]
        .map(str::to_owned)
    };
    let start = |name: &str, words: [String; 8]| {
        Running::start(folder.path(), name, &words.each_ref().map(String::as_str))
    };
    let mut first = start("first", words("127.0.0.1:0", "127.0.0.1:0"));
    let till = first.says("Till   ").await;
    let store = first.says("Store  ").await;
    assert_eq!(first.stop().await, Some(0));

    let address = |line: &str| {
        let url = line.split_whitespace().next().expect("an address");
        url.trim_start_matches("http://").trim_end_matches('/').to_owned()
    };
    let mut second = start("second", words(&address(&till), &address(&store)));
    assert_eq!(second.says("Till   ").await, till);
    let log = std::fs::read_to_string(data.join("store/access.log")).expect("the store keeps an access log");
    assert_eq!(
        log.matches("/wcpos-auth").count(),
        2,
        "one form, one sign-in, the first time: {log}"
    );
    assert_eq!(second.stop().await, Some(0));
}
