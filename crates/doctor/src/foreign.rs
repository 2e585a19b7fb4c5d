//! Every parser of this crate that reads bytes from outside, for tests and the fuzzer.
//!
//! Each function takes any bytes and panics when something that must hold does not.

use bytes::Bytes;
use evertill_wire::AccessToken;
use evertill_wire::foreign::Exchange;
use url::Url;

use crate::finding::Verdict;
use crate::reading;
use crate::redact;
use crate::reply::Reply;

/// The readers by name.
#[expect(
    clippy::type_complexity,
    reason = "a list of names and functions is no more than that"
)]
pub const READERS: &[(&str, fn(&[u8]))] = &[("reading", reading), ("redaction", redaction)];

/// Whatever answers, it is the interface or a problem with a whole sentence; and it is told in a few words.
pub fn reading(bytes: &[u8]) {
    let exchange = Exchange::of(bytes);
    let reply = Reply {
        url: Url::parse("https://shop.example/wp-json/wcpos/v2/site").expect("an address"),
        status: exchange.status(),
        headers: exchange.headers.clone(),
        body: Bytes::copy_from_slice(exchange.body),
        took_ms: 1,
        date_ms: None,
    };
    assert!(!reply.in_short().is_empty());
    let _ = reading::service_in_front(&reply);
    let _ = reading::is_wrong_route(&reply);
    let _ = reading::redirect_target(&reply);
    let _ = reading::wp_code(&reply.json());
    let _ = reading::version(&String::from_utf8_lossy(exchange.body));
    let Some(problem) = reading::problem(&reply) else {
        assert!(
            !(300..400).contains(&reply.status),
            "a redirect is not the interface"
        );
        return;
    };
    let finding = problem.into_finding("site", Verdict::Broken);
    assert!(finding.sentence.ends_with('.'), "{}", finding.sentence);
}

/// No token, no name and no password of an address stays in what leaves the shop, and nothing is left for a second look.
pub fn redaction(bytes: &[u8]) {
    const TOKEN: &str = "an-opaque-token-of-nobody";
    let text = String::from_utf8_lossy(bytes);
    let told = format!("{text} {TOKEN} {text}");
    let shared = redact::words(&told, &["Ann Baker".to_owned()], &[AccessToken::new(TOKEN)]);
    assert!(
        !shared.contains(TOKEN) && !shared.contains("Ann Baker"),
        "{shared}"
    );
    let lower = shared.to_ascii_lowercase();
    for name in ["access_token=", "refresh_token=", "password="] {
        for (at, _) in lower.match_indices(name) {
            let value = &shared[at + name.len()..];
            let ends = |c: char| c.is_whitespace() || matches!(c, '&' | '"' | '\'' | '<' | '[');
            assert!(
                value.is_empty() || value.starts_with(ends),
                "{name} keeps its value in {shared}"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn seeds_are_borne() {
        evertill_foreign::replay("doctor", super::READERS);
    }

    #[test]
    fn disturbed_seeds_are_borne() {
        evertill_foreign::disturb("doctor", super::READERS);
    }
}
