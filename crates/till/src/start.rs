//! Bringing a till up and down.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, RwLock};
use std::time::Duration;

use evertill_client::{Home, Keeper, KeeperOptions, StoreAddress};
use tokio::net::TcpListener;
use tokio::sync::{Notify, Semaphore, mpsc, watch};
use tokio::task::JoinHandle;
use url::Url;

use crate::catalogue::pictures::Pictures;
use crate::clock::Wall;
use crate::db::{Db, settings};
use crate::desk::Desk;
use crate::error::TillError;
use crate::hub::Hub;
use crate::lock::DataLock;
use crate::outbox::{NUDGES_MAX, Run};
use crate::session::{Person, Session};
use crate::shelf::Shelf;
use crate::till::Till;
use crate::watch as watch_trouble;
use crate::web::browser::BrowserSecret;
use crate::web::sign_in::Door;
use crate::{catalogue, outbox, session, web};

/// Pages that may listen at once.
const LISTENERS_MAX: usize = 64;

/// How long open requests may take to end when the till is stopped.
const GRACE: Duration = Duration::from_secs(5);

/// What a till needs to know to start.
#[derive(Debug, Clone)]
pub struct TillOptions {
    /// Address of the store.
    pub store: String,
    /// Address to listen on; loopback, unless somebody knows better.
    pub listen: SocketAddr,
    /// Where the till keeps what must not get lost.
    pub data_dir: PathBuf,
    /// Name of this till; `Till 1` until somebody gives it another.
    pub till_name: Option<String>,
    /// How the session is kept.
    pub keeper: KeeperOptions,
}

impl TillOptions {
    /// A till for a store, listening on a free port of 127.0.0.1.
    #[must_use]
    pub fn new(store: impl Into<String>, data_dir: impl Into<PathBuf>) -> Self {
        Self {
            store: store.into(),
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            data_dir: data_dir.into(),
            till_name: None,
            keeper: KeeperOptions::default(),
        }
    }
}

/// A till that is up.
pub struct TillHandle {
    address: SocketAddr,
    keeper: Keeper,
    db: Db,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
    _lock: DataLock,
}

impl std::fmt::Debug for TillHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TillHandle({})", self.address)
    }
}

impl TillHandle {
    /// The address the till listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address to open in a browser.
    #[must_use]
    pub fn url(&self) -> Url {
        let origin = own_origin(self.address);
        Url::parse(&origin).expect("an address of digits and a port is a web address")
    }

    /// The session of this till.
    #[must_use]
    pub fn keeper(&self) -> &Keeper {
        &self.keeper
    }

    /// Stops taking requests, ends what runs, and closes the database.
    ///
    /// A sale that is on its way is asked for again at the next start; nothing is lost.
    pub async fn shutdown(self) {
        self.stop.send_replace(true);
        for task in self.tasks {
            let abort = task.abort_handle();
            if tokio::time::timeout(GRACE, task).await.is_err() {
                abort.abort();
            }
        }
        self.keeper.shutdown().await;
        self.db.close().await;
    }
}

