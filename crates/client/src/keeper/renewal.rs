//! Asking the store for a new access token.

use evertill_session::answer::{self, RawAnswer};
use evertill_session::{Answer, Trouble, TroubleKind};
use evertill_wire::rest::site::{EvertillStore, Site};
use evertill_wire::{AccessToken, RefreshToken};
use reqwest::Method;
use serde_json::json;

use crate::error::ClientError;
use crate::http::{self, Bearer, Http, RENEWAL_MAX, Request};
use crate::profile::{RouteStyle, StoreProfile};

const ROUTE: &str = "wcpos/v2/auth/refresh";

/// What an attempt came to, and what was learnt about the store on the way: its other way in, or its new keys.
pub(super) struct Asked {
    pub(super) answer: Answer,
    pub(super) moved_to: Option<StoreProfile>,
    /// The store's clock, milliseconds since 1970.
    pub(super) date_ms: Option<i64>,
}

impl Asked {
    fn here(answer: Answer, heard: &Heard) -> Self {
        Self {
            answer,
            moved_to: None,
            date_ms: date_of(heard),
        }
    }
}

impl Asked {
    /// What came of it, in a word or a code.
    pub(super) fn outcome(&self) -> &'static str {
        match &self.answer {
            Answer::Renewed(_) => "renewed",
            Answer::Refused(_) => "refused",
            Answer::Trouble(trouble) => trouble.cause.as_str(),
        }
    }
}

/// Trades the refresh token. Where `/wp-json/` leads to a web page, `?rest_route=` is tried once at the same address. A
/// refusal that does not prove to be the store's makes us look once whether the store changed its keys.
pub(super) async fn ask(
    http: &Http,
    profile: &StoreProfile,
    refresh: &RefreshToken,
    access: Option<&AccessToken>,
) -> Asked {
    let first = ask_at(http, profile, refresh, access).await;
    let answer = read(&first, profile, refresh);
    match &answer {
        Answer::Trouble(trouble) if trouble.kind == TroubleKind::WrongRoute => {
            ask_the_other_way(http, profile, refresh, access)
                .await
                .unwrap_or_else(|| Asked::here(answer, &first))
        }
        Answer::Trouble(_) if is_unproved(&first) => {
            let Some(announced) = announcement(http, profile).await else {
                return Asked::here(answer, &first);
            };
            let now = StoreProfile {
                evertill: announced,
                ..profile.clone()
            };
            Asked {
                answer: read(&first, &now, refresh),
                moved_to: Some(now),
                date_ms: date_of(&first),
            }
        }
        Answer::Trouble(_) | Answer::Renewed(_) | Answer::Refused(_) => Asked::here(answer, &first),
    }
}

async fn ask_the_other_way(
    http: &Http,
    profile: &StoreProfile,
    refresh: &RefreshToken,
    access: Option<&AccessToken>,
) -> Option<Asked> {
    if profile.route_style == RouteStyle::Query {
        return None;
    }
    let other = StoreProfile {
        rest_root: profile.address.url().clone(),
        route_style: RouteStyle::Query,
        ..profile.clone()
    };
    if other.origin() != profile.origin() {
        return None;
    }
    let heard = ask_at(http, &other, refresh, access).await;
    match read(&heard, &other, refresh) {
        Answer::Trouble(_) => None,
        better @ (Answer::Renewed(_) | Answer::Refused(_)) => Some(Asked {
            answer: better,
            moved_to: Some(other),
            date_ms: date_of(&heard),
        }),
    }
}

/// What came of a request: an answer, or what kept it from coming.
type Heard = Result<http::Answer, Trouble>;

fn date_of(heard: &Heard) -> Option<i64> {
    heard.as_ref().ok()?.date_ms()
}

async fn ask_at(
    http: &Http,
    profile: &StoreProfile,
    refresh: &RefreshToken,
    access: Option<&AccessToken>,
) -> Heard {
    let bearer = access.map(|token| Bearer {
        token: token.clone(),
        place: profile.token_place,
        origin: profile.origin(),
    });
    let mut body = json!({ "refresh_token": refresh.expose() });
    if profile.evertill.as_ref().is_some_and(|store| store.rotation) {
        body["rotate"] = true.into();
    }
    let request = Request::new(Method::POST, profile.route(ROUTE, &[]))
        .json(&body)
        .bearer(bearer)
        .only_to(&profile.rest_root)
        .limit(RENEWAL_MAX);
    http.send(request).await.map_err(|error| trouble_of(&error))
}

