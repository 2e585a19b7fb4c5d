//! An HTTP answer as the checks read it.

use std::time::Instant;

use bytes::Bytes;
use evertill_client::ClientError;
use evertill_client::http::{Answer, Http, Request};
use evertill_session::RawAnswer;
use evertill_wire::json::{self, Body};
use url::Url;

use crate::finding::milliseconds;
use crate::probe::{ANSWER_MAX, Outcome};

/// An answer, where it came from and how long it took.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) url: Url,
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Bytes,
    pub(crate) took_ms: u64,
    pub(crate) date_ms: Option<i64>,
}

impl Reply {
    /// The first header of that name, empty when it is missing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .iter()
            .find(|(found, _)| found.eq_ignore_ascii_case(name))
            .map_or("", |(_, value)| value)
    }

    /// The body, read as tolerantly as can be done without guessing.
    pub(crate) fn json(&self) -> Body {
        json::read(&self.body)
    }

    /// Hands the answer over in the form the session's rules read.
    pub(crate) fn with_raw<T>(&self, read: impl FnOnce(&RawAnswer<'_>) -> T) -> T {
        let headers: Vec<(&str, &str)> = self
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        read(&RawAnswer {
            status: self.status,
            headers: &headers,
            body: &self.body,
        })
    }

    /// Status and kind of the answer in a few words, never its content.
    pub(crate) fn in_short(&self) -> String {
        let kind = self.header("content-type").split(';').next().unwrap_or_default();
        let what = match self.json() {
            Body::Html { title } if !title.is_empty() => format!(", \u{201c}{title}\u{201d}"),
            Body::Clean(_) | Body::Recovered { .. } => self
                .json()
                .value()
                .and_then(|value| value.get("code"))
                .and_then(serde_json::Value::as_str)
                .map(|code| format!(", {code}"))
                .unwrap_or_default(),
            Body::Html { .. } | Body::Glued | Body::Broken | Body::Empty | Body::Other => String::new(),
        };
        format!("{} {kind}{what}", self.status).trim_end().to_owned()
    }
}

/// Sends a request within the time one answer may take.
pub(crate) async fn ask(http: &Http, url: &Url, request: Request) -> Outcome<Reply> {
    let started = Instant::now();
    match http.send(request.limit(ANSWER_MAX)).await {
        Ok(answer) => Outcome::Seen(taken(url, &answer, milliseconds(started.elapsed()))),
        Err(ClientError::Unreachable { source, .. }) => Outcome::Silent {
            code: source.code(),
            evidence: source.evidence().to_owned(),
        },
        Err(error) => Outcome::Silent {
            code: error.code(),
            evidence: error.to_string(),
        },
    }
}

fn taken(url: &Url, answer: &Answer, took_ms: u64) -> Reply {
    let headers = answer
        .headers
        .iter()
        .filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())))
        .collect();
    Reply {
        url: url.clone(),
        status: answer.status.as_u16(),
        headers,
        body: answer.body.clone(),
        took_ms,
        date_ms: answer.date_ms(),
    }
}