/// Starts a till.
///
/// # Errors
/// The data directory, its database, the session or the address to listen on cannot be used; each says why.
pub async fn start(options: TillOptions) -> Result<TillHandle, TillError> {
    let address = StoreAddress::parse(&options.store).map_err(TillError::Session)?;
    let lock = DataLock::take(&options.data_dir)?;
    let home = Home::open(&options.data_dir).map_err(TillError::Session)?;
    let listener = bind(options.listen).await?;
    let bound = listener.local_addr().map_err(|source| TillError::Listen {
        listen: options.listen,
        source,
    })?;
    let db = Db::open(&options.data_dir)?;
    let kept = Kept::read(&db, &options, &address).await?;
    let keeper = Keeper::open(&home, &address, options.keeper.clone())
        .await
        .map_err(TillError::Session)?;
    let (stop, stopping) = watch::channel(false);
    let (nudges, nudged) = mpsc::channel(NUDGES_MAX);
    let till = Arc::new(Till {
        data_dir: options.data_dir.clone(),
        desk: Desk::new(db.clone()),
        session: Session::new(keeper.clone(), kept.last_person),
        hub: Hub::new(),
        browser_secret: kept.secret,
        cookie_name: format!("evertill_till_{}", bound.port()),
        own_origin: own_origin(bound),
        listens_on: bound.ip(),
        nudges,
        catalogue_due: Notify::new(),
        run: Mutex::new(Run::default()),
        pictures: Pictures::new(),
        door: Door::default(),
        listeners: Arc::new(Semaphore::new(LISTENERS_MAX)),
        stop: stopping.clone(),
        shelf: RwLock::new(Arc::new(Shelf::default())),
        wall: RwLock::new(Wall::new("", "")),
        name: RwLock::new(kept.name),
        found: RwLock::new(None),
        looked: Mutex::new(None),
        db: db.clone(),
    });
    catalogue::restock(&till).await?;
    let tasks = vec![
        tokio::spawn(serve(listener, Arc::clone(&till), stopping.clone())),
        tokio::spawn(outbox::drive(Arc::clone(&till), nudged, stopping.clone())),
        tokio::spawn(catalogue::drive(Arc::clone(&till), stopping.clone())),
        tokio::spawn(watch_trouble::follow(Arc::clone(&till), stopping.clone())),
        tokio::spawn(session::follow(till, stopping)),
    ];
    tracing::info!(address = %bound, store = %address, "the till of {address} listens on {bound}");
    Ok(TillHandle {
        address: bound,
        keeper,
        db,
        stop,
        tasks,
        _lock: lock,
    })
}

async fn bind(listen: SocketAddr) -> Result<TcpListener, TillError> {
    TcpListener::bind(listen).await.map_err(|source| {
        if source.kind() == std::io::ErrorKind::AddrInUse {
            TillError::PortInUse { listen, source }
        } else {
            TillError::Listen { listen, source }
        }
    })
}

async fn serve(listener: TcpListener, till: Arc<Till>, mut stop: watch::Receiver<bool>) {
    let stopped = async move {
        // An error means that the handle is gone, which stops the till as well.
        let _ = stop.wait_for(|stopping| *stopping).await;
    };
    let service = web::router(till).into_make_service_with_connect_info::<SocketAddr>();
    let served = axum::serve(listener, service)
        .with_graceful_shutdown(stopped)
        .await;
    if let Err(error) = served {
        tracing::error!(%error, "the till stopped listening");
    }
}

fn own_origin(address: SocketAddr) -> String {
    let mut shown = address;
    if shown.ip().is_unspecified() {
        shown.set_ip([127, 0, 0, 1].into());
    }
    format!("http://{shown}")
}

/// What an earlier start left behind.
struct Kept {
    secret: BrowserSecret,
    name: String,
    last_person: Option<Person>,
}

impl Kept {
    async fn read(db: &Db, options: &TillOptions, store: &StoreAddress) -> Result<Self, TillError> {
        let fresh = BrowserSecret::draw()?;
        // `http` and `https` of the same shop are the same store.
        let (wanted, wanted_key) = (store.to_string(), store.key());
        let given_name = options.till_name.clone();
        let (found, secret, name, person) = db
            .write("prepare the till", move |tx| {
                let found = match settings::find(tx, settings::STORE)? {
                    Some(found) => found,
                    None => {
                        settings::put(tx, settings::STORE, &wanted)?;
                        wanted
                    }
                };
                let stored = settings::find(tx, settings::BROWSER_SECRET)?;
                let secret = match stored.as_deref().and_then(BrowserSecret::parse) {
                    Some(secret) => secret,
                    None => {
                        settings::put(tx, settings::BROWSER_SECRET, &fresh.stored())?;
                        fresh
                    }
                };
                if let Some(name) = given_name {
                    settings::put(tx, settings::TILL_NAME, &name)?;
                }
                let name = settings::find(tx, settings::TILL_NAME)?;
                let person = settings::find(tx, settings::LAST_PERSON)?;
                Ok((found, secret, name, person))
            })
            .await?;
        let is_same = StoreAddress::parse(&found).is_ok_and(|found| found.key() == wanted_key);
        if !is_same {
            return Err(TillError::OtherStore {
                path: options.data_dir.clone(),
                found,
                wanted: store.to_string(),
            });
        }
        Ok(Self {
            secret,
            name: name.unwrap_or_else(|| "Till 1".into()),
            last_person: person.and_then(|text| serde_json::from_str(&text).ok()),
        })
    }
}

