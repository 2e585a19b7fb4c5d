//! From many findings to one verdict. Pure.
//!
//! Faults pull others along: without a name there is no connection, without WordPress no plugin. The checks already
//! leave out what cannot be looked at; among the faults that remain, what is broken comes before what merely should be
//! mended, and of several the one nearest to the till, because everything behind it goes through it.

use evertill_wire::{Code, Exit};
use serde::{Deserialize, Serialize};

use crate::finding::{Finding, Fixer, Layer, Verdict, who};
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
        advice: advice(readiness, first),
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
        Readiness::Broken => match first {
            Some(finding) if finding.layer == Layer::Session => "One thing to do: sign in.".to_owned(),
            Some(_) | None => "One thing to fix first.".to_owned(),
        },
    }
}

fn advice(readiness: Readiness, first: Option<&Finding>) -> String {
    let Some(finding) = first else {
        return "Everything on the way from here to the store is as it should be.".to_owned();
    };
    let fixer = finding.remedy.as_ref().map_or(Fixer::Nobody, |remedy| remedy.who);
    let safe = match readiness {
        Readiness::Broken => " Sales are kept on this till until then.",
        Readiness::Ready | Readiness::FixToday => "",
    };
    format!("{} Who can fix it: {}.{safe}", finding.sentence, who(fixer))
}

fn path(findings: &[Finding], first: Option<&Finding>) -> Vec<Hop> {
    let broken_at = first
        .filter(|finding| finding.verdict == Verdict::Broken)
        .map(|finding| finding.layer);
    let mut hops: Vec<Hop> = STATIONS
        .iter()
        .map(|(name, layer)| Hop {
            name: (*name).to_owned(),
            state: state(findings, *layer, broken_at),
            note: note(findings, *layer),
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
    let of_layer = || findings.iter().filter(move |finding| finding.layer == layer);
    if broken_at == Some(layer) {
        return HopState::Broken;
    }
    if of_layer().any(|finding| finding.verdict == Verdict::Broken) {
        return if broken_at.is_some_and(|first| first < layer) {
            HopState::Unknown
        } else {
            HopState::Broken
        };
    }
    if of_layer().any(|finding| finding.verdict == Verdict::Warn) {
        return HopState::Warn;
    }
    if of_layer().any(|finding| matches!(finding.verdict, Verdict::Ok | Verdict::Note)) {
        return HopState::Ok;
    }
    HopState::Unknown
}

/// A few words under a station.
fn note(findings: &[Finding], layer: Layer) -> String {
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
