//! The plugins: WooCommerce, WCPOS, what they serve, and the sign-in page.

use evertill_wire::Code;
use evertill_wire::json::Body;
use evertill_wire::rest::site::Site;

use super::Asked;
use crate::context::Context;
use crate::finding::{Finding, Fixer, Layer, Remedy, Verdict};
use crate::probe::{Outcome, SiteSeen};
use crate::reading::{self, Problem, version};
use crate::remedies;
use crate::reply::Reply;

/// The oldest WCPOS that speaks everything the till needs.
const WCPOS_LEAST: (u32, u32) = (1, 10);

/// How much of the sign-in page is searched, in bytes.
const PAGE_BYTES: usize = 64 * 1024;

/// What the site says it serves: in its description, or in the index.
async fn described(context: &Context) -> Result<(&SiteSeen, Option<&Site>), &Outcome<SiteSeen>> {
    let probes = context.probes();
    let outcome = probes.site(context).await;
    let Some(seen) = outcome.seen() else {
        return Err(outcome);
    };
    if seen.payload.is_some() {
        return Ok((seen, seen.payload.as_ref()));
    }
    let index = probes.index(context).await;
    Ok((seen, index.seen().and_then(|index| index.site.as_ref())))
}

fn serves(site: &Site, start: &str) -> bool {
    site.namespaces.iter().any(|name| name.starts_with(start))
}

/// WooCommerce is active.
pub(super) async fn woocommerce(asked: Asked, context: &Context) -> Finding {
    let (_, site) = match described(context).await {
        Ok(found) => found,
        Err(outcome) => return asked.without(outcome, "site.rest"),
    };
    let Some(site) = site else {
        return asked.after("site.rest");
    };
    if !serves(site, "wc/v3") {
        return Problem::new(
            Layer::WooCommerce,
            Code::WOOCOMMERCE_API_DISABLED,
            "WooCommerce is not active at the store.",
            remedies::activate_woocommerce(),
        )
        .into_finding(asked.id, Verdict::Broken);
    }
    let found = if site.wc_version.is_empty() {
        asked.ok("WooCommerce is active.")
    } else {
        asked.ok(format!("WooCommerce {} is active.", site.wc_version))
    };
    found.seen("version", site.wc_version.clone())
}

/// WCPOS is active and new enough.
pub(super) async fn wcpos(asked: Asked, context: &Context) -> Finding {
    let (seen, site) = match described(context).await {
        Ok(found) => found,
        Err(outcome) => return asked.without(outcome, "site.rest"),
    };
    if seen.payload.is_none() {
        return match reading::problem(&seen.reply) {
            Some(problem) if problem.code == Code::WCPOS_PLUGIN_NOT_FOUND => {
                missing(site, problem).into_finding(asked.id, Verdict::Broken)
            }
            Some(_) | None => asked.after("site.rest"),
        };
    }
    let found = site.map(|site| site.wcpos_version.as_str()).unwrap_or_default();
    if !found.is_empty() && version(found) < WCPOS_LEAST {
        return outdated(found).into_finding(asked.id, Verdict::Warn);
    }
    asked
        .ok(format!("The WCPOS plugin {found} is active.").replace("  ", " "))
        .seen("version", found)
}

/// The description is missing: the plugin is off, or of a time before it gave one.
fn missing(site: Option<&Site>, problem: Problem) -> Problem {
    match site {
        Some(site) if serves(site, "wcpos/") => outdated(&site.wcpos_version),
        Some(_) | None => problem,
    }
}

fn outdated(version: &str) -> Problem {
    Problem::new(
        Layer::Wcpos,
        Code::WCPOS_PLUGIN_OUTDATED,
        "The WCPOS plugin is older than this till understands.",
        remedies::update_wcpos(),
    )
    .seen("version", version)
}

/// Both interfaces the till speaks are served.
pub(super) async fn namespaces(asked: Asked, context: &Context) -> Finding {
    let outcome = context.probes().site(context).await;
    let Some(site) = outcome.seen().and_then(|seen| seen.payload.as_ref()) else {
        return asked.without(outcome, "plugin.wcpos");
    };
    let list = site.namespaces.join(", ");
    if serves(site, "wcpos/v2") {
        return asked
            .ok("The interfaces the till needs are served.")
            .seen("namespaces", list);
    }
    outdated(&site.wcpos_version)
        .into_finding(asked.id, Verdict::Broken)
        .seen("namespaces", list)
}

