//! What the pages of the till show: plain view models and the templates they fill.
//!
//! A view model holds finished text only; whoever fills it formats money and times first.

pub mod format;
