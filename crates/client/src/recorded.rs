//! What a real WordPress with WooCommerce and the till plugin answered, for tests.

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde::Deserialize;

use crate::http::Answer;

/// The index is whole: every exchange that was recorded has an answer in a fixture, and every answer is in the index.
#[test]
fn every_recorded_exchange_is_in_the_index_and_has_its_answer() {
    use std::collections::BTreeSet;
    let with = |fixture: &'static str| move |name: String| (fixture.to_owned(), name);
    let held: BTreeSet<(String, String)> = renewals()
        .into_iter()
        .flat_map(|one| [vec![one.name], one.also].concat())
        .map(|name| format!("refresh-{name}"))
        .map(with("session/renewals"))
        .chain(
            beginning_with("")
                .into_iter()
                .map(|one| one.name)
                .map(with("client/store")),
        )
        .chain(
            exchanges()
                .into_iter()
                .flat_map(|(names, _)| names)
                .map(with("client/exchanges")),
        )
        // No answer came: the tests of the transport make that happen.
        .chain([("socket".to_owned(), "refresh-v2-connection-refused".to_owned())])
        .collect();
    let listed: BTreeSet<(String, String)> = index()
        .into_iter()
        .map(|[name, fixture, ..]| (fixture.to_owned(), name.to_owned()))
        .collect();
    assert_eq!(held, listed);
    assert_eq!(index().len(), 302, "none is listed twice, and none was taken out");
}

/// One recorded answer: status, the headers that matter, the body. Web pages are stand-ins of the same shape.
#[derive(Deserialize)]
pub(crate) struct Recorded {
    pub(crate) name: String,
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    body: String,
    /// Other exchanges that brought the same answer.
    #[serde(default)]
    pub(crate) also: Vec<String>,
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

/// What was recorded, all of it: exchange, fixture that holds its answer, state and code it leads to.
pub(crate) fn index() -> Vec<[&'static str; 4]> {
    include_str!("../../session/tests/fixtures/exchanges.tsv")
        .lines()
        .skip(1)
        .map(|line| {
            let columns: Vec<&str> = line.split('\t').collect();
            assert_eq!(columns.len(), 5, "{line}");
            [columns[0], columns[1], columns[3], columns[4]]
        })
        .collect()
}

/// Answers to requests with a token and about sessions, each with the exchanges that brought it.
pub(crate) fn exchanges() -> Vec<(Vec<String>, Recorded)> {
    #[derive(Deserialize)]
    struct Shared {
        names: Vec<String>,
        status: u16,
        headers: Vec<(String, String)>,
        body: String,
    }
    let all: Vec<Shared> = serde_json::from_str(include_str!("../tests/fixtures/exchanges.json")).unwrap();
    all.into_iter()
        .map(|shared| {
            let one = Recorded {
                name: shared.names[0].clone(),
                status: shared.status,
                headers: shared.headers,
                body: shared.body,
                also: Vec::new(),
            };
            (shared.names, one)
        })
        .collect()
}

/// One recorded answer.
pub(crate) fn named(name: &str) -> Answer {
    beginning_with(name)
        .iter()
        .find(|one| one.name == name)
        .unwrap()
        .answer()
}
