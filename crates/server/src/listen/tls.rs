//! TLS by rustls: certificate and key from files, taken up again when the files change.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock, Weak},
    time::{Duration, SystemTime},
};

use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};
use tokio_rustls::TlsAcceptor;

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// What is wrong with a certificate or its key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// Only one of the two files is named.
    #[error("certificate and key must both be named")]
    HalfNamed,
    /// The certificate file does not read as PEM.
    #[error("could not read certificates from {}", .path.display())]
    Certificate {
        /// The file.
        path: PathBuf,
        /// Why.
        source: rustls::pki_types::pem::Error,
    },
    /// There is no certificate in the file.
    #[error("there is no certificate in {}", .path.display())]
    NoCertificate {
        /// The file.
        path: PathBuf,
    },
    /// The key file does not read as PEM.
    #[error("could not read a private key from {}", .path.display())]
    Key {
        /// The file.
        path: PathBuf,
        /// Why.
        source: rustls::pki_types::pem::Error,
    },
    /// Certificate and key do not belong together, or neither can be used.
    #[error("could not use the certificate with its key")]
    Pair(#[source] rustls::Error),
}

/// The certificate in force.
#[derive(Debug)]
pub(crate) struct Seal {
    certificate: PathBuf,
    key: PathBuf,
    now: RwLock<InForce>,
}

#[derive(Debug, Clone)]
struct InForce {
    config: Arc<ServerConfig>,
    stamp: Stamp,
}

/// Tells one writing of the files from another.
type Stamp = [Option<(SystemTime, u64)>; 2];

impl Seal {
    /// Reads both files; none where neither is named.
    pub(crate) fn open(certificate: Option<&Path>, key: Option<&Path>) -> Result<Option<Self>, TlsError> {
        let (certificate, key) = match (certificate, key) {
            (None, None) => return Ok(None),
            (Some(certificate), Some(key)) => (certificate.to_owned(), key.to_owned()),
            (Some(_), None) | (None, Some(_)) => return Err(TlsError::HalfNamed),
        };
        // Before reading: a change in between is then found at the next look.
        let stamp = stamp(&certificate, &key);
        let now = RwLock::new(InForce {
            config: load(&certificate, &key)?,
            stamp,
        });
        Ok(Some(Self {
            certificate,
            key,
            now,
        }))
    }

    /// What takes up a connection.
    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        let now = self.now.read().unwrap_or_else(PoisonError::into_inner);
        TlsAcceptor::from(Arc::clone(&now.config))
    }

    /// Takes up files that changed. Files that make no sense leave what was in force; they may be half written.
    pub(crate) fn look(&self) -> Result<bool, TlsError> {
        let stamp = stamp(&self.certificate, &self.key);
        if self.now.read().unwrap_or_else(PoisonError::into_inner).stamp == stamp {
            return Ok(false);
        }
        let config = load(&self.certificate, &self.key)?;
        *self.now.write().unwrap_or_else(PoisonError::into_inner) = InForce { config, stamp };
        Ok(true)
    }
}

/// Looks at the files for as long as somebody holds the seal.
pub(crate) async fn follow(seal: Weak<Seal>) {
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let Some(seal) = seal.upgrade() else {
            return;
        };
        match tokio::task::spawn_blocking(move || seal.look()).await {
            Ok(Ok(true)) => tracing::info!("a new certificate is in force"),
            Ok(Err(error)) => {
                tracing::warn!(%error, cause = ?std::error::Error::source(&error).map(ToString::to_string),
                    "the changed certificate cannot be used; the one before stays in force");
            }
            Ok(Ok(false)) | Err(_) => {}
        }
    }
}

fn stamp(certificate: &Path, key: &Path) -> Stamp {
    [certificate, key].map(|path| {
        let about = fs::metadata(path).ok()?;
        Some((about.modified().ok()?, about.len()))
    })
}

fn load(certificate: &Path, key: &Path) -> Result<Arc<ServerConfig>, TlsError> {
    let failed = |source| TlsError::Certificate {
        path: certificate.to_owned(),
        source,
    };
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(certificate)
        .map_err(failed)?
        .collect::<Result<_, _>>()
        .map_err(failed)?;
    if chain.is_empty() {
        return Err(TlsError::NoCertificate {
            path: certificate.to_owned(),
        });
    }
    let key = PrivateKeyDer::from_pem_file(key).map_err(|source| TlsError::Key {
        path: key.to_owned(),
        source,
    })?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
        .map_err(TlsError::Pair)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

impl TlsError {
    /// Whether the system refused, rather than the content of a file.
    pub(crate) fn is_permission(&self) -> bool {
        match self {
            Self::Certificate { source, .. } | Self::Key { source, .. } => {
                matches!(source, rustls::pki_types::pem::Error::Io(error)
                    if error.kind() == io::ErrorKind::PermissionDenied)
            }
            Self::HalfNamed | Self::NoCertificate { .. } | Self::Pair(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write_pair(home: &Path, name: &str) -> (PathBuf, PathBuf) {
        let made = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
        let (certificate, key) = (home.join("cert.pem"), home.join("key.pem"));
        fs::write(&certificate, made.cert.pem()).unwrap();
        fs::write(&key, made.signing_key.serialize_pem()).unwrap();
        (certificate, key)
    }

    #[test]
    fn changed_files_are_taken_up_and_half_written_ones_are_not() {
        let home = tempfile::tempdir().unwrap();
        let (certificate, key) = write_pair(home.path(), "one.example");
        let seal = Seal::open(Some(&certificate), Some(&key)).unwrap().unwrap();
        assert!(!seal.look().unwrap());
        let before = Arc::as_ptr(&seal.now.read().unwrap().config);
        fs::write(&certificate, "-----BEGIN CERTIFICATE-----\nAAAA").unwrap();
        assert!(seal.look().is_err());
        assert_eq!(Arc::as_ptr(&seal.now.read().unwrap().config), before);
        write_pair(home.path(), "another-name.example");
        assert!(seal.look().unwrap());
        assert_ne!(Arc::as_ptr(&seal.now.read().unwrap().config), before);
    }

    #[test]
    fn a_pair_that_does_not_fit_is_refused() {
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (certificate, key) = write_pair(one.path(), "one.example");
        let (_, other_key) = write_pair(two.path(), "two.example");
        assert!(matches!(
            Seal::open(Some(&certificate), Some(&other_key)),
            Err(TlsError::Pair(_))
        ));
        assert!(matches!(
            Seal::open(Some(&certificate), None),
            Err(TlsError::HalfNamed)
        ));
        assert!(matches!(
            Seal::open(Some(&key), Some(&key)),
            Err(TlsError::NoCertificate { .. })
        ));
        assert!(Seal::open(None, None).unwrap().is_none());
    }
}
