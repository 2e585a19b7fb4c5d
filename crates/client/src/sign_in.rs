//! Bringing a person in: through the store's own page in a browser, or through the same page without one.
//!
//! The page is a form that leads back to `redirect_uri`: of a stock store with the tokens in the address, of an Evertill
//! store with a code that only this process can trade (`exchange`). Every failure is the page again, HTTP 200, with a
//! sentence in `#login_error`; only success is a redirect, which is read and never followed.

use std::fmt;
use std::time::Duration;

use evertill_session::{BootId, Grant, Now, Serial, SessionId, Stamp, User, jwt};
use evertill_wire::{Code, Password};
use reqwest::Method;
use url::Url;

use crate::clock::Clock;
use crate::error::ClientError;
use crate::http::{Answer, Http, Request};
use crate::profile::StoreProfile;

pub(crate) mod callback;
mod exchange;
pub(crate) mod form;
pub(crate) mod loopback;
#[cfg(test)]
mod recorded;

pub use callback::Callback;
pub use loopback::{Loopback, PATIENCE};

use exchange::Exchange;
use form::Page;

/// Where the store is told to lead back to when nobody follows. Never opened.
const NOWHERE: &str = "http://127.0.0.1/evertill";

/// Life of an access token when neither the token nor the store tells; half of what a stock store gives.
const LIFE_UNKNOWN: Duration = Duration::from_secs(900);

/// Lives beyond this are taken for a mistake of one of the two clocks.
const LIFE_MAX: Duration = Duration::from_secs(400 * 24 * 3_600);

/// Redirects of the page itself that are followed, on the same origin only.
const REDIRECTS_MAX: usize = 3;

/// Which of our programs signs in; a store that speaks OAuth knows them by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum App {
    /// The till.
    Till,
    /// The command line.
    CommandLine,
}

impl App {
    fn client_id(self) -> &'static str {
        match self {
            Self::Till => "evertill-till",
            Self::CommandLine => "evertill-cli",
        }
    }
}

/// A sign-in that waits for a person.
///
/// `Debug` does not show the state, which is what ties the answer to this attempt.
#[derive(Clone)]
pub struct PendingSignIn {
    /// The page to open.
    pub url: Url,
    state: String,
    exchange: Option<Exchange>,
}

/// A sign-in that succeeded.
#[derive(Debug)]
pub(crate) struct Entered {
    pub(crate) callback: Callback,
    /// Empty where the store did not tell.
    pub(crate) username: String,
}

impl PendingSignIn {
    /// Prepares a sign-in that leads back to `redirect_uri`: with a code where the store announces that it gives
    /// codes, as on a stock store otherwise.
    ///
    /// # Errors
    /// [`ClientError::NoRandom`] when the system has no random numbers, [`ClientError::Unreachable`] when a store that
    /// gives codes does not answer.
    pub async fn begin(
        http: &Http,
        profile: &StoreProfile,
        app: App,
        redirect_uri: &Url,
    ) -> Result<Self, ClientError> {
        let state = random_hex()?;
        Ok(
            match exchange::begin(http, profile, app, redirect_uri, &state).await? {
                Some((url, exchange)) => Self {
                    url,
                    state,
                    exchange: Some(exchange),
                },
                None => Self::stock(profile, redirect_uri, state),
            },
        )
    }

    fn stock(profile: &StoreProfile, redirect_uri: &Url, state: String) -> Self {
        let mut url = profile.sign_in_page.clone();
        url.query_pairs_mut()
            .append_pair("redirect_uri", redirect_uri.as_str())
            .append_pair("state", &state)
            .append_pair("platform", "electron")
            .append_pair("version", env!("CARGO_PKG_VERSION"));
        Self {
            url,
            state,
            exchange: None,
        }
    }

    /// The random text that the answer has to bring back. A till may keep it in a cookie or a table of its own.
    #[must_use]
    pub fn state(&self) -> &str {
        &self.state
    }

    /// Reads the address a browser was led back to, and trades the code in it where there is one.
    ///
    /// # Errors
    /// [`ClientError::SignInMismatch`] when it answers another attempt or comes from another store,
    /// [`ClientError::SignInRefused`] when the store says no, [`ClientError::Answered`] when something is missing, and
    /// [`ClientError::Unreachable`] when a store that gave a code does not answer: a person then signs in again.
    pub(crate) async fn finish(&self, http: &Http, callback: &Url) -> Result<Entered, ClientError> {
        match &self.exchange {
            Some(exchange) => exchange.finish(http, callback, &self.state).await,
            None => Ok(Entered {
                callback: Callback::read(callback, &self.state)?,
                username: String::new(),
            }),
        }
    }
}

