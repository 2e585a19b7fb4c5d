//! What an answer that is not a success means: the layer, the code, and who can do what. Pure.
//!
//! The first word has the session's own reading ([`not_from_the_api`]), so that a renewal and the doctor never disagree
//! about the same answer. What is added here is what a person needs on top: the layer by name, PHP's own words, the
//! lines to paste.

use evertill_session::answer::{layer_of, not_from_the_api};
use evertill_session::{Trouble, TroubleKind};
use evertill_wire::Code;
use evertill_wire::json::Body;
use serde_json::Value;
use url::Url;

use crate::finding::{Finding, Fixer, Layer, Remedy, Verdict};
use crate::probe::Front;
use crate::remedies;
use crate::reply::Reply;

mod server;

/// A fault as it was read from an answer or from silence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) layer: Layer,
    pub(crate) code: Code,
    pub(crate) sentence: String,
    pub(crate) evidence: Vec<(String, String)>,
    pub(crate) remedy: Remedy,
}

impl Problem {
    pub(crate) fn new(layer: Layer, code: Code, sentence: impl Into<String>, remedy: Remedy) -> Self {
        Self {
            layer,
            code,
            sentence: sentence.into(),
            evidence: Vec::new(),
            remedy,
        }
    }

    pub(crate) fn seen(mut self, label: &str, value: impl Into<String>) -> Self {
        let value = value.into();
        if !value.is_empty() {
            self.evidence.push((label.to_owned(), value));
        }
        self
    }

    /// The fault as the result of a check.
    pub(crate) fn into_finding(self, id: &str, verdict: Verdict) -> Finding {
        Finding {
            evidence: self.evidence,
            ..Finding::fault(id, self.layer, verdict, self.code, self.sentence, self.remedy)
        }
    }
}

/// What an answer means when it is not the API's own; nothing when it is.
pub(crate) fn problem(reply: &Reply) -> Option<Problem> {
    if (300..400).contains(&reply.status) {
        return Some(redirected(reply));
    }
    if reply.status == 511 {
        return Some(captive_portal(reply));
    }
    reply
        .with_raw(not_from_the_api)
        .map(|trouble| of_trouble(&trouble, reply))
}

/// A fault the session's rules named, with what a person needs on top.
pub(crate) fn of_trouble(trouble: &Trouble, reply: &Reply) -> Problem {
    if (300..400).contains(&reply.status) {
        return redirected(reply);
    }
    let problem = match trouble.kind {
        TroubleKind::Server => server::fault(trouble.cause, reply),
        TroubleKind::Pause => Problem::new(
            Layer::Proxy,
            Code::RATE_LIMIT_EXCEEDED,
            "The site asks for a pause: too many requests came in a short time.",
            remedies::pause(reply.header("retry-after")),
        ),
        TroubleKind::Blocked => blocked(trouble, reply),
        TroubleKind::Configuration => configuration(trouble),
        TroubleKind::WrongRoute => wrong_route(trouble, reply),
        TroubleKind::Network => silence(trouble.cause, &trouble.evidence),
        TroubleKind::Device => Problem::new(
            Layer::Device,
            trouble.cause,
            capitalised(&trouble.evidence),
            remedies::of_code(trouble.cause, Fixer::Device),
        ),
    };
    problem.seen("answer", reply.in_short())
}

fn blocked(trouble: &Trouble, reply: &Reply) -> Problem {
    match (trouble.cause, reply.with_raw(layer_of)) {
        (_, Some("a captive portal")) => captive_portal(reply),
        (Code::INVALID_RESPONSE_FORMAT, Some(layer)) => Problem::new(
            Layer::Proxy,
            trouble.cause,
            format!("{} answers instead of the store.", capitalised(layer)),
            remedies::firewall(Some(layer)),
        )
        .seen("recognised as", layer),
        (Code::INVALID_RESPONSE_FORMAT, None) => Problem::new(
            Layer::Proxy,
            trouble.cause,
            "Something in front of the store refuses the request.",
            remedies::firewall(None),
        ),
        (Code::REQUEST_TOO_LARGE, _) => Problem::new(
            Layer::Proxy,
            trouble.cause,
            "The web server refuses the request because of its size.",
            remedies::size_limit(),
        ),
        (code, _) => Problem::new(
            Layer::Proxy,
            code,
            "The request is changed on its way to the store.",
            remedies::altered(),
        )
        .seen("reading", trouble.evidence.clone()),
    }
}

