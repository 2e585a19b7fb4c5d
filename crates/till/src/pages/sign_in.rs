//! Connecting the till to a store and signing in.

use askama::Template;

use super::frame::Tone;

/// The sign-in page: the address, the live checklist, the way to the store's own page.
#[derive(Debug, Clone, Template)]
#[template(path = "sign-in.html")]
pub struct SignInPage {
    /// Language tag of the page.
    pub lang: String,
    /// Token for the forms.
    pub csrf: String,
    /// Whether this till has been signed in before.
    pub again: bool,
    /// Who was signed in before; empty when nobody was.
    pub person: String,
    /// What waits on this till, `4 sales (£118.40) wait on this till and stay safe.`; may be empty.
    pub safe: String,
    /// Name of this till as typed or known.
    pub till_name: String,
    /// Version of the program, `0.1.0`.
    pub version: String,
    /// Store address as typed.
    pub store: String,
    /// Whether the address can be changed here.
    pub store_fixed: bool,
    /// Why the last try of signing in failed, in plain words.
    pub problem: Option<String>,
    /// Error code of that failure; may be empty.
    pub code: String,
    /// What was found out about the store so far.
    pub checks: Vec<CheckRow>,
    /// Whether more rows are to come; the page then asks again twice a second.
    pub busy: bool,
    /// Whether signing in can be tried.
    pub ready: bool,
}

/// The checklist again, target `#checks`.
#[derive(Debug, Clone, Template)]
#[template(path = "fragment/checks.html")]
pub struct ChecksFragment {
    /// Token for the forms.
    pub csrf: String,
    /// Store address as typed.
    pub store: String,
    /// Name of this till.
    pub till_name: String,
    /// What was found out so far.
    pub checks: Vec<CheckRow>,
    /// Whether more rows are to come.
    pub busy: bool,
    /// Whether signing in can be tried.
    pub ready: bool,
    /// Who was signed in before; empty when nobody was.
    pub person: String,
}

/// One row of the checklist.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CheckRow {
    /// How it went; [`Tone::Info`] while it is being checked.
    pub tone: Tone,
    /// What was checked, as a finding, `WordPress found`.
    pub text: String,
    /// Measure or version, `7.0 · 310 ms`; may be empty.
    pub measure: String,
    /// What to do about it.
    pub fix: Option<Fix>,
}

/// A remedy.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fix {
    /// In words.
    pub words: String,
    /// A line to copy, `CGIPassAuth On`; may be empty.
    pub copy: String,
}
