//! What a check found: a verdict in one sentence, what was seen, and who can do what about it.

use std::time::Duration;

pub use evertill_session::status::Fixer;
use evertill_wire::Code;
use serde::{Deserialize, Serialize};

/// Where on the way from the till to the store something is found. The order is the order of the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layer {
    /// This device: clock, disk, files.
    Device,
    /// From the network card to an open, trusted connection.
    Network,
    /// What stands in front of the site: web server rules, firewalls, security services.
    Proxy,
    /// WordPress, its PHP and its database.
    WordPress,
    /// WooCommerce.
    WooCommerce,
    /// The till plugin.
    Wcpos,
    /// The session of the person at the till.
    Session,
    /// The till's own affairs: unsent sales, catalogue, printer.
    Till,
}

impl Layer {
    /// The name a person reads.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Device => "this device",
            Self::Network => "the network",
            Self::Proxy => "in front of the site",
            Self::WordPress => "WordPress",
            Self::WooCommerce => "WooCommerce",
            Self::Wcpos => "the till plugin",
            Self::Session => "the session",
            Self::Till => "the till",
        }
    }
}

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// As it should be.
    Ok,
    /// As it should be, with something worth knowing.
    Note,
    /// It could not be looked at, because something before it failed or was not there.
    NotChecked,
    /// It works, and should be mended.
    Warn,
    /// It does not work.
    Broken,
}

impl Verdict {
    /// One word, which says the same in text, on a page and in a picture.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "fine",
            Self::Note => "note",
            Self::NotChecked => "not checked",
            Self::Warn => "fix today",
            Self::Broken => "broken",
        }
    }
}

/// Something a till can do about a finding when a person presses a button, and a command where there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Sign in again.
    SignIn,
    /// Renew the session now.
    Renew,
    /// End the pause and ask the store now.
    TryNow,
    /// Send the sign-in another way.
    Transport,
    /// Set the catalogue aside and read it anew.
    Catalogue,
    /// Print a test receipt.
    TestPrint,
}

impl Action {
    /// The words on a button.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::SignIn => "Sign in again",
            Self::Renew => "Renew now",
            Self::TryNow => "Try now",
            Self::Transport => "Send the sign-in another way",
            Self::Catalogue => "Rebuild the catalogue",
            Self::TestPrint => "Test print",
        }
    }

    /// The command that does the same, without the address of the store; empty where only a running till can.
    #[must_use]
    pub fn command(self) -> &'static str {
        match self {
            Self::SignIn => "evertill login --store",
            Self::Renew | Self::TryNow => "evertill refresh --store",
            Self::Transport | Self::Catalogue | Self::TestPrint => "",
        }
    }
}

/// What to do, and who can.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remedy {
    /// Who can do it.
    pub who: Fixer,
    /// What to do, in sentences.
    pub text: String,
    /// Lines to paste somewhere, where the fix is made of lines.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub copyable: Option<String>,
    /// What the till can do about it at the press of a button.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub action: Option<Action>,
}

impl Remedy {
    /// A remedy without lines to paste. What passes by itself may be tried before its time.
    #[must_use]
    pub fn new(who: Fixer, text: impl Into<String>) -> Self {
        Self {
            who,
            text: text.into(),
            copyable: None,
            action: (who == Fixer::Time).then_some(Action::TryNow),
        }
    }

    /// Adds what a button does about it.
    #[must_use]
    pub fn with_action(mut self, action: Action) -> Self {
        self.action = Some(action);
        self
    }

    /// Adds lines to paste.
    #[must_use]
    pub fn with_lines(mut self, lines: impl Into<String>) -> Self {
        self.copyable = Some(lines.into());
        self
    }
}

/// Names the person who can help, for the end of a sentence.
#[must_use]
pub fn who(fixer: Fixer) -> &'static str {
    match fixer {
        Fixer::Nobody => "nobody: nothing needs doing",
        Fixer::Time => "nobody: it passes by itself",
        Fixer::Cashier => "the person at the till",
        Fixer::Device => "whoever looks after this device and its network",
        Fixer::Website => "whoever runs the store's website",
    }
}

/// The result of one check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The check, `network.dns`.
    pub id: String,
    /// Where it was found; a check of the site may find a fault of the network.
    pub layer: Layer,
    /// How it ended.
    pub verdict: Verdict,
    /// One sentence.
    pub sentence: String,
    /// What was seen: labels and values.
    pub evidence: Vec<(String, String)>,
    /// The code, when it is not simply good.
    pub code: Option<Code>,
    /// What to do, when something is to be done.
    pub remedy: Option<Remedy>,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
}

impl Finding {
    /// A finding without code, evidence and remedy.
    #[must_use]
    pub fn new(id: &str, layer: Layer, verdict: Verdict, sentence: impl Into<String>) -> Self {
        Self {
            id: id.to_owned(),
            layer,
            verdict,
            sentence: sentence.into(),
            evidence: Vec::new(),
            code: None,
            remedy: None,
            took_ms: 0,
        }
    }

    /// As it should be.
    #[must_use]
    pub fn ok(id: &str, layer: Layer, sentence: impl Into<String>) -> Self {
        Self::new(id, layer, Verdict::Ok, sentence)
    }

    /// Not looked at, and why.
    #[must_use]
    pub fn not_checked(id: &str, layer: Layer, why: impl Into<String>) -> Self {
        Self::new(id, layer, Verdict::NotChecked, why)
    }

    /// Something to mend.
    #[must_use]
    pub fn fault(
        id: &str,
        layer: Layer,
        verdict: Verdict,
        code: Code,
        sentence: impl Into<String>,
        remedy: Remedy,
    ) -> Self {
        Self {
            code: Some(code),
            remedy: Some(remedy),
            ..Self::new(id, layer, verdict, sentence)
        }
    }

    /// Adds something that was seen; an empty value is left out.
    #[must_use]
    pub fn seen(mut self, label: &str, value: impl Into<String>) -> Self {
        let value = value.into();
        if !value.is_empty() {
            self.evidence.push((label.to_owned(), value));
        }
        self
    }

    /// Adds how long it took.
    #[must_use]
    pub fn took(mut self, span: Duration) -> Self {
        self.took_ms = milliseconds(span);
        self
    }

    /// Whether something is to be mended.
    #[must_use]
    pub fn is_fault(&self) -> bool {
        matches!(self.verdict, Verdict::Warn | Verdict::Broken)
    }
}

/// Milliseconds of a span.
pub(crate) fn milliseconds(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}
