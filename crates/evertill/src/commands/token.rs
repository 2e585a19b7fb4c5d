//! `evertill token`: prints an access token that is good now.

use evertill_client::{Home, Keeper, KeeperOptions, StoreAddress};

use crate::{cli::Store, failure::Failure, printer::Printer};

/// Prints the token and nothing else.
///
/// # Errors
///
/// When nobody is signed in, or the token is due and cannot be renewed.
pub(crate) async fn run(options: &Store, home: &Home, printer: &Printer) -> Result<(), Failure> {
    let store = StoreAddress::parse(&options.store)?;
    let keeper = Keeper::open(home, &store, KeeperOptions::default()).await?;
    let token = keeper.access_token().await;
    keeper.shutdown().await;
    // The one place where a secret is printed: it is what was asked for.
    printer.data(token?.expose())
}
