//! The settings in force, and those of them that the office may change while the store runs.
//!
//! What a flag, the environment or the file sets is fixed for as long as the process lives, and the office only shows
//! it. The others have what somebody chose in the office, else their default. Choices are kept in the database; every
//! node reads them twice a second, so that they are in force everywhere within one.

use std::{
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::Duration,
};

use evertill_issuer::Limits;

use crate::{
    ACCESS_LIFE_DEFAULT, Origin, ServeOptions, ServerError, Setting,
    audit::{AuditEntry, AuditKind, Party},
    config::{self, Config, Key, Kind, Layers},
    server::IDLE_DEFAULT,
    sign_in::throttle::Patience,
    store::{Store, StoreError},
};

/// How often the choices are read.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Most characters of a value that somebody types.
const VALUE_MAX: usize = 20;

/// A choice: the name of a setting and its value as text; none takes the choice back.
pub(crate) type Choice = (&'static str, Option<String>);

/// What is in force at this moment.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct InForce {
    pub(crate) access_life_s: i64,
    pub(crate) limits: Limits,
    pub(crate) patience: Patience,
    pub(crate) password_ends_others: bool,
    pub(crate) keep_ended_s: i64,
    pub(crate) rotate_every: Option<Duration>,
}

/// The settings of a running store.
pub(crate) struct Settings {
    options: ServeOptions,
    fixed: Layers,
    choices: Mutex<Vec<(String, String)>>,
    now: RwLock<Arc<InForce>>,
}

impl Settings {
    /// # Errors
    /// When the file cannot be read, a key is not known, or a value makes no sense.
    pub(crate) fn new(options: &ServeOptions) -> Result<Self, ServerError> {
        let fixed = options.layers()?;
        let now = in_force(&fixed.config()?, options);
        Ok(Self {
            // What stands in the environment has been read and may be secret.
            options: ServeOptions {
                environment: Vec::new(),
                ..options.clone()
            },
            fixed,
            choices: Mutex::default(),
            now: RwLock::new(Arc::new(now)),
        })
    }

