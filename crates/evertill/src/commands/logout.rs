//! `evertill logout`: ends the session at the store and here.

use evertill_client::{Home, Keeper, KeeperOptions, StoreAddress, keeper::SignedOut};

use crate::{cli::Store, failure::Failure, printer::Printer};

/// Ends the session, unless sales would be left behind.
///
/// # Errors
///
/// [`Failure::UnsentSales`] while sales wait; otherwise when the vault cannot be changed.
pub(crate) async fn run(options: &Store, home: &Home, printer: &Printer) -> Result<(), Failure> {
    let store = StoreAddress::parse(&options.store)?;
    let unsent = evertill_till::unsent_sales(home.path())?;
    if unsent.count > 0 {
        return Err(Failure::UnsentSales {
            unsent,
            store: store.to_string(),
        });
    }
    let keeper = Keeper::open(home, &store, KeeperOptions::default()).await?;
    let result = keeper.sign_out().await;
    keeper.shutdown().await;
    printer.note(&match result? {
        SignedOut::Everywhere => format!("Signed out of {store}."),
        SignedOut::StoreLater(code) => {
            format!("Signed out here. {store} will be told as soon as it answers ({code}).")
        }
        SignedOut::NobodyWasIn => format!("Nobody was signed in to {store}."),
    });
    Ok(())
}
