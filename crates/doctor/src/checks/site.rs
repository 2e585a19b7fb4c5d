//! The site: does it answer, where, and is it WordPress that answers.

use evertill_client::profile::RouteStyle;
use evertill_wire::Code;
use evertill_wire::json::Body;

use super::Asked;
use crate::context::Context;
use crate::finding::{Finding, Layer, Verdict};
use crate::probe::Outcome;
use crate::reading::{self, Problem};
use crate::remedies;
use crate::reply::Reply;

/// The home page answers at all.
pub(super) async fn web(asked: Asked, context: &Context) -> Finding {
    match context.probes().front(context).await {
        Outcome::Seen(front) => {
            let reply = &front.last;
            let fault = (reply.status >= 500 || reply.status == 429)
                .then(|| reading::problem(reply))
                .flatten();
            match fault {
                Some(problem) => problem.into_finding(asked.id, Verdict::Broken),
                None => asked
                    .ok("The site answers.")
                    .seen("answer", reply.in_short())
                    .seen("server", reply.header("server"))
                    .seen("took", format!("{} ms", reply.took_ms)),
            }
        }
        Outcome::Silent { code, evidence } => {
            reading::silence(*code, evidence).into_finding(asked.id, Verdict::Broken)
        }
        Outcome::NotAsked(why) => asked.after(why),
    }
}

/// The address is the store's own.
pub(super) async fn redirect(asked: Asked, context: &Context) -> Finding {
    let front = context.probes().front(context).await;
    let Some(seen) = front.seen() else {
        return asked.without(front, "site.http");
    };
    if seen.leads_to.is_none() {
        return asked.ok("The address is the store's own and leads nowhere else.");
    }
    let problem = reading::redirected(&seen.first);
    if let Some((code, evidence)) = &seen.dead_end {
        return Problem {
            sentence: format!("{} Nothing answers there.", problem.sentence),
            ..problem
        }
        .seen("there", code.title())
        .seen("system", evidence.clone())
        .into_finding(asked.id, Verdict::Broken);
    }
    let verdict = if reading::leads_elsewhere(seen) {
        Verdict::Broken
    } else {
        Verdict::Warn
    };
    problem.into_finding(asked.id, verdict)
}

/// Services and plugins that guard the site, by what they leave in answers.
pub(super) async fn guards(asked: Asked, context: &Context) -> Finding {
    let site = context.probes().site(context).await;
    let front = context.probes().front(context).await;
    let Some(seen) = front.seen() else {
        return asked.without(front, "site.http");
    };
    let replies = [Some(&seen.last), site.seen().map(|site| &site.reply)];
    for reply in replies.into_iter().flatten() {
        if let Some(problem) =
            reading::problem(reply).filter(|problem| problem.layer == Layer::Proxy && is_block(problem))
        {
            // A guarded home page with an open interface is no obstacle.
            let is_open = site.seen().is_some_and(|site| site.payload.is_some());
            let verdict = if is_open { Verdict::Note } else { Verdict::Broken };
            return problem.into_finding(asked.id, verdict);
        }
    }
    match reading::service_in_front(&seen.last) {
        Some(name) => asked
            .ok(format!(
                "{name} stands in front of the site and lets the till through."
            ))
            .seen("recognised as", name),
        None => asked.ok("Nothing in front of the site is in the way."),
    }
}

fn is_block(problem: &Problem) -> bool {
    matches!(
        problem.code,
        Code::INVALID_RESPONSE_FORMAT | Code::REQUEST_TOO_LARGE | Code::RATE_LIMIT_EXCEEDED
    ) && !problem.evidence.iter().any(|(label, _)| label == "leads to")
}

