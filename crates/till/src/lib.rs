//! The till: a web register that keeps selling whatever happens to the session.

pub mod assets;
mod clock;
mod db;
mod desk;
mod error;
mod lock;
pub mod pages;

pub use error::TillError;
