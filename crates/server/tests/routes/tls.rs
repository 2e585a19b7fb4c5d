//! The store speaks TLS by itself, with a certificate that changes under it.

use std::{path::Path, sync::Arc};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::{ClientConfig, RootCertStore, pki_types::ServerName};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;

use crate::support::Shop;

struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut about = CertificateParams::new(Vec::new()).unwrap();
        about.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(about, KeyPair::generate().unwrap()).unwrap())
    }

    fn issue(&self, name: &str, into: &Path) {
        let key = KeyPair::generate().unwrap();
        let about = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let certificate = about.signed_by(&key, &self.0).unwrap();
        std::fs::write(into.join("chain.pem"), certificate.pem()).unwrap();
        std::fs::write(into.join("key.pem"), key.serialize_pem()).unwrap();
    }

    fn trusting(&self, versions: &[&'static rustls::SupportedProtocolVersion]) -> TlsConnector {
        let mut roots = RootCertStore::empty();
        roots.add(self.0.der().clone()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        TlsConnector::from(Arc::new(config))
    }
}

async fn get(shop: &Shop, connector: &TlsConnector, name: &str, target: &str) -> std::io::Result<String> {
    let stream = TcpStream::connect(shop.handle.address()).await?;
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let mut stream = connector.connect(name, stream).await?;
    let request = format!("GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}

async fn sealed_shop(home: &Path) -> Shop {
    Shop::open_with(|options| {
        options.tls_cert = Some(home.join("chain.pem"));
        options.tls_key = Some(home.join("key.pem"));
    })
    .await
}

#[tokio::test]
async fn the_store_speaks_tls_to_who_trusts_its_authority_and_to_nobody_else() {
    let home = tempfile::tempdir().unwrap();
    let authority = Authority::new();
    authority.issue("shop.example", home.path());
    let shop = sealed_shop(home.path()).await;
    assert_eq!(shop.handle.url().scheme(), "https");
    for version in [&rustls::version::TLS13, &rustls::version::TLS12] {
        let trusting = authority.trusting(&[version]);
        let answer = get(&shop, &trusting, "shop.example", "/wp-json/wcpos/v2/ping")
            .await
            .unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    let trusting = authority.trusting(rustls::ALL_VERSIONS);
    assert!(get(&shop, &trusting, "other.example", "/").await.is_err());
    let stranger = Authority::new().trusting(rustls::ALL_VERSIONS);
    assert!(get(&shop, &stranger, "shop.example", "/").await.is_err());
}

#[tokio::test]
async fn who_speaks_plainly_to_the_sealed_port_is_told_to_use_https() {
    let home = tempfile::tempdir().unwrap();
    Authority::new().issue("shop.example", home.path());
    let shop = sealed_shop(home.path()).await;
    let answer = shop.get("/").await;
    assert_eq!(answer.status, 400);
    assert!(answer.body.contains("https://"), "{}", answer.body);
}

#[tokio::test]
async fn a_store_without_a_usable_certificate_does_not_open() {
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("data");
    let mut options = evertill_server::ServeOptions::new(([127, 0, 0, 1], 0).into(), &data);
    options.tls_cert = Some(home.path().join("chain.pem"));
    let error = evertill_server::start(options.clone()).await.unwrap_err();
    assert!(error.remedy().contains("--tls-key"), "{}", error.remedy());
    options.tls_key = Some(home.path().join("key.pem"));
    let error = evertill_server::start(options).await.unwrap_err();
    assert_eq!(error.code(), evertill_wire::Code::INVALID_CONFIGURATION);
    assert!(!data.exists(), "nothing was made");
}
