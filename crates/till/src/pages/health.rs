//! How the way from this till to the store is.

use askama::Template;
use evertill_doctor::finding::who;
use evertill_doctor::{Action, Finding, HopState, Layer, Readiness, Report, Verdict};

use super::frame::{Frame, Tone};

mod day;
mod live;

pub use day::{HealthDay, HealthHour, HealthSale, HealthWaiting};
pub use live::{HealthFragment, HealthTick, HealthTickFragment};

/// The health page.
#[derive(Debug, Clone, Template)]
#[template(path = "health.html")]
pub struct HealthPage {
    /// Rail, bar and head.
    pub frame: Frame,
    /// Token for the forms.
    pub csrf: String,
    /// What the doctor says; nothing while he looks.
    pub health: Option<HealthView>,
    /// What is looked at, in the order of the way, while he looks.
    pub ticks: Vec<HealthTick>,
    /// The last day.
    pub day: HealthDay,
    /// Sales that wait; none when none does.
    pub waiting: Option<HealthWaiting>,
    /// What was done about faults on this till, newest first.
    pub done: Vec<Done>,
}

/// Something that was done on this till.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Done {
    /// When, as a person says it.
    pub at: String,
    /// What.
    pub words: String,
}

/// What the doctor says, as the page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HealthView {
    /// How serious it is.
    pub tone: Tone,
    /// The verdict, one sentence.
    pub headline: String,
    /// What it means for selling, one sentence.
    pub calm: String,
    /// The first cause; none when all is well.
    pub cause: Option<HealthCheck>,
    /// The way, station by station.
    pub hops: Vec<HealthHop>,
    /// The checks, by where they look.
    pub groups: Vec<HealthGroup>,
    /// The report as text, for handing on.
    pub report: String,
    /// What was taken out of it, `names (2), tokens (1)`; empty when there was nothing.
    pub removed: String,
}

/// A station of the way.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HealthHop {
    /// Its name.
    pub name: String,
    /// Its icon.
    pub icon: &'static str,
    /// `ok`, `w`, `bad` or `unknown`.
    pub class: &'static str,
    /// The state in words, for those who do not see the picture.
    pub said: &'static str,
    /// A version or a time; may be empty.
    pub note: String,
}

/// The checks of one place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HealthGroup {
    /// How the worst of them ended.
    pub tone: Tone,
    /// That in a word.
    pub word: &'static str,
    /// The place, `Network`.
    pub title: &'static str,
    /// What the worst of them says, or that all is well.
    pub text: String,
    /// Whether the rows are shown at once.
    pub is_open: bool,
    /// Each check.
    pub checks: Vec<HealthCheck>,
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HealthCheck {
    /// How it ended.
    pub tone: Tone,
    /// That in a word.
    pub word: &'static str,
    /// What it found.
    pub text: String,
    /// The code; may be empty.
    pub code: String,
    /// What was seen, in one line; may be empty.
    pub seen: String,
    /// What to do; may be empty.
    pub remedy: String,
    /// Who can do it; may be empty.
    pub who: &'static str,
    /// Lines to paste; may be empty.
    pub lines: String,
    /// Words on the button that does something about it; empty without one.
    pub press: &'static str,
    /// Where the button leads.
    pub href: &'static str,
}

/// A receipt of nothing, to see whether paper comes.
#[derive(Debug, Clone, Template)]
#[template(path = "test-print.html")]
pub struct TestPrintPage {
    /// Rail, bar and head.
    pub frame: Frame,
    /// Name of the shop.
    pub shop: String,
    /// Name of this till.
    pub till: String,
    /// Day and time.
    pub when: String,
}

/// The places in the order of the way.
const GROUPS: [(Layer, &str); 8] = [
    (Layer::Session, "Session"),
    (Layer::Till, "This till"),
    (Layer::Device, "This device"),
    (Layer::Network, "Network"),
    (Layer::Proxy, "In front of the site"),
    (Layer::WordPress, "The site"),
    (Layer::WooCommerce, "WooCommerce"),
    (Layer::Wcpos, "WCPOS"),
];

const ICONS: [&str; 6] = ["till", "cloud", "shield", "page", "bag", "plug"];

