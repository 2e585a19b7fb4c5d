//! `evertill login`: signs a person in, in the browser or without one.

use std::io::{self, BufRead, Read};

use evertill_client::{
    App, Home, Keeper, KeeperOptions, StoreAddress,
    sign_in::{Loopback, PATIENCE},
};
use evertill_wire::Password;
use zeroize::Zeroizing;

use crate::{cli::Login, desktop, failure::Failure, printer::Printer};

/// Longest password that is read, in bytes.
const PASSWORD_BYTES_MAX: u64 = 4096;

/// Signs in and says as whom.
///
/// # Errors
///
/// When the store refuses, cannot be reached, or nobody comes back from its page.
pub(crate) async fn run(options: Login, home: &Home, printer: &Printer) -> Result<(), Failure> {
    let store = StoreAddress::parse(&options.store)?;
    let password = options.username.as_ref().map(|_| password()).transpose()?;
    let keeper = Keeper::open(home, &store, KeeperOptions::default()).await?;
    let result = match (&options.username, &password) {
        (Some(username), Some(password)) => keeper.sign_in(username, password).await.map_err(Failure::from),
        _ => in_the_browser(&keeper, !options.no_open, printer).await,
    };
    let status = keeper.status();
    let who = status.user.map(|user| user.display_name);
    keeper.shutdown().await;
    result?;
    printer.note(&format!(
        "Signed in to {} as {}.",
        status.store,
        who.unwrap_or_default()
    ));
    Ok(())
}

async fn in_the_browser(keeper: &Keeper, may_open: bool, printer: &Printer) -> Result<(), Failure> {
    let loopback = Loopback::open().await?;
    let pending = keeper
        .begin_sign_in(App::CommandLine, loopback.redirect_uri())
        .await?;
    if may_open && desktop::open(&pending.url) {
        printer.note("The store's sign-in page is open in the browser. If it is not:");
    } else {
        printer.note("Open this page in a browser on this machine:");
    }
    printer.note(&format!("  {}", pending.url));
    let callback = loopback.wait(PATIENCE).await?;
    Ok(keeper.finish_sign_in(pending, &callback).await?)
}

/// Reads a password from the first line of stdin.
///
/// # Errors
///
/// When stdin cannot be read, or nothing comes.
pub(crate) fn password() -> Result<Password, Failure> {
    let mut line = Zeroizing::new(String::new());
    io::stdin()
        .lock()
        .take(PASSWORD_BYTES_MAX)
        .read_line(&mut line)
        .map_err(Failure::PasswordInput)?;
    let password = Password::new(line.trim_end_matches(['\r', '\n']));
    if password.is_empty() {
        return Err(Failure::NoPassword);
    }
    Ok(password)
}