impl fmt::Debug for PendingSignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PendingSignIn({})", self.url.origin().ascii_serialization())
    }
}

/// Signs in through the store's page without a browser.
///
/// # Errors
/// [`ClientError::SignInRefused`] with the store's own words; [`ClientError::Unreachable`] when no answer came;
/// [`ClientError::Answered`] when something else than the page answered.
pub async fn headless(
    http: &Http,
    profile: &StoreProfile,
    username: &str,
    password: &Password,
) -> Result<(Callback, Option<i64>), ClientError> {
    let nowhere = Url::parse(NOWHERE).expect("the address is a constant and well formed");
    let mut tries = 0;
    loop {
        let pending = PendingSignIn::stock(profile, &nowhere, random_hex()?);
        let (page_url, page) = open_page(http, &pending.url).await?;
        let fields = page.fill_in(username, password)?;
        let request = Request::new(Method::POST, page.target(&page_url)?)
            .header("accept", "text/html")
            .form(&fields)
            .only_to(&profile.sign_in_page);
        let answer = http.send(request).await?;
        if answer.status.is_redirection() {
            let target = page_url
                .join(answer.header("location"))
                .map_err(|_| unexpected(&answer))?;
            if !target.as_str().starts_with(NOWHERE) {
                return Err(unexpected(&answer));
            }
            return Ok((Callback::read(&target, &pending.state)?, answer.date_ms()));
        }
        let refusal = read_refusal(&answer);
        tries += 1;
        // The form lives ten minutes and its nonce may have been cached by something in between: once more, freshly.
        let is_stale =
            matches!(&refusal, ClientError::SignInRefused { code, .. } if *code == Code::SIGN_IN_ABANDONED);
        if !is_stale || tries > 1 {
            return Err(refusal);
        }
    }
}

/// Turns what the store led back with into a grant. `store_ms` is the store's clock, where it is known.
#[must_use]
pub fn grant_from(callback: Callback, username: &str, clock: &dyn Clock, store_ms: Option<i64>) -> Grant {
    let (now, boot) = (clock.now(), clock.boot());
    let access = jwt::claims(callback.access_token.expose());
    let refresh = jwt::claims(callback.refresh_token.expose());
    let told = access.as_ref().and_then(jwt::Claims::life);
    let access_life = told
        .or_else(|| life_until(callback.expires_at, store_ms.unwrap_or(now.wall.as_millis())))
        .unwrap_or(LIFE_UNKNOWN);
    let session = refresh
        .as_ref()
        .and_then(|claims| claims.id.clone())
        .or_else(|| access.and_then(|claims| claims.session))
        .unwrap_or_else(|| callback.refresh_token.fingerprint().to_string());
    let stamp = stamp(boot, now);
    Grant {
        access: callback.access_token,
        refresh: callback.refresh_token,
        session: SessionId::new(session),
        user: User {
            id: callback.id,
            uuid: callback.uuid,
            username: if username.contains('@') {
                String::new()
            } else {
                username.to_owned()
            },
            display_name: callback.display_name,
            roles: Vec::new(),
        },
        access_life,
        refresh_in: None,
        renewable_for: refresh.and_then(|claims| claims.life()),
        received: stamp.clone(),
        signed_in: stamp,
        serial: Serial(0),
        renewals: 0,
    }
}

fn stamp(boot: BootId, now: Now) -> Stamp {
    Stamp {
        boot,
        moment: now.moment,
        wall: now.wall,
    }
}

fn life_until(expires_at_s: Option<i64>, store_ms: i64) -> Option<Duration> {
    let left_ms = expires_at_s?.checked_mul(1000)?.checked_sub(store_ms)?;
    let life = Duration::from_millis(u64::try_from(left_ms).ok()?);
    (life > Duration::from_secs(1) && life < LIFE_MAX).then_some(life)
}

/// Opens the sign-in page; redirects within the same origin are the page's own business.
async fn open_page(http: &Http, url: &Url) -> Result<(Url, Page), ClientError> {
    let mut url = url.clone();
    for _ in 0..=REDIRECTS_MAX {
        let answer = http
            .send(Request::get(url.clone()).header("accept", "text/html"))
            .await?;
        if answer.status.is_redirection() {
            let target = url
                .join(answer.header("location"))
                .map_err(|_| unexpected(&answer))?;
            if target.origin() != url.origin() {
                return Err(led_away(&target, &url));
            }
            url = target;
            continue;
        }
        return Ok((url, read_page(&answer)?));
    }
    Err(ClientError::Answered {
        operation: "open the sign-in page",
        code: Code::INVALID_SITE_CONFIGURATION,
        evidence: "it leads round in circles".into(),
    })
}

