//! `evertill clear`: forgets the catalogue, the session, or both. Sales stay, whatever is asked.

use std::path::Path;

use evertill_client::{Home, Keeper, KeeperOptions, SessionName, SignedOut, StoreAddress};
use evertill_till::AtRest;

use super::sales;
use crate::{cli::Clear, failure::Failure, printer::Printer};

/// Clears, or says what clearing would do.
///
/// # Errors
///
/// [`Failure::UnsentSales`] while sales wait and no file is named for them; when a till runs on the data directory, or
/// the session cannot be erased.
pub(crate) async fn run(options: &Clear, home: &Home, printer: &Printer) -> Result<(), Failure> {
    let till = AtRest::take(home.path())?;
    let result = clear(options, home, &till, printer).await;
    till.leave().await;
    result
}

async fn clear(options: &Clear, home: &Home, till: &AtRest, printer: &Printer) -> Result<(), Failure> {
    let stores = stores(options, home)?;
    let unsent = evertill_till::unsent_sales(home.path())?;
    if unsent.count > 0 && options.export.is_none() {
        let store = till.store().await?.unwrap_or_else(|| "the store".to_owned());
        return Err(Failure::UnsentSales { unsent, store });
    }
    preview(options, &stores, printer);
    if options.dry_run {
        printer.note("Nothing was changed.");
        return Ok(());
    }
    if let Some(file) = &options.export {
        export(till, file, printer).await?;
    }
    if options.cache || options.all {
        till.clear_cache().await?;
    }
    if options.credentials || options.all {
        for store in &stores {
            for session in home.sessions(store)? {
                sign_out(home, store, session, printer).await?;
            }
        }
        till.clear_people().await?;
        printer.note("The till is ready for a fresh sign-in.");
    }
    Ok(())
}

/// The stores whose sessions go: the named one, or all that are known here.
fn stores(options: &Clear, home: &Home) -> Result<Vec<StoreAddress>, Failure> {
    if let Some(text) = &options.store {
        return Ok(vec![StoreAddress::parse(text)?]);
    }
    let known = home.stores()?;
    Ok(known.into_iter().map(|profile| profile.address).collect())
}

fn preview(options: &Clear, stores: &[StoreAddress], printer: &Printer) {
    if options.cache || options.all {
        printer.note("Goes:  the catalogue and its pictures; the till reads them anew");
    }
    if options.credentials || options.all {
        for store in stores {
            printer.note(&format!("Goes:  the session with {store}, here and at the store"));
        }
        printer.note("Goes:  who was signed in, and which browsers belong to this till");
    }
    printer.note("Stays: every sale, sent or not, the open and parked sales, and the history of the session");
}

async fn export(till: &AtRest, file: &Path, printer: &Printer) -> Result<(), Failure> {
    let passphrase = sales::passphrase()?;
    sales::tell(&till.export(file, &passphrase).await?, file, printer);
    Ok(())
}

async fn sign_out(
    home: &Home,
    store: &StoreAddress,
    session: SessionName,
    printer: &Printer,
) -> Result<(), Failure> {
    let options = KeeperOptions {
        session,
        ..KeeperOptions::default()
    };
    let keeper = Keeper::open(home, store, options).await?;
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
