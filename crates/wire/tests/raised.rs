//! The catalogue against the sources of the workspace: what is raised exists, and what claims to be raised is.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use evertill_wire::Code;

/// Codes that are kept in the journal of a session as a fact and not raised as an error.
const NOTED: &[&str] = &["JSON_RECOVERY_ATTEMPTED"];

/// Sources of all crates without the catalogue itself.
fn sources() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut waiting = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("..")];
    while let Some(directory) = waiting.pop() {
        for entry in fs::read_dir(&directory).expect("a directory of the workspace can be read") {
            let path = entry.expect("its entries as well").path();
            if path.is_dir() {
                let is_catalogue = path.ends_with("wire/src/codes");
                if !is_catalogue && !path.ends_with("target") && !path.ends_with("wire/tests") {
                    waiting.push(path);
                }
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("sources are text");
                found.push((path, text));
            }
        }
    }
    assert!(
        found.len() > 50,
        "the sources of the workspace are beside this crate"
    );
    found
}

/// Names and codes of the constants, as `table.rs` writes them.
fn constants() -> Vec<(&'static str, &'static str)> {
    include_str!("../src/codes/table.rs")
        .lines()
        .filter_map(|line| {
            let (name, rest) = line
                .trim()
                .strip_prefix("pub const ")?
                .split_once(": Self = Self(\"")?;
            Some((name, rest.strip_suffix("\");")?))
        })
        .collect()
}

#[test]
fn every_code_that_claims_to_be_raised_is() {
    let sources = sources();
    let words: BTreeSet<&str> = sources
        .iter()
        .flat_map(|(_, text)| text.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_')))
        .collect();
    let idle: Vec<&str> = constants()
        .into_iter()
        .map(|(name, _)| name)
        .filter(|name| !words.contains(name) && !NOTED.contains(name))
        .collect();
    assert!(idle.is_empty(), "nobody raises {idle:?}");
}

#[test]
fn every_constant_has_an_entry() {
    for (name, code) in constants() {
        let found = Code::find(code).unwrap_or_else(|| panic!("{name} ({code}) has no entry"));
        assert!(found.is_raised(), "{name}");
    }
}

#[test]
fn the_sources_mention_only_codes_that_exist() {
    let strangers: Vec<String> = sources()
        .iter()
        .flat_map(|(path, text)| {
            text.split(|letter: char| !letter.is_ascii_alphanumeric())
                .filter(|word| looks_like_a_code(word) && Code::find(word).is_none())
                .map(|word| format!("{word} in {}", path.display()))
                .collect::<Vec<_>>()
        })
        .collect();
    assert!(strangers.is_empty(), "{strangers:#?}");
}

/// `API02007`, `DB01001`, `SY01002`; a year or a colour is none.
fn looks_like_a_code(word: &str) -> bool {
    ["API", "DB", "PY", "SY"]
        .iter()
        .filter_map(|domain| word.strip_prefix(domain))
        .any(|digits| {
            digits.len() == 5 && digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit())
        })
}
