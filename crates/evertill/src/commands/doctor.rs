//! `evertill doctor`: what is wrong between this device and a store.

use std::path::Path;

use evertill_client::{ClientError, Home, StoreAddress};
use evertill_doctor::{Context, Report, WATCH_EVERY, examine};
use evertill_wire::Code;
use tokio::time;

use crate::{cli::Doctor, failure::Failure, printer::Printer, stop};

/// Looks, prints the report, and ends on the first cause. With `--watch` it looks again and again.
///
/// # Errors
///
/// When something is broken, and when the report cannot be printed or saved.
pub(crate) async fn run(options: &Doctor, data_dir: &Path, printer: &Printer) -> Result<(), Failure> {
    let store = store(options.store.as_deref(), data_dir)?;
    if !options.watch {
        return ended(&look(options, &store, data_dir, printer).await?);
    }
    let stopped = stop::requested();
    tokio::pin!(stopped);
    loop {
        look(options, &store, data_dir, printer).await?;
        tokio::select! {
            result = &mut stopped => return result.map_err(Failure::Signal),
            () = time::sleep(WATCH_EVERY) => {}
        }
    }
}

/// The store that was named, or the only one this data directory knows.
fn store(named: Option<&str>, data_dir: &Path) -> Result<StoreAddress, Failure> {
    if let Some(text) = named {
        return Ok(StoreAddress::parse(text)?);
    }
    // Opening a data directory makes one, and the doctor makes nothing.
    let known = if data_dir.join("stores").is_dir() {
        Home::as_found(data_dir).stores()?
    } else {
        Vec::new()
    };
    match known.as_slice() {
        [only] => Ok(only.address.clone()),
        _ => Err(ClientError::NoAddress.into()),
    }
}

async fn look(
    options: &Doctor,
    store: &StoreAddress,
    data_dir: &Path,
    printer: &Printer,
) -> Result<Report, Failure> {
    let mut context = Context::in_data_dir(store.clone(), data_dir);
    if options.renew && !context.allow_renewal() {
        printer.note("The session is not asked about: there is none, or another process is renewing it now.");
    }
    context.till = evertill_till::affairs_of(data_dir)?;
    let report = examine(&context).await;
    if let Some(path) = &options.save {
        report.save(path)?;
        printer.note(&format!("Saved the report as {}.", path.display()));
    }
    let shared = report.to_share();
    if options.json && options.watch {
        // A line for each look, so that whoever reads along knows where one ends.
        printer.data(&shared.to_json_line()?)?;
    } else if options.json {
        printer.data(&shared.to_json()?)?;
    } else {
        printer.data(shared.to_text().trim_end())?;
    }
    Ok(report)
}

/// Nothing, or the first cause as the failure the command ends on.
fn ended(report: &Report) -> Result<(), Failure> {
    let (Some(exit), Some(cause)) = (report.exit(), &report.first_cause) else {
        return Ok(());
    };
    let sentence = cause.sentence.trim_end_matches('.').to_owned();
    Err(Failure::Unwell {
        store: report.store.clone(),
        sentence,
        code: cause.code.unwrap_or(Code::SERVICE_UNAVAILABLE),
        remedy: cause.remedy.clone(),
        exit,
    })
}
