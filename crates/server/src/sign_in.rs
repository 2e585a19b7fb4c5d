//! What the sign-in page decides, apart from how it looks: where it may return to, who has guessed too often,
//! and what signed in.

pub(crate) mod form;
pub(crate) mod redirect;
pub(crate) mod throttle;
pub(crate) mod visitor;
