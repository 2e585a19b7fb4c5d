//! Orders: what is kept of one, what it looks like on the wire, and what it costs.

pub(crate) mod document;
pub(crate) mod reckon;
pub(crate) mod record;
