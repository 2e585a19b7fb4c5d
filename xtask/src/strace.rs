//! What the scenario of power cuts needs from the system: `strace`, to see what the store does to its files.

use std::ffi::OsStr;

use crate::{
    packages::{self, on_path},
    say,
};

/// Makes sure that it is there, or says that the scenario is left out.
pub(crate) fn provide() -> bool {
    let is_there = || on_path(OsStr::new("strace"));
    if !is_there() {
        packages::install(&["strace"], "the scenario of power cuts");
    }
    if !is_there() {
        say("note: the scenario of power cuts is left out: it needs Linux and Debian's package strace.");
    }
    is_there()
}
