//! A sign-in with a code (RFC 6749 §4.1) and a proof that only this process can give (RFC 7636): the browser carries
//! nothing that anybody could use, and the tokens come in the body of an answer to us.
//!
//! Used where the store announces its OAuth metadata. Whatever that names is put on the address the store answered at,
//! so that neither a password nor a code is led anywhere else; the answer has to come from the issuer named there
//! (RFC 9207).

use std::borrow::Cow;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use evertill_wire::{AccessToken, Code, RefreshToken};
use reqwest::Method;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use url::Url;
use zeroize::Zeroizing;

use super::{App, Callback, Entered, random};
use crate::error::ClientError;
use crate::http::{Answer, Http, Request};
use crate::profile::StoreProfile;

const OPERATION: &str = "trade the code of the sign-in for a session";

/// What the metadata has to say (RFC 8414).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    code_challenge_methods_supported: Vec<String>,
}

/// What is needed to trade a code for a session.
#[derive(Clone)]
pub(super) struct Exchange {
    client_id: &'static str,
    redirect_uri: String,
    verifier: Zeroizing<String>,
    token_endpoint: Url,
    issuer: String,
}

/// The part of the answer that a sign-in needs.
#[derive(Deserialize)]
struct Tokens {
    access_token: String,
    refresh_token: String,
    evertill: Extra,
}

#[derive(Deserialize)]
struct Extra {
    expires_at: Option<i64>,
    user: Person,
}

#[derive(Deserialize)]
struct Person {
    id: i64,
    uuid: String,
    username: String,
    display_name: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Refused {
    error: String,
    error_description: String,
}

/// The page to open and what to do afterwards; nothing where the store speaks no OAuth.
pub(super) async fn begin(
    http: &Http,
    profile: &StoreProfile,
    app: App,
    redirect_uri: &Url,
    state: &str,
) -> Result<Option<(Url, Exchange)>, ClientError> {
    let Some(metadata) = metadata(http, profile).await? else {
        return Ok(None);
    };
    let (Some(mut page), Some(token_endpoint)) = (
        at_home(profile, &metadata.authorization_endpoint),
        at_home(profile, &metadata.token_endpoint),
    ) else {
        return Ok(None);
    };
    let verifier = Zeroizing::new(URL_SAFE_NO_PAD.encode(random()?));
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
    page.query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("client_id", app.client_id())
        .append_pair("redirect_uri", redirect_uri.as_str())
        .append_pair("scope", "pos")
        .append_pair("state", state)
        .append_pair("code_challenge", &challenge)
        .append_pair("code_challenge_method", "S256")
        .append_pair("platform", "electron");
    let exchange = Exchange {
        client_id: app.client_id(),
        redirect_uri: redirect_uri.to_string(),
        verifier,
        token_endpoint,
        issuer: metadata.issuer,
    };
    Ok(Some((page, exchange)))
}

/// A store that was exchanged for an older one announces what it no longer has: then the stock way is used.
async fn metadata(http: &Http, profile: &StoreProfile) -> Result<Option<Metadata>, ClientError> {
    let announced = profile
        .evertill
        .as_ref()
        .map_or("", |store| store.oauth_metadata.as_str());
    let Some(address) = at_home(profile, announced) else {
        return Ok(None);
    };
    let answer = http.send(Request::get(address)).await?;
    if !answer.status.is_success() {
        return Ok(None);
    }
    Ok(serde_json::from_slice::<Metadata>(&answer.body)
        .ok()
        .filter(|found| {
            let methods = &found.code_challenge_methods_supported;
            !found.issuer.is_empty() && methods.iter().any(|method| method == "S256")
        }))
}

/// An announced address on the origin that the store answered at.
fn at_home(profile: &StoreProfile, announced: &str) -> Option<Url> {
    let announced = Url::parse(announced).ok()?;
    let mut url = profile.sign_in_page.clone();
    url.set_path(announced.path());
    url.set_query(announced.query());
    url.set_fragment(None);
    Some(url)
}

impl Exchange {
    /// Reads where the browser was led back to, and trades the code in it.
    pub(super) async fn finish(
        &self,
        http: &Http,
        callback: &Url,
        state: &str,
    ) -> Result<Entered, ClientError> {
        let code = self.code(callback, state)?;
        let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let fields = [
            field("grant_type", "authorization_code"),
            field("client_id", self.client_id),
            field("redirect_uri", &self.redirect_uri),
            field("code", &code),
            field("code_verifier", &self.verifier),
        ];
        let request = Request::new(Method::POST, self.token_endpoint.clone())
            .form(&fields)
            .only_to(&self.token_endpoint);
        read(&http.send(request).await?)
    }

