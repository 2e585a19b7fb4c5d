//! A real browser, driven through WebDriver.

use std::{
    env,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::OnceLock,
};

use fantoccini::{
    Client, ClientBuilder, Locator,
    elements::Element,
    wd::{Capabilities, WebDriverCompatibleCommand},
};
use hyper_util::client::legacy::connect::HttpConnector;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::{Semaphore, SemaphorePermit};
use url::Url;

use super::until;

/// How many browsers run at once; more make each other slow on a small machine.
const BROWSERS_MAX: usize = 2;

/// The screen a page is looked at on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Screen {
    /// A till on the counter, 1280 × 800.
    Counter,
    /// A phone, 390 × 844.
    Phone,
}

impl Screen {
    /// Width and height in pixels.
    pub(crate) fn size(self) -> (u32, u32) {
        match self {
            Self::Counter => (1280, 800),
            Self::Phone => (390, 844),
        }
    }
}

/// A browser with one window.
#[derive(Debug)]
pub(crate) struct Browser {
    pub(crate) client: Client,
    driver: Driver,
    _slot: SemaphorePermit<'static>,
}

#[derive(Debug)]
struct Driver(Child);

impl Drop for Driver {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _gone = self.0.kill();
        let _reaped = self.0.wait();
    }
}

/// A command of Chromium's own, and what it is told.
#[derive(Debug)]
struct Devtools(&'static str, Value);

impl WebDriverCompatibleCommand for Devtools {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, url::ParseError> {
        base.join(&format!(
            "session/{}/goog/cdp/execute",
            session.unwrap_or_default()
        ))
    }

    fn method_and_body(&self, _address: &Url) -> (Method, Option<String>) {
        let body = json!({"cmd": self.0, "params": self.1});
        (Method::POST, Some(body.to_string()))
    }
}

/// What a person's system says about colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Light {
    Day,
    Dark,
}

impl Browser {
    pub(crate) async fn open(screen: Screen) -> Self {
        Self::open_in(screen, Light::Day).await
    }

    /// A browser whose person likes it light or dark.
    pub(crate) async fn open_in(screen: Screen, light: Light) -> Self {
        Self::start(capabilities(screen, light)).await
    }

    /// A browser to which what fits this pattern never comes.
    pub(crate) async fn open_without(screen: Screen, pattern: &str) -> Self {
        let browser = Self::open(screen).await;
        for command in [
            Devtools("Network.enable", json!({})),
            Devtools("Network.setBlockedURLs", json!({"urls": [pattern]})),
        ] {
            browser
                .client
                .issue_cmd(command)
                .await
                .expect("the browser takes the command");
        }
        browser
    }

