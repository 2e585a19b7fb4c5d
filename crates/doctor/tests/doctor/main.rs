//! The doctor in front of stores that fail in known ways. Every store here listens on this machine.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test it helps")]

mod faults;
mod promises;
mod recorded;
mod rows;
mod store;
mod world;
