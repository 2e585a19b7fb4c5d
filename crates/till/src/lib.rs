//! The till: a web register that keeps selling whatever happens to the session.
//!
//! [`start`] brings up one till for one store: pages on the loopback address, a local database that is the truth
//! about carts and sales, a session kept by `evertill-client`, and an outbox that brings every paid sale to the
//! store exactly once. Nothing here decides about sessions (`evertill-session` does) or about money
//! (`evertill-sale` does).
//!
//! **Invariant:** *no state of the session changes the cart or takes away the ability to take money.*
//! **Invariant:** *no answer of the till holds a token of the store.*
//!
//! Look first at `till.rs` for what the parts share, at `web.rs` for the addresses and at `outbox.rs` for the way
//! of a sale.

mod affairs;
pub mod assets;
mod at_rest;
mod carry;
mod catalogue;
mod checkout;
mod clear;
mod clock;
mod db;
mod desk;
mod error;
#[cfg(any(test, feature = "foreign"))]
pub mod foreign;
mod hub;
mod lock;
mod mend;
mod outbox;
pub mod pages;
mod reach;
mod session;
mod shelf;
mod start;
mod till;
mod views;
mod watch;
mod web;

pub use affairs::affairs_of;
pub use at_rest::{AtRest, unsent_sales};
pub use carry::{Sum, TakenIn};
pub use error::TillError;
pub use start::{TillHandle, TillOptions, start};
pub use watch::{Found, last_found};