fn read(heard: &Heard, profile: &StoreProfile, refresh: &RefreshToken) -> Answer {
    let signing = profile
        .evertill
        .as_ref()
        .and_then(|store| store.signed_verdicts.as_ref());
    match (heard, signing) {
        (Ok(answer), None) => answer.with_raw(answer::read),
        (Ok(answer), Some(keys)) => answer.with_raw(|raw| answer::read_signed(raw, keys, refresh)),
        (Err(trouble), _) => Answer::Trouble(trouble.clone()),
    }
}

/// A refusal came that would count at a store that does not sign.
fn is_unproved(heard: &Heard) -> bool {
    heard
        .as_ref()
        .is_ok_and(|answer| matches!(answer.with_raw(answer::read), Answer::Refused(_)))
}

/// What the store says about itself now; nothing when it did not answer as a store does.
async fn announcement(http: &Http, profile: &StoreProfile) -> Option<Option<EvertillStore>> {
    let request = Request::new(Method::GET, profile.route("wcpos/v2/site", &[]))
        .only_to(&profile.rest_root)
        .limit(RENEWAL_MAX);
    let answer = http.send(request).await.ok()?;
    let site: Site = serde_json::from_slice(&answer.body).ok()?;
    (answer.status.is_success() && !site.uuid.is_empty()).then_some(site.evertill)
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
    use ed25519_dalek::{Signer as _, SigningKey};
    use evertill_wire::rest::site::Jwk;
    use evertill_wire::verdict;
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
            assert_eq!(asked.answer, answer.with_raw(answer::read), "{}", recorded.name);
            assert!(asked.moved_to.is_none(), "{}", recorded.name);
        }
    }

    /// A store that refuses with the signature of one key, and announces another or the same.
    async fn store_that_signs(signs: u8, announces: u8, token: &RefreshToken) -> StoreProfile {
        let key = SigningKey::from_bytes(&[signs; 32]);
        let claims = verdict::Claims {
            rth: verdict::token_hash(token),
            reason: "revoked".into(),
            by: "Ann".into(),
            ..verdict::Claims::default()
        };
        let refusal = json!({
            "error": "invalid_grant", "error_description": "Refresh token has been revoked",
            "verdict": verdict::seal(&claims, &format!("k{signs}"), |bytes| key.sign(bytes).to_bytes()),
        });
        let site = json!({ "uuid": "u", "evertill": announcing(announces) });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let app = Router::new()
            .route(
                "/wp-json/wcpos/v2/site",
                axum::routing::get(async move || axum::Json(site)),
            )
            .fallback(async move || (axum::http::StatusCode::UNAUTHORIZED, axum::Json(refusal)));
        tokio::spawn(async move { axum::serve(listener, app).await });
        serde_json::from_value(json!({
            "address": url, "rest_root": url.join("wp-json/").unwrap(), "sign_in_page": url,
            "evertill": announcing(1),
        }))
        .unwrap()
    }

    fn announcing(key: u8) -> serde_json::Value {
        let public = SigningKey::from_bytes(&[key; 32]).verifying_key();
        let jwk = Jwk::ed25519(&format!("k{key}"), public.as_bytes());
        json!({ "version": "1", "rotation": true, "signed_verdicts": { "keys": [jwk] } })
    }

    #[tokio::test]
    async fn a_store_that_signs_is_believed_also_after_it_changed_its_keys_and_nobody_else_is() {
        let token = RefreshToken::new("r");
        for (signs, announces, is_believed) in [(1, 1, true), (2, 2, true), (2, 1, false)] {
            let profile = store_that_signs(signs, announces, &token).await;
            let http = Http::new(profile.address.url()).unwrap();
            let asked = ask(&http, &profile, &token, None).await;
            let is_signed = matches!(&asked.answer, Answer::Refused(refusal) if refusal.is_signed);
            assert_eq!(is_signed, is_believed, "{signs} {announces}: {:?}", asked.answer);
            assert_eq!(
                matches!(asked.answer, Answer::Trouble(_)),
                !is_believed,
                "{signs} {announces}"
            );
        }
    }
}
