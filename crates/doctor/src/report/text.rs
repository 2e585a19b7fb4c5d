//! The report in lines.

use std::fmt::Write as _;

use super::{HopState, Readiness, Report};
use crate::finding::{Action, Finding, Verdict, who};

/// Width of the column with the verdict.
const VERDICT_WIDTH: usize = 12;

/// Width of the column with the check's name.
const NAME_WIDTH: usize = 22;

pub(super) fn write(report: &Report) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = writeln!(text, "{}", report.verdict);
    let _ = writeln!(text, "{}", report.advice);
    if report.readiness != Readiness::Ready {
        let _ = writeln!(text, "{}", report.selling);
    }
    if let Some(cause) = &report.first_cause
        && !cause.remedy.is_empty()
    {
        let code = cause.code.map(|code| format!(" ({code})")).unwrap_or_default();
        let _ = writeln!(text, "What to do: {}{code}", cause.remedy);
    }
    let _ = writeln!(text, "\n{}\n", path(report));
    for row in &report.rows {
        lines(&mut text, row, &report.store);
    }
    if !report.store.is_empty() {
        let seconds = report.took_ms / 1_000;
        let tenths = report.took_ms % 1_000 / 100;
        let _ = writeln!(text, "\n{} · {} · {seconds}.{tenths} s", report.store, report.at);
    }
    if !report.journal.is_empty() {
        let _ = writeln!(text, "\nWhat happened to the session:");
        for line in &report.journal {
            let _ = writeln!(text, "  {line}");
        }
    }
    if !report.removed.is_empty() {
        let list: Vec<String> = report
            .removed
            .iter()
            .map(|removed| format!("{} ({})", removed.what, removed.count))
            .collect();
        let _ = writeln!(text, "Taken out of this report: {}.", list.join(", "));
    }
    text
}

fn path(report: &Report) -> String {
    let hops: Vec<String> = report
        .path
        .iter()
        .map(|hop| {
            let mark = match hop.state {
                HopState::Ok => "+",
                HopState::Warn => "!",
                HopState::Broken => "X",
                HopState::Unknown => "?",
            };
            if hop.note.is_empty() {
                format!("[{mark}] {}", hop.name)
            } else {
                format!("[{mark}] {} ({})", hop.name, hop.note)
            }
        })
        .collect();
    hops.join(" -> ")
}

fn lines(text: &mut String, row: &Finding, store: &str) {
    let code = row.code.map(|code| format!(" ({code})")).unwrap_or_default();
    let word = row.verdict.word();
    let _ = writeln!(
        text,
        "{word:<VERDICT_WIDTH$}{:<NAME_WIDTH$}{}{code}",
        row.id, row.sentence
    );
    if !matches!(row.verdict, Verdict::Warn | Verdict::Broken) {
        return;
    }
    let indent = " ".repeat(VERDICT_WIDTH + NAME_WIDTH);
    for (label, value) in &row.evidence {
        let _ = writeln!(text, "{indent}{label}: {value}");
    }
    if let Some(remedy) = &row.remedy {
        let _ = writeln!(text, "{indent}fix: {}", remedy.text);
        let _ = writeln!(text, "{indent}by: {}", who(remedy.who));
        if let Some(command) = remedy.action.map(Action::command).filter(|it| !it.is_empty()) {
            let _ = writeln!(text, "{indent}run: {command} {store}");
        }
        for line in remedy.copyable.iter().flat_map(|lines| lines.lines()) {
            let _ = writeln!(text, "{indent}| {line}");
        }
    }
}
