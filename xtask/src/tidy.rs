//! What the compiler cannot check: which crate may know which, what the pure crates may pull in, how long a file is.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::run::{cargo, root};

/// Longest source file, in lines.
const LINES_MAX: usize = 600;

/// Who may know whom. An edge that is not here is a decision, and needs its record in `docs/decisions`.
const EDGES: &[(&str, &[&str])] = &[
    ("evertill-wire", &[]),
    ("evertill-session", &["evertill-wire"]),
    ("evertill-issuer", &["evertill-wire"]),
    ("evertill-sale", &["evertill-wire"]),
    ("evertill-sample", &["evertill-wire", "evertill-sale"]),
    ("evertill-client", &["evertill-wire", "evertill-session"]),
    ("evertill-layers", &["evertill-wire", "evertill-client"]),
    ("evertill-guide", &["evertill-wire"]),
    (
        "evertill-doctor",
        &["evertill-wire", "evertill-session", "evertill-client"],
    ),
    ("evertill-proxy", &["evertill-wire", "evertill-client"]),
    (
        "evertill-server",
        &[
            "evertill-wire",
            "evertill-issuer",
            "evertill-sale",
            "evertill-sample",
            "evertill-guide",
        ],
    ),
    (
        "evertill-till",
        &[
            "evertill-wire",
            "evertill-sale",
            "evertill-session",
            "evertill-client",
            "evertill-doctor",
            "evertill-guide",
        ],
    ),
    (
        "evertill",
        &[
            "evertill-wire",
            "evertill-session",
            "evertill-client",
            "evertill-doctor",
            "evertill-proxy",
            "evertill-server",
            "evertill-till",
        ],
    ),
    // Nothing that ships knows the simulator; it knows all rules.
    (
        "evertill-sim",
        &[
            "evertill-wire",
            "evertill-session",
            "evertill-issuer",
            "evertill-sale",
        ],
    ),
    // Only tests know it, and it knows nobody.
    ("evertill-foreign", &[]),
    ("xtask", &["evertill-wire"]),
];

/// The crates of rules: no I/O, no clock.
const PURE: &[&str] = &["wire", "session", "issuer", "sale", "sample", "guide"];

/// What must not be anywhere below a pure crate.
const IMPURE_PACKAGES: &[&str] = &[
    "axum", "hyper", "keyring", "mio", "reqwest", "rusqlite", "rustls", "socket2", "sqlx", "tokio",
];

/// What must not be written in a pure crate.
const IMPURE_WORDS: &[&str] = &[
    "Instant::now",
    "SystemTime::now",
    "Timestamp::now",
    "Zoned::now",
    "Uuid::new_v4",
    "std::env",
    "std::fs",
    "std::net",
    "std::process",
    "std::thread",
    "getrandom::",
];

/// Everything that is out of order, one sentence each.
///
/// # Errors
///
/// When `cargo metadata` or a source file cannot be read.
pub(crate) fn check() -> Result<Vec<String>> {
    let metadata = metadata()?;
    let mut findings = edges(&metadata)?;
    findings.extend(impure_packages(&metadata)?);
    for path in sources(&root())? {
        let text = fs::read_to_string(&path).with_context(|| format!("could not read {}", path.display()))?;
        findings.extend(file(path.strip_prefix(root()).unwrap_or(&path), &text));
    }
    findings.extend(unproven()?);
    Ok(findings)
}

/// Tests that the tables of `SECURITY.md` name and nobody wrote.
fn unproven() -> Result<Vec<String>> {
    let page = fs::read_to_string(root().join("SECURITY.md")).context("could not read SECURITY.md")?;
    let mut code = String::new();
    for path in sources(&root())? {
        code += &fs::read_to_string(&path).with_context(|| format!("could not read {}", path.display()))?;
    }
    Ok(named_tests(&page)
        .into_iter()
        .filter(|name| {
            let bare = name.rsplit("::").next().unwrap_or(name);
            !code.contains(&format!("fn {bare}("))
        })
        .map(|name| format!("SECURITY.md: no test is called {name}"))
        .collect())
}

/// The names in the last column of each table whose last heading is "test".
fn named_tests(page: &str) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    let mut is_table_of_tests = false;
    for line in page.lines() {
        let Some(row) = line.strip_prefix('|') else {
            is_table_of_tests = false;
            continue;
        };
        let last = row
            .trim_end()
            .trim_end_matches('|')
            .rsplit('|')
            .next()
            .unwrap_or_default()
            .trim();
        is_table_of_tests |= matches!(last, "test" | "tests");
        if is_table_of_tests {
            names.extend(last.split('`').skip(1).step_by(2));
        }
    }
    names
}

