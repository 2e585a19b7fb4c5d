//! The network: a way out, a name, a connection, a certificate, and nobody in between.

use std::io;

use evertill_wire::Code;

use super::Asked;
use super::device::span;
use crate::context::Context;
use crate::finding::{Finding, Fixer, Layer, Remedy, Verdict};
use crate::probe::certificate::Certificate;
use crate::probe::{Outcome, TlsSeen, proxy};
use crate::reading;
use crate::remedies;

/// A time to answer that nobody feels, in milliseconds. A stock store answers its cheap route in 35 ms under load.
const ANSWER_FINE_MS: u64 = 1_500;

/// A certificate that ends sooner than this is worth a word, in seconds.
const CERTIFICATE_NOTICE_S: i64 = 14 * 86_400;

/// An interface, and a way from it to the store.
pub(super) async fn route(asked: Asked, context: &Context) -> Finding {
    let base = context.probes().base(context).await;
    if proxy::is_this_device(base) {
        return asked.ok("The store runs on this device; no network is needed.");
    }
    let names = context.probes().names(context).await;
    // An address for documentation (RFC 5737): whether a way leads out is asked of the routing table alone.
    let outside = names
        .seen()
        .and_then(|(addresses, _)| addresses.first().copied())
        .unwrap_or_else(|| std::net::Ipv4Addr::new(192, 0, 2, 1).into());
    match context.device.way_to(outside) {
        Ok(own) => asked
            .ok("This device has a network and a way to the store.")
            .seen("own address", own.to_string()),
        Err(error) => {
            let is_offline = matches!(
                error.kind(),
                io::ErrorKind::NetworkUnreachable
                    | io::ErrorKind::NetworkDown
                    | io::ErrorKind::AddrNotAvailable
            );
            let code = if is_offline {
                Code::DEVICE_OFFLINE
            } else {
                Code::NETWORK_UNREACHABLE
            };
            reading::silence(code, &error.to_string()).into_finding(asked.id, Verdict::Broken)
        }
    }
}

/// The name, with the resolver's own answer.
pub(super) async fn names(asked: Asked, context: &Context) -> Finding {
    match context.probes().names(context).await {
        Outcome::Seen((addresses, took_ms)) => {
            let list: Vec<String> = addresses.iter().take(4).map(ToString::to_string).collect();
            asked
                .ok("The store's name leads to an address.")
                .seen("resolver", list.join(", "))
                .seen("took", format!("{took_ms} ms"))
        }
        Outcome::Silent { code, evidence } => {
            let host = context.store.url().host_str().unwrap_or_default().to_owned();
            reading::silence(*code, evidence)
                .into_finding(asked.id, Verdict::Broken)
                .seen("name", host)
        }
        Outcome::NotAsked(why) => asked.after(why),
    }
}

/// A connection.
pub(super) async fn connection(asked: Asked, context: &Context) -> Finding {
    match context.probes().connection(context).await {
        Outcome::Seen(reached) => {
            let whom = if reached.proxy.is_some() {
                "The proxy"
            } else {
                "The store's server"
            };
            asked
                .ok(format!("{whom} takes connections."))
                .seen("address", reached.address.to_string())
                .seen("took", format!("{} ms", reached.took_ms))
        }
        Outcome::Silent { code, evidence } => {
            reading::silence(*code, evidence).into_finding(asked.id, Verdict::Broken)
        }
        Outcome::NotAsked(why) => asked.after(why),
    }
}

/// The certificates: end, name, issuer.
pub(super) async fn certificates(asked: Asked, context: &Context) -> Finding {
    let base = context.probes().base(context).await;
    if base.scheme() != "https" {
        let local = context.store.is_private();
        return if local {
            asked.note("The store is asked over plain http, within this network.")
        } else {
            Finding::fault(
                asked.id,
                asked.layer,
                Verdict::Warn,
                Code::STORE_WANTS_HTTPS,
                "The store is asked over plain http, and anybody on the way can listen.",
                Remedy::new(Fixer::Device, "Give the store's address with https."),
            )
        };
    }
    match context.probes().tls(context).await {
        Outcome::Seen(seen) => judge(asked, context, seen),
        Outcome::Silent { code, evidence } => {
            reading::silence(*code, evidence).into_finding(asked.id, Verdict::Broken)
        }
        Outcome::NotAsked(why) => asked.after(why),
    }
}

