//! What a store answers: tolerant readers for the WCPOS and WooCommerce REST API.
//!
//! One file per resource. Every field that an older or stranger store may leave out has a default; numbers may
//! come as strings and strings as numbers. Money is a [`rust_decimal::Decimal`], never a float.

pub mod auth;
pub mod catalogue;
pub mod de;
pub mod order;
pub mod push;
pub mod site;
