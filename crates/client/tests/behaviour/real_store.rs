//! The same, against the store server itself.

use std::net::SocketAddr;
use std::time::Duration;

use evertill_client::discovery::{CheckName, CheckState, discover_and_tell};
use evertill_client::http::{Http, Request};
use evertill_client::status::StateName;
use evertill_client::vault::KeyChoice;
use evertill_client::{App, ClientError, Home, Keeper, KeeperOptions, SignedOut, StoreAddress, StoreApi};
use evertill_server::{Clock as StoreClock, ServeOptions, ServerHandle};
use evertill_wire::{Code, Password};
use reqwest::Method;
use serde_json::json;
use url::Url;

use crate::keeping::until;
use crate::shop::Device;

const LIFE: Duration = Duration::from_secs(900);

/// A store with the sample shop and a clock that moves with the device's.
struct Store {
    handle: Option<ServerHandle>,
    listen: SocketAddr,
    clock: StoreClock,
    dir: tempfile::TempDir,
}

impl Store {
    async fn open() -> Self {
        let mut store = Self {
            handle: None,
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            clock: StoreClock::standing_at(1_795_398_738),
            dir: tempfile::tempdir().unwrap(),
        };
        store.start().await;
        store
    }

    async fn start(&mut self) {
        let options = ServeOptions {
            access_life: Some(LIFE),
            sample_shop: true,
            access_log: true,
            clock: self.clock.clone(),
            ..ServeOptions::new(self.listen, self.dir.path())
        };
        let handle = evertill_server::start(options).await.unwrap();
        self.listen = handle.address();
        self.handle = Some(handle);
    }

    async fn stop(&mut self) {
        self.handle.take().unwrap().shutdown().await;
    }

    fn address(&self) -> String {
        format!("http://{}", self.listen)
    }

    /// Requests to a path that were answered with a status. The store writes many lines of its log at a time: one more
    /// request is made, and its line waited for.
    async fn count(&self, path: &str, status: u16) -> usize {
        let log = self.dir.path().join("access.log");
        let last = format!("counted-after-{}", std::fs::metadata(&log).unwrap().len());
        reqwest::Client::new()
            .get(format!("{}/healthz", self.address()))
            .header("X-Request-Id", &last)
            .send()
            .await
            .unwrap();
        loop {
            let text = std::fs::read_to_string(&log).unwrap();
            if let Some((before, _)) = text.split_once(&last) {
                // The last line is the one of the question itself, cut in the middle.
                return before
                    .lines()
                    .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
                    .filter(|line| {
                        line["path"].as_str().is_some_and(|found| found.ends_with(path))
                            && line["status"] == status
                    })
                    .count();
            }
            tokio::task::yield_now().await;
        }
    }

    async fn keeper(&self, device: &Device, home: &Home) -> Keeper {
        let options = KeeperOptions {
            clock: device.clock.clone(),
            key: Some(KeyChoice::File),
            ..KeeperOptions::default()
        };
        let address = StoreAddress::parse(&self.address()).unwrap();
        Keeper::open(home, &address, options).await.unwrap()
    }

    async fn signed_in(&self, device: &Device, who: &str) -> Keeper {
        let home = Home::open(device.dir.path().join(who)).unwrap();
        let keeper = self.keeper(device, &home).await;
        keeper
            .sign_in(who, &Password::new(format!("{who}-demo")))
            .await
            .unwrap();
        keeper
    }

    fn pass(&self, device: &Device, span: Duration) {
        self.clock.advance(span);
        device.clock.pass(span);
    }
}

#[tokio::test]
async fn the_store_is_found_with_every_row_good() {
    let store = Store::open().await;
    let mut told = Vec::new();
    let discovery = discover_and_tell(&store.address(), |check| told.push(check.clone())).await;
    let profile = discovery.result.unwrap();
    assert_eq!(told, discovery.checks);
    let names: Vec<CheckName> = told.iter().map(|check| check.name).collect();
    assert_eq!(
        names,
        [
            CheckName::Address,
            CheckName::Reachable,
            CheckName::Interface,
            CheckName::WooCommerce,
            CheckName::Plugin,
            CheckName::SignInPage,
            CheckName::TokenWay,
            CheckName::Clock,
        ]
    );
    let not_good = |check: &&evertill_client::discovery::Check| {
        check.state != CheckState::Ok && check.name != CheckName::Clock
    };
    assert_eq!(told.iter().find(not_good), None);
    assert_eq!(profile.origin(), store.address());
    assert!(profile.evertill.is_some());
}

