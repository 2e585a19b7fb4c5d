//! The drawn life of one session: when it was signed in, renewed, quiet, and how it ended.
//!
//! What is known is when it began, in which quarters of an hour it was renewed, when that happened last, and how it
//! ended. From that, [`draw`] makes lines, dots and marks; every kind has a shape of its own, so that it reads
//! without colour. Nothing here reads a clock or a database.

use super::{
    scale::{Scale, percent},
    when::Wall,
};
pub(super) use crate::store::SessionState as State;

/// Quarters are noted, not moments: a till may be that much later than it seems.
pub(super) const SLACK_S: i64 = 20 * 60;

/// Least distance of two dots, in percent of the width.
const DOTS_APART: f64 = 1.45;

/// Height of the tallest bar of sales, in pixels.
const BAR_MAX: f64 = 12.0;

/// Where bars of sales stand, in pixels from the top.
const BARS_AT: f64 = 38.0;

/// Length of a quarter of an hour, in seconds.
pub(super) const QUARTER_S: i64 = 15 * 60;

/// How a session ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Over {
    /// Somebody ended it.
    Ended { by: String, note: String },
    /// Two held its key.
    Theft,
    /// Nobody used it for too long.
    RanOut,
}

/// What is known of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Life {
    pub(super) began_at: i64,
    pub(super) last_at: i64,
    /// When it ended and how.
    pub(super) over: Option<(i64, Over)>,
    /// First seconds of the quarters of an hour it was renewed in, rising.
    pub(super) quarters: Vec<i64>,
    /// The same, of renewals that were refused.
    pub(super) refused: Vec<i64>,
    /// Sales that arrived for the person: first second of the hour and how many, rising.
    pub(super) sales: Vec<(i64, u32)>,
    /// A visit to the office is not renewed; it counts as used until it ends.
    pub(super) is_office: bool,
}

/// How a session stands now: a class, an icon, a word and a few more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) state: State,
    pub(super) more: String,
}

impl State {
    pub(super) fn parse(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.slug() == slug)
    }

    pub(super) fn slug(self) -> &'static str {
        match self {
            Self::Theft => "theft",
            Self::SignedIn => "signed-in",
            Self::Quiet => "quiet",
            Self::SignedOut => "signed-out",
            Self::RanOut => "ran-out",
        }
    }

    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Theft => "Theft",
            Self::SignedIn => "Signed in",
            Self::Quiet => "Quiet",
            Self::SignedOut => "Signed out",
            Self::RanOut => "Ran out",
        }
    }

    /// Class of the colours.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Theft => "bad",
            Self::SignedIn => "ok",
            Self::Quiet | Self::SignedOut | Self::RanOut => "off",
        }
    }

    pub(super) fn icon(self) -> &'static str {
        match self {
            Self::Theft => "stop",
            Self::SignedIn => "tick",
            Self::Quiet => "offline",
            Self::SignedOut => "ban",
            Self::RanOut => "clock",
        }
    }

    /// It may still renew.
    pub(super) fn is_living(self) -> bool {
        matches!(self, Self::SignedIn | Self::Quiet)
    }
}

/// A stretch of the line.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stretch {
    /// `on`, `hatch` or `none`.
    pub(super) class: &'static str,
    pub(super) x1: String,
    pub(super) x2: String,
    pub(super) width: String,
    pub(super) words: String,
}

/// What stands at the end of a line.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct EndMark {
    pub(super) x: String,
    pub(super) state: State,
    pub(super) words: String,
}

/// A mark with a shape of its own.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Mark {
    pub(super) x: String,
    pub(super) words: String,
}

/// Sales of a while.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Bar {
    pub(super) x: String,
    pub(super) width: String,
    pub(super) y: String,
    pub(super) height: String,
    pub(super) words: String,
}

/// A lane's picture.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Drawing {
    pub(super) stretches: Vec<Stretch>,
    pub(super) dots: Vec<String>,
    pub(super) refused: Vec<Mark>,
    pub(super) bars: Vec<Bar>,
    pub(super) end: Option<EndMark>,
}

impl Life {
    /// How it stands at `now`. `quiet_after_s` is the life of an access token.
    pub(super) fn standing(&self, now: i64, quiet_after_s: i64, wall: &Wall) -> Standing {
        let (state, more) = match &self.over {
            Some((at, Over::Theft)) => (State::Theft, format!("{}, key used twice", wall.short(*at))),
            Some((at, Over::RanOut)) => (State::RanOut, format!("{}, unused for too long", wall.short(*at))),
            Some((at, Over::Ended { by, note })) if note.is_empty() => {
                (State::SignedOut, format!("{} by {by}", wall.short(*at)))
            }
            Some((at, Over::Ended { by, note })) => {
                (State::SignedOut, format!("{} by {by}, “{note}”", wall.short(*at)))
            }
            None if self.is_office => (State::SignedIn, format!("since {}", wall.short(self.began_at))),
            None if now - self.last_at > quiet_after_s + SLACK_S => {
                (State::Quiet, format!("since {}", wall.short(self.last_at)))
            }
            None => (State::SignedIn, format!("renewed {}", wall.short(self.last_at))),
        };
        Standing { state, more }
    }
}

