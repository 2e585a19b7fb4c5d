//! Starting, stopping, and what is written down.

use evertill_server::{ServeOptions, start};
use evertill_wire::Code;
use serde_json::Value;

use crate::support::Shop;

#[tokio::test]
async fn a_second_process_on_one_data_directory_is_refused() {
    let shop = Shop::open().await;
    let error = start(ServeOptions::new(([127, 0, 0, 1], 0).into(), shop.home.path()))
        .await
        .unwrap_err();
    assert_eq!(error.code(), Code::DATA_DIRECTORY_IN_USE);
    assert_eq!(shop.get("/wp-json/wcpos/v2/ping").await.status, 200);
}

#[tokio::test]
async fn a_port_that_is_taken_is_named() {
    let shop = Shop::open().await;
    let home = tempfile::tempdir().unwrap();
    let error = start(ServeOptions::new(shop.handle.address(), home.path()))
        .await
        .unwrap_err();
    assert_eq!(error.code(), Code::PORT_IN_USE);
    assert!(
        error.to_string().contains(&shop.handle.address().to_string()),
        "{error}"
    );
    assert!(error.remedy().contains("--listen"), "{}", error.remedy());
    assert!(
        !home.path().join("store.sqlite3").exists(),
        "a failed start leaves no half-made store"
    );
}

#[tokio::test]
async fn a_lost_key_file_is_a_refusal_not_a_new_key() {
    let shop = Shop::open().await;
    let path = shop.home.path().join("keys.json");
    let Shop { handle, home, .. } = shop;
    handle.shutdown().await;
    let kept = std::fs::read(&path).unwrap();
    for broken in [None, Some(&b"{"[..])] {
        match broken {
            None => std::fs::remove_file(&path).unwrap(),
            Some(bytes) => std::fs::write(&path, bytes).unwrap(),
        }
        let error = start(ServeOptions::new(([127, 0, 0, 1], 0).into(), home.path()))
            .await
            .unwrap_err();
        assert_eq!(error.code(), Code::STORE_KEYS_UNUSABLE);
    }
    std::fs::write(&path, kept).unwrap();
    start(ServeOptions::new(([127, 0, 0, 1], 0).into(), home.path()))
        .await
        .unwrap()
        .shutdown()
        .await;
}

#[tokio::test]
async fn a_wrong_configuration_is_named_to_the_key() {
    let home = tempfile::tempdir().unwrap();
    let config = home.path().join("store.toml");
    std::fs::write(&config, "[sign_in]\nredirect_urls = []\n").unwrap();
    let options = ServeOptions {
        config: Some(config),
        ..ServeOptions::new(([127, 0, 0, 1], 0).into(), home.path().join("data"))
    };
    let error = start(options).await.unwrap_err();
    assert_eq!(error.code(), Code::INVALID_CONFIGURATION);
    assert!(error.to_string().contains("sign_in.redirect_urls"), "{error}");
    assert!(
        error.remedy().contains("sign_in.redirect_uris"),
        "{}",
        error.remedy()
    );
}

#[tokio::test]
async fn the_configuration_names_the_shop_and_where_to_return_to() {
    let directory = tempfile::tempdir().unwrap();
    let config = directory.path().join("store.toml");
    std::fs::write(
        &config,
        "[shop]\nname = \"Fish & Chips\"\n[sign_in]\nredirect_uris = [\"https://till.example/back\"]\n",
    )
    .unwrap();
    let shop = Shop::open_with(|options| options.config = Some(config)).await;
    assert_eq!(
        shop.get("/wp-json/wcpos/v2/site").await.json()["name"],
        "Fish & Chips"
    );
    let page = shop
        .get("/wcpos-auth/?redirect_uri=https%3A%2F%2Ftill.example%2Fback&state=s")
        .await;
    assert_eq!(page.login_error(), None);
    assert!(page.body.contains("Fish &#38; Chips"), "{}", page.body);
}

#[tokio::test]
async fn an_empty_store_without_the_sample_shop_lets_nobody_in() {
    let shop = Shop::open_with(|options| options.sample_shop = false).await;
    let answer = shop.submit("owner", "owner-demo").await;
    assert_eq!(
        answer.login_error().as_deref(),
        Some("Invalid username or password.")
    );
}

