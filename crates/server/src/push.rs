//! Writes that reach the store exactly once.
//!
//! [`envelope`] reads a request strictly. [`order`] and [`customer`] decide, as pure functions of the request and
//! of what the database holds, whether a write is new, a repetition, or refused; the database runs them between
//! reading and writing, in one transaction. A refusal writes nothing at all.

pub(crate) mod customer;
pub(crate) mod envelope;
pub(crate) mod fields;
pub(crate) mod order;
pub(crate) mod outcome;