/// WordPress, or an Evertill store, is behind the address.
pub(super) async fn wordpress(asked: Asked, context: &Context) -> Finding {
    let front = context.probes().front(context).await;
    let site = context.probes().site(context).await;
    if let Some(payload) = site.seen().and_then(|seen| seen.payload.as_ref()) {
        return match &payload.evertill {
            Some(store) => asked
                .ok(format!("An Evertill store, version {}.", store.version))
                .seen("version", format!("Evertill {}", store.version)),
            None => asked
                .ok(format!("WordPress {}.", payload.wp_version))
                .seen("version", payload.wp_version.clone()),
        };
    }
    let Some(seen) = front.seen() else {
        return asked.without(front, "site.http");
    };
    let names_root = seen
        .last
        .headers
        .iter()
        .any(|(name, value)| name.eq_ignore_ascii_case("link") && value.contains("https://api.w.org/"));
    if names_root
        || site
            .seen()
            .is_some_and(|seen| reading::wp_code(&seen.reply.json()).is_some())
    {
        return asked.ok("WordPress is behind the address.");
    }
    asked.without(site, "site.rest")
}

/// WordPress' interface answers with JSON.
pub(super) async fn rest(asked: Asked, context: &Context) -> Finding {
    let seen = match context.probes().site(context).await {
        Outcome::Seen(seen) => seen,
        Outcome::Silent { code, evidence } => {
            return reading::silence(*code, evidence).into_finding(asked.id, Verdict::Broken);
        }
        Outcome::NotAsked(why) => return asked.after(why),
    };
    match reading::problem(&seen.reply) {
        // The interface is there and says that a plugin is not: that is another check's finding.
        Some(problem) if problem.code == Code::WCPOS_PLUGIN_NOT_FOUND => {}
        Some(problem) => {
            let finding = problem.into_finding(asked.id, Verdict::Broken);
            return match &seen.other_way {
                Some(reply) => finding.seen("?rest_route=", reply.in_short()),
                None => finding,
            };
        }
        None if reading::is_blank(&seen.reply) => {
            return reading::blank(&seen.reply).into_finding(asked.id, Verdict::Broken);
        }
        None => {}
    }
    let finding = match seen.style {
        RouteStyle::Path => asked.ok("WordPress' interface answers with JSON at /wp-json/."),
        RouteStyle::Query => asked.note(
            "WordPress' interface answers at ?rest_route= only, because the site has plain permalinks; that works.",
        ),
    };
    let finding = finding.seen("answer", seen.reply.in_short());
    match &seen.wrong_route {
        Some(reply) => finding.seen("/wp-json/", reply.in_short()),
        None => finding,
    }
}

/// PHP prints nothing into the answers.
pub(super) async fn notices(asked: Asked, context: &Context) -> Finding {
    let probes = context.probes();
    let site = probes.site(context).await;
    if site.seen().is_none() {
        return asked.without(site, "site.rest");
    }
    // Whatever else is asked of the interface is waited for, so that its answers are looked at as well.
    futures_util::join!(
        probes.echo(context),
        probes.ping(context),
        probes.sessions(context)
    );
    let noisy = probes
        .rest_replies()
        .into_iter()
        .find_map(|(route, reply)| match reply.json() {
            Body::Recovered { noise_bytes, .. } => Some((route, reply, noise_bytes)),
            Body::Clean(_) | Body::Glued | Body::Broken | Body::Html { .. } | Body::Empty | Body::Other => {
                None
            }
        });
    match noisy {
        None => asked.ok("The answers are clean JSON."),
        Some((route, reply, bytes)) => noise(reply)
            .into_finding(asked.id, Verdict::Warn)
            .seen("route", route)
            .seen("noise", format!("{bytes} bytes")),
    }
}

/// PHP notices around an answer that could be read all the same.
pub(super) fn noise(reply: &Reply) -> Problem {
    Problem::new(
        Layer::WordPress,
        Code::JSON_RECOVERY_ATTEMPTED,
        "PHP prints notices into the store's answers; they can be read all the same.",
        remedies::notices(),
    )
    .seen("answer", reply.in_short())
}
