//! The session: who, how long, what happened.

use askama::Template;

use super::frame::{Frame, Person, Tone};
use super::sale::Fact;

/// The session page.
#[derive(Debug, Clone, Template)]
#[template(path = "session.html")]
pub struct SessionPage {
    /// Rail, bar and head.
    pub frame: Frame,
    /// Token for the forms.
    pub csrf: String,
    /// The session.
    pub session: SessionView,
}

/// The session again, target `#session`.
#[derive(Debug, Clone, Template)]
#[template(path = "fragment/session.html")]
pub struct SessionFragment {
    /// Token for the forms.
    pub csrf: String,
    /// The session.
    pub session: SessionView,
}

/// Everything the session page shows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SessionView {
    /// Who is signed in; none when nobody is.
    pub person: Option<Person>,
    /// Line under the name, `Cornerandco.example · Till 2`.
    pub place: String,
    /// The ring.
    pub life: Life,
    /// How it stands.
    pub tone: Tone,
    /// How it stands in words, `Signed in, nothing to do`.
    pub state: String,
    /// Why it is not well and what happens next; empty when it is.
    pub cause: String,
    /// Error code; empty when all is well.
    pub code: String,
    /// `Last renewed`, `Good until`, `Signed in`.
    pub facts: Vec<Fact>,
    /// The store's own limit; none when it has none.
    pub horizon: Option<Horizon>,
    /// Whether `Renew now` is of use.
    pub can_renew: bool,
    /// Whether the sign-in page is of use.
    pub can_sign_in: bool,
    /// Signing out.
    pub sign_out: SignOut,
    /// The last day, drawn.
    pub timeline: Timeline,
    /// What happened, newest first, runs of renewals folded.
    pub events: Vec<Event>,
}

/// Whether signing out is offered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum SignOut {
    /// Nobody is signed in.
    #[default]
    None,
    /// It is offered.
    Offered,
    /// It is refused because of what is said, `3 sales (£86.60) are not in the shop yet.`
    Refused(String),
}

/// The ring: how much of the token's life is left.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Life {
    /// Small words above, `renews in`.
    pub above: String,
    /// Large words, `12 min`.
    pub large: String,
    /// Small words below, `at 10:54`.
    pub below: String,
    /// Length of the arc out of 578.1, one decimal, `173.4`.
    pub arc: String,
    /// Angle of the mark of renewal in degrees, `252`; none leaves it out.
    pub mark: Option<String>,
}

impl Life {
    /// Finds arc and mark from what is left of a life and the share of it after which it is renewed.
    ///
    /// `left` and `renew_at` are shares from 0 to 1; the words are left empty.
    #[must_use]
    pub fn drawn(left: f64, renew_at: Option<f64>) -> Self {
        const ROUND: f64 = 578.1;
        Self {
            arc: format!("{:.1}", ROUND * left.clamp(0.0, 1.0)),
            mark: renew_at.map(|share| format!("{:.0}", 360.0 * share.clamp(0.0, 1.0))),
            ..Self::default()
        }
    }
}

/// The store's own limit on the sign-in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Horizon {
    /// How much is used, with the sign, `66.9%`.
    pub used: String,
    /// `20 of 30 days`.
    pub words: String,
    /// `10 days left`.
    pub left: String,
    /// When a new sign-in is asked for; may be empty.
    pub note: String,
}

/// The last day, drawn with x in percent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Timeline {
    /// Heading, `Last 24 hours`.
    pub title: String,
    /// What it adds up to, `65 renewals · 55 min offline`.
    pub summary: String,
    /// Hours along the bottom.
    pub ticks: Vec<Tick>,
    /// Stretches of time.
    pub spans: Vec<Span>,
    /// Points in time.
    pub marks: Vec<Mark>,
    /// Sales of each hour that had some, drawn under the line.
    pub sales: Vec<HourBar>,
}

/// The sales of one hour.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HourBar {
    /// Begin in percent.
    pub x: String,
    /// Width in percent.
    pub width: String,
    /// Height in pixels, [`HourBar::HIGHEST`] for the hour with the most sales.
    pub height: u32,
    /// The hour, `10:00 to 11:00`.
    pub hour: String,
    /// `5 sales`.
    pub count: String,
}

impl HourBar {
    /// Height of the highest bar, in pixels.
    pub const HIGHEST: u32 = 12;

    /// Where the bar begins when all stand on `foot`, in pixels from above.
    #[must_use]
    pub fn top(&self, foot: u32) -> u32 {
        foot.saturating_sub(self.height)
    }
}

impl Timeline {
    /// Whether any mark is a renewal that took more than one try; shows its legend.
    #[must_use]
    pub fn has_retried(&self) -> bool {
        self.marks.iter().any(|mark| mark.kind.is_retried())
    }

    /// Whether the store refused anything; shows its legend.
    #[must_use]
    pub fn has_refused(&self) -> bool {
        self.marks.iter().any(|mark| mark.kind.is_refused())
    }

    /// Whether anybody signed in; shows its legend.
    #[must_use]
    pub fn has_signed(&self) -> bool {
        self.marks.iter().any(|mark| mark.kind.is_signed_in())
    }

    /// Whether any stretch is offline; shows its legend.
    #[must_use]
    pub fn has_offline(&self) -> bool {
        self.spans.iter().any(|span| span.kind.is_offline())
    }