/// The sign-in page is where the store says.
pub(super) async fn sign_in_page(asked: Asked, context: &Context) -> Finding {
    let seen = match context.probes().sign_in(context).await {
        Outcome::Seen(seen) => seen,
        Outcome::Silent { code, evidence } => {
            return reading::silence(*code, evidence).into_finding(asked.id, Verdict::Broken);
        }
        Outcome::NotAsked(why) => return asked.after(why),
    };
    let announced = seen.announced.origin().ascii_serialization();
    let Some(reply) = &seen.reply else {
        return misplaced(&announced, "Nobody can sign in.")
            .into_finding(asked.id, Verdict::Broken)
            .seen(
                "there",
                seen.dead_end
                    .as_ref()
                    .map(|(code, _)| code.title())
                    .unwrap_or_default(),
            );
    };
    let finding = match page(reply) {
        Page::Form => match &seen.dead_end {
            None => asked.ok("The sign-in page is where the store says."),
            Some((code, _)) => misplaced(
                &announced,
                "The page is used at the store's address instead; that works.",
            )
            .into_finding(asked.id, Verdict::Warn)
            .seen("there", code.title()),
        },
        Page::Words(problem) => problem.into_finding(asked.id, Verdict::Warn),
        Page::Missing(problem) => problem.into_finding(asked.id, Verdict::Broken),
    };
    finding.seen("announced", announced)
}

fn misplaced(announced: &str, then: &str) -> Problem {
    Problem::new(
        Layer::Wcpos,
        Code::INVALID_SITE_CONFIGURATION,
        format!("The store announces its sign-in page at {announced}, where nothing answers. {then}"),
        Remedy::new(
            Fixer::Website,
            "Let the site answer over https, or switch \u{201c}force SSL\u{201d} off in the WCPOS settings.",
        ),
    )
}

/// What the sign-in page turned out to be.
enum Page {
    /// The form.
    Form,
    /// The form, with words above it that concern the person.
    Words(Problem),
    /// Not the form.
    Missing(Problem),
}

fn page(reply: &Reply) -> Page {
    let text = String::from_utf8_lossy(&reply.body[..reply.body.len().min(PAGE_BYTES)]).to_lowercase();
    let is_ours = text.contains("wcpos-log") || text.contains("woocommerce pos login");
    if (200..400).contains(&reply.status) && is_ours {
        return words(&text).map_or(Page::Form, Page::Words);
    }
    if reply.status == 404 {
        return Page::Missing(
            Problem::new(
                Layer::Wcpos,
                Code::WCPOS_PLUGIN_NOT_FOUND,
                "The sign-in page is not there.",
                remedies::activate_wcpos(),
            )
            .seen("answer", reply.in_short()),
        );
    }
    let is_some_page = matches!(reply.json(), Body::Html { .. }) && (200..300).contains(&reply.status);
    match reading::problem(reply) {
        Some(problem) if !(is_some_page && problem.layer == Layer::WordPress) => Page::Missing(problem),
        Some(_) => Page::Missing(
            Problem::new(
                Layer::WordPress,
                Code::INVALID_SITE_CONFIGURATION,
                "Another page of the site comes where the sign-in page should be.",
                remedies::permalinks(),
            )
            .seen("answer", reply.in_short()),
        ),
        // A page of another make, such as that of an Evertill store.
        None => Page::Form,
    }
}

/// What the page says to a person, in the stock plugin's own untranslated sentences.
fn words(text: &str) -> Option<Problem> {
    const KNOWN: [(&str, Code, Fixer); 5] = [
        ("temporarily locked", Code::ACCOUNT_LOCKED, Fixer::Cashier),
        ("too many requests", Code::ACCOUNT_LOCKED, Fixer::Cashier),
        (
            "invalid username or password",
            Code::INVALID_CREDENTIALS,
            Fixer::Cashier,
        ),
        (
            "do not have permission",
            Code::INSUFFICIENT_PERMISSIONS,
            Fixer::Website,
        ),
        ("security check failed", Code::SIGN_IN_ABANDONED, Fixer::Cashier),
    ];
    let (_, code, who) = KNOWN.iter().find(|(words, _, _)| text.contains(words))?;
    let remedy = if *code == Code::INSUFFICIENT_PERMISSIONS {
        remedies::rights()
    } else {
        remedies::of_code(*code, *who)
    };
    Some(Problem::new(
        Layer::Session,
        *code,
        format!("The sign-in page says: {}.", code.title()),
        remedy,
    ))
}
