//! Starting and stopping a store server.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::body::Body;
use hyper::body::Incoming;
use tokio::{
    net::TcpListener,
    sync::{Semaphore, oneshot},
    task::{JoinHandle, JoinSet},
};
use url::Url;

use crate::{
    ServeOptions, ServerError,
    access_log::AccessLog,
    config::Config,
    fault,
    hashing::Hashing,
    home::Home,
    http::{self, App, Rim, Standing},
    keys::{self, Keys},
    limits,
    listen::{self, Seal, Terms},
    metrics::Metrics,
    oauth::{Clients, OAuth},
    opening::{self, Opened},
    proxies::Proxies,
    sample,
    sessions::Sessions,
    settings::{self, InForce, Settings},
    sign_in::{redirect::RedirectRules, throttle::Throttle},
    store::Store,
    tokens::Mint,
};

/// How long a session may lie unused unless the configuration says otherwise.
pub(crate) const IDLE_DEFAULT: Duration = Duration::from_secs(60 * 24 * 60 * 60);

/// How long requests may go on after a stop was asked for.
const STOP_MAX: Duration = Duration::from_secs(5);

/// How often sessions that are over are forgotten.
const FORGET_EVERY: Duration = Duration::from_secs(60 * 60);

/// Open pages of the office that hear of news at a time. The others stay as they were loaded.
const LISTENERS_MAX: usize = 64;

/// A running store server. Dropping it stops the server without waiting for requests.
#[derive(Debug)]
pub struct ServerHandle {
    address: SocketAddr,
    url: Url,
    stop: Option<oneshot::Sender<()>>,
    serving: JoinHandle<()>,
    tending: JoinSet<()>,
    database: Arc<dyn Store>,
    log: AccessLog,
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

    /// Takes the lines of the access log that wait to the file, where everybody may read them.
    pub fn settle_access_log(&self) {
        self.log.settle();
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
        self.tending.abort_all();
        self.log.settle();
        let database = Arc::clone(&self.database);
        // Closing waits for the writer; a panic in there leaves nothing to do here.
        let _ = tokio::task::spawn_blocking(move || database.close()).await;
        tracing::info!(data_dir = %self.home.path().display(), "the store is closed");
    }
}

impl Drop for ServerHandle {
    fn drop(&mut self) {
        self.serving.abort();
        self.tending.abort_all();
    }
}

/// Starts a store server.
///
/// # Errors
/// Every way a start can fail has its own [`ServerError`]; nothing that was there is changed by a failed start.
pub async fn start(options: ServeOptions) -> Result<ServerHandle, ServerError> {
    let config = options.layers()?.config()?;
    let certificate = config.listen.tls_cert.as_deref();
    let seal = Seal::open(certificate, config.listen.tls_key.as_deref()).map_err(ServerError::Tls)?;
    let seal = seal.map(Arc::new);
    let home = Home::open(&options.data_dir)?;
    let (listener, address) = bind(config.listen.address).await?;
    let public = config.listen.public_url.clone();
    let url = public.unwrap_or_else(|| reachable(address, seal.is_some()));
    let Opened {
        store: database,
        keys,
    } = opening::open(&options, &config, home.path()).await?;
    if options.sample_shop {
        sample::load(database.as_ref(), &options.clock).await?;
    }
    let app = Arc::new(
        app(
            &options,
            &config,
            &home,
            &url,
            Arc::clone(&database),
            Arc::clone(&keys),
        )
        .await?,
    );
    let mut tending = JoinSet::new();
    let settings = Arc::clone(&app.settings);
    let rotate_every = move || settings.now().rotate_every;
    tending.spawn(keys::tend(
        keys,
        rotate_every,
        options.clock.clone(),
        Arc::clone(&database),
    ));
    tending.spawn(Arc::clone(&app.sessions).follow());
    let log = app.log.clone();
    tending.spawn(log.clone().follow());
    let weak = Arc::downgrade(&app);
    let apply = move |now: &InForce| {
        if let Some(app) = weak.upgrade() {
            app.apply(now);
        }
    };
    tending.spawn(settings::follow(
        Arc::clone(&app.settings),
        Arc::clone(&database),
        apply,
    ));
    tending.spawn(forget(Arc::downgrade(&app)));
    if let Some(seal) = &seal {
        tending.spawn(listen::follow(Arc::downgrade(seal)));
    }
    let (stop, stopped) = oneshot::channel();
    let terms = Terms::new(&config.limits, config.listen.trusted_proxies);
    let places = Arc::clone(&app.rim.places);
    if let Some(fault) = options.fault {
        tracing::warn!("this store plays the fault {}: {}", fault.name, fault.what);
    }
    let fault = options.fault;
    let handler = move |line, request: hyper::Request<Incoming>| {
        let (app, request) = (Arc::clone(&app), request.map(Body::new));
        async move {
            match fault {
                None => http::answer(app, line, request).await,
                Some(fault) => fault::play(fault, request, |request| http::answer(app, line, request)).await,
            }
        }
    };
    let serving = tokio::spawn(listen::serve(listener, seal, terms, places, handler, stopped));
    tracing::info!(%address, url = %url, "the store is open");
    Ok(ServerHandle {
        address,
        url,
        stop: Some(stop),
        serving,
        tending,
        database,
        log,
        home,
    })
}

