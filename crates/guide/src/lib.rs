//! The help pages of the error codes.
//!
//! The till and the store server both explain codes under `/error-codes`. This crate turns an entry of the
//! catalogue into the main part of such a page ([`code_body`], [`index_body`]); whoever mounts it puts its own
//! layout around, or takes [`standalone`] where there is none. Pure: a code, a language and what is known about the
//! occurrence come in, HTML comes out. No server, no clock, no file is known here.
//!
//! The parts use the classes of the till's style sheets and, beyond them, [`STYLES`]. Texts come from the catalogue
//! in `evertill-wire` and, for other languages, from the Fluent files under `locales/`.

mod code;
mod index;
mod locale;
mod occurrence;
mod pseudo;
mod rich;
mod standalone;
mod text;
mod words;

pub use code::code_body;
pub use index::{Answer, answer, index_body};
pub use locale::Locale;
pub use occurrence::{Fact, Occurrence, Press, Tone, Tried};
pub use standalone::{STANDALONE_STYLES, standalone};

/// Classes these pages need beyond the till's own style sheets.
pub const STYLES: &str = include_str!("../assets/guide.css");

/// Address of the index; a code's page is below it.
pub const ADDRESS: &str = "/error-codes";
