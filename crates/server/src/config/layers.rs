//! Flags over environment over file over defaults, and where each value came from.

use std::{
    collections::BTreeMap,
    fmt, fs,
    path::{Path, PathBuf},
};

use serde::Deserialize as _;
use toml::{Table, Value};

use super::{
    Config,
    keys::{self, KEYS, Key, Kind},
};
use crate::error::ServerError;

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// Nobody set it.
    Default,
    /// The configuration file.
    File(PathBuf),
    /// An environment variable.
    Environment(String),
    /// A flag of the command line.
    Flag(&'static str),
    /// Somebody chose it in the office.
    Office,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path) => write!(f, "file {}", path.display()),
            Self::Environment(name) => write!(f, "environment {name}"),
            Self::Flag(name) => write!(f, "flag {name}"),
            Self::Office => f.write_str("the office"),
        }
    }
}

/// A setting as it is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Setting {
    /// Section and name: `sessions.idle_days`.
    pub key: &'static str,
    /// The value as it would stand in the file; stars for a secret, empty where nothing is set.
    pub value: String,
    /// Seconds, days, MiB; empty where there is none.
    pub unit: &'static str,
    /// Where it came from.
    pub origin: Origin,
    /// What it does.
    pub about: &'static str,
}

/// The layers laid over one another.
#[derive(Debug, Clone, Default)]
pub(crate) struct Layers {
    set: BTreeMap<&'static str, (Value, Origin)>,
}

impl Layers {
    /// Lays a file below what is there. No file means nothing to lay.
    pub(crate) fn file(mut self, path: Option<&Path>) -> Result<Self, ServerError> {
        let Some(path) = path else {
            return Ok(self);
        };
        let text = fs::read_to_string(path).map_err(|source| ServerError::ReadConfiguration {
            path: path.to_owned(),
            source,
        })?;
        self.text(path, &text)?;
        Ok(self)
    }

    /// Lays the text of a file below what is there.
    pub(crate) fn text(&mut self, path: &Path, text: &str) -> Result<(), ServerError> {
        let table: Table = toml::from_str(text).map_err(|source| ServerError::InvalidConfiguration {
            path: path.to_owned(),
            source,
        })?;
        let origin = Origin::File(path.to_owned());
        for (section, inside) in table {
            match inside {
                Value::Table(inside) => {
                    for (leaf, value) in inside {
                        self.lay(&format!("{section}.{leaf}"), value, &origin)?;
                    }
                }
                value @ (Value::String(_)
                | Value::Integer(_)
                | Value::Float(_)
                | Value::Boolean(_)
                | Value::Datetime(_)
                | Value::Array(_)) => self.lay(&section, value, &origin)?,
            }
        }
        Ok(())
    }

    /// Lays the variables of the environment over what is there. Only those of our sections are looked at.
    pub(crate) fn environment(mut self, variables: &[(String, String)]) -> Result<Self, ServerError> {
        for (name, text) in variables {
            let key = KEYS.iter().find(|key| key.variable() == *name);
            let origin = Origin::Environment(name.clone());
            match key {
                Some(key) => {
                    let value = read(key, text, &origin)?;
                    self.set.insert(key.name, (value, origin));
                }
                None if is_ours(name) => {
                    let meant = name.trim_start_matches("EVERTILL_").to_lowercase();
                    let nearest = keys::nearest(&meant.replacen('_', ".", 1));
                    return Err(ServerError::UnknownSetting {
                        key: name.clone(),
                        origin,
                        nearest: nearest.and_then(keys::find).map(Key::variable),
                    });
                }
                None => {}
            }
        }
        Ok(self)
    }

    /// Lays a flag over everything.
    pub(crate) fn flag(mut self, name: &str, text: Option<String>) -> Result<Self, ServerError> {
        let key = keys::find(name);
        if let (Some(text), Some(key)) = (text, key) {
            let origin = Origin::Flag(key.flag.unwrap_or("--set"));
            let value = read(key, &text, &origin)?;
            self.set.insert(key.name, (value, origin));
        }
        Ok(self)
    }

