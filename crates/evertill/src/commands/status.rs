//! `evertill status`: what each stored session is doing.

use std::collections::BTreeMap;

use evertill_client::{
    Home, SessionStatus, StoreAddress,
    clock::SystemClock,
    status::StateName,
    stored::{Past, past, stored},
};
use evertill_doctor::journal::line;
use evertill_session::JournalEntry;
use evertill_wire::Code;
use serde::Serialize;

use crate::{cli::Status, duration, failure::Failure, printer::Printer};

const HEADINGS: [&str; 6] = ["STORE", "USER", "STATE", "TOKEN", "RENEWS", "SIGN-IN DUE"];

/// Prints a table, or a JSON list. Renews nothing.
///
/// # Errors
///
/// When the data directory cannot be read.
pub(crate) fn run(options: &Status, home: &Home, printer: &Printer) -> Result<(), Failure> {
    let mut found = stored(home, &SystemClock::new())?;
    if let Some(wanted) = &options.store {
        let wanted = StoreAddress::parse(wanted)?.key();
        found.retain(|status| StoreAddress::parse(&status.store).is_ok_and(|store| store.key() == wanted));
    }
    let pasts: Vec<Past> = found.iter().map(|status| past_of(home, status)).collect();
    let count = usize::from(options.history.unwrap_or(0));
    if options.json {
        let list: Vec<Listed<'_>> = found
            .iter()
            .zip(&pasts)
            .map(|(status, past)| Listed::of(status, past, options.history.map(usize::from)))
            .collect();
        let text = serde_json::to_string_pretty(&list).map_err(Failure::Json)?;
        return printer.data(&text);
    }
    if found.is_empty() {
        printer.note("No session is kept here. `evertill login --store URL` makes one.");
        return Ok(());
    }
    let rows: Vec<[String; 6]> = found.iter().map(row).collect();
    for line in table(&rows) {
        printer.data(&line)?;
    }
    for status in &found {
        if let Some(cause) = &status.cause {
            printer.data("")?;
            printer.data(&format!(
                "{}: {} ({})",
                status.store,
                cause.code.title(),
                cause.code
            ))?;
            printer.data(&format!("  seen: {}", cause.evidence))?;
            printer.data(&format!("  hint: {}", cause.code.entry().remedy))?;
        }
    }
    if let Some(found) = evertill_till::last_found(home.path())? {
        printer.data("")?;
        printer.data(&format!(
            "The doctor looked by itself: {} ({})",
            found.sentence, found.code
        ))?;
        printer.data(&format!("  fix: {}", found.remedy))?;
        printer.data(&format!("  by: {}", found.who))?;
    }
    for (status, past) in found.iter().zip(&pasts).filter(|_| count > 0) {
        tell(status, last(&past.history, count), printer)?;
    }
    Ok(())
}

fn tell(status: &SessionStatus, history: &[JournalEntry], printer: &Printer) -> Result<(), Failure> {
    printer.data("")?;
    printer.data(&format!("{}: what happened", named(status)))?;
    for entry in history {
        printer.data(&format!("  {}", line(entry)))?;
    }
    Ok(())
}

fn past_of(home: &Home, status: &SessionStatus) -> Past {
    StoreAddress::parse(&status.store)
        .map(|store| past(home, &store, &status.session_name))
        .unwrap_or_default()
}

fn last(history: &[JournalEntry], count: usize) -> &[JournalEntry] {
    &history[history.len().saturating_sub(count)..]
}

fn named(status: &SessionStatus) -> String {
    if status.session_name.is_usual() {
        status.store.clone()
    } else {
        format!("{} ({})", status.store, status.session_name)
    }
}

/// One session as scripts see it; the fields are described in `docs/cli.md`.
#[derive(Debug, Serialize)]
struct Listed<'a> {
    store: &'a str,
    store_name: &'a str,
    user: Option<&'a str>,
    user_name: Option<&'a str>,
    state: StateName,
    code: Option<Code>,
    cause: Option<Code>,
    evidence: Option<&'a str>,
    next: &'a str,
    access_expires_in_s: Option<u64>,
    renews_in_s: Option<u64>,
    horizon_in_s: Option<u64>,
    renewals: u64,
    session_name: &'a str,
    counters: Counted<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    history: Option<&'a [JournalEntry]>,
}

/// The counters under the names they have on `/metrics`.
#[derive(Debug, Serialize)]
struct Counted<'a> {
    renewals_total: u64,
    renewal_failures_total: &'a BTreeMap<Code, u64>,
    needless_sign_outs_total: u64,
    time_without_token_seconds: u64,
}

impl<'a> Listed<'a> {
    fn of(status: &'a SessionStatus, past: &'a Past, history: Option<usize>) -> Self {
        let counters = &past.counters;
        let cause = status.cause.as_ref();
        let user = status.user.as_ref();
        Self {
            store: &status.store,
            store_name: &status.store_name,
            user: user.map(|user| user.username.as_str()),
            user_name: user.map(|user| user.display_name.as_str()),
            state: status.state,
            code: status.code,
            cause: cause.map(|cause| cause.code),
            evidence: cause.map(|cause| cause.evidence.as_str()),
            next: &status.next,
            access_expires_in_s: status.access_expires_in_s,
            renews_in_s: status.renews_in_s,
            horizon_in_s: status.horizon_in_s,
            renewals: status.renewals,
            session_name: status.session_name.as_str(),
            counters: Counted {
                renewals_total: counters.renewals_total,
                renewal_failures_total: &counters.renewal_failures_total,
                needless_sign_outs_total: counters.needless_sign_outs_total,
                time_without_token_seconds: counters.time_without_token_seconds(),
            },
            history: history.map(|count| last(&past.history, count)),
        }
    }
}

fn row(status: &SessionStatus) -> [String; 6] {
    let span = |seconds: Option<u64>| seconds.map_or_else(|| "-".to_owned(), duration::say);
    [
        named(status),
        status
            .user
            .as_ref()
            .map_or_else(|| "-".to_owned(), |user| user.username.clone()),
        word(status.state).to_owned(),
        span(status.access_expires_in_s),
        span(status.renews_in_s),
        span(status.horizon_in_s),
    ]
}

fn word(state: StateName) -> &'static str {
    match state {
        StateName::Active => "active",
        StateName::Renewing => "renewing",
        StateName::Troubled => "troubled",
        StateName::SignInNeeded => "sign-in needed",
        StateName::SignedOut => "signed out",
    }
}

/// Lines with columns as wide as their widest cell.
fn table(rows: &[[String; 6]]) -> Vec<String> {
    let headings = HEADINGS.map(str::to_owned);
    let all: Vec<&[String; 6]> = std::iter::once(&headings).chain(rows).collect();
    let width = |column: usize| {
        all.iter()
            .map(|row| row[column].chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: [usize; 6] = std::array::from_fn(width);
    all.iter()
        .map(|row| {
            let cells: Vec<String> = row
                .iter()
                .zip(widths)
                .map(|(cell, width)| format!("{cell:<width$}"))
                .collect();
            cells.join("  ").trim_end().to_owned()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let row = ["shop.example", "ann", "active", "12 min", "8 min", "29 d"].map(str::to_owned);
        assert_eq!(
            table(&[row]),
            [
                "STORE         USER  STATE   TOKEN   RENEWS  SIGN-IN DUE",
                "shop.example  ann   active  12 min  8 min   29 d",
            ]
        );
    }
}
