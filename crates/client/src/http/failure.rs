//! Why no answer came, found by walking the chain of causes.

use std::error::Error;
use std::fmt;
use std::io;

use evertill_wire::Code;

/// No usable answer came, and why.
///
/// Carries no address: an address may hold a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    code: Code,
    evidence: String,
}

impl Failure {
    /// Names a failure of the HTTP client.
    #[must_use]
    pub fn of(error: reqwest::Error) -> Self {
        let error = error.without_url();
        let code = code_of(&error);
        Self {
            code,
            evidence: evidence(&error),
        }
    }

    /// The answer was longer than anything the API says.
    #[must_use]
    pub fn too_long() -> Self {
        Self {
            code: Code::INVALID_RESPONSE_FORMAT,
            evidence: format!(
                "the answer was longer than {} MiB",
                super::BODY_BYTES_MAX / (1024 * 1024)
            ),
        }
    }

    /// Nothing came for so long.
    #[must_use]
    pub fn timed_out(limit: std::time::Duration) -> Self {
        Self {
            code: Code::CONNECTION_TIMEOUT,
            evidence: format!("nothing came for {} s", limit.as_secs()),
        }
    }

    /// The code.
    #[must_use]
    pub fn code(&self) -> Code {
        self.code
    }

    /// What the system said, without an address.
    #[must_use]
    pub fn evidence(&self) -> &str {
        &self.evidence
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.evidence)
    }
}

impl Error for Failure {}

fn code_of(error: &reqwest::Error) -> Code {
    if error.is_timeout() {
        return Code::CONNECTION_TIMEOUT;
    }
    chain(error).find_map(named).unwrap_or(if error.is_connect() {
        Code::NETWORK_UNREACHABLE
    } else {
        Code::CONNECTION_RESET
    })
}

/// The causes of an error, the error itself first, also those that an I/O error only wraps.
fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| cause(*error))
}

fn cause<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    match wrapped {
        Some(inner) => Some(inner),
        None => error.source(),
    }
}

fn named(error: &(dyn Error + 'static)) -> Option<Code> {
    if let Some(error) = error.downcast_ref::<rustls::Error>() {
        // The first byte of a record says what it is; `H` of `HTTP/1.1` is none of its kinds.
        let is_plain = *error == rustls::Error::InvalidMessage(rustls::InvalidMessage::InvalidContentType);
        return Some(if is_plain {
            Code::STORE_WANTS_HTTPS
        } else {
            Code::TLS_CERTIFICATE_ERROR
        });
    }
    if let Some(error) = error.downcast_ref::<io::Error>()
        && let Some(code) = code_of_kind(error.kind())
    {
        return Some(code);
    }
    // These causes are private types of the HTTP stack and can be told by their text alone.
    let text = error.to_string();
    if text == "dns error" || text.starts_with("failed to lookup address") {
        return Some(Code::DNS_RESOLUTION_FAILED);
    }
    if text.starts_with("invalid HTTP ") {
        return Some(Code::INVALID_RESPONSE_FORMAT);
    }
    text.contains("connection closed before message completed")
        .then_some(Code::CONNECTION_RESET)
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the kinds of I/O errors are an open list of the standard library"
)]
fn code_of_kind(kind: io::ErrorKind) -> Option<Code> {
    match kind {
        io::ErrorKind::ConnectionRefused => Some(Code::CONNECTION_REFUSED),
        io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe
        | io::ErrorKind::NotConnected
        | io::ErrorKind::UnexpectedEof => Some(Code::CONNECTION_RESET),
        io::ErrorKind::TimedOut => Some(Code::CONNECTION_TIMEOUT),
        io::ErrorKind::HostUnreachable => Some(Code::NETWORK_UNREACHABLE),
        io::ErrorKind::NetworkUnreachable | io::ErrorKind::NetworkDown | io::ErrorKind::AddrNotAvailable => {
            Some(Code::DEVICE_OFFLINE)
        }
        _ => None,
    }
}

