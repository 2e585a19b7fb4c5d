//! Starting and stopping a store server.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::extract::connect_info::IntoMakeServiceWithConnectInfo;
use evertill_issuer::Limits;
use tokio::{
    net::TcpListener,
    sync::{Semaphore, oneshot},
    task::JoinHandle,
};
use url::Url;

use crate::{
    ACCESS_LIFE_DEFAULT, ServeOptions, ServerError,
    access_log::AccessLog,
    config::Config,
    fault,
    home::Home,
    http::{self, App},
    keys::{self, Keys},
    oauth::{Clients, OAuth},
    opening::{self, Opened},
    sample,
    sessions::Sessions,
    sign_in::{redirect::RedirectRules, throttle::Throttle},
    store::Store,
    tokens::Mint,
};

/// How long a session may lie unused unless the configuration says otherwise.
const IDLE_DEFAULT: Duration = Duration::from_secs(60 * 24 * 60 * 60);

/// How long requests may go on after a stop was asked for.
const STOP_MAX: Duration = Duration::from_secs(5);

/// Passwords hashed at a time. Each takes 19 MiB and some 20 ms of one core; renewals must not starve.
const HASHING_MAX: usize = 2;

/// Open pages of the office that hear of news at a time. The others stay as they were loaded.
const LISTENERS_MAX: usize = 64;

/// A running store server. Dropping it stops the server without waiting for requests.
#[derive(Debug)]
pub struct ServerHandle {
    address: SocketAddr,
    url: Url,
    stop: Option<oneshot::Sender<()>>,
    serving: JoinHandle<()>,
    tending: JoinHandle<()>,
    following: JoinHandle<()>,
    database: Arc<dyn Store>,
    home: Home,
}

impl ServerHandle {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address tills and people reach it by.
    #[must_use]
    pub fn url(&self) -> Url {
        self.url.clone()
    }

    /// Finishes the requests under way (for at most five seconds), takes no new ones, and closes the database.
    pub async fn shutdown(mut self) {
        if let Some(stop) = self.stop.take() {
            // The server may have ended by itself already.
            let _ = stop.send(());
        }
        if tokio::time::timeout(STOP_MAX, &mut self.serving).await.is_err() {
            tracing::warn!("requests were still under way after five seconds and were cut");
            self.serving.abort();
        }
        self.tending.abort();
        let database = Arc::clone(&self.database);
        // Closing waits for the writer; a panic in there leaves nothing to do here.
        let _ = tokio::task::spawn_blocking(move || database.close()).await;
        tracing::info!(data_dir = %self.home.path().display(), "the store is closed");
    }
}

impl Drop for ServerHandle {
    fn drop(&mut self) {
        self.serving.abort();
        self.tending.abort();
        self.following.abort();
    }
}

/// Starts a store server.
///
/// # Errors
/// Every way a start can fail has its own [`ServerError`]; nothing that was there is changed by a failed start.
pub async fn start(options: ServeOptions) -> Result<ServerHandle, ServerError> {
    let config = Config::load(options.config.as_deref())?;
    let home = Home::open(&options.data_dir)?;
    let listener = TcpListener::bind(options.listen)
        .await
        .map_err(|source| ServerError::Listen {
            address: options.listen,
            source,
        })?;
    let address = listener.local_addr().map_err(|source| ServerError::Listen {
        address: options.listen,
        source,
    })?;
    let url = options.public_url.clone().unwrap_or_else(|| reachable(address));
    let Opened {
        store: database,
        keys,
    } = opening::open(&options, &config, home.path()).await?;
    if options.sample_shop {
        sample::load(database.as_ref(), &options.clock).await?;
    }
    let app = app(
        &options,
        &config,
        &home,
        &url,
        Arc::clone(&database),
        Arc::clone(&keys),
    )
    .await?;
    let rotate_every = config.keys.rotate_days.map(|days| days.0);
    let tending = tokio::spawn(keys::tend(keys, rotate_every, options.clock.clone()));
    let following = tokio::spawn(Arc::clone(&app.sessions).follow());
    let (stop, stopped) = oneshot::channel();
    let mut router = http::router(Arc::new(app));
    if let Some(fault) = options.fault {
        tracing::warn!("this store plays the fault {}: {}", fault.name, fault.what);
        router = router.layer(axum::middleware::from_fn_with_state(fault, fault::play));
    }
    let service: IntoMakeServiceWithConnectInfo<_, SocketAddr> = router.into_make_service_with_connect_info();
    let serving = tokio::spawn(async move {
        let stopping = async move {
            // A handle that is dropped stops the server as well.
            let _ = stopped.await;
        };
        if let Err(error) = axum::serve(listener, service)
            .with_graceful_shutdown(stopping)
            .await
        {
            tracing::error!(%error, "the store stopped listening");
        }
    });
    tracing::info!(%address, url = %url, "the store is open");
    Ok(ServerHandle {
        address,
        url,
        stop: Some(stop),
        serving,
        tending,
        following,
        database,
        home,
    })
}

async fn app(
    options: &ServeOptions,
    config: &Config,
    home: &Home,
    url: &Url,
    database: Arc<dyn Store>,
    keys: Arc<Keys>,
) -> Result<App, ServerError> {
    let shop = database.shop().await.map_err(ServerError::OpenDatabase)?;
    let address = url.as_str().trim_end_matches('/').to_owned();
    let configured = config.sessions.access_life_s.map(|life| life.0);
    let access_life = options.access_life.or(configured).unwrap_or(ACCESS_LIFE_DEFAULT);
    let idle = config.sessions.idle_days.map_or(IDLE_DEFAULT, |days| days.0);
    let access_life_s = access_life.as_secs().clamp(1, 86_400) as i64;
    let log = match options.access_log {
        false => AccessLog::default(),
        true => AccessLog::to_file(home.path()).map_err(|source| ServerError::DataDirectory {
            path: home.path().to_owned(),
            source,
        })?,
    };
    Ok(App {
        sessions: Arc::new(Sessions::new(
            Arc::clone(&database) as Arc<dyn Store>,
            Mint::new(
                Arc::clone(&keys),
                address.clone(),
                shop.uuid.to_string(),
                access_life_s,
            ),
            options.clock.clone(),
            Limits {
                idle_s: idle.as_secs() as i64,
                absolute_s: config.sessions.absolute_days.map(|days| days.0.as_secs() as i64),
            },
        )),
        store: database,
        keys,
        clock: options.clock.clone(),
        home: address,
        shop_name: config.shop.name.clone(),
        redirects: RedirectRules::new(config.sign_in.redirect_uris.iter().cloned()),
        throttle: Throttle::default(),
        oauth: OAuth::new(Clients::new(&config.oauth.clients, &config.sign_in.redirect_uris)),
        listeners: Arc::new(Semaphore::new(LISTENERS_MAX)),
        hashing: Semaphore::new(HASHING_MAX),
        log,
    })
}

/// The address of a socket as people type it; a socket on all interfaces is reached on this device.
fn reachable(address: SocketAddr) -> Url {
    let ip = match address.ip() {
        ip if ip.is_unspecified() && ip.is_ipv6() => std::net::Ipv6Addr::LOCALHOST.into(),
        ip if ip.is_unspecified() => std::net::Ipv4Addr::LOCALHOST.into(),
        ip => ip,
    };
    let socket = SocketAddr::new(ip, address.port());
    Url::parse(&format!("http://{socket}/")).expect("a socket address is always a valid authority")
}
