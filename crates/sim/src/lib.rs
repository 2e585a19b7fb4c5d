//! A shop that runs a hundred days in the time of a breath, and everything that can go wrong in it.
//!
//! The rules are the shipped ones: the session engine and its reading of answers, the outbox and its judgement of
//! replies, the store's side of rotation. The world round them is not: clocks, lines, disks, processes, stores and
//! people are made up here, from a seed, and go wrong on purpose. After every step of every process all invariants of
//! the session's design are asked. The same seed gives the same run, byte for byte.
//!
//! Look first at [`plan`] for what a seed stands for, then at `world` for how a run goes, at [`invariants`] for what
//! must hold, and at [`planted`] for the proof that breaking the rules is seen. Nothing that ships depends on this
//! crate.

mod disk;
pub mod invariants;
pub mod plan;
pub mod planted;
mod queue;
pub mod random;
pub mod run;
pub mod shrink;
mod store;
pub mod tally;
mod world;
