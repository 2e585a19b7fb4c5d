//! The settings: value, unit, bounds and origin of each. What nobody fixed on the node's own command line, environment
//! or file may be changed here, and is in force on every node within a second.

use askama::Template;

use super::{Visitor, confirm, confirm::Question, frame::Frame, keys::is_owner, page};
use crate::{
    Setting,
    audit::Party,
    config::{self, Key, Kind},
    http::{App, Ask, Reply},
    settings::{Choice, Settings, told, typed},
    store::{Living, StoreError},
};

const PATH: &str = "/admin/settings";

/// A setting on the page.
struct Row {
    key: &'static Key,
    value: String,
    origin: String,
    is_open: bool,
    error: Option<String>,
}

impl Row {
    fn new(key: &'static Key, setting: Setting) -> Self {
        Self {
            key,
            is_open: Settings::is_open(&setting),
            value: setting.value,
            origin: setting.origin.to_string(),
            error: None,
        }
    }

    fn is_fact(&self) -> bool {
        self.key.kind == Kind::Fact
    }

    /// `1 to 3650`
    fn bounds(&self) -> String {
        self.key
            .bounds
            .map_or_else(String::new, |(least, most)| format!("{least} to {most}"))
    }

    fn shown(&self) -> &str {
        match self.value.as_str() {
            "" => "not set",
            value => value,
        }
    }

    /// What it is set to where nobody says anything.
    fn usual(&self) -> &str {
        match self.key.default {
            "" => "not set",
            "true" => "yes",
            "false" => "no",
            value => value,
        }
    }

    /// The sentence without the bounds at its end, which stand beside the field.
    fn about(&self) -> String {
        match self.bounds().as_str() {
            "" => self.key.about.to_owned(),
            bounds => self.key.about.replace(&format!(", {bounds}"), ""),
        }
    }
}

/// The settings of one section.
struct Section {
    name: &'static str,
    title: &'static str,
    rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "admin/settings.html")]
struct SettingsPage<'a> {
    frame: Frame,
    open: Vec<Section>,
    fixed: Vec<Section>,
    may_change: bool,
    error: Option<&'a str>,
    done: Option<String>,
}

/// `GET /admin/settings`
pub(super) async fn list(app: &App, ask: &Ask, visitor: &Visitor) -> Result<Reply, StoreError> {
    let done = ask.query("done").map(|count| match count {
        "0" => "Nothing was different.".to_owned(),
        _ => "Saved, and in force on every node within a second.".to_owned(),
    });
    draw(app, visitor, rows(app), None, done).await
}

fn rows(app: &App) -> Vec<Row> {
    let listed = app.settings.listed().into_iter();
    listed
        .filter_map(|setting| Some(Row::new(config::key(setting.key)?, setting)))
        .collect()
}

async fn draw(
    app: &App,
    visitor: &Visitor,
    rows: Vec<Row>,
    error: Option<&str>,
    done: Option<String>,
) -> Result<Reply, StoreError> {
    let (open, fixed): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(|row| row.is_open);
    let template = SettingsPage {
        frame: Frame::read(app, visitor, "settings").await?,
        open: sections(open),
        fixed: sections(fixed),
        may_change: is_owner(visitor),
        error,
        done,
    };
    Ok(page::drawn(if error.is_some() { 400 } else { 200 }, &template))
}

fn sections(rows: Vec<Row>) -> Vec<Section> {
    let mut all: Vec<Section> = Vec::new();
    for row in rows {
        let name = row.key.section();
        match all.iter_mut().find(|section| section.name == name) {
            Some(section) => section.rows.push(row),
            None => all.push(Section {
                name,
                title: title(name),
                rows: vec![row],
            }),
        }
    }
    all
}

fn title(section: &str) -> &'static str {
    match section {
        "shop" => "Shop",
        "listen" => "Where it is reached",
        "sign_in" => "Signing in",
        "sessions" => "Sessions",
        "keys" => "Signing keys",
        "oauth" => "Other programs",
        "database" => "Database",
        "limits" => "Limits",
        "metrics" => "Figures",
        _ => "Log",
    }
}

/// A setting that is about to change.
struct Change {
    key: &'static Key,
    before: String,
    after: Option<String>,
}

/// `POST /admin/settings`
pub(super) async fn change(app: &App, ask: &Ask, visitor: &Visitor) -> Result<Reply, StoreError> {
    if !is_owner(visitor) {
        let words = "Only an owner may change the settings. Nothing was changed.";
        return page::refused(app, visitor, words).await;
    }
    let mut rows = rows(app);
    let mut changes = Vec::new();
    for row in rows.iter_mut().filter(|row| row.is_open) {
        let Some(text) = ask.param_text(row.key.name) else {
            continue;
        };
        match typed(row.key, &text) {
            Err(words) => {
                row.value = text;
                row.error = Some(words);
            }
            Ok(after) if after.as_deref().unwrap_or(row.key.default) != row.value => changes.push(Change {
                key: row.key,
                before: row.value.clone(),
                after,
            }),
            Ok(_) => {}
        }
    }
    if rows.iter().any(|row| row.error.is_some()) {
        let words = "One of the values makes no sense. Nothing was changed.";
        return draw(app, visitor, rows, Some(words), None).await;
    }
    if !confirm::is_sure(ask)
        && let Some(question) = warning(app, &changes).await?
    {
        return confirm::draw(app, visitor, question).await;
    }
    let by = Party::of(&visitor.account);
    for Change { key, before, after } in &changes {
        let shown = after.as_deref().unwrap_or(key.default);
        let entry = told(&by, key, before, shown, app.clock.seconds()).from(ask.peer.ip());
        app.store.choose(key.name, after.clone(), entry).await?;
    }
    if let Some(now) = app.settings.look(app.store.as_ref()).await? {
        app.apply(&now);
    }
    Ok(page::see(&format!("{PATH}?done={}", changes.len())))
}

/// Shorter lives end sessions at once: how many, before it is done.
async fn warning(app: &App, changes: &[Change]) -> Result<Option<Question<'static>>, StoreError> {
    let choices: Vec<Choice> = changes
        .iter()
        .map(|change| (change.key.name, change.after.clone()))
        .collect();
    let Some(limits) = app.settings.limits_with(&choices) else {
        return Ok(None);
    };
    let now = app.sessions.count().await?;
    let then = app
        .store
        .count_sessions(Living {
            account_id: None,
            limits,
            now: app.clock.seconds(),
        })
        .await?;
    let ending = now.saturating_sub(then);
    if ending == 0 {
        return Ok(None);
    }
    let gist = match ending {
        1 => "1 session ends at once.".to_owned(),
        _ => format!("{ending} sessions end at once."),
    };
    Ok(Some(Question {
        here: "settings",
        title: "Sessions would live shorter".into(),
        gist,
        more: "They are older than the new settings allow. Their tills keep their sales; a person has to sign in there."
            .into(),
        button: "Save it all the same".into(),
        action: PATH,
        fields: changes
            .iter()
            .map(|change| {
                let value = change.after.as_deref().unwrap_or(change.key.default);
                (change.key.name.to_owned(), value.to_owned())
            })
            .collect(),
        back: PATH.into(),
    }))
}
