//! The address a sign-in leads back to, with the tokens in it.

use std::borrow::Cow;

use evertill_wire::{AccessToken, Code, RefreshToken};
use url::{Url, form_urlencoded};

use crate::error::ClientError;

/// What a store led back with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Callback {
    /// The first access token.
    pub access_token: AccessToken,
    /// The token to renew with.
    pub refresh_token: RefreshToken,
    /// The store's key for the person.
    pub uuid: String,
    /// Account number at the store, zero when it did not tell.
    pub id: i64,
    /// Name to show.
    pub display_name: String,
    /// When the access token ends, seconds since 1970 on the store's clock.
    pub expires_at: Option<i64>,
}

impl Callback {
    /// Reads the parameters, from the query or the fragment; the query wins.
    pub(crate) fn read(url: &Url, state: &str) -> Result<Self, ClientError> {
        let find = |name: &str| -> Option<Cow<'_, str>> {
            let in_query = url.query_pairs().find(|(found, _)| found == name);
            let in_fragment = || {
                let fragment = url.fragment().unwrap_or_default();
                form_urlencoded::parse(fragment.as_bytes()).find(|(found, _)| found == name)
            };
            in_query
                .or_else(in_fragment)
                .map(|(_, value)| value)
                .filter(|value| !value.is_empty())
        };
        if find("state").as_deref() != Some(state) {
            return Err(ClientError::SignInMismatch);
        }
        if let Some(error) = find("error") {
            let words = find("error_description").unwrap_or(error);
            return Err(ClientError::SignInRefused {
                code: Code::INVALID_CREDENTIALS,
                words: words.chars().filter(|c| !c.is_control()).take(200).collect(),
            });
        }
        let need = |name: &str| {
            find(name).ok_or_else(|| ClientError::Answered {
                operation: "finish the sign-in",
                code: Code::MISSING_RESPONSE_DATA,
                evidence: format!("the store led back without `{name}`"),
            })
        };
        let uuid = need("uuid")?.into_owned();
        Ok(Self {
            access_token: AccessToken::new(need("access_token")?),
            refresh_token: RefreshToken::new(need("refresh_token")?),
            id: find("id").and_then(|text| text.trim().parse().ok()).unwrap_or(0),
            display_name: find("display_name").map_or_else(|| uuid.clone(), Cow::into_owned),
            expires_at: find("expires_at").and_then(|text| text.trim().parse().ok()),
            uuid,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(address: &str) -> Result<Callback, ClientError> {
        Callback::read(&Url::parse(address).unwrap(), "s1")
    }

    #[test]
    fn parameters_are_read_from_the_query_and_from_the_fragment() {
        let expected = Callback {
            access_token: AccessToken::new("a.b.c"),
            refresh_token: RefreshToken::new("r.s.t"),
            uuid: "u".into(),
            id: 3,
            display_name: "Ann Ö".into(),
            expires_at: Some(1_795_400_538),
        };
        let parameters = "access_token=a.b.c&refresh_token=r.s.t&token_type=Bearer&expires_at=1795400538&id=3&uuid=u&display_name=Ann+%C3%96&state=s1";
        assert_eq!(read(&format!("wcpos://auth?{parameters}")).unwrap(), expected);
        assert_eq!(
            read(&format!("http://127.0.0.1:9/cb?x=1#{parameters}")).unwrap(),
            expected
        );
        assert_eq!(
            read(&format!(
                "http://127.0.0.1:9/cb?{parameters}#access_token=other&state=s2"
            ))
            .unwrap(),
            expected
        );
    }

    #[test]
    fn an_answer_to_another_attempt_is_refused_before_anything_in_it_is_read() {
        for address in [
            "x://y?access_token=a&refresh_token=b&uuid=c&state=s2",
            "x://y?access_token=a",
            "x://y",
        ] {
            assert!(
                matches!(read(address).unwrap_err(), ClientError::SignInMismatch),
                "{address}"
            );
        }
    }

    #[test]
    fn a_missing_token_and_a_refusal_are_named() {
        let error = read("x://y?access_token=a&uuid=c&state=s1").unwrap_err();
        assert_eq!(error.code().as_str(), "API04004");
        assert!(error.to_string().contains("refresh_token"));
        let error = read("x://y?error=access_denied&error_description=Not+you&state=s1").unwrap_err();
        assert!(error.to_string().contains("Not you"));
    }

    #[test]
    fn tokens_do_not_show_in_debug_output() {
        let callback = read("x://y?access_token=aaa.b.c&refresh_token=rrr&uuid=c&state=s1").unwrap();
        let shown = format!("{callback:?}");
        assert!(!shown.contains("aaa") && !shown.contains("rrr"), "{shown}");
    }
}
