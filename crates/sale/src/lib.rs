//! How a sale adds up: carts, taxes, tenders, the outbox's rules; exact decimals, no I/O.
//!
//! This crate exists so that a till can say what a sale costs, take the money and know what became of the
//! order, without asking anybody. It is pure: it reads no clock, draws no random number and opens nothing;
//! whoever calls it hands in times, identities and answers. It may not guess: what the store said is compared
//! with what was sent, figure by figure.
//!
//! Start at [`totals`] for the arithmetic of WooCommerce and at [`cart`] for an open sale. `f64` occurs in one
//! function only, which says why.

pub mod booked;
pub mod cart;
pub mod error;
#[cfg(any(test, feature = "foreign"))]
pub mod foreign;
pub mod line;
pub mod outbox;
pub mod receipt;
pub mod record;
pub mod sale;
pub mod search;
pub mod tax;
pub mod tender;
pub mod time;
pub mod totals;

pub use error::SaleError;
