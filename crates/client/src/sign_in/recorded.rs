//! Every recorded answer of the sign-in page, read case by case.

use evertill_wire::{Code, Password};
use url::Url;

use super::form::Page;
use super::{Callback, read_page, read_refusal};
use crate::recorded;

/// What an answer to `GET` or `POST` of the page is.
#[derive(Debug, PartialEq)]
enum Meaning {
    Form,
    SignedIn,
    Refused(Code, &'static str),
    Trouble(Code),
}

fn check(name: &str, expected: &Meaning) {
    let answer = recorded::named(name);
    match expected {
        Meaning::Form => {
            let page = read_page(&answer).unwrap();
            let sent = page.fill_in("cashier", &Password::new("cashier-pass")).unwrap();
            let value = |wanted: &str| {
                sent.iter()
                    .find(|(field, _)| field == wanted)
                    .map(|(_, value)| value.as_str())
            };
            assert_eq!(value("wcpos-log"), Some("cashier"), "{name}");
            assert_eq!(value("wcpos-pwd"), Some("cashier-pass"), "{name}");
            assert_eq!(value("_wpnonce"), Some("b094fcdd30"), "{name}");
            assert_eq!(
                value("auth_session"),
                Some("BcBv4B44Aqck2Oim2MwgciCbuD2KrxO4"),
                "{name}"
            );
            assert_eq!(value("wcpos_website"), Some(""), "{name}");
        }
        Meaning::SignedIn => {
            let target = Url::parse(answer.header("location")).unwrap();
            let state = target
                .query_pairs()
                .find(|(field, _)| field == "state")
                .unwrap()
                .1
                .into_owned();
            let callback = Callback::read(&target, &state).unwrap();
            assert!(callback.id > 0 && !callback.uuid.is_empty(), "{name}");
            let life = evertill_session::jwt::claims(callback.access_token.expose())
                .unwrap()
                .life();
            assert_eq!(life.unwrap().as_secs(), 1_800, "{name}");
        }
        Meaning::Refused(code, words) => {
            let error = read_refusal(&answer);
            assert_eq!(error.code(), *code, "{name}");
            assert!(error.to_string().contains(words), "{name}: {error}");
            assert!(read_page(&answer).is_err(), "{name}");
        }
        Meaning::Trouble(code) => {
            assert!(Page::read(&answer.body).is_none(), "{name}");
            assert_eq!(read_page(&answer).unwrap_err().code(), *code, "{name}");
        }
    }
}

#[test]
fn every_recorded_answer_of_the_sign_in_page_is_read_rightly() {
    use Meaning::{Form, Refused, SignedIn, Trouble};
    let wrong = || Refused(Code::INVALID_CREDENTIALS, "Invalid username or password.");
    let locked = || Refused(Code::ACCOUNT_LOCKED, "temporarily locked");
    let mut left: Vec<String> = recorded::beginning_with("login-")
        .iter()
        .map(|one| one.name.clone())
        .collect();
    for (case, expected) in [
        ("database-down", Trouble(Code::WEBSITE_UNAVAILABLE)),
        (
            "get-bad-scheme",
            Refused(Code::MISSING_REQUIRED_PARAMETERS, "redirect_uri"),
        ),
        ("get-form", Form),
        (
            "get-missing-redirect",
            Refused(Code::MISSING_REQUIRED_PARAMETERS, "redirect_uri"),
        ),
        (
            "get-missing-state",
            Refused(Code::MISSING_REQUIRED_PARAMETERS, "state"),
        ),
        ("get-no-trailing-slash", Form),
        (
            "ip-rate-limited",
            Refused(Code::ACCOUNT_LOCKED, "Too many requests"),
        ),
        ("maintenance", Trouble(Code::WEBSITE_UNAVAILABLE)),
        ("nginx-502", Trouble(Code::WEBSITE_UNAVAILABLE)),
        ("plain-permalinks", Trouble(Code::INVALID_SITE_CONFIGURATION)),
        ("plugin-deactivated", Trouble(Code::WCPOS_PLUGIN_NOT_FOUND)),
        (
            "post-bad-nonce",
            Refused(Code::SIGN_IN_ABANDONED, "Security check failed"),
        ),
        ("post-bad-password", wrong()),
        ("post-good", SignedIn),
        ("post-good-admin", SignedIn),
        ("post-good-database-read-only", SignedIn),
        ("post-good-http-redirect", SignedIn),
        ("post-locked-account-right-password", locked()),
        ("post-lockout-attempt5", wrong()),
        ("post-lockout-attempt6", locked()),
        ("post-unknown-user", wrong()),
        (
            "post-user-without-pos-capability",
            Refused(Code::INSUFFICIENT_PERMISSIONS, "permission"),
        ),
    ] {
        let name = format!("login-{case}");
        check(&name, &expected);
        left.retain(|known| *known != name);
    }
    assert!(left.is_empty(), "without an expectation: {left:?}");
}
