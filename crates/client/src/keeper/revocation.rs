//! Ending a session at the store.

use std::time::Duration;

use evertill_session::answer::not_from_the_api;
use evertill_session::{Answer, Grant};
use evertill_wire::{AccessToken, Code};
use reqwest::Method;
use serde_json::Value;

use super::renewal;
use crate::clock::Clock;
use crate::error::ClientError;
use crate::http::{self, Bearer, Http, Request};
use crate::profile::{StoreProfile, TokenPlace};

/// How long the store may take to end a session before that is left for later.
const REVOKE_MAX: Duration = Duration::from_secs(8);

/// What signing out came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignedOut {
    /// The session is over here and at the store.
    Everywhere,
    /// It is over here; the store is told as soon as it answers.
    StoreLater(Code),
    /// Nobody was signed in.
    NobodyWasIn,
}

/// What one try came to.
pub(super) enum Revoked {
    /// The store does not know the session any more.
    Done,
    /// Not now.
    Later(Code),
}

/// Ends a session, with a new access token when the old one has ended.
pub(super) async fn revoke(http: &Http, profile: &StoreProfile, grant: &Grant, clock: &dyn Clock) -> Revoked {
    let age = grant.received.probable_age(&clock.boot(), clock.now());
    if age.is_some_and(|age| age < grant.access_life) {
        match delete(http, profile, grant, &grant.access).await {
            Deleted::Done => return Revoked::Done,
            Deleted::Later(code) => return Revoked::Later(code),
            Deleted::TokenRefused => {}
        }
    }
    let asked = renewal::ask(http, profile, &grant.refresh, None).await;
    match asked.answer {
        // The store itself says that this session is over.
        Answer::Refused(_) => Revoked::Done,
        Answer::Trouble(trouble) => Revoked::Later(trouble.cause),
        Answer::Renewed(renewed) => {
            let refresh = renewed.refresh.unwrap_or_else(|| grant.refresh.clone());
            let grant = Grant {
                refresh,
                ..grant.clone()
            };
            let mut outcome = delete(http, profile, &grant, &renewed.access).await;
            if matches!(outcome, Deleted::TokenRefused) {
                // It may have been lost on the way.
                let other = profile.token_place.place().other();
                let profile = StoreProfile {
                    token_place: TokenPlace::of(other, &profile.wcpos_version),
                    ..profile.clone()
                };
                outcome = delete(http, &profile, &grant, &renewed.access).await;
            }
            match outcome {
                // A fresh token is refused both ways only where the session is half ended already.
                Deleted::Done | Deleted::TokenRefused => Revoked::Done,
                Deleted::Later(code) => Revoked::Later(code),
            }
        }
    }
}

enum Deleted {
    Done,
    TokenRefused,
    Later(Code),
}

async fn delete(http: &Http, profile: &StoreProfile, grant: &Grant, access: &AccessToken) -> Deleted {
    match send_delete(http, profile, grant, access, Method::DELETE, &[]).await {
        // Some hosts let only GET and POST through; the store knows this spelling too.
        Ok(answer) if matches!(answer.status.as_u16(), 405 | 501) => read(
            send_delete(
                http,
                profile,
                grant,
                access,
                Method::POST,
                &[("_method", "DELETE")],
            )
            .await,
        ),
        other => read(other),
    }
}

async fn send_delete(
    http: &Http,
    profile: &StoreProfile,
    grant: &Grant,
    access: &AccessToken,
    method: Method,
    extra: &[(&str, &str)],
) -> Result<http::Answer, ClientError> {
    let user = grant.user.id.to_string();
    let mut query = vec![("user_id", user.as_str())];
    query.extend_from_slice(extra);
    let url = profile.route(&format!("wcpos/v2/auth/sessions/{}", grant.session), &query);
    let bearer = Bearer {
        token: access.clone(),
        place: profile.token_place,
        origin: profile.origin(),
    };
    http.send(Request::new(method, url).bearer(Some(bearer)).limit(REVOKE_MAX))
        .await
}

fn read(answer: Result<http::Answer, ClientError>) -> Deleted {
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) => return Deleted::Later(error.code()),
    };
    if let Some(trouble) = answer.with_raw(not_from_the_api) {
        return Deleted::Later(trouble.cause);
    }
    let body = answer.json();
    let is_from_api = body.value().is_some_and(|value| {
        value.get("success").is_some() || value.get("code").is_some_and(Value::is_string)
    });
    match (answer.status.as_u16(), is_from_api) {
        (401, true) => Deleted::TokenRefused,
        // Also `success: false`, which a stock store says for a session it does not know. Without permission there is
        // nothing left to try. A request that arrived without its parameters ended nothing.
        (200..=299, _) | (403 | 404 | 410, true) => Deleted::Done,
        _ => Deleted::Later(Code::UNEXPECTED_RESPONSE_CODE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recorded;

    #[test]
    fn every_recorded_answer_about_the_end_of_a_session_is_what_the_index_says() {
        let index = recorded::index();
        let mut met = 0;
        for (names, one) in recorded::exchanges() {
            let found = match read(Ok(one.answer())) {
                Deleted::Done => "done",
                Deleted::TokenRefused => "refused",
                Deleted::Later(_) => "later",
            };
            for name in names.iter().filter(|name| name.starts_with("session")) {
                let [_, _, expected, _] = index.iter().find(|row| row[0] == name).unwrap();
                // A list of sessions that is shown, or that may not be: either way there is nothing more to end.
                let expected = match *expected {
                    "accepted" | "permission" => "done",
                    other => other,
                };
                assert_eq!(found, expected, "{name}");
                met += 1;
            }
        }
        assert_eq!(met, 25);
    }
}
