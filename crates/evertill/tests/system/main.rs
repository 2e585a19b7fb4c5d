//! Evertill as a whole: the real binary, a real browser, real sockets, and a network that can be made to fail.
//!
//! `browser` holds what a person sees, `cli` what a script sees, `harness` what both stand on. Scenarios wait for
//! conditions with a deadline and never for a fixed time.

mod browser;
mod cli;
mod harness;
mod kills;
#[cfg(unix)]
mod postgres;
#[cfg(target_os = "linux")]
mod power;