#[tokio::test]
async fn the_sample_shop_is_loaded_once() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let uuid = shop.get("/wp-json/wcpos/v2/site").await.json()["uuid"].clone();
    let before = shop.get_as(&till, "changes/tick").await.json();
    let shop = shop.reopen().await;
    let access = shop.renew(&till.refresh).await.json()["access_token"]
        .as_str()
        .unwrap()
        .to_owned();
    let till = crate::support::Till { access, ..till };
    assert_eq!(shop.get("/wp-json/wcpos/v2/site").await.json()["uuid"], uuid);
    assert_eq!(shop.get_as(&till, "changes/tick").await.json(), before);
}

#[tokio::test]
async fn the_access_log_tells_who_asked_what_and_no_secret() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    shop.get_as(&till, "products?search=private+words").await;
    let param = format!(
        "/?rest_route=/wcpos/v2/auth/sessions&authorization={}",
        till.access
    );
    assert_eq!(shop.get(&param).await.status, 200);
    shop.renew(&till.refresh).await;
    shop.submit("cashier", "wrong-password-in-clear").await;
    let text = shop.access_log();
    let secrets = [
        &till.access[..],
        &till.refresh,
        "demo",
        "wrong-password",
        "private",
        "authorization",
        "ada@",
    ];
    for secret in secrets {
        assert!(!text.contains(secret), "{secret} stands in the log");
    }
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let products = lines
        .iter()
        .find(|line| line["path"] == "/wp-json/wcpos/v2/products")
        .unwrap();
    assert_eq!(
        (&products["status"], &products["user"]),
        (&200.into(), &till.user_id.into())
    );
    assert_eq!(products["session"].as_str().unwrap().len(), 8);
    assert!(
        lines
            .iter()
            .any(|line| line["path"] == "/wp-json/wcpos/v2/auth/sessions")
    );
}

#[tokio::test]
async fn no_file_of_the_store_holds_a_token_that_can_be_presented() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    shop.renew(&till.refresh).await;
    let Shop { handle, home, .. } = shop;
    handle.shutdown().await;
    let body = till.refresh.strip_prefix("ert2.").unwrap();
    for entry in std::fs::read_dir(home.path()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        for secret in [body, &till.access, "cashier-demo"] {
            let found = bytes
                .windows(secret.len())
                .any(|window| window == secret.as_bytes());
            assert!(!found, "{} holds a secret", path.display());
        }
    }
}

#[tokio::test]
async fn a_body_without_end_is_cut_off() {
    let shop = Shop::open().await;
    let body = format!("{{\"refresh_token\":\"{}\"}}", "x".repeat(3 * 1024 * 1024));
    let headers = [("Content-Type", "application/json")];
    let answer = shop
        .send("POST", "/wp-json/wcpos/v2/auth/refresh", &headers, &body)
        .await;
    assert_eq!(answer.status, 413);
}

#[tokio::test]
async fn what_was_answered_is_in_the_files_of_a_process_that_is_killed() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let ended = shop.sign_in("cashier2").await;
    let owner = shop.sign_in("owner").await;
    let sale = crate::sales::create(
        uuid::Uuid::new_v4(),
        &crate::sales::sale(&[crate::sales::mugs(1)]),
    );
    let booked = crate::sales::booked(&shop, &till, &sale).await;
    shop.delete_as(&owner, &format!("auth/sessions?user_id={}", ended.user_id))
        .await;

    // The files as `kill -9` would leave them: taken while the store still runs, nothing closed or flushed. What a
    // power cut leaves is less, and the system tests' part.
    let after = tempfile::tempdir().unwrap();
    for name in ["store.sqlite3", "store.sqlite3-wal", "keys.json"] {
        std::fs::copy(shop.home.path().join(name), after.path().join(name)).unwrap();
    }
    let clock = shop.clock.clone();
    let handle = start(ServeOptions {
        clock: clock.clone(),
        ..ServeOptions::new(([127, 0, 0, 1], 0).into(), after.path())
    })
    .await
    .unwrap();
    let shop = Shop {
        handle,
        clock,
        home: after,
    };
    assert_eq!(
        shop.renew(&ended.refresh).await.status,
        401,
        "a revocation is never forgotten"
    );
    let access = shop.renew(&till.refresh).await.json()["access_token"]
        .as_str()
        .unwrap()
        .to_owned();
    let till = crate::support::Till { access, ..till };
    let again = crate::sales::booked(&shop, &till, &sale).await;
    assert_eq!(again["currentRevision"], booked["currentRevision"]);
}

#[tokio::test]
#[cfg(unix)]
async fn every_file_of_the_store_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let shop = Shop::open().await;
    for name in ["store.sqlite3", "store.sqlite3-wal", "keys.json", "access.log"] {
        let mode = std::fs::metadata(shop.home.path().join(name))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}
