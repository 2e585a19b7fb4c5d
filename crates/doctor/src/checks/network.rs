//! The network: a way out, a name, a connection, a certificate, and nobody in between.

use std::io;

use evertill_wire::Code;

use super::Asked;
use super::device::span;
use crate::context::Context;
use crate::finding::{Finding, Fixer, Layer, Remedy, Verdict};
use crate::probe::certificate::Certificate;
use crate::probe::{Outcome, TlsSeen, proxy};
use crate::reading::{self, Problem};
use crate::remedies;
use crate::reply::Reply;

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
    let tls = context.probes().tls(context).await;
    let is_good = tls.seen().is_some_and(|seen| seen.refused.is_none());
    if !is_good && portal_at(context.probes().plain(context).await).is_some() {
        return asked.after("network.portal");
    }
    match tls {
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
        (None, Some(certificate)) => trusted(asked, certificate, context.store.is_private()),
        (None, None) => asked.ok("The store's certificate is good."),
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

/// A certificate this device trusts. Trust alone does not say who is at the other end: a program that opens connections
/// to look inside has its own authority installed on the device.
fn trusted(asked: Asked, certificate: &Certificate, is_private: bool) -> Finding {
    if let Some(product) = certificate.inspector() {
        return asked
            .note(format!(
                "{product} opens the connection to the store and looks inside; this device trusts it."
            ))
            .seen("recognised as", product);
    }
    if !is_private && !certificate.is_logged && !certificate.names_issuer {
        return asked.note(format!(
            "The store's certificate is signed by \u{201c}{}\u{201d}, whom this device trusts and the public web does \
             not know: your own authority, or a program that looks inside.",
            certificate.issuer
        ));
    }
    asked.ok("The store's certificate is good.")
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
        Some(known) if seen.shown == 1 && known.names_issuer && !known.is_self_signed => (
            format!(
                "The store's server shows its own certificate without the one of \u{201c}{}\u{201d} that signed it.",
                known.issuer
            ),
            Remedy::new(
                Fixer::Website,
                "Install the whole chain at the host: the file is often called fullchain.pem or bundle. Browsers that \
                 open the site all the same have fetched the missing one elsewhere.",
            )
            .with_lines(
                "# nginx\nssl_certificate /path/to/fullchain.pem;\n\n# Apache\nSSLCertificateFile /path/to/fullchain.pem",
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
        // Over https a portal shows only as a certificate that is not the store's; over plain http it says who it is.
        return match portal_at(context.probes().plain(context).await) {
            Some(problem) => problem.into_finding(asked.id, Verdict::Broken),
            None => asked.without(front, "site.http"),
        };
    };
    for reply in [&seen.first, &seen.last] {
        if let Some(problem) = portal_in(reply) {
            return problem.into_finding(asked.id, Verdict::Broken);
        }
    }
    asked.ok("No sign-in page of the network stands in between.")
}

fn portal_at(plain: &Outcome<Reply>) -> Option<Problem> {
    plain.seen().and_then(portal_in)
}

fn portal_in(reply: &Reply) -> Option<Problem> {
    reading::problem(reply)
        .filter(|problem| problem.layer == Layer::Network && problem.code == Code::INVALID_RESPONSE_FORMAT)
}

/// How long an answer takes.
pub(super) async fn latency(asked: Asked, context: &Context) -> Finding {
    let ping = context.probes().ping(context).await;
    match ping {
        Outcome::Seen(reply) => {
            if let Some(problem) = reading::problem(reply) {
                return problem.into_finding(asked.id, Verdict::Broken);
            }
            answer_time(asked, reply.took_ms).seen("server load", reply.header("x-wcpos-pressure"))
        }
        Outcome::Silent { code, evidence } => {
            reading::silence(*code, evidence).into_finding(asked.id, Verdict::Broken)
        }
        Outcome::NotAsked(why) => asked.after(why),
    }
}

fn answer_time(asked: Asked, ms: u64) -> Finding {
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
    finding.seen("answer", format!("{ms} ms"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASKED: Asked = Asked {
        id: "x",
        layer: Layer::Network,
    };

    fn certificate(issuer: &str) -> Certificate {
        Certificate {
            subject: "shop.example".into(),
            issuer: issuer.into(),
            not_before_s: 0,
            not_after_s: 2_000_000_000,
            is_self_signed: false,
            names_issuer: true,
            is_logged: true,
        }
    }

    fn refused(certificate: Certificate, shown: usize) -> String {
        let seen = TlsSeen {
            certificate: Some(certificate.clone()),
            shown,
            is_for_this_name: true,
            refused: Some("UnknownIssuer".into()),
        };
        refusal(&seen, Some(&certificate), 1_000).0
    }

    #[test]
    fn a_slow_answer_is_worth_a_word() {
        assert_eq!(answer_time(ASKED, 1_500).verdict, Verdict::Ok);
        let slow = answer_time(ASKED, 1_501);
        assert_eq!(
            (slow.verdict, slow.code),
            (Verdict::Warn, Some(Code::CONNECTION_TIMEOUT))
        );
    }

    #[test]
    fn whoever_looks_inside_is_named_although_this_device_trusts_it() {
        let said = |certificate: &Certificate, is_private| {
            let finding = trusted(ASKED, certificate, is_private);
            (finding.verdict, finding.sentence)
        };
        let (verdict, sentence) = said(&certificate("Zscaler Inc., Zscaler Root CA"), false);
        assert_eq!(verdict, Verdict::Note);
        assert!(sentence.starts_with("Zscaler opens the connection"), "{sentence}");
        let own = Certificate {
            names_issuer: false,
            is_logged: false,
            ..certificate("Corner Shop Ltd, Own Root")
        };
        let (verdict, sentence) = said(&own, false);
        assert_eq!(verdict, Verdict::Note);
        assert!(sentence.contains("Own Root"), "{sentence}");
        assert_eq!(said(&own, true).0, Verdict::Ok);
        assert_eq!(said(&certificate("Let's Encrypt, R11"), false).0, Verdict::Ok);
    }

    #[test]
    fn a_missing_link_of_the_chain_is_told_from_an_authority_nobody_knows() {
        assert!(refused(certificate("Let's Encrypt, R11"), 1).contains("without the one of"));
        assert!(refused(certificate("Let's Encrypt, R11"), 2).contains("does not trust"));
        let private = Certificate {
            names_issuer: false,
            ..certificate("Kiosk Guard Inspection CA")
        };
        assert!(refused(private, 1).contains("does not trust"));
    }
}