    /// The values of this moment. Ask again for the next request.
    pub(crate) fn now(&self) -> Arc<InForce> {
        Arc::clone(&self.now.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the choices; says what is in force where that has changed.
    ///
    /// # Errors
    /// The database's.
    pub(crate) async fn look(&self, store: &dyn Store) -> Result<Option<Arc<InForce>>, StoreError> {
        let choices = store.choices().await?;
        {
            let mut known = self.choices.lock().unwrap_or_else(PoisonError::into_inner);
            if *known == choices {
                return Ok(None);
            }
            known.clone_from(&choices);
        }
        let Ok(config) = self.fixed.clone().chosen(&choices).config() else {
            return Ok(None);
        };
        let now = Arc::new(in_force(&config, &self.options));
        *self.now.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&now);
        Ok(Some(now))
    }

    /// Every setting with its value and where that came from.
    pub(crate) fn listed(&self) -> Vec<Setting> {
        let choices = self
            .choices
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        self.options.shown(&self.fixed.clone().chosen(&choices))
    }

    /// How long sessions would live with these choices; none where that stays as it is.
    pub(crate) fn limits_with(&self, changes: &[Choice]) -> Option<Limits> {
        let mut choices = self
            .choices
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        for (name, value) in changes {
            choices.retain(|(known, _)| known != name);
            choices.extend(value.iter().map(|value| ((*name).to_owned(), value.clone())));
        }
        let config = self.fixed.clone().chosen(&choices).config().ok()?;
        let limits = in_force(&config, &self.options).limits;
        (limits != self.now().limits).then_some(limits)
    }

    /// The settings that the office may change on this node.
    pub(crate) fn is_open(setting: &Setting) -> bool {
        let is_live = config::key(setting.key).is_some_and(|key| key.is_live);
        is_live && matches!(setting.origin, Origin::Default | Origin::Office)
    }
}

/// Follows the choices for as long as it is polled, and hands what changed to `apply`.
pub(crate) async fn follow(settings: Arc<Settings>, store: Arc<dyn Store>, apply: impl Fn(&InForce)) {
    loop {
        match settings.look(store.as_ref()).await {
            Ok(None) => {}
            Ok(Some(now)) => apply(&now),
            Err(error) => tracing::debug!(code = %error.code(), "the settings could not be read"),
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

fn in_force(config: &Config, options: &ServeOptions) -> InForce {
    let sessions = &config.sessions;
    let configured = sessions.access_life_s.map(|life| life.0);
    let access_life = options.access_life.or(configured).unwrap_or(ACCESS_LIFE_DEFAULT);
    let idle = sessions.idle_days.map_or(IDLE_DEFAULT, |days| days.0);
    let sign_in = &config.sign_in;
    let usual = Patience::default();
    let count = |number: Option<usize>, usual: u32| number.map_or(usual, |number| number as u32);
    InForce {
        access_life_s: access_life.as_secs().clamp(1, 86_400) as i64,
        limits: Limits {
            idle_s: idle.as_secs() as i64,
            absolute_s: sessions.absolute_days.map(|days| days.0.as_secs() as i64),
        },
        patience: Patience {
            name_max: count(sign_in.guesses_for_name.map(|number| number.0), usual.name_max),
            address_max: count(
                sign_in.guesses_from_address.map(|number| number.0),
                usual.address_max,
            ),
            rest_s: sign_in
                .rest_minutes
                .map_or(usual.rest_s, |minutes| minutes.0 as i64 * 60),
        },
        password_ends_others: sessions.password_ends_others.unwrap_or(true),
        keep_ended_s: sessions.keep_ended_days.map_or(90, |days| days.0 as i64) * 86_400,
        rotate_every: config.keys.rotate_days.map(|days| days.0),
    }
}

/// What somebody typed for a setting, as it is kept; none where it is to have its default again.
///
/// # Errors
/// A sentence for the person who typed it.
pub(crate) fn typed(key: &Key, text: &str) -> Result<Option<String>, String> {
    let text = text.trim();
    if text.is_empty() || text == key.default {
        return Ok(None);
    }
    match (key.kind, key.bounds) {
        (Kind::Number, Some((least, most))) => {
            let is_good = text.len() <= VALUE_MAX
                && text.bytes().all(|byte| byte.is_ascii_digit())
                && text
                    .parse()
                    .is_ok_and(|number: u64| (least..=most).contains(&number));
            match is_good {
                true => Ok(Some(text.trim_start_matches('0').to_owned())),
                false => Err(format!("It has to be a whole number between {least} and {most}.")),
            }
        }
        (Kind::Fact, _) => match text {
            "true" | "false" => Ok(Some(text.to_owned())),
            _ => Err("It is either on or off.".to_owned()),
        },
        (Kind::Number | Kind::Text | Kind::List, _) => Err("It cannot be changed here.".to_owned()),
    }
}

/// What somebody changed, for the log.
pub(crate) fn told(by: &Party, key: &Key, before: &str, after: &str, at: i64) -> AuditEntry {
    let shown = |value: &str| match (value, key.unit) {
        ("", _) => "not set".to_owned(),
        (value, "") => value.to_owned(),
        (value, unit) => format!("{value} {unit}"),
    };
    let sentence = format!(
        "{} changed the setting {} from {} to {}",
        by.name,
        key.name,
        shown(before),
        shown(after)
    );
    AuditEntry::new(at, AuditKind::SettingsChanged, sentence).by(by.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_another_node_chose_is_in_force_within_a_second() {
        let home = tempfile::tempdir().unwrap();
        let store: Arc<dyn Store> =
            Arc::new(crate::store::sqlite::Sqlite::open(home.path(), &crate::Clock::system()).unwrap());
        let settings = Arc::new(Settings::new(&ServeOptions::by_settings(home.path())).unwrap());
        assert_eq!(settings.look(store.as_ref()).await.unwrap(), None);
        let entry = AuditEntry::new(1, AuditKind::SettingsChanged, "changed");
        store
            .choose("sessions.idle_days", Some("7".into()), entry)
            .await
            .unwrap();
        let (send, mut heard) = tokio::sync::mpsc::unbounded_channel();
        let following = tokio::spawn(follow(Arc::clone(&settings), store, move |now| {
            let _ = send.send(now.limits.idle_s);
        }));
        assert_eq!(heard.recv().await, Some(7 * 86_400));
        assert_eq!(settings.now().limits.idle_s, 7 * 86_400);
        assert!(LOOK_EVERY < Duration::from_secs(1));
        following.abort();
    }

    fn check(name: &str, text: &str) -> Result<Option<String>, String> {
        typed(config::key(name).unwrap(), text)
    }

    #[test]
    fn a_value_is_kept_only_within_its_bounds() {
        let days = "sessions.idle_days";
        assert_eq!(check(days, " 30 "), Ok(Some("30".into())));
        assert_eq!(check(days, "030"), Ok(Some("30".into())));
        assert_eq!(check(days, ""), Ok(None));
        assert_eq!(check(days, "60"), Ok(None), "the default is no choice");
        for text in ["0", "3651", "-1", "1.5", "soon", "99999999999999999999999", "1e3"] {
            assert_eq!(
                check(days, text),
                Err("It has to be a whole number between 1 and 3650.".into()),
                "{text}"
            );
        }
        assert_eq!(
            check("sessions.password_ends_others", "false"),
            Ok(Some("false".into()))
        );
        assert!(check("sessions.password_ends_others", "perhaps").is_err());
        assert!(check("listen.address", "0.0.0.0:1").is_err());
    }
}
