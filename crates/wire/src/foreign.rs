//! Every parser of this crate that reads bytes from outside, for tests and the fuzzer; and the form in which a whole
//! exchange is written as one run of bytes.
//!
//! Each function takes any bytes and panics when something that must hold does not.

use ed25519_dalek::{Signer as _, SigningKey};
use serde_json::Value;

use crate::{
    RefreshToken,
    json::{self, Body},
    rest::{auth, catalogue, order, push, site},
    verdict,
};

/// The readers by name.
#[expect(
    clippy::type_complexity,
    reason = "a list of names and functions is no more than that"
)]
pub const READERS: &[(&str, fn(&[u8]))] = &[("json", json), ("shapes", shapes), ("verdict", verdict)];

/// What came over HTTP, written as one text: the first line, a line for each header, an empty line, the body. The first
/// line is a status or, for a request, method and target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange<'a> {
    /// The first line.
    pub first: String,
    /// Names in small letters, and values.
    pub headers: Vec<(String, String)>,
    /// All the rest.
    pub body: &'a [u8],
}

impl<'a> Exchange<'a> {
    /// Reads one. Any bytes are some exchange.
    #[must_use]
    pub fn of(bytes: &'a [u8]) -> Self {
        let mut rest = bytes;
        let mut line = || {
            let end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
            let text = String::from_utf8_lossy(&rest[..end])
                .trim_end_matches('\r')
                .to_owned();
            rest = rest.get(end + 1..).unwrap_or_default();
            text
        };
        let first = line();
        let mut headers = Vec::new();
        loop {
            let text = line();
            let Some((name, value)) = text.split_once(':') else {
                break;
            };
            headers.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
        Self {
            first,
            headers,
            body: rest,
        }
    }

    /// The status in the first line, 200 when there is none.
    #[must_use]
    pub fn status(&self) -> u16 {
        let digits = self.first.trim().parse().ok();
        digits.filter(|status| (100..600).contains(status)).unwrap_or(200)
    }

    /// Headers as the rules take them.
    #[must_use]
    pub fn header_pairs(&self) -> Vec<(&str, &str)> {
        self.headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect()
    }
}

/// Two values glued together are nobody's answer, and one value is what it is, whatever stands before it.
pub fn json(bytes: &[u8]) {
    let read = json::read(bytes);
    let Some(value) = read.value().filter(|value| value.is_object() || value.is_array()) else {
        return;
    };
    let written = value.to_string();
    assert!(
        matches!(json::read(written.as_bytes()), Body::Clean(_)),
        "{written}"
    );
    let glued = written.clone() + &written;
    assert_eq!(
        json::read(glued.as_bytes()),
        Body::Glued,
        "two answers are none: {glued}"
    );
}

/// The shapes of a store's answers; what was read is written in a form that is read again as the same.
pub fn shapes(bytes: &[u8]) {
    let Ok(value) = serde_json::from_slice::<Value>(bytes) else {
        return;
    };
    let _ = serde_json::from_value::<site::Site>(value.clone());
    let _ = serde_json::from_value::<auth::RenewalReply>(value.clone());
    let _ = serde_json::from_value::<auth::OAuthError>(value.clone());
    let _ = serde_json::from_value::<auth::WpError>(value.clone());
    let _ = serde_json::from_value::<auth::AuthTest>(value.clone());
    let _ = serde_json::from_value::<auth::SessionRow>(value.clone());
    let _ = serde_json::from_value::<push::PushReply>(value.clone());
    let _ = serde_json::from_value::<order::Order>(value.clone()).map(|order| order.uuid().map(str::len));
    let _ = serde_json::from_value::<catalogue::StoreSettings>(value.clone());
    let _ = serde_json::from_value::<catalogue::Category>(value.clone());
    let _ = serde_json::from_value::<catalogue::TaxRate>(value.clone());
    let _ = serde_json::from_value::<catalogue::Customer>(value.clone());
    let _ = serde_json::from_value::<catalogue::VariationPage>(value.clone());
    if let Ok(cashier) = serde_json::from_value::<auth::Cashier>(value.clone()) {
        let again = serde_json::to_value(&cashier).expect("what was read is written");
        assert_eq!(serde_json::from_value::<auth::Cashier>(again).ok(), Some(cashier));
    }
    if let Ok(product) = serde_json::from_value::<catalogue::Product>(value.clone()) {
        let again = serde_json::to_value(&product).expect("what was read is written");
        assert_eq!(
            serde_json::from_value::<catalogue::Product>(again).ok(),
            Some(product)
        );
    }
    let _ = serde_json::from_value::<catalogue::Variation>(value);
}

/// A verdict that no key of the store signed proves nothing, and one that was signed proves nothing once it is altered.
pub fn verdict(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (keys, foreign) = text.split_once('\n').unwrap_or(("", &text));
    let token = RefreshToken::new("a token of nobody");
    if let Ok(keys) = serde_json::from_str::<site::SignedVerdicts>(keys) {
        assert!(
            verdict::check(foreign, &keys, &token).is_err(),
            "nobody signed it"
        );
    }
    let key = SigningKey::from_bytes(&[7; 32]);
    let keys = site::SignedVerdicts {
        keys: vec![site::Jwk::ed25519("one", key.verifying_key().as_bytes())],
    };
    assert!(
        verdict::check(foreign, &keys, &token).is_err(),
        "nobody signed it"
    );
    let claims = verdict::Claims {
        rth: verdict::token_hash(&token),
        note: text.chars().take(200).collect(),
        ..verdict::Claims::default()
    };
    let signed = verdict::seal(&claims, "one", |bytes| key.sign(bytes).to_bytes());
    assert_eq!(verdict::check(&signed, &keys, &token), Ok(claims));
    let at = bytes.iter().map(|byte| usize::from(*byte)).sum::<usize>() % signed.len();
    let altered: String = signed
        .char_indices()
        .map(|(place, c)| {
            if place == at {
                if c == 'A' { 'B' } else { 'A' }
            } else {
                c
            }
        })
        .collect();
    assert!(
        verdict::check(&altered, &keys, &token).is_err(),
        "letter {at} of {signed} was altered"
    );
}

#[cfg(test)]
mod tests {
    #[test]
    fn seeds_are_borne() {
        evertill_foreign::replay("wire", super::READERS);
    }

    #[test]
    fn disturbed_seeds_are_borne() {
        evertill_foreign::disturb("wire", super::READERS);
    }
}