#[tokio::test]
async fn a_cashier_signs_in_renews_early_and_never_meets_a_401() {
    let (store, device) = (Store::open().await, Device::new());
    let keeper = store.signed_in(&device, "cashier").await;
    let user = keeper.status().user.unwrap();
    assert_eq!(
        (user.username.as_str(), user.roles.as_slice()),
        ("cashier", &["cashier".to_owned()][..])
    );
    let api = StoreApi::new(keeper.clone());
    for round in 1..=5 {
        store.pass(&device, LIFE * 81 / 100);
        until(&keeper, |status| {
            status.renewals == round && status.state == StateName::Active
        })
        .await;
        let answer = api.get("wcpos/v2/products", &[("per_page", "1")]).await.unwrap();
        assert_eq!((answer.status, answer.trouble()), (200, None));
    }
    assert_eq!(store.count("/auth/refresh", 200).await, 5);
    assert_eq!(store.count("", 401).await, 0);
}

#[tokio::test]
async fn twenty_that_open_at_expiry_make_one_renewal_at_the_store() {
    let (store, device) = (Store::open().await, Device::new());
    store.signed_in(&device, "cashier").await.shutdown().await;
    store.pass(&device, LIFE);
    let home = Home::open(device.dir.path().join("cashier")).unwrap();
    let opened = (0..20).map(|_| async {
        let keeper = store.keeper(&device, &home).await;
        let token = keeper.access_token().await.unwrap();
        (keeper, token)
    });
    let opened = futures_util::future::join_all(opened).await;
    assert!(opened.iter().all(|(_, token)| *token == opened[0].1));
    assert_eq!(store.count("/auth/refresh", 200).await, 1);
}

#[tokio::test]
async fn a_session_ended_by_the_owner_needs_a_person_and_says_who_it_was() {
    let (store, device) = (Store::open().await, Device::new());
    let cashier = store.signed_in(&device, "cashier").await;
    let owner = StoreApi::new(store.signed_in(&device, "owner").await);
    let status = cashier.status();
    let route = format!("wcpos/v2/auth/sessions/{}", status.session.unwrap());
    let user = status.user.unwrap().id.to_string();
    let answer = owner.delete(&route, &[("user_id", &user)]).await.unwrap();
    assert_eq!(
        (answer.status, &answer.json().unwrap()["success"]),
        (200, &json!(true))
    );

    let api = StoreApi::new(cashier.clone());
    let refused = tokio::spawn(async move { api.get("wcpos/v2/products", &[]).await });
    // The store signs its refusal, so that no second opinion is needed.
    let error = refused.await.unwrap().unwrap_err();
    assert!(matches!(error, ClientError::SessionEnded { .. }), "{error:?}");
    let status = cashier.status();
    assert_eq!(status.state, StateName::SignInNeeded);
    let ended = status.ended.clone().unwrap();
    assert_eq!(
        (ended.reason.as_str(), ended.by_role.as_str()),
        ("revoked", "owner")
    );
    assert_eq!(status.cause.unwrap().code, Code::REFRESH_TOKEN_INVALID);
    assert!(status.user.is_some());
}

#[tokio::test]
async fn a_store_that_stops_and_returns_finds_the_same_session() {
    let (mut store, device) = (Store::open().await, Device::new());
    let keeper = store.signed_in(&device, "cashier").await;
    let session = keeper.status().session;
    store.stop().await;
    store.pass(&device, LIFE * 2);
    let error = keeper.access_token().await.unwrap_err();
    assert_eq!(error.code(), Code::TOKEN_EXPIRED);
    assert_eq!(error.cause().unwrap().code, Code::CONNECTION_REFUSED);
    store.start().await;
    store.pass(&device, Duration::from_secs(61));
    let status = until(&keeper, |status| status.state == StateName::Active).await;
    assert_eq!(status.session, session);
    keeper.access_token().await.unwrap();
}

