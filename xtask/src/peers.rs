//! Other people's servers that the bench measures beside ours: fetched from npm, in the versions that the repository
//! pins, into the target directory.

use std::{fs, path::PathBuf, process::Command};

use anyhow::{Context, Result};

use crate::{
    interop::{folder, is_fresh, mark, run},
    packages::{self, on_path},
    run::root,
};

/// What is pinned, and the program that runs it.
const FILES: [&str; 3] = ["package.json", "package-lock.json", "provider.mjs"];

/// Fetches node-oidc-provider where it is not there yet; the folder to run it in.
///
/// # Errors
///
/// When there is no npm, or the registry cannot be reached.
pub(crate) fn oidc_provider() -> Result<PathBuf> {
    let folder = folder("oidc-provider")?;
    let pinned = root().join("crates/server/benches/peer");
    for name in FILES {
        fs::copy(pinned.join(name), folder.join(name)).context("could not copy the list of packages")?;
    }
    let list = pinned.join("package-lock.json");
    if is_fresh(&folder, &list, "node_modules/oidc-provider")? {
        return Ok(folder);
    }
    if !on_path("npm".as_ref()) {
        packages::install(&["nodejs", "npm"], "the measurement of node-oidc-provider");
    }
    run(Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" })
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        .current_dir(&folder))?;
    mark(&folder, &list)?;
    Ok(folder)
}
