//! The last day of the session and of the way to the store, and the sales that wait, drawn for the health page.

use evertill_session::{Event, JournalEntry, StateName};
use evertill_wire::money::CurrencyFormat;

use super::bar::waiting as in_words;
use super::sale::refusal;
use super::session::SessionFacts;
use crate::db::sales::{SaleRow, SaleState};
use crate::pages::{HealthDay, HealthHour, HealthSale, HealthWaiting, format};

const HOUR_MS: i64 = 3_600_000;

/// Cells of the strip.
const HOURS: i64 = 24;

/// How many cells lie between two labels under the strip.
const LABEL_EVERY: i64 = 6;

/// How an hour went; what is worse stands higher.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Went {
    Nobody,
    Fine,
    Trouble,
    Refused,
}

impl Went {
    /// What an event makes of the time after it; nothing when it says nothing.
    fn after(event: &Event) -> Option<Self> {
        match event {
            Event::SignedIn { .. } | Event::Resumed { .. } | Event::Renewed { .. } | Event::Adopted => {
                Some(Self::Fine)
            }
            Event::Trouble { .. } | Event::TokenEnded => Some(Self::Trouble),
            Event::Refused { .. } => Some(Self::Refused),
            Event::SignedOut | Event::SignedOutElsewhere => Some(Self::Nobody),
            Event::LooksWrong { .. }
            | Event::Doubted { .. }
            | Event::FreshTokenRefused { .. }
            | Event::PlaceChanged { .. }
            | Event::OtherRoute
            | Event::ClocksDiffer { .. }
            | Event::HorizonNear { .. }
            | Event::NotSaved { .. }
            | Event::Alarm { .. } => None,
        }
    }

    fn class(self) -> &'static str {
        match self {
            Self::Nobody => "none",
            Self::Fine => "ok",
            Self::Trouble => "warn",
            Self::Refused => "bad",
        }
    }

    fn said(self) -> &'static str {
        match self {
            Self::Nobody => "nobody signed in",
            Self::Fine => "fine",
            Self::Trouble => "trouble",
            Self::Refused => "sign-in needed",
        }
    }
}

/// The strip of the last day and the numbers beside it.
pub(crate) fn day(facts: &SessionFacts<'_>) -> HealthDay {
    let hours = (0..HOURS).map(|place| {
        let from_ms = facts.now_ms - (HOURS - place) * HOUR_MS;
        let went = went(facts.history, from_ms, from_ms + HOUR_MS);
        let at = format::clock(&facts.wall.at(from_ms));
        HealthHour {
            class: went.class(),
            said: format!("{at}, {}", went.said()),
            label: match place % LABEL_EVERY {
                0 => at,
                _ => String::new(),
            },
        }
    });
    HealthDay {
        hours: hours.collect(),
        facts: vec![
            ("Session", session(facts)),
            ("Answers to renewals", answers(facts)),
            ("Failures", failures(facts)),
            ("Last refused", last_refused(facts)),
        ],
    }
}

/// The worst of an hour: what stood at its beginning, and what happened in it.
fn went(history: &[JournalEntry], from_ms: i64, to_ms: i64) -> Went {
    let known = |entry: &JournalEntry| Some((entry.at.as_millis(), Went::after(&entry.event)?));
    let (mut before, mut worst) = (Went::Nobody, None);
    for (at_ms, went) in history.iter().filter_map(known) {
        if at_ms < from_ms {
            before = went;
        } else if at_ms < to_ms {
            worst = worst.max(Some(went));
        }
    }
    match worst {
        None => before,
        // An hour that began in trouble was not fine, however it went on.
        Some(worst) if before == Went::Nobody => worst,
        Some(worst) => worst.max(before),
    }
}

fn moment(facts: &SessionFacts<'_>, at_ms: i64) -> String {
    format::moment(&facts.wall.at(at_ms), &facts.wall.at(facts.now_ms))
}

fn session(facts: &SessionFacts<'_>) -> String {
    let status = facts.status;
    let soon = |left: Option<u64>| {
        let left = i64::try_from(left.unwrap_or(0)).unwrap_or(i64::MAX / 1_000);
        format::duration(left)
    };
    let now = match status.state {
        StateName::Active => format!("renews in {}", soon(status.renews_in_s)),
        StateName::Renewing => "is being renewed".to_owned(),
        StateName::Troubled => format!("next try in {}", soon(status.renews_in_s)),
        StateName::SignInNeeded => "a person has to sign in".to_owned(),
        StateName::SignedOut => return "nobody is signed in".to_owned(),
    };
    match since(facts.history) {
        Some((went, at_ms)) => format!("{now} \u{b7} {} since {}", went.said(), moment(facts, at_ms)),
        None => now,
    }
}

/// How the session stands, and since when it has stood so.
fn since(history: &[JournalEntry]) -> Option<(Went, i64)> {
    let mut newest = history
        .iter()
        .rev()
        .filter_map(|entry| Some((Went::after(&entry.event)?, entry.at.as_millis())));
    let (went, at_ms) = newest.next()?;
    let first_ms = newest
        .take_while(|(other, _)| *other == went)
        .last()
        .map_or(at_ms, |(_, at_ms)| at_ms);
    Some((went, first_ms))
}

