//! What this till knows about a code right now, beside what the code means.

use evertill_client::SessionStatus;
use evertill_guide::{Fact, Occurrence, Press, Tone, Tried};
use evertill_session::status::Cause;
use evertill_session::{Event, JournalEntry, StateName};
use evertill_wire::Code;
use evertill_wire::codes::Topic;

use super::bar::waiting;
use super::session::{SessionFacts, capitalised, events};
use crate::pages::{self, format};
use crate::reach::Reach;

/// Rows of what was tried.
const TRIED_MAX: usize = 5;

/// Whether a code speaks of the session or of the way to the store, so that live facts belong on its page.
pub(crate) fn is_live(code: Code) -> bool {
    matches!(
        code.entry().topic,
        Topic::Session | Topic::Connection | Topic::Site
    )
}

/// The occurrence.
pub(crate) fn occurrence(facts: &SessionFacts<'_>, reach: &Reach, csrf: &str) -> Occurrence {
    let status = facts.status;
    let who = [facts.till.to_owned(), name(status)];
    let who: Vec<String> = who.into_iter().filter(|part| !part.is_empty()).collect();
    let mut tried: Vec<Tried> = events(facts).into_iter().take(TRIED_MAX).map(tried).collect();
    tried.reverse();
    Occurrence {
        who: who.join(" · "),
        facts: rows(facts, reach),
        tried,
        press: press(status, csrf),
    }
}

fn name(status: &SessionStatus) -> String {
    status
        .user
        .as_ref()
        .map(|user| user.display_name.clone())
        .unwrap_or_default()
}

/// The causes of a failed renewal as facts, then what is going on.
fn rows(facts: &SessionFacts<'_>, reach: &Reach) -> Vec<Fact> {
    let status = facts.status;
    let mut rows = Vec::new();
    let mut row = |name: &str, value: String, code: Option<Code>| {
        rows.push(Fact {
            name: name.to_owned(),
            value,
            code,
        });
    };
    row(
        "Refresh token expired",
        expired(facts),
        Some(Code::REFRESH_TOKEN_EXPIRED),
    );
    row("Revoked", ended(facts), Some(Code::REFRESH_TOKEN_INVALID));
    row("Access token expired", access(status), Some(Code::TOKEN_EXPIRED));
    row("Server", server(facts, reach), None);
    let (network, code) = network(reach);
    row("Network", network, code);
    if let (StateName::Troubled, Some(found)) = (status.state, &status.cause) {
        row("Last renewal", last_renewal(found), Some(found.code));
    }
    if status.tries > 0 {
        row("Tried", format::counted(status.tries, "time", "times"), None);
    }
    if let (StateName::Troubled, Some(left)) = (status.state, status.renews_in_s) {
        row(
            "Next try",
            format!("in {}", format::duration(seconds(left))),
            None,
        );
    }
    if let Some(waiting) = waiting(facts.unsent, facts.currency) {
        row("Waiting", format!("{} · {}", waiting.words(), waiting.sum), None);
    }
    rows
}

fn last_renewal(found: &Cause) -> String {
    match found.evidence.as_str() {
        "" => found.code.title().to_owned(),
        evidence => capitalised(evidence),
    }
}

fn expired(facts: &SessionFacts<'_>) -> String {
    let status = facts.status;
    if cause(status) == Some(Code::REFRESH_TOKEN_EXPIRED) {
        return "yes".into();
    }
    if status.state == StateName::SignedOut {
        return "nobody is signed in".into();
    }
    match horizon_s(facts) {
        Some(left) => format!("no, ends in {}", format::duration(seconds(left))),
        None => "no".into(),
    }
}

/// Seconds until the refresh token comes to its own end, also after the store said no for another reason.
fn horizon_s(facts: &SessionFacts<'_>) -> Option<u64> {
    let status = facts.status;
    let by_the_wall = || {
        let whole_ms = seconds(status.renewable_for_s?).saturating_mul(1_000);
        let left_ms = status.signed_in_at?.as_millis().saturating_add(whole_ms) - facts.now_ms;
        u64::try_from(left_ms / 1_000).ok()
    };
    status.horizon_in_s.or_else(by_the_wall)
}

