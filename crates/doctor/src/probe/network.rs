//! Names and connections.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use evertill_wire::Code;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use url::{Host, Url};

use super::proxy::{self, ProxyUsed};
use super::{CONNECT_MAX, NAME_MAX, Outcome, since};
use crate::context::Context;

/// Addresses of one name that are tried before it is given up.
const ADDRESSES_MAX: usize = 3;

/// A host that took a connection.
#[derive(Debug, Clone)]
pub(crate) struct Reached {
    /// The address that took it.
    pub(crate) address: SocketAddr,
    /// How long that took, in milliseconds.
    pub(crate) took_ms: u64,
    /// The proxy in between.
    pub(crate) proxy: Option<ProxyUsed>,
}

/// Host and port to connect to: the store's, or the proxy's.
async fn target(context: &Context) -> (String, u16, Option<ProxyUsed>) {
    let base = context.probes().base(context).await;
    match proxy::of(context.device.as_ref(), base) {
        Some(found) => (found.host.clone(), found.port, Some(found)),
        None => (host_of(base), base.port_or_known_default().unwrap_or(443), None),
    }
}

/// A host as the resolver wants it, an IPv6 address without its brackets.
pub(super) fn host_of(url: &Url) -> String {
    match url.host() {
        Some(Host::Ipv6(ip)) => ip.to_string(),
        Some(Host::Domain(_) | Host::Ipv4(_)) | None => url.host_str().unwrap_or_default().to_owned(),
    }
}

/// Asks the resolver of this device.
pub(super) async fn names(context: &Context) -> Outcome<(Vec<IpAddr>, u64)> {
    let (host, port, _) = target(context).await;
    let started = Instant::now();
    match timeout(NAME_MAX, lookup_host((host.as_str(), port))).await {
        Ok(Ok(found)) => {
            let mut addresses: Vec<IpAddr> = found.map(|address| address.ip()).collect();
            addresses.dedup();
            if addresses.is_empty() {
                return silent(Code::DNS_RESOLUTION_FAILED, "the name has no address");
            }
            Outcome::Seen((addresses, since(started)))
        }
        Ok(Err(error)) => silent(Code::DNS_RESOLUTION_FAILED, error.to_string()),
        Err(_) => silent(Code::DNS_RESOLUTION_FAILED, "the resolver did not answer in time"),
    }
}

/// Opens a connection and closes it again.
pub(super) async fn connection(context: &Context) -> Outcome<Reached> {
    let names = context.probes().names(context).await;
    let Some((addresses, _)) = names.seen() else {
        return Outcome::NotAsked(names.missing("network.dns"));
    };
    let (_, port, proxy) = target(context).await;
    let started = Instant::now();
    let mut worst = (Code::CONNECTION_TIMEOUT, "nothing answered in time".to_owned());
    for ip in addresses.iter().take(ADDRESSES_MAX) {
        let left = CONNECT_MAX.saturating_sub(started.elapsed());
        let address = SocketAddr::new(*ip, port);
        match timeout(left, TcpStream::connect(address)).await {
            Ok(Ok(_)) => {
                return Outcome::Seen(Reached {
                    address,
                    took_ms: since(started),
                    proxy,
                });
            }
            Ok(Err(error)) => worst = (code_of(&error), error.to_string()),
            Err(_) => break,
        }
    }
    silent(worst.0, worst.1)
}

pub(super) fn silent<T>(code: Code, evidence: impl Into<String>) -> Outcome<T> {
    Outcome::Silent {
        code,
        evidence: evidence.into(),
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the kinds of I/O errors are an open list of the standard library"
)]
pub(super) fn code_of(error: &io::Error) -> Code {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Code::CONNECTION_REFUSED,
        io::ErrorKind::TimedOut => Code::CONNECTION_TIMEOUT,
        io::ErrorKind::HostUnreachable => Code::NETWORK_UNREACHABLE,
        io::ErrorKind::NetworkUnreachable | io::ErrorKind::NetworkDown | io::ErrorKind::AddrNotAvailable => {
            Code::DEVICE_OFFLINE
        }
        _ => Code::CONNECTION_RESET,
    }
}
