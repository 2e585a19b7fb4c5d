//! Questions in the name of the session. The token goes to the store's own origin and nowhere else.

use evertill_client::ClientError;
use evertill_client::http::{Bearer, Http, Request};
use evertill_client::profile::TokenPlace;
use evertill_session::{Answer, answer};
use evertill_wire::AccessToken;
use reqwest::Method;
use serde_json::json;

use super::network::silent;
use super::{Outcome, SiteSeen};
use crate::context::Context;
use crate::reply::{Reply, ask};

/// A route every cashier may read and that needs the session.
const PROTECTED: &str = "wcpos/v2/auth/sessions";

/// What a route that needs the session answered.
#[derive(Debug, Clone)]
pub(crate) struct SessionsSeen {
    pub(crate) reply: Reply,
}

/// What a renewal came to. Its token is written down where the session is kept, and used for one look.
#[derive(Debug)]
pub(crate) struct RenewalSeen {
    pub(crate) reply: Reply,
    pub(crate) answer: Answer,
    /// What the fresh token met, when there was one.
    pub(crate) with_fresh_token: Option<Reply>,
    /// Why the token was not written down.
    pub(crate) not_kept: Option<ClientError>,
}

/// Asks with the living access token.
pub(super) async fn sessions(context: &Context) -> Outcome<SessionsSeen> {
    let Some(token) = context.session.kept().and_then(|kept| kept.access.clone()) else {
        return Outcome::NotAsked("session.signed-in");
    };
    let site = context.probes().site(context).await;
    let Some(seen) = site.seen().filter(|seen| seen.payload.is_some()) else {
        return Outcome::NotAsked(match site.seen() {
            Some(_) => "plugin.wcpos",
            None => site.missing("site.rest"),
        });
    };
    match protected(context, seen, token).await {
        Outcome::Seen(reply) => Outcome::Seen(SessionsSeen { reply }),
        Outcome::Silent { code, evidence } => silent(code, evidence),
        Outcome::NotAsked(why) => Outcome::NotAsked(why),
    }
}

async fn protected(context: &Context, site: &SiteSeen, token: AccessToken) -> Outcome<Reply> {
    let url = site.route(PROTECTED, &[("wcpos", "1")]);
    let bearer = Bearer {
        token,
        place: place(context, site).await,
        origin: site.root.origin().ascii_serialization(),
    };
    match Http::new(&url) {
        Ok(http) => ask(&http, &url.clone(), Request::get(url).bearer(Some(bearer))).await,
        Err(error) => silent(error.code(), error.to_string()),
    }
}

/// Where the token travels: where it was seen to arrive, else where it travelled before.
async fn place(context: &Context, site: &SiteSeen) -> TokenPlace {
    let known = context
        .profile
        .as_ref()
        .map(|profile| profile.token_place)
        .unwrap_or_default();
    let echo = context.probes().echo(context).await;
    match echo.seen().and_then(|seen| seen.arrived) {
        Some((true, _)) => TokenPlace::Header,
        Some((false, true)) if takes_bare_parameter(site) => TokenPlace::BareParameter,
        Some((false, true)) => TokenPlace::BearerParameter,
        Some((false, false)) | None => known,
    }
}

/// The bare form is understood from 1.10 on.
fn takes_bare_parameter(site: &SiteSeen) -> bool {
    let version = site
        .payload
        .as_ref()
        .map(|payload| payload.wcpos_version.as_str());
    crate::reading::version(version.unwrap_or_default()) >= (1, 10)
}

/// Presents the refresh token, with consent. No rotation is asked for; a store that rotates all the same has taken the
/// old token away, so whatever comes is durable before it is looked at.
pub(super) async fn renewal(context: &Context) -> Outcome<RenewalSeen> {
    if !context.may_renew {
        return Outcome::NotAsked("");
    }
    let Some(kept) = context.session.kept() else {
        return Outcome::NotAsked("session.signed-in");
    };
    let Some(refresh) = kept.refresh.clone() else {
        return Outcome::NotAsked("session.signed-in");
    };
    let site = context.probes().site(context).await;
    let Some(seen) = site.seen().filter(|seen| seen.payload.is_some()) else {
        return Outcome::NotAsked(match site.seen() {
            Some(_) => "plugin.wcpos",
            None => site.missing("site.rest"),
        });
    };
    let url = seen.route("wcpos/v2/auth/refresh", &[]);
    let bearer = match kept.access.clone() {
        Some(token) => Some(Bearer {
            token,
            place: place(context, seen).await,
            origin: seen.root.origin().ascii_serialization(),
        }),
        None => None,
    };
    let http = match Http::new(&url) {
        Ok(http) => http,
        Err(error) => return silent(error.code(), error.to_string()),
    };
    let request = Request::new(Method::POST, url.clone())
        .json(&json!({ "refresh_token": refresh.expose() }))
        .bearer(bearer)
        .only_to(&seen.root);
    let reply = match ask(&http, &url, request).await {
        Outcome::Seen(reply) => reply,
        Outcome::Silent { code, evidence } => return silent(code, evidence),
        Outcome::NotAsked(why) => return Outcome::NotAsked(why),
    };
    let answer = reply.with_raw(answer::read);
    let not_kept = match &answer {
        Answer::Renewed(renewed) => context.keep(renewed).err(),
        Answer::Refused(_) | Answer::Trouble(_) => None,
    };
    let with_fresh_token = match &answer {
        Answer::Renewed(renewed) => protected(context, seen, renewed.access.clone())
            .await
            .seen()
            .cloned(),
        Answer::Refused(_) | Answer::Trouble(_) => None,
    };
    Outcome::Seen(RenewalSeen {
        reply,
        answer,
        with_fresh_token,
        not_kept,
    })
}
