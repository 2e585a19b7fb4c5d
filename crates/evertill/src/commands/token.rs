//! `evertill token`: prints an access token that is good now.

use std::time::Duration;

use evertill_client::{Home, Keeper, KeeperOptions, StoreAddress, status::StateName};
use tokio::time;

use crate::{cli::Store, failure::Failure, printer::Printer};

/// How long a renewal under way is waited for while the token before it still lives.
const RENEWAL_WAIT: Duration = Duration::from_secs(5);

/// Prints the token and nothing else.
///
/// # Errors
///
/// When nobody is signed in, or the token is due and cannot be renewed.
pub(crate) async fn run(options: &Store, home: &Home, printer: &Printer) -> Result<(), Failure> {
    let store = StoreAddress::parse(&options.store)?;
    let keeper = Keeper::open(home, &store, KeeperOptions::default()).await?;
    let mut status = keeper.watch();
    // A token that is due still lives, and the next moment it may not: the caller gets the new one if it comes in time.
    let _old_one_otherwise = time::timeout(
        RENEWAL_WAIT,
        status.wait_for(|status| status.state != StateName::Renewing),
    )
    .await;
    let token = keeper.access_token().await;
    keeper.shutdown().await;
    // The one place where a secret is printed: it is what was asked for.
    printer.data(token?.expose())
}
