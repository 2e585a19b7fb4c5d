//! Into the office and out of it.

use askama::Template;
use axum::http::header;
use evertill_wire::Password;

use super::{HOME, Visitor, endings, guard, own, page};
use crate::{
    audit::{AuditEntry, Party},
    http::{App, Ask, Reply, pages::recognise},
    sessions::Opening,
    sign_in::{form, visitor},
    store::{StoreError, Which},
};

/// Ties the form to this page, where a till's sign-in is tied to the state it sent.
const STATE: &str = "office";

#[derive(Template)]
#[template(path = "admin/sign_in.html")]
struct SignInPage<'a> {
    shop: &'a str,
    error: Option<&'a str>,
    login: &'a str,
    seal: &'a str,
}

/// The form, with what went wrong.
pub(super) async fn show(app: &App, login: &str, error: Option<&str>) -> Result<Reply, StoreError> {
    let shop = app.shop().await?;
    let seal = form::auth_session(&app.keys, STATE, HOME, app.clock.seconds());
    let template = SignInPage {
        shop: &shop.name,
        error,
        login,
        seal: &seal,
    };
    Ok(page::drawn(200, &template))
}

/// `POST /admin/sign-in`: the same passwords and the same patience as a till's sign-in.
pub(super) async fn sign_in(app: &App, ask: &Ask) -> Result<Reply, StoreError> {
    let now = app.clock.seconds();
    let field = |name: &str| ask.param_text(name).unwrap_or_default();
    let login = field("login");
    if form::check(&app.keys, &field("seal"), STATE, HOME, now).is_err()
        || !guard::is_own_origin(ask, &app.home)
    {
        return show(
            app,
            &login,
            Some("This page was open for too long. Please try again."),
        )
        .await;
    }
    let account = match recognise(app, ask, &login, Password::new(field("password"))).await? {
        Ok(account) => account,
        Err(fault) => return show(app, &login, Some(fault.words())).await,
    };
    if !account.role.may_sell() {
        let words = "Only people who work in the shop may come in here.";
        return show(app, &login, Some(words)).await;
    }
    let mut visitor = visitor::read(
        ask.peer.ip(),
        ask.header("user-agent").unwrap_or_default(),
        None,
        None,
    );
    visitor.device.app_type = guard::APP_TYPE.into();
    let opening = Opening {
        account_id: account.id,
        visitor,
        client: None,
        sender_key: None,
    };
    // The tokens of a visit are made and dropped: a browser gets none.
    let id = app.sessions.open(opening).await?.0.session;
    let entry = AuditEntry::signed_in(now, &account, "the office", id, ask.peer.ip());
    app.store.audit(entry).await?;
    let first = match account.role.may_manage() {
        true => HOME,
        false => own::PATH,
    };
    Ok(page::see(first).with(header::SET_COOKIE, guard::begun(app, id)))
}

/// `POST /admin/sign-out`.
pub(super) async fn sign_out(app: &App, ask: &Ask, visitor: &Visitor) -> Result<Reply, StoreError> {
    let which = Which::One {
        account_id: visitor.account.id,
        id: visitor.session,
    };
    endings::end(app, ask, visitor, which, Party::of(&visitor.account), "").await?;
    Ok(page::see("/admin/sign-in").with(header::SET_COOKIE, guard::over(app)))
}
