//! `evertill demo`: store, sample shop and connected till in one process.

use std::path::{Path, PathBuf};

use evertill_client::{Home, Keeper, KeeperOptions, StoreAddress};
use evertill_server::ServeOptions;
use evertill_till::TillOptions;
use evertill_wire::Password;
use tempfile::TempDir;
use url::Url;

use super::serve;
use crate::{cli::Demo, desktop, duration, failure::Failure, printer::Printer, stop};

/// Who stands at the till when the demo opens.
const CASHIER: &str = "cashier";

/// Runs the demo until somebody wants it to end.
///
/// # Errors
///
/// When store or till do not open, or the sign-in does not succeed.
pub(crate) async fn run(options: Demo, data_dir: Option<PathBuf>, printer: &Printer) -> Result<(), Failure> {
    let place = Place::choose(data_dir)?;
    let store = evertill_server::start(ServeOptions {
        access_life: Some(options.access_ttl),
        sample_shop: true,
        access_log: true,
        ..ServeOptions::new(options.store_listen, place.path().join("store"))
    })
    .await?;
    let till_dir = place.path().join("till");
    sign_in(&till_dir, &store.url()).await?;
    let till = evertill_till::start(TillOptions {
        listen: options.listen,
        ..TillOptions::new(store.url(), till_dir)
    })
    .await?;

    let life = duration::say(options.access_ttl.as_secs());
    printer.data(&format!("Till   {}   signed in as {CASHIER}", till.url()))?;
    printer.data(&format!("Store  {}", store.url()))?;
    printer.data("")?;
    serve::accounts(printer)?;
    printer.data("")?;
    printer.data(&format!(
        "Access tokens live {life}; the till's session page shows each renewal."
    ))?;
    printer.data(&format!("Data   {}{}", place.path().display(), place.note()))?;
    printer.data("Ctrl-C ends it.")?;
    super::till::warn_of_neighbours(till.address(), printer);
    if !options.no_open {
        desktop::open(&till.url());
    }

    stop::requested().await.map_err(Failure::Signal)?;
    // The till first: it may still want to tell the store something.
    stop::gracefully(async {
        till.shutdown().await;
        store.shutdown().await;
    })
    .await;
    Ok(())
}

/// Signs the cashier in, unless the directory brings a session along.
async fn sign_in(till_dir: &Path, store: &Url) -> Result<(), Failure> {
    let home = Home::open(till_dir)?;
    let store = StoreAddress::parse(store.as_str())?;
    let keeper = Keeper::open(&home, &store, KeeperOptions::default()).await?;
    let result = if keeper.status().user.is_some() {
        Ok(())
    } else {
        keeper
            .sign_in(CASHIER, &Password::new(format!("{CASHIER}-demo")))
            .await
    };
    keeper.shutdown().await;
    Ok(result?)
}

/// Where the demo keeps its things.
enum Place {
    Given(PathBuf),
    Temporary(TempDir),
}

impl Place {
    fn choose(data_dir: Option<PathBuf>) -> Result<Self, Failure> {
        match data_dir {
            Some(path) => Ok(Self::Given(path)),
            None => tempfile::Builder::new()
                .prefix("evertill-demo-")
                .tempdir()
                .map(Self::Temporary)
                .map_err(Failure::TemporaryDirectory),
        }
    }

    fn path(&self) -> &Path {
        match self {
            Self::Given(path) => path,
            Self::Temporary(folder) => folder.path(),
        }
    }

    fn note(&self) -> &'static str {
        match self {
            Self::Given(_) => "",
            Self::Temporary(_) => " (removed at the end; --data-dir keeps it)",
        }
    }
}
