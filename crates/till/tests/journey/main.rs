//! A till in front of a real store, over real sockets: what a cashier does, and what must not happen meanwhile.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops right there")]

mod browser;
mod doctoring;
mod goods;
mod guarding;
mod help;
mod horizon;
mod killed;
mod mending;
mod proxy;
mod selling;
mod session;
mod support;
mod theft;
mod trouble;