/// The form of a page; one that already complains would complain again.
fn read_page(answer: &Answer) -> Result<Page, ClientError> {
    if form::error_words(&answer.body).is_some() || !answer.status.is_success() {
        return Err(read_refusal(answer));
    }
    Page::read(&answer.body).ok_or_else(|| unexpected(answer))
}

fn led_away(target: &Url, from: &Url) -> ClientError {
    let is_same_host = target.host() == from.host();
    ClientError::Answered {
        operation: "open the sign-in page",
        code: if is_same_host {
            Code::STORE_WANTS_HTTPS
        } else {
            Code::INVALID_RESPONSE_FORMAT
        },
        evidence: format!("it leads to {}", target.origin().ascii_serialization()),
    }
}

/// Names what came instead of a redirect or a form.
fn read_refusal(answer: &Answer) -> ClientError {
    if let Some(words) = form::error_words(&answer.body) {
        return ClientError::SignInRefused {
            code: code_of_words(&words),
            words,
        };
    }
    unexpected(answer)
}

/// The sentences of a stock store are translated into its language; unknown ones most likely mean a wrong password,
/// and the person sees the sentence itself.
fn code_of_words(words: &str) -> Code {
    let words = words.to_lowercase();
    let has = |parts: &[&str]| parts.iter().any(|part| words.contains(part));
    if has(&["locked", "too many"]) {
        Code::ACCOUNT_LOCKED
    } else if has(&["permission", "not allowed"]) {
        Code::INSUFFICIENT_PERMISSIONS
    } else if has(&[
        "security check",
        "session has expired",
        "expired",
        "invalid auth session",
    ]) {
        Code::SIGN_IN_ABANDONED
    } else if has(&["parameter"]) {
        Code::MISSING_REQUIRED_PARAMETERS
    } else {
        Code::INVALID_CREDENTIALS
    }
}

fn unexpected(answer: &Answer) -> ClientError {
    let status = answer.status.as_u16();
    let (code, evidence) = match status {
        404 => (
            Code::WCPOS_PLUGIN_NOT_FOUND,
            "the page is not there (status 404)".to_owned(),
        ),
        200..=299 => (
            Code::INVALID_SITE_CONFIGURATION,
            "another page stands in its place".to_owned(),
        ),
        429 => (
            Code::RATE_LIMIT_EXCEEDED,
            "the website asks for a pause (status 429)".to_owned(),
        ),
        401 | 403 | 406 => (
            Code::INVALID_RESPONSE_FORMAT,
            format!("something in front of the website refuses this program (status {status})"),
        ),
        500..=599 => (
            Code::WEBSITE_UNAVAILABLE,
            format!("the website is down for the moment (status {status})"),
        ),
        _ => (
            Code::UNEXPECTED_RESPONSE_CODE,
            format!("the website answered with status {status}"),
        ),
    };
    ClientError::Answered {
        operation: "use the sign-in page",
        code,
        evidence,
    }
}

fn random() -> Result<[u8; 32], ClientError> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(ClientError::NoRandom)?;
    Ok(bytes)
}

fn random_hex() -> Result<String, ClientError> {
    let bytes = random()?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stores_sentences_have_their_codes() {
        for (words, code) in [
            ("Invalid username or password.", Code::INVALID_CREDENTIALS),
            (
                "This account is temporarily locked due to too many failed login attempts.",
                Code::ACCOUNT_LOCKED,
            ),
            ("Too many requests. Please try again later.", Code::ACCOUNT_LOCKED),
            (
                "You do not have permission to access the POS.",
                Code::INSUFFICIENT_PERMISSIONS,
            ),
            (
                "Security check failed. Please try again.",
                Code::SIGN_IN_ABANDONED,
            ),
            ("Missing state parameter.", Code::MISSING_REQUIRED_PARAMETERS),
            ("Benutzername oder Passwort falsch.", Code::INVALID_CREDENTIALS),
        ] {
            assert_eq!(code_of_words(words), code, "{words}");
        }
    }

    #[test]
    fn the_life_of_a_token_that_does_not_tell_comes_from_its_end_on_the_stores_clock() {
        assert_eq!(life_until(Some(1_900), 100_000), Some(Duration::from_secs(1_800)));
        assert_eq!(life_until(Some(50), 100_000), None);
        assert_eq!(life_until(None, 100_000), None);
        assert_eq!(life_until(Some(i64::MAX), 0), None);
    }

    #[test]
    fn two_sign_ins_never_share_a_state() {
        assert_ne!(random_hex().unwrap(), random_hex().unwrap());
        assert_eq!(random_hex().unwrap().len(), 64);
    }
}
