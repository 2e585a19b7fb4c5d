//! Requests of other clients in the name of a session, against a store on this machine.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod by_reqwest;
mod by_tower;
mod store;
