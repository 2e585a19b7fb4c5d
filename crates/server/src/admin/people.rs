//! The people of the shop: who works here, in which role, with which password, and who may not come in any more.

use askama::Template;
use evertill_wire::Password;

use super::{
    Visitor,
    draft::{self, Draft},
    endings,
    frame::{Frame, initials, tint},
    page,
    when::Wall,
};
use crate::{
    accounts::{PasswordHash, Role, password_fault},
    audit::{AuditEntry, AuditKind, Party},
    http::{App, Ask, Reply},
    store::{Account, Saved, StoreError, Which},
};

/// Somebody in the list.
struct Row {
    id: i64,
    name: String,
    username: String,
    email: String,
    initials: String,
    tint: u32,
    role: &'static str,
    sessions: u64,
    is_disabled: bool,
    locked_until: Option<String>,
}

#[derive(Template)]
#[template(path = "admin/people.html")]
struct PeoplePage {
    frame: Frame,
    rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "admin/person.html")]
struct PersonPage<'a> {
    frame: Frame,
    /// None for somebody new.
    id: Option<i64>,
    draft: &'a Draft,
    roles: Vec<Role>,
    /// Has a role that the visitor may not give.
    keeps_role: bool,
    may_change: bool,
    is_own: bool,
    /// A new password ends the other sessions, whatever the form says.
    ends_others: bool,
    is_disabled: bool,
    locked_until: Option<String>,
    error: Option<&'a str>,
    done: Option<&'a str>,
}

/// `GET /admin/people`
pub(super) async fn list(app: &App, visitor: &Visitor) -> Result<Reply, StoreError> {
    let wall = wall(app).await?;
    let living = app.sessions.signed_in().await?;
    let rows = app.store.staff().await?.into_iter().map(|account| {
        let name = account.display_name();
        Row {
            sessions: living
                .iter()
                .find(|(one, _)| one.id == account.id)
                .map_or(0, |(_, count)| *count),
            locked_until: locked_until(app, &account, &wall),
            id: account.id,
            initials: initials(&name),
            tint: tint(&name),
            name,
            role: account.role.title(),
            is_disabled: account.disabled_at.is_some(),
            username: account.username,
            email: account.email,
        }
    });
    let rows = rows.collect();
    let frame = Frame::read(app, visitor, "people").await?;
    Ok(page::drawn(200, &PeoplePage { frame, rows }))
}

async fn wall(app: &App) -> Result<Wall, StoreError> {
    Ok(Wall::new(&app.shop().await?.timezone, app.clock.seconds()))
}

fn locked_until(app: &App, account: &Account, wall: &Wall) -> Option<String> {
    app.throttle
        .name_rests_until(&account.username, app.clock.seconds())
        .map(|until| wall.short(until))
}

/// `GET /admin/people/new`
pub(super) async fn new(app: &App, visitor: &Visitor) -> Result<Reply, StoreError> {
    draw_new(app, visitor, &Draft::default(), None).await
}

async fn draw_new(
    app: &App,
    visitor: &Visitor,
    draft: &Draft,
    error: Option<&str>,
) -> Result<Reply, StoreError> {
    let template = PersonPage {
        frame: Frame::read(app, visitor, "people").await?,
        id: None,
        draft,
        roles: visitor.account.role.may_give(),
        keeps_role: false,
        may_change: true,
        is_own: false,
        ends_others: false,
        is_disabled: false,
        locked_until: None,
        error,
        done: None,
    };
    Ok(page::drawn(if error.is_some() { 400 } else { 200 }, &template))
}

/// `GET /admin/people/{id}`
pub(super) async fn show(app: &App, ask: &Ask, visitor: &Visitor, id: &str) -> Result<Reply, StoreError> {
    let Some(account) = find(app, id).await? else {
        return page::missing(app, visitor).await;
    };
    let done = match ask.query("done") {
        Some("saved") => Some("Saved."),
        Some("password") => Some("The password is changed."),
        Some("off") => Some("Switched off. All sessions are ended."),
        Some("on") => Some("Switched on again."),
        Some("unlocked") => Some("The lockout is lifted."),
        _ => None,
    };
    draw(app, visitor, &account, &Draft::of(&account), Err(done)).await
}

/// Draws somebody, with what went wrong or what is done.
async fn draw(
    app: &App,
    visitor: &Visitor,
    account: &Account,
    draft: &Draft,
    outcome: Result<&str, Option<&str>>,
) -> Result<Reply, StoreError> {
    let (error, done) = match outcome {
        Ok(error) => (Some(error), None),
        Err(done) => (None, done),
    };
    let template = PersonPage {
        frame: Frame::read(app, visitor, "people").await?,
        id: Some(account.id),
        draft,
        keeps_role: !visitor.account.role.may_give().contains(&account.role),
        roles: visitor.account.role.may_give(),
        may_change: endings::may_govern(visitor, account),
        is_own: visitor.account.id == account.id,
        ends_others: app.settings.now().password_ends_others,
        is_disabled: account.disabled_at.is_some(),
        locked_until: locked_until(app, account, &wall(app).await?),
        error,
        done,
    };
    Ok(page::drawn(if error.is_some() { 400 } else { 200 }, &template))
}

