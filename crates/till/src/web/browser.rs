//! The browser in front of the till: its cookie and the token its forms carry.
//!
//! The cookie is a random name signed with a secret of the data directory, so that a restart of the till keeps
//! the browser in. It is no sign-in: it ties forms to the browser that was given them.

use axum::http::HeaderMap;
use axum::http::header::COOKIE;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::error::TillError;

const NAME_BYTES: usize = 16;

/// Seconds the browser keeps the cookie: a year.
const KEEP_S: u32 = 31_536_000;

/// The till's secret for cookies and form tokens.
#[derive(Clone)]
pub(crate) struct BrowserSecret([u8; 32]);

/// A browser whose cookie was checked, or one that gets its cookie with this answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Browser {
    name: String,
    /// The cookie has to be set.
    pub(crate) is_new: bool,
}

impl BrowserSecret {
    /// Draws a new secret.
    pub(crate) fn draw() -> Result<Self, TillError> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(TillError::Randomness)?;
        Ok(Self(bytes))
    }

    /// Reads the stored form; `None` when it is not one.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        unhex(text)?.try_into().ok().map(Self)
    }

    /// The form to store.
    pub(crate) fn stored(&self) -> String {
        hex(&self.0)
    }

    /// The browser that sent these headers, when its cookie is one of ours.
    pub(crate) fn recognise(&self, headers: &HeaderMap, cookie_name: &str) -> Option<Browser> {
        let value = cookie(headers, cookie_name)?;
        let (name, signature) = value.split_once('.')?;
        self.agrees("cookie", name, signature).then(|| Browser {
            name: name.to_owned(),
            is_new: false,
        })
    }

    /// A browser that was not here before.
    pub(crate) fn welcome(&self) -> Result<Browser, TillError> {
        let mut name = [0; NAME_BYTES];
        getrandom::fill(&mut name).map_err(TillError::Randomness)?;
        Ok(Browser {
            name: hex(&name),
            is_new: true,
        })
    }

    /// The `Set-Cookie` value for a browser.
    pub(crate) fn cookie_of(&self, browser: &Browser, cookie_name: &str) -> String {
        let signature = self.sign("cookie", &browser.name);
        format!(
            "{cookie_name}={}.{signature}; Path=/; Max-Age={KEEP_S}; HttpOnly; SameSite=Strict",
            browser.name
        )
    }

    /// The token every form of this browser carries.
    pub(crate) fn form_token(&self, browser: &Browser) -> String {
        self.sign("form", &browser.name)
    }

    /// Whether a form was made for this browser.
    pub(crate) fn is_form_token(&self, browser: &Browser, token: &str) -> bool {
        self.agrees("form", &browser.name, token)
    }

    fn agrees(&self, purpose: &str, name: &str, signature: &str) -> bool {
        self.sign(purpose, name)
            .as_bytes()
            .ct_eq(signature.as_bytes())
            .into()
    }

    fn sign(&self, purpose: &str, name: &str) -> String {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of every length, RFC 2104");
        mac.update(purpose.as_bytes());
        mac.update(b":");
        mac.update(name.as_bytes());
        hex(&mac.finalize().into_bytes())
    }
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(cookie: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, cookie.parse().unwrap());
        headers
    }

    #[test]
    fn a_browser_is_known_again_also_after_a_restart() {
        let secret = BrowserSecret::draw().unwrap();
        let browser = secret.welcome().unwrap();
        let set = secret.cookie_of(&browser, "till");
        let sent = headers(&format!("other=1; {}", set.split(';').next().unwrap()));
        let restarted = BrowserSecret::parse(&secret.stored()).unwrap();
        let known = restarted.recognise(&sent, "till").unwrap();
        assert!(!known.is_new);
        assert!(restarted.is_form_token(&known, &secret.form_token(&browser)));
    }

    #[test]
    fn a_cookie_of_another_till_and_a_made_up_one_are_nobodys() {
        let secret = BrowserSecret::draw().unwrap();
        let other = BrowserSecret::draw().unwrap();
        let set = other.cookie_of(&other.welcome().unwrap(), "till");
        assert_eq!(
            secret.recognise(&headers(set.split(';').next().unwrap()), "till"),
            None
        );
        assert_eq!(secret.recognise(&headers("till=abc.def"), "till"), None);
        assert_eq!(secret.recognise(&headers("till=abc"), "till"), None);
    }

    #[test]
    fn the_token_of_one_browser_does_not_open_the_forms_of_another() {
        let secret = BrowserSecret::draw().unwrap();
        let (one, two) = (secret.welcome().unwrap(), secret.welcome().unwrap());
        assert!(!secret.is_form_token(&one, &secret.form_token(&two)));
        assert!(!secret.is_form_token(&one, ""));
    }
}
