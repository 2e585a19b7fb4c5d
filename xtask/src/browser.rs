//! What the browser tests need from the system: Chromium and its driver.
//!
//! Installs both through `apt-get` where that is allowed without asking anybody. Everywhere else it says what to
//! install; the browser tests then fail with the same sentence.

use std::{
    env,
    ffi::OsStr,
    path::Path,
    process::{Command, Stdio},
};

use crate::say;

const NEEDED: [&str; 2] = ["chromium", "chromedriver"];
const PACKAGES: [&str; 2] = ["chromium", "chromium-driver"];

/// Makes sure that a browser is there, or says what is missing.
pub(crate) fn provide() {
    if is_there() {
        return;
    }
    let Some(prefix) = privilege() else {
        explain();
        return;
    };
    say("installing chromium and chromium-driver for the browser tests");
    let mut update = prefix.clone();
    update.extend(["apt-get", "update", "--quiet"]);
    let mut install = prefix;
    install.extend([
        "apt-get",
        "install",
        "--yes",
        "--quiet",
        "--no-install-recommends",
    ]);
    install.extend(PACKAGES);
    for words in [update, install] {
        if !runs(&words) {
            say(&format!("warning: `{}` did not succeed", words.join(" ")));
        }
    }
    if !is_there() {
        explain();
    }
}

fn explain() {
    say(
        "warning: the browser tests need Chromium and its driver. Install the packages chromium and chromium-driver \
         (or name the programs in CHROMIUM and CHROMEDRIVER), or run `cargo xtask test --skip-browser`.",
    );
}

/// The words to put before a command that needs the system's administrator; `None` when nobody may be asked.
fn privilege() -> Option<Vec<&'static str>> {
    if !cfg!(target_os = "linux") || !on_path(OsStr::new("apt-get")) {
        return None;
    }
    let is_root = Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout.trim_ascii() == b"0");
    if is_root {
        return Some(vec!["env", "DEBIAN_FRONTEND=noninteractive"]);
    }
    let may_sudo = Command::new("sudo")
        .args(["-n", "true"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    may_sudo.then(|| vec!["sudo", "-n", "env", "DEBIAN_FRONTEND=noninteractive"])
}

fn runs(words: &[&str]) -> bool {
    let [program, arguments @ ..] = words else {
        return false;
    };
    Command::new(program)
        .args(arguments)
        .status()
        .is_ok_and(|status| status.success())
}

fn is_there() -> bool {
    NEEDED.iter().all(|program| {
        let named = env::var_os(program.to_uppercase());
        on_path(named.as_deref().unwrap_or(OsStr::new(program)))
    })
}

fn on_path(program: &OsStr) -> bool {
    if Path::new(program).is_absolute() {
        return Path::new(program).is_file();
    }
    env::var_os("PATH")
        .is_some_and(|path| env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_found_by_name_and_by_full_path_only_where_it_is() {
        let cargo = env::var_os("CARGO").expect("cargo names itself to its tests");
        assert!(on_path(&cargo));
        assert!(!on_path(OsStr::new("/nowhere/chromium")));
        assert!(!on_path(OsStr::new("a-program-nobody-has-installed")));
    }
}