async fn find(app: &App, id: &str) -> Result<Option<Account>, StoreError> {
    match id.parse() {
        Err(_) => Ok(None),
        Ok(id) => Ok(app
            .store
            .account(id)
            .await?
            .filter(|account| account.role != Role::Customer)),
    }
}

/// `POST /admin/people`: somebody new.
pub(super) async fn create(app: &App, ask: &Ask, visitor: &Visitor) -> Result<Reply, StoreError> {
    let draft = Draft::read(ask);
    let password = Password::new(ask.param_text("password").unwrap_or_default());
    let role = Role::parse(&draft.role).filter(|role| visitor.account.role.may_give().contains(role));
    let fault = draft
        .fault()
        .or_else(|| password_fault(&password, &draft.username));
    let (Some(role), None) = (role, fault) else {
        return draw_new(
            app,
            visitor,
            &draft,
            Some(fault.unwrap_or("You may not give this role.")),
        )
        .await;
    };
    let now = app.clock.seconds();
    let mut account = draft.account(role, now);
    account.password = Some(hashed(app, password).await?);
    let sentence = format!(
        "{} made an account for {}, as {}",
        visitor.account.display_name(),
        account.display_name(),
        role.title()
    );
    let entry = entry(ask, visitor, &account, AuditKind::AccountCreated, sentence, now);
    match app.store.save_account(Box::new(account), entry).await? {
        Saved::Written(_) => Ok(page::see("/admin/people")),
        refusal @ (Saved::NameTaken | Saved::EmailTaken | Saved::LastOwner) => {
            draw_new(app, visitor, &draft, Some(words(refusal))).await
        }
    }
}

/// What happened to whom: one of the forms of a person's page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    Details,
    Password,
    State,
    Unlock,
}

/// `POST /admin/people/{id}` and what stands below it.
pub(super) async fn change(
    app: &App,
    ask: &Ask,
    visitor: &Visitor,
    id: &str,
    act: Act,
) -> Result<Reply, StoreError> {
    let Some(account) = find(app, id).await? else {
        return page::missing(app, visitor).await;
    };
    if !endings::may_govern(visitor, &account) {
        let words = "Only an owner may change an owner or a manager. Nothing was changed.";
        return page::refused(app, visitor, words).await;
    }
    match act {
        Act::Details => details(app, ask, visitor, account).await,
        Act::Password => password(app, ask, visitor, account).await,
        Act::State => state(app, ask, visitor, account).await,
        Act::Unlock => {
            app.throttle.succeeded(&account.username);
            let now = app.clock.seconds();
            let sentence = format!(
                "{} lifted the lockout of {}",
                visitor.account.display_name(),
                account.display_name()
            );
            let entry = entry(ask, visitor, &account, AuditKind::AccountChanged, sentence, now);
            app.store.audit(entry).await?;
            Ok(page::see(&format!("/admin/people/{id}?done=unlocked")))
        }
    }
}

async fn details(app: &App, ask: &Ask, visitor: &Visitor, before: Account) -> Result<Reply, StoreError> {
    let draft = Draft {
        username: before.username.clone(),
        ..Draft::read(ask)
    };
    let role = match Role::parse(&draft.role) {
        Some(role) if role == before.role || visitor.account.role.may_give().contains(&role) => role,
        _ => return draw(app, visitor, &before, &draft, Ok("You may not give this role.")).await,
    };
    if let Some(fault) = draft.fault() {
        return draw(app, visitor, &before, &draft, Ok(fault)).await;
    }
    let now = app.clock.seconds();
    let after = draft.applied(&before, role, now);
    let sentence = draft::told(&visitor.account, &before, &after);
    let entry = entry(ask, visitor, &after, AuditKind::AccountChanged, sentence, now);
    let id = before.id;
    match app.store.save_account(Box::new(after), entry).await? {
        Saved::Written(_) => Ok(page::see(&format!("/admin/people/{id}?done=saved"))),
        refusal @ (Saved::NameTaken | Saved::EmailTaken | Saved::LastOwner) => {
            draw(app, visitor, &before, &draft, Ok(words(refusal))).await
        }
    }
}

