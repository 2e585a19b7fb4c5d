//! A till in a process of its own that is killed without a word.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;
use url::Url;

use crate::browser::Browser;
use crate::support::{Person, Store, sign_in, till_of};

const STORE: &str = "EVERTILL_TEST_STORE";
const HOME: &str = "EVERTILL_TEST_HOME";
const PARENT: &str = "EVERTILL_TEST_PARENT";

/// Runs in the child process only: starts a till, tells where, and waits to be killed.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "is started by the tests below, in a process of its own"]
async fn a_till_until_it_is_killed() {
    let (Ok(store), Ok(home), Ok(parent)) =
        (std::env::var(STORE), std::env::var(HOME), std::env::var(PARENT))
    else {
        return;
    };
    let till = till_of(&store, std::path::Path::new(&home)).await;
    let mut parent = TcpStream::connect(parent).unwrap();
    parent.write_all(till.url().as_str().as_bytes()).unwrap();
    drop(parent);
    std::future::pending::<()>().await;
}

/// A till in another process.
struct Process {
    child: Child,
    url: Url,
}

impl Process {
    fn start(store: &Store, home: &TempDir) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "killed::a_till_until_it_is_killed", "--ignored"])
            .env(STORE, store.url())
            .env(HOME, home.path())
            .env(PARENT, listener.local_addr().unwrap().to_string())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut url = String::new();
        listener.accept().unwrap().0.read_to_string(&mut url).unwrap();
        Self {
            child,
            url: Url::parse(&url).unwrap(),
        }
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_till_that_is_killed_again_and_again_loses_nothing_and_doubles_nothing() {
    let store = Store::open().await;
    let home = tempfile::tempdir().unwrap();
    let till = till_of(&store.url(), home.path()).await;
    sign_in(till.keeper(), "cashier").await;
    let mut browser = Browser::at(till.url());
    till.shutdown().await;
    let mut sold = Vec::new();
    for round in 0..6 {
        let process = Process::start(&store, &home);
        browser = browser.moved_to(process.url.clone());
        let csrf = browser.get("/cart/custom").await.field("csrf");
        let name = format!("Item of round {round}");
        let item = [("name", name.as_str()), ("price", "3.50"), ("tax_class", "")];
        browser
            .post_with(&csrf, "/cart/custom", &item)
            .await
            .leads_to("/");
        if round % 2 == 0 {
            // The line was answered; what comes next is cut off.
            process.kill();
            let process = Process::start(&store, &home);
            browser = browser.moved_to(process.url.clone());
            browser.get("/").await.holds(&name).holds("1 line");
            sold.push(pay(&browser).await);
            process.kill();
        } else {
            sold.push(pay(&browser).await);
            process.kill();
        }
    }
    let till = till_of(&store.url(), home.path()).await;
    let browser = browser.moved_to(till.url());
    let desk = crate::support::Desk { till, browser, home };
    for uuid in &sold {
        desk.sent(uuid).await;
    }
    let owner = Person::signed_in(&store.url(), "owner").await;
    for uuid in &sold {
        assert_eq!(owner.orders_of(uuid).await.len(), 1);
    }
    let orders = owner.orders().await;
    let ours = orders
        .iter()
        .filter(|order| order.to_string().contains("Item of round"));
    assert_eq!(ours.count(), sold.len());
}

async fn pay(browser: &Browser) -> String {
    let page = browser.get("/checkout").await;
    let (csrf, key) = (page.field("csrf"), page.field("sale_key"));
    let fields = [("sale_key", key.as_str()), ("received", "20")];
    let uuid = key.split('_').next().unwrap().to_owned();
    let paid = browser.post_with(&csrf, "/checkout/cash", &fields).await;
    paid.leads_to(&format!("/sale/{uuid}/done"));
    uuid
}
