//! The till's own affairs, in the words both the page and the terminal use.

use evertill_wire::Code;

use super::Asked;
use super::device::span;
use crate::context::Context;
use crate::finding::{Action, Finding, Fixer, Remedy, Verdict};

/// Sales that wait longer than this while the store answers want a look, in seconds.
const WAIT_FINE_S: u64 = 15 * 60;

/// A catalogue older than this may show old prices, in seconds.
const CATALOGUE_FINE_S: u64 = 24 * 3_600;

fn shown(seconds: u64) -> String {
    span(i64::try_from(seconds).unwrap_or(i64::MAX))
}

/// Sales that have not reached the store.
pub(super) async fn unsent(asked: Asked, context: &Context) -> Finding {
    let Some(waiting) = context.till.as_ref().and_then(|till| till.unsent()) else {
        return asked.not_checked("This till does not tell.");
    };
    if waiting.parked > 0 {
        return Finding::fault(
            asked.id,
            asked.layer,
            Verdict::Warn,
            Code::SALE_REFUSED,
            format!(
                "{} of {} waiting sales were refused by the store and are kept here.",
                waiting.parked, waiting.count
            ),
            Remedy::new(
                Fixer::Cashier,
                "Open the sale, read the store's words, mend the cause and send it again.",
            ),
        );
    }
    if waiting.count == 0 {
        return asked.ok("No sale waits.");
    }
    let sum = if waiting.sum.is_empty() {
        String::new()
    } else {
        format!(", {}", waiting.sum)
    };
    let sentence = format!(
        "{} sales wait{sum}; the oldest for {}. They are safe here.",
        waiting.count,
        shown(waiting.oldest_s)
    );
    if waiting.oldest_s <= WAIT_FINE_S {
        return asked.note(sentence);
    }
    Finding::fault(
        asked.id,
        asked.layer,
        Verdict::Warn,
        Code::UNSENT_SALES,
        sentence,
        Remedy::new(
            Fixer::Time,
            "They are sent by themselves as soon as the way to the store is free.",
        ),
    )
}

/// The catalogue.
pub(super) async fn catalogue(asked: Asked, context: &Context) -> Finding {
    let found = context.till.as_ref();
    let Some((till, state)) = found.and_then(|till| Some((till, till.catalogue()?))) else {
        return asked.not_checked("This till does not tell.");
    };
    let total = match state.of {
        Some(of) => Some(of),
        None => till.items_at_the_store().await,
    };
    let of = total.map(|of| format!(" of {of}")).unwrap_or_default();
    let age = state
        .age_s
        .map(|age_s| format!(", compared {} ago", shown(age_s)))
        .unwrap_or_default();
    let sentence = format!("{}{of} items are on this till{age}.", state.items);
    if state.items == 0 {
        return Finding::fault(
            asked.id,
            asked.layer,
            Verdict::Broken,
            Code::MISSING_RESPONSE_DATA,
            "There is no catalogue on this till yet.",
            Remedy::new(
                Fixer::Time,
                "It is loaded by itself as soon as the store answers.",
            ),
        );
    }
    if state.age_s.is_some_and(|age_s| age_s > CATALOGUE_FINE_S) {
        return Finding::fault(
            asked.id,
            asked.layer,
            Verdict::Warn,
            Code::MISSING_RESPONSE_DATA,
            sentence,
            Remedy::new(
                Fixer::Time,
                "It is brought up to date by itself as soon as the store answers.",
            )
            .with_action(Action::Catalogue),
        );
    }
    match total {
        Some(of) if of > state.items => asked.note(format!("{sentence} The others are on their way.")),
        Some(_) | None => asked.ok(sentence),
    }
}

/// The receipt printer.
pub(super) async fn printer(asked: Asked, context: &Context) -> Finding {
    let Some(printer) = context.till.as_ref().and_then(|till| till.printer()) else {
        return asked.not_checked("This till does not tell.");
    };
    match printer.problem {
        None if printer.tells => asked.ok(format!("{} is ready.", printer.name)),
        None => Finding {
            remedy: Some(
                Remedy::new(Fixer::Cashier, "Print the test receipt and look at it.")
                    .with_action(Action::TestPrint),
            ),
            ..asked.note(format!(
                "Receipts go to {}, which tells nobody how it is: print a test receipt.",
                printer.name
            ))
        },
        Some(problem) => Finding::fault(
            asked.id,
            asked.layer,
            Verdict::Warn,
            Code::SERVICE_UNAVAILABLE,
            format!("{}: {problem}", printer.name),
            Remedy::new(
                Fixer::Cashier,
                "Check paper, cover and cable of the printer; receipts can be shown on the screen meanwhile.",
            ),
        ),
    }
}
