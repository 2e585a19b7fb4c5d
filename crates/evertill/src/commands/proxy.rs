//! `evertill proxy`: lets other programs of this device use the session.

use std::path::Path;

use evertill_client::{Home, Keeper, KeeperOptions, StoreAddress, home::PrivateFile};
use evertill_wire::ProxyKey;

use crate::{cli::Proxy, failure::Failure, printer::Printer, stop};

/// Passes requests on until somebody wants it to end.
///
/// # Errors
///
/// When the proxy does not open.
pub(crate) async fn run(options: Proxy, home: &Home, printer: &Printer) -> Result<(), Failure> {
    let store = StoreAddress::parse(&options.store)?;
    let keeper = Keeper::open(home, &store, KeeperOptions::default()).await?;
    let needs_person = keeper.status().needs_person();
    let proxy = evertill_proxy::start(options.listen, keeper).await?;
    let written = options
        .key_file
        .as_deref()
        .map(|path| write_key(path, proxy.key()))
        .transpose()?;
    printer.data(&format!("The proxy to {store} is open."))?;
    printer.data(&format!("Listening on {}", proxy.address()))?;
    match &options.key_file {
        Some(path) => printer.data(&format!("The key is in {}", path.display()))?,
        // Scripts read it from here; it is worth nothing once the proxy has ended.
        None => printer.data(&format!(
            "Address with the key: http://{}/{}/wp-json/",
            proxy.address(),
            proxy.key().expose()
        ))?,
    }
    if needs_person {
        printer.note(&format!(
            "warning: nobody is signed in to {store}; requests are refused until somebody is."
        ));
        printer.note(&format!("hint: Run `evertill login --store {store}` beside it."));
    }
    printer.note("Ctrl-C ends it.");
    stop::requested().await.map_err(Failure::Signal)?;
    stop::gracefully(proxy.shutdown()).await;
    drop(written);
    Ok(())
}

/// Writes the key where only this account reads it; the file goes when the proxy ends.
fn write_key(path: &Path, key: &ProxyKey) -> Result<PrivateFile, Failure> {
    Ok(PrivateFile::write(path, key.expose().as_bytes())?)
}
