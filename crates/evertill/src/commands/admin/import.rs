//! `evertill admin import-wordpress`.

use evertill_server::{ImportLine, Office, Outcome};

use super::{json_list, print_table};
use crate::{cli::admin::ImportWordpress, failure::Failure, printer::Printer};

/// Rows between two words about how far it is.
const TELL_EVERY: usize = 500;

/// Brings accounts over, or says what would come.
///
/// # Errors
///
/// When the file cannot be read or has not the columns, or the database fails.
pub(super) async fn run(
    options: &ImportWordpress,
    office: &Office,
    printer: &Printer,
) -> Result<(), Failure> {
    let told = |done: usize, total: usize| {
        if done.is_multiple_of(TELL_EVERY) {
            printer.note(&format!("{done} of {total} rows read"));
        }
    };
    let lines = office.import(&options.file, options.write, told).await?;
    if options.json {
        json_list(&lines, printer)?;
    } else {
        let rows: Vec<[String; 3]> = lines
            .iter()
            .map(|line| {
                let role = line.role.unwrap_or("-").to_owned();
                [line.username.clone(), role, words(line.outcome).to_owned()]
            })
            .collect();
        print_table(["USER", "ROLE", "WHAT COMES OF IT"], &rows, printer)?;
    }
    let new = lines.iter().filter(|line| ImportLine::is_new(line)).count();
    let rest = lines.len() - new;
    printer.note(&match options.write {
        true => format!("{new} accounts made, {rest} rows left out."),
        false => format!(
            "{new} accounts would be made, {rest} rows left out. Nothing was written; --write does it."
        ),
    });
    Ok(())
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
