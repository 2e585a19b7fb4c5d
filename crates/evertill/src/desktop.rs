//! Opening a page in the person's browser.

use std::process::{Command, Stdio};

use url::Url;

/// Opens the page in the person's browser; `false` when there is none to open, as on a machine without a screen.
pub(crate) fn open(url: &Url) -> bool {
    opener(url).is_some_and(|mut command| {
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .is_ok()
    })
}

#[cfg(target_os = "macos")]
fn opener(url: &Url) -> Option<Command> {
    let mut command = Command::new("open");
    command.arg(url.as_str());
    Some(command)
}

#[cfg(windows)]
fn opener(url: &Url) -> Option<Command> {
    // Not `cmd /c start`: its quoting would cut the address at the first `&`.
    let mut command = Command::new("rundll32");
    command.args(["url.dll,FileProtocolHandler", url.as_str()]);
    Some(command)
}

#[cfg(not(any(target_os = "macos", windows)))]
fn opener(url: &Url) -> Option<Command> {
    let has_screen = ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()));
    has_screen.then(|| {
        let mut command = Command::new("xdg-open");
        command.arg(url.as_str());
        command
    })
}
