//! `evertill serve`: the store server alone.

use std::path::PathBuf;

use evertill_server::{DatabaseUrl, FAULTS, Fault, LogFormat, ServeOptions, ServerError, Setting, start};
use evertill_wire::env;

use crate::{
    cli::{Lines, Serve},
    failure::Failure,
    printer::Printer,
    stop,
};

/// The accounts of the sample shop; the password of each is its name followed by `-demo`.
pub(crate) const ACCOUNTS: [(&str, &str); 4] = [
    ("owner", "administrator"),
    ("manager", "shop manager"),
    ("cashier", "cashier"),
    ("cashier2", "cashier"),
];

/// Serves until somebody wants it to end.
///
/// # Errors
///
/// When the store does not open.
pub(crate) async fn run(command: Serve, data_dir: PathBuf, printer: &Printer) -> Result<(), Failure> {
    if command.fault.as_deref() == Some("list") {
        return list_faults(printer);
    }
    if command.example_config {
        return printer.data(evertill_server::example_config().trim_end());
    }
    if let (true, Some(home)) = (command.print_openapi, &command.public_url) {
        return printer.data(evertill_server::openapi(home).trim_end());
    }
    let place = data_dir.display().to_string();
    let options = ServeOptions {
        fault: fault(&command)?,
        ..options(&command, data_dir)?
    };
    if command.print_config {
        return print(&options.settings()?, printer);
    }
    let has_accounts = options.sample_shop;
    // A machine that reads objects wants no sentence between them.
    let is_for_people = options.effective_log_format()? == LogFormat::Text;
    let store = start(options).await?;
    printer.data(&format!("The store is open: {}", store.url()))?;
    printer.data(&format!("Listening on {}", store.address()))?;
    printer.data(&format!("Data directory: {place}"))?;
    if has_accounts {
        accounts(printer)?;
    }
    if is_for_people {
        printer.note("Ctrl-C ends it.");
    }
    stop::requested().await.map_err(Failure::Signal)?;
    stop::gracefully(store.shutdown()).await;
    Ok(())
}

/// The shared database: from the command line, else from the environment.
fn database(argument: Option<&str>) -> Result<Option<DatabaseUrl>, ServerError> {
    if let Some(text) = argument {
        return DatabaseUrl::in_the_open(text).map(Some);
    }
    match std::env::var(env::DATABASE_URL) {
        Ok(text) if !text.trim().is_empty() => {
            text.trim().parse().map(Some).map_err(ServerError::DatabaseUrl)
        }
        Ok(_) | Err(_) => Ok(None),
    }
}

/// The fault that was asked for.
///
/// # Errors
///
/// When nobody knows it, or nobody said that this is a test.
fn fault(options: &Serve) -> Result<Option<Fault>, Failure> {
    let Some(name) = &options.fault else {
        return Ok(None);
    };
    let fault = Fault::find(name).ok_or_else(|| Failure::UnknownFault { name: name.clone() })?;
    if options.i_know_this_is_a_test {
        Ok(Some(fault))
    } else {
        Err(Failure::FaultNotMeant)
    }
}

/// One line for each fault: name, the code the doctor gives it, what it is.
fn list_faults(printer: &Printer) -> Result<(), Failure> {
    for fault in FAULTS {
        printer.data(&format!("{:<22} {:<9} {}", fault.name, fault.code, fault.what))?;
    }
    Ok(())
}

/// Which store is meant: by settings file, environment and the two flags that `serve` and `admin` share.
///
/// # Errors
///
/// When the address of the database makes no sense, or holds a password on the command line.
pub(crate) fn store(
    data_dir: PathBuf,
    config: Option<PathBuf>,
    database_url: Option<&str>,
    keys: Option<PathBuf>,
) -> Result<ServeOptions, ServerError> {
    // A variable that is not text cannot be one of ours.
    let environment = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        // These may hold passwords, and are read on their own.
        .filter(|(name, _)| name != env::DATABASE_URL && name != env::WORDPRESS_DATABASE_URL)
        .collect();
    Ok(ServeOptions {
        config,
        environment,
        database: database(database_url)?,
        keys_dir: keys,
        ..ServeOptions::by_settings(data_dir)
    })
}

fn options(command: &Serve, data_dir: PathBuf) -> Result<ServeOptions, ServerError> {
    let database_url = command.database_url.as_deref();
    Ok(ServeOptions {
        listen: command.listen,
        access_life: command.access_ttl,
        public_url: command.public_url.clone(),
        sample_shop: command.sample_shop,
        tls_cert: command.tls_cert.clone(),
        tls_key: command.tls_key.clone(),
        log_format: command.log_format.map(|lines| match lines {
            Lines::Text => LogFormat::Text,
            Lines::Json => LogFormat::Json,
        }),
        access_log: true,
        ..store(
            data_dir,
            command.config.clone(),
            database_url,
            command.keys.clone(),
        )?
    })
}

/// How the log of this command should look.
///
/// # Errors
///
/// When the settings make no sense.
pub(crate) fn log_format(command: &Serve) -> Result<LogFormat, Failure> {
    if command.example_config {
        return Ok(LogFormat::default());
    }
    Ok(options(command, PathBuf::new())?.effective_log_format()?)
}

/// One line for each setting: what it is, and who said so.
fn print(settings: &[Setting], printer: &Printer) -> Result<(), Failure> {
    let width = |text: fn(&Setting) -> usize| settings.iter().map(text).max().unwrap_or_default();
    let (keys, values) = (
        width(|setting| setting.key.len()),
        width(|setting| shown(setting).chars().count()),
    );
    for setting in settings {
        let value = shown(setting);
        printer.data(&format!(
            "{:<keys$} = {value:<values$}  # {}",
            setting.key, setting.origin
        ))?;
    }
    Ok(())
}

fn shown(setting: &Setting) -> String {
    match (setting.value.as_str(), setting.unit) {
        ("", _) => "(not set)".to_owned(),
        (value, "") => value.to_owned(),
        (value, unit) => format!("{value} {unit}"),
    }
}

/// Prints the sample shop's accounts.
///
/// # Errors
///
/// When nobody reads stdout any more.
pub(crate) fn accounts(printer: &Printer) -> Result<(), Failure> {
    printer.data("Accounts of the sample shop:")?;
    for (name, role) in ACCOUNTS {
        printer.data(&format!("  {name:<9} {:<14} {role}", format!("{name}-demo")))?;
    }
    Ok(())
}
