//! `evertill admin users`.

use evertill_server::{NewPerson, Office};

use super::{json_list, print_table};
use crate::{cli::admin::UsersCommand, commands::login::password, failure::Failure, printer::Printer};

/// Lists or changes accounts.
///
/// # Errors
///
/// When somebody is not there, or an account cannot be what was asked for.
pub(super) async fn run(command: UsersCommand, office: &Office, printer: &Printer) -> Result<(), Failure> {
    match command {
        UsersCommand::List { json } => return list(json, office, printer).await,
        UsersCommand::Add {
            username,
            email,
            role,
            first_name,
            last_name,
        } => {
            let new = NewPerson {
                username,
                email,
                first_name,
                last_name,
                role: role.slug().to_owned(),
            };
            let id = office.add_person(&new, password()?).await?;
            printer.note(&format!("Made the account {}.", new.username));
            return printer.data(&id.to_string());
        }
        UsersCommand::Passwd { login, keep_sessions } => {
            let ended = office.set_password(&login, password()?, !keep_sessions).await?;
            printer.note(&format!(
                "Changed the password of {login}; {ended} sessions ended."
            ));
        }
        UsersCommand::Role { login, role } => {
            office.set_role(&login, role.slug()).await?;
            printer.note(&format!("Changed the role of {login}."));
        }
        UsersCommand::Disable { login } => {
            let ended = office.set_disabled(&login, true).await?;
            printer.note(&format!("Switched {login} off; {ended} sessions ended."));
        }
        UsersCommand::Enable { login } => {
            office.set_disabled(&login, false).await?;
            printer.note(&format!("Switched {login} on again."));
        }
    }
    Ok(())
}

async fn list(json: bool, office: &Office, printer: &Printer) -> Result<(), Failure> {
    let people = office.people().await?;
    if json {
        return json_list(&people, printer);
    }
    if people.is_empty() {
        printer.note(
            "Nobody works here yet. `evertill admin users add NAME --role owner` makes the first account.",
        );
    }
    let rows: Vec<[String; 5]> = people
        .into_iter()
        .map(|one| {
            let state = match (one.is_disabled, one.has_password) {
                (true, _) => "switched off",
                (false, false) => "needs a password",
                (false, true) => "ok",
            };
            [
                one.username,
                one.name,
                one.email,
                one.role.to_owned(),
                state.to_owned(),
            ]
        })
        .collect();
    print_table(["USER", "NAME", "E-MAIL", "ROLE", "STATE"], &rows, printer)
}
