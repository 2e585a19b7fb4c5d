//! `evertill till`: the till alone, against any store.

use std::path::PathBuf;

use evertill_till::{TillOptions, start};

use crate::{cli::Till, failure::Failure, printer::Printer, stop};

/// Sells until somebody wants it to end.
///
/// # Errors
///
/// When the till does not open.
pub(crate) async fn run(options: Till, data_dir: PathBuf, printer: &Printer) -> Result<(), Failure> {
    let place = data_dir.display().to_string();
    let till = start(TillOptions {
        listen: options.listen,
        ..TillOptions::new(options.store, data_dir)
    })
    .await?;
    printer.data(&format!("The till is open: {}", till.url()))?;
    printer.data(&format!("Data directory: {place}"))?;
    printer.note("Ctrl-C ends it; cart, session and unsent sales are kept.");
    stop::requested().await.map_err(Failure::Signal)?;
    stop::gracefully(till.shutdown()).await;
    Ok(())
}
