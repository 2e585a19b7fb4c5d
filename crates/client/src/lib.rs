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
//! # A tutorial
//!
//! **Sign somebody in**, once. A program at a terminal can take name and password; one with a browser at hand opens
//! [`Keeper::begin_sign_in`]'s page instead. The `evertill login` command does either, and every program of this
//! account on this device then finds the session.
//!
//! ```no_run
//! # async fn example() -> Result<(), evertill_client::ClientError> {
//! use evertill_client::{Home, Keeper, KeeperOptions, StoreAddress};
//! use evertill_wire::Password;
//!
//! let home = Home::open(Home::default_path()?)?;
//! let keeper = Keeper::open(&home, &StoreAddress::parse("shop.example")?, KeeperOptions::default()).await?;
//! keeper.sign_in("ann", &Password::new("of her own")).await?;
//! # Ok(())
//! # }
//! ```
//!
//! **Send requests**: three lines, from the next start on.
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
//!
//! A program with an HTTP client of its own puts the session under it with the crate `evertill-layers`, or asks for
//! [`Keeper::pass`] and keeps the one rule written there. A program with an event loop of its own asks for
//! [`Keeper::fresh_token`], which never waits.
//!
//! **Work for several people** by naming their sessions, and share one HTTP client among them:
//!
//! ```no_run
//! # async fn example(home: evertill_client::Home) -> Result<(), evertill_client::ClientError> {
//! use evertill_client::http::Http;
//! use evertill_client::{Keeper, KeeperOptions, SessionName, StoreAddress};
//!
//! let store = StoreAddress::parse("shop.example")?;
//! let http = Http::for_many()?;
//! for name in ["ann", "ben"] {
//!     let options = KeeperOptions {
//!         session: SessionName::parse(name)?,
//!         http: Some(http.clone()),
//!         ..KeeperOptions::default()
//!     };
//!     let keeper = Keeper::open(&home, &store, options).await?;
//!     # let _ = keeper;
//! }
//! # Ok(())
//! # }
//! ```
//!
//! **Watch it**: [`Keeper::status`] and [`Keeper::watch`] say what it is doing, [`Keeper::history`] what happened, and
//! [`Keeper::counters`] how often. **Keep it elsewhere** with a [`vault::SessionVault`] of your own.
//!
//! # What holds, in plain words
//!
//! * You get a token that works for a while yet, or you wait for one, or you are told why there is none.
//! * However many tasks, threads and processes ask, the store is asked once.
//! * Nothing but the store's own word ends a session, and it is asked again before anybody is bothered. No network, a
//!   firewall's page or a broken site is trouble: it is tried again until it passes.
//! * A new token is on the disk before it is used. A power cut leaves one that still renews.
//! * Setting the clock changes nothing, and after a night's sleep one renewal serves everybody.
//! * A request refused with 401 is sent once more, never twice. A 403 is a permission and renews nothing.
//! * A token goes to the store it came from, also when the store says that it moved.
//! * No message, log line or crash report holds a token or a password.
//!
//! Examples to run: `sync_loop` and `custom_vault`, in the directory `examples`.

pub mod address;
pub mod clock;
pub mod discovery;
pub mod error;
#[cfg(any(test, feature = "foreign"))]
pub mod foreign;
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
