//! `/oauth/authorize`: the sign-in page, for an app that asked for a code. Nobody is asked for consent: every client
//! was put in by the owner of the store, and gets what the person who signs in may do.

use axum::http::header;
use uuid::Uuid;

use super::{
    code::Code,
    request::{self, AuthorizationRequest, Fault},
};
use crate::{
    http::{
        App, Ask, Reply,
        pages::{self, Visit},
    },
    store::{Account, StoreError},
};

/// Shows the page, or takes its form.
pub(super) async fn serve(app: &App, ask: &Ask) -> Result<Reply, StoreError> {
    let request = match request::read(&app.oauth.clients, ask.query_pairs().to_vec()) {
        Ok(request) => request,
        Err(Fault::Shown(words)) => return pages::refuse(app, words).await,
        Err(Fault::Returned(way_back, refusal)) => return Ok(lead(way_back.refused(&refusal, &app.home))),
    };
    let visit = Visit {
        redirect_text: request.way_back.redirect_text.clone(),
        state: String::new(),
        tie: tie(ask),
        login: Visit::login(ask),
    };
    let redirect = Some(&request.way_back.redirect);
    if ask.method != "POST" {
        let fault = pages::too_many(app, ask);
        return pages::show(app, &visit, redirect, fault).await;
    }
    match pages::enter(app, ask, &visit).await? {
        Err(fault) => pages::show(app, &visit, redirect, Some(fault)).await,
        Ok(account) => {
            let code = code(app, &request, &account);
            Ok(lead(request.way_back.with(&[("code", &code)], &app.home)))
        }
    }
}

/// The whole request: a form that is sent back with another one is not taken.
fn tie(ask: &Ask) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(ask.query_pairs())
        .finish();
    format!("oauth\n{query}")
}

fn code(app: &App, request: &AuthorizationRequest<'_>, account: &Account) -> String {
    let code = Code {
        session: Uuid::new_v4(),
        account_id: account.id,
        client: request.way_back.client.id.to_string(),
        redirect: request.way_back.redirect_text.clone(),
        challenge: request.challenge.clone(),
        dpop_jkt: request.dpop_jkt.clone(),
        issued_at: app.clock.seconds(),
        platform: request.platform.clone(),
        build: request.build.clone(),
    };
    code.seal(&app.keys)
}

/// 303: the browser comes back with `GET`, and never sends the password on (RFC 9700 §4.12).
fn lead(location: String) -> Reply {
    Reply::empty(303)
        .with(header::LOCATION, location)
        .with(header::CACHE_CONTROL, "no-store")
        .with(header::REFERRER_POLICY, "no-referrer")
}