/// The last two causes say the most; the ones before them repeat that sending failed.
fn evidence(error: &reqwest::Error) -> String {
    let mut texts: Vec<String> = chain(error).map(ToString::to_string).collect();
    texts.dedup();
    let start = texts.len().saturating_sub(2);
    texts[start..].join(": ").chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;
    use std::time::Duration;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;
    use url::Url;

    use super::*;
    use crate::error::ClientError;
    use crate::http::{Http, Request};

    async fn failure_of(url: &str, limit: Duration) -> Code {
        let url = Url::parse(url).unwrap();
        let http = Http::new(&url).unwrap();
        match http.send(Request::get(url).limit(limit)).await {
            Err(ClientError::Unreachable { source, .. }) => source.code(),
            other => panic!("expected no answer, got {other:?}"),
        }
    }

    /// A server that reads the request, says something and hangs up.
    async fn server_that_says(bytes: &'static [u8]) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let mut request = [0; 1024];
                let _ = socket.read(&mut request).await;
                let _ = socket.write_all(bytes).await;
            }
        });
        address
    }

    #[tokio::test]
    async fn a_closed_port_is_a_refused_connection() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        assert_eq!(
            failure_of(&format!("http://{address}/"), Duration::from_secs(5)).await,
            Code::CONNECTION_REFUSED
        );
    }

    #[tokio::test]
    async fn a_connection_cut_before_or_in_the_answer_is_a_reset() {
        for bytes in [
            &b""[..],
            b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"access",
        ] {
            let address = server_that_says(bytes).await;
            assert_eq!(
                failure_of(&format!("http://{address}/"), Duration::from_secs(5)).await,
                Code::CONNECTION_RESET
            );
        }
    }

    #[tokio::test]
    async fn a_silent_server_is_a_timeout() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        assert_eq!(
            failure_of(&format!("http://{address}/"), Duration::from_millis(50)).await,
            Code::CONNECTION_TIMEOUT
        );
    }

    #[tokio::test]
    async fn plain_http_in_place_of_tls_is_told_apart_from_broken_tls() {
        let url = |address: SocketAddr| format!("https://{address}/");
        let plain = server_that_says(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        assert_eq!(
            failure_of(&url(plain), Duration::from_secs(5)).await,
            Code::STORE_WANTS_HTTPS
        );
        let fatal_alert = server_that_says(b"\x15\x03\x03\x00\x02\x02\x28").await;
        assert_eq!(
            failure_of(&url(fatal_alert), Duration::from_secs(5)).await,
            Code::TLS_CERTIFICATE_ERROR
        );
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn an_address_that_no_route_leads_to_is_a_device_without_a_network() {
        // Linux has no route for a connection to everybody at once, whatever networks there are.
        assert_eq!(
            failure_of("http://255.255.255.255/", Duration::from_secs(5)).await,
            Code::DEVICE_OFFLINE
        );
    }

    #[test]
    fn what_the_system_says_about_routes_is_told_apart() {
        for (kind, code) in [
            (io::ErrorKind::HostUnreachable, Code::NETWORK_UNREACHABLE),
            (io::ErrorKind::NetworkUnreachable, Code::DEVICE_OFFLINE),
            (io::ErrorKind::NetworkDown, Code::DEVICE_OFFLINE),
            (io::ErrorKind::ConnectionRefused, Code::CONNECTION_REFUSED),
            (io::ErrorKind::TimedOut, Code::CONNECTION_TIMEOUT),
        ] {
            let wrapped = io::Error::other(io::Error::from(kind));
            assert_eq!(chain(&wrapped).find_map(named), Some(code), "{kind:?}");
        }
    }

    #[tokio::test]
    async fn a_name_that_leads_nowhere_is_a_dns_failure() {
        assert_eq!(
            failure_of("http://no-such-shop.invalid/", Duration::from_secs(20)).await,
            Code::DNS_RESOLUTION_FAILED
        );
    }
}