    async fn start(capabilities: Capabilities) -> Self {
        static SLOTS: OnceLock<Semaphore> = OnceLock::new();
        let slot = SLOTS
            .get_or_init(|| Semaphore::new(BROWSERS_MAX))
            .acquire()
            .await
            .expect("the semaphore is never closed");
        let (driver, url) = start_driver();
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&url)
            .await
            .expect("Chromium starts; it is installed beside its driver, or named in CHROMIUM");
        Self {
            client,
            driver,
            _slot: slot,
        }
    }

    pub(crate) async fn goto(&self, url: &str) {
        self.client.goto(url).await.expect("the page opens");
    }

    /// Waits for the element.
    pub(crate) async fn find(&self, css: &str) -> Element {
        until(&format!("element `{css}`"), || async {
            self.client.find(Locator::Css(css)).await.ok()
        })
        .await
    }

    /// Whether the element is on the page now.
    pub(crate) async fn has(&self, css: &str) -> bool {
        self.client.find(Locator::Css(css)).await.is_ok()
    }

    /// How many elements there are now.
    pub(crate) async fn count(&self, css: &str) -> usize {
        self.client
            .find_all(Locator::Css(css))
            .await
            .map_or(0, |elements| elements.len())
    }

    /// Presses the element, finding it again when the page replaced it meanwhile.
    pub(crate) async fn press(&self, css: &str) {
        until(&format!("`{css}` can be pressed"), || async {
            let element = self.client.find(Locator::Css(css)).await.ok()?;
            element.click().await.ok()
        })
        .await;
    }

    /// Presses keys, on whatever has the focus.
    pub(crate) async fn keys(&self, keys: &str) {
        let active = self
            .client
            .active_element()
            .await
            .expect("something has the focus");
        active.send_keys(keys).await.expect("it takes keys");
    }

    pub(crate) async fn type_into(&self, css: &str, text: &str) {
        until(&format!("`{css}` takes text"), || async {
            let element = self.client.find(Locator::Css(css)).await.ok()?;
            element.clear().await.ok()?;
            element.send_keys(text).await.ok()
        })
        .await;
    }

    /// The visible text of the element, when it is there.
    pub(crate) async fn text(&self, css: &str) -> Option<String> {
        self.client.find(Locator::Css(css)).await.ok()?.text().await.ok()
    }

    /// Waits until the visible text of the element contains `part`.
    pub(crate) async fn reads(&self, css: &str, part: &str) -> String {
        until(&format!("`{css}` to read `{part}`"), || async {
            self.text(css).await.filter(|text| text.contains(part))
        })
        .await
    }

    /// The result of a script.
    pub(crate) async fn ask(&self, script: &str) -> Value {
        self.client
            .execute(script, Vec::new())
            .await
            .expect("the script runs")
    }

    pub(crate) async fn path(&self) -> String {
        self.client
            .current_url()
            .await
            .map(|url| url.path().to_owned())
            .unwrap_or_default()
    }

    /// Waits until the page at `path` is open.
    pub(crate) async fn arrives(&self, path: &str) {
        until(&format!("the page {path}"), || async {
            (self.path().await == path).then_some(())
        })
        .await;
    }

    pub(crate) async fn picture(&self) -> Vec<u8> {
        self.client.screenshot().await.expect("the page can be pictured")
    }

    pub(crate) async fn close(self) {
        let Self {
            client,
            driver,
            _slot,
        } = self;
        // The driver is killed next; a window that is gone already is as good.
        let _gone = client.close().await;
        drop(driver);
    }
}

fn start_driver() -> (Driver, String) {
    let program = env::var_os("CHROMEDRIVER").unwrap_or_else(|| "chromedriver".into());
    let mut child = Command::new(&program)
        .arg("--port=0")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| {
            panic!(
                "could not start {}: {error}. Install the packages chromium and chromium-driver, or run \
                 `cargo xtask test --skip-browser`",
                program.display()
            )
        });
    let output = BufReader::new(child.stdout.take().expect("stdout is piped"));
    let driver = Driver(child);
    let port = output
        .lines()
        .map_while(Result::ok)
        .find_map(|line| {
            let port = line.split_once("successfully on port ")?.1;
            port.trim_end_matches('.').parse::<u16>().ok()
        })
        .expect("the driver names its port");
    (driver, format!("http://127.0.0.1:{port}"))
}

fn capabilities(screen: Screen, light: Light) -> Capabilities {
    // A window of that size would lose some of it to the browser's own bars.
    let (width, height) = screen.size();
    let is_phone = screen == Screen::Phone;
    let mut options = json!({
        "mobileEmulation": {"deviceMetrics": {
            "width": width, "height": height, "pixelRatio": 1.0, "touch": is_phone, "mobile": is_phone,
        }},
        "args": [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-extensions",
            "--hide-scrollbars",
            "--lang=en-GB",
            "--window-size=1280,800",
            match light {
                Light::Day => "--blink-settings=preferredColorScheme=1",
                Light::Dark => "--blink-settings=preferredColorScheme=0",
            },
        ],
    });
    if let Some(program) = env::var_os("CHROMIUM").filter(|program| Path::new(program).is_absolute()) {
        options["binary"] = json!(program.to_string_lossy());
    }
    let mut capabilities = Capabilities::new();
    capabilities.insert("browserName".to_owned(), json!("chrome"));
    capabilities.insert("goog:chromeOptions".to_owned(), options);
    capabilities
}
