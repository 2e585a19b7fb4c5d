//! `evertill admin sessions`.

use evertill_server::{Ends, Office};

use super::{json_list, print_table};
use crate::{cli::admin::SessionsCommand, failure::Failure, printer::Printer};

/// Lists or ends sessions.
///
/// # Errors
///
/// When the person or the session is not there.
pub(super) async fn run(command: SessionsCommand, office: &Office, printer: &Printer) -> Result<(), Failure> {
    match command {
        SessionsCommand::List { user, json } => {
            let sessions = office.sessions(user.as_deref()).await?;
            if json {
                return json_list(&sessions, printer);
            }
            if sessions.is_empty() {
                printer.note("Nobody is signed in.");
            }
            let rows: Vec<[String; 6]> = sessions
                .into_iter()
                .map(|one| {
                    [
                        one.key,
                        one.username,
                        one.device,
                        one.address,
                        one.signed_in_at,
                        one.renewed_at,
                    ]
                })
                .collect();
            print_table(
                ["KEY", "USER", "DEVICE", "FROM", "SIGNED IN", "RENEWED"],
                &rows,
                printer,
            )
        }
        SessionsCommand::End {
            key, user, reason, ..
        } => {
            let ends = match (key, user) {
                (Some(key), _) => Ends::One(key),
                (None, Some(login)) => Ends::AllOf(login),
                (None, None) => Ends::Everybody,
            };
            let count = office.end_sessions(&ends, &reason).await?;
            let words = match count {
                1 => "1 session ended.".to_owned(),
                count => format!("{count} sessions ended."),
            };
            printer.note(&words);
            Ok(())
        }
    }
}
