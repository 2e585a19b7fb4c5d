//! What the store answers on the wire: each test speaks HTTP to a real socket.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops right there")]

mod audit;
mod backup;
mod catalogue;
mod contract;
mod crash;
mod dangers;
mod discovery;
mod dpop;
mod help;
mod herd;
mod keys;
mod oauth;
mod office;
mod operation;
mod orders;
mod people;
mod proxies;
mod recorded;
mod rim;
mod sales;
mod sessions;
mod settings;
mod sign_in;
mod stopping;
mod support;
mod theft;
mod tls;
mod watching;
