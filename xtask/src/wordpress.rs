//! What the scenarios with a real WordPress need from the system: PHP, a database server, and WordPress' own files.
//!
//! Programs are installed through `apt-get` where that is allowed without asking anybody. WordPress itself is unpacked
//! below the target directory and not installed, because its package brings a web server along. Everywhere else the
//! scenarios are left out, and say so.

use std::{ffi::OsStr, fs, process::Command};

use crate::{
    packages::{self, on_path},
    run::root,
    say,
};

const NEEDED: [&str; 3] = ["php", "mariadbd", "mariadb-install-db"];
const PACKAGES: [&str; 4] = [
    "php-cli",
    "php-mysql",
    "mariadb-server-core",
    "mariadb-client-core",
];

/// Makes sure that the parts are there, or says that the scenarios are left out.
pub(crate) fn provide() {
    if !NEEDED.iter().all(|program| on_path(OsStr::new(program))) {
        packages::install(&PACKAGES, "the scenarios with a real WordPress");
    }
    if !is_unpacked() {
        unpack();
    }
    if !is_unpacked() || !NEEDED.iter().all(|program| on_path(OsStr::new(program))) {
        say(
            "note: the scenarios with a real WordPress are left out: they need Debian's packages php-cli, php-mysql, \
             mariadb-server-core and wordpress.",
        );
    }
}

fn is_unpacked() -> bool {
    root()
        .join("target/wordpress/usr/share/wordpress/wp-settings.php")
        .is_file()
}

fn unpack() {
    if !on_path(OsStr::new("apt-get")) || !on_path(OsStr::new("dpkg-deb")) {
        return;
    }
    let folder = root().join("target/wordpress");
    let fetched = fs::create_dir_all(&folder).is_ok()
        && Command::new("apt-get")
            .args(["download", "--quiet", "wordpress"])
            .current_dir(&folder)
            .status()
            .is_ok_and(|status| status.success());
    let package = fs::read_dir(&folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.extension() == Some(OsStr::new("deb")));
    let (true, Some(package)) = (fetched, package) else {
        return;
    };
    // What is missing afterwards is said by the caller.
    let _status = Command::new("dpkg-deb")
        .arg("-x")
        .args([package, folder])
        .status();
}
