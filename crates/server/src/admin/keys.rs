//! The keys that sign what tills hold: which there are, a new one, and giving up those that got out.

use askama::Template;

use super::{Visitor, confirm, confirm::Question, frame::Frame, page, when::Wall};
use crate::{
    Rotation, Standing,
    accounts::Role,
    audit::{AuditEntry, Party},
    http::{App, Ask, Reply},
    keys::facts,
    store::StoreError,
};

const PATH: &str = "/admin/keys";

/// One signing key.
struct Row {
    kid: String,
    class: &'static str,
    icon: &'static str,
    standing: &'static str,
    since: String,
    until: String,
}

#[derive(Template)]
#[template(path = "admin/keys.html")]
struct KeysPage<'a> {
    frame: Frame,
    rows: Vec<Row>,
    may_change: bool,
    /// Days after which a key is replaced by itself.
    schedule_days: Option<u64>,
    seals: usize,
    error: Option<&'a str>,
    done: Option<&'a str>,
}

/// `GET /admin/keys`
pub(super) async fn list(app: &App, ask: &Ask, visitor: &Visitor) -> Result<Reply, StoreError> {
    let done = match ask.query("done") {
        Some("rotate") => Some("A new key takes over in a few seconds. Nobody notices."),
        Some("compromised") => Some("Nothing signed before is believed any more. Tills renew by themselves."),
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
    let now = app.clock.seconds();
    let wall = Wall::new(&app.shop().await?.timezone, now);
    let ring = app.keys.ring();
    let rows = facts(&ring, now).into_iter().rev().map(|key| {
        let (class, icon, standing, until) = match key.standing {
            Standing::Next => ("info", "clock", "Takes over soon", String::new()),
            Standing::Acting => ("ok", "tick", "Signs", String::new()),
            Standing::Verifying { until } => ("off", "shield", "Still believed", wall.short(until)),
            Standing::Over => ("off", "ban", "Over", String::new()),
        };
        Row {
            kid: key.kid,
            class,
            icon,
            standing,
            since: match key.from {
                0 => "the first start".to_owned(),
                from => wall.short(from),
            },
            until,
        }
    });
    let template = KeysPage {
        rows: rows.collect(),
        may_change: is_owner(visitor),
        schedule_days: app
            .settings
            .now()
            .rotate_every
            .map(|every| every.as_secs() / 86_400),
        seals: ring.seal_prints().len(),
        error,
        done,
        frame: Frame::read(app, visitor, "keys").await?,
    };
    Ok(page::drawn(if error.is_some() { 500 } else { 200 }, &template))
}

/// Keys and settings are the owner's.
pub(super) fn is_owner(visitor: &Visitor) -> bool {
    visitor.account.role == Role::Administrator
}

/// `POST /admin/keys`: a new key; with `which=compromised` the others are given up.
pub(super) async fn rotate(app: &App, ask: &Ask, visitor: &Visitor) -> Result<Reply, StoreError> {
    if !is_owner(visitor) {
        let words = "Only an owner may change the keys. Nothing was changed.";
        return page::refused(app, visitor, words).await;
    }
    let (rotation, done) = match ask.param_text("which").as_deref() {
        Some("compromised") => (Rotation::SigningCompromised, "compromised"),
        _ => (Rotation::Signing, "rotate"),
    };
    if rotation == Rotation::SigningCompromised && !confirm::is_sure(ask) {
        let question = Question {
            here: "keys",
            title: "Give up the keys that are there?".into(),
            gist: "Every access token that is out stops working at once.".into(),
            more: "Tills renew by themselves within seconds and nobody is signed out. Other programs have to fetch the \
                   new key before they believe a token again."
                .into(),
            button: "Give up the old keys".into(),
            action: PATH,
            fields: vec![("which".into(), "compromised".into())],
            back: PATH.into(),
        };
        return confirm::draw(app, visitor, question).await;
    }
    let (keys, now) = (app.keys.clone(), app.clock.seconds());
    let rotated = tokio::task::spawn_blocking(move || keys.rotate(rotation, now)).await;
    match rotated.map_err(|_| StoreError::Closed)? {
        Err(error) => {
            tracing::error!(%error, "the signing key could not be rotated from the office");
            let words =
                "The key file could not be written; the keys are as before. The log of the store says why.";
            draw(app, visitor, Some(words), None).await
        }
        Ok(kid) => {
            let entry = AuditEntry::keys_rotated(now, Party::of(&visitor.account), rotation, &kid);
            app.store.audit(entry.from(ask.peer.ip())).await?;
            Ok(page::see(&format!("{PATH}?done={done}")))
        }
    }
}
