//! Installing what tests need from the system's packages, where that is allowed without asking anybody.

use std::{
    env,
    ffi::OsStr,
    path::Path,
    process::{Command, Stdio},
};

use crate::say;

/// Installs packages through `apt-get`; false when nobody may be asked for that.
pub(crate) fn install(packages: &[&str], purpose: &str) -> bool {
    let Some(prefix) = privilege() else {
        return false;
    };
    say(&format!("installing {} for {purpose}", packages.join(" and ")));
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
    install.extend(packages);
    for words in [update, install] {
        if !runs(&words) {
            say(&format!("warning: `{}` did not succeed", words.join(" ")));
        }
    }
    true
}

/// Whether this process is the system's administrator.
pub(crate) fn is_root() -> bool {
    Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

/// The words to put before a command that needs the system's administrator; `None` when nobody may be asked.
fn privilege() -> Option<Vec<&'static str>> {
    if !cfg!(target_os = "linux") || !on_path(OsStr::new("apt-get")) {
        return None;
    }
    if is_root() {
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

/// Whether a program is there, by name or by full path.
pub(crate) fn on_path(program: &OsStr) -> bool {
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