#[tokio::test]
async fn signing_out_is_seen_by_the_owner() {
    let (store, device) = (Store::open().await, Device::new());
    let cashier = store.signed_in(&device, "cashier").await;
    let owner = StoreApi::new(store.signed_in(&device, "owner").await);
    let user = cashier.status().user.unwrap().id.to_string();
    let sessions = async || {
        let answer = owner
            .get("wcpos/v2/auth/sessions", &[("user_id", &user)])
            .await
            .unwrap();
        answer.json().unwrap()["sessions"].as_array().unwrap().len()
    };
    assert_eq!(sessions().await, 1);
    assert_eq!(cashier.sign_out().await.unwrap(), SignedOut::Everywhere);
    assert_eq!(sessions().await, 0);
}

#[tokio::test]
async fn wrong_passwords_end_in_the_stores_words_and_then_in_a_lock() {
    let (store, device) = (Store::open().await, Device::new());
    let keeper = store.keeper(&device, &device.home()).await;
    let mut codes = Vec::new();
    for _ in 0..6 {
        codes.push(
            keeper
                .sign_in("cashier", &Password::new("guess"))
                .await
                .unwrap_err()
                .code(),
        );
    }
    assert_eq!(codes[0], Code::INVALID_CREDENTIALS);
    assert_eq!(codes[5], Code::ACCOUNT_LOCKED);
}

/// Fills in the store's page as a browser would; says where that is led back to.
async fn browse(page: &Url) -> Url {
    let http = Http::new(page).unwrap();
    let shown = http.send(Request::get(page.clone())).await.unwrap();
    let shown = String::from_utf8(shown.body.to_vec()).unwrap();
    let hidden = |name: &str| {
        let mark = format!("name=\"{name}\" value=\"");
        let rest = shown.split_once(&mark).unwrap().1;
        (name.to_owned(), rest.split('"').next().unwrap().to_owned())
    };
    let typed = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let fields = [
        hidden("_wpnonce"),
        hidden("auth_session"),
        typed("wcpos-log", "cashier"),
        typed("wcpos-pwd", "cashier-demo"),
    ];
    let request = Request::new(Method::POST, page.clone()).form(&fields);
    let answer = http.send(request).await.unwrap();
    Url::parse(answer.header("location")).unwrap()
}

#[tokio::test]
async fn a_browser_carries_a_code_and_never_a_token() {
    let (store, device) = (Store::open().await, Device::new());
    let home = Home::open(device.dir.path()).unwrap();
    let keeper = store.keeper(&device, &home).await;
    for (app, back) in [
        (App::CommandLine, "http://127.0.0.1:49152/callback"),
        (App::Till, "http://localhost:8420/sign-in/callback"),
    ] {
        let redirect_uri = Url::parse(back).unwrap();
        let pending = keeper.begin_sign_in(app, &redirect_uri).await.unwrap();
        let callback = browse(&pending.url).await;
        assert!(!callback.as_str().contains("token"), "{callback}");

        let other = keeper.begin_sign_in(app, &redirect_uri).await.unwrap();
        let error = keeper.finish_sign_in(other, &callback).await.unwrap_err();
        assert_eq!(error.code(), Code::SIGN_IN_ABANDONED, "another attempt's answer");
        let forged = Url::parse(&callback.as_str().replace("iss=http", "iss=https")).unwrap();
        let error = keeper.finish_sign_in(pending.clone(), &forged).await.unwrap_err();
        assert_eq!(error.code(), Code::SIGN_IN_ABANDONED, "another store's answer");

        keeper.finish_sign_in(pending.clone(), &callback).await.unwrap();
        assert_eq!(keeper.status().state, StateName::Active);
        assert_eq!(keeper.status().user.unwrap().display_name, "Ada Osei");
        keeper.renew_now().await.unwrap();
        let again = keeper.finish_sign_in(pending, &callback).await.unwrap_err();
        assert_eq!(again.code(), Code::SIGN_IN_ABANDONED, "a code is good once");
    }
}