fn access(status: &SessionStatus) -> String {
    match (status.state, status.access_expires_in_s) {
        (StateName::SignedOut, _) => "nobody is signed in".into(),
        (_, Some(0)) => "yes".into(),
        (_, Some(left)) => format!("no, ends in {}", format::duration(seconds(left))),
        (_, None) => "given to nobody any more".into(),
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

/// The newest answer of the store: a moment ago, else the last one anybody wrote down.
fn server(facts: &SessionFacts<'_>, reach: &Reach) -> String {
    match reach {
        Reach::Answered { took_ms, status } if *status < 500 => format!("answered in {took_ms} ms"),
        Reach::Answered { took_ms, status } => format!("answered in {took_ms} ms, with status {status}"),
        Reach::Silent { .. } => match last_answer(facts.history) {
            Some((at_ms, took_ms)) => {
                let at = format::moment(&facts.wall.at(at_ms), &facts.wall.at(facts.now_ms));
                format!("not reached; it last answered in {took_ms} ms at {at}")
            }
            None => "not reached".into(),
        },
    }
}

/// When the newest renewal came, and how long it took from asking to the answer.
fn last_answer(history: &[JournalEntry]) -> Option<(i64, u64)> {
    history.iter().rev().find_map(|entry| {
        let Event::Renewed { took_ms, .. } = &entry.event else {
            return None;
        };
        Some((entry.at.as_millis(), *took_ms))
    })
}

fn network(reach: &Reach) -> (String, Option<Code>) {
    match reach {
        Reach::Answered { .. } => ("fine".into(), None),
        Reach::Silent { code } => (code.title().to_owned(), Some(*code)),
    }
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

#[cfg(test)]
mod tests {
    use evertill_client::session_name::SessionName;
    use evertill_wire::money::CurrencyFormat;
    use evertill_wire::rest::auth::EndedSession;

    use super::*;
    use crate::clock::Wall;
    use crate::db::sales::Tally;

    /// 23 November 2026, 10:42 UTC.
    const NOW_MS: i64 = 1_795_430_520_000;
    const DAY_MS: i64 = 86_400_000;

    fn status(state: StateName, cause: Option<Code>) -> SessionStatus {
        SessionStatus {
            store: "https://shop.example/".into(),
            store_name: String::new(),
            session_name: SessionName::default(),
            user: None,
            state,
            code: Some(Code::TOKEN_REFRESH_FAILED),
            cause: cause.map(|code| Cause {
                code,
                evidence: String::new(),
                fixer: evertill_session::status::Fixer::Cashier,
            }),
            ended: None,
            next: String::new(),
            session: None,
            access_expires_in_s: None,
            access_life_s: None,
            renews_in_s: None,
            horizon_in_s: None,
            renewable_for_s: Some(30 * 86_400),
            signed_in_at: Some(evertill_session::WallTime::from_millis(NOW_MS - 18 * DAY_MS)),
            last_renewed_at: None,
            renewals: 0,
            tries: 0,
        }
    }

    fn line(status: &SessionStatus, reach: &Reach) -> String {
        let (wall, currency) = (Wall::new("UTC", ""), CurrencyFormat::default());
        let facts = SessionFacts {
            status,
            history: &[],
            paid_at_ms: &[],
            unsent: Tally::default(),
            currency: &currency,
            wall: &wall,
            found: None,
            till: "Till 2",
            now_ms: NOW_MS,
        };
        let rows = rows(&facts, reach).into_iter();
        rows.map(|fact| format!("{}: {}", fact.name, fact.value))
            .collect::<Vec<_>>()
            .join(" \u{b7} ")
    }

    #[test]
    fn a_session_somebody_ended_is_told_in_one_line_of_facts() {
        let mut ended = status(StateName::SignInNeeded, Some(Code::REFRESH_TOKEN_INVALID));
        ended.ended = Some(EndedSession {
            by: "Ann".into(),
            at: (NOW_MS - 40 * 60_000) / 1_000,
            ..EndedSession::default()
        });
        let answered = Reach::Answered {
            took_ms: 120,
            status: 200,
        };
        assert_eq!(
            line(&ended, &answered),
            "Refresh token expired: no, ends in 12 days \u{b7} Revoked: yes, by Ann at 10:02 \u{b7} \
             Access token expired: given to nobody any more \u{b7} Server: answered in 120 ms \u{b7} Network: fine"
        );
    }

    #[test]
    fn a_network_that_is_down_is_never_called_fine_whatever_ended_the_session() {
        let ended = status(StateName::SignInNeeded, Some(Code::REFRESH_TOKEN_EXPIRED));
        let silent = Reach::Silent {
            code: Code::DEVICE_OFFLINE,
        };
        assert_eq!(
            line(&ended, &silent),
            "Refresh token expired: yes \u{b7} Revoked: no sign of it \u{b7} \
             Access token expired: given to nobody any more \u{b7} Server: not reached \u{b7} Network: This device is offline"
        );
    }
}
