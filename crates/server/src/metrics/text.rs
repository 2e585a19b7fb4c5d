//! Writing the figures down, in Prometheus' text format 0.0.4.

use super::*;

/// What is measured at the moment of asking.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Gauges {
    pub(crate) connections: usize,
    pub(crate) renewals_under_way: usize,
    pub(crate) requests_under_way: usize,
    pub(crate) body_bytes: usize,
    pub(crate) sign_ins_waiting: usize,
    /// Sessions that neither ended nor ran out; none while the database does not answer.
    pub(crate) sessions: Option<u64>,
    /// Whether the database answered.
    pub(crate) is_database_up: bool,
}

/// Writes all of it.
pub(crate) fn write(page: &mut String, metrics: &Metrics, gauges: &Gauges) {
    head(page, "evertill_build_info", "gauge", "The version that runs.");
    line(
        page,
        "evertill_build_info",
        &format!("version=\"{}\"", env!("CARGO_PKG_VERSION")),
        1,
    );
    counters(
        page,
        "evertill_renewals_total",
        "Renewals by how they ended.",
        "outcome",
        {
            Renewal::ALL
                .iter()
                .map(|one| (one.word(), read(&metrics.renewals[*one as usize])))
        },
    );
    counters(
        page,
        "evertill_refusals_total",
        "Refusals by their reason.",
        "reason",
        {
            Refusal::ALL
                .iter()
                .map(|one| (one.word(), read(&metrics.refusals[*one as usize])))
        },
    );
    counters(
        page,
        "evertill_sign_ins_total",
        "Sign-ins by how they ended.",
        "outcome",
        {
            SignIn::ALL
                .iter()
                .map(|one| (one.word(), read(&metrics.sign_ins[*one as usize])))
        },
    );
    head(
        page,
        "evertill_answers_total",
        "counter",
        "Answers by kind and status.",
    );
    for kind in Kind::ALL {
        for status in Status::ALL {
            let labels = format!("kind=\"{}\",status=\"{}\"", kind.word(), status.word());
            let count = read(&metrics.answers[*kind as usize][*status as usize]);
            line(page, "evertill_answers_total", &labels, count);
        }
    }
    let name = "evertill_answer_seconds";
    head(page, name, "histogram", "Time from a request to its answer.");
    for kind in Kind::ALL {
        metrics.took[*kind as usize].write(page, name, &format!("kind=\"{}\"", kind.word()));
    }
    let name = "evertill_database_seconds";
    head(
        page,
        name,
        "histogram",
        "Time of a call to the database, waiting included.",
    );
    DATABASE.write(page, name, "");
    measured(page, gauges);
}

fn measured(page: &mut String, gauges: &Gauges) {
    let mut gauge = |name: &str, about: &str, value: u64| {
        head(page, name, "gauge", about);
        line(page, name, "", value);
    };
    gauge(
        "evertill_connections",
        "Open connections.",
        gauges.connections as u64,
    );
    gauge(
        "evertill_renewals_under_way",
        "Renewals being answered.",
        gauges.renewals_under_way as u64,
    );
    gauge(
        "evertill_requests_under_way",
        "Other requests being answered.",
        gauges.requests_under_way as u64,
    );
    gauge(
        "evertill_body_bytes",
        "Memory held by the bodies of requests.",
        gauges.body_bytes as u64,
    );
    gauge(
        "evertill_sign_ins_waiting",
        "Sign-ins waiting for their password to be checked.",
        gauges.sign_ins_waiting as u64,
    );
    gauge(
        "evertill_database_up",
        "Whether the database answers.",
        u64::from(gauges.is_database_up),
    );
    if let Some(sessions) = gauges.sessions {
        gauge("evertill_sessions", "Sessions that are alive.", sessions);
    }
}

fn counters<'a>(
    page: &mut String,
    name: &str,
    about: &str,
    label: &str,
    counts: impl Iterator<Item = (&'a str, u64)>,
) {
    head(page, name, "counter", about);
    for (word, count) in counts {
        line(page, name, &format!("{label}=\"{word}\""), count);
    }
}

fn read(count: &AtomicU64) -> u64 {
    count.load(Ordering::Relaxed)
}

fn head(page: &mut String, name: &str, kind: &str, about: &str) {
    // Writing to a text does not fail.
    let _ = writeln!(page, "# HELP {name} {about}\n# TYPE {name} {kind}");
}

fn line(page: &mut String, name: &str, labels: &str, value: impl std::fmt::Display) {
    let _ = match labels {
        "" => writeln!(page, "{name} {value}"),
        labels => writeln!(page, "{name}{{{labels}}} {value}"),
    };
}

impl Histogram {
    pub(super) fn write(&self, page: &mut String, name: &str, labels: &str) {
        let comma = if labels.is_empty() { "" } else { "," };
        let mut below = 0;
        for (bound, bucket) in BOUNDS_US.iter().zip(&self.buckets) {
            below += read(bucket);
            let bound = *bound as f64 / 1e6;
            let labels = format!("{labels}{comma}le=\"{bound}\"");
            line(page, &format!("{name}_bucket"), &labels, below);
        }
        let count = read(&self.count).max(below);
        let infinite = format!("{labels}{comma}le=\"+Inf\"");
        line(page, &format!("{name}_bucket"), &infinite, count);
        line(
            page,
            &format!("{name}_sum"),
            labels,
            read(&self.sum_us) as f64 / 1e6,
        );
        line(page, &format!("{name}_count"), labels, count);
    }
}
