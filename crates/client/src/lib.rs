//! The hands of the session engine: everything that touches the network, the disk and the clock.
//!
//! This crate exists so that a program can hold a signed-in session of a store and forget about it: [`Keeper`]
//! renews before expiry, [`StoreApi`] sends requests under the one-retry rule, [`vault`] keeps the grant sealed
//! on disk, [`discovery`] finds out what stands behind an address, [`sign_in`] brings a person in. What to do is
//! decided by `evertill-session`; nothing here has an opinion about sessions of its own.
//!
//! **Invariant:** *a token is sent to the origin it was issued by and to no other, also not by a redirect.*
//! **Invariant:** *a grant is durable before anything uses it.*
//!
//! Authenticated requests in three lines, once somebody has signed in:
//!
//! ```no_run
//! # async fn example() -> Result<(), evertill_client::ClientError> {
//! use evertill_client::{Home, Keeper, KeeperOptions, StoreAddress, StoreApi};
//!
//! let home = Home::open(Home::default_path()?)?;
//! let keeper = Keeper::open(&home, &StoreAddress::parse("shop.example")?, KeeperOptions::default()).await?;
//! let orders = StoreApi::new(keeper).get("wc/v3/orders", &[("per_page", "5")]).await?;
//! # let _ = orders.status;
//! # Ok(())
//! # }
//! ```

pub mod address;
pub mod clock;
pub mod discovery;
pub mod error;
pub mod home;
pub mod http;
pub mod keeper;
pub mod parcel;
pub mod passage;
pub mod profile;
#[cfg(test)]
mod recorded;
pub mod session_name;
pub mod sign_in;
pub mod status;
pub mod store_api;
pub mod stored;

pub mod vault;

pub use address::StoreAddress;
pub use discovery::{Discovery, discover};
pub use error::ClientError;
pub use home::Home;
pub use keeper::{Keeper, KeeperOptions, SignedOut};
pub use passage::Passage;
pub use profile::StoreProfile;
pub use session_name::SessionName;
pub use sign_in::{App, PendingSignIn};
pub use status::SessionStatus;
pub use store_api::{StoreAnswer, StoreApi};