    /// The code, where the answer is to this attempt and from the store that was asked.
    fn code(&self, callback: &Url, state: &str) -> Result<String, ClientError> {
        let find = |name: &str| -> Option<Cow<'_, str>> {
            let mut found = callback.query_pairs().filter(|(key, _)| key == name);
            let value = found.next().map(|(_, value)| value);
            // A parameter that comes twice is one that somebody added.
            value.filter(|value| found.next().is_none() && !value.is_empty())
        };
        if find("state").as_deref() != Some(state) || find("iss").as_deref() != Some(&self.issuer) {
            return Err(ClientError::SignInMismatch);
        }
        if let Some(error) = find("error") {
            return Err(refused(
                &error,
                find("error_description").as_deref().unwrap_or_default(),
            ));
        }
        find("code")
            .map(Cow::into_owned)
            .ok_or_else(|| ClientError::Answered {
                operation: OPERATION,
                code: Code::MISSING_RESPONSE_DATA,
                evidence: "the store led back without `code`".into(),
            })
    }
}

fn refused(error: &str, description: &str) -> ClientError {
    let words = if description.is_empty() {
        error
    } else {
        description
    };
    ClientError::SignInRefused {
        code: Code::SIGN_IN_ABANDONED,
        words: words.chars().filter(|c| !c.is_control()).take(200).collect(),
    }
}

fn read(answer: &Answer) -> Result<Entered, ClientError> {
    let answered = |code, evidence: String| ClientError::Answered {
        operation: OPERATION,
        code,
        evidence,
    };
    if !answer.status.is_success() {
        let refusal: Refused = serde_json::from_slice(&answer.body).unwrap_or_default();
        return Err(match refusal.error.as_str() {
            "" => answered(
                Code::UNEXPECTED_RESPONSE_CODE,
                format!("the store answered with status {}", answer.status.as_u16()),
            ),
            error => refused(error, &refusal.error_description),
        });
    }
    // The error of the parser could quote a token.
    let tokens: Tokens = serde_json::from_slice(&answer.body)
        .map_err(|_| answered(Code::MISSING_RESPONSE_DATA, "the answer holds no session".into()))?;
    let Extra { expires_at, user } = tokens.evertill;
    Ok(Entered {
        callback: Callback {
            access_token: AccessToken::new(tokens.access_token),
            refresh_token: RefreshToken::new(tokens.refresh_token),
            uuid: user.uuid,
            id: user.id,
            display_name: user.display_name,
            expires_at,
        },
        username: user.username,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exchange() -> Exchange {
        Exchange {
            client_id: "evertill-cli",
            redirect_uri: "http://127.0.0.1:5/callback".into(),
            verifier: Zeroizing::new("v".repeat(43)),
            token_endpoint: Url::parse("https://shop.example/oauth/token").unwrap(),
            issuer: "https://shop.example".into(),
        }
    }

    fn code(query: &str) -> Result<String, ClientError> {
        let callback = Url::parse(&format!("http://127.0.0.1:5/callback?{query}")).unwrap();
        exchange().code(&callback, "s1")
    }

    #[test]
    fn a_code_is_taken_from_the_store_that_was_asked_and_for_this_attempt_only() {
        assert_eq!(
            code("code=c&state=s1&iss=https%3A%2F%2Fshop.example").unwrap(),
            "c"
        );
        for query in [
            "code=c&state=s1",
            "code=c&iss=https%3A%2F%2Fshop.example",
            "code=c&state=s2&iss=https%3A%2F%2Fshop.example",
            "code=c&state=s1&iss=https%3A%2F%2Fevil.example",
            "code=c&state=s1&state=s1&iss=https%3A%2F%2Fshop.example",
            "error=access_denied&state=s2&iss=https%3A%2F%2Fshop.example",
        ] {
            assert!(matches!(code(query), Err(ClientError::SignInMismatch)), "{query}");
        }
    }

    #[test]
    fn a_refusal_is_told_and_tokens_in_the_address_are_not_taken() {
        let from = "state=s1&iss=https%3A%2F%2Fshop.example";
        let error = code(&format!("error=invalid_request&error_description=too+old&{from}")).unwrap_err();
        assert!(error.to_string().contains("too old"), "{error}");
        let error = code(&format!("access_token=a.b.c&refresh_token=r&uuid=u&{from}")).unwrap_err();
        assert!(error.to_string().contains("code"), "{error}");
    }
}
