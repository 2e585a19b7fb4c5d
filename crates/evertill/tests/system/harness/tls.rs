//! A way to the store over TLS that can break, in the handshake and after it.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::{ServerConfig, pki_types::PrivateKeyDer};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

/// How a connection goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Handshake {
    /// With a certificate the device trusts.
    Trusted,
    /// With a certificate of an authority nobody knows.
    Stranger,
    /// The connection closes after the first words of the client.
    Cut,
    /// Bytes that are no TLS come back.
    Garbage,
    /// The handshake is done and the request read; then the connection closes without a farewell.
    CutAfter,
    /// The handshake is done and the request read; then bytes that are no TLS come back.
    GarbageAfter,
}

struct Shared {
    handshake: Handshake,
    store: Option<SocketAddr>,
    trusted: Arc<ServerConfig>,
    stranger: Arc<ServerConfig>,
}

/// The end of TLS before a store.
pub(crate) struct Front {
    address: SocketAddr,
    authority: PathBuf,
    shared: Arc<Mutex<Shared>>,
    task: JoinHandle<()>,
}

impl Front {
    /// Opens the front; the certificate of its authority goes into `folder`.
    pub(crate) async fn open(folder: &Path) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (trusted, authority_pem) = certified();
        let (stranger, _) = certified();
        let authority = folder.join("authority.pem");
        std::fs::write(&authority, authority_pem).expect("the folder takes files");
        let shared = Arc::new(Mutex::new(Shared {
            handshake: Handshake::Trusted,
            store: None,
            trusted,
            stranger,
        }));
        let of_task = Arc::clone(&shared);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(connection(stream, Arc::clone(&of_task)));
            }
        });
        Self {
            address,
            authority,
            shared,
            task,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("https://{}", self.address)
    }

    /// The certificate a device has to trust.
    pub(crate) fn authority(&self) -> &Path {
        &self.authority
    }

    pub(crate) fn lead_to(&self, store: SocketAddr) {
        self.shared.lock().expect("not poisoned").store = Some(store);
    }

    pub(crate) fn set(&self, handshake: Handshake) {
        self.shared.lock().expect("not poisoned").handshake = handshake;
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn connection(mut stream: TcpStream, shared: Arc<Mutex<Shared>>) {
    let (config, handshake, store) = {
        let shared = shared.lock().expect("not poisoned");
        let config = match shared.handshake {
            Handshake::Trusted => Ok(Arc::clone(&shared.trusted)),
            Handshake::Stranger => Ok(Arc::clone(&shared.stranger)),
            Handshake::CutAfter | Handshake::GarbageAfter => Ok(Arc::clone(&shared.trusted)),
            broken @ (Handshake::Cut | Handshake::Garbage) => Err(broken),
        };
        (config, shared.handshake, shared.store)
    };
    match config {
        Ok(config) => {
            let accepted = TlsAcceptor::from(config).accept(stream).await;
            // A client that does not like the certificate hangs up here.
            let (Ok(mut client), Some(store)) = (accepted, store) else {
                return;
            };
            if matches!(handshake, Handshake::CutAfter | Handshake::GarbageAfter) {
                return break_off(client, handshake).await;
            }
            if let Ok(mut store) = TcpStream::connect(store).await {
                let _ended_by_either_side = copy_bidirectional(&mut client, &mut store).await;
            }
        }
        Err(broken) => {
            let mut hello = [0; 64];
            let _ = stream.read(&mut hello).await;
            if broken == Handshake::Garbage {
                let _ = stream
                    .write_all(&[0x16, 0x03, 0x03, 0x00, 0x04, 1, 2, 3, 4])
                    .await;
                let _ = stream.shutdown().await;
            }
        }
    }
}

/// Hears the request and breaks the connection below TLS.
async fn break_off(mut client: TlsStream<TcpStream>, handshake: Handshake) {
    let mut request = [0; 1024];
    let _ = client.read(&mut request).await;
    let (mut socket, _) = client.into_inner();
    if handshake == Handshake::GarbageAfter {
        let _ = socket.write_all(NO_RECORD).await;
        let _ = socket.shutdown().await;
    }
}

/// A record of application data that no key has sealed.
const NO_RECORD: &[u8] = &[0x17, 0x03, 0x03, 0x00, 0x08, 1, 2, 3, 4, 5, 6, 7, 8];

/// A server's certificate for 127.0.0.1, and its authority's in PEM.
fn certified() -> (Arc<ServerConfig>, String) {
    let mut params = CertificateParams::new(Vec::new()).expect("no names");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority =
        CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("an authority");
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).expect("an address");
    let certificate = params.signed_by(&key, &authority).expect("a certificate");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::Pkcs8(key.serialize_der().into()),
        )
        .expect("key and certificate fit");
    (Arc::new(config), authority.pem())
}
