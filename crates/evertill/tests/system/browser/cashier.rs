//! What a cashier does, step by step.

use fantoccini::Locator;
use serde_json::Value;

use crate::harness::{
    chromium::{Browser, Screen},
    until,
    world::World,
};

/// A person at the till.
#[derive(Debug)]
pub(crate) struct Cashier {
    pub(crate) browser: Browser,
}

impl Cashier {
    /// Stands at the till of a world that is at work, with the products in sight.
    pub(crate) async fn at(world: &World) -> Self {
        let cashier = Self {
            browser: Browser::open(Screen::Counter).await,
        };
        cashier.browser.goto(&world.till_url("/")).await;
        cashier.browser.find("button.tile").await;
        cashier
    }

    /// Presses the `count` first products, one after the other.
    pub(crate) async fn adds(&self, count: usize) {
        for number in 0..count {
            let before = self.lines().await;
            until("a product to press", || async {
                let tiles = self
                    .browser
                    .client
                    .find_all(Locator::Css("button.tile"))
                    .await
                    .ok()?;
                tiles.get(number)?.click().await.ok()
            })
            .await;
            until("the product in the cart", || async {
                (self.lines().await == before + 1).then_some(())
            })
            .await;
        }
    }

    /// Rings up a cart as it comes, wherever the products are on the screen.
    pub(crate) async fn fills_the_cart(&self) {
        let tiles = self
            .browser
            .ask("return [...document.querySelectorAll('button.tile')].slice(0, 6).map(tile => tile.value)")
            .await;
        for product in words(&tiles) {
            let script = format!(
                "const tile = document.querySelector(\"button.tile[value='{product}']\"); \
                 const form = new URLSearchParams(new FormData(tile.form)); form.set('product_id', tile.value); \
                 return fetch('/cart/add', {{method: 'POST', body: form}}).then(answer => answer.ok)"
            );
            assert_eq!(self.browser.ask(&script).await, true);
        }
    }

    /// How many lines the cart has.
    pub(crate) async fn lines(&self) -> usize {
        self.browser.count("#cart .lines > li").await
    }

    /// The words of the cart, to compare them later.
    pub(crate) async fn cart(&self) -> Vec<String> {
        let lines = self
            .browser
            .ask("return [...document.querySelectorAll('#cart .lines > li .line')].map(line => line.innerText)")
            .await;
        words(&lines)
    }

    /// Takes the exact amount in cash; returns the sale's uuid.
    pub(crate) async fn takes_cash(&self) -> String {
        self.browser.press("#pay").await;
        self.browser.arrives("/checkout").await;
        self.finishes().await
    }

    /// Takes the exact amount on the checkout page; returns the sale's uuid.
    pub(crate) async fn finishes(&self) -> String {
        self.browser.press(".quick a.btn").await;
        self.browser.press("#finish").await;
        let uuid = until("the page of a paid sale", || async {
            let path = self.browser.path().await;
            let uuid = path.strip_prefix("/sale/")?.strip_suffix("/done")?;
            Some(uuid.to_owned())
        })
        .await;
        self.browser.find("#new-sale").await;
        uuid
    }

    /// Goes on with the next customer.
    pub(crate) async fn next(&self) {
        self.browser.press("#new-sale").await;
        self.browser.find("button.tile").await;
    }

    /// Fills in the store's own sign-in page and comes back to the till.
    pub(crate) async fn signs_in_at_the_store(&self, username: &str) {
        self.browser.type_into("input[name='wcpos-log']", username).await;
        self.browser
            .type_into("input[name='wcpos-pwd']", &format!("{username}-demo"))
            .await;
        self.browser
            .press("form button[type='submit'], form button:not([type])")
            .await;
        self.browser.arrives("/").await;
        self.browser.find("#cart").await;
    }

    /// Opens the sheet behind the amber bar and signs in from there.
    pub(crate) async fn signs_in_again(&self, username: &str) {
        self.browser.press("#bar.warn .net").await;
        self.browser
            .press("#sheet form[action='/sign-in/start'] button")
            .await;
        self.signs_in_at_the_store(username).await;
    }

    /// Waits for the state bar's tone: `ok`, `info`, `off`, `warn` or `bad`.
    pub(crate) async fn sees_bar(&self, tone: &str) {
        self.browser.find(&format!("#bar.{tone}")).await;
    }
}

fn words(value: &Value) -> Vec<String> {
    value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}
