//! `evertill serve`: the store server alone.

use std::path::PathBuf;

use evertill_server::{DatabaseUrl, FAULTS, Fault, ServeOptions, ServerError, start};
use evertill_wire::env;

use crate::{cli::Serve, failure::Failure, printer::Printer, stop};

/// The accounts of the sample shop; the password of each is its name followed by `-demo`.
pub(crate) const ACCOUNTS: [(&str, &str); 4] = [
    ("owner", "administrator"),
    ("manager", "shop manager"),
    ("cashier", "cashier"),
    ("cashier2", "cashier"),
];

/// Serves until somebody wants it to end.
///
/// # Errors
///
/// When the store does not open.
pub(crate) async fn run(options: Serve, data_dir: PathBuf, printer: &Printer) -> Result<(), Failure> {
    if options.fault.as_deref() == Some("list") {
        return list_faults(printer);
    }
    let fault = fault(&options)?;
    let has_accounts = options.sample_shop;
    let database = database(options.database_url.as_deref())?;
    let place = data_dir.display().to_string();
    let store = start(ServeOptions {
        access_life: options.access_ttl,
        public_url: options.public_url,
        sample_shop: options.sample_shop,
        config: options.config,
        database,
        keys_dir: options.keys,
        access_log: true,
        fault,
        ..ServeOptions::new(options.listen, data_dir)
    })
    .await?;
    printer.data(&format!("The store is open: {}", store.url()))?;
    printer.data(&format!("Listening on {}", store.address()))?;
    printer.data(&format!("Data directory: {place}"))?;
    if has_accounts {
        accounts(printer)?;
    }
    printer.note("Ctrl-C ends it.");
    stop::requested().await.map_err(Failure::Signal)?;
    stop::gracefully(store.shutdown()).await;
    Ok(())
}

/// The shared database: from the command line, else from the environment.
fn database(argument: Option<&str>) -> Result<Option<DatabaseUrl>, ServerError> {
    if let Some(text) = argument {
        return DatabaseUrl::in_the_open(text).map(Some);
    }
    match std::env::var(env::DATABASE_URL) {
        Ok(text) if !text.trim().is_empty() => {
            text.trim().parse().map(Some).map_err(ServerError::DatabaseUrl)
        }
        Ok(_) | Err(_) => Ok(None),
    }
}

/// The fault that was asked for.
///
/// # Errors
///
/// When nobody knows it, or nobody said that this is a test.
fn fault(options: &Serve) -> Result<Option<Fault>, Failure> {
    let Some(name) = &options.fault else {
        return Ok(None);
    };
    let fault = Fault::find(name).ok_or_else(|| Failure::UnknownFault { name: name.clone() })?;
    if options.i_know_this_is_a_test {
        Ok(Some(fault))
    } else {
        Err(Failure::FaultNotMeant)
    }
}

/// One line for each fault: name, the code the doctor gives it, what it is.
fn list_faults(printer: &Printer) -> Result<(), Failure> {
    for fault in FAULTS {
        printer.data(&format!("{:<22} {:<9} {}", fault.name, fault.code, fault.what))?;
    }
    Ok(())
}

/// Prints the sample shop's accounts.
///
/// # Errors
///
/// When nobody reads stdout any more.
pub(crate) fn accounts(printer: &Printer) -> Result<(), Failure> {
    printer.data("Accounts of the sample shop:")?;
    for (name, role) in ACCOUNTS {
        printer.data(&format!("  {name:<9} {:<14} {role}", format!("{name}-demo")))?;
    }
    Ok(())
}