async fn password(app: &App, ask: &Ask, visitor: &Visitor, before: Account) -> Result<Reply, StoreError> {
    match set_password(app, ask, visitor, &before).await? {
        Err(fault) => draw(app, visitor, &before, &Draft::of(&before), Ok(fault)).await,
        Ok(()) => Ok(page::see(&format!("/admin/people/{}?done=password", before.id))),
    }
}

/// Sets the password a form holds, notes it, and ends the other sessions where that is wanted; else says what is wrong.
pub(super) async fn set_password(
    app: &App,
    ask: &Ask,
    visitor: &Visitor,
    before: &Account,
) -> Result<Result<(), &'static str>, StoreError> {
    let wanted = Password::new(ask.param_text("password").unwrap_or_default());
    let is_own = before.id == visitor.account.id;
    let fault = match password_fault(&wanted, &before.username) {
        None if is_own && !knows_current(app, ask, before).await? => {
            Some("The password you have now is another one.")
        }
        fault => fault,
    };
    if let Some(fault) = fault {
        return Ok(Err(fault));
    }
    let now = app.clock.seconds();
    let after = Account {
        password: Some(hashed(app, wanted).await?),
        modified_at: now,
        ..before.clone()
    };
    let sentence = match is_own {
        true => format!("{} changed the own password", before.display_name()),
        false => format!(
            "{} set a new password for {}",
            visitor.account.display_name(),
            before.display_name()
        ),
    };
    let entry = entry(ask, visitor, before, AuditKind::PasswordChanged, sentence, now);
    if let refusal @ (Saved::NameTaken | Saved::EmailTaken | Saved::LastOwner) =
        app.store.save_account(Box::new(after), entry).await?
    {
        return Ok(Err(words(refusal)));
    }
    app.throttle.succeeded(&before.username);
    if app.settings.now().password_ends_others || ask.param_text("ends_sessions").is_some() {
        let which = Which::AllOf {
            account_id: before.id,
            except: Some(visitor.session),
        };
        endings::end(app, ask, visitor, which, Party::of(before), "password changed").await?;
    }
    Ok(Ok(()))
}

/// Whether the form holds the password the account has now. Counts and rests like a sign-in.
async fn knows_current(app: &App, ask: &Ask, account: &Account) -> Result<bool, StoreError> {
    let current = Password::new(ask.param_text("current").unwrap_or_default());
    let known = crate::http::pages::recognise(app, ask, &account.username, current).await?;
    Ok(known.is_ok_and(|known| known.id == account.id))
}

async fn hashed(app: &App, password: Password) -> Result<PasswordHash, StoreError> {
    let place = app.hashing.enter().await.map_err(|_| StoreError::Busy)?;
    let (_, hash) = place
        .work(move |memory| PasswordHash::of(&password, memory))
        .await?;
    hash.map_err(|error| {
        tracing::error!(%error, "a password could not be hashed");
        StoreError::Busy
    })
}

async fn state(app: &App, ask: &Ask, visitor: &Visitor, before: Account) -> Result<Reply, StoreError> {
    let now = app.clock.seconds();
    let turns_off = ask.param_text("state").as_deref() == Some("off");
    let after = Account {
        disabled_at: turns_off.then_some(now),
        modified_at: now,
        ..before.clone()
    };
    let verb = if turns_off { "off" } else { "on" };
    let sentence = format!(
        "{} switched the account of {} {verb}",
        visitor.account.display_name(),
        before.display_name()
    );
    let entry = entry(ask, visitor, &before, AuditKind::AccountChanged, sentence, now);
    if let refusal @ (Saved::NameTaken | Saved::EmailTaken | Saved::LastOwner) =
        app.store.save_account(Box::new(after), entry).await?
    {
        return draw(app, visitor, &before, &Draft::of(&before), Ok(words(refusal))).await;
    }
    if turns_off {
        let which = Which::AllOf {
            account_id: before.id,
            except: None,
        };
        endings::end(
            app,
            ask,
            visitor,
            which,
            Party::of(&before),
            "account switched off",
        )
        .await?;
    }
    Ok(page::see(&format!("/admin/people/{}?done={verb}", before.id)))
}

fn entry(
    ask: &Ask,
    visitor: &Visitor,
    whom: &Account,
    kind: AuditKind,
    sentence: String,
    now: i64,
) -> AuditEntry {
    AuditEntry::new(now, kind, sentence)
        .by(Party::of(&visitor.account))
        .to(Party {
            id: (whom.id != 0).then_some(whom.id),
            ..Party::of(whom)
        })
        .from(ask.peer.ip())
}

fn words(saved: Saved) -> &'static str {
    match saved {
        Saved::Written(_) => "Saved.",
        Saved::NameTaken => "Somebody else has this username.",
        Saved::EmailTaken => "Somebody else has this e-mail address.",
        Saved::LastOwner => "This is the only owner who can sign in. Make another owner first.",
    }
}
