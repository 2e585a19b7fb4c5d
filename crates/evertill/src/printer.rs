//! The only way to stdout and stderr.

use std::{
    error::Error,
    io::{self, IsTerminal, Write},
};

use evertill_wire::{Code, env};

use crate::failure::Failure;

/// The word a message begins with, and its colour.
type Word = (&'static str, &'static str);

const ERROR: Word = ("1;31", "error:");
const WARNING: Word = ("1;33", "warning:");

/// Writes data to stdout and everything else to stderr.
#[derive(Debug, Clone)]
pub(crate) struct Printer {
    has_colour: bool,
}

impl Printer {
    /// A printer that colours only for a terminal whose owner did not ask for none.
    pub(crate) fn new() -> Self {
        Self {
            has_colour: colours_wanted() && io::stderr().is_terminal(),
        }
    }

    /// Prints one line of data.
    ///
    /// # Errors
    ///
    /// When nobody reads stdout any more.
    #[expect(clippy::unused_self, reason = "the printer is the permission to print")]
    pub(crate) fn data(&self, line: &str) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        writeln!(out, "{line}")
            .and_then(|()| out.flush())
            .map_err(Failure::Output)
    }

    /// Says something to the person, beside the data.
    #[expect(clippy::unused_self, reason = "the printer is the permission to print")]
    pub(crate) fn note(&self, line: &str) {
        // A closed stderr leaves nobody to tell.
        let _nobody_listens = writeln!(io::stderr().lock(), "{line}");
    }

    /// Reports a failure: what, why, and what to do next.
    pub(crate) fn failure(&self, failure: &dyn Error, code: Code, remedy: &str) {
        for line in explain(ERROR, failure, code, remedy, self.has_colour) {
            self.note(&line);
        }
    }

    /// Reports what went wrong beside the work, which goes on.
    pub(crate) fn warning(&self, failure: &dyn Error, code: Code, remedy: &str) {
        for line in explain(WARNING, failure, code, remedy, self.has_colour) {
            self.note(&line);
        }
    }
}

/// Whether the environment allows colours.
pub(crate) fn colours_wanted() -> bool {
    std::env::var_os(env::NO_COLOR).is_none_or(|value| value.is_empty())
}

/// The lines of a failure: `error: … (CODE)`, one `caused by: …` for each cause, `hint: …`.
fn explain(word: Word, failure: &dyn Error, code: Code, remedy: &str, has_colour: bool) -> Vec<String> {
    let paint = |style: &str, word: &str| {
        if has_colour {
            format!("\x1b[{style}m{word}\x1b[0m")
        } else {
            word.to_owned()
        }
    };
    let mut lines = vec![format!("{} {failure} ({code})", paint(word.0, word.1))];
    let mut cause = failure.source();
    while let Some(error) = cause {
        lines.push(format!("  caused by: {error}"));
        cause = error.source();
    }
    lines.push(format!("{} {remedy}", paint("1;36", "hint:")));
    lines
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;

    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("could not open the drawer")]
    struct Stuck(#[source] io::Error);

    #[test]
    fn a_failure_names_its_code_its_causes_and_the_next_step() {
        let failure = Stuck(io::Error::new(ErrorKind::PermissionDenied, "no access"));
        assert_eq!(
            explain(ERROR, &failure, Code::PERMISSION_DENIED, "Ask the owner.", false),
            [
                format!("error: could not open the drawer ({})", Code::PERMISSION_DENIED),
                "  caused by: no access".to_owned(),
                "hint: Ask the owner.".to_owned(),
            ]
        );
    }

    #[test]
    fn colour_marks_words_and_carries_no_meaning() {
        let failure = Stuck(io::Error::from(ErrorKind::NotFound));
        let plain = explain(ERROR, &failure, Code::PERMISSION_DENIED, "Ask.", false);
        let coloured = explain(ERROR, &failure, Code::PERMISSION_DENIED, "Ask.", true);
        let bare: Vec<String> = coloured
            .iter()
            .map(|line| {
                line.replace("\x1b[1;31m", "")
                    .replace("\x1b[1;36m", "")
                    .replace("\x1b[0m", "")
            })
            .collect();
        assert_ne!(plain, coloured);
        assert_eq!(plain, bare);
    }
}
