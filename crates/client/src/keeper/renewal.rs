//! Asking the store for a new access token.

use evertill_session::answer::{self, RawAnswer};
use evertill_session::{Answer, Trouble, TroubleKind};
use evertill_wire::{AccessToken, RefreshToken};
use reqwest::Method;
use serde_json::json;

use crate::error::ClientError;
use crate::http::{self, Bearer, Http, RENEWAL_MAX, Request};
use crate::profile::{RouteStyle, StoreProfile};

const ROUTE: &str = "wcpos/v2/auth/refresh";

/// What an attempt came to, and the store's other way in when that was the one that worked.
pub(super) struct Asked {
    pub(super) answer: Answer,
    pub(super) moved_to: Option<StoreProfile>,
}

/// Trades the refresh token. Where `/wp-json/` leads to a web page, `?rest_route=` is tried once at the same address.
pub(super) async fn ask(
    http: &Http,
    profile: &StoreProfile,
    refresh: &RefreshToken,
    access: Option<&AccessToken>,
) -> Asked {
    let first = ask_at(http, profile, refresh, access).await;
    let is_wrong_way = matches!(&first, Answer::Trouble(trouble) if trouble.kind == TroubleKind::WrongRoute);
    if !is_wrong_way || profile.route_style == RouteStyle::Query {
        return Asked {
            answer: first,
            moved_to: None,
        };
    }
    let other = StoreProfile {
        rest_root: profile.address.url().clone(),
        route_style: RouteStyle::Query,
        ..profile.clone()
    };
    if other.origin() != profile.origin() {
        return Asked {
            answer: first,
            moved_to: None,
        };
    }
    match ask_at(http, &other, refresh, access).await {
        Answer::Trouble(_) => Asked {
            answer: first,
            moved_to: None,
        },
        better @ (Answer::Renewed(_) | Answer::Refused(_)) => Asked {
            answer: better,
            moved_to: Some(other),
        },
    }
}

async fn ask_at(
    http: &Http,
    profile: &StoreProfile,
    refresh: &RefreshToken,
    access: Option<&AccessToken>,
) -> Answer {
    let bearer = access.map(|token| Bearer {
        token: token.clone(),
        place: profile.token_place,
        origin: profile.origin(),
    });
    let request = Request::new(Method::POST, profile.route(ROUTE, &[]))
        .json(&json!({ "refresh_token": refresh.expose() }))
        .bearer(bearer)
        .only_to(&profile.rest_root)
        .limit(RENEWAL_MAX);
    match http.send(request).await {
        Ok(answer) => read(&answer),
        Err(error) => Answer::Trouble(trouble_of(&error)),
    }
}

fn read(answer: &http::Answer) -> Answer {
    answer.with_raw(answer::read)
}

/// No answer came, or the request was not even let out.
pub(super) fn trouble_of(error: &ClientError) -> Trouble {
    if let ClientError::Unreachable { source, .. } = error {
        Trouble::network(source.code(), source.evidence())
    } else {
        Trouble::new(error.code(), TroubleKind::Configuration, error.to_string())
    }
}

impl http::Answer {
    /// Hands the answer over in the form the engine reads.
    pub(crate) fn with_raw<T>(&self, read: impl FnOnce(&RawAnswer<'_>) -> T) -> T {
        let headers: Vec<(&str, &str)> = self
            .headers
            .iter()
            .filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
            .collect();
        read(&RawAnswer {
            status: self.status.as_u16(),
            headers: &headers,
            body: &self.body,
        })
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::response::IntoResponse;
    use url::Url;

    use super::*;
    use crate::address::StoreAddress;
    use crate::recorded;

    /// A store that gives the same recorded answer to everything.
    async fn store_that_answers(answer: http::Answer) -> StoreProfile {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let serve = move || {
            let answer = answer.clone();
            async move { (answer.status, answer.headers, answer.body).into_response() }
        };
        tokio::spawn(async move { axum::serve(listener, Router::new().fallback(serve)).await });
        let mut profile: StoreProfile = serde_json::from_value(json!({
            "address": url, "rest_root": url.join("wp-json/").unwrap(), "sign_in_page": url,
        }))
        .unwrap();
        profile.address = StoreAddress::parse(url.as_str()).unwrap();
        profile
    }

    #[tokio::test]
    async fn every_recorded_renewal_means_the_same_after_a_way_through_a_socket() {
        for recorded in recorded::renewals() {
            let answer = recorded.answer();
            let profile = store_that_answers(answer.clone()).await;
            let http = Http::new(profile.address.url()).unwrap();
            let token = RefreshToken::new("r");
            let asked = ask(&http, &profile, &token, Some(&AccessToken::new("a"))).await;
            assert_eq!(asked.answer, read(&answer), "{}", recorded.name);
            assert!(asked.moved_to.is_none(), "{}", recorded.name);
        }
    }
}