/// Draws a life on a scale.
pub(super) fn draw(life: &Life, scale: &Scale, now: i64, quiet_after_s: i64, wall: &Wall) -> Drawing {
    let mut drawing = Drawing::default();
    let ends_at = life.over.as_ref().map_or(now, |(at, _)| *at).min(now);
    let mut on_from = life.began_at;
    let mut moments: Vec<i64> = life.quarters.iter().copied().chain([life.last_at]).collect();
    moments.sort_unstable();
    moments.retain(|at| *at >= life.began_at && *at <= ends_at);
    let mut last = life.began_at;
    for at in moments.into_iter().chain([ends_at]) {
        let quiet_from = last + quiet_after_s;
        if !life.is_office && at - last > quiet_after_s + SLACK_S {
            drawing.stretch("on", on_from, quiet_from, scale, String::new());
            let words = format!("quiet {} to {}", wall.short(quiet_from), wall.short(at));
            drawing.stretch("hatch", quiet_from, at, scale, words);
            on_from = at;
        }
        last = at;
    }
    drawing.stretch("on", on_from, ends_at, scale, String::new());
    let mut free_from = f64::MIN;
    for at in life
        .quarters
        .iter()
        .filter(|at| **at >= life.began_at - QUARTER_S)
    {
        let x = scale.place((*at).max(life.began_at));
        if x > 0.0 && x >= free_from {
            drawing.dots.push(percent(x));
            free_from = x + DOTS_APART;
        }
    }
    let mut free_from = f64::MIN;
    for at in &life.refused {
        let x = scale.place(*at + QUARTER_S / 2);
        if x > 0.0 && x >= free_from {
            drawing.refused.push(Mark {
                x: percent(x),
                words: format!("refused about {}", wall.short(*at)),
            });
            free_from = x + 2.0 * DOTS_APART;
        }
    }
    drawing.sales(life, scale, wall);
    if let Some((at, _)) = &life.over {
        drawing.stretch("none", *at, now, scale, String::new());
        let standing = life.standing(now, quiet_after_s, wall);
        drawing.end = Some(EndMark {
            x: percent(scale.place(*at).max(1.5)),
            state: standing.state,
            words: format!("{}: {}", standing.state.title(), standing.more),
        });
    }
    drawing
}

impl Drawing {
    /// Sales as bars: one for each of the scale's steps, the tallest as tall as there is room.
    fn sales(&mut self, life: &Life, scale: &Scale, wall: &Wall) {
        let mut sums: Vec<(i64, u32)> = Vec::new();
        for (at, count) in &life.sales {
            let begins = at.div_euclid(scale.bar_s) * scale.bar_s;
            match sums.last_mut().filter(|(last, _)| *last == begins) {
                Some((_, sum)) => *sum += count,
                None => sums.push((begins, *count)),
            }
        }
        let most = sums.iter().map(|(_, sum)| *sum).max().unwrap_or(0);
        for (at, sum) in sums {
            let (left, right) = (scale.place(at), scale.place(at + scale.bar_s));
            if right - left < 0.05 {
                continue;
            }
            let height = (BAR_MAX * f64::from(sum) / f64::from(most)).max(2.0);
            self.bars.push(Bar {
                x: percent(left),
                width: percent((right - left) * 0.8),
                y: format!("{:.1}", BARS_AT - height),
                height: format!("{height:.1}"),
                words: match sum {
                    1 => format!("1 sale from {}", wall.short(at)),
                    _ => format!("{sum} sales from {}", wall.short(at)),
                },
            });
        }
    }