    /// Lays what was chosen in the office below everything else. What makes no sense to this version is left out: another
    /// one wrote it, and the store serves all the same.
    pub(crate) fn chosen(mut self, choices: &[(String, String)]) -> Self {
        for (name, text) in choices {
            let Some(key) = keys::find(name).filter(|key| key.is_live) else {
                continue;
            };
            let origin = Origin::Office;
            if !self.set.contains_key(key.name)
                && let Ok(value) = read(key, text, &origin)
            {
                let mut with = self.clone();
                with.set.insert(key.name, (value, origin));
                if with.config().is_ok() {
                    self = with;
                }
            }
        }
        self
    }

    fn lay(&mut self, name: &str, value: Value, origin: &Origin) -> Result<(), ServerError> {
        let Some(key) = keys::find(name) else {
            return Err(ServerError::UnknownSetting {
                key: name.to_owned(),
                origin: origin.clone(),
                nearest: keys::nearest(name).map(str::to_owned),
            });
        };
        self.set.insert(key.name, (value, origin.clone()));
        Ok(())
    }

    /// The settings, each value checked by its own type. An error names the key and the layer that set it.
    pub(crate) fn config(&self) -> Result<Config, ServerError> {
        let mut whole = Table::new();
        for (name, (value, origin)) in &self.set {
            let mut alone = Table::new();
            for table in [&mut alone, &mut whole] {
                put(table, name, value.clone());
            }
            Config::deserialize(alone).map_err(|source| ServerError::InvalidSetting {
                key: name,
                origin: origin.clone(),
                source: Box::new(source),
            })?;
        }
        Config::deserialize(whole).map_err(|source| ServerError::InvalidSetting {
            key: "",
            origin: Origin::Default,
            source: Box::new(source),
        })
    }

    /// Every setting as it is in force, in the order of the example file.
    pub(crate) fn settings(&self) -> Vec<Setting> {
        KEYS.iter()
            .map(|key| {
                let (value, origin) = match self.set.get(key.name) {
                    Some((value, origin)) => (value.to_string(), origin.clone()),
                    None => (key.default.to_owned(), Origin::Default),
                };
                Setting {
                    key: key.name,
                    value: match key.is_secret && origin != Origin::Default {
                        true => "****".to_owned(),
                        false => value,
                    },
                    unit: key.unit,
                    origin,
                    about: key.about,
                }
            })
            .collect()
    }
}

/// The example file: every key with its default, commented out, and what it means.
pub(crate) fn example() -> String {
    let mut text = String::from(
        "# Settings of `evertill serve --config FILE`. Every key has a default, which stands behind its `#`.\n\
         # A flag wins over the environment (the variable in brackets), that over this file, that over the default.\n",
    );
    let mut section = "";
    for key in KEYS {
        if key.section() != section {
            section = key.section();
            text.push_str(&format!("\n[{section}]\n"));
        }
        for line in wrapped(key.about, 110) {
            text.push_str(&format!("# {line}\n"));
        }
        let unit = match key.unit {
            "" => String::new(),
            unit => format!("{unit}; "),
        };
        let variable = key.variable();
        text.push_str(&match key.default {
            "" => format!("#{} =   # not set; {unit}[{variable}]\n", key.leaf()),
            default => format!("#{} = {default}   # {unit}[{variable}]\n", key.leaf()),
        });
    }
    text
}

fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        if lines.last().is_some_and(|line| line.len() + word.len() >= width) {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}

/// Whether a variable could only be meant for us: its first word is one of our sections.
fn is_ours(name: &str) -> bool {
    let Some(rest) = name.strip_prefix("EVERTILL_") else {
        return false;
    };
    let rest = rest.to_lowercase();
    KEYS.iter().any(|key| {
        rest.strip_prefix(key.section())
            .is_some_and(|rest| rest.starts_with('_'))
    })
}

