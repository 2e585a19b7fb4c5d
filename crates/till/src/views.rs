//! From what the till knows to what its pages show.
//!
//! Pure: these functions are handed everything, times included, and fill the view models of [`crate::pages`].

pub(crate) mod bar;
pub(crate) mod cart;
pub(crate) mod checkout;
pub(crate) mod goods;
pub(crate) mod health;
pub(crate) mod help;
pub(crate) mod sale;
pub(crate) mod session;
pub(crate) mod sheets;
