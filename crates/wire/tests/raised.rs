//! The catalogue against the sources of the workspace: what is raised exists, and what claims to be raised is.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use evertill_wire::{Code, codes::by_server_code};

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
            } else if path
                .extension()
                .is_some_and(|extension| extension == "rs" || extension == "html" || extension == "ftl")
            {
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
    let shipped: Vec<String> = sources()
        .into_iter()
        .filter(|(path, _)| path.components().any(|part| part.as_os_str() == "src"))
        .filter(|(path, _)| !path.ends_with("tests.rs"))
        .map(|(_, text)| without_tests_and_comments(&text))
        .collect();
    let is_raised = |name: &str| {
        let constant = format!("Code::{name}");
        shipped.iter().any(|text| {
            text.match_indices(&constant).any(|(at, _)| {
                !text[at + constant.len()..].starts_with(|next: char| next.is_alphanumeric() || next == '_')
            })
        })
    };
    let idle: Vec<&str> = constants()
        .into_iter()
        .map(|(name, _)| name)
        .filter(|name| !is_raised(name))
        .collect();
    assert!(idle.is_empty(), "nobody raises {idle:?}");
}

fn without_tests_and_comments(source: &str) -> String {
    let shipped = source.split("#[cfg(test)]").next().unwrap_or_default();
    shipped
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .collect::<Vec<_>>()
        .join("\n")
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

/// `API02007`, `DB01001`, `SYNC121`; a year or a colour is none.
fn looks_like_a_code(word: &str) -> bool {
    let digits_of = |domains: &[&str], count: usize| {
        domains
            .iter()
            .filter_map(|domain| word.strip_prefix(domain))
            .any(|digits| digits.len() == count && digits.bytes().all(|byte| byte.is_ascii_digit()))
    };
    digits_of(&["API0", "DB0", "PY0", "SY0"], 4)
        || digits_of(
            &[
                "AUTH", "CHECKOUT", "CLIENT", "HOST", "LICENSE", "PAYMENT", "PRINT", "PRODUCT", "SYNC",
            ],
            3,
        )
}

/// Words in quotation marks of a source, without its tests.
fn quoted(source: &str) -> impl Iterator<Item = &str> {
    let shipped = source.split("#[cfg(test)]").next().unwrap_or_default();
    shipped.split('"').skip(1).step_by(2)
}

/// Words that look like a server's code and stand in another place of its answers or requests.
const NO_SERVER_CODES: &[&str] = &[
    "rest_route",
    // What is wrong with a parameter, inside `data.details` of `rest_invalid_param`.
    "rest_invalid_date",
    "rest_invalid_email",
    "rest_invalid_type",
    "rest_not_in_enum",
    "rest_out_of_bounds",
    "rest_too_few_items",
    "rest_too_many_items",
    // A member of `data`, a cookie.
    "evertill_code",
    "evertill_office",
];

#[test]
fn whatever_our_own_store_calls_an_error_leads_to_a_code() {
    let unknown: BTreeSet<String> = sources()
        .iter()
        .filter(|(path, _)| {
            let path = path.to_string_lossy().replace('\\', "/");
            // Figures have names of the same shape.
            path.contains("/server/src/") && !path.contains("metrics")
        })
        .flat_map(|(_, text)| quoted(text).map(str::to_owned).collect::<Vec<_>>())
        .filter(|word| {
            [
                "evertill_",
                "rest_",
                "woocommerce_rest_",
                "woocommerce_pos_rest_",
                "woocommerce_pos_sync_",
            ]
            .iter()
            .any(|prefix| word.starts_with(prefix))
        })
        .filter(|word| word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'))
        .filter(|word| !NO_SERVER_CODES.contains(&word.as_str()))
        .filter(|word| by_server_code(word).is_none())
        .collect();
    assert!(unknown.is_empty(), "{unknown:#?}");
}
