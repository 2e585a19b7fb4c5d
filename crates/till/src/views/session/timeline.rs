//! The last hours of a session as stretches and points.

use std::collections::BTreeMap;

use evertill_client::SessionStatus;
use evertill_session::{Event, JournalEntry, StateName};

use crate::clock::Wall;
use crate::pages::{HourBar, Mark, MarkKind, Span, SpanKind, Tick, Timeline, format};

const HOUR_MS: i64 = 3_600_000;

/// The widths a timeline may have, in milliseconds, and how far apart its ticks are.
const WIDTHS: [(i64, i64, &str); 4] = [
    (10 * 60_000, 60_000, "Last 10 minutes"),
    (HOUR_MS, 10 * 60_000, "Last hour"),
    (6 * HOUR_MS, HOUR_MS, "Last 6 hours"),
    (24 * HOUR_MS, 3 * HOUR_MS, "Last 24 hours"),
];

/// The timeline, as wide as there is something to show.
///
/// `paid_at_ms` are the moments that sales were paid at.
pub(super) fn drawn(
    history: &[JournalEntry],
    status: &SessionStatus,
    paid_at_ms: &[i64],
    wall: &Wall,
    now_ms: i64,
) -> Timeline {
    let first_ms = history.first().map_or(now_ms, |entry| entry.at.as_millis());
    let (width_ms, tick_ms, title) = WIDTHS
        .into_iter()
        .find(|(width_ms, ..)| now_ms - first_ms <= *width_ms)
        .unwrap_or(WIDTHS[WIDTHS.len() - 1]);
    let start_ms = now_ms - width_ms;
    let frame = Frame {
        start_ms,
        now_ms,
        wall,
    };
    let stretches = stretches(history, status.state, now_ms);
    let marks: Vec<Mark> = history.iter().filter_map(|entry| frame.mark(entry)).collect();
    Timeline {
        title: title.into(),
        summary: summary(&stretches, &marks, start_ms),
        ticks: frame.ticks(tick_ms),
        spans: stretches
            .iter()
            .filter_map(|stretch| frame.span(stretch))
            .collect(),
        marks,
        sales: frame.sales(paid_at_ms),
    }
}

/// A stretch of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stretch {
    kind: SpanKind,
    from_ms: i64,
    to_ms: i64,
}

/// What each event makes of the time after it.
fn kind_after(event: &Event) -> Option<SpanKind> {
    match event {
        Event::SignedIn { .. } | Event::Resumed { .. } | Event::Renewed { .. } | Event::Adopted => {
            Some(SpanKind::Live)
        }
        Event::Trouble { .. } | Event::TokenEnded => Some(SpanKind::Offline),
        Event::Refused { .. } => Some(SpanKind::Waiting),
        Event::SignedOut | Event::SignedOutElsewhere => Some(SpanKind::Nobody),
        Event::LooksWrong { .. }
        | Event::Doubted { .. }
        | Event::FreshTokenRefused { .. }
        | Event::PlaceChanged { .. }
        | Event::ClocksDiffer { .. }
        | Event::HorizonNear { .. }
        | Event::OtherRoute
        | Event::NotSaved { .. }
        | Event::Alarm { .. } => None,
    }
}

fn stretches(history: &[JournalEntry], now: StateName, now_ms: i64) -> Vec<Stretch> {
    let mut out: Vec<Stretch> = Vec::new();
    for entry in history {
        let Some(kind) = kind_after(&entry.event) else {
            continue;
        };
        let at_ms = entry.at.as_millis().min(now_ms);
        match out.last_mut() {
            Some(last) if last.kind == kind => {}
            Some(last) => {
                last.to_ms = at_ms.max(last.from_ms);
                out.push(Stretch {
                    kind,
                    from_ms: at_ms,
                    to_ms: now_ms,
                });
            }
            None => out.push(Stretch {
                kind,
                from_ms: at_ms,
                to_ms: now_ms,
            }),
        }
    }
    // The journal may lag behind what the session is doing now.
    if now == StateName::SignInNeeded
        && let Some(last) = out.last_mut()
        && last.kind == SpanKind::Offline
    {
        last.kind = SpanKind::Waiting;
    }
    out
}

