//! What Evertill says on the wire.
//!
//! This crate exists so that the till, the store server and the command line agree on words: error
//! [`codes`], [`secret`]s that refuse to be printed, identifiers, money formats, and the shapes of a
//! store's answers ([`rest`]). It performs no I/O, reads no clock and knows nothing about sessions or sales.
//!
//! Readers are tolerant (numeric strings, missing fields, PHP notices before the JSON); writers are strict.
//! Look next at `evertill-session` for how a session lives and at `evertill-sale` for how a sale adds up.

pub mod codes;
pub mod env;
#[cfg(any(test, feature = "foreign"))]
pub mod foreign;
pub mod json;
pub mod money;
pub mod problem;
pub mod rest;
pub mod secret;
pub mod verdict;

pub use codes::{Code, Exit};
pub use problem::Problem;
pub use secret::{AccessToken, Passphrase, Password, ProxyKey, RefreshToken};
