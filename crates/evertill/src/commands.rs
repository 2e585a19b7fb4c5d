//! The commands, one file each.

use std::path::PathBuf;

use evertill_client::Home;

use crate::{
    cli::{Cli, Command},
    failure::Failure,
    passphrase,
    printer::Printer,
};

mod admin;
mod clear;
mod demo;
mod doctor;
mod explain;
mod login;
mod logout;
mod proxy;
mod refresh;
pub(crate) mod sales;
mod serve;
mod status;
mod till;
mod token;
mod vault;

pub(crate) use serve::log_format;

/// Runs the command that was asked for.
///
/// # Errors
///
/// Whatever the command failed on.
pub(crate) async fn run(cli: Cli, printer: &Printer) -> Result<(), Failure> {
    let data_dir = cli.data_dir;
    if cli.command.opens_vault() {
        passphrase::unlock(&home(data_dir.clone())?)?;
    }
    match cli.command {
        Command::Demo(options) => demo::run(options, data_dir, printer).await,
        Command::Serve(options) => serve::run(options, home(data_dir)?, printer).await,
        Command::Till(options) => till::run(options, home(data_dir)?, printer).await,
        Command::Login(options) => login::run(options, &Home::open(home(data_dir)?)?, printer).await,
        Command::Status(options) => status::run(&options, &Home::open(home(data_dir)?)?, printer),
        Command::Token(options) => token::run(&options, &Home::open(home(data_dir)?)?, printer).await,
        Command::Refresh(options) => refresh::run(&options, &Home::open(home(data_dir)?)?, printer).await,
        Command::Logout(options) => logout::run(&options, &Home::open(home(data_dir)?)?, printer).await,
        Command::Clear(options) => clear::run(&options, &Home::open(home(data_dir)?)?, printer).await,
        Command::Sales(options) => sales::run(&options, &home(data_dir)?, printer).await,
        Command::Vault(options) => vault::run(options, &Home::open(home(data_dir)?)?, printer).await,
        Command::Proxy(options) => proxy::run(options, &Home::open(home(data_dir)?)?, printer).await,
        Command::Admin(options) => admin::run(options, &home(data_dir)?, printer).await,
        Command::Explain(options) => explain::run(&options, printer),
        Command::Doctor(options) => doctor::run(&options, &home(data_dir)?, printer).await,
    }
}

/// The data directory that was named, or the platform's place for one.
fn home(data_dir: Option<PathBuf>) -> Result<PathBuf, Failure> {
    match data_dir {
        Some(path) => Ok(path),
        None => Ok(Home::default_path()?),
    }
}
