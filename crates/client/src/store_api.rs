//! Authenticated requests to a store, under the one-retry rule.
//!
//! A request the API answers with 401 is sent once more with a newer token, then reported. A 403 is a permission and
//! never a reason to renew. Every HTTP answer is an answer; [`StoreAnswer::trouble`] names those that are not the
//! API's. Work that must not get lost is the caller's: nothing here decides that a sale was refused for good.

use std::time::Duration;

use evertill_session::Unauthorized;
use evertill_session::answer::{not_from_the_api, unauthorized};
use evertill_wire::Code;
use evertill_wire::json::Body;
use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::Value;

use crate::error::ClientError;
use crate::http::{ANSWER_MAX, Answer, Http, Request};
use crate::keeper::{Keeper, Lease};
use crate::profile::StoreProfile;

/// Routes that answer anybody, so that an answer says nothing about the token.
const PUBLIC_ROUTES: &[&str] = &[
    "wcpos/v2/site",
    "wcpos/v2/echo",
    "wcpos/v2/ping",
    "wcpos/v2/auth/test",
    "wcpos/v2/auth/refresh",
];

/// A store's REST interface, with a good token attached to every request.
#[derive(Debug, Clone)]
pub struct StoreApi {
    keeper: Keeper,
    http: Http,
    limit: Duration,
}

/// What a store answered.
#[derive(Debug, Clone)]
pub struct StoreAnswer {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// Body, read as tolerantly as can be done without guessing.
    pub body: Body,
    /// The store's clock, milliseconds since 1970.
    pub date_ms: Option<i64>,
    trouble: Option<(Code, String)>,
}

impl StoreAnswer {
    fn of(answer: &Answer) -> Self {
        let trouble = answer
            .with_raw(not_from_the_api)
            .map(|trouble| (trouble.cause, trouble.evidence));
        let refused = || {
            (
                Code::TOKEN_INVALID,
                "the store does not accept this session's tokens".to_owned(),
            )
        };
        Self {
            status: answer.status.as_u16(),
            trouble: trouble.or_else(|| {
                let word = answer.with_raw(unauthorized);
                (word == Some(Unauthorized::TokenRefused)).then(refused)
            }),
            body: answer.json(),
            date_ms: answer.date_ms(),
            headers: answer.headers.clone(),
        }
    }

    /// Whether the status says yes.
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The JSON value of the body, when there is exactly one.
    #[must_use]
    pub fn json(&self) -> Option<&Value> {
        self.body.value()
    }

    /// The text of a header, empty when it is missing.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// Names an answer that says nothing about the request: a firewall's page, a site that is down, a token that stays
    /// refused. Nothing for an answer the API itself gave, also when that is a refusal of the request.
    #[must_use]
    pub fn trouble(&self) -> Option<(Code, String)> {
        self.trouble.clone()
    }
}

impl StoreApi {
    /// Requests in the name of a keeper's session, through its HTTP client.
    #[must_use]
    pub fn new(keeper: Keeper) -> Self {
        let http = keeper.http().clone();
        Self {
            keeper,
            http,
            limit: ANSWER_MAX,
        }
    }

    /// Waits at most this long for each answer instead of [`ANSWER_MAX`].
    #[must_use]
    pub fn with_limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// The keeper behind it.
    #[must_use]
    pub fn keeper(&self) -> &Keeper {
        &self.keeper
    }

    /// Sends a `GET` to a route such as `wcpos/v2/products`.
    ///
    /// # Errors
    /// [`ClientError::Unreachable`] when no answer came; the errors of [`Keeper::access_token`] when no token can be had.
    pub async fn get(&self, route: &str, query: &[(&str, &str)]) -> Result<StoreAnswer, ClientError> {
        self.send(Method::GET, route, query, &[], None).await
    }

    /// Sends a `POST` with a JSON body.
    ///
    /// # Errors
    /// As [`StoreApi::get`].
    pub async fn post(
        &self,
        route: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> Result<StoreAnswer, ClientError> {
        self.send(Method::POST, route, &[], headers, Some(body)).await
    }

    /// Sends a `DELETE`.
    ///
    /// # Errors
    /// As [`StoreApi::get`].
    pub async fn delete(&self, route: &str, query: &[(&str, &str)]) -> Result<StoreAnswer, ClientError> {
        self.send(Method::DELETE, route, query, &[], None).await
    }

    /// Sends a request of any kind.
    ///
    /// # Errors
    /// As [`StoreApi::get`].
    pub async fn send(
        &self,
        method: Method,
        route: &str,
        query: &[(&str, &str)],
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Result<StoreAnswer, ClientError> {
        let attempt = |lease: Lease, profile: StoreProfile| {
            let mut request = Request::new(method.clone(), profile.route(route, query))
                .bearer(Some(Keeper::bearer(&profile, &lease)))
                .limit(self.limit);
            if let Some(body) = body {
                request = request.json(body);
            }
            for (name, value) in headers {
                request = request.header(name, value);
            }
            self.http.send(request)
        };
        let lease = self.keeper.lease(None).await?;
        let profile = self.keeper.session_profile()?;
        let answer = attempt(lease.clone(), profile.clone()).await?;
        let Some(word) = answer.with_raw(unauthorized) else {
            self.learn(route, &lease, &answer);
            return Ok(StoreAnswer::of(&answer));
        };
        if !self.keeper.refused(&lease, word).await? {
            return Ok(StoreAnswer::of(&answer));
        }
        let newer = self.keeper.lease(Some(&lease)).await?;
        let answer = attempt(newer.clone(), profile).await?;
        match answer.with_raw(unauthorized) {
            Some(word) => drop(self.keeper.refused(&newer, word).await?),
            None => self.learn(route, &newer, &answer),
        }
        Ok(StoreAnswer::of(&answer))
    }

    /// An accepted token and a reachable store are news for the engine.
    fn learn(&self, route: &str, lease: &Lease, answer: &Answer) {
        if answer.status.is_success() && self.keeper.is_in_trouble() {
            self.keeper.network_up();
        }
        if answer.status.is_success() && !is_public(route) && answer.json().value().is_some() {
            self.keeper.accepted(lease.serial);
        }
    }
}

/// Whether a route answers anybody.
pub(crate) fn is_public(route: &str) -> bool {
    PUBLIC_ROUTES.contains(&route.trim_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recorded;

    /// What an answer is to a request that carried a token.
    fn found(answer: &StoreAnswer, word: Option<Unauthorized>) -> (&'static str, String) {
        let code = answer
            .trouble()
            .map_or("-".to_owned(), |(code, _)| code.to_string());
        let state = match (word, answer.status) {
            (Some(Unauthorized::TokenRefused), _) => "refused",
            (Some(Unauthorized::Locked), _) => "locked",
            (None, _) if answer.trouble().is_some() => "trouble",
            (None, 403) => "permission",
            (None, 200..=299) if answer.json().is_some() => "accepted",
            (None, _) => "nothing we know",
        };
        (state, code)
    }

    #[test]
    fn every_recorded_answer_to_a_request_with_a_token_is_what_the_index_says() {
        let index = recorded::index();
        let mut met = 0;
        for (names, one) in recorded::exchanges() {
            let answer = one.answer();
            let found = found(&StoreAnswer::of(&answer), answer.with_raw(unauthorized));
            for name in names.iter().filter(|name| name.starts_with("protected-")) {
                let [_, _, state, code] = index.iter().find(|row| row[0] == name).unwrap();
                assert_eq!((found.0, found.1.as_str()), (*state, *code), "{name}");
                met += 1;
            }
        }
        assert_eq!(met, 97);
    }
}
