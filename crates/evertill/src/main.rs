//! A till that stays signed in: one binary that holds the session engine, the store server and the register.
//!
//! This crate reads the command line, starts the other crates and prints. It knows no rule about sessions or sales.
//! `cli.rs` says what may be typed, `commands/` holds one file for each command, `printer.rs` is the only way to
//! stdout, `failure.rs` says how each failure exits.

use std::process::ExitCode;

use clap::Parser;
use evertill_server::LogFormat;

use crate::{cli::Cli, failure::Failure, printer::Printer};

mod cli;
mod commands;
mod desktop;
mod duration;
mod failure;
mod log;
mod passphrase;
mod printer;
mod stop;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let printer = Printer::new();
    match start(cli, &printer) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            printer.failure(&failure, failure.code(), &failure.remedy());
            failure.exit()
        }
    }
}

fn start(cli: Cli, printer: &Printer) -> Result<(), Failure> {
    let format = if let cli::Command::Serve(options) = &cli.command {
        commands::log_format(options)?
    } else {
        LogFormat::default()
    };
    log::start(cli.command.default_log(), format)?;
    // Nobody can have installed another provider before: this is the first thing the process does.
    let _first = rustls::crypto::ring::default_provider().install_default();
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Failure::Runtime)?
        .block_on(commands::run(cli, printer))
}
