//! Problem documents: an error in the body of an HTTP answer, as RFC 9457 describes it, built from a [`Code`].

use serde::{Deserialize, Serialize};

use crate::codes::Code;

/// Status of an answer whose code names none.
const STATUS_DEFAULT: u16 = 500;

/// A problem document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Where the code is explained, relative to the server that says it: `/error-codes/API02007`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Title of the code.
    pub title: String,
    /// HTTP status of the answer.
    pub status: u16,
    /// What happened this time, in a sentence.
    pub detail: String,
    /// What to do next.
    pub remedy: String,
    /// The code.
    pub code: Code,
    /// The code that caused it, where it differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Code>,
    /// This very occurrence, an identifier or an address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
}

impl Problem {
    /// Media type of a problem document.
    pub const CONTENT_TYPE: &str = "application/problem+json";

    /// The document for a code, with the words of the catalogue.
    #[must_use]
    pub fn of(code: Code) -> Self {
        let entry = code.entry();
        Self {
            kind: code.page(),
            title: entry.title.to_owned(),
            status: entry.status.unwrap_or(STATUS_DEFAULT),
            detail: entry.meaning.to_owned(),
            remedy: entry.remedy.to_owned(),
            code,
            cause: None,
            instance: None,
        }
    }

    /// The same with what happened this time.
    #[must_use]
    pub fn with_detail(self, detail: impl Into<String>) -> Self {
        Self {
            detail: detail.into(),
            ..self
        }
    }

    /// The same with the code behind it.
    #[must_use]
    pub fn caused_by(self, cause: Code) -> Self {
        Self {
            cause: Some(cause),
            ..self
        }
    }

    /// The same with another status, where the occasion knows better than the catalogue.
    #[must_use]
    pub fn with_status(self, status: u16) -> Self {
        Self { status, ..self }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_problem_names_the_page_that_explains_it() {
        let problem = Problem::of(Code::TOKEN_REFRESH_FAILED)
            .with_detail("the store answered 503")
            .caused_by(Code::WEBSITE_UNAVAILABLE);
        assert_eq!(
            serde_json::to_value(&problem).unwrap(),
            json!({
                "type": "/error-codes/API02007",
                "title": "The till could not renew its session",
                "status": 503,
                "detail": "the store answered 503",
                "remedy": Code::TOKEN_REFRESH_FAILED.entry().remedy,
                "code": "API02007",
                "cause": "API01008",
            })
        );
    }

    #[test]
    fn every_code_makes_a_document_that_reads_back_as_itself() {
        for code in Code::all() {
            let problem = Problem::of(code).with_status(418);
            let text = serde_json::to_string(&problem).unwrap();
            assert_eq!(serde_json::from_str::<Problem>(&text).unwrap(), problem);
            assert_eq!(problem.kind, format!("/error-codes/{code}"));
        }
    }
}
