//! A store, a till and the people around them.

use std::future::Future;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use evertill_client::vault::KeyChoice;
use evertill_client::{Home, Keeper, KeeperOptions, StoreAddress, StoreApi};
use evertill_server::{Clock, ServeOptions, ServerHandle};
use evertill_till::{TillHandle, TillOptions};
use evertill_wire::Password;
use serde_json::Value;
use tempfile::TempDir;
use url::Url;

use crate::browser::Browser;

/// Longest that anything in these tests may take to come about.
const PATIENCE: Duration = Duration::from_secs(90);

/// A store with the sample shop that can be stopped and started again.
pub(crate) struct Store {
    pub(crate) address: SocketAddr,
    handle: Option<ServerHandle>,
    home: TempDir,
    public_url: Option<Url>,
    clock: Clock,
}

impl Store {
    pub(crate) async fn open() -> Self {
        Self::open_behind(None).await
    }

    /// A store whose time the test tells.
    pub(crate) async fn open_at(clock: Clock) -> Self {
        Self::open_with(None, clock).await
    }

    /// A store that people and tills reach by another address.
    pub(crate) async fn open_behind(public_url: Option<Url>) -> Self {
        Self::open_with(public_url, Clock::system()).await
    }

    async fn open_with(public_url: Option<Url>, clock: Clock) -> Self {
        let mut store = Self {
            clock,
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            handle: None,
            home: tempfile::tempdir().unwrap(),
            public_url,
        };
        store.start().await;
        store
    }

    pub(crate) async fn start(&mut self) {
        let mut options = ServeOptions::new(self.address, self.home.path());
        options.sample_shop = true;
        options.public_url = self.public_url.clone();
        options.clock = self.clock.clone();
        let handle = evertill_server::start(options).await.unwrap();
        self.address = handle.address();
        self.handle = Some(handle);
    }