fn configuration(trouble: &Trouble) -> Problem {
    let code = trouble.cause;
    if code == Code::WCPOS_PLUGIN_NOT_FOUND {
        return Problem::new(
            Layer::Wcpos,
            code,
            "The site answers and the WCPOS plugin does not.",
            remedies::activate_wcpos(),
        );
    }
    if code == Code::WORDPRESS_API_DISABLED {
        return Problem::new(
            Layer::WordPress,
            code,
            "The site's REST interface is closed to visitors.",
            remedies::rest_locked(),
        )
        .seen("reading", trouble.evidence.clone());
    }
    Problem::new(
        Layer::WordPress,
        code,
        capitalised(&trouble.evidence),
        remedies::of_code(code, Fixer::Website),
    )
}

fn wrong_route(trouble: &Trouble, reply: &Reply) -> Problem {
    let sentence = if reply.status == 404 {
        "There is no WordPress interface at this address."
    } else {
        "A web page comes where WordPress' interface should be."
    };
    // A page with status 200 is called an answer of something else by the session; here every other explanation has
    // been tried, and what is missing is the interface.
    let code = if trouble.cause == Code::INVALID_RESPONSE_FORMAT {
        Code::WORDPRESS_API_DISABLED
    } else {
        trouble.cause
    };
    Problem::new(Layer::WordPress, code, sentence, remedies::no_interface())
}

/// Nobody answered.
pub(crate) fn silence(code: Code, evidence: &str) -> Problem {
    let (sentence, remedy) = remedies::silence(code);
    Problem::new(Layer::Network, code, sentence, remedy).seen("system", evidence)
}

/// Success and nothing in it: PHP ended without a word, or a page has no theme. Elsewhere an answer may be empty; where a
/// description was asked for it is none.
pub(crate) fn is_blank(reply: &Reply) -> bool {
    (200..300).contains(&reply.status) && matches!(reply.json(), Body::Empty)
}

/// Nothing where the interface's own description should be.
pub(crate) fn blank(reply: &Reply) -> Problem {
    Problem::new(
        Layer::WordPress,
        Code::MISSING_RESPONSE_DATA,
        "The store's interface answers with success and sends nothing.",
        remedies::php_fatal(""),
    )
    .seen("answer", reply.in_short())
}

/// A page where the REST interface should be, which `?rest_route=` may get around.
pub(crate) fn is_wrong_route(reply: &Reply) -> bool {
    if is_blank(reply) {
        return true;
    }
    reply
        .with_raw(not_from_the_api)
        .is_some_and(|trouble| trouble.kind == TroubleKind::WrongRoute)
}

/// An answer of somebody in between, which may guard one way to the interface and not the other.
pub(crate) fn is_blocked(reply: &Reply) -> bool {
    reply
        .with_raw(not_from_the_api)
        .is_some_and(|trouble| trouble.kind == TroubleKind::Blocked)
}

/// The address an answer leads to.
pub(crate) fn redirect_target(reply: &Reply) -> Option<Url> {
    if !(300..400).contains(&reply.status) {
        return None;
    }
    let target = reply.url.join(reply.header("location")).ok()?;
    matches!(target.scheme(), "http" | "https").then_some(target)
}

/// Whether two addresses are plainly the same store: the same name, with or without `www`.
pub(crate) fn is_same_store(one: &Url, other: &Url) -> bool {
    without_www(one) == without_www(other)
}

/// Whether the home page leads to another site, or back from `https` to `http`.
pub(crate) fn leads_elsewhere(front: &Front) -> bool {
    front.leads_to.as_ref().is_some_and(|target| {
        let is_downgrade = front.first.url.scheme() == "https" && target.scheme() == "http";
        !is_same_store(&front.first.url, target) || is_downgrade
    })
}

fn without_www(url: &Url) -> &str {
    let host = url.host_str().unwrap_or_default();
    host.strip_prefix("www.").unwrap_or(host)
}

/// An answer that leads on.
pub(crate) fn redirected(reply: &Reply) -> Problem {
    let Some(target) = redirect_target(reply) else {
        return Problem::new(
            Layer::Proxy,
            Code::INVALID_RESPONSE_FORMAT,
            "The site leads on to an address that cannot be read.",
            remedies::of_code(Code::INVALID_RESPONSE_FORMAT, Fixer::Website),
        );
    };
    let origin = target.origin().ascii_serialization();
    if is_portal(&reply.url, &target) {
        return captive_portal(reply).seen("leads to", origin);
    }
    if !is_same_store(&reply.url, &target) {
        return Problem::new(
            Layer::Proxy,
            Code::INVALID_RESPONSE_FORMAT,
            format!("The address leads on to {origin}, which is another site."),
            remedies::other_address(&origin),
        )
        .seen("leads to", origin);
    }
    let (code, sentence) = match (reply.url.scheme(), target.scheme()) {
        ("http", "https") => (
            Code::STORE_WANTS_HTTPS,
            format!("The store wants https: it leads on to {origin}."),
        ),
        ("https", "http") => (
            Code::STORE_WANTS_HTTPS,
            format!("The store leads from https back to {origin}, which anybody can listen to."),
        ),
        _ => (
            Code::INVALID_SITE_CONFIGURATION,
            format!("The store's own address is {origin}."),
        ),
    };
    Problem::new(Layer::Proxy, code, sentence, remedies::other_address(&origin)).seen("leads to", origin)
}

