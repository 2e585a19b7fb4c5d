//! What this till knows about a code right now, beside what the code means.

use evertill_client::SessionStatus;
use evertill_guide::{Fact, Occurrence, Press, Tone, Tried};
use evertill_session::{Event, JournalEntry, StateName};
use evertill_wire::Code;
use evertill_wire::codes::Topic;

use super::bar::waiting;
use super::session::{SessionFacts, capitalised, events};
use crate::pages::{self, format};

/// Rows of what was tried.
const TRIED_MAX: usize = 5;

/// The occurrence, for codes that speak of the session or of the way to the store.
pub(crate) fn occurrence(code: Code, facts: &SessionFacts<'_>, csrf: &str) -> Option<Occurrence> {
    let topic = code.entry().topic;
    if !matches!(topic, Topic::Session | Topic::Connection | Topic::Site) {
        return None;
    }
    let status = facts.status;
    let who = [facts.till.to_owned(), name(status)];
    let who: Vec<String> = who.into_iter().filter(|part| !part.is_empty()).collect();
    let mut tried: Vec<Tried> = events(facts).into_iter().take(TRIED_MAX).map(tried).collect();
    tried.reverse();
    Some(Occurrence {
        who: who.join(" · "),
        facts: rows(facts),
        tried,
        press: press(status, csrf),
    })
}

fn name(status: &SessionStatus) -> String {
    status
        .user
        .as_ref()
        .map(|user| user.display_name.clone())
        .unwrap_or_default()
}

/// The causes of a failed renewal as facts, then what is going on.
fn rows(facts: &SessionFacts<'_>) -> Vec<Fact> {
    let status = facts.status;
    let mut rows = Vec::new();
    let mut row = |name: &str, value: String| {
        rows.push(Fact {
            name: name.to_owned(),
            value,
        });
    };
    row("Session expired", expired(status));
    row("Ended at the store", ended(facts));
    row("Store", store(facts));
    row("Network", network(status));
    if status.tries > 0 {
        row("Tried", format::counted(status.tries, "time", "times"));
    }
    if let (StateName::Troubled, Some(left)) = (status.state, status.renews_in_s) {
        row("Next try", format!("in {}", format::duration(seconds(left))));
    }
    if let Some(waiting) = waiting(facts.unsent, facts.currency) {
        row("Waiting", format!("{} · {}", waiting.words(), waiting.sum));
    }
    rows
}

fn expired(status: &SessionStatus) -> String {
    match (cause(status), status.horizon_in_s) {
        (Some(code), _) if code == Code::REFRESH_TOKEN_EXPIRED => "yes".into(),
        (_, Some(left)) => format!("no, ends in {}", format::duration(seconds(left))),
        (_, None) => match status.state {
            StateName::SignedOut => "nobody is signed in".into(),
            StateName::Active | StateName::Renewing | StateName::Troubled | StateName::SignInNeeded => {
                "no".into()
            }
        },
    }
}

fn ended(facts: &SessionFacts<'_>) -> String {
    let status = facts.status;
    if let Some(ended) = status.ended.as_ref().filter(|ended| !ended.by.is_empty()) {
        let now = facts.wall.at(facts.now_ms);
        let at = format::moment(&facts.wall.at(ended.at.saturating_mul(1000)), &now);
        return format!("yes, by {} at {at}", ended.by);
    }
    if let Some(ended) = status.ended.as_ref().filter(|ended| ended.is_theft()) {
        let now = facts.wall.at(facts.now_ms);
        let at = format::moment(&facts.wall.at(ended.at.saturating_mul(1000)), &now);
        return format!("yes, at {at}: a copy of it was used by somebody else");
    }
    let is_ended = cause(status).is_some_and(|code| {
        [
            Code::REFRESH_TOKEN_INVALID,
            Code::TOKEN_INVALID,
            Code::USER_NOT_AUTHORIZED,
        ]
        .contains(&code)
    });
    if is_ended { "yes" } else { "no sign of it" }.into()
}

fn store(facts: &SessionFacts<'_>) -> String {
    let status = facts.status;
    let Some(found) = status.cause.as_ref() else {
        return match status.last_renewed_at {
            Some(at) => {
                let now = facts.wall.at(facts.now_ms);
                let at = format::moment(&facts.wall.at(at.as_millis()), &now);
                match answered_in_ms(facts.history) {
                    Some(took_ms) => format!("answered in {took_ms} ms at {at}"),
                    None => format!("answered at {at}"),
                }
            }
            None => "not asked yet".into(),
        };
    };
    if is_of_the_network(found.code) {
        return "not reached".into();
    }
    match found.evidence.as_str() {
        "" => found.code.title().to_owned(),
        evidence => capitalised(evidence),
    }
}

/// How long the newest renewal took from asking to the answer.
fn answered_in_ms(history: &[JournalEntry]) -> Option<u64> {
    history.iter().rev().find_map(|entry| {
        let Event::Renewed { took_ms, .. } = &entry.event else {
            return None;
        };
        Some(*took_ms)
    })
}

fn network(status: &SessionStatus) -> String {
    match cause(status) {
        Some(code) if is_of_the_network(code) => code.title().to_owned(),
        Some(_) | None => "fine".into(),
    }
}

/// Whether nothing at all was heard of the store.
fn is_of_the_network(code: Code) -> bool {
    [
        Code::CONNECTION_TIMEOUT,
        Code::CONNECTION_REFUSED,
        Code::CONNECTION_RESET,
        Code::DNS_RESOLUTION_FAILED,
        Code::TLS_CERTIFICATE_ERROR,
        Code::NETWORK_UNREACHABLE,
        Code::DEVICE_OFFLINE,
    ]
    .contains(&code)
}

fn cause(status: &SessionStatus) -> Option<Code> {
    status.cause.as_ref().map(|cause| cause.code)
}

fn press(status: &SessionStatus, csrf: &str) -> Option<Press> {
    match status.state {
        StateName::Troubled => Some(Press {
            href: "/session/renew".into(),
            label: "Try now".into(),
            csrf: Some(csrf.to_owned()),
        }),
        StateName::SignInNeeded | StateName::SignedOut => Some(Press {
            href: "/sign-in".into(),
            label: "Sign in".into(),
            csrf: None,
        }),
        StateName::Active | StateName::Renewing => None,
    }
}

fn tried(event: pages::Event) -> Tried {
    Tried {
        at: event.at,
        tone: match event.tone {
            pages::Tone::Ok | pages::Tone::Info => Tone::Ok,
            pages::Tone::Off => Tone::Off,
            pages::Tone::Warn => Tone::Warn,
            pages::Tone::Bad => Tone::Bad,
        },
        what: event.text,
        more: event.more,
    }
}

fn seconds(s: u64) -> i64 {
    i64::try_from(s).unwrap_or(i64::MAX / 1000)
}
