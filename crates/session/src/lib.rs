//! How a session lives.
//!
//! A till keeps a person signed in to a store. This crate is the rules of that and nothing else: it opens no socket
//! and no file, reads no clock and draws no random number. Time, chance and answers come in as arguments; what to do
//! comes out as [`Effect`]s. The same rules run under the tokio driver, under a simulator and under a fuzzer.
//!
//! ```text
//! SignedOut ──sign in──► Active ──renew_at──► Renewing ──ok──► Active
//!                          ▲                     │ trouble
//!                          │                     ▼
//!                          └────ok──────────  Troubled   (keeps the grant, keeps trying, the till keeps selling)
//!                                                │ verdict (also straight from Renewing)
//!                                                ▼
//!                                            SignInNeeded  (keeps the user; a person must act)
//! ```
//!
//! Look first at [`Engine`] for the only place where a session changes, then at [`answer`] for how a store's reply
//! becomes a verdict or mere trouble, at [`policy`] for every number and its reason, and at [`time`] for the clocks.
//! `evertill-client` is the driver.

pub mod answer;
pub mod arrival;
pub mod audit;
pub mod counters;
pub mod engine;
#[cfg(any(test, feature = "foreign"))]
pub mod foreign;
pub mod grant;
pub mod journal;
pub mod jwt;
pub mod policy;
pub mod status;
pub mod time;

pub use answer::{Answer, RawAnswer, Reason, Refusal, Renewed, Trouble, TroubleKind, Unauthorized};
pub use arrival::{Arrival, Place};
pub use counters::Counters;
pub use engine::{AttemptId, Effect, Engine, Input, State};
pub use grant::{Grant, Record, Serial, SessionId, User};
pub use journal::{Event, Journal, JournalEntry};
pub use status::{StateName, Status};
pub use time::{BootId, Moment, Now, Roll, Stamp, WallTime};