    pub(crate) async fn stop(&mut self) {
        self.handle.take().unwrap().shutdown().await;
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

/// Somebody with a session of their own at the store.
pub(crate) struct Person {
    api: StoreApi,
    _home: TempDir,
}

impl Person {
    pub(crate) async fn signed_in(store: &str, name: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        let opened = Home::open(home.path()).unwrap();
        let address = StoreAddress::parse(store).unwrap();
        let keeper = Keeper::open(&opened, &address, options()).await.unwrap();
        sign_in(&keeper, name).await;
        Self {
            api: StoreApi::new(keeper),
            _home: home,
        }
    }

    pub(crate) async fn get(&self, route: &str, query: &[(&str, &str)]) -> Value {
        let answer = self.api.get(route, query).await.unwrap();
        assert_eq!(answer.status, 200, "{route}: {:?}", answer.body);
        answer.json().unwrap().clone()
    }

    /// The orders of the store, newest first.
    pub(crate) async fn orders(&self) -> Vec<Value> {
        let orders = self.get("wcpos/v2/orders", &[("per_page", "100")]).await;
        orders.as_array().unwrap().clone()
    }

    /// The orders that carry the identity of a sale.
    pub(crate) async fn orders_of(&self, uuid: &str) -> Vec<Value> {
        let mut orders = self.orders().await;
        orders.retain(|order| order.to_string().contains(uuid));
        orders
    }

    pub(crate) async fn end_session(&self, till: &TillHandle) {
        let status = till.keeper().status();
        let user = status.user.unwrap().id.to_string();
        let route = format!("wcpos/v2/auth/sessions/{}", status.session.unwrap());
        let answer = self.api.delete(&route, &[("user_id", &user)]).await.unwrap();
        assert_eq!(answer.status, 200, "{:?}", answer.body);
    }
}

pub(crate) async fn sign_in(keeper: &Keeper, name: &str) {
    let password = Password::new(format!("{name}-demo"));
    keeper.sign_in(name, &password).await.unwrap();
}

fn options() -> KeeperOptions {
    KeeperOptions {
        key: Some(KeyChoice::File),
        ..KeeperOptions::default()
    }
}

/// A till with its browser.
pub(crate) struct Desk {
    pub(crate) till: TillHandle,
    pub(crate) browser: Browser,
    pub(crate) home: TempDir,
}

pub(crate) async fn till_of(store: &str, home: &Path) -> TillHandle {
    let till = TillOptions {
        keeper: options(),
        ..TillOptions::new(store, home)
    };
    evertill_till::start(till).await.unwrap()
}

impl Desk {
    /// A till of the store where nobody signed in yet.
    pub(crate) async fn new(store: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        let till = till_of(store, home.path()).await;
        let browser = Browser::at(till.url());
        Self { till, browser, home }
    }

    /// A till with the cashier signed in and the catalogue there.
    pub(crate) async fn open(store: &str) -> Self {
        let desk = Self::new(store).await;
        sign_in(desk.till.keeper(), "cashier").await;
        desk.eventually("the catalogue is there", async || {
            let page = desk.browser.get("/").await;
            page.status == 200 && page.body.contains(" items here") && !page.body.contains("more are coming")
        })
        .await;
        desk
    }

    /// Stops the till and starts it again on the same directory.
    pub(crate) async fn restarted(self, store: &str) -> Self {
        self.till.shutdown().await;
        let till = till_of(store, self.home.path()).await;
        let browser = self.browser.moved_to(till.url());
        Self {
            till,
            browser,
            home: self.home,
        }
    }

    /// Waits until something holds; looked at again after each event the till tells its pages of.
    #[track_caller]
    pub(crate) fn eventually<F>(&self, what: &str, mut holds: F) -> impl Future<Output = ()>
    where
        F: AsyncFnMut() -> bool,
    {
        let events = self.browser.client().get(self.browser.url("/events")).send();
        async move {
            let mut events = events.await.unwrap();
            let waited = tokio::time::timeout(PATIENCE, async {
                while !holds().await {
                    events.chunk().await.unwrap().unwrap();
                }
            });
            assert!(waited.await.is_ok(), "it never came about that {what}");
        }
    }

    /// Puts the simple products of the first page that can be sold into the sale, one each.
    pub(crate) async fn add_some(&self, count: usize) {
        let page = self.browser.get("/").await;
        let csrf = page.field("csrf");
        let ids = addable(&page.body);
        assert!(ids.len() >= count, "{ids:?}");
        for id in &ids[..count] {
            let added = self
                .browser
                .post_with(&csrf, "/cart/add", &[("product_id", id)])
                .await;
            added.leads_to("/");
        }
    }

    /// Pays the open sale in cash and answers its identity.
    pub(crate) async fn pay(&self, received: &str) -> String {
        let page = self.browser.get("/checkout").await;
        let (csrf, key) = (page.field("csrf"), page.field("sale_key"));
        let paid = self
            .browser
            .post_with(
                &csrf,
                "/checkout/cash",
                &[("sale_key", &key), ("received", received)],
            )
            .await;
        let uuid = key.split('_').next().unwrap().to_owned();
        paid.leads_to(&format!("/sale/{uuid}/done"));
        uuid
    }

    pub(crate) async fn sell(&self, count: usize) -> String {
        self.add_some(count).await;
        self.pay("").await
    }

    pub(crate) async fn is_sent(&self, uuid: &str) -> bool {
        self.browser
            .get(&format!("/sale/{uuid}"))
            .await
            .body
            .contains("Sent · order")
    }

    pub(crate) async fn sent(&self, uuid: &str) {
        self.eventually("the sale is in the shop", async || self.is_sent(uuid).await)
            .await;
    }
}

/// Numbers of the products on the page that a press puts into the sale.
fn addable(page: &str) -> Vec<String> {
    page.split("<button class=\"tile\" name=\"product_id\" value=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .map(str::to_owned)
        .collect()
}
