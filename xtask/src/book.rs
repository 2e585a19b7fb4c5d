//! The book of the error codes: `docs/error-codes/`, one page for each code and an index, from the catalogue.

use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path, process::Stdio};

use anyhow::{Context, Result, ensure};
use evertill_wire::{
    Code,
    codes::{Entry, Origin, Topic},
};

use crate::run::{cargo, root};

/// Where the book stands, below the root of the repository.
const PLACE: &str = "docs/error-codes";

/// Writes the book anew and takes away pages of codes that are gone.
///
/// # Errors
///
/// When a page cannot be written.
pub(crate) fn write() -> Result<usize> {
    let place = root().join(PLACE);
    fs::create_dir_all(&place).with_context(|| format!("could not create {}", place.display()))?;
    let pages = pages();
    for stray in committed(&place)?
        .keys()
        .filter(|name| !pages.contains_key(*name))
    {
        fs::remove_file(place.join(stray)).with_context(|| format!("could not remove {stray}"))?;
    }
    for (name, text) in &pages {
        fs::write(place.join(name), text).with_context(|| format!("could not write {name}"))?;
    }
    Ok(pages.len())
}

/// Writes the OpenAPI document of the store, as the store itself makes it.
///
/// # Errors
///
/// When the store cannot be built, or the file not be written.
pub(crate) fn write_openapi() -> Result<()> {
    let output = cargo(&["run", "--quiet", "--package", "evertill", "--", "serve"])
        .args(["--print-openapi", "--public-url", "https://store.example"])
        .stderr(Stdio::inherit())
        .output()
        .context("could not start cargo")?;
    ensure!(output.status.success(), "the store did not write its document");
    fs::write(root().join("docs/openapi.json"), output.stdout).context("could not write docs/openapi.json")
}

/// Pages that stand there now, by file name.
fn committed(place: &Path) -> Result<BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(place).with_context(|| format!("could not read {}", place.display()))? {
        let path = entry.context("could not read a directory entry")?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let text = fs::read_to_string(&path).with_context(|| format!("could not read {name}"))?;
        found.insert(name, text);
    }
    Ok(found)
}

/// The whole book, by file name.
fn pages() -> BTreeMap<String, String> {
    let mut pages: BTreeMap<String, String> = Code::all()
        .map(|code| (format!("{code}.md"), page(code.entry())))
        .collect();
    pages.insert("README.md".to_owned(), index());
    pages
}

fn index() -> String {
    let mut text = String::from(
        "# Error codes\n\n\
         Made by `cargo xtask gen-docs` from the catalogue in `crates/wire/src/codes`; changes belong there.\n\n\
         The same pages are in the till and in the store server under `/error-codes`, and in the terminal: \
         `evertill explain API02007`, `evertill explain \"Refresh token has been revoked\"`.\n\n\
         Codes in **bold** are raised by Evertill. The others come from WCPOS, before or since its version 1.10, and \
         are explained because a store or another till may show them.\n",
    );
    for topic in Topic::ALL {
        push(
            &mut text,
            &format!(
                "\n## {}\n\n| code | what | how soon | scheme |\n|---|---|---|---|\n",
                topic.label()
            ),
        );
        for entry in Code::all().map(Code::entry).filter(|entry| entry.topic == topic) {
            let mark = if entry.code.is_raised() { "**" } else { "" };
            push(
                &mut text,
                &format!(
                    "| {mark}[{code}]({code}.md){mark} | {title} | {severity} | {origin} |\n",
                    code = entry.code,
                    title = entry.title,
                    severity = entry.severity.label(),
                    origin = entry.origin.label(),
                ),
            );
        }
    }
    text
}

fn page(entry: &Entry) -> String {
    let mut text = format!("# {}: {}\n\n{}\n\n", entry.code, entry.title, entry.meaning);
    for answer in [entry.safety.label(), entry.selling.label(), entry.sending.label()] {
        push(&mut text, &format!("- {answer}\n"));
    }
    push(&mut text, &format!("\n**In short:** {}\n", entry.remedy));
    steps(&mut text, "For the cashier", entry.cashier);
    push(&mut text, "\n## Common causes\n\n");
    for cause in entry.causes {
        push(&mut text, &format!("- **{}**: {}\n", cause.what, cause.fix));
        if let Some(copy) = cause.copy {
            push(&mut text, &format!("\n  ```text\n  {copy}\n  ```\n\n"));
        }
    }
    steps(&mut text, "For the owner", entry.owner);
    push(&mut text, "\n## For developers\n\n");
    for step in entry.developer {
        push(&mut text, &format!("- {step}\n"));
    }
    facts(&mut text, entry);
    if !entry.by_itself.is_empty() {
        push(
            &mut text,
            &format!("\n## What Evertill does by itself\n\n{}\n", entry.by_itself),
        );
    }
    links(&mut text, "Read next", entry.related);
    links(
        &mut text,
        match entry.origin {
            Origin::Current => "Called before WCPOS 1.10",
            Origin::Legacy | Origin::Undocumented | Origin::Ours => "Called since WCPOS 1.10",
        },
        entry.counterparts,
    );
    text
}

fn steps(text: &mut String, title: &str, steps: &[&str]) {
    push(text, &format!("\n## {title}\n\n"));
    for (number, step) in (1..).zip(steps) {
        push(text, &format!("{number}. {step}\n"));
    }
}

fn facts(text: &mut String, entry: &Entry) {
    push(text, "\n| | |\n|---|---|\n");
    let mut row = |name: &str, value: &str| push(text, &format!("| {name} | {value} |\n"));
    row("name", &format!("`{}`", entry.name));
    row("scheme", entry.origin.label());
    row("how soon", entry.severity.label());
    row("another try", entry.retry.label());
    row("mended by", entry.who.label());
    if let Some(status) = entry.status {
        row("HTTP status Evertill sends", &status.to_string());
    }
    row("exit code of a command", &(entry.exit as u8).to_string());
    if !entry.server_codes.is_empty() {
        row("server codes", &quoted(entry.server_codes));
    }
    row("known texts", &quoted(entry.phrases));
}

/// Words in backticks; a bar would end the cell of the table.
fn quoted(words: &[&str]) -> String {
    let words: Vec<String> = words
        .iter()
        .map(|word| format!("`{}`", word.replace('|', "\\|")))
        .collect();
    words.join(", ")
}

fn links(text: &mut String, title: &str, codes: &[Code]) {
    if codes.is_empty() {
        return;
    }
    push(text, &format!("\n## {title}\n\n"));
    for code in codes {
        push(text, &format!("- [{code}]({code}.md): {}\n", code.title()));
    }
}

fn push(text: &mut String, more: &str) {
    // Writing to a string cannot fail.
    let _infallible = text.write_str(more);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_book_is_the_one_the_catalogue_makes() {
        let committed = committed(&root().join(PLACE)).unwrap();
        let made = pages();
        let stale: Vec<&String> = made
            .iter()
            .filter(|(name, text)| committed.get(*name) != Some(*text))
            .map(|(name, _)| name)
            .chain(committed.keys().filter(|name| !made.contains_key(*name)))
            .collect();
        assert!(stale.is_empty(), "run `cargo xtask gen-docs`: {stale:?}");
    }

    #[test]
    fn every_link_of_the_book_leads_to_a_page() {
        let pages = pages();
        for (name, text) in &pages {
            for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
                assert!(pages.contains_key(target), "{name}: {target}");
            }
        }
    }
}
