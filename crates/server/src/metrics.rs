//! Figures about the running store, in the text format Prometheus reads. Every set of labels is fixed here.

use std::{
    fmt::Write as _,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use crate::http::{Class, Reply};

mod text;

pub(crate) use text::{Gauges, write};

/// Upper bounds of the buckets of a duration, in microseconds.
const BOUNDS_US: [u64; 12] = [
    50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 100_000, 500_000, 2_500_000,
];

/// How long calls to the database took, of every store in this process.
pub(crate) static DATABASE: Histogram = Histogram::new();

/// Durations, counted.
#[derive(Debug)]
pub(crate) struct Histogram {
    buckets: [AtomicU64; BOUNDS_US.len()],
    count: AtomicU64,
    sum_us: AtomicU64,
}

impl Histogram {
    const fn new() -> Self {
        Self {
            buckets: [const { AtomicU64::new(0) }; BOUNDS_US.len()],
            count: AtomicU64::new(0),
            sum_us: AtomicU64::new(0),
        }
    }

    /// Counts a duration.
    pub(crate) fn observe(&self, took: Duration) {
        let us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        if let Some(bucket) = BOUNDS_US.iter().position(|bound| us <= *bound) {
            self.buckets[bucket].fetch_add(1, Ordering::Relaxed);
        }
        self.count.fetch_add(1, Ordering::Relaxed);
        self.sum_us.fetch_add(us, Ordering::Relaxed);
    }
}

impl Default for Histogram {
    fn default() -> Self {
        Self::new()
    }
}

macro_rules! labels {
    ($(#[$about:meta])* $name:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum $name { $(#[doc = $word] $variant),+ }

        impl $name {
            const ALL: &[Self] = &[$(Self::$variant),+];

            fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }
    };
}

labels! {
    /// How a renewal ended.
    Renewal {
        Renewed = "renewed",
        Refused = "refused",
        Invalid = "invalid",
        Late = "late",
        Busy = "busy",
        Trouble = "trouble",
    }
}

labels! {
    /// Why somebody was refused.
    Refusal {
        Revoked = "revoked",
        Expired = "expired",
        Theft = "theft",
        UserGone = "user_gone",
        Foreign = "foreign",
        Unauthorized = "unauthorized",
        Forbidden = "forbidden",
        TooLarge = "too_large",
        TooSlow = "too_slow",
        Busy = "busy",
    }
}

labels! {
    /// How a sign-in ended.
    SignIn {
        Accepted = "accepted",
        Refused = "refused",
        Throttled = "throttled",
        Busy = "busy",
    }
}

labels! {
    /// What was asked for.
    Kind {
        Renewal = "renewal",
        Health = "health",
        Other = "other",
    }
}

labels! {
    /// The first digit of a status.
    Status {
        Informed = "1xx",
        Good = "2xx",
        Moved = "3xx",
        Theirs = "4xx",
        Ours = "5xx",
    }
}

/// What is counted for one store.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    renewals: [AtomicU64; Renewal::ALL.len()],
    refusals: [AtomicU64; Refusal::ALL.len()],
    sign_ins: [AtomicU64; SignIn::ALL.len()],
    answers: [[AtomicU64; Status::ALL.len()]; Kind::ALL.len()],
    took: [Histogram; Kind::ALL.len()],
}

impl Metrics {
    /// Counts an answer, and what it says about a renewal.
    pub(crate) fn answered(&self, class: Class, reply: &Reply, took: Duration) {
        let kind = match class {
            Class::Renewal => Kind::Renewal,
            Class::Health => Kind::Health,
            Class::Other => Kind::Other,
        };
        let status = reply.status().as_u16();
        let digit = usize::from(status / 100).clamp(1, Status::ALL.len()) - 1;
        add(&self.answers[kind as usize][digit]);
        self.took[kind as usize].observe(took);
        match (class, status) {
            (Class::Renewal, 200..300) => self.renewed(Renewal::Renewed),
            (Class::Renewal, 400 | 401) if reply.word("error") == Some("invalid_grant") => {
                self.renewed(Renewal::Refused);
                self.refused(ending(reply));
            }
            (Class::Renewal, 409) => self.renewed(Renewal::Late),
            (Class::Renewal, 400..500) => self.renewed(Renewal::Invalid),
            (Class::Renewal, 503) if reply.word("code") == Some("evertill_busy") => {
                self.renewed(Renewal::Busy)
            }
            (Class::Renewal, _) => self.renewed(Renewal::Trouble),
            (Class::Other, 401) => self.refused(Refusal::Unauthorized),
            (Class::Other, 403) => self.refused(Refusal::Forbidden),
            (Class::Other | Class::Health, _) => {}
        }
    }

    fn renewed(&self, how: Renewal) {
        add(&self.renewals[how as usize]);
    }

    /// Counts a refusal.
    pub(crate) fn refused(&self, why: Refusal) {
        add(&self.refusals[why as usize]);
    }

    /// Counts a sign-in.
    pub(crate) fn signed_in(&self, how: SignIn) {
        add(&self.sign_ins[how as usize]);
    }
}

fn add(count: &AtomicU64) {
    count.fetch_add(1, Ordering::Relaxed);
}

/// Why a renewal was refused for good, from what the till is told.
fn ending(reply: &Reply) -> Refusal {
    match reply.reason() {
        Some("revoked") => Refusal::Revoked,
        Some("expired") => Refusal::Expired,
        Some("theft") => Refusal::Theft,
        Some("user_gone") => Refusal::UserGone,
        _ => Refusal::Foreign,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_refused_renewal_is_counted_with_its_reason() {
        let metrics = Metrics::default();
        let told = json!({"error": "invalid_grant", "evertill": {"reason": "theft"}});
        metrics.answered(Class::Renewal, &Reply::json_with(401, told), Duration::ZERO);
        metrics.answered(Class::Renewal, &Reply::json(json!({})), Duration::ZERO);
        metrics.answered(Class::Renewal, &Reply::busy(), Duration::ZERO);
        let mut page = String::new();
        write(&mut page, &metrics, &Gauges::default());
        for line in [
            "evertill_renewals_total{outcome=\"refused\"} 1",
            "evertill_renewals_total{outcome=\"renewed\"} 1",
            "evertill_renewals_total{outcome=\"busy\"} 1",
            "evertill_renewals_total{outcome=\"late\"} 0",
            "evertill_refusals_total{reason=\"theft\"} 1",
            "evertill_answers_total{kind=\"renewal\",status=\"4xx\"} 1",
        ] {
            assert!(page.lines().any(|found| found == line), "{line} in\n{page}");
        }
    }

    #[test]
    fn a_histogram_counts_upwards() {
        let histogram = Histogram::default();
        for us in [1, 60, 400, 10_000_000] {
            histogram.observe(Duration::from_micros(us));
        }
        let mut page = String::new();
        histogram.write(&mut page, "x", "");
        assert!(page.contains("x_bucket{le=\"0.00005\"} 1\n"), "{page}");
        assert!(page.contains("x_bucket{le=\"0.0001\"} 2\n"), "{page}");
        assert!(page.contains("x_bucket{le=\"2.5\"} 3\n"), "{page}");
        assert!(page.contains("x_bucket{le=\"+Inf\"} 4\n"), "{page}");
        assert!(page.contains("x_count 4\n"), "{page}");
    }
}