#[cfg(test)]
mod tests {
    use evertill_client::vault::KeyChoice;
    use evertill_sale::cart::{CartAction, CartRules, Item};
    use rust_decimal::Decimal;
    use uuid::Uuid;

    use super::*;

    /// A till of a store that is not there, with mugs in the open sale, and the form token of its pages.
    async fn till_with_mugs(home: &std::path::Path) -> (TillHandle, reqwest::Client, String, String) {
        // Another test may have installed it already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let options = TillOptions {
            keeper: KeeperOptions {
                key: Some(KeyChoice::File),
                ..KeeperOptions::default()
            },
            ..TillOptions::new("http://127.0.0.1:9", home)
        };
        let till = start(options).await.unwrap();
        let desk = Desk::new(till.db.clone());
        for number in 0..12 {
            // Long names, so that the sale does not fit into the room that a page has left.
            let name = format!("{number} {}", "mug ".repeat(100));
            let mug = CartAction::Add {
                line: Uuid::new_v4(),
                item: Box::new(Item::custom(&name, Decimal::ONE, "", false)),
                quantity: Decimal::ONE,
            };
            let added = desk.act(mug, CartRules::default()).await.unwrap();
            assert!(added.refused.is_none());
        }
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        let page = client
            .get(till.url().join("checkout").unwrap())
            .send()
            .await
            .unwrap();
        let cookie = page.headers()["set-cookie"].to_str().unwrap();
        let cookie = cookie.split(';').next().unwrap().to_owned();
        let body = page.text().await.unwrap();
        let field = |name: &str| {
            let rest = body.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap();
            rest.split('"').next().unwrap().to_owned()
        };
        let form = format!(
            "csrf={}&sale_key={}&received=20",
            field("csrf"),
            field("sale_key")
        );
        (till, client, cookie, form)
    }

    async fn pay(till: &TillHandle, client: &reqwest::Client, cookie: &str, form: &str) -> reqwest::Response {
        client
            .post(till.url().join("checkout/cash").unwrap())
            .header("cookie", cookie)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.to_owned())
            .send()
            .await
            .unwrap()
    }

    async fn set_pages_max(db: &Db, spare: i64) {
        db.write("limit the file", move |tx| {
            let pages: i64 = tx.query_row("PRAGMA page_count", [], |row| row.get(0))?;
            tx.query_row(&format!("PRAGMA max_page_count = {}", pages + spare), [], |_| {
                Ok(())
            })
        })
        .await
        .unwrap();
    }

    /// Takes what room the last page still has.
    async fn fill(db: &Db) {
        for bytes in [4000, 400, 40] {
            let mut key = 0;
            let filling = async |key: i32| {
                db.write("fill the disk", move |tx| {
                    settings::put(tx, &format!("{bytes}-{key}"), &"x".repeat(bytes))
                })
                .await
            };
            while filling(key).await.is_ok() {
                key += 1;
            }
        }
    }

    #[tokio::test]
    async fn on_a_full_disk_nothing_is_paid_nothing_is_lost_and_it_is_said() {
        let home = tempfile::tempdir().unwrap();
        let (till, client, cookie, form) = till_with_mugs(home.path()).await;
        set_pages_max(&till.db, 0).await;
        fill(&till.db).await;
        let refused = pay(&till, &client, &cookie, &form).await;
        assert_eq!(refused.status(), 200);
        let body = refused.text().await.unwrap();
        assert!(body.contains("Not paid") && body.contains("SY01002"), "{body}");
        let sold = till
            .db
            .read("list the sales", |db| crate::db::sales::recent(db, 10))
            .await
            .unwrap();
        assert!(sold.is_empty());
        set_pages_max(&till.db, 1000).await;
        let paid = pay(&till, &client, &cookie, &form).await;
        assert_eq!(paid.status(), 303);
        let sold = till
            .db
            .read("list the sales", |db| crate::db::sales::recent(db, 10))
            .await
            .unwrap();
        assert_eq!(sold.len(), 1);
        till.shutdown().await;
    }
}
