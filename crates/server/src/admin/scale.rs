//! From a moment to a place on a timeline.
//!
//! Places are percent of the width, so that one drawing fits every screen. In the week, today has nearly half of
//! the width, because that is where the questions are; the six days before share the rest. Every other span is even.

use super::when::Wall;

const HOUR_S: i64 = 3_600;

/// Where the line of now stands, in percent.
const NOW_AT: f64 = 97.6;

/// Where today begins in the week, in percent.
const TODAY_AT: f64 = 55.0;

const DAY_S: i64 = 24 * HOUR_S;

/// How much time is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Span {
    Hour,
    Day,
    Week,
    Month,
    Quarter,
}

impl Span {
    pub(super) const ALL: [Self; 5] = [Self::Hour, Self::Day, Self::Week, Self::Month, Self::Quarter];

    /// A week where nobody says anything else.
    pub(super) fn parse(text: &str) -> Self {
        let known = Self::ALL.into_iter().find(|span| span.slug() == text);
        known.unwrap_or(Self::Week)
    }

    pub(super) fn slug(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
        }
    }

    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Hour => "1 hour",
            Self::Day => "24 hours",
            Self::Week => "7 days",
            Self::Month => "30 days",
            Self::Quarter => "90 days",
        }
    }

    /// First second that is drawn.
    pub(super) fn begins(self, wall: &Wall, now: i64) -> i64 {
        match self {
            Self::Hour => now - HOUR_S,
            Self::Day => now - DAY_S,
            Self::Week => wall.midnight(6),
            Self::Month => now - 30 * DAY_S,
            Self::Quarter => now - 90 * DAY_S,
        }
    }
}

/// A timeline of one span that ends now.
#[derive(Debug, Clone)]
pub(super) struct Scale {
    /// Moments and their places, both rising.
    knots: Vec<(i64, f64)>,
    pub(super) ticks: Vec<Tick>,
    /// Where lines are drawn from top to bottom.
    pub(super) grid: Vec<String>,
    /// Where today begins, where it is drawn wider.
    pub(super) today: Option<String>,
    pub(super) now: String,
    /// How much time one bar of sales stands for, in seconds.
    pub(super) bar_s: i64,
}

/// A label of the axis.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tick {
    pub(super) x: String,
    pub(super) words: String,
    /// Class of the text: how it stands to its place.
    pub(super) class: &'static str,
}

/// A place as SVG writes it.
pub(super) fn percent(x: f64) -> String {
    format!("{x:.2}%")
}

impl Scale {
    pub(super) fn new(span: Span, wall: &Wall, now: i64) -> Self {
        let mut scale = Self {
            knots: Vec::new(),
            ticks: Vec::new(),
            grid: Vec::new(),
            today: None,
            now: String::new(),
            bar_s: HOUR_S,
        };
        match span {
            Span::Hour => scale.even(wall, now, HOUR_S, 10 * 60, "%H:%M"),
            Span::Day => scale.even(wall, now, DAY_S, 3 * HOUR_S, "%H:%M"),
            Span::Week => scale.week(wall, now),
            Span::Month => scale.even(wall, now, 30 * DAY_S, 5 * DAY_S, "%-d %b"),
            Span::Quarter => scale.even(wall, now, 90 * DAY_S, 15 * DAY_S, "%-d %b"),
        }
        if matches!(span, Span::Month | Span::Quarter) {
            scale.bar_s = DAY_S;
        }
        scale.now = percent(scale.place(now));
        scale
    }

    /// A scale on which every hour is as wide as every other.
    fn even(&mut self, wall: &Wall, now: i64, length_s: i64, step_s: i64, form: &str) {
        let begins = now - length_s;
        self.knots = vec![(begins, 0.0), (now, NOW_AT)];
        let mut at = (begins.div_euclid(step_s) + 1) * step_s;
        while at < now {
            let x = self.place(at);
            if (3.0..NOW_AT - 7.0).contains(&x) {
                self.tick(at, wall.at(at).strftime(form).to_string(), "mid");
            }
            self.grid.push(percent(x));
            at += step_s;
        }
        self.tick(now, wall.short(now), "hi end");
    }

