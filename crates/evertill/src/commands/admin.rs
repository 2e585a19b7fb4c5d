//! `evertill admin`: accounts, sessions, keys and the audit log of a store, embedded or on a shared database, also while
//! servers run on it.

use std::path::Path;

use evertill_server::{AuditSearch, Office, Rotation, ServerError, Standing};
use serde::Serialize;

use crate::{
    cli::admin::{Admin, AdminCommand, Audit, KeysCommand},
    commands::serve,
    failure::Failure,
    printer::Printer,
};

mod copies;
mod import;
mod sessions;
mod users;

/// Runs what was asked for.
///
/// # Errors
///
/// When there is no store in the data directory, or what was named is not in it.
pub(crate) async fn run(options: Admin, data_dir: &Path, printer: &Printer) -> Result<(), Failure> {
    let store = serve::store(
        data_dir.to_owned(),
        options.config,
        options.database_url.as_deref(),
        options.keys,
    )?;
    if let AdminCommand::Copies(command) = &options.command {
        return copies::run(command, &store, printer).await;
    }
    let office = Office::open(&store).await?;
    match options.command {
        AdminCommand::Copies(_) => Ok(()),
        AdminCommand::Users(users) => users::run(users.command, &office, printer).await,
        AdminCommand::Sessions(sessions) => sessions::run(sessions.command, &office, printer).await,
        AdminCommand::Keys(keys) => self::keys(&keys.command, &office, printer).await,
        AdminCommand::Audit(options) => audit(&options, &office, printer).await,
        AdminCommand::ImportWordpress(options) => import::run(&options, &office, printer).await,
    }
}

#[derive(Serialize)]
struct KeyLine {
    kid: String,
    from: i64,
    standing: &'static str,
}

async fn keys(command: &KeysCommand, office: &Office, printer: &Printer) -> Result<(), Failure> {
    match command {
        KeysCommand::List { json } => {
            let keys = office.signing_keys()?;
            let lines: Vec<KeyLine> = keys
                .into_iter()
                .map(|key| KeyLine {
                    kid: key.kid,
                    from: key.from,
                    standing: standing(key.standing),
                })
                .collect();
            if *json {
                return json_list(&lines, printer);
            }
            let rows: Vec<[String; 2]> = lines
                .into_iter()
                .map(|line| [line.kid, line.standing.to_owned()])
                .collect();
            print_table(["KEY", "STATE"], &rows, printer)
        }
        KeysCommand::Rotate { compromised, sealing } => {
            let rotation = match (compromised, sealing) {
                (true, _) => Rotation::SigningCompromised,
                (false, true) => Rotation::Sealing,
                (false, false) => Rotation::Signing,
            };
            printer.data(&office.rotate_keys(rotation).await?)
        }
    }
}

fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Next => "takes over soon",
        Standing::Acting => "signs",
        Standing::Verifying { .. } => "still good",
        Standing::Over => "over",
        _ => "unknown",
    }
}

async fn audit(options: &Audit, office: &Office, printer: &Printer) -> Result<(), Failure> {
    let search = AuditSearch {
        kind: options.kind.clone(),
        words: options.words.join(" "),
        limit: (!options.all).then_some(options.limit),
        ..AuditSearch::default()
    };
    let lines = office.audit(&search).await.map_err(ServerError::from)?;
    if options.json {
        return json_list(&lines, printer);
    }
    if options.csv {
        printer.data(evertill_server::AUDIT_CSV_HEAD)?;
        for line in &lines {
            printer.data(&line.csv())?;
        }
        return Ok(());
    }
    if lines.is_empty() {
        printer.note("No entry fits.");
    }
    let rows: Vec<[String; 4]> = lines
        .into_iter()
        .map(|line| [line.at, line.kind.to_owned(), line.sentence, line.address])
        .collect();
    print_table(["WHEN", "KIND", "WHAT", "FROM"], &rows, printer)
}

/// Prints a list as JSON.
fn json_list<T: Serialize>(list: &[T], printer: &Printer) -> Result<(), Failure> {
    printer.data(&serde_json::to_string_pretty(list).map_err(Failure::Json)?)
}

/// Prints a table, its columns as wide as they need to be; nothing when there are no rows.
fn print_table<const N: usize>(
    head: [&str; N],
    rows: &[[String; N]],
    printer: &Printer,
) -> Result<(), Failure> {
    if rows.is_empty() {
        return Ok(());
    }
    let head = head.map(str::to_owned);
    let all: Vec<&[String; N]> = std::iter::once(&head).chain(rows).collect();
    let widths: [usize; N] = std::array::from_fn(|column| {
        all.iter()
            .map(|row| row[column].chars().count())
            .max()
            .unwrap_or(0)
    });
    for row in all {
        let cells: Vec<String> = row
            .iter()
            .zip(widths)
            .map(|(cell, width)| format!("{cell:<width$}"))
            .collect();
        printer.data(cells.join("  ").trim_end())?;
    }
    Ok(())
}
