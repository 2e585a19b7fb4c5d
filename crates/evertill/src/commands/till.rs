//! `evertill till`: the till alone, against any store.

use std::{net::SocketAddr, path::PathBuf};

use evertill_client::{StoreAddress, discovery};
use evertill_till::{TillOptions, start};

use crate::{cli::Till, failure::Failure, printer::Printer, stop};

/// Sells until somebody wants it to end.
///
/// # Errors
///
/// When the till does not open.
pub(crate) async fn run(options: Till, data_dir: PathBuf, printer: &Printer) -> Result<(), Failure> {
    let place = data_dir.display().to_string();
    let store = StoreAddress::parse(&options.store)?;
    let till = start(TillOptions {
        listen: options.listen,
        ..TillOptions::new(options.store, data_dir)
    })
    .await?;
    printer.data(&format!("The till is open: {}", till.url()))?;
    printer.data(&format!("Listening on {}", till.address()))?;
    printer.data(&format!("Data directory: {place}"))?;
    printer.note("Ctrl-C ends it; cart, session and unsent sales are kept.");
    warn_of_neighbours(till.address(), printer);
    let looked = tokio::spawn(look_at(store, printer.clone()));
    stop::requested().await.map_err(Failure::Signal)?;
    looked.abort();
    stop::gracefully(till.shutdown()).await;
    Ok(())
}

/// Says who else can use a till that listens beyond this device.
pub(super) fn warn_of_neighbours(listen: SocketAddr, printer: &Printer) {
    if !listen.ip().is_loopback() {
        printer.note(&format!(
            "warning: the till listens on {listen}: anybody in this network can sell and see the sales."
        ));
        printer.note("hint: Put it behind something that asks who they are, or listen on 127.0.0.1.");
    }
}

/// Says what is wrong with the store, if anything is; the till sells meanwhile.
async fn look_at(store: StoreAddress, printer: Printer) {
    if let Err(error) = discovery::discover_store(&store).await.result {
        printer.warning(&error, error.code(), &error.remedy());
        printer.note("The till is open all the same and tries again.");
    }
}