fn judge(asked: Asked, context: &Context, seen: &TlsSeen) -> Finding {
    let now_s = context.clock.now().wall.as_millis() / 1_000;
    let finding = match (&seen.refused, &seen.certificate) {
        (None, Some(certificate)) if certificate.not_after_s - now_s < CERTIFICATE_NOTICE_S => {
            Finding::fault(
                asked.id,
                asked.layer,
                Verdict::Warn,
                Code::TLS_CERTIFICATE_ERROR,
                format!(
                    "The store's certificate is good and ends in {}.",
                    span(certificate.not_after_s - now_s)
                ),
                Remedy::new(
                    Fixer::Website,
                    "Renew the certificate before it ends; ask the host why it is not renewed by itself.",
                ),
            )
        }
        (None, _) => asked.ok("The store's certificate is good."),
        (Some(_), certificate) => {
            let (sentence, remedy) = refusal(seen, certificate.as_ref(), now_s);
            Finding::fault(
                asked.id,
                asked.layer,
                Verdict::Broken,
                Code::TLS_CERTIFICATE_ERROR,
                sentence,
                remedy,
            )
        }
    };
    let finding = finding.seen("refused because", seen.refused.clone().unwrap_or_default());
    match &seen.certificate {
        Some(certificate) => finding
            .seen("made for", certificate.subject.clone())
            .seen("signed by", certificate.issuer.clone())
            .seen("ends in", span(certificate.not_after_s - now_s)),
        None => finding,
    }
}

/// Why the certificates are refused, in the order in which one reason explains another.
fn refusal(seen: &TlsSeen, certificate: Option<&Certificate>, now_s: i64) -> (String, Remedy) {
    match certificate {
        Some(known) if known.not_after_s < now_s => (
            format!(
                "The store's certificate ended {} ago.",
                span(now_s - known.not_after_s)
            ),
            Remedy::new(
                Fixer::Website,
                "Renew the certificate at the host. If it is new, this device's clock is wrong.",
            ),
        ),
        Some(known) if known.not_before_s > now_s => (
            "The store's certificate is not valid yet.".to_owned(),
            Remedy::new(Fixer::Device, "Set this device's clock by the network."),
        ),
        Some(_) if !seen.is_for_this_name => (
            "The store's certificate was made for another name.".to_owned(),
            Remedy::new(
                Fixer::Website,
                "Give the address the certificate is for, or have a certificate made for this one.",
            ),
        ),
        Some(known) => (
            format!(
                "The certificate is signed by \u{201c}{}\u{201d}, whom this device does not trust.",
                known.issuer
            ),
            Remedy::new(
                Fixer::Device,
                format!(
                    "If \u{201c}{}\u{201d} is your security software or your company's proxy, install its root \
                     certificate on this device or exempt the store from inspection; if nobody knows it, do not use \
                     this network.",
                    known.issuer
                ),
            ),
        ),
        None => (
            "The store's certificate cannot be trusted.".to_owned(),
            remedies::of_code(Code::TLS_CERTIFICATE_ERROR, Fixer::Website),
        ),
    }
}

/// A network that wants its own sign-in first.
pub(super) async fn portal(asked: Asked, context: &Context) -> Finding {
    let front = context.probes().front(context).await;
    let Some(seen) = front.seen() else {
        return asked.without(front, "site.http");
    };
    for reply in [&seen.first, &seen.last] {
        let found = reading::problem(reply).filter(|problem| {
            problem.layer == Layer::Network && problem.code == Code::INVALID_RESPONSE_FORMAT
        });
        if let Some(problem) = found {
            return problem.into_finding(asked.id, Verdict::Broken);
        }
    }
    asked.ok("No sign-in page of the network stands in between.")
}

/// How long an answer takes.
pub(super) async fn latency(asked: Asked, context: &Context) -> Finding {
    let ping = context.probes().ping(context).await;
    match ping {
        Outcome::Seen(reply) => {
            if let Some(problem) = reading::problem(reply) {
                return problem.into_finding(asked.id, Verdict::Broken);
            }
            let ms = reply.took_ms;
            let finding = if ms <= ANSWER_FINE_MS {
                asked.ok(format!("The store answers within {ms} ms."))
            } else {
                Finding::fault(
                    asked.id,
                    asked.layer,
                    Verdict::Warn,
                    Code::CONNECTION_TIMEOUT,
                    format!("The store takes {ms} ms for its shortest answer."),
                    remedies::of_code(Code::CONNECTION_TIMEOUT, Fixer::Website),
                )
            };
            finding
                .seen("answer", format!("{ms} ms"))
                .seen("server load", reply.header("x-wcpos-pressure"))
        }
        Outcome::Silent { code, evidence } => {
            reading::silence(*code, evidence).into_finding(asked.id, Verdict::Broken)
        }
        Outcome::NotAsked(why) => asked.after(why),
    }
}
