//! Making connections: the pool, and TLS to the database.

use std::{sync::Arc, time::Duration};

use deadpool_postgres::{Hook, HookError, Manager, ManagerConfig, Pool, RecyclingMethod, Runtime, Timeouts};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject as _},
};
use rustls_platform_verifier::BuilderVerifierExt as _;
use tokio_postgres::NoTls;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::{
    Isolation,
    address::{DatabaseUrl, Roots},
};
use crate::error::ServerError;

/// How long making one connection may take, and how long a request may wait for a free one.
const CONNECT_MAX: Duration = Duration::from_secs(3);

/// A pool of at most `size` connections. Makes none yet.
pub(super) fn pool(url: &DatabaseUrl, size: usize, isolation: Isolation) -> Result<Pool, ServerError> {
    let managed = ManagerConfig {
        recycling_method: RecyclingMethod::Fast,
    };
    let manager = match tls_of(url)? {
        None => Manager::from_config(config(url), NoTls, managed),
        Some(tls) => Manager::from_config(config(url), tls, managed),
    };
    let level = isolation.sql();
    // A statement that hangs must not outlive the request that waits for it.
    let settings = format!("SET statement_timeout = '9s'; SET default_transaction_isolation = '{level}'");
    Pool::builder(manager)
        .max_size(size)
        .runtime(Runtime::Tokio1)
        .timeouts(Timeouts {
            wait: Some(CONNECT_MAX),
            create: Some(CONNECT_MAX),
            recycle: Some(CONNECT_MAX),
        })
        .post_create(Hook::async_fn(move |client, _| {
            let settings = settings.clone();
            Box::pin(async move { client.batch_execute(&settings).await.map_err(HookError::Backend) })
        }))
        .build()
        .map_err(|_| ServerError::DatabasePool)
}

/// How to connect.
pub(super) fn config(url: &DatabaseUrl) -> tokio_postgres::Config {
    let mut config = url.config();
    if config.get_application_name().is_none() {
        config.application_name("evertill");
    }
    config
        .connect_timeout(CONNECT_MAX)
        .keepalives_idle(Duration::from_secs(30));
    config
}

/// What encrypts the connection, where it is to be.
pub(super) fn tls_of(url: &DatabaseUrl) -> Result<Option<MakeRustlsConnect>, ServerError> {
    let config = url.tls.as_ref().map(tls).transpose()?;
    Ok(config.map(MakeRustlsConnect::new))
}

fn tls(roots: &Roots) -> Result<ClientConfig, ServerError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(ServerError::DatabaseTls)?;
    let config = match roots {
        Roots::System => builder
            .with_platform_verifier()
            .map_err(ServerError::DatabaseTls)?,
        Roots::File(path) => {
            let unreadable = |source| ServerError::DatabaseRoots {
                path: path.clone(),
                source,
            };
            let mut store = RootCertStore::empty();
            for certificate in CertificateDer::pem_file_iter(path).map_err(unreadable)? {
                store
                    .add(certificate.map_err(unreadable)?)
                    .map_err(ServerError::DatabaseTls)?;
            }
            builder.with_root_certificates(store)
        }
    };
    Ok(config.with_no_client_auth())
}