    fn stretch(&mut self, class: &'static str, from: i64, to: i64, scale: &Scale, words: String) {
        let (left, right) = (scale.place(from), scale.place(to));
        if right - left > 0.01 {
            self.stretches.push(Stretch {
                class,
                x1: percent(left),
                x2: percent(right),
                width: percent(right - left),
                words,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::scale::Span, *};

    /// Monday, 23 November 2026, 10:45 in UTC.
    const NOW: i64 = 1_795_430_700;
    const LIFE: i64 = 900;
    const HOUR: i64 = 3_600;

    fn busy(from: i64, to: i64) -> Vec<i64> {
        (from / QUARTER_S..=to / QUARTER_S)
            .map(|quarter| quarter * QUARTER_S)
            .collect()
    }

    fn life(began_at: i64, last_at: i64, quarters: Vec<i64>) -> Life {
        Life {
            began_at,
            last_at,
            over: None,
            quarters,
            refused: Vec::new(),
            sales: Vec::new(),
            is_office: false,
        }
    }

    fn drawn(life: &Life) -> (Vec<&'static str>, Drawing) {
        let wall = Wall::new("UTC", NOW);
        let drawing = draw(life, &Scale::new(Span::Day, &wall, NOW), NOW, LIFE, &wall);
        (
            drawing.stretches.iter().map(|stretch| stretch.class).collect(),
            drawing,
        )
    }

    fn standing(life: &Life) -> (State, String) {
        let standing = life.standing(NOW, LIFE, &Wall::new("UTC", NOW));
        (standing.state, standing.more)
    }

    #[test]
    fn a_till_that_renews_is_one_line_with_dots() {
        let till = life(NOW - 6 * HOUR, NOW - 60, busy(NOW - 6 * HOUR, NOW - 60));
        let (classes, drawing) = drawn(&till);
        assert_eq!(classes, ["on"]);
        assert!((12..=24).contains(&drawing.dots.len()), "{}", drawing.dots.len());
        assert_eq!(drawing.end, None);
        assert_eq!(standing(&till), (State::SignedIn, "renewed 10:44".into()));
    }

    #[test]
    fn a_gap_is_drawn_as_quiet_and_the_line_goes_on_after_it() {
        let mut quarters = busy(NOW - 8 * HOUR, NOW - 5 * HOUR);
        quarters.extend(busy(NOW - 2 * HOUR, NOW));
        let (classes, drawing) = drawn(&life(NOW - 8 * HOUR, NOW, quarters));
        assert_eq!(classes, ["on", "hatch", "on"]);
        assert_eq!(drawing.stretches[1].words, "quiet 06:00 to 08:45");
    }

    #[test]
    fn a_till_nobody_heard_of_since_yesterday_is_quiet_and_not_ended() {
        let till = life(
            NOW - 30 * HOUR,
            NOW - 17 * HOUR,
            busy(NOW - 30 * HOUR, NOW - 17 * HOUR),
        );
        assert_eq!(drawn(&till).0, ["on", "hatch"]);
        assert_eq!(standing(&till), (State::Quiet, "since Sun 17:45".into()));
    }

    #[test]
    fn an_ended_session_says_who_and_why_and_its_line_stops_there() {
        let at = NOW - HOUR;
        let over = Over::Ended {
            by: "Ann".into(),
            note: "lost".into(),
        };
        let till = Life {
            over: Some((at, over)),
            ..life(NOW - 6 * HOUR, at - 60, busy(NOW - 6 * HOUR, at - 60))
        };
        let (classes, drawing) = drawn(&till);
        assert_eq!(classes, ["on", "none"]);
        assert_eq!(drawing.end.unwrap().words, "Signed out: 09:45 by Ann, “lost”");
        assert!(drawing.stretches[0].x2 == drawing.stretches[1].x1);
    }

    #[test]
    fn theft_and_running_out_have_marks_of_their_own() {
        for (over, state) in [(Over::Theft, State::Theft), (Over::RanOut, State::RanOut)] {
            let till = Life {
                over: Some((NOW - HOUR, over)),
                ..life(NOW - 2 * HOUR, NOW - HOUR, Vec::new())
            };
            assert_eq!(drawn(&till).1.end.unwrap().state, state);
        }
    }

    #[test]
    fn a_refused_renewal_has_a_mark_and_sales_stand_below_the_line() {
        let till = Life {
            refused: vec![NOW - 2 * HOUR, NOW - 2 * HOUR + QUARTER_S / 15],
            sales: vec![(NOW - 5 * HOUR, 3), (NOW - 4 * HOUR, 6), (NOW - 9_000 * HOUR, 50)],
            ..life(NOW - 6 * HOUR, NOW - 60, busy(NOW - 6 * HOUR, NOW - 60))
        };
        let drawing = drawn(&till).1;
        assert_eq!(drawing.refused.len(), 1, "two that touch are one: {drawing:?}");
        assert_eq!(drawing.refused[0].words, "refused about 08:45");
        assert_eq!(drawing.bars.len(), 2, "what is out of sight is not drawn");
        assert!(drawing.bars[1].words.starts_with("6 sales from"), "{drawing:?}");
    }

    #[test]
    fn a_visit_to_the_office_is_not_quiet_because_it_is_not_renewed() {
        let visit = Life {
            is_office: true,
            ..life(NOW - 3 * HOUR, NOW - 3 * HOUR, Vec::new())
        };
        assert_eq!(drawn(&visit).0, ["on"]);
        assert_eq!(standing(&visit), (State::SignedIn, "since 07:45".into()));
    }
}
