//! What the scenario with the system's keyring needs: a session bus and gnome-keyring. Installed through `apt-get` where
//! that is allowed without asking anybody; left out elsewhere, aloud.

use std::ffi::OsStr;

use crate::{
    packages::{self, on_path},
    say,
};

const NEEDED: [&str; 2] = ["dbus-run-session", "gnome-keyring-daemon"];
const PACKAGES: [&str; 2] = ["dbus", "gnome-keyring"];

/// Makes sure that the programs are there, or says that the scenario is left out.
pub(crate) fn provide() {
    let are_there = || NEEDED.iter().all(|program| on_path(OsStr::new(program)));
    if !are_there() {
        packages::install(&PACKAGES, "the scenario with the system's keyring");
    }
    if !are_there() {
        say("note: the scenario with the system's keyring is left out: it needs dbus and gnome-keyring.");
    }
}
