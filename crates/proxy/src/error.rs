//! What can fail when a proxy is opened.

use std::io;
use std::net::SocketAddr;

use evertill_client::ClientError;
use evertill_wire::Code;

/// A proxy that did not open.
#[derive(Debug, thiserror::Error)]
pub enum ProxyError {
    /// Other machines could reach the address.
    #[error("refused to listen on {address}, where other machines could use the session")]
    NotLoopback {
        /// The address.
        address: SocketAddr,
    },
    /// The address cannot be listened on.
    #[error("could not listen on {address}")]
    NotListening {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The system has no random numbers.
    #[error("could not draw a key")]
    NoRandom(#[source] getrandom::Error),
    /// The way to the store could not be set up.
    #[error(transparent)]
    Client(ClientError),
}

impl ProxyError {
    /// The code of the failure.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::NotLoopback { .. } => Code::INVALID_PARAMETER_VALUE,
            Self::NotListening { source, .. } if source.kind() == io::ErrorKind::AddrInUse => {
                Code::PORT_IN_USE
            }
            Self::NotListening { .. } => Code::PERMISSION_DENIED,
            Self::NoRandom(_) => Code::SERVICE_UNAVAILABLE,
            Self::Client(error) => error.code(),
        }
    }

    /// One sentence: what to do next.
    #[must_use]
    pub fn remedy(&self) -> String {
        match self {
            Self::NotLoopback { .. } => {
                "Listen on 127.0.0.1; other machines get their own session with `evertill login`.".to_owned()
            }
            Self::Client(error) => error.remedy(),
            Self::NotListening { .. } | Self::NoRandom(_) => self.code().entry().remedy.to_owned(),
        }
    }
}
