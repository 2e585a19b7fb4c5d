//! What is wished for, beside what was measured.

use std::process::ExitCode;

/// Aims with their verdicts, and facts that must hold on any machine.
#[derive(Default)]
pub(crate) struct Aims {
    lines: Vec<String>,
    broken: Vec<String>,
}

impl Aims {
    pub(crate) fn at_most(&mut self, what: &str, measured: f64, most: f64, unit: &str) {
        self.line(what, "at most", measured, most, unit, measured <= most);
    }

    pub(crate) fn at_least(&mut self, what: &str, measured: f64, least: f64, unit: &str) {
        self.line(what, "at least", measured, least, unit, measured >= least);
    }

    fn line(&mut self, what: &str, how: &str, measured: f64, aim: f64, unit: &str, is_met: bool) {
        let digits = if measured < 10.0 { 2 } else { 1 };
        let verdict = if is_met { "met" } else { "NOT MET" };
        self.lines.push(format!(
            "| {what} | {how} {aim} {unit} | {measured:.digits$} {unit} | {verdict} |"
        ));
    }

    /// A fact that has nothing to do with how fast the machine is.
    pub(crate) fn must(&mut self, what: &str, is_so: bool) {
        if !is_so {
            self.broken.push(what.to_owned());
        }
    }

    /// Prints them; fails when a fact does not hold.
    pub(crate) fn print(self) -> ExitCode {
        println!("| aim | | measured | |\n| --- | --- | --- | --- |");
        for line in &self.lines {
            println!("{line}");
        }
        for fact in &self.broken {
            println!("\nBROKEN: {fact}");
        }
        match self.broken.is_empty() {
            true => ExitCode::SUCCESS,
            false => ExitCode::FAILURE,
        }
    }
}
