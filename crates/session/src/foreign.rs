//! Every parser of this crate that reads bytes from outside, and the engine under any sequence of inputs, for tests and
//! the fuzzer.
//!
//! Each function takes any bytes and panics when something that must hold does not.

use evertill_wire::{
    RefreshToken,
    foreign::Exchange,
    rest::site::{Jwk, SignedVerdicts},
};

use crate::{
    answer::{self, Answer, RawAnswer},
    jwt, policy,
};

mod world;

pub use world::engine;

/// The readers by name.
#[expect(
    clippy::type_complexity,
    reason = "a list of names and functions is no more than that"
)]
pub const READERS: &[(&str, fn(&[u8]))] = &[
    ("answer", answer),
    ("engine", engine),
    ("signed_answer", signed_answer),
    ("jwt", jwt),
];

/// A verdict needs the word of the auth interface, a token needs success, and no evidence holds a token.
pub fn answer(bytes: &[u8]) {
    let exchange = Exchange::of(bytes);
    let headers = exchange.header_pairs();
    let raw = RawAnswer {
        status: exchange.status(),
        headers: &headers,
        body: exchange.body,
    };
    match answer::read(&raw) {
        Answer::Refused(refusal) => {
            assert!(!(300..400).contains(&raw.status), "a redirect is never a verdict");
            assert!(!refusal.is_signed, "nobody looked at a signature");
            let body = String::from_utf8_lossy(raw.body);
            let is_said = body.contains("invalid_grant") || body.contains("\\u");
            assert!(is_said, "a verdict without the interface's word");
        }
        Answer::Renewed(renewed) => {
            assert!(
                (200..300).contains(&raw.status),
                "a token came with status {}",
                raw.status
            );
            assert!(!renewed.access.is_empty());
        }
        Answer::Trouble(trouble) => {
            assert!(trouble.evidence.chars().count() <= 400, "evidence is a sentence");
            assert!(!trouble.evidence.chars().any(char::is_control));
            let pause = policy::pause_after(1, trouble.retry_after, crate::Roll(u64::MAX));
            assert!(
                pause <= policy::RETRY_AFTER_MAX + policy::BACKOFF_MAX,
                "nobody is put off for ever"
            );
        }
    }
    if let Some(trouble) = answer::not_from_the_api(&raw) {
        assert!(!trouble.evidence.chars().any(char::is_control));
    }
    let _ = answer::layer_of(&raw);
}

/// Where refusals are signed, one whose signature does not check refuses nobody.
pub fn signed_answer(bytes: &[u8]) {
    let exchange = Exchange::of(bytes);
    let headers = exchange.header_pairs();
    let raw = RawAnswer {
        status: exchange.status(),
        headers: &headers,
        body: exchange.body,
    };
    let keys = SignedVerdicts {
        keys: vec![Jwk::ed25519("one", &[7; 32])],
    };
    let read = answer::read_signed(&raw, &keys, &RefreshToken::new("a token of nobody"));
    assert!(!matches!(read, Answer::Refused(_)), "nobody signed it");
}

/// What a token says about itself has a life only when it has one.
pub fn jwt(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Some(claims) = jwt::claims(&text) {
        assert!(claims.life().is_none_or(|life| !life.is_zero()));
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn seeds_are_borne() {
        evertill_foreign::replay("session", super::READERS);
    }

    #[test]
    fn disturbed_seeds_are_borne() {
        evertill_foreign::disturb("session", super::READERS);
    }
}