fn metadata() -> Result<Value> {
    // For this machine's platform only: the packages of the others need not be here.
    let output = cargo(&[
        "metadata",
        "--format-version",
        "1",
        "--locked",
        "--filter-platform",
        &host()?,
    ])
    .output()
    .context("could not start cargo metadata")?;
    ensure!(
        output.status.success(),
        "cargo metadata failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).context("could not read what cargo metadata printed")
}

fn host() -> Result<String> {
    let output = Command::new("rustc")
        .arg("-vV")
        .output()
        .context("could not start rustc")?;
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .map(str::to_owned)
        .context("rustc does not name its host")
}

/// Compares the edges between our own crates with [`EDGES`]. Edges that only tests use are free.
fn edges(metadata: &Value) -> Result<Vec<String>> {
    let allowed: BTreeMap<&str, &[&str]> = EDGES.iter().copied().collect();
    let members: BTreeSet<&str> = list(metadata, "workspace_members")?
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let mut findings = Vec::new();
    for package in list(metadata, "packages")? {
        if !package["id"].as_str().is_some_and(|id| members.contains(id)) {
            continue;
        }
        let name = package["name"].as_str().unwrap_or_default();
        let Some(may_know) = allowed.get(name) else {
            findings.push(format!(
                "{name}: a new crate; say in xtask/src/tidy.rs whom it may know"
            ));
            continue;
        };
        for dependency in list(package, "dependencies")? {
            let other = dependency["name"].as_str().unwrap_or_default();
            if dependency["kind"] != "dev" && allowed.contains_key(other) && !may_know.contains(&other) {
                findings.push(format!("{name}: must not know {other}"));
            }
        }
    }
    Ok(findings)
}

/// Walks everything below each pure crate.
fn impure_packages(metadata: &Value) -> Result<Vec<String>> {
    let names: BTreeMap<&str, &str> = list(metadata, "packages")?
        .iter()
        .filter_map(|package| Some((package["id"].as_str()?, package["name"].as_str()?)))
        .collect();
    let mut below: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for node in list(&metadata["resolve"], "nodes")? {
        let id = node["id"].as_str().unwrap_or_default();
        for dependency in list(node, "deps")? {
            let is_shipped = list(dependency, "dep_kinds")?
                .iter()
                .any(|kind| kind["kind"].is_null());
            if is_shipped {
                below.entry(id).or_default().extend(dependency["pkg"].as_str());
            }
        }
    }
    let mut findings = Vec::new();
    for (id, name) in &names {
        if !PURE.iter().any(|pure| *name == format!("evertill-{pure}")) {
            continue;
        }
        let mut seen = BTreeSet::new();
        let mut next = vec![*id];
        while let Some(id) = next.pop() {
            if seen.insert(id) {
                next.extend(below.get(id).into_iter().flatten());
            }
        }
        for other in seen.iter().filter_map(|id| names.get(id)) {
            if IMPURE_PACKAGES.contains(other) {
                findings.push(format!("{name}: a crate of rules must not depend on {other}"));
            }
        }
    }
    Ok(findings)
}

/// Looks at one source file.
fn file(path: &Path, text: &str) -> Vec<String> {
    let mut findings = Vec::new();
    let lines = text.lines().count();
    if lines > LINES_MAX {
        findings.push(format!(
            "{}: {lines} lines; split it at {LINES_MAX}",
            path.display()
        ));
    }
    if path.file_name().is_some_and(|name| name == "mod.rs") {
        findings.push(format!(
            "{}: modules are named `foo.rs`, never `mod.rs`",
            path.display()
        ));
    }
    if PURE
        .iter()
        .any(|pure| path.starts_with(format!("crates/{pure}/src")))
    {
        let rules = text.split("#[cfg(test)]").next().unwrap_or_default();
        for word in IMPURE_WORDS {
            if rules.contains(word) {
                findings.push(format!(
                    "{}: a crate of rules must not use {word}",
                    path.display()
                ));
            }
        }
    }
    findings
}

/// Every Rust file of the workspace.
fn sources(root: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![root.join("crates"), root.join("xtask")];
    while let Some(folder) = folders.pop() {
        let entries =
            fs::read_dir(&folder).with_context(|| format!("could not list {}", folder.display()))?;
        for entry in entries {
            let path = entry
                .with_context(|| format!("could not list {}", folder.display()))?
                .path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn list<'a>(value: &'a Value, key: &str) -> Result<&'a Vec<Value>> {
    value[key]
        .as_array()
        .with_context(|| format!("cargo metadata has no list `{key}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_workspace_is_tidy() {
        let findings = check().expect("the workspace can be read");
        assert!(findings.is_empty(), "{}", findings.join("\n"));
    }

    #[test]
    fn a_clock_in_a_crate_of_rules_is_found_and_one_in_its_tests_is_not() {
        let path = Path::new("crates/session/src/state.rs");
        assert_eq!(file(path, "let now = Instant::now();").len(), 1);
        assert_eq!(
            file(path, "fn step() {}\n#[cfg(test)]\nmod tests { Instant::now() }").len(),
            0
        );
        assert_eq!(
            file(Path::new("crates/client/src/clock.rs"), "Instant::now()").len(),
            0
        );
    }

    #[test]
    fn the_tests_a_table_names_are_read_from_its_last_column() {
        let page = "`not_this`\n| a | test |\n|---|---|\n| `nor_this` | `one_test`, `other_test` |\n\n| a | b |\n| x | `y` |\n";
        assert_eq!(named_tests(page), BTreeSet::from(["one_test", "other_test"]));
    }

    #[test]
    fn a_file_that_grew_too_long_is_found() {
        let path = Path::new("crates/till/src/web.rs");
        assert!(file(path, &"a\n".repeat(LINES_MAX)).is_empty());
        assert_eq!(file(path, &"a\n".repeat(LINES_MAX + 1)).len(), 1);
    }

    #[test]
    fn an_edge_nobody_decided_on_is_found() {
        let metadata = serde_json::json!({
            "workspace_members": ["till"],
            "packages": [{
                "id": "till", "name": "evertill-till",
                "dependencies": [
                    {"name": "evertill-server", "kind": null},
                    {"name": "evertill-client", "kind": null},
                    {"name": "evertill-server", "kind": "dev"}
                ]
            }]
        });
        assert_eq!(
            edges(&metadata).expect("well formed"),
            ["evertill-till: must not know evertill-server"]
        );
    }
}
