//! Who asks, and the forms they send.

use axum::RequestPartsExt;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use rust_decimal::Decimal;
use std::convert::Infallible;
use std::sync::Arc;
use url::form_urlencoded;

use crate::till::Till;
use crate::web::browser::Browser;
use crate::web::reply::Failed;

/// Longest form, in bytes.
pub(crate) const FORM_BYTES_MAX: usize = 64 * 1024;

/// The browser that asks and how it wants its answer.
#[derive(Debug, Clone)]
pub(crate) struct Visit {
    /// Token for the forms of the answer.
    pub(crate) csrf: String,
    /// Only the part that changed is wanted.
    pub(crate) wants_fragment: bool,
}

impl FromRequestParts<Arc<Till>> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, till: &Arc<Till>) -> Result<Self, Infallible> {
        let wants_fragment = parts
            .headers
            .get("hx-request")
            .is_some_and(|value| value == "true");
        let csrf = parts
            .extensions
            .get::<Browser>()
            .map(|browser| till.browser_secret.form_token(browser))
            .unwrap_or_default();
        Ok(Self { csrf, wants_fragment })
    }
}

/// A form that was made for this browser.
#[derive(Debug, Clone)]
pub(crate) struct Posted {
    /// Who sent it.
    pub(crate) visit: Visit,
    fields: Vec<(String, String)>,
}

impl FromRequest<Arc<Till>> for Posted {
    type Rejection = axum::response::Response;

    async fn from_request(request: Request, till: &Arc<Till>) -> Result<Self, Self::Rejection> {
        let (mut parts, body) = request.into_parts();
        let Ok(visit) = parts.extract_with_state::<Visit, _>(till).await;
        let browser = parts.extensions.get::<Browser>().cloned();
        let bytes = match axum::body::to_bytes(body, FORM_BYTES_MAX).await {
            Ok(bytes) => bytes,
            Err(_) => return Err(Failed::StaleForm.into_page(till).await),
        };
        let fields: Vec<(String, String)> = form_urlencoded::parse(&bytes).into_owned().collect();
        let posted = Self { visit, fields };
        let is_ours =
            browser.is_some_and(|browser| till.browser_secret.is_form_token(&browser, posted.text("csrf")));
        match is_ours {
            true => Ok(posted),
            false => Err(Failed::StaleForm.into_page(till).await),
        }
    }
}

impl Posted {
    /// A field, empty when it is missing.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.find(name).unwrap_or_default()
    }

    /// A field, when it was sent.
    pub(crate) fn find(&self, name: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// A whole number.
    pub(crate) fn int(&self, name: &str) -> Option<i64> {
        self.text(name).trim().parse().ok()
    }

    /// An amount or quantity as a person types it: `2`, `0,375`, `£ 1,204.50`.
    pub(crate) fn amount(&self, name: &str, separator: &str) -> Option<Decimal> {
        typed_amount(self.text(name), separator)
    }
}

/// Reads what a person typed; the last of `.` and `,` is the decimal sign unless three digits follow it and the
/// shop writes decimals with the other one.
pub(crate) fn typed_amount(text: &str, separator: &str) -> Option<Decimal> {
    let kept: String = text
        .chars()
        .filter(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '\u{2212}'))
        .map(|c| if c == '\u{2212}' { '-' } else { c })
        .collect();
    let plain = match kept.rfind(['.', ',']) {
        None => kept,
        Some(at) => {
            let sign = &kept[at..=at];
            let digits_after = kept.len() - at - 1;
            let is_group = digits_after == 3 && sign != separator && at > 0;
            let whole: String = kept[..at].chars().filter(|c| !matches!(c, '.' | ',')).collect();
            match is_group {
                true => format!("{whole}{}", &kept[at + 1..]),
                false => format!("{whole}.{}", &kept[at + 1..]),
            }
        }
    };
    let plain = plain.strip_suffix('.').unwrap_or(&plain);
    match plain {
        "" | "-" => None,
        text => text.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, separator: &str, expected: Option<&str>) {
        let expected = expected.map(|text| text.parse().unwrap());
        assert_eq!(typed_amount(text, separator), expected, "{text}");
    }

    #[test]
    fn amounts_are_read_the_way_people_type_them() {
        check("12", ".", Some("12"));
        check("12.5", ".", Some("12.5"));
        check("12,50", ".", Some("12.50"));
        check("£1,204.50", ".", Some("1204.50"));
        check("1.204,50", ",", Some("1204.50"));
        check("1,204", ".", Some("1204"));
        check("0.375", ".", Some("0.375"));
        check("0,375", ",", Some("0.375"));
        check(".5", ".", Some("0.5"));
        check("20.", ".", Some("20"));
        check("-1", ".", Some("-1"));
    }

    #[test]
    fn what_is_no_amount_is_none() {
        check("", ".", None);
        check("abc", ".", None);
        check("-", ".", None);
        check("1-2", ".", None);
    }
}
