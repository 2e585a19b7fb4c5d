//! Recognises who answered instead of the store: security services, challenges, captive portals.

use evertill_wire::json::Body;

use super::RawAnswer;

/// How much of a page is searched for its maker's name, in bytes.
const SEARCHED_BYTES: usize = 16 * 1024;

/// Words in a page and the layer they give away.
const WORDS: &[(&str, &str)] = &[
    ("wordfence", "Wordfence"),
    ("sucuri", "Sucuri"),
    ("imunify360", "Imunify360"),
    ("mod_security", "ModSecurity"),
    ("modsecurity", "ModSecurity"),
    ("sgcaptcha", "SiteGround's check"),
    ("sg-captcha", "SiteGround's check"),
    ("cf-chl", "Cloudflare"),
    ("challenge-platform", "Cloudflare"),
    ("attention required! | cloudflare", "Cloudflare"),
    ("incapsula", "Imperva"),
    ("ddos-guard", "DDoS-Guard"),
    ("captive portal", "a captive portal"),
    ("hotspot login", "a captive portal"),
    ("checking your browser", "a bot check"),
    ("verify you are human", "a bot check"),
    ("are you a robot", "a bot check"),
    ("recaptcha", "a bot check"),
    ("hcaptcha", "a bot check"),
];

/// Names the layer that answered, when the answer is a page and gives it away.
pub(super) fn name(raw: &RawAnswer<'_>, body: &Body) -> Option<&'static str> {
    if body.value().is_some() {
        return None;
    }
    if raw.header("x-sucuri-id").is_some() {
        return Some("Sucuri");
    }
    if raw.header("sg-captcha").is_some() {
        return Some("SiteGround's check");
    }
    if raw.header("cf-mitigated").is_some() {
        return Some("Cloudflare");
    }
    let text = String::from_utf8_lossy(&raw.body[..raw.body.len().min(SEARCHED_BYTES)]).to_ascii_lowercase();
    if let Some((_, layer)) = WORDS.iter().find(|(word, _)| text.contains(word)) {
        return Some(layer);
    }
    let is_challenge = raw.header("cf-ray").is_some() && matches!(raw.status, 403 | 429 | 503);
    if is_challenge {
        return Some("Cloudflare");
    }
    if raw.status == 401
        && raw
            .header("www-authenticate")
            .is_some_and(|value| value.starts_with("Basic"))
    {
        return Some("a password prompt of the web server");
    }
    None
}
