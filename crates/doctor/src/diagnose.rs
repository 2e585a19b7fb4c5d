//! From many findings to one verdict. Pure.
//!
//! Faults pull others along: without a name there is no connection, without WordPress no plugin. The checks already
//! leave out what cannot be looked at; among the faults that remain, what is broken comes before what merely should be
//! mended, and of several the one nearest to the till, because everything behind it goes through it.

use evertill_wire::{Code, Exit};
use serde::{Deserialize, Serialize};

use crate::finding::{Action, Finding, Fixer, Layer, Verdict, who};
use crate::report::{Hop, HopState, Readiness, Report};

/// The stations of the way, and the layers whose faults break them.
const STATIONS: [(&str, Layer); 6] = [
    ("Till", Layer::Device),
    ("Internet", Layer::Network),
    ("Proxy/CDN", Layer::Proxy),
    ("WordPress", Layer::WordPress),
    ("WooCommerce", Layer::WooCommerce),
    ("WCPOS", Layer::Wcpos),
];

/// The cause that comes first, and what mends it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstCause {
    /// The check that found it.
    pub id: String,
    /// Where it is.
    pub layer: Layer,
    /// Its code.
    pub code: Option<Code>,
    /// What it is, one sentence.
    pub sentence: String,
    /// Who can mend it.
    pub who: Fixer,
    /// What to do.
    pub remedy: String,
}

/// Puts findings together. Their order is the order of the checks.
#[must_use]
pub fn diagnose(findings: &[Finding]) -> Report {
    let first = first_cause(findings);
    let count = |verdict| {
        findings
            .iter()
            .filter(|finding| finding.verdict == verdict)
            .count()
    };
    let (broken, warned) = (count(Verdict::Broken), count(Verdict::Warn));
    let readiness = match (broken, warned) {
        (0, 0) => Readiness::Ready,
        (0, _) => Readiness::FixToday,
        _ => Readiness::Broken,
    };
    Report {
        store: String::new(),
        at: String::new(),
        readiness,
        verdict: headline(readiness, first, warned),
        advice: advice(first),
        selling: selling(readiness, first),
        first_cause: first.map(cause_of),
        path: path(findings, first),
        rows: findings.to_vec(),
        took_ms: 0,
        journal: Vec::new(),
        removed: Vec::new(),
        people: Vec::new(),
        secrets: Vec::new(),
    }
}

/// How a command ends on a report.
pub(crate) fn exit(report: &Report) -> Option<Exit> {
    if report.readiness != Readiness::Broken {
        return None;
    }
    let code = report.first_cause.as_ref().and_then(|cause| cause.code)?;
    Some(match code.exit() {
        Exit::SignIn => Exit::SignIn,
        Exit::Configuration => Exit::Configuration,
        Exit::Trouble | Exit::Usage | Exit::Other => Exit::Trouble,
    })
}

fn first_cause(findings: &[Finding]) -> Option<&Finding> {
    findings
        .iter()
        .enumerate()
        .filter(|(_, finding)| finding.is_fault())
        .min_by_key(|(place, finding)| (std::cmp::Reverse(finding.verdict), finding.layer, *place))
        .map(|(_, finding)| finding)
}

fn cause_of(finding: &Finding) -> FirstCause {
    FirstCause {
        id: finding.id.clone(),
        layer: finding.layer,
        code: finding.code,
        sentence: finding.sentence.clone(),
        who: finding.remedy.as_ref().map_or(Fixer::Nobody, |remedy| remedy.who),
        remedy: finding
            .remedy
            .as_ref()
            .map(|remedy| remedy.text.clone())
            .unwrap_or_default(),
    }
}

fn headline(readiness: Readiness, first: Option<&Finding>, warned: usize) -> String {
    match readiness {
        Readiness::Ready => "This till is ready to sell.".to_owned(),
        Readiness::FixToday if warned == 1 => "Ready to sell. 1 thing to fix today.".to_owned(),
        Readiness::FixToday => format!("Ready to sell. {warned} things to fix today."),
        Readiness::Broken if first.is_some_and(wants_a_sign_in) => "One thing to do: sign in.".to_owned(),
        Readiness::Broken => "One thing to fix first.".to_owned(),
    }
}

/// Whether a sign-in mends it. The layer alone does not say so: a missing right is a fault of the session as well.
fn wants_a_sign_in(finding: &Finding) -> bool {
    finding.remedy.as_ref().and_then(|remedy| remedy.action) == Some(Action::SignIn)
}

fn advice(first: Option<&Finding>) -> String {
    let Some(finding) = first else {
        return "Everything on the way from here to the store is as it should be.".to_owned();
    };
    let fixer = finding.remedy.as_ref().map_or(Fixer::Nobody, |remedy| remedy.who);
    format!("{} Who can fix it: {}.", finding.sentence, who(fixer))
}

