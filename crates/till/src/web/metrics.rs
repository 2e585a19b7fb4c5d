//! `GET /metrics`: the session's counters as Prometheus reads them, for programs on this machine.

use std::fmt::Write;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, Extension, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use evertill_session::Counters;

use crate::till::Till;

/// Nobody but this machine is told; for everybody else there is no such page.
pub(super) async fn show(
    State(till): State<Arc<Till>>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
) -> Response {
    if !peer.is_some_and(|Extension(ConnectInfo(peer))| is_this_machine(peer)) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let keeper = till.session.keeper();
    let text = text_of(&keeper.counters(), &keeper.store().to_string());
    (
        [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")],
        text,
    )
        .into_response()
}

fn is_this_machine(peer: SocketAddr) -> bool {
    peer.ip().to_canonical().is_loopback()
}

/// An address of a store holds neither quotes nor line breaks, so that it needs no escaping as a label.
fn text_of(counters: &Counters, store: &str) -> String {
    let mut text = String::new();
    let mut total = |name: &str, help: &str, lines: &[(String, u64)]| {
        // Writing to a text does not fail.
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} counter");
        for (labels, value) in lines {
            let _ = writeln!(text, "{name}{{store=\"{store}\"{labels}}} {value}");
        }
    };
    let plain = |value| [(String::new(), value)];
    total(
        "renewals_total",
        "Renewals that brought a token.",
        &plain(counters.renewals_total),
    );
    let failures: Vec<(String, u64)> = counters
        .renewal_failures_total
        .iter()
        .map(|(cause, count)| (format!(",cause=\"{cause}\""), *count))
        .collect();
    total(
        "renewal_failures_total",
        "Attempts to renew that brought none, by cause.",
        &failures,
    );
    total(
        "needless_sign_outs_total",
        "Ends of a session that neither the store nor a person called for.",
        &plain(counters.needless_sign_outs_total),
    );
    total(
        "time_without_token_seconds",
        "Seconds in which somebody was signed in and there was no token.",
        &plain(counters.time_without_token_seconds()),
    );
    text
}

#[cfg(test)]
mod tests {
    use evertill_wire::Code;

    use super::*;

    #[test]
    fn only_this_machine_is_told() {
        for (peer, is_told) in [
            ("127.0.0.1:1", true),
            ("[::1]:1", true),
            ("[::ffff:127.0.0.1]:1", true),
            ("192.168.1.7:1", false),
            ("[::ffff:192.168.1.7]:1", false),
            ("[fe80::1]:1", false),
        ] {
            assert_eq!(is_this_machine(peer.parse().unwrap()), is_told, "{peer}");
        }
    }

    #[test]
    fn counters_read_as_prometheus_expects_them() {
        let mut counters = Counters {
            renewals_total: 3,
            ..Counters::default()
        };
        counters
            .renewal_failures_total
            .insert(Code::CONNECTION_REFUSED, 2);
        let text = text_of(&counters, "https://shop.example");
        for line in [
            "# TYPE renewals_total counter",
            "renewals_total{store=\"https://shop.example\"} 3",
            "renewal_failures_total{store=\"https://shop.example\",cause=\"API01002\"} 2",
            "needless_sign_outs_total{store=\"https://shop.example\"} 0",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} in {text}");
        }
    }
}
