//! A session for HTTP clients of other makes.
//!
//! [`StoreApi`](evertill_client::StoreApi) sends requests itself. A program that has an HTTP client already, with its own
//! retries, tracing and limits, puts the session underneath instead: a middleware for `reqwest`, a layer for `tower`.
//! Both keep the same rules:
//!
//! * A token is attached to every request, and waited for when none lives.
//! * A request the API itself answers with 401 is sent once more with a newer token, and then reported as it is. A 403
//!   is a permission and renews nothing; a web page with status 401 is somebody else's.
//! * A request whose body cannot be sent twice is not sent twice: its 401 is reported, marked with [`NotRepeated`], and
//!   the next request has the newer token.
//! * **Invariant:** *a token goes to the origin it was issued by and to no other.* A request elsewhere is refused before
//!   it leaves, and no redirect is followed with a token on board.
//!
//! With `reqwest`, in three lines:
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! # use evertill_client::{Home, Keeper, KeeperOptions, StoreAddress};
//! # let home = Home::open(Home::default_path()?)?;
//! let keeper = Keeper::open(&home, &StoreAddress::parse("shop.example")?, KeeperOptions::default()).await?;
//! let client = evertill_layers::reqwest::client(reqwest::Client::builder(), keeper.clone())?;
//! let orders = client.get(keeper.route("wc/v3/orders", &[("per_page", "5")])?).send().await?;
//! # let _ = orders.status();
//! # Ok(())
//! # }
//! ```
//!
//! With `tower`, [`tower::SessionLayer`] goes round any client of `http` requests.

#[cfg(feature = "reqwest")]
pub mod reqwest;
#[cfg(feature = "tower")]
pub mod tower;

use evertill_client::ClientError;
use evertill_wire::Code;

/// Longest 401 that is taken in to see whose it is, in bytes; the API's own is a few hundred long.
const REFUSAL_BYTES_MAX: usize = 256 * 1024;

/// Stands among the extensions of a 401 whose request could not be sent again, because its body was gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotRepeated;

/// Why a request did not leave, or its answer could not be taken in.
#[derive(Debug, thiserror::Error)]
pub enum LayerError {
    /// There is no token, or the request would carry it to another origin.
    #[error("could not put the session on a request")]
    Session(#[source] ClientError),
    /// The request names no host.
    #[error("could not tell where a request goes, because its address is not complete")]
    NoOrigin,
    /// A refusal was too long to be one.
    #[error("could not take in a refusal of more than {REFUSAL_BYTES_MAX} bytes")]
    RefusalTooLong,
}

impl LayerError {
    /// The code of the failure.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Session(source) => source.code(),
            Self::NoOrigin => Code::INVALID_URL_FORMAT,
            Self::RefusalTooLong => Code::INVALID_RESPONSE_FORMAT,
        }
    }

    /// One sentence: what to do next.
    #[must_use]
    pub fn remedy(&self) -> String {
        match self {
            Self::Session(source) => source.remedy(),
            Self::NoOrigin | Self::RefusalTooLong => self.code().entry().remedy.to_owned(),
        }
    }
}