/// A public site that leads to a private address, or to a page that calls itself a portal.
fn is_portal(from: &Url, target: &Url) -> bool {
    const WORDS: [&str; 5] = ["portal", "hotspot", "captive", "wifi", "wlan"];
    if is_same_store(from, target) {
        return false;
    }
    let is_private = match target.host() {
        Some(url::Host::Ipv4(ip)) => ip.is_private(),
        Some(url::Host::Domain(_) | url::Host::Ipv6(_)) | None => false,
    };
    let place = format!("{}{}", target.host_str().unwrap_or_default(), target.path()).to_lowercase();
    is_private || WORDS.iter().any(|word| place.contains(word))
}

fn captive_portal(reply: &Reply) -> Problem {
    Problem::new(
        Layer::Network,
        Code::INVALID_RESPONSE_FORMAT,
        "The network asks for a sign-in of its own before it lets anything through.",
        remedies::captive_portal(),
    )
    .seen("answer", reply.in_short())
}

/// The service in front of a site, by the headers it leaves.
pub(crate) fn service_in_front(reply: &Reply) -> Option<&'static str> {
    const HEADERS: [(&str, &str); 6] = [
        ("cf-ray", "Cloudflare"),
        ("x-sucuri-id", "Sucuri"),
        ("x-fastly-request-id", "Fastly"),
        ("x-amz-cf-id", "CloudFront"),
        ("x-proxy-cache", "SiteGround"),
        ("x-varnish", "Varnish"),
    ];
    HEADERS
        .iter()
        .find(|(header, _)| !reply.header(header).is_empty())
        .map(|(_, name)| *name)
}

/// Major and minor number of a version.
pub(crate) fn version(text: &str) -> (u32, u32) {
    let mut parts = text.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0))
}

/// The machine-readable code of WordPress' error body.
pub(crate) fn wp_code(body: &Body) -> Option<&str> {
    body.value()
        .and_then(|value| value.get("code"))
        .and_then(Value::as_str)
}

/// The text with a capital first letter and a full stop.
pub(crate) fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    let mut full: String = characters
        .next()
        .map(|first| first.to_uppercase().chain(characters).collect())
        .unwrap_or_default();
    if full.contains(' ') && !full.ends_with('.') && !text.starts_with("a ") {
        full.push('.');
    }
    full
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(url: &str, status: u16, headers: &[(&str, &str)], body: &str) -> Reply {
        Reply {
            url: Url::parse(url).unwrap(),
            status,
            headers: headers
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            body: body.to_owned().into(),
            took_ms: 1,
            date_ms: None,
        }
    }

    fn leads(from: &str, to: &str) -> (Layer, &'static str) {
        let found = problem(&reply(from, 302, &[("location", to)], "")).unwrap();
        (found.layer, found.code.as_str())
    }

    #[test]
    fn where_an_answer_leads_tells_a_portal_from_another_address_of_the_store() {
        let shop = "http://shop.example/";
        assert_eq!(leads(shop, "https://shop.example/"), (Layer::Proxy, "API06004"));
        assert_eq!(
            leads(shop, "http://www.shop.example/"),
            (Layer::Proxy, "API06003")
        );
        assert_eq!(leads(shop, "http://other.example/"), (Layer::Proxy, "API04001"));
        assert_eq!(
            leads(shop, "http://192.168.1.1/login"),
            (Layer::Network, "API04001")
        );
        assert_eq!(
            leads(shop, "https://wifi.cafe.example/"),
            (Layer::Network, "API04001")
        );
        assert_eq!(
            leads("https://shop.example/", "http://shop.example/"),
            (Layer::Proxy, "API06004")
        );
    }

    #[test]
    fn an_answer_of_the_api_is_no_problem() {
        let json = [("content-type", "application/json")];
        for (status, body) in [
            (200, "{\"a\":1}"),
            (401, "{\"code\":\"woocommerce_pos_rest_unauthorized\"}"),
            (403, "{\"code\":\"woocommerce_pos_rest_forbidden\"}"),
        ] {
            assert_eq!(
                problem(&reply("http://a.example/", status, &json, body)),
                None,
                "{body}"
            );
        }
    }

    #[test]
    fn sentences_begin_large_and_end_with_a_stop() {
        assert_eq!(capitalised("the store sleeps"), "The store sleeps.");
        assert_eq!(capitalised("a bot check"), "A bot check");
        assert_eq!(capitalised("Cloudflare"), "Cloudflare");
        assert_eq!(capitalised(""), "");
    }
}
