//! A form with a file in it.

use axum::RequestPartsExt;
use axum::extract::{FromRequest, Multipart, Request};
use axum::response::Response;
use evertill_wire::Passphrase;
use std::sync::Arc;

use crate::till::Till;
use crate::web::browser::Browser;
use crate::web::reply::Failed;
use crate::web::visit::Visit;

/// A sealed file and its passphrase, from a form that was made for this browser.
#[derive(Debug)]
pub(crate) struct Uploaded {
    /// Who sent it.
    pub(crate) visit: Visit,
    /// The file.
    pub(crate) file: Vec<u8>,
    /// What opens it.
    pub(crate) passphrase: Passphrase,
}

impl FromRequest<Arc<Till>> for Uploaded {
    type Rejection = Response;

    async fn from_request(request: Request, till: &Arc<Till>) -> Result<Self, Self::Rejection> {
        let (mut parts, body) = request.into_parts();
        let Ok(visit) = parts.extract_with_state::<Visit, _>(till).await;
        let browser = parts.extensions.get::<Browser>().cloned();
        let request = Request::from_parts(parts, body);
        let Ok(mut form) = Multipart::from_request(request, till).await else {
            return Err(Failed::StaleForm.into_page(till).await);
        };
        let mut uploaded = Self {
            visit,
            file: Vec::new(),
            passphrase: Passphrase::new(""),
        };
        let mut token = String::new();
        loop {
            let field = match form.next_field().await {
                Ok(Some(field)) => field,
                Ok(None) => break,
                Err(_) => return Err(Failed::FormTooLarge.into_page(till).await),
            };
            let name = field.name().unwrap_or_default().to_owned();
            let Ok(content) = field.bytes().await else {
                return Err(Failed::FormTooLarge.into_page(till).await);
            };
            match name.as_str() {
                "csrf" => token = String::from_utf8_lossy(&content).into_owned(),
                "passphrase" => {
                    uploaded.passphrase = Passphrase::new(String::from_utf8_lossy(&content));
                }
                "file" => uploaded.file = content.to_vec(),
                _ => {}
            }
        }
        match browser.is_some_and(|browser| till.browser_secret.is_form_token(&browser, &token)) {
            true => Ok(uploaded),
            false => Err(Failed::StaleForm.into_page(till).await),
        }
    }
}