/// Are the sales safe, and does selling go on. What is broken is answered in the words the catalogue has for its code:
/// a full disk stops the till, a silent store does not.
fn selling(readiness: Readiness, first: Option<&Finding>) -> String {
    match (readiness, first.and_then(|finding| finding.code)) {
        (Readiness::Ready, _) => "You can keep selling.".to_owned(),
        (Readiness::FixToday, _) => "You can keep selling. Nothing is lost.".to_owned(),
        (Readiness::Broken, Some(code)) => {
            let entry = code.entry();
            format!("{}. {}.", entry.safety.label(), entry.selling.label())
        }
        (Readiness::Broken, None) => "Look at what is broken before you go on.".to_owned(),
    }
}

/// The station of the way at which a fault shows. A session lives between the two ends: when nobody is signed in the way
/// stops at the till, and whatever else is wrong with a session is the store's word, said by its plugin.
fn station(finding: &Finding) -> Layer {
    match finding.layer {
        Layer::Session if finding.code == Some(Code::AUTH_REQUIRED) => Layer::Device,
        Layer::Session => Layer::Wcpos,
        Layer::Till => Layer::Device,
        own @ (Layer::Device
        | Layer::Network
        | Layer::Proxy
        | Layer::WordPress
        | Layer::WooCommerce
        | Layer::Wcpos) => own,
    }
}

fn path(findings: &[Finding], first: Option<&Finding>) -> Vec<Hop> {
    let broken_at = first
        .filter(|finding| finding.verdict == Verdict::Broken)
        .map(station);
    let mut hops: Vec<Hop> = STATIONS
        .iter()
        .map(|(name, layer)| Hop {
            name: (*name).to_owned(),
            state: state(findings, *layer, broken_at),
            note: note(findings, *layer, first),
        })
        .collect();
    if let Some(own) = hops.first_mut()
        && own.state == HopState::Unknown
    {
        // The till runs: this report comes from it.
        own.state = HopState::Ok;
    }
    hops
}

fn state(findings: &[Finding], layer: Layer, broken_at: Option<Layer>) -> HopState {
    let here = || findings.iter().filter(move |finding| station(finding) == layer);
    if broken_at == Some(layer) {
        return HopState::Broken;
    }
    if here().any(|finding| finding.verdict == Verdict::Broken) {
        return if broken_at.is_some_and(|first| first < layer) {
            HopState::Unknown
        } else {
            HopState::Broken
        };
    }
    if here().any(|finding| finding.verdict == Verdict::Warn) {
        return HopState::Warn;
    }
    // That the session is well says nothing about a station.
    let own = findings.iter().filter(|finding| finding.layer == layer);
    if own
        .into_iter()
        .any(|finding| matches!(finding.verdict, Verdict::Ok | Verdict::Note))
    {
        return HopState::Ok;
    }
    HopState::Unknown
}