impl HealthView {
    /// The page's view of a report.
    #[must_use]
    pub fn of(report: &Report) -> Self {
        let tone = match report.readiness {
            Readiness::Ready => Tone::Ok,
            Readiness::FixToday => Tone::Warn,
            Readiness::Broken => Tone::Bad,
        };
        let calm = match report.readiness {
            Readiness::Ready => report.advice.clone(),
            Readiness::FixToday | Readiness::Broken => report.selling.clone(),
        };
        let shared = report.to_share();
        let removed: Vec<String> = shared
            .removed
            .iter()
            .map(|removed| format!("{} ({})", removed.what, removed.count))
            .collect();
        let cause = report
            .first_cause
            .as_ref()
            .and_then(|cause| report.row(&cause.id))
            .map(HealthCheck::of);
        let hops = report.path.iter().zip(ICONS).map(|(hop, icon)| {
            let (class, said) = match hop.state {
                HopState::Ok => ("ok", "works"),
                HopState::Warn => ("w", "works, with something to mend"),
                HopState::Broken => ("bad", "broken"),
                HopState::Unknown => ("unknown", "not seen"),
            };
            HealthHop {
                name: hop.name.clone(),
                icon,
                class,
                said,
                note: hop.note.clone(),
            }
        });
        Self {
            tone,
            headline: report.verdict.clone(),
            calm,
            cause,
            hops: hops.collect(),
            groups: GROUPS
                .iter()
                .filter_map(|(layer, title)| HealthGroup::of(report, *layer, title))
                .collect(),
            report: shared.to_text(),
            removed: removed.join(", "),
        }
    }
}

impl HealthGroup {
    fn of(report: &Report, layer: Layer, title: &'static str) -> Option<Self> {
        let rows: Vec<&Finding> = report.rows.iter().filter(|row| row.layer == layer).collect();
        let worst = *rows.iter().rev().max_by_key(|row| weight(row.verdict))?;
        // Of those that are alike the first one speaks for the place.
        let text = rows
            .iter()
            .find(|row| row.verdict == worst.verdict)
            .map(|row| row.sentence.clone())
            .unwrap_or_default();
        Some(Self {
            tone: tone(worst.verdict),
            word: word(worst.verdict),
            title,
            text,
            is_open: worst.is_fault(),
            checks: rows.into_iter().map(HealthCheck::of).collect(),
        })
    }
}

impl HealthCheck {
    fn of(row: &Finding) -> Self {
        let seen: Vec<String> = row
            .evidence
            .iter()
            .map(|(label, value)| format!("{label}: {value}"))
            .collect();
        let remedy = row.remedy.as_ref();
        Self {
            tone: tone(row.verdict),
            word: word(row.verdict),
            text: row.sentence.clone(),
            code: row.code.map(|code| code.to_string()).unwrap_or_default(),
            seen: seen.join(" \u{b7} "),
            remedy: remedy.map(|remedy| remedy.text.clone()).unwrap_or_default(),
            who: remedy.map(|remedy| who(remedy.who)).unwrap_or_default(),
            lines: remedy
                .and_then(|remedy| remedy.copyable.clone())
                .unwrap_or_default(),
            press: remedy
                .and_then(|remedy| remedy.action)
                .map(Action::label)
                .unwrap_or_default(),
            href: remedy
                .and_then(|remedy| remedy.action)
                .map(leads_to)
                .unwrap_or_default(),
        }
    }
}

/// The page of the till that does it.
fn leads_to(action: Action) -> &'static str {
    match action {
        Action::SignIn => "/mend/sign-in",
        Action::Renew => "/mend/renew",
        Action::TryNow => "/mend/try-now",
        Action::Transport => "/mend/transport",
        Action::Catalogue => "/mend/catalogue",
        Action::TestPrint => "/health/test-print",
    }
}

/// What matters more stands higher; a thing that could not be looked at says less than one that is well.
fn weight(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Ok | Verdict::Note => 1,
        Verdict::NotChecked => 0,
        Verdict::Warn => 2,
        Verdict::Broken => 3,
    }
}

fn tone(verdict: Verdict) -> Tone {
    match verdict {
        Verdict::Ok => Tone::Ok,
        Verdict::Note => Tone::Info,
        Verdict::NotChecked => Tone::Off,
        Verdict::Warn => Tone::Warn,
        Verdict::Broken => Tone::Bad,
    }
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Ok | Verdict::Note => "Fine",
        Verdict::NotChecked => "Not checked",
        Verdict::Warn => "Fix today",
        Verdict::Broken => "Broken",
    }
}

#[cfg(test)]
mod tests {
    use evertill_doctor::{Fixer, Remedy, diagnose};
    use evertill_wire::Code;

    use super::*;

    fn calm(layer: Layer, code: Code) -> String {
        let remedy = Remedy::new(Fixer::Device, "Mend it.");
        let broken = Finding::fault("x", layer, Verdict::Broken, code, "It fails.", remedy);
        HealthView::of(&diagnose(&[broken])).calm
    }

    #[test]
    fn a_till_that_cannot_write_sales_is_not_told_to_go_on() {
        for code in [Code::DISK_FULL, Code::PERMISSION_DENIED] {
            assert_eq!(
                calm(Layer::Device, code),
                "Sales are safe on this till. This till pauses until it is mended."
            );
        }
        assert_eq!(
            calm(Layer::Network, Code::CONNECTION_REFUSED),
            "Sales are safe on this till. You can keep selling."
        );
    }
}
