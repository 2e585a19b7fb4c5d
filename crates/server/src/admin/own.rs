//! Everybody's own account: the password, and where one is signed in. The only page of the office a cashier sees.

use askama::Template;
use uuid::Uuid;

use super::{Visitor, confirm, confirm::Question, endings, frame::Frame, page, people, sessions, when::Wall};
use crate::{
    audit::Party,
    http::{App, Ask, Reply},
    store::{StoreError, Which},
};

pub(super) const PATH: &str = "/admin/me";

/// One of the own sessions.
struct Row {
    id: Uuid,
    device: String,
    address: String,
    signed_in: String,
    renewed: String,
    is_this: bool,
}

#[derive(Template)]
#[template(path = "admin/own.html")]
struct OwnPage<'a> {
    frame: Frame,
    username: &'a str,
    email: &'a str,
    ends_others: bool,
    rows: Vec<Row>,
    error: Option<&'a str>,
    done: Option<&'a str>,
}

/// `GET /admin/me`
pub(super) async fn show(app: &App, ask: &Ask, visitor: &Visitor) -> Result<Reply, StoreError> {
    let done = match ask.query("done") {
        Some("password") => Some("The password is changed."),
        Some("ended") => Some("Signed out there."),
        _ => None,
    };
    draw(app, visitor, None, done).await
}

async fn draw(
    app: &App,
    visitor: &Visitor,
    error: Option<&str>,
    done: Option<&str>,
) -> Result<Reply, StoreError> {
    let wall = Wall::new(&app.shop().await?.timezone, app.clock.seconds());
    let living = app.sessions.living(Some(visitor.account.id)).await?;
    let rows = living.into_iter().map(|(session, _)| Row {
        id: session.id,
        device: sessions::device(&session),
        address: session.visitor.ip_address.clone(),
        signed_in: wall.short(session.signed_in_at),
        renewed: wall.short(session.renewed_at),
        is_this: session.id == visitor.session,
    });
    let template = OwnPage {
        username: &visitor.account.username,
        email: &visitor.account.email,
        ends_others: app.settings.now().password_ends_others,
        rows: rows.collect(),
        error,
        done,
        frame: Frame::read(app, visitor, "me").await?,
    };
    Ok(page::drawn(if error.is_some() { 400 } else { 200 }, &template))
}

/// `POST /admin/me/password`
pub(super) async fn change_password(app: &App, ask: &Ask, visitor: &Visitor) -> Result<Reply, StoreError> {
    match people::set_password(app, ask, visitor, &visitor.account).await? {
        Err(fault) => draw(app, visitor, Some(fault), None).await,
        Ok(()) => Ok(page::see(&format!("{PATH}?done=password"))),
    }
}

/// `POST /admin/me/sessions`: signs out one of the own sessions, or all but this visit.
pub(super) async fn end(app: &App, ask: &Ask, visitor: &Visitor) -> Result<Reply, StoreError> {
    let account_id = visitor.account.id;
    let id = ask.param_text("session").and_then(|id| id.parse::<Uuid>().ok());
    let which = match id {
        Some(id) => Which::One { account_id, id },
        None => Which::AllOf {
            account_id,
            except: Some(visitor.session),
        },
    };
    if id.is_none() && !confirm::is_sure(ask) {
        let count = app
            .sessions
            .living(Some(account_id))
            .await?
            .len()
            .saturating_sub(1);
        let question = Question {
            here: "me",
            title: "Sign out everywhere else?".into(),
            gist: match count {
                1 => "1 session ends at once; this visit goes on.".into(),
                _ => format!("{count} sessions end at once; this visit goes on."),
            },
            more: "Tills keep their sales and ask for the password.".into(),
            button: "Sign out everywhere else".into(),
            action: "/admin/me/sessions",
            fields: Vec::new(),
            back: PATH.into(),
        };
        return confirm::draw(app, visitor, question).await;
    }
    endings::end(app, ask, visitor, which, Party::of(&visitor.account), "").await?;
    Ok(page::see(&format!("{PATH}?done=ended")))
}
