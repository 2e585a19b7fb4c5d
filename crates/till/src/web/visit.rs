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
use crate::web::typed;

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
            Err(_) => return Err(Failed::FormTooLarge.into_page(till).await),
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

    /// An amount of money as a person types it: `2`, `£ 1,204.50`.
    pub(crate) fn amount(&self, name: &str, separator: &str) -> Option<Decimal> {
        typed::amount(self.text(name), separator)
    }

    /// A quantity as a person types it: `2`, `0,375`.
    pub(crate) fn quantity(&self, name: &str) -> Option<Decimal> {
        typed::quantity(self.text(name))
    }
}
