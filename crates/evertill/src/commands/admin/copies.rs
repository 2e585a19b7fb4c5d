//! `evertill admin backup`, `restore` and `check`.

use evertill_server::{Inventory, Office, ServeOptions, ServerError, copies_of};

use crate::{cli::admin::Copies, failure::Failure, printer::Printer};

/// Runs one of them, and writes into the audit log what was copied or put back. Nothing else runs in this process, so
/// they may take its thread.
///
/// # Errors
///
/// When the store, or its copy, is not as it should be.
pub(crate) async fn run(command: &Copies, store: &ServeOptions, printer: &Printer) -> Result<(), Failure> {
    let data_dir = copies_of(store)?;
    match command {
        Copies::Backup { to } => {
            let found = evertill_server::backup(data_dir, to)?;
            let office = Office::open(store).await?;
            office.note_backup(to).await.map_err(ServerError::from)?;
            tell(&found, printer)?;
            printer.data(&format!("Copied to {}, its keys to {0}.keys", to.display()))
        }
        Copies::Restore { from } => {
            let found = evertill_server::restore(data_dir, from)?;
            let office = Office::open(store).await?;
            office.note_restore(from).await.map_err(ServerError::from)?;
            tell(&found, printer)?;
            printer.data(&format!("Restored into {}", data_dir.display()))
        }
        Copies::Check => {
            let found = evertill_server::check(data_dir, &store.clock)?;
            tell(&found, printer)?;
            printer.data(&format!("The store is well; {} public keys", found.keys))
        }
    }
}

fn tell(found: &Inventory, printer: &Printer) -> Result<(), Failure> {
    for (what, count) in [
        ("version of the tables", u64::from(found.schema)),
        ("accounts", found.accounts),
        ("sessions", found.sessions),
        ("products and variations", found.items),
        ("orders", found.orders),
        ("bytes", found.bytes),
    ] {
        printer.data(&format!("{what:<24} {count}"))?;
    }
    Ok(())
}