    /// Whether any stretch waits for a sign-in; shows its legend.
    #[must_use]
    pub fn has_waiting(&self) -> bool {
        self.spans.iter().any(|span| span.kind.is_waiting())
    }

    /// Place of a moment between two others, in percent with two decimals, `24.17%`.
    #[must_use]
    pub fn place(at: i64, start: i64, end: i64) -> String {
        let share = |value: i64| f64::from(i32::try_from(value).unwrap_or(i32::MAX));
        let span = share((end - start).max(1));
        let x = share((at - start).clamp(0, (end - start).max(1))) / span * 100.0;
        format!("{x:.2}%")
    }
}

/// An hour along the bottom.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tick {
    /// Place in percent.
    pub x: String,
    /// `12:00`; empty where the word `now` would touch it.
    pub label: String,
    /// Whether it is left out on a narrow screen.
    pub minor: bool,
}

impl Tick {
    /// A tick at a moment of the drawn time, with its clock time.
    ///
    /// The label goes where the word `now` would touch it. Every second tick, and one that comes close to the end
    /// of a narrow drawing, is minor; `step` counts the ticks.
    #[must_use]
    pub fn placed(at: i64, start: i64, end: i64, step: usize, clock: String) -> Self {
        let left = (end - at).max(0).saturating_mul(100) / (end - start).max(1);
        Self {
            x: Timeline::place(at, start, end),
            label: if left < 6 { String::new() } else { clock },
            minor: left < 16 || step % 2 == 1,
        }
    }
}

/// A stretch of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// What it was.
    pub kind: SpanKind,
    /// Begin in percent.
    pub x: String,
    /// End in percent.
    pub end: String,
    /// Width in percent.
    pub width: String,
    /// Said on hover, `Offline 14:10 to 15:05`.
    pub title: String,
}

/// What a stretch of time was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpanKind {
    /// Signed in, a token was alive.
    Live,
    /// The store did not answer.
    Offline,
    /// A person was needed.
    Waiting,
    /// Nobody was signed in.
    Nobody,
}

impl SpanKind {
    /// Whether it is drawn as the line of a living session.
    #[must_use]
    pub fn is_live(self) -> bool {
        self == Self::Live
    }

    /// Whether it is drawn hatched.
    #[must_use]
    pub fn is_offline(self) -> bool {
        self == Self::Offline
    }

    /// Whether it is drawn as waiting.
    #[must_use]
    pub fn is_waiting(self) -> bool {
        self == Self::Waiting
    }
}

/// A point in time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// What it was.
    pub kind: MarkKind,
    /// Place in percent.
    pub x: String,
    /// Said on hover, `09:09 answer lost, asked again`.
    pub title: String,
}

/// What happened at a point in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarkKind {
    /// Renewed at the first try.
    Renewed,
    /// Renewed after asking again.
    Retried,
    /// Refused by the store.
    Refused,
    /// Somebody signed in.
    SignedIn,
    /// Somebody signed out or was signed out.
    SignedOut,
}

impl MarkKind {
    /// Whether it is an ordinary renewal.
    #[must_use]
    pub fn is_renewed(self) -> bool {
        self == Self::Renewed
    }

    /// Whether it took more than one try.
    #[must_use]
    pub fn is_retried(self) -> bool {
        self == Self::Retried
    }

    /// Whether the store refused.
    #[must_use]
    pub fn is_refused(self) -> bool {
        self == Self::Refused
    }

    /// Whether somebody signed in.
    #[must_use]
    pub fn is_signed_in(self) -> bool {
        self == Self::SignedIn
    }
}

/// One row of what happened.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Event {
    /// How it went.
    pub tone: Tone,
    /// Icon: `tick`, `sync`, `offline`, `warn`, `stop`, `key`, `user` or `ban`.
    pub icon: &'static str,
    /// Clock time, with the day when it was another, `Sun 15:05`.
    pub at: String,
    /// What happened, `Renewed 5 times since 08:58`.
    pub text: String,
    /// A second line; may be empty.
    pub more: String,
    /// Error code; empty when it went well.
    pub code: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ring_shows_what_is_left_and_where_it_renews() {
        let life = Life::drawn(0.3, Some(0.7));
        assert_eq!(life.arc, "173.4");
        assert_eq!(life.mark.as_deref(), Some("252"));
        assert_eq!(Life::drawn(1.7, None).arc, "578.1");
    }

    #[test]
    fn ticks_keep_clear_of_the_word_now() {
        let tick = |at, step| Tick::placed(at, 0, 1000, step, "09:00".into());
        assert_eq!(tick(500, 2).label, "09:00");
        assert!(!tick(500, 2).minor && tick(500, 1).minor);
        assert!(tick(900, 2).minor && tick(900, 2).label == "09:00");
        assert_eq!(tick(960, 2).label, "");
        assert_eq!(tick(250, 0).x, "25.00%");
    }

    #[test]
    fn moments_are_placed_in_percent_and_stay_inside() {
        assert_eq!(Timeline::place(150, 100, 300), "25.00%");
        assert_eq!(Timeline::place(50, 100, 300), "0.00%");
        assert_eq!(Timeline::place(900, 100, 300), "100.00%");
        assert_eq!(Timeline::place(5, 5, 5), "0.00%");
    }
}
