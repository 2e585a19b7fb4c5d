//! `evertill refresh`: renews now.

use evertill_client::{Home, Keeper, KeeperOptions, StoreAddress};

use crate::{cli::Store, duration, failure::Failure, printer::Printer};

/// Renews the session and says how long the new token lives.
///
/// # Errors
///
/// When nobody is signed in, or the renewal does not succeed.
pub(crate) async fn run(options: &Store, home: &Home, printer: &Printer) -> Result<(), Failure> {
    let store = StoreAddress::parse(&options.store)?;
    let keeper = Keeper::open(home, &store, KeeperOptions::default()).await?;
    let result = keeper.renew_now().await;
    let left_s = keeper.status().access_expires_in_s;
    keeper.shutdown().await;
    result?;
    let life = left_s.map(duration::say).unwrap_or_default();
    printer.note(&format!(
        "Renewed the session with {store}; the new access token lives {life}."
    ));
    Ok(())
}
