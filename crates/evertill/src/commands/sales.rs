//! `evertill sales`: carries sales that wait from one till to another.

use std::{
    fs::File,
    io::{self, BufRead, Read},
    path::Path,
};

use evertill_client::{StoreAddress, parcel::PARCEL_BYTES_MAX};
use evertill_till::{AtRest, Sum};
use evertill_wire::Passphrase;
use zeroize::Zeroizing;

use crate::{
    cli::{Sales, SalesAction, SealedSales},
    failure::Failure,
    printer::Printer,
};

/// Longest passphrase that is read, in bytes.
const PASSPHRASE_BYTES_MAX: u64 = 4096;

/// Exports or imports.
///
/// # Errors
///
/// When a till runs on the data directory, the passphrase does not fit, or the disk does not take it.
pub(crate) async fn run(options: &Sales, data_dir: &Path, printer: &Printer) -> Result<(), Failure> {
    match &options.action {
        SalesAction::Export(sealed) => export(sealed, data_dir, printer).await,
        SalesAction::Import(sealed) => import(sealed, data_dir, printer).await,
    }
}

async fn export(options: &SealedSales, data_dir: &Path, printer: &Printer) -> Result<(), Failure> {
    let passphrase = passphrase()?;
    let till = AtRest::take(data_dir)?;
    let exported = till.export(&options.file, &passphrase).await;
    till.leave().await;
    tell(&exported?, &options.file, printer);
    Ok(())
}

/// Says what went into a file.
pub(crate) fn tell(exported: &Sum, file: &Path, printer: &Printer) {
    match exported.count {
        0 => printer.note("No sales wait; no file was written."),
        _ => printer.note(&format!(
            "Copied {exported} into {}. Take it to another till and run `evertill sales import` there; each sale is \
             booked once, whichever till sends it.",
            file.display()
        )),
    }
}

async fn import(options: &SealedSales, data_dir: &Path, printer: &Printer) -> Result<(), Failure> {
    let passphrase = passphrase()?;
    let sealed = read(&options.file)?;
    let till = match &options.store {
        Some(store) => AtRest::take_for(data_dir, &StoreAddress::parse(store)?.to_string()).await?,
        None => AtRest::take(data_dir)?,
    };
    let taken = till.import(&sealed, &passphrase).await;
    till.leave().await;
    let taken = taken?;
    printer.note(&format!(
        "Took in {} from {}; {} were here already. Start the till, and it sends them.",
        taken.new, taken.from, taken.known
    ));
    Ok(())
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut sealed = Vec::new();
    let read = || File::open(path)?.take(PARCEL_BYTES_MAX).read_to_end(&mut sealed);
    match { read }() {
        Ok(_) => Ok(sealed),
        Err(source) => Err(Failure::FileNotRead {
            path: path.to_owned(),
            source,
        }),
    }
}

/// The first line of stdin.
pub(crate) fn passphrase() -> Result<Passphrase, Failure> {
    let mut line = Zeroizing::new(String::new());
    io::stdin()
        .lock()
        .take(PASSPHRASE_BYTES_MAX)
        .read_line(&mut line)
        .map_err(Failure::PasswordInput)?;
    let passphrase = Passphrase::new(line.trim_end_matches(['\r', '\n']));
    if passphrase.is_empty() {
        return Err(Failure::NoPassphrase);
    }
    Ok(passphrase)
}
