//! What the browser tests need from the system: Chromium and its driver.
//!
//! Installs both through `apt-get` where that is allowed without asking anybody. Everywhere else it says what to
//! install; the browser tests then fail with the same sentence.

use std::{env, ffi::OsStr};

use crate::{
    packages::{self, on_path},
    say,
};

const NEEDED: [&str; 2] = ["chromium", "chromedriver"];
const PACKAGES: [&str; 2] = ["chromium", "chromium-driver"];

/// Makes sure that a browser is there, or says what is missing.
pub(crate) fn provide() {
    if is_there() {
        return;
    }
    if !packages::install(&PACKAGES, "the browser tests") || !is_there() {
        explain();
    }
}

fn explain() {
    say(
        "warning: the browser tests need Chromium and its driver. Install the packages chromium and chromium-driver \
         (or name the programs in CHROMIUM and CHROMEDRIVER), or run `cargo xtask test --skip-browser`.",
    );
}

fn is_there() -> bool {
    NEEDED.iter().all(|program| {
        let named = env::var_os(program.to_uppercase());
        on_path(named.as_deref().unwrap_or(OsStr::new(program)))
    })
}