    fn week(&mut self, wall: &Wall, now: i64) {
        let midnight = wall.midnight(0);
        // Nights are empty: once the day has begun they are left out.
        let begins = match now - midnight > 7 * HOUR_S {
            true => midnight + 6 * HOUR_S,
            false => midnight,
        };
        let ends = now.max(begins + 2 * HOUR_S);
        self.knots = vec![
            (wall.midnight(6), 0.0),
            (midnight, TODAY_AT - 0.5),
            (begins, TODAY_AT),
            (ends, NOW_AT),
        ];
        self.knots.dedup_by_key(|knot| knot.0);
        self.today = Some(percent(TODAY_AT));
        for days in (1..=6).rev() {
            let from = wall.midnight(days);
            let noon = from + 12 * HOUR_S;
            self.tick(noon, wall.at(noon).strftime("%a %-d").to_string(), "mid");
            if days < 6 {
                self.grid.push(percent(self.place(from)));
            }
        }
        self.ticks.push(Tick {
            x: percent(TODAY_AT + 0.8),
            words: "Today".into(),
            class: "hi",
        });
        let step = ((ends - begins) / HOUR_S / 4).max(1) * HOUR_S;
        let mut at = begins + step;
        while at < now - step / 2 {
            if self.place(at) > TODAY_AT + 9.0 {
                self.tick(at, wall.at(at).strftime("%H").to_string(), "mid");
            }
            at += step;
        }
        self.tick(now, wall.short(now), "hi end");
    }

    fn tick(&mut self, at: i64, words: String, class: &'static str) {
        let x = match class {
            "hi end" => 100.0,
            _ => self.place(at),
        };
        self.ticks.push(Tick {
            x: percent(x),
            words,
            class,
        });
    }

    /// Where a moment stands, in percent; what is out of sight stands at the edge.
    pub(super) fn place(&self, at: i64) -> f64 {
        let mut before: Option<(i64, f64)> = None;
        for &(time, x) in &self.knots {
            if at <= time {
                let Some((from, left)) = before else { return x };
                return left + (x - left) * (at - from) as f64 / (time - from) as f64;
            }
            before = Some((time, x));
        }
        before.map_or(0.0, |(_, x)| x)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Monday, 23 November 2026, 10:44 in UTC.
    const NOW: i64 = 1_795_430_640;

    fn scale(span: Span, now: i64) -> Scale {
        Scale::new(span, &Wall::new("UTC", now), now)
    }

    #[test]
    fn time_never_runs_backwards_and_ends_at_now() {
        for span in Span::ALL {
            for now in [NOW, NOW - 10 * HOUR_S, NOW + 13 * HOUR_S] {
                let scale = scale(span, now);
                let places: Vec<f64> = (0..2_000)
                    .map(|n| scale.place(now - 92 * DAY_S + n * 4_000))
                    .collect();
                assert!(places.is_sorted(), "{span:?}");
                assert!(places.iter().all(|x| (0.0..=NOW_AT).contains(x)), "{span:?}");
            }
        }
        assert_eq!(scale(Span::Week, NOW).now, "97.60%");
    }

    #[test]
    fn today_is_drawn_wider_than_the_days_before() {
        let scale = scale(Span::Week, NOW);
        let hour = scale.place(NOW) - scale.place(NOW - HOUR_S);
        let day = scale.place(NOW - 48 * HOUR_S) - scale.place(NOW - 72 * HOUR_S);
        assert!(hour > day / 2.0, "{hour} {day}");
        let words: Vec<&str> = scale.ticks.iter().map(|tick| tick.words.as_str()).collect();
        assert_eq!(
            words,
            [
                "Tue 17", "Wed 18", "Thu 19", "Fri 20", "Sat 21", "Sun 22", "Today", "07", "08", "09", "10",
                "10:44"
            ]
            .into_iter()
            .filter(|word| *word != "07")
            .collect::<Vec<_>>()
        );
    }

    #[test]
    fn an_hour_has_minutes_and_a_quarter_of_a_year_has_days() {
        let words = |span| {
            let ticks = scale(span, NOW).ticks.into_iter();
            ticks.map(|tick| tick.words).collect::<Vec<_>>()
        };
        assert_eq!(
            words(Span::Hour),
            ["09:50", "10:00", "10:10", "10:20", "10:30", "10:44"]
        );
        assert_eq!(words(Span::Quarter).last().unwrap(), "10:44");
        assert!(words(Span::Quarter).len() >= 5, "{:?}", words(Span::Quarter));
        assert_eq!(Span::parse("quarter"), Span::Quarter);
        assert_eq!(Span::parse("century"), Span::Week);
    }

    #[test]
    fn a_day_is_drawn_evenly() {
        let scale = scale(Span::Day, NOW);
        assert!((scale.place(NOW - 12 * HOUR_S) - NOW_AT / 2.0).abs() < 0.01);
        assert_eq!(scale.place(NOW - 99 * HOUR_S), 0.0);
    }
}