/// Forgets what is over, now and then.
async fn forget(app: std::sync::Weak<App>) {
    loop {
        tokio::time::sleep(FORGET_EVERY).await;
        let Some(app) = app.upgrade() else { return };
        match app.forget().await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "forgot {count} sessions that were over"),
            Err(error) => tracing::warn!(%error, "sessions that are over could not be forgotten"),
        }
    }
}

async fn bind(wanted: SocketAddr) -> Result<(TcpListener, SocketAddr), ServerError> {
    let failed = |source| ServerError::Listen {
        address: wanted,
        source,
    };
    let listener = TcpListener::bind(wanted).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
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
    let settings = Settings::new(options)?;
    // What was chosen in the office is in force before the first request.
    settings
        .look(database.as_ref())
        .await
        .map_err(ServerError::OpenDatabase)?;
    let in_force = settings.now();
    let log = match options.access_log {
        false => AccessLog::default(),
        true => AccessLog::to_file(home.path()).map_err(|source| ServerError::DataDirectory {
            path: home.path().to_owned(),
            source,
        })?,
    };
    let standing = Standing::new(&address);
    let app = App {
        sessions: Arc::new(Sessions::new(
            Arc::clone(&database) as Arc<dyn Store>,
            Mint::new(
                Arc::clone(&keys),
                address.clone(),
                shop.uuid.to_string(),
                in_force.access_life_s,
            ),
            options.clock.clone(),
            in_force.limits,
        )),
        settings: Arc::new(settings),
        store: database,
        keys,
        clock: options.clock.clone(),
        home: address,
        shop_name: config.shop.name.clone(),
        redirects: RedirectRules::new(config.sign_in.redirect_uris.iter().cloned()),
        throttle: Throttle::default(),
        oauth: OAuth::new(Clients::new(&config.oauth.clients, &config.sign_in.redirect_uris)),
        listeners: Arc::new(Semaphore::new(LISTENERS_MAX)),
        hashing: Hashing::new(config.limits.sign_ins_waiting.0),
        log,
        api: http::ApiDocument::default(),
        rim: Rim {
            proxies: Proxies::new(config.listen.trusted_proxies.clone()),
            limits: limits::Limits::new(&config.limits),
            metrics: Metrics::default(),
            watchers: config.metrics.allow.clone(),
            places: Arc::default(),
            standing,
        },
    };
    app.apply(&in_force);
    Ok(app)
}

/// The address of a socket as people type it; a socket on all interfaces is reached on this device.
fn reachable(address: SocketAddr, is_sealed: bool) -> Url {
    let scheme = if is_sealed { "https" } else { "http" };
    let ip = match address.ip() {
        ip if ip.is_unspecified() && ip.is_ipv6() => std::net::Ipv6Addr::LOCALHOST.into(),
        ip if ip.is_unspecified() => std::net::Ipv4Addr::LOCALHOST.into(),
        ip => ip,
    };
    let socket = SocketAddr::new(ip, address.port());
    Url::parse(&format!("{scheme}://{socket}/")).expect("a socket address is always a valid authority")
}