fn summary(stretches: &[Stretch], marks: &[Mark], start_ms: i64) -> String {
    let renewals = marks
        .iter()
        .filter(|mark| mark.kind.is_renewed() || mark.kind.is_retried())
        .count();
    let mut parts = vec![format::counted(
        u32::try_from(renewals).unwrap_or(u32::MAX),
        "renewal",
        "renewals",
    )];
    for (kind, words) in [
        (SpanKind::Offline, "offline"),
        (SpanKind::Waiting, "waiting for a sign-in"),
    ] {
        let sum_ms: i64 = stretches
            .iter()
            .filter(|stretch| stretch.kind == kind)
            .map(|stretch| (stretch.to_ms - stretch.from_ms.max(start_ms)).max(0))
            .sum();
        if sum_ms >= 1000 {
            parts.push(format!("{} {words}", format::duration(sum_ms / 1000)));
        }
    }
    parts.join(" · ")
}

struct Frame<'a> {
    start_ms: i64,
    now_ms: i64,
    wall: &'a Wall,
}

impl Frame<'_> {
    fn place(&self, at_ms: i64) -> String {
        Timeline::place(at_ms, self.start_ms, self.now_ms)
    }

    fn clock(&self, at_ms: i64) -> String {
        format::clock(&self.wall.at(at_ms))
    }

    /// One bar an hour of the shop's own clock.
    fn sales(&self, paid_at_ms: &[i64]) -> Vec<HourBar> {
        let offset_ms = i64::from(self.wall.at(self.start_ms).offset().seconds()) * 1000;
        let mut hours: BTreeMap<i64, u32> = BTreeMap::new();
        for at_ms in paid_at_ms {
            if (self.start_ms..=self.now_ms).contains(at_ms) {
                *hours.entry((at_ms + offset_ms).div_euclid(HOUR_MS)).or_default() += 1;
            }
        }
        let most = hours.values().copied().max().unwrap_or(1);
        let bar = |(hour, count): (i64, u32)| {
            let whole_ms = hour * HOUR_MS - offset_ms;
            let from_ms = whole_ms.max(self.start_ms);
            let to_ms = (whole_ms + HOUR_MS).min(self.now_ms);
            HourBar {
                x: self.place(from_ms),
                width: Timeline::place(to_ms - from_ms, 0, self.now_ms - self.start_ms),
                // One sale among hundreds is still a mark that can be seen.
                height: (count * HourBar::HIGHEST / most).max(2),
                hour: format!("{} to {}", self.clock(from_ms), self.clock(to_ms)),
                count: format::counted(count, "sale", "sales"),
            }
        };
        hours.into_iter().map(bar).collect()
    }

    fn ticks(&self, tick_ms: i64) -> Vec<Tick> {
        // Whole steps of the shop's own clock.
        let offset_ms = i64::from(self.wall.at(self.start_ms).offset().seconds()) * 1000;
        let first_ms = (self.start_ms + offset_ms).div_euclid(tick_ms) * tick_ms + tick_ms - offset_ms;
        (0..)
            .map(|step| first_ms + step * tick_ms)
            .take_while(|at_ms| *at_ms < self.now_ms)
            .enumerate()
            .map(|(step, at_ms)| Tick::placed(at_ms, self.start_ms, self.now_ms, step, self.clock(at_ms)))
            .collect()
    }

    fn span(&self, stretch: &Stretch) -> Option<Span> {
        if stretch.to_ms <= self.start_ms {
            return None;
        }
        let from_ms = stretch.from_ms.max(self.start_ms);
        let words = match stretch.kind {
            SpanKind::Live => "Signed in",
            SpanKind::Offline => "Offline",
            SpanKind::Waiting => "Waiting for a sign-in",
            SpanKind::Nobody => "Nobody signed in",
        };
        Some(Span {
            kind: stretch.kind,
            x: self.place(from_ms),
            end: self.place(stretch.to_ms),
            width: Timeline::place(stretch.to_ms - from_ms, 0, self.now_ms - self.start_ms),
            title: format!("{words} {} to {}", self.clock(from_ms), self.clock(stretch.to_ms)),
        })
    }

    fn mark(&self, entry: &JournalEntry) -> Option<Mark> {
        let at_ms = entry.at.as_millis();
        if at_ms < self.start_ms {
            return None;
        }
        let (kind, words) = match &entry.event {
            Event::Renewed { tries_before: 0, .. } | Event::Adopted => {
                (MarkKind::Renewed, "renewed".to_owned())
            }
            Event::Renewed { .. } => (MarkKind::Retried, "renewed after asking again".to_owned()),
            Event::Refused { .. } => (MarkKind::Refused, "refused by the shop".to_owned()),
            Event::SignedIn { user } => (MarkKind::SignedIn, format!("{user} signed in")),
            Event::SignedOut | Event::SignedOutElsewhere => (MarkKind::SignedOut, "signed out".to_owned()),
            Event::Resumed { .. }
            | Event::Trouble { .. }
            | Event::LooksWrong { .. }
            | Event::Doubted { .. }
            | Event::FreshTokenRefused { .. }
            | Event::PlaceChanged { .. }
            | Event::ClocksDiffer { .. }
            | Event::TokenEnded
            | Event::HorizonNear { .. }
            | Event::OtherRoute
            | Event::NotSaved { .. }
            | Event::Alarm { .. } => return None,
        };
        Some(Mark {
            kind,
            x: self.place(at_ms),
            title: format!("{} {words}", self.clock(at_ms)),
        })
    }
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

    #[test]
    fn trouble_is_one_stretch_until_the_renewal_that_ends_it() {
        let trouble = || Event::Trouble {
            cause: Code::CONNECTION_REFUSED,
            kind: evertill_session::TroubleKind::Network,
            evidence: String::new(),
            next_try_ms: 1,
        };
        let history = [
            entry(0, Event::SignedIn { user: "Ada".into() }),
            entry(60_000, trouble()),
            entry(120_000, trouble()),
            entry(180_000, Event::Adopted),
        ];
        let found = stretches(&history, StateName::Active, 240_000);
        let offline: Vec<&Stretch> = found.iter().filter(|s| s.kind == SpanKind::Offline).collect();
        assert_eq!(found.len(), 3);
        assert_eq!((offline[0].from_ms, offline[0].to_ms), (60_000, 180_000));
    }

    #[test]
    fn sales_stand_in_bars_by_the_hour_of_the_shops_clock() {
        // Half past the hour of the shop is a full hour of UTC.
        let wall = Wall::new("", "5.5");
        let frame = Frame {
            start_ms: 0,
            now_ms: 24 * HOUR_MS,
            wall: &wall,
        };
        let minute = |minutes: i64| minutes * 60_000;
        // 05:30 and 05:59 of the shop, then three from 06:00, one of tomorrow.
        let paid = [
            minute(0),
            minute(29),
            minute(30),
            minute(31),
            minute(89),
            minute(24 * 60 + 1),
        ];
        let bars = frame.sales(&paid);
        assert_eq!(bars.len(), 2, "{bars:?}");
        assert_eq!(
            (bars[0].hour.as_str(), bars[0].count.as_str()),
            ("05:30 to 06:00", "2 sales")
        );
        assert_eq!(
            (bars[1].hour.as_str(), bars[1].count.as_str()),
            ("06:00 to 07:00", "3 sales")
        );
        assert_eq!((bars[0].height, bars[1].height), (8, HourBar::HIGHEST));
        assert_eq!((bars[1].x.as_str(), bars[1].width.as_str()), ("2.08%", "4.17%"));
        assert!(frame.sales(&[]).is_empty());
    }
}
