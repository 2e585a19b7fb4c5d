//! `evertill proxy` between scripts and a store.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use reqwest::Client;
use serde_json::Value;
use tokio::task::JoinSet;

use crate::harness::{
    faults::Fault,
    program::{Running, run},
    until, within,
    world::{World, text},
};

/// Scripts that ask at once.
const SCRIPTS: usize = 12;

/// Expiries that the load lives through.
const EXPIRIES: usize = 3;

fn client() -> Client {
    // A client that could speak TLS wants to know how, even when it never will.
    let _installed_by_another_scenario = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy().build().expect("a client")
}

async fn proxy(world: &World) -> (Running, String) {
    let mut proxy = Running::start(
        world.folder(),
        "proxy",
        &[
            "proxy",
            "--store",
            &world.store_url(),
            "--listen",
            "127.0.0.1:0",
            "--data-dir",
            text(&world.till_home()),
        ],
    );
    let address = proxy.says("Address with the key: ").await;
    (proxy, address)
}

#[tokio::test(flavor = "multi_thread")]
async fn many_scripts_at_once_meet_no_failure_while_tokens_expire() {
    let world = World::open("5s").await;
    world.sign_in_till("owner");
    let (_proxy, address) = proxy(&world).await;
    let before = world.network.count("auth/refresh");
    let (client, is_over) = (client(), Arc::new(AtomicBool::new(false)));
    let answered = Arc::new(AtomicUsize::new(0));
    let mut scripts = JoinSet::new();
    for _ in 0..SCRIPTS {
        let (client, is_over, answered) = (client.clone(), Arc::clone(&is_over), Arc::clone(&answered));
        let url = format!("{address}wcpos/v2/products?per_page=1");
        scripts.spawn(async move {
            while !is_over.load(Ordering::Relaxed) {
                let answer = client.get(&url).send().await.expect("the proxy answers");
                let status = answer.status();
                let body = answer.text().await.expect("a whole body");
                assert!(status.is_success(), "{status}: {body}");
                answered.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    within(Duration::from_secs(120), "the tokens to expire", || async {
        (world.network.count("auth/refresh") >= before + EXPIRIES).then_some(())
    })
    .await;
    is_over.store(true, Ordering::Relaxed);
    while let Some(script) = scripts.join_next().await {
        script.expect("no script met a failure");
    }
    assert!(answered.load(Ordering::Relaxed) >= SCRIPTS);
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_that_meet_a_slow_renewal_without_a_token_wait_for_it_and_succeed() {
    let world = World::open("5s").await;
    world.sign_in_till("owner");
    let (_proxy, address) = proxy(&world).await;
    // Long enough that the token ends meanwhile.
    let pause = Duration::from_secs(4);
    let before = world.network.count("auth/refresh");
    world.network.strike("auth/refresh", Fault::Delay(pause), 1);
    until("the slow renewal", || async {
        (world.network.count("auth/refresh") > before).then_some(())
    })
    .await;
    let client = client();
    let mut asking = JoinSet::new();
    for number in 0..8_u64 {
        let (client, url) = (client.clone(), format!("{address}wcpos/v2/products?per_page=1"));
        asking.spawn(async move {
            tokio::time::sleep(Duration::from_millis(number * 400)).await;
            client.get(url).send().await.expect("the proxy answers").status()
        });
    }
    while let Some(status) = asking.join_next().await {
        assert_eq!(status.expect("a request"), 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_file_is_private_holds_the_key_and_goes_with_the_proxy() {
    let world = World::open("2m").await;
    world.sign_in_till("owner");
    let path = world.folder().join("proxy.key");
    let mut proxy = Running::start(
        world.folder(),
        "proxy",
        &[
            "proxy",
            "--store",
            &world.store_url(),
            "--listen",
            "127.0.0.1:0",
            "--data-dir",
            text(&world.till_home()),
            "--key-file",
            text(&path),
        ],
    );
    let address = proxy.says("Listening on ").await;
    assert_eq!(proxy.says("The key is in ").await, text(&path));
    let key = std::fs::read_to_string(&path).expect("the key is written");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&path)
            .expect("it is there")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let url = format!("http://{address}/wp-json/wcpos/v2/orders");
    let ask = client().get(&url).header("X-Evertill-Proxy-Key", &key);
    assert_eq!(ask.send().await.expect("an answer").status(), 200);
    let refused = client().get(&url).send().await.expect("an answer");
    let problem: Value = serde_json::from_str(&refused.text().await.expect("a body")).expect("JSON");
    assert_eq!(problem["code"], "SY02003");
    #[cfg(unix)]
    {
        assert_eq!(proxy.stop().await, Some(0));
        assert!(!path.exists());
    }
}

#[test]
fn a_proxy_for_other_machines_is_wrong_use() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let place = ["--data-dir", text(folder.path()), "--store", "http://127.0.0.1:9"];
    let refused = run(&[&["proxy", "--listen", "0.0.0.0:0"], &place[..]].concat(), "");
    assert_eq!(refused.exit, Some(2), "{}", refused.stderr);
    assert!(refused.stderr.contains("(API03003)"), "{}", refused.stderr);
    let help = run(&["proxy", "--help"], "");
    assert!(help.stdout.contains("curl -H"), "{}", help.stdout);
}