/// The middle answer and the one that nineteen of twenty were not slower than.
fn answers(facts: &SessionFacts<'_>) -> String {
    let mut took: Vec<u64> = of_the_day(facts)
        .filter_map(|entry| {
            let Event::Renewed { took_ms, .. } = &entry.event else {
                return None;
            };
            Some(*took_ms)
        })
        .collect();
    took.sort_unstable();
    let at = |share_percent: usize| {
        let place = (took.len() * share_percent).div_ceil(100).max(1) - 1;
        took.get(place).copied().unwrap_or(0)
    };
    match took.len() {
        0 => "none in this time".to_owned(),
        1 => format!("{} ms, one answer", at(50)),
        many => format!(
            "middle {} ms, 19 of 20 within {} ms, {many} answers",
            at(50),
            at(95)
        ),
    }
}

fn failures(facts: &SessionFacts<'_>) -> String {
    let failed: Vec<(i64, &str)> = of_the_day(facts)
        .filter_map(|entry| {
            let Event::Trouble { cause, .. } = &entry.event else {
                return None;
            };
            Some((entry.at.as_millis(), cause.title()))
        })
        .collect();
    match failed.last() {
        None => "none".to_owned(),
        Some((at_ms, title)) => format!("{}, the last at {}: {title}", failed.len(), moment(facts, *at_ms)),
    }
}

fn last_refused(facts: &SessionFacts<'_>) -> String {
    let refused = |entry: &&JournalEntry| matches!(entry.event, Event::Refused { .. });
    match facts.history.iter().rev().find(refused) {
        Some(entry) => moment(facts, entry.at.as_millis()),
        None => "never, as far as this till remembers".to_owned(),
    }
}

fn of_the_day<'a>(facts: &SessionFacts<'a>) -> impl Iterator<Item = &'a JournalEntry> {
    let from_ms = facts.now_ms - HOURS * HOUR_MS;
    facts
        .history
        .iter()
        .filter(move |entry| entry.at.as_millis() >= from_ms)
}

/// The sales that wait; nothing when none does.
pub(crate) fn waiting(
    rows: &[SaleRow],
    facts: &SessionFacts<'_>,
    currency: &CurrencyFormat,
) -> Option<HealthWaiting> {
    let all = in_words(facts.unsent, currency)?;
    let oldest_ms = rows.first().map(|row| row.paid_at_ms)?;
    let shown = rows.iter().map(|row| HealthSale {
        uuid: row.sale.uuid().to_string(),
        number: row.number.to_string(),
        at: moment(facts, row.paid_at_ms),
        total: currency.money(row.sale.totals().total),
        refused: refusal(row)
            .map(|refusal| refusal.store_words)
            .unwrap_or_default(),
        is_parked: row.state == SaleState::Parked,
    });
    let more = match usize::try_from(all.count).unwrap_or(usize::MAX) > rows.len() {
        true => ", the oldest of them here",
        false => "",
    };
    Some(HealthWaiting {
        words: format!(
            "{} \u{b7} {} \u{b7} the oldest since {}{more}. All are safe on this till.",
            all.words(),
            all.sum,
            moment(facts, oldest_ms)
        ),
        rows: shown.collect(),
        can_send: rows.iter().any(|row| row.state != SaleState::Parked),
    })
}

#[cfg(test)]
mod tests {
    use evertill_session::WallTime;
    use evertill_wire::Code;

    use super::*;

    fn entry(at_ms: i64, event: Event) -> JournalEntry {
        JournalEntry {
            at: WallTime::from_millis(at_ms),
            event,
        }
    }

    fn renewed(at_ms: i64) -> JournalEntry {
        entry(
            at_ms,
            Event::Renewed {
                took_ms: 120,
                tries_before: 0,
                life_s: 900,
                was_recovered: false,
            },
        )
    }

    fn trouble(at_ms: i64) -> JournalEntry {
        entry(
            at_ms,
            Event::Trouble {
                cause: Code::CONNECTION_TIMEOUT,
                kind: evertill_session::TroubleKind::Network,
                evidence: String::new(),
                next_try_ms: 1,
            },
        )
    }

    #[test]
    fn an_hour_is_as_bad_as_its_worst_moment_and_goes_on_as_it_began() {
        let history = [renewed(10), trouble(120), renewed(130), renewed(250)];
        let hours: Vec<Went> = (0..4)
            .map(|hour| went(&history, hour * 100, hour * 100 + 100))
            .collect();
        assert_eq!(hours, [Went::Fine, Went::Trouble, Went::Fine, Went::Fine]);
        assert_eq!(went(&history[..2], 300, 400), Went::Trouble);
        assert_eq!(went(&[], 0, 100), Went::Nobody);
    }

    #[test]
    fn a_state_is_as_old_as_the_first_of_its_run() {
        let history = [renewed(10), trouble(20), renewed(30), renewed(40)];
        assert_eq!(since(&history), Some((Went::Fine, 30)));
        assert_eq!(since(&history[..2]), Some((Went::Trouble, 20)));
        assert_eq!(since(&[]), None);
    }
}