/// A few words under a station.
fn note(findings: &[Finding], layer: Layer, first: Option<&Finding>) -> String {
    let cut_by_the_session = first.filter(|finding| {
        finding.layer == Layer::Session && finding.verdict == Verdict::Broken && station(finding) == layer
    });
    if cut_by_the_session.is_some() {
        let is_at_the_till = layer == Layer::Device;
        return if is_at_the_till {
            "nobody signed in"
        } else {
            "session refused"
        }
        .to_owned();
    }
    let value = |id: &str, label: &str| {
        findings
            .iter()
            .find(|finding| finding.id == id)
            .and_then(|finding| finding.evidence.iter().find(|(known, _)| known == label))
            .map(|(_, value)| value.clone())
            .unwrap_or_default()
    };
    match layer {
        Layer::Device => concat!("Evertill ", env!("CARGO_PKG_VERSION")).to_owned(),
        Layer::Network => value("network.tcp", "took"),
        Layer::Proxy => value("site.security", "recognised as"),
        Layer::WordPress => value("site.wordpress", "version"),
        Layer::WooCommerce => value("plugin.woocommerce", "version"),
        Layer::Wcpos => value("plugin.wcpos", "version"),
        Layer::Session | Layer::Till => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use evertill_wire::codes::{Selling, Topic};

    use super::*;
    use crate::finding::Remedy;

    fn fault(id: &str, layer: Layer, verdict: Verdict, code: Code) -> Finding {
        let remedy = Remedy::new(Fixer::Website, "Do it.");
        Finding::fault(id, layer, verdict, code, "It fails.", remedy)
    }

    fn first_of(findings: &[Finding]) -> Option<String> {
        diagnose(findings).first_cause.map(|cause| cause.id)
    }

    #[test]
    fn nothing_wrong_is_said_in_one_sentence() {
        let report = diagnose(&[Finding::ok("site.http", Layer::WordPress, "Fine.")]);
        assert_eq!(report.verdict, "This till is ready to sell.");
        assert_eq!((report.readiness, report.first_cause), (Readiness::Ready, None));
    }

    #[test]
    fn the_fault_nearest_to_the_till_explains_those_behind_it() {
        let token = fault(
            "session.token",
            Layer::Session,
            Verdict::Broken,
            Code::TOKEN_INVALID,
        );
        let header = fault(
            "session.header",
            Layer::Proxy,
            Verdict::Broken,
            Code::INVALID_SITE_CONFIGURATION,
        );
        assert_eq!(first_of(&[token, header]).as_deref(), Some("session.header"));
    }

    #[test]
    fn what_is_broken_comes_before_what_should_be_mended() {
        let skew = fault(
            "device.clock",
            Layer::Device,
            Verdict::Warn,
            Code::INVALID_SITE_CONFIGURATION,
        );
        let database = fault(
            "site.rest",
            Layer::WordPress,
            Verdict::Broken,
            Code::WEBSITE_UNAVAILABLE,
        );
        assert_eq!(first_of(&[skew, database]).as_deref(), Some("site.rest"));
    }

    #[test]
    fn the_broken_hop_is_marked_and_those_behind_it_are_unknown() {
        let report = diagnose(&[
            Finding::ok("network.tcp", Layer::Network, "Fine."),
            fault(
                "session.header",
                Layer::Proxy,
                Verdict::Broken,
                Code::INVALID_SITE_CONFIGURATION,
            ),
            Finding::not_checked("site.rest", Layer::WordPress, "It needs more."),
        ]);
        let states: Vec<HopState> = report.path.iter().map(|hop| hop.state).collect();
        assert_eq!(
            states,
            [
                HopState::Ok,
                HopState::Ok,
                HopState::Broken,
                HopState::Unknown,
                HopState::Unknown,
                HopState::Unknown
            ]
        );
    }

    #[test]
    fn what_is_broken_is_answered_in_the_words_of_its_code() {
        let said = |layer, code| diagnose(&[fault("x", layer, Verdict::Broken, code)]).selling;
        for code in [Code::DISK_FULL, Code::PERMISSION_DENIED] {
            assert_eq!(
                said(Layer::Device, code),
                "Sales are safe on this till. This till pauses until it is mended."
            );
        }
        assert_eq!(
            said(Layer::WordPress, Code::WEBSITE_UNAVAILABLE),
            "Sales are safe on this till. You can keep selling."
        );
        for code in Code::all() {
            let promises = said(Layer::Device, code).contains("You can keep selling");
            assert_eq!(promises, code.entry().selling == Selling::GoesOn, "{code}");
        }
    }

    #[test]
    fn only_what_a_sign_in_mends_asks_for_one() {
        let headline = |code, action: Option<Action>| {
            let remedy = Remedy::new(Fixer::Cashier, "Do it.");
            let remedy = action.into_iter().fold(remedy, Remedy::with_action);
            let layer = Layer::Session;
            diagnose(&[Finding::fault(
                "x",
                layer,
                Verdict::Broken,
                code,
                "It fails.",
                remedy,
            )])
            .verdict
        };
        for code in Code::all().filter(|code| code.entry().topic == Topic::Session) {
            assert_eq!(headline(code, Some(Action::SignIn)), "One thing to do: sign in.");
            assert_eq!(headline(code, Some(Action::Renew)), "One thing to fix first.");
            assert_eq!(headline(code, None), "One thing to fix first.");
        }
    }

    #[test]
    fn a_fault_of_the_session_marks_the_station_that_says_so() {
        let well = [
            Finding::ok("site.http", Layer::WordPress, "Fine."),
            Finding::ok("plugin.wcpos", Layer::Wcpos, "Fine."),
        ];
        let marked = |code| {
            let broken = fault("session.token", Layer::Session, Verdict::Broken, code);
            let report = diagnose(&[&well[..], &[broken]].concat());
            let at = report
                .path
                .iter()
                .find(|hop| hop.state == HopState::Broken)
                .unwrap();
            (at.name.clone(), at.note.clone())
        };
        assert_eq!(
            marked(Code::AUTH_REQUIRED),
            ("Till".to_owned(), "nobody signed in".to_owned())
        );
        assert_eq!(
            marked(Code::REFRESH_TOKEN_INVALID),
            ("WCPOS".to_owned(), "session refused".to_owned())
        );
    }

    #[test]
    fn a_command_ends_on_the_first_cause() {
        let ends = |layer, code| exit(&diagnose(&[fault("x", layer, Verdict::Broken, code)]));
        assert_eq!(ends(Layer::Session, Code::AUTH_REQUIRED), Some(Exit::SignIn));
        assert_eq!(
            ends(Layer::Network, Code::DNS_RESOLUTION_FAILED),
            Some(Exit::Trouble)
        );
        assert_eq!(
            ends(Layer::Wcpos, Code::WCPOS_PLUGIN_NOT_FOUND),
            Some(Exit::Configuration)
        );
        assert_eq!(exit(&diagnose(&[])), None);
    }
}
