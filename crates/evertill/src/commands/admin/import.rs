//! `evertill admin import-wordpress`.

use evertill_server::{ImportLine, Office, Outcome, ServerError, WordPressAddress, WordPressSite};
use evertill_wire::env;

use super::{json_list, print_table};
use crate::{cli::admin::ImportWordpress, commands::login::password, failure::Failure, printer::Printer};

/// Fewest rows between two words about how far it is; many rows are told of twenty times.
const TELL_EVERY: usize = 500;

/// Brings accounts over, or says what would come.
///
/// # Errors
///
/// When the file cannot be read or has not the columns, the site's database cannot be read, or the store's fails.
pub(super) async fn run(
    options: &ImportWordpress,
    office: &Office,
    printer: &Printer,
) -> Result<(), Failure> {
    let told = |done: usize, total: usize| {
        if done.is_multiple_of(TELL_EVERY.max(total / 20)) {
            printer.note(&format!("{done} of {total} rows read"));
        }
    };
    let lines = match &options.file {
        Some(file) => office.import(file, options.write, told).await?,
        None => {
            let site = site(options, printer).await?;
            office.import_site(site, options.write, told).await?
        }
    };
    report(&lines, options, printer)
}

/// The site that was meant, connected.
async fn site(options: &ImportWordpress, printer: &Printer) -> Result<WordPressSite, Failure> {
    let mut address = address(options)?;
    if options.ssl_mode.is_some() || options.ssl_ca.is_some() {
        address = address
            .with_tls(options.ssl_mode.as_deref(), options.ssl_ca.clone())
            .map_err(ServerError::from)?;
    }
    if let Some(prefix) = &options.table_prefix {
        address = address
            .with_table_prefix(prefix.clone())
            .map_err(ServerError::from)?;
    }
    let site = WordPressSite::open(&address).await.map_err(ServerError::from)?;
    let tables = site.tables();
    printer.note(&format!(
        "Reading {address}, tables {} and {}; nothing is written there.",
        tables.users, tables.usermeta
    ));
    if !tables.other_sites.is_empty() {
        printer.note(&format!(
            "A network of sites: roles are taken from {}. For another site give --table-prefix: {}.",
            tables.capabilities,
            tables.other_sites.join(", ")
        ));
    }
    Ok(site)
}

/// From the command line, else from the environment.
fn address(options: &ImportWordpress) -> Result<WordPressAddress, Failure> {
    let address = if let Some(path) = &options.wp_config {
        WordPressAddress::from_config(path)
    } else if let Some(text) = &options.database_url {
        WordPressAddress::in_the_open(text)
    } else {
        match std::env::var(env::WORDPRESS_DATABASE_URL) {
            Ok(text) if !text.trim().is_empty() => text.trim().parse(),
            Ok(_) | Err(_) => return Err(Failure::NoWordPress),
        }
    };
    let address = address.map_err(ServerError::from)?;
    match options.password_stdin {
        true => Ok(address.with_password(password()?)),
        false => Ok(address),
    }
}

/// Everybody who works at a till, one a line; the others only as a number, for a shop may have many customers.
fn report(lines: &[ImportLine], options: &ImportWordpress, printer: &Printer) -> Result<(), Failure> {
    if options.json {
        json_list(lines, printer)?;
    } else {
        let rows: Vec<[String; 3]> = lines
            .iter()
            .filter(|line| line.outcome != Outcome::NoRole)
            .map(|line| {
                let role = line.role.unwrap_or("-").to_owned();
                [line.username.clone(), role, words(line.outcome).to_owned()]
            })
            .collect();
        print_table(["USER", "ROLE", "WHAT COMES OF IT"], &rows, printer)?;
    }
    let new = lines.iter().filter(|line| line.is_new()).count();
    let rest = lines.len() - new;
    printer.note(&match options.write {
        true => format!("{new} accounts made, {rest} rows left out{}.", reasons(lines)),
        false => format!(
            "{new} accounts would be made, {rest} rows left out{}. Nothing was written; --write does it.",
            reasons(lines)
        ),
    });
    Ok(())
}

/// Why rows were left out, and how many for each reason: ` (2 here already, 40 without a role at a till)`.
fn reasons(lines: &[ImportLine]) -> String {
    let counts = [
        (Outcome::Exists, "here already"),
        (Outcome::NoRole, "without a role at a till"),
        (
            Outcome::Unusable,
            "with a name or e-mail address that makes no sense",
        ),
    ]
    .map(|(outcome, words)| (lines.iter().filter(|line| line.outcome == outcome).count(), words));
    let told: Vec<String> = counts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, words)| format!("{count} {words}"))
        .collect();
    match told.is_empty() {
        true => String::new(),
        false => format!(" ({})", told.join(", ")),
    }
}

fn words(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::New => "new, with the password of WordPress",
        Outcome::NewWithoutPassword => "new, needs a password",
        Outcome::Exists => "is here already, left as it is",
        Outcome::NoRole => "no role at a till, left out",
        Outcome::Unusable => "name or e-mail address makes no sense, left out",
    }
}
