//! The certificates a host shows, looked at and not believed.
//!
//! Whether a certificate is trusted is decided by the HTTP client of the till, with the system's own roots. This
//! connection only reads what is shown, so that a refusal can be explained; nothing is sent over it.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use evertill_client::http::{Http, Request};
use evertill_wire::Code;
use reqwest::Method;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, SignatureScheme};
use url::Url;

use super::certificate::{self, Certificate};
use super::network::{host_of, silent};
use super::{ANSWER_MAX, CONNECT_MAX, Outcome};
use crate::context::Context;

/// Longest wait for a handshake.
const HANDSHAKE_MAX: Duration = Duration::from_millis(2_500);

/// What a host shows of itself.
#[derive(Debug, Clone)]
pub(crate) struct TlsSeen {
    /// The host's own certificate, when it can be read.
    pub(crate) certificate: Option<Certificate>,
    /// How many certificates were shown.
    pub(crate) shown: usize,
    /// Whether it was made for this host's name.
    pub(crate) is_for_this_name: bool,
    /// Why the till's HTTP client does not trust it.
    pub(crate) refused: Option<String>,
}

/// Looks at the certificates, and asks the till's own HTTP client whether it trusts them.
pub(super) async fn look(context: &Context) -> Outcome<TlsSeen> {
    let connection = context.probes().connection(context).await;
    let base = context.probes().base(context).await;
    let Some(reached) = connection.seen() else {
        return Outcome::NotAsked(connection.missing("network.tcp"));
    };
    if base.scheme() != "https" {
        return Outcome::NotAsked("");
    }
    let refused = refusal(base).await;
    if reached.proxy.is_some() {
        // The way to the store begins inside the proxy's tunnel, where only the HTTP client goes.
        return match refused {
            Ok(refused) => Outcome::Seen(TlsSeen {
                certificate: None,
                shown: 0,
                is_for_this_name: true,
                refused,
            }),
            Err((code, evidence)) => silent(code, evidence),
        };
    }
    match shown(reached.address, &host_of(base)).await {
        Ok(looked_at) => Outcome::Seen(TlsSeen {
            refused: refused.unwrap_or(None),
            ..looked_at
        }),
        Err(error) => silent(Code::TLS_CERTIFICATE_ERROR, error.to_string()),
    }
}

/// What the till's HTTP client has against the certificates; nothing when it trusts them.
async fn refusal(base: &Url) -> Result<Option<String>, (Code, String)> {
    let request = Request::new(Method::HEAD, base.clone()).limit(ANSWER_MAX);
    let sent = match Http::new(base) {
        Ok(http) => http.send(request).await,
        Err(error) => Err(error),
    };
    match sent {
        Ok(_) => Ok(None),
        Err(error) if error.code() == Code::TLS_CERTIFICATE_ERROR => {
            let source = std::error::Error::source(&error).map(ToString::to_string);
            Ok(Some(source.unwrap_or_else(|| error.to_string())))
        }
        Err(error) => Err((error.code(), error.to_string())),
    }
}

/// Whether TLS is spoken at an address at all.
pub(super) async fn speaks_tls(url: &Url) -> bool {
    let host = host_of(url);
    let port = url.port_or_known_default().unwrap_or(443);
    let Ok(mut found) = tokio::net::lookup_host((host.as_str(), port)).await else {
        return true;
    };
    match found.next() {
        Some(address) => shown(address, &host).await.is_ok(),
        None => true,
    }
}

async fn shown(address: SocketAddr, host: &str) -> io::Result<TlsSeen> {
    let host = host.to_owned();
    tokio::task::spawn_blocking(move || handshake(address, &host))
        .await
        .map_err(io::Error::other)?
}

fn handshake(address: SocketAddr, host: &str) -> io::Result<TlsSeen> {
    let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let onlooker = Arc::new(Onlooker {
        schemes: provider.signature_verification_algorithms.supported_schemes(),
        shown: Mutex::new(Vec::new()),
    });
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .dangerous()
        .with_custom_certificate_verifier(onlooker.clone())
        .with_no_client_auth();
    let mut session = ClientConnection::new(Arc::new(config), name.clone()).map_err(io::Error::other)?;
    let mut socket = TcpStream::connect_timeout(&address, CONNECT_MAX)?;
    socket.set_read_timeout(Some(HANDSHAKE_MAX))?;
    socket.set_write_timeout(Some(HANDSHAKE_MAX))?;
    complete(&mut session, &mut socket)?;
    let shown = std::mem::take(&mut *onlooker.shown.lock().unwrap_or_else(PoisonError::into_inner));
    let own = shown.first();
    Ok(TlsSeen {
        certificate: own.and_then(|der| certificate::read(der)),
        shown: shown.len(),
        is_for_this_name: own.is_some_and(|der| {
            ParsedCertificate::try_from(der)
                .is_ok_and(|parsed| rustls::client::verify_server_name(&parsed, &name).is_ok())
        }),
        refused: None,
    })
}

fn complete(session: &mut ClientConnection, socket: &mut (impl Read + Write)) -> io::Result<()> {
    while session.is_handshaking() {
        session.complete_io(socket)?;
    }
    session.send_close_notify();
    session.write_tls(socket).map(|_| ())
}

/// Writes down the certificates, the host's own first, and has no opinion.
#[derive(Debug)]
struct Onlooker {
    schemes: Vec<SignatureScheme>,
    shown: Mutex<Vec<CertificateDer<'static>>>,
}

impl ServerCertVerifier for Onlooker {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = std::iter::once(end_entity)
            .chain(intermediates)
            .map(|der| der.clone().into_owned())
            .collect();
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.schemes.clone()
    }
}
