//! The programs of others that the store is tested with, OAuth clients and Schemathesis: fetched from npm and PyPI, in
//! the versions that the repository pins, into the target directory. Where a registry cannot be reached, the tests
//! with them are skipped.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};

use crate::{
    packages::{self, on_path},
    run::root,
    say,
};

const WHY: &str = "the tests with other people's clients";

/// Fetches what is not there yet; tells which programs could not be had.
pub(crate) fn provide() -> Vec<&'static str> {
    let mut missing = Vec::new();
    for (what, fetch) in [
        ("openid-client (npm)", node as fn() -> Result<()>),
        ("Authlib (PyPI)", authlib),
        ("Schemathesis (PyPI)", schemathesis),
    ] {
        if let Err(error) = fetch() {
            say(&format!("warning: {what} could not be fetched: {error:#}"));
            missing.push(what);
        }
    }
    missing
}

fn node() -> Result<()> {
    let folder = folder("node")?;
    if is_fresh(
        &folder,
        &pinned("node/package-lock.json"),
        "node_modules/openid-client",
    )? {
        return Ok(());
    }
    if !on_path("npm".as_ref()) {
        packages::install(&["nodejs", "npm"], WHY);
    }
    for name in ["package.json", "package-lock.json"] {
        fs::copy(pinned(&format!("node/{name}")), folder.join(name))
            .context("could not copy the list of packages")?;
    }
    run(Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" })
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        .current_dir(&folder))?;
    mark(&folder, &pinned("node/package-lock.json"))
}

fn authlib() -> Result<()> {
    python("python")
}

fn schemathesis() -> Result<()> {
    python("schemathesis")
}

/// The packages listed in a folder, in an environment of their own: two lists may want different versions of one.
fn python(name: &str) -> Result<()> {
    let folder = folder(name)?;
    let list = pinned(&format!("{name}/requirements.txt"));
    let python = if cfg!(windows) {
        "venv/Scripts/python.exe"
    } else {
        "venv/bin/python"
    };
    if is_fresh(&folder, &list, python)? {
        return Ok(());
    }
    let make = || {
        run(Command::new("python3")
            .args(["-m", "venv", "venv"])
            .current_dir(&folder))
    };
    if make().is_err() {
        packages::install(&["python3", "python3-venv"], WHY);
        make()?;
    }
    run(Command::new(folder.join(python))
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-deps",
            "--requirement",
        ])
        .arg(&list))
    .inspect_err(|_| {
        // Half of it would be taken for the whole.
        let _ = fs::remove_dir_all(folder.join("venv"));
    })?;
    mark(&folder, &list)
}

/// A folder in the target directory for what is fetched.
pub(crate) fn folder(name: &str) -> Result<PathBuf> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    let folder = target.join("interop").join(name);
    fs::create_dir_all(&folder).with_context(|| format!("could not make {}", folder.display()))?;
    Ok(folder)
}

fn pinned(name: &str) -> PathBuf {
    root().join("crates/server/tests/interop").join(name)
}

/// Whether what is there was made from the list as it is now.
pub(crate) fn is_fresh(folder: &Path, list: &Path, product: &str) -> Result<bool> {
    let wanted = fs::read(list).context("could not read the list of packages")?;
    let made_from = fs::read(folder.join("made-from")).unwrap_or_default();
    Ok(made_from == wanted && folder.join(product).exists())
}

/// Notes from which list it was made.
pub(crate) fn mark(folder: &Path, list: &Path) -> Result<()> {
    fs::copy(list, folder.join("made-from")).context("could not note what was fetched")?;
    Ok(())
}

/// Runs a command that has to succeed.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command
        .status()
        .with_context(|| format!("could not start {program}"))?;
    anyhow::ensure!(status.success(), "{program} did not succeed");
    Ok(())
}
