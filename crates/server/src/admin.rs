//! The office: pages for the owner, at `/admin` on the store itself.
//!
//! Everything can be read without script; a script only keeps an open page up to date. Each page is one handler
//! here, one view model beside it and one template. Who may come in and which forms are believed is decided in
//! `guard`; what may be done to whom is [`Role::may_govern`](crate::accounts::Role::may_govern). Everything done
//! here ends up in the audit log.

use crate::{
    http::{App, Ask, Reply},
    store::StoreError,
};

mod confirm;
mod door;
pub(crate) mod draft;
mod endings;
mod frame;
mod guard;
mod keys;
mod lane;
mod live;
mod log;
mod own;
mod page;
mod people;
mod scale;
mod sessions;
mod settings;
mod when;

use guard::Visitor;
pub(crate) use log::cell;
use people::Act;

/// Address of the office.
const HOME: &str = "/admin";

const CSS: &[u8] = include_bytes!("../assets/admin.css");
const SCRIPT: &[u8] = include_bytes!("../assets/admin.js");

/// Whether a path is one of the office's.
pub(crate) fn is_office(path: &str) -> bool {
    path.strip_prefix(HOME)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Serves a page of the office, or the way in.
pub(crate) async fn serve(app: &App, ask: &Ask) -> Result<Reply, StoreError> {
    let path = ask.path.strip_prefix(HOME).unwrap_or_default();
    let segments: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    match (ask.method.as_str(), segments.as_slice()) {
        ("GET" | "HEAD", ["admin.css"]) => return Ok(page::asset("text/css; charset=UTF-8", CSS)),
        ("GET" | "HEAD", ["admin.js"]) => return Ok(page::asset("text/javascript; charset=UTF-8", SCRIPT)),
        ("GET" | "HEAD", ["sign-in"]) => return door::show(app, "", None).await,
        ("POST", ["sign-in"]) => return door::sign_in(app, ask).await,
        _ => {}
    }
    let Some(visitor) = guard::admit(app, ask).await? else {
        return match ask.is_get() && segments != ["events"] {
            true => door::show(app, "", None).await,
            false => Ok(page::gone_out()),
        };
    };
    if ask.method == "POST" && !guard::is_own_form(app, ask, &visitor) {
        return page::refused(
            app,
            &visitor,
            "This form is too old, or it came from another site. Nothing was changed.",
        )
        .await;
    }
    inside(app, ask, &visitor, &segments).await
}

async fn inside(app: &App, ask: &Ask, visitor: &Visitor, segments: &[&str]) -> Result<Reply, StoreError> {
    match (ask.method.as_str(), segments) {
        ("GET" | "HEAD", ["me"]) => own::show(app, ask, visitor).await,
        ("POST", ["me", "password"]) => own::change_password(app, ask, visitor).await,
        ("POST", ["me", "sessions"]) => own::end(app, ask, visitor).await,
        ("POST", ["sign-out"]) => door::sign_out(app, ask, visitor).await,
        ("GET", ["events"]) => Ok(live::events(app, visitor)),
        // Somebody who keeps nobody else's account has a page of the own, and nothing more.
        (_, []) if !visitor.account.role.may_manage() => Ok(page::see(own::PATH)),
        _ if !visitor.account.role.may_manage() => {
            page::refused(app, visitor, "Only owners and managers see this page.").await
        }
        _ => shop(app, ask, visitor, segments).await,
    }
}

/// The pages for those who look after the shop.
async fn shop(app: &App, ask: &Ask, visitor: &Visitor, segments: &[&str]) -> Result<Reply, StoreError> {
    match (ask.method.as_str(), segments) {
        ("GET" | "HEAD", []) => sessions::list(app, ask, visitor).await,
        ("GET" | "HEAD", ["people"]) => people::list(app, visitor).await,
        ("GET" | "HEAD", ["people", "new"]) => people::new(app, visitor).await,
        ("GET" | "HEAD", ["people", id]) => people::show(app, ask, visitor, id).await,
        ("POST", ["people"]) => people::create(app, ask, visitor).await,
        ("POST", ["people", id]) => people::change(app, ask, visitor, id, Act::Details).await,
        ("POST", ["people", id, "password"]) => people::change(app, ask, visitor, id, Act::Password).await,
        ("POST", ["people", id, "state"]) => people::change(app, ask, visitor, id, Act::State).await,
        ("POST", ["people", id, "unlock"]) => people::change(app, ask, visitor, id, Act::Unlock).await,
        ("GET" | "HEAD", ["keys"]) => keys::list(app, ask, visitor).await,
        ("POST", ["keys"]) => keys::rotate(app, ask, visitor).await,
        ("GET" | "HEAD", ["settings"]) => settings::list(app, ask, visitor).await,
        ("POST", ["settings"]) => settings::change(app, ask, visitor).await,
        ("GET" | "HEAD", ["audit"]) => log::list(app, ask, visitor).await,
        ("GET" | "HEAD", ["audit.csv"]) => log::file(app, ask).await,
        ("GET" | "HEAD", ["sessions.csv"]) => sessions::file(app, ask).await,
        ("POST", ["sessions", "end"]) => sessions::end(app, ask, visitor).await,
        ("POST", ["sessions", "name"]) => sessions::rename(app, ask, visitor).await,
        ("GET" | "HEAD", ["sessions", "everybody"]) => sessions::ask_everybody(app, visitor).await,
        ("POST", ["sessions", "everybody"]) => sessions::end_everybody(app, ask, visitor).await,
        _ => page::missing(app, visitor).await,
    }
}