fn read(key: &'static Key, text: &str, origin: &Origin) -> Result<Value, ServerError> {
    let wrong = |message: &str| ServerError::InvalidSetting {
        key: key.name,
        origin: origin.clone(),
        source: Box::new(serde::de::Error::custom(message)),
    };
    Ok(match key.kind {
        Kind::Text => Value::String(text.to_owned()),
        Kind::Number => Value::Integer(text.trim().parse().map_err(|_| wrong("must be a whole number"))?),
        Kind::Fact => Value::Boolean(text.trim().parse().map_err(|_| wrong("must be true or false"))?),
        Kind::List => Value::Array(
            text.split(',')
                .map(str::trim)
                .filter(|part| !part.is_empty())
                .map(|part| Value::String(part.to_owned()))
                .collect(),
        ),
    })
}

fn put(table: &mut Table, name: &str, value: Value) {
    let (section, leaf) = name.split_once('.').unwrap_or((name, ""));
    let inside = table.entry(section).or_insert_with(|| Value::Table(Table::new()));
    if let Value::Table(inside) = inside {
        inside.insert(leaf.to_owned(), value);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn layers(file: &str, environment: &[(&str, &str)]) -> Result<Layers, ServerError> {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("store.toml");
        fs::write(&path, file).unwrap();
        let environment: Vec<(String, String)> = environment
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        Layers::default().file(Some(&path))?.environment(&environment)
    }

    #[test]
    fn a_flag_wins_over_the_environment_and_that_over_the_file() {
        let file = "[sessions]\naccess_life_s = 100\nidle_days = 3\n[shop]\nname = \"File\"";
        let environment = [
            ("EVERTILL_SESSIONS_ACCESS_LIFE_S", "200"),
            ("EVERTILL_SHOP_NAME", "Environment"),
            ("EVERTILL_HOME", "/elsewhere"),
        ];
        let layers = layers(file, &environment)
            .unwrap()
            .flag("sessions.access_life_s", Some("300".into()))
            .unwrap();
        let config = layers.config().unwrap();
        assert_eq!(config.sessions.access_life_s.unwrap().0, Duration::from_secs(300));
        assert_eq!(config.shop.name.as_deref(), Some("Environment"));
        assert_eq!(
            config.sessions.idle_days.unwrap().0,
            Duration::from_secs(3 * 86_400)
        );
        let settings = layers.settings();
        let origin = |key: &str| {
            let setting = settings.iter().find(|setting| setting.key == key).unwrap();
            setting.origin.to_string()
        };
        assert_eq!(origin("sessions.access_life_s"), "flag --access-ttl");
        assert_eq!(origin("shop.name"), "environment EVERTILL_SHOP_NAME");
        assert!(origin("sessions.idle_days").starts_with("file "));
        assert_eq!(origin("log.format"), "default");
    }

    #[test]
    fn an_unknown_key_is_refused_in_every_layer_with_the_nearest_known_one() {
        let error = layers("[shop]\nnmae = \"x\"", &[]).unwrap_err();
        assert!(error.to_string().contains("shop.nmae"), "{error}");
        assert!(error.remedy().contains("shop.name"), "{}", error.remedy());
        let error = layers("", &[("EVERTILL_SESSIONS_IDLE_DAY", "3")]).unwrap_err();
        assert!(
            error.remedy().contains("EVERTILL_SESSIONS_IDLE_DAYS"),
            "{}",
            error.remedy()
        );
        assert!(
            layers("idle_days = 3", &[])
                .unwrap_err()
                .remedy()
                .contains("sessions.idle_days")
        );
    }

    #[test]
    fn a_value_out_of_bounds_is_named_with_the_layer_that_set_it() {
        for (file, environment, word) in [
            ("[sessions]\naccess_life_s = 1", None, "file"),
            ("[sessions]\nidle_days = 0", None, "file"),
            (
                "",
                Some(("EVERTILL_SESSIONS_IDLE_DAYS", "0")),
                "EVERTILL_SESSIONS_IDLE_DAYS",
            ),
            ("[listen]\ntrusted_proxies = [\"all\"]", None, "file"),
        ] {
            let environment: Vec<_> = environment.into_iter().collect();
            let error = layers(file, &environment).unwrap().config().unwrap_err();
            assert!(error.to_string().contains(word), "{error}");
        }
        assert!(layers("", &[("EVERTILL_LIMITS_CONNECTIONS", "many")]).is_err());
    }

    #[test]
    fn the_bounds_that_are_shown_are_those_that_are_kept() {
        for key in KEYS {
            let Some((least, most)) = key.bounds else { continue };
            for (value, is_good) in [(least, true), (most, true), (least - 1, false), (most + 1, false)] {
                let variable = key.variable();
                let layers = layers("", &[(&variable, &value.to_string())]).unwrap();
                assert_eq!(layers.config().is_ok(), is_good, "{} = {value}", key.name);
            }
        }
    }

    #[test]
    fn what_was_chosen_in_the_office_lies_below_everything_that_was_set() {
        let choose = |name: &str, value: &str| vec![(name.to_owned(), value.to_owned())];
        let file = layers("[sessions]\nidle_days = 3", &[]).unwrap();
        let idle = |layers: Layers| {
            layers
                .config()
                .unwrap()
                .sessions
                .idle_days
                .map(|days| days.0.as_secs())
        };
        assert_eq!(
            idle(file.chosen(&choose("sessions.idle_days", "9"))),
            Some(3 * 86_400)
        );
        let free = Layers::default().chosen(&choose("sessions.idle_days", "9"));
        assert_eq!(idle(free), Some(9 * 86_400));
        for (name, value) in [
            ("sessions.idle_days", "0"),
            ("sessions.idle_days", "soon"),
            ("listen.address", "0.0.0.0:1"),
            ("colour.of_the_door", "1"),
        ] {
            let layers = Layers::default().chosen(&choose(name, value));
            assert!(
                layers
                    .settings()
                    .iter()
                    .all(|setting| setting.origin == Origin::Default),
                "{name}"
            );
        }
    }

    #[test]
    fn what_is_secret_is_not_shown() {
        let file = "[[oauth.clients]]\nid = \"books\"\nsecret_sha256 = \"c0ffee\"";
        let settings = layers(file, &[]).unwrap().settings();
        assert!(!format!("{settings:?}").contains("c0ffee"), "{settings:?}");
        let shown = settings
            .iter()
            .find(|shown| shown.key == "oauth.clients")
            .unwrap();
        assert_eq!(shown.value, "****");
    }

    #[test]
    fn every_default_in_the_list_is_the_default_of_the_structures() {
        let uncommented: String = example()
            .lines()
            .filter(|line| !line.starts_with("# "))
            .map(|line| line.trim_start_matches('#').to_owned() + "\n")
            .filter(|line| !line.contains("# not set"))
            .collect();
        let layers = layers(&uncommented, &[]).unwrap();
        let (shown, defaults) = (layers.config().unwrap(), Config::default());
        assert_eq!(format!("{:?}", shown.limits), format!("{:?}", defaults.limits));
        assert_eq!(format!("{:?}", shown.listen), format!("{:?}", defaults.listen));
        assert_eq!(format!("{:?}", shown.metrics), format!("{:?}", defaults.metrics));
        assert_eq!(format!("{:?}", shown.log), format!("{:?}", defaults.log));
        assert_eq!(
            shown.sessions.access_life_s.unwrap().0,
            crate::ACCESS_LIFE_DEFAULT
        );
        assert_eq!(shown.sessions.idle_days.unwrap().0, crate::server::IDLE_DEFAULT);
    }

    #[test]
    fn the_example_in_the_documentation_is_the_one_the_program_prints() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/evertill-serve.toml");
        let written = fs::read_to_string(path).unwrap();
        assert_eq!(
            written.replace("\r\n", "\n"),
            example(),
            "run `evertill serve --example-config > docs/evertill-serve.toml`"
        );
    }
}
