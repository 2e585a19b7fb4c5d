//! What a real WordPress with WooCommerce and the till plugin answered, for tests.

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde::Deserialize;

use crate::http::Answer;

/// One recorded answer: status, the headers that matter, the body. Web pages are stand-ins of the same shape.
#[derive(Deserialize)]
pub(crate) struct Recorded {
    pub(crate) name: String,
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl Recorded {
    pub(crate) fn answer(&self) -> Answer {
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            headers.append(
                HeaderName::try_from(name.as_str()).unwrap(),
                HeaderValue::try_from(value.as_str()).unwrap(),
            );
        }
        Answer {
            status: StatusCode::from_u16(self.status).unwrap(),
            headers,
            body: Bytes::from(self.body.clone()),
        }
    }
}

/// The answers whose names begin with a word.
pub(crate) fn beginning_with(word: &str) -> Vec<Recorded> {
    let all: Vec<Recorded> = serde_json::from_str(include_str!("../tests/fixtures/store.json")).unwrap();
    let found: Vec<Recorded> = all.into_iter().filter(|one| one.name.starts_with(word)).collect();
    assert!(!found.is_empty(), "nothing was recorded under {word}");
    found
}

/// Every recorded answer to a renewal.
pub(crate) fn renewals() -> Vec<Recorded> {
    serde_json::from_str(include_str!("../../session/tests/fixtures/renewals.json")).unwrap()
}

/// One recorded answer.
pub(crate) fn named(name: &str) -> Answer {
    beginning_with(name)
        .iter()
        .find(|one| one.name == name)
        .unwrap()
        .answer()
}
